// A journal shown in the console: the same picture, stepped again from the file at any speed, with a scrub in time. Nothing is sent,
// nothing is written, no socket but the console's is open.

import { createPicture, type Picture } from "../core/engine/picture.ts";
import type { PictureEvent } from "../core/model/event.ts";
import type { LiveCommand, SystemView } from "../core/model/picture-view.ts";
import { UsageError } from "./cli/command.ts";
import { createApi } from "./http/api.ts";
import { createEventLog } from "./http/event-log.ts";
import { type HttpServer, startHttpServer } from "./http/http-server.ts";
import { productEngine } from "./journal/product-engine.ts";
import { readJournal } from "./journal/read-journal.ts";
import { type ReplayItem, replayEvents } from "./journal/replay.ts";
import { createLivePublisher } from "./live/live-publisher.ts";
import type { PictureHost } from "./live/picture-host.ts";
import { createClock } from "./loop/clock.ts";
import { createMetrics } from "./metrics.ts";

export interface ReplayServerOptions {
  readonly path: string;
  readonly port: number;
  readonly speed: number;
  readonly consoleFolder: string;
  readonly softwareVersion: string;
  readonly say: (line: string) => void;
  /** Told while the file is surveyed: a share from 0 to 1. */
  readonly progress: (share: number) => void;
}

export interface ReplayServer {
  readonly port: number;
  readonly host: PictureHost;
  stop(): Promise<void>;
}

interface Survey {
  readonly startUs: number;
  readonly endUs: number;
  readonly events: number;
  /** [time, sequence] of each snapshot: where a seek may begin. */
  readonly snapshots: readonly (readonly [number, number])[];
}

const PULSE = 20; // ms
const WORK_BUDGET = 15; // ms of stepping in one pulse, so that the console is still answered

async function survey(options: ReplayServerOptions): Promise<Survey> {
  const snapshots: [number, number][] = [];
  let startUs = 0;
  let endUs = 0;
  let events = 0;
  try {
    for await (const record of readJournal(options.path, {
      onProgress: (read, total) => options.progress(total === 0 ? 1 : read / total),
    })) {
      if (record.kind === "event") {
        if (events === 0) startUs = record.event.at;
        endUs = record.event.at;
        events += 1;
      } else if (record.kind === "snapshot") snapshots.push([record.at, record.sequence]);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`${options.path} cannot be read: ${(error as Error).message}`);
  }
  if (events === 0) throw new UsageError(`${options.path} holds no events`);
  return { startUs, endUs, events, snapshots };
}

export async function startReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const extent = await survey(options);
  const clock = createClock();
  const listeners = new Set<() => void>();
  let picture: Picture = createPicture();
  let events = createEventLog();
  let speed = options.speed;
  let playing = true;
  /** Instant of the recording that should be on the screen. */
  let atUs = extent.startUs;
  let generator: AsyncGenerator<ReplayItem[], void> | undefined;
  let batch: ReplayItem[] = [];
  let next = 0;
  let ended = false;
  let seekTo: number | undefined = extent.startUs;
  let stopped = false;
  let versionNote: string | undefined;

  const restart = async (target: number) => {
    await generator?.return();
    const from = extent.snapshots.filter(([time]) => time <= target).at(-1);
    generator = replayEvents(options.path, from === undefined ? {} : { from: from[1] + 1 });
    batch = [];
    next = 0;
    ended = false;
    picture = createPicture();
    events = createEventLog();
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
        events.add(item.event);
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
      const time = item.kind === "event" ? (item.event as PictureEvent).at : undefined;
      if (time !== undefined && time > target) return true;
      take(item);
      next += 1;
      if (performance.now() > deadline) return false;
    }
    return true;
  };

  let last = performance.now();
  const pulse = async () => {
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
        atUs = Math.min(extent.endUs, atUs + elapsed * 1000 * speed);
        // What cannot be stepped in time slows the replay down instead of skipping anything.
        if (!(await advance(atUs, began + WORK_BUDGET))) atUs = Math.max(extent.startUs, picture.now);
        if (atUs >= extent.endUs) {
          await advance(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
          playing = false;
        }
      }
      for (const listener of listeners) listener();
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, PULSE - (performance.now() - began))));
    }
  };

  const system = (): SystemView => ({
    version: options.softwareVersion,
    mode: "replay",
    replay: { file: options.path, startUs: extent.startUs, endUs: extent.endUs, atUs: Math.round(atUs), speed, playing },
    health: versionNote === undefined ? "OK" : "DEGRADED",
    healthReasons: versionNote === undefined ? [] : [versionNote],
    journal: null,
    sequence: picture.sequence,
    nowUs: Math.round(atUs),
  });
  const host: PictureHost = {
    picture: () => picture,
    system,
    addresses: () => new Map(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command: (command: LiveCommand) => {
      if (command.action === "play") {
        if (atUs >= extent.endUs) seekTo = extent.startUs;
        playing = true;
      } else if (command.action === "pause") playing = false;
      else if (command.action === "speed") speed = command.speed;
      else if (command.action === "seek") seekTo = Math.min(extent.endUs, Math.max(extent.startUs, Math.round(command.atUs)));
      return undefined;
    },
  };

  const live = createLivePublisher(host, clock, options.say);
  const metrics = createMetrics(host, undefined, live.clients);
  const api = createApi({
    host,
    eventsSince: (sequence, limit) => events.since(sequence, limit),
    configuration: undefined,
    version: options.softwareVersion,
  });
  const http: HttpServer = await startHttpServer({
    host: "127.0.0.1",
    port: options.port,
    consoleFolder: options.consoleFolder,
    api,
    live,
    ready: () => picture.sequence > 0,
    metrics: metrics.read,
  });
  const running = pulse().catch((error: Error) => options.say(`the replay stopped: ${error.message}`));
  return {
    port: http.port,
    host,
    stop: async () => {
      stopped = true;
      await running;
      await generator?.return();
      live.close();
      await http.close();
    },
  };
}
