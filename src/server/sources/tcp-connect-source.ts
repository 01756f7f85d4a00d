import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectOverTls } from "node:tls";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Endpoint } from "../configuration/endpoint.ts";
import { type Ingest, type Source, socketSentence } from "./source.ts";
import { runConnection, sendOn } from "./tcp-connection.ts";

const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 30_000; // ms
const CONNECT_TIMEOUT = 10_000; // ms

/**
 * Connects to a receiver and does so again after every loss: 0.5 s, then twice as long each time, up to 30 s. With `tls`, which is asked
 * for each attempt, the receiver must show a certificate of a known authority.
 */
export function createTcpConnectSource(
  id: string,
  endpoint: Endpoint,
  idleTimeoutSeconds: number,
  createFramer: () => Framer,
  ingest: Ingest,
  tls?: () => ConnectionOptions,
): Source {
  const transport = tls === undefined ? "tcp" : "tls";
  const what = `${transport}://${endpoint.host}:${endpoint.port}`;
  let socket: Socket | undefined;
  let connection = 0;
  let wait = FIRST_WAIT;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const retry = (reason: string) => {
    if (stopped) return;
    ingest.state(id, "retrying", `${reason}; next try in ${(wait / 1000).toFixed(1)} s`);
    timer = setTimeout(open, wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  };

  const open = () => {
    if (stopped) return;
    ingest.state(id, "connecting", "");
    const { host, port } = endpoint;
    const created: Socket = tls === undefined ? connect({ host, port }) : connectOverTls({ ...tls(), host, port });
    socket = created;
    let connected = false;
    let failure = `${what}: no answer`;
    const deadline = setTimeout(() => created.destroy(), CONNECT_TIMEOUT);
    created.on("error", (error: NodeJS.ErrnoException) => {
      failure = socketSentence(what, error);
    });
    created.once(tls === undefined ? "connect" : "secureConnect", () => {
      clearTimeout(deadline);
      connected = true;
      const since = performance.now();
      connection = ingest.nextConnection();
      ingest.state(id, "connected", "");
      runConnection(id, connection, created, createFramer(), idleTimeoutSeconds, ingest, (reason) => {
        // A link that held for a while starts again with a short wait.
        if (performance.now() - since > 10_000) wait = FIRST_WAIT;
        retry(`${what}: ${reason}`);
      });
    });
    created.once("close", () => {
      clearTimeout(deadline);
      if (!connected) retry(failure);
    });
  };

  return {
    id,
    address: () => ({ direction: "connect", transport, host: endpoint.host, port: endpoint.port, unauthenticated: false }),
    start: async () => open(),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      socket?.destroy();
    },
    send: (to, bytes) => {
      if (to === connection) sendOn(socket, bytes);
    },
    close: (which, reason) => {
      if (which === connection) socket?.destroy(new Error(reason));
    },
  };
}
