// What the guard and the alarms are told of each track. A round of a large picture looks at every track twenty times a second, so the objects are
// written over from round to round: nothing of them outlives the round.

import type { AttentionState, AttentionTrack } from "../alerting/attention.ts";
import { attentionOf } from "../alerting/attention.ts";
import type { SituationTrack } from "../alerting/situations.ts";
import type { Finding, Identification } from "../model/identity.ts";
import type { Threat } from "../model/threat.ts";
import type { TrackFacts } from "../model/track-facts.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const pool: Mutable<SituationTrack>[] = [];
const round: SituationTrack[] = [];

/** The tracks that have been judged, in the order of `all`. What comes back is valid until it is asked for again; `attention` is that of now. */
export function judgedTracks(
  all: readonly TrackFacts[],
  attention: AttentionState,
  threatOf: (key: string) => Threat | undefined,
  identificationOf: (key: string) => Identification | undefined,
): readonly SituationTrack[] {
  let count = 0;
  for (const facts of all) {
    const threat = threatOf(facts.key);
    if (threat === undefined) continue;
    let track = pool[count];
    const identification = identificationOf(facts.key);
    if (track === undefined) {
      track = { facts, threat, attention: attentionOf(attention, facts.key), identification };
      pool.push(track);
    } else {
      track.facts = facts;
      track.threat = threat;
      track.attention = attentionOf(attention, facts.key);
    }
    track.identification = identification;
    round[count] = track;
    count += 1;
  }
  round.length = count;
  // After a flood the pool is as large as that was; what it points to must not live on.
  if (pool.length > 2 * count + 64) pool.length = count;
  return round;
}

/** Tracks that the guard was told of in this round: only theirs can have changed. */
const renewed: Mutable<SituationTrack>[] = [];

/** Reads the attention of each again of which `attentionTracks` told the guard, after the guard was brought up to date. */
export function renewAttention(attention: AttentionState): void {
  for (const track of renewed) track.attention = attentionOf(attention, track.facts.key);
}

/** The tracks that the guard has to be told of: those on their way in, and those that it knows. It ignores all others. */
export function attentionTracks(tracks: readonly SituationTrack[], attention: AttentionState): AttentionTrack[] {
  const told: AttentionTrack[] = [];
  renewed.length = 0;
  for (const track of tracks) {
    const { facts, threat, identification } = track;
    // A track that nobody has confirmed asks for nothing: most of them are gone in a second.
    const inbound = threat.inbound && facts.status !== "tentative";
    if (!inbound && !attention.records.has(facts.key)) continue;
    renewed.push(track);
    const findings = identification?.findings ?? NO_FINDINGS;
    const one: Mutable<AttentionTrack> = {
      key: facts.key,
      inbound,
      score: threat.score,
      className: identification?.className ?? "unknown",
      affiliation: identification?.affiliation ?? "pending",
      findings,
    };
    if (threat.timeToZone !== undefined) one.timeToZone = threat.timeToZone;
    if (identification !== undefined) one.uas = identification.uas;
    if (findings.length > 0) {
      const contradicted = findings.find(({ code }) => code === "dismissal-contradicted");
      if (contradicted !== undefined) one.dismissalContradicted = contradicted;
    }
    told.push(one);
  }
  return told;
}
const NO_FINDINGS: readonly Finding[] = [];
