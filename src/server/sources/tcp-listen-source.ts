import { createServer, type Server, type Socket } from "node:net";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Endpoint } from "../configuration/endpoint.ts";
import { createAllowList } from "./allow-list.ts";
import { type Ingest, type Source, StartError, socketSentence } from "./source.ts";
import { runConnection, sendOn } from "./tcp-connection.ts";

/** Waits for sensors to connect. Each connection has its own framer and its own number. */
export function createTcpListenSource(
  id: string,
  endpoint: Endpoint,
  options: { allow: readonly string[]; maxConnections: number; idleTimeoutSeconds: number },
  createFramer: () => Framer,
  ingest: Ingest,
): Source {
  const allowed = createAllowList(options.allow);
  const sockets = new Map<number, Socket>();
  const what = `tcp://${endpoint.host}:${endpoint.port}`;
  let server: Server | undefined;
  let port = endpoint.port;
  return {
    id,
    address: () => ({ direction: "listen", transport: "tcp", host: endpoint.host, port, unauthenticated: true }),
    start: () =>
      new Promise((resolve, reject) => {
        const created = createServer((socket) => {
          // Refused peers get no number and no event: a flood of them must not fill the journal.
          socket.on("error", () => undefined); // a reset before the handlers below are set; told by "close" otherwise
          if (!allowed(socket.remoteAddress ?? "")) {
            ingest.drop(id, "sender not on the allow-list");
            socket.destroy();
            return;
          }
          if (sockets.size >= options.maxConnections) {
            ingest.drop(id, "too many connections");
            socket.destroy();
            return;
          }
          const connection = ingest.nextConnection();
          sockets.set(connection, socket);
          runConnection(id, connection, socket, createFramer(), options.idleTimeoutSeconds, ingest, () => sockets.delete(connection));
        });
        server = created;
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          const sentence = socketSentence(what, error);
          if (!started) reject(new StartError(sentence));
          else ingest.state(id, "failed", sentence);
        });
        created.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, () => {
          started = true;
          const address = created.address();
          if (address !== null && typeof address === "object") port = address.port;
          ingest.state(id, "listening", "");
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server = undefined;
      }),
    send: (connection, bytes) => sendOn(sockets.get(connection), bytes),
    close: (connection, reason) => {
      const socket = sockets.get(connection);
      if (socket === undefined) return;
      // What was sent before (an Error, a refusal) still goes out.
      socket.end(() => socket.destroy(new Error(reason)));
      setTimeout(() => socket.destroy(), 500).unref();
    },
  };
}
