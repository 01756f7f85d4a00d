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
  /** Records that are good and yet tell nothing that can be placed: counted, the block goes on. */
  readonly remarks: DecodeError[];
  readonly state: AsterixState;
}

/**
 * Adds the observations of one scanned record to the context. Returns an error, and adds nothing, when the record's values cannot be
 * true: then its block is not what it was taken for.
 */
export type Meaning = (bytes: Uint8Array, scan: Scan, context: Context) => DecodeError | undefined;

/** Binds a meaning to the item numbers of one table. */
export type MeaningMaker = (table: CompiledTable) => Meaning;
