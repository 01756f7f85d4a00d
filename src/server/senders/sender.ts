// A sender: one way out of the site. It takes views of the picture, never the picture itself; it keeps its own bounded buffer and
// drops rather than waits, so that a receiver that does not read delays neither the loop nor another receiver.

import type { Micros } from "../../core/base/units.ts";
import type { Origin } from "../../core/model/observation.ts";
import type { OutputView, SensorView, SystemView, TrackView } from "../../core/model/picture-view.ts";
import type { SapientState } from "../../core/protocols/sapient/state.ts";

/** Senders look at the picture at most this often; a turn of the loop is much shorter. */
export const LOOK_PERIOD = 100_000; // us

export interface Sender {
  readonly id: string;
  /** Resolves when sending, listening or trying to connect. Rejects with a StartError when it never can. */
  start(): Promise<void>;
  /** The picture moved on. `tracks` makes the views when it is called: ask only when something is due. Never waits. */
  pictureChanged(tracks: () => readonly TrackView[], now: Micros): void;
  /** A packet of a source was read by the picture without being refused. */
  packetRead?(sourceId: string, octets: Uint8Array): void;
  /** The packets of this turn are read: what they led to may go out together, before the picture is judged. */
  packetsRead?(): void;
  status(): OutputView;
  /** Says what the protocol has for the end, and closes. */
  stop(): Promise<void>;
}

/** What senders need of the running site. */
export interface SenderHost {
  now(): Micros;
  /** Radians, metres above the ellipsoid. */
  site(): { readonly id: string; readonly name: string; readonly latitude: number; readonly longitude: number; readonly heightHae: number };
  readonly softwareVersion: string;
  system(): SystemView;
  /** Packets were dropped at full queues a moment ago. */
  overloaded(): boolean;
  /** State and origin of a SAPIENT source; undefined when there is none of this id. */
  source(id: string): { readonly state: SapientState; readonly origin: Origin } | undefined;
  /** Every SAPIENT source, for the dependents. */
  sources(): readonly { readonly state: SapientState; readonly origin: Origin }[];
  /** Sensors with health, rate and age. */
  sensors?(): readonly SensorView[];
  /** Alarms that are not cleared. */
  alarms?(): number;
  /** For the log. */
  note(level: "info" | "warning", message: string): void;
}

/** Deny by default: only what is live, except to a receiver that is part of an exercise. */
export const mayLeave = (origin: Origin, exerciseReceiver: boolean): boolean => origin === "live" || exerciseReceiver;

/** What one sender counts. */
export interface Tally {
  sent(octets: number, now: Micros, messages?: number): void;
  dropped(reason: string, count?: number): void;
  read(): Pick<OutputView, "sent" | "bytes" | "lastAtUs" | "drops">;
}

export function createTally(): Tally {
  let sent = 0;
  let bytes = 0;
  let lastAtUs: number | null = null;
  const drops = new Map<string, number>();
  return {
    sent: (octets, now, messages = 1) => {
      sent += messages;
      bytes += octets;
      lastAtUs = now;
    },
    dropped: (reason, count = 1) => {
      if (count > 0) drops.set(reason, (drops.get(reason) ?? 0) + count);
    },
    read: () => ({ sent, bytes, lastAtUs, drops: [...drops].map(([reason, count]) => ({ reason, count })) }),
  };
}
