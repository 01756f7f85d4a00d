// Walks a datagram: data blocks, records in them, one error for each bad block, and on to the next block.

import type { DecodeError } from "../decode-error.ts";
import { chooseTable, type EditionPlan } from "./editions.ts";
import { type CompiledTable, createScan, itemIndex, type Scan, scanRecord } from "./scan.ts";

/** Category, then a length of two octets that counts these three. */
const HEADER_OCTETS = 3;
const MOST_ERRORS = 64;

/** The source of a record that names none itself. */
export interface SourceCode {
  sac: number;
  sic: number;
}

/**
 * Told of each record whose items were all found. Returns an error when the record's values cannot be true: the rest of its block is then
 * dropped like that of a record which cannot be read. The scan is scratch; take what is needed before returning.
 */
export type RecordVisitor = (
  table: CompiledTable,
  bytes: Uint8Array,
  start: number,
  scan: Scan,
  source: SourceCode,
) => DecodeError | undefined;

const scan = createScan();
const source: SourceCode = { sac: 0, sic: 0 };

/**
 * Visits the records of one datagram in the order of their octets; returns how many were good.
 * A block that is longer than the datagram is refused as a whole: its records cannot be told from the next block's octets.
 */
export function walkDatagram(bytes: Uint8Array, plan: EditionPlan, visit: RecordVisitor, errors: DecodeError[]): number {
  let records = 0;
  let offset = 0;
  while (offset < bytes.length && errors.length < MOST_ERRORS) {
    if (bytes.length - offset < HEADER_OCTETS) {
      // Too few octets for a header. After a bad block they are the tail of the same fault: its length was wrong.
      if (errors.length === 0) {
        errors.push({
          code: "truncated",
          item: "data block header",
          message: `${bytes.length - offset} octets are left after the last data block, and a header needs ${HEADER_OCTETS}`,
          offset,
          needed: HEADER_OCTETS,
          got: bytes.length - offset,
        });
      }
      break;
    }
    const category = bytes[offset];
    const length = bytes[offset + 1] * 256 + bytes[offset + 2];
    if (length <= HEADER_OCTETS) {
      // Where the next block starts is unknown.
      errors.push({
        code: "malformed",
        item: "data block header",
        message: `a data block length of ${length} octets leaves no room for a record`,
        offset: offset + 1,
      });
      break;
    }
    if (offset + length > bytes.length) {
      errors.push({
        code: "truncated",
        item: "data block header",
        message: `a block of category ${String(category).padStart(3, "0")} declares ${length} octets, ${bytes.length - offset} are there`,
        offset: offset + 1,
        needed: length,
        got: bytes.length - offset,
      });
      break;
    }
    records += walkBlock(bytes, category, offset + HEADER_OCTETS, offset + length, plan, visit, errors);
    offset += length;
  }
  return records;
}

function walkBlock(
  bytes: Uint8Array,
  category: number,
  start: number,
  end: number,
  plan: EditionPlan,
  visit: RecordVisitor,
  errors: DecodeError[],
): number {
  let records = 0;
  let sourceKnown = false;
  let offset = start;
  while (offset < end) {
    if (readSource(bytes, offset, end)) sourceKnown = true;
    else if (!sourceKnown || !MAY_OMIT_SOURCE.has(category)) {
      // Checked before the rest: octets that are no record rarely begin with a data source.
      const table = chooseTable(plan, category, 0, 0);
      errors.push("code" in table ? { ...table, offset: start - HEADER_OCTETS } : withoutSource(table, bytes, offset, end));
      return records;
    }
    const table = chooseTable(plan, category, source.sac, source.sic);
    if ("code" in table) {
      errors.push({ ...table, offset: start - HEADER_OCTETS });
      return records;
    }
    if (!scanRecord(table, bytes, offset, end, scan)) {
      errors.push(scan.error!);
      return records;
    }
    const recordEnd = scan.end;
    const error = visit(table, bytes, offset, scan, source);
    if (error !== undefined) {
      errors.push(error);
      return records;
    }
    records++;
    offset = recordEnd;
  }
  return records;
}

/**
 * Categories in which a later record of a block may leave out its data source, being of the same one. A judgement: the editions
 * that were read do not say so, and old radars save octets where they can. Elsewhere the item is mandatory in every record.
 */
const MAY_OMIT_SOURCE = new Set([1, 2]);

/** Item 010 is the first of every profile: its two octets follow the FSPEC. Sets `source`; false when the record has none. */
function readSource(bytes: Uint8Array, offset: number, end: number): boolean {
  if ((bytes[offset] & 0x80) === 0) return false;
  let at = offset;
  while (at < end && (bytes[at] & 1) === 1) at++;
  if (at + 2 >= end) return false;
  source.sac = bytes[at + 1];
  source.sic = bytes[at + 2];
  return true;
}

/** The most telling error for a record without a readable data source. */
function withoutSource(table: CompiledTable, bytes: Uint8Array, offset: number, end: number): DecodeError {
  if (!scanRecord(table, bytes, offset, end, scan)) return scan.error!;
  return {
    code: "malformed",
    item: `${table.name}/010`,
    message: "a record without its mandatory data source identifier",
    offset,
  };
}

/** A function that gives an item's index in the scan, for the modules of meaning. */
export const indexesOf =
  (table: CompiledTable) =>
  (item: string): number =>
    itemIndex(table, item);
