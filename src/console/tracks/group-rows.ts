// Tracks that fly together as one row of the table, which opens to its members: a swarm must not push everything else out of sight. Pure.

import type { GroupView } from "../../core/model/picture-view.ts";
import type { RankedTrack } from "./track-order.ts";

export interface GroupRow {
  readonly group: GroupView;
  /** Members in the table, best ranked first; at least one. */
  readonly members: readonly RankedTrack[];
  readonly open: boolean;
}

export interface TableRows {
  /** Row identifiers in order: a group stands where its best member would, its members below it while it is open. */
  readonly order: readonly string[];
  readonly groups: ReadonlyMap<string, GroupRow>;
}

/**
 * Rows for ranked tracks. Groups in `open` and the one of `selected` show their members; what a filter left of a group is its row, and a
 * group of which one track is left is that track.
 */
export function tableRows(
  ranked: readonly RankedTrack[],
  groups: readonly GroupView[],
  open: ReadonlySet<string>,
  selected: string | undefined,
): TableRows {
  if (groups.length === 0) return { order: ranked.map(({ track }) => track.id), groups: new Map() };
  const groupOf = new Map<string, GroupView>();
  for (const group of groups) for (const id of group.tracks) groupOf.set(id, group);
  const members = new Map<string, RankedTrack[]>();
  for (const entry of ranked) {
    const group = groupOf.get(entry.track.id);
    if (group === undefined) continue;
    const list = members.get(group.id);
    if (list === undefined) members.set(group.id, [entry]);
    else list.push(entry);
  }
  const order: string[] = [];
  const rows = new Map<string, GroupRow>();
  const chosen = selected === undefined ? undefined : groupOf.get(selected)?.id;
  for (const { track } of ranked) {
    const group = groupOf.get(track.id);
    const inside = group === undefined ? undefined : members.get(group.id);
    if (group === undefined || inside === undefined || inside.length < 2) {
      order.push(track.id);
      continue;
    }
    if (rows.has(group.id)) continue;
    const isOpen = open.has(group.id) || chosen === group.id;
    rows.set(group.id, { group, members: inside, open: isOpen });
    order.push(group.id);
    if (isOpen) for (const member of inside) order.push(member.track.id);
  }
  return { order, groups: rows };
}
