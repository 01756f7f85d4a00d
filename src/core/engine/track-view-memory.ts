// A picture of hundreds of tracks is looked at 25 times a second, and most of it has not changed since the last look: a view is made anew only where
// something that it shows has. Beside the picture, never in it: what is remembered here is found again by making it.

import { attentionOf } from "../alerting/attention.ts";
import { identificationOf } from "../identification/identify.ts";
import type { Attention } from "../model/alert.ts";
import type { Identification } from "../model/identity.ts";
import type { Origin } from "../model/observation.ts";
import type { Freshness, TrackView } from "../model/picture-view.ts";
import type { TrackEstimate } from "../tracking/tracker.ts";
import { claimsAbout } from "./claims.ts";
import { groupsOf } from "./groups.ts";
import type { ClaimRecord, Picture, TrackRecord } from "./picture.ts";

interface KeptView {
  view: TrackView;
  /** Everything that the view was made of, as it was then. */
  newest: TrackEstimate;
  /** Whole second to which a track without news was carried on; 0: not carried on. */
  second: number;
  identification: Identification | undefined;
  threatAt: number | undefined;
  detections: number;
  contributors: number;
  identities: number;
  classification: string | undefined;
  claims: readonly ClaimRecord["statements"][];
  heardAt: number;
  /** Look at which it was last shown. */
  look: number;
}

export interface ViewMemory {
  /** Keyed by track key. */
  readonly kept: Map<string, KeptView>;
  /** Track key -> id of its group, as of this look. */
  groups: ReadonlyMap<string, string>;
  look: number;
  frame: Picture["frame"];
  qnh: Picture["qnh"];
  lags: string;
}

const memories = new WeakMap<Picture, ViewMemory>();

/** The memory of this picture, ready for a look at all of its tracks. */
export function startLook(picture: Picture): ViewMemory {
  const lags = picture.lags.size === 0 ? "" : [...picture.lags].join(" ");
  let memory = memories.get(picture);
  if (memory === undefined || memory.frame !== picture.frame || memory.qnh !== picture.qnh || memory.lags !== lags) {
    memory = { kept: new Map(), groups: new Map(), look: 0, frame: picture.frame, qnh: picture.qnh, lags };
    memories.set(picture, memory);
  }
  const groups = new Map<string, string>();
  for (const { id, tracks } of groupsOf(picture)) for (const key of tracks) groups.set(key, id);
  memory.groups = groups;
  memory.look += 1;
  return memory;
}

/** Forgets the tracks that were not in this look. */
export function endLook(memory: ViewMemory, shown: number): void {
  if (memory.kept.size === shown) return;
  for (const [key, { look }] of memory.kept) if (look !== memory.look) memory.kept.delete(key);
}

/** The view of a track: that of the last look where nothing that it shows has changed, else as `make` makes it. */
export function viewOf(
  picture: Picture,
  memory: ViewMemory,
  key: string,
  origin: Origin,
  newest: TrackEstimate,
  second: number,
  freshness: Freshness,
  make: () => TrackView,
): TrackView {
  const record = picture.tracks.get(key);
  const kept = memory.kept.get(key);
  if (kept !== undefined && isUnchanged(picture, memory, kept, key, origin, newest, second, freshness, record)) {
    kept.look = memory.look;
    // The chance that it exists fades from look to look though nothing else changes.
    const existence = Math.round(newest.existence * 1e4) / 1e4;
    if (existence !== kept.view.existence) kept.view = { ...kept.view, existence };
    return kept.view;
  }
  const view = make();
  const claims = claimsOf(picture, origin, record);
  let heardAt = 0;
  for (const claim of claims) heardAt += claim.heardAt;
  memory.kept.set(key, {
    view,
    newest,
    second,
    identification: identificationOf(picture.judgement.identification, key),
    threatAt: picture.judgement.threats.get(key)?.at,
    detections: detectionsOf(record),
    contributors: record?.contributions.size ?? 0,
    identities: record?.identities.size ?? 0,
    classification: record?.classification,
    claims: claims.map(({ statements }) => statements),
    heardAt,
    look: memory.look,
  });
  return view;
}

function isUnchanged(
  picture: Picture,
  memory: ViewMemory,
  kept: KeptView,
  key: string,
  origin: Origin,
  newest: TrackEstimate,
  second: number,
  freshness: Freshness,
  record: TrackRecord | undefined,
): boolean {
  const { judgement } = picture;
  const { view } = kept;
  if (kept.second !== second || view.freshness !== freshness || !isSameState(kept.newest, newest)) return false;
  const identification = identificationOf(judgement.identification, key);
  // A declaration ends by itself.
  if (kept.identification !== identification || (identification !== undefined && identification.declarations.length > 0)) return false;
  if (kept.threatAt !== judgement.threats.get(key)?.at) return false;
  if (view.groupId !== (memory.groups.get(key) ?? null) || view.heldBy !== (judgement.alerting.trackHolds.get(key)?.by ?? null))
    return false;
  if (!isSameAttention(view.attention, attentionOf(judgement.attention, key))) return false;
  if (record === undefined) return kept.contributors === 0 && kept.identities === 0 && kept.classification === undefined;
  if (kept.contributors !== record.contributions.size || kept.identities !== record.identities.size) return false;
  if (kept.classification !== record.classification || kept.detections !== detectionsOf(record)) return false;
  if (record.identities.size === 0) return true;
  const claims = claimsOf(picture, origin, record);
  if (claims.length !== kept.claims.length) return false;
  let heardAt = 0;
  for (let i = 0; i < claims.length; i++) {
    if (claims[i]!.statements !== kept.claims[i]) return false;
    heardAt += claims[i]!.heardAt;
  }
  return heardAt === kept.heardAt;
}

const NO_CLAIMS: readonly ClaimRecord[] = [];
const claimsOf = (picture: Picture, origin: Origin, record: TrackRecord | undefined): readonly ClaimRecord[] =>
  record === undefined || record.identities.size === 0 ? NO_CLAIMS : claimsAbout(picture, origin, record.identities.values());

/** Grows with each detection that went into the track. */
function detectionsOf(record: TrackRecord | undefined): number {
  let sum = 0;
  if (record !== undefined) for (const contribution of record.contributions.values()) sum += contribution.detections;
  return sum;
}

function isSameState(a: TrackEstimate, b: TrackEstimate): boolean {
  if (a.id !== b.id || a.at !== b.at || a.updatedAt !== b.updatedAt || a.createdAt !== b.createdAt) return false;
  if (a.status !== b.status || a.heightKnown !== b.heightKnown) return false;
  for (let i = 0; i < 3; i++) if (a.position[i] !== b.position[i] || a.velocity[i] !== b.velocity[i]) return false;
  const P = a.covariance;
  const Q = b.covariance;
  for (let i = 0; i < P.length; i++) if (P[i] !== Q[i]) return false;
  return true;
}

function isSameAttention(view: TrackView["attention"], now: Readonly<Attention>): boolean {
  return (
    view.state === now.state &&
    view.needs === now.needs &&
    view.assessByUs === (now.assessBy ?? null) &&
    // A rule's values are those of the instant at which it began to fit.
    view.assessedAtUs === (now.assessedAt ?? null) &&
    view.by === (now.by?.name ?? null) &&
    (view.rule?.key ?? undefined) === now.rule &&
    view.reason === (now.reason ?? null) &&
    view.text === (now.text ?? null) &&
    view.reopenedBecause === (now.reopenedBecause ?? null)
  );
}
