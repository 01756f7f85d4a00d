// UUID and ULID of the interface, and how Picket derives its own from counters: the core has no randomness, and a
// replayed journal must send the same octets again.

import type { Micros } from "../../base/units.ts";

const UUID_STRICT = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_LENIENT = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;
const ULID_STRICT = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** UUID version 4 in lower case with hyphens, as the interface wants it. */
export const isUuid = (text: string): boolean => UUID_STRICT.test(text);
/** Any form that a tolerant reader takes for a UUID; `normalizeUuid` turns it into the strict spelling. */
export const isUuidLike = (text: string): boolean => UUID_LENIENT.test(text);
export const isUlid = (text: string): boolean => ULID_STRICT.test(text);

/** Lower case, hyphens in place, no braces; undefined when it is no UUID. */
export function normalizeUuid(text: string): string | undefined {
  if (UUID_STRICT.test(text)) return text;
  if (!UUID_LENIENT.test(text)) return undefined;
  const hex = text.replace(/[{}-]/g, "").toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Upper case; undefined when it is no ULID. */
export function normalizeUlid(text: string): string | undefined {
  if (ULID_STRICT.test(text)) return text;
  const upper = text.toUpperCase();
  return ULID_STRICT.test(upper) ? upper : undefined;
}

/**
 * A ULID from an instant, a stream and a counter: 48 bits of milliseconds, 32 bits of stream, 48 bits of counter.
 * Unique as long as (stream, counter) is; sorts by time. `stream` tells senders apart (`streamOf` of a node id).
 */
export function makeUlid(at: Micros, stream: number, counter: number): string {
  const milliseconds = Math.min(Math.max(Math.floor(at / 1000), 0), 281_474_976_710_655);
  return (
    base32(milliseconds, 10) +
    // 32 bits of stream and 48 of counter are 80 bits: 16 characters of five bits, written as two halves of 40 bits.
    base32((stream >>> 0) * 256 + Math.floor(counter / 1_099_511_627_776), 8) +
    base32(counter % 1_099_511_627_776, 8)
  );
}

function base32(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i++) {
    text = CROCKFORD[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** 32 bits that tell one sender's identifiers from another's: FNV-1a of its name. */
export function streamOf(name: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  // Spread the low bits: names that differ in the last character only would share most of them.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A UUID in the form of version 4 that is always the same for the same name: for nodes that are configured without one. */
export function deriveUuid(name: string): string {
  let hex = "";
  for (let part = 0; part < 4; part++)
    hex += streamOf(`${part}:${name}`, 0x811c9dc5 + part)
      .toString(16)
      .padStart(8, "0");
  const variant = "89ab"[Number.parseInt(hex[16], 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
