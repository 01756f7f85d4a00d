import { createHash } from "node:crypto";
import { restorePicture, snapshotPicture } from "../../core/engine/digest.ts";
import { createPicture, type Picture } from "../../core/engine/picture.ts";
import { step } from "../../core/engine/step.ts";
import type { ReplayEngine } from "./replay.ts";

/** The engine of the product, for replay. */
export const productEngine: ReplayEngine<Picture> = {
  createPicture,
  step,
  // The same octets as the core's pictureDigest, by the platform's faster SHA-256.
  pictureDigest: (picture) => createHash("sha256").update(snapshotPicture(picture)).digest("hex"),
  snapshotPicture,
  restorePicture,
  skipEvent: (picture, sequence) => {
    picture.sequence = sequence;
  },
};
