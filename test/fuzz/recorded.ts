// Recorded samples, read in place where `../shared` is there.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fromHex } from "../../src/core/base/hex.ts";

const SHARED = new URL("../../../shared/data/", import.meta.url);

export const hasRecordings = existsSync(SHARED);

export function recordedOctets(name: string): Uint8Array | undefined {
  if (!hasRecordings) return undefined;
  const bytes = readFileSync(new URL(name, SHARED));
  return new Uint8Array(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

/** Lines of a recorded text; none where recordings are absent. */
export function recordedLines(name: string): string[] {
  const bytes = recordedOctets(name);
  return bytes === undefined ? [] : Buffer.from(bytes).toString("utf8").trim().split("\n");
}

/** The octets of one field of each line of JSON. */
export function recordedHex(name: string, field = "hex"): Uint8Array[] {
  return recordedLines(name).map((line) => fromHex((JSON.parse(line) as Record<string, string>)[field]!)!);
}

/** At most `count` of them, evenly spread. */
export function spread<Value>(all: readonly Value[], count: number): Value[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}
