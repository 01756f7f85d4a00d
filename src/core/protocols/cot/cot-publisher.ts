// Which events leave for a TAK network, and when: the tracks of a picture, their operators where the output is configured for them,
// and a deletion for what was sent and is there no longer. Pure; the shell sends the events in the form of its connection.

import { MICROS_PER_SECOND, type Micros, metres, micros, RADIANS_PER_DEGREE, radians, type Seconds } from "../../base/units.ts";
import type { TrackView } from "../../model/picture-view.ts";
import type { CotEvent } from "./cot-event.ts";
import { type CotTrack, cotEventOfDeletion, cotEventOfOperator, cotEventOfTrack, cotTypeOf, OPERATOR_TYPE, operatorUid } from "./encode.ts";

export interface CotOutputOptions {
  /** Of the site; makes uids unique among senders. */
  readonly siteId: string;
  readonly updateInterval: Seconds;
  /** Age at which receivers show an event as stale; four intervals when absent. */
  readonly staleAfter?: Seconds;
  /** Pilots' positions leave only when this is set. */
  readonly operators: boolean;
  /** Serials and call signs that objects broadcast leave in the remarks; not when absent. */
  readonly identities?: boolean;
  /** Events of tracks and operators that are made at a time; the others stay due. All when absent. */
  readonly limit?: number;
  /** The receivers are marked exercise: only then does anything but live leave, with its label. */
  readonly exercise: boolean;
}

interface Sent {
  readonly type: string;
  readonly at: Micros;
}

export interface CotPublisherState {
  /** By uid, tracks and operators alike. Bounded by the picture's own number of tracks. */
  sent: Map<string, Sent>;
}

/** An operator's position that was not heard for longer is no longer passed on. */
const OPERATOR_FRESH = 60 * MICROS_PER_SECOND; // us
/** 95 % of a circular normal distribution lie within this many sigma. */
const SIGMAS_95_CIRCLE = 2.4477;

export const createCotPublisher = (): CotPublisherState => ({ sent: new Map() });

/** Prefix of every uid of this site: an event that comes back with it is our own. */
export const ownUidPrefix = (siteId: string) => `picket.${siteId}.`;

/**
 * Events that are due now, in the order of `tracks`, deletions last. Call it at least once an update interval. A track that is only
 * a candidate is not sent; a change of type (of affiliation or class) is sent at once.
 */
export function publishCot(state: CotPublisherState, tracks: readonly TrackView[], now: Micros, options: CotOutputOptions): CotEvent[] {
  const events: CotEvent[] = [];
  const present = new Set<string>();
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  /** Asked before the event is made: most are not due. */
  const isDue = (uid: string, type: string): boolean => {
    present.add(uid);
    const before = state.sent.get(uid);
    return before === undefined || before.type !== type || now - before.at >= options.updateInterval * MICROS_PER_SECOND;
  };
  const send = (event: CotEvent): void => {
    state.sent.set(event.uid, { type: event.type, at: now });
    events.push(event);
  };
  for (const view of tracks) {
    if (view.status === "tentative") continue;
    const simulated = view.origin !== "live";
    if (simulated && !options.exercise) continue;
    const uid = `${ownUidPrefix(options.siteId)}${view.id}`;
    const type = cotTypeOf(view.affiliation, targetClassOf(view));
    if (isDue(uid, type) && events.length < limit) send(cotEventOfTrack(cotTrackOf(view, simulated, now, options)));
    const operator = options.operators ? newestOperator(view, now) : undefined;
    if (operator === undefined || !isDue(operatorUid(uid), OPERATOR_TYPE) || events.length >= limit) continue;
    send(
      cotEventOfOperator({
        trackUid: uid,
        trackType: type,
        callsign: view.id,
        latitude: radians(operator.latitudeDegrees * RADIANS_PER_DEGREE),
        longitude: radians(operator.longitudeDegrees * RADIANS_PER_DEGREE),
        heightHae: operator.heightHaeMetres === null ? undefined : metres(operator.heightHaeMetres),
        at: now,
        updateInterval: options.updateInterval,
        ...(options.staleAfter === undefined ? {} : { staleAfter: options.staleAfter }),
        simulated,
      }),
    );
  }
  for (const [uid, sent] of state.sent) {
    if (present.has(uid)) continue;
    events.push(cotEventOfDeletion(uid, sent.type, now));
    state.sent.delete(uid);
  }
  return events;
}

function cotTrackOf(view: TrackView, simulated: boolean, now: Micros, options: CotOutputOptions): CotTrack {
  // The circle around the long axis: TAK shows no ellipse.
  const sigma = view.ellipse.semiMajorMetres / SIGMAS_95_CIRCLE;
  const claim = options.identities === true ? view.claims.find((one) => one.callsign !== undefined || one.serial !== undefined) : undefined;
  const remarks = [
    CLASS_OF_ANSWER[view.className] !== undefined
      ? view.className.replaceAll("-", " ")
      : view.classification === "unknown"
        ? ""
        : view.classification,
    claim?.serial === undefined ? "" : `claims serial ${claim.serial}`,
    claim?.callsign === undefined ? "" : `claims call sign ${claim.callsign}`,
  ];
  return {
    uid: `${ownUidPrefix(options.siteId)}${view.id}`,
    callsign: view.id,
    affiliation: view.affiliation,
    targetClass: targetClassOf(view),
    latitude: radians(view.position.latitudeDegrees * RADIANS_PER_DEGREE),
    longitude: radians(view.position.longitudeDegrees * RADIANS_PER_DEGREE),
    heightHae: view.position.heightHaeMetres === null ? undefined : metres(view.position.heightHaeMetres),
    covarianceEn: [sigma * sigma, 0, sigma * sigma],
    heightSigma: view.verticalSigmaMetres === null ? undefined : metres(view.verticalSigmaMetres),
    velocityEast: view.velocityEastMps,
    velocityNorth: view.velocityNorthMps,
    // Never ahead of our own clock: receivers drop events from the future.
    at: micros(Math.min(view.atUs, now)),
    updateInterval: options.updateInterval,
    ...(options.staleAfter === undefined ? {} : { staleAfter: options.staleAfter }),
    source: "fused",
    remarks: remarks.filter((part) => part !== "").join("; "),
    simulated,
  };
}

function newestOperator(view: TrackView, now: Micros) {
  let newest: TrackView["claims"][number] | undefined;
  for (const claim of view.claims) {
    if (claim.operator === undefined || now - claim.heardAtUs > OPERATOR_FRESH) continue;
    if (newest === undefined || claim.heardAtUs > newest.heardAtUs) newest = claim;
  }
  return newest?.operator;
}

/** Words that sensors and broadcasts use for a class, besides the identifiers of core/model. */
const CLASS_WORDS: readonly (readonly [RegExp, string])[] = [
  [/multirotor|rotary-wing drone|quadcopter/i, "uas.multirotor"],
  [/fixed-wing drone/i, "uas.fixedwing"],
  [/hybrid lift/i, "uas.vtol_hybrid"],
  [/drone|unmanned|\bua[sv]\b/i, "uas"],
  [/helicopter|rotorcraft|rotary wing/i, "manned.helicopter"],
  [/balloon|airship|lighter than air/i, "lta"],
  [/aeroplane|airplane|fixed wing|\bA[1-6] /i, "manned"],
];

/** Target class (core/model/target-classes.ts) of each answer of Picket's own that has one with a symbol. */
const CLASS_OF_ANSWER: Partial<Record<TrackView["className"], string>> = {
  "multirotor-small": "uas.multirotor",
  "multirotor-large": "uas.multirotor",
  fpv: "uas.multirotor",
  "fixed-wing": "uas.fixedwing",
  vtol: "uas.vtol_hybrid",
  "one-way": "uas.oneway",
  aircraft: "manned",
  helicopter: "manned.helicopter",
  balloon: "lta",
  "ground-vehicle": "ground",
  "bird-small": "bird",
  "bird-medium": "bird",
  "bird-large": "bird",
  "bird-flock": "bird",
  clutter: "clutter",
};

/** Identifier of the target class of a track: Picket's own answer, else what a sensor or broadcast calls it; undefined when nobody says. */
export function targetClassOf(view: Pick<TrackView, "className" | "classification">): string | undefined {
  const answer = CLASS_OF_ANSWER[view.className];
  if (answer !== undefined) return answer;
  const words = view.classification;
  if (/^(uas|bird|manned|lta|ground|clutter)(\.[a-z_]+)*$/.test(words)) return words;
  return CLASS_WORDS.find(([pattern]) => pattern.test(words))?.[1];
}
