// What people say about tracks as such: notes, splits and merges. Every command is answered: done, or refused with a code and a sentence.

import type { Actor, Command, Effect } from "../model/event.ts";
import { mergeTracks, splitTrack, withdrawAssociation } from "./associations.ts";
import type { Picture } from "./picture.ts";
import { noteOnTrack } from "./track-notes.ts";

const KINDS = ["track-note", "split-track", "merge-tracks", "withdraw-association"] as const;
type TrackCommand = Extract<Command, { kind: (typeof KINDS)[number] }>;

export const isTrackCommand = (command: Command): command is TrackCommand => (KINDS as readonly string[]).includes(command.kind);

/** Carries out a command and answers it with a `command-result`. */
export function commandTrack(picture: Picture, command: TrackCommand, actor: Actor, commandId: string, effects: Effect[]): void {
  const refused = carryOut(picture, command, actor);
  effects.push(
    refused === undefined
      ? { type: "command-result", commandId, ok: true }
      : { type: "command-result", commandId, ok: false, code: refused.code, message: refused.message },
  );
}

function carryOut(picture: Picture, command: TrackCommand, actor: Actor): { code: string; message: string } | undefined {
  switch (command.kind) {
    case "track-note":
      return noteOnTrack(picture, command.trackId, command.text, actor);
    case "split-track":
      return splitTrack(picture, command, actor);
    case "merge-tracks":
      return mergeTracks(picture, command, actor);
    case "withdraw-association":
      return withdrawAssociation(picture, command.associationId, actor);
  }
}
