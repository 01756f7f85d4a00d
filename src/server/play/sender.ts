// Sockets that send: datagrams, a connection that is made again after every loss, or a listener that others connect to.

import { createSocket } from "node:dgram";
import { connect, createServer, isIPv6, type Socket } from "node:net";
import { UsageError } from "../cli/command.ts";
import { showTarget, type Target } from "./target.ts";

export interface SenderCounts {
  sent: number;
  octets: number;
  /** Lost because nobody was connected or the other side did not read. */
  lost: number;
  /** Datagrams of which this machine said afterwards that nobody listens; some, not all of them. */
  refused: number;
}

export interface Sender {
  readonly counts: SenderCounts;
  /** "connected", "no answer: ...": for the progress line. */
  state(): string;
  /** True when what is sent now would go out. */
  ready(): boolean;
  /** Resolves when the octets are handed over and more may come; false when they were lost. */
  send(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

export interface SenderEvents {
  /** A connection stands; what it returns is sent before anything else. */
  opened?: (write: (bytes: Uint8Array) => void) => void;
  received?: (chunk: Uint8Array) => void;
  closed?: (reason: string) => void;
}

const FIRST_WAIT = 250; // ms
const LONGEST_WAIT = 5000; // ms
/** Octets that may wait for a slow reader before more are lost. */
const MOST_WAITING = 4 * 1024 * 1024;
const CLOSE_PATIENCE = 3000; // ms
/** A refusal is told some time after the datagram that met it; so long it is shown. */
const FAILURE_SHOWN = 3000; // ms

const counts = (): SenderCounts => ({ sent: 0, octets: 0, lost: 0, refused: 0 });

/** Why a socket failed, in words. */
export function socketReason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "connection refused: nobody listens there";
    case "ECONNRESET":
    case "EPIPE":
      return "connection closed by the other side";
    case "ENOTFOUND":
      return "no such host";
    case "EADDRINUSE":
      return "the port is in use by another program";
    case "EMSGSIZE":
      return "a packet is too large for a datagram";
    default:
      return error.message;
  }
}

export async function createUdpSender(target: Target): Promise<Sender> {
  const socket = createSocket(isIPv6(target.host) ? "udp6" : "udp4");
  const total = counts();
  // A connected socket is told when nobody listens at a port of this machine.
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error) => reject(new UsageError(`${showTarget(target)}: ${socketReason(error as NodeJS.ErrnoException)}`)));
    socket.connect(target.port, target.host, () => resolve());
  });
  socket.removeAllListeners("error");
  let failure = "";
  let failedAt = Number.NEGATIVE_INFINITY;
  const fail = (error: Error) => {
    failure = socketReason(error as NodeJS.ErrnoException);
    failedAt = performance.now();
  };
  socket.on("error", (error) => {
    total.refused += 1;
    fail(error);
  });
  return {
    counts: total,
    state: () => (performance.now() - failedAt < FAILURE_SHOWN ? `${showTarget(target)}: ${failure}` : "sending"),
    ready: () => true,
    send: (bytes) =>
      new Promise((resolve) => {
        socket.send(bytes, (error) => {
          if (error) {
            fail(error);
            total.refused += 1;
            total.lost += 1;
            resolve(false);
            return;
          }
          total.sent += 1;
          total.octets += bytes.length;
          resolve(true);
        });
      }),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** A TCP client that tries again for ever: 0.25 s, then twice as long each time, up to 5 s. */
export function createTcpSender(target: Target, events: SenderEvents = {}): Sender {
  const total = counts();
  let socket: Socket | undefined;
  let connected = false;
  let state = "connecting";
  let wait = FIRST_WAIT;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const open = () => {
    const made = connect({ host: target.host, port: target.port });
    socket = made;
    let failure = "connection closed by the other side";
    made.setNoDelay(true);
    made.on("error", (error) => {
      failure = socketReason(error as NodeJS.ErrnoException);
    });
    made.once("connect", () => {
      connected = true;
      state = "connected";
      wait = FIRST_WAIT;
      events.opened?.((bytes) => made.write(bytes));
    });
    made.on("data", (chunk) => events.received?.(chunk));
    made.once("close", () => {
      const was = connected;
      connected = false;
      if (stopped) return;
      state = failure;
      if (was) events.closed?.(failure);
      timer = setTimeout(open, wait);
      wait = Math.min(LONGEST_WAIT, 2 * wait);
    });
  };
  open();

  return {
    counts: total,
    state: () => (connected ? state : `${showTarget(target)}: ${state}`),
    ready: () => connected,
    send: (bytes) => writeTo(socket, connected, bytes, total),
    close: () => {
      stopped = true;
      clearTimeout(timer);
      return endSocket(socket);
    },
  };
}

/** A TCP server: everything goes to everyone who is connected. */
export async function createListenSender(target: Target): Promise<Sender> {
  const total = counts();
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {}); // what clients say is not asked for
    socket.once("close", () => clients.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(target.port, target.host, () => resolve());
  });
  return {
    counts: total,
    state: () => `${clients.size} connected`,
    ready: () => clients.size > 0,
    send: async (bytes) => {
      if (clients.size === 0) {
        total.lost += 1;
        return false;
      }
      const own = counts();
      const done = await Promise.all([...clients].map((socket) => writeTo(socket, true, bytes, own)));
      const good = done.includes(true);
      if (good) {
        total.sent += 1;
        total.octets += bytes.length;
      } else total.lost += 1;
      return good;
    },
    close: async () => {
      const ended = [...clients].map((socket) => endSocket(socket));
      server.close();
      await Promise.all(ended);
    },
  };
}

async function writeTo(socket: Socket | undefined, connected: boolean, bytes: Uint8Array, total: SenderCounts): Promise<boolean> {
  if (!connected || socket === undefined || !socket.writable || socket.writableLength > MOST_WAITING) {
    total.lost += 1;
    return false;
  }
  total.sent += 1;
  total.octets += bytes.length;
  if (!socket.write(bytes)) {
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.once("drain", done);
      socket.once("close", done);
    });
  }
  return true;
}

/** Lets what was written go out, then closes; gives up on a side that does not read. */
function endSocket(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined || socket.destroyed) {
      resolve();
      return;
    }
    const giveUp = setTimeout(() => socket.destroy(), CLOSE_PATIENCE);
    socket.once("close", () => {
      clearTimeout(giveUp);
      resolve();
    });
    if (socket.connecting) socket.destroy();
    else socket.end();
    socket.resume();
  });
}

/** The sender that a target asks for. */
export const createSender = async (target: Target, events?: SenderEvents): Promise<Sender> =>
  target.listen ? createListenSender(target) : target.transport === "udp" ? createUdpSender(target) : createTcpSender(target, events);
