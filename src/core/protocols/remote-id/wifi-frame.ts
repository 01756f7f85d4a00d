// Wi-Fi Remote ID: a vendor element in a beacon, or a NAN service discovery frame.
// IEEE 802.11-2020 section 9.3.3 (beacon), 9.4.2.25 (vendor element), 9.2.4.8 (frame check sequence); radiotap.org for the capture
// header; Wi-Fi Alliance Neighbor Awareness Networking 3.1 section 9.5.2 (service descriptor attribute); ASTM F3411-22a 5.4.8.
// Frames are only read: this project builds none.

import { err, ok } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import type { PcapPacket } from "../pcap/pcap-packet.ts";
import { addressText, type FrameReading } from "./radio-frame.ts";

const MAC_HEADER = 24;
const FCS_LENGTH = 4;
const BEACON_FIXED = 12; // time stamp, interval, capabilities
const ELEMENT_VENDOR = 221;
const ODID_OUI_TYPE = [0xfa, 0x0b, 0xbc, 0x0d];
/** OUI, DJI's own mark, and 0x10 for telemetry (0x11 is a text about the flight). */
const DJI_OUI_TYPE = [0x26, 0x37, 0x12, 0x58, 0x62, 0x13, 0x10];
const NAN_ACTION = [4, 9, 0x50, 0x6f, 0x9a, 0x13]; // public action, vendor specific, Wi-Fi Alliance, NAN
const NAN_SERVICE_DESCRIPTOR = 3;
/** The service name "org.opendroneid.remoteid", hashed as NAN does. */
const NAN_SERVICE_ID = [0x88, 0x69, 0x19, 0x9d, 0x92, 0x09];

/** Size and alignment of the radiotap fields up to the last one that matters here (RX flags). */
const RADIOTAP_FIELDS: readonly (readonly [size: number, align: number])[] = [
  [8, 8], // 0 TSFT
  [1, 1], // 1 flags
  [1, 1], // 2 rate
  [4, 2], // 3 channel
  [2, 2], // 4 FHSS
  [1, 1], // 5 antenna signal, dBm
  [1, 1], // 6 antenna noise
  [2, 2], // 7 lock quality
  [2, 2], // 8 transmit attenuation
  [2, 2], // 9 transmit attenuation, dB
  [1, 1], // 10 transmit power
  [1, 1], // 11 antenna
  [1, 1], // 12 antenna signal, dB
  [1, 1], // 13 antenna noise, dB
  [2, 2], // 14 RX flags
];
const FIELD_FLAGS = 1;
const FIELD_SIGNAL = 5;
const FIELD_RX_FLAGS = 14;
const FLAG_FCS_PRESENT = 0x10;
const FLAG_BAD_FCS = 0x40;
const RX_FLAG_BAD_PLCP = 0x02;

interface CaptureHeader {
  readonly length: number;
  readonly fcsPresent: boolean;
  readonly bad: boolean;
  readonly signalDbm: number | undefined;
}

/** Reads a frame of link type 105 (plain) or 127 (radiotap). A frame that its receiver or its check sequence calls bad is refused. */
export function readWifiCapture(packet: PcapPacket): FrameReading {
  const bytes = packet.bytes;
  let header: CaptureHeader = { length: 0, fcsPresent: false, bad: false, signalDbm: undefined };
  if (packet.linkType === 127) {
    const read = readRadiotap(bytes);
    if ("code" in read) return err(read);
    header = read;
  }
  if (header.bad) return err(badChecksum("The receiver marked the Wi-Fi frame as damaged."));
  let end = bytes.length;
  if (header.fcsPresent && !packet.cut) {
    end -= FCS_LENGTH;
    if (end < header.length) return err(truncated(header.length + FCS_LENGTH, bytes.length));
    if (crc32(bytes, header.length, end) !== littleEndian32(bytes, end)) {
      return err(badChecksum("The frame check sequence of the Wi-Fi frame does not match."));
    }
  }
  return readFrame(bytes, header.length, end, header.signalDbm);
}

function readRadiotap(bytes: Uint8Array): CaptureHeader | DecodeError {
  if (bytes.length < 8) return truncated(8, bytes.length);
  const length = bytes[2] | (bytes[3] << 8);
  if (bytes[0] !== 0 || length < 8) {
    return { code: "malformed", item: "radiotap", message: "The radiotap header has an unknown version or an impossible length." };
  }
  if (bytes.length < length) return truncated(length, bytes.length);
  let at = 4;
  const present = littleEndian32(bytes, at);
  // More presence words follow while bit 31 is set; their fields come after those of the first word.
  for (let word = present; (word & 0x80000000) !== 0; word = littleEndian32(bytes, at)) {
    at += 4;
    if (at + 4 > length) return { code: "malformed", item: "radiotap.present", message: "The radiotap presence words do not end." };
  }
  at += 4;
  let fcsPresent = false;
  let bad = false;
  let signalDbm: number | undefined;
  for (let field = 0; field < RADIOTAP_FIELDS.length; field++) {
    if ((present & (1 << field)) === 0) continue;
    const [size, align] = RADIOTAP_FIELDS[field];
    at += (align - (at % align)) % align;
    if (at + size > length) return { code: "malformed", item: "radiotap", message: "A radiotap field lies outside its header." };
    if (field === FIELD_FLAGS) {
      fcsPresent = (bytes[at] & FLAG_FCS_PRESENT) !== 0;
      bad ||= (bytes[at] & FLAG_BAD_FCS) !== 0;
    } else if (field === FIELD_SIGNAL) {
      signalDbm = (bytes[at] << 24) >> 24;
    } else if (field === FIELD_RX_FLAGS) {
      bad ||= (bytes[at] & RX_FLAG_BAD_PLCP) !== 0;
    }
    at += size;
  }
  return { length, fcsPresent, bad, signalDbm };
}

function readFrame(bytes: Uint8Array, start: number, end: number, signalDbm: number | undefined): FrameReading {
  if (end - start < 2) return err(truncated(start + MAC_HEADER, end));
  const type = bytes[start] & 0xfc;
  const isBeacon = type === 0x80 || type === 0x50; // beacon, probe response
  const isAction = type === 0xd0;
  if (!isBeacon && !isAction) return ok(undefined);
  // A protected management frame cannot be read; the order bit adds a 4-octet HT control field.
  if ((bytes[start + 1] & 0x40) !== 0) return ok(undefined);
  const body = start + MAC_HEADER + ((bytes[start + 1] & 0x80) === 0 ? 0 : 4);
  if (body > end) return err(truncated(body, end));
  const radioAddress = addressText(bytes, start + 10);
  if (isBeacon) {
    const found = findVendorElement(bytes, body + BEACON_FIXED, end, ODID_OUI_TYPE);
    if (found === undefined) return readDjiElement(bytes, body + BEACON_FIXED, end, radioAddress, signalDbm);
    if (found.to > end) return err(truncated(found.to, end));
    // The element: OUI and type, the transmitter's counter, then the message.
    if (found.to - found.from < 6) return err(truncated(found.from + 6, found.to));
    const octets = bytes.subarray(found.from + 5, found.to);
    return ok({ format: "odid", transport: "Wi-Fi beacon", radioAddress, counter: bytes[found.from + 4], signalDbm, octets });
  }
  if (!startsWith(bytes, body, end, NAN_ACTION)) return ok(undefined);
  const found = findServiceInfo(bytes, body + NAN_ACTION.length, end);
  if (found === undefined) return ok(undefined);
  if (found.to > end) return err(truncated(found.to, end));
  if (found.to - found.from < 2) return err(truncated(found.from + 2, found.to));
  const octets = bytes.subarray(found.from + 1, found.to);
  return ok({ format: "odid", transport: "Wi-Fi NAN", radioAddress, counter: bytes[found.from], signalDbm, octets });
}

interface Span {
  readonly from: number;
  /** May lie beyond the frame, which the caller refuses. */
  readonly to: number;
}

/** Older DJI aircraft put their own record in a vendor element; a frame that has both is read as Remote ID. */
function readDjiElement(bytes: Uint8Array, start: number, end: number, radioAddress: string, signalDbm: number | undefined): FrameReading {
  const found = findVendorElement(bytes, start, end, DJI_OUI_TYPE);
  if (found === undefined) return ok(undefined);
  if (found.to > end) return err(truncated(found.to, end));
  const octets = bytes.subarray(found.from + DJI_OUI_TYPE.length, found.to);
  return ok({ format: "dji", transport: "DJI Wi-Fi", radioAddress, counter: 0, signalDbm, octets });
}

function findVendorElement(bytes: Uint8Array, start: number, end: number, ouiType: readonly number[]): Span | undefined {
  let at = start;
  while (at + 2 <= end) {
    const to = at + 2 + bytes[at + 1];
    if (bytes[at] === ELEMENT_VENDOR && startsWith(bytes, at + 2, end, ouiType)) return { from: at + 2, to };
    at = to;
  }
  return undefined;
}

/** The service info of the Open Drone ID service descriptor; its optional fields in the order of the NAN specification. */
function findServiceInfo(bytes: Uint8Array, start: number, end: number): Span | undefined {
  let at = start;
  while (at + 3 <= end) {
    const to = at + 3 + (bytes[at + 1] | (bytes[at + 2] << 8));
    if (bytes[at] === NAN_SERVICE_DESCRIPTOR && startsWith(bytes, at + 3, end, NAN_SERVICE_ID)) {
      if (at + 12 > end) return { from: at + 12, to: at + 12 };
      const control = bytes[at + 11];
      let field = at + 12;
      if ((control & 0x40) !== 0) field += 2; // binding bitmap
      if ((control & 0x04) !== 0) field += 1 + (field < end ? bytes[field] : 0); // matching filter
      if ((control & 0x08) !== 0) field += 1 + (field < end ? bytes[field] : 0); // service response filter
      if ((control & 0x10) === 0) return undefined;
      if (field >= end) return { from: field, to: field + 1 };
      const info = { from: field + 1, to: field + 1 + bytes[field] };
      // The info must lie within its attribute too.
      return info.to > to ? { from: info.from, to: Math.max(info.to, end + 1) } : info;
    }
    at = to;
  }
  return undefined;
}

function startsWith(bytes: Uint8Array, at: number, end: number, expected: readonly number[]): boolean {
  if (at + expected.length > end) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

const littleEndian32 = (bytes: Uint8Array, at: number) =>
  (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;

// CRC-32 of IEEE 802.3, reflected, polynomial 0x04C11DB7.
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  return value >>> 0;
});

function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

const badChecksum = (message: string): DecodeError => ({ code: "checksum", item: "IEEE 802.11 FCS", message });

function truncated(needed: number, got: number): DecodeError {
  return {
    code: "truncated",
    item: "IEEE 802.11 frame",
    message: `The Wi-Fi frame needs ${needed} octets, got ${got}.`,
    needed,
    got,
  };
}
