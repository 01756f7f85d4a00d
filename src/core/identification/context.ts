// What identification is told besides the tracks themselves. The engine makes it once for each round; the functions in it answer
// from the picture, so that nothing is copied for tracks that nobody asks about.

import type { Micros } from "../base/units.ts";
import type { Evidence, Finding } from "../model/identity.ts";
import type { AssetFact, ClaimFact, CoverageFact, TrackFacts, Wind } from "../model/track-facts.ts";

export interface IdentificationContext {
  readonly now: Micros;
  readonly wind?: Wind;
  /** Claims about a track's identities, newest statements of each sensor. */
  claims(trackKey: string): readonly ClaimFact[];
  /** Which sensors should see something at a place (east, north, up, m), and how well. */
  coverage(position: readonly [number, number, number]): readonly CoverageFact[];
  /** Of the newest check of broadcasts (`emitters/check-emitters.ts`), by track key. */
  readonly emitters?: {
    readonly findings: ReadonlyMap<string, readonly Finding[]>;
    readonly evidence: ReadonlyMap<string, readonly Evidence[]>;
  };
  /** Keys of the tracks that fly together with this one, itself among them; undefined for one that flies alone. */
  companyOf?(trackKey: string): readonly string[] | undefined;
  /** Every track in the picture, those that are due now included: companions and copied identities are found among them. */
  readonly allTracks: readonly TrackFacts[];
  readonly assets: readonly AssetFact[];
}
