// Records to octets, driven by the same tables that read them: what `describe.ts` says of a record, this writes.

import { assert } from "../../base/assert.ts";
import { fromHex } from "../../base/hex.ts";
import { powerOfTwo, sixBitCode, writeBits } from "./bits.ts";
import type { ItemValue, ItemValues } from "./describe.ts";
import { findTable } from "./editions.ts";
import type { Compound, Field, Part, Structure } from "./structure.ts";

/** One record: items by number, in the describer's shape and the standard's units. */
export type AsterixRecord = Readonly<Record<string, ItemValue>>;

/** A data block's length has two octets. */
const MOST_BLOCK_OCTETS = 65_535;
/** Keys that the describer adds for the reader and that are not octets of their own. */
const EXPLANATIONS = new Set(["register"]);

/**
 * One data block of a category with these records, in their order. A field that is not given is 0; a value is rounded to the field's
 * least significant bit. The caller keeps values inside the standard's limits and the block inside 65,535 octets: a number that
 * the field cannot hold, an unknown item or an unknown field is a mistake of the program and trips an assertion.
 */
export function encodeAsterix(category: number, edition: string, records: readonly AsterixRecord[]): Uint8Array {
  const compiled = findTable(category, edition);
  assert(compiled !== undefined, `no table for category ${category} edition ${edition}`);
  const { table } = compiled;
  const octets: number[] = [category, 0, 0];
  for (const record of records) {
    const uap = usesAlternative(table.alternative, record) ? table.alternative!.uap : table.uap;
    for (const item of Object.keys(record)) assert(uap.includes(item), `category ${category} has no item ${item}`);
    let fspecOctets = 1;
    for (let i = 0; i < uap.length; i++) if (uap[i] !== "-" && record[uap[i]] !== undefined) fspecOctets = Math.floor(i / 7) + 1;
    const fspecAt = octets.length;
    for (let i = 0; i < fspecOctets; i++) octets.push(i < fspecOctets - 1 ? 1 : 0);
    for (let i = 0; i < uap.length; i++) {
      const value = uap[i] === "-" ? undefined : record[uap[i]];
      if (value === undefined) continue;
      octets[fspecAt + Math.floor(i / 7)] |= 0x80 >> (i % 7);
      encodeStructure(table.items[uap[i]], value, octets, uap[i]);
    }
  }
  assert(octets.length <= MOST_BLOCK_OCTETS, "a data block longer than its length can say");
  octets[1] = octets.length >> 8;
  octets[2] = octets.length & 255;
  return Uint8Array.from(octets);
}

function usesAlternative(alternative: { readonly item: string; readonly mask: number } | undefined, record: AsterixRecord): boolean {
  if (alternative === undefined) return false;
  const value = record[alternative.item] as ItemValues | undefined;
  // The only table with two profiles, category 001, tells them apart by the first bit of I001/020.
  assert(alternative.mask === 0x80, "the choosing bit is the first");
  return value !== undefined && value.TYP === 1;
}

function encodeStructure(structure: Structure, value: ItemValue, octets: number[], name: string): void {
  switch (structure.kind) {
    case "fixed":
      knowFields([structure.part], value, name);
      encodePart(structure.part, value as ItemValues, false, octets, name);
      return;
    case "extended": {
      const values = value as ItemValues;
      knowFields(structure.parts, value, name);
      let last = 0;
      structure.parts.forEach((part, i) => {
        if (part.fields.some((field) => field.coding !== "spare" && values[field.name] !== undefined)) last = i;
      });
      for (let i = 0; i <= last; i++) encodePart(structure.parts[i], values, i < last, octets, name);
      return;
    }
    case "repetitive": {
      const list = value as readonly ItemValues[];
      assert(list.length <= 255, `${name}: at most 255 repetitions`);
      octets.push(list.length);
      for (const values of list) {
        knowFields([structure.each], values, name);
        encodePart(structure.each, values, false, octets, name);
      }
      return;
    }
    case "repetitive-fx": {
      const list = value as readonly ItemValues[];
      assert(list.length > 0, `${name}: a list that ends by FX is never empty`);
      list.forEach((values, i) => {
        knowFields([structure.each], values, name);
        encodePart(structure.each, values, i < list.length - 1, octets, name);
      });
      return;
    }
    case "compound":
      encodeCompound(structure, value as ItemValues, octets, name);
      return;
    case "explicit": {
      const at = octets.length;
      octets.push(0);
      const values = value as ItemValues;
      if (typeof values.hex === "string") pushHex(values.hex, octets, name);
      else {
        assert(structure.content !== undefined, `${name}: content only as hex`);
        const { rest, ...known } = values;
        encodeCompound(structure.content, known, octets, name);
        if (typeof rest === "string") pushHex(rest, octets, name);
      }
      assert(octets.length - at <= 255, `${name}: longer than its length octet can say`);
      octets[at] = octets.length - at;
      return;
    }
    case "random-sequence":
      assert(false, `${name}: random field sequences are read, not written`);
  }
}

function pushHex(text: string, octets: number[], name: string): void {
  const bytes = fromHex(text);
  assert(bytes !== undefined, `${name}: hexadecimal digits`);
  for (const octet of bytes) octets.push(octet);
}

function encodeCompound(compound: Compound, values: ItemValues, octets: number[], name: string): void {
  const bitsEach = compound.presence === "fx" ? 7 : 8;
  const at = octets.length;
  let presenceOctets = compound.presence === "fx" ? 1 : compound.presence;
  for (const key of Object.keys(values)) {
    assert(
      compound.members.some((member) => member?.name === key),
      `${name} has no subfield ${key}`,
    );
  }
  compound.members.forEach((member, i) => {
    if (member !== undefined && values[member.name] !== undefined) presenceOctets = Math.max(presenceOctets, Math.floor(i / bitsEach) + 1);
  });
  for (let i = 0; i < presenceOctets; i++) octets.push(compound.presence === "fx" && i < presenceOctets - 1 ? 1 : 0);
  compound.members.forEach((member, i) => {
    const value = member === undefined ? undefined : values[member.name];
    if (member === undefined || value === undefined) return;
    octets[at + Math.floor(i / bitsEach)] |= 0x80 >> (i % bitsEach);
    encodeStructure(member.structure, value, octets, `${name}/${member.name}`);
  });
}

function knowFields(parts: readonly Part[], value: ItemValue, name: string): void {
  for (const key of Object.keys(value as ItemValues)) {
    assert(EXPLANATIONS.has(key) || parts.some((part) => part.fields.some((field) => field.name === key)), `${name} has no field ${key}`);
  }
}

function encodePart(part: Part, values: ItemValues, more: boolean, octets: number[], name: string): void {
  const bytes = new Uint8Array(part.octets);
  let bit = 0;
  for (const field of part.fields) {
    const value = values[field.name];
    if (field.coding !== "spare" && value !== undefined) encodeField(field, value, values, bytes, bit, `${name}/${field.name}`);
    bit += field.bits;
  }
  if (part.fx && more) bytes[part.octets - 1] |= 1;
  for (const octet of bytes) octets.push(octet);
}

function encodeField(field: Field, value: ItemValue, values: ItemValues, bytes: Uint8Array, bit: number, name: string): void {
  switch (field.coding) {
    case "unsigned":
    case "signed": {
      assert(typeof value === "number" && Number.isFinite(value), `${name} is a number`);
      const scale = field.choice === undefined ? field.scale : field.choice.scales[values[field.choice.by] === 1 ? 1 : 0];
      const raw = Math.round((value * scale.denominator) / scale.numerator);
      const span = powerOfTwo(field.bits);
      const least = field.coding === "signed" ? -span / 2 : 0;
      assert(raw >= least && raw < least + span, `${name} cannot hold ${value}`);
      writeBits(bytes, bit, field.bits, raw < 0 ? raw + span : raw);
      return;
    }
    case "octal": {
      const raw = Number.parseInt(String(value), 8);
      assert(raw >= 0 && raw < powerOfTwo(field.bits), `${name} cannot hold ${String(value)}`);
      writeBits(bytes, bit, field.bits, raw);
      return;
    }
    case "hex": {
      const raw = fromHex(String(value).toLowerCase());
      assert(raw !== undefined && raw.length * 8 === field.bits, `${name} is ${field.bits / 4} hexadecimal digits`);
      for (let i = 0; i < raw.length; i++) writeBits(bytes, bit + 8 * i, 8, raw[i]);
      return;
    }
    case "icao6": {
      const characters = field.bits / 6;
      const text = String(value).padEnd(characters, " ");
      assert(text.length === characters, `${name} is ${characters} characters`);
      for (let i = 0; i < characters; i++) writeBits(bytes, bit + 6 * i, 6, sixBitCode(text[i]));
      return;
    }
    case "ascii": {
      const characters = field.bits / 8;
      const text = String(value).padEnd(characters, " ");
      assert(text.length === characters, `${name} is ${characters} characters`);
      for (let i = 0; i < characters; i++) writeBits(bytes, bit + 8 * i, 8, text.charCodeAt(i) & 255);
      return;
    }
    case "spare":
      return;
  }
}
