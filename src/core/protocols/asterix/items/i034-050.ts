// I034/050 System Configuration and Status: common part, primary, secondary and Mode S parts. EUROCONTROL-SPEC-0149-2b edition 1.29.

import type { SensorStatus } from "../../../model/observation.ts";

export interface RadarConfiguration {
  readonly state: NonNullable<SensorStatus["state"]>;
  readonly sensorType: string;
  /** What is not as it should be, in plain words. */
  readonly notes: string[];
}

const COM = 0x80;
const PSR = 0x10;
const SSR = 0x08;
const MDS = 0x04;

/** Reads the item; the scanner has checked its octets. Overloads and a dead clock make the radar degraded, NOGO a fault. */
export function readRadarConfiguration(bytes: Uint8Array, offset: number): RadarConfiguration {
  const presence = bytes[offset];
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++; // longer presence fields are allowed, if empty
  const notes: string[] = [];
  let inhibited = false;
  let degraded = false;
  const degrade = (bit: number, note: string) => {
    if (bit === 0) return;
    notes.push(note);
    degraded = true;
  };
  if ((presence & COM) !== 0) {
    const common = bytes[at++];
    inhibited = (common & 0x80) !== 0;
    if (inhibited) notes.push("operational use is inhibited (NOGO)");
    if ((common & 0x20) !== 0) notes.push("radar data processor restarted: its track numbers start again");
    degrade(common & 0x10, "radar data processor overloaded");
    degrade(common & 0x08, "transmission overloaded");
    if ((common & 0x04) !== 0) notes.push("monitoring system disconnected");
    degrade(common & 0x02, "time source invalid");
  }
  const kinds: string[] = [];
  const channel = (octet: number, name: string) => {
    kinds.push(name);
    if ((octet & 0x60) === 0) notes.push(`${name}: no channel selected`);
    degrade(octet & 0x10, `${name}: overloaded`);
    if ((octet & 0x08) !== 0) notes.push(`${name}: monitoring system disconnected`);
  };
  if ((presence & PSR) !== 0) channel(bytes[at++], "primary");
  if ((presence & SSR) !== 0) channel(bytes[at++], "secondary");
  if ((presence & MDS) !== 0) {
    channel(bytes[at], "Mode S");
    degrade(bytes[at] & 0x01, "Mode S: surveillance co-ordination overloaded");
    // OVLSCF is the lowest bit of the first octet, OVLDLF the highest of the second.
    degrade(bytes[at + 1] & 0x80, "Mode S: data link overloaded");
  }
  return {
    state: inhibited ? "fault" : degraded ? "degraded" : "operational",
    sensorType: kinds.length === 0 ? "radar" : `${kinds.join(", ")} radar`,
    notes,
  };
}
