// The file that holds the history: SQLite through libsql, written in transactions, read through kysely. It is made to be thrown away:
// whatever is wrong with it, the journal makes it again.

import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import Database from "libsql";
import { type Changes, createProjection, type Projection } from "./project.ts";
import {
  createStatements,
  type HistoryTables,
  replaceStatement,
  SCHEMA_VERSION,
  TABLES,
  type TableName,
  type ZoneVisitRow,
} from "./schema.ts";

export interface HistoryStore {
  readonly queries: Kysely<HistoryTables>;
  /** Sequence of the newest event that is in it; 0: none. */
  sequence(): number;
  /** Journal whose events they are; empty: none yet. */
  journalId(): string;
  /** What is not over, as the tables hold it. */
  projection(): Projection;
  /** Rows in order, and how far they bring the file, in one transaction. */
  write(changes: readonly Changes[], sequence: number): void;
  setJournal(id: string): void;
  /** Removes what ended before `cutoffUs`; answers how many rows. */
  prune(cutoffUs: number): number;
  /** Octets in use. */
  bytes(): number;
  /** Takes everything that was written into the one file, so that it may be moved. */
  settle(): void;
  /** [first, last] instant in it; undefined when it is empty. */
  extent(): { readonly fromUs: number; readonly toUs: number } | undefined;
  close(): void;
}

/** Why a file that is there cannot be used, in one sentence. */
export class UnusableHistory extends Error {
  override readonly name = "UnusableHistory";
}

export const historyFile = (dataFolder: string): string => `${dataFolder}/history/history.db`;

/** With the files that SQLite keeps beside it. */
export function removeHistory(file: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${end}`, { force: true });
}

/** Opens the file, or makes an empty one. Throws `UnusableHistory` for one of another version, or one that is damaged. */
export function openHistory(file: string): HistoryStore {
  mkdirSync(dirname(file), { recursive: true, mode: 0o750 });
  const isNew = !existsSync(file) || statSync(file).size === 0;
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    prepareDatabase(database, isNew);
    return storeOf(database);
  } catch (error) {
    database?.close();
    throw error instanceof UnusableHistory ? error : new UnusableHistory((error as Error).message);
  }
}

type Row = Record<string, unknown>;

function prepareDatabase(database: Database.Database, isNew: boolean): void {
  const get = (sql: string): unknown => Object.values(database.prepare(sql).get([]) as Row)[0];
  // Only a new file takes this one; freed pages then go back to the disk.
  if (isNew) database.exec("pragma auto_vacuum = incremental");
  database.exec("pragma busy_timeout = 5000");
  get("pragma journal_mode = wal");
  database.exec("pragma synchronous = normal");
  if (isNew) {
    database.exec("begin");
    for (const statement of createStatements()) database.exec(statement);
    database.exec(`pragma user_version = ${SCHEMA_VERSION}`);
    database.exec("commit");
    return;
  }
  const version = get("pragma user_version");
  if (version !== SCHEMA_VERSION)
    throw new UnusableHistory(`it was made by version ${String(version)} of the tables, not ${SCHEMA_VERSION}`);
  const check = get("pragma quick_check(1)");
  if (check !== "ok") throw new UnusableHistory(`it is damaged: ${String(check)}`);
}

function storeOf(database: Database.Database): HistoryStore {
  const replace = new Map<TableName, Database.Statement>();
  const statementFor = (table: TableName) => {
    let statement = replace.get(table);
    if (statement === undefined) {
      statement = database.prepare(replaceStatement(table));
      replace.set(table, statement);
    }
    return statement;
  };
  const all = <Row>(sql: string, ...values: unknown[]): Row[] => database.prepare(sql).all(values) as Row[];
  const meta = (name: string): string | undefined => all<{ value: string }>("select value from meta where name = ?", name)[0]?.value;
  const put = (table: TableName, row: Row) => statementFor(table).run(TABLES[table].columns.map(({ name }) => row[name]));
  const inTransaction = (work: () => void) => {
    database.exec("begin immediate");
    try {
      work();
      database.exec("commit");
    } catch (error) {
      database.exec("rollback");
      throw error;
    }
  };
  return {
    // libsql's statements are those of better-sqlite3, which is what the dialect asks for.
    queries: new Kysely<HistoryTables>({ dialect: new SqliteDialect({ database: database as unknown as SqliteDatabase }) }),
    sequence: () => Number(meta("sequence") ?? "0"),
    journalId: () => meta("journal") ?? "",
    projection: () => readProjection(all),
    write: (changes, sequence) =>
      inTransaction(() => {
        for (const change of changes) {
          for (const [table, rows] of Object.entries(change)) for (const row of rows) put(table as TableName, row as unknown as Row);
        }
        put("meta", { name: "sequence", value: String(sequence) });
      }),
    setJournal: (id) => inTransaction(() => put("meta", { name: "journal", value: id })),
    prune: (cutoffUs) => {
      let removed = 0;
      const run = (sql: string) => {
        removed += database.prepare(sql).run([cutoffUs]).changes;
      };
      inTransaction(() => {
        run("delete from positions where at_us < ?");
        run("delete from moments where at_us < ?");
        run("delete from decisions where at_us < ?");
        run("delete from tracks where ended = 1 and last_at_us < ?");
        run("delete from alarms where state = 'cleared' and changed_at_us < ?");
        run("delete from incidents where open = 0 and last_at_us < ?");
        run("delete from zone_visits where left_at_us < ?");
        if (removed === 0) return;
        for (const [table, column, of, key] of [
          ["identities", "track_key", "tracks", "key"],
          ["alarm_changes", "alarm_key", "alarms", "key"],
          ["alarm_tracks", "alarm_key", "alarms", "key"],
          ["incident_tracks", "incident", "incidents", "key"],
        ] as const)
          database.exec(`delete from "${table}" where "${column}" not in (select "${key}" from "${of}")`);
      });
      if (removed > 0) database.exec("pragma incremental_vacuum");
      return removed;
    },
    bytes: () => {
      const value = (name: string) => Number(Object.values(all<Row>(`pragma ${name}`)[0]!)[0]);
      return (value("page_count") - value("freelist_count")) * value("page_size");
    },
    settle: () => {
      all("pragma wal_checkpoint(truncate)");
    },
    extent: () => {
      const [row] = all<{ first: number | null; last: number | null }>("select min(at_us) as first, max(at_us) as last from moments");
      return row === undefined || row.first === null || row.last === null ? undefined : { fromUs: row.first, toUs: row.last };
    },
    close: () => {
      database.close();
    },
  };
}

function readProjection(all: <Row>(sql: string, ...values: unknown[]) => Row[]): Projection {
  const projection = createProjection();
  for (const row of all<HistoryTables["tracks"]>("select * from tracks where ended = 0 order by first_at_us, key")) {
    const identities = all<HistoryTables["identities"]>("select * from identities where track_key = ?", row.key);
    const visits = all<ZoneVisitRow>("select * from zone_visits where track_key = ? and left_at_us is null", row.key);
    projection.tracks.set(row.key, {
      row,
      identities: new Set(identities.map(({ scheme, value }) => `${scheme}:${value}`)),
      visits: new Map(visits.map((visit) => [visit.zone_id, visit])),
    });
  }
  for (const row of all<HistoryTables["alarms"]>("select * from alarms where state <> 'cleared' order by raised_at_us, key")) {
    const tracks = all<{ track_key: string }>("select track_key from alarm_tracks where alarm_key = ?", row.key);
    projection.alarms.set(row.id, { row, tracks: new Set(tracks.map(({ track_key }) => track_key)) });
  }
  for (const row of all<HistoryTables["incidents"]>("select * from incidents where open = 1 order by first_at_us, key")) {
    const tracks = all<{ track_key: string }>("select track_key from incident_tracks where incident = ?", row.key);
    projection.incidents.set(row.key, { row, tracks: new Set(tracks.map(({ track_key }) => track_key)) });
  }
  projection.lastMoment = all<{ last: number | null }>("select max(at_us) as last from moments")[0]?.last ?? 0;
  return projection;
}
