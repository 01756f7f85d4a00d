// What a category's records mean to Picket. The structure was checked by the scanner; a meaning reads the few items that make
// observations, straight from the octets.

import type { Observation } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { AsterixState } from "./asterix-state.ts";
import type { CompiledTable, Scan } from "./scan.ts";

/** What a meaning may use beside the octets. One object for a whole packet. */
export interface Context {
  /** Of the record at hand. */
  sac: number;
  sic: number;
  readonly observations: Observation[];
  /** Records that are good and yet tell nothing that can be placed: counted, the block goes on. See `remark`. */
  readonly remarks: DecodeError[];
  /** Remarks beyond the limit. */
  moreRemarks: number;
  readonly state: AsterixState;
}

/** No real datagram has as many records that cannot be placed; a forged one shall not make work for the picture. */
const MOST_REMARKS = 64;

/** Notes that a good record could not be placed, and why. */
export function remark(context: Context, error: DecodeError): void {
  if (context.remarks.length < MOST_REMARKS) context.remarks.push(error);
  else context.moreRemarks++;
}

/**
 * Adds the observations of one scanned record to the context. Returns an error, and adds nothing, when the record's values cannot be
 * true: then its block is not what it was taken for.
 */
export type Meaning = (bytes: Uint8Array, scan: Scan, context: Context) => DecodeError | undefined;

/** Binds a meaning to the item numbers of one table. */
export type MeaningMaker = (table: CompiledTable) => Meaning;
