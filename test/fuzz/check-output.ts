// What every decoder promises of its output, whatever went in.

import type { Observation } from "../../src/core/model/observation.ts";
import type { DecodeError } from "../../src/core/protocols/decode-error.ts";
import type { Decoded } from "../../src/core/protocols/protocol.ts";

const CODES: ReadonlySet<DecodeError["code"]> = new Set([
  "truncated",
  "oversized",
  "malformed",
  "checksum",
  "unsupported",
  "out-of-range",
  "inconsistent",
  "sequence",
  "unplaced",
  "refused",
]);
const TYPES = new Set(["detection", "source-track", "claim", "status"]);

class Broken extends Error {
  override readonly name = "Broken";
}
const fail = (message: string): never => {
  throw new Broken(message);
};

export function checkDecoded(decoded: Decoded): void {
  if (!Number.isInteger(decoded.records) || decoded.records < 0) fail(`records is ${decoded.records}`);
  checkErrors(decoded.errors);
  for (const observation of decoded.observations) checkObservation(observation);
  for (const reply of decoded.replies ?? []) if (!(reply instanceof Uint8Array) || reply.length === 0) fail("a reply is no octets");
}

export function checkErrors(errors: readonly DecodeError[]): void {
  for (const error of errors) {
    if (!CODES.has(error.code)) fail(`an error without a known code: ${JSON.stringify(error)}`);
    if (typeof error.item !== "string" || error.item === "") fail(`an error without an item: ${JSON.stringify(error)}`);
    if (typeof error.message !== "string" || error.message === "") fail(`an error without a message: ${JSON.stringify(error)}`);
    checkPlain(error, "error");
  }
}

export function checkObservation(observation: Observation): void {
  if (!TYPES.has(observation.type)) fail(`an observation of type ${observation.type}`);
  checkPlain(observation, observation.type);
  if (observation.time !== undefined && "at" in observation.time && !Number.isInteger(observation.time.at)) {
    fail(`a time that is not whole microseconds: ${observation.time.at}`);
  }
  if (observation.type === "claim" && observation.about.length === 0) fail("a claim about nobody");
  if (observation.type !== "detection" && observation.type !== "source-track") return;
  for (const identity of observation.identities) if (identity.value === "") fail("an empty identity");
  const { measurement } = observation;
  if (measurement.kind === "position") {
    if (Math.abs(measurement.latitude) > Math.PI / 2) fail(`latitude ${measurement.latitude}`);
    if (Math.abs(measurement.longitude) > Math.PI * (1 + 1e-12)) fail(`longitude ${measurement.longitude}`);
    if (measurement.horizontalSigma !== undefined && measurement.horizontalSigma <= 0) fail(`sigma ${measurement.horizontalSigma}`);
  } else if (measurement.kind === "polar" || measurement.kind === "bearing") {
    if (measurement.azimuth < 0 || measurement.azimuth >= 2 * Math.PI) fail(`azimuth ${measurement.azimuth}`);
    if (measurement.kind === "polar" && measurement.range < 0) fail(`range ${measurement.range}`);
  }
  if (observation.confidence !== undefined && (observation.confidence < 0 || observation.confidence > 1)) {
    fail(`confidence ${observation.confidence}`);
  }
}

/** No NaN, no Infinity, no function, no class: anywhere. */
export function checkPlain(value: unknown, path: string): void {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) fail(`${path} is ${value}`);
      return;
    case "string":
    case "boolean":
    case "undefined":
      return;
    case "object":
      if (value === null || value instanceof Uint8Array) return;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) checkPlain(value[i], `${path}[${i}]`);
        return;
      }
      if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) fail(`${path} is a class instance`);
      for (const key in value) checkPlain((value as Record<string, unknown>)[key], `${path}.${key}`);
      return;
    default:
      fail(`${path} is a ${typeof value}`);
  }
}

/** Equal in every bit that a reader can see. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array || Array.isArray(a)) {
    const left = a as ArrayLike<unknown>;
    const right = b as ArrayLike<unknown>;
    if (left.length !== right.length) return false;
    for (let i = 0; i < left.length; i++) if (!sameValue(left[i], right[i])) return false;
    return true;
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
