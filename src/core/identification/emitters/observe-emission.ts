// One broadcast heard: finds whose it is and what course it continues. Called for each message, so it only keeps moments and counts;
// the judgement comes once a second (check-emitters.ts).

import { MICROS_PER_SECOND, type Micros } from "../../base/units.ts";
import type { Identity, Origin } from "../../model/observation.ts";
import type { Emission, Enu } from "./emission.ts";
import { BLIND, SPEED_LIMIT } from "./emitter-models.ts";
import { EMITTER_LIMITS, type Emitter, type EmitterState, type Reception, type Strand } from "./emitter-state.ts";

/** By which an emitter is told from others, strongest first. */
const SCHEMES: readonly Identity["scheme"][] = [
  "icao24",
  "remote-id-serial",
  "caa-registration",
  "remote-id-session",
  "mavlink-system",
  "cot-uid",
  "radio-address",
];

/** m, 1 sigma of a claimed place that does not tell. */
const POSITION_SIGMA = { drone: 10, aircraft: 30 };
/** m/s^2 that an object may turn or brake with between two messages. */
const ACCELERATION = { drone: 10, aircraft: 20 };
/** A stamp is used for motion when it is this near to the time of hearing. */
const SANE_STAMP = 5; // s
/** m: nearer than this to the receiver the strength says little of the distance. */
const NEAREST = 30;
const TEN_OVER_LN10 = 10 / Math.log(10);
/** Averages of levels forget after about so many messages. */
const MEMORY = 30;

const finite = (place: Enu | undefined): boolean =>
  place === undefined || (Math.abs(place[0]) < 1e8 && Math.abs(place[1]) < 1e8 && Math.abs(place[2]) < 1e8); // false for what is not a number

const possible = (e: Emission): boolean =>
  Number.isFinite(e.at) &&
  finite(e.positionEnu) &&
  finite(e.velocityEnu) &&
  finite(e.sensorPositionEnu) &&
  (e.signalDbm === undefined || Math.abs(e.signalDbm) < 200);

export const emitterKey = (origin: Origin, identity: Identity): string => `${origin} ${identity.scheme}:${identity.value}`;

function strongest(identities: readonly Identity[]): Identity | undefined {
  for (const scheme of SCHEMES) for (const identity of identities) if (identity.scheme === scheme && identity.value !== "") return identity;
  return undefined;
}

/**
 * Takes one broadcast in. Never throws: a message without identity or with numbers that cannot be is counted in `unusable`.
 * Bounded: when the table is full the sixteenth part of least value makes room, never one that a radar has seen (see `evict`).
 */
export function observeEmission(state: EmitterState, e: Emission): void {
  const identity = strongest(e.identities);
  if (identity === undefined || !possible(e)) {
    state.unusable += 1;
    return;
  }
  state.startedAt ??= e.at;
  const address = e.identities.find((one) => one.scheme === "radio-address")?.value;
  let key = emitterKey(e.origin, identity);
  if (identity.scheme === "radio-address") key = state.owners.get(`${e.origin} ${identity.value}`) ?? key;
  let emitter = state.emitters.get(key);
  if (emitter === undefined) {
    emitter = newEmitter(state, key, identity, e);
    if (emitter === undefined) return;
  }
  emitter.heard += 1;
  emitter.lastAt = Math.max(emitter.lastAt, e.at) as Micros;
  keepIdentities(state, emitter, e, identity, address);
  keepStamp(emitter, e);
  const strand = e.positionEnu === undefined ? newest(emitter) : follow(emitter, e, e.positionEnu);
  if (strand === undefined) return;
  if (e.trackKey !== undefined) strand.trackKey = e.trackKey;
  if (e.signalDbm !== undefined && e.sensorPositionEnu !== undefined && e.positionEnu !== undefined)
    keepLevel(emitter, e.sensorId, e.transport ?? "", e.at, e.signalDbm, e.sensorPositionEnu, strand);
}

function newEmitter(state: EmitterState, key: string, identity: Identity, e: Emission): Emitter | undefined {
  if (state.emitters.size >= EMITTER_LIMITS.emitters && !evict(state)) {
    state.refused += 1;
    return undefined;
  }
  const emitter: Emitter = {
    key,
    origin: e.origin,
    kind: identity.scheme === "icao24" ? "aircraft" : "drone",
    identities: [],
    firstAt: e.at,
    lastAt: e.at,
    heard: 0,
    addresses: [],
    strands: [],
    nextStrand: 1,
    lastStrand: 0,
    receptions: [],
    fixes: 0,
    jumps: 0,
    jumpSpeed: 0,
    speedChecks: 0,
    speedMisfits: 0,
    switches: [],
    stamps: 0,
    stampAge: 0,
    newestStamp: 0 as Micros,
    newestStampAt: e.at,
    stampRepeats: 0,
    signalLog: 0,
    constantLog: 0,
    motionLog: 0,
    clockLog: 0,
    copiedLog: 0,
    floodLog: 0,
    ownLog: 0,
    floodId: "",
    findings: [],
    fake: 0,
    supports: 0,
  };
  state.emitters.set(key, emitter);
  return emitter;
}

/**
 * How much an emitter is worth remembering: one that a radar has seen above all, then those of long standing that nothing speaks against. Age and
 * what a broadcast says do not count, so a flood of newcomers pushes out itself.
 */
export const emitterValue = (emitter: Emitter): number =>
  (emitter.supports > 0 ? 1000 + Math.min(emitter.supports, 100) : 0) + Math.log(1 + emitter.heard) * (1 - emitter.fake);

/** Makes room by a sixteenth; false when everyone there is worth more than a newcomer: all have been seen by radar. */
export function evict(state: EmitterState): boolean {
  const ranked = [...state.emitters.values()]
    .filter((emitter) => emitter.supports === 0)
    .map((emitter) => ({ emitter, value: emitterValue(emitter) }))
    .sort((a, b) => a.value - b.value || (a.emitter.key < b.emitter.key ? -1 : 1));
  const going = ranked.slice(0, Math.max(1, Math.floor(EMITTER_LIMITS.emitters / 16)));
  for (const { emitter } of going) forget(state, emitter);
  state.evicted += going.length;
  return going.length > 0;
}

export function forget(state: EmitterState, emitter: Emitter): void {
  state.emitters.delete(emitter.key);
  for (const { name } of emitter.addresses) {
    if (state.owners.get(name) === emitter.key) state.owners.delete(name);
  }
}

function keepIdentities(state: EmitterState, emitter: Emitter, e: Emission, named: Identity, address: string | undefined): void {
  for (const one of e.identities) {
    if (one.scheme === "radio-address") continue;
    if (emitter.identities.some((known) => known.scheme === one.scheme && known.value === one.value)) continue;
    if (emitter.identities.length < EMITTER_LIMITS.identitiesPerEmitter) emitter.identities.push({ scheme: one.scheme, value: one.value });
  }
  if (address === undefined) return;
  const newest = emitter.addresses.at(-1);
  if (newest !== undefined && newest.value === address) {
    newest.at = e.at;
    if (named.scheme === "radio-address" || state.owners.get(newest.name) === emitter.key) return;
  } else {
    const known = emitter.addresses.findIndex((one) => one.value === address);
    if (known >= 0) emitter.addresses.splice(known, 1);
    emitter.addresses.push({ value: address, name: `${e.origin} ${address}`, at: e.at });
  }
  if (emitter.addresses.length > EMITTER_LIMITS.addressesPerEmitter) {
    const gone = emitter.addresses.shift()!;
    if (state.owners.get(gone.name) === emitter.key) state.owners.delete(gone.name);
  }
  if (named.scheme === "radio-address") return;
  // Whoever was known by this address alone is this emitter.
  const nameless = state.emitters.get(`${e.origin} radio-address:${address}`);
  if (nameless !== undefined && nameless !== emitter) forget(state, nameless);
  state.owners.set(`${e.origin} ${address}`, emitter.key);
}

function keepStamp(emitter: Emitter, e: Emission): void {
  const stamp = e.sensorTime;
  if (stamp === undefined || !Number.isFinite(stamp)) return;
  const age = (e.at - stamp) / MICROS_PER_SECOND;
  emitter.stamps += 1;
  emitter.stampAge += (age - emitter.stampAge) / Math.min(emitter.stamps, 8);
  if (stamp > emitter.newestStamp) {
    emitter.newestStamp = stamp;
    emitter.newestStampAt = e.at;
  } else if (
    e.at - emitter.newestStampAt > SANE_STAMP * MICROS_PER_SECOND &&
    emitter.newestStamp - stamp > SANE_STAMP * MICROS_PER_SECOND
  ) {
    emitter.stampRepeats += 1;
  }
}

function newest(emitter: Emitter): Strand | undefined {
  return emitter.strands.find((strand) => strand.id === emitter.lastStrand);
}

/** Finds the strand that this place continues, or opens one. */
function follow(emitter: Emitter, e: Emission, claimed: Enu): Strand {
  const limit = SPEED_LIMIT[emitter.kind];
  const heightKnown = e.heightKnown !== false;
  const position: Enu = heightKnown ? claimed : [claimed[0], claimed[1], 0];
  const told = e.positionSigma;
  const sigma = told !== undefined && Number.isFinite(told) && told > 0 ? Math.min(told, 1000) : POSITION_SIGMA[emitter.kind];
  const stamp = e.sensorTime;
  const t = stamp !== undefined && Math.abs(e.at - stamp) < SANE_STAMP * MICROS_PER_SECOND ? stamp : e.at;

  const last = newest(emitter);
  let best: Strand | undefined;
  let bestShare = 1;
  for (const strand of emitter.strands) {
    const dt = (t - strand.t) / MICROS_PER_SECOND;
    const span = Math.abs(dt);
    const v = strand.velocity;
    const noise = 4 * Math.sqrt(sigma * sigma + strand.sigma * strand.sigma) + 15;
    // Without a velocity, or after a long gap, anything that can be flown to; else what braking and turning allow, half a second of delay included.
    const drift =
      v === undefined || span > 10
        ? limit * (span + 0.5)
        : Math.min(limit * (span + 0.5), 0.5 * ACCELERATION[emitter.kind] * span * span + 0.5 * Math.hypot(v[0], v[1]));
    const ahead = span > 10 ? 0 : dt;
    const distance = Math.hypot(
      position[0] - strand.position[0] - (v?.[0] ?? 0) * ahead,
      position[1] - strand.position[1] - (v?.[1] ?? 0) * ahead,
    );
    const share = distance / (noise + drift);
    if (share < bestShare) {
      bestShare = share;
      best = strand;
    }
  }

  emitter.fixes = Math.min(emitter.fixes * 0.98, 60) + 1;
  emitter.jumps *= 0.98;
  if (last !== undefined && best !== last) {
    const dt = Math.abs(t - last.t) / MICROS_PER_SECOND;
    const speed = Math.hypot(last.velocity?.[0] ?? 0, last.velocity?.[1] ?? 0);
    const noise = 4 * Math.sqrt(sigma * sigma + last.sigma * last.sigma) + 30 + 1.5 * Math.min(speed, limit);
    const moved = Math.hypot(position[0] - last.position[0], position[1] - last.position[1]);
    if (moved - noise > limit * (dt + 0.2) && dt < 60) {
      emitter.jumpSpeed = moved / Math.max(dt, 0.2);
      if (best === undefined) emitter.jumps += 1;
      else {
        emitter.switches.push(e.at);
        if (emitter.switches.length > 6) emitter.switches.shift();
      }
    }
  }

  if (best === undefined) {
    const strand: Strand = {
      id: emitter.nextStrand,
      trackKey: "",
      position,
      heightKnown,
      velocity: e.velocityEnu,
      sigma,
      t,
      bornAt: e.at,
      lastAt: e.at,
      fixes: 1,
      beforeLastAt: e.at,
      radars: [],
      seenLog: 0,
      absentLog: 0,
      looks: 0,
      hits: 0,
      blind: BLIND[emitter.kind],
      bearingLog: 0,
      bearings: 0,
      bearingAt: e.at,
      bearingOff: 0,
      bearingUnit: "deg",
    };
    emitter.nextStrand += 1;
    if (emitter.strands.length >= EMITTER_LIMITS.strandsPerEmitter) {
      let oldest = 0;
      for (let i = 1; i < emitter.strands.length; i++) if (emitter.strands[i].lastAt < emitter.strands[oldest].lastAt) oldest = i;
      emitter.strands.splice(oldest, 1);
    }
    emitter.strands.push(strand);
    emitter.lastStrand = strand.id;
    return strand;
  }

  const dt = (t - best.t) / MICROS_PER_SECOND;
  if (dt > 0.3) {
    const flown: Enu = [
      (position[0] - best.position[0]) / dt,
      (position[1] - best.position[1]) / dt,
      (position[2] - best.position[2]) / dt,
    ];
    const v = e.velocityEnu;
    if (v !== undefined && dt < 5) {
      const off = Math.hypot(flown[0] - v[0], flown[1] - v[1]);
      // Steps of the claim's own grid, noise of both places, half a second of delay, and braking.
      const allowed = 10 + (4 * Math.sqrt(sigma * sigma + best.sigma * best.sigma)) / dt + 0.5 * Math.hypot(v[0], v[1]);
      if (emitter.speedChecks >= 40) {
        emitter.speedMisfits = Math.floor(emitter.speedMisfits / 2);
        emitter.speedChecks = 20;
      }
      emitter.speedChecks += 1;
      if (off > allowed) emitter.speedMisfits += 1;
    }
    best.velocity = v ?? flown;
  } else if (e.velocityEnu !== undefined) best.velocity = e.velocityEnu;
  if (dt >= 0) {
    best.position = position;
    best.heightKnown = heightKnown;
    best.sigma = sigma;
    best.t = t;
  }
  best.fixes += 1;
  best.beforeLastAt = best.lastAt;
  best.lastAt = Math.max(best.lastAt, e.at) as Micros;
  emitter.lastStrand = best.id;
  return best;
}

function keepLevel(emitter: Emitter, sensorId: string, transport: string, at: Micros, level: number, receiver: Enu, strand: Strand): void {
  const [east, north, up] = strand.position;
  const dz = strand.heightKnown ? up - receiver[2] : 0;
  const squared = (east - receiver[0]) * (east - receiver[0]) + (north - receiver[1]) * (north - receiver[1]) + dz * dz;
  const gain = -TEN_OVER_LN10 * Math.log(Math.max(squared, NEAREST * NEAREST));
  let reception = emitter.receptions.find((one) => one.sensorId === sensorId && one.transport === transport);
  if (reception === undefined) {
    if (emitter.receptions.length >= EMITTER_LIMITS.receptionsPerEmitter) {
      let oldest = 0;
      for (let i = 1; i < emitter.receptions.length; i++) if (emitter.receptions[i].lastAt < emitter.receptions[oldest].lastAt) oldest = i;
      emitter.receptions.splice(oldest, 1);
    }
    reception = {
      name: `${sensorId} ${transport}`,
      sensorId,
      transport,
      lastAt: at,
      count: 0,
      level,
      gain,
      levelLevel: 0,
      levelGain: 0,
      gainGain: 0,
      learnt: false,
    } satisfies Reception;
    emitter.receptions.push(reception);
  }
  reception.count += 1;
  reception.lastAt = at;
  const a = 1 / Math.min(reception.count, MEMORY);
  const dLevel = level - reception.level;
  const dGain = gain - reception.gain;
  reception.level += a * dLevel;
  reception.gain += a * dGain;
  reception.levelLevel = (1 - a) * (reception.levelLevel + a * dLevel * dLevel);
  reception.levelGain = (1 - a) * (reception.levelGain + a * dLevel * dGain);
  reception.gainGain = (1 - a) * (reception.gainGain + a * dGain * dGain);
}
