// The HTTP side: static console, API, health, metrics, and the upgrade to the live link. Beyond loopback only with TLS and a host name.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { join, normalize, sep } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Context, Hono } from "hono";
import { type Access, actingAs, type Identity } from "../accounts/access.ts";
import type { Sessions } from "../accounts/sessions.ts";
import { isLoopback } from "../configuration/endpoint.ts";
import type { LivePublisher } from "../live/live-publisher.ts";
import { StartError, socketSentence } from "../sources/source.ts";
import type { ReloadableTls } from "../sources/tls.ts";

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** With it the port speaks HTTPS only. Changed files count without a restart. */
  readonly tls?: ReloadableTls;
  /** Names by which the site is opened, small letters; beside them a request from this machine may call it by a loopback name. */
  readonly hosts?: readonly string[];
  /** What the certificates on the disk are about; for the log. */
  readonly note?: (level: "info" | "warn", message: string) => void;
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

/** A year; only for configured names, because "localhost" belongs to every program of a machine. */
const STRICT_TRANSPORT = "max-age=31536000";

/** The name in a Host header, without port, in small letters. */
export const hostNameOf = (host: string): string =>
  (host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d+$/, "")).toLowerCase();

/**
 * A page that reached us under another name (DNS rebinding) gets nothing. `peer`: address of the other side; a loopback name counts
 * only from this machine.
 */
export function hostAllowed(host: string | undefined, names: readonly string[] = [], peer = "127.0.0.1"): boolean {
  if (host === undefined) return false;
  const name = hostNameOf(host);
  return names.includes(name) || (isLoopback(name) && isLoopback(peer.replace(/^::ffff:/, "")));
}

/** A page of another origin gets nothing either: another host, another port, or the same one without its encryption. */
export function originAllowed(origin: string | undefined, host: string | undefined, encrypted = false): boolean {
  if (origin === undefined) return true; // programs, which no page can make
  try {
    const { host: from, protocol } = new URL(origin);
    return protocol === (encrypted ? "https:" : "http:") && from === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}

/** Throws a StartError when the port is taken, or would be open to the network without TLS and a name. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { tls, hosts = [] } = options;
  if (!isLoopback(options.host) && (tls === undefined || hosts.length === 0))
    throw new StartError(`the operator's API needs TLS and a host name (http: certificate, key, hosts) to be bound to ${options.host}`);
  const encrypted = tls !== undefined;
  const answersTo = (host: string | undefined, origin: string | undefined, peer: string | undefined): boolean =>
    hostAllowed(host, hosts, peer) && originAllowed(origin, host, encrypted);
  const peerOf = (context: Context): string | undefined =>
    (context.env as { incoming?: IncomingMessage } | undefined)?.incoming?.socket?.remoteAddress ?? "";
  const app = new Hono();
  app.use("*", async (context, next) => {
    const host = context.req.header("host");
    if (!answersTo(host, context.req.header("origin"), peerOf(context))) {
      const detail =
        hosts.length === 0
          ? "this address answers only to pages and programs of this machine"
          : "this site answers only under its own name, to its own pages and to programs";
      return context.json({ title: "Forbidden", status: 403, detail }, 403);
    }
    await next();
    if (encrypted && hosts.includes(hostNameOf(host ?? ""))) context.header("strict-transport-security", STRICT_TRANSPORT);
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
    // How a site is doing is nobody's business outside it: from this machine, or by who is signed in.
    const local = isLoopback((peerOf(context) ?? "").replace(/^::ffff:/, ""));
    if (!local && options.access?.rules.identify(context.req.header("cookie")).kind !== "signed-in")
      return context.json({ title: "Sign in", status: 401, code: "sign-in-needed", detail: "sign in first" }, 401);
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

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server: Server | TlsServer = tls === undefined ? createServer(listener) : createTlsServer(tls.options, listener);
  let stopWatching: () => void = () => undefined;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 1024;
  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    const path = (request.url ?? "").split("?")[0];
    const good = path === "/live" && answersTo(request.headers.host, request.headers.origin, request.socket.remoteAddress);
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
      reject(new StartError(socketSentence(`${encrypted ? "https" : "http"}://${options.host}:${options.port}`, error))),
    );
    server.listen({ host: options.host, port: options.port }, () => resolve());
  });
  if (tls !== undefined) {
    const tell = options.note ?? (() => undefined);
    stopWatching = tls.watch(
      (fresh) => {
        (server as TlsServer).setSecureContext(fresh);
        tell("info", "the console's certificate was read again");
      },
      (message) => tell("warn", `console: ${message}`),
    );
  }
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        stopWatching();
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
