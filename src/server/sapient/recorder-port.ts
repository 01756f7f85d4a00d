// The port for recorders and command systems: they connect, get what is known of the nodes, and then each released message
// with its original octets. They order nothing. A client that does not read is dropped; it delays nobody.

import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions } from "node:tls";
import { createSapientFramer, frameSapient, SAPIENT_MAX_FRAME } from "../../core/protocols/sapient/sapient-framer.ts";
import { createAllowList } from "../sources/allow-list.ts";
import { StartError, socketSentence } from "../sources/source.ts";

export interface RecorderPortOptions {
  readonly host: string;
  readonly port: number;
  /** Addresses and networks that may connect; empty allows all. */
  readonly allow: readonly string[];
  readonly maxClients: number;
  /** With it the port speaks mutual TLS only. */
  readonly tls?: SecureContextOptions;
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
}

export interface RecorderPort {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port that was bound, after `start`. */
  readonly port: () => number;
  readonly clients: () => number;
  /** Sends one message, without length prefix, to every client. */
  publish(octets: Uint8Array): void;
}

export function createRecorderPort(options: RecorderPortOptions, hooks: RecorderPortHooks): RecorderPort {
  const allowed = createAllowList(options.allow);
  const maxWaiting = options.maxWaiting ?? 10 * SAPIENT_MAX_FRAME;
  const clients = new Set<Socket>();
  const what = `${options.tls === undefined ? "tcp" : "tls"}://${options.host}:${options.port}`;
  let server: Server | undefined;
  let bound = options.port;

  const send = (socket: Socket, frame: Uint8Array): void => {
    if (socket.destroyed || !socket.writable) return;
    if (socket.writableLength + frame.length > maxWaiting) {
      socket.destroy(new Error(`did not read: more than ${maxWaiting} octets were waiting`));
      return;
    }
    socket.write(frame);
  };

  const accept = (socket: Socket): void => {
    const peer = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? "?"}`;
    let reason = "closed by the other side";
    socket.on("error", (error) => {
      reason = error.message;
    });
    if (!allowed(socket.remoteAddress ?? "")) {
      hooks.note("warning", `${what}: ${peer} is not on the allow-list`);
      socket.destroy();
      return;
    }
    if (clients.size >= options.maxClients) {
      hooks.note("warning", `${what}: ${peer} refused, ${options.maxClients} clients are connected`);
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    hooks.note("info", `${what}: ${peer} listens`);
    const framer = createSapientFramer();
    socket.on("data", (chunk: Buffer) => {
      const framed = framer.push(chunk);
      let close = framed.close;
      for (const packet of framed.packets) {
        if (close !== undefined) break;
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

  return {
    start: () =>
      new Promise((resolve, reject) => {
        const created =
          options.tls === undefined
            ? createServer(accept)
            : createTlsServer({ ...options.tls, requestCert: true, rejectUnauthorized: true }, accept);
        created.on("tlsClientError", (error: Error) =>
          hooks.note("warning", `${what}: a client without a valid certificate (${error.message})`),
        );
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          if (!started) reject(new StartError(socketSentence(what, error)));
          else hooks.note("warning", socketSentence(what, error));
        });
        created.listen({ host: options.host, port: options.port, exclusive: true }, () => {
          started = true;
          const address = created.address();
          if (address !== null && typeof address === "object") bound = address.port;
          resolve();
        });
        server = created;
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of clients) socket.destroy();
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server = undefined;
      }),
    port: () => bound,
    clients: () => clients.size,
    publish: (octets) => {
      if (clients.size === 0) return;
      const frame = frameSapient(octets);
      for (const socket of clients) send(socket, frame);
    },
  };
}
