// Which tracks leave as ASTERIX, when, and under which number: every confirmed track once a period, a last message for what ended,
// the end of the batch and the service status behind them. Pure; the shell sends the datagrams.

import { MICROS_PER_SECOND, type Micros, metres, RADIANS_PER_DEGREE } from "../../base/units.ts";
import type { TrackView } from "../../model/picture-view.ts";
import { targetClassOf } from "../cot/cot-publisher.ts";
import {
  encodeEndOfBatch,
  encodeServiceStatus,
  encodeSystemTracks,
  type OutgoingTrack,
  type OutputSource,
  type ServiceState,
} from "./track-output.ts";
import { countryOfOperator, encodeUasReports, fitsSerialItem } from "./uas-output.ts";

export interface AsterixOutputOptions {
  readonly source: OutputSource;
  readonly period: Micros;
  /** The receiver is marked exercise: only then does anything but live leave, with its SIM bit. */
  readonly exercise: boolean;
  /** Addresses, squawks and call signs that objects broadcast leave only when this is set. */
  readonly identities: boolean;
  /** Drones that broadcast a serial number go out as CAT129 too. Without `identities` nothing does. */
  readonly uasReports: boolean;
}

export interface AsterixPublisherState {
  /** By the picture's identifier, what was last sent of each track. Bounded by the picture's own number of tracks. */
  sent: Map<string, OutgoingTrack>;
  /** Track numbers in use. */
  numbers: Set<number>;
  nextNumber: number;
  /** Turns over each time the numbers start again: I065/040 STTN. */
  renumbered: boolean;
  batch: number;
  /** Of the update that is under way: what of it is not sent yet, and how much of it goes at a time. */
  pending: OutgoingTrack[];
  share: number;
  underWay: boolean;
  /** Undefined before the first update. */
  dueAt: Micros | undefined;
}

export interface AsterixUpdate {
  readonly datagrams: readonly Uint8Array[];
  /** Track records in them. */
  readonly tracks: number;
  /** Tracks that CAT062 cannot hold, and those for which there was no number left. */
  readonly skipped: number;
  /** Identified drones whose serial number CAT129 cannot hold. */
  readonly longSerials: number;
}

const NUMBERS = 65_536;
/** Tracks that are encoded at a time at least, however many parts there are. */
const LEAST_SHARE = 100;
/** 95 % of a two-dimensional normal distribution lie within this many sigma. */
const SIGMAS_95 = 2.4477;
/** I062/380 subfield EMC. */
const EMITTER: readonly (readonly [targetClass: string, category: number])[] = [
  ["uas", 13],
  ["manned.helicopter", 10],
  ["lta", 12],
];

export const createAsterixPublisher = (): AsterixPublisherState => ({
  sent: new Map(),
  numbers: new Set(),
  nextNumber: 1,
  renumbered: false,
  batch: 0,
  pending: [],
  share: 0,
  underWay: false,
  dueAt: undefined,
});

export const asterixDue = (state: AsterixPublisherState, now: Micros): boolean =>
  state.underWay || state.dueAt === undefined || now >= state.dueAt;

/**
 * An update, or the next part of the one that is under way: call it when `asterixDue` says so. The next one is due a period after this one
 * was, not after it was sent. `looks`: into how many parts an update of many tracks is cut, so that encoding them holds nothing else up.
 */
export function publishAsterix(
  state: AsterixPublisherState,
  tracks: readonly TrackView[],
  now: Micros,
  service: { readonly state: ServiceState; readonly overloaded: boolean },
  options: AsterixOutputOptions,
  looks = 1,
): AsterixUpdate {
  const skipped = state.underWay ? 0 : beginUpdate(state, tracks, now, options);
  state.share = state.underWay
    ? state.share
    : Math.max(looks === 1 ? state.pending.length : LEAST_SHARE, Math.ceil(state.pending.length / looks));
  const part = state.pending.splice(0, state.share);
  state.underWay = state.pending.length > 0;
  const encoded = encodeSystemTracks(options.source, part);
  const datagrams = encoded.datagrams;
  if (options.uasReports) datagrams.push(...encodeUasReports(options.source, part));
  const longSerials = part.filter(({ uas, ended }) => uas !== undefined && !ended && !fitsSerialItem(uas.serial)).length;
  if (!state.underWay) {
    const timeOfDay = secondsOfDay(now);
    state.batch = (state.batch + 1) & 255;
    datagrams.push(
      encodeEndOfBatch(options.source, timeOfDay, state.batch),
      encodeServiceStatus(options.source, timeOfDay, { ...service, timeInvalid: false, renumbered: state.renumbered }),
    );
  }
  return { datagrams, tracks: part.length - encoded.skipped, skipped: skipped + encoded.skipped, longSerials };
}

/** Takes every track that may leave as it is now; gives how many found no number. */
function beginUpdate(state: AsterixPublisherState, tracks: readonly TrackView[], now: Micros, options: AsterixOutputOptions): number {
  const behind = state.dueAt === undefined || now - state.dueAt >= options.period;
  state.dueAt = ((behind ? now : state.dueAt!) + options.period) as Micros;
  const outgoing = state.pending;
  const present = new Set<string>();
  let skipped = 0;
  for (const view of tracks) {
    if (view.status === "tentative" || (view.origin !== "live" && !options.exercise)) continue;
    const before = state.sent.get(view.id);
    const trackNumber = before?.trackNumber ?? takeNumber(state, view.id);
    if (trackNumber === undefined) {
      skipped += 1;
      continue;
    }
    present.add(view.id);
    const track = outgoingTrack(view, trackNumber, before === undefined, options);
    state.sent.set(view.id, track);
    outgoing.push(track);
  }
  for (const [id, track] of state.sent) {
    if (present.has(id)) continue;
    outgoing.push({ ...track, first: false, ended: true });
    state.sent.delete(id);
    state.numbers.delete(track.trackNumber);
  }
  return skipped;
}

/** The last word of a service that is switched off. */
export const asterixGoodbye = (state: AsterixPublisherState, now: Micros, options: AsterixOutputOptions): Uint8Array =>
  encodeServiceStatus(options.source, secondsOfDay(now), {
    state: "not-connected",
    overloaded: false,
    timeInvalid: false,
    renumbered: state.renumbered,
  });

/** T12 is number 12 to the receiver too, so that two operators on a telephone mean the same track; the next free one where 12 is taken. */
function takeNumber(state: AsterixPublisherState, id: string): number | undefined {
  if (state.numbers.size >= NUMBERS) return undefined;
  const own = Number(/\d+$/.exec(id)?.[0] ?? Number.NaN);
  let number = own;
  if (!(own < NUMBERS) || state.numbers.has(own)) {
    number = state.nextNumber;
    while (state.numbers.has(number)) number = (number + 1) % NUMBERS;
    if (number < state.nextNumber) state.renumbered = !state.renumbered;
    state.nextNumber = (number + 1) % NUMBERS;
  }
  state.numbers.add(number);
  return number;
}

function outgoingTrack(
  view: TrackView,
  trackNumber: number,
  first: boolean,
  { identities, uasReports }: AsterixOutputOptions,
): OutgoingTrack {
  const { heightHaeMetres } = view.position;
  const targetClass = targetClassOf(view);
  const emitter = EMITTER.find(([known]) => targetClass === known || targetClass?.startsWith(`${known}.`) === true);
  const identity = (scheme: string) => view.identities.find((one) => one.scheme === scheme)?.value;
  const icao24 = identities ? identity("icao24") : undefined;
  const mode3a = identities ? identity("mode3a") : undefined;
  const callsign = identities ? view.claims.find((claim) => claim.callsign !== undefined)?.callsign : undefined;
  const serial = identities && uasReports ? identity("remote-id-serial") : undefined;
  const operatorId = view.claims.find((claim) => claim.operatorId !== undefined)?.operatorId;
  return {
    trackNumber,
    timeOfDay: secondsOfDay(view.atUs),
    latitude: view.position.latitudeDegrees * RADIANS_PER_DEGREE,
    longitude: view.position.longitudeDegrees * RADIANS_PER_DEGREE,
    covarianceEn: covarianceOf(view.ellipse),
    ...(heightHaeMetres === null
      ? {}
      : {
          height: {
            kind: "hae" as const,
            value: metres(heightHaeMetres),
            ...(view.verticalSigmaMetres === null ? {} : { sigma: metres(view.verticalSigmaMetres) }),
          },
          velocityUp: view.velocityUpMps,
        }),
    velocityEast: view.velocityEastMps,
    velocityNorth: view.velocityNorthMps,
    ...(icao24 === undefined ? {} : { icao24 }),
    ...(mode3a === undefined ? {} : { mode3a }),
    ...(callsign === undefined ? {} : { callsign }),
    ...(serial === undefined ? {} : { uas: { serial, country: countryOfOperator(operatorId) } }),
    ...(emitter === undefined ? {} : { emitterCategory: emitter[1] }),
    simulated: view.origin !== "live",
    monosensor: view.contributions.length <= 1,
    coasting: view.status === "coasting",
    first,
    ended: false,
  };
}

/** East-east, east-north, north-north (m^2) of a 95 % ellipse whose major axis lies `azimuthDegrees` clockwise from north. */
function covarianceOf(ellipse: TrackView["ellipse"]): [number, number, number] {
  const major = ellipse.semiMajorMetres / SIGMAS_95;
  const minor = ellipse.semiMinorMetres / SIGMAS_95;
  const sin = Math.sin(ellipse.azimuthDegrees * RADIANS_PER_DEGREE);
  const cos = Math.cos(ellipse.azimuthDegrees * RADIANS_PER_DEGREE);
  const along = major * major;
  const across = minor * minor;
  return [along * sin * sin + across * cos * cos, (along - across) * sin * cos, along * cos * cos + across * sin * sin];
}

const secondsOfDay = (at: number) => (at / MICROS_PER_SECOND) % 86_400;
