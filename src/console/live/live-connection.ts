// Keeps one WebSocket to /live open: full picture first, then deltas whose revision counts up by one. Anything else (a gap,
// silence, a closed socket, text that is no message) ends in a reconnect with back-off, and the screen is told at once.

import type { LiveCommand, LiveMessage } from "../../core/model/picture-view.ts";

export type LiveState =
  /** No picture yet, or a new one is being fetched. */
  | "connecting"
  /** Messages arrive. */
  | "open"
  /** The socket is open, but nothing came for `SILENT_AFTER_MS`: what is shown is old. */
  | "silent"
  /** The socket is gone; a new attempt is timed. */
  | "lost";

/** Messages come at least once a second, so two seconds without one is news. */
export const SILENT_AFTER_MS = 2_000;
/** A half-open socket never says that it is closed. */
export const GIVE_UP_AFTER_MS = 8_000;
export const FIRST_RETRY_MS = 250;
export const LONGEST_RETRY_MS = 5_000;

export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
}

export interface LivePorts {
  openSocket(): SocketLike;
  /** Calls once after `ms`; gives back how to cancel. */
  after(ms: number, run: () => void): () => void;
  /** [0, 1): spreads the retries of many screens. */
  random(): number;
}

export interface LiveHandlers {
  onMessage(message: LiveMessage): void;
  onState(state: LiveState): void;
}

export interface LiveConnection {
  /** True when the command went out; a command is never queued for later, because later means something else. */
  send(command: LiveCommand): boolean;
  stop(): void;
}

/** Waiting time before attempt number `attempt` (0 is the first retry), milliseconds, with up to 25 % of jitter. */
export function retryDelay(attempt: number, random: number): number {
  let delay = FIRST_RETRY_MS;
  for (let i = 0; i < attempt && delay < LONGEST_RETRY_MS; i++) delay *= 2;
  return Math.min(delay, LONGEST_RETRY_MS) * (1 - 0.25 * random);
}

/** Reads one message; undefined for anything that is not one. */
export function readMessage(text: unknown): LiveMessage | undefined {
  if (typeof text !== "string") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { type, revision } = value as { type?: unknown; revision?: unknown };
  if (type !== "snapshot" && type !== "delta" && type !== "heartbeat") return undefined;
  if (typeof revision !== "number" || !Number.isSafeInteger(revision)) return undefined;
  return value as LiveMessage;
}

/** `giveUpAfterMs`: silence after which a socket counts as dead. A replay may be winding for longer before it shows anything. */
export function startLive(ports: LivePorts, handlers: LiveHandlers, giveUpAfterMs = GIVE_UP_AFTER_MS): LiveConnection {
  let socket: SocketLike | undefined;
  let state: LiveState | undefined;
  let revision: number | undefined;
  let attempt = 0;
  let stopped = false;
  let cancelSilence = () => {};
  let cancelGiveUp = () => {};
  let cancelRetry = () => {};

  const enter = (next: LiveState) => {
    if (state === next) return;
    state = next;
    handlers.onState(next);
  };

  const watchSilence = () => {
    cancelSilence();
    cancelGiveUp();
    cancelSilence = ports.after(SILENT_AFTER_MS, () => {
      if (state === "open") enter("silent");
    });
    cancelGiveUp = ports.after(giveUpAfterMs, () => drop());
  };

  const drop = () => {
    cancelSilence();
    cancelGiveUp();
    cancelRetry();
    const old = socket;
    socket = undefined;
    revision = undefined;
    if (old !== undefined) {
      old.onopen = old.onmessage = old.onclose = old.onerror = null;
      old.close();
    }
    if (stopped) return;
    enter("lost");
    cancelRetry = ports.after(retryDelay(attempt, ports.random()), connect);
    attempt += 1;
  };

  const receive = (text: unknown) => {
    const message = readMessage(text);
    if (message === undefined) return drop();
    if (message.type !== "snapshot" && (revision === undefined || message.revision !== revision + 1)) return drop();
    revision = message.revision;
    attempt = 0;
    watchSilence();
    enter("open");
    handlers.onMessage(message);
  };

  const connect = () => {
    if (stopped) return;
    // The very first attempt is "connecting"; after a loss the banner stays until the new picture is there.
    if (state === undefined) enter("connecting");
    const opened = ports.openSocket();
    socket = opened;
    opened.onmessage = (event) => {
      if (socket === opened) receive(event.data);
    };
    opened.onclose = () => {
      if (socket === opened) drop();
    };
    opened.onerror = opened.onclose;
    watchSilence();
  };

  connect();
  return {
    send(command) {
      if (socket === undefined || state !== "open") return false;
      socket.send(JSON.stringify(command));
      return true;
    },
    stop() {
      stopped = true;
      drop();
    },
  };
}
