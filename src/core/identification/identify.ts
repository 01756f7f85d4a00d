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
import type { FriendStatus, LedgerView } from "../model/ledger-view.ts";
import type { Origin } from "../model/observation.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { ClaimFact, FeatureObservation, TrackFacts } from "../model/track-facts.ts";
import {
  AFFILIATION_LOG_PRIOR,
  ALLEGIANCE_COUNT,
  ASSESS_AFTER,
  affiliationEvidence,
  behaviourEvidence,
  type ClosestApproach,
  COVERAGE_PERIOD,
  closestApproach,
  cooperationOf,
  cooperativeEvidence,
  decideAffiliation,
  decideFrom,
  declarationEvidence,
  GROWN_UP,
  isAway,
  isSettled,
} from "./affiliation.ts";
import { classAnswer } from "./class-answer.ts";
import { classEvidence } from "./class-evidence.ts";
import { emptySummary, observeFeature as observeClassFeature, observeFacts, summarizeMotion } from "./class-features.ts";
import { classClaims } from "./class-labels.ts";
import {
  COMPANION_HOLD,
  countPlots,
  extendTrail,
  type FriendInAir,
  friendInAir,
  isApart,
  isCompanion,
  observeCompanion,
  radarOfTwo,
} from "./companion.ts";
import { companyEvidence, logOdds } from "./company.ts";
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
  registerFriends as registerFriendsIn,
  removeExpiredFriends,
  removeFriend as removeFriendFrom,
} from "./friend-registry.ts";
import { type FriendQuestion, friendEvidence, isNoFriend, releaseFriends, startFriendRound } from "./friends.ts";
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
  EVIDENCE_LIMIT,
  logPosteriorOf,
  questionLedger,
  REVERSAL_LIMIT,
  type Reversal,
  softmax,
} from "./ledger.ts";
import { obtainableAffiliation, obtainableClass } from "./obtainable.ts";
import { COMPANION, logRow } from "./source-tables.ts";

export type { FriendStatus, LedgerView } from "../model/ledger-view.ts";
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
  if (facts.length === 0) return;
  const question: FriendQuestion = {
    facts: facts[0],
    registry: state.friends,
    round: startFriendRound(state.friends, context.allTracks, context.now),
    allTracks: context.allTracks,
    now: context.now,
    remoteIdCoverage: 0,
    remoteIdSensor: "",
    previous: [],
    isExplained(key) {
      const other = state.tracks.get(key);
      return other !== undefined && (other.friend.friendId !== "" || other.automatic === "neutral");
    },
  };
  const friends = friendsInAir(state, context);
  for (const each of facts) {
    const track = trackOf(state, each.key, each.createdAt);
    track.origin = each.origin;
    const claims = context.claims(each.key);
    const others = friends.size > 0 ? (friends.get(each.origin) ?? NO_FRIENDS) : NO_FRIENDS;
    const sameClass = !judgeClass(state, track, each, claims, context);
    const quiet = isQuiet(track, each, claims, context, question);
    if (friends.size > 0) {
      if (!quiet || !isApart(each, others)) judgeCompany(state, track, each, others, context.now);
      else if (track.automatic !== "neutral") track.companion.updatedAt = context.now; // looked at, and it keeps no company
    }
    if (quiet && track.companion.score === 0) {
      keepLast(track, each);
      if (sameClass) (track.identification as Mutable<Identification>).at = context.now;
      else settle(track, context.now, undefined);
      continue;
    }
    if (each.status !== "tentative") {
      if (track.confirmedAt === 0) track.confirmedAt = context.now;
      judgeAffiliation(state, track, each, claims, context, question);
    }
    keepLast(track, each);
    settle(track, context.now, context.emitters?.findings.get(each.key));
    noteFriend(state, track);
    noteQuiet(track, each, claims, context.now);
  }
}

/**
 * Whether weighing a track's affiliation again would give what it gave last time. Most tracks of a large picture are far from everything and go on as they did;
 * they are weighed when their coverage is asked again, and when anything of this begins.
 */
function isQuiet(
  track: TrackIdentification,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  { now, assets, emitters }: IdentificationContext,
  { round, registry }: FriendQuestion,
): boolean {
  if (now - facts.createdAt >= 1000 * track.quietUntil || facts.status === "tentative") return false;
  if (emitters?.evidence.get(facts.key) !== undefined || emitters?.findings.get(facts.key) !== undefined) return false;
  return cooperationOf(facts, claims, now) === track.cooperation && isAway(facts, assets) && isNoFriend(round, registry, facts, now);
}

/** Notes for how long a track that was just weighed may be left, see `isQuiet`. */
function noteQuiet(track: TrackIdentification, facts: TrackFacts, claims: readonly ClaimFact[], now: Micros): void {
  track.quietUntil = 0;
  const { friend, companion, affiliation, identification } = track;
  if (facts.status === "tentative" || now - facts.createdAt < GROWN_UP || !track.assessed || track.isFriend) return;
  if (friend.friendId !== "" || friend.offSince !== 0 || friend.offFriendId !== "") return;
  if (companion.score !== 0 || isCompanion(companion, now)) return;
  if (track.declarations.length > 0 || track.dismissalTest !== undefined) return;
  if (track.findings.length > 0 || identification.findings.length > 0) return;
  if (!isSettled(affiliation, track.affiliationEvidence, now)) return;
  track.cooperation = cooperationOf(facts, claims, now);
  if (track.cooperation >= 0) track.quietUntil = Math.floor((affiliation.coverageAt + COVERAGE_PERIOD - facts.createdAt) / 1000);
}

/** Friends that fly now by origin, each with the corridor it has made. */
function friendsInAir(state: IdentificationState, context: IdentificationContext): ReadonlyMap<Origin, readonly FriendInAir[]> {
  if (state.friendTracks.size === 0) return NO_FRIENDS_IN_AIR;
  const friends = new Map<Origin, FriendInAir[]>();
  for (const facts of context.allTracks) {
    if (!state.friendTracks.has(facts.key)) continue;
    const track = state.tracks.get(facts.key);
    if (track === undefined) continue;
    extendTrail(track.trail, facts, context.now);
    const intent = state.friends.friends.get(track.friend.friendId)?.intent;
    const one = friendInAir(facts, intent?.name ?? facts.key, track.trail, intent);
    const list = friends.get(facts.origin);
    if (list === undefined) friends.set(facts.origin, [one]);
    else list.push(one);
  }
  return friends;
}
const NO_FRIENDS_IN_AIR: ReadonlyMap<Origin, readonly FriendInAir[]> = new Map();
const NO_FRIENDS: readonly FriendInAir[] = [];

/** Looks for company: of this track with a friend, and of two objects in a friend's track. */
function judgeCompany(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  friends: readonly FriendInAir[],
  now: Micros,
): void {
  if (track.isFriend) {
    const sensor = radarOfTwo(track.plots, now);
    if (sensor !== undefined && facts.status !== "tentative")
      report(track, "companion", now, 0.7, "companion-two-plots", { sensor, friend: nameOf(state, track) }, []);
    return;
  }
  // What a transponder and a radar explain together is no company; whatever a person dismissed it as is no reason to look away.
  if (track.automatic === "neutral") return;
  observeCompanion(track.companion, facts, friends, now);
  if (facts.status === "tentative" || !isCompanion(track.companion, now)) return;
  const { friendKey, kind, distance, heldAt } = track.companion;
  const other = state.tracks.get(friendKey);
  const values = { friend: other === undefined ? friendKey : nameOf(state, other), distance: Math.round(distance) };
  report(track, "companion", heldAt, 0.8, `companion-${kind}`, values, [friendKey]);
}

const nameOf = (state: IdentificationState, track: TrackIdentification): string =>
  state.friends.friends.get(track.friend.friendId)?.intent.name ?? track.key;

function keepLast(track: TrackIdentification, facts: TrackFacts): void {
  const { last } = track;
  const { position, velocity } = facts;
  last.at = facts.at;
  last.east = position[0];
  last.north = position[1];
  last.up = position[2];
  last.velocityEast = velocity[0];
  last.velocityNorth = velocity[1];
  last.velocityUp = velocity[2];
  last.heightKnown = facts.heightKnown;
  last.existence = facts.existence;
  last.sigma = horizontalSigma(facts.covariance);
}

/** False when nothing of it changed. */
function judgeClass(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  context: IdentificationContext,
): boolean {
  observeFacts(track.features, facts, context.wind);
  const before = track.classEvidence;
  const pieces = classEvidence(track.features, facts, classClaims(claims), context.wind, { previous: before });
  const extra = context.emitters?.evidence.get(facts.key);
  let evidence: Evidence[] = pieces;
  if (extra?.some(({ question }) => question === "class")) evidence = [...pieces, ...extra.filter(({ question }) => question === "class")];
  const members = context.companyOf?.(facts.key);
  const company =
    members === undefined
      ? undefined
      : companyEvidence(
          members.flatMap((key) => (key === facts.key ? [] : (state.tracks.get(key)?.ownLogOdds ?? []))),
          context.now,
        );
  const own = evidence;
  if (company !== undefined) evidence = [...evidence, company];
  if (evidence === before) return false;
  // Its own pieces are sound and one for each slot; those from elsewhere have to be looked at.
  if (evidence !== pieces || evidence.length > EVIDENCE_LIMIT) track.evidenceDropped += boundEvidence(evidence, CLASS_NAMES.length);
  track.classEvidence = evidence;
  const { probabilities, className, confidence, manned, uas } = classAnswer(logPosteriorOf(state.classLogPrior, evidence));
  noteReversal(track, track.classReversals, state.classLogPrior, track.class.className, className, before, evidence, context.now);
  track.class = { probabilities, className, confidence, manned, uas };
  track.ownLogOdds = logOdds(company === undefined ? uas : classAnswer(logPosteriorOf(state.classLogPrior, own)).uas);
  return true;
}

const automaticClass = (state: IdentificationState, evidence: readonly Evidence[]): ClassName =>
  classAnswer(logPosteriorOf(state.classLogPrior, evidence)).className;

function judgeAffiliation(
  state: IdentificationState,
  track: TrackIdentification,
  facts: TrackFacts,
  claims: readonly ClaimFact[],
  context: IdentificationContext,
  question: FriendQuestion,
): void {
  const { now } = context;
  const evidence = gathered;
  evidence.length = 0;
  // Whenever coverage is asked again all pieces are made anew, so that all are equally fresh and none has to be looked after in between.
  const previous = now - track.affiliation.coverageAt >= COVERAGE_PERIOD ? NO_EVIDENCE : track.affiliationEvidence;
  cooperativeEvidence(track.affiliation, facts, claims, context, previous, evidence);
  question.facts = facts;
  question.previous = previous;
  question.remoteIdCoverage = track.affiliation.remoteIdCoverage;
  question.remoteIdSensor = track.affiliation.remoteIdSensor;
  const warnings = friendEvidence(track.friend, question, evidence);
  if (warnings !== undefined)
    for (const { key, values, confidence, tracks } of warnings) report(track, "off-plan", now, confidence, key, values, tracks);
  const planned = track.friend.friendId !== "" && track.friend.offSince === 0;
  const nearest = closestApproach(facts, context.assets);
  behaviourEvidence(track.affiliation.behaviour, facts, nearest, now, planned, previous, evidence);
  if (!track.isFriend && isCompanion(track.companion, now)) {
    const { friendKey, distance, heldAt } = track.companion;
    const other = state.tracks.get(friendKey);
    const values = { friend: other === undefined ? friendKey : nameOf(state, other), distance: Math.round(distance) };
    evidence.push(affiliationEvidence("companion", "picket", "measured", heldAt, LOG_COMPANION, "affiliation-companion", values));
  }
  const extra = context.emitters?.evidence.get(facts.key);
  if (extra !== undefined) for (const piece of extra) if (piece.question === "affiliation") evidence.push(piece);
  const declared = declarationInForce(track, "affiliation", now);
  if (declared !== undefined) evidence.push(declarationEvidence(declared));
  if (extra !== undefined || evidence.length > EVIDENCE_LIMIT) track.evidenceDropped += boundEvidence(evidence, ALLEGIANCE_COUNT);
  // Mostly every piece is that of the last round.
  const before = track.affiliationEvidence;
  let same = evidence.length === before.length;
  for (let i = 0; i < evidence.length && same; i++) same = evidence[i] === before[i];
  replaceAffiliationEvidence(track, same ? before : evidence.slice(), now);
  if (track.dismissalTest !== undefined) judgeDismissal(state, track, facts, context, nearest);
}

const NO_EVIDENCE: readonly Evidence[] = [];
/** Scratch: nothing of it outlives the judgement of one track. */
const gathered: Evidence[] = [];

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
  const { probabilities } = track.class;
  for (let h = 0; h < CLASS_NAMES.length; h++) if (CLASS_FAMILY[CLASS_NAMES[h]] === family) sum += probabilities[h];
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

/** Puts a new ledger in place of the old one, reads it again when any weight changed, and writes down a change of the automatic answer. */
function replaceAffiliationEvidence(track: TrackIdentification, evidence: Evidence[], now: Micros): void {
  const before = track.affiliationEvidence;
  track.affiliationEvidence = evidence;
  const assessed = isAssessed(track, now);
  if (assessed === track.assessed && weighsTheSame(before, evidence)) return;
  const allegiance = softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, evidence));
  const automatic = decideFrom(allegiance, evidence, assessed);
  noteReversal(track, track.affiliationReversals, AFFILIATION_LOG_PRIOR, track.automatic, automatic, before, evidence, now);
  track.assessed = assessed;
  track.allegiance = allegiance;
  track.automatic = automatic;
  track.conflict = conflictOf(evidence, ALLEGIANCE_COUNT);
}

/** The same pieces from the same sources with the same weights: most rounds only their times and values are newer. */
function weighsTheSame(a: readonly Evidence[], b: readonly Evidence[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x.slot !== y.slot || x.source !== y.source || x.basis !== y.basis || x.key !== y.key) return false;
    const p = x.logLikelihood;
    const q = y.logLikelihood;
    if (p !== q && (p[0] !== q[0] || p[1] !== q[1] || p[2] !== q[2])) return false;
  }
  return true;
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
  if (track.declarations.length === 0) return undefined;
  return track.declarations.find((declaration) => declaration.question === question && declaration.expiresAt > now);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Joins estimate, declarations and findings into the answer that is shown. */
function settle(track: TrackIdentification, now: Micros, emitterFindings: readonly Finding[] | undefined): void {
  if (track.findings.length > 0 && track.findings.some((finding) => isOver(finding, now)))
    track.findings = track.findings.filter((finding) => !isOver(finding, now));
  if (track.declarations.length > 0) endDeclarations(track, now);
  const { probabilities, className, confidence, manned, uas } = track.class;
  const declaredClass = declarationInForce(track, "class", now);
  const declaredAffiliation = declarationInForce(track, "affiliation", now);
  const affiliation = declaredAffiliation === undefined ? track.automatic : (declaredAffiliation.value as Affiliation);
  const old = track.identification as Mutable<Identification>;
  const quiet =
    declaredClass === undefined && declaredAffiliation === undefined && (emitterFindings === undefined || emitterFindings.length === 0);
  // Nothing was found and nothing was said, and the estimates are those of the last round: the answer is the same, as of now.
  if (
    quiet &&
    track.findings.length === 0 &&
    old.findings === track.findings &&
    old.declarations === track.declarations &&
    track.declarations.length === 0 &&
    old.classProbabilities === probabilities &&
    old.className === className &&
    old.classConfidence === confidence &&
    old.allegiance === track.allegiance &&
    old.automatic === track.automatic &&
    old.affiliation === affiliation &&
    old.conflict === track.conflict &&
    (old.friendId ?? "") === track.friend.friendId
  ) {
    old.at = now;
    return;
  }
  const next: Mutable<Identification> = {
    at: now,
    classProbabilities: probabilities,
    className: declaredClass === undefined ? className : (declaredClass.value as ClassName),
    // Beside a person's word stands what the estimate gives it.
    classConfidence: declaredClass === undefined ? confidence : probabilities[CLASS_NAMES.indexOf(declaredClass.value as ClassName)],
    manned,
    uas,
    allegiance: track.allegiance,
    automatic: track.automatic,
    affiliation,
    conflict: track.conflict,
    declarations: track.declarations,
    findings: emitterFindings === undefined || emitterFindings.length === 0 ? track.findings : [...track.findings, ...emitterFindings],
  };
  if (track.friend.friendId !== "") next.friendId = track.friend.friendId;
  track.identification = next;
}

/** Keeps the list of friends in the air, whose corridors are watched. */
function noteFriend(state: IdentificationState, track: TrackIdentification): void {
  const { affiliation, friendId } = track.identification;
  const isFriend = affiliation === "friend" || affiliation === "assumed-friend" || friendId !== undefined;
  if (isFriend === track.isFriend) return;
  track.isFriend = isFriend;
  if (isFriend) state.friendTracks.add(track.key);
  else {
    state.friendTracks.delete(track.key);
    track.trail = [];
  }
}

function endDeclarations(track: TrackIdentification, now: Micros): void {
  const expired = track.declarations.filter((declaration) => declaration.expiresAt <= now);
  if (expired.length === 0) return;
  for (const declaration of expired) noteWithdrawal(track, declaration, now);
  track.declarations = track.declarations.filter((declaration) => declaration.expiresAt > now);
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
  track.quietUntil = 0;
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
  settle(track, at, foreignFindings(track));
  noteFriend(state, track);
  keepLabel(state, track, { at, by, kind: "declaration", value: `${question}: ${value}`, reason: kept.reason });
  return ok(kept);
}

/** Takes a declaration back; false when there is none. */
export function withdrawDeclaration(state: IdentificationState, trackKey: string, question: Question, at: Micros): boolean {
  const track = state.tracks.get(trackKey);
  const declaration = track?.declarations.find((other) => other.question === question);
  if (track === undefined || declaration === undefined) return false;
  track.quietUntil = 0;
  track.declarations = track.declarations.map((other) => (other === declaration ? { ...other, expiresAt: at } : other));
  if (question === "affiliation")
    replaceAffiliationEvidence(
      track,
      track.affiliationEvidence.filter(({ slot }) => slot !== "declaration"),
      at,
    );
  settle(track, at, foreignFindings(track));
  noteFriend(state, track);
  return true;
}

/** Findings that came from outside this module with the last round: they are kept until the next one. */
const foreignFindings = (track: TrackIdentification): readonly Finding[] =>
  track.identification.findings.filter((finding) => !track.findings.includes(finding));

function noteWithdrawal(track: TrackIdentification, declaration: Declaration, at: Micros): void {
  const isClass = declaration.question === "class";
  const to = isClass ? track.class.className : track.automatic;
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
  track.quietUntil = 0;
  track.dismissalTest = startDismissalTest(
    kept.reason,
    kept.at,
    track.last.at === 0 ? undefined : track.last,
    track.friend.friendId !== "",
    familyProbability(track, kept.reason),
  );
  track.findings = track.findings.filter(({ code }) => code !== "dismissal-contradicted");
  settle(
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
  if (last.at !== 0) {
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
  summarizeMotion(track.features, last.at === 0 ? label.at : last.at, last.sigma, motion);
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

/** The same for several: all or none, with every refusal named. */
export const registerFriends = (state: IdentificationState, intents: readonly FriendIntent[], now: Micros) =>
  registerFriendsIn(state.friends, intents, now);

/** False when there is no such announcement. The track that flew it falls back to what the rest of its evidence says at its next judgement. */
export const removeFriend = (state: IdentificationState, friendId: string): boolean => removeFriendFrom(state.friends, friendId);

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
