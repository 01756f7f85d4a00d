// Marginal association probabilities on the sparse graph of gated pairs by loopy belief propagation: Williams & Lau, "Approximate
// evaluation of marginal association probabilities with belief propagation", IEEE Trans. AES 50(4), 2014. Exact on trees.

/** A bipartite graph of tracks and detections as lists of edges, grouped by track. Scratch owned by the caller. */
export interface AssociationGraph {
  tracks: number;
  detections: number;
  edges: number;
  /** Weight of "not detected" for each track: 1 - r Pd, or 1 after normalising. */
  missWeight: Float64Array;
  /** First edge of each track, [tracks + 1]. */
  firstEdge: Int32Array;
  /** Detection of each edge. */
  detectionOf: Int32Array;
  /** r Pd likelihood / (intensity of clutter and undetected targets), for each edge. */
  weight: Float64Array;
  /** Answer: probability of each edge. */
  edgeProbability: Float64Array;
  /** Answer: probability that the track was not detected. */
  missProbability: Float64Array;
}

let toTrack = new Float64Array(0);
let sumAtDetection = new Float64Array(0);
let toDetection = new Float64Array(0);

/**
 * Fills `edgeProbability` and `missProbability`. Each detection's background weight is 1. Stops when no message moves by more than
 * `tolerance`, or after `iterations`. O(edges) an iteration; allocates nothing once warm. Answers the iterations used.
 */
export function propagateBeliefs(graph: AssociationGraph, iterations: number, tolerance: number): number {
  const { tracks, detections, edges, missWeight, firstEdge, detectionOf, weight, edgeProbability, missProbability } = graph;
  if (toTrack.length < edges) {
    toTrack = new Float64Array(edges * 2);
    toDetection = new Float64Array(edges * 2);
  }
  if (sumAtDetection.length < detections) sumAtDetection = new Float64Array(detections * 2);
  for (let e = 0; e < edges; e++) {
    toTrack[e] = 1;
    toDetection[e] = 0;
  }
  let used = 0;
  for (; used < iterations; used++) {
    for (let j = 0; j < detections; j++) sumAtDetection[j] = 1;
    for (let i = 0; i < tracks; i++) {
      const from = firstEdge[i]!;
      const to = firstEdge[i + 1]!;
      let sum = missWeight[i]!;
      for (let e = from; e < to; e++) sum += weight[e]! * toTrack[e]!;
      for (let e = from; e < to; e++) {
        const message = weight[e]! / Math.max(sum - weight[e]! * toTrack[e]!, 1e-300);
        toDetection[e] = message;
        const j = detectionOf[e]!;
        sumAtDetection[j] = sumAtDetection[j]! + message;
      }
    }
    let change = 0;
    for (let e = 0; e < edges; e++) {
      const message = 1 / Math.max(sumAtDetection[detectionOf[e]!]! - toDetection[e]!, 1e-300);
      const moved = Math.abs(message - toTrack[e]!);
      if (moved > change) change = moved;
      toTrack[e] = message;
    }
    if (change < tolerance) {
      used += 1;
      break;
    }
  }
  for (let i = 0; i < tracks; i++) {
    const from = firstEdge[i]!;
    const to = firstEdge[i + 1]!;
    let sum = missWeight[i]!;
    for (let e = from; e < to; e++) sum += weight[e]! * toTrack[e]!;
    for (let e = from; e < to; e++) edgeProbability[e] = (weight[e]! * toTrack[e]!) / sum;
    missProbability[i] = missWeight[i]! / sum;
  }
  return used;
}
