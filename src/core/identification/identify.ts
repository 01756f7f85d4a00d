// Identification of tracks: evidence to class and affiliation. The engine calls `observeFeature` for each detection that went into a
// track and `identifyTracks` for the tracks that are due, once or twice a second each. Class and affiliation are two ledgers; neither
// reads the other.

import { err, ok, type Result } from "../base/result.ts";
import type { Micros } from "../base/units.ts";
import type { DismissalReason } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";
import {
  ALLEGIANCES,
  CLASS_FAMILY,
  CLASS_NAMES,
  type ClassFamily,
  type ClassName,
  type Declaration,
  type Evidence,
  type Finding,
  type FindingCode,
  type FriendIntent,
  type Identification,
  type Label,
  type Question,
} from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { ClaimFact, FeatureObservation, TrackFacts } from "../model/track-facts.ts";
import {
  AFFILIATION_LOG_PRIOR,
  ALLEGIANCE_COUNT,
  ASSESS_AFTER,
  affiliationEvidence,
  behaviourEvidence,
  type ClosestApproach,
  closestApproach,
  cooperativeEvidence,
  decideAffiliation,
  decideFrom,
  declarationEvidence,
} from "./affiliation.ts";
import { classAnswer } from "./class-answer.ts";
import { classEvidence } from "./class-evidence.ts";
import { emptySummary, observeFeature as observeClassFeature, observeFacts, summarizeMotion } from "./class-features.ts";
import { classClaims } from "./class-labels.ts";
import { COMPANION_HOLD, countPlots, extendTrail, type FriendInAir, isCompanion, observeCompanion, radarOfTwo } from "./companion.ts";
import { conflictOf } from "./conflict.ts";
import type { IdentificationContext } from "./context.ts";
import { startDismissalTest, testDismissal } from "./dismissal.ts";
import { evidenceText } from "./evidence-text.ts";
import {
  type FriendMatch,
  type FriendRecord,
  type FriendRefusal,
  horizontalSigma,
  matchFriends,
  registerFriend as registerFriendIn,
  removeExpiredFriends,
  removeFriend as removeFriendFrom,
} from "./friend-registry.ts";
import { type FriendRound, friendEvidence, releaseFriends, startFriendRound } from "./friends.ts";
import {
  createTrackIdentification,
  type Dismissal,
  type IdentificationState,
  LABEL_LIMIT,
  type TrackIdentification,
} from "./identification-state.ts";
import {
  boundEvidence,
  causeOf,
  logPosteriorOf,
  type QuestionLedger,
  questionLedger,
  REVERSAL_LIMIT,
  type Reversal,
  softmax,
} from "./ledger.ts";
import { obtainableAffiliation, obtainableClass } from "./obtainable.ts";
import { COMPANION, logRow } from "./source-tables.ts";

export type { IdentificationContext } from "./context.ts";
export type { FriendMatch, FriendRefusal } from "./friend-registry.ts";
export { createIdentification, type Dismissal, type IdentificationState } from "./identification-state.ts";
export type { AnswerChange, LedgerLine, QuestionLedger, Reversal } from "./ledger.ts";

/** A finding stays for this long after it last held; one against a dismissal stays until a person looks again. */
const FINDING_HOLD = COMPANION_HOLD;

/** Takes in what one detection said of a track besides its place. Never throws. */
export function observeFeature(state: IdentificationState, trackKey: string, observation: FeatureObservation): void {
  const track = trackOf(state, trackKey, observation.at);
  observeClassFeature(track.features, observation);
  countPlots(track.plots, observation);
}

function trackOf(state: IdentificationState, trackKey: string, at: Micros): TrackIdentification {
  let track = state.tracks.get(trackKey);
  if (track === undefined) {
    track = createTrackIdentification(trackKey, at, state.classLogPrior);
    state.tracks.set(trackKey, track);
  }
  return track;
}

/**
 * Judges the tracks that are due. `facts` are their states at `context.now`; `context.allTracks` has every track, those that are due
 * among them. The answers are read with `identificationOf`. Never throws on what comes from outside.
 */
export function identifyTracks(state: IdentificationState, facts: readonly TrackFacts[], context: IdentificationContext): void {
  removeExpiredFriends(state.friends, context.now);
  const round = startFriendRound(state.friends, context.allTracks, context.now);
  const isExplained = (key: string): boolean => {
    const other = state.tracks.get(key);
    return other !== undefined && (other.friend.friendId !== "" || other.identification.automatic === "neutral");
  };
  const friends = friendsInAir(state, context);
  for (const each of facts) {
    const track = trackOf(state, each.key, each.createdAt);
    track.origin = each.origin;
    const claims = context.claims(each.key);
    judgeClass(state, track, each, claims, context);
    if (friends.length > 0 || track.companion.flaggedAt !== 0) judgeCompany(state, track, each, friends, context.now);
    if (each.status !== "tentative") {
      if (track.confirmedAt === 0) track.confirmedAt = context.now;
      judgeAffiliation(state, track, each, claims, context, round, isExplained);
    }
    keepLast(track, each);
    settle(state, track, context.now, context.emitters?.findings.get(each.key));
  }
}

/** Friends that fly now, each with the corridor it has made. */
function friendsInAir(state: IdentificationState, context: IdentificationContext): FriendInAir[] {
  if (state.friendTracks.size === 0) return NO_FRIENDS;
  const friends: FriendInAir[] = [];
  for (const facts of context.allTracks) {
    if (!state.friendTracks.has(facts.key)) continue;
    const track = state.tracks.get(facts.key);
    if (track === undefined) continue;
    extendTrail(track.trail, facts, context.now);
    const intent = state.friends.friends.get(track.friend.friendId)?.intent;
    friends.push({ facts, name: intent?.name ?? facts.key, trail: track.trail, intent });
  }
  return friends;
}
const NO_FRIENDS: FriendInAir[] = [];

/** Looks for company: of this track with a friend, and of two objects in a friend's track. */
function judgeCompany(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  friends: readonly FriendInAir[],
  now: Micros,
): void {
  if (state.friendTracks.has(track.key)) {
    const sensor = radarOfTwo(track.plots, now);
    if (sensor !== undefined && facts.status !== "tentative")
      report(track, "companion", now, 0.7, "companion-two-plots", { sensor, friend: nameOf(state, track) }, []);
    return;
  }
  // What a transponder and a radar explain together is no company; whatever a person dismissed it as is no reason to look away.
  if (track.identification.automatic === "neutral") return;
  observeCompanion(
    track.companion,
    facts,
    friends.filter((friend) => friend.facts.origin === facts.origin),
    now,
  );
  if (facts.status === "tentative" || !isCompanion(track.companion, now)) return;
  const { friendKey, kind, distance, heldAt } = track.companion;
  const other = state.tracks.get(friendKey);
  const values = { friend: other === undefined ? friendKey : nameOf(state, other), distance: Math.round(distance) };
  report(track, "companion", heldAt, 0.8, `companion-${kind}`, values, [friendKey]);
}

const nameOf = (state: IdentificationState, track: TrackIdentification): string =>
  state.friends.friends.get(track.friend.friendId)?.intent.name ?? track.key;

function keepLast(track: TrackIdentification, facts: TrackFacts): void {
  const [east, north, up] = facts.position;
  const [velocityEast, velocityNorth, velocityUp] = facts.velocity;
  track.last = {
    at: facts.at,
    east,
    north,
    up,
    velocityEast,
    velocityNorth,
    velocityUp,
    heightKnown: facts.heightKnown,
    existence: facts.existence,
    sigma: horizontalSigma(facts.covariance),
  };
}

function judgeClass(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  context: IdentificationContext,
): void {
  observeFacts(track.features, facts, context.wind);
  const before = track.classEvidence;
  const pieces = classEvidence(track.features, facts, classClaims(claims), context.wind, { previous: before });
  const extra = context.emitters?.evidence.get(facts.key);
  let evidence: Evidence[] = pieces;
  if (extra?.some(({ question }) => question === "class")) evidence = [...pieces, ...extra.filter(({ question }) => question === "class")];
  if (evidence === before) return;
  track.evidenceDropped += boundEvidence(evidence, CLASS_NAMES.length);
  track.classEvidence = evidence;
  const answer = classAnswer(logPosteriorOf(state.classLogPrior, evidence));
  const old = track.identification;
  noteReversal(
    track,
    track.classReversals,
    state.classLogPrior,
    automaticClass(state, before),
    answer.className,
    before,
    evidence,
    context.now,
  );
  track.identification = {
    ...old,
    classProbabilities: answer.probabilities,
    className: answer.className,
    classConfidence: answer.confidence,
    manned: answer.manned,
    uas: answer.uas,
  };
}

const automaticClass = (state: IdentificationState, evidence: readonly Evidence[]): ClassName =>
  classAnswer(logPosteriorOf(state.classLogPrior, evidence)).className;

function judgeAffiliation(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  context: IdentificationContext,
  round: FriendRound,
  isExplained: (key: string) => boolean,
): void {
  const { now } = context;
  const evidence: Evidence[] = [];
  cooperativeEvidence(track.affiliation, facts, claims, context, evidence);
  const warnings = friendEvidence(
    track.friend,
    {
      facts,
      registry: state.friends,
      round,
      allTracks: context.allTracks,
      now,
      remoteIdCoverage: track.affiliation.remoteIdCoverage,
      remoteIdSensor: track.affiliation.remoteIdSensor,
      isExplained,
    },
    evidence,
  );
  if (warnings !== undefined)
    for (const { key, values, confidence, tracks } of warnings) report(track, "off-plan", now, confidence, key, values, tracks);
  const planned = track.friend.friendId !== "" && track.friend.offSince === 0;
  const nearest = closestApproach(facts, context.assets);
  behaviourEvidence(track.affiliation.behaviour, facts, nearest, now, planned, evidence);
  if (!state.friendTracks.has(track.key) && isCompanion(track.companion, now)) {
    const { friendKey, distance, heldAt } = track.companion;
    const other = state.tracks.get(friendKey);
    const values = { friend: other === undefined ? friendKey : nameOf(state, other), distance: Math.round(distance) };
    evidence.push(affiliationEvidence("companion", "picket", "measured", heldAt, LOG_COMPANION, "affiliation-companion", values));
  }
  const extra = context.emitters?.evidence.get(facts.key);
  if (extra !== undefined) for (const piece of extra) if (piece.question === "affiliation") evidence.push(piece);
  const declared = declarationInForce(track, "affiliation", now);
  if (declared !== undefined) evidence.push(declarationEvidence(declared));
  track.evidenceDropped += boundEvidence(evidence, ALLEGIANCE_COUNT);
  replaceAffiliationEvidence(track, evidence, now);
  if (track.dismissalTest !== undefined) judgeDismissal(state, track, facts, context, nearest);
}

const LOG_COMPANION = logRow(COMPANION.present);

/** Class families that a reason stands for. */
const REASON_FAMILY: Readonly<Record<DismissalReason, ClassFamily | undefined>> = {
  bird: "bird",
  balloon: "lta",
  aircraft: "manned",
  clutter: "clutter",
  friend: undefined,
  other: undefined,
};

function familyProbability(track: TrackIdentification, reason: DismissalReason): number {
  const family = REASON_FAMILY[reason];
  if (family === undefined) return Number.NaN;
  let sum = 0;
  const { classProbabilities } = track.identification;
  for (let h = 0; h < CLASS_NAMES.length; h++) if (CLASS_FAMILY[CLASS_NAMES[h]] === family) sum += classProbabilities[h];
  return sum;
}

/** Findings of this confidence contradict a person who took the track for a friend. */
const CONTRADICTS = 0.5;

function judgeDismissal(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  context: IdentificationContext,
  nearest: ClosestApproach | undefined,
): void {
  const test = track.dismissalTest!;
  const { now } = context;
  const off = track.findings.find(({ code, lastAt }) => code === "off-plan" && lastAt === now);
  const broadcast = context.emitters?.findings.get(track.key)?.find(({ confidence }) => confidence >= CONTRADICTS);
  const twice = track.affiliationEvidence.find(({ key }) => key === "friend-identity-twice");
  const against = broadcast ?? twice;
  const companionOf = isCompanion(track.companion, now) ? state.tracks.get(track.companion.friendKey) : undefined;
  const contradictions = testDismissal(test, facts, {
    now,
    wind: context.wind,
    features: track.features,
    nearest,
    friendId: track.friend.friendId,
    offPlan: off === undefined ? undefined : { name: String(off.values.name), distance: Number(off.values.distance ?? 0) },
    transponder: track.affiliationEvidence.some(({ key }) => key === "affiliation-adsb-supported"),
    adsbCoverage: track.affiliation.adsbCoverage,
    adsbSensor: track.affiliation.adsbSensor,
    contradiction: against === undefined ? undefined : evidenceText(against.key, against.values),
    companionOf: companionOf === undefined ? undefined : nameOf(state, companionOf),
    familyProbability: familyProbability(track, test.reason),
  });
  for (const { key, values, confidence } of contradictions) report(track, "dismissal-contradicted", now, confidence, key, values, []);
}

/** Puts a new ledger in place of the old one and writes down a change of the automatic answer. */
function replaceAffiliationEvidence(track: TrackIdentification, evidence: Evidence[], now: Micros): void {
  const before = track.affiliationEvidence;
  const from = track.identification.automatic;
  const allegiance = softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, evidence));
  const automatic = decideFrom(allegiance, evidence, isAssessed(track, now));
  track.affiliationEvidence = evidence;
  if (automatic !== from) noteReversal(track, track.affiliationReversals, AFFILIATION_LOG_PRIOR, from, automatic, before, evidence, now);
  track.identification = { ...track.identification, allegiance, automatic, conflict: conflictOf(evidence, ALLEGIANCE_COUNT) };
}

const isAssessed = (track: TrackIdentification, now: Micros): boolean => track.confirmedAt !== 0 && now - track.confirmedAt >= ASSESS_AFTER;

function noteReversal(
  track: TrackIdentification,
  reversals: Reversal[],
  logPrior: readonly number[],
  from: string,
  to: string,
  before: readonly Evidence[],
  after: readonly Evidence[],
  at: Micros,
): void {
  if (from === to) return;
  addReversal(track, reversals, { at, from, to, cause: causeOf(before, after, logPrior) });
}

function addReversal(track: TrackIdentification, reversals: Reversal[], reversal: Reversal): void {
  reversals.push(reversal);
  if (reversals.length > REVERSAL_LIMIT) {
    reversals.shift();
    track.reversalsDropped += 1;
  }
}

/** Renews a finding of this code and key, or adds it. */
function report(
  track: TrackIdentification,
  code: FindingCode,
  now: Micros,
  confidence: number,
  key: string,
  values: Readonly<Record<string, string | number>>,
  tracks: readonly string[],
): void {
  const at = track.findings.findIndex((finding) => finding.code === code && finding.key === key);
  const finding: Finding = { code, at: at < 0 ? now : track.findings[at].at, lastAt: now, confidence, key, values, tracks };
  if (at < 0) track.findings.push(finding);
  else track.findings[at] = finding;
}

function declarationInForce(track: TrackIdentification, question: Question, now: Micros): Declaration | undefined {
  return track.declarations.find((declaration) => declaration.question === question && declaration.expiresAt > now);
}

/** Joins estimate, declarations and findings into the answer that is shown. */
function settle(
  state: IdentificationState,
  track: TrackIdentification,
  now: Micros,
  emitterFindings: readonly Finding[] | undefined,
): void {
  if (track.findings.some((finding) => isOver(finding, now))) track.findings = track.findings.filter((finding) => !isOver(finding, now));
  const expired = track.declarations.filter((declaration) => declaration.expiresAt <= now);
  if (expired.length > 0) {
    for (const declaration of expired) noteWithdrawal(state, track, declaration, now);
    track.declarations = track.declarations.filter((declaration) => declaration.expiresAt > now);
  }
  const shown = track.identification;
  const declaredClass = declarationInForce(track, "class", now);
  const declaredAffiliation = declarationInForce(track, "affiliation", now);
  const automatic = declaredClass === undefined ? undefined : (declaredClass.value as ClassName);
  const findings = emitterFindings === undefined || emitterFindings.length === 0 ? track.findings : [...track.findings, ...emitterFindings];
  const next: { -readonly [K in keyof Identification]: Identification[K] } = {
    at: now,
    classProbabilities: shown.classProbabilities,
    className: shown.className,
    classConfidence: shown.classConfidence,
    manned: shown.manned,
    uas: shown.uas,
    allegiance: shown.allegiance,
    automatic: shown.automatic,
    affiliation: declaredAffiliation === undefined ? shown.automatic : (declaredAffiliation.value as Affiliation),
    conflict: shown.conflict,
    declarations: track.declarations,
    findings,
  };
  if (automatic !== undefined) {
    next.className = automatic;
    next.classConfidence = shown.classProbabilities[CLASS_NAMES.indexOf(automatic)] ?? 0;
  } else if (expired.some(({ question }) => question === "class")) {
    const answer = classAnswer(logPosteriorOf(state.classLogPrior, track.classEvidence));
    next.className = answer.className;
    next.classConfidence = answer.confidence;
  }
  if (track.friend.friendId !== "") next.friendId = track.friend.friendId;
  track.identification = next;
  const isFriend = next.affiliation === "friend" || next.affiliation === "assumed-friend" || next.friendId !== undefined;
  if (isFriend) state.friendTracks.add(track.key);
  else if (state.friendTracks.delete(track.key)) track.trail = [];
}

const isOver = (finding: Finding, now: Micros): boolean => finding.code !== "dismissal-contradicted" && now - finding.lastAt > FINDING_HOLD;

/** The newest answer on a track; undefined for one that was never judged. */
export function identificationOf(state: IdentificationState, trackKey: string): Identification | undefined {
  return state.tracks.get(trackKey)?.identification;
}

// --- What people say --------------------------------------------------------------------------------------------------------------------

const AFFILIATION_NAMES: readonly string[] = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"];
const TEXT_LIMIT = 500;

export interface DeclarationRefusal {
  readonly code: "unknown-track" | "invalid";
  readonly message: string;
}

/**
 * A person says what a track is or whose, with a reason and an expiry. It is shown in place of the estimate, which goes on beside it. The
 * newest of a question replaces an older one. It is kept as a label.
 */
export function declare(state: IdentificationState, trackKey: string, declaration: Declaration): Result<Declaration, DeclarationRefusal> {
  const track = state.tracks.get(trackKey);
  if (track === undefined) return err({ code: "unknown-track", message: `there is no track "${trackKey}"` });
  const { question, value, at, reason, expiresAt, by } = declaration;
  const known: readonly string[] = question === "class" ? CLASS_NAMES : AFFILIATION_NAMES;
  if (!known.includes(value)) return err({ code: "invalid", message: `"${value}" is no answer to the question of ${question}` });
  if (reason.trim() === "") return err({ code: "invalid", message: "a declaration needs a reason" });
  if (!(expiresAt > at)) return err({ code: "invalid", message: "a declaration needs an expiry that lies ahead" });
  const kept: Declaration = { ...declaration, reason: reason.slice(0, TEXT_LIMIT) };
  const from = question === "class" ? track.identification.className : track.identification.affiliation;
  track.declarations = [...track.declarations.filter((other) => other.question !== question), kept];
  const reversals = question === "class" ? track.classReversals : track.affiliationReversals;
  if (from !== value) {
    const values = { source: by.name, affiliation: value, reason: kept.reason };
    const sentence = evidenceText("affiliation-declared", values);
    const cause = { change: "declared" as const, slot: "declaration", key: "affiliation-declared", values, sentence, weight: 0 };
    addReversal(track, reversals, { at, from, to: value, cause });
  }
  if (question === "affiliation") {
    const evidence = [...track.affiliationEvidence.filter(({ slot }) => slot !== "declaration"), declarationEvidence(kept)];
    replaceAffiliationEvidence(track, evidence, at);
  }
  settle(state, track, at, foreignFindings(track));
  keepLabel(state, track, { at, by, kind: "declaration", value: `${question}: ${value}`, reason: kept.reason });
  return ok(kept);
}

/** Takes a declaration back; false when there is none. */
export function withdrawDeclaration(state: IdentificationState, trackKey: string, question: Question, at: Micros): boolean {
  const track = state.tracks.get(trackKey);
  const declaration = track?.declarations.find((other) => other.question === question);
  if (track === undefined || declaration === undefined) return false;
  track.declarations = track.declarations.map((other) => (other === declaration ? { ...other, expiresAt: at } : other));
  if (question === "affiliation")
    replaceAffiliationEvidence(
      track,
      track.affiliationEvidence.filter(({ slot }) => slot !== "declaration"),
      at,
    );
  settle(state, track, at, foreignFindings(track));
  return true;
}

/** Findings that came from outside this module with the last round: they are kept until the next one. */
const foreignFindings = (track: TrackIdentification): readonly Finding[] =>
  track.identification.findings.filter((finding) => !track.findings.includes(finding));

function noteWithdrawal(state: IdentificationState, track: TrackIdentification, declaration: Declaration, at: Micros): void {
  const isClass = declaration.question === "class";
  const to = isClass ? automaticClass(state, track.classEvidence) : track.identification.automatic;
  if (to === declaration.value) return;
  const values = { source: declaration.by.name, affiliation: declaration.value, reason: declaration.reason };
  const sentence = evidenceText("affiliation-declared", values);
  const cause = { change: "withdrawn" as const, slot: "declaration", key: "affiliation-declared", values, sentence, weight: 0 };
  addReversal(track, isClass ? track.classReversals : track.affiliationReversals, { at, from: declaration.value, to, cause });
}

/**
 * A person says why a track needs no attention. The reason is a hypothesis: it goes on being tested, and when the track stops fitting it a
 * finding "dismissal-contradicted" appears. A newer dismissal replaces an older one and its finding. It is kept as a label.
 */
export function dismiss(
  state: IdentificationState,
  trackKey: string,
  dismissal: { readonly reason: DismissalReason; readonly text: string; readonly by: Actor; readonly at: Micros },
): Result<Dismissal, DeclarationRefusal> {
  const track = state.tracks.get(trackKey);
  if (track === undefined) return err({ code: "unknown-track", message: `there is no track "${trackKey}"` });
  const text = dismissal.text.slice(0, TEXT_LIMIT);
  if (dismissal.reason === "other" && text.trim() === "") return err({ code: "invalid", message: 'the reason "other" needs a text' });
  const kept: Dismissal = { reason: dismissal.reason, text, by: dismissal.by, at: dismissal.at };
  track.dismissal = kept;
  track.dismissalTest = startDismissalTest(
    kept.reason,
    kept.at,
    track.last,
    track.friend.friendId !== "",
    familyProbability(track, kept.reason),
  );
  track.findings = track.findings.filter(({ code }) => code !== "dismissal-contradicted");
  settle(
    state,
    track,
    dismissal.at,
    foreignFindings(track).filter(({ code }) => code !== "dismissal-contradicted"),
  );
  keepLabel(state, track, { at: dismissal.at, by: dismissal.by, kind: "dismissal", value: dismissal.reason, reason: text });
  return ok(kept);
}

/** The dismissal of a track that a person made last; undefined without one. */
export const dismissalOf = (state: IdentificationState, trackKey: string): Dismissal | undefined => state.tracks.get(trackKey)?.dismissal;

const motion = emptySummary();

function keepLabel(state: IdentificationState, track: TrackIdentification, label: Omit<Label, "trackKey" | "features">): void {
  const features: Record<string, number> = {};
  const keep = (name: string, value: number) => {
    if (Number.isFinite(value)) features[name] = Math.round(value * 1000) / 1000;
  };
  const { last } = track;
  if (last !== undefined) {
    keep("groundSpeed", Math.hypot(last.velocityEast, last.velocityNorth));
    keep("velocityEast", last.velocityEast);
    keep("velocityNorth", last.velocityNorth);
    if (last.heightKnown) {
      keep("velocityUp", last.velocityUp);
      keep("heightOverSite", last.up);
    }
    keep("rangeFromSite", Math.hypot(last.east, last.north));
    keep("existence", last.existence);
  }
  summarizeMotion(track.features, last?.at ?? label.at, last?.sigma ?? 10, motion);
  keep("samples", motion.samples);
  keep("hoverShare", motion.hoverShare);
  keep("speed", motion.speed);
  keep("speedSigma", motion.speedSigma);
  if (motion.turn >= 0) keep("turnRate", motion.turn);
  if (motion.gain >= 0) keep("acceleration", motion.gain);
  keep("climbRate", motion.climb);
  keep("straightness", motion.straightness);
  for (const sensor of track.features.sensors) {
    if (sensor.rcsLooks > 0) keep(`rcsDbsm:${sensor.sensorId}`, sensor.rcsMean);
    ["rotor", "propeller", "flap", "none"].forEach((name, i) => {
      if (sensor.microDoppler[i] > 0) keep(`microDoppler:${name}:${sensor.sensorId}`, sensor.microDoppler[i]);
    });
  }
  track.identification.classProbabilities.forEach((p, h) => {
    keep(`p:${CLASS_NAMES[h]}`, p);
  });
  state.labels.push({ ...label, trackKey: track.key, features });
  if (state.labels.length > LABEL_LIMIT) {
    state.labels.shift();
    state.labelsDropped += 1;
  }
}

/** People's dismissals and declarations with the features of that moment, oldest first; at most LABEL_LIMIT. */
export const labelsOf = (state: IdentificationState): readonly Label[] => state.labels;

// --- Friends ----------------------------------------------------------------------------------------------------------------------------

/** Takes in an announced flight, or a newer version of one with the same id. Refuses what cannot be used, with a sentence. */
export function registerFriend(state: IdentificationState, intent: FriendIntent, now: Micros): Result<FriendIntent, FriendRefusal> {
  return registerFriendIn(state.friends, intent, now);
}

/** False when there is no such announcement. The track that flew it falls back to what the rest of its evidence says at its next judgement. */
export const removeFriend = (state: IdentificationState, friendId: string): boolean => removeFriendFrom(state.friends, friendId);

/** How an announcement stands now. */
export interface FriendStatus {
  readonly intent: FriendIntent;
  readonly state: "upcoming" | "in-force" | "over";
  readonly startsAt: Micros;
  readonly endsAt: Micros;
  /** Tracks that fly it: at most one of each origin. */
  readonly trackKeys: readonly string[];
}

/** Every announcement that has not expired, soonest first. */
export function friendsOf(state: IdentificationState, now: Micros): FriendStatus[] {
  const statuses: FriendStatus[] = [];
  for (const record of state.friends.friends.values()) if (record.intent.expiresAt > now) statuses.push(statusOf(record, now));
  return statuses.sort((a, b) => a.startsAt - b.startsAt || (a.intent.id < b.intent.id ? -1 : 1));
}

function statusOf(record: FriendRecord, now: Micros): FriendStatus {
  const { intent, startsAt, endsAt } = record;
  const trackKeys = [...record.holders.values()].map(({ key }) => key);
  return { intent, state: now < startsAt ? "upcoming" : now <= endsAt ? "in-force" : "over", startsAt, endsAt, trackKeys };
}

/** Every announcement that a track fits by place and time, or whose identity it carries. */
export const friendMatches = (state: IdentificationState, facts: TrackFacts, now: Micros): FriendMatch[] =>
  matchFriends(state.friends, facts, now);

/** Drops what is remembered of tracks that are no more. */
export function forgetTracks(state: IdentificationState, alive: ReadonlySet<string>): void {
  for (const key of state.tracks.keys()) if (!alive.has(key)) state.tracks.delete(key);
  for (const key of state.friendTracks) if (!alive.has(key)) state.friendTracks.delete(key);
  releaseFriends(state.friends, alive);
}

// --- The ledger -------------------------------------------------------------------------------------------------------------------------

/** Everything that speaks for and against what is said of a track. */
export interface LedgerView {
  readonly trackKey: string;
  readonly at: Micros;
  readonly class: QuestionLedger;
  readonly affiliation: QuestionLedger;
  readonly conflict: number;
  readonly declarations: readonly Declaration[];
  readonly dismissal?: Dismissal;
  readonly findings: readonly (Finding & { readonly sentence: string })[];
  readonly friendId?: string;
  /** Pieces of evidence that made room for more telling ones. */
  readonly evidenceDropped: number;
}

/** The ledgers of both questions; undefined for a track that was never judged. */
export function ledgerOf(state: IdentificationState, trackKey: string): LedgerView | undefined {
  const track = state.tracks.get(trackKey);
  if (track === undefined) return undefined;
  const { identification } = track;
  const now = identification.at;
  const assessed = isAssessed(track, now);
  return {
    trackKey,
    at: now,
    class: questionLedger(
      "class",
      CLASS_NAMES,
      state.classLogPrior,
      track.classEvidence,
      (evidence) => automaticClass(state, evidence),
      obtainableClass(),
      track.classReversals,
      track.reversalsDropped,
      now,
    ),
    affiliation: questionLedger(
      "affiliation",
      ALLEGIANCES,
      AFFILIATION_LOG_PRIOR,
      track.affiliationEvidence,
      (evidence) => decideAffiliation(evidence, assessed),
      obtainableAffiliation(),
      track.affiliationReversals,
      track.reversalsDropped,
      now,
    ),
    conflict: identification.conflict,
    declarations: identification.declarations,
    dismissal: track.dismissal,
    findings: identification.findings.map((finding) => ({ ...finding, sentence: evidenceText(finding.key, finding.values) })),
    friendId: identification.friendId,
    evidenceDropped: track.evidenceDropped,
  };
}
