// Looks at the past from a running server: a console opens /live?replayAtUs=T and gets the picture as it was, to be played and wound.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { readCommand } from "../live/live-publisher.ts";
import type { FromReplayWorker, ReplayWorkerStart, ToReplayWorker } from "./replay-worker.ts";
import { startWorker } from "./start-worker.ts";

export interface ReplaysOptions {
  /** Folder of segments. */
  readonly journal: string;
  readonly softwareVersion: string;
  /** First instant of the record that is known. */
  readonly startUs: () => number | null;
  readonly nowUs: () => number;
  /** Newest event at or before an instant; undefined when that is not known. */
  readonly eventBefore: (atUs: number) => Promise<number | undefined>;
  readonly log: (message: string) => void;
}

export interface Replays {
  /** Takes over an upgrade that asks for the past; false for one that does not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  close(): void;
}

/** Each has a thread of its own that steps as fast as it may. */
const MOST_SESSIONS = 4;
const MAX_UNSENT = 4 * 1024 * 1024;
/** An hour before, where the history does not say when the record begins. */
const UNKNOWN_START = 3600 * 1e6;

export function createReplays(options: ReplaysOptions): Replays {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  const sessions = new Set<() => void>();
  return {
    upgrade: (request, socket, head) => {
      const asked = new URL(request.url ?? "/", "http://localhost").searchParams.get("replayAtUs");
      if (asked === null) return false;
      const atUs = Number(asked);
      const refuse = (line: string) => socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
      if (!Number.isSafeInteger(atUs) || atUs < 0) {
        refuse("400 Bad Request");
        return true;
      }
      if (sessions.size >= MOST_SESSIONS) {
        options.log("a look at the past was refused: there are too many at a time");
        refuse("503 Service Unavailable");
        return true;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const endUs = options.nowUs();
        const start: ReplayWorkerStart = {
          journal: options.journal,
          softwareVersion: options.softwareVersion,
          startUs: Math.min(atUs, options.startUs() ?? Math.max(0, endUs - UNKNOWN_START)),
          endUs,
          atUs: Math.min(atUs, endUs),
        };
        const worker = startWorker("replay-worker", import.meta.url, { workerData: start });
        worker.unref();
        let alive = true;
        const end = () => {
          if (!alive) return;
          alive = false;
          sessions.delete(end);
          webSocket.close(1001, "the replay ends");
          setTimeout(() => webSocket.terminate(), 300).unref();
          void worker.terminate();
        };
        sessions.add(end);
        worker.on("message", (message: FromReplayWorker) => {
          if (message.type === "picture") {
            // Each message is the whole picture: one that cannot be read now may be left out.
            if (webSocket.bufferedAmount < MAX_UNSENT) webSocket.send(message.text);
            return;
          }
          const answer = (sequence: number | undefined) =>
            worker.postMessage({ type: "event-before", id: message.id, sequence: sequence ?? null } satisfies ToReplayWorker);
          options.eventBefore(message.atUs).then(answer, () => answer(undefined));
        });
        worker.on("error", (error) => {
          options.log(`a look at the past ended: ${error.message}`);
          end();
        });
        worker.on("exit", end);
        webSocket.on("message", (text) => {
          const command = readCommand(String(text));
          if (command !== undefined) worker.postMessage({ type: "command", command } satisfies ToReplayWorker);
        });
        webSocket.on("close", end);
        webSocket.on("error", end);
      });
      return true;
    },
    close: () => {
      for (const end of [...sessions]) end();
      server.close();
    },
  };
}
