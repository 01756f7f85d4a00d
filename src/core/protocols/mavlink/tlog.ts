// Telemetry logs of ground stations (.tlog): each frame after eight octets of big-endian microseconds since 1970.

import { type Micros, micros } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { MAX_FRAME, readFrame, STX_1, STX_2 } from "./frame.ts";

const STAMP_LENGTH = 8;

export interface TlogPacket {
  readonly at: Micros;
  readonly bytes: Uint8Array;
}

/** All frames of a log with their times. Octets between frames, which radios leave, are counted once a run and skipped. */
export function splitTlog(bytes: Uint8Array): { packets: TlogPacket[]; errors: DecodeError[] } {
  const packets: TlogPacket[] = [];
  const errors: DecodeError[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  let straySince = -1;
  while (position + STAMP_LENGTH < bytes.length) {
    const start = position + STAMP_LENGTH;
    if (bytes[start] === STX_1 || bytes[start] === STX_2) {
      const result = readFrame(bytes.subarray(start, start + MAX_FRAME), 0);
      // A stamp and a start follow a frame of an unknown message, or the log ends there.
      const length = result.kind === "frame" ? result.frame.length : 0;
      const next = start + length;
      const followed = next >= bytes.length || isStart(bytes[next + STAMP_LENGTH]);
      if (result.kind === "frame" && (result.frame.definition !== undefined || followed)) {
        if (straySince >= 0) errors.push(stray(position - straySince, straySince));
        straySince = -1;
        const at = view.getUint32(position) * 4_294_967_296 + view.getUint32(position + 4);
        packets.push({ at: micros(at), bytes: bytes.slice(start, next) });
        position = next;
        continue;
      }
    }
    if (straySince < 0) straySince = position;
    position += 1;
  }
  if (straySince >= 0) errors.push(stray(bytes.length - straySince, straySince));
  return { packets, errors };
}

const isStart = (octet: number | undefined) => octet === STX_1 || octet === STX_2;

const stray = (count: number, offset: number): DecodeError => ({
  code: "malformed",
  item: "MAVLink log",
  message: `${count} octets outside any frame were skipped`,
  offset,
  got: count,
});
