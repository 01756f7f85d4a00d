// A TCP or TLS link that we open, again and again: 0.5 s after the first loss, then twice as long each time, up to 30 s. A receiver
// that does not read is hung up on when too much waits for it, and met again later.

import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectOverTls } from "node:tls";
import { socketSentence } from "../sources/source.ts";

const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 30_000; // ms
const CONNECT_TIMEOUT = 10_000; // ms
/** A link that held so long starts again with the first wait. */
const HELD = 10_000; // ms
const MAX_WAITING = 1024 * 1024; // octets

export interface StreamLinkOptions {
  readonly host: string;
  readonly port: number;
  /** Asked for each attempt. */
  readonly tls?: () => ConnectionOptions;
  /** Octets that may wait for the receiver. */
  readonly maxWaiting?: number;
}

export interface StreamLinkHooks {
  opened(): void;
  received(chunk: Uint8Array): void;
  closed(): void;
  state(state: "connecting" | "connected" | "retrying" | "stopped", message: string): void;
}

export interface StreamLink {
  start(): void;
  /** False when the link is down, or was given up now because the receiver does not read. */
  send(bytes: Uint8Array): boolean;
  /** Hangs up, with the reason, and tries again later. */
  drop(reason: string): void;
  stop(): Promise<void>;
}

export function createStreamLink(options: StreamLinkOptions, hooks: StreamLinkHooks): StreamLink {
  const { host, port, tls } = options;
  const maxWaiting = options.maxWaiting ?? MAX_WAITING;
  const what = `${tls === undefined ? "tcp" : "tls"}://${host}:${port}`;
  let socket: Socket | undefined;
  let up = false;
  let reason = "";
  let wait = FIRST_WAIT;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const open = (): void => {
    if (stopped) return;
    hooks.state("connecting", "");
    reason = `${what}: no answer`;
    const created: Socket = tls === undefined ? connect({ host, port }) : connectOverTls({ ...tls(), host, port });
    socket = created;
    const deadline = setTimeout(() => created.destroy(), CONNECT_TIMEOUT);
    let since = 0;
    created.on("error", (error: NodeJS.ErrnoException) => {
      reason = socketSentence(what, error);
    });
    created.once(tls === undefined ? "connect" : "secureConnect", () => {
      clearTimeout(deadline);
      since = performance.now();
      reason = `${what}: closed by the other side`;
      created.setNoDelay(true);
      created.setKeepAlive(true, 10_000);
      up = true;
      hooks.state("connected", "");
      hooks.opened();
    });
    created.on("data", (chunk: Buffer) => {
      if (up) hooks.received(chunk);
    });
    created.once("close", () => {
      clearTimeout(deadline);
      socket = undefined;
      if (up) {
        up = false;
        hooks.closed();
        if (performance.now() - since > HELD) wait = FIRST_WAIT;
      }
      if (stopped) return;
      hooks.state("retrying", `${reason}; next try in ${(wait / 1000).toFixed(1)} s`);
      timer = setTimeout(open, wait);
      timer.unref();
      wait = Math.min(LONGEST_WAIT, wait * 2);
    });
  };

  const drop = (why: string): void => {
    if (socket === undefined) return;
    reason = `${what}: ${why}`;
    socket.destroy();
  };

  return {
    start: open,
    send: (bytes) => {
      if (!up || socket === undefined || !socket.writable) return false;
      if (socket.writableLength + bytes.length > maxWaiting) {
        drop(`does not read: more than ${maxWaiting} octets were waiting`);
        return false;
      }
      socket.write(bytes);
      return true;
    },
    drop,
    stop: () =>
      new Promise((resolve) => {
        stopped = true;
        clearTimeout(timer);
        hooks.state("stopped", "");
        const last = socket;
        if (last === undefined || last.destroyed) return resolve();
        last.once("close", () => resolve());
        last.end();
        // One that does not take the end is not waited for.
        setTimeout(() => last.destroy(), 500).unref();
      }),
  };
}
