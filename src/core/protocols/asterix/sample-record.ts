// Arbitrary records of a table, for tests, fuzzing and benchmarks: every structural form, every field, any value that the bits can hold.

import { powerOfTwo } from "./bits.ts";
import type { ItemValue, ItemValues } from "./describe.ts";
import type { AsterixRecord } from "./encode.ts";
import type { CategoryTable, Compound, Field, Part, Structure } from "./structure.ts";

/** An integer from 0 to `below` - 1. */
export type Draw = (below: number) => number;

/** A draw from a seed: a linear congruential generator of 31 bits, enough to vary vectors. The same seed gives the same draws. */
export function drawFrom(seed: number): Draw {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

/** A record with the data source and about every second of the other items, in the shape that the describer gives and the encoder takes. */
export function sampleRecord(table: CategoryTable, draw: Draw): AsterixRecord {
  const record: Record<string, ItemValue> = {};
  const chooser = table.alternative === undefined ? undefined : sampleStructure(table.items[table.alternative.item], draw);
  const alternative = (chooser as ItemValues | undefined)?.TYP === 1;
  for (const item of alternative ? table.alternative!.uap : table.uap) {
    if (item === "-" || table.items[item].kind === "random-sequence") continue;
    if (item !== "010" && item !== table.alternative?.item && draw(2) === 0) continue;
    const value = item === table.alternative?.item ? chooser : sampleStructure(table.items[item], draw);
    if (value !== undefined) record[item] = value;
  }
  return record;
}

function sampleStructure(structure: Structure, draw: Draw): ItemValue | undefined {
  switch (structure.kind) {
    case "fixed":
      return samplePart(structure.part, draw);
    case "extended": {
      // Whole parts, because a part is sent up to the last one that says something.
      const values: Record<string, ItemValue> = {};
      const parts = 1 + draw(structure.parts.length);
      for (let i = 0; i < parts; i++) Object.assign(values, samplePart(structure.parts[i], draw));
      return values;
    }
    case "repetitive":
      return Array.from({ length: draw(4) }, () => samplePart(structure.each, draw));
    case "repetitive-fx":
      return Array.from({ length: 1 + draw(3) }, () => samplePart(structure.each, draw));
    case "compound":
      return sampleCompound(structure, draw);
    case "explicit":
      if (structure.content !== undefined) return sampleCompound(structure.content, draw);
      return { hex: hexDigits(2 * (1 + draw(6)), draw) };
    case "random-sequence":
      return undefined;
  }
}

function sampleCompound(compound: Compound, draw: Draw): ItemValue {
  const values: Record<string, ItemValue> = {};
  for (const member of compound.members) {
    if (member === undefined || draw(3) > 0) continue;
    const value = sampleStructure(member.structure, draw);
    if (value !== undefined) values[member.name] = value;
  }
  return values;
}

function samplePart(part: Part, draw: Draw): Record<string, ItemValue> {
  const values: Record<string, ItemValue> = {};
  for (const field of part.fields) if (field.coding !== "spare") values[field.name] = sampleField(field, values, draw);
  return values;
}

const SIX_BIT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789";

function sampleField(field: Field, before: ItemValues, draw: Draw): number | string {
  switch (field.coding) {
    case "unsigned":
    case "signed": {
      const scale = field.choice === undefined ? field.scale : field.choice.scales[before[field.choice.by] === 1 ? 1 : 0];
      const span = powerOfTwo(field.bits);
      const raw = draw(span) - (field.coding === "signed" ? span / 2 : 0);
      return (raw * scale.numerator) / scale.denominator;
    }
    case "octal":
      return draw(powerOfTwo(field.bits))
        .toString(8)
        .padStart(Math.ceil(field.bits / 3), "0");
    case "hex":
      return hexDigits(field.bits / 4, draw);
    case "icao6":
      return Array.from({ length: field.bits / 6 }, () => SIX_BIT[draw(SIX_BIT.length)]).join("");
    case "ascii":
      return Array.from({ length: field.bits / 8 }, () => String.fromCharCode(33 + draw(94))).join("");
    case "spare":
      return 0;
  }
}

const hexDigits = (count: number, draw: Draw): string => Array.from({ length: count }, () => draw(16).toString(16)).join("");
