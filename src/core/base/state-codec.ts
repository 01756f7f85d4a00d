// Plain data <-> octets, value for value. The octets of a picture are its snapshot, and their SHA-256 is its digest, so the
// encoding must depend on the values alone: not on the engine, the machine, the time, or on which objects happen to be shared.

import { assert } from "./assert.ts";

/** First octet of every encoding; a change of the format changes it. */
const VERSION = 1;
/** Deeper nesting is taken for a cycle. A picture is about ten levels deep. */
const MAX_DEPTH = 200;

const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** Zero or a positive integer below 2^53: a varint. */
  natural: 4,
  /** A negative integer above -2^53: the varint of -1 - value. */
  negative: 5,
  /** Every other number, -0 and NaN included: IEEE 754 binary64, little-endian. */
  float: 6,
  bigint: 7,
  /** Every code unit below 256: one octet each. */
  narrowString: 8,
  /** UTF-16 code units, little-endian; keeps unpaired surrogates. */
  wideString: 9,
  array: 10,
  object: 11,
  nullPrototypeObject: 12,
  map: 13,
  set: 14,
  arrayBuffer: 15,
  /** Followed by the index into VIEWS. */
  view: 16,
} as const;

interface ViewConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT?: number;
  readonly prototype: ArrayBufferView;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
}

/** The order is part of the format. */
const VIEWS: readonly ViewConstructor[] = [
  Uint8Array,
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Octets of plain data: undefined, null, booleans, numbers (-0 and NaN kept), bigints, strings, dense arrays, plain objects (key
 * order kept), Map, Set (insertion order kept), ArrayBuffer and its views (with their type).
 *
 * Equal values give equal octets on every engine and machine: every NaN becomes the one quiet NaN, also inside Float64Array and
 * Float32Array, because its sign bit differs between processors. Identity is not kept: an object that is reached on two paths is
 * written twice and comes back as two, so state must not change an object through one path and read it through another. A view
 * comes back on a buffer of its own.
 *
 * Asserts on functions, symbols, class instances, accessors, array holes and cycles: they are no plain data, and that is our own mistake.
 */
export function encodeState(value: unknown): Uint8Array {
  assert(LITTLE_ENDIAN, "the state codec copies typed arrays as they lie in memory, which must be little-endian");
  const writer: Writer = { bytes: new Uint8Array(65_536), view: new DataView(new ArrayBuffer(0)), length: 0, keys: new Map() };
  writer.view = new DataView(writer.bytes.buffer);
  writer.bytes[writer.length++] = VERSION;
  write(writer, value, 0);
  return writer.bytes.slice(0, writer.length);
}

/**
 * The value that `encodeState` was given. Asserts when the octets are not such an encoding: whoever reads them from outside checks their
 * hash first. Work and memory are bounded by the octets' length.
 */
export function decodeState(bytes: Uint8Array): unknown {
  const reader: Reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0, keys: [] };
  assert(bytes.length > 0 && bytes[0] === VERSION, `not a state of version ${VERSION}`);
  reader.offset = 1;
  const value = read(reader, 0);
  assert(reader.offset === bytes.length, `octets after the end of a state at ${reader.offset}`);
  return value;
}

interface Writer {
  bytes: Uint8Array;
  view: DataView;
  length: number;
  /** Object keys already written -> their number: ten thousand tracks have the same fifty keys. */
  readonly keys: Map<string, number>;
}

function reserve(writer: Writer, more: number): void {
  if (writer.length + more <= writer.bytes.length) return;
  const larger = new Uint8Array(Math.max(2 * writer.bytes.length, writer.length + more));
  larger.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = larger;
  writer.view = new DataView(larger.buffer);
}

function writeTag(writer: Writer, tag: number): void {
  reserve(writer, 1);
  writer.bytes[writer.length++] = tag;
}

/** Seven bits an octet, lowest first; `value` is an integer in [0, 2^53). */
function writeVarint(writer: Writer, value: number): void {
  reserve(writer, 8);
  let rest = value;
  while (rest >= 128) {
    writer.bytes[writer.length++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  writer.bytes[writer.length++] = rest;
}

function write(writer: Writer, value: unknown, depth: number): void {
  switch (typeof value) {
    case "undefined":
      writeTag(writer, TAG.undefined);
      return;
    case "boolean":
      writeTag(writer, value ? TAG.true : TAG.false);
      return;
    case "number":
      writeNumber(writer, value);
      return;
    case "string":
      writeString(writer, value);
      return;
    case "bigint":
      writeBigint(writer, value);
      return;
    case "object":
      break;
    default:
      assert(false, `a ${typeof value} is no plain data`);
  }
  if (value === null) {
    writeTag(writer, TAG.null);
    return;
  }
  assert(depth < MAX_DEPTH, `state nested deeper than ${MAX_DEPTH} levels, or a cycle`);
  if (Array.isArray(value)) {
    writeTag(writer, TAG.array);
    writeVarint(writer, value.length);
    for (let i = 0; i < value.length; i++) {
      assert(value[i] !== undefined || i in value, "an array with holes is no plain data");
      write(writer, value[i], depth + 1);
    }
    return;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype === Object.prototype || prototype === null) {
    writeObject(writer, value as Record<string, unknown>, prototype === null, depth);
    return;
  }
  if (prototype === Map.prototype) {
    const map = value as Map<unknown, unknown>;
    writeTag(writer, TAG.map);
    writeVarint(writer, map.size);
    for (const [key, inner] of map) {
      write(writer, key, depth + 1);
      write(writer, inner, depth + 1);
    }
    return;
  }
  if (prototype === Set.prototype) {
    const set = value as Set<unknown>;
    writeTag(writer, TAG.set);
    writeVarint(writer, set.size);
    for (const inner of set) write(writer, inner, depth + 1);
    return;
  }
  if (prototype === ArrayBuffer.prototype) {
    writeTag(writer, TAG.arrayBuffer);
    writeOctets(writer, new Uint8Array(value as ArrayBuffer));
    return;
  }
  assert(ArrayBuffer.isView(value), `an instance of ${nameOfClass(value)} is no plain data`);
  writeView(writer, value, prototype);
}

function nameOfClass(value: object): string {
  const { constructor: made } = value as { constructor?: { name?: unknown } };
  return typeof made?.name === "string" ? made.name : "an unnamed class";
}

function writeNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writeTag(writer, value < 0 ? TAG.negative : TAG.natural);
    writeVarint(writer, value < 0 ? -1 - value : value);
    return;
  }
  reserve(writer, 9);
  writer.bytes[writer.length] = TAG.float;
  // A literal NaN has the same bits everywhere once it is written through setUint32.
  if (Number.isNaN(value)) {
    writer.view.setUint32(writer.length + 1, 0, true);
    writer.view.setUint32(writer.length + 5, 0x7ff80000, true);
  } else writer.view.setFloat64(writer.length + 1, value, true);
  writer.length += 9;
}

function writeString(writer: Writer, text: string): void {
  const start = writer.length;
  reserve(writer, 9 + 2 * text.length);
  writer.bytes[writer.length++] = TAG.narrowString;
  writeVarint(writer, text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) {
      writer.length = start;
      writeWideString(writer, text);
      return;
    }
    writer.bytes[writer.length++] = code;
  }
}

function writeWideString(writer: Writer, text: string): void {
  writer.bytes[writer.length++] = TAG.wideString;
  writeVarint(writer, text.length);
  for (let i = 0; i < text.length; i++) {
    writer.view.setUint16(writer.length, text.charCodeAt(i), true);
    writer.length += 2;
  }
}

function writeBigint(writer: Writer, value: bigint): void {
  writeTag(writer, TAG.bigint);
  writeTag(writer, value < 0n ? 1 : 0);
  const digits = (value < 0n ? -value : value).toString(16);
  writeVarint(writer, digits.length);
  reserve(writer, digits.length);
  for (let i = 0; i < digits.length; i++) writer.bytes[writer.length++] = digits.charCodeAt(i);
}

function writeObject(writer: Writer, value: Record<string, unknown>, nullPrototype: boolean, depth: number): void {
  const keys = Object.keys(value);
  assert(Object.getOwnPropertySymbols(value).length === 0, "an object with symbol keys is no plain data");
  writeTag(writer, nullPrototype ? TAG.nullPrototypeObject : TAG.object);
  writeVarint(writer, keys.length);
  for (const key of keys) {
    const known = writer.keys.get(key);
    if (known === undefined) {
      writer.keys.set(key, writer.keys.size + 1);
      writeVarint(writer, 0);
      writeString(writer, key);
    } else writeVarint(writer, known);
    write(writer, value[key], depth + 1);
  }
}

function writeView(writer: Writer, value: ArrayBufferView, prototype: unknown): void {
  const index = VIEWS.findIndex((view) => view.prototype === prototype);
  assert(index >= 0, `a view of class ${nameOfClass(value)} is no plain data`);
  writeTag(writer, TAG.view);
  writeTag(writer, index);
  const start = writeOctets(writer, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof Float64Array) {
    for (let i = 0; i < value.length; i++) {
      if (!Number.isNaN(value[i])) continue;
      writer.view.setUint32(start + 8 * i, 0, true);
      writer.view.setUint32(start + 8 * i + 4, 0x7ff80000, true);
    }
  } else if (value instanceof Float32Array) {
    for (let i = 0; i < value.length; i++) if (Number.isNaN(value[i])) writer.view.setUint32(start + 4 * i, 0x7fc00000, true);
  }
}

/** Returns where the octets themselves begin. */
function writeOctets(writer: Writer, octets: Uint8Array): number {
  writeVarint(writer, octets.length);
  reserve(writer, octets.length);
  const start = writer.length;
  writer.bytes.set(octets, start);
  writer.length += octets.length;
  return start;
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;
  readonly keys: string[];
}

function take(reader: Reader, count: number): number {
  const at = reader.offset;
  assert(count <= reader.bytes.length - at, `a state cut short at ${at}`);
  reader.offset = at + count;
  return at;
}

function readVarint(reader: Reader): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 8; i++) {
    const octet = reader.bytes[take(reader, 1)];
    value += (octet % 128) * scale;
    if (octet < 128) {
      assert(Number.isSafeInteger(value), `a number too large in a state at ${reader.offset}`);
      return value;
    }
    scale *= 128;
  }
  assert(false, `a number too long in a state at ${reader.offset}`);
}

/** A count of things that take at least `smallest` octets each: a forged count cannot ask for more memory than the octets. */
function readCount(reader: Reader, smallest: number): number {
  const count = readVarint(reader);
  assert(count * smallest <= reader.bytes.length - reader.offset, `a count larger than the state at ${reader.offset}`);
  return count;
}

function read(reader: Reader, depth: number): unknown {
  assert(depth <= MAX_DEPTH, "a state nested too deeply");
  const tag = reader.bytes[take(reader, 1)];
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.natural:
      return readVarint(reader);
    case TAG.negative:
      return -1 - readVarint(reader);
    case TAG.float:
      return reader.view.getFloat64(take(reader, 8), true);
    case TAG.bigint:
      return readBigint(reader);
    case TAG.narrowString:
    case TAG.wideString:
      return readString(reader, tag);
    case TAG.array: {
      const count = readCount(reader, 1);
      const array: unknown[] = [];
      for (let i = 0; i < count; i++) array.push(read(reader, depth + 1));
      return array;
    }
    case TAG.object:
    case TAG.nullPrototypeObject:
      return readObject(reader, tag === TAG.nullPrototypeObject, depth);
    case TAG.map: {
      const count = readCount(reader, 2);
      const map = new Map<unknown, unknown>();
      for (let i = 0; i < count; i++) {
        const key = read(reader, depth + 1);
        map.set(key, read(reader, depth + 1));
      }
      return map;
    }
    case TAG.set: {
      const count = readCount(reader, 1);
      const set = new Set<unknown>();
      for (let i = 0; i < count; i++) set.add(read(reader, depth + 1));
      return set;
    }
    case TAG.arrayBuffer:
      return readBuffer(reader);
    case TAG.view:
      return readView(reader);
    default:
      assert(false, `an unknown tag ${tag} in a state at ${reader.offset - 1}`);
  }
}

function readBigint(reader: Reader): bigint {
  const sign = reader.bytes[take(reader, 1)];
  const count = readCount(reader, 1);
  let digits = "0x";
  const start = take(reader, count);
  for (let i = 0; i < count; i++) digits += String.fromCharCode(reader.bytes[start + i]);
  assert(sign <= 1 && /^0x[0-9a-f]+$/.test(digits), `a malformed bigint in a state at ${start}`);
  const magnitude = BigInt(digits);
  return sign === 1 ? -magnitude : magnitude;
}

function readString(reader: Reader, tag: number): string {
  const width = tag === TAG.wideString ? 2 : 1;
  const count = readCount(reader, width);
  const start = take(reader, count * width);
  let text = "";
  // String.fromCharCode takes many codes at once; the slices keep the argument list short.
  for (let from = 0; from < count; from += 4096) {
    const to = Math.min(count, from + 4096);
    if (width === 1) text += String.fromCharCode(...reader.bytes.subarray(start + from, start + to));
    else {
      const codes: number[] = [];
      for (let i = from; i < to; i++) codes.push(reader.view.getUint16(start + 2 * i, true));
      text += String.fromCharCode(...codes);
    }
  }
  return text;
}

function readObject(reader: Reader, nullPrototype: boolean, depth: number): Record<string, unknown> {
  const count = readCount(reader, 2);
  const object = (nullPrototype ? Object.create(null) : {}) as Record<string, unknown>;
  for (let i = 0; i < count; i++) {
    const reference = readVarint(reader);
    let key: string;
    if (reference === 0) {
      const tag = reader.bytes[take(reader, 1)];
      assert(tag === TAG.narrowString || tag === TAG.wideString, `an object key that is no string at ${reader.offset - 1}`);
      key = readString(reader, tag);
      reader.keys.push(key);
    } else {
      assert(reference <= reader.keys.length, `an unknown object key at ${reader.offset}`);
      key = reader.keys[reference - 1];
    }
    const value = read(reader, depth + 1);
    // Plain assignment to this one key would set the prototype instead.
    if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    else object[key] = value;
  }
  return object;
}

function readBuffer(reader: Reader): ArrayBuffer {
  const count = readCount(reader, 1);
  const start = take(reader, count);
  const copy = new Uint8Array(count);
  copy.set(reader.bytes.subarray(start, start + count));
  return copy.buffer;
}

function readView(reader: Reader): ArrayBufferView {
  const index = reader.bytes[take(reader, 1)];
  assert(index < VIEWS.length, `an unknown kind of view in a state at ${reader.offset - 1}`);
  const View = VIEWS[index];
  const buffer = readBuffer(reader);
  const width = View.BYTES_PER_ELEMENT ?? 1;
  assert(buffer.byteLength % width === 0, `a view with part of an element at ${reader.offset}`);
  return new View(buffer, 0, buffer.byteLength / width);
}
