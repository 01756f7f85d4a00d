// How bad one track is for each protected place. It ranks what a person should look at first, and nothing else.

import type { Micros } from "../base/units.ts";
import type { Identification } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { Zone } from "../model/site.ts";
import type { AssetThreat, Threat, ThreatContribution, ZoneThreat } from "../model/threat.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { discEntryProbability, heightSigmaAfter, polygonEntryProbability } from "./entry-probability.ts";
import { depthInPolygon, timeToDisc, timeToPolygon } from "./geometry.ts";
import { normalCdf } from "./normal-cdf.ts";
import {
  AFFILIATION_CAUSE,
  AFFILIATION_GATE,
  CAPABILITY_BY_INDEX,
  CLASS_CAPABILITY,
  FINDING_CAUSE,
  OPENS_THE_GATE,
  type ThreatSettings,
  ZONE_SHARE,
} from "./threat-settings.ts";

/** A protected asset in the site's ENU frame, m. */
export interface ThreatAsset {
  readonly id: string;
  readonly positionEnu: readonly [number, number, number];
  /** Keep-out distance, m. */
  readonly radius: number;
  /** Larger is more important; counts relative to the largest of the site. */
  readonly weight: number;
}

/** A zone in the site's frame. */
export interface ThreatZone {
  readonly id: string;
  readonly kind: Zone["kind"];
  /** [east, north], m, not closed, at least three. */
  readonly polygonEnu: readonly (readonly [number, number])[];
  /** Up in the site's frame, m; undefined: no floor, no ceiling. */
  readonly floor?: number;
  readonly ceiling?: number;
  readonly inForce: boolean;
}

export interface ThreatSite {
  readonly assets: readonly ThreatAsset[];
  readonly zones: readonly ThreatZone[];
}

/** What others have judged of the track. */
export interface Judged {
  /** Undefined: nobody has looked at it yet; then it counts as half a drone. */
  readonly identification?: Identification;
  /** s that it has kept to one place (`updateLoiter`). */
  readonly loiterSeconds?: number;
}

/** What does not depend on the place: worked out once for a track. */
export interface Concern {
  /** 0..1: how far geometry counts, from class, affiliation and existence. */
  readonly concern: number;
  /** 0..1, the class alone. */
  readonly capability: number;
  readonly affiliation: Affiliation;
  readonly legitimacy: number;
  readonly contradiction: number;
  /** Code of the finding that weighs most. */
  readonly worstFinding: string | undefined;
  readonly companion: number;
}

/**
 * Class and affiliation as one factor.
 *
 * `capability`: posterior mean of what each class is capable of, at least that of the class that a person declared. `concern`: capability
 * times the affiliation's gate times existence. A contradiction opens the gate by its confidence, so that a second contact in a friend's
 * corridor, or a friend's serial in two places, is never excused by the friend.
 */
export function concernOf(existence: number, identification: Identification | undefined, settings: ThreatSettings): Concern {
  return readConcern(existence, identification, settings, newConcern());
}

const newConcern = (): Mutable<Concern> => ({
  concern: 0.5,
  capability: 0.5,
  affiliation: "pending",
  legitimacy: 0.5,
  contradiction: 0.5,
  worstFinding: undefined,
  companion: 0.5,
});
/** Scratch: that of the track at hand. */
const ownConcern = newConcern();

/** The same, written into `out`. */
function readConcern(
  existence: number,
  identification: Identification | undefined,
  settings: ThreatSettings,
  out: Mutable<Concern>,
): Concern {
  if (identification === undefined) {
    out.concern = settings.concernWithoutIdentification * AFFILIATION_GATE.pending * clamp(existence);
    out.capability = settings.concernWithoutIdentification * clamp(existence);
    out.affiliation = "pending";
    out.legitimacy = AFFILIATION_CAUSE.pending;
    out.contradiction = 0;
    out.worstFinding = undefined;
    out.companion = 0;
    return out;
  }
  let capability = 0;
  const posterior = identification.classProbabilities;
  for (let i = 0; i < CAPABILITY_BY_INDEX.length; i++) capability += (posterior[i] ?? 0) * CAPABILITY_BY_INDEX[i]!;
  for (const declaration of identification.declarations) {
    if (declaration.question !== "class" || declaration.value !== identification.className) continue;
    capability = Math.max(capability, CLASS_CAPABILITY[identification.className]);
  }
  let opened = 0;
  let unexcused = 1;
  let worst = 0;
  let worstFinding: string | undefined;
  let companion = 0;
  for (const finding of identification.findings) {
    const confidence = clamp(finding.confidence);
    const cause = FINDING_CAUSE[finding.code] * confidence;
    if (OPENS_THE_GATE[finding.code]) opened = Math.max(opened, confidence);
    if (finding.code === "companion") {
      companion = Math.max(companion, cause);
      continue;
    }
    unexcused *= 1 - cause;
    if (cause > worst) {
      worst = cause;
      worstFinding = finding.code;
    }
  }
  const gate = AFFILIATION_GATE[identification.affiliation];
  out.concern = clamp(capability) * (gate + (1 - gate) * opened) * clamp(existence);
  out.capability = clamp(capability) * clamp(existence);
  out.affiliation = identification.affiliation;
  out.legitimacy = AFFILIATION_CAUSE[identification.affiliation] * suspicionShare(identification.affiliation, clamp(capability));
  out.contradiction = 1 - unexcused;
  out.worstFinding = worstFinding;
  out.companion = companion;
  return out;
}

/**
 * Behaviour alone makes a suspect of a gull that dives over the depot. How far that counts follows what the class is capable of, from a quarter to the whole; a
 * person's *hostile* counts in full.
 */
function suspicionShare(affiliation: Affiliation, capability: number): number {
  return affiliation === "suspect" ? 0.25 + 0.75 * clamp(capability / 0.5) : 1;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const clamp = (value: number) => (value > 0 ? (value < 1 ? value : 1) : 0);

/** What the score of one place is made of; each never lowers it when it gets worse. */
export interface PlaceFeatures {
  /** m outside the keep-out; 0 inside. */
  readonly gap: number;
  /** m/s towards the place; not positive when it does not approach. */
  readonly closingSpeed: number;
  /** m by which the straight course misses the keep-out; 0 when it does not. */
  readonly miss: number;
  readonly entryProbability: number;
  readonly loiterSeconds: number;
  /** 0..1: how important the place is. */
  readonly share: number;
  /** s to the keep-out; undefined: not on the way. Printed only. */
  readonly time: number | undefined;
  readonly heightKnown: boolean;
}

// Probabilities of the causes of one place, in the order in which they are printed. Scratch: nothing outlives a call.
const CAUSES = ["zone-entry", "approach", "loiter", "capability", "legitimacy", "contradiction", "companion"] as const;
/** Behind them the probability that it is none of them. */
const NOTHING = CAUSES.length;
const causes = new Float64Array(NOTHING + 1);

/**
 * Noisy-OR over independent causes: score = 1 - product of (1 - p), rounded to thousandths. Points are shared by -ln(1 - p), in tenths that add up to
 * 100 * score: what is printed adds up to what is printed. A cause that is not worth a tenth has no line. Without `explained`, no lines at all.
 */
export function scorePlace(
  concern: Concern,
  features: PlaceFeatures,
  settings: ThreatSettings,
  explained = true,
): { score: number; contributions: readonly ThreatContribution[] } {
  const tenths = weighPlace(concern, features, settings);
  return { score: tenths / 1000, contributions: explained ? sharePoints(tenths, causes[NOTHING]!, concern, features) : NONE };
}

/** Fills `causes`; returns the score in thousandths, a whole number. Allocates nothing. */
function weighPlace(concern: Concern, features: PlaceFeatures, settings: ThreatSettings): number {
  const { gap, share } = features;
  const near = settings.nearScale / (settings.nearScale + gap);
  const missed = features.miss / settings.missScale;
  const closing = features.closingSpeed > 0 ? features.closingSpeed : 0;
  const urgency = closing / (closing + gap / settings.approachTime + 1);
  const stayed = features.loiterSeconds - settings.loiterAfter;
  const weights = settings.weights;
  causes[0] = share * weights.zoneEntry * concern.concern * features.entryProbability;
  causes[1] = (share * weights.approach * concern.concern * urgency) / (1 + missed * missed);
  causes[2] = stayed > 0 ? share * weights.loiter * concern.concern * near * (1 - Math.exp(-stayed / settings.loiterScale)) : 0;
  // The gate counts here too: a friend's drone is as capable as another's.
  causes[3] = share * weights.capability * concern.concern * near;
  causes[4] = share * concern.legitimacy;
  causes[5] = share * concern.contradiction;
  causes[6] = share * concern.companion;

  let none = 1;
  for (let i = 0; i < NOTHING; i++) none *= 1 - causes[i]!;
  causes[NOTHING] = none;
  return Math.round(1000 * (1 - none));
}
const NONE: readonly ThreatContribution[] = [];

/** Shares `tenths` of points among the causes, by sums that are rounded, so that nothing is lost or won by rounding. */
function sharePoints(tenths: number, none: number, concern: Concern, features: PlaceFeatures): readonly ThreatContribution[] {
  if (tenths <= 0) return NONE;
  const whole = Math.log(none);
  const contributions: ThreatContribution[] = [];
  let spent = 0;
  let left = 1;
  for (let i = 0; i < CAUSES.length; i++) {
    const probability = causes[i]!;
    if (probability <= 0) continue;
    left *= 1 - probability;
    const upTo = Math.min(tenths, Math.round((tenths * Math.log(left)) / whole));
    if (upTo <= spent) continue;
    contributions.push({ key: CAUSES[i]!, probability, points: (upTo - spent) / 10, values: valuesOf(i, concern, features) });
    spent = upTo;
  }
  // The last logarithm may differ from the whole by rounding; what is then left over belongs to the last line.
  const last = contributions[contributions.length - 1];
  if (last !== undefined && spent < tenths)
    contributions[contributions.length - 1] = { ...last, points: Math.round(last.points * 10 + tenths - spent) / 10 };
  return contributions;
}

function valuesOf(cause: number, concern: Concern, features: PlaceFeatures): Record<string, string | number> {
  switch (cause) {
    case 0:
      return {
        probability: Math.round(features.entryProbability * 1000) / 1000,
        time: features.time === undefined ? "-" : Math.round(features.time),
        height: features.heightKnown ? "known" : "unknown",
      };
    case 1:
      return { closing: Math.round(features.closingSpeed * 10) / 10, gap: Math.round(features.gap) };
    case 2:
      return { seconds: Math.round(features.loiterSeconds), gap: Math.round(features.gap) };
    case 3:
      return { capability: Math.round(concern.capability * 1000) / 1000, basis: "estimate" };
    case 4:
      return { affiliation: concern.affiliation };
    case 5:
      return { finding: concern.worstFinding ?? "-" };
    default:
      return {};
  }
}

// What one track's straight prediction is made of, worked out once for all places. Scratch: nothing outlives a call.
const features: { -readonly [Key in keyof PlaceFeatures]: PlaceFeatures[Key] } = {
  gap: 0,
  closingSpeed: 0,
  miss: 0,
  entryProbability: 0,
  loiterSeconds: 0,
  share: 1,
  time: undefined,
  heightKnown: true,
};

const bounds = { sigmaP: 0, spread: 0, reach: 0, steady: false };

/** A circle around a polygon: middle of its corners, and the farthest of them. Remembered for as long as the polygon is: it depends on nothing else. */
const circles = new WeakMap<readonly (readonly [number, number])[], { east: number; north: number; radius: number }>();
function circleOf(ring: readonly (readonly [number, number])[]): { east: number; north: number; radius: number } {
  const known = circles.get(ring);
  if (known !== undefined) return known;
  let east = 0;
  let north = 0;
  for (const corner of ring) {
    east += corner[0] / ring.length;
    north += corner[1] / ring.length;
  }
  let square = 0;
  for (const corner of ring) {
    const dE = corner[0] - east;
    const dN = corner[1] - north;
    square = Math.max(square, dE * dE + dN * dN);
  }
  const circle = { east, north, radius: Math.sqrt(square) };
  circles.set(ring, circle);
  return circle;
}

/**
 * Judges one track against every asset and every zone in force.
 *
 * `facts`: site's ENU frame, m and m/s, on the picture's clock. Straight predictions only; P(entry) from the covariance
 * (`entry-probability.ts`). The score is that of the place which is worst off; an asset of half the largest weight counts half. The
 * vertical: a track counts inside up to `assetCeiling` above an asset, and between floor and ceiling of a zone, by its height now or on
 * arrival, whichever is worse; a height that nobody measured excludes nothing. A state that is not finite scores 0 for want of an estimate; the engine
 * tells the operator of it.
 * `explained` false leaves the contributions out: scores and times are the same, at half the cost, for a whole picture at each scan. `into` is a threat that
 * was given for the same track before and that nobody keeps: it is written over and given back.
 */
export function assessThreat(
  facts: TrackFacts,
  judged: Judged,
  site: ThreatSite,
  settings: ThreatSettings,
  now: Micros,
  explained = true,
  into?: Threat,
): Threat {
  const e = facts.position[0];
  const n = facts.position[1];
  const ve = facts.velocity[0];
  const vn = facts.velocity[1];
  if (!Number.isFinite(e + n + ve + vn)) return { at: now, score: 0, inbound: false, assets: [] };
  // Of the same site: the objects of the last look are written over, so that a scan of a large picture makes no garbage.
  const old =
    into !== undefined && into.assets.length === site.assets.length && site.assets.length > 0 ? (into as Mutable<Threat>) : undefined;
  const assets = (old?.assets ?? []) as Mutable<AssetThreat>[];
  const concern = readConcern(facts.existence, judged.identification, settings, ownConcern);
  const loiterSeconds = judged.loiterSeconds ?? 0;
  const speedSquare = ve * ve + vn * vn;
  let score = 0;
  let assetId: string | undefined;
  let zoneId: string | undefined;
  let timeToZone: number | undefined;
  let inbound = false;

  // How far off things can be at most after the horizon, and what is known of the velocity: most pairs of track and place need no integral.
  const P = facts.covariance;
  const sigmaP = Math.sqrt(Math.max(0, P[0]! + P[7]!));
  const sigmaV = Math.sqrt(Math.max(0, P[21]! + P[28]!));
  const horizon = settings.horizon;
  const spread = 5 * (sigmaP + sigmaV * horizon + Math.sqrt((settings.manoeuvre * horizon * horizon * horizon) / 3));
  const speed = Math.sqrt(speedSquare);
  bounds.sigmaP = sigmaP;
  bounds.spread = spread;
  bounds.reach = speed * horizon + spread;
  bounds.steady = speed > 5 * sigmaV;
  const { reach, steady } = bounds;

  let heaviest = 0;
  for (const asset of site.assets) if (asset.weight > heaviest) heaviest = asset.weight;
  features.heightKnown = facts.heightKnown;
  let placed = 0;
  for (const asset of site.assets) {
    const toE = asset.positionEnu[0] - e;
    const toN = asset.positionEnu[1] - n;
    const distance = Math.sqrt(toE * toE + toN * toN);
    const towards = toE * ve + toN * vn;
    const closingSpeed = distance > 0 ? towards / distance : 0;
    const timeToClosestApproach = towards > 0 && speedSquare > 0 ? towards / speedSquare : 0;
    const missE = toE - ve * timeToClosestApproach;
    const missN = toN - vn * timeToClosestApproach;
    const closestApproach = Math.sqrt(missE * missE + missN * missN);
    const timeToKeepOut = timeToDisc(toE, toN, ve, vn, asset.radius);
    const gap = distance > asset.radius ? distance - asset.radius : 0;
    const miss = closestApproach > asset.radius ? closestApproach - asset.radius : 0;
    // Out of reach; or outside, on a course that is known, and either leaving or past by more than anything could add.
    const never = gap > reach || (steady && gap > 5 * sigmaP && (miss > spread || (timeToClosestApproach === 0 && miss > 5 * sigmaP)));
    let entryProbability = 0;
    let vertical = 1;
    if (!never || closingSpeed > 0) {
      const high = asset.positionEnu[2] + settings.assetCeiling;
      vertical = heightFactor(facts, Number.NEGATIVE_INFINITY, high, timeToKeepOut ?? timeToClosestApproach, settings);
      if (!never && vertical >= 1e-6)
        entryProbability = vertical * discEntryProbability(toE, toN, ve, vn, P, asset.radius, horizon, settings.manoeuvre);
    }
    features.gap = gap;
    features.closingSpeed = vertical * closingSpeed;
    features.miss = miss;
    features.entryProbability = entryProbability;
    features.loiterSeconds = vertical * loiterSeconds;
    features.share = heaviest > 0 ? clamp(asset.weight / heaviest) : 1;
    if (explained) features.time = timeToKeepOut;
    const tenths = weighPlace(concern, features, settings);
    const placeScore = tenths / 1000;
    const contributions = explained ? sharePoints(tenths, causes[NOTHING]!, concern, features) : NONE;
    const known = old === undefined ? undefined : assets[placed];
    placed += 1;
    if (known === undefined)
      assets.push({
        assetId: asset.id,
        distance,
        closingSpeed,
        closestApproach,
        timeToClosestApproach,
        timeToKeepOut,
        entryProbability,
        score: placeScore,
        contributions,
      });
    else {
      known.assetId = asset.id;
      known.distance = distance;
      known.closingSpeed = closingSpeed;
      known.closestApproach = closestApproach;
      known.timeToClosestApproach = timeToClosestApproach;
      known.timeToKeepOut = timeToKeepOut;
      known.entryProbability = entryProbability;
      known.score = placeScore;
      known.contributions = contributions;
    }
    if (placeScore > score || assetId === undefined) {
      score = placeScore;
      assetId = asset.id;
    }
    if (entryProbability >= settings.inboundProbability) {
      inbound = true;
      const time = timeToKeepOut ?? (closingSpeed > 0 ? timeToClosestApproach : undefined);
      if (time !== undefined && (timeToZone === undefined || time < timeToZone)) timeToZone = time;
    }
  }

  let zones = old?.zones as Mutable<ZoneThreat>[] | undefined;
  let counted = 0;
  for (const zone of site.zones) {
    const share = ZONE_SHARE[zone.kind];
    if (!zone.inForce || share === 0 || zone.polygonEnu.length < 3) continue;
    const threat = assessZone(facts, concern, zone, share, loiterSeconds, settings, explained, zones?.[counted]);
    if (zones === undefined) zones = [threat];
    else zones[counted] = threat;
    counted += 1;
    if (threat.score > score) {
      score = threat.score;
      zoneId = zone.id;
    }
    if (zone.kind === "keep-out" && threat.entryProbability >= settings.inboundProbability) {
      inbound = true;
      const time = threat.timeToEntry;
      if (time !== undefined && (timeToZone === undefined || time < timeToZone)) timeToZone = time;
    }
  }
  if (counted === 0) zones = undefined;
  else if (zones !== undefined) zones.length = counted;
  if (old === undefined) return { at: now, score, assetId, zoneId, timeToZone, inbound, assets, zones };
  old.at = now;
  old.score = score;
  old.assetId = assetId;
  old.zoneId = zoneId;
  old.timeToZone = timeToZone;
  old.inbound = inbound;
  old.zones = zones;
  return old;
}

/** P(the height is between `low` and `high`, up in the site's frame, m), now or at `time` s, whichever is larger. */
function heightFactor(facts: TrackFacts, low: number, high: number, time: number, settings: ThreatSettings): number {
  if (!facts.heightKnown) return 1;
  const up = facts.position[2];
  const sigma = heightSigmaAfter(facts.covariance, 0, 0);
  if (high - up > 6 * sigma && up - low > 6 * sigma) return 1;
  const here = heightProbability(up, sigma, low, high);
  const t = time < settings.horizon ? time : settings.horizon;
  if (here > 0.999 || t <= 0) return here;
  const then = heightProbability(up + t * facts.velocity[2], heightSigmaAfter(facts.covariance, t, settings.manoeuvre), low, high);
  return here > then ? here : then;
}

function heightProbability(up: number, sigma: number, low: number, high: number): number {
  return clamp(normalCdf((high - up) / sigma) - normalCdf((low - up) / sigma));
}

function assessZone(
  facts: TrackFacts,
  concern: Concern,
  zone: ThreatZone,
  share: number,
  loiterSeconds: number,
  settings: ThreatSettings,
  explained: boolean,
  into: Mutable<ZoneThreat> | undefined,
): Mutable<ZoneThreat> {
  const e = facts.position[0];
  const n = facts.position[1];
  const ve = facts.velocity[0];
  const vn = facts.velocity[1];
  const P = facts.covariance;
  const ring = zone.polygonEnu;
  const depth = depthInPolygon(e, n, ring);
  const circle = circleOf(ring);
  const toE = circle.east - e;
  const toN = circle.north - n;
  // A course that misses the circle around the polygon misses the polygon.
  const meets = depth >= 0 || timeToDisc(toE, toN, ve, vn, circle.radius) !== undefined;
  const timeToEntry = depth >= 0 ? 0 : meets ? timeToPolygon(e, n, ve, vn, ring) : undefined;
  const low = zone.floor ?? Number.NEGATIVE_INFINITY;
  const high = zone.ceiling ?? Number.POSITIVE_INFINITY;
  const vertical = heightFactor(facts, low, high, timeToEntry ?? 0, settings);
  const speed = Math.sqrt(ve * ve + vn * vn);
  let never = -depth > bounds.reach;
  if (!meets && bounds.steady && -depth > 5 * bounds.sigmaP) {
    const t = Math.max(0, (toE * ve + toN * vn) / (speed * speed));
    const missE = toE - ve * t;
    const missN = toN - vn * t;
    const miss = Math.sqrt(missE * missE + missN * missN) - circle.radius;
    never ||= miss > bounds.spread || (t === 0 && miss > 5 * bounds.sigmaP);
  }
  const entryProbability =
    vertical < 1e-6 || never
      ? 0
      : vertical * polygonEntryProbability(e, n, ve, vn, P, ring, depth, timeToEntry, settings.horizon, settings.manoeuvre);
  const gap = depth < 0 ? -depth : 0;
  features.gap = gap;
  // Towards a polygon is how fast the edge that will be crossed comes nearer.
  features.closingSpeed = timeToEntry !== undefined && timeToEntry > 0 ? vertical * Math.min(speed, gap / timeToEntry) : 0;
  features.miss = 0;
  features.entryProbability = entryProbability;
  features.loiterSeconds = vertical * loiterSeconds;
  features.share = share;
  if (explained) features.time = timeToEntry;
  const tenths = weighPlace(concern, features, settings);
  const score = tenths / 1000;
  const contributions = explained ? sharePoints(tenths, causes[NOTHING]!, concern, features) : NONE;
  const inside = depth >= 0 && vertical >= 0.5;
  if (into === undefined) {
    return { zoneId: zone.id, kind: zone.kind, inside, distance: -depth, timeToEntry, entryProbability, score, contributions };
  }
  into.zoneId = zone.id;
  into.kind = zone.kind;
  into.inside = inside;
  into.distance = -depth;
  into.timeToEntry = timeToEntry;
  into.entryProbability = entryProbability;
  into.score = score;
  into.contributions = contributions;
  return into;
}
