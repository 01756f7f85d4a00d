// A restart goes on where the journal ends: the newest snapshot, and the events since stepped again.

import { createPicture, type Picture } from "../core/engine/picture.ts";
import { productEngine } from "./journal/product-engine.ts";
import { type ResumePoint, recover, recoverPicture } from "./journal/recover.ts";
import type { JournalStorage } from "./journal/storage.ts";

export interface ResumedPicture {
  readonly resume: ResumePoint | undefined;
  readonly picture: Picture | undefined;
  /** Events were lost: the reason, to be journalled as a `gap`. */
  readonly gap: string | undefined;
}

/**
 * Restores the picture of an earlier run. A picture of another software version cannot be gone on with: it then starts empty, and the
 * journal's numbering goes on.
 */
export async function resumePicture(
  storage: JournalStorage,
  softwareVersion: string,
  say: (line: string) => void,
): Promise<ResumedPicture> {
  const recovered = await recover(storage);
  for (const note of recovered.notes) say(`journal: ${note}`);
  const { resume } = recovered;
  if (resume.journalId === undefined) return { resume: undefined, picture: undefined, gap: undefined };
  const fresh = (): ResumedPicture => {
    const picture = createPicture();
    picture.sequence = resume.sequence;
    picture.now = resume.at as Picture["now"];
    picture.lastConnection = resume.lastConnection;
    return { resume, picture, gap: recovered.gap };
  };
  let picture: Picture;
  let gap: string | undefined;
  try {
    ({ picture, gap } = await recoverPicture(recovered, productEngine));
  } catch (error) {
    say(`journal: its newest snapshot cannot be gone on with (${(error as Error).message}); the picture starts empty`);
    return fresh();
  }
  if (picture.softwareVersion !== softwareVersion) {
    say(`journal: it was written by version ${picture.softwareVersion || "unknown"}; the picture starts empty, the record goes on`);
    return fresh();
  }
  picture.lastConnection = Math.max(picture.lastConnection, resume.lastConnection);
  // No connection survives a restart.
  for (const source of picture.sources.values()) source.connections = 0;
  say(`journal: went on behind ${resume.previousFile} at event ${picture.sequence}`);
  return { resume, picture, gap };
}
