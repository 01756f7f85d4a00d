// A TCP stream of Cursor on Target: XML documents one after another, and after a negotiation TAK protocol messages with the stream
// header (0xBF, length as varint). Both may come on one connection, because a stream starts as XML.

import type { DecodeError } from "../decode-error.ts";
import type { Framer } from "../protocol.ts";
import { createEventScanner, isSpace } from "./cot-split.ts";
import { MAX_XML } from "./xml.ts";

const MAGIC = 0xbf;

/**
 * Packets are XML documents as they came, and TAK messages with the mesh header (0xBF 0x01 0xBF) in place of the stream's, so that
 * a packet says by itself what it is. A message over 256 KiB closes the stream; that is checked on its length, before any memory is used.
 */
export function createCotFramer(): Framer {
  let held = new Uint8Array(0);
  let length = 0;
  /** Octets of `held` that the scanner has seen. */
  let scanned = 0;
  let scanner = createEventScanner();
  let closed: string | undefined;

  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      if (closed !== undefined) return { packets, errors, close: closed };
      append(chunk);
      let at = 0;
      for (;;) {
        if (scanned <= at) while (at < length && isSpace(held[at])) at++;
        if (at >= length) break;
        const end = held[at] === MAGIC ? takEnd(at, errors) : xmlEnd(at, errors);
        if (closed !== undefined) return { packets, errors, close: closed };
        if (end < 0) break;
        packets.push(held[at] === MAGIC ? asMesh(at, end) : held.slice(at, end));
        at = end;
        scanned = end;
      }
      held.copyWithin(0, at, length);
      length -= at;
      scanned = Math.max(0, scanned - at);
      return { packets, errors };
    },
  };

  function append(chunk: Uint8Array): void {
    if (length + chunk.length > held.length) {
      const larger = new Uint8Array(Math.max(length + chunk.length, Math.min(2 * held.length, MAX_XML), 1024));
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(chunk, length);
    length += chunk.length;
  }

  function xmlEnd(from: number, errors: DecodeError[]): number {
    const end = scanner.scan(held.subarray(0, length), Math.max(from, scanned));
    scanned = length;
    if (end >= 0) scanner = createEventScanner();
    const size = (end < 0 ? length : end) - from;
    if (size > MAX_XML) return fail(errors, `An event of over ${MAX_XML} octets has no end.`);
    return end;
  }

  /** Index behind the message, -1 when it has not arrived whole. */
  function takEnd(from: number, errors: DecodeError[]): number {
    const header = readHeader(from);
    if (header === undefined) return length - from > 6 ? fail(errors, "The length of a TAK message does not end.") : -1;
    if (header.size > MAX_XML) return fail(errors, `A TAK message of ${header.size} octets is over the limit of ${MAX_XML}.`);
    return header.start + header.size <= length ? header.start + header.size : -1;
  }

  /** The varint behind the magic octet: five octets hold more than any length that is accepted. */
  function readHeader(from: number): { start: number; size: number } | undefined {
    let size = 0;
    let scale = 1;
    for (let i = 1; i <= 5 && from + i < length; i++) {
      size += (held[from + i] & 127) * scale;
      if (held[from + i] < 128) return { start: from + i + 1, size };
      scale *= 128;
    }
    return undefined;
  }

  function asMesh(from: number, end: number): Uint8Array {
    const start = readHeader(from)!.start;
    const packet = new Uint8Array(3 + end - start);
    packet.set([MAGIC, 1, MAGIC]);
    packet.set(held.subarray(start, end), 3);
    return packet;
  }

  function fail(errors: DecodeError[], message: string): number {
    errors.push({ code: "oversized", item: "CoT stream", message });
    closed = `${message} The stream cannot be followed any further.`;
    held = new Uint8Array(0);
    length = 0;
    return -1;
  }
}
