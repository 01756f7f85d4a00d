// Everything that can happen to a picture. The journal is a list of these and nothing else.

import type { Micros } from "../base/units.ts";
import type { DismissalReason, Notification } from "./alert.ts";
import type { CameraCommand, CameraEffect, CameraEvent } from "./camera.ts";
import type { FriendIntent, Question } from "./identity.ts";
import type { Identity } from "./observation.ts";
import type { ResponseCommand, ResponseEffect, Role } from "./response.ts";
import type { SensorTask } from "./sensor-task.ts";
import type { Site } from "./site.ts";

/** A person or a configured rule who caused an event; until accounts exist, a name that nobody proved. */
export interface Actor {
  readonly name: string;
  readonly authenticated: boolean;
  /** Of the account, where the person signed in. */
  readonly personId?: string;
  readonly nation?: string;
  readonly role?: Role;
}

export type Command =
  | { readonly kind: "set-qnh"; readonly hectopascals: number | null }
  /** `about`: the one place ("zones.north") of a changed list. */
  | { readonly kind: "override-configuration"; readonly path: string; readonly value: unknown; readonly about?: string }
  /** What a person asks of a SAPIENT node. Whether it may be sent is judged when it is stepped, by the effector guard first. */
  | { readonly kind: "sapient-task"; readonly sourceId: string; readonly nodeId: string; readonly task: SensorTask }
  | { readonly kind: "note"; readonly text: string }
  | CameraCommand
  | ResponseCommand
  // Judgement: what a person says of a track stands beside the estimate.
  | {
      readonly kind: "declare";
      readonly trackId: string;
      readonly question: Question;
      /** An affiliation or a class name, by the question. */
      readonly value: string;
      readonly reason: string;
      readonly expiresAt: Micros;
    }
  | { readonly kind: "withdraw-declaration"; readonly trackId: string; readonly question: Question }
  | { readonly kind: "accept-track"; readonly trackId: string }
  | { readonly kind: "dismiss-track"; readonly trackId: string; readonly reason: DismissalReason; readonly text: string }
  | { readonly kind: "register-friend"; readonly friend: FriendIntent }
  /** All or none. */
  | { readonly kind: "register-friends"; readonly friends: readonly FriendIntent[] }
  | { readonly kind: "remove-friend"; readonly friendId: string }
  /** Velocity of the air over ground, m/s; null: back to the configuration. */
  | { readonly kind: "set-wind"; readonly wind: { readonly east: number; readonly north: number; readonly sigma: number } | null }
  | { readonly kind: "track-note"; readonly trackId: string; readonly text: string }
  /** What a sensor sees of the track, or what is heard under a name, is another object. */
  | {
      readonly kind: "split-track";
      readonly trackId: string;
      readonly sensorId?: string;
      readonly identity?: Identity;
      readonly reason: string;
      readonly expiresAt: Micros;
    }
  /** Two tracks are one object, shown under the first one's name. */
  | {
      readonly kind: "merge-tracks";
      readonly trackId: string;
      readonly otherId: string;
      readonly reason: string;
      readonly expiresAt: Micros;
    }
  | { readonly kind: "withdraw-association"; readonly associationId: number }
  // The watch: one officer gives it, another takes it.
  | { readonly kind: "hand-over-watch"; readonly to: string; readonly text: string }
  | { readonly kind: "accept-watch"; readonly handOverId: number }
  // Alarms.
  | { readonly kind: "acknowledge-alert"; readonly alertId: string }
  | { readonly kind: "shelve-alert"; readonly alertId: string; readonly reason: string; readonly until: Micros }
  | { readonly kind: "unshelve-alert"; readonly alertId: string }
  /** With several operators: who has this track ("T12") or alarm ("A3") in hand. */
  | { readonly kind: "hold"; readonly subject: string }
  | { readonly kind: "release"; readonly subject: string }
  | { readonly kind: "take-cover"; readonly assetIds: readonly string[]; readonly text: string }
  | { readonly kind: "all-clear"; readonly text: string }
  | { readonly kind: "test-channel"; readonly channel: string };

/** Stamped by the shell: `sequence` counts up by one without gaps; `at` never runs backwards. */
interface Stamped {
  readonly sequence: number;
  /** When it reached the server, UTC. */
  readonly at: Micros;
}

export type PictureEvent =
  /** First event of a picture, and again on every change of configuration; carries the whole resolved site. */
  | (Stamped & { readonly type: "configure"; readonly site: Site; readonly softwareVersion: string })
  /** One framed unit from a source. */
  | (Stamped & { readonly type: "packet"; readonly sourceId: string; readonly connection: number; readonly bytes: Uint8Array })
  | (Stamped & {
      readonly type: "connection";
      readonly sourceId: string;
      readonly connection: number;
      readonly change: "opened" | "closed";
      readonly peer: string;
      readonly reason: string;
      /** Names that the other side proved (mutual TLS): common name and alternative names of its certificate. Absent: nobody proved anything. */
      readonly identity?: readonly string[];
    })
  /** Framing errors and drops at the socket: counted by the shell, told to the picture at most once a second. */
  | (Stamped & {
      readonly type: "source-counts";
      readonly sourceId: string;
      readonly errors: readonly SourceError[];
      readonly drops: readonly { readonly reason: string; readonly count: number }[];
    })
  | (Stamped & { readonly type: "source-state"; readonly sourceId: string; readonly state: string; readonly message: string })
  /**
   * Time passes: stale tracks, time-outs. At least once a second while the server runs. With `looks` it only closes the looks that are complete,
   * so that what was detected is in the tracks before the picture is judged.
   */
  | (Stamped & { readonly type: "tick"; readonly looks?: true })
  | (Stamped & { readonly type: "command"; readonly commandId: string; readonly actor: Actor; readonly command: Command })
  /** How the server itself is, told when it changes: what is not recorded or not processed calls a person too. */
  | (Stamped & {
      readonly type: "health";
      /** Why nothing is recorded; absent while it is. */
      readonly recordingFailed?: string;
      readonly overload?: { readonly dropped: number; readonly reason: string };
      /** Why the clock cannot be trusted now; absent while it can. */
      readonly clockTrouble?: string;
    })
  /** What became of a notification on one channel, told by the shell that sent it. */
  | (Stamped & {
      readonly type: "receipt";
      readonly notificationId: number;
      readonly channel: string;
      readonly state: "sent" | "delivered" | "retrying" | "failed";
      readonly message: string;
    })
  /** What a camera does and where it looks, told by the shell that speaks with it. */
  | (Stamped & CameraEvent)
  /** The event with this sequence tripped an assertion and was taken back out. */
  | (Stamped & { readonly type: "set-aside"; readonly setAside: number; readonly reason: string })
  /** Journal bytes were lost; a snapshot follows and replay restarts there. */
  | (Stamped & { readonly type: "gap"; readonly reason: string });

export interface SourceError {
  readonly code: string;
  readonly item: string;
  readonly message: string;
  readonly count: number;
}

/** What a step asks of the shell. */
export type Effect =
  | CameraEffect
  | ResponseEffect
  | { readonly type: "send"; readonly sourceId: string; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly type: "close"; readonly sourceId: string; readonly connection: number; readonly reason: string }
  /** Every command is answered: a refusal says why, and `code` is for programs. */
  | {
      readonly type: "command-result";
      readonly commandId: string;
      readonly ok: boolean;
      readonly code?: string;
      readonly message?: string;
      /** Of a command about several things: what was wrong with each. */
      readonly errors?: readonly { readonly item: string; readonly message: string }[];
    }
  /** To people who are not at the console. */
  | { readonly type: "deliver"; readonly notification: Notification }
  /** The picture changed in these places; the shell reads the views when it publishes. */
  | {
      readonly type: "notify";
      readonly level: "info" | "warning" | "error";
      readonly key: string;
      readonly values: Readonly<Record<string, string | number>>;
    };
