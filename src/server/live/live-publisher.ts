// The live link: a snapshot first, then whole replacements of what changed, a heartbeat when nothing did. One slow console never
// delays another: what it has not read is bounded, and it gets a new snapshot when it reads again.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type {
  DeltaMessage,
  HeartbeatMessage,
  LiveCommand,
  LiveMessage,
  SensorView,
  SnapshotMessage,
  SourceView,
  TrackView,
} from "../../core/model/picture-view.ts";
import type { Clock } from "../loop/clock.ts";
import { camerasViewOf, judgementOf, noticesOf, type PictureHost, sensorsOf, siteOf, sourcesOf, tracksOf } from "./picture-host.ts";

/** At most 25 messages a second to each console. */
const PUBLISH_PERIOD = 40; // ms
const SLOW_PERIOD = 1000; // ms, for sensors, sources and system
const CAMERA_PERIOD = 200; // ms
const PING_PERIOD = 10_000; // ms
const PUT_OFF = 1.5; // ms
const MOST_PUT_OFF = 4;
const MAX_UNSENT = 1024 * 1024;
const STALLED_AFTER = 30_000; // ms
const MAX_CLIENTS = 256;

interface Client {
  socket: WebSocket;
  revision: number;
  /** It fell behind: the next message is a snapshot. */
  needsSnapshot: boolean;
  /** performance.now() when its buffer was last seen below the limit. */
  readingAt: number;
  alive: boolean;
}

export interface LivePublisher {
  /** Takes over an HTTP upgrade to /live. The caller has checked Host and Origin. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  clients(): number;
  close(): void;
}

/** `busy`: something waits that must not wait for views to be made; a publication is put off for it a few milliseconds at most. */
export function createLivePublisher(
  host: PictureHost,
  clock: Clock,
  log: (message: string) => void,
  busy: () => boolean = () => false,
): LivePublisher {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  const clients = new Set<Client>();
  let known = new Map<string, TrackView>();
  let putOff = 0;
  let knownSensors = new Map<string, string>();
  let knownSources = new Map<string, string>();
  let knownSite = "";
  let knownOutputs = "";
  let knownJudgement = "";
  let knownCameras = "";
  let lastNotice = 0;
  let dirty = true;
  let lastPublishAt = 0;
  let lastSlowAt = 0;
  let lastCamerasAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let site = host.picture().site;

  const stopListening = host.onChange(() => {
    dirty = true;
    schedule();
  });
  const pulse = setInterval(() => guarded(heartbeat), SLOW_PERIOD);
  pulse.unref();

  /** A view that cannot be made is our own mistake; it must not take the record and the warnings down with it. */
  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      timer = undefined;
      log(`the live picture could not be told: ${(error as Error).stack ?? String(error)}`);
    }
  }

  function schedule(): void {
    if (timer !== undefined || clients.size === 0) return;
    timer = setTimeout(() => guarded(publish), Math.max(0, lastPublishAt + PUBLISH_PERIOD - performance.now()));
  }

  function snapshotMessage(): Omit<SnapshotMessage, "revision"> {
    const outputs = host.outputs?.();
    const cameras = camerasViewOf(host);
    return {
      type: "snapshot",
      sentAtUs: clock.now(),
      site: siteOf(host),
      system: host.system(),
      tracks: tracksOf(host),
      sensors: sensorsOf(host),
      sources: sourcesOf(host),
      ...(outputs === undefined ? {} : { outputs }),
      notices: noticesOf(host).slice(-100),
      judgement: judgementOf(host),
      ...(cameras === undefined ? {} : { cameras }),
    };
  }

  function sendSnapshot(client: Client): void {
    client.needsSnapshot = false;
    send(client, { ...snapshotMessage(), revision: client.revision + 1 });
  }

  function send(client: Client, message: LiveMessage, text?: string): void {
    client.revision = message.revision;
    client.socket.send(text ?? JSON.stringify(message));
  }

  /** Puts each client's own revision into a message that is otherwise the same for all: the text is made once. */
  function broadcast(message: Omit<DeltaMessage, "revision"> | Omit<HeartbeatMessage, "revision">): void {
    const text = JSON.stringify(message);
    const now = performance.now();
    for (const client of clients) {
      if (client.socket.bufferedAmount > MAX_UNSENT) {
        client.needsSnapshot = true;
        if (now - client.readingAt > STALLED_AFTER) {
          log("a console that does not read was disconnected");
          client.socket.terminate();
          clients.delete(client);
        }
        continue;
      }
      client.readingAt = now;
      if (client.needsSnapshot) {
        sendSnapshot(client);
        continue;
      }
      client.revision += 1;
      client.socket.send(`{"revision":${client.revision},${text.slice(1)}`);
    }
  }

  function publish(): void {
    timer = undefined;
    if (clients.size === 0 || !dirty) return;
    if (putOff < MOST_PUT_OFF && busy()) {
      putOff += 1;
      timer = setTimeout(() => guarded(publish), PUT_OFF);
      return;
    }
    putOff = 0;
    dirty = false;
    const now = performance.now();
    lastPublishAt = now;
    if (host.picture().site !== site) {
      site = host.picture().site;
      for (const client of clients) client.needsSnapshot = true;
    }
    const tracks: TrackView[] = [];
    const removedTracks: string[] = [];
    const seen = new Map<string, TrackView>();
    for (const view of tracksOf(host)) {
      seen.set(view.id, view);
      const before = known.get(view.id);
      if (before === undefined || changed(before, view)) tracks.push(view);
    }
    for (const id of known.keys()) if (!seen.has(id)) removedTracks.push(id);
    known = seen;

    let sensors: SensorView[] = [];
    let sources: SourceView[] = [];
    const slow = now - lastSlowAt >= SLOW_PERIOD;
    const message: Omit<DeltaMessage, "revision"> = { type: "delta", sentAtUs: 0, tracks, removedTracks, sensors, sources, notices: [] };
    if (slow) {
      lastSlowAt = now;
      [sensors, knownSensors] = changes(sensorsOf(host), knownSensors);
      [sources, knownSources] = changes(sourcesOf(host), knownSources);
      message.sensors = sensors;
      message.sources = sources;
      message.system = host.system();
      const outputs = host.outputs?.() ?? [];
      const outputsText = JSON.stringify(outputs);
      if (outputsText !== knownOutputs) {
        knownOutputs = outputsText;
        message.outputs = outputs;
      }
      const siteNow = siteOf(host);
      const siteText = JSON.stringify(siteNow);
      if (siteText !== knownSite) {
        knownSite = siteText;
        message.site = siteNow;
      }
    }
    const notices = noticesOf(host).filter((notice) => notice.id > lastNotice);
    if (notices.length > 0) {
      lastNotice = notices.at(-1)!.id;
      message.notices = notices;
    }
    const judgement = judgementOf(host);
    const judgementText = JSON.stringify(judgement);
    if (judgementText !== knownJudgement) {
      knownJudgement = judgementText;
      message.judgement = judgement;
    }
    if (now - lastCamerasAt >= CAMERA_PERIOD) {
      lastCamerasAt = now;
      const cameras = camerasViewOf(host);
      const camerasText = JSON.stringify(cameras) ?? "";
      if (camerasText !== knownCameras) {
        knownCameras = camerasText;
        message.cameras = cameras ?? [];
      }
    }
    const quiet = tracks.length === 0 && removedTracks.length === 0 && notices.length === 0;
    if (!slow && quiet && message.judgement === undefined && message.cameras === undefined) return;
    message.sentAtUs = clock.now();
    broadcast(message);
  }

  function heartbeat(): void {
    // A console has until the next ping to answer: one whose machine is busy for a second has not gone.
    if (performance.now() - lastPing > PING_PERIOD) {
      lastPing = performance.now();
      for (const client of clients) {
        if (!client.alive) {
          client.socket.terminate();
          clients.delete(client);
          continue;
        }
        client.alive = false;
        client.socket.ping();
      }
    }
    if (clients.size === 0 || performance.now() - lastPublishAt < SLOW_PERIOD) return;
    const now = clock.now();
    broadcast({ type: "heartbeat", sentAtUs: now, nowUs: now });
  }
  let lastPing = performance.now();

  return {
    upgrade: (request, socket, head) => {
      if (clients.size >= MAX_CLIENTS) {
        socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n", () => socket.destroy());
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const client: Client = { socket: webSocket, revision: 0, needsSnapshot: false, readingAt: performance.now(), alive: true };
        webSocket.on("pong", () => {
          client.alive = true;
        });
        webSocket.on("close", () => clients.delete(client));
        webSocket.on("error", () => clients.delete(client));
        webSocket.on("message", (text) => {
          const command = readCommand(String(text));
          const refused = command === undefined ? "not a command" : host.command(command);
          if (refused !== undefined) log(`a console's command was refused: ${refused}`);
        });
        if (clients.size === 0) {
          // Nobody watched: what changed meanwhile is in the snapshot and need not be told again.
          known = new Map(tracksOf(host).map((view) => [view.id, view]));
          lastNotice = noticesOf(host).at(-1)?.id ?? 0;
        }
        clients.add(client);
        sendSnapshot(client);
        schedule();
      });
    },
    clients: () => clients.size,
    close: () => {
      stopListening();
      clearInterval(pulse);
      clearTimeout(timer);
      for (const client of clients) client.socket.close(1001, "server stops");
      // One that does not answer the goodbye is not waited for.
      setTimeout(() => {
        for (const client of clients) client.socket.terminate();
      }, 300).unref();
      server.close();
    },
  };
}

/** What a console asks of a replay; undefined for anything else. */
export function readCommand(text: string): LiveCommand | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { type, action, atUs, speed } = value as Record<string, unknown>;
  if (type !== "replay") return undefined;
  if (action === "play" || action === "pause") return { type, action };
  if (action === "seek" && typeof atUs === "number" && Number.isFinite(atUs)) return { type, action, atUs };
  if (action === "speed" && typeof speed === "number" && speed > 0 && speed <= 1000) return { type, action, speed };
  return undefined;
}

/** Whether a person or a program would want to know. */
function changed(before: TrackView, now: TrackView): boolean {
  return (
    before.atUs !== now.atUs ||
    before.measuredAtUs !== now.measuredAtUs ||
    before.status !== now.status ||
    before.freshness !== now.freshness ||
    Math.abs(before.existence - now.existence) > 0.02 ||
    before.eastMetres !== now.eastMetres ||
    before.northMetres !== now.northMetres ||
    before.classification !== now.classification ||
    before.identities.length !== now.identities.length ||
    before.claims.length !== now.claims.length ||
    before.claims.some((claim, index) => claim.heardAtUs !== now.claims[index]!.heardAtUs)
  );
}

/** The entries whose JSON differs from what was last sent, and the new memory. */
function changes<View extends { id: string }>(views: View[], before: Map<string, string>): [View[], Map<string, string>] {
  const after = new Map<string, string>();
  const found: View[] = [];
  for (const view of views) {
    const text = JSON.stringify(view);
    after.set(view.id, text);
    if (before.get(view.id) !== text) found.push(view);
  }
  return [found, after];
}
