// The attention guard: no inbound track is left unassessed. Above the site's attention score a person assesses, in time; below it a listed rule
// does, with its reason, and the track comes back when the reason stops fitting. A person's dismissal is a hypothesis that is tested on.

import { err, ok, type Result } from "../base/result.ts";
import { MICROS_PER_SECOND, type Micros, micros } from "../base/units.ts";
import { type Attention, DISMISSAL_REASONS, type DismissalReason } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";
import type { ClassName, Finding } from "../model/identity.ts";
import { CLASS_FAMILY } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";

/** What the guard is told of a track. */
export interface AttentionTrack {
  readonly key: string;
  readonly inbound: boolean;
  /** s. */
  readonly timeToZone?: number;
  /** 0..1, of the threat. */
  readonly score: number;
  /** P(unmanned aircraft); undefined: nobody has classified it. */
  readonly uas?: number;
  readonly className: ClassName;
  readonly affiliation: Affiliation;
  /** The identification's own test of a person's reason. */
  readonly dismissalContradicted?: Finding;
  readonly findings: readonly Finding[];
}

export interface AttentionSettings {
  /** Score from which a person must assess. */
  readonly attentionScore: number;
  /** s to assess, and s where the track is nearer than `urgentBelowSeconds` to a zone. */
  readonly assessSeconds: number;
  readonly urgentSeconds: number;
  readonly urgentBelowSeconds: number;
}

interface AttentionRecord {
  attention: Attention;
  seenAt: Micros;
  /** Last time that it was inbound. */
  inboundAt: Micros;
  /** A person must assess; follows the score with a margin. */
  person: boolean;
  /** Of the newest update, and when a person assessed it. */
  score: number;
  dismissedScore: number;
  /** Since when P(uas) contradicts the reason. */
  contradictedSince: Micros | undefined;
}

export interface AttentionState {
  /** Keyed by track. Tracks that were never inbound are not in it. */
  records: Map<string, AttentionRecord>;
  /** Records that were pushed out because the memory was full. */
  evicted: number;
  /** Inbound tracks without a record at the newest update, because all that are kept are worth more: the guard says nothing of them. */
  leftOut: number;
  /** When gone tracks were last looked for. */
  sweptAt: Micros;
}

export interface AttentionChange {
  readonly key: string;
  readonly at: Micros;
  readonly from: Attention["state"];
  readonly to: Attention["state"];
  /** Catalogue key: why it came back, or the rule that assessed it. */
  readonly because?: string;
  readonly by?: Actor;
}

/** Tracks in the memory. */
export const ATTENTION_CAPACITY = 4096;
/** By how much the score must fall below the attention score before a rule takes over from a person. */
const SCORE_MARGIN = 0.05;
/** s that a track must have stopped being inbound before nothing is asked any more. */
const LEAVES_AFTER = 5;
/** s after which a track that a person accepted must be assessed again when it comes back. */
const FORGETS_ACCEPTANCE_AFTER = 300;
/** s without the track after which it is forgotten. */
const FORGETS_AFTER = 300;
const SWEEPS_EVERY = 10;
/** Rise of the score above that of the dismissal, at which the dismissal no longer holds. */
const SCORE_RISE = 0.25;
/** P(uas) from which a suspect below the attention score goes to a person. */
const SUSPECT_UAS = 0.15;
/** P(uas) that contradicts every reason but "friend" and "other", and s that it must hold. */
const CONTRADICTING_UAS = 0.8;
const CONTRADICTS_AFTER = 5;
/** s for which a finding must go on after a person dismissed the track once more in its face. */
const PERSISTS_FOR = 30;
/** Boost of a track that came back. */
export const REOPENED_BOOST = 0.2;

const NOT_INBOUND: Attention = { state: "not-inbound", needs: "rule", boost: 0 };

export const createAttention = (): AttentionState => ({ records: new Map(), evicted: 0, leftOut: 0, sweptAt: micros(0) });

/** How the track stands; never inbound where nothing is known. */
export const attentionOf = (state: AttentionState, key: string): Readonly<Attention> => state.records.get(key)?.attention ?? NOT_INBOUND;

/** Findings in whose face no rule may assess: something pretends, or follows. */
const NO_RULE_WITH: ReadonlySet<Finding["code"]> = new Set<Finding["code"]>([
  "companion",
  "serial-in-two-places",
  "dismissal-contradicted",
  "off-plan",
]);

/**
 * The listed rules, in the order in which they are asked, for tracks below the attention score. The first that fits assesses the track; its key
 * and values are shown. The last always fits: that the score is low is itself the reason, and it stops fitting when the score rises.
 */
export const ATTENTION_RULES: readonly {
  readonly key: string;
  readonly fits: (track: AttentionTrack) => boolean;
}[] = [
  {
    key: "rule.flood-member",
    fits: ({ findings }) => has(findings, "many-identities-one-emitter") && has(findings, "no-radar-support"),
  },
  { key: "rule.friend", fits: ({ affiliation }) => affiliation === "friend" || affiliation === "assumed-friend" },
  { key: "rule.bird", fits: ({ className, uas }) => CLASS_FAMILY[className] === "bird" && (uas ?? 1) < 0.35 },
  { key: "rule.aircraft", fits: ({ className, uas }) => CLASS_FAMILY[className] === "manned" && (uas ?? 1) < 0.1 },
  { key: "rule.balloon", fits: ({ className, uas }) => CLASS_FAMILY[className] === "lta" && (uas ?? 1) < 0.25 },
  { key: "rule.ground-or-clutter", fits: ({ className }) => CLASS_FAMILY[className] === "ground" || CLASS_FAMILY[className] === "clutter" },
  { key: "rule.low-score", fits: () => true },
];

const has = (findings: readonly Finding[], code: Finding["code"]) => {
  for (const finding of findings) if (finding.code === code && finding.confidence >= 0.5) return true;
  return false;
};

/**
 * Brings the guard up to `now`. `tracks`: every track of the picture. Changes `state`; answers what changed.
 *
 * due: a person must assess by `assessBy`, which only ever comes nearer. overdue: the time ran out. reopened: an assessment stopped fitting,
 * with a boost of the rank and an `assessBy` of its own. What a person accepted stays accepted until the track has been away for five minutes.
 */
export function updateAttention(
  state: AttentionState,
  tracks: readonly AttentionTrack[],
  context: { now: Micros; settings: AttentionSettings },
): AttentionChange[] {
  const { now, settings } = context;
  const changes: AttentionChange[] = [];
  admit(state, tracks, now, settings);
  for (const track of tracks) {
    const record = state.records.get(track.key);
    if (record === undefined) continue;
    record.seenAt = now;
    record.score = track.score;
    if (track.inbound) record.inboundAt = now;
    const before = record.attention.state;
    const because = attend(record, track, now, settings);
    if (record.attention.state !== before)
      changes.push({ key: track.key, at: now, from: before, to: record.attention.state, ...(because === undefined ? {} : { because }) });
  }
  if (now - state.sweptAt >= SWEEPS_EVERY * MICROS_PER_SECOND) {
    state.sweptAt = now;
    for (const [key, record] of state.records) if (now - record.seenAt > FORGETS_AFTER * MICROS_PER_SECOND) state.records.delete(key);
  }
  return changes;
}

/** Changes the record; answers why, where there is a reason. */
function attend(record: AttentionRecord, track: AttentionTrack, now: Micros, settings: AttentionSettings): string | undefined {
  const { attention } = record;
  const away = (now - record.inboundAt) / MICROS_PER_SECOND;
  if (attention.by !== undefined && (attention.state === "dismissed" || attention.state === "assessed")) {
    if (attention.state === "dismissed") {
      const why = contradictionOf(record, track, now);
      if (why === undefined) return undefined;
      reopen(record, track, why, now, settings);
      return why;
    }
    if (track.inbound || away < FORGETS_ACCEPTANCE_AFTER) return undefined;
    record.attention = { ...NOT_INBOUND };
    return undefined;
  }
  if (!track.inbound) {
    if (attention.state === "not-inbound" || away < LEAVES_AFTER) return undefined;
    // What came back against a person's word stays open until a person has spoken again.
    if (attention.reopenedBecause?.startsWith("reopened.") === true && attention.boost > 0) return undefined;
    record.attention = { ...NOT_INBOUND };
    return undefined;
  }

  const limit = record.person ? settings.attentionScore - SCORE_MARGIN : settings.attentionScore;
  record.person = attention.boost > 0 || needsPerson(track, limit);
  if (!record.person) return byRule(record, track, now);

  const hadRule = attention.rule;
  const allowed =
    track.timeToZone !== undefined && track.timeToZone < settings.urgentBelowSeconds ? settings.urgentSeconds : settings.assessSeconds;
  const fresh = micros(now + Math.round(allowed * MICROS_PER_SECOND));
  attention.needs = "person";
  attention.assessBy = attention.assessBy === undefined || fresh < attention.assessBy ? fresh : attention.assessBy;
  delete attention.rule;
  delete attention.ruleValues;
  if (hadRule !== undefined) {
    delete attention.assessedAt;
    attention.reopenedBecause = "rule.stopped-fitting";
    attention.reopenedAt = now;
  }
  if (now >= attention.assessBy) attention.state = "overdue";
  else if (attention.state !== "reopened" && attention.state !== "overdue") attention.state = "due";
  return hadRule === undefined ? undefined : "rule.stopped-fitting";
}

function byRule(record: AttentionRecord, track: AttentionTrack, now: Micros): string | undefined {
  const { attention } = record;
  for (const rule of ATTENTION_RULES) {
    if (!rule.fits(track)) continue;
    const changed = attention.state !== "assessed" || attention.rule !== rule.key;
    if (changed) {
      attention.assessedAt = now;
      attention.rule = rule.key;
      attention.ruleValues = {
        score: Math.round(track.score * 100) / 100,
        className: track.className,
        uas: track.uas === undefined ? "-" : Math.round(track.uas * 100) / 100,
        affiliation: track.affiliation,
      };
    }
    attention.state = "assessed";
    attention.needs = "rule";
    delete attention.assessBy;
    return changed ? rule.key : undefined;
  }
  return undefined;
}

/** Why a person's dismissal no longer holds; undefined while it does. */
function contradictionOf(record: AttentionRecord, track: AttentionTrack, now: Micros): string | undefined {
  const { attention } = record;
  const spokenAt = attention.assessedAt ?? now;
  const isNew = (finding: Finding) =>
    finding.confidence >= 0.5 && (finding.at > spokenAt || finding.lastAt - spokenAt > PERSISTS_FOR * MICROS_PER_SECOND);
  if (track.dismissalContradicted !== undefined && isNew(track.dismissalContradicted)) return "reopened.behaviour";
  for (const finding of track.findings) {
    if (finding.code === "dismissal-contradicted" && isNew(finding)) return "reopened.behaviour";
    if (finding.code === "companion" && isNew(finding)) return "reopened.companion";
    if (finding.code === "off-plan" && attention.reason === "friend" && isNew(finding)) return "reopened.off-plan";
    if (finding.code === "serial-in-two-places" && attention.reason === "friend" && isNew(finding)) return "reopened.serial";
  }
  if (track.affiliation === "hostile" || track.affiliation === "suspect") {
    if (track.score > record.dismissedScore) return "reopened.affiliation";
  }
  if (track.score >= record.dismissedScore + SCORE_RISE) return "reopened.score";
  const speaksAgainst =
    attention.reason !== "friend" && attention.reason !== "other" && track.uas !== undefined && track.uas >= CONTRADICTING_UAS;
  if (!speaksAgainst) record.contradictedSince = undefined;
  else {
    record.contradictedSince ??= now;
    if (now - Math.max(record.contradictedSince, spokenAt) >= CONTRADICTS_AFTER * MICROS_PER_SECOND) return "reopened.class";
  }
  return undefined;
}

function reopen(record: AttentionRecord, track: AttentionTrack, because: string, now: Micros, settings: AttentionSettings): void {
  const { reason, text } = record.attention;
  const allowed =
    track.timeToZone !== undefined && track.timeToZone < settings.urgentBelowSeconds ? settings.urgentSeconds : settings.assessSeconds;
  record.attention = {
    state: "reopened",
    needs: "person",
    assessBy: micros(now + Math.round(allowed * MICROS_PER_SECOND)),
    ...(reason === undefined ? {} : { reason }),
    ...(text === undefined ? {} : { text }),
    reopenedBecause: because,
    reopenedAt: now,
    boost: REOPENED_BOOST,
  };
  record.person = true;
  record.contradictedSince = undefined;
}

/** No rule may assess it. `limit`: of the score. */
function needsPerson(track: AttentionTrack, limit: number): boolean {
  return (
    track.score >= limit ||
    (track.affiliation === "hostile" && track.score >= limit / 2) ||
    // Automation suspects by behaviour too, and birds behave: what is surely none of ours to fear stays with a rule.
    (track.affiliation === "suspect" && (track.uas ?? 1) >= SUSPECT_UAS && track.score >= limit / 2) ||
    (track.findings.length > 0 && track.findings.some((finding) => NO_RULE_WITH.has(finding.code) && finding.confidence >= 0.5))
  );
}

// What a record is worth when there is no room, the larger the longer kept: tracks that are gone, then what a rule assessed, then what waits for a
// person, each by score; what a person said of a track that is there is never pushed out.
const WAITS = 2; // above every score and boost
const SAID = 10;

function worthOf(record: AttentionRecord, present: boolean): number {
  if (!present) return -1;
  const { attention, score, person } = record;
  if (attention.by !== undefined) return SAID;
  return score + (person ? WAITS + attention.boost : 0);
}

/** Those that would be pushed out, the least worthy first; the one seen longest ago where that is the same. */
function victimsOf(state: AttentionState, present: ReadonlySet<string> | undefined): { key: string; worth: number }[] {
  const victims: { key: string; worth: number; seenAt: Micros }[] = [];
  for (const [key, record] of state.records) {
    const worth = worthOf(record, present?.has(key) ?? true);
    if (worth < SAID) victims.push({ key, worth, seenAt: record.seenAt });
  }
  return victims.sort((a, b) => a.worth - b.worth || a.seenAt - b.seenAt || (a.key < b.key ? -1 : 1));
}

/**
 * Makes a record for each track that came inbound. When there is no room the least worthy goes, by what waits for a person and by score, never by age: a
 * newcomer that is worth less than everything kept stays out, and is counted.
 */
function admit(state: AttentionState, tracks: readonly AttentionTrack[], now: Micros, settings: AttentionSettings): void {
  state.leftOut = 0;
  const newcomers = tracks.filter((track) => track.inbound && !state.records.has(track.key));
  if (state.records.size + newcomers.length <= ATTENTION_CAPACITY) {
    for (const { key } of newcomers) remember(state, key, now);
    return;
  }
  const worthOfTrack = (track: AttentionTrack) => track.score + (needsPerson(track, settings.attentionScore) ? WAITS : 0);
  const waiting = newcomers
    .map((track) => ({ key: track.key, worth: worthOfTrack(track) }))
    .sort((a, b) => b.worth - a.worth || (a.key < b.key ? -1 : 1));
  const victims = victimsOf(state, new Set(tracks.map(({ key }) => key)));
  let next = 0;
  for (const { key, worth } of waiting) {
    if (state.records.size >= ATTENTION_CAPACITY) {
      const victim = victims[next];
      // The margin keeps two that are about equal from pushing each other out by turns.
      if (victim === undefined || worth < victim.worth + SCORE_MARGIN) {
        state.leftOut += 1;
        continue;
      }
      next += 1;
      state.records.delete(victim.key);
      state.evicted += 1;
    }
    remember(state, key, now);
  }
}

function remember(state: AttentionState, key: string, now: Micros): AttentionRecord {
  const record: AttentionRecord = {
    attention: { ...NOT_INBOUND },
    seenAt: now,
    inboundAt: now,
    person: false,
    score: 0,
    dismissedScore: 0,
    contradictedSince: undefined,
  };
  state.records.set(key, record);
  return record;
}

/** A person speaks of a track that the guard does not keep: that is worth more than whatever nobody spoke of. */
function makeRoomForPerson(state: AttentionState, key: string, now: Micros): AttentionRecord | undefined {
  if (state.records.size >= ATTENTION_CAPACITY) {
    const victim = victimsOf(state, undefined)[0];
    if (victim === undefined) return undefined;
    state.records.delete(victim.key);
    state.evicted += 1;
  }
  return remember(state, key, now);
}

export type Verdict = { readonly kind: "accept" } | { readonly kind: "dismiss"; readonly reason: DismissalReason; readonly text?: string };

export interface AssessmentRefusal {
  readonly code: "unknown-reason" | "no-text" | "full";
  readonly message: string;
}

/**
 * A person's assessment. Accept: it is what it looks like, somebody has it in hand. Dismiss: it needs no attention, for a listed reason; "other" needs a
 * text. A later rise of the score is measured against that of the newest update. The caller checks that there is such a track.
 */
export function assessByPerson(
  state: AttentionState,
  key: string,
  verdict: Verdict,
  actor: Actor,
  now: Micros,
): Result<AttentionChange, AssessmentRefusal> {
  const text = verdict.kind === "dismiss" ? (verdict.text ?? "").trim().slice(0, 500) : "";
  if (verdict.kind === "dismiss") {
    if (!DISMISSAL_REASONS.includes(verdict.reason))
      return err({ code: "unknown-reason", message: `a reason is one of ${DISMISSAL_REASONS.join(", ")}` });
    if (verdict.reason === "other" && text === "") return err({ code: "no-text", message: 'say why, where the reason is "other"' });
  }
  const record = state.records.get(key) ?? makeRoomForPerson(state, key, now);
  if (record === undefined) return err({ code: "full", message: "people have assessed more tracks than can be kept" });
  const from = record.attention.state;
  record.attention =
    verdict.kind === "accept"
      ? { state: "assessed", needs: "person", assessedAt: now, by: actor, boost: 0 }
      : {
          state: "dismissed",
          needs: "person",
          assessedAt: now,
          by: actor,
          reason: verdict.reason,
          ...(text === "" ? {} : { text }),
          boost: 0,
        };
  record.dismissedScore = record.score;
  record.contradictedSince = undefined;
  return ok({ key, at: now, from, to: record.attention.state, by: actor });
}
