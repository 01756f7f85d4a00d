// TAK protocol version 1 in: a protobuf TakMessage behind the mesh header 0xBF 0x01 0xBF. The fields are read straight from the
// octets, because each event passes here once and is dropped again; the generated code (tak-pb.gen.ts) writes, and its reader is
// the oracle of the tests. Wire format: protobuf.dev "Encoding".

import { err, ok, type Result } from "../../base/result.ts";
import { decodeUtf8Strict } from "../../base/text.ts";
import { type Micros, micros } from "../../base/units.ts";
import { type CotEvent, checkNames, cotPoint } from "../cot/cot-event.ts";
import { parseXml, type XmlElement } from "../cot/xml.ts";
import type { DecodeError } from "../decode-error.ts";

export const TAK_MAGIC = 0xbf;
const MESH_HEADER = 3;
const VERSION = 1;
const MAX_MESSAGE = 256 * 1024;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** What one message holds: a control part, an event, both or neither. */
export interface TakMessage {
  readonly control?: { readonly minVersion: number; readonly maxVersion: number; readonly contactUid: string };
  readonly event?: CotEvent;
}

/** Detail parts that have a message of their own, by field number: the element and the attributes by field number. */
const TYPED: readonly (
  | undefined
  | { readonly element: string; readonly attributes: readonly string[]; readonly kind: "text" | "number" | "double" }
)[] = [
  undefined,
  undefined, // 1 is the rest as XML
  { element: "contact", attributes: ["", "endpoint", "callsign"], kind: "text" },
  { element: "__group", attributes: ["", "name", "role"], kind: "text" },
  { element: "precisionlocation", attributes: ["", "geopointsrc", "altsrc"], kind: "text" },
  { element: "status", attributes: ["", "battery"], kind: "number" },
  { element: "takv", attributes: ["", "device", "platform", "os", "version"], kind: "text" },
  { element: "track", attributes: ["", "speed", "course"], kind: "double" },
];

class Fault extends Error {}
const fault = (message: string): never => {
  throw new Fault(message);
};

/**
 * Reads one mesh datagram (or a stream's message that the framer gave the mesh header). Never throws. Work is bounded by the length:
 * the schema does not nest, groups are refused, and every length is checked against what is there.
 */
export function decodeTakMesh(bytes: Uint8Array): Result<TakMessage, DecodeError> {
  if (bytes.length > MAX_MESSAGE) {
    const message = `A TAK message of ${bytes.length} octets is over the limit of ${MAX_MESSAGE}.`;
    return err({ code: "oversized", item: "TAK message", message, needed: MAX_MESSAGE, got: bytes.length });
  }
  const header = readMeshHeader(bytes);
  if (!header.ok) return header;
  try {
    return readMessage(new Reader(bytes, header.value, bytes.length));
  } catch (thrown) {
    const message = thrown instanceof Fault ? thrown.message : "The TAK message cannot be read.";
    return err({ code: "malformed", item: "TAK message", message });
  }
}

/** Offset of the message behind 0xBF, version, 0xBF. */
function readMeshHeader(bytes: Uint8Array): Result<number, DecodeError> {
  if (bytes.length < MESH_HEADER) {
    return err({
      code: "truncated",
      item: "TAK header",
      message: `The header needs 3 octets, got ${bytes.length}.`,
      needed: MESH_HEADER,
      got: bytes.length,
    });
  }
  if (bytes[0] !== TAK_MAGIC || bytes[2] !== TAK_MAGIC) {
    // A version of more than seven bits, or the header of a stream, which has a length in that place.
    return err({ code: "malformed", item: "TAK header", message: "The datagram does not start with 0xBF, a version and 0xBF." });
  }
  if (bytes[1] !== VERSION) {
    return err({ code: "unsupported", item: "TAK header", message: `Version ${bytes[1]} of the TAK protocol is not read.` });
  }
  return ok(MESH_HEADER);
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.end = end;
  }

  get more(): boolean {
    return this.at < this.end;
  }

  /** Up to 64 bits; exact to 2^53, which no field here passes. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.end) fault("A number is cut short.");
      const octet = this.bytes[this.at++];
      value += (octet & 127) * scale;
      if (octet < 128) return value;
      scale *= 128;
    }
    return fault("A number has no end.");
  }

  double(): number {
    if (this.at + 8 > this.end) fault("A double is cut short.");
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** Steps over a length-delimited field and says where it ends. */
  private span(): number {
    const length = this.varint();
    if (length > this.end - this.at) fault("A field is longer than its message.");
    const from = this.at;
    this.at += length;
    return from;
  }

  text(): string {
    const from = this.span();
    let text = "";
    for (let i = from; i < this.at; i++) {
      const octet = this.bytes[i];
      // Most texts are short and ASCII; the platform's decoder costs more than they do.
      if (octet > 127 || this.at - from > 64) return decodeUtf8Strict(this.bytes.subarray(from, this.at)) ?? fault("A text is not UTF-8.");
      text += String.fromCharCode(octet);
    }
    return text;
  }

  inner(): Reader {
    const from = this.span();
    return new Reader(this.bytes, from, this.at);
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === LENGTH_DELIMITED) this.span();
    else if (wireType === FIXED64 || wireType === FIXED32) {
      this.at += wireType === FIXED64 ? 8 : 4;
      if (this.at > this.end) fault("A field is cut short.");
    } else fault("Groups are not part of the protocol.");
  }
}

/** Field number, when the wire type is the expected one; a known field of another type is a fault. */
function expectType(wireType: number, expected: number): void {
  if (wireType !== expected) fault("A field has another wire type than the protocol says.");
}

function readMessage(reader: Reader): Result<TakMessage, DecodeError> {
  let control: TakMessage["control"];
  let event: CotEvent | undefined;
  while (reader.more) {
    const tag = reader.varint();
    const wireType = tag % 8;
    const field = (tag - wireType) / 8;
    if (field === 1) {
      expectType(wireType, LENGTH_DELIMITED);
      control = readControl(reader.inner());
    } else if (field === 2) {
      expectType(wireType, LENGTH_DELIMITED);
      const read = readEvent(reader.inner());
      if (!read.ok) return read;
      event = read.value;
    } else skipUnknown(reader, field, wireType);
  }
  return ok({ control, event });
}

function skipUnknown(reader: Reader, field: number, wireType: number): void {
  if (field < 1 || field > 536_870_911) fault("A field number is impossible.");
  reader.skip(wireType);
}

function readControl(reader: Reader): NonNullable<TakMessage["control"]> {
  let minVersion = 0;
  let maxVersion = 0;
  let contactUid = "";
  while (reader.more) {
    const tag = reader.varint();
    if (tag === 8) minVersion = reader.varint();
    else if (tag === 16) maxVersion = reader.varint();
    else if (tag === 26) contactUid = reader.text();
    else skipUnknown(reader, Math.floor(tag / 8), tag % 8);
  }
  // Zero means one: proto3 leaves a default out.
  return { minVersion: minVersion || 1, maxVersion: maxVersion || 1, contactUid };
}

function readEvent(reader: Reader): Result<CotEvent, DecodeError> {
  const texts: Record<number, string> = {};
  const times: Record<number, number> = {};
  const numbers: Record<number, number> = {};
  let detail: XmlElement | undefined;
  while (reader.more) {
    const tag = reader.varint();
    const wireType = tag % 8;
    const field = (tag - wireType) / 8;
    if (field >= 1 && field <= 5) {
      expectType(wireType, LENGTH_DELIMITED);
      texts[field] = reader.text();
    } else if (field >= 6 && field <= 8) {
      expectType(wireType, VARINT);
      times[field] = reader.varint();
    } else if (field === 9) {
      expectType(wireType, LENGTH_DELIMITED);
      texts[9] = reader.text();
    } else if (field >= 10 && field <= 14) {
      expectType(wireType, FIXED64);
      numbers[field] = reader.double();
    } else if (field === 15) {
      expectType(wireType, LENGTH_DELIMITED);
      const read = readDetail(reader.inner());
      if (!read.ok) return read;
      detail = read.value;
    } else skipUnknown(reader, field, wireType);
  }
  const uid = texts[5] ?? "";
  const type = texts[1] ?? "";
  const wrong = checkNames(uid, type);
  if (wrong !== undefined) return err(wrong);
  // proto3 leaves zero out, so an absent coordinate is zero. The hae of an event without one is 9999999, never left out.
  const point = cotPoint(numbers[10] ?? 0, numbers[11] ?? 0, numbers[12] ?? 0, numbers[13], numbers[14]);
  if (!point.ok) return point;
  const parts: Partial<Record<"time" | "start" | "stale", Micros>> = {};
  for (const [name, field] of TIME_FIELDS) {
    const milliseconds = times[field];
    if (milliseconds === undefined || milliseconds === 0) continue;
    // The year 10,000: what is beyond cannot be written as a time any more.
    if (milliseconds >= 253_402_300_800_000)
      return err({ code: "out-of-range", item: `cotEvent.${name}`, message: "A time is beyond the year 9999." });
    parts[name] = micros(milliseconds * 1000);
  }
  return ok({
    uid,
    type,
    how: texts[9] ?? "",
    ...parts,
    access: texts[2] || undefined,
    qos: texts[3] || undefined,
    opex: texts[4] || undefined,
    point: point.value,
    detail,
  });
}

const TIME_FIELDS = [
  ["time", 6],
  ["start", 7],
  ["stale", 8],
] as const;

function readDetail(reader: Reader): Result<XmlElement, DecodeError> {
  const typed: XmlElement[] = [];
  let xml = "";
  while (reader.more) {
    const tag = reader.varint();
    const wireType = tag % 8;
    const field = (tag - wireType) / 8;
    const known = TYPED[field];
    if (field === 1) {
      expectType(wireType, LENGTH_DELIMITED);
      xml = reader.text();
    } else if (known !== undefined) {
      expectType(wireType, LENGTH_DELIMITED);
      typed.push(readTyped(reader.inner(), known));
    } else skipUnknown(reader, field, wireType);
  }
  if (xml === "") return ok({ name: "detail", attributes: [], children: typed, text: "" });
  const rest = parseXml(`<detail>${xml}</detail>`);
  if (!rest.ok) return err({ ...rest.error, item: "cotEvent.detail.xmlDetail" });
  // Where a part is given both ways the XML holds, so it comes first.
  return ok({ ...rest.value, children: [...rest.value.children, ...typed] });
}

function readTyped(reader: Reader, known: NonNullable<(typeof TYPED)[number]>): XmlElement {
  const attributes: [string, string][] = [];
  while (reader.more) {
    const tag = reader.varint();
    const wireType = tag % 8;
    const field = (tag - wireType) / 8;
    const name = known.attributes[field];
    if (name === undefined || name === "") {
      skipUnknown(reader, field, wireType);
      continue;
    }
    expectType(wireType, known.kind === "text" ? LENGTH_DELIMITED : known.kind === "number" ? VARINT : FIXED64);
    const value = known.kind === "text" ? reader.text() : String(known.kind === "number" ? reader.varint() : reader.double());
    attributes.push([name, value]);
  }
  // proto3 leaves zeros out; a track that stands still says 0.
  if (known.kind === "double") {
    for (const name of known.attributes) if (name !== "" && !attributes.some(([key]) => key === name)) attributes.push([name, "0"]);
  }
  return { name: known.element, attributes, children: [], text: "" };
}
