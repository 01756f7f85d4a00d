// A journal shown in the console: the same picture, stepped again from the file at any speed, with a scrub in time. Nothing is sent,
// nothing is written, no socket but the console's is open.

import { UsageError } from "./cli/command.ts";
import { createApi } from "./http/api.ts";
import { createEventLog } from "./http/event-log.ts";
import { type HttpServer, startHttpServer } from "./http/http-server.ts";
import { readJournal } from "./journal/read-journal.ts";
import { createLivePublisher } from "./live/live-publisher.ts";
import type { PictureHost } from "./live/picture-host.ts";
import { createClock } from "./loop/clock.ts";
import { createMetrics } from "./metrics.ts";
import { createReplayPlayer } from "./replay-player.ts";

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
  let events = createEventLog();
  const player = createReplayPlayer({
    path: options.path,
    file: options.path,
    startUs: extent.startUs,
    endUs: extent.endUs,
    playing: true,
    speed: options.speed,
    softwareVersion: options.softwareVersion,
    eventBefore: async (atUs) => extent.snapshots.filter(([time]) => time <= atUs).at(-1)?.[1],
    onRestart: () => {
      events = createEventLog();
    },
    onEvent: (event) => events.add(event),
  });
  const { host } = player;

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
    ready: () => host.picture().sequence > 0,
    metrics: metrics.read,
  });
  const running = player.run().catch((error: Error) => options.say(`the replay stopped: ${error.message}`));
  return {
    port: http.port,
    host,
    stop: async () => {
      await player.stop();
      await running;
      live.close();
      await http.close();
    },
  };
}
