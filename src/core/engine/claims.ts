// What objects broadcast of themselves. Kept as claims of the sensor that heard them; evidence, never identity.

import { MICROS_PER_SECOND } from "../base/units.ts";
import { isFake } from "../identification/emitters/emitters.ts";
import type { Claim, ClaimStatements, Identity, Origin } from "../model/observation.ts";
import { type ClaimRecord, identityKey, LIMITS, type Picture, type SensorState } from "./picture.ts";

const indexKey = (origin: Origin, identity: Identity): string => `${origin} ${identityKey(identity)}`;

/** Keeps the newest of each statement under every identity the claim is about. Bounded: the least worthy make room, counted. */
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
  if (picture.claims.size > LIMITS.claims) makeRoom(picture);
}

/** Claims older than this say nothing of the object that is there now, us. */
export const CLAIM_AGE = 120 * MICROS_PER_SECOND;

// What a claim is worth, the larger the longer kept: about a track that something else than a broadcast sees, about another track, about none yet; the
// last two by how likely there is an object at all. Never age, and never what the broadcast says: a flood pushes out itself.
const SEEN = 4;
const TRACKED = 2;
const HEARD = 1;

/** Makes room by a sixteenth, so that a flood pays for the search once in many claims. What something else than a broadcast sees stays. */
function makeRoom(picture: Picture): void {
  const users = new Map<string, { fake: number; seen: boolean }>();
  for (const [key, { origin, identities, contributions }] of picture.tracks) {
    if (identities.size === 0) continue;
    let seen = false;
    for (const sensorId of contributions.keys()) if (!isBroadcast(picture.sensors.get(sensorId))) seen = true;
    const user = { fake: isFake(picture.judgement.emitters, key), seen };
    for (const identity of identities.values()) {
      const index = indexKey(origin, identity);
      const other = users.get(index);
      if (other === undefined || (user.seen && !other.seen)) users.set(index, user);
    }
  }
  const worthOf = (record: ClaimRecord): number => {
    if (picture.now - record.heardAt > CLAIM_AGE) return 0;
    let worth = 0;
    for (const identity of record.identities) {
      const index = indexKey(record.origin, identity);
      const user = users.get(index);
      if (user?.seen === true) return SEEN;
      const fake = Math.max(user?.fake ?? 0, picture.judgement.emitters.emitters.get(index)?.fake ?? 0);
      worth = Math.max(worth, (user === undefined ? HEARD : TRACKED) * (1 - fake));
    }
    return worth;
  };
  // The one silent longest comes first among those of equal worth: the map is in that order, and the sort keeps it.
  const ranked = [...picture.claims.values()].map((record) => ({ record, worth: worthOf(record) })).sort((a, b) => a.worth - b.worth);
  const going = ranked.slice(0, Math.floor(LIMITS.claims / 16)).filter(({ worth }) => worth < SEEN);
  for (const { record } of going.length === 0 ? ranked.slice(0, 1) : going) forget(picture, record);
}

const isBroadcast = (sensor: SensorState | undefined): boolean =>
  sensor === undefined || sensor.kind === "remote-id" || sensor.kind === "adsb";

function forget(picture: Picture, record: ClaimRecord): void {
  picture.claims.delete(record.id);
  for (const identity of record.identities) {
    const key = indexKey(record.origin, identity);
    if (picture.claimByIdentity.get(key) === record.id) picture.claimByIdentity.delete(key);
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
