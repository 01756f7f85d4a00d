// Streams of random numbers of one scene: each purpose has its own, so that one more sensor does not move the birds.

import { createRandom, type RandomState, uniform } from "../math/random.ts";

/** A generator for one purpose of a scene: `path` names it, for example ("object", "drone-1", 3). Plain data. */
export function randomStream(seed: number, ...path: readonly (string | number)[]): RandomState {
  let hash = 0x811c9dc5; // FNV-1a, 32 bits
  const mix = (octet: number) => {
    hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  };
  for (const part of [seed, ...path]) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) {
      mix(text.charCodeAt(i) & 255);
      mix(text.charCodeAt(i) >> 8);
    }
    mix(255); // ends a part, so that ("ab", "c") is not ("a", "bc")
  }
  return createRandom(hash);
}

/** True with this probability. */
export const chance = (random: RandomState, probability: number): boolean => uniform(random) < probability;
