// What objects broadcast of themselves. Kept as claims of the sensor that heard them; evidence, never identity.

import type { Claim, ClaimStatements, Identity, Origin } from "../model/observation.ts";
import { type ClaimRecord, identityKey, LIMITS, type Picture, type SensorState } from "./picture.ts";

const indexKey = (origin: Origin, identity: Identity): string => `${origin} ${identityKey(identity)}`;

/** Keeps the newest of each statement under every identity the claim is about. Bounded: the longest silent makes room, counted. */
export function keepClaim(picture: Picture, sensor: SensorState, claim: Claim): void {
  if (claim.about.length === 0) return;
  let record: ClaimRecord | undefined;
  for (const identity of claim.about) {
    const id = picture.claimByIdentity.get(indexKey(sensor.origin, identity));
    const known = id === undefined ? undefined : picture.claims.get(id);
    if (known !== undefined && known.sensorId === sensor.id) {
      record = known;
      break;
    }
  }
  if (record === undefined) {
    record = { id: picture.nextClaimId, origin: sensor.origin, sensorId: sensor.id, heardAt: picture.now, statements: {}, identities: [] };
    picture.nextClaimId += 1;
  }
  record.heardAt = picture.now;
  record.statements = merge(record.statements, claim.statements);
  for (const identity of claim.about) {
    const isNew = !record.identities.some((known) => known.scheme === identity.scheme && known.value === identity.value);
    if (isNew && record.identities.length >= LIMITS.identitiesPerTrack) continue;
    if (isNew) record.identities.push(identity);
    picture.claimByIdentity.set(indexKey(sensor.origin, identity), record.id);
  }
  picture.claims.delete(record.id);
  picture.claims.set(record.id, record);
  while (picture.claims.size > LIMITS.claims) forgetOldest(picture);
}

function forgetOldest(picture: Picture): void {
  const oldest = picture.claims.values().next().value!;
  picture.claims.delete(oldest.id);
  for (const identity of oldest.identities) {
    const key = indexKey(oldest.origin, identity);
    if (picture.claimByIdentity.get(key) === oldest.id) picture.claimByIdentity.delete(key);
  }
  picture.dropped.set("claims", (picture.dropped.get("claims") ?? 0) + 1);
}

function merge(known: ClaimStatements, newest: ClaimStatements): ClaimStatements {
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(newest)) if (value !== undefined) merged[name] = value;
  return merged as ClaimStatements;
}

/** Claims about any of these identities, each once, in the order of the identities. */
export function claimsAbout(picture: Picture, origin: Origin, identities: Iterable<Identity>): ClaimRecord[] {
  const found: ClaimRecord[] = [];
  for (const identity of identities) {
    const id = picture.claimByIdentity.get(indexKey(origin, identity));
    const record = id === undefined ? undefined : picture.claims.get(id);
    if (record !== undefined && !found.includes(record)) found.push(record);
  }
  return found;
}
