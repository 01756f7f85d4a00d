// The tables of the history: a projection of the journal, made for searching. docs/operating/history.md describes each column; a change
// of any of them raises SCHEMA_VERSION, and the next start makes the file again from the journal.

/** Raised with every change of a table or of what a row means. */
export const SCHEMA_VERSION = 1;

export interface TrackRow {
  /** Identifier and creation: an identifier may be used again after the picture began anew. */
  key: string;
  id: string;
  origin: string;
  first_at_us: number;
  /** Newest measurement. */
  last_at_us: number;
  /** 1: it is no longer in the picture. */
  ended: number;
  /** Class that was ever held with the greatest confidence. */
  class_name: string;
  class_confidence: number;
  /** The last one. */
  affiliation: string;
  max_score: number;
  /** Asset at which the score was greatest. */
  asset_id: string | null;
  positions: number;
  west: number;
  south: number;
  east: number;
  north: number;
  /** Of the pilot, as the aircraft last broadcast it. */
  operator_latitude_degrees: number | null;
  operator_longitude_degrees: number | null;
  operator_kind: string | null;
}

export interface IdentityRow {
  track_key: string;
  scheme: string;
  value: string;
}

export interface PositionRow {
  track_key: string;
  at_us: number;
  latitude_degrees: number;
  longitude_degrees: number;
  height_hae_metres: number | null;
  speed_mps: number;
  course_degrees: number;
}

export interface AlarmRow {
  key: string;
  id: string;
  origin: string;
  definition_id: string;
  subject: string;
  /** The highest that it had: 1 is above 3. */
  level: number;
  state: string;
  raised_at_us: number;
  changed_at_us: number;
  acknowledged_at_us: number | null;
  acknowledged_by: string | null;
  shelved_until_us: number | null;
  cleared_at_us: number | null;
  asset_id: string | null;
  condition_key: string;
  /** JSON. */
  condition_values: string;
  /** English. */
  condition_text: string;
  repeats: number;
  changes: number;
  incident: string;
}

export interface AlarmChangeRow {
  alarm_key: string;
  number: number;
  at_us: number;
  change: string;
  level: number;
  definition_id: string;
  by: string | null;
  reason: string | null;
}

export interface AlarmTrackRow {
  alarm_key: string;
  track_key: string;
}

export interface DecisionRow {
  /** Sequence of the command in the journal. */
  sequence: number;
  at_us: number;
  command_id: string;
  kind: string;
  actor: string;
  authenticated: number;
  /** Track, alarm, asset or the like that it is about; empty: the whole site. */
  subject: string;
  track_key: string | null;
  alarm_key: string | null;
  /** 0: refused. */
  ok: number;
  code: string | null;
  message: string | null;
  incident: string | null;
  /** The command as JSON, cut at 4,000 characters. */
  command: string;
}

export interface IncidentRow {
  key: string;
  origin: string;
  first_at_us: number;
  last_at_us: number;
  open: number;
  /** Of its highest alarm. */
  level: number;
  definition_id: string;
  condition_key: string;
  condition_values: string;
  condition_text: string;
  subject: string;
  asset_id: string | null;
  tracks: number;
  alarms: number;
  decisions: number;
}

export interface IncidentTrackRow {
  incident: string;
  track_key: string;
}

export interface ZoneVisitRow {
  track_key: string;
  zone_id: string;
  entered_at_us: number;
  /** null: still inside. */
  left_at_us: number | null;
}

export interface ZoneRow {
  id: string;
  name: string;
  kind: string;
}

export interface MomentRow {
  at_us: number;
  /** Newest event then. */
  sequence: number;
}

export interface MetaRow {
  name: string;
  value: string;
}

export interface HistoryTables {
  tracks: TrackRow;
  identities: IdentityRow;
  positions: PositionRow;
  alarms: AlarmRow;
  alarm_changes: AlarmChangeRow;
  alarm_tracks: AlarmTrackRow;
  decisions: DecisionRow;
  incidents: IncidentRow;
  incident_tracks: IncidentTrackRow;
  zone_visits: ZoneVisitRow;
  zones: ZoneRow;
  moments: MomentRow;
  meta: MetaRow;
}
export type TableName = keyof HistoryTables;

interface Column {
  readonly name: string;
  readonly type: "text" | "integer" | "real";
  readonly nullable?: boolean;
}
const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: "text" }));
const integer = (...names: string[]): Column[] => names.map((name) => ({ name, type: "integer" }));
const real = (...names: string[]): Column[] => names.map((name) => ({ name, type: "real" }));
const orNull = (columns: Column[]): Column[] => columns.map((column) => ({ ...column, nullable: true }));

interface Table {
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}

export const TABLES: Readonly<Record<TableName, Table>> = {
  tracks: {
    columns: [
      ...text("key", "id", "origin"),
      ...integer("first_at_us", "last_at_us", "ended"),
      ...text("class_name"),
      ...real("class_confidence"),
      ...text("affiliation"),
      ...real("max_score"),
      ...orNull(text("asset_id")),
      ...integer("positions"),
      ...real("west", "south", "east", "north"),
      ...orNull(real("operator_latitude_degrees", "operator_longitude_degrees")),
      ...orNull(text("operator_kind")),
    ],
    key: ["key"],
    indexes: [["last_at_us", "key"], ["ended"], ["id"]],
  },
  identities: { columns: text("track_key", "scheme", "value"), key: ["track_key", "scheme", "value"], indexes: [["value"]] },
  positions: {
    columns: [
      ...text("track_key"),
      ...integer("at_us"),
      ...real("latitude_degrees", "longitude_degrees"),
      ...orNull(real("height_hae_metres")),
      ...real("speed_mps", "course_degrees"),
    ],
    key: ["track_key", "at_us"],
    indexes: [["at_us"]],
  },
  alarms: {
    columns: [
      ...text("key", "id", "origin", "definition_id", "subject"),
      ...integer("level"),
      ...text("state"),
      ...integer("raised_at_us", "changed_at_us"),
      ...orNull(integer("acknowledged_at_us")),
      ...orNull(text("acknowledged_by")),
      ...orNull(integer("shelved_until_us", "cleared_at_us")),
      ...orNull(text("asset_id")),
      ...text("condition_key", "condition_values", "condition_text"),
      ...integer("repeats", "changes"),
      ...text("incident"),
    ],
    key: ["key"],
    indexes: [["raised_at_us", "key"], ["state"], ["incident"]],
  },
  alarm_changes: {
    columns: [
      ...text("alarm_key"),
      ...integer("number", "at_us"),
      ...text("change"),
      ...integer("level"),
      ...text("definition_id"),
      ...orNull(text("by", "reason")),
    ],
    key: ["alarm_key", "number"],
    indexes: [],
  },
  alarm_tracks: { columns: text("alarm_key", "track_key"), key: ["alarm_key", "track_key"], indexes: [["track_key"]] },
  decisions: {
    columns: [
      ...integer("sequence", "at_us"),
      ...text("command_id", "kind", "actor"),
      ...integer("authenticated"),
      ...text("subject"),
      ...orNull(text("track_key", "alarm_key")),
      ...integer("ok"),
      ...orNull(text("code", "message", "incident")),
      ...text("command"),
    ],
    key: ["sequence"],
    indexes: [["at_us"], ["incident"]],
  },
  incidents: {
    columns: [
      ...text("key", "origin"),
      ...integer("first_at_us", "last_at_us", "open", "level"),
      ...text("definition_id", "condition_key", "condition_values", "condition_text", "subject"),
      ...orNull(text("asset_id")),
      ...integer("tracks", "alarms", "decisions"),
    ],
    key: ["key"],
    indexes: [["last_at_us", "key"], ["open"]],
  },
  incident_tracks: { columns: text("incident", "track_key"), key: ["incident", "track_key"], indexes: [["track_key"]] },
  zone_visits: {
    columns: [...text("track_key", "zone_id"), ...integer("entered_at_us"), ...orNull(integer("left_at_us"))],
    key: ["track_key", "zone_id", "entered_at_us"],
    indexes: [["zone_id"], ["left_at_us"]],
  },
  zones: { columns: text("id", "name", "kind"), key: ["id"], indexes: [] },
  moments: { columns: integer("at_us", "sequence"), key: ["at_us"], indexes: [] },
  meta: { columns: text("name", "value"), key: ["name"], indexes: [] },
};

/** Names are our own constants; "by" and "key" are words of SQL, so all are quoted. */
const quoted = (name: string): string => `"${name}"`;

export function createStatements(): string[] {
  const statements: string[] = [];
  for (const [name, { columns, key, indexes }] of Object.entries(TABLES)) {
    const lines = columns.map(({ name: column, type, nullable }) => `${quoted(column)} ${type}${nullable === true ? "" : " not null"}`);
    statements.push(`create table ${quoted(name)} (${lines.join(", ")}, primary key (${key.map(quoted).join(", ")})) without rowid`);
    for (const index of indexes)
      statements.push(`create index ${quoted(`${name}_${index.join("_")}`)} on ${quoted(name)} (${index.map(quoted).join(", ")})`);
  }
  return statements;
}

/** Puts a whole row in place of the one with its key. */
export const replaceStatement = (table: TableName): string => {
  const { columns } = TABLES[table];
  return `insert or replace into ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(", ")}) values (${columns.map(() => "?").join(", ")})`;
};
