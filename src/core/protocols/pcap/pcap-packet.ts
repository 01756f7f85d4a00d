// One captured link-layer frame as a self-contained packet, so that the journal keeps what the pcap file's own header would
// otherwise have to be read for again: which link layer, when, and whether the capture cut it.
//
//   octet 0-1   link type, little-endian (tcpdump.org LINKTYPE_ value: 1 Ethernet, 105 IEEE 802.11, 127 radiotap, 272 Nordic BLE)
//   octet 2     flags: bit 0 time stamp present, bit 1 the capture is shorter than the frame was
//   octet 3     zero
//   octet 4-7   time stamp, microseconds since the Unix epoch, low 32 bits, little-endian
//   octet 8-11  time stamp, high 32 bits, little-endian
//   octet 12-   the captured octets

import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, micros } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";

export interface PcapPacket {
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** As the capture says; undefined where it does not (simple packet blocks). Small values are counters, not dates. */
  readonly capturedAt: Micros | undefined;
  /** The capture kept fewer octets than the frame had. */
  readonly cut: boolean;
  /** The captured octets, a view. */
  readonly bytes: Uint8Array;
}

export const PCAP_PACKET_HEADER = 12;
const HAS_TIME = 1;
const IS_CUT = 2;
const TWO_32 = 4_294_967_296;

/** Octets of one captured frame with the small header above; copies `packet.bytes`. */
export function writePcapPacket(packet: PcapPacket): Uint8Array {
  const bytes = new Uint8Array(PCAP_PACKET_HEADER + packet.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, packet.linkType, true);
  bytes[2] = (packet.capturedAt === undefined ? 0 : HAS_TIME) | (packet.cut ? IS_CUT : 0);
  if (packet.capturedAt !== undefined) {
    view.setUint32(4, packet.capturedAt % TWO_32, true);
    view.setUint32(8, Math.floor(packet.capturedAt / TWO_32), true);
  }
  bytes.set(packet.bytes, PCAP_PACKET_HEADER);
  return bytes;
}

/** Reads back what the framer wrote. Never throws; `bytes` of the result are a view. */
export function readPcapPacket(bytes: Uint8Array): Result<PcapPacket, DecodeError> {
  if (bytes.length < PCAP_PACKET_HEADER) {
    return err({
      code: "truncated",
      item: "pcap packet",
      message: `A captured frame needs ${PCAP_PACKET_HEADER} octets of header, got ${bytes.length}.`,
      needed: PCAP_PACKET_HEADER,
      got: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const high = view.getUint32(8, true);
  // 2^21 * 2^32 us is the year 285,426 and the end of exact integers.
  if ((bytes[2] & ~(HAS_TIME | IS_CUT)) !== 0 || bytes[3] !== 0 || high >= 0x200000) {
    return err({
      code: "malformed",
      item: "pcap packet",
      message: "The header of a captured frame has unknown flags or an impossible time.",
    });
  }
  return ok({
    linkType: view.getUint16(0, true),
    capturedAt: (bytes[2] & HAS_TIME) === 0 ? undefined : micros(high * TWO_32 + view.getUint32(4, true)),
    cut: (bytes[2] & IS_CUT) !== 0,
    bytes: bytes.subarray(PCAP_PACKET_HEADER),
  });
}
