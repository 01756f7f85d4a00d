// A look at the octets before the decoder builds anything from them. A short message can describe a large object: forty
// thousand empty sub-classes fit in 80 kB and would become megabytes. So size, depth and count are bounded here, first.

import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { DecodeError } from "../decode-error.ts";
import { SAPIENT_MAX_FRAME } from "./sapient-framer.ts";
import { SapientMessageSchema } from "./sapient-pb.gen.ts";

export interface WireLimits {
  /** Octets of one message. */
  readonly maxBytes: number;
  /** Messages inside messages, the envelope being the first. */
  readonly maxDepth: number;
  /** Fields of all levels together, elements of packed lists included. */
  readonly maxFields: number;
  /** The same for a message that holds a Registration: it lists classes, modes and commands, and comes once. */
  readonly maxFieldsOfRegistration: number;
}

/**
 * Real registrations have some hundred fields and a depth of eight, other messages a few dozen. A field costs the decoder about
 * two microseconds and 700 octets of memory, so these keep one message below 10 ms (a registration below 20 ms).
 */
export const SAPIENT_WIRE_LIMITS: WireLimits = {
  maxBytes: SAPIENT_MAX_FRAME,
  maxDepth: 24,
  maxFields: 4_096,
  maxFieldsOfRegistration: 8_192,
};
const REGISTRATION_FIELD = 4;

export interface WireFindings {
  readonly fields: number;
  readonly depth: number;
  /** Field numbers that the schema does not know, as paths ("registration_ack.2"): the mark of another version. At most 16. */
  readonly unknown: readonly string[];
  /** A field that may occur once occurs twice: decoders may disagree on which one counts. */
  readonly repeatedSingular: boolean;
}

interface Plan {
  /** By field number; every number of this interface is below 32. */
  readonly fields: readonly (PlannedField | undefined)[];
}
interface PlannedField {
  readonly name: string;
  readonly wireType: number;
  readonly packable: boolean;
  readonly repeated: boolean;
  /** One bit for each field or, in a oneof, for the whole oneof. */
  readonly bit: number;
  readonly message: () => Plan | undefined;
}

/** Stands for a field that the schema does not have: its number is the sender's to choose, and must not multiply error counts. */
const UNKNOWN = "unknown";
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const plans = new Map<string, Plan>();

/** The plan of a message type: a table that holds what the guard needs of the descriptor; built once. */
function planOf(desc: DescMessage): Plan {
  const known = plans.get(desc.typeName);
  if (known !== undefined) return known;
  const fields: (PlannedField | undefined)[] = [];
  const plan: Plan = { fields };
  plans.set(desc.typeName, plan);
  for (const field of desc.fields) {
    const first = field.oneof?.fields[0] ?? field;
    const inner = field.message;
    fields[field.number] = {
      name: field.name,
      wireType: wireTypeOf(field),
      packable: field.fieldKind === "list" && field.listKind !== "message" && wireTypeOf(field) !== LENGTH_DELIMITED,
      repeated: field.fieldKind === "list",
      bit: 1 << first.number,
      message: () => (inner === undefined ? undefined : planOf(inner)),
    };
  }
  return plan;
}

function wireTypeOf(field: DescField): number {
  const kind = field.fieldKind === "list" ? field.listKind : field.fieldKind;
  if (kind === "enum") return VARINT;
  if (kind !== "scalar") return LENGTH_DELIMITED;
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return LENGTH_DELIMITED;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return FIXED64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return FIXED32;
    default:
      return VARINT;
  }
}

interface Walk {
  readonly bytes: Uint8Array;
  readonly limits: WireLimits;
  offset: number;
  fields: number;
  maxFields: number;
  depth: number;
  readonly unknown: string[];
  repeatedSingular: boolean;
  error: DecodeError | undefined;
}

/**
 * Checks the octets of one SapientMessage: structure, wire types, and the limits. Allocates nothing that grows with the
 * input. Never throws; stops at the first fault.
 */
export function guardWire(
  bytes: Uint8Array,
  limits: WireLimits = SAPIENT_WIRE_LIMITS,
): { readonly ok: true; readonly value: WireFindings } | { readonly ok: false; readonly error: DecodeError } {
  const walk: Walk = {
    bytes,
    limits,
    offset: 0,
    fields: 0,
    maxFields: limits.maxFields,
    depth: 0,
    unknown: [],
    repeatedSingular: false,
    error: undefined,
  };
  if (bytes.length > limits.maxBytes) {
    fail(walk, "oversized", "message", `${bytes.length} octets, the limit is ${limits.maxBytes}`);
  } else visit(walk, planOf(SapientMessageSchema), bytes.length, 1, "");
  if (walk.error !== undefined) return { ok: false, error: walk.error };
  const { fields, depth, unknown, repeatedSingular } = walk;
  return { ok: true, value: { fields, depth, unknown, repeatedSingular } };
}

function fail(walk: Walk, code: DecodeError["code"], item: string, message: string): false {
  walk.error = { code, item: item === "" ? "message" : item, message, offset: walk.offset };
  return false;
}

function visit(walk: Walk, plan: Plan, end: number, depth: number, path: string): boolean {
  if (depth > walk.limits.maxDepth) return fail(walk, "oversized", path, `messages are nested deeper than ${walk.limits.maxDepth} levels`);
  if (depth > walk.depth) walk.depth = depth;
  let seen = 0;
  while (walk.offset < end) {
    const tag = varint(walk, end);
    if (tag < 0) return fail(walk, "malformed", path, "a field tag is cut off or longer than its type allows");
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0 || number > 536_870_911) return fail(walk, "malformed", path, `field number ${number} does not exist`);
    if (depth === 1 && number === REGISTRATION_FIELD) walk.maxFields = walk.limits.maxFieldsOfRegistration;
    walk.fields += 1;
    if (walk.fields > walk.maxFields) return fail(walk, "oversized", path, `more than ${walk.maxFields} fields in one message`);
    const field = number < 32 ? plan.fields[number] : undefined;
    if (field === undefined) {
      if (walk.unknown.length < 16) walk.unknown.push(join(path, String(number)));
    } else if (field.wireType !== wireType && !(field.packable && wireType === LENGTH_DELIMITED)) {
      return fail(walk, "malformed", join(path, field.name), `wire type ${wireType}, expected ${field.wireType}`);
    } else if (!field.repeated) {
      if ((seen & field.bit) !== 0) walk.repeatedSingular = true;
      seen |= field.bit;
    }

    if (wireType === VARINT) {
      if (varint(walk, end) < 0) return fail(walk, "malformed", join(path, field?.name ?? UNKNOWN), "a number is cut off or too long");
    } else if (wireType === FIXED64 || wireType === FIXED32) {
      walk.offset += wireType === FIXED64 ? 8 : 4;
      if (walk.offset > end) return fail(walk, "truncated", join(path, field?.name ?? UNKNOWN), "a number is cut off");
    } else if (wireType === LENGTH_DELIMITED) {
      const name = field?.name ?? UNKNOWN;
      const length = varint(walk, end);
      if (length < 0) return fail(walk, "malformed", join(path, name), "a length is cut off or too long");
      if (length > end - walk.offset) {
        return fail(walk, "truncated", join(path, name), `length ${length} goes ${length - (end - walk.offset)} octets beyond the end`);
      }
      const next = walk.offset + length;
      const inner = field?.message();
      if (inner !== undefined) {
        if (!visit(walk, inner, next, depth + 1, join(path, name))) return false;
      } else if (field?.packable === true) {
        while (walk.offset < next) {
          walk.fields += 1;
          if (walk.fields > walk.maxFields) return fail(walk, "oversized", path, `more than ${walk.maxFields} fields in one message`);
          if (varint(walk, next) < 0) return fail(walk, "malformed", join(path, name), "a number in a list is cut off or too long");
        }
      }
      walk.offset = next;
    } else {
      // Groups do not exist in proto3, and nesting them is the cheapest bomb there is.
      return fail(walk, "malformed", join(path, field?.name ?? UNKNOWN), `wire type ${wireType} does not occur in this interface`);
    }
  }
  return true;
}

const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

/** Value of a varint, exact below 2^53; -1 when it is cut off or longer than ten octets. */
function varint(walk: Walk, end: number): number {
  const { bytes } = walk;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    if (walk.offset >= end) return -1;
    const octet = bytes[walk.offset++];
    value += (octet & 127) * scale;
    if (octet < 128) return value;
    scale *= 128;
  }
  return -1;
}
