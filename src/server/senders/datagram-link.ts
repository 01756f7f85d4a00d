// Datagrams out, unicast or to a multicast group: a bounded queue, sent in small handfuls so that a picture of a thousand tracks
// does not flood the receiver's buffer.

import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Endpoint } from "../configuration/endpoint.ts";
import { StartError, socketSentence } from "../sources/source.ts";

const MAX_WAITING = 4096; // datagrams
const HANDFUL = 32; // datagrams
const PAUSE = 5; // ms between two handfuls
/** What the system itself may hold of ours before we stop giving it more. */
const MAX_IN_SYSTEM = 1024 * 1024; // octets
const RETRY = 5_000; // ms

export interface DatagramLinkOptions {
  readonly interface?: string | undefined;
  readonly multicastHops: number;
}

export interface DatagramLinkHooks {
  /** A datagram was handed to the network. */
  sent(octets: number): void;
  dropped(reason: string): void;
  state(state: "sending" | "retrying" | "failed", message: string): void;
}

export interface DatagramLink {
  start(): Promise<void>;
  /** Takes a datagram; drops and counts it when too many wait or the link is down. */
  send(bytes: Uint8Array): void;
  /** Sends what waits at once, and closes. */
  stop(): Promise<void>;
}

export function createDatagramLink(endpoint: Endpoint, options: DatagramLinkOptions, hooks: DatagramLinkHooks): DatagramLink {
  const { host, port, multicast } = endpoint;
  const what = `udp://${host}:${port}`;
  let socket: Socket | undefined;
  let up = false;
  let waiting: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;
  /** performance.now() of the newest refusal: datagrams that leave between two refusals do not make the link good. */
  let refusedAt = Number.NEGATIVE_INFINITY;

  const told = (error: Error | null, octets: number): void => {
    if (error === null || error === undefined) {
      hooks.sent(octets);
      if (refusedAt > Number.NEGATIVE_INFINITY && performance.now() - refusedAt > RETRY) {
        refusedAt = Number.NEGATIVE_INFINITY;
        hooks.state("sending", "");
      }
      return;
    }
    refusedAt = performance.now();
    hooks.dropped((error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "nobody listens there" : "the network refused it");
    hooks.state("retrying", socketSentence(what, error as NodeJS.ErrnoException));
  };

  const give = (bytes: Uint8Array): void => {
    const done = (error: Error | null) => told(error, bytes.length);
    try {
      if (socket === undefined) return;
      if (multicast) socket.send(bytes, port, host, done);
      else socket.send(bytes, done);
    } catch (error) {
      told(error as Error, bytes.length);
    }
  };

  const work = (): void => {
    timer = undefined;
    if (!up || socket === undefined) return;
    const room = socket.getSendQueueSize() < MAX_IN_SYSTEM;
    if (room) for (const bytes of waiting.splice(0, HANDFUL)) give(bytes);
    if (waiting.length > 0) timer = setTimeout(work, PAUSE);
  };

  /** Unicast: the socket is connected, so that a name is looked up once and a refusal of the receiver is heard. */
  const connect = (created: Socket): void => {
    created.connect(port, host, (error?: Error) => {
      if (stopped || socket !== created) return;
      if (error !== undefined) {
        hooks.state("retrying", socketSentence(what, error as NodeJS.ErrnoException));
        retry = setTimeout(() => connect(created), RETRY);
        retry.unref();
        return;
      }
      up = true;
      hooks.state("sending", "");
    });
  };

  return {
    start: () =>
      new Promise((resolve, reject) => {
        const created = createSocket({ type: isIPv6(host) ? "udp6" : "udp4" });
        socket = created;
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          const sentence = socketSentence(what, error);
          if (!started) reject(new StartError(sentence));
          // "Nobody listens there" comes back for what was sent before; a receiver may come yet.
          else {
            refusedAt = performance.now();
            hooks.state("retrying", sentence);
          }
        });
        created.bind({ port: 0, exclusive: true }, () => {
          if (multicast) {
            try {
              created.setMulticastTTL(options.multicastHops);
              if (options.interface !== undefined) created.setMulticastInterface(options.interface);
            } catch (error) {
              reject(
                new StartError(socketSentence(`${what}: cannot send from ${options.interface ?? "here"}`, error as NodeJS.ErrnoException)),
              );
              return;
            }
            up = true;
            hooks.state("sending", "");
          } else connect(created);
          started = true;
          resolve();
        });
      }),
    send: (bytes) => {
      if (!up) {
        hooks.dropped("the link is down");
        return;
      }
      if (waiting.length >= MAX_WAITING) {
        hooks.dropped("too many were waiting");
        return;
      }
      waiting.push(bytes);
      if (timer === undefined) work();
    },
    stop: () =>
      new Promise((resolve) => {
        stopped = true;
        clearTimeout(timer);
        clearTimeout(retry);
        const closing = socket;
        if (closing === undefined) return resolve();
        if (up) for (const bytes of waiting) give(bytes);
        waiting = [];
        up = false;
        socket = undefined;
        // After what was given to it: sends are carried out in their order.
        setImmediate(() => closing.close(() => resolve()));
      }),
  };
}
