// What threat, ranking, attention guard and alarms cost for 1,000 tracks a scan: part of `npm run bench -- assessment`. Seeded.

import { ALARM_DEFINITIONS } from "../src/core/alerting/alarm-definitions.ts";
import { alertFigures, createAlerting, updateAlerts } from "../src/core/alerting/alerts.ts";
import { attentionOf, createAttention, updateAttention } from "../src/core/alerting/attention.ts";
import { findSituations } from "../src/core/alerting/situations.ts";
import { MICROS_PER_SECOND, type Micros } from "../src/core/base/units.ts";
import { attentionTracks, judgedTracks, renewAttention } from "../src/core/engine/judged-tracks.ts";
import { createRandom, normal, uniform, uniformBetween } from "../src/core/math/random.ts";
import { CLASS_NAMES, type Identification } from "../src/core/model/identity.ts";
import type { Threat } from "../src/core/model/threat.ts";
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
  const identifications = made.map(() => anIdentification({ classes: split(0.5) }) as Told);
  const threats: Threat[] = [];
  for (let scan = 0; scan < SCANS; scan++) {
    const now = at(scan);
    const facts = made as unknown as TrackFacts[];
    for (let i = 0; i < TRACKS; i++) {
      const flyer = flyers[i]!;
      // Straight for 200 s, then back: the same share is always on its way in.
      const along = (scan % 400 < 200 ? scan % 200 : 200 - (scan % 200)) * flyer.speed;
      const back = scan % 400 < 200 ? 1 : -1;
      const [sin, cos] = [Math.sin(flyer.course), Math.cos(flyer.course)];
      made[i]!.position[0] = flyer.e + along * sin;
      made[i]!.position[1] = flyer.n + along * cos;
      made[i]!.velocity[0] = back * flyer.speed * sin + 0.4 * normal(random);
      made[i]!.velocity[1] = back * flyer.speed * cos + 0.4 * normal(random);
      tell(identifications[i]!, 1 / (1 + Math.exp(-flyer.logit - 0.45 * normal(random))));
    }

    const t0 = process.cpuUsage();
    for (let i = 0; i < TRACKS; i++) {
      const loiterSeconds = updateLoiter(loiter, facts[i]!, THREAT_SETTINGS.loiterRadius, now);
      const judged = { identification: identifications[i]!, loiterSeconds };
      threats[i] = assessThreat(facts[i]!, judged, SITE, THREAT_SETTINGS, now, false, threats[i]);
    }
    const t1 = process.cpuUsage();
    const candidates = [];
    for (let i = 0; i < TRACKS; i++) {
      const { key, status } = facts[i]!;
      candidates.push({ key, threat: threats[i]!, boost: attentionOf(attention, key).boost, status });
    }
    rank = rankTracks(rank, candidates, now);
    const t2 = process.cpuUsage();
    const tracks = judgedTracks(
      facts,
      attention,
      (key) => threats[indexOf(key)],
      (key) => identifications[indexOf(key)],
    );
    updateAttention(attention, attentionTracks(tracks, attention), { now, settings: SETTINGS });
    renewAttention(attention);
    const t3 = process.cpuUsage();
    const situations = findSituations({ tracks, assets: ASSETS, groups: [], sensors: [], floods: [] });
    updateAlerts(alerting, situations, { now, definitions: ALARM_DEFINITIONS });
    const t4 = process.cpuUsage();
    if (scan < WARM_UP) continue;
    parts.threat.push(ms(t0, t1));
    parts.rank.push(ms(t1, t2));
    parts.attention.push(ms(t2, t3));
    parts.alarms.push(ms(t3, t4));
    all.push(ms(t0, t4));
    inbound = threats.filter((threat) => threat.inbound).length;
  }
  for (let scan = 0; scan < 100; scan++) {
    const t4 = process.cpuUsage();
    for (let i = 0; i < TRACKS; i++)
      assessThreat(made[i]! as unknown as TrackFacts, { identification: identifications[i]! }, SITE, THREAT_SETTINGS, at(SCANS));
    parts.explained.push(ms(t4, process.cpuUsage()));
  }
  const { open } = alertFigures(alerting, at(SCANS));
  return { parts, all, note: `${TRACKS} tracks, 3 assets, 1 zone; ${inbound} inbound, ${open} alarms open at the end` };
}

const ms = (from: NodeJS.CpuUsage, to: NodeJS.CpuUsage) => (to.user + to.system - from.user - from.system) / 1000;
/** Keys are "T0", "T1" and so on. */
const indexOf = (key: string) => Number(key.slice(1));
const ASSETS = SITE.assets.map(({ id, positionEnu, radius }) => ({ id, name: id, position: positionEnu, radius }));

type Told = { -readonly [Key in keyof Identification]: Identification[Key] } & { classProbabilities: number[] };

/** Writes over in place: the collector's work in the figures is that of the judgement alone. */
function tell(identification: Told, uas: number): void {
  const { classProbabilities } = identification;
  classProbabilities[MULTIROTOR] = 0.97 * uas;
  classProbabilities[BIRD] = 0.97 * (1 - uas);
  identification.uas = 0.97 * uas;
  identification.className = uas >= 0.5 ? "multirotor-small" : "bird-medium";
}
const MULTIROTOR = CLASS_NAMES.indexOf("multirotor-small");
const BIRD = CLASS_NAMES.indexOf("bird-medium");

/** P(uas) over small multirotors, the rest over birds, 3 % unknown. */
const split = (uas: number) => ({ "multirotor-small": 0.97 * uas, "bird-medium": 0.97 * (1 - uas) });
