// What threat, ranking, attention guard and alarms cost for 1,000 tracks a scan: part of `npm run bench -- assessment`. Seeded.

import { ALARM_DEFINITIONS } from "../src/core/alerting/alarm-definitions.ts";
import { alertFigures, createAlerting, updateAlerts } from "../src/core/alerting/alerts.ts";
import { attentionOf, createAttention, updateAttention } from "../src/core/alerting/attention.ts";
import { findSituations } from "../src/core/alerting/situations.ts";
import { MICROS_PER_SECOND, type Micros } from "../src/core/base/units.ts";
import { createRandom, normal, uniform, uniformBetween } from "../src/core/math/random.ts";
import type { Identification } from "../src/core/model/identity.ts";
import type { TrackFacts } from "../src/core/model/track-facts.ts";
import { assessThreat, type ThreatSite } from "../src/core/threat/assess-threat.ts";
import { createLoiter, updateLoiter } from "../src/core/threat/loiter.ts";
import { createRank, rankTracks } from "../src/core/threat/rank.ts";
import { anIdentification, aTrack } from "../src/core/threat/test-tracks.ts";
import { THREAT_SETTINGS } from "../src/core/threat/threat-settings.ts";

const TRACKS = 1000;
const SCANS = 400;
const WARM_UP = 150;
const START = 1_767_225_600e6;
const at = (seconds: number) => Math.round(START + seconds * MICROS_PER_SECOND) as Micros;

const SITE: ThreatSite = {
  assets: [
    { id: "depot", positionEnu: [0, 0, 0], radius: 500, weight: 2 },
    { id: "mess", positionEnu: [1200, 800, 0], radius: 300, weight: 1 },
    { id: "tower", positionEnu: [-900, 1500, 20], radius: 300, weight: 1 },
  ],
  zones: [
    {
      id: "fence",
      kind: "keep-out",
      polygonEnu: [
        [-1800, -1200],
        [2000, -1400],
        [2400, 1900],
        [200, 2600],
        [-1700, 2200],
      ],
      floor: -50,
      ceiling: 600,
      inForce: true,
    },
  ],
};
const SETTINGS = { attentionScore: 0.5, assessSeconds: 20, urgentSeconds: 5, urgentBelowSeconds: 60 };
const PARTS = ["threat", "rank", "attention", "alarms", "explained"] as const;

/** ms of CPU time of each part and of all, one number for each scan after the warm-up. "explained", threat with its contributions for every track, is not in all. */
export function measureThreat(): { parts: Record<(typeof PARTS)[number], number[]>; all: number[]; note: string } {
  const random = createRandom(9);
  const flyers = Array.from({ length: TRACKS }, (_, i) => ({
    key: `T${i}`,
    e: uniformBetween(random, -6000, 6000),
    n: uniformBetween(random, -6000, 6000),
    course: uniformBetween(random, 0, 2 * Math.PI),
    speed: 4 + 16 * uniform(random),
    // 2 % drones, the rest birds whose P(uas) lies between 0.02 and 0.3.
    logit: i % 50 === 0 ? 2 : -2.37 + 0.35 * normal(random),
  }));
  const loiter = createLoiter();
  const attention = createAttention();
  const alerting = createAlerting();
  let rank = createRank();
  const parts: Record<(typeof PARTS)[number], number[]> = { threat: [], rank: [], attention: [], alarms: [], explained: [] };
  const all: number[] = [];
  let inbound = 0;
  const made = flyers.map(({ key }) => ({
    ...aTrack({ key, position: [0, 0, 100], velocity: [0, 0, 0] }),
    position: [0, 0, 100],
    velocity: [0, 0, 0],
  }));
  for (let scan = 0; scan < SCANS; scan++) {
    const now = at(scan);
    const facts = made as unknown as TrackFacts[];
    const identifications: Identification[] = [];
    for (let i = 0; i < TRACKS; i++) {
      const flyer = flyers[i]!;
      // Straight for 200 s, then back: the same share is always on its way in.
      const along = (scan % 400 < 200 ? scan % 200 : 200 - (scan % 200)) * flyer.speed;
      const back = scan % 400 < 200 ? 1 : -1;
      const [sin, cos] = [Math.sin(flyer.course), Math.cos(flyer.course)];
      made[i]!.position = [flyer.e + along * sin, flyer.n + along * cos, 100];
      made[i]!.velocity = [back * flyer.speed * sin + 0.4 * normal(random), back * flyer.speed * cos + 0.4 * normal(random), 0];
      identifications.push(anIdentification({ classes: split(1 / (1 + Math.exp(-flyer.logit - 0.45 * normal(random)))) }));
    }

    const t0 = process.cpuUsage();
    const judged = [];
    for (let i = 0; i < TRACKS; i++) {
      const identification = identifications[i]!;
      const loiterSeconds = updateLoiter(loiter, facts[i]!, THREAT_SETTINGS.loiterRadius, now);
      const threat = assessThreat(facts[i]!, { identification, loiterSeconds }, SITE, THREAT_SETTINGS, now, false);
      judged.push({ facts: facts[i]!, threat, identification });
    }
    const t1 = process.cpuUsage();
    rank = rankTracks(
      rank,
      judged.map(({ facts: { key, status }, threat }) => ({ key, threat, status, boost: attentionOf(attention, key).boost })),
      now,
    );
    const t2 = process.cpuUsage();
    updateAttention(
      attention,
      judged.map(({ facts: { key }, threat, identification }) => ({
        key,
        inbound: threat.inbound,
        timeToZone: threat.timeToZone,
        score: threat.score,
        uas: identification.uas,
        className: identification.className,
        affiliation: identification.affiliation,
        findings: identification.findings,
      })),
      { now, settings: SETTINGS },
    );
    const t3 = process.cpuUsage();
    const situations = findSituations({
      tracks: judged.map(({ facts: track, threat, identification }) => ({
        facts: track,
        threat,
        identification,
        attention: attentionOf(attention, track.key),
      })),
      assets: SITE.assets.map(({ id, positionEnu, radius }) => ({ id, name: id, position: positionEnu, radius })),
      groups: [],
      sensors: [],
      floods: [],
    });
    updateAlerts(alerting, situations, { now, definitions: ALARM_DEFINITIONS });
    const t4 = process.cpuUsage();
    for (let i = 0; i < TRACKS; i++) assessThreat(facts[i]!, { identification: identifications[i]! }, SITE, THREAT_SETTINGS, now);
    const t5 = process.cpuUsage();
    if (scan < WARM_UP) continue;
    const ms = (from: NodeJS.CpuUsage, to: NodeJS.CpuUsage) => (to.user + to.system - from.user - from.system) / 1000;
    parts.threat.push(ms(t0, t1));
    parts.rank.push(ms(t1, t2));
    parts.attention.push(ms(t2, t3));
    parts.alarms.push(ms(t3, t4));
    parts.explained.push(ms(t4, t5));
    all.push(ms(t0, t4));
    inbound = judged.filter(({ threat }) => threat.inbound).length;
  }
  const { open } = alertFigures(alerting, at(SCANS));
  return { parts, all, note: `${TRACKS} tracks, 3 assets, 1 zone; ${inbound} inbound, ${open} alarms open at the end` };
}

/** P(uas) over small multirotors, the rest over birds, 3 % unknown. */
const split = (uas: number) => ({ "multirotor-small": 0.97 * uas, "bird-medium": 0.97 * (1 - uas) });
