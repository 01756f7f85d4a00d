// TAKE COVER: when Picket suggests it, who ordered it, for which assets, what became of it, and the all-clear. One person's press is enough; the two steps
// that keep it from being an accident are the console's.

import { err, ok, type Result } from "../base/result.ts";
import type { Micros } from "../base/units.ts";
import type { Attention } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";
import type { Identification } from "../model/identity.ts";
import type { Origin } from "../model/observation.ts";
import type { Threat } from "../model/threat.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { type AlarmCosts, mattersProbability, saysWhoItIs } from "./alarm-cost.ts";

export interface CoverSettings {
  /**
   * s before the arrival from which cover is suggested: that of the threat, so that a drone calls once, and not first as a warning and then for cover. A
   * track confirmed 200 s out gives a prompt 180 s before at the latest.
   */
  readonly horizon: number;
  /** P(matters) x P(entry) from which cover is suggested. */
  readonly probability: number;
  /** The same for a drone that says who it is and is not contradicted, and the s from which it counts: somebody is asked first. */
  readonly announcedHorizon: number;
}

export const COVER_SETTINGS: CoverSettings = { horizon: 300, probability: 0.5, announcedHorizon: 60 };

export interface CoverTrack {
  readonly facts: TrackFacts;
  readonly threat: Threat;
  readonly identification?: Identification;
  readonly attention: Readonly<Attention>;
}

export interface CoverPrompt {
  readonly assetId: string;
  readonly trackKey: string;
  /** s to the keep-out. */
  readonly time: number;
  /** Catalogue key with its values. */
  readonly key: "prompt.take-cover";
  readonly values: Readonly<Record<string, string | number>>;
}

/**
 * Whether cover should be ordered for the asset that this track reaches first; undefined: not now. Only confirmed tracks; not those that a person
 * dismissed. There is no waiting in it: a track that threatens is prompted in the step in which it is both confirmed and within the horizon.
 */
export function coverPromptFor(track: CoverTrack, settings: CoverSettings, costs: AlarmCosts): CoverPrompt | undefined {
  const { facts, threat, identification, attention } = track;
  if (!threat.inbound || facts.status === "tentative" || attention.state === "dismissed") return undefined;
  const matters = mattersProbability(facts.existence, identification, costs);
  if (matters < settings.probability) return undefined;
  const horizon = saysWhoItIs(facts, identification) ? settings.announcedHorizon : settings.horizon;
  let best: CoverPrompt | undefined;
  for (const asset of threat.assets) {
    const time = asset.timeToKeepOut ?? (asset.closingSpeed > 0 ? asset.timeToClosestApproach : undefined);
    if (time === undefined || time > horizon || matters * asset.entryProbability < settings.probability) continue;
    if (best !== undefined && best.time <= time) continue;
    best = {
      assetId: asset.assetId,
      trackKey: facts.key,
      time,
      key: "prompt.take-cover",
      values: { track: facts.key, asset: asset.assetId, time: Math.round(time), score: Math.round(threat.score * 100) },
    };
  }
  return best;
}

/** One prompt for each asset, that of the track which arrives first; assets for which cover is ordered already are left out. */
export function coverPrompts(
  tracks: readonly CoverTrack[],
  state: CoverState,
  settings: CoverSettings,
  costs: AlarmCosts,
): readonly CoverPrompt[] {
  const byAsset = new Map<string, CoverPrompt>();
  for (const track of tracks) {
    const prompt = coverPromptFor(track, settings, costs);
    if (prompt === undefined || isOrdered(state, prompt.assetId, track.facts.origin)) continue;
    const other = byAsset.get(prompt.assetId);
    if (other === undefined || prompt.time < other.time || (prompt.time === other.time && prompt.trackKey < other.trackKey))
      byAsset.set(prompt.assetId, prompt);
  }
  return [...byAsset.values()].sort((a, b) => a.time - b.time || (a.assetId < b.assetId ? -1 : 1));
}

export interface CoverOrder {
  readonly id: number;
  readonly at: Micros;
  readonly by: Actor;
  /** Anything but live reaches only what is marked exercise. */
  readonly origin: Origin;
  /** Empty: the whole site. */
  readonly assetIds: readonly string[];
  readonly text: string;
  state: "ordered" | "all-clear";
  allClearAt?: Micros;
  allClearBy?: Actor;
}

export interface CoverState {
  nextId: number;
  /** Newest last; at most `ORDERS`, of which those in force never make room. */
  orders: CoverOrder[];
}

const ORDERS = 200;
const TEXT_LENGTH = 500;

export const createCover = (): CoverState => ({ nextId: 1, orders: [] });

/** Cover is ordered for this asset, by an order for it or for the whole site. */
export const isOrdered = (state: CoverState, assetId: string, origin: Origin): boolean =>
  state.orders.some(
    (order) => order.state === "ordered" && order.origin === origin && (order.assetIds.length === 0 || order.assetIds.includes(assetId)),
  );

export interface CoverRefusal {
  readonly code: "unknown-asset" | "nothing-ordered";
  readonly message: string;
}

/**
 * Orders cover. Never refused for want of an approval, a role or a threat; an order that is repeated is a new one, because somebody may not have heard the
 * first. An asset that does not exist is refused, so that nobody believes to have warned it: nothing is ordered then. The notification that goes
 * with it is `coverNotification`.
 */
export function requestTakeCover(
  state: CoverState,
  request: { assetIds: readonly string[]; text: string; origin: Origin },
  known: readonly string[],
  actor: Actor,
  now: Micros,
): Result<CoverOrder, CoverRefusal> {
  const missing = request.assetIds.find((id) => !known.includes(id));
  if (missing !== undefined) return err({ code: "unknown-asset", message: `there is no asset "${missing}"` });
  const order: CoverOrder = {
    id: state.nextId,
    at: now,
    by: actor,
    origin: request.origin,
    assetIds: [...new Set(request.assetIds)].sort(),
    text: request.text.trim().slice(0, TEXT_LENGTH),
    state: "ordered",
  };
  state.nextId += 1;
  state.orders.push(order);
  if (state.orders.length > ORDERS) makeRoom(state);
  return ok(order);
}

/** The oldest order that ended goes. Where all are in force, the two oldest of one origin become one that covers what both did: what is ordered stays ordered. */
function makeRoom(state: CoverState): void {
  const ended = state.orders.findIndex((order) => order.state !== "ordered");
  if (ended >= 0) {
    state.orders.splice(ended, 1);
    return;
  }
  const first = state.orders.findIndex(({ origin }, i) => state.orders.some((other, j) => j > i && other.origin === origin));
  const next = state.orders.findIndex((other, j) => j > first && other.origin === state.orders[first]!.origin);
  const [a, b] = [state.orders[first]!, state.orders[next]!];
  const whole = a.assetIds.length === 0 || b.assetIds.length === 0;
  state.orders[next] = { ...b, assetIds: whole ? [] : [...new Set([...a.assetIds, ...b.assetIds])].sort() };
  state.orders.splice(first, 1);
}

/** Ends every order in force of that origin: a person says so, never a timer. */
export function allClear(state: CoverState, origin: Origin, actor: Actor, now: Micros): Result<readonly CoverOrder[], CoverRefusal> {
  const ended = state.orders.filter((order) => order.state === "ordered" && order.origin === origin);
  if (ended.length === 0) return err({ code: "nothing-ordered", message: "no order to take cover is in force" });
  for (const order of ended) {
    order.state = "all-clear";
    order.allClearAt = now;
    order.allClearBy = actor;
  }
  return ok(ended);
}

/** The order in force that is newest, or else the newest that ended. */
export function coverInForce(state: CoverState): CoverOrder | undefined {
  for (let i = state.orders.length - 1; i >= 0; i--) if (state.orders[i]!.state === "ordered") return state.orders[i];
  return state.orders[state.orders.length - 1];
}
