import { createReadStream } from "node:fs";
import type { Framer } from "../../core/protocols/protocol.ts";
import type { Ingest, Source } from "./source.ts";

/** Reads a recording once, as fast as the picture takes it: it waits while the queue is full instead of dropping. */
export function createFileSource(id: string, path: string, createFramer: () => Framer, ingest: Ingest): Source {
  let stopped = false;
  const read = async () => {
    const connection = ingest.nextConnection();
    const framer = createFramer();
    ingest.connection(id, connection, "opened", path, "");
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 })) {
        const framed = framer.push(chunk as Buffer);
        for (const error of framed.errors) ingest.error(id, { code: error.code, item: error.item, message: error.message, count: 1 });
        for (const packet of framed.packets) {
          if (stopped) break;
          if (!ingest.hasRoom(id, connection)) await new Promise<void>((resolve) => ingest.onceRoom(id, connection, resolve));
          ingest.packet(id, connection, packet);
        }
        if (stopped) break;
        if (framed.close !== undefined) {
          ingest.connection(id, connection, "closed", path, framed.close);
          ingest.state(id, "failed", framed.close);
          return;
        }
      }
      ingest.connection(id, connection, "closed", path, "end of the file");
      ingest.state(id, "ended", `${path}: read to the end`);
    } catch (error) {
      ingest.state(id, "failed", `${path}: ${(error as Error).message}`);
    }
  };
  return {
    id,
    address: () => ({ direction: "file", transport: "file", host: path, port: null, unauthenticated: false }),
    start: async () => {
      ingest.state(id, "connected", "");
      void read();
    },
    stop: async () => {
      stopped = true;
    },
    send: () => undefined,
    close: () => undefined,
  };
}
