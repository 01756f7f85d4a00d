// The most probable joint association hypotheses of one small cluster, by depth-first branch and bound. On sparse gated clusters
// this visits fewer nodes than Murty's partitioning solves assignment problems, and it is exact: every hypothesis of at least
// `floor` times the weight of the best, up to `limit` of them, best first.

/** One cluster: options of each track (edges and a miss), weights relative to the detections' background. */
export interface ClusterOptions {
  tracks: number;
  /** First option of each track in the two lists below, [tracks + 1]. The options of a track are in falling order of weight. */
  firstOption: Int32Array;
  /** Detection of each option, counted from 0 within the cluster, or -1 for "not detected". */
  detectionOf: Int32Array;
  weight: Float64Array;
}

/** Joint hypotheses, best first, weights normalised to 1. `option[k * tracks + i]` is the option that track i takes in the k-th. */
export interface JointHypotheses {
  count: number;
  weight: Float64Array;
  option: Int32Array;
  /** False when the search was cut off: the caller falls back to beliefs. */
  complete: boolean;
}

let heapWeight = new Float64Array(0);
let heapOption = new Int32Array(0);
let heapOrder = new Int32Array(0);
let bound = new Float64Array(0);
let chosen = new Int32Array(0);
let partial = new Float64Array(0);
let cursor = new Int32Array(0);
let used = new Uint8Array(0);

/**
 * Enumerates the joint hypotheses of a cluster in which every detection is used at most once.
 *
 * `limit` >= 1 hypotheses are kept; those below `floor` times the best are dropped; at most `nodes` nodes are visited. The bound of
 * a partial hypothesis is its weight times the largest weight of every track still to come. Deterministic; allocates nothing once warm.
 */
export function enumerateHypotheses(
  options: ClusterOptions,
  detections: number,
  limit: number,
  floor: number,
  nodes: number,
  out: JointHypotheses,
): void {
  const { tracks, firstOption, detectionOf, weight } = options;
  if (heapWeight.length < limit + 1 || heapOption.length < (limit + 1) * tracks) {
    heapWeight = new Float64Array((limit + 1) * 2);
    heapOption = new Int32Array((limit + 1) * 2 * Math.max(tracks, 16));
    heapOrder = new Int32Array((limit + 1) * 2);
  }
  if (bound.length < tracks + 1) {
    bound = new Float64Array(tracks * 2 + 2);
    chosen = new Int32Array(tracks * 2 + 2);
    partial = new Float64Array(tracks * 2 + 2);
    cursor = new Int32Array(tracks * 2 + 2);
  }
  if (used.length < detections) used = new Uint8Array(detections * 2);
  used.fill(0, 0, detections);
  bound[tracks] = 1;
  for (let i = tracks - 1; i >= 0; i--) bound[i] = bound[i + 1]! * weight[firstOption[i]!]!;

  let count = 0;
  let best = 0;
  /** Weight that a hypothesis must exceed to be kept. */
  let bar = 0;
  let visited = 0;
  let depth = 0;
  partial[0] = 1;
  cursor[0] = firstOption[0]!;
  out.complete = true;
  while (depth >= 0) {
    if (cursor[depth]! >= firstOption[depth + 1]!) {
      depth -= 1;
      if (depth >= 0) {
        const back = detectionOf[chosen[depth]!]!;
        if (back >= 0) used[back] = 0;
      }
      continue;
    }
    const option = cursor[depth]!;
    cursor[depth] = option + 1;
    const next = partial[depth]! * weight[option]!;
    if (next * bound[depth + 1]! <= bar) {
      cursor[depth] = firstOption[depth + 1]!; // options fall in weight: none after this one can do better
      continue;
    }
    const detection = detectionOf[option]!;
    if (detection >= 0 && used[detection] === 1) continue;
    if (++visited > nodes) {
      out.complete = false;
      break;
    }
    chosen[depth] = option;
    if (depth + 1 < tracks) {
      if (detection >= 0) used[detection] = 1;
      depth += 1;
      partial[depth] = next;
      cursor[depth] = firstOption[depth]!;
      continue;
    }
    // A whole hypothesis: insert it into the sorted list (small, so by insertion).
    if (next > best) {
      best = next;
      if (best * floor > bar) bar = best * floor;
    }
    let slot = count < limit ? count : heapOrder[limit - 1]!;
    if (count < limit) count += 1;
    else slot = heapOrder[limit - 1]!;
    let place = count - 1;
    while (place > 0 && heapWeight[heapOrder[place - 1]!]! < next) {
      heapOrder[place] = heapOrder[place - 1]!;
      place -= 1;
    }
    heapOrder[place] = slot;
    heapWeight[slot] = next;
    for (let i = 0; i < tracks; i++) heapOption[slot * tracks + i] = chosen[i]!;
    if (count === limit) {
      const worst = heapWeight[heapOrder[limit - 1]!]!;
      if (worst > bar) bar = worst;
    }
  }
  while (count > 1 && heapWeight[heapOrder[count - 1]!]! < best * floor) count -= 1;
  if (out.weight.length < count) out.weight = new Float64Array(count * 2);
  if (out.option.length < count * tracks) out.option = new Int32Array(count * tracks * 2);
  let total = 0;
  for (let k = 0; k < count; k++) total += heapWeight[heapOrder[k]!]!;
  for (let k = 0; k < count; k++) {
    const slot = heapOrder[k]!;
    out.weight[k] = heapWeight[slot]! / total;
    for (let i = 0; i < tracks; i++) out.option[k * tracks + i] = heapOption[slot * tracks + i]!;
  }
  out.count = count;
}
