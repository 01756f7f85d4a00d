// Facts to rows. All that it remembers are rows that are still open, so that it can go on from what the tables hold.

import { MICROS_PER_SECOND } from "../../core/base/units.ts";
import type { AlarmFact, HistoryFact, TrackSample } from "./observe.ts";
import type { AlarmRow, HistoryTables, IncidentRow, TableName, TrackRow, ZoneVisitRow } from "./schema.ts";

/** An incident takes up what follows within so long of its last alarm's end. */
const INCIDENT_QUIET = 120 * MICROS_PER_SECOND;
const MOMENT_PERIOD = 5 * MICROS_PER_SECOND;

/** Rows to put in place of those with the same key, by table; newest last. */
export type Changes = { [Table in TableName]?: HistoryTables[Table][] };

export interface OpenTrack {
  readonly row: TrackRow;
  /** "scheme:value". */
  readonly identities: Set<string>;
  /** Zone id -> the visit that goes on. */
  readonly visits: Map<string, ZoneVisitRow>;
}

export interface OpenAlarm {
  readonly row: AlarmRow;
  /** Keys. */
  readonly tracks: Set<string>;
}

export interface OpenIncident {
  readonly row: IncidentRow;
  /** Keys. */
  readonly tracks: Set<string>;
}

/** What is not over yet. */
export interface Projection {
  /** By key. */
  readonly tracks: Map<string, OpenTrack>;
  /** By the identifier in the picture. */
  readonly alarms: Map<string, OpenAlarm>;
  readonly incidents: Map<string, OpenIncident>;
  lastMoment: number;
}

export const createProjection = (): Projection => ({ tracks: new Map(), alarms: new Map(), incidents: new Map(), lastMoment: 0 });

/** Takes one fact up, and says which rows changed. */
export function project(projection: Projection, fact: HistoryFact): Changes {
  const pending = createPending();
  switch (fact.kind) {
    case "site":
      pending.put("meta", "site", { name: "site", value: fact.siteId });
      for (const zone of fact.zones) pending.put("zones", zone.id, zone);
      break;
    case "sample":
      takeSample(projection, fact, pending);
      break;
    case "alarms":
      takeAlarms(projection, fact, pending);
      break;
    case "act":
      takeAct(projection, fact, pending);
  }
  return pending.changes();
}

interface Pending {
  /** `key`: one row of a table changes once, however often it is put. */
  put<Table extends TableName>(table: Table, key: string, row: HistoryTables[Table]): void;
  changes(): Changes;
}

function createPending(): Pending {
  const tables = new Map<TableName, Map<string, object>>();
  return {
    put: (table, key, row) => {
      const rows = tables.get(table);
      if (rows === undefined) tables.set(table, new Map([[key, row]]));
      else rows.set(key, row);
    },
    // Copies: the rows of what is open go on changing.
    changes: () =>
      Object.fromEntries([...tables].map(([table, rows]) => [table, [...rows.values()].map((row) => ({ ...row }))])) as Changes,
  };
}

function takeSample(projection: Projection, fact: Extract<HistoryFact, { kind: "sample" }>, pending: Pending): void {
  const { at } = fact;
  const present = new Set<string>();
  for (const sample of fact.tracks) {
    present.add(sample.key);
    takeTrack(projection, sample, at, pending);
  }
  for (const [key, track] of projection.tracks) {
    if (present.has(key)) continue;
    track.row.ended = 1;
    pending.put("tracks", key, track.row);
    for (const visit of track.visits.values()) endVisit(visit, track.row.last_at_us, pending);
    projection.tracks.delete(key);
  }
  settleIncidents(projection, at, pending);
  if (at - projection.lastMoment >= MOMENT_PERIOD) {
    projection.lastMoment = at;
    pending.put("moments", String(at), { at_us: at, sequence: fact.sequence });
  }
}

function takeTrack(projection: Projection, sample: TrackSample, at: number, pending: Pending): void {
  const { key, latitude, longitude } = sample;
  let track = projection.tracks.get(key);
  const isNew = track === undefined;
  if (track === undefined) {
    track = { row: newTrack(sample), identities: new Set(), visits: new Map() };
    projection.tracks.set(key, track);
  }
  const { row } = track;
  let changed = isNew;
  const set = <Name extends keyof TrackRow>(name: Name, value: TrackRow[Name]) => {
    if (row[name] === value) return;
    row[name] = value;
    changed = true;
  };
  // What is only predicted was seen nowhere.
  if (isNew || sample.measuredAtUs > row.last_at_us) {
    set("last_at_us", sample.measuredAtUs);
    set("positions", row.positions + 1);
    set("west", Math.min(row.west, longitude));
    set("south", Math.min(row.south, latitude));
    set("east", Math.max(row.east, longitude));
    set("north", Math.max(row.north, latitude));
    pending.put("positions", key, {
      track_key: key,
      at_us: sample.measuredAtUs,
      latitude_degrees: latitude,
      longitude_degrees: longitude,
      height_hae_metres: sample.heightHae,
      speed_mps: sample.speed,
      course_degrees: sample.course,
    });
  }
  if (sample.className !== "unknown" && sample.classConfidence > row.class_confidence) {
    set("class_name", sample.className);
    set("class_confidence", sample.classConfidence);
  }
  set("affiliation", sample.affiliation);
  if (sample.score > row.max_score) {
    set("max_score", sample.score);
    set("asset_id", sample.assetId);
  }
  if (sample.operator !== null) {
    set("operator_latitude_degrees", sample.operator.latitude);
    set("operator_longitude_degrees", sample.operator.longitude);
    set("operator_kind", sample.operator.kind);
  }
  for (const [scheme, value] of sample.identities) {
    const name = `${scheme}:${value}`;
    if (track.identities.has(name)) continue;
    track.identities.add(name);
    pending.put("identities", `${key} ${name}`, { track_key: key, scheme, value });
  }
  for (const zone of sample.zones) {
    if (track.visits.has(zone)) continue;
    const visit: ZoneVisitRow = { track_key: key, zone_id: zone, entered_at_us: at, left_at_us: null };
    track.visits.set(zone, visit);
    pending.put("zone_visits", `${key} ${zone} ${at}`, visit);
  }
  for (const [zone, visit] of track.visits) {
    if (sample.zones.includes(zone)) continue;
    endVisit(visit, at, pending);
    track.visits.delete(zone);
  }
  if (changed) pending.put("tracks", key, row);
}

const newTrack = ({ key, id, origin, firstAtUs, measuredAtUs, latitude, longitude, affiliation }: TrackSample): TrackRow => ({
  key,
  id,
  origin,
  first_at_us: firstAtUs,
  last_at_us: measuredAtUs,
  ended: 0,
  class_name: "unknown",
  class_confidence: 0,
  affiliation,
  max_score: 0,
  asset_id: null,
  positions: 0,
  west: longitude,
  south: latitude,
  east: longitude,
  north: latitude,
  operator_latitude_degrees: null,
  operator_longitude_degrees: null,
  operator_kind: null,
});

function endVisit(visit: ZoneVisitRow, at: number, pending: Pending): void {
  visit.left_at_us = Math.max(visit.entered_at_us, at);
  pending.put("zone_visits", `${visit.track_key} ${visit.zone_id} ${visit.entered_at_us}`, visit);
}

function takeAlarms(projection: Projection, fact: Extract<HistoryFact, { kind: "alarms" }>, pending: Pending): void {
  for (const alarm of fact.changed) takeAlarm(projection, alarm, fact, pending);
  const gone = new Set(fact.gone);
  if (fact.whole) {
    const open = new Set(fact.changed.map(({ id }) => id));
    for (const id of projection.alarms.keys()) if (!open.has(id)) gone.add(id);
  }
  for (const id of gone) {
    const open = projection.alarms.get(id);
    if (open === undefined) continue;
    // Nobody can say any more how it ended: it became part of another, or the picture began anew.
    open.row.state = "cleared";
    open.row.cleared_at_us = fact.at;
    addChange(open.row, fact.at, "gone", null, null, pending);
    leave(projection, id, open, fact.at, pending);
  }
}

function takeAlarm(projection: Projection, alarm: AlarmFact, fact: { sequence: number; at: number }, pending: Pending): void {
  const { at } = fact;
  let open = projection.alarms.get(alarm.id);
  const before = open === undefined ? undefined : { ...open.row };
  if (open === undefined) {
    const incident = incidentFor(projection, alarm, fact, pending);
    open = { row: newAlarm(alarm, `${alarm.id}.${at}`, at, incident.row.key), tracks: new Set() };
    projection.alarms.set(alarm.id, open);
  }
  const { row } = open;
  Object.assign(row, {
    definition_id: alarm.definitionId,
    level: Math.min(row.level, alarm.level),
    state: alarm.state,
    acknowledged_at_us: alarm.acknowledgedAtUs,
    acknowledged_by: alarm.acknowledgedBy,
    shelved_until_us: alarm.shelvedUntilUs,
    cleared_at_us: alarm.clearedAtUs,
    asset_id: alarm.assetId,
    condition_key: alarm.conditionKey,
    condition_values: JSON.stringify(alarm.conditionValues),
    condition_text: alarm.conditionText,
    repeats: alarm.repeats,
  });
  const incident = projection.incidents.get(row.incident);
  for (const track of alarm.tracks) {
    if (!open.tracks.has(track)) {
      open.tracks.add(track);
      pending.put("alarm_tracks", `${row.key} ${track}`, { alarm_key: row.key, track_key: track });
    }
    if (incident !== undefined && !incident.tracks.has(track)) {
      incident.tracks.add(track);
      incident.row.tracks += 1;
      pending.put("incident_tracks", `${incident.row.key} ${track}`, { incident: incident.row.key, track_key: track });
    }
  }
  const change = changeOf(before, row);
  if (change !== undefined) {
    const by = change === "acknowledged" ? alarm.acknowledgedBy : change === "shelved" ? alarm.shelvedBy : null;
    addChange(row, at, change, by, change === "shelved" ? alarm.shelvedReason : null, pending);
  } else pending.put("alarms", row.key, row);
  if (incident !== undefined) {
    incident.row.last_at_us = at;
    if (row.level < incident.row.level) {
      Object.assign(incident.row, { level: row.level, ...headlineOf(row) });
    }
    pending.put("incidents", incident.row.key, incident.row);
  }
  if (row.state === "cleared") leave(projection, alarm.id, open, at, pending);
}

/** In one word what became of an alarm; undefined when only its tracks or values did. */
function changeOf(before: AlarmRow | undefined, now: AlarmRow): string | undefined {
  if (before === undefined) return now.state;
  if (now.state === "cleared" && before.state !== "cleared") return "cleared";
  if (now.level < before.level) return "escalated";
  if (now.state !== before.state) return now.state === "raised" ? "re-raised" : now.state;
  if (now.repeats > before.repeats) return "re-raised";
  if (now.shelved_until_us !== before.shelved_until_us && now.state === "shelved") return "shelved";
  return undefined;
}

function addChange(row: AlarmRow, at: number, change: string, by: string | null, reason: string | null, pending: Pending): void {
  row.changes += 1;
  row.changed_at_us = at;
  pending.put("alarm_changes", `${row.key} ${row.changes}`, {
    alarm_key: row.key,
    number: row.changes,
    at_us: at,
    change,
    level: row.level,
    definition_id: row.definition_id,
    by,
    reason,
  });
  pending.put("alarms", row.key, row);
}

function leave(projection: Projection, id: string, open: OpenAlarm, at: number, pending: Pending): void {
  projection.alarms.delete(id);
  const incident = projection.incidents.get(open.row.incident);
  if (incident === undefined) return;
  incident.row.last_at_us = at;
  pending.put("incidents", incident.row.key, incident.row);
}

const newAlarm = (alarm: AlarmFact, key: string, at: number, incident: string): AlarmRow => ({
  key,
  id: alarm.id,
  origin: alarm.origin,
  definition_id: alarm.definitionId,
  subject: alarm.subject,
  level: alarm.level,
  state: alarm.state,
  raised_at_us: alarm.raisedAtUs,
  changed_at_us: at,
  acknowledged_at_us: null,
  acknowledged_by: null,
  shelved_until_us: null,
  cleared_at_us: null,
  asset_id: alarm.assetId,
  condition_key: alarm.conditionKey,
  condition_values: "{}",
  condition_text: alarm.conditionText,
  repeats: 0,
  changes: 0,
  incident,
});

const headlineOf = (row: AlarmRow) => ({
  definition_id: row.definition_id,
  condition_key: row.condition_key,
  condition_values: row.condition_values,
  condition_text: row.condition_text,
});

/**
 * The situation that a new alarm belongs to: the oldest open one of its origin with a track of it, or about the same asset, or about the same
 * thing where no track is concerned; a new one otherwise.
 */
function incidentFor(projection: Projection, alarm: AlarmFact, fact: { sequence: number; at: number }, pending: Pending): OpenIncident {
  for (const incident of projection.incidents.values()) {
    const { row, tracks } = incident;
    if (row.origin !== alarm.origin) continue;
    const sharesTrack = alarm.tracks.some((track) => tracks.has(track));
    const sameAsset = alarm.assetId !== null && alarm.assetId === row.asset_id && alarm.tracks.length > 0 && tracks.size > 0;
    const sameThing = alarm.tracks.length === 0 && tracks.size === 0 && alarm.subject === row.subject;
    if (!sharesTrack && !sameAsset && !sameThing) continue;
    row.alarms += 1;
    row.last_at_us = fact.at;
    pending.put("incidents", row.key, row);
    return incident;
  }
  // Several may begin in one step.
  let key = `I${fact.sequence}`;
  for (let more = 2; projection.incidents.has(key); more++) key = `I${fact.sequence}-${more}`;
  const row: IncidentRow = {
    key,
    origin: alarm.origin,
    first_at_us: fact.at,
    last_at_us: fact.at,
    open: 1,
    level: alarm.level,
    definition_id: alarm.definitionId,
    condition_key: alarm.conditionKey,
    condition_values: JSON.stringify(alarm.conditionValues),
    condition_text: alarm.conditionText,
    subject: alarm.subject,
    asset_id: alarm.assetId,
    tracks: 0,
    alarms: 1,
    decisions: 0,
  };
  const incident: OpenIncident = { row, tracks: new Set() };
  projection.incidents.set(key, incident);
  pending.put("incidents", key, row);
  return incident;
}

/** Ends what has been quiet for long enough. */
function settleIncidents(projection: Projection, at: number, pending: Pending): void {
  if (projection.incidents.size === 0) return;
  const busy = new Set([...projection.alarms.values()].map(({ row }) => row.incident));
  for (const [key, { row }] of projection.incidents) {
    if (busy.has(key) || at - row.last_at_us < INCIDENT_QUIET) continue;
    row.open = 0;
    pending.put("incidents", key, row);
    projection.incidents.delete(key);
  }
}

function takeAct(projection: Projection, fact: Extract<HistoryFact, { kind: "act" }>, pending: Pending): void {
  const alarm = projection.alarms.get(fact.subject);
  const incident = incidentOfAct(projection, fact, alarm);
  if (incident !== undefined) {
    incident.row.decisions += 1;
    incident.row.last_at_us = fact.at;
    pending.put("incidents", incident.row.key, incident.row);
  }
  pending.put("decisions", String(fact.sequence), {
    sequence: fact.sequence,
    at_us: fact.at,
    command_id: fact.commandId,
    kind: fact.commandKind,
    actor: fact.actor,
    authenticated: fact.authenticated ? 1 : 0,
    subject: fact.subject,
    track_key: fact.trackKey,
    alarm_key: alarm?.row.key ?? null,
    ok: fact.ok ? 1 : 0,
    code: fact.code,
    message: fact.message,
    incident: incident?.row.key ?? null,
    command: fact.command,
  });
}

function incidentOfAct(
  projection: Projection,
  fact: Extract<HistoryFact, { kind: "act" }>,
  alarm: OpenAlarm | undefined,
): OpenIncident | undefined {
  if (alarm !== undefined) return projection.incidents.get(alarm.row.incident);
  const open = [...projection.incidents.values()];
  if (fact.trackKey !== null) return open.find(({ tracks }) => tracks.has(fact.trackKey!));
  if (fact.commandKind !== "take-cover" && fact.commandKind !== "all-clear") return undefined;
  // An order is about the worst situation at one of its assets, else the worst of all.
  const worst = (incidents: OpenIncident[]) =>
    incidents.reduce<OpenIncident | undefined>((a, b) => (a === undefined || b.row.level < a.row.level ? b : a), undefined);
  const withTracks = open.filter(({ tracks }) => tracks.size > 0);
  return worst(withTracks.filter(({ row }) => row.asset_id !== null && fact.assetIds.includes(row.asset_id))) ?? worst(withTracks);
}
