// The history made again from the journal, from nothing.

import { renameSync } from "node:fs";
import { followJournal, journalIdOf } from "./follow-journal.ts";
import { openHistory, removeHistory } from "./history-store.ts";
import type { TableName } from "./schema.ts";

export interface Rebuilt {
  readonly events: number;
  readonly lastSequence: number;
  readonly bytes: number;
  /** Rows of each table that is shown in the summary. */
  readonly rows: Readonly<Partial<Record<TableName, number>>>;
}

const COUNTED = ["tracks", "positions", "alarms", "incidents", "decisions", "zone_visits"] as const;

/**
 * Makes `file` from the journal at `path`. The old file stays until the new one is whole. Rejects when the journal cannot be read or the
 * disk refuses.
 */
export async function rebuildHistory(
  path: string,
  file: string,
  options: { readonly onProgress?: (read: number, total: number) => void; readonly onNote?: (text: string) => void } = {},
): Promise<Rebuilt> {
  const making = `${file}.new`;
  removeHistory(making);
  const store = openHistory(making);
  try {
    const followed = await followJournal({ path, store, projection: store.projection(), ...options });
    store.setJournal((await journalIdOf(path)) ?? "");
    const rows: Partial<Record<TableName, number>> = {};
    for (const table of COUNTED) {
      const counted = await store.queries
        .selectFrom(table)
        .select((build) => build.fn.countAll<number>().as("count"))
        .executeTakeFirst();
      rows[table] = counted?.count ?? 0;
    }
    const bytes = store.bytes();
    // Everything into the one file before it takes its place.
    store.settle();
    store.close();
    removeHistory(file);
    renameSync(making, file);
    removeHistory(making);
    return { events: followed.events, lastSequence: followed.lastSequence, bytes, rows };
  } catch (error) {
    store.close();
    removeHistory(making);
    throw error;
  }
}
