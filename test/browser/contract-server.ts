// A small server that speaks the contract of /live with a picture that a test controls: for faults that a real server cannot be
// asked for (a gap in the revisions, silence, a socket that dies) and for crowds of tracks. Test support only.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type WebSocket, WebSocketServer } from "ws";
import type { DeltaMessage, LiveCommand, LiveMessage, SnapshotMessage } from "../../src/core/model/picture-view.ts";
import { SAMPLE_ANSWERS } from "./sample-answers.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const CONSOLE_BUILD = join(root, "dist", "console");

/** What the product's server must send as well; docs/operating/console.md lists each exception with its reason. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types default";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export type Picture = Omit<SnapshotMessage, "type" | "sentAtUs" | "revision">;

/** What a page asked to be done over HTTP. */
export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

export interface ContractServer {
  readonly url: string;
  readonly commands: LiveCommand[];
  /** Acts that pages sent, oldest first. */
  readonly asked: Asked[];
  /** Answers of /api/v1 by path; what is not there is not found. */
  readonly answers: Map<string, unknown>;
  /** Acts are refused with these words while it is set. */
  refusal: string | undefined;
  /** Number of WebSocket connections so far. */
  readonly connections: number;
  /** The picture that the next snapshot carries; change it together with `publish`. */
  picture: Picture;
  publish(delta: Partial<Omit<DeltaMessage, "type" | "sentAtUs" | "revision">>): void;
  heartbeat(nowUs: number): void;
  /** The next message skips a revision. */
  skipRevision(): void;
  /** Closes every socket; new ones are refused while `refuse` is true. */
  drop(refuse?: boolean): void;
  accept(): void;
  close(): Promise<void>;
}

export async function startContractServer(picture: Picture): Promise<ContractServer> {
  const clients = new Map<WebSocket, number>();
  const commands: LiveCommand[] = [];
  const asked: Asked[] = [];
  const answers = new Map<string, unknown>(SAMPLE_ANSWERS);
  let refusing = false;
  let skip = 0;
  let connections = 0;

  const http = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/api/v1/")) {
      const say = (status: number, body: unknown) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      const name = url.pathname.slice("/api/v1/".length);
      if (request.method === "GET") {
        if (answers.has(name)) say(200, answers.get(name));
        else say(404, { title: "Not found", status: 404, detail: "the test has no answer for it" });
        return;
      }
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (part: string) => {
        text += part;
      });
      request.on("end", () => {
        const body = (text === "" ? Object.fromEntries(url.searchParams) : JSON.parse(text)) as Record<string, unknown>;
        asked.push({ method: request.method ?? "", path: name, body });
        if (server.refusal === undefined) say(200, { commandId: `c${asked.length}` });
        else say(409, { title: "Refused", status: 409, detail: server.refusal });
      });
      return;
    }
    const path = normalize(decodeURIComponent(url.pathname)).replace(/^[/\\]+/, "");
    const file = join(CONSOLE_BUILD, path === "" ? "index.html" : path);
    if (!file.startsWith(CONSOLE_BUILD) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cache-control": "no-store",
    });
    createReadStream(file).pipe(response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    if (refusing || request.url !== "/live") {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      connections += 1;
      clients.set(client, 1);
      client.on("message", (text) => commands.push(JSON.parse(String(text)) as LiveCommand));
      client.on("close", () => clients.delete(client));
      client.send(JSON.stringify({ type: "snapshot", sentAtUs: Date.now() * 1000, revision: 1, ...server.picture } satisfies LiveMessage));
    });
  });

  const send = (make: (revision: number) => LiveMessage) => {
    for (const [client, revision] of clients) {
      const next = revision + 1 + skip;
      clients.set(client, next);
      client.send(JSON.stringify(make(next)));
    }
    skip = 0;
  };

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: ContractServer = {
    url: `http://localhost:${(http.address() as AddressInfo).port}/`,
    commands,
    asked,
    answers,
    refusal: undefined,
    get connections() {
      return connections;
    },
    picture,
    publish(delta) {
      send((revision) => ({
        type: "delta",
        sentAtUs: Date.now() * 1000,
        revision,
        tracks: [],
        removedTracks: [],
        sensors: [],
        sources: [],
        notices: [],
        ...delta,
      }));
    },
    heartbeat(nowUs) {
      send((revision) => ({ type: "heartbeat", sentAtUs: Date.now() * 1000, revision, nowUs }));
    },
    skipRevision() {
      skip = 1;
    },
    drop(refuse = false) {
      refusing = refuse;
      for (const client of clients.keys()) client.terminate();
    },
    accept() {
      refusing = false;
    },
    async close() {
      for (const client of clients.keys()) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}
