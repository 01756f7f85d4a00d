// The judge of broadcasts on seeded simulated scenes: how many fakes are flagged in ten seconds, how many honest objects ever, and what it costs.
// Usage: npm run bench -- emitters [--runs N]

import { parseArgs } from "node:util";
import { checkEmitters, createEmitters, observeEmission } from "../src/core/identification/emitters/emitters.ts";
import { createRandom, normal, uniformBetween } from "../src/core/math/random.ts";
import type { TrackFacts } from "../src/core/model/track-facts.ts";
import { coverage, instant, runScene, type SceneOptions } from "../test/support/emitter-scene.ts";

/** Wilson's interval of a proportion, 95 %. */
export function wilson(hits: number, of: number): { share: number; low: number; high: number } {
  if (of === 0) return { share: Number.NaN, low: 0, high: 1 };
  const z = 1.96;
  const p = hits / of;
  const centre = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return { share: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

const shown = (hits: number, of: number): string => {
  const { share, low, high } = wilson(hits, of);
  return of === 0 ? "-" : `${(100 * share).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}] of ${of}`;
};

export interface FloodRates {
  fakes: number;
  fakesInTen: number;
  honest: number;
  honestFlagged: number;
  checks: number;
  absences: number;
  grouped: number;
  runs: number;
  worst: Map<string, number>;
}

/** Runs the scene with `runs` seeds from `seed` on and counts. */
export function floodRates(options: Omit<SceneOptions, "seed">, runs: number, seed = 1): FloodRates {
  const rates: FloodRates = {
    fakes: 0,
    fakesInTen: 0,
    honest: 0,
    honestFlagged: 0,
    checks: 0,
    absences: 0,
    grouped: 0,
    runs,
    worst: new Map(),
  };
  for (let run = 0; run < runs; run++) {
    const outcome = runScene({ ...options, seed: seed + run });
    rates.checks += outcome.checks;
    rates.absences += outcome.absences;
    if (outcome.groupsAtMost === 1 && outcome.membersAtMost >= 0.9 * options.fakes) rates.grouped += 1;
    for (const one of outcome.actors) {
      if (!outcome.firstHeard.has(one.trackKey)) continue;
      const after = outcome.flaggedAfter.get(one.trackKey);
      if (one.kind === "fake") {
        rates.fakes += 1;
        if (after !== undefined && after <= 10) rates.fakesInTen += 1;
      } else if (one.kind === "honest") {
        rates.honest += 1;
        if (after !== undefined) {
          rates.honestFlagged += 1;
          for (const name of outcome.foundAfter.keys()) {
            if (!name.startsWith(`${one.trackKey} `)) continue;
            const code = name.split(" ")[1]!;
            rates.worst.set(code, (rates.worst.get(code) ?? 0) + 1);
          }
        }
      }
    }
  }
  return rates;
}

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { runs: { type: "string", default: "40" } } });
  const runs = Number(values.runs);
  let failed = 0;
  const scenes: { name: string; must: boolean; options: Omit<SceneOptions, "seed"> }[] = [];
  for (const fakes of [64, 128])
    for (const attack of ["one-address", "rotating", "power", "jumping"] as const)
      scenes.push({
        name: `${fakes} fakes, ${attack}, radar`,
        must: true,
        options: { seconds: 60, fakes, attack, honest: 6, radar: true, receivers: 1 },
      });
  for (const receivers of [1, 2])
    for (const attack of ["one-address", "rotating", "power", "jumping"] as const)
      scenes.push({
        name: `64 fakes, ${attack}, no radar, ${receivers} rcv`,
        must: false,
        options: { seconds: 60, fakes: 64, attack, honest: 6, radar: false, receivers },
      });
  scenes.push({
    name: "no fake, radar",
    must: false,
    options: { seconds: 120, fakes: 0, attack: "rotating", honest: 12, radar: true, receivers: 2 },
  });
  scenes.push({
    name: "no fake, no radar",
    must: false,
    options: { seconds: 120, fakes: 0, attack: "rotating", honest: 12, radar: false, receivers: 2 },
  });
  scenes.push({
    name: "64 fakes there from the start, radar",
    must: false,
    options: { seconds: 60, fakes: 64, attack: "rotating", honest: 6, radar: true, receivers: 1, attackAt: 0 },
  });

  console.log(`Broadcasts, ${runs} seeds a scene; simulated. Point estimates with Wilson's 95 % interval.`);
  console.log(`${"scene".padEnd(40)} ${"fakes flagged <= 10 s".padEnd(34)} ${"honest ever flagged".padEnd(30)} real drone kept  one group`);
  for (const scene of scenes) {
    const rates = floodRates(scene.options, runs);
    const good = rates.fakesInTen >= 0.95 * rates.fakes && rates.honestFlagged <= 0.01 * rates.honest && rates.absences === 0;
    if (scene.must && !good) failed += 1;
    console.log(
      `${scene.name.padEnd(40)} ${shown(rates.fakesInTen, rates.fakes).padEnd(34)} ${shown(rates.honestFlagged, rates.honest).padEnd(30)} ${shown(
        rates.checks - rates.absences,
        rates.checks,
      )
        .split(" [")[0]!
        .padEnd(
          16,
        )} ${rates.grouped} of ${runs}${scene.must ? (good ? "" : "  MISSED") : ""}${rates.worst.size > 0 ? `  ${[...rates.worst].map(([code, n]) => `${code} ${n}`).join(", ")}` : ""}`,
    );
  }

  const few = Math.max(runs * 5, 50);
  let ghosts = 0;
  let airliners = 0;
  let copies = 0;
  let copied = 0;
  for (let seed = 1; seed <= few; seed++) {
    const ghost = runScene({ seed, seconds: 40, fakes: 0, attack: "rotating", honest: 2, radar: true, receivers: 1, ghost: true });
    if ((ghost.foundAfter.get("G no-radar-support") ?? 99) <= 10) ghosts += 1;
    if (ghost.flaggedAfter.has("A")) airliners += 1;
    const copy = runScene({
      seed: seed + 1000,
      seconds: 45,
      fakes: 0,
      attack: "rotating",
      honest: 3,
      radar: true,
      receivers: 1,
      copy: true,
    });
    if (copy.firstHeard.has("C") && copy.firstHeard.has("H0")) {
      copies += 1;
      if ((copy.foundAfter.get("C serial-in-two-places") ?? 99) <= 10) copied += 1;
    }
  }
  console.log(`ADS-B ghost: contradiction <= 10 s        ${shown(ghosts, few)}`);
  console.log(`honest airliner called a contradiction    ${shown(airliners, few)}`);
  console.log(`copied serial: contradiction <= 10 s      ${shown(copied, copies)}`);
  if (ghosts < 0.95 * few || airliners > 0.01 * few || copied < 0.95 * copies) failed += 1;
  console.log(costOfCheck());
  return failed > 0 ? 1 : 0;
}

/** CPU of one check, 1,000 tracks of which 200 broadcast. */
export function costOfCheck(): string {
  drive(true, 200); // warm
  const alone = drive(false, 300);
  const both = drive(true, 300);
  return `CPU of one check, 1,000 tracks, 200 emitters: ${((both - alone) / 300).toFixed(2)} ms (mean of 300, collection of garbage included)`;
}

/** CPU in ms of so many seconds of traffic, with or without the check; asking for the CPU time is dear, so it is asked twice. */
function drive(checks: boolean, seconds: number): number {
  const random = createRandom(7);
  const state = createEmitters();
  const tracks: TrackFacts[] = [];
  const places = Array.from(
    { length: 1000 },
    () => [uniformBetween(random, -3000, 3000), uniformBetween(random, -3000, 3000), 80] as [number, number, number],
  );
  const start = process.cpuUsage();
  for (let second = 1; second <= seconds; second++) {
    const now = instant(second);
    tracks.length = 0;
    places.forEach((place, i) => {
      place[0] += 8;
      const covariance = new Float64Array(36).fill(0);
      covariance[0] = covariance[7] = 25;
      tracks.push({
        key: `T${i}`,
        origin: "live",
        status: "confirmed",
        existence: 1,
        createdAt: instant(0),
        measuredAt: now,
        at: now,
        position: [place[0], place[1], place[2]],
        velocity: [8, 0, 0],
        covariance,
        heightKnown: true,
        identities: [],
        contributors: [{ sensorId: "radar-1", kind: "radar", lastAt: now, detections: second }],
      });
      if (i >= 200) return;
      observeEmission(state, {
        origin: "live",
        sensorId: `receiver-${i % 2}`,
        sensorPositionEnu: [0, 0, 5],
        at: now,
        identities: [
          { scheme: "remote-id-serial", value: `S${i}` },
          { scheme: "radio-address", value: `A${i}` },
        ],
        positionEnu: [place[0] + 3 * normal(random), place[1], place[2]],
        velocityEnu: [8, 0, 0],
        signalDbm: -70 + 5 * normal(random),
        transport: "wifi-beacon",
        trackKey: `T${i}`,
      });
    });
    if (checks) checkEmitters(state, { now, tracks, coverage, bearings: [] });
  }
  const used = process.cpuUsage(start);
  return (used.user + used.system) / 1000;
}
