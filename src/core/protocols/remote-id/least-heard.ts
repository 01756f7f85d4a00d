/** What decides which entry goes when a table is full. */
export interface Heard {
  /** Messages heard of it. */
  readonly heard: number;
  /** us. */
  readonly lastHeard: number;
}

/**
 * Makes room in a full table: gives up the sixteenth part that was heard least often, the longest silent among equals. So a
 * flood of entries that are heard once each pushes out its own and never what has been heard for a while. A part at a time, so that
 * a flood costs little for each entry. Returns how many went; ties are broken by age in the table.
 */
export function evictLeastHeard<Entry extends Heard>(table: Map<string, Entry>): number {
  const entries = [...table];
  // The sort is stable, so equal entries stay in the order in which they came.
  entries.sort(([, a], [, b]) => a.heard - b.heard || a.lastHeard - b.lastHeard);
  const count = Math.max(1, Math.floor(entries.length / 16));
  for (let i = 0; i < count; i++) table.delete(entries[i][0]);
  return count;
}
