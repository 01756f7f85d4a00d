// One captured radio frame down to the Open Drone ID transmission in it, whichever way it was on the air.

import type { Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import type { PcapPacket } from "../pcap/pcap-packet.ts";
import { readBleCapture } from "./ble-frame.ts";
import { readWifiCapture } from "./wifi-frame.ts";

export type Transport = "Wi-Fi beacon" | "Wi-Fi NAN" | "DJI Wi-Fi" | "Bluetooth 4 legacy" | "Bluetooth 5" | "Bluetooth 5 long range";

/** A payload as a receiver heard it: `octets` starts with an Open Drone ID message or pack, or with the version of a DJI record. */
export interface HeardPayload {
  readonly format: "odid" | "dji";
  readonly transport: Transport;
  /** Transmitter address, lower case with colons; undefined where the frame does not carry it (Bluetooth 5 may leave it out). */
  readonly radioAddress: string | undefined;
  /** Message counter of the transmitter, 0..255; 0 where the format has none. */
  readonly counter: number;
  readonly signalDbm: number | undefined;
  readonly octets: Uint8Array;
}

/** Undefined: a good frame that is not Remote ID. */
export type FrameReading = Result<HeardPayload | undefined, DecodeError>;

/** Reads a frame of one of the link types that Remote ID receivers capture. Never throws. */
export function readRadioFrame(packet: PcapPacket): FrameReading {
  switch (packet.linkType) {
    case 105: // IEEE 802.11
    case 127: // IEEE 802.11 with radiotap
      return readWifiCapture(packet);
    case 251: // Bluetooth LE link layer
    case 256: // Bluetooth LE link layer with a pseudo-header
    case 272: // Nordic Semiconductor's sniffer
      return readBleCapture(packet);
    default:
      return {
        ok: false,
        error: {
          code: "unsupported",
          item: "pcap link type",
          message: `Link type ${packet.linkType} is not a radio capture that Picket reads (105, 127, 251, 256, 272).`,
        },
      };
  }
}

const DIGITS = "0123456789abcdef";

/** "aa:bb:cc:dd:ee:ff" of six octets; Bluetooth sends the last one first. */
export function addressText(bytes: Uint8Array, offset: number, lastFirst = false): string {
  let text = "";
  for (let i = 0; i < 6; i++) {
    const octet = bytes[lastFirst ? offset + 5 - i : offset + i];
    text += (i === 0 ? "" : ":") + DIGITS[octet >> 4] + DIGITS[octet & 15];
  }
  return text;
}
