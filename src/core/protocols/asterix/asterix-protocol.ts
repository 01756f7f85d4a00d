// ASTERIX as the engine sees it: one UDP payload in, observations and errors out. EUROCONTROL-SPEC-0149.

import type { Observation } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Decoded, Packet, Protocol, ProtocolOptions } from "../protocol.ts";
import { type AsterixState, createAsterixState } from "./asterix-state.ts";
import { walkDatagram } from "./blocks.ts";
import { createCat001Meaning } from "./cat001-meaning.ts";
import { createCat002Meaning } from "./cat002-meaning.ts";
import { createCat010Meaning } from "./cat010-meaning.ts";
import { createCat015Meaning } from "./cat015-meaning.ts";
import { createCat016Meaning } from "./cat016-meaning.ts";
import { createCat019Meaning } from "./cat019-meaning.ts";
import { createCat020Meaning } from "./cat020-meaning.ts";
import { createCat021Meaning } from "./cat021-meaning.ts";
import { createOldCat021Meaning } from "./cat021-old-meaning.ts";
import { createCat023Meaning } from "./cat023-meaning.ts";
import { createCat034Meaning } from "./cat034-meaning.ts";
import { createCat048Meaning } from "./cat048-meaning.ts";
import { createCat062Meaning } from "./cat062-meaning.ts";
import { createCat063Meaning } from "./cat063-meaning.ts";
import { createCat065Meaning } from "./cat065-meaning.ts";
import { createCat129Meaning } from "./cat129-meaning.ts";
import { createCat205Meaning } from "./cat205-meaning.ts";
import { planEditions } from "./editions.ts";
import type { Context, Meaning, MeaningMaker } from "./meaning.ts";
import type { CompiledTable } from "./scan.ts";

export type { AsterixState } from "./asterix-state.ts";

const MEANINGS: ReadonlyMap<number, MeaningMaker> = new Map<number, MeaningMaker>([
  [1, createCat001Meaning],
  [2, createCat002Meaning],
  [10, createCat010Meaning],
  [15, createCat015Meaning],
  [16, createCat016Meaning],
  [19, createCat019Meaning],
  [20, createCat020Meaning],
  // Editions before 1 have other items under the same numbers.
  [21, (table) => (table.table.edition.startsWith("0.") ? createOldCat021Meaning(table) : createCat021Meaning(table))],
  [23, createCat023Meaning],
  [34, createCat034Meaning],
  [48, createCat048Meaning],
  [62, createCat062Meaning],
  [63, createCat063Meaning],
  [65, createCat065Meaning],
  [129, createCat129Meaning],
  [205, createCat205Meaning],
]);

const bound = new Map<CompiledTable, Meaning>();

function meaningOf(table: CompiledTable): Meaning | undefined {
  const known = bound.get(table);
  if (known !== undefined) return known;
  const maker = MEANINGS.get(table.table.category);
  if (maker === undefined) return undefined;
  const made = maker(table);
  bound.set(table, made);
  return made;
}

/**
 * Decodes one datagram. A bad block gives one error that names item and offset, the next block is read; records before the bad one in
 * its block stay. Work is linear in the octets; the state holds one time of day a sensor, at most `MOST_SENSORS`.
 */
export const asterixProtocol: Protocol<AsterixState> = {
  name: "asterix",
  createState: () => createAsterixState(),
  receive(state: AsterixState, packet: Packet, options: ProtocolOptions): Decoded {
    const observations: Observation[] = [];
    const errors: DecodeError[] = [];
    const remarks: DecodeError[] = [];
    const context: Context = { sac: 0, sic: 0, observations, remarks, moreRemarks: 0, state };
    const records = walkDatagram(
      packet.bytes,
      planEditions(options),
      (table, bytes, _start, scan, source) => {
        context.sac = source.sac;
        context.sic = source.sic;
        return meaningOf(table)?.(bytes, scan, context);
      },
      errors,
    );
    for (const remark of remarks) errors.push(remark);
    if (context.moreRemarks > 0) {
      errors.push({
        code: "unplaced",
        item: "datagram",
        message: `${context.moreRemarks} more records of this datagram could not be placed`,
      });
    }
    return { observations, errors, records };
  },
};
