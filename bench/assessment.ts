// npm run bench -- assessment: what the judgement of 1,000 tracks costs, part by part. Seeded; mean, median and 95 % of scans, in ms of CPU
// time of the whole process, the collector's threads included. A scan is one look at the whole sky: every track has moved since the last, by one
// second, and each is judged once. Tracks began at different seconds, as they do in any sky, so that what is done every few
// seconds for each is spread over the scans; the mean is what counts. Making the scene is not in it, predicting the tracks neither (tracker).

import { cpus, loadavg } from "node:os";
import { MICROS_PER_SECOND, type Micros } from "../src/core/base/units.ts";
import { classAnswer } from "../src/core/identification/class-answer.ts";
import { classEvidence, classPrior } from "../src/core/identification/class-evidence.ts";
import { createClassFeatures, observeFacts } from "../src/core/identification/class-features.ts";
import { classClaims } from "../src/core/identification/class-labels.ts";
import {
  createIdentification,
  type IdentificationContext,
  identificationOf,
  identifyTracks,
  registerFriend,
} from "../src/core/identification/identify.ts";
import { logPosteriorOf } from "../src/core/identification/ledger.ts";
import { createRandom, normal, uniformBetween } from "../src/core/math/random.ts";
import type { Evidence, FriendIntent } from "../src/core/model/identity.ts";
import type { Identity } from "../src/core/model/observation.ts";
import type { ClaimFact, Contributor, CoverageFact, TrackFacts } from "../src/core/model/track-facts.ts";
import { measureThreat } from "./assessment-threat.ts";

const TRACKS = 1000;
const ROUNDS = 240;
const WARM_UP = 60;
/** ms of CPU a scan. */
const BAR = 3;
const START = 1_767_225_600e6;
const at = (seconds: number) => Math.round(START + seconds * MICROS_PER_SECOND) as Micros;

interface Part {
  readonly name: string;
  readonly measure: () => Figures;
}
interface Figures {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  /** ms that the issue allows; undefined where it names none. */
  readonly bar?: number;
  readonly note: string;
}

const PARTS: Part[] = [
  { name: "identification, all", measure: () => identification().all },
  { name: "identification, class alone", measure: () => identification().classAlone },
  { name: "identification, the rest", measure: () => identification().rest },
  { name: "threat, scores", measure: () => threat("threat") },
  { name: "ranking", measure: () => threat("rank") },
  { name: "attention guard", measure: () => threat("attention") },
  { name: "situations and alarms", measure: () => threat("alarms") },
  { name: "threat to alarms, all", measure: () => threat("all") },
  { name: "threat with contributions", measure: () => threat("explained") },
  {
    name: "identification, with errors",
    measure: () => ({ ...identification(true).all, note: "the same with a tracker's errors; not part of the sum" }),
  },
];

// --- Identification ---------------------------------------------------------------------------------------------------------------------

interface Scene {
  readonly facts: TrackFacts[];
  readonly claims: ReadonlyMap<string, readonly ClaimFact[]>;
}

/** Tracks begin one after another within this many seconds. */
const BEGINNINGS = 8;

/** s over which the errors of a tracker's estimate stay alike. */
const ERROR_MEMORY = 4;

/**
 * 400 birds, 200 drones with Remote ID (10 announced), 200 aircraft with transponders, 200 contacts that say nothing. `withErrors`: places and velocities wander about
 * the truth as their covariance says, so that what is made of them never stands still.
 */
function createScene(withErrors: boolean): { scene(seconds: number): Scene; friends: FriendIntent[] } {
  const random = createRandom(5);
  const origin = Array.from({ length: TRACKS }, () => ({
    east: uniformBetween(random, -5000, 5000),
    north: uniformBetween(random, -5000, 5000),
    course: uniformBetween(random, 0, 2 * Math.PI),
  }));
  const speeds = origin.map((_, i) => (i < 400 ? 12 : i < 600 ? 11 : i < 800 ? 80 : 15) + normal(random));
  const identities = origin.map((_, i): Identity[] =>
    i < 400 || i >= 800
      ? []
      : i < 600
        ? [{ scheme: "remote-id-serial", value: `1581F${i}` }]
        : [{ scheme: "icao24", value: (0x4c0000 + i).toString(16).toUpperCase() }],
  );
  const claims = new Map<string, ClaimFact[]>();
  identities.forEach((list, i) => {
    if (list.length === 0) return;
    const drone = i < 600;
    claims.set(`T${i}`, [
      {
        sensorId: drone ? "rid-1" : "adsb-1",
        sensorKind: drone ? "remote-id" : "adsb",
        heardAt: at(0),
        statements: drone
          ? { serial: list[0]!.value, category: "helicopter or multirotor" }
          : { icao24: list[0]!.value, category: "A3 large" },
        identities: list,
      },
    ]);
  });
  const P = new Float64Array(36);
  for (let k = 0; k < 6; k++) P[k * 7] = k < 3 ? 100 : 0.5;
  const all = origin.map((_, i) => {
    const contributors = [{ sensorId: "radar-1", kind: "radar" as Contributor["kind"], lastAt: at(0), detections: 0 }];
    if (i >= 400 && i < 600) contributors.push({ sensorId: "rid-1", kind: "remote-id", lastAt: at(0), detections: 0 });
    if (i >= 600 && i < 800) contributors.push({ sensorId: "adsb-1", kind: "adsb", lastAt: at(0), detections: 0 });
    return {
      key: `T${i}`,
      origin: "live" as const,
      status: "confirmed" as const,
      existence: 0.99,
      createdAt: at(i % BEGINNINGS),
      measuredAt: at(0),
      at: at(0),
      position: [0, 0, i >= 600 && i < 800 ? 900 : 90] as [number, number, number],
      velocity: [0, 0, 0] as [number, number, number],
      covariance: P,
      heightKnown: true,
      identities: identities[i]!,
      contributors,
    };
  });
  const errors = all.map(() => new Float64Array(6));
  const kept = Math.exp(-1 / ERROR_MEMORY);
  const err = (facts: (typeof all)[number], error: Float64Array, up: number) => {
    for (let k = 0; k < 6; k++) error[k] = kept * error[k]! + Math.sqrt((1 - kept * kept) * P[k * 7]!) * normal(random);
    for (let k = 0; k < 2; k++) {
      facts.position[k]! += error[k]!;
      facts.velocity[k]! += error[k + 3]!;
    }
    facts.position[2] = up + error[2]!;
    facts.velocity[2] = error[5]!;
  };
  const lists = new Map([...claims].map(([key, list]) => [key, list.map((claim) => ({ ...claim }))]));
  // Written over in place: the collector's work in the figures is that of the judgement alone.
  const scene = (seconds: number): Scene => {
    for (let i = 0; i < TRACKS; i++) {
      const facts = all[i]!;
      // Wide circles: nobody jumps and nobody leaves.
      const speed = speeds[i]!;
      const radius = 60 * speed;
      const angle = origin[i]!.course + seconds / 60;
      facts.velocity[0] = speed * Math.cos(angle);
      facts.velocity[1] = speed * Math.sin(angle);
      facts.position[0] = origin[i]!.east + radius * Math.sin(angle);
      facts.position[1] = origin[i]!.north - radius * Math.cos(angle);
      if (withErrors) err(facts, errors[i]!, i >= 600 && i < 800 ? 900 : 90);
      facts.measuredAt = at(seconds);
      facts.at = at(seconds);
      for (const contributor of facts.contributors) {
        contributor.lastAt = at(seconds);
        contributor.detections = seconds;
      }
    }
    for (const list of lists.values()) for (const claim of list) claim.heardAt = at(seconds);
    return { claims: lists, facts: seconds < BEGINNINGS ? all.filter((_, i) => i % BEGINNINGS < seconds) : all };
  };
  const friends = Array.from({ length: 10 }, (_, k): FriendIntent => {
    const { east, north } = origin[400 + k]!;
    return {
      id: `friend-${k}`,
      name: `Friend ${k}`,
      owner: "Base security",
      identities: identities[400 + k]!,
      volumes: [
        { shape: { kind: "circle", centre: [east, north], radius: 900 }, floor: 0, ceiling: 200, startsAt: at(0), endsAt: at(3600) },
      ],
      expiresAt: at(7200),
      from: "file",
      registeredAt: at(0),
      registeredBy: "bench",
    };
  });
  return { scene, friends };
}

const COVERAGE: CoverageFact[] = [
  { sensorId: "radar-1", kind: "radar", detectionProbability: 0.9 },
  { sensorId: "rid-1", kind: "remote-id", detectionProbability: 0.9 },
  { sensorId: "adsb-1", kind: "adsb", detectionProbability: 0.98 },
];
const NO_CLAIMS: readonly ClaimFact[] = [];

interface Identified {
  readonly all: Figures;
  readonly classAlone: Figures;
  readonly rest: Figures;
}
const measured = new Map<boolean, Identified>();

function identification(withErrors = false): Identified {
  const before = measured.get(withErrors);
  if (before !== undefined) return before;
  const { scene, friends } = createScene(withErrors);
  const state = createIdentification();
  for (const friend of friends) registerFriend(state, friend, at(0));
  const features = Array.from({ length: TRACKS }, (_, i) => createClassFeatures(at(i % BEGINNINGS)));
  const pieces: Evidence[][] = Array.from({ length: TRACKS }, () => []);
  const prior = classPrior();
  const assets = Array.from({ length: 4 }, (_, k) => ({
    id: `a${k}`,
    name: `Asset ${k}`,
    position: [k * 300, k * 200, 0] as const,
    radius: 500,
  }));
  const all: number[] = [];
  const alone: number[] = [];
  const rest: number[] = [];
  for (let s = 1; s <= ROUNDS; s++) {
    const { facts, claims } = scene(s);
    const context: IdentificationContext = {
      now: at(s),
      claims: (key) => claims.get(key) ?? NO_CLAIMS,
      coverage: () => COVERAGE,
      allTracks: facts,
      assets,
    };
    const judgeAll = () => identifyTracks(state, facts, context);
    const judgeClass = () => {
      for (const each of facts) {
        const i = Number(each.key.slice(1));
        observeFacts(features[i]!, each);
        const claimed = classClaims(claims.get(each.key) ?? NO_CLAIMS);
        const now = classEvidence(features[i]!, each, claimed, undefined, { previous: pieces[i]! });
        if (now === pieces[i]) continue; // as identifyTracks does: the same evidence has the same answer
        pieces[i] = now;
        classAnswer(logPosteriorOf(prior, now));
      }
    };
    // The order alternates, so that caches and the collector favour neither.
    const first = cpuOf(s % 2 === 0 ? judgeAll : judgeClass);
    const second = cpuOf(s % 2 === 0 ? judgeClass : judgeAll);
    const [whole, classes] = s % 2 === 0 ? [first, second] : [second, first];
    if (s <= WARM_UP) continue;
    all.push(whole);
    alone.push(classes);
    rest.push(whole - classes);
  }
  const shown = new Map<string, number>();
  for (let i = 0; i < TRACKS; i++) {
    const affiliation = identificationOf(state, `T${i}`)!.affiliation;
    shown.set(affiliation, (shown.get(affiliation) ?? 0) + 1);
  }
  const answers = [...shown].map(([affiliation, count]) => `${count} ${affiliation}`).join(", ");
  const figured: Identified = {
    all: { ...figures(all), note: `${TRACKS} tracks, 10 friends, 4 assets: ${answers}` },
    classAlone: { ...figures(alone), note: "features, evidence and answer of class" },
    rest: { ...figures(rest), note: "affiliation, friends, companions, ledgers: the difference of the two, each round" },
  };
  measured.set(withErrors, figured);
  return figured;
}

// --- Threat, ranking, attention, alarms -------------------------------------------------------------------------------------------------

let threatMeasured: ReturnType<typeof measureThreat> | undefined;

function threat(part: "threat" | "rank" | "attention" | "alarms" | "explained" | "all"): Figures {
  threatMeasured ??= measureThreat();
  if (part === "all") return { ...figures(threatMeasured.all), note: threatMeasured.note };
  return { ...figures(threatMeasured.parts[part]), note: part === "explained" ? "for every track; not part of the sum" : "" };
}

/** ms of CPU time. */
function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function figures(values: readonly number[]): { mean: number; median: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { mean, median: sorted[Math.floor(sorted.length / 2)]!, p95: sorted[Math.floor(sorted.length * 0.95)]! };
}

export async function run(_argv: string[]): Promise<number> {
  console.log(
    `${ROUNDS - WARM_UP} scans of ${TRACKS} tracks, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`,
  );
  console.log("part                             mean ms  median ms   95 % ms   bar ms");
  const line = (name: string, { mean, median, p95, bar, note }: Figures) =>
    console.log(
      `${name.padEnd(30)} ${mean.toFixed(2).padStart(9)} ${median.toFixed(2).padStart(10)} ${p95.toFixed(2).padStart(9)} ${(bar === undefined ? "" : bar.toFixed(1)).padStart(8)}   ${note}`,
    );
  for (const { name, measure } of PARTS) line(name, measure());
  const [a, b] = [identification().all, threat("all")];
  const sum = {
    mean: a.mean + b.mean,
    median: a.median + b.median,
    p95: a.p95 + b.p95,
    bar: BAR,
    note: "identification, threat and alerting",
  };
  line("together", sum);
  return sum.mean <= BAR ? 0 : 1;
}
