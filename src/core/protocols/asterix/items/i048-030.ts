// I048/030 Warning/Error Conditions and Target Classification, a list of seven-bit codes each ending with FX.
// EUROCONTROL-SPEC-0149-4 edition 1.32. The words are ours; codes about a plot's quality or a reply's technical faults
// are left out, because they do not say what the target is.

import type { SensorClassification } from "../../../model/observation.ts";

const KINDS: ReadonlyMap<number, SensorClassification> = new Map(
  (
    [
      [1, "reflection"],
      [2, "side-lobe reply"],
      [4, "second-time-around reply"],
      [5, "angel"],
      [6, "road vehicle"],
      [7, "fixed echo"],
      [10, "phantom reply"],
      [19, "bird"],
      [20, "flock of birds"],
      [23, "wind turbine"],
      [24, "helicopter"],
    ] as const
  ).map(([code, label]) => [code, { label }]),
);

/** What the radar says about the kind of target; undefined when none of its codes says anything of it. */
export function readTargetKinds(bytes: Uint8Array, offset: number, end: number): SensorClassification[] | undefined {
  let kinds: SensorClassification[] | undefined;
  for (let at = offset; at < end; at++) {
    const kind = KINDS.get(bytes[at] >> 1);
    if (kind === undefined) continue;
    if (kinds === undefined) kinds = [kind];
    else if (!kinds.includes(kind)) kinds.push(kind);
  }
  return kinds;
}
