import type { Socket } from "node:net";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Ingest } from "./source.ts";

/** What may wait for a peer that does not read before the connection is given up. */
const MAX_UNSENT = 1024 * 1024;

/** So many time-outs may pass without a whole message: a peer that trickles must not hold its place for ever. */
const WHOLE_MESSAGE_WITHIN = 2;

/**
 * Reads one TCP connection through a framer into the queue. Calls `ended` once, with the reason, when it is over. A connection
 * that says nothing for `idleSeconds` is half open for all we know, and is given up; so is one that brings no whole message in twice that time.
 * One that sends faster than the picture takes it is not read until its line in the queue is shorter: nothing is lost, and the
 * sender waits. `identity`: names that the other side proved.
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
  /** Packets of the last chunk for which there was no room; the socket is paused while there are any. */
  let waiting: Uint8Array[] = [];
  let over = false;
  const wholeMessage = setTimeout(
    () => {
      if (waiting.length > 0) {
        wholeMessage.refresh();
        return;
      }
      reason = `no whole message for ${WHOLE_MESSAGE_WITHIN * idleSeconds} s`;
      socket.destroy();
    },
    WHOLE_MESSAGE_WITHIN * idleSeconds * 1000,
  );
  wholeMessage.unref();

  const handOver = (packets: Uint8Array[]): void => {
    let given = 0;
    while (given < packets.length && ingest.hasRoom(sourceId, connection)) {
      ingest.packet(sourceId, connection, packets[given]!);
      given += 1;
    }
    waiting = given === packets.length ? [] : packets.slice(given);
    if (waiting.length === 0) return;
    socket.pause();
    ingest.onceRoom(sourceId, connection, () => {
      if (over) return;
      handOver(waiting);
      if (waiting.length > 0) return;
      if (socket.destroyed) finish();
      else socket.resume();
    });
  };

  /** What was read before the end comes before it, though it had to wait. */
  const finish = (): void => {
    if (over || waiting.length > 0) return;
    over = true;
    ingest.connection(sourceId, connection, "closed", peer, reason);
    ended(reason);
  };

  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  socket.setTimeout(idleSeconds * 1000);
  ingest.connection(sourceId, connection, "opened", peer, "", identity);
  socket.on("data", (chunk: Buffer) => {
    const framed = framer.push(chunk);
    for (const error of framed.errors) ingest.error(sourceId, { code: error.code, item: error.item, message: error.message, count: 1 });
    if (framed.packets.length > 0) {
      wholeMessage.refresh();
      handOver(waiting.length === 0 ? framed.packets : [...waiting, ...framed.packets]);
    }
    if (framed.close !== undefined) {
      reason = framed.close;
      socket.destroy();
    }
  });
  socket.on("timeout", () => {
    if (waiting.length > 0) return; // we are the ones who do not read
    reason = `silent for ${idleSeconds} s`;
    socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    reason = error.code === "ECONNRESET" ? "broken off by the other side" : error.message;
  });
  socket.on("close", () => {
    clearTimeout(wholeMessage);
    finish();
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
