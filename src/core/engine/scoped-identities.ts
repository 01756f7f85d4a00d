// Identities that are unique on their own link only are told apart by the source that carries it.

import type { Identity, Observation } from "../model/observation.ts";

/** Two ground stations both have a vehicle number 1. */
const OF_ITS_LINK: ReadonlySet<Identity["scheme"]> = new Set(["mavlink-system"]);

/** The observation with such identities as "source/value"; the same object where there is none. */
export function scopeIdentities<Kind extends Observation>(observation: Kind, sourceId: string): Kind {
  if (observation.type === "status") return observation;
  const scoped = (identities: readonly Identity[]) =>
    identities.map((identity) => (OF_ITS_LINK.has(identity.scheme) ? { ...identity, value: `${sourceId}/${identity.value}` } : identity));
  if (observation.type === "claim")
    return observation.about.some(({ scheme }) => OF_ITS_LINK.has(scheme))
      ? { ...observation, about: scoped(observation.about) }
      : observation;
  return observation.identities.some(({ scheme }) => OF_ITS_LINK.has(scheme))
    ? { ...observation, identities: scoped(observation.identities) }
    : observation;
}
