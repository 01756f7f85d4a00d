// Bluetooth Remote ID: service data with the 16-bit UUID 0xFFFA in an advertisement; one message each in legacy advertising, packs in
// extended advertising on the coded PHY. Bluetooth Core 5.4 Vol 6 Part B section 2 (packets), 3.1.1 (CRC); ASTM F3411-22a 5.4.7.
// Capture headers: tcpdump.org LINKTYPE_BLUETOOTH_LE_LL, LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR; for LINKTYPE_NORDIC_BLE the sniffer's
// own protocol, versions 1 to 4. Frames are only read: this project builds none.

import { err, ok } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import type { PcapPacket } from "../pcap/pcap-packet.ts";
import { addressText, type FrameReading, type Transport } from "./radio-frame.ts";

const ACCESS_ADDRESS_LENGTH = 4;
const ADVERTISING_ACCESS_ADDRESS = 0x8e89bed6;
const CRC_LENGTH = 3;
const PDU_EXTENDED = 7;
/** ADV_IND, ADV_NONCONN_IND, SCAN_RSP, ADV_SCAN_IND: an advertiser's address, then data. */
const PDU_LEGACY_WITH_DATA = [0, 2, 4, 6];
const AD_SERVICE_DATA_16 = 0x16;
const ODID_APPLICATION_CODE = 0x0d;

interface CaptureHeader {
  /** Offset of the access address. */
  readonly start: number;
  readonly signalDbm: number | undefined;
  readonly codedPhy: boolean;
  /** The receiver says that the CRC did not match. */
  readonly bad: boolean;
}

/** Reads a frame of link type 251, 256 or 272. A frame that the receiver or its own CRC calls bad is refused. */
export function readBleCapture(packet: PcapPacket): FrameReading {
  const header = captureHeader(packet);
  if ("code" in header) return err(header);
  if (header.bad) return err(badChecksum("The receiver marked the Bluetooth frame as damaged."));
  const bytes = packet.bytes;
  if (bytes.length < header.start + ACCESS_ADDRESS_LENGTH + 2)
    return err(truncated(header.start + ACCESS_ADDRESS_LENGTH + 2, bytes.length));
  if (littleEndian32(bytes, header.start) !== ADVERTISING_ACCESS_ADDRESS) return ok(undefined); // data channel
  // On the coded PHY a coding indicator stands between the access address and the PDU.
  const pdu = header.start + ACCESS_ADDRESS_LENGTH + (header.codedPhy ? 1 : 0);
  if (bytes.length < pdu + 2) return err(truncated(pdu + 2, bytes.length));
  const payload = pdu + 2;
  const end = payload + bytes[pdu + 1];
  if (bytes.length < end + CRC_LENGTH) return err(truncated(end + CRC_LENGTH, bytes.length));
  if (crc24(bytes, pdu, end) !== (bytes[end] | (bytes[end + 1] << 8) | (bytes[end + 2] << 16))) {
    return err(badChecksum("The CRC of the Bluetooth frame does not match."));
  }
  const type = bytes[pdu] & 15;
  if (PDU_LEGACY_WITH_DATA.includes(type)) {
    if (end - payload < 6) return ok(undefined);
    return readAdvertisement(bytes, payload + 6, end, addressText(bytes, payload, true), header.signalDbm, "Bluetooth 4 legacy");
  }
  if (type !== PDU_EXTENDED || end === payload) return ok(undefined);
  const extendedLength = bytes[payload] & 0x3f;
  const data = payload + 1 + extendedLength;
  if (data > end) {
    return err({ code: "malformed", item: "Bluetooth extended header", message: "The extended header is longer than its packet." });
  }
  const hasAddress = extendedLength >= 7 && (bytes[payload + 1] & 1) !== 0;
  const radioAddress = hasAddress ? addressText(bytes, payload + 2, true) : undefined;
  return readAdvertisement(bytes, data, end, radioAddress, header.signalDbm, header.codedPhy ? "Bluetooth 5 long range" : "Bluetooth 5");
}

function captureHeader(packet: PcapPacket): CaptureHeader | DecodeError {
  const bytes = packet.bytes;
  if (packet.linkType === 251) return { start: 0, signalDbm: undefined, codedPhy: false, bad: false };
  if (packet.linkType === 256) {
    // RF channel, signal (dBm), noise, access-address offenses, reference access address [4], flags [2].
    if (bytes.length < 10) return truncated(10, bytes.length);
    const flags = bytes[8] | (bytes[9] << 8);
    return {
      start: 10,
      signalDbm: (flags & 2) === 0 ? undefined : (bytes[1] << 24) >> 24,
      codedPhy: flags >> 14 === 2,
      bad: (flags & 0x400) !== 0 && (flags & 0x800) === 0,
    };
  }
  // Nordic: board, then length (one octet of header and one of payload in version 1, two of payload later), version, counter [2],
  // packet id; then a packet header: its length, flags, channel, RSSI (-dBm), event counter [2], time [4].
  if (bytes.length < 17) return truncated(17, bytes.length);
  const version = bytes[3];
  if (version < 1 || version > 4 || bytes[7] < 10) {
    return { code: "unsupported", item: "Nordic BLE header", message: `Version ${version} of the sniffer's header is not known.` };
  }
  const flags = bytes[8];
  return { start: 7 + bytes[7], signalDbm: -bytes[10], codedPhy: ((flags >> 4) & 7) === 2, bad: (flags & 1) === 0 };
}

/** Walks the advertising data for the service data of Open Drone ID. */
function readAdvertisement(
  bytes: Uint8Array,
  start: number,
  end: number,
  radioAddress: string | undefined,
  signalDbm: number | undefined,
  transport: Transport,
): FrameReading {
  let at = start;
  while (at + 1 < end) {
    const length = bytes[at];
    if (length === 0) break; // early termination of the data
    const next = at + 1 + length;
    if (next > end) {
      return err({ code: "malformed", item: "Bluetooth AD structure", message: "An AD structure is longer than its packet.", offset: at });
    }
    const isOdid =
      length >= 6 &&
      bytes[at + 1] === AD_SERVICE_DATA_16 &&
      bytes[at + 2] === 0xfa &&
      bytes[at + 3] === 0xff &&
      bytes[at + 4] === ODID_APPLICATION_CODE;
    if (isOdid)
      return ok({ format: "odid", transport, radioAddress, counter: bytes[at + 5], signalDbm, octets: bytes.subarray(at + 6, next) });
    at = next;
  }
  return ok(undefined);
}

const littleEndian32 = (bytes: Uint8Array, at: number) =>
  (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;

// CRC-24 with polynomial x^24+x^10+x^9+x^6+x^4+x^3+x+1, least significant bit first, preset to 0x555555; reflected here.
const CRC24_REFLECTED = 0xda6000;
const CRC24_PRESET = 0xaaaaaa; // 0x555555 with its bits in reverse
const CRC24_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ CRC24_REFLECTED;
  return value;
});

function crc24(bytes: Uint8Array, from: number, to: number): number {
  let crc = CRC24_PRESET;
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ CRC24_TABLE[(crc ^ bytes[i]) & 255];
  return crc;
}

const badChecksum = (message: string): DecodeError => ({ code: "checksum", item: "Bluetooth LE CRC", message });

function truncated(needed: number, got: number): DecodeError {
  return {
    code: "truncated",
    item: "Bluetooth LE frame",
    message: `The Bluetooth frame needs ${needed} octets, got ${got}.`,
    needed,
    got,
  };
}
