// How ASTERIX items are laid out, as data. EUROCONTROL-SPEC-0149 (ASTERIX part 1), chapter 4: fixed, extended, repetitive,
// compound and explicit items. A category edition is one table of these (folder `categories`), and one scanner, one
// describer and one encoder serve them all.

import { assert } from "../../base/assert.ts";

/** How the bits of a field are to be read. */
export type Coding = "unsigned" | "signed" | "octal" | "hex" | "icao6" | "ascii" | "spare";

export interface Scale {
  /** Value = raw * numerator / denominator, in `unit`. */
  readonly numerator: number;
  readonly denominator: number;
  readonly unit: string;
}

export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly coding: Coding;
  readonly scale: Scale;
  /** The scale follows the value of an earlier one-bit field of the same item: [scale at 0, scale at 1]. */
  readonly choice?: { readonly by: string; readonly scales: readonly [Scale, Scale] };
}

/** Fields that fill whole octets, the most significant bit first. */
export interface Part {
  readonly octets: number;
  readonly fields: readonly Field[];
  /** The last bit is an FX bit. */
  readonly fx: boolean;
}

export type Structure =
  | { readonly kind: "fixed"; readonly part: Part }
  /** Parts that each end with an FX bit: 1 says that another one follows. It is not among the fields; the last part may lack it. */
  | { readonly kind: "extended"; readonly parts: readonly Part[] }
  /** One octet REP, then that many structures of one kind. */
  | { readonly kind: "repetitive"; readonly each: Part }
  /** Parts of one kind, each ending with an FX bit. */
  | { readonly kind: "repetitive-fx"; readonly each: Part }
  | Compound
  /** One octet of length that counts itself, then content; `content` undefined: octets whose meaning Picket does not hold. */
  | { readonly kind: "explicit"; readonly content?: Compound }
  /** Random field sequencing: a count, then that many pairs of an FSPEC position and the item of that position. */
  | { readonly kind: "random-sequence" };

export interface Compound {
  readonly kind: "compound";
  /** "fx": presence octets with seven bits each and FX. A number: that many octets with eight bits each, no FX. */
  readonly presence: "fx" | number;
  /** In the order of the presence bits; undefined: a spare bit, which must not be set. */
  readonly members: readonly (Member | undefined)[];
}

export interface Member {
  readonly name: string;
  readonly structure: Structure;
}

const PLAIN: Scale = { numerator: 1, denominator: 1, unit: "" };

/** "1/128 s", "25 ft", "360/65536 deg", "1". */
function parseScale(words: readonly string[]): Scale {
  if (words.length === 0) return PLAIN;
  const [numerator, denominator] = words[0].split("/");
  const scale = { numerator: Number(numerator), denominator: denominator === undefined ? 1 : Number(denominator), unit: words[1] ?? "" };
  assert(scale.numerator > 0 && scale.denominator > 0 && words.length <= 2, `scale ${words.join(" ")}`);
  return scale;
}

const CODINGS: Readonly<Record<string, Coding>> = { u: "unsigned", s: "signed", o: "octal", x: "hex", c: "icao6", a: "ascii" };

/**
 * Reads fields in the tables' own short form, separated by commas: NAME CODING+BITS [LSB [UNIT]].
 * Codings: u unsigned, s two's complement, o octal digits, x hexadecimal digits, c six-bit characters, a ASCII; a bare number of
 * bits is unsigned. "-" instead of a name is spare. "IAS u15 IM?1/16384 NM/s:1/1000 Mach" takes its scale from the bit field IM.
 */
export function parseFields(text: string): Field[] {
  return text.split(",").map((entry): Field => {
    const [name, shape, ...rest] = entry.trim().split(/\s+/);
    const match = /^([usoxca]?)(\d+)$/.exec(shape ?? "");
    assert(match !== null, `field "${entry}"`);
    const bits = Number(match[2]);
    if (name === "-") return { name: "-", bits, coding: "spare", scale: PLAIN };
    const coding = CODINGS[match[1] === "" ? "u" : match[1]];
    const question = rest[0]?.indexOf("?") ?? -1;
    if (question > 0) {
      const by = rest[0].slice(0, question);
      const [zero, one] = `${rest[0].slice(question + 1)} ${rest.slice(1).join(" ")}`
        .split(":")
        .map((scale) => parseScale(scale.trim().split(/\s+/)));
      return { name, bits, coding, scale: zero, choice: { by, scales: [zero, one] } };
    }
    return { name, bits, coding, scale: parseScale(rest) };
  });
}

function part(text: string, fx: boolean): Part {
  const fields = parseFields(text);
  let bits = fx ? 1 : 0;
  for (const field of fields) bits += field.bits;
  assert(bits % 8 === 0, `fields fill whole octets: ${text}`);
  return { octets: bits / 8, fields, fx };
}

export const fixed = (fields: string): Structure => ({ kind: "fixed", part: part(fields, false) });
export const extended = (...parts: string[]): Structure => ({ kind: "extended", parts: parts.map((fields) => part(fields, true)) });
/** As `extended`, but the last part has no FX bit: nothing can follow it. */
export const extendedClosed = (...parts: string[]): Structure => ({
  kind: "extended",
  parts: parts.map((fields, i) => part(fields, i < parts.length - 1)),
});
export const repetitive = (fields: string): Structure => ({ kind: "repetitive", each: part(fields, false) });
export const repetitiveFx = (fields: string): Structure => ({ kind: "repetitive-fx", each: part(fields, true) });
export const randomSequence: Structure = { kind: "random-sequence" };
export const explicit = (content?: Compound): Structure => ({ kind: "explicit", content });

type MemberList = readonly (readonly [string, Structure | string] | undefined)[];
const members = (list: MemberList) =>
  list.map((member) => member && { name: member[0], structure: typeof member[1] === "string" ? fixed(member[1]) : member[1] });

/** A text instead of a structure is short for `fixed(text)`. */
export const compound = (...list: MemberList): Compound => ({ kind: "compound", presence: "fx", members: members(list) });
/** For reserved expansion fields: presence in whole octets without FX. */
export const expansion = (octets: number, ...list: MemberList): Compound => ({
  kind: "compound",
  presence: octets,
  members: members(list),
});

/** One edition of one category. */
export interface CategoryTable {
  readonly category: number;
  readonly edition: string;
  /** Where the facts are from. */
  readonly source: string;
  readonly items: Readonly<Record<string, Structure>>;
  /** User application profile: item numbers in the order of the FSPEC bits; "-" is a spare bit. */
  readonly uap: readonly string[];
  /** A second profile for records whose item says so (category 001: tracks instead of plots). */
  readonly alternative?: {
    readonly uap: readonly string[];
    /** Read when this item has been met; the positions up to it are the same in both profiles. */
    readonly item: string;
    /** The alternative holds when this mask of the item's first octet is not zero. */
    readonly mask: number;
  };
}

/** "010 140 -" -> ["010", "140", "-"]. */
export const uap = (text: string): string[] => text.trim().split(/\s+/);

/** A table from short forms: a text instead of a structure is short for `fixed(text)`. */
export function table(
  category: number,
  edition: string,
  source: string,
  profile: string,
  items: Readonly<Record<string, Structure | string>>,
  alternative?: { readonly uap: string; readonly item: string; readonly mask: number },
): CategoryTable {
  const structures: Record<string, Structure> = {};
  for (const [item, structure] of Object.entries(items)) structures[item] = typeof structure === "string" ? fixed(structure) : structure;
  const made: CategoryTable = {
    category,
    edition,
    source,
    items: structures,
    uap: uap(profile),
    alternative: alternative && { uap: uap(alternative.uap), item: alternative.item, mask: alternative.mask },
  };
  for (const item of [...made.uap, ...(made.alternative?.uap ?? [])]) {
    assert(item === "-" || structures[item] !== undefined, `category ${category}: item ${item} has no structure`);
  }
  return made;
}

/** Another edition of a table: what differs is given, the rest is kept. */
export function editionOf(
  base: CategoryTable,
  edition: string,
  source: string,
  profile: string,
  changes: Readonly<Record<string, Structure | string>>,
): CategoryTable {
  return table(base.category, edition, source, profile, { ...base.items, ...changes });
}
