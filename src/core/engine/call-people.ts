// When a person is called: the attention guard, alarms, take cover, and what leaves for people who are not at the console.

import { ALARM_COSTS } from "../alerting/alarm-cost.ts";
import { ALARM_DEFINITIONS, mergeDefinitions } from "../alerting/alarm-definitions.ts";
import type { AlertChange } from "../alerting/alert-change.ts";
import { forgetTrackHolds, updateAlerts } from "../alerting/alerts.ts";
import { updateAttention } from "../alerting/attention.ts";
import {
  alertNotification,
  coverNotification,
  type PendingNotification,
  pendingNotifications,
  takeReceipt,
  testNotification,
  undelivered,
} from "../alerting/notifications.ts";
import { findSituations, type SituationSensor } from "../alerting/situations.ts";
import { allClear, COVER_SETTINGS, coverPrompts, requestTakeCover } from "../alerting/take-cover.ts";
import { DEGREES_PER_RADIAN, wrapAzimuth } from "../base/units.ts";
import { geodeticToEnu } from "../geodesy/wgs84.ts";
import { floods } from "../identification/emitters/emitters.ts";
import { identificationOf } from "../identification/identify.ts";
import type { AlarmDefinition, Notification, NotificationReceipt } from "../model/alert.ts";
import type { Actor, Effect } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import type { ChannelConfiguration, JudgementSettings } from "../model/site.ts";
import type { AssetFact, TrackFacts } from "../model/track-facts.ts";
import type { Coverage } from "./coverage.ts";
import { groupsOf } from "./groups.ts";
import { attentionTracks, judgedTracks, renewAttention } from "./judged-tracks.ts";
import { judgementSettings } from "./judgement-state.ts";
import type { Picture, SensorState } from "./picture.ts";
import { sensorFreshness } from "./sensors.ts";

const merged = new WeakMap<JudgementSettings, readonly AlarmDefinition[]>();

/** The alarms in force: those that Picket comes with and the site's changes. A change that is not allowed leaves all as they come; the file's check told of it. */
export function definitionsOf(picture: Picture): readonly AlarmDefinition[] {
  const settings = judgementSettings(picture);
  let definitions = merged.get(settings);
  if (definitions === undefined) {
    const outcome = mergeDefinitions(settings.alarms);
    definitions = outcome.ok ? outcome.value : ALARM_DEFINITIONS;
    merged.set(settings, definitions);
  }
  return definitions;
}

const channelsOf = (picture: Picture): readonly ChannelConfiguration[] => picture.site?.channels ?? [];

/** One round: brings guard and alarms up to `picture.now`, and asks for the notifications of those that call. */
export function callPeople(
  picture: Picture,
  all: readonly TrackFacts[],
  assets: readonly AssetFact[],
  coverage: Coverage,
  effects: Effect[],
): void {
  const { judgement, now } = picture;
  const { attention: guard } = judgementSettings(picture);
  const tracks = judgedTracks(
    all,
    judgement.attention,
    (key) => judgement.threats.get(key),
    (key) => identificationOf(judgement.identification, key),
  );
  updateAttention(judgement.attention, attentionTracks(tracks, judgement.attention), {
    now,
    settings: {
      attentionScore: guard.score,
      assessSeconds: guard.assess,
      urgentSeconds: guard.urgent,
      urgentBelowSeconds: guard.urgentBelow,
    },
  });
  renewAttention(judgement.attention);
  const originOfTrack = new Map(all.map(({ key, origin }) => [key, origin]));
  const situations = findSituations({
    tracks,
    assets,
    zones: picture.site?.zones ?? [],
    groups: groupsOf(picture),
    sensors: sensorFacts(picture, coverage),
    floods: floods(judgement.emitters).map((flood) => ({
      id: flood.id,
      origin: flood.trackKeys.map((key) => originOfTrack.get(key)).find((origin) => origin !== undefined) ?? siteOrigin(picture),
      tracks: flood.trackKeys,
      identities: flood.count,
      sensorId: String(flood.values.sensor ?? ""),
    })),
    undelivered: undelivered(judgement.notifications, now),
    cover: judgement.cover,
    swarming: swarmingTracks(picture),
    ...(judgement.health.recordingFailed === undefined ? {} : { recordingFailed: { reason: judgement.health.recordingFailed } }),
    ...(judgement.health.overload === undefined ? {} : { overload: judgement.health.overload }),
    leftOut: judgement.attention.leftOut,
    ...(protectsNothing(picture) ? { nothingProtected: { origin: siteOrigin(picture) } } : {}),
  });
  const changes = updateAlerts(judgement.alerting, situations, { now, definitions: definitionsOf(picture) });
  tellChannels(picture, changes, effects);
  judgement.coverPrompts = [...coverPrompts(tracks, judgement.cover, COVER_SETTINGS, ALARM_COSTS)];
  forgetTrackHolds(judgement.alerting, (key) => originOfTrack.has(key));
}

/** Information zones say nothing of threats: a site that has only those protects nothing. */
const protectsNothing = ({ site }: Picture): boolean =>
  site !== undefined && site.assets.length === 0 && !site.zones.some(({ kind }) => kind !== "information");

function swarmingTracks(picture: Picture): ReadonlySet<string> {
  const tracks = new Set<string>();
  for (const { alert } of picture.judgement.alerting.open.values())
    if (alert.definitionId === "swarm") for (const key of alert.tracks) tracks.add(key);
  return tracks;
}

function tellChannels(picture: Picture, changes: readonly AlertChange[], effects: Effect[]): void {
  for (const change of changes) {
    const definition = definitionsOf(picture).find(({ id }) => id === change.alert.definitionId);
    const key = definition?.conditionKey ?? change.alert.definitionId;
    const notification = alertNotification(picture.judgement.notifications, change, key, channelsOf(picture));
    if (notification !== undefined) effects.push({ type: "deliver", notification });
  }
}

/** Sensors whose silence says that a part of the sky is not watched. What only hears broadcasts is silent when nobody broadcasts. */
function sensorFacts(picture: Picture, coverage: Coverage): SituationSensor[] {
  const facts: SituationSensor[] = [];
  for (const sensor of picture.sensors.values()) {
    if (sensor.lastAt === undefined || sensor.state === "goodbye" || sensor.state === "off") continue;
    if (sensor.kind === "remote-id" || sensor.kind === "adsb") continue;
    const freshness = sensorFreshness(picture, sensor);
    if (freshness !== "OFFLINE") continue;
    const view = sensor.fieldOfView;
    const sector = view !== undefined && view.azimuthWidth < 2 * Math.PI - 1e-9;
    facts.push({
      id: sensor.id,
      origin: sensor.origin,
      freshness,
      alone: isAlone(picture, sensor, coverage),
      ...(sector
        ? {
            sectorFromDegrees: wrapAzimuth(view.azimuthCentre - view.azimuthWidth / 2) * DEGREES_PER_RADIAN,
            sectorToDegrees: wrapAzimuth(view.azimuthCentre + view.azimuthWidth / 2) * DEGREES_PER_RADIAN,
          }
        : {}),
    });
  }
  return facts;
}

/** At some place in the middle of what a silent sensor watched, no other active sensor looks. A sensor without a field of view counts as alone. */
function isAlone(picture: Picture, sensor: SensorState, coverage: Coverage): boolean {
  const view = sensor.fieldOfView;
  if (view === undefined || sensor.position === undefined) return true;
  const { latitude, longitude, heightHae } = sensor.position;
  const [east, north, up] = geodeticToEnu(picture.frame, latitude, longitude, heightHae);
  const range = 0.6 * view.rangeMax;
  for (let k = 0; k < 8; k++) {
    const azimuth = view.azimuthCentre + view.azimuthWidth * ((k + 0.5) / 8 - 0.5);
    const place = [east + range * Math.sin(azimuth), north + range * Math.cos(azimuth), up + 100] as const;
    if (!coverage.at(place).some(({ kind }) => kind !== "remote-id" && kind !== "adsb" && kind !== "rf-direction-finder")) return true;
  }
  return false;
}

/** The most real origin among the configured sources: an order to take cover is as real as the site is. */
export function siteOrigin(picture: Picture): Origin {
  const origins = new Set([...picture.sources.values()].map(({ configuration }) => configuration.origin));
  return (["live", "exercise", "recorded", "simulated"] as const).find((origin) => origins.has(origin)) ?? "live";
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A person orders cover or ends the order. Needs nobody's approval; goes out in the same step. */
export function orderCover(
  picture: Picture,
  order:
    | { readonly kind: "take-cover"; readonly assetIds: readonly string[]; readonly text: string }
    | { readonly kind: "all-clear"; readonly text: string },
  actor: Actor,
  effects: Effect[],
): Refusal | undefined {
  const { judgement, now } = picture;
  const origin = siteOrigin(picture);
  const assets = picture.site?.assets ?? [];
  if (order.kind === "all-clear") {
    const ended = allClear(judgement.cover, origin, actor, now);
    if (!ended.ok) return ended.error;
    // One all-clear for every order that it ends: a repeated order must not make a volley of them.
    const whole = ended.value.some(({ assetIds }) => assetIds.length === 0);
    const assetIds = whole ? [] : [...new Set(ended.value.flatMap((each) => each.assetIds))].sort();
    tellCover(picture, { ...ended.value[ended.value.length - 1]!, assetIds, text: order.text.trim().slice(0, 500) }, effects);
    return undefined;
  }
  const known = assets.map(({ id }) => id);
  const ordered = requestTakeCover(judgement.cover, { assetIds: order.assetIds, text: order.text, origin }, known, actor, now);
  if (!ordered.ok) return ordered.error;
  tellCover(picture, ordered.value, effects);
  const covered = ordered.value.assetIds;
  judgement.coverPrompts = judgement.coverPrompts.filter(({ assetId }) => covered.length > 0 && !covered.includes(assetId));
  return undefined;
}

function tellCover(picture: Picture, order: Parameters<typeof coverNotification>[1], effects: Effect[]): void {
  const { judgement, now } = picture;
  const names = order.assetIds.map((id) => picture.site?.assets.find((asset) => asset.id === id)?.name ?? id).join(", ");
  const notification = coverNotification(judgement.notifications, order, names, channelsOf(picture), now);
  judgement.coverNotification = notification.id;
  if (notification.channels.length > 0) effects.push({ type: "deliver", notification });
}

export function testChannel(picture: Picture, channel: string, actor: Actor, effects: Effect[]): Refusal | undefined {
  const configured = channelsOf(picture).find(({ id }) => id === channel);
  if (configured === undefined) return { code: "unknown-channel", message: `there is no channel "${channel}"` };
  const { judgement, now } = picture;
  // A test is as real as the site, and says so; a channel that takes live messages only can be tested all the same.
  const notification = testNotification(judgement.notifications, channel, siteOrigin(picture), actor.name, channelsOf(picture), now);
  if (notification === undefined) return { code: "unknown-channel", message: `"${channel}" takes no tests` };
  effects.push({ type: "deliver", notification });
  return undefined;
}

/**
 * What was on its way when the server stopped. `again`: it still holds (the alarm is open, the order is in force, the all-clear stands) and must be
 * tried again. `over`: it does not, or was a test; that it was not delivered must be told all the same.
 */
export function interruptedDeliveries(picture: Picture): { readonly again: PendingNotification[]; readonly over: PendingNotification[] } {
  const { notifications, alerting, cover } = picture.judgement;
  const ordered = (origin: Origin) => cover.orders.some((order) => order.state === "ordered" && order.origin === origin);
  const holds = ({ kind, alertId, origin }: Notification): boolean => {
    if (kind === "alert") return alertId !== undefined && alerting.open.has(alertId);
    if (kind === "test") return false;
    return ordered(origin) === (kind === "take-cover");
  };
  const pending = pendingNotifications(notifications);
  return {
    again: pending.filter(({ notification }) => holds(notification)),
    over: pending.filter(({ notification }) => !holds(notification)),
  };
}

/** What the shell reports of a notification. */
export const takeDeliveryReceipt = (picture: Picture, receipt: NotificationReceipt): boolean =>
  takeReceipt(picture.judgement.notifications, receipt);
