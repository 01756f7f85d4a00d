// Whose is it? Evidence from each source with the weights of source-tables.ts, and the answer that automation may show: at most
// "suspect" one way and "assumed-friend" the other; "friend" only for an authenticated own system; "hostile" is a person's word. Nothing
// here knows the class of the airframe.

import type { Micros } from "../base/units.ts";
import type { Declaration, Evidence, EvidenceBasis } from "../model/identity.ts";
import { ALLEGIANCES } from "../model/identity.ts";
import type { Identity } from "../model/observation.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { AssetFact, ClaimFact, TrackFacts } from "../model/track-facts.ts";
import type { AffiliationState, BehaviourLevel, BehaviourState } from "./affiliation-state.ts";
import { BEHAVIOUR_LEVELS } from "./affiliation-state.ts";
import type { IdentificationContext } from "./context.ts";
import { logPosteriorOf, softmax } from "./ledger.ts";
import {
  ADSB_HIGH_AND_FAST,
  ADSB_LOW_OR_SLOW,
  AFFILIATION_PRIOR,
  BEHAVIOUR,
  logRow,
  OWN_SYSTEM,
  PARTNER,
  PERSON,
  REMOTE_ID,
  type Row,
} from "./source-tables.ts";

export const AFFILIATION_LOG_PRIOR: readonly number[] = logRow(AFFILIATION_PRIOR);

/** P(friend), P(neutral) from which automation says so, and P(hostile) for suspect. */
export const FRIEND_THRESHOLD = 0.9;
export const NEUTRAL_THRESHOLD = 0.9;
export const SUSPECT_THRESHOLD = 0.5;
/** Evidence, prior left out, must favour neutral over hostile by this factor: most objects being harmless is no reason to call one so. */
const NEUTRAL_EVIDENCE = Math.log(10);
/** A track must have been confirmed for this before "unknown" replaces "pending". */
export const ASSESS_AFTER = 10e6 as Micros;

const FRIEND = 0;
const NEUTRAL = 1;
const HOSTILE = 2;

/** Kinds of evidence from which an assumed friend may follow: a plan that covers the track, never a broadcast alone. */
const VOUCHES = ["friend-plan", "own-system"];

/**
 * The affiliation that automation shows for a list of evidence. `assessed` is false while too little was seen of the track: then nothing
 * but an own system and a suspicion is said.
 */
export function decideAffiliation(evidence: readonly Evidence[], assessed: boolean): Affiliation {
  return decideFrom(softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, evidence)), evidence, assessed);
}

/** The same for a posterior that is known already. */
export function decideFrom(posterior: readonly number[], evidence: readonly Evidence[], assessed: boolean): Affiliation {
  if (posterior[HOSTILE] >= SUSPECT_THRESHOLD) return "suspect";
  if (posterior[FRIEND] >= FRIEND_THRESHOLD) {
    let vouched = false;
    for (const piece of evidence) {
      const ll = piece.logLikelihood;
      if (ll[FRIEND] <= ll[NEUTRAL] || ll[FRIEND] <= ll[HOSTILE] || !VOUCHES.includes(piece.slot)) continue;
      if (piece.slot === "own-system" && piece.basis === "authenticated") return "friend";
      vouched = true;
    }
    if (vouched) return "assumed-friend";
  } else if (posterior[NEUTRAL] >= NEUTRAL_THRESHOLD) {
    let favour = 0;
    for (const piece of evidence) favour += piece.logLikelihood[NEUTRAL] - piece.logLikelihood[HOSTILE];
    if (favour >= NEUTRAL_EVIDENCE && evidence.some(isCivil)) return "neutral";
  }
  return assessed ? "unknown" : "pending";
}

/** A source that positively speaks for a civil flight; not merely nothing against it. */
const isCivil = (piece: Evidence): boolean =>
  piece.logLikelihood[NEUTRAL] > piece.logLikelihood[FRIEND] &&
  piece.logLikelihood[NEUTRAL] - piece.logLikelihood[HOSTILE] >= NEUTRAL_EVIDENCE;

export function affiliationEvidence(
  slot: string,
  source: string,
  basis: EvidenceBasis,
  at: Micros,
  logLikelihood: readonly number[],
  key: string,
  values: Readonly<Record<string, string | number>>,
): Evidence {
  return { slot, question: "affiliation", source, basis, at, logLikelihood, key, values };
}

/** A piece that says the same as before is renewed only this often: its time and its numbers may be this old, us. */
const RENEW = 5e6;

/** The piece of the last round in this slot, when it says the same with the same weight and is fresh; undefined otherwise. */
export function keptPiece(
  previous: readonly Evidence[],
  slot: string,
  key: string,
  logLikelihood: readonly number[],
  now: Micros,
): Evidence | undefined {
  for (const piece of previous) {
    if (piece.slot !== slot) continue;
    if (piece.key !== key || now - piece.at > RENEW) return undefined;
    const ll = piece.logLikelihood;
    if (ll === logLikelihood) return piece;
    return ll[0] === logLikelihood[0] && ll[1] === logLikelihood[1] && ll[2] === logLikelihood[2] ? piece : undefined;
  }
  return undefined;
}

// --- Cooperative sources --------------------------------------------------------------------------------------------------------------

const LOG_OWN = logRow(OWN_SYSTEM.reports);
const LOG_BROADCAST = logRow(REMOTE_ID.broadcast);
const LOG_SUPPORTED_LOW = logRow(ADSB_LOW_OR_SLOW.supported);
const LOG_SUPPORTED_HIGH = logRow(ADSB_HIGH_AND_FAST.supported);
const LOG_CLAIMED_LOW = logRow(ADSB_LOW_OR_SLOW.claimed);
const LOG_CLAIMED_HIGH = logRow(ADSB_HIGH_AND_FAST.claimed);
const LOG_PARTNER = {
  friendly: logRow(PARTNER.friendly),
  neutral: logRow(PARTNER.neutral),
  hostile: logRow(PARTNER.hostile),
};
const LOG_PERSON = {
  friendly: logRow(PERSON.friendly),
  neutral: logRow(PERSON.neutral),
  hostile: logRow(PERSON.hostile),
  undecided: logRow(PERSON.undecided),
};

/** An own system says every few seconds that it is one; older claims no longer count. */
const OWN_CLAIM_AGE = 15e6;
const OWN_REPORT_AGE = 10e6;
const BROADCAST_AGE = 30e6;
const FED_AGE = 6e6;
const SUPPORTED_AFTER = 5e6;
export const COVERAGE_PERIOD = 5e6;
const SILENT_AFTER = 15e6;
/** From this coverage on, silence says something. */
const COVERED = 0.5;
/** Speed (m/s) and height over the site (m) together, from which the rules of the air nearly everywhere ask for a transponder. */
const TRANSPONDER_SPEED = 60;
const TRANSPONDER_HEIGHT = 300;
const PARTNER_LIMIT = 8;

/** P(silent | truth) of a source that would be heard with probability `coverage` if it spoke: one row for each whole percent. */
const silentRows = (broadcasting: Row): (readonly number[])[] =>
  Array.from({ length: 101 }, (_, percent) =>
    logRow([1 - (broadcasting[0] * percent) / 100, 1 - (broadcasting[1] * percent) / 100, 1 - (broadcasting[2] * percent) / 100]),
  );
const silentRow = (rows: readonly (readonly number[])[], coverage: number): readonly number[] =>
  rows[Math.max(0, Math.min(100, Math.round(coverage * 100)))];
const REMOTE_ID_SILENT = silentRows(REMOTE_ID.broadcast);
const adsbHeard: Row = [1 - ADSB_HIGH_AND_FAST.silent[0], 1 - ADSB_HIGH_AND_FAST.silent[1], 1 - ADSB_HIGH_AND_FAST.silent[2]];
const ADSB_SILENT = silentRows(adsbHeard);

const identityText = (identity: Identity | undefined, otherwise: string): string =>
  identity === undefined ? otherwise : `${identity.scheme} ${identity.value}`;
const ofScheme = (identities: readonly Identity[], ...schemes: readonly Identity["scheme"][]): Identity | undefined =>
  identities.find((identity) => schemes.includes(identity.scheme));

/** From this age on nothing changes by age alone, us: `ASSESS_AFTER` and `SILENT_AFTER` are over. */
export const GROWN_UP = SILENT_AFTER;

/**
 * What evidence of broadcasts and transponders rests on, apart from coverage and age, as one number: while it stays what it was, so does that evidence. -1: an own
 * system or a partner speaks, and must be listened to. Keep it in step with `cooperativeEvidence`.
 */
export function cooperationOf(facts: TrackFacts, claims: readonly ClaimFact[], now: Micros): number {
  let answer = 16 * facts.identities.length;
  const { contributors } = facts;
  for (let i = 0; i < contributors.length; i++) {
    const { kind, lastAt } = contributors[i];
    if (kind === "adsb") answer |= now - lastAt <= FED_AGE ? 1 : 0;
    else if (kind === "radar" || kind === "radar-2d") answer |= now - lastAt <= FED_AGE ? 2 : 0;
    else if (kind === "remote-id") answer |= now - lastAt <= BROADCAST_AGE ? 4 : 0;
  }
  for (let i = 0; i < claims.length; i++) {
    const { statements, sensorKind, heardAt } = claims[i];
    if (statements.authenticated === true || statements.affiliation !== undefined) return -1;
    if (sensorKind === "remote-id" && now - heardAt <= BROADCAST_AGE) answer |= 4;
  }
  if (facts.heightKnown && facts.position[2] >= TRANSPONDER_HEIGHT) {
    const vE = facts.velocity[0];
    const vN = facts.velocity[1];
    if (Math.sqrt(vE * vE + vN * vN) >= TRANSPONDER_SPEED) answer |= 8;
  }
  return answer;
}

/** Evidence that goes on as long as `cooperationOf` says the same and nothing happens near an asset. */
const LASTING = ["remote-id", "adsb", "behaviour"];

/** Whether all evidence of a track is of that kind, and nothing of it waits for time to pass. */
export function isSettled(state: AffiliationState, evidence: readonly Evidence[], now: Micros): boolean {
  const { behaviour, supportedSince } = state;
  if (behaviour.level !== "none" || behaviour.approachSince !== 0 || behaviour.runInSince !== 0 || behaviour.nearSince !== 0) return false;
  if (supportedSince !== 0 && now - supportedSince < SUPPORTED_AFTER) return false;
  for (const { slot } of evidence) if (!LASTING.includes(slot)) return false;
  return true;
}

/** Evidence of broadcasts, transponders, partners and own systems; appended to `out`. */
export function cooperativeEvidence(
  state: AffiliationState,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  context: IdentificationContext,
  previous: readonly Evidence[],
  out: Evidence[],
): void {
  const { now } = context;
  const age = now - facts.createdAt;
  let adsbAt = 0;
  let adsbSensor = "";
  let radarAt = 0;
  let remoteIdAt = 0;
  let remoteIdSensor = "";
  for (const contributor of facts.contributors) {
    if (contributor.kind === "adsb") {
      if (contributor.lastAt > adsbAt) {
        adsbAt = contributor.lastAt;
        adsbSensor = contributor.sensorId;
      }
    } else if (contributor.kind === "radar" || contributor.kind === "radar-2d") radarAt = Math.max(radarAt, contributor.lastAt);
    else if (contributor.kind === "remote-id" && contributor.lastAt > remoteIdAt) {
      remoteIdAt = contributor.lastAt;
      remoteIdSensor = contributor.sensorId;
    }
  }
  if (now - state.coverageAt >= COVERAGE_PERIOD) askCoverage(state, facts, context);
  if (facts.identities.length !== state.identityCount) nameIdentities(state, facts.identities);

  let partners = 0;
  for (const claim of claims) {
    const said = claim.statements;
    if (said.authenticated === true) {
      // The link proves who speaks; that the track is that system follows only when the same link feeds it now.
      const own = ofScheme(claim.identities, "mavlink-system");
      if (
        own !== undefined &&
        now - claim.heardAt <= OWN_CLAIM_AGE &&
        facts.identities.some((identity) => identity.scheme === own.scheme && identity.value === own.value) &&
        facts.contributors.some(({ sensorId, lastAt }) => sensorId === claim.sensorId && now - lastAt <= OWN_REPORT_AGE)
      ) {
        const values = { identity: own.value };
        out.push(
          affiliationEvidence(
            "own-system",
            claim.sensorId,
            "authenticated",
            claim.heardAt,
            LOG_OWN,
            "affiliation-own-authenticated",
            values,
          ),
        );
      }
    }
    if (said.affiliation !== undefined && partners < PARTNER_LIMIT) {
      const row = partnerRow(said.affiliation);
      if (row !== undefined) {
        partners += 1;
        const values = { source: claim.sensorId, affiliation: said.affiliation };
        const slot = `partner:${claim.sensorId}`;
        out.push(affiliationEvidence(slot, claim.sensorId, "claimed", claim.heardAt, row, "affiliation-partner-says", values));
      }
    }
    if (claim.sensorKind === "remote-id" && claim.heardAt > remoteIdAt) {
      remoteIdAt = claim.heardAt;
      remoteIdSensor = claim.sensorId;
    }
  }

  const radarFed = radarAt !== 0 && now - radarAt <= FED_AGE;
  const speaks = remoteIdAt !== 0 && now - remoteIdAt <= BROADCAST_AGE;
  if (speaks || (radarFed && age >= ASSESS_AFTER && state.remoteIdCoverage >= COVERED)) {
    const row = speaks ? LOG_BROADCAST : silentRow(REMOTE_ID_SILENT, state.remoteIdCoverage);
    const key = speaks ? "affiliation-remote-id-broadcast" : "affiliation-remote-id-silent";
    out.push(
      keptPiece(previous, "remote-id", key, row, now) ??
        (speaks
          ? affiliationEvidence("remote-id", remoteIdSensor, "claimed", remoteIdAt as Micros, row, key, { identity: state.remoteIdText })
          : affiliationEvidence("remote-id", state.remoteIdSensor, "measured", now, row, key, { sensor: state.remoteIdSensor })),
    );
  }
  transponderEvidence(state, facts, context, radarFed, adsbAt, adsbSensor, previous, out);
}

function transponderEvidence(
  state: AffiliationState,
  facts: TrackFacts,
  { now }: IdentificationContext,
  radarFed: boolean,
  adsbAt: number,
  adsbSensor: string,
  previous: readonly Evidence[],
  out: Evidence[],
): void {
  const vE = facts.velocity[0];
  const vN = facts.velocity[1];
  const speed = Math.sqrt(vE * vE + vN * vN);
  const high = facts.heightKnown && facts.position[2] >= TRANSPONDER_HEIGHT && speed >= TRANSPONDER_SPEED;
  const adsbFed = adsbAt !== 0 && now - adsbAt <= FED_AGE;
  if (!adsbFed || !radarFed) state.supportedSince = 0 as Micros;
  else if (state.supportedSince === 0) state.supportedSince = now;
  let key: string;
  let row: readonly number[];
  let source = adsbSensor;
  let basis: EvidenceBasis = "measured";
  if (adsbFed && radarFed) {
    if (now - state.supportedSince < SUPPORTED_AFTER) return;
    key = "affiliation-adsb-supported";
    row = high ? LOG_SUPPORTED_HIGH : LOG_SUPPORTED_LOW;
  } else if (adsbFed) {
    // Where a radar should see it and does not, that is for the checks of broadcasts to say.
    if (state.radarCoverage >= COVERED) return;
    key = "affiliation-adsb-claimed";
    row = high ? LOG_CLAIMED_HIGH : LOG_CLAIMED_LOW;
    basis = "claimed";
  } else if (high && now - facts.createdAt >= SILENT_AFTER && state.adsbCoverage >= COVERED) {
    key = "affiliation-adsb-silent";
    row = silentRow(ADSB_SILENT, state.adsbCoverage);
    source = state.adsbSensor;
  } else return;
  const kept = keptPiece(previous, "adsb", key, row, now);
  if (kept !== undefined) {
    out.push(kept);
    return;
  }
  const values: Record<string, string | number> = adsbFed
    ? { identity: state.adsbText }
    : { speed: Math.round(speed), height: Math.round(facts.position[2]), sensor: source };
  if (state.supportedSince !== 0) values.seconds = Math.round((now - state.supportedSince) / 1e6);
  out.push(affiliationEvidence("adsb", source, basis, now, row, key, values));
}

function nameIdentities(state: AffiliationState, identities: readonly Identity[]): void {
  state.identityCount = identities.length;
  state.remoteIdText = identityText(
    ofScheme(identities, "remote-id-serial", "caa-registration", "remote-id-session", "radio-address"),
    "without a serial",
  );
  state.adsbText = identityText(ofScheme(identities, "icao24", "mode3a", "callsign"), "no address");
}

function askCoverage(state: AffiliationState, facts: TrackFacts, context: IdentificationContext): void {
  state.coverageAt = context.now;
  state.radarCoverage = 0;
  state.remoteIdCoverage = 0;
  state.adsbCoverage = 0;
  for (const { sensorId, kind, detectionProbability } of context.coverage(facts.position)) {
    if (kind === "radar" || kind === "radar-2d") state.radarCoverage = Math.max(state.radarCoverage, detectionProbability);
    else if (kind === "remote-id" && detectionProbability > state.remoteIdCoverage) {
      state.remoteIdCoverage = detectionProbability;
      state.remoteIdSensor = sensorId;
    } else if (kind === "adsb" && detectionProbability > state.adsbCoverage) {
      state.adsbCoverage = detectionProbability;
      state.adsbSensor = sensorId;
    }
  }
}

function partnerRow(affiliation: Affiliation): readonly number[] | undefined {
  if (affiliation === "friend" || affiliation === "assumed-friend") return LOG_PARTNER.friendly;
  if (affiliation === "neutral") return LOG_PARTNER.neutral;
  if (affiliation === "hostile" || affiliation === "suspect") return LOG_PARTNER.hostile;
  return undefined;
}

/** What a person declared stands in the ledger like any other source; that it is also what is shown is decided elsewhere. */
export function declarationEvidence(declaration: Declaration): Evidence {
  const said = declaration.value;
  const row =
    said === "friend" || said === "assumed-friend"
      ? LOG_PERSON.friendly
      : said === "neutral"
        ? LOG_PERSON.neutral
        : said === "hostile" || said === "suspect"
          ? LOG_PERSON.hostile
          : LOG_PERSON.undecided;
  return affiliationEvidence("declaration", declaration.by.name, "declared", declaration.at, row, "affiliation-declared", {
    source: declaration.by.name,
    affiliation: said,
    reason: declaration.reason,
  });
}

// --- Behaviour ------------------------------------------------------------------------------------------------------------------------

const LOG_BEHAVIOUR: Readonly<Record<BehaviourLevel, readonly number[]>> = {
  none: logRow(BEHAVIOUR.none),
  approaching: logRow(BEHAVIOUR.approaching),
  inside: logRow(BEHAVIOUR.inside),
  loitering: logRow(BEHAVIOUR.loitering),
  "run-in": logRow(BEHAVIOUR["run-in"]),
  "run-in-fast": logRow(BEHAVIOUR["run-in-fast"]),
};
const BEHAVIOUR_KEY: Readonly<Record<BehaviourLevel, string>> = {
  none: "affiliation-no-approach",
  approaching: "affiliation-approaching",
  inside: "affiliation-inside",
  loitering: "affiliation-loitering",
  "run-in": "affiliation-run-in",
  "run-in-fast": "affiliation-run-in-fast",
};

const APPROACH_AFTER = 3e6;
const RUN_IN_AFTER = 20e6;
const FAST_RUN_IN_AFTER = 8e6;
const FAST = 35; // m/s
const LOW = 150; // m above the asset
const LOITER_AFTER = 90e6;
const LOITER_MARGIN = 500; // m beyond the keep-out
const LOOK_AHEAD = 300; // s
/** Passing within this of the asset, or half its keep-out, is holding straight for it; m. */
const STRAIGHT_AT = 100;
/** A level outlasts its cause by this, so that one wavering estimate does not change the answer. */
const LEVEL_HOLD = 20e6;

/** The asset that the straight prediction comes near, worst first: it is inside, or passes closest in the least time. */
export interface ClosestApproach {
  readonly asset: AssetFact;
  /** m now, horizontally. */
  readonly distance: number;
  /** m/s towards the asset. */
  readonly closing: number;
  /** m, and s from now. */
  readonly miss: number;
  readonly time: number;
  /** Its prediction enters the keep-out, it closes in, and both are more than noise. */
  readonly inbound: boolean;
}

export function closestApproach(facts: TrackFacts, assets: readonly AssetFact[]): ClosestApproach | undefined {
  const east = facts.position[0];
  const north = facts.position[1];
  const vE = facts.velocity[0];
  const vN = facts.velocity[1];
  const squared = vE * vE + vN * vN;
  const least = Math.max(2, 2 * Math.sqrt(Math.max(facts.covariance[21], facts.covariance[28], 0)));
  let at = -1;
  // 2 inside, 1 inbound, 0 neither; then by time or distance.
  let rank = -1;
  let value = 0;
  for (let i = 0; i < assets.length; i++) {
    const asset = assets[i];
    const rE = asset.position[0] - east;
    const rN = asset.position[1] - north;
    const distance = Math.sqrt(rE * rE + rN * rN);
    const along = rE * vE + rN * vN;
    let thisRank = 0;
    let thisValue = distance;
    if (distance <= asset.radius) thisRank = 2;
    else if (along > least * distance && (distance - asset.radius) * distance <= along * LOOK_AHEAD) {
      const time = along / squared;
      const mE = rE - time * vE;
      const mN = rN - time * vN;
      if (mE * mE + mN * mN <= asset.radius * asset.radius) {
        thisRank = 1;
        thisValue = time;
      }
    }
    if (thisRank < rank || (thisRank === rank && thisValue >= value)) continue;
    rank = thisRank;
    value = thisValue;
    at = i;
  }
  if (at < 0) return undefined;
  const asset = assets[at];
  const rE = asset.position[0] - east;
  const rN = asset.position[1] - north;
  const distance = Math.sqrt(rE * rE + rN * rN);
  const along = rE * vE + rN * vN;
  const time = squared > 1 ? Math.max(0, along / squared) : 0;
  const miss = Math.sqrt((rE - time * vE) * (rE - time * vE) + (rN - time * vN) * (rN - time * vN));
  return { asset, distance, closing: distance > 0 ? along / distance : 0, miss, time, inbound: rank === 1 };
}

/** Whether a track is far from every asset and on its way to none: what `closestApproach` finds then moves no behaviour. */
export function isAway(facts: TrackFacts, assets: readonly AssetFact[]): boolean {
  const east = facts.position[0];
  const north = facts.position[1];
  const vE = facts.velocity[0];
  const vN = facts.velocity[1];
  const squared = vE * vE + vN * vN;
  const least = Math.max(2, 2 * Math.sqrt(Math.max(facts.covariance[21], facts.covariance[28], 0)));
  for (let i = 0; i < assets.length; i++) {
    const { position, radius } = assets[i];
    const rE = position[0] - east;
    const rN = position[1] - north;
    const distance = Math.sqrt(rE * rE + rN * rN);
    if (!(distance > radius + LOITER_MARGIN)) return false;
    const along = rE * vE + rN * vN;
    if (!(along > least * distance) || (distance - radius) * distance > along * LOOK_AHEAD) continue;
    const across = rE * vN - rN * vE;
    if (across * across <= radius * radius * squared) return false;
  }
  return true;
}

/**
 * Takes in what the track does near protected assets and appends one piece of evidence. `planned` is true when its announced plan covers
 * it: then flying to an asset says nothing between friend and hostile.
 */
export function behaviourEvidence(
  state: BehaviourState,
  facts: TrackFacts,
  nearest: ClosestApproach | undefined,
  now: Micros,
  planned: boolean,
  previous: readonly Evidence[],
  out: Evidence[],
): void {
  if (nearest === undefined) return;
  const { asset, distance, miss, inbound } = nearest;
  const inside = distance <= asset.radius;
  if (!inbound) state.approachSince = 0 as Micros;
  else if (state.approachSince === 0) state.approachSince = now;
  if (!inbound || miss > Math.max(STRAIGHT_AT, asset.radius / 2)) state.runInSince = 0 as Micros;
  else if (state.runInSince === 0) state.runInSince = now;
  if (distance > asset.radius + LOITER_MARGIN) state.nearSince = 0 as Micros;
  else if (state.nearSince === 0) state.nearSince = now;

  let level: BehaviourLevel = "none";
  if (state.runInSince !== 0) {
    const held = now - state.runInSince;
    const vE = facts.velocity[0];
    const vN = facts.velocity[1];
    const fast = vE * vE + vN * vN >= FAST * FAST && facts.heightKnown && facts.position[2] - asset.position[2] <= LOW;
    if (fast && held >= FAST_RUN_IN_AFTER) level = "run-in-fast";
    else if (held >= RUN_IN_AFTER) level = "run-in";
  }
  if (level === "none") {
    if (state.nearSince !== 0 && now - state.nearSince >= LOITER_AFTER) level = "loitering";
    else if (inside) level = "inside";
    else if (state.approachSince !== 0 && now - state.approachSince >= APPROACH_AFTER) level = "approaching";
  }

  if (now - state.levelAt > LEVEL_HOLD || BEHAVIOUR_LEVELS.indexOf(level) >= BEHAVIOUR_LEVELS.indexOf(state.level)) {
    state.level = level;
    state.levelAt = now;
    state.values = level === "none" ? NO_VALUES : behaviourValues(level, state, facts, nearest, now);
  }
  if (state.level === "none" && now - facts.createdAt < ASSESS_AFTER) return;
  const row = LOG_BEHAVIOUR[state.level];
  // An announced flight near the asset is as ordinary for the friend as it would be for an enemy.
  const likelihood = planned && row[HOSTILE] > row[FRIEND] ? [row[HOSTILE], row[NEUTRAL], row[HOSTILE]] : row;
  const key = BEHAVIOUR_KEY[state.level];
  const kept = state.level === "none" ? keptPiece(previous, "behaviour", key, likelihood, now) : undefined;
  out.push(kept ?? affiliationEvidence("behaviour", "picket", "measured", state.levelAt, likelihood, key, state.values));
}

const NO_VALUES: Record<string, string | number> = {};

function behaviourValues(
  level: BehaviourLevel,
  state: BehaviourState,
  facts: TrackFacts,
  { asset, distance, miss, time }: ClosestApproach,
  now: Micros,
): Record<string, string | number> {
  switch (level) {
    case "none":
      return NO_VALUES;
    case "approaching":
      return { asset: asset.name, distance: Math.round(miss), seconds: Math.round(time) };
    case "inside":
      return { asset: asset.name, distance: Math.round(distance) };
    case "loitering":
      return { asset: asset.name, seconds: Math.round((now - state.nearSince) / 1e6) };
    case "run-in":
      return { asset: asset.name, seconds: Math.round((now - state.runInSince) / 1e6) };
    case "run-in-fast":
      return {
        asset: asset.name,
        seconds: Math.round((now - state.runInSince) / 1e6),
        speed: Math.round(Math.sqrt(facts.velocity[0] * facts.velocity[0] + facts.velocity[1] * facts.velocity[1])),
        height: Math.round(facts.position[2] - asset.position[2]),
      };
  }
}

/** Number of allegiances: the length of every log-likelihood vector here. */
export const ALLEGIANCE_COUNT = ALLEGIANCES.length;
