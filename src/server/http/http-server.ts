// The HTTP side: static console, API, health, metrics, and the upgrade to the live link. Loopback only until accounts exist.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join, normalize, sep } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import { type Access, actingAs, type Identity } from "../accounts/access.ts";
import type { Sessions } from "../accounts/sessions.ts";
import { isLoopback } from "../configuration/endpoint.ts";
import type { LivePublisher } from "../live/live-publisher.ts";
import { StartError, socketSentence } from "../sources/source.ts";

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly consoleFolder: string;
  readonly api: OpenAPIHono;
  readonly live: LivePublisher;
  /** Who may do what; absent in a replay, which shows a record to this machine. */
  readonly access?: { readonly rules: Access; readonly sessions: Sessions };
  readonly ready: () => boolean;
  readonly metrics: () => Promise<{ type: string; text: string }>;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  woff2: "font/woff2",
  woff: "font/woff",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  pbf: "application/x-protobuf",
  txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json",
};

// Everything from this origin and nothing else: no inline style or script, no blob:, no eval; the map's worker is a file of its own, and
// markup reaches the page only through the one Trusted Types policy that the map library needs.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types default",
].join("; ");

/** A page of another origin, or one that reached us under another name (DNS rebinding), gets nothing. */
export function hostAllowed(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d+$/, "");
  return isLoopback(name);
}

export function originAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true; // programs, which no page can make
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  if (!isLoopback(options.host))
    throw new StartError(`the operator's API may only be bound to loopback until accounts exist, not to ${options.host}`);
  const app = new Hono();
  app.use("*", async (context, next) => {
    if (!hostAllowed(context.req.header("host")) || !originAllowed(context.req.header("origin"), context.req.header("host"))) {
      return context.json(
        { title: "Forbidden", status: 403, detail: "this address answers only to pages and programs of this machine" },
        403,
      );
    }
    await next();
    context.header("content-security-policy", CONTENT_SECURITY_POLICY);
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "no-referrer");
    context.header("cross-origin-opener-policy", "same-origin");
    context.header("cross-origin-resource-policy", "same-origin");
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
    return undefined;
  });
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", (context) => (options.ready() ? context.json({ status: "ready" }) : context.json({ status: "starting" }, 503)));
  app.get("/metrics", async (context) => {
    const { type, text } = await options.metrics();
    return context.body(text, 200, { "content-type": type });
  });
  const isApi = (path: string) => path.startsWith("/api/") || path === "/openapi.json";
  app.all("*", async (context) => {
    if (isApi(context.req.path)) {
      const { access } = options;
      if (access === undefined) return options.api.fetch(context.req.raw, context.env as object);
      const identity = access.rules.identify(context.req.header("cookie"));
      const verdict = access.rules.decide(context.req.method, context.req.path, identity);
      if (!verdict.allowed) {
        const { status, code, detail } = verdict;
        return context.json({ title: status === 401 ? "Sign in" : "Not for this role", status, code, detail }, status);
      }
      if (context.req.method !== "GET" && identity.kind === "signed-in" && !identity.lapsed) access.sessions.touch(identity.session);
      return actingAs(identity, () => options.api.fetch(context.req.raw, context.env as object));
    }
    if (context.req.method !== "GET" && context.req.method !== "HEAD")
      return context.json({ title: "Not allowed", status: 405, detail: "GET only" }, 405);
    return staticFile(options.consoleFolder, context.req.path);
  });

  const server: Server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 1024;
  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    const path = (request.url ?? "").split("?")[0];
    const good = path === "/live" && hostAllowed(request.headers.host) && originAllowed(request.headers.origin, request.headers.host);
    // First of all: a peer that resets now must not bring the server down.
    socket.on("error", () => socket.destroy());
    if (!good) {
      socket.end(`HTTP/1.1 ${path === "/live" ? "403 Forbidden" : "404 Not Found"}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
      return;
    }
    const identity: Identity = options.access?.rules.identify(request.headers.cookie) ?? { kind: "open" };
    if (options.access !== undefined && !options.access.rules.mayWatch(identity)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n", () => socket.destroy());
      return;
    }
    options.live.upgrade(request, socket, head as Buffer);
    if (identity.kind !== "signed-in" || options.access === undefined) return;
    // Logging out, disabling and a changed role cut the link at once; the console then asks who is there.
    const forget = options.access.sessions.onEnd(identity.session, () => socket.destroy());
    socket.on("close", forget);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new StartError(socketSentence(`http://${options.host}:${options.port}`, error))),
    );
    server.listen({ host: options.host, port: options.port }, () => resolve());
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        // Upgraded sockets are not the server's to close; it does not wait for one that lingers.
        const limit = setTimeout(resolve, 1000);
        server.close(() => {
          clearTimeout(limit);
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** A file of the built console; every other path shows the console itself. */
function staticFile(folder: string, path: string): Response {
  let wanted: string;
  try {
    wanted = normalize(decodeURIComponent(path));
  } catch {
    return new Response("not found", { status: 404 });
  }
  if (wanted.includes("\0") || wanted.split(sep).includes("..")) return new Response("not found", { status: 404 });
  let file = join(folder, wanted);
  const hashed = wanted.startsWith("/assets/");
  if (!existsSync(file) || !statSync(file).isFile()) {
    if (hashed || /\.[a-z0-9]+$/.test(wanted)) return new Response("not found", { status: 404 });
    file = join(folder, "index.html");
    if (!existsSync(file)) {
      return new Response("The console is not built. Run `npm run build`; the API is at /openapi.json.\n", {
        status: 503,
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    }
  }
  const extension = file.split(".").at(-1)!;
  const stream = createReadStream(file);
  const body = new ReadableStream({
    start(controller) {
      stream.on("data", (chunk) => controller.enqueue(chunk));
      stream.on("end", () => controller.close());
      stream.on("error", (error) => controller.error(error));
    },
    cancel() {
      stream.destroy();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": TYPES[extension] ?? "application/octet-stream",
      "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
