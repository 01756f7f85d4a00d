import type { Socket } from "node:net";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Ingest } from "./source.ts";

/** What may wait for a peer that does not read before the connection is given up. */
const MAX_UNSENT = 1024 * 1024;

/**
 * Reads one TCP connection through a framer into the queue. Calls `ended` once, with the reason, when it is over. A connection
 * that says nothing for `idleSeconds` is half open for all we know, and is given up. `identity`: names that the other side proved.
 */
export function runConnection(
  sourceId: string,
  connection: number,
  socket: Socket,
  framer: Framer,
  idleSeconds: number,
  ingest: Ingest,
  ended: (reason: string) => void,
  identity?: readonly string[],
): void {
  const peer = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? "?"}`;
  let reason = "closed by the other side";
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  socket.setTimeout(idleSeconds * 1000);
  ingest.connection(sourceId, connection, "opened", peer, "", identity);
  socket.on("data", (chunk: Buffer) => {
    const framed = framer.push(chunk);
    for (const error of framed.errors) ingest.error(sourceId, { code: error.code, item: error.item, message: error.message, count: 1 });
    for (const packet of framed.packets) ingest.packet(sourceId, connection, packet);
    if (framed.close !== undefined) {
      reason = framed.close;
      socket.destroy();
    }
  });
  socket.on("timeout", () => {
    reason = `silent for ${idleSeconds} s`;
    socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    reason = error.code === "ECONNRESET" ? "broken off by the other side" : error.message;
  });
  socket.on("close", () => {
    ingest.connection(sourceId, connection, "closed", peer, reason);
    ended(reason);
  });
}

export function sendOn(socket: Socket | undefined, bytes: Uint8Array): void {
  if (socket === undefined || socket.destroyed || !socket.writable) return;
  if (socket.writableLength > MAX_UNSENT) {
    socket.destroy(new Error("does not read what is sent to it"));
    return;
  }
  socket.write(bytes);
}
