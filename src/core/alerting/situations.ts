// What holds now and may call a person. One picture in, a complete list of situations out; delays, latching and memory are the alarms' business.

import { MICROS_PER_SECOND } from "../base/units.ts";
import type { Attention, Situation } from "../model/alert.ts";
import type { Finding, Identification } from "../model/identity.ts";
import type { Origin } from "../model/observation.ts";
import type { Freshness } from "../model/picture-view.ts";
import type { Threat } from "../model/threat.ts";
import type { AssetFact, TrackFacts } from "../model/track-facts.ts";
import { ALARM_COSTS, type AlarmCosts, alarmLimit, mattersProbability, saysWhoItIs } from "./alarm-cost.ts";
import { COVER_SETTINGS, type CoverSettings, type CoverState, coverPromptFor, isOrdered } from "./take-cover.ts";

export interface SituationTrack {
  readonly facts: TrackFacts;
  readonly threat: Threat;
  readonly identification?: Identification;
  readonly attention: Readonly<Attention>;
}

/** Of the tracker: tracks that move together. */
export interface SituationGroup {
  readonly id: string;
  readonly origin: Origin;
  readonly tracks: readonly string[];
  readonly count: number;
  readonly countLow: number;
  readonly countHigh: number;
}

export interface SituationSensor {
  readonly id: string;
  readonly origin: Origin;
  readonly freshness: Freshness;
  /** Nothing else looks where it looked. */
  readonly alone: boolean;
  /** Where it looked, degrees clockwise from true north; absent: all around. */
  readonly sectorFromDegrees?: number;
  readonly sectorToDegrees?: number;
}

/** Many identities from one emitter. */
export interface SituationFlood {
  readonly id: string;
  readonly origin: Origin;
  readonly tracks: readonly string[];
  readonly identities: number;
  readonly sensorId: string;
}

/** A notification that did not get through: "never a silent failure". */
export interface UndeliveredFact {
  readonly notificationId: number;
  readonly kind: string;
  readonly channel: string;
  readonly message: string;
  readonly origin: Origin;
}

export interface SituationInputs {
  /** Tracks of swarms whose alarm is open. */
  readonly swarming?: ReadonlySet<string>;
  readonly tracks: readonly SituationTrack[];
  readonly assets: readonly AssetFact[];
  /** Zones by name; one that is not here is named by its id. */
  readonly zones?: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly SituationGroup[];
  readonly sensors: readonly SituationSensor[];
  readonly floods: readonly SituationFlood[];
  readonly undelivered?: readonly UndeliveredFact[];
  /** Orders to take cover: an asset for which one is in force needs no further suggestion. */
  readonly cover?: CoverState;
  /** Absent while the journal records. */
  readonly recordingFailed?: { readonly reason: string };
  /** Absent while everything is processed. */
  readonly overload?: { readonly dropped: number; readonly reason: string };
  /** Inbound tracks for which the attention guard has no room; absent or 0: none. */
  readonly leftOut?: number;
  /** Set while nothing is configured that a track could threaten: then no track is inbound and none is assessed. */
  readonly nothingProtected?: { readonly origin: Origin };
}

export interface SituationSettings {
  readonly costs: AlarmCosts;
  readonly cover: CoverSettings;
  /** Findings below this confidence do not call. */
  readonly findingConfidence: number;
  /** m from an asset beyond which a contradiction of a track that is not inbound does not call. */
  readonly contradictionWithin: number;
  /** Tracks that would each alarm, within this many metres and m/s of another, are one swarm from this number on. */
  readonly swarmTracks: number;
  readonly swarmDistance: number;
  readonly swarmSpeed: number;
  /**
   * A track that began less than `swarmYoung` s ago, or coasts, shows a velocity that nobody measured: within `swarmAmong` m of a track of a swarm whose
   * alarm is open it is of that swarm, whatever its velocity.
   */
  readonly swarmAmong: number;
  readonly swarmYoung: number;
  /** s to the zone above which a drone that says who it is gets "ask the neighbours" before anything else. */
  readonly askAbove: number;
  /**
   * P(matters) from which an approach calls after its definition's delay alone. What is less sure must go on for so many s first, with more time to the
   * zone than `unsureTime` (s) and with less: a bird that takes a neighbour's echo for a moment looks like a drone for a moment.
   */
  readonly sure: number;
  readonly unsureFar: number;
  readonly unsureNear: number;
  readonly unsureTime: number;
}

export const SITUATION_SETTINGS: SituationSettings = {
  costs: ALARM_COSTS,
  cover: COVER_SETTINGS,
  findingConfidence: 0.8,
  contradictionWithin: 5000,
  swarmTracks: 4,
  swarmDistance: 500,
  swarmSpeed: 8,
  swarmAmong: 150,
  swarmYoung: 10,
  askAbove: 60,
  sure: 0.75,
  unsureFar: 10,
  unsureNear: 6,
  unsureTime: 60,
};

const CONTRADICTIONS: ReadonlySet<Finding["code"]> = new Set<Finding["code"]>([
  "no-radar-support",
  "bearing-disagrees",
  "signal-strength-disagrees",
  "impossible-motion",
  "serial-in-two-places",
  "replayed-time",
  "constant-signal",
]);

interface Approach {
  track: SituationTrack;
  definitionIds: string[];
  values: Record<string, string | number>;
  /** That is entered; undefined where it is a zone. */
  assetId: string | undefined;
  /** Where cover is to be ordered, which may be another place than the one that is entered first. */
  cover: { readonly assetId: string; readonly values: Record<string, string | number> } | undefined;
  /** s for which what rests on P(matters) must hold before it calls. */
  holdFor: number;
}

/** Conditions that rest on P(matters) alone: nobody has said anything, and nothing else was found. */
const BY_PROBABILITY: ReadonlySet<string> = new Set(["keep-out-inside", "take-cover", "zone-entry", "unannounced-drone"]);

/**
 * Every condition that holds now.
 *
 * An approach calls when P(matters) x P(entry), by the place where that is largest, is above the limit of expected cost (`alarm-cost.ts`); being most
 * likely a drone is neither needed nor enough. Only confirmed and coasting tracks call. A dismissed track calls no more until its dismissal is
 * contradicted; one that a person accepted calls again only for cover and inside a keep-out. Tracks of one swarm, and fakes of one
 * flood, do not call one by one.
 */
export function findSituations(inputs: SituationInputs, settings: SituationSettings = SITUATION_SETTINGS): Situation[] {
  const situations: Situation[] = [];
  const faked = new Set<string>();
  for (const flood of inputs.floods) {
    for (const key of flood.tracks) faked.add(key);
    situations.push({
      definitionId: "remote-id-flood",
      subject: flood.id,
      origin: flood.origin,
      tracks: flood.tracks,
      values: { identities: flood.identities, sensor: flood.sensorId, tracks: flood.tracks.length },
    });
  }

  const approaches: Approach[] = [];
  let companions: Map<string, SituationTrack> | undefined;
  for (const track of inputs.tracks) {
    const { threat, identification, attention } = track;
    const findings = identification?.findings;
    const called = attention.state === "overdue" || attention.state === "reopened";
    const comes = threat.inbound || threat.zones?.some(({ entryProbability }) => entryProbability > 0.25) === true;
    if (!comes && !called && (findings === undefined || findings.length === 0)) continue;
    if (track.facts.status === "tentative") continue;
    if (findings !== undefined && findings.length > 0) {
      for (const finding of findings) {
        if (finding.code !== "companion") continue;
        companions ??= new Map();
        companions.set(track.facts.key, track);
      }
      contradictions(track, inputs.assets, faked, settings, situations);
    }
    if (faked.has(track.facts.key) && hasFinding(identification, "no-radar-support", 0.5)) continue;
    const approach = approachOf(track, inputs, settings);
    if (approach !== undefined) approaches.push(approach);
  }
  if (companions !== undefined) addCompanions(companions, approaches, inputs.assets, settings);

  const swarmed = swarms(approaches, inputs, settings, situations);
  const groupOfKey = new Map<string, SituationGroup>();
  for (const group of inputs.groups) for (const key of group.tracks) groupOfKey.set(key, group);
  for (const approach of approaches) {
    const { facts } = approach.track;
    if (swarmed.has(facts.key)) continue;
    const group = groupOfKey.get(facts.key);
    for (const definitionId of approach.definitionIds) {
      const { assetId, values } = definitionId === "take-cover" && approach.cover !== undefined ? approach.cover : approach;
      situations.push({
        definitionId,
        subject: facts.key,
        origin: facts.origin,
        tracks: [facts.key],
        ...(group === undefined ? {} : { beside: group.tracks }),
        ...(approach.holdFor > 0 && BY_PROBABILITY.has(definitionId) ? { holdFor: approach.holdFor } : {}),
        ...(assetId === undefined ? {} : { assetId }),
        values,
      });
    }
  }
  addSensors(inputs.sensors, situations);
  addSite(inputs, situations);
  return situations;
}

/** Which of the conditions of the family "approach" hold for one track; undefined: none. */
function approachOf(
  track: SituationTrack,
  { assets, zones, cover }: Pick<SituationInputs, "assets" | "zones" | "cover">,
  settings: SituationSettings,
): Approach | undefined {
  const { facts, threat, identification, attention } = track;
  if (attention.state === "dismissed") return undefined;
  const definitionIds: string[] = [];
  const accepted = attention.state === "assessed" && attention.by !== undefined;
  const matters = mattersProbability(facts.existence, identification, settings.costs);
  const insideLimit = alarmLimit(0, settings.costs);
  let worst: Place = NOWHERE;
  let inside: Place = NOWHERE;
  for (const asset of threat.assets) {
    const x = matters * asset.entryProbability;
    const time = asset.timeToKeepOut ?? (asset.closingSpeed > 0 ? asset.timeToClosestApproach : undefined);
    if (x > worst.x) worst = { x, assetId: asset.assetId, zoneId: undefined, time };
    if (asset.timeToKeepOut === 0 && x >= insideLimit && x > inside.x) inside = { x, assetId: asset.assetId, zoneId: undefined, time };
  }
  for (const zone of threat.zones ?? []) {
    const x = matters * zone.entryProbability;
    const place = { x, assetId: undefined, zoneId: zone.zoneId, time: zone.timeToEntry };
    if (x > worst.x) worst = place;
    if (zone.inside && zone.kind === "keep-out" && x >= insideLimit && x > inside.x) inside = place;
  }
  if (inside !== NOWHERE) definitionIds.push("keep-out-inside");
  if (attention.state === "overdue" && threat.inbound) definitionIds.push("inbound-unassessed");
  if (attention.boost > 0 && (attention.state === "reopened" || attention.state === "overdue"))
    definitionIds.push("dismissal-contradicted");
  const prompt = coverPromptFor(track, settings.cover, settings.costs);
  const covers = prompt !== undefined && (cover === undefined || !isOrdered(cover, prompt.assetId, facts.origin));
  if (covers) definitionIds.push("take-cover");
  const { time } = worst;
  if (!accepted && worst.x >= alarmLimit(time, settings.costs)) {
    const ask =
      time !== undefined &&
      time > settings.askAbove &&
      saysWhoItIs(facts, identification) &&
      attention.state !== "overdue" &&
      attention.state !== "reopened";
    definitionIds.push(ask ? "unannounced-drone" : "zone-entry");
  }
  if (definitionIds.length === 0) return undefined;
  // What it is inside of is named before what it may enter next.
  const named = inside === NOWHERE ? worst : inside;
  const zone = named.zoneId === undefined ? undefined : (zones?.find(({ id }) => id === named.zoneId)?.name ?? named.zoneId);
  return {
    track,
    definitionIds,
    values: valuesOf(track, assets, named.assetId, zone, named.time),
    assetId: named.assetId,
    cover: covers ? { assetId: prompt.assetId, values: valuesOf(track, assets, prompt.assetId, undefined, prompt.time) } : undefined,
    holdFor:
      matters >= settings.sure ? 0 : (named.time ?? settings.unsureTime) < settings.unsureTime ? settings.unsureNear : settings.unsureFar,
  };
}

/** P(matters) x P(entry) of one place, and s to it. */
interface Place {
  readonly x: number;
  readonly assetId: string | undefined;
  readonly zoneId: string | undefined;
  readonly time: number | undefined;
}
const NOWHERE: Place = { x: 0, assetId: undefined, zoneId: undefined, time: undefined };

/** What an alarm of an approach says: whole seconds, degrees and tens of metres, so that it can be spoken. */
function valuesOf(
  { facts, threat, identification }: SituationTrack,
  assets: readonly AssetFact[],
  assetId: string | undefined,
  zone: string | undefined,
  time: number | undefined,
): Record<string, string | number> {
  // A zone is named by itself, and never with an asset that happens to be near.
  const asset = zone !== undefined && assetId === undefined ? undefined : assets.find(({ id }) => id === (assetId ?? threat.assetId));
  const values: Record<string, string | number> = {
    track: facts.key,
    class: identification?.className ?? "unknown",
    affiliation: identification?.affiliation ?? "pending",
    score: Math.round(threat.score * 100),
  };
  if (zone !== undefined) values.zone = zone;
  if (asset !== undefined) {
    const east = facts.position[0] - asset.position[0];
    const north = facts.position[1] - asset.position[1];
    const bearing = Math.round((Math.atan2(east, north) * 180) / Math.PI);
    values.asset = asset.name;
    values.bearing = (bearing + 360) % 360;
    values.distance = Math.round(Math.sqrt(east * east + north * north) / 10) * 10;
  }
  if (time !== undefined) values.time = Math.round(time);
  return values;
}

function hasFinding(identification: Identification | undefined, code: Finding["code"], confidence: number): boolean {
  if (identification === undefined) return false;
  for (const finding of identification.findings) if (finding.code === code && finding.confidence >= confidence) return true;
  return false;
}

/** Contradicted claims and friends off their plan. */
function contradictions(
  track: SituationTrack,
  assets: readonly AssetFact[],
  faked: ReadonlySet<string>,
  settings: SituationSettings,
  situations: Situation[],
): void {
  const { facts, threat, identification, attention } = track;
  if (identification === undefined || attention.state === "dismissed") return;
  const near = threat.inbound || threat.assets.some(({ distance }) => distance <= settings.contradictionWithin);
  if (!near) return;
  let worst: Finding | undefined;
  for (const finding of identification.findings) {
    if (finding.confidence < settings.findingConfidence) continue;
    if (finding.code === "off-plan") {
      situations.push({
        definitionId: "off-plan",
        subject: facts.key,
        origin: facts.origin,
        tracks: [facts.key],
        values: { ...finding.values, ...valuesOf(track, assets, threat.assetId, undefined, threat.timeToZone) },
      });
    } else if (CONTRADICTIONS.has(finding.code) && (worst === undefined || finding.confidence > worst.confidence)) worst = finding;
  }
  if (worst === undefined || faked.has(facts.key)) return;
  // Two tracks under one serial are one situation: both name it by the same subject.
  const tracks = [facts.key, ...worst.tracks].sort();
  situations.push({
    definitionId: "identity-contradiction",
    subject: worst.code === "serial-in-two-places" ? tracks[0]! : facts.key,
    origin: facts.origin,
    tracks: [...new Set(tracks)],
    values: { ...worst.values, ...valuesOf(track, assets, threat.assetId, undefined, threat.timeToZone), finding: worst.code },
  });
}

const isFriendly = ({ identification }: SituationTrack) =>
  identification?.affiliation === "friend" || identification?.affiliation === "assumed-friend";

/** The second contact calls, not the friend that it follows, where both carry the finding. */
function addCompanions(
  companions: ReadonlyMap<string, SituationTrack>,
  approaches: Approach[],
  assets: readonly AssetFact[],
  settings: SituationSettings,
): void {
  for (const [key, track] of companions) {
    const finding = track.identification?.findings.find(({ code }) => code === "companion");
    if (finding === undefined || finding.confidence < 0.5 || track.attention.state === "dismissed") continue;
    if (track.attention.state === "assessed" && track.attention.by !== undefined) continue;
    const other = finding.tracks.some((partner) => {
      const pair = companions.get(partner);
      return pair !== undefined && (isFriendly(track) ? !isFriendly(pair) || partner > key : false);
    });
    if (other) continue;
    const near = track.threat.inbound || track.threat.assets.some(({ distance }) => distance <= settings.contradictionWithin);
    if (!near) continue;
    let approach = approaches.find((each) => each.track === track);
    if (approach === undefined) {
      approach = {
        track,
        definitionIds: [],
        values: valuesOf(track, assets, track.threat.assetId, undefined, track.threat.timeToZone),
        assetId: track.threat.assetId,
        cover: undefined,
        holdFor: 0,
      };
      approaches.push(approach);
    }
    approach.definitionIds.push("companion");
    approach.values = { ...approach.values, friend: finding.tracks[0] ?? "-" };
  }
}

/**
 * Approaches that fly together are one situation: linked by distance and velocity, and by groups of the tracker, so that those which the tracker has
 * not yet counted to a group are not called one by one. A chain that holds three of a group is that group's; without a group it takes `swarmTracks`.
 *
 * Tracks of a swarm whose alarm is open are links too, though they do not call at the moment: one that strays from its group for some seconds, or whose
 * track broke and began again among the others, is still of that swarm. Only what calls makes a situation.
 */
function swarms(
  approaches: readonly Approach[],
  { groups, tracks: all, swarming = NOBODY }: Pick<SituationInputs, "groups" | "tracks" | "swarming">,
  settings: SituationSettings,
  situations: Situation[],
): Set<string> {
  const swarmed = new Set<string>();
  if (approaches.length === 0 || (approaches.length < 3 && swarming.size === 0)) return swarmed;
  const groupOf = new Map<string, number>();
  groups.forEach((group, index) => {
    for (const key of group.tracks) groupOf.set(key, index);
  });
  const calling = new Map(approaches.map((approach) => [approach.track.facts.key, approach]));
  const linked = approaches.map(({ track }) => track.facts);
  if (swarming.size > 0) for (const { facts } of all) if (swarming.has(facts.key) && !calling.has(facts.key)) linked.push(facts);
  for (const chain of chainsOf(linked, groupOf, swarming, settings)) {
    const callers: Approach[] = [];
    const callingOf = new Map<number, number>();
    let alone = 0;
    let known = false;
    for (const { key } of chain) {
      const index = groupOf.get(key);
      const approach = calling.get(key);
      known ||= swarming.has(key);
      if (index === undefined) alone += 1;
      else callingOf.set(index, (callingOf.get(index) ?? 0) + (approach === undefined ? 0 : 1));
      if (approach !== undefined) callers.push(approach);
    }
    if (callers.length === 0) continue;
    const held = [...callingOf]
      .filter(([index, count]) => count >= 3 || wasSwarm(groups[index]!, swarming))
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (held.length === 0 && callers.length < settings.swarmTracks && !(known && chain.length >= LEAST_LEFT)) continue;
    const members = new Set(chain.map(({ key }) => key));
    let count = held.length === 0 ? chain.length : alone;
    let low = count;
    let high = count;
    for (const [index] of held) {
      const group = groups[index]!;
      for (const key of group.tracks) members.add(key);
      count += group.count;
      low += group.countLow;
      high += group.countHigh;
    }
    let first = callers[0]!;
    for (const each of callers) if ((each.track.threat.timeToZone ?? 1e9) < (first.track.threat.timeToZone ?? 1e9)) first = each;
    const tracks = [...members].sort();
    for (const key of tracks) swarmed.add(key);
    const largest = held[0];
    situations.push({
      definitionId: "swarm",
      subject: largest === undefined ? `near-${tracks[0]}` : groups[largest[0]]!.id,
      origin: first.track.facts.origin,
      tracks,
      ...(first.assetId === undefined ? {} : { assetId: first.assetId }),
      values: { ...first.values, count: Math.round(count), low: Math.round(low), high: Math.round(high) },
    });
  }
  return swarmed;
}

const NOBODY: ReadonlySet<string> = new Set();
/** What is left of a swarm is one while so many of it fly together; the last one calls by itself. */
const LEAST_LEFT = 2;

/** Most of it is in a swarm's open alarm: one member that calls is enough to keep the situation one. */
function wasSwarm(group: SituationGroup, swarming: ReadonlySet<string>): boolean {
  if (swarming.size === 0) return false;
  let known = 0;
  for (const key of group.tracks) if (swarming.has(key)) known += 1;
  return 2 * known > group.tracks.length;
}

/** Single linkage: tracks sorted by east, each compared with those that are not too far east of it; members of one group are linked. */
function chainsOf(
  tracks: readonly TrackFacts[],
  groupOf: ReadonlyMap<string, number>,
  swarming: ReadonlySet<string>,
  settings: SituationSettings,
): TrackFacts[][] {
  const sorted = [...tracks].sort((a, b) => a.position[0] - b.position[0] || (a.key < b.key ? -1 : 1));
  const parent = sorted.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    parent[index] = root;
    return root;
  };
  const firstOfGroup = new Map<number, number>();
  for (let i = 0; i < sorted.length; i++) {
    const facts = sorted[i]!;
    const group = groupOf.get(facts.key);
    if (group !== undefined) {
      const first = firstOfGroup.get(group);
      if (first === undefined) firstOfGroup.set(group, i);
      else parent[rootOf(i)] = rootOf(first);
    }
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j]!;
      if (other.position[0] - facts.position[0] > settings.swarmDistance) break;
      if (together(facts, other, settings) || isAmong(facts, other, swarming, settings)) parent[rootOf(j)] = rootOf(i);
    }
  }
  const chains = new Map<number, TrackFacts[]>();
  for (let i = 0; i < sorted.length; i++) {
    const root = rootOf(i);
    const chain = chains.get(root);
    if (chain === undefined) chains.set(root, [sorted[i]!]);
    else chain.push(sorted[i]!);
  }
  return [...chains.values()];
}

function together(a: TrackFacts, b: TrackFacts, settings: SituationSettings): boolean {
  if (a.origin !== b.origin) return false;
  const de = a.position[0] - b.position[0];
  const dn = a.position[1] - b.position[1];
  if (de * de + dn * dn > settings.swarmDistance * settings.swarmDistance) return false;
  const dve = a.velocity[0] - b.velocity[0];
  const dvn = a.velocity[1] - b.velocity[1];
  // A track that was just taken up in a dense group, or lost in it, hardly knows its velocity.
  const variance = (a.covariance[21]! + a.covariance[28]! + b.covariance[21]! + b.covariance[28]!) / 2;
  return dve * dve + dvn * dvn <= Math.max(settings.swarmSpeed * settings.swarmSpeed, 4 * variance);
}

/** One of the two is of a swarm whose alarm is open, and the other's place among it is all that is known of it. */
function isAmong(a: TrackFacts, b: TrackFacts, swarming: ReadonlySet<string>, settings: SituationSettings): boolean {
  if (a.origin !== b.origin || !(swarming.has(a.key) ? isUnsettled(b, settings) : swarming.has(b.key) && isUnsettled(a, settings)))
    return false;
  return Math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]) <= settings.swarmAmong;
}

const isUnsettled = ({ status, at, createdAt }: TrackFacts, { swarmYoung }: SituationSettings): boolean =>
  status === "coasting" || at - createdAt < swarmYoung * MICROS_PER_SECOND;

function addSensors(sensors: readonly SituationSensor[], situations: Situation[]): void {
  for (const sensor of sensors) {
    if (sensor.freshness !== "OFFLINE") continue;
    situations.push({
      definitionId: sensor.alone ? "sensor-lost" : "sensor-degraded",
      subject: sensor.id,
      origin: sensor.origin,
      tracks: [],
      values: {
        sensor: sensor.id,
        from: Math.round(sensor.sectorFromDegrees ?? 0),
        to: Math.round(sensor.sectorToDegrees ?? 360),
      },
    });
  }
}

function addSite(inputs: SituationInputs, situations: Situation[]): void {
  const site = (definitionId: string, values: Record<string, string | number>, origin: Origin = "live") =>
    situations.push({ definitionId, subject: origin === "live" ? "site" : `site-${origin}`, origin, tracks: [], values });
  if (inputs.recordingFailed !== undefined) site("recording-failed", { reason: inputs.recordingFailed.reason });
  if (inputs.overload !== undefined) site("overload", { dropped: inputs.overload.dropped, reason: inputs.overload.reason });
  if (inputs.leftOut !== undefined && inputs.leftOut > 0) site("attention-full", { count: inputs.leftOut });
  if (inputs.nothingProtected !== undefined) site("nothing-protected", {}, inputs.nothingProtected.origin);
  // One alarm for all that did not get through, named by the newest; an order to take cover is a matter of its own. What failed in an exercise never
  // stands for what failed in earnest: an alarm keeps the origin that it was raised with.
  for (const [definitionId, ofCover] of [
    ["take-cover-undelivered", true],
    ["notification-undelivered", false],
  ] as const) {
    for (const origin of ORIGINS) {
      const failed = (inputs.undelivered ?? []).filter(
        (each) => each.origin === origin && (each.kind === "take-cover" || each.kind === "all-clear") === ofCover,
      );
      const newest = failed[failed.length - 1];
      if (newest === undefined) continue;
      const channels = [...new Set(failed.map(({ channel }) => channel))].sort();
      site(definitionId, { count: failed.length, channels: channels.join(", "), reason: newest.message }, origin);
    }
  }
}

const ORIGINS: readonly Origin[] = ["live", "exercise", "recorded", "simulated"];
