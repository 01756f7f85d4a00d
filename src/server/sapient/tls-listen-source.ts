import type { Server } from "node:net";
import { createServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Endpoint } from "../configuration/endpoint.ts";
import { createAllowList } from "../sources/allow-list.ts";
import { type Ingest, type Source, StartError, socketSentence } from "../sources/source.ts";
import { runConnection, sendOn } from "../sources/tcp-connection.ts";
import { identityOf } from "./mutual-tls.ts";

/**
 * Waits for sensors that show a certificate. `identified` is told the names in it before the first packet of the connection,
 * so that the event "opened" can carry them.
 */
export function createTlsListenSource(
  id: string,
  endpoint: Endpoint,
  options: { allow: readonly string[]; maxConnections: number; idleTimeoutSeconds: number; tls: SecureContextOptions },
  createFramer: () => Framer,
  ingest: Ingest,
  identified: (connection: number, identity: readonly string[]) => void,
): Source {
  const allowed = createAllowList(options.allow);
  const sockets = new Map<number, TLSSocket>();
  const what = `tls://${endpoint.host}:${endpoint.port}`;
  let server: Server | undefined;
  let port = endpoint.port;
  return {
    id,
    address: () => ({ direction: "listen", transport: "tls", host: endpoint.host, port, unauthenticated: false }),
    start: () =>
      new Promise((resolve, reject) => {
        const created = createServer(
          { ...options.tls, requestCert: true, rejectUnauthorized: true, handshakeTimeout: 10_000 },
          (socket) => {
            socket.on("error", () => undefined); // told by "close" once the connection runs
            const identity = identityOf(socket);
            if (!allowed(socket.remoteAddress ?? "") || identity === undefined) {
              ingest.drop(id, identity === undefined ? "sender without a valid certificate" : "sender not on the allow-list");
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
            identified(connection, identity);
            runConnection(id, connection, socket, createFramer(), options.idleTimeoutSeconds, ingest, () => sockets.delete(connection));
          },
        );
        server = created;
        let started = false;
        created.on("tlsClientError", () => ingest.drop(id, "sender without a valid certificate"));
        created.on("error", (error: NodeJS.ErrnoException) => {
          if (!started) reject(new StartError(socketSentence(what, error)));
          else ingest.state(id, "failed", socketSentence(what, error));
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
      socket.end(() => socket.destroy(new Error(reason)));
      setTimeout(() => socket.destroy(), 500).unref();
    },
  };
}
