// A stretch of a journal as a picture that can be played, paused and wound: the same steps again, at any speed. Nothing is sent and
// nothing is written.

import { createPicture, type Picture } from "../core/engine/picture.ts";
import type { PictureEvent } from "../core/model/event.ts";
import type { LiveCommand, SystemView } from "../core/model/picture-view.ts";
import { productEngine } from "./journal/product-engine.ts";
import { type ReplayItem, replayEvents } from "./journal/replay.ts";
import type { PictureHost } from "./live/picture-host.ts";

export interface ReplayPlayerOptions {
  /** Segment, or folder of segments. */
  readonly path: string;
  /** What is named on the screen. */
  readonly file: string;
  readonly startUs: number;
  readonly endUs: number;
  /** Instant to begin at; the start when absent. */
  readonly atUs?: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly softwareVersion: string;
  /** An event at or before an instant, the later the better: reading begins at the snapshot before it. Undefined: at the beginning. */
  readonly eventBefore: (atUs: number) => Promise<number | undefined>;
  /** The picture begins anew, before the first event of a stretch. */
  readonly onRestart?: () => void;
  readonly onEvent?: (event: PictureEvent) => void;
}

export interface ReplayPlayer {
  readonly host: PictureHost;
  /** Plays until `stop`; rejects when the journal cannot be read. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

const PULSE = 20; // ms
const WORK_BUDGET = 15; // ms of stepping in one pulse, so that the console is still answered

export function createReplayPlayer(options: ReplayPlayerOptions): ReplayPlayer {
  const { startUs, endUs } = options;
  const inside = (us: number) => Math.min(endUs, Math.max(startUs, Math.round(us)));
  const listeners = new Set<() => void>();
  let picture: Picture = createPicture();
  let { speed, playing } = options;
  /** Instant of the recording that should be on the screen. */
  let atUs = inside(options.atUs ?? startUs);
  let generator: AsyncGenerator<ReplayItem[], void> | undefined;
  let batch: ReplayItem[] = [];
  let next = 0;
  let ended = false;
  let seekTo: number | undefined = atUs;
  let stopped = false;
  let versionNote: string | undefined;

  const restart = async (target: number) => {
    await generator?.return();
    const sequence = await options.eventBefore(target);
    generator = replayEvents(options.path, sequence === undefined ? {} : { from: sequence + 1 });
    batch = [];
    next = 0;
    ended = false;
    picture = createPicture();
    options.onRestart?.();
  };

  const take = (item: ReplayItem) => {
    switch (item.kind) {
      case "restore":
        picture = productEngine.restorePicture(item.state);
        return;
      case "skip":
        productEngine.skipEvent(picture, item.sequence);
        return;
      case "event":
        productEngine.step(picture, item.event);
        options.onEvent?.(item.event);
        return;
      case "version":
        if (item.softwareVersion !== options.softwareVersion) {
          versionNote = `recorded by version ${item.softwareVersion}, shown by ${options.softwareVersion}: the picture may differ from what was seen`;
        }
        return;
      default:
    }
  };

  /** Steps on until the recording's time is `target` or the budget is used up; true when it got there. */
  const advance = async (target: number, deadline: number): Promise<boolean> => {
    while (!ended) {
      if (next >= batch.length) {
        const more = await generator!.next();
        if (more.done === true) {
          ended = true;
          return true;
        }
        batch = more.value;
        next = 0;
        continue;
      }
      const item = batch[next]!;
      const time = item.kind === "event" ? item.event.at : undefined;
      if (time !== undefined && time > target) return true;
      take(item);
      next += 1;
      if (performance.now() > deadline) return false;
    }
    return true;
  };

  const run = async () => {
    let last = performance.now();
    while (!stopped) {
      const began = performance.now();
      const elapsed = began - last;
      last = began;
      if (seekTo !== undefined) {
        const target = seekTo;
        seekTo = undefined;
        await restart(target);
        atUs = target;
        // Work through to the target without pacing, but let the console be answered and a newer seek win.
        while (!stopped && seekTo === undefined && !(await advance(target, performance.now() + WORK_BUDGET)))
          await new Promise((resolve) => setImmediate(resolve));
        last = performance.now();
      } else if (playing && !ended) {
        atUs = Math.min(endUs, atUs + elapsed * 1000 * speed);
        // What cannot be stepped in time slows the replay down instead of skipping anything.
        if (!(await advance(atUs, began + WORK_BUDGET))) atUs = Math.max(startUs, picture.now);
        if (atUs >= endUs) {
          await advance(endUs, Number.POSITIVE_INFINITY);
          playing = false;
        }
      } else if (playing) {
        // The journal ends before the end that was told: nothing more comes.
        atUs = endUs;
        playing = false;
      }
      for (const listener of listeners) listener();
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, PULSE - (performance.now() - began))));
    }
  };

  const system = (): SystemView => ({
    version: options.softwareVersion,
    mode: "replay",
    replay: { file: options.file, startUs, endUs, atUs: Math.round(atUs), speed, playing },
    health: versionNote === undefined ? "OK" : "DEGRADED",
    healthReasons: versionNote === undefined ? [] : [versionNote],
    journal: null,
    sequence: picture.sequence,
    nowUs: Math.round(atUs),
  });
  return {
    host: {
      picture: () => picture,
      system,
      addresses: () => new Map(),
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      command: (command: LiveCommand) => {
        if (command.action === "play") {
          if (atUs >= endUs) seekTo = startUs;
          playing = true;
        } else if (command.action === "pause") playing = false;
        else if (command.action === "speed") speed = command.speed;
        else if (command.action === "seek") seekTo = inside(command.atUs);
        return undefined;
      },
    },
    run,
    stop: async () => {
      stopped = true;
      await generator?.return();
    },
  };
}
