// Every item of every record as plain objects, in the standard's own names and units. For `picket decode` and for comparing with
// other decoders; the way from a radar to the picture does not pass here.

import { toHex } from "../../base/hex.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { readBits, readSignedBits, readSixBitText } from "./bits.ts";
import { walkDatagram } from "./blocks.ts";
import { MODE_S_REGISTERS } from "./categories/common-items.ts";
import { planEditions } from "./editions.ts";
import { registerLayout } from "./items/mode-s-registers.ts";
import { type CompiledTable, compoundPresenceEnd, type Scan, structureEnd } from "./scan.ts";
import type { Compound, Field, Part, Structure } from "./structure.ts";

/** Octets of a register before its number. */
const REGISTER_OCTETS = 7;

export type ItemValue = number | string | ItemValues | readonly ItemValue[];
export interface ItemValues {
  readonly [name: string]: ItemValue;
}

/**
 * One JSON-able object a record: `{category, edition, items}` with the items by number, in the order of the octets of the datagram.
 * A block that cannot be read gives `{error, item, message, offset}` after its good records. Never throws.
 */
export function createAsterixDescriber(options: ProtocolOptions): (packet: Packet) => Record<string, unknown>[] {
  const plan = planEditions(options);
  return (packet) => {
    const described: Record<string, unknown>[] = [];
    const errors: DecodeError[] = [];
    let reported = 0;
    const reportErrors = () => {
      for (; reported < errors.length; reported++) {
        const { code, item, message, offset } = errors[reported];
        described.push({ error: code, item, message, offset: offset ?? 0 });
      }
    };
    walkDatagram(
      packet.bytes,
      plan,
      (table, bytes, _start, scan) => {
        reportErrors();
        described.push({
          category: table.table.category,
          edition: table.table.edition,
          items: describeItems(table, bytes, scan),
        });
        return undefined;
      },
      errors,
    );
    reportErrors();
    return described;
  };
}

/** The items of a scanned record by number. Shape: see `describeStructure`. */
export function describeItems(table: CompiledTable, bytes: Uint8Array, scan: Scan): Record<string, ItemValue> {
  const items: Record<string, ItemValue> = {};
  const present = table.items.map((_item, index) => index).filter((index) => scan.offsets[index] >= 0);
  present.sort((a, b) => scan.offsets[a] - scan.offsets[b]);
  for (const index of present) {
    const structure = table.structures[index];
    if (structure.kind === "random-sequence") continue; // its items stand under their own numbers
    items[table.items[index]] = describeStructure(structure, bytes, scan.offsets[index], scan.ends[index]);
  }
  return items;
}

/**
 * Fixed and extended: an object of fields. Repetitive: a list of those. Compound: an object of its subfields. Explicit: as its content, or
 * `{hex}` where Picket does not hold the content. Mode S registers get their fields under `register`. The octets were checked by the scanner.
 */
function describeStructure(structure: Structure, bytes: Uint8Array, offset: number, end: number): ItemValue {
  switch (structure.kind) {
    case "fixed":
      return describePart(structure.part, bytes, offset, {});
    case "extended": {
      const values: Record<string, ItemValue> = {};
      let at = offset;
      for (const part of structure.parts) {
        if (at >= end) break;
        describePart(part, bytes, at, values);
        at += part.octets;
      }
      return values;
    }
    case "repetitive":
    case "repetitive-fx": {
      const list: ItemValue[] = [];
      for (let at = structure.kind === "repetitive" ? offset + 1 : offset; at < end; at += structure.each.octets) {
        const values = describePart(structure.each, bytes, at, {});
        if (structure === MODE_S_REGISTERS) {
          const register = describeRegister(bytes, at);
          if (register !== undefined) values.register = register;
        }
        list.push(values);
      }
      return list;
    }
    case "compound":
      return describeCompound(structure, bytes, offset, end);
    case "explicit": {
      const content = structure.content;
      if (content !== undefined) return describeCompound(content, bytes, offset + 1, end);
      return { hex: toHex(bytes.subarray(offset + 1, end)) };
    }
    case "random-sequence":
      return {};
  }
}

/** What the 56 bits at `offset` say, by the register number in the octet after them; undefined for a number without a layout. */
function describeRegister(bytes: Uint8Array, offset: number): ItemValues | undefined {
  const layout = registerLayout(bytes[offset + REGISTER_OCTETS]);
  if (layout === undefined) return undefined;
  const values: Record<string, ItemValue> = {};
  let bit = offset * 8;
  for (const field of layout.fields) {
    if (field.coding !== "spare") {
      const value = describeField(field, bytes, bit, values);
      values[field.name] = typeof value === "number" ? value + (layout.offsets[field.name] ?? 0) : value;
    }
    bit += field.bits;
  }
  return values;
}

function describeCompound(compound: Compound, bytes: Uint8Array, offset: number, end: number): ItemValue {
  const values: Record<string, ItemValue> = {};
  const presenceEnd = compoundPresenceEnd(compound, bytes, offset, end);
  if (presenceEnd < 0) return { hex: toHex(bytes.subarray(offset, end)) };
  const bitsEach = compound.presence === "fx" ? 7 : 8;
  let at = presenceEnd;
  for (let position = 0; position < (presenceEnd - offset) * bitsEach; position++) {
    const octet = offset + Math.floor(position / bitsEach);
    if ((bytes[octet] & (0x80 >> (position % bitsEach))) === 0) continue;
    const member = compound.members[position];
    // Only in an expansion field of a newer edition than the table's; the scanner refuses it elsewhere.
    if (member === undefined) return { ...values, hex: toHex(bytes.subarray(offset, end)) };
    const memberEnd = structureEnd(member.structure, bytes, at, end);
    if (memberEnd < 0) return { ...values, hex: toHex(bytes.subarray(offset, end)) };
    values[member.name] = describeStructure(member.structure, bytes, at, memberEnd);
    at = memberEnd;
  }
  if (at < end && compound.presence !== "fx") values.rest = toHex(bytes.subarray(at, end));
  return values;
}

function describePart(part: Part, bytes: Uint8Array, offset: number, values: Record<string, ItemValue>): Record<string, ItemValue> {
  let bit = offset * 8;
  for (const field of part.fields) {
    if (field.coding !== "spare") values[field.name] = describeField(field, bytes, bit, values);
    bit += field.bits;
  }
  return values;
}

function describeField(field: Field, bytes: Uint8Array, bit: number, before: Readonly<Record<string, ItemValue>>): number | string {
  switch (field.coding) {
    case "unsigned":
    case "signed": {
      const scale = field.choice === undefined ? field.scale : field.choice.scales[before[field.choice.by] === 1 ? 1 : 0];
      const raw = field.coding === "signed" ? readSignedBits(bytes, bit, field.bits) : readBits(bytes, bit, field.bits);
      return (raw * scale.numerator) / scale.denominator;
    }
    case "octal":
      return readBits(bytes, bit, field.bits)
        .toString(8)
        .padStart(Math.ceil(field.bits / 3), "0");
    case "hex": {
      let text = "";
      for (let i = 0; i < field.bits; i += 8)
        text += readBits(bytes, bit + i, 8)
          .toString(16)
          .padStart(2, "0");
      return text;
    }
    case "icao6":
      return readSixBitText(bytes, bit, field.bits / 6);
    case "ascii": {
      let text = "";
      for (let i = 0; i < field.bits; i += 8) text += String.fromCharCode(readBits(bytes, bit + i, 8));
      return text;
    }
    case "spare":
      return 0;
  }
}
