// CAT001 plots of older radars -> Detection and Claim. SUR.ET1.ST05.2000-STD-02a-01 edition 1.4.

import { metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Height, Identity, SensorClassification } from "../../model/observation.ts";
import { completeTimeOfDay } from "./asterix-state.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readFlaggedFlightLevel, readUint16 } from "./items/flight-level.ts";
import { RANGE_LSB_001, readAzimuth, readRange } from "./items/i048-040.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { timeOfDay } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const TRUNCATED_TIME_LSB = 1 / 128; // s
/** The standard's LSB is 2^(-14+f) NM/s with f = 6 as default. */
const DOPPLER_LSB = 1852 / 256; // m/s

/** I001/030, common part of the codes: what they say of the target itself. The words are ours. */
const KINDS: ReadonlyMap<number, SensorClassification> = new Map([
  [2, { label: "reflection" }],
  [3, { label: "side-lobe reply" }],
  [5, { label: "second-time-around reply" }],
  [6, { label: "angel" }],
  [7, { label: "road vehicle" }],
]);
const FIXED_TRANSPONDER: SensorClassification = { label: "field monitor (fixed transponder)" };
/** DS1/DS2 of the first extension. */
const SPECIAL_CODES = [undefined, "unlawful interference (7500)", "radio failure (7600)", "general emergency (7700)"];

export function createCat001Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const DESCRIPTOR = at("020");
  const WARNINGS = at("030");
  const POSITION = at("040");
  const MODE_3A = at("070");
  const LEVEL = at("090");
  const DOPPLER = at("120");
  const POWER = at("131");
  const TIME = at("141");
  const TRACK_NUMBER = at("161");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const time =
      offsets[TIME] < 0 ? undefined : completeTimeOfDay(context.state, sensorKey, readUint16(bytes, offsets[TIME]) * TRUNCATED_TIME_LSB);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const descriptorAt = offsets[DESCRIPTOR];
    const first = descriptorAt < 0 ? 0 : bytes[descriptorAt];
    const second = descriptorAt >= 0 && (first & 1) !== 0 ? bytes[descriptorAt + 1] : 0;
    const isTrack = (first & 0x80) !== 0;
    // "No detection" is a word of tracks; a plot without the item has nothing to deny.
    const missed = isTrack && (first & 0x30) === 0;

    const positionAt = offsets[POSITION];
    if (positionAt < 0 || missed) {
      remark(context, {
        code: "unplaced",
        item: "I001/040",
        message: missed ? "a track that the radar did not detect in this turn: there is no plot" : "a report without a measured position",
        offset: positionAt < 0 ? undefined : positionAt,
      });
      return undefined;
    }
    const identities: Identity[] = [];
    const code = offsets[MODE_3A] < 0 ? -1 : readMode3A(bytes, offsets[MODE_3A]);
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    if (offsets[TRACK_NUMBER] >= 0) {
      identities.push({ scheme: "source-track", value: `${sensorKey}:${readUint16(bytes, offsets[TRACK_NUMBER])}` });
    }
    let classifications: SensorClassification[] | undefined = (first & 0x02) === 0 ? undefined : [FIXED_TRANSPONDER];
    for (let i = offsets[WARNINGS]; i >= 0 && i < scan.ends[WARNINGS]; i++) {
      const kind = KINDS.get(bytes[i] >> 1);
      if (kind !== undefined && classifications?.includes(kind) !== true) classifications = [...(classifications ?? []), kind];
    }
    const height: Height | undefined = offsets[LEVEL] < 0 ? undefined : readFlaggedFlightLevel(bytes, offsets[LEVEL]);
    const signed = (octet: number) => (octet >= 0x80 ? octet - 0x100 : octet);
    context.observations.push({
      type: "detection",
      sensorKey,
      time: sensorTime,
      measurement: {
        kind: "polar",
        range: metres(readRange(bytes, positionAt, RANGE_LSB_001)),
        azimuth: radians(readAzimuth(bytes, positionAt)),
        north: "true",
        height,
        rangeRate: offsets[DOPPLER] < 0 ? undefined : metresPerSecond(signed(bytes[offsets[DOPPLER]]) * DOPPLER_LSB),
      },
      identities,
      classifications,
      signalDbm: offsets[POWER] < 0 ? undefined : signed(bytes[offsets[POWER]]),
      simulated: (first & 0x40) !== 0 || (second & 0x80) !== 0 ? true : undefined,
    });
    if (identities.length === 0 || code < 0) return undefined;
    const special = SPECIAL_CODES[(second >> 5) & 3];
    context.observations.push({
      type: "claim",
      sensorKey,
      time: sensorTime,
      about: identities,
      statements: {
        squawk: squawkText(code),
        emergency: emergencyOf(code) ?? special ?? ((second & 0x10) !== 0 ? "military emergency" : undefined),
        transport: "Mode A/C",
      },
    });
    return undefined;
  };
}
