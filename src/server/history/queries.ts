// What may be asked of the history. Every list is newest first and is paged by a cursor: the time and key of the last entry.

import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { HistoryStore } from "./history-store.ts";
import type { AlarmRow, DecisionRow, HistoryTables, IncidentRow, PositionRow, TrackRow, ZoneVisitRow } from "./schema.ts";

export interface HistoryFilter {
  readonly fromUs?: number;
  readonly toUs?: number;
  /** Id of a zone that one of the tracks was in. */
  readonly zone?: string;
  /** In an identifier, serial, call sign, name of a person, or the words of the alarm. */
  readonly text?: string;
  readonly className?: string;
  readonly affiliation?: string;
  readonly origin?: string;
  readonly incident?: string;
  /** Key of a track. */
  readonly track?: string;
  readonly limit: number;
  readonly after?: string;
}

export interface HistoryPage<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

export interface HistoryTrack extends TrackRow {
  readonly identities: { readonly scheme: string; readonly value: string }[];
  readonly visits: ZoneVisitRow[];
}
export interface HistoryAlarm extends AlarmRow {
  readonly transitions: {
    readonly at_us: number;
    readonly change: string;
    readonly level: number;
    readonly by: string | null;
    readonly reason: string | null;
  }[];
  readonly tracks: string[];
}
export interface HistoryIncident extends IncidentRow {
  readonly track_keys: string[];
}
export interface HeatCell {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly positions: number;
  readonly tracks: number;
}

const MAX_LIMIT = 1000;
const HEAT_CELLS = 5000;

type Build<Table extends keyof HistoryTables> = ExpressionBuilder<HistoryTables, Table>;

const encodeCursor = (at: number, key: string | number): string => Buffer.from(JSON.stringify([at, key])).toString("base64url");

/** Undefined for one that this server did not make. */
export function decodeCursor(text: string): readonly [number, string | number] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== "number") return undefined;
    const key: unknown = value[1];
    return typeof key === "string" || typeof key === "number" ? [value[0], key] : undefined;
  } catch {
    return undefined;
  }
}

function paged<Item>(rows: Item[], limit: number, cursor: (row: Item) => string): HistoryPage<Item> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? cursor(items.at(-1)!) : null };
}

const limitOf = (filter: HistoryFilter): number => Math.min(MAX_LIMIT, Math.max(1, filter.limit));

/** For LIKE: what a person types is text and no pattern. */
const contains = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
const like = (column: string, text: string): Expression<SqlBool> => sql<SqlBool>`${sql.ref(column)} like ${contains(text)} escape '\\'`;

/** What a filter asks of the tracks, wherever they are looked up. */
function trackConditions(filter: HistoryFilter): Expression<SqlBool>[] {
  const found: Expression<SqlBool>[] = [];
  if (filter.className !== undefined) found.push(sql<SqlBool>`tracks.class_name = ${filter.className}`);
  if (filter.affiliation !== undefined) found.push(sql<SqlBool>`tracks.affiliation = ${filter.affiliation}`);
  if (filter.zone !== undefined)
    found.push(
      sql<SqlBool>`exists (select 1 from zone_visits where zone_visits.track_key = tracks.key and zone_visits.zone_id = ${filter.zone}${filter.toUs === undefined ? sql`` : sql` and zone_visits.entered_at_us <= ${filter.toUs}`}${filter.fromUs === undefined ? sql`` : sql` and coalesce(zone_visits.left_at_us, ${Number.MAX_SAFE_INTEGER}) >= ${filter.fromUs}`})`,
    );
  return found;
}

const trackText = (text: string): Expression<SqlBool> =>
  sql<SqlBool>`(tracks.id = ${text.toUpperCase()} or exists (select 1 from identities where identities.track_key = tracks.key and identities.value like ${contains(text)} escape '\\'))`;

/** Some of the tracks named by `keys`, a subquery, are as the filter wants them. */
function someTrack(keys: Expression<unknown>, conditions: readonly Expression<SqlBool>[]): Expression<SqlBool> {
  return sql<SqlBool>`exists (select 1 from tracks where tracks.key in ${keys} and ${sql.join([...conditions], sql` and `)})`;
}

export async function findTracks({ queries }: HistoryStore, filter: HistoryFilter, pilots: boolean): Promise<HistoryPage<HistoryTrack>> {
  const limit = limitOf(filter);
  let query = queries.selectFrom("tracks").selectAll("tracks");
  if (filter.fromUs !== undefined) query = query.where("last_at_us", ">=", filter.fromUs);
  if (filter.toUs !== undefined) query = query.where("first_at_us", "<=", filter.toUs);
  if (filter.origin !== undefined) query = query.where("origin", "=", filter.origin);
  if (filter.track !== undefined) query = query.where("key", "=", filter.track);
  for (const condition of trackConditions(filter)) query = query.where(condition);
  if (filter.text !== undefined) query = query.where(trackText(filter.text));
  if (filter.incident !== undefined)
    query = query.where("key", "in", (build: Build<"tracks">) =>
      build.selectFrom("incident_tracks").select("track_key").where("incident", "=", filter.incident!),
    );
  const cursor = filter.after === undefined ? undefined : decodeCursor(filter.after);
  if (cursor !== undefined) query = query.where(sql<SqlBool>`(last_at_us, key) < (${cursor[0]}, ${cursor[1]})`);
  const rows = await query
    .orderBy("last_at_us", "desc")
    .orderBy("key", "desc")
    .limit(limit + 1)
    .execute();
  const page = paged(rows, limit, ({ last_at_us, key }) => encodeCursor(last_at_us, key));
  const keys = page.items.map(({ key }) => key);
  const identities =
    keys.length === 0
      ? []
      : await queries.selectFrom("identities").selectAll().where("track_key", "in", keys).orderBy("scheme").orderBy("value").execute();
  const visits =
    keys.length === 0
      ? []
      : await queries.selectFrom("zone_visits").selectAll().where("track_key", "in", keys).orderBy("entered_at_us").execute();
  const items = page.items.map((row) => ({
    ...row,
    ...(pilots ? {} : { operator_latitude_degrees: null, operator_longitude_degrees: null, operator_kind: null }),
    identities: identities.filter(({ track_key }) => track_key === row.key).map(({ scheme, value }) => ({ scheme, value })),
    visits: visits.filter(({ track_key }) => track_key === row.key),
  }));
  return { items, next: page.next };
}

export async function findAlarms({ queries }: HistoryStore, filter: HistoryFilter): Promise<HistoryPage<HistoryAlarm>> {
  const limit = limitOf(filter);
  let query = queries.selectFrom("alarms").selectAll("alarms");
  if (filter.fromUs !== undefined) query = query.where(sql<SqlBool>`(changed_at_us >= ${filter.fromUs} or state <> 'cleared')`);
  if (filter.toUs !== undefined) query = query.where("raised_at_us", "<=", filter.toUs);
  if (filter.origin !== undefined) query = query.where("origin", "=", filter.origin);
  if (filter.incident !== undefined) query = query.where("incident", "=", filter.incident);
  const keys = sql`(select track_key from alarm_tracks where alarm_tracks.alarm_key = alarms.key)`;
  const conditions = trackConditions(filter);
  if (filter.track !== undefined) conditions.push(sql<SqlBool>`tracks.key = ${filter.track}`);
  if (conditions.length > 0) query = query.where(someTrack(keys, conditions));
  if (filter.text !== undefined) {
    const { text } = filter;
    query = query.where((build) =>
      build.or([
        sql<SqlBool>`alarms.id = ${text.toUpperCase()}`,
        like("alarms.subject", text),
        like("alarms.condition_text", text),
        like("alarms.definition_id", text),
        someTrack(keys, [trackText(text)]),
      ]),
    );
  }
  const cursor = filter.after === undefined ? undefined : decodeCursor(filter.after);
  if (cursor !== undefined) query = query.where(sql<SqlBool>`(raised_at_us, key) < (${cursor[0]}, ${cursor[1]})`);
  const rows = await query
    .orderBy("raised_at_us", "desc")
    .orderBy("key", "desc")
    .limit(limit + 1)
    .execute();
  const page = paged(rows, limit, ({ raised_at_us, key }) => encodeCursor(raised_at_us, key));
  const found = page.items.map(({ key }) => key);
  const changes =
    found.length === 0
      ? []
      : await queries
          .selectFrom("alarm_changes")
          .selectAll()
          .where("alarm_key", "in", found)
          .orderBy("alarm_key")
          .orderBy("number")
          .execute();
  const tracks = found.length === 0 ? [] : await queries.selectFrom("alarm_tracks").selectAll().where("alarm_key", "in", found).execute();
  const items = page.items.map((row) => ({
    ...row,
    transitions: changes
      .filter(({ alarm_key }) => alarm_key === row.key)
      .map(({ at_us, change, level, by, reason }) => ({ at_us, change, level, by, reason })),
    tracks: tracks.filter(({ alarm_key }) => alarm_key === row.key).map(({ track_key }) => track_key),
  }));
  return { items, next: page.next };
}

export async function findDecisions({ queries }: HistoryStore, filter: HistoryFilter): Promise<HistoryPage<DecisionRow>> {
  const limit = limitOf(filter);
  let query = queries.selectFrom("decisions").selectAll("decisions");
  if (filter.fromUs !== undefined) query = query.where("at_us", ">=", filter.fromUs);
  if (filter.toUs !== undefined) query = query.where("at_us", "<=", filter.toUs);
  if (filter.incident !== undefined) query = query.where("incident", "=", filter.incident);
  if (filter.track !== undefined) query = query.where("track_key", "=", filter.track);
  const ofTrack = trackConditions(filter);
  if (filter.origin !== undefined) ofTrack.push(sql<SqlBool>`tracks.origin = ${filter.origin}`);
  const keys = sql`(decisions.track_key)`;
  if (ofTrack.length > 0) query = query.where(someTrack(keys, ofTrack));
  if (filter.text !== undefined) {
    const { text } = filter;
    query = query.where((build) =>
      build.or([
        like("decisions.actor", text),
        like("decisions.kind", text),
        like("decisions.subject", text),
        like("decisions.command", text),
        someTrack(keys, [trackText(text)]),
      ]),
    );
  }
  const cursor = filter.after === undefined ? undefined : decodeCursor(filter.after);
  if (cursor !== undefined) query = query.where("sequence", "<", Number(cursor[1]));
  const rows = await query
    .orderBy("sequence", "desc")
    .limit(limit + 1)
    .execute();
  return paged(rows, limit, ({ at_us, sequence }) => encodeCursor(at_us, sequence));
}

export async function findIncidents({ queries }: HistoryStore, filter: HistoryFilter): Promise<HistoryPage<HistoryIncident>> {
  const limit = limitOf(filter);
  let query = queries.selectFrom("incidents").selectAll("incidents");
  if (filter.fromUs !== undefined) query = query.where("last_at_us", ">=", filter.fromUs);
  if (filter.toUs !== undefined) query = query.where("first_at_us", "<=", filter.toUs);
  if (filter.origin !== undefined) query = query.where("origin", "=", filter.origin);
  if (filter.incident !== undefined) query = query.where("key", "=", filter.incident);
  const keys = sql`(select track_key from incident_tracks where incident_tracks.incident = incidents.key)`;
  const conditions = trackConditions(filter);
  if (filter.track !== undefined) conditions.push(sql<SqlBool>`tracks.key = ${filter.track}`);
  if (conditions.length > 0) query = query.where(someTrack(keys, conditions));
  if (filter.text !== undefined) {
    const { text } = filter;
    query = query.where((build) =>
      build.or([
        sql<SqlBool>`incidents.key = ${text.toUpperCase()}`,
        like("incidents.condition_text", text),
        like("incidents.subject", text),
        someTrack(keys, [trackText(text)]),
        sql<SqlBool>`exists (select 1 from alarms where alarms.incident = incidents.key and alarms.id = ${text.toUpperCase()})`,
      ]),
    );
  }
  const cursor = filter.after === undefined ? undefined : decodeCursor(filter.after);
  if (cursor !== undefined) query = query.where(sql<SqlBool>`(last_at_us, key) < (${cursor[0]}, ${cursor[1]})`);
  const rows = await query
    .orderBy("last_at_us", "desc")
    .orderBy("key", "desc")
    .limit(limit + 1)
    .execute();
  const page = paged(rows, limit, ({ last_at_us, key }) => encodeCursor(last_at_us, key));
  const found = page.items.map(({ key }) => key);
  const tracks = found.length === 0 ? [] : await queries.selectFrom("incident_tracks").selectAll().where("incident", "in", found).execute();
  return {
    items: page.items.map((row) => ({
      ...row,
      track_keys: tracks.filter(({ incident }) => incident === row.key).map(({ track_key }) => track_key),
    })),
    next: page.next,
  };
}

/** Oldest first: a path is read forwards. */
export async function findPositions({ queries }: HistoryStore, filter: HistoryFilter): Promise<HistoryPage<PositionRow>> {
  const limit = Math.min(10_000, Math.max(1, filter.limit));
  let query = queries.selectFrom("positions").innerJoin("tracks", "tracks.key", "positions.track_key").selectAll("positions");
  if (filter.fromUs !== undefined) query = query.where("at_us", ">=", filter.fromUs);
  if (filter.toUs !== undefined) query = query.where("at_us", "<=", filter.toUs);
  if (filter.track !== undefined) query = query.where("track_key", "=", filter.track);
  if (filter.origin !== undefined) query = query.where("tracks.origin", "=", filter.origin);
  if (filter.incident !== undefined)
    query = query.where("track_key", "in", (build) =>
      build.selectFrom("incident_tracks").select("track_key").where("incident", "=", filter.incident!),
    );
  for (const condition of trackConditions(filter)) query = query.where(condition);
  if (filter.text !== undefined) query = query.where(trackText(filter.text));
  const cursor = filter.after === undefined ? undefined : decodeCursor(filter.after);
  if (cursor !== undefined) query = query.where(sql<SqlBool>`(at_us, track_key) > (${cursor[0]}, ${cursor[1]})`);
  const rows = await query
    .orderBy("at_us")
    .orderBy("track_key")
    .limit(limit + 1)
    .execute();
  return paged(rows, limit, ({ at_us, track_key }) => encodeCursor(at_us, track_key));
}

/** Where tracks were, counted in cells of about `cellMetres`; the fullest ones when there are too many. */
export async function countHeat({ queries }: HistoryStore, filter: HistoryFilter, cellMetres: number): Promise<HeatCell[]> {
  const [middle] = await queries
    .selectFrom("tracks")
    .select((build) => build.fn.avg<number | null>("south").as("latitude"))
    .execute();
  const northStep = cellMetres / 111_320; // degrees of latitude
  const eastStep = northStep / Math.max(0.05, Math.cos(((middle?.latitude ?? 0) * Math.PI) / 180));
  let query = queries
    .selectFrom("positions")
    .innerJoin("tracks", "tracks.key", "positions.track_key")
    .select([
      // Floor, which SQLite has only as a cast towards zero.
      sql<number>`cast((longitude_degrees + 180) / ${eastStep} as integer)`.as("column"),
      sql<number>`cast((latitude_degrees + 90) / ${northStep} as integer)`.as("line"),
      sql<number>`count(*)`.as("positions"),
      sql<number>`count(distinct positions.track_key)`.as("tracks"),
    ]);
  if (filter.fromUs !== undefined) query = query.where("at_us", ">=", filter.fromUs);
  if (filter.toUs !== undefined) query = query.where("at_us", "<=", filter.toUs);
  if (filter.origin !== undefined) query = query.where("tracks.origin", "=", filter.origin);
  if (filter.track !== undefined) query = query.where("track_key", "=", filter.track);
  if (filter.incident !== undefined)
    query = query.where("track_key", "in", (build) =>
      build.selectFrom("incident_tracks").select("track_key").where("incident", "=", filter.incident!),
    );
  for (const condition of trackConditions(filter)) query = query.where(condition);
  if (filter.text !== undefined) query = query.where(trackText(filter.text));
  const rows = await query.groupBy(["column", "line"]).orderBy(sql`count(*)`, "desc").limit(HEAT_CELLS).execute();
  return rows.map(({ column, line, positions, tracks }) => ({
    west: column * eastStep - 180,
    south: line * northStep - 90,
    east: (column + 1) * eastStep - 180,
    north: (line + 1) * northStep - 90,
    positions,
    tracks,
  }));
}

/** Newest moment at or before an instant, and the event that was newest then. */
export async function momentAt({ queries }: HistoryStore, atUs: number): Promise<{ at_us: number; sequence: number } | undefined> {
  return queries.selectFrom("moments").selectAll().where("at_us", "<=", atUs).orderBy("at_us", "desc").limit(1).executeTakeFirst();
}

export const findZones = ({ queries }: HistoryStore) => queries.selectFrom("zones").selectAll().orderBy("name").execute();
