// A restart goes on where the journal ends: the newest snapshot, and the events since stepped again.

import { restorePicture } from "../core/engine/digest.ts";
import { createPicture, type Picture } from "../core/engine/picture.ts";
import { step } from "../core/engine/step.ts";
import type { Recovered, ResumePoint } from "./journal/recover.ts";
import type { JournalStorage } from "./journal/storage.ts";

export interface ResumedPicture {
  readonly resume: ResumePoint | undefined;
  readonly picture: Picture | undefined;
}

/** Restores the picture of an earlier run. A snapshot of another software version cannot be read into this one: the picture then
 * starts empty, and the journal's numbering goes on. */
export async function resumePicture(
  storage: JournalStorage,
  recover: (storage: JournalStorage) => Promise<Recovered>,
  softwareVersion: string,
  say: (line: string) => void,
): Promise<ResumedPicture> {
  const recovered = await recover(storage);
  for (const note of recovered.notes) say(`journal: ${note}`);
  const { resume, snapshot } = recovered;
  if (resume.journalId === undefined) return { resume: undefined, picture: undefined };
  const fresh = (): ResumedPicture => {
    const picture = createPicture();
    picture.sequence = resume.sequence;
    picture.now = resume.at as Picture["now"];
    picture.lastConnection = resume.lastConnection;
    return { resume, picture };
  };
  if (snapshot === undefined) return fresh();
  let picture: Picture;
  try {
    picture = restorePicture(snapshot.state);
  } catch (error) {
    say(`journal: its newest snapshot cannot be read (${(error as Error).message}); the picture starts empty`);
    return fresh();
  }
  if (picture.softwareVersion !== softwareVersion) {
    say(`journal: it was written by version ${picture.softwareVersion}; the picture starts empty, the record goes on`);
    return fresh();
  }
  let count = 0;
  for await (const event of recovered.events()) {
    picture.sequence = event.sequence - 1; // what was set aside keeps its number
    step(picture, event);
    count += 1;
  }
  picture.sequence = Math.max(picture.sequence, resume.sequence);
  picture.lastConnection = Math.max(picture.lastConnection, resume.lastConnection);
  // No connection survives a restart.
  for (const source of picture.sources.values()) source.connections = 0;
  say(`journal: went on from ${resume.previousFile}, ${count} events after its newest snapshot`);
  return { resume, picture };
}
