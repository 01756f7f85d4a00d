// What people said of which detections are one object: a split ("what this sensor sees of T5 is another object") and a merge ("T7 is T5").
// Both are remembered until they expire or are taken back, so that the correlator cannot undo them. A merge folds tracks where they are read and
// changes no estimate; when its members are surely apart each is shown again, because what may be there is shown.

import type { Micros } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import type { Identity, Origin } from "../model/observation.ts";
import { predictTrack, readTracks } from "../tracking/picket-tracker.ts";
import { setSplits } from "../tracking/splits.ts";
import type { TrackEstimate } from "../tracking/tracker.ts";
import type { TrackerState } from "../tracking/tracker-state.ts";
import { identityKey, notify, type Picture, trackKey } from "./picture.ts";

/** Of a merge: a track that is folded into another. */
interface Member {
  id: number;
  /** Sensors that contributed to it, for its heirs. */
  sensors: string[];
  /** When a tracker last held it, us on the picture's clock. */
  seenAt: Micros;
  /** Its place says that it is another object: it is shown by itself until it is back. */
  apart: boolean;
}

export interface Association {
  id: number;
  kind: "split" | "merge";
  origin: Origin;
  /** Tracker's number of the track that keeps its name. */
  track: number;
  by: Actor;
  at: Micros;
  reason: string;
  expiresAt: Micros;
  /** Of a split: what was split off. */
  sensorId: string | undefined;
  identities: string[];
  /** Of a split: sensors and names that stay. */
  keptSensors: string[];
  keptIdentities: string[];
  /** Of a split: the track that it started; 0: none yet. */
  other: number;
  /** Of a merge. */
  members: Member[];
}

/** Kept at a time; more are refused: each is a person's word. */
export const MOST_ASSOCIATIONS = 64;
/** m and squared sigmas: further apart than both, members of a merge are surely two. */
const APART_METRES = 300;
const APART_SIGMAS_2 = 36;
/** Nearer than half of that they are one again. */
const BACK_METRES = 150;
/** us: a track that began no longer than this after a member was lost, near the other, by the same sensors, takes its place. */
const HEIR_AFTER = 30_000_000;
const HEIR_METRES = 250;
/** us: the named track speaks for all while it was seen within this of the freshest. */
const FRESH = 2_500_000;

const standing = (picture: Picture): Association[] => picture.associations ?? [];

/** Number under which a track is shown: that of the track into which a person merged it. */
export function shownTrack(picture: Picture, origin: Origin, id: number): number {
  for (const association of standing(picture)) {
    if (association.kind !== "merge" || association.origin !== origin) continue;
    if (association.members.some((member) => member.id === id && !member.apart)) return association.track;
  }
  return id;
}

/** The reportable tracks of a tracker with merged ones as one, rising by identifier. Without merges exactly what the tracker says. */
export function reportedTracks(picture: Picture, origin: Origin, tracker: TrackerState): TrackEstimate[] {
  const tracks = readTracks(tracker);
  const merges = standing(picture).filter((each) => each.kind === "merge" && each.origin === origin);
  if (merges.length === 0) return tracks;
  const folded = new Set<number>();
  const shown: TrackEstimate[] = [];
  for (const { track, members } of merges) {
    const inside = tracks.filter(({ id }) => id === track || members.some((member) => member.id === id && !member.apart));
    if (inside.length === 0) continue;
    for (const { id } of inside) folded.add(id);
    const freshest = inside.reduce((best, each) => (each.updatedAt > best.updatedAt ? each : best));
    const named = inside.find(({ id }) => id === track);
    const speaks = named !== undefined && named.updatedAt > freshest.updatedAt - FRESH ? named : freshest;
    shown.push({
      ...speaks,
      id: track,
      existence: Math.max(...inside.map(({ existence }) => existence)),
      createdAt: Math.min(...inside.map(({ createdAt }) => createdAt)),
    });
  }
  return [...tracks.filter(({ id }) => !folded.has(id)), ...shown].sort((a, b) => a.id - b.id);
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

const refusal = (code: string, message: string): Refusal => ({ code, message });

function faultOf(picture: Picture, reason: string, expiresAt: Micros): Refusal | undefined {
  if (reason.trim() === "") return refusal("no-reason", "say why");
  if (expiresAt <= picture.now) return refusal("expired", "it would have expired already");
  if (standing(picture).length >= MOST_ASSOCIATIONS)
    return refusal("too-many", `${MOST_ASSOCIATIONS} splits and merges stand already; take one back first`);
  return undefined;
}

function keep(picture: Picture, association: Omit<Association, "id" | "at">): Association {
  const id = picture.nextAssociationId ?? 1;
  picture.nextAssociationId = id + 1;
  const kept = { ...association, id, at: picture.now };
  picture.associations = [...standing(picture), kept];
  return kept;
}

const utc = (at: Micros): string => {
  const seconds = Math.floor(at / 1_000_000) % 86_400;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)} UTC`;
};

/** Every name that goes with this one in what was broadcast, as the tracker is told them. */
function namesOf(picture: Picture, origin: Origin, sensors: Iterable<string>, identity: Identity): string[] {
  const claimId = picture.claimByIdentity.get(`${origin} ${identityKey(identity)}`);
  const claimed = claimId === undefined ? [] : (picture.claims.get(claimId)?.identities ?? []);
  const names = new Set([identity, ...claimed].map(identityKey));
  // A sensor's own track number is a name of that sensor's alone.
  if (identity.scheme === "source-track")
    for (const sensor of sensors) names.add(`source-track@${sensor.replaceAll(":", "-")}:${identity.value}`);
  return [...names];
}

/** A person says that what a sensor sees of a track, or what is heard under a name, is another object. */
export function splitTrack(
  picture: Picture,
  order: {
    readonly trackId: string;
    readonly sensorId?: string;
    readonly identity?: Identity;
    readonly reason: string;
    readonly expiresAt: Micros;
  },
  by: Actor,
): Refusal | undefined {
  const record = picture.tracks.get(order.trackId);
  if (record === undefined) return refusal("unknown-track", `there is no track "${order.trackId}"`);
  const fault = faultOf(picture, order.reason, order.expiresAt);
  if (fault !== undefined) return fault;
  const { sensorId, identity } = order;
  const sensors = [...record.contributions.keys()];
  let identities: string[] = [];
  if (sensorId !== undefined) {
    if (!sensors.includes(sensorId)) return refusal("not-in-it", `${sensorId} does not contribute to ${order.trackId}`);
    if (sensors.length < 2) return refusal("nothing-left", `only ${sensorId} contributes to ${order.trackId}: nothing would be left of it`);
  } else if (identity !== undefined) {
    if (!record.identities.has(identityKey(identity)))
      return refusal("not-in-it", `${order.trackId} was not heard under the name ${identity.value}`);
    identities = namesOf(picture, record.origin, sensors, identity);
  } else return refusal("nothing-named", "say which sensor or which name is another object");
  keep(picture, {
    kind: "split",
    origin: record.origin,
    track: record.id,
    by,
    reason: order.reason.trim(),
    expiresAt: order.expiresAt,
    sensorId,
    identities: [...new Set(identities)],
    keptSensors: sensorId === undefined ? [] : sensors.filter((each) => each !== sensorId),
    keptIdentities: sensorId === undefined ? [...record.identities.keys()].filter((key) => !identities.includes(key)) : [],
    other: 0,
    members: [],
  });
  for (const key of identities) record.identities.delete(key);
  if (identity !== undefined) record.identities.delete(identityKey(identity));
  if (sensorId !== undefined) record.contributions.delete(sensorId);
  picture.judgement.heard.add(order.trackId);
  tellTracker(picture, record.origin);
  notify(picture, "warning", "track-split", {
    actor: by.name,
    track: order.trackId,
    other: sensorId === undefined ? identity!.value : (picture.sensors.get(sensorId)?.name ?? sensorId),
    until: utc(order.expiresAt),
    reason: order.reason.trim(),
  });
  return undefined;
}

/** A person says that two tracks are one object: it is shown under the name of the first. */
export function mergeTracks(
  picture: Picture,
  order: { readonly trackId: string; readonly otherId: string; readonly reason: string; readonly expiresAt: Micros },
  by: Actor,
): Refusal | undefined {
  const record = picture.tracks.get(order.trackId);
  const other = picture.tracks.get(order.otherId);
  if (record === undefined) return refusal("unknown-track", `there is no track "${order.trackId}"`);
  if (other === undefined) return refusal("unknown-track", `there is no track "${order.otherId}"`);
  if (record === other) return refusal("same-track", "a track is itself already");
  if (record.origin !== other.origin) return refusal("other-origin", "tracks of different origin never fuse");
  const fault = faultOf(picture, order.reason, order.expiresAt);
  if (fault !== undefined) return fault;
  const { origin } = record;
  for (const each of standing(picture)) {
    if (each.origin !== origin || each.kind !== "split") continue;
    const pair = [each.track, each.other];
    if (pair.includes(record.id) && pair.includes(other.id))
      return refusal("kept-apart", `${each.by.name} split these two: take that back first`);
  }
  // What was merged into the other comes along.
  const before = standing(picture).filter((each) => each.kind === "merge" && each.origin === origin && each.track === other.id);
  const members: Member[] = [
    { id: other.id, sensors: [...other.contributions.keys()], seenAt: picture.now, apart: false },
    ...before.flatMap((each) => each.members),
  ];
  picture.associations = standing(picture).filter((each) => !before.includes(each));
  keep(picture, {
    kind: "merge",
    origin,
    track: record.id,
    by,
    reason: order.reason.trim(),
    expiresAt: order.expiresAt,
    sensorId: undefined,
    identities: [],
    keptSensors: [],
    keptIdentities: [],
    other: 0,
    members,
  });
  for (const [key, identity] of other.identities) record.identities.set(key, identity);
  for (const [sensor, share] of other.contributions) {
    const own = record.contributions.get(sensor);
    if (own === undefined) record.contributions.set(sensor, { ...share });
    else {
      own.lastAt = Math.max(own.lastAt, share.lastAt) as Micros;
      own.detections += share.detections;
    }
  }
  picture.tracks.delete(order.otherId);
  picture.judgement.heard.add(order.trackId);
  notify(picture, "warning", "tracks-merged", {
    actor: by.name,
    track: order.trackId,
    other: order.otherId,
    until: utc(order.expiresAt),
    reason: order.reason.trim(),
  });
  return undefined;
}

/** What a notice calls the other side of an association. */
function otherName(picture: Picture, association: Association): string {
  if (association.kind === "merge") return association.members.map(({ id }) => trackKey(association.origin, id)).join(", ");
  if (association.other !== 0) return trackKey(association.origin, association.other);
  if (association.sensorId !== undefined) return picture.sensors.get(association.sensorId)?.name ?? association.sensorId;
  return association.identities[0] ?? "";
}

export function withdrawAssociation(picture: Picture, associationId: number, by: Actor): Refusal | undefined {
  const association = standing(picture).find(({ id }) => id === associationId);
  if (association === undefined) return refusal("unknown-association", `no split or merge ${associationId} stands`);
  end(picture, association);
  const { origin, track, kind } = association;
  notify(picture, "info", "association-withdrawn", {
    actor: by.name,
    track: trackKey(origin, track),
    other: otherName(picture, association),
    what: kind,
  });
  return undefined;
}

function end(picture: Picture, association: Association): void {
  picture.associations = standing(picture).filter((each) => each !== association);
  if (association.kind === "split") tellTracker(picture, association.origin);
}

function tellTracker(picture: Picture, origin: Origin): void {
  const tracker = picture.trackers.get(origin);
  if (tracker === undefined) return;
  setSplits(
    tracker,
    standing(picture)
      .filter((each) => each.kind === "split" && each.origin === origin)
      .map(({ track, sensorId, identities, keptSensors, keptIdentities, other }) => ({
        track,
        identities,
        keptSensors,
        keptIdentities,
        other,
        ...(sensorId === undefined ? {} : { sensorId }),
      })),
  );
}

/** Notes which track the detections that were split off went to: those two are kept apart from now on. */
export function noteContribution(
  picture: Picture,
  origin: Origin,
  sensorId: string,
  identities: readonly Identity[],
  trackId: number,
): void {
  if (picture.associations === undefined) return;
  for (const association of picture.associations) {
    if (association.kind !== "split" || association.origin !== origin || trackId === association.track || trackId === association.other)
      continue;
    const isOff =
      association.sensorId === sensorId || identities.some((identity) => association.identities.includes(identityKey(identity)));
    if (!isOff) continue;
    const tracker = picture.trackers.get(origin);
    const tracks = tracker === undefined ? [] : readTracks(tracker, 0);
    // Only what flies where the split was can be the other half; the sensor sees more than this.
    const alive = tracks.some(({ id }) => id === association.other);
    const here = tracks.find(({ id }) => id === association.track);
    const there = tracks.find(({ id }) => id === trackId);
    if (alive || here === undefined || there === undefined || distance(here, predictTrack(there, here.at)) > APART_METRES) continue;
    association.other = trackId;
    tellTracker(picture, origin);
  }
}

const distance = (a: TrackEstimate, b: TrackEstimate): number => Math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]);

/** Squared distance of two tracks on the ground in sigmas of their difference. */
function sigmas2(a: TrackEstimate, b: TrackEstimate): number {
  const [dx, dy] = [a.position[0] - b.position[0], a.position[1] - b.position[1]];
  const ee = a.covariance[0]! + b.covariance[0]!;
  const en = a.covariance[1]! + b.covariance[1]!;
  const nn = a.covariance[7]! + b.covariance[7]!;
  const determinant = ee * nn - en * en;
  return determinant > 0 ? (dx * dx * nn - 2 * dx * dy * en + dy * dy * ee) / determinant : 0;
}

/** Once a second: what has expired ends, and of each merge which members are apart and who took the place of those that were lost. */
export function passAssociationTime(picture: Picture): void {
  if (picture.associations === undefined || picture.associations.length === 0) return;
  for (const association of [...picture.associations]) {
    const { origin, track, kind } = association;
    if (association.expiresAt <= picture.now) {
      notify(picture, "warning", "association-expired", {
        track: trackKey(origin, track),
        other: otherName(picture, association),
        what: kind,
      });
      end(picture, association);
      continue;
    }
    const tracker = picture.trackers.get(origin);
    if (tracker !== undefined && kind === "merge") settleMerge(picture, association, readTracks(tracker));
  }
}

function settleMerge(picture: Picture, association: Association, tracks: readonly TrackEstimate[]): void {
  const { origin, members } = association;
  const named = tracks.find(({ id }) => id === association.track);
  const byId = new Map(tracks.map((each) => [each.id, each]));
  for (const member of members) {
    const estimate = byId.get(member.id);
    if (estimate === undefined) continue;
    member.seenAt = picture.now;
    const record = picture.tracks.get(trackKey(origin, member.apart ? member.id : association.track));
    if (member.apart && record !== undefined) member.sensors = [...record.contributions.keys()];
    if (named === undefined) continue;
    const other = predictTrack(estimate, named.at);
    const away = distance(named, other);
    if (!member.apart && away > APART_METRES && sigmas2(named, other) > APART_SIGMAS_2) {
      member.apart = true;
      notify(picture, "warning", "merge-contradicted", {
        actor: association.by.name,
        track: trackKey(origin, association.track),
        other: trackKey(origin, member.id),
        metres: Math.round(away),
      });
    } else if (member.apart && away < BACK_METRES) member.apart = false;
  }
  // A member that was lost and began again under another number is the same object still.
  const anchor = named ?? members.map(({ id, apart }) => (apart ? undefined : byId.get(id))).find((each) => each !== undefined);
  if (anchor === undefined) return;
  const taken = new Set(standing(picture).flatMap((each) => [each.track, each.other, ...each.members.map(({ id }) => id)]));
  for (const lost of members.filter(({ id }) => !byId.has(id))) {
    if (picture.now - lost.seenAt > HEIR_AFTER) continue;
    const heir = tracks.find((each) => {
      if (taken.has(each.id) || distance(anchor, predictTrack(each, anchor.at)) > HEIR_METRES) return false;
      const record = picture.tracks.get(trackKey(origin, each.id));
      if (record === undefined || record.createdAt + (picture.lags.get(origin) ?? 0) < lost.seenAt - FRESH) return false;
      return record.contributions.size > 0 && [...record.contributions.keys()].every((sensor) => lost.sensors.includes(sensor));
    });
    if (heir === undefined) continue;
    taken.add(heir.id);
    lost.id = heir.id;
    lost.seenAt = picture.now;
    picture.tracks.delete(trackKey(origin, heir.id));
  }
}

/** Ids of the tracker's tracks whose records are to be kept under the named track. */
export const hasStandIn = (picture: Picture, origin: Origin, trackId: number, alive: (id: number) => boolean): boolean =>
  standing(picture).some(
    (each) =>
      each.kind === "merge" &&
      each.origin === origin &&
      each.track === trackId &&
      each.members.some(({ id, apart }) => !apart && alive(id)),
  );

/** Everything of tracks that are no more: a moved site counts them anew. */
export function forgetAssociations(picture: Picture): void {
  delete picture.associations;
}
