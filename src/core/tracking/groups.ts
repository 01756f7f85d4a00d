// Groups: more than six tracks that fly together are shown as one thing with its members kept, so that a swarm does not drown the screen.

import type { TrackEstimate } from "./tracker.ts";

/** What the tracker remembers of flying together: pairs that agree, and since when. Plain data. */
export interface GroupState {
  /** Rising by `a`, then `b`. */
  pairs: { a: number; b: number; since: number; seen: number }[];
}

export interface TrackGroup {
  /** Identifier of the smallest member: it stays while that member stays. */
  readonly id: number;
  /** Rising. */
  readonly members: readonly number[];
  /** Convex hull of the members' places, counter-clockwise, [east, north] in m. */
  readonly hull: readonly (readonly [number, number])[];
  readonly velocity: readonly [number, number, number];
  /** Expected number of members, and a 95 % interval: downwards by their existence probabilities, upwards also by tracks near by and objects that no track holds. */
  readonly count: number;
  readonly countLow: number;
  readonly countHigh: number;
}

/** Members of a group are within this distance of another member, m. */
const REACH = 200;
/** Common velocity: the difference is within this, m/s, or within what its uncertainty explains. */
const SAME_VELOCITY = 2.5;
const TOGETHER_FOR = 5_000_000;
const PARTED_AFTER = 5_000_000;
/**
 * Objects of a dense group that no track holds at a moment, for each that one does: two in one resolution cell, or missed for some looks. About what the
 * simulated swarms show; the upper end of the count allows for it, with the spread of a Poisson number.
 */
const UNHELD = 0.07;
const LEAST_MEMBERS = 7;
const MAXIMUM_PAIRS = 20_000;

export const createGroups = (): GroupState => ({ pairs: [] });

/**
 * Groups of at least seven tracks that have had a common velocity for 5 s. `tracks` at one instant `t` (us), rising by identifier; the
 * state remembers which pairs agree since when. Neighbours are found in a grid, so the cost grows with the pairs that are near.
 */
export function findGroups(state: GroupState, tracks: readonly TrackEstimate[], t: number): TrackGroup[] {
  const cells = new Map<string, number[]>();
  const cellOf = (track: TrackEstimate) => [Math.floor(track.position[0] / REACH), Math.floor(track.position[1] / REACH)] as const;
  tracks.forEach((track, k) => {
    const key = cellOf(track).join();
    const list = cells.get(key);
    if (list === undefined) cells.set(key, [k]);
    else list.push(k);
  });
  const since = new Map(state.pairs.map((pair) => [`${pair.a}/${pair.b}`, pair]));
  const pairs: GroupState["pairs"] = [];
  const parent = tracks.map((_, k) => k);
  const find = (k: number): number => {
    let root = k;
    while (parent[root] !== root) root = parent[root]!;
    return root;
  };
  const join = (a: number, b: number) => {
    const ra = find(a);
    const rb = find(b);
    if (ra < rb) parent[rb] = ra;
    else parent[ra] = rb;
  };
  tracks.forEach((track, k) => {
    const [cx, cy] = cellOf(track);
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const other of cells.get(`${cx + dx},${cy + dy}`) ?? []) {
          if (other <= k || pairs.length >= MAXIMUM_PAIRS) continue;
          const b = tracks[other]!;
          if (Math.hypot(track.position[0] - b.position[0], track.position[1] - b.position[1]) > REACH) continue;
          const difference = Math.hypot(track.velocity[0] - b.velocity[0], track.velocity[1] - b.velocity[1]);
          const spread = Math.sqrt((track.covariance[21]! + track.covariance[28]! + b.covariance[21]! + b.covariance[28]!) / 2);
          const old = since.get(`${track.id}/${b.id}`);
          if (difference > Math.max(SAME_VELOCITY, 2 * spread)) {
            // Two that flew together do not part because one estimate swerved: they do when it lasts.
            if (old === undefined || old.seen - old.since < TOGETHER_FOR || t - old.seen > PARTED_AFTER) continue;
            pairs.push(old);
            join(k, other);
            continue;
          }
          const pair = { a: track.id, b: b.id, since: old !== undefined && t - old.seen < 3_000_000 ? old.since : t, seen: t };
          pairs.push(pair);
          if (t - pair.since >= TOGETHER_FOR) join(k, other);
        }
      }
    }
  });
  state.pairs = pairs;
  const byRoot = new Map<number, TrackEstimate[]>();
  tracks.forEach((track, k) => {
    const root = find(k);
    const list = byRoot.get(root);
    if (list === undefined) byRoot.set(root, [track]);
    else list.push(track);
  });
  const groups: TrackGroup[] = [];
  const grouped = new Set<number>();
  for (const members of byRoot.values()) if (members.length >= LEAST_MEMBERS) for (const member of members) grouped.add(member.id);
  for (const members of byRoot.values()) {
    if (members.length < LEAST_MEMBERS) continue;
    let count = 0;
    let variance = 0;
    const velocity = [0, 0, 0];
    for (const member of members) {
      count += member.existence;
      variance += member.existence * (1 - member.existence);
      for (let k = 0; k < 3; k++) velocity[k] = velocity[k]! + member.velocity[k]! / members.length;
    }
    const half = 1.96 * Math.sqrt(variance);
    const perhaps = nearby(members, tracks, grouped);
    const unheld = UNHELD * (count + perhaps);
    groups.push({
      id: members[0]!.id,
      members: members.map((member) => member.id),
      hull: convexHull(members.map((member) => [member.position[0], member.position[1]])),
      velocity: [velocity[0]!, velocity[1]!, velocity[2]!],
      count,
      countLow: Math.max(Math.floor(count - half), 0),
      countHigh: Math.ceil(count + perhaps + unheld + 1.96 * Math.sqrt(variance + unheld)),
    });
  }
  return groups;
}

/** Expected number of tracks of no group that may belong to this one: within twice the reach of its outline's box, with about its velocity. */
function nearby(members: readonly TrackEstimate[], tracks: readonly TrackEstimate[], grouped: ReadonlySet<number>): number {
  let [west, east, south, north] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let ve = 0;
  let vn = 0;
  for (const { position, velocity } of members) {
    west = Math.min(west, position[0]);
    east = Math.max(east, position[0]);
    south = Math.min(south, position[1]);
    north = Math.max(north, position[1]);
    ve += velocity[0] / members.length;
    vn += velocity[1] / members.length;
  }
  let count = 0;
  for (const { id, position, velocity, existence } of tracks) {
    if (grouped.has(id)) continue;
    const away = Math.hypot(Math.max(west - position[0], 0, position[0] - east), Math.max(south - position[1], 0, position[1] - north));
    if (away <= 2 * REACH && Math.hypot(velocity[0] - ve, velocity[1] - vn) <= 3 * SAME_VELOCITY) count += existence;
  }
  return count;
}

/** Andrew's monotone chain. */
function convexHull(points: [number, number][]): [number, number][] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: readonly [number, number][]) => {
    const chain: [number, number][] = [];
    for (const p of list) {
      while (chain.length >= 2) {
        const [a, b] = [chain.at(-2)!, chain.at(-1)!];
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}
