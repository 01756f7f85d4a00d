import { assert } from "../../base/assert.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Framer } from "../protocol.ts";
import { MAX_FRAME, scanFrames } from "./frame.ts";
import { checkSignature, createSigningState, KEY_LENGTH, type SigningState, signingTime } from "./signing.ts";

export interface MavlinkFramerOptions {
  /** 32 octets. With a key every frame must carry a genuine, newer signature; all others are refused and counted. */
  readonly signingKey?: Uint8Array;
  /** The same for several connections of one source: what was heard on one is a replay on another. In place of `signingKey`. */
  readonly signing?: SigningState;
  /** The receiver's clock, us since the Unix epoch; absent for recordings, whose clock is old. */
  readonly clock?: () => number;
}

/**
 * Cuts a stream into MAVLink frames, versions 1 and 2 mixed; a packet is one whole frame. Also takes datagrams, one a call.
 *
 * The checksum of every message that Picket reads is checked here, and with a key the signature of every message, so that the
 * key stays in the shell and out of the journal. Keeps at most one frame (280 octets) between calls.
 */
export function createMavlinkFramer(options: MavlinkFramerOptions = {}): Framer {
  const { signingKey, clock } = options;
  const signing = options.signing ?? (signingKey === undefined ? undefined : createSigningState(signingKey));
  assert(signing === undefined || signing.key.length === KEY_LENGTH, "a MAVLink signing key has 32 octets");
  let pending = new Uint8Array(0);
  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      let bytes = chunk;
      if (pending.length > 0) {
        bytes = new Uint8Array(pending.length + chunk.length);
        bytes.set(pending);
        bytes.set(chunk, pending.length);
      }
      const now = clock === undefined ? 0 : signingTime(clock());
      const done = scanFrames(
        bytes,
        (frame, offset) => {
          const error = signing === undefined ? undefined : checkSignature(signing, frame, bytes, offset, now);
          if (error === undefined) packets.push(bytes.slice(offset, offset + frame.length));
          else errors.push(error);
        },
        errors,
        false,
      );
      pending = bytes.slice(done);
      assert(pending.length < MAX_FRAME, "what is left is less than one frame");
      return { packets, errors };
    },
  };
}
