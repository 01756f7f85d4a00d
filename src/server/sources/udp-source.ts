import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Endpoint } from "../configuration/endpoint.ts";
import { createAllowList } from "./allow-list.ts";
import { type Ingest, type Source, StartError, socketSentence } from "./source.ts";

/** Datagrams, unicast or from a multicast group: each payload is one packet. */
export function createUdpSource(
  id: string,
  endpoint: Endpoint,
  allow: readonly string[],
  multicastInterface: string | undefined,
  ingest: Ingest,
  createFramer?: () => Framer,
): Source {
  const allowed = createAllowList(allow);
  let socket: Socket | undefined;
  let port = endpoint.port;
  const what = `udp://${endpoint.host}:${endpoint.port}`;
  return {
    id,
    address: () => ({
      direction: "listen",
      transport: endpoint.multicast ? "udp-multicast" : "udp",
      host: endpoint.host,
      port,
      unauthenticated: true,
    }),
    start: () =>
      new Promise((resolve, reject) => {
        const family = isIPv6(endpoint.host) ? "udp6" : "udp4";
        const created = createSocket({ type: family, reuseAddr: endpoint.multicast, recvBufferSize: undefined });
        socket = created;
        let started = false;
        created.on("error", (error: NodeJS.ErrnoException) => {
          const sentence = socketSentence(what, error);
          if (!started) reject(new StartError(sentence));
          else ingest.state(id, "failed", sentence);
        });
        created.on("message", (bytes, from) => {
          if (!allowed(from.address)) {
            ingest.drop(id, "sender not on the allow-list");
            return;
          }
          // The buffer belongs to this datagram alone: Node allocates one for each.
          if (createFramer === undefined) {
            ingest.packet(id, 0, bytes, from.address);
            return;
          }
          const framed = createFramer().push(bytes);
          for (const error of framed.errors) ingest.error(id, { code: error.code, item: error.item, message: error.message, count: 1 });
          for (const packet of framed.packets) ingest.packet(id, 0, packet, from.address);
        });
        // Bound to the group itself, a socket hears that group alone; bound to its port only, every group that any program has joined there.
        // Not every system can bind a group.
        const bindTo = endpoint.multicast ? (process.platform === "win32" ? undefined : endpoint.host) : endpoint.host;
        created.bind({ port: endpoint.port, address: bindTo, exclusive: !endpoint.multicast }, () => {
          started = true;
          port = created.address().port;
          if (endpoint.multicast) {
            try {
              created.addMembership(endpoint.host, multicastInterface);
            } catch (error) {
              reject(new StartError(socketSentence(`${what}: cannot join the group`, error as NodeJS.ErrnoException)));
              return;
            }
          }
          try {
            created.setRecvBufferSize(4 * 1024 * 1024);
          } catch {
            // The system caps the buffer below this; the default is used then.
          }
          ingest.state(id, "listening", "");
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (socket === undefined) return resolve();
        const closing = socket;
        socket = undefined;
        closing.close(() => resolve());
      }),
    send: () => undefined,
    close: () => undefined,
  };
}
