import { pictureDigest, restorePicture, snapshotPicture } from "../../core/engine/digest.ts";
import { createPicture, type Picture } from "../../core/engine/picture.ts";
import { step } from "../../core/engine/step.ts";
import type { ReplayEngine } from "./replay.ts";

/** The engine of the product, for replay. */
export const productEngine: ReplayEngine<Picture> = {
  createPicture,
  step,
  pictureDigest,
  snapshotPicture,
  restorePicture,
  skipEvent: (picture, sequence) => {
    picture.sequence = sequence;
  },
};
