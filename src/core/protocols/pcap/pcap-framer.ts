// Cuts a pcap or pcapng byte stream into captured frames.
// pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng (both describe the formats of libpcap and Wireshark).

import { type Micros, micros } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Framer } from "../protocol.ts";
import { type PcapPacket, writePcapPacket } from "./pcap-packet.ts";

export { type PcapPacket, readPcapPacket } from "./pcap-packet.ts";

/** Octets of one block or record; Wireshark's own limit for a frame is 256 KiB. */
const MAX_BLOCK = 512 * 1024;
/** Interfaces of one section; more is a broken or hostile writer. */
const MAX_INTERFACES = 1024;

const PCAP_FILE_HEADER = 24;
const PCAP_RECORD_HEADER = 16;
const BLOCK_SECTION = 0x0a0d0d0a;
const BLOCK_INTERFACE = 1;
const BLOCK_PACKET_OBSOLETE = 2;
const BLOCK_SIMPLE_PACKET = 3;
const BLOCK_ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_END = 0;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Microseconds of one unit of the time stamp. */
  readonly unit: number;
  /** Added to every time stamp. */
  readonly offsetSeconds: number;
}

type Format =
  | { readonly kind: "unknown" }
  | { readonly kind: "pcap"; readonly littleEndian: boolean; readonly nanoseconds: boolean; readonly linkType: number }
  | { readonly kind: "pcapng"; littleEndian: boolean; interfaces: Interface[] };

/**
 * A framer for one pcap or pcapng stream: both byte orders, any time resolution, several sections and interfaces.
 *
 * Each packet it returns is self-contained (see pcap-packet.ts). Neither format can be resynchronised after a wrong length, so
 * the first structural error closes the stream. Memory: one block, at most 512 KiB.
 */
export function createPcapFramer(): Framer {
  let held = new Uint8Array(0);
  let heldLength = 0;
  let format: Format = { kind: "unknown" };
  let closed: string | undefined;

  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      if (closed !== undefined) return { packets, errors, close: closed };
      const joined = hold(chunk);
      let at = 0;
      while (at < joined.length) {
        const step = readNext(joined.subarray(at));
        if (step === 0) break;
        at += step;
        if (closed !== undefined) break;
      }
      keep(joined, at);
      return closed === undefined ? { packets, errors } : { packets, errors, close: closed };

      /** Octets used from the front of `bytes`; 0 when more must arrive first. */
      function readNext(bytes: Uint8Array): number {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        if (format.kind === "unknown") return readStart(view);
        return format.kind === "pcap" ? readRecord(view, bytes, format) : readBlock(view, bytes, format);
      }

      function readStart(view: DataView): number {
        if (view.byteLength < 4) return 0;
        if (view.getUint32(0) === BLOCK_SECTION) {
          format = { kind: "pcapng", littleEndian: true, interfaces: [] };
          return readBlock(view, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), format);
        }
        for (const littleEndian of [true, false]) {
          const magic = view.getUint32(0, littleEndian);
          if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) continue;
          if (view.byteLength < PCAP_FILE_HEADER) return 0;
          // The upper four bits of the last word say how long a frame check sequence is; the lower 16 name the link type.
          format = {
            kind: "pcap",
            littleEndian,
            nanoseconds: magic === 0xa1b23c4d,
            linkType: view.getUint32(20, littleEndian) & 0xffff,
          };
          return PCAP_FILE_HEADER;
        }
        return fail("malformed", "pcap header", "The stream starts with neither a pcap nor a pcapng header.", view.byteLength);
      }

      function readRecord(view: DataView, bytes: Uint8Array, pcap: Format & { kind: "pcap" }): number {
        if (view.byteLength < PCAP_RECORD_HEADER) return 0;
        const seconds = view.getUint32(0, pcap.littleEndian);
        const fraction = view.getUint32(4, pcap.littleEndian);
        const captured = view.getUint32(8, pcap.littleEndian);
        const original = view.getUint32(12, pcap.littleEndian);
        if (captured > MAX_BLOCK) return tooLong("pcap record", captured, view.byteLength);
        const total = PCAP_RECORD_HEADER + captured;
        if (view.byteLength < total) return 0;
        emit({
          linkType: pcap.linkType,
          capturedAt: micros(seconds * 1_000_000 + (pcap.nanoseconds ? Math.floor(fraction / 1000) : fraction)),
          cut: captured < original,
          bytes: bytes.subarray(PCAP_RECORD_HEADER, total),
        });
        return total;
      }

      function readBlock(view: DataView, bytes: Uint8Array, pcapng: Format & { kind: "pcapng" }): number {
        if (view.byteLength < 12) return 0;
        const type = view.getUint32(0, pcapng.littleEndian);
        if (view.getUint32(0) === BLOCK_SECTION) {
          // The byte order of a section is known only from the magic after the length, and may differ from the last section's.
          if (view.getUint32(8, true) === BYTE_ORDER_MAGIC) pcapng.littleEndian = true;
          else if (view.getUint32(8, false) === BYTE_ORDER_MAGIC) pcapng.littleEndian = false;
          else return fail("malformed", "pcapng section header", "The byte-order magic of a section is wrong.", view.byteLength);
        }
        const little = pcapng.littleEndian;
        const total = view.getUint32(4, little);
        if (total > MAX_BLOCK) return tooLong("pcapng block", total, view.byteLength);
        if (total < 12 || total % 4 !== 0)
          return fail("malformed", "pcapng block", `A block says that it is ${total} octets long.`, view.byteLength);
        if (view.byteLength < total) return 0;
        if (view.getUint32(total - 4, little) !== total)
          return fail("malformed", "pcapng block", "The two lengths of a block differ.", view.byteLength);
        const body = bytes.subarray(8, total - 4);
        const bodyView = new DataView(body.buffer, body.byteOffset, body.byteLength);
        if (view.getUint32(0) === BLOCK_SECTION) pcapng.interfaces = [];
        else if (type === BLOCK_INTERFACE) readInterface(bodyView, pcapng);
        else if (type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET_OBSOLETE) readEnhanced(bodyView, body, pcapng, type);
        else if (type === BLOCK_SIMPLE_PACKET) readSimple(bodyView, body, pcapng);
        // Name resolution, statistics and custom blocks say nothing of frames.
        return total;
      }

      function readInterface(view: DataView, pcapng: Format & { kind: "pcapng" }): void {
        const little = pcapng.littleEndian;
        if (view.byteLength < 8 || pcapng.interfaces.length >= MAX_INTERFACES) {
          fail("malformed", "pcapng interface", "An interface description is too short, or there are too many.", 0);
          return;
        }
        let unit = 1;
        let offsetSeconds = 0;
        let at = 8;
        while (at + 4 <= view.byteLength) {
          const code = view.getUint16(at, little);
          const length = view.getUint16(at + 2, little);
          if (code === OPTION_END || at + 4 + length > view.byteLength) break;
          if (code === OPTION_TIME_RESOLUTION && length >= 1) unit = timeUnit(view.getUint8(at + 4));
          if (code === OPTION_TIME_OFFSET && length >= 8) {
            offsetSeconds = view.getInt32(at + (little ? 8 : 4), little) * 4_294_967_296 + view.getUint32(at + (little ? 4 : 8), little);
          }
          at += 4 + length + ((4 - (length % 4)) % 4);
        }
        pcapng.interfaces.push({
          linkType: view.getUint16(0, little),
          snapLength: view.getUint32(4, little),
          unit,
          offsetSeconds,
        });
      }

      function readEnhanced(view: DataView, body: Uint8Array, pcapng: Format & { kind: "pcapng" }, type: number): void {
        const little = pcapng.littleEndian;
        if (view.byteLength < 20) {
          reject("truncated", "pcapng packet block", "A packet block is too short for its header.");
          return;
        }
        const index = type === BLOCK_ENHANCED_PACKET ? view.getUint32(0, little) : view.getUint16(0, little);
        const from = pcapng.interfaces[index];
        if (from === undefined) {
          reject("inconsistent", "pcapng packet block", `A packet names interface ${index}, which is not described.`);
          return;
        }
        const captured = view.getUint32(12, little);
        const original = view.getUint32(16, little);
        if (captured > view.byteLength - 20) {
          reject("truncated", "pcapng packet block", "A packet is longer than the block that holds it.");
          return;
        }
        const ticks = view.getUint32(4, little) * 4_294_967_296 + view.getUint32(8, little);
        emit({
          linkType: from.linkType,
          capturedAt: capturedAt(ticks, from),
          cut: captured < original,
          bytes: body.subarray(20, 20 + captured),
        });
      }

      function readSimple(view: DataView, body: Uint8Array, pcapng: Format & { kind: "pcapng" }): void {
        const from = pcapng.interfaces[0];
        if (view.byteLength < 4 || from === undefined) {
          reject("inconsistent", "pcapng simple packet", "A simple packet block comes before any interface.");
          return;
        }
        const original = view.getUint32(0, pcapng.littleEndian);
        const limit = from.snapLength === 0 ? original : Math.min(original, from.snapLength);
        const captured = Math.min(limit, view.byteLength - 4);
        emit({ linkType: from.linkType, capturedAt: undefined, cut: captured < original, bytes: body.subarray(4, 4 + captured) });
      }

      function emit(packet: PcapPacket): void {
        packets.push(writePcapPacket(packet));
      }

      function reject(code: DecodeError["code"], item: string, message: string): void {
        errors.push({ code, item, message });
      }

      /** Ends the stream; says that everything held is used up. */
      function fail(code: DecodeError["code"], item: string, message: string, used: number): number {
        errors.push({ code, item, message });
        closed = `${message} The stream cannot be followed any further.`;
        return used;
      }

      function tooLong(item: string, length: number, used: number): number {
        return fail("oversized", item, `A block of ${length} octets is over the limit of ${MAX_BLOCK}.`, used);
      }
    },
  };

  /** What was held, followed by `chunk`. The buffer doubles, so that a stream in single octets costs no more than in one piece. */
  function hold(chunk: Uint8Array): Uint8Array {
    if (heldLength === 0) return chunk;
    const needed = heldLength + chunk.length;
    if (held.length < needed) {
      const larger = new Uint8Array(Math.max(needed, 2 * held.length, 4096));
      larger.set(held.subarray(0, heldLength));
      held = larger;
    }
    held.set(chunk, heldLength);
    heldLength = needed;
    return held.subarray(0, heldLength);
  }

  function keep(joined: Uint8Array, from: number): void {
    const rest = joined.length - from;
    if (rest === 0 || closed !== undefined) {
      heldLength = 0;
      if (held.length > MAX_BLOCK) held = new Uint8Array(0);
      return;
    }
    if (from === 0 && joined.buffer === held.buffer) return;
    if (held.length < rest) held = new Uint8Array(Math.max(rest, 4096));
    // copyWithin semantics: `joined` may be a view of `held`.
    held.set(joined.subarray(from));
    heldLength = rest;
  }
}

/** Microseconds of one tick: the option's upper bit chooses powers of two, otherwise of ten. */
function timeUnit(option: number): number {
  const exponent = option & 0x7f;
  const base = (option & 0x80) === 0 ? 10 : 2;
  let ticksPerSecond = 1;
  for (let i = 0; i < exponent; i++) ticksPerSecond *= base;
  return 1_000_000 / ticksPerSecond;
}

/** Undefined where the sum is not an instant that an exact integer holds. */
function capturedAt(ticks: number, from: Interface): Micros | undefined {
  // Dividing first keeps whole powers of ten exact where the unit is finer than a microsecond.
  const inMicros = from.unit >= 1 ? ticks * from.unit : ticks / (1 / from.unit);
  const at = Math.floor(inMicros) + from.offsetSeconds * 1_000_000;
  return Number.isSafeInteger(at) && at >= 0 ? micros(at) : undefined;
}
