// Between the tracker and the views: what each track is and whose, how bad, who must be called. Runs as time passes: a track is judged
// when something new of it was heard, and once a second all the same.

import { attentionOf } from "../alerting/attention.ts";
import { MICROS_PER_SECOND } from "../base/units.ts";
import { heightToHae } from "../geodesy/heights.ts";
import { geodeticToEnu, type LocalFrame } from "../geodesy/wgs84.ts";
import { checkEmitters, emitterEvidence, emitterFindings } from "../identification/emitters/emitters.ts";
import type { IdentificationState } from "../identification/identification-state.ts";
import { forgetTracks, friendsOf, identificationOf, identifyTracks, registerFriend, removeFriend } from "../identification/identify.ts";
import { moveFriend } from "../identification/move-friend.ts";
import type { Effect } from "../model/event.ts";
import type { Evidence, Finding } from "../model/identity.ts";
import type { Height } from "../model/observation.ts";
import type { Site, Zone } from "../model/site.ts";
import type { Threat } from "../model/threat.ts";
import type { AssetFact, ClaimFact, TrackFacts, Wind } from "../model/track-facts.ts";
import { assessThreat, type ThreatSite, type ThreatZone } from "../threat/assess-threat.ts";
import { courseOf, forgetCourses, refineCourse } from "../threat/course.ts";
import { forgetLoiter, loiterOf, updateLoiter } from "../threat/loiter.ts";
import { RANK_SETTINGS, rankTracks } from "../threat/rank.ts";
import { THREAT_SETTINGS, type ThreatSettings } from "../threat/threat-settings.ts";
import { callPeople } from "./call-people.ts";
import { CLAIM_AGE, claimsAbout } from "./claims.ts";
import { coverageOf } from "./coverage.ts";
import { companies, groupsOf } from "./groups.ts";
import { createJudgement, judgementSettings } from "./judgement-state.ts";
import { notify, type Picture } from "./picture.ts";
import { tellStandings } from "./standings.ts";
import { readFacts } from "./track-facts.ts";
import { noteState } from "./unusable-states.ts";
import { isActive } from "./views.ts";

/** us between two rounds; a track with news waits at most two of them. */
const ROUND = 50_000;
/** Every track is judged this often though nothing was heard of it: it comes nearer all the same. */
const AT_LEAST = MICROS_PER_SECOND;
const RANK_PERIOD = MICROS_PER_SECOND / 2;

export function windOf(picture: Picture): Wind | undefined {
  if (picture.judgement.wind !== undefined) return picture.judgement.wind;
  const wind = judgementSettings(picture).wind;
  return wind === undefined ? undefined : { ...wind, from: "configuration" };
}

/**
 * Takes the announcements of a configuration over. `moved`: the site's frame is another, so that nothing that was kept in it is true any more, but for
 * what people entered: announcements are turned from the frame before (absent: there was none) into the new one, labels keep what they say.
 */
export function configureJudgement(picture: Picture, site: Site, moved: { readonly from: LocalFrame | undefined } | undefined): void {
  const { judgement, now } = picture;
  if (moved !== undefined) {
    picture.judgement = {
      ...createJudgement(),
      alerting: judgement.alerting,
      notifications: judgement.notifications,
      cover: judgement.cover,
      coverNotification: judgement.coverNotification,
      health: judgement.health,
      wind: judgement.wind,
    };
    keepWhatPeopleSaid(picture, judgement.identification, moved.from);
  }
  const { identification } = picture.judgement;
  const announced = new Set((site.friends ?? []).map(({ id }) => id));
  for (const { intent } of friendsOf(identification, now))
    if (intent.from === "file" && !announced.has(intent.id)) removeFriend(identification, intent.id);
  for (const friend of site.friends ?? []) {
    const kept = registerFriend(identification, friend, now);
    if (!kept.ok) notify(picture, "warning", "friend-refused", { friend: friend.name, reason: kept.error.message });
  }
}

function keepWhatPeopleSaid(picture: Picture, before: IdentificationState, from: LocalFrame | undefined): void {
  const { identification } = picture.judgement;
  identification.labels = before.labels;
  identification.labelsDropped = before.labelsDropped;
  if (from === undefined) return;
  for (const { intent } of friendsOf(before, picture.now)) {
    if (intent.from === "file") continue; // the configuration has it in the new frame already
    const kept = registerFriend(identification, moveFriend(intent, from, picture.frame), picture.now);
    if (!kept.ok) notify(picture, "warning", "friend-refused", { friend: intent.name, reason: kept.error.message });
  }
}

/** One round, when it is due. */
export function judge(picture: Picture, effects: Effect[]): void {
  const { judgement, now } = picture;
  if (now - judgement.lastRoundAt < ROUND) return;
  judgement.lastRoundAt = now;
  const all = readFacts(picture);
  const coverage = coverageOf(picture);
  const assets = assetsOf(picture);
  if (now - judgement.lastEmittersAt >= MICROS_PER_SECOND) {
    checkBroadcasts(picture, all, coverage);
    tellStandings(picture);
  }
  const due = all.filter(
    ({ key }) => judgement.heard.has(key) || now - (judgement.judgedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= AT_LEAST,
  );
  judgement.heard.clear();
  const wind = windOf(picture);
  const company = companies(groupsOf(picture), all);
  identifyTracks(judgement.identification, due, {
    now,
    ...(wind === undefined ? {} : { wind }),
    claims: (key) => claimFacts(picture, key),
    coverage: coverage.at,
    emitters: emittersOf(picture, due),
    companyOf: (key) => company.get(key),
    allTracks: all,
    assets,
  });
  const site = threatSite(picture, assets);
  const settings = threatSettings(picture);
  for (const facts of due) {
    const identification = identificationOf(judgement.identification, facts.key);
    const loiterSeconds = updateLoiter(judgement.loiter, facts, settings.loiterRadius, now);
    const judged = identification === undefined ? { loiterSeconds } : { identification, loiterSeconds };
    noteState(picture, facts);
    const refined = refineCourse(judgement.courses, facts, now);
    judgement.threats.set(facts.key, assessThreat(refined, judged, site, settings, now, false, judgement.threats.get(facts.key)));
    judgement.judgedAt.set(facts.key, now);
  }
  callPeople(picture, all, assets, coverage, effects);
  if (now - judgement.lastRankAt >= RANK_PERIOD) settleRanks(picture, all);
}

/** The newest threat of one track with its reasons; undefined where there is no such track. Reads only. */
export function explainThreat(picture: Picture, key: string): Threat | undefined {
  const { judgement, now } = picture;
  const facts = readFacts(picture).find((each) => each.key === key);
  if (facts === undefined) return undefined;
  const identification = identificationOf(judgement.identification, key);
  const loiterSeconds = loiterOf(judgement.loiter, key, now);
  const judged = identification === undefined ? { loiterSeconds } : { identification, loiterSeconds };
  return assessThreat(courseOf(judgement.courses, facts), judged, threatSite(picture, assetsOf(picture)), threatSettings(picture), now);
}

function settleRanks(picture: Picture, all: readonly TrackFacts[]): void {
  const { judgement, now } = picture;
  judgement.lastRankAt = now;
  const alive = new Set(all.map(({ key }) => key));
  for (const key of judgement.judgedAt.keys()) {
    if (alive.has(key)) continue;
    judgement.judgedAt.delete(key);
    judgement.threats.delete(key);
    judgement.unusable.delete(key);
  }
  forgetTracks(judgement.identification, alive);
  forgetLoiter(judgement.loiter, now, 60);
  forgetCourses(judgement.courses, now, 60);
  const candidates = [];
  for (const { key, status } of all) {
    const threat = judgement.threats.get(key);
    if (threat !== undefined) candidates.push({ key, threat, boost: attentionOf(judgement.attention, key).boost, status });
  }
  judgement.rank = rankTracks(judgement.rank, candidates, now, { ...RANK_SETTINGS, matters: judgementSettings(picture).attention.score });
}

function checkBroadcasts(picture: Picture, all: readonly TrackFacts[], coverage: ReturnType<typeof coverageOf>): void {
  const { judgement, now } = picture;
  const since = judgement.lastEmittersAt;
  judgement.lastEmittersAt = now;
  checkEmitters(judgement.emitters, {
    now,
    tracks: all,
    coverage: coverage.radars,
    bearings: judgement.bearings
      .filter((bearing) => bearing.at > since)
      .map(({ sensorId, at, from, azimuth, azimuthSigma, identities }) => ({
        sensorId,
        at,
        positionEnu: from,
        azimuth,
        sigma: azimuthSigma,
        identities,
      })),
    fixes: judgement.fixes,
  });
  judgement.fixes = [];
}

function emittersOf(
  picture: Picture,
  due: readonly TrackFacts[],
): { findings: ReadonlyMap<string, readonly Finding[]>; evidence: ReadonlyMap<string, readonly Evidence[]> } {
  const { emitters } = picture.judgement;
  const findings = new Map<string, readonly Finding[]>();
  const evidence = new Map<string, readonly Evidence[]>();
  for (const { key } of due) {
    if (!emitters.verdicts.has(key)) continue;
    findings.set(key, emitterFindings(emitters, key));
    evidence.set(key, emitterEvidence(emitters, key));
  }
  return { findings, evidence };
}

/** What was said lately about the identities of a track. */
export function claimFacts(picture: Picture, key: string): ClaimFact[] {
  const record = picture.tracks.get(key);
  if (record === undefined) return [];
  const facts: ClaimFact[] = [];
  for (const claim of claimsAbout(picture, record.origin, record.identities.values())) {
    if (picture.now - claim.heardAt > CLAIM_AGE) continue;
    facts.push({
      sensorId: claim.sensorId,
      sensorKind: picture.sensors.get(claim.sensorId)?.kind ?? "other",
      heardAt: claim.heardAt,
      statements: claim.statements,
      identities: claim.identities,
    });
  }
  return facts;
}

export function assetsOf(picture: Picture): AssetFact[] {
  return (picture.site?.assets ?? []).map(({ id, name, position, radius }) => ({
    id,
    name,
    position: geodeticToEnu(picture.frame, position.latitude, position.longitude, position.heightHae),
    radius,
  }));
}

function threatSettings(picture: Picture): ThreatSettings {
  const { horizon } = judgementSettings(picture);
  return { ...THREAT_SETTINGS, horizon };
}

/** A zone in the site's frame does not change while the site does not: worked out once for each site and QNH. */
const placedZones = new WeakMap<Site, { qnh: number | undefined; zones: Omit<ThreatZone, "inForce">[] }>();

function threatSite(picture: Picture, assets: readonly AssetFact[]): ThreatSite {
  const { site } = picture;
  if (site === undefined) return { assets: [], zones: [] };
  let placed = placedZones.get(site);
  if (placed === undefined || placed.qnh !== picture.qnh) {
    placed = { qnh: picture.qnh, zones: site.zones.map((zone) => placeZone(picture, zone)) };
    placedZones.set(site, placed);
  }
  return {
    assets: assets.map(({ id, position, radius }, index) => ({ id, positionEnu: position, radius, weight: site.assets[index]!.weight })),
    zones: placed.zones.map((zone, index) => ({ ...zone, inForce: isActive(site.zones[index]!.schedule, picture.now) })),
  };
}

function placeZone(picture: Picture, zone: Zone): Omit<ThreatZone, "inForce"> {
  const { frame, qnh } = picture;
  const up = (height: Height | undefined): number | undefined => {
    const [first] = zone.polygon;
    if (height === undefined || first === undefined) return undefined;
    // Above take-off means above the ground of the site.
    if (height.kind === "takeoff") return height.value;
    const hae = heightToHae(height, first.latitude, first.longitude, { qnh })?.hae;
    return hae === undefined ? undefined : hae - frame.origin.heightHae;
  };
  const floor = up(zone.floor);
  const ceiling = up(zone.ceiling);
  return {
    id: zone.id,
    kind: zone.kind,
    polygonEnu: zone.polygon.map(({ latitude, longitude }) => {
      const [east, north] = geodeticToEnu(frame, latitude, longitude, frame.origin.heightHae);
      return [east, north] as const;
    }),
    ...(floor === undefined ? {} : { floor }),
    ...(ceiling === undefined ? {} : { ceiling }),
  };
}
