// A state that is not finite is a fault of ours: such a track cannot be assessed, scores 0 and would sink to the end of the list without a word.

import type { TrackFacts } from "../model/track-facts.ts";
import { notify, type Picture } from "./picture.ts";

/** Tracks told of at once; a fault that takes them all is one sentence, not thousands. */
const KEPT = 64;

/** Counts a track without a usable state and tells the operator once of each; forgets it when it has one again. */
export function noteState(picture: Picture, { key, position, velocity }: Pick<TrackFacts, "key" | "position" | "velocity">): void {
  const { unusable } = picture.judgement;
  if (Number.isFinite(position[0] + position[1] + velocity[0] + velocity[1])) {
    if (unusable.size > 0) unusable.delete(key);
    return;
  }
  if (unusable.has(key)) return;
  picture.judgement.unusableStates += 1;
  if (unusable.size >= KEPT) return;
  unusable.add(key);
  notify(picture, "error", "state-not-usable", { track: key, count: picture.judgement.unusableStates });
}
