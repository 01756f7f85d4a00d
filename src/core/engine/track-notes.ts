// What people write about tracks: kept beside them with who wrote it and when, as long as there is room. The journal keeps all.

import type { Micros } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import { notify, type Picture } from "./picture.ts";

export interface TrackNote {
  readonly id: number;
  /** "T12", "SIM-T12". */
  readonly trackId: string;
  readonly text: string;
  readonly by: Actor;
  readonly at: Micros;
}

export const MOST_NOTES = 200;
export const NOTE_LENGTH = 500;

/** Keeps a note and tells it to everybody at a screen; refuses an empty one, and one on a track that is not there. */
export function noteOnTrack(picture: Picture, trackId: string, text: string, by: Actor): { code: string; message: string } | undefined {
  const said = text.trim().slice(0, NOTE_LENGTH);
  if (said === "") return { code: "empty", message: "an empty note says nothing" };
  if (!picture.tracks.has(trackId)) return { code: "unknown-track", message: `there is no track "${trackId}"` };
  const notes = picture.trackNotes ?? [];
  const id = (notes.at(-1)?.id ?? 0) + 1;
  // Of more notes than there is room for, those on tracks that are gone leave first.
  const kept =
    notes.length < MOST_NOTES
      ? notes
      : notes.toSpliced(
          Math.max(
            0,
            notes.findIndex((note) => !picture.tracks.has(note.trackId)),
          ),
          1,
        );
  picture.trackNotes = [...kept, { id, trackId, text: said, by, at: picture.now }];
  notify(picture, "info", "track-note", { actor: by.name, track: trackId, text: said });
  return undefined;
}
