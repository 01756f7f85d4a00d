// Finds where each item of a record is, and refuses what cannot be a record. Reads no values: meaning and description
// look at the octets that they need, at the offsets found here.

import { assert } from "../../base/assert.ts";
import type { DecodeError } from "../decode-error.ts";
import type { CategoryTable, Compound, Structure } from "./structure.ts";

/** One user application profile with everything that scanning needs, by FSPEC position counted from 0. */
interface Profile {
  /** Index into `CompiledTable.items`, -1 for a spare position. */
  readonly item: Int16Array;
  /** Length of a fixed item, 0 for any other structure. */
  readonly octets: Uint8Array;
}

export interface CompiledTable {
  readonly table: CategoryTable;
  /** "I048". */
  readonly name: string;
  /** Item numbers; `Scan.offsets` has their order. */
  readonly items: readonly string[];
  readonly structures: readonly Structure[];
  readonly profile: Profile;
  readonly alternative?: { readonly profile: Profile; readonly item: number; readonly mask: number };
}

/** Most items that a table may have. */
const MOST_ITEMS = 64;

/**
 * Where the items of the record scanned last are. Scratch: it is overwritten by the next scan.
 */
export interface Scan {
  /** Offset of each item in the packet, by the table's own index; -1 where the record has none. */
  readonly offsets: Int32Array;
  /** First octet after each item. */
  readonly ends: Int32Array;
  /** First octet after the record. */
  end: number;
  error: DecodeError | undefined;
}

export const createScan = (): Scan => ({
  offsets: new Int32Array(MOST_ITEMS),
  ends: new Int32Array(MOST_ITEMS),
  end: 0,
  error: undefined,
});

const compiled = new Map<CategoryTable, CompiledTable>();

/** The scanner's form of a table; made once for each table. */
export function compileTable(table: CategoryTable): CompiledTable {
  const known = compiled.get(table);
  if (known !== undefined) return known;
  const items = Object.keys(table.items);
  assert(items.length <= MOST_ITEMS, "more items than a scan holds");
  const structures = items.map((item) => table.items[item]);
  const profileOf = (uap: readonly string[]): Profile => ({
    item: Int16Array.from(uap, (item) => (item === "-" ? -1 : items.indexOf(item))),
    octets: Uint8Array.from(uap, (item) => {
      const structure = table.items[item];
      return structure?.kind === "fixed" ? structure.part.octets : 0;
    }),
  });
  const made: CompiledTable = {
    table,
    name: `I${String(table.category).padStart(3, "0")}`,
    items,
    structures,
    profile: profileOf(table.uap),
    alternative: table.alternative && {
      profile: profileOf(table.alternative.uap),
      item: items.indexOf(table.alternative.item),
      mask: table.alternative.mask,
    },
  };
  compiled.set(table, made);
  return made;
}

/** Index of an item in the scan's offsets; -1 when this edition has no such item. */
export const itemIndex = (table: CompiledTable, item: string): number => table.items.indexOf(item);

/**
 * Finds the items of the record that starts at `start` and must end at or before `blockEnd`.
 * True: `scan.offsets` and `scan.end` are set. False: `scan.error` says what is wrong; nothing after it in the block can be trusted,
 * because a record's end is known only from its items.
 */
export function scanRecord(table: CompiledTable, bytes: Uint8Array, start: number, blockEnd: number, scan: Scan): boolean {
  const { offsets, ends } = scan;
  offsets.fill(-1, 0, table.items.length);
  let profile = table.profile;
  let positions = profile.item.length;

  const mostOctets = Math.ceil(Math.max(positions, table.alternative?.profile.item.length ?? 0) / 7);
  let offset = start;
  while (offset < blockEnd && (bytes[offset] & 1) === 1) {
    offset++;
    if (offset - start >= mostOctets) {
      return fail(scan, {
        code: "malformed",
        item: `${table.name} FSPEC`,
        message: `the FSPEC goes on after ${mostOctets} octets, more than edition ${table.table.edition} has items for`,
        offset: start,
      });
    }
  }
  if (offset >= blockEnd) return fail(scan, truncated(`${table.name} FSPEC`, start, offset - start + 1, blockEnd - start));
  const fspecOctets = offset - start + 1;
  offset++;

  let seen = 0;
  for (let octet = 0; octet < fspecOctets; octet++) {
    const presence = bytes[start + octet];
    if ((presence & 0xfe) === 0) continue;
    for (let bit = 0; bit < 7; bit++) {
      if ((presence & (0x80 >> bit)) === 0) continue;
      const position = octet * 7 + bit;
      const item = position < positions ? profile.item[position] : -1;
      if (item < 0) {
        return fail(scan, {
          code: "malformed",
          item: `${table.name} FSPEC`,
          message: `FSPEC position ${position + 1} is set, which edition ${table.table.edition} of category ${table.name.slice(1)} does not use; is the edition right?`,
          offset: start + octet,
        });
      }
      seen++;
      const octets = profile.octets[position];
      let end: number;
      if (octets > 0) {
        end = offset + octets;
        if (end > blockEnd) return fail(scan, truncated(`${table.name}/${table.items[item]}`, offset, octets, blockEnd - offset));
      } else {
        const structure = table.structures[item];
        end =
          structure.kind === "random-sequence"
            ? randomSequenceEnd(table, profile, bytes, offset, blockEnd, scan)
            : structureEnd(structure, bytes, offset, blockEnd);
        if (end < 0) {
          if (end === FAULT) scan.error = takeFault(`${table.name}/${table.items[item]}`);
          return false;
        }
      }
      offsets[item] = offset;
      ends[item] = end;
      if (table.alternative !== undefined && item === table.alternative.item && (bytes[offset] & table.alternative.mask) !== 0) {
        profile = table.alternative.profile;
        positions = profile.item.length;
      }
      offset = end;
    }
  }
  if (seen === 0) {
    return fail(scan, { code: "malformed", item: `${table.name} FSPEC`, message: "a record without any item", offset: start });
  }
  scan.end = offset;
  return true;
}

function fail(scan: Scan, error: DecodeError): false {
  scan.error = error;
  return false;
}

function truncated(item: string, offset: number, needed: number, got: number): DecodeError {
  return { code: "truncated", item, message: `${item} needs ${needed} octets, the block has ${got} left`, offset, needed, got };
}

// A fault inside an item travels back as a negative end, so that the way of good octets makes no objects.
const FAULT = -1;
const ALREADY_REPORTED = -2;
const fault = { code: "truncated" as DecodeError["code"], member: "", offset: 0, needed: 0, got: 0, message: "" };

function refuse(code: DecodeError["code"], offset: number, message: string): number {
  fault.code = code;
  fault.member = "";
  fault.offset = offset;
  fault.message = message;
  return FAULT;
}

function short(offset: number, needed: number, got: number): number {
  fault.needed = needed;
  fault.got = got;
  return refuse("truncated", offset, "");
}

function takeFault(item: string): DecodeError {
  const name = item + fault.member;
  if (fault.code === "truncated") return truncated(name, fault.offset, fault.needed, fault.got);
  return { code: fault.code, item: name, message: fault.message, offset: fault.offset };
}

/**
 * First octet after a structure that starts at `offset`, or FAULT.
 * Every form but the nested compound moves forward by at least one octet, so the work is bounded by the octets present.
 */
export function structureEnd(structure: Structure, bytes: Uint8Array, offset: number, limit: number): number {
  switch (structure.kind) {
    case "fixed": {
      const end = offset + structure.part.octets;
      return end > limit ? short(offset, structure.part.octets, limit - offset) : end;
    }
    case "extended": {
      let at = offset;
      for (const part of structure.parts) {
        const end = at + part.octets;
        if (end > limit) return short(at, part.octets, limit - at);
        at = end;
        if (!part.fx || (bytes[at - 1] & 1) === 0) return at;
      }
      return refuse("malformed", at - 1, "the FX bit announces an extension that this edition does not have");
    }
    case "repetitive": {
      if (offset >= limit) return short(offset, 1, 0);
      const needed = 1 + bytes[offset] * structure.each.octets;
      return offset + needed > limit ? short(offset, needed, limit - offset) : offset + needed;
    }
    case "repetitive-fx": {
      let at = offset;
      for (;;) {
        if (at + structure.each.octets > limit) return short(at, structure.each.octets, limit - at);
        at += structure.each.octets;
        if ((bytes[at - 1] & 1) === 0) return at;
      }
    }
    case "compound":
      return compoundEnd(structure, bytes, offset, limit);
    case "explicit": {
      if (offset >= limit) return short(offset, 1, 0);
      const length = bytes[offset];
      if (length < 1) return refuse("malformed", offset, "a length of 0, which must count its own octet");
      const end = offset + length;
      if (end > limit) return short(offset, length, limit - offset);
      if (structure.content !== undefined) {
        const contentEnd = expansionEnd(structure.content, bytes, offset + 1, end);
        if (contentEnd < 0) {
          if (fault.code !== "truncated") return contentEnd;
          const member = fault.member;
          refuse("malformed", offset, `a length of ${length} octets, but its subfields need more`);
          fault.member = member;
          return FAULT;
        }
      }
      return end;
    }
    case "random-sequence":
      return refuse("unsupported", offset, "random field sequencing inside an item");
  }
}

function compoundEnd(compound: Compound, bytes: Uint8Array, offset: number, limit: number): number {
  const presenceEnd = compoundPresenceEnd(compound, bytes, offset, limit);
  if (presenceEnd < 0) return presenceEnd;
  const bitsEach = compound.presence === "fx" ? 7 : 8;
  let at = presenceEnd;
  for (let octet = offset; octet < presenceEnd; octet++) {
    const presence = compound.presence === "fx" ? bytes[octet] & 0xfe : bytes[octet];
    if (presence === 0) continue;
    for (let bit = 0; bit < bitsEach; bit++) {
      if ((presence & (0x80 >> bit)) === 0) continue;
      const position = (octet - offset) * bitsEach + bit;
      const member = compound.members[position];
      if (member === undefined)
        return refuse("malformed", octet, `subfield ${position + 1} is announced, which this edition does not have`);
      const end = structureEnd(member.structure, bytes, at, limit);
      if (end < 0) {
        fault.member = `/${member.name}${fault.member}`;
        return end;
      }
      at = end;
    }
  }
  return at;
}

/** First octet after the presence octets of a compound, or FAULT. */
export function compoundPresenceEnd(compound: Compound, bytes: Uint8Array, offset: number, limit: number): number {
  if (compound.presence !== "fx") {
    return offset + compound.presence > limit ? short(offset, compound.presence, limit - offset) : offset + compound.presence;
  }
  let at = offset;
  while (at < limit && (bytes[at] & 1) === 1) at++;
  return at >= limit ? short(offset, at - offset + 1, limit - offset) : at + 1;
}

/**
 * As `compoundEnd`, but what this edition does not know ends the reading without an error: an expansion field may be of a newer
 * edition than the table, and its length octet says where the record goes on. Needing more octets than that length stays an error.
 */
export function expansionEnd(content: Compound, bytes: Uint8Array, offset: number, limit: number): number {
  const end = compoundEnd(content, bytes, offset, limit);
  return end < 0 && fault.code !== "truncated" ? limit : end;
}

/** Offset of a top-level subfield of an expansion field, or -1; `offset` is that of the length octet. */
export function expansionMember(structure: Structure, bytes: Uint8Array, offset: number, end: number, name: string): number {
  const content = structure.kind === "explicit" ? structure.content : undefined;
  if (content === undefined || content.presence === "fx" || offset < 0) return -1;
  let at = offset + 1 + content.presence;
  for (let position = 0; position < content.presence * 8; position++) {
    if ((bytes[offset + 1 + (position >> 3)] & (0x80 >> (position & 7))) === 0) continue;
    const member = content.members[position];
    if (member === undefined) return -1;
    if (member.name === name) return at;
    at = structureEnd(member.structure, bytes, at, end);
    if (at < 0) return -1;
  }
  return -1;
}

function randomSequenceEnd(table: CompiledTable, profile: Profile, bytes: Uint8Array, offset: number, limit: number, scan: Scan): number {
  if (offset >= limit) return short(offset, 1, 0);
  const count = bytes[offset];
  let at = offset + 1;
  for (let i = 0; i < count; i++) {
    if (at >= limit) return short(at, 1, 0);
    const position = bytes[at] - 1;
    const item = position >= 0 && position < profile.item.length ? profile.item[position] : -1;
    if (item < 0 || table.structures[item].kind === "random-sequence") {
      return refuse("malformed", at, `position ${position + 1} in a random field sequence is not an item`);
    }
    const end = structureEnd(table.structures[item], bytes, at + 1, limit);
    if (end < 0) {
      scan.error = takeFault(`${table.name}/${table.items[item]}`);
      return ALREADY_REPORTED;
    }
    // The first of two equal items counts, as it does for receivers that stop looking.
    if (scan.offsets[item] < 0) {
      scan.offsets[item] = at + 1;
      scan.ends[item] = end;
    }
    at = end;
  }
  return at;
}

/** Offsets of the subfields of a compound that the scanner has checked, by position; -1 where absent. `into` holds at least as many. */
export function compoundMembers(structure: Structure, bytes: Uint8Array, offset: number, end: number, into: Int32Array): void {
  into.fill(-1);
  if (structure.kind !== "compound" || structure.presence !== "fx") return;
  let presenceEnd = offset;
  while ((bytes[presenceEnd] & 1) === 1) presenceEnd++;
  presenceEnd++;
  let at = presenceEnd;
  for (let octet = offset; octet < presenceEnd; octet++) {
    const presence = bytes[octet];
    if ((presence & 0xfe) === 0) continue;
    for (let bit = 0; bit < 7; bit++) {
      if ((presence & (0x80 >> bit)) === 0) continue;
      const position = (octet - offset) * 7 + bit;
      into[position] = at;
      const inner = structure.members[position]!.structure;
      at = inner.kind === "fixed" ? at + inner.part.octets : structureEnd(inner, bytes, at, end);
    }
  }
}
