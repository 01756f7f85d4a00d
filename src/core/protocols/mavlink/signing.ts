// Message signing. mavlink.io, "Message signing": link id, 48-bit time stamp in 10 us since 2015, and the first 48 bits of
// SHA-256 over the key, the frame with its checksum, the link id and the time stamp.

import { sha256 } from "../../base/sha256.ts";
import type { DecodeError } from "../decode-error.ts";
import { type MavlinkFrame, SIGNATURE_LENGTH } from "./frame.ts";

export const KEY_LENGTH = 32;
/** A new stream may start this far behind the newest time stamp seen: one minute, in 10 us. */
const START_BEHIND = 6_000_000;
const MAX_STREAMS = 1_024;

export interface SigningState {
  readonly key: Uint8Array;
  /** Newest time stamp of each stream, by "system/component/link". */
  readonly streams: Map<string, number>;
  newest: number;
}

export const createSigningState = (key: Uint8Array): SigningState => ({ key, streams: new Map(), newest: 0 });

/** 1 January 2015, UTC, us since the Unix epoch: where signing time stamps begin. */
const SIGNING_EPOCH = 1_420_070_400_000_000;

/** The receiver's own clock, us since the Unix epoch, as a signing time stamp. */
export const signingTime = (unixMicros: number): number => Math.max(0, Math.floor((unixMicros - SIGNING_EPOCH) / 10));

/**
 * Checks the signature of the frame at `offset` of `bytes`; undefined when it is genuine and newer than the last of its stream.
 *
 * `now` is the receiver's own clock (`signingTime`): a stream that starts more than a minute behind it is a replay, after a
 * restart too. Without one the clock is the newest genuine time stamp, as the specification lets a receiver do that has none.
 */
export function checkSignature(
  state: SigningState,
  frame: MavlinkFrame,
  bytes: Uint8Array,
  offset: number,
  now = 0,
): DecodeError | undefined {
  if (!frame.signed) return refused("the frame is not signed");
  const end = offset + frame.length;
  const signatureAt = end - SIGNATURE_LENGTH;
  const covered = new Uint8Array(state.key.length + frame.length - 6);
  covered.set(state.key);
  covered.set(bytes.subarray(offset, end - 6), state.key.length);
  const digest = sha256(covered);
  let difference = 0;
  for (let i = 0; i < 6; i++) difference |= digest[i] ^ bytes[end - 6 + i];
  if (difference !== 0) return refused("the signature is not genuine");
  let stamp = 0;
  for (let i = 6; i >= 1; i--) stamp = stamp * 256 + bytes[signatureAt + i];
  const stream = `${frame.system}/${frame.component}/${bytes[signatureAt]}`;
  const last = state.streams.get(stream);
  if (last === undefined) {
    if (stamp < Math.max(state.newest, now) - START_BEHIND) return refused("a new stream starts with a time stamp of the past: a replay");
    if (state.streams.size >= MAX_STREAMS) return refused(`more than ${MAX_STREAMS} signed streams`);
  } else if (stamp <= last) return refused("the time stamp is not newer than the last one of its stream: a replay");
  state.streams.set(stream, stamp);
  if (stamp > state.newest) state.newest = stamp;
  return undefined;
}

const refused = (message: string): DecodeError => ({ code: "refused", item: "MAVLink signature", message });
