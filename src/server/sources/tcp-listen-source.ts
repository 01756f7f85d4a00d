import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Endpoint } from "../configuration/endpoint.ts";
import { createAllowList } from "./allow-list.ts";
import { type BindClient, REVOKED, UNBOUND } from "./client-binding.ts";
import { createPeerRateLimit } from "./rate-limit.ts";
import { type Ingest, type Source, StartError, socketSentence } from "./source.ts";
import { runConnection, sendOn } from "./tcp-connection.ts";
import { identityOf, type ReloadableTls } from "./tls.ts";

/**
 * Each connection is two events in the journal. Sensors of a site that all come back at once fit in the burst; a flood of connections
 * must not fill the disk.
 */
const CONNECTIONS = { perSecond: 20, burst: 64, perSecondEach: 10, burstEach: 40 };

export interface TcpListenOptions {
  readonly allow: readonly string[];
  /** At a time; one address may have three quarters of them. */
  readonly maxConnections: number;
  readonly idleTimeoutSeconds: number;
  /** With it the port speaks TLS only; with `requestCert` every client must show a certificate. Changed files count without a restart. */
  readonly tls?: ReloadableTls;
  /** Whose certificate is whose; who is bound to nobody is refused. Absent: every certificate of the authority is let in. */
  readonly bind?: BindClient;
}

/**
 * Waits for sensors to connect. Each connection has its own framer and its own number. A client that showed a certificate has the
 * names in it told with the event "opened".
 */
export function createTcpListenSource(
  id: string,
  endpoint: Endpoint,
  options: TcpListenOptions,
  createFramer: () => Framer,
  ingest: Ingest,
): Source {
  const allowed = createAllowList(options.allow);
  const rate = createPeerRateLimit(CONNECTIONS);
  const sockets = new Map<number, Socket>();
  /** Sockets that are not through their handshake count towards the limit of connections as well. */
  const handshaking = new Map<string, Socket>();
  const transport = options.tls === undefined ? "tcp" : "tls";
  const what = `${transport}://${endpoint.host}:${endpoint.port}`;
  const authenticates = options.tls?.options.requestCert === true;
  const mostOfOneAddress = Math.ceil(0.75 * options.maxConnections);
  const connectionsOf = new Map<string, number>();
  let stopWatching: () => void = () => undefined;
  let server: Server | undefined;
  let port = endpoint.port;

  // Refused peers get no number and no event: a flood of them must not fill the journal.
  const refuse = (socket: Socket, reason: string): void => {
    ingest.drop(id, reason);
    socket.destroy();
  };

  const peerOf = (socket: Socket) => `${socket.remoteAddress ?? "?"} ${socket.remotePort ?? "?"}`;

  const run = (socket: Socket, identity: readonly string[] | undefined): void => {
    const connection = ingest.nextConnection();
    sockets.set(connection, socket);
    runConnection(id, connection, socket, createFramer(), options.idleTimeoutSeconds, ingest, () => sockets.delete(connection), identity);
  };

  /** Lets a client with a certificate in, when it is one of ours and still counts. */
  const welcome = (socket: TLSSocket): void => {
    const names = identityOf(socket);
    if (names === undefined) refuse(socket, "sender without a valid certificate");
    else if (options.tls!.isRevoked(socket)) refuse(socket, REVOKED);
    else if (options.bind === undefined) run(socket, names);
    else {
      const bound = options.bind(names);
      if (bound === undefined) refuse(socket, UNBOUND);
      else run(socket, bound.names);
    }
  };

  const tlsServer =
    options.tls === undefined
      ? undefined
      : createTlsServer(options.tls.options, (socket: TLSSocket) => {
          socket.on("error", () => undefined); // told by "close" once the connection runs
          handshaking.delete(peerOf(socket));
          if (!authenticates) run(socket, undefined);
          else welcome(socket);
        });
  tlsServer?.on("tlsClientError", (_error, socket: TLSSocket) => {
    ingest.drop(id, authenticates ? "sender without a valid certificate" : "no TLS handshake");
    socket.destroy();
  });

  /** Counts the connection on its address until it is closed. */
  const countAddress = (socket: Socket, address: string): void => {
    connectionsOf.set(address, (connectionsOf.get(address) ?? 0) + 1);
    socket.once("close", () => {
      const left = (connectionsOf.get(address) ?? 1) - 1;
      if (left === 0) connectionsOf.delete(address);
      else connectionsOf.set(address, left);
    });
  };

  const reasonToRefuse = (address: string): string | undefined => {
    if (!allowed(address)) return "sender not on the allow-list";
    if (sockets.size + handshaking.size >= options.maxConnections) return "too many connections";
    if ((connectionsOf.get(address) ?? 0) >= mostOfOneAddress) return "too many connections from one address";
    return rate.take(address, performance.now()) ? undefined : "connections came too fast";
  };

  const accept = (socket: Socket): void => {
    socket.on("error", () => undefined); // a reset before the handlers of the connection are set; told by "close" otherwise
    const address = socket.remoteAddress ?? "";
    const reason = reasonToRefuse(address);
    if (reason !== undefined) {
      refuse(socket, reason);
      return;
    }
    countAddress(socket, address);
    if (tlsServer === undefined) run(socket, undefined);
    else {
      const peer = peerOf(socket);
      handshaking.set(peer, socket);
      socket.once("close", () => handshaking.delete(peer));
      tlsServer.emit("connection", socket);
    }
  };

  /** New handshakes use the new files. Who was let in by an authority that may be withdrawn now has to come again. */
  const takeCertificates = (fresh: ReloadableTls["options"], withdrawn: boolean): void => {
    tlsServer?.setSecureContext(fresh);
    ingest.state(id, "listening", "certificates read again");
    if (!withdrawn) return;
    for (const socket of [...sockets.values(), ...handshaking.values()])
      socket.destroy(new Error("the authorities of the clients changed"));
  };
  const cutRevoked = (): void => {
    for (const socket of sockets.values())
      if (socket instanceof TLSSocket && options.tls!.isRevoked(socket)) socket.destroy(new Error("its certificate was revoked"));
  };
  const tellCertificates = (message: string): void => ingest.state(id, "listening", message);

  return {
    id,
    address: () => ({ direction: "listen", transport, host: endpoint.host, port, unauthenticated: !authenticates }),
    start: () =>
      new Promise((resolve, reject) => {
        const created = createServer(accept);
        server = created;
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          const sentence = socketSentence(what, error);
          if (!started) reject(new StartError(sentence));
          else ingest.state(id, "failed", sentence);
        });
        created.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, () => {
          started = true;
          if (tlsServer !== undefined) stopWatching = options.tls!.watch(takeCertificates, tellCertificates, cutRevoked);
          const address = created.address();
          if (address !== null && typeof address === "object") port = address.port;
          ingest.state(id, "listening", "");
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        stopWatching();
        for (const socket of [...sockets.values(), ...handshaking.values()]) socket.destroy();
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
