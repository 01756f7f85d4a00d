// The thread of one console's look at the past: it steps the journal again by itself, so that the live picture is not delayed, and hands
// over what the console is to show.

import { parentPort, workerData } from "node:worker_threads";
import type { LiveCommand, SnapshotMessage } from "../../core/model/picture-view.ts";
import { camerasViewOf, judgementOf, noticesOf, sensorsOf, siteOf, sourcesOf, tracksOf } from "../live/picture-host.ts";
import { createReplayPlayer } from "../replay-player.ts";

export interface ReplayWorkerStart {
  readonly journal: string;
  readonly softwareVersion: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly atUs: number;
}

export type FromReplayWorker =
  | { readonly type: "picture"; readonly text: string }
  | { readonly type: "event-before"; readonly id: number; readonly atUs: number };
export type ToReplayWorker =
  | { readonly type: "command"; readonly command: LiveCommand }
  | { readonly type: "event-before"; readonly id: number; readonly sequence: number | null };

const PERIOD = 250; // ms
/** A crowd is told more rarely: each message holds the whole picture. */
const CROWD = 500;
const CROWD_PERIOD = 1000; // ms
/** Silence of two seconds is news on a console: a still picture is told again. */
const STILL_PERIOD = 1000; // ms

const port = parentPort!;
const start = workerData as ReplayWorkerStart;
const questions = new Map<number, (sequence: number | undefined) => void>();
let nextId = 1;

const player = createReplayPlayer({
  path: start.journal,
  file: "",
  startUs: start.startUs,
  endUs: start.endUs,
  atUs: start.atUs,
  playing: true,
  speed: 1,
  softwareVersion: start.softwareVersion,
  eventBefore: (atUs) =>
    new Promise((resolve) => {
      questions.set(nextId, resolve);
      port.postMessage({ type: "event-before", id: nextId, atUs } satisfies FromReplayWorker);
      nextId += 1;
    }),
});
const { host } = player;
let revision = 0;
let told = "";
let toldAt = Number.NEGATIVE_INFINITY;

port.on("message", (message: ToReplayWorker) => {
  if (message.type === "command") {
    host.command(message.command);
    return;
  }
  questions.get(message.id)?.(message.sequence ?? undefined);
  questions.delete(message.id);
});

host.onChange(() => {
  const picture = host.picture();
  if (picture.site === undefined) return; // still on the way to the first instant
  const now = performance.now();
  const period = picture.tracks.size > CROWD ? CROWD_PERIOD : PERIOD;
  if (now - toldAt < period) return;
  const system = host.system();
  const state = JSON.stringify([system.replay, picture.sequence]);
  if (state === told && now - toldAt < STILL_PERIOD) return;
  told = state;
  toldAt = now;
  revision += 1;
  const cameras = camerasViewOf(host);
  const message: SnapshotMessage = {
    type: "snapshot",
    sentAtUs: system.nowUs,
    revision,
    site: siteOf(host),
    system,
    tracks: tracksOf(host),
    sensors: sensorsOf(host),
    sources: sourcesOf(host),
    notices: noticesOf(host).slice(-100),
    judgement: judgementOf(host),
    ...(cameras === undefined ? {} : { cameras }),
  };
  port.postMessage({ type: "picture", text: JSON.stringify(message) } satisfies FromReplayWorker);
});

// While it winds nothing is shown of what lies between; the console must not take that for a lost link.
setInterval(() => {
  if (revision === 0 || performance.now() - toldAt < STILL_PERIOD) return;
  toldAt = performance.now();
  revision += 1;
  const { nowUs } = host.system();
  port.postMessage({
    type: "picture",
    text: JSON.stringify({ type: "heartbeat", sentAtUs: nowUs, revision, nowUs }),
  } satisfies FromReplayWorker);
}, STILL_PERIOD);

// What stops it ends the thread: the console is told by the link that closes.
await player.run();
