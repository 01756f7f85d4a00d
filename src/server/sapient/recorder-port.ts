// The port for recorders and command systems: they connect, get what is known of the nodes, and then each released message
// with its original octets. They order nothing. A client that does not read is dropped; it delays nobody.

import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import {
  createSapientFramer,
  frameSapient,
  SAPIENT_FRAME_PREFIX,
  SAPIENT_MAX_FRAME,
  writeSapientFrame,
} from "../../core/protocols/sapient/sapient-framer.ts";
import { createAllowList } from "../sources/allow-list.ts";
import type { BindClient } from "../sources/client-binding.ts";
import { createPeerRateLimit, createRateLimit } from "../sources/rate-limit.ts";
import { StartError, socketSentence } from "../sources/source.ts";
import { identityOf, type ReloadableTls } from "../sources/tls.ts";

/** Clients a second, and at once: each is two lines of the log and the cached messages of every node. */
const CLIENTS = { perSecond: 10, burst: 32, perSecondEach: 5, burstEach: 16 };
/** Messages a second, and at once, that a client may send: it registers, says its status and acknowledges. Each is read and answered here and now. */
const MESSAGES = { perSecond: 20, burst: 200 };

export interface RecorderPortOptions {
  readonly host: string;
  readonly port: number;
  /** Addresses and networks that may connect; empty allows all. */
  readonly allow: readonly string[];
  readonly maxClients: number;
  /** With it the port speaks TLS only. Changed files count without a restart. */
  readonly tls?: ReloadableTls;
  /** Whose certificate is whose; who is bound to nobody is refused. Absent: every certificate of the authority is let in. */
  readonly bind?: BindClient;
  /** Octets that may wait for one client; Apex allows ten frames. */
  readonly maxWaiting?: number;
}

export interface RecorderPortHooks {
  /** Cached registrations and status reports for a client that has just come, in order, without length prefix. */
  lateJoin(): readonly Uint8Array[];
  /** What to do about something that a client sent. */
  answer(octets: Uint8Array): { readonly reply?: Uint8Array; readonly close?: string };
  /** A client came or went, or was refused; for the log and the screen. */
  note(level: "info" | "warning", message: string): void;
  /** Messages were given to one client, or one client lost some. */
  sent?(octets: number, messages: number): void;
  dropped?(reason: string): void;
}

export interface RecorderPort {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port that was bound, after `start`. */
  readonly port: () => number;
  readonly clients: () => number;
  /**
   * Sends one message, without length prefix, to every client, in the order of the calls. Messages of one turn go out together: by `flush`, at
   * the latest when the turn is over.
   */
  publish(octets: Uint8Array): void;
  /** Sends what was published and waits for the end of the turn. */
  flush(): void;
}

/** Octets of messages that go out in one write. A write costs as much as reading a message: thousands of small ones a second would be a third of all work. */
const BATCH = 64 * 1024;

export function createRecorderPort(options: RecorderPortOptions, hooks: RecorderPortHooks): RecorderPort {
  const allowed = createAllowList(options.allow);
  const maxWaiting = options.maxWaiting ?? 10 * SAPIENT_MAX_FRAME;
  const rate = createPeerRateLimit(CLIENTS);
  const clients = new Set<Socket>();
  /** Sockets that are not through their handshake, by peer; they count towards the limit as well. */
  const handshaking = new Map<string, Socket>();
  const what = `${options.tls === undefined ? "tcp" : "tls"}://${options.host}:${options.port}`;
  let server: Server | undefined;
  let bound = options.port;
  let stopWatching: () => void = () => undefined;

  const send = (socket: Socket, frames: Uint8Array, messages = 1): void => {
    if (socket.destroyed || !socket.writable) return;
    if (socket.writableLength + frames.length > maxWaiting) {
      hooks.dropped?.("a client did not read");
      socket.destroy(new Error(`did not read: more than ${maxWaiting} octets were waiting`));
      return;
    }
    socket.write(frames);
    hooks.sent?.(frames.length, messages);
  };

  /** Frames of this turn; handed to the sockets as they are, so a sent batch is never written to again. */
  let batch: Uint8Array | undefined;
  let used = 0;
  let messages = 0;
  let flushing: NodeJS.Immediate | undefined;

  const flush = (): void => {
    clearImmediate(flushing);
    flushing = undefined;
    if (batch === undefined || messages === 0) return;
    const frames = batch.subarray(0, used);
    const count = messages;
    // What is left of the batch serves the next turn.
    batch = batch.length - used < BATCH / 4 ? undefined : batch.subarray(used);
    used = 0;
    messages = 0;
    for (const socket of clients) send(socket, frames, count);
  };

  const publish = (octets: Uint8Array): void => {
    if (clients.size === 0) return;
    const length = SAPIENT_FRAME_PREFIX + octets.length;
    if (batch !== undefined && used + length > batch.length) {
      flush();
      batch = undefined;
    }
    batch ??= new Uint8Array(Math.max(BATCH, length));
    writeSapientFrame(batch, used, octets);
    used += length;
    messages += 1;
    flushing ??= setImmediate(flush);
  };

  const peerOf = (socket: Socket) => `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? "?"}`;

  const accept = (socket: Socket): void => {
    socket.on("error", () => undefined); // told by "close" once the client is in
    const refusal = !allowed(socket.remoteAddress ?? "")
      ? "a client that is not on the allow-list"
      : clients.size + handshaking.size >= options.maxClients
        ? "a client too many"
        : rate.take(socket.remoteAddress ?? "", performance.now())
          ? undefined
          : "clients came too fast";
    if (refusal !== undefined) {
      hooks.dropped?.(refusal);
      socket.destroy();
    } else if (tlsServer === undefined) serve(socket);
    else {
      const peer = peerOf(socket);
      handshaking.set(peer, socket);
      socket.once("close", () => handshaking.delete(peer));
      tlsServer.emit("connection", socket);
    }
  };

  const serve = (socket: Socket): void => {
    const peer = peerOf(socket);
    handshaking.delete(peer);
    flush(); // what was said before it came is told to it as the state that this led to
    let reason = "closed by the other side";
    socket.on("error", (error) => {
      reason = error.message;
    });
    clients.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    hooks.note("info", `${what}: ${peer} listens`);
    const framer = createSapientFramer();
    const pace = createRateLimit(MESSAGES.perSecond, MESSAGES.burst);
    socket.on("data", (chunk: Buffer) => {
      if (socket.destroyed) return;
      const framed = framer.push(chunk);
      let close = framed.close;
      for (const packet of framed.packets) {
        if (close !== undefined) break;
        if (!pace.take(performance.now())) {
          close = `sent more than ${MESSAGES.perSecond} messages a second`;
          break;
        }
        if (packet.length === 0) continue;
        const answer = hooks.answer(packet);
        if (answer.reply !== undefined) send(socket, frameSapient(answer.reply));
        close = answer.close;
      }
      if (close !== undefined) {
        reason = close;
        socket.destroy();
      }
    });
    socket.on("close", () => {
      clients.delete(socket);
      hooks.note("info", `${what}: ${peer} is gone (${reason})`);
    });
    for (const octets of hooks.lateJoin()) send(socket, frameSapient(octets));
  };

  /** Lets a client with a certificate in, when it is one of ours and still counts. */
  const welcome = (socket: TLSSocket): void => {
    socket.on("error", () => undefined);
    const names = identityOf(socket);
    const refusal =
      options.tls!.options.requestCert !== true
        ? undefined
        : names === undefined
          ? "a client without a valid certificate"
          : options.tls!.isRevoked(socket)
            ? "a client with a revoked certificate"
            : options.bind !== undefined && options.bind(names) === undefined
              ? "a client whose certificate is bound to no sensor or nation here"
              : undefined;
    if (refusal === undefined) serve(socket);
    else {
      handshaking.delete(peerOf(socket));
      hooks.dropped?.(refusal);
      socket.destroy();
    }
  };

  const tlsServer = options.tls === undefined ? undefined : createTlsServer(options.tls.options, welcome);
  tlsServer?.on("tlsClientError", (_error, socket: Socket) => {
    hooks.dropped?.("a client without a valid certificate");
    socket.destroy();
  });

  return {
    start: () =>
      new Promise((resolve, reject) => {
        const created = createServer(accept);
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          if (!started) reject(new StartError(socketSentence(what, error)));
          else hooks.note("warning", socketSentence(what, error));
        });
        created.listen({ host: options.host, port: options.port, exclusive: true }, () => {
          started = true;
          if (tlsServer !== undefined) {
            stopWatching = options.tls!.watch(
              (fresh, withdrawn) => {
                tlsServer.setSecureContext(fresh);
                hooks.note("info", `${what}: certificates read again`);
                if (!withdrawn) return;
                for (const socket of [...clients, ...handshaking.values()])
                  socket.destroy(new Error("the authorities of the clients changed"));
              },
              (message) => hooks.note("warning", `${what}: ${message}`),
              () => {
                for (const socket of clients)
                  if (socket instanceof TLSSocket && options.tls!.isRevoked(socket))
                    socket.destroy(new Error("its certificate was revoked"));
              },
            );
          }
          const address = created.address();
          if (address !== null && typeof address === "object") bound = address.port;
          resolve();
        });
        server = created;
      }),
    stop: () =>
      new Promise((resolve) => {
        stopWatching();
        flush();
        for (const socket of [...clients, ...handshaking.values()]) socket.destroy();
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server = undefined;
      }),
    port: () => bound,
    clients: () => clients.size,
    publish,
    flush,
  };
}
