// JSON Canonicalization Scheme, RFC 8785: one text for each value, so that it can be hashed and signed.

import { assert } from "./assert.ts";

const MAX_DEPTH = 200;
/** A high surrogate without its low one, or the other way round: not Unicode text (RFC 8785, section 3.2.2.2). */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * The canonical JSON text of `value`: no white space, members sorted by the UTF-16 code units of their names, numbers as
 * ECMAScript writes them (-0 is "0").
 *
 * A member whose value is undefined is left out, as in JSON.stringify. Asserts on what JSON cannot say: NaN, infinities, bigints,
 * functions, undefined as a whole or in an array, class instances, unpaired surrogates, cycles.
 */
export function canonicalJson(value: unknown): string {
  return text(value, 0);
}

function text(value: unknown, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    assert(Number.isFinite(value), `canonical JSON has no ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") return quoted(value);
  assert(typeof value === "object", `canonical JSON has no ${typeof value}`);
  assert(depth < MAX_DEPTH, `canonical JSON nested deeper than ${MAX_DEPTH} levels, or a cycle`);
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (let i = 0; i < value.length; i++) items.push(text(value[i], depth + 1));
    return `[${items.join(",")}]`;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  assert(prototype === Object.prototype || prototype === null, "canonical JSON has plain objects only");
  const object = value as Record<string, unknown>;
  const members: string[] = [];
  // The default order of sort() is by UTF-16 code units, which is the order that section 3.2.3 asks for.
  for (const name of Object.keys(object).sort()) {
    if (object[name] === undefined) continue;
    members.push(`${quoted(name)}:${text(object[name], depth + 1)}`);
  }
  return `{${members.join(",")}}`;
}

/** JSON.stringify escapes exactly what section 3.2.2.2 wants escaped, for well-formed text. */
function quoted(value: string): string {
  assert(!LONE_SURROGATE.test(value), "canonical JSON has no unpaired surrogates");
  return JSON.stringify(value);
}
