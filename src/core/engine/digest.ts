// A picture as octets and as a fingerprint.

import { assert } from "../base/assert.ts";
import { sha256Hex } from "../base/sha256.ts";
import { decodeState, encodeState } from "../base/state-codec.ts";
import type { Picture } from "./picture.ts";

/** The whole picture, bit for bit. */
export const snapshotPicture = (picture: Picture): Uint8Array => encodeState(picture);

/** The picture of a snapshot. The snapshot was made by this version: its shape is not checked further. */
export function restorePicture(bytes: Uint8Array): Picture {
  const picture = decodeState(bytes) as Picture;
  assert(picture.sources instanceof Map && picture.trackers instanceof Map, "octets are not a snapshot of a picture");
  return picture;
}

/** SHA-256 of the whole picture, lower-case hexadecimal. */
export const pictureDigest = (picture: Picture): string => sha256Hex(encodeState(picture));
