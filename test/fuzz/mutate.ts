// Damaged input, seeded: the same seed gives the same octets.

import { type RandomState, uniform, uniformInteger } from "../../src/core/math/random.ts";

export const MAX_INPUT = 4_096;

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 19, 25, 31, 32, 63, 64, 100, 127, 128, 129, 200, 223, 239, 240, 250, 253, 254, 255];

const octet = (random: RandomState) => uniformInteger(random, 256);

/** Octets without any form, mostly short. */
export function randomOctets(random: RandomState): Uint8Array {
  const length = uniformInteger(random, uniform(random) < 0.9 ? 64 : 2_048);
  return Uint8Array.from({ length }, () => octet(random));
}

/** One to six kinds of damage to a sample: turned bits, wrong octets, lost and doubled stretches, another sample's end, wrong lengths. */
export function mutate(random: RandomState, sample: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes: Uint8Array = sample.slice(0, MAX_INPUT);
  const steps = 1 + uniformInteger(random, 6);
  for (let step = 0; step < steps; step++) bytes = mutateOnce(random, bytes, other);
  return bytes;
}

function mutateOnce(random: RandomState, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length === 0) return Uint8Array.of(octet(random));
  const at = uniformInteger(random, length);
  switch (uniformInteger(random, 12)) {
    case 0: {
      bytes[at] ^= 1 << uniformInteger(random, 8);
      return bytes;
    }
    case 1: {
      bytes[at] = octet(random);
      return bytes;
    }
    case 2: {
      bytes[at] = INTERESTING[uniformInteger(random, INTERESTING.length)]!;
      return bytes;
    }
    case 3: // a length or a count one too large or small
      bytes[at] = bytes[at]! + (uniform(random) < 0.5 ? 1 : 255);
      return bytes;
    case 4: // cut short
      return bytes.slice(0, at);
    case 5: // a stretch lost
      return join(bytes.subarray(0, at), bytes.subarray(Math.min(length, at + 1 + uniformInteger(random, 8))));
    case 6: {
      // a stretch twice
      const end = Math.min(length, at + 1 + uniformInteger(random, 32));
      return join(bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end));
    }
    case 7: // something put in
      return join(
        bytes.subarray(0, at),
        Uint8Array.from({ length: 1 + uniformInteger(random, 8) }, () => octet(random)),
        bytes.subarray(at),
      );
    case 8: // the end of another sample
      return join(bytes.subarray(0, at), other.subarray(uniformInteger(random, other.length + 1)));
    case 9: {
      // a run of one octet, 0x00 and 0xff among them
      const value = [0, 0xff, 0x7f, 0x80, octet(random)][uniformInteger(random, 5)]!;
      bytes.fill(value, at, Math.min(length, at + 1 + uniformInteger(random, 16)));
      return bytes;
    }
    case 10: {
      // two stretches change places
      const from = uniformInteger(random, length);
      const a = bytes[at]!;
      bytes[at] = bytes[from]!;
      bytes[from] = a;
      return bytes;
    }
    default: // something behind it
      return join(
        bytes,
        Uint8Array.from({ length: uniformInteger(random, 16) }, () => octet(random)),
      );
  }
}

export function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    Math.min(
      MAX_INPUT,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    const fits = part.subarray(0, whole.length - at);
    whole.set(fits, at);
    at += fits.length;
  }
  return whole;
}
