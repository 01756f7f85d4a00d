// From the halves of a CPR position to a place that can be believed.

import type { ProtocolOptions } from "../protocol.ts";
import type { Aircraft, CprHalf } from "./aircraft-table.ts";
import { type CprPosition, decodeCprGlobalAirborne, decodeCprGlobalSurface, decodeCprLocal } from "./cpr.ts";

/** Age of the older half of a pair, s. DO-260B 2.2.10.3: within 10 s an aircraft stays inside what a pair can tell. */
export const PAIR_AGE = 10;
/** Age of a known position for local decoding, s: at 1,000 kt an aircraft stays inside half a zone (180 NM) for longer. */
export const LOCAL_AGE = 600;
/** Range from the receiver, m. Far over any horizon, yet it refuses a place on another continent. */
export const AIRBORNE_RANGE = 1_000_000;
/** Traffic on the ground lies within this of traffic in the air that the same receiver hears, m. */
const HEARD_TOGETHER = 800_000;
/** A surface position from one message alone must lie within half a zone of 90 NM of the receiver, m. */
export const SURFACE_RANGE = 83_000;
/** Nothing that carries a transponder flies faster, m/s. */
const AIRBORNE_SPEED = 1_000;
const SURFACE_SPEED = 150;
/** Allowance for time stamps and the broadcast's own error, m. */
const SLACK_AIRBORNE = 2_000;
const SLACK_SURFACE = 500;
/** Refused global positions in a row, agreeing with each other, that overrule the known position. */
const OVERRULE_AFTER = 3;

const EARTH_RADIUS = 6_371_000;

/**
 * Whether the configured place can be the receiver's. A feed from elsewhere (a recording, a forwarder of many receivers) shows itself by
 * aircraft that nobody there could hear; then the place is of no use, for gates as for surface positions.
 */
export interface ReferenceEvidence {
  /** Positions by a pair: within AIRBORNE_RANGE of it in the air or SURFACE_RANGE on the ground, and outside. */
  near: number;
  far: number;
  /** Where an aircraft of this feed was last placed in the air, radians; undefined before the first. */
  heardLatitude: number | undefined;
  heardLongitude: number | undefined;
}

export type Placed =
  | {
      readonly outcome: "position";
      readonly position: CprPosition;
      readonly method: "global" | "local" | "reference";
      /** Metres from the configured place, where this position is the first sign that it cannot be the receiver's. */
      readonly elsewhere?: number;
    }
  /** Nothing to decode it with yet. */
  | { readonly outcome: "waiting" }
  /** On the surface, with neither an earlier position nor the receiver's. */
  | { readonly outcome: "no-reference" }
  | { readonly outcome: "refused"; readonly gate: "speed" | "range"; readonly metres: number };

const WAITING: Placed = { outcome: "waiting" };
const NO_REFERENCE: Placed = { outcome: "no-reference" };

/**
 * Takes one half at `now` (s, stream clock) into `aircraft` and says where it is; keeps count in `evidence`.
 *
 * A pair of halves not older than 10 s gives the place without help and so goes first; otherwise the last position, if it is
 * not older than 10 min, gives it. Both must pass the gates: speed since the last position, and range from the receiver
 * where its place is known and aircraft were placed near it.
 *
 * On the surface a pair takes any place within 45 degrees: the receiver's, or that of other traffic on the same feed. One message alone
 * takes the receiver's only after a pair has shown that the receiver is there, because it would put any traffic of any airport there.
 */
export function placeAircraft(
  aircraft: Aircraft,
  surface: boolean,
  odd: boolean,
  cprLatitude: number,
  cprLongitude: number,
  now: number,
  options: ProtocolOptions,
  evidence: ReferenceEvidence,
): Placed {
  const half = odd ? aircraft.odd : aircraft.even;
  half.at = now;
  half.surface = surface;
  half.latitude = cprLatitude;
  half.longitude = cprLongitude;
  const other = odd ? aircraft.even : aircraft.odd;

  const { referenceLatitude, referenceLongitude } = options;
  const elsewhere = evidence.far > 0 && evidence.near === 0;
  const hasReference = referenceLatitude !== undefined && referenceLongitude !== undefined && !elsewhere;
  // Two connections of one source may differ by a little: what is dated in the future is of now.
  const age = aircraft.positionAt < 0 ? Number.POSITIVE_INFINITY : Math.max(0, now - aircraft.positionAt);
  const known = age <= LOCAL_AGE;

  let method: "global" | "local" | "reference" = "global";
  let place = globalPosition(aircraft, surface, odd, half, other, now, known, hasReference, options, evidence);
  if (place === undefined && known) {
    method = "local";
    place = decodeCprLocal(cprLatitude, cprLongitude, odd, surface, aircraft.latitude, aircraft.longitude);
  }
  if (place !== undefined && surface && !known && hasReference) {
    // A receiver hears traffic on the ground of its own airport only.
    const range = distance(place.latitude, place.longitude, referenceLatitude, referenceLongitude);
    if (range > SURFACE_RANGE) {
      if (evidence.near === 0) evidence.far += 1;
      return { outcome: "refused", gate: "range", metres: range };
    }
    evidence.near += 1;
  }
  if (place === undefined && surface && hasReference && evidence.near > 0) {
    method = "reference";
    place = decodeCprLocal(cprLatitude, cprLongitude, odd, true, referenceLatitude, referenceLongitude);
    if (place !== undefined) {
      const far = distance(place.latitude, place.longitude, referenceLatitude, referenceLongitude);
      if (far > SURFACE_RANGE) return { outcome: "refused", gate: "range", metres: far };
    }
  }
  if (place === undefined) {
    const blind = surface && !known && !hasReference && evidence.heardLatitude === undefined;
    return blind ? NO_REFERENCE : WAITING;
  }

  // Evidence either way, until it is plain that the receiver is elsewhere; and then whatever is near brings it back.
  let newsOfElsewhere: number | undefined;
  if (referenceLatitude !== undefined && referenceLongitude !== undefined) {
    const range = distance(place.latitude, place.longitude, referenceLatitude, referenceLongitude);
    if (range <= AIRBORNE_RANGE) {
      if (!surface && method === "global") evidence.near += 1;
    } else if (evidence.near > 0) return { outcome: "refused", gate: "range", metres: range };
    else {
      if (evidence.far === 0) newsOfElsewhere = range;
      evidence.far += 1;
    }
  }
  if (known) {
    const jump = distance(place.latitude, place.longitude, aircraft.latitude, aircraft.longitude);
    if (jump > reach(surface && aircraft.positionOnSurface, age)) {
      if (method !== "global" || !overrules(aircraft, place, surface, now)) return { outcome: "refused", gate: "speed", metres: jump };
    }
  }
  if (!surface && method === "global") {
    evidence.heardLatitude = place.latitude;
    evidence.heardLongitude = place.longitude;
  }
  aircraft.refusals = 0;
  aircraft.positionAt = now;
  aircraft.latitude = place.latitude;
  aircraft.longitude = place.longitude;
  aircraft.positionOnSurface = surface;
  return newsOfElsewhere === undefined
    ? { outcome: "position", position: place, method }
    : { outcome: "position", position: place, method, elsewhere: newsOfElsewhere };
}

function globalPosition(
  aircraft: Aircraft,
  surface: boolean,
  odd: boolean,
  half: CprHalf,
  other: CprHalf,
  now: number,
  known: boolean,
  hasReference: boolean,
  options: ProtocolOptions,
  evidence: ReferenceEvidence,
): CprPosition | undefined {
  if (other.at < 0 || other.surface !== surface || now - other.at > PAIR_AGE) return undefined;
  const even = odd ? other : half;
  const uneven = odd ? half : other;
  if (!surface) return decodeCprGlobalAirborne(even.latitude, even.longitude, uneven.latitude, uneven.longitude, odd);
  const first = even.latitude;
  if (known) {
    return decodeCprGlobalSurface(first, even.longitude, uneven.latitude, uneven.longitude, odd, aircraft.latitude, aircraft.longitude);
  }
  if (hasReference) {
    const { referenceLatitude, referenceLongitude } = options;
    return decodeCprGlobalSurface(first, even.longitude, uneven.latitude, uneven.longitude, odd, referenceLatitude!, referenceLongitude!);
  }
  const { heardLatitude, heardLongitude } = evidence;
  if (heardLatitude === undefined || heardLongitude === undefined) return undefined;
  const place = decodeCprGlobalSurface(first, even.longitude, uneven.latitude, uneven.longitude, odd, heardLatitude, heardLongitude);
  const apart = place === undefined ? 0 : distance(place.latitude, place.longitude, heardLatitude, heardLongitude);
  return apart > HEARD_TOGETHER ? undefined : place;
}

/** How far an aircraft can have come in `age` seconds, m. */
const reach = (surface: boolean, age: number) => (surface ? SLACK_SURFACE + SURFACE_SPEED * age : SLACK_AIRBORNE + AIRBORNE_SPEED * age);

/** Whether this refused global position agrees with those refused before it often enough that the known one must be wrong. */
function overrules(aircraft: Aircraft, place: CprPosition, surface: boolean, now: number): boolean {
  const agrees =
    aircraft.refusals > 0 &&
    now - aircraft.refusedAt <= PAIR_AGE &&
    distance(place.latitude, place.longitude, aircraft.refusedLatitude, aircraft.refusedLongitude) <=
      reach(surface, now - aircraft.refusedAt);
  aircraft.refusals = agrees ? aircraft.refusals + 1 : 1;
  aircraft.refusedAt = now;
  aircraft.refusedLatitude = place.latitude;
  aircraft.refusedLongitude = place.longitude;
  return aircraft.refusals >= OVERRULE_AFTER;
}

/** Great-circle distance on a sphere, m, by the haversine; 0.5 % is enough for a gate. Arguments in radians. */
export function distance(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  const halfLatitude = Math.sin((latitudeB - latitudeA) / 2);
  const halfLongitude = Math.sin((longitudeB - longitudeA) / 2);
  const h = halfLatitude * halfLatitude + Math.cos(latitudeA) * Math.cos(latitudeB) * halfLongitude * halfLongitude;
  return 2 * EARTH_RADIUS * Math.atan2(Math.sqrt(h), Math.sqrt(Math.max(0, 1 - h)));
}
