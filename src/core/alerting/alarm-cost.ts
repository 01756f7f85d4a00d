// When a track is worth an alarm: expected cost, from zone and approach, never "most likely class".

import { CLASS_NAMES, type Finding, type Identification } from "../model/identity.ts";
import type { Identity } from "../model/observation.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { TrackFacts } from "../model/track-facts.ts";

export interface AlarmCosts {
  /** Of an alarm for nothing: attention that another track needed, and a crew that believes the next one less. The unit. */
  readonly falseAlarm: number;
  /** Of no alarm, in that unit, when there is time to wait for more evidence, and when there is none. */
  readonly missFar: number;
  readonly missNear: number;
  /** s to the zone that are far and near; between them the cost rises evenly. */
  readonly far: number;
  readonly near: number;
  /** Share of P(unknown) that counts as drone: "unknown" is an answer, not an excuse. */
  readonly unknownShare: number;
}

/**
 * Limits of P(matters) x P(entry): 1 / (1 + 1) = 0.5 far off and 1 / (1 + 1.2) = 0.45 near. They look high for a thing so costly to miss; the reason
 * is the base rate. In an hour of migration 400 birds come with a P(uas) of up to 0.3, and a crew that is called for each of them is a crew that no
 * longer looks. What stays below is still shown, ranked and assessed by a rule with its reason.
 */
export const ALARM_COSTS: AlarmCosts = { falseAlarm: 1, missFar: 1, missNear: 1.2, far: 120, near: 20, unknownShare: 0.3 };

/** How far an affiliation lets a drone be a reason for an alarm, 0..1. */
export const ALARM_LEGITIMACY: Readonly<Record<Affiliation, number>> = {
  friend: 0,
  "assumed-friend": 0.1,
  neutral: 0.3,
  pending: 0.9,
  unknown: 0.9,
  suspect: 1,
  hostile: 1,
};

const UNKNOWN = CLASS_NAMES.indexOf("unknown");

/** Findings after which a friendly affiliation excuses nothing. */
const UNEXCUSED: ReadonlySet<Finding["code"]> = new Set<Finding["code"]>([
  "companion",
  "serial-in-two-places",
  "off-plan",
  "impossible-motion",
  "dismissal-contradicted",
]);

/** P(a drone that nobody has a good reason for) of a second contact in a friend's corridor, when that is certain. An estimate. */
const COMPANION_SHARE = 0.85;

/** P(a drone that nobody has a good reason for), 0..1. Without any identification: half a drone. */
export function mattersProbability(existence: number, identification: Identification | undefined, costs: AlarmCosts = ALARM_COSTS): number {
  const exists = Math.min(1, Math.max(0, existence));
  if (identification === undefined) return 0.5 * ALARM_LEGITIMACY.pending * exists;
  const drone = Math.min(1, identification.uas + costs.unknownShare * (identification.classProbabilities[UNKNOWN] ?? 0));
  let opened = 0;
  for (const finding of identification.findings)
    if (UNEXCUSED.has(finding.code) && finding.confidence > opened) opened = Math.min(1, finding.confidence);
  // What keeps a drone's company is probably one, whatever its echo looks like.
  let company = 0;
  for (const finding of identification.findings)
    if (finding.code === "companion" && identification.affiliation !== "friend" && identification.affiliation !== "assumed-friend")
      company = Math.max(company, COMPANION_SHARE * Math.min(1, finding.confidence));
  const gate = ALARM_LEGITIMACY[identification.affiliation];
  // A person's word about a hostile stands though the class is unclear.
  const declared = identification.affiliation === "hostile" ? 0.5 : 0;
  return Math.max(declared, company, drone * (gate + (1 - gate) * opened)) * exists;
}

/** P(matters) x P(entry) from which the expected cost of silence is above that of an alarm, `time` s before the zone. */
export function alarmLimit(time: number | undefined, costs: AlarmCosts = ALARM_COSTS): number {
  const t = time ?? costs.far;
  const nearness = Math.min(1, Math.max(0, (costs.far - t) / (costs.far - costs.near)));
  const miss = costs.missFar + nearness * (costs.missNear - costs.missFar);
  return costs.falseAlarm / (costs.falseAlarm + miss);
}

const BROADCASTS: ReadonlySet<Identity["scheme"]> = new Set<Identity["scheme"]>([
  "remote-id-serial",
  "remote-id-session",
  "caa-registration",
]);

/** Says who it is, and nothing speaks against it. Still a claim: it changes what is asked first, not whether it is watched. */
export function saysWhoItIs(facts: Pick<TrackFacts, "identities">, identification: Identification | undefined): boolean {
  if (!facts.identities.some(({ scheme }) => BROADCASTS.has(scheme))) return false;
  if (identification === undefined) return true;
  if (identification.affiliation === "suspect" || identification.affiliation === "hostile") return false;
  return !identification.findings.some(({ confidence }) => confidence >= 0.5);
}
