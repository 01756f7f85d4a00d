// A small world of broadcasts, apart from the judge's own models: honest drones and aircraft, one transmitter that sends many identities, an ADS-B
// ghost, a copied serial; receivers with fading, lobes and losses; one radar. Seeded. East-north-up, metres.

import type { Micros } from "../../src/core/base/units.ts";
import {
  checkEmitters,
  createEmitters,
  type Emission,
  type EmitterState,
  emitterFindings,
  isFake,
  observeEmission,
  type SensorCoverage,
} from "../../src/core/identification/emitters/emitters.ts";
import { createRandom, exponential, normal, type RandomState, uniform, uniformBetween } from "../../src/core/math/random.ts";
import type { Identity } from "../../src/core/model/observation.ts";
import type { Contributor, TrackFacts } from "../../src/core/model/track-facts.ts";

export type Enu = [number, number, number];
const SECOND = 1_000_000;
const START = 1_750_000_000 * SECOND;
export const instant = (seconds: number): Micros => Math.round(START + seconds * SECOND) as Micros;

/** What a transmitter really is and does. */
export interface Actor {
  readonly name: string;
  readonly kind: "honest" | "fake" | "copy" | "ghost";
  readonly trackKey: string;
  readonly serial: string;
  readonly scheme: Identity["scheme"];
  readonly bornAt: number;
  /** Where it says it is, s -> m. */
  claimed(t: number): Enu;
  velocity(t: number): Enu;
  /** Where the antenna is. */
  transmitter(t: number): Enu;
  /** An object that a radar could see is at the claimed place. */
  readonly solid: boolean;
  readonly power: number; // dBm
  readonly address: (t: number) => string;
  readonly period: number;
  readonly stamp: (t: number) => number | undefined;
  readonly rcs: number; // m^2
  readonly transport: string;
  /** Fading, AR(1) over seconds. */
  shadow: Map<string, { value: number; at: number }>;
  gnss: Enu;
  gnssAt: number;
  next: number;
  lobe: number;
}

export interface SceneOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly fakes: number;
  /** one-address: every identity from one address; rotating: an address each; power: besides, a transmit power each; jumping: besides, random places. */
  readonly attack: "one-address" | "rotating" | "power" | "jumping";
  readonly honest: number;
  readonly radar: boolean;
  readonly receivers: number;
  readonly ghost?: boolean;
  readonly copy?: boolean;
  /** Sees the state after each check. */
  readonly onCheck?: (state: EmitterState, second: number) => void;
  /** When the fakes begin, s. */
  readonly attackAt?: number;
}

export interface SceneOutcome {
  readonly actors: readonly Actor[];
  readonly state: EmitterState;
  /** s after the first broadcast heard until P(fake) >= 0.5 or a finding; undefined when never. By track. */
  readonly flaggedAfter: ReadonlyMap<string, number>;
  /** s after the first broadcast heard until a finding of this kind: "track code". */
  readonly foundAfter: ReadonlyMap<string, number>;
  readonly firstHeard: ReadonlyMap<string, number>;
  /** Checks in which the emitter of actor 0 was not remembered although heard. */
  readonly absences: number;
  readonly checks: number;
  readonly groupsAtMost: number;
  readonly membersAtMost: number;
  /** ms of `checkEmitters`, each call. */
  readonly cost: readonly number[];
}

const RADAR: Enu = [0, 0, 8];
const RADAR_PERIOD = 1.33;
/** Swerling 1 from Pd 0.8 at 3,500 m for 0.01 m^2 and a false alarm probability of 1e-6. */
function radarPd(position: Enu, rcs: number): number {
  const d = Math.hypot(position[0] - RADAR[0], position[1] - RADAR[1], position[2] - RADAR[2]);
  const elevation = Math.asin((position[2] - RADAR[2]) / Math.max(d, 1));
  if (d < 50 || d > 8000 || elevation > Math.PI / 3 || elevation < -0.09) return 0;
  const ratio = 3500 / d;
  const snr = 60.9 * (rcs / 0.01) * ratio * ratio * ratio * ratio;
  return Math.exp(Math.log(1e-6) / (1 + snr));
}

const PLANNED_RCS = { drone: 0.01, aircraft: 5 };

export const coverage = (position: readonly [number, number, number], target: "drone" | "aircraft"): SensorCoverage[] => {
  const detectionProbability = radarPd([position[0], position[1], position[2]], PLANNED_RCS[target]);
  return detectionProbability === 0
    ? []
    : [
        {
          sensorId: "radar-1",
          kind: "radar",
          detectionProbability,
          updatePeriod: RADAR_PERIOD,
          minimumRadialSpeed: 0.8,
          positionEnu: RADAR,
        },
      ];
};

/** A course by legs of about 20 s with a speed each; some stand still. */
function wander(random: RandomState, start: Enu, speed: number, hover: number, seconds: number) {
  const legs: { from: number; position: Enu; velocity: Enu }[] = [];
  let position = start;
  let heading = uniformBetween(random, 0, 2 * Math.PI);
  for (let t = -1; t < seconds + 1; ) {
    const still = uniform(random) < hover;
    const v = still ? 0 : speed * uniformBetween(random, 0.6, 1.2);
    const velocity: Enu = [v * Math.sin(heading), v * Math.cos(heading), 0];
    legs.push({ from: t, position, velocity });
    const duration = 5 + exponential(random, 15);
    position = [position[0] + velocity[0] * duration, position[1] + velocity[1] * duration, position[2]];
    t += duration;
    heading += normal(random) * 0.8;
  }
  const at = (t: number) => {
    let leg = legs[0]!;
    for (const one of legs) if (one.from <= t) leg = one;
    return leg;
  };
  return {
    position: (t: number): Enu => {
      const leg = at(t);
      const dt = t - leg.from;
      return [leg.position[0] + leg.velocity[0] * dt, leg.position[1] + leg.velocity[1] * dt, leg.position[2]];
    },
    velocity: (t: number): Enu => at(t).velocity,
  };
}

const around = (random: RandomState, from: number, to: number, up: number): Enu => {
  const bearing = uniformBetween(random, 0, 2 * Math.PI);
  const distance = uniformBetween(random, from, to);
  return [distance * Math.sin(bearing), distance * Math.cos(bearing), up];
};

function actor(
  random: RandomState,
  from: Partial<Actor> & Pick<Actor, "name" | "kind" | "trackKey" | "claimed" | "velocity" | "transmitter">,
): Actor {
  return {
    serial: from.name,
    scheme: "remote-id-serial",
    bornAt: 0,
    solid: true,
    power: 15 + 3 * normal(random),
    address: () => `addr-${from.name}`,
    period: 1,
    stamp: () => undefined,
    rcs: 0.01 * Math.exp(0.5 * normal(random)),
    transport: "bluetooth-legacy",
    shadow: new Map(),
    gnss: [0, 0, 0],
    gnssAt: 0,
    next: 0,
    lobe: uniformBetween(random, 0, 2 * Math.PI),
    ...from,
  };
}

function honestDrone(random: RandomState, index: number, bornAt: number, near: boolean, seconds: number): Actor {
  const start = around(random, near ? 150 : 200, near ? 900 : 2400, uniformBetween(random, 30, 110));
  const path = wander(random, start, uniformBetween(random, 4, 16), near ? 0.15 : 0.3, seconds);
  const rotation = uniformBetween(random, 25, 60);
  const bluetooth = uniform(random) < 0.6;
  const luck = uniform(random);
  const wrong = luck < 0.005 ? uniformBetween(random, 30, 600) : luck < 0.02 ? 18 : 0;
  const stamped = uniform(random) < 0.8;
  return actor(random, {
    name: `honest-${index}`,
    kind: "honest",
    trackKey: `H${index}`,
    bornAt,
    claimed: path.position,
    velocity: path.velocity,
    transmitter: path.position,
    address: (t) => (bluetooth ? `addr-${index}-${Math.floor(t / rotation)}` : `addr-${index}`),
    stamp: (t) => (stamped ? t - wrong : undefined),
    transport: bluetooth ? "bluetooth-legacy" : "wifi-beacon",
  });
}

/** Runs one scene: broadcasts in order of time, the check once a second. */
export function runScene(options: SceneOptions): SceneOutcome {
  const random = createRandom(options.seed);
  const { seconds } = options;
  const attackAt = options.attackAt ?? 20;
  const receivers: Enu[] = [[20, 10, 6], ...Array.from({ length: options.receivers - 1 }, () => around(random, 300, 900, 10))];
  const receiverGain = receivers.map(() => 5 * normal(random));
  const exponent = uniformBetween(random, 1.9, 2.3);
  const actors: Actor[] = [];
  actors.push(honestDrone(random, 0, 0, true, seconds));
  // A drone flies for a quarter of an hour: of six in the air about one takes off in two minutes. Here it is one a minute.
  for (let i = 1; i < options.honest; i++) {
    const bornAt = uniform(random) < 0.8 ? uniformBetween(random, 0, 5) : uniformBetween(random, 0, seconds);
    actors.push(honestDrone(random, i, bornAt, false, seconds));
  }

  const spoofer = around(random, 100, 1500, 2);
  const style = uniform(random);
  for (let i = 0; i < options.fakes; i++) {
    const real = actors[0]!.claimed(attackAt);
    const offset = around(random, 50, 1500, uniformBetween(random, 30, 120));
    const path = wander(random, [real[0] + offset[0], real[1] + offset[1], offset[2]], uniformBetween(random, 3, 15), 0.1, seconds);
    const bornAt = attackAt + uniformBetween(random, 0, 3);
    const jumping = options.attack === "jumping";
    const jumps: Enu[] = Array.from({ length: seconds + 2 }, () => around(random, 50, 2000, 60));
    actors.push(
      actor(random, {
        name: `fake-${i}`,
        kind: "fake",
        trackKey: `F${i}`,
        bornAt,
        claimed: jumping ? (t) => jumps[Math.max(0, Math.floor(t))]! : path.position,
        velocity: path.velocity,
        transmitter: () => spoofer,
        solid: false,
        power: options.attack === "power" ? uniformBetween(random, 0, 20) : 15,
        address: () => (options.attack === "one-address" ? "spoofer" : `addr-fake-${i}`),
        // A third sends good time, a third none, a third that of its recording.
        stamp: (t) => (style < 0.33 ? t : style < 0.66 ? undefined : attackAt - 400 + ((t - attackAt) % 15)),
      }),
    );
  }
  if (options.ghost === true) {
    const speed = uniformBetween(random, 60, 230);
    const start = around(random, 1500, 4500, uniformBetween(random, 300, 1500));
    const bearing = Math.atan2(-start[0] + 300 * normal(random), -start[1] + 300 * normal(random));
    const velocity: Enu = [speed * Math.sin(bearing), speed * Math.cos(bearing), 0];
    const line = (t: number): Enu => [start[0] + velocity[0] * (t - attackAt), start[1] + velocity[1] * (t - attackAt), start[2]];
    const place = around(random, 500, 20_000, 2);
    const aircraft = { scheme: "icao24" as const, velocity: () => velocity, period: 0.5, transport: "1090", power: 45 };
    actors.push(
      actor(random, {
        ...aircraft,
        name: "4ca001",
        kind: "ghost",
        trackKey: "G",
        bornAt: attackAt,
        claimed: line,
        transmitter: () => place,
        solid: false,
        stamp: (t) => t,
      }),
    );
    // An honest airliner crosses too.
    const other = around(random, 2000, 5000, uniformBetween(random, 500, 2500));
    const otherVelocity: Enu = [-other[0] / 50, -other[1] / 50, 0];
    const course = (t: number): Enu => [other[0] + otherVelocity[0] * t, other[1] + otherVelocity[1] * t, other[2]];
    actors.push(
      actor(random, {
        ...aircraft,
        name: "4ca002",
        kind: "honest",
        trackKey: "A",
        velocity: () => otherVelocity,
        claimed: course,
        transmitter: course,
        rcs: 10,
      }),
    );
  }
  if (options.copy === true) {
    const friend = actors[0]!;
    const start = around(random, 150, 2000, uniformBetween(random, 30, 110));
    const at = friend.claimed(attackAt);
    // Beside the friend, and near enough to be heard.
    let from: Enu = [at[0] + start[0], at[1] + start[1], start[2]];
    const far = Math.hypot(from[0], from[1]);
    if (far > 1200) from = [at[0] - start[0] * 0.5, at[1] - start[1] * 0.5, start[2]];
    const path = wander(random, from, uniformBetween(random, 5, 20), 0.2, seconds);
    actors.push(
      actor(random, {
        name: "copy",
        serial: friend.serial,
        kind: "copy",
        trackKey: "C",
        bornAt: attackAt,
        claimed: path.position,
        velocity: path.velocity,
        transmitter: path.position,
        stamp: (t) => t,
      }),
    );
  }

  const state = createEmitters();
  const facts = new Map<string, { facts: TrackFacts; radar: { lastAt: number; detections: number }; radarFrom: number }>();
  const flaggedAfter = new Map<string, number>();
  const foundAfter = new Map<string, number>();
  const firstHeard = new Map<string, number>();
  let absences = 0;
  let checks = 0;
  let groupsAtMost = 0;
  let membersAtMost = 0;
  const cost: number[] = [];
  for (const one of actors) one.next = one.bornAt + uniform(random) * one.period;
  let nextRadar = uniform(random) * RADAR_PERIOD;
  const radarQueue: { at: number; measured: number; key: string }[] = [];

  for (let second = 1; second <= seconds; second++) {
    const due: { t: number; one: Actor }[] = [];
    for (const one of actors) {
      for (; one.next < second; one.next += one.period * (one.kind === "fake" ? 1 : uniformBetween(random, 0.9, 1.1)))
        due.push({ t: one.next, one });
    }
    due.sort((a, b) => a.t - b.t);
    for (const { t, one } of due) {
      // Error of satellite navigation: 3 m with a memory of 30 s, and now and then far off.
      const decay = Math.exp(-(t - one.gnssAt) / 30);
      const fresh = 3 * Math.sqrt(1 - decay * decay);
      one.gnss =
        one.kind === "fake" || one.kind === "ghost" ? [0, 0, 0] : (one.gnss.map((value) => value * decay + fresh * normal(random)) as Enu);
      one.gnssAt = t;
      const glitch = one.kind === "honest" && uniform(random) < 0.0005 ? 300 * normal(random) : 0;
      const exact = one.claimed(t);
      const claimed: Enu = [exact[0] + one.gnss[0] + glitch, exact[1] + one.gnss[1], exact[2] + one.gnss[2]];
      const antenna = one.transmitter(t);
      receivers.forEach((receiver, r) => {
        const d = Math.max(Math.hypot(antenna[0] - receiver[0], antenna[1] - receiver[1], antenna[2] - receiver[2]), 1);
        const reach = one.scheme === "icao24" ? 100_000 : one.kind === "fake" ? 4000 : 1800;
        if (uniform(random) > 0.9 / (1 + Math.exp((d - reach) / 250))) return;
        const signalDbm = one.power - 40 + receiverGain[r]! - 10 * exponent * Math.log10(d) + fading(random, one, r, t, receiver, antenna);
        const latency = one.transport === "1090" ? 0.1 : uniformBetween(random, 0.05, 0.6);
        const stamp = one.stamp(t);
        const v = one.velocity(t);
        const emission: Emission = {
          origin: "live",
          sensorId: `receiver-${r}`,
          sensorPositionEnu: receiver,
          at: instant(t + latency),
          sensorTime: stamp === undefined ? undefined : instant(stamp),
          identities: [
            { scheme: one.scheme, value: one.serial },
            { scheme: "radio-address", value: one.address(t) },
          ],
          positionEnu: claimed,
          heightKnown: true,
          positionSigma: one.scheme === "icao24" ? 20 : 5,
          velocityEnu: v,
          signalDbm: one.transport === "1090" ? undefined : Math.round(signalDbm),
          transport: one.transport,
          trackKey: one.trackKey,
        };
        observeEmission(state, emission);
        if (!firstHeard.has(one.trackKey)) firstHeard.set(one.trackKey, t);
        keepFacts(facts, one, t, claimed, v);
      });
    }
    for (; options.radar && nextRadar < second; nextRadar += RADAR_PERIOD) {
      for (const one of actors) {
        if (!one.solid || nextRadar < one.bornAt) continue;
        const position = one.claimed(nextRadar);
        const v = one.velocity(nextRadar);
        const d = Math.max(Math.hypot(position[0], position[1]), 1);
        const radial = Math.abs(v[0] * position[0] + v[1] * position[1]) / d;
        if (radial < 0.8 || uniform(random) > radarPd(position, one.rcs)) continue;
        radarQueue.push({ at: nextRadar + uniformBetween(random, 0.3, 0.8), measured: nextRadar, key: one.trackKey });
      }
    }
    while (radarQueue.length > 0 && radarQueue[0]!.at < second) {
      const echo = radarQueue.shift()!;
      const known = facts.get(echo.key);
      if (known === undefined) continue;
      known.radar.lastAt = echo.measured;
      known.radar.detections += 1;
    }

    const now = instant(second);
    const tracks: TrackFacts[] = [];
    for (const { facts: one, radar, radarFrom } of facts.values()) {
      if (now - one.measuredAt > 15 * SECOND) continue;
      const contributors: Contributor[] = [...one.contributors];
      const echo: Contributor = { sensorId: "radar-1", kind: "radar", lastAt: instant(radar.lastAt), detections: radar.detections };
      // In the beginning the tracker may keep the echoes in a track of their own.
      const apart = second < radarFrom;
      if (radar.detections > 0 && !apart) contributors.push(echo);
      tracks.push({ ...one, at: now, contributors });
      if (radar.detections > 0 && apart && second - radar.lastAt < 5)
        tracks.push({ ...one, key: `R-${one.key}`, at: now, contributors: [echo], identities: [] });
    }
    const before = performance.now();
    checkEmitters(state, { now, tracks, coverage: options.radar ? coverage : () => [], bearings: [] });
    cost.push(performance.now() - before);
    options.onCheck?.(state, second);
    checks += 1;
    groupsAtMost = Math.max(groupsAtMost, state.floods.length);
    for (const flood of state.floods) membersAtMost = Math.max(membersAtMost, flood.emitterKeys.length);
    for (const one of actors) {
      const heard = firstHeard.get(one.trackKey);
      if (heard === undefined) continue;
      const findings = emitterFindings(state, one.trackKey);
      if (!flaggedAfter.has(one.trackKey) && (isFake(state, one.trackKey) >= 0.5 || findings.length > 0))
        flaggedAfter.set(one.trackKey, second - heard);
      for (const finding of findings) {
        const name = `${one.trackKey} ${finding.code}`;
        if (!foundAfter.has(name)) foundAfter.set(name, second - heard);
      }
    }
    if (firstHeard.has(actors[0]!.trackKey) && !state.emitters.has(`live remote-id-serial:${actors[0]!.serial}`)) absences += 1;
  }
  return { actors, state, flaggedAfter, foundAfter, firstHeard, absences, checks, groupsAtMost, membersAtMost, cost };
}

/** dB: shadowing with a memory of some seconds, a lobed antenna that turns with the heading, and Rician fading (K = 6 dB). */
function fading(random: RandomState, one: Actor, receiver: number, t: number, place: Enu, antenna: Enu): number {
  const name = String(receiver);
  const known = one.shadow.get(name);
  const decay = known === undefined ? 0 : Math.exp(-(t - known.at) / (one.kind === "fake" ? 1e6 : 6));
  // One standing transmitter has one shadow for all its identities; actors of one transmitter share it by their place.
  const value =
    one.kind === "fake"
      ? 4 * Math.sin(antenna[0] + 2 * antenna[1] + receiver)
      : (known?.value ?? 0) * decay + 4 * Math.sqrt(1 - decay * decay) * normal(random);
  one.shadow.set(name, { value, at: t });
  const v = one.velocity(t);
  const heading = Math.atan2(v[0], v[1]);
  const sight = Math.atan2(place[0] - antenna[0], place[1] - antenna[1]);
  const lobe = one.kind === "fake" ? 0 : 3 * Math.sin(2 * (heading - sight) + one.lobe);
  const k = 4;
  const re = Math.sqrt(k / (k + 1)) + normal(random) * Math.sqrt(0.5 / (k + 1));
  const im = normal(random) * Math.sqrt(0.5 / (k + 1));
  return value + lobe + 10 * Math.log10(Math.max(re * re + im * im, 1e-3));
}

function keepFacts(
  facts: Map<string, { facts: TrackFacts; radar: { lastAt: number; detections: number }; radarFrom: number }>,
  one: Actor,
  t: number,
  position: Enu,
  velocity: Enu,
): void {
  const known = facts.get(one.trackKey);
  const covariance = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    covariance[7 * i] = 25;
    covariance[7 * (i + 3)] = 4;
  }
  const at = instant(t);
  const kind = one.scheme === "icao24" ? "adsb" : "remote-id";
  const next: TrackFacts = {
    key: one.trackKey,
    origin: "live",
    status: "confirmed",
    existence: 0.99,
    createdAt: known?.facts.createdAt ?? at,
    measuredAt: at,
    at,
    position,
    velocity,
    covariance,
    heightKnown: true,
    identities: [{ scheme: one.scheme, value: one.serial }],
    contributors: [{ sensorId: "receiver-0", kind, lastAt: at, detections: (known?.facts.contributors[0]?.detections ?? 0) + 1 }],
  };
  if (known === undefined)
    facts.set(one.trackKey, { facts: next, radar: { lastAt: 0, detections: 0 }, radarFrom: one.trackKey.length % 2 === 0 ? t + 4 : 0 });
  else known.facts = next;
}
