// What the history wants to know of one step: plain facts, small enough to be handed to another thread. Live and rebuilt history look
// at the picture with this one function, after the same events, so they see the same.

import { alertText } from "../../core/alerting/alert-text.ts";
import { definitionsOf } from "../../core/engine/call-people.ts";
import type { Picture } from "../../core/engine/picture.ts";
import { trackViews } from "../../core/engine/views.ts";
import { heightToHae } from "../../core/geodesy/heights.ts";
import { geodeticToEnu } from "../../core/geodesy/wgs84.ts";
import type { Alert } from "../../core/model/alert.ts";
import type { Command, Effect, PictureEvent } from "../../core/model/event.ts";
import type { Height } from "../../core/model/observation.ts";
import type { TrackView } from "../../core/model/picture-view.ts";
import type { Site, Zone } from "../../core/model/site.ts";
import { depthInPolygon } from "../../core/threat/geometry.ts";

interface Dated {
  readonly sequence: number;
  readonly at: number;
}

export interface TrackSample {
  /** Identifier and creation. */
  readonly key: string;
  readonly id: string;
  readonly origin: string;
  readonly firstAtUs: number;
  readonly measuredAtUs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number | null;
  readonly speed: number;
  readonly course: number;
  readonly className: string;
  readonly classConfidence: number;
  readonly affiliation: string;
  readonly score: number;
  readonly assetId: string | null;
  /** [scheme, value], with what broadcasts say of names. */
  readonly identities: readonly (readonly [string, string])[];
  readonly operator: { readonly latitude: number; readonly longitude: number; readonly kind: string } | null;
  /** Ids of zones that it is in. */
  readonly zones: readonly string[];
}

export interface AlarmFact {
  readonly id: string;
  readonly origin: string;
  readonly definitionId: string;
  readonly subject: string;
  readonly level: number;
  readonly state: string;
  readonly raisedAtUs: number;
  readonly acknowledgedAtUs: number | null;
  readonly acknowledgedBy: string | null;
  readonly shelvedUntilUs: number | null;
  readonly shelvedBy: string | null;
  readonly shelvedReason: string | null;
  readonly clearedAtUs: number | null;
  readonly assetId: string | null;
  /** Keys of tracks. */
  readonly tracks: readonly string[];
  readonly conditionKey: string;
  readonly conditionValues: Readonly<Record<string, string | number>>;
  readonly conditionText: string;
  readonly repeats: number;
}

export type HistoryFact =
  | (Dated & { readonly kind: "site"; readonly siteId: string; readonly zones: readonly { id: string; name: string; kind: string }[] })
  /** Every confirmed track of the picture, once a second. */
  | (Dated & { readonly kind: "sample"; readonly tracks: readonly TrackSample[] })
  /** Alarms that changed. `whole`: these are all that are open. */
  | (Dated & { readonly kind: "alarms"; readonly changed: readonly AlarmFact[]; readonly gone: readonly string[]; readonly whole: boolean })
  | (Dated & {
      readonly kind: "act";
      readonly commandId: string;
      readonly command: string;
      readonly commandKind: string;
      readonly actor: string;
      readonly authenticated: boolean;
      readonly subject: string;
      /** Key of the track that it is about. */
      readonly trackKey: string | null;
      readonly assetIds: readonly string[];
      readonly ok: boolean;
      readonly code: string | null;
      readonly message: string | null;
    });

export interface Observer {
  /** To be called after each step, with what it asked for. The facts are in order; mostly there are none. */
  observe(picture: Picture, event: PictureEvent, effects: readonly Effect[]): HistoryFact[];
}

/** A busy picture is sampled less often: about so many tracks a second. */
const TRACKS_A_SECOND = 1000;
const COMMAND_LENGTH = 4000;

/** An observer of what happens behind `picture` as it is now. */
export function createObserver(picture: Picture): Observer {
  let second = picture.lastSecond;
  let known: Map<string, string> | undefined;
  return {
    observe: (now, event, effects) => {
      const facts: HistoryFact[] = [];
      const stamps = { sequence: event.sequence, at: event.at };
      if (event.type === "configure")
        facts.push({
          ...stamps,
          kind: "site",
          siteId: event.site.id,
          zones: event.site.zones.map(({ id, name, kind }) => ({ id, name, kind })),
        });
      // Tracks first: an alarm of this step is about a track that the history then knows.
      if (event.type === "tick" && now.lastSecond !== second) {
        second = now.lastSecond;
        const every = Math.ceil(Math.max(1, now.tracks.size) / TRACKS_A_SECOND);
        if (second % every === 0) facts.push({ ...stamps, kind: "sample", tracks: samplesOf(now) });
      }
      // What a person did before what came of it: an alarm may end with its acknowledgement.
      if (event.type === "command") facts.push(actFact(now, event, effects));
      // A look that closed calls nobody: the judgement comes with the tick behind it.
      if ((event.type === "tick" && event.looks !== true) || event.type === "command" || event.type === "configure") {
        const { open } = now.judgement.alerting;
        if (known === undefined || open.size > 0 || known.size > 0) {
          const before = known;
          const after = new Map<string, string>();
          const changed: AlarmFact[] = [];
          for (const [id, { alert }] of open) {
            const signature = signatureOf(alert);
            after.set(id, signature);
            if (before?.get(id) !== signature) changed.push(alarmFact(now, alert));
          }
          const gone: string[] = [];
          for (const id of before?.keys() ?? []) {
            if (open.has(id)) continue;
            const last = lastOf(now, id);
            if (last === undefined) gone.push(id);
            else changed.push(alarmFact(now, last));
          }
          known = after;
          if (changed.length > 0 || gone.length > 0 || before === undefined)
            facts.push({ ...stamps, kind: "alarms", changed, gone, whole: before === undefined });
        }
      }
      return facts;
    },
  };
}

const keyOf = (picture: Picture, trackId: string): string | undefined => {
  const record = picture.tracks.get(trackId);
  return record === undefined ? undefined : `${trackId}.${record.createdAt}`;
};

const signatureOf = (alert: Alert): string =>
  [
    alert.state,
    alert.level,
    alert.definitionId,
    alert.acknowledgedAt ?? "",
    alert.shelvedUntil ?? "",
    alert.repeats,
    alert.assetId ?? "",
    ...alert.tracks,
  ].join("|");

/** An alarm that is over, from the picture's memory of the newest ones. */
function lastOf(picture: Picture, id: string): Alert | undefined {
  const { history } = picture.judgement.alerting;
  for (let i = history.length - 1; i >= 0; i--) if (history[i]!.id === id) return history[i];
  return undefined;
}

function alarmFact(picture: Picture, alert: Alert): AlarmFact {
  const conditionKey = definitionsOf(picture).find(({ id }) => id === alert.definitionId)?.conditionKey ?? alert.definitionId;
  return {
    id: alert.id,
    origin: alert.origin,
    definitionId: alert.definitionId,
    subject: alert.subject,
    level: alert.level,
    state: alert.state,
    raisedAtUs: alert.raisedAt,
    acknowledgedAtUs: alert.acknowledgedAt ?? null,
    acknowledgedBy: alert.acknowledgedBy?.name ?? null,
    shelvedUntilUs: alert.shelvedUntil ?? null,
    shelvedBy: alert.shelvedBy?.name ?? null,
    shelvedReason: alert.shelvedReason ?? null,
    clearedAtUs: alert.clearedAt ?? null,
    assetId: alert.assetId ?? null,
    tracks: alert.tracks.flatMap((id) => keyOf(picture, id) ?? []),
    conditionKey,
    conditionValues: { ...alert.values },
    conditionText: alertText(conditionKey, alert.values),
    repeats: alert.repeats,
  };
}

function actFact(picture: Picture, event: Extract<PictureEvent, { type: "command" }>, effects: readonly Effect[]): HistoryFact {
  const { command, actor, commandId } = event;
  const answer = effects.find((effect) => effect.type === "command-result" && effect.commandId === commandId);
  const told = answer?.type === "command-result" ? answer : undefined;
  const subject = subjectOf(command);
  return {
    sequence: event.sequence,
    at: event.at,
    kind: "act",
    commandId,
    command: JSON.stringify(command).slice(0, COMMAND_LENGTH),
    commandKind: command.kind,
    actor: actor.name,
    authenticated: actor.authenticated,
    subject,
    trackKey: keyOf(picture, subject) ?? null,
    assetIds: command.kind === "take-cover" ? command.assetIds : [],
    ok: told?.ok ?? true,
    code: told?.code ?? null,
    message: told?.message ?? null,
  };
}

/** The one thing that a command is about, by the members that commands use for it; empty: the whole site. */
function subjectOf(command: Command): string {
  const members = command as unknown as Record<string, unknown>;
  for (const name of [
    "trackId",
    "alertId",
    "caseId",
    "subject",
    "cameraId",
    "friendId",
    "nodeId",
    "channel",
    "path",
    "zoneId",
    "assetId",
  ]) {
    const value = members[name];
    if (typeof value === "string") return value;
  }
  return "";
}

/** What broadcasts call themselves, beside the identities that they are told apart by. */
const NAMES = ["serial", "caaRegistration", "operatorId", "callsign", "icao24"] as const;
const IDENTITIES = 32;

function samplesOf(picture: Picture): TrackSample[] {
  const zones = zonesOf(picture);
  const samples: TrackSample[] = [];
  for (const view of trackViews(picture)) {
    if (view.status === "tentative") continue;
    const key = keyOf(picture, view.id);
    if (key === undefined) continue;
    const { latitudeDegrees, longitudeDegrees, heightHaeMetres } = view.position;
    samples.push({
      key,
      id: view.id,
      origin: view.origin,
      firstAtUs: view.firstAtUs,
      measuredAtUs: view.measuredAtUs,
      latitude: latitudeDegrees,
      longitude: longitudeDegrees,
      heightHae: heightHaeMetres,
      speed: view.speedMps,
      course: view.courseDegrees,
      className: view.className,
      classConfidence: view.classConfidence,
      affiliation: view.affiliation,
      score: view.threat.score,
      assetId: view.threat.assetId,
      identities: identitiesOf(view),
      operator: operatorOf(view),
      zones: zones.filter((zone) => isIn(zone, view)).map(({ id }) => id),
    });
  }
  return samples;
}

function identitiesOf(view: TrackView): (readonly [string, string])[] {
  const found = new Map<string, readonly [string, string]>();
  const add = (scheme: string, value: string) => {
    if (found.size < IDENTITIES) found.set(`${scheme}:${value}`, [scheme, value]);
  };
  for (const { scheme, value } of view.identities) add(scheme, value);
  for (const claim of view.claims) {
    for (const name of NAMES) {
      const value = claim[name];
      if (value !== undefined && value !== "") add(name, value);
    }
  }
  return [...found.values()];
}

function operatorOf(view: TrackView): TrackSample["operator"] {
  let newest: TrackView["claims"][number] | undefined;
  for (const claim of view.claims)
    if (claim.operator !== undefined && (newest === undefined || claim.heardAtUs > newest.heardAtUs)) newest = claim;
  const operator = newest?.operator;
  return operator === undefined ? null : { latitude: operator.latitudeDegrees, longitude: operator.longitudeDegrees, kind: operator.kind };
}

interface PlacedZone {
  readonly id: string;
  readonly ring: readonly (readonly [number, number])[];
  /** [west, south, east, north], m. */
  readonly box: readonly [number, number, number, number];
  /** Up in the site's frame, m. */
  readonly floor: number;
  readonly ceiling: number;
}

/** A zone in the site's frame does not change while the site does not: worked out once for each site and QNH. */
const placed = new WeakMap<Site, { qnh: number | undefined; zones: PlacedZone[] }>();

function zonesOf(picture: Picture): PlacedZone[] {
  const { site } = picture;
  if (site === undefined) return [];
  let known = placed.get(site);
  if (known === undefined || known.qnh !== picture.qnh) {
    known = { qnh: picture.qnh, zones: site.zones.map((zone) => placeZone(picture, zone)) };
    placed.set(site, known);
  }
  return known.zones;
}

function placeZone(picture: Picture, zone: Zone): PlacedZone {
  const { frame, qnh } = picture;
  const ring = zone.polygon.map(({ latitude, longitude }) => {
    const [east, north] = geodeticToEnu(frame, latitude, longitude, frame.origin.heightHae);
    return [east, north] as const;
  });
  const up = (height: Height | undefined, otherwise: number): number => {
    const [first] = zone.polygon;
    if (height === undefined || first === undefined) return otherwise;
    // Above take-off means above the ground of the site.
    if (height.kind === "takeoff") return height.value;
    const hae = heightToHae(height, first.latitude, first.longitude, { qnh })?.hae;
    return hae === undefined ? otherwise : hae - frame.origin.heightHae;
  };
  const easts = ring.map(([east]) => east);
  const norths = ring.map(([, north]) => north);
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return {
    id: zone.id,
    ring,
    box: [least(easts), least(norths), most(easts), most(norths)],
    floor: up(zone.floor, Number.NEGATIVE_INFINITY),
    ceiling: up(zone.ceiling, Number.POSITIVE_INFINITY),
  };
}

/** By place and, where the track's height is known, by height. The zone's schedule does not matter: the track was there. */
function isIn(zone: PlacedZone, view: TrackView): boolean {
  const { eastMetres: east, northMetres: north, upMetres: up } = view;
  const [west, south, easternmost, northernmost] = zone.box;
  if (east < west || east > easternmost || north < south || north > northernmost) return false;
  if (view.position.heightHaeMetres !== null && (up < zone.floor || up > zone.ceiling)) return false;
  return depthInPolygon(east, north, zone.ring) >= 0;
}
