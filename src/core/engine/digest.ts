// A picture as octets and as a fingerprint.

import { assert } from "../base/assert.ts";
import { sha256Hex } from "../base/sha256.ts";
import { decodeState, encodeState } from "../base/state-codec.ts";
import { createJudgement } from "./judgement-state.ts";
import type { Picture } from "./picture.ts";

/** The whole picture, bit for bit. */
export const snapshotPicture = (picture: Picture): Uint8Array => encodeState(picture);

/**
 * The picture of a snapshot. A snapshot of a version that judged nothing starts to be judged; beyond that its shape is that of this version
 * and is not checked further.
 */
export function restorePicture(bytes: Uint8Array): Picture {
  const picture = decodeState(bytes) as Picture;
  assert(picture.sources instanceof Map && picture.trackers instanceof Map, "octets are not a snapshot of a picture");
  if ((picture.judgement as Picture["judgement"] | undefined) === undefined) startJudging(picture);
  return picture;
}

function startJudging(picture: Picture): void {
  picture.judgement = createJudgement();
  for (const { openScan } of picture.sensors.values()) {
    // Detections that were on their way then carry nothing but where they were.
    for (const context of openScan?.contexts ?? [])
      if ((context.features as typeof context.features | undefined) === undefined) context.features = { heardAt: picture.now };
  }
}

/** SHA-256 of the whole picture, lower-case hexadecimal. */
export const pictureDigest = (picture: Picture): string => sha256Hex(encodeState(picture));
