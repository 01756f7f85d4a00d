// A running site: configuration, journal, loop, sources, HTTP and live link, put together and taken apart in order.

import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import pino from "pino";
import { interruptedDeliveries } from "../core/engine/call-people.ts";
import { snapshotPicture } from "../core/engine/digest.ts";
import { createPicture } from "../core/engine/picture.ts";
import { nextScanDue } from "../core/engine/scans.ts";
import type { Effect, PictureEvent } from "../core/model/event.ts";
import type { NoticeView, SystemView } from "../core/model/picture-view.ts";
import { frameSapient } from "../core/protocols/sapient/sapient-framer.ts";
import type { SapientState } from "../core/protocols/sapient/state.ts";
import { createAccess, withActor } from "./accounts/access.ts";
import { createProvider } from "./accounts/provider.ts";
import { ACCOUNTS_ACTOR, openSignIn } from "./accounts/sign-in.ts";
import { openBaseMap } from "./base-map/base-map.ts";
import { createCameras } from "./cameras/cameras.ts";
import type { Dispatcher } from "./channels/dispatcher.ts";
import { createSiteChannels } from "./channels/site-channels.ts";
import { UsageError } from "./cli/command.ts";
import { createConfigurationStore } from "./configuration/configuration-store.ts";
import { firstLineOf } from "./configuration/first-line.ts";
import type { LoadedSite } from "./configuration/load-site.ts";
import { createAssociatedFiles } from "./files/associated-files.ts";
import { createHistory } from "./history/history.ts";
import { historyFile } from "./history/history-store.ts";
import { createReplays } from "./history/replays.ts";
import { apiPaths, createApi } from "./http/api.ts";
import { createEventLog } from "./http/event-log.ts";
import { type HttpServer, startHttpServer } from "./http/http-server.ts";
import { webAddress } from "./http/web-address.ts";
import { anchorTarget, createAnchors } from "./journal/anchors.ts";
import { openJournal } from "./journal/journal.ts";
import { loadSiteKey } from "./journal/site-key.ts";
import { directoryStorage } from "./journal/storage.ts";
import { createLivePublisher } from "./live/live-publisher.ts";
import { judgementOf, noticesOf, type PictureHost, sensorsOf, siteOf, tracksOf } from "./live/picture-host.ts";
import { createClock } from "./loop/clock.ts";
import { createLoop, type Loop, type UnstampedEvent } from "./loop/loop.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createOperator, type Operator } from "./operate.ts";
import { createHandOff, HAND_OFF_ACTOR, receiverAddresses } from "./response/hand-off.ts";
import { resumePicture } from "./resume-picture.ts";
import { createOutputs, type Outputs } from "./senders/outputs.ts";
import type { SenderHost } from "./senders/sender.ts";
import { partiesOf } from "./sources/client-binding.ts";
import { createSource } from "./sources/create-source.ts";
import type { Source } from "./sources/source.ts";
import { createExercise, type Exercise, type ExercisePlan } from "./training/exercise.ts";
import type { ExerciseLauncher } from "./training/launch-exercise.ts";

export interface ServerOptions {
  readonly loaded: LoadedSite;
  readonly port: number;
  readonly dataFolder: string;
  readonly consoleFolder: string;
  readonly softwareVersion: string;
  readonly logLevel: string;
  /** Progress for a person at a terminal. */
  readonly say: (line: string) => void;
  /** This server is an exercise: what is played, for its score. */
  readonly exercise?: ExercisePlan;
  /** How an exercise is started beside this server; absent: none can be. */
  readonly launcher?: ExerciseLauncher;
}

export interface RunningServer {
  readonly port: number;
  /** How people open the console: by the site's name, or as localhost, because browsers refuse passkeys on a bare address. */
  readonly url: string;
  readonly host: PictureHost;
  /** Ports of the sources, for those configured with port 0. */
  sourcePort(id: string): number | null;
  notices(): NoticeView[];
  /** Of a server that is one. */
  readonly exercise: Exercise | undefined;
  stop(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { loaded, dataFolder, softwareVersion, say } = options;
  makeDataFolder(dataFolder);
  const log = pino(
    { level: options.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: join(dataFolder, "picket.log"), mkdir: true, sync: false }),
  );
  const clock = createClock();
  const web = webAddress(loaded);
  const { provider: providerFile } = loaded.file.signIn;
  const provider =
    providerFile === undefined
      ? undefined
      : createProvider(
          providerFile,
          providerFile.clientSecretFile === undefined
            ? undefined
            : firstLineOf(resolve(dirname(loaded.path), providerFile.clientSecretFile), "signIn.provider"),
          clock.now,
          (message) => log.warn(message),
        );
  // Before anything is opened: what a person changed yesterday may no longer fit the file.
  const configuration = createConfigurationStore(loaded, dataFolder, softwareVersion, async (event: UnstampedEvent) =>
    running?.applyDecision(withActor(event)),
  );
  let running: Loop | undefined;
  // A password that cannot be read is told before anything is opened.
  const cameras = createCameras({
    files: loaded.file.cameras,
    folder: dirname(loaded.path),
    picture: () => running!.picture(),
    now: clock.now,
    tell: (event) => running?.apply(event),
  });
  const release = claimDataFolder(dataFolder);

  const storage = await directoryStorage(join(dataFolder, "journal"));
  const key = await loadSiteKey(join(dataFolder, "keys"));
  const resumed = await resumePicture(storage, softwareVersion, say);
  const journal = await openJournal({
    storage,
    key,
    siteId: loaded.file.site.id,
    softwareVersion,
    now: clock.now,
    ...(resumed.resume === undefined ? {} : { resume: resumed.resume }),
    takeSnapshot: () => {
      // The journal asks for the first one while it opens, before there is a loop.
      const picture = running?.picture() ?? resumed.picture ?? createPicture();
      return { sequence: picture.sequence, at: picture.now, state: snapshotPicture(picture) };
    },
    onGap: (reason) => running?.apply({ type: "gap", reason }),
    onStateChange: (recording, reason) => log.warn({ recording }, recording ? "recording again" : `NOT RECORDING: ${reason}`),
    settings: {
      segmentBytes: loaded.file.journal.segmentMegabytes * 1024 * 1024,
      segmentSeconds: loaded.file.journal.segmentMinutes * 60,
      diskBudgetBytes: loaded.file.journal.diskBudgetGigabytes * 1024 * 1024 * 1024,
    },
  });

  const sources = new Map<string, Source>();
  const listeners = new Set<() => void>();
  const events = createEventLog();
  const queueLimits = new Map(loaded.file.sources.map((source) => [source.id, source.queuePackets]));
  const protocols = new Map(loaded.file.sources.map((source) => [source.id, source.protocol]));

  let metrics: Metrics | undefined;
  let outputs: Outputs | undefined;
  let operator: Operator | undefined;
  let channels: Dispatcher | undefined;
  const history = createHistory({
    file: historyFile(dataFolder),
    journal: join(dataFolder, "journal"),
    retention: {
      keep: loaded.file.history.keepDays * 24 * 3600 * 1e6,
      maximumBytes: loaded.file.history.maximumMegabytes * 1024 * 1024,
    },
    picture: resumed.picture ?? createPicture(),
    log: (level, message) => {
      log[level](message);
      if (level === "warn") say(message);
    },
  });
  const handOff = createHandOff({
    receivers: receiverAddresses(loaded.file.response?.receivers ?? [], dirname(loaded.path)),
    key,
    now: clock.now,
    // Never inside the step that asked for it.
    record: (command) => setImmediate(() => running?.apply({ type: "command", commandId: randomUUID(), actor: HAND_OFF_ACTOR, command })),
    log: (level, text) => log[level](text),
  });
  const loop = createLoop({
    clock,
    journal: {
      append: (event: PictureEvent) => {
        journal.append(event);
        events.add(event);
      },
      writeSnapshot: journal.writeSnapshot,
      writeDigest: journal.writeDigest,
      syncDecision: journal.syncDecision,
    },
    softwareVersion,
    queueLimit: (id) => queueLimits.get(id) ?? 20_000,
    onEffect: (effect: Effect) => {
      if (effect.type === "send") {
        sources
          .get(effect.sourceId)
          ?.send(effect.connection, protocols.get(effect.sourceId) === "sapient" ? frameSapient(effect.bytes) : effect.bytes);
      } else if (effect.type === "close") sources.get(effect.sourceId)?.close(effect.connection, effect.reason);
      else if (effect.type === "slew" || effect.type === "stop-camera") cameras.takeEffect(effect);
      else if (effect.type === "command-result") operator?.takeEffect(effect);
      else if (effect.type === "deliver") channels?.deliver(effect.notification);
      else if (effect.type === "release-response") handOff.release(effect.message);
    },
    onStepped: history.observe,
    onTracked: (microseconds) => metrics?.tracked(microseconds),
    onTurn: (milliseconds) => {
      metrics?.turn(milliseconds);
      for (const listener of listeners) listener();
      outputs?.pictureChanged(clock.now());
    },
    onPacketRead: (sourceId, bytes) => outputs?.packetRead(sourceId, bytes),
    onPacketsRead: () => outputs?.packetsRead(),
    log: (level, message, fields) => log[level](fields ?? {}, message),
    ...(resumed.picture === undefined ? {} : { picture: resumed.picture }),
  });
  running = loop;
  operator = createOperator({
    apply: (event) => loop.apply(withActor(event)),
    applyDecision: (event) => loop.applyDecision(withActor(event)),
  });
  channels = createSiteChannels(
    loaded.file.channels,
    dirname(loaded.path),
    () => configuration.site(),
    (event) => loop.apply(event),
    (level, message) => log[level](message),
  );
  /** What the last run could not deliver is tried again, or told as not delivered: never forgotten. */
  function resumeDeliveries(): void {
    const { again, over } = interruptedDeliveries(loop.picture());
    for (const { notification, channels: to } of over)
      for (const channel of to) {
        const message = "it was not delivered before the server stopped, and is over by now";
        loop.apply({ type: "receipt", notificationId: notification.id, channel, state: "failed", message });
      }
    for (const { notification, channels: to } of again) channels?.deliver({ ...notification, channels: to });
    if (again.length + over.length > 0) log.warn(`${again.length} notifications of the last run are tried again, ${over.length} are over`);
  }
  const healthTimer = setInterval(tellHealth, 1000);
  healthTimer.unref();
  let healthTold = "";
  /** The picture is told how the server is when that changes, so that it can call a person. */
  function tellHealth(): void {
    const state = journal.stats();
    const { recentDrops, slowestTurnMs } = loop.statistics();
    const reason = recentDrops > 0 ? "packets were dropped at full queues" : "the picture is late";
    const health = {
      ...(state.recording ? {} : { recordingFailed: state.reason }),
      ...(recentDrops > 0 || slowestTurnMs > 1000 ? { overload: { dropped: recentDrops, reason } } : {}),
    };
    const told = JSON.stringify({ ...health, overload: health.overload?.reason });
    if (told === healthTold) return;
    healthTold = told;
    loop.apply({ type: "health", ...health });
  }

  const anchors = createAnchors({
    targets: loaded.file.journal.anchors.map((each) => anchorTarget(each, dirname(loaded.path))),
    siteId: loaded.file.site.id,
    keyId: key.keyId,
    head: journal.stats,
    now: clock.now,
    log: (level, text) => log[level](text),
  });
  const anchorTimer = setInterval(() => void anchors.note(), loaded.file.journal.anchorSeconds * 1000);
  anchorTimer.unref();

  const system = (): SystemView => {
    const state = journal.stats();
    const figures = loop.statistics();
    const reasons: string[] = [];
    if (!state.recording) reasons.push(`UNRECORDED: ${state.reason}`);
    if (figures.recentDrops > 0) reasons.push(`${figures.recentDrops} packets were dropped at full queues in the last ten seconds`);
    if (figures.slowestTurnMs > 250)
      reasons.push(`the picture was up to ${Math.round(figures.slowestTurnMs)} ms late in the last ten seconds`);
    const { leftOut } = loop.picture().judgement.attention;
    if (leftOut > 0) reasons.push(`${leftOut} tracks that come in are left out of the attention guard: it is full`);
    if (figures.setAside > 0) reasons.push(`${figures.setAside} events could not be processed and were set aside`);
    reasons.push(...anchors.problems());
    return {
      version: softwareVersion,
      mode: "live",
      replay: null,
      health: reasons.length === 0 ? "OK" : "DEGRADED",
      healthReasons: reasons,
      journal: {
        file: state.file,
        bytes: state.totalBytes,
        sealedSequence: state.sealedSequence,
        daysLeft: state.daysLeft,
        recording: state.recording,
      },
      sequence: loop.picture().sequence,
      nowUs: clock.now(),
    };
  };
  const host: PictureHost = {
    picture: loop.picture,
    system,
    addresses: () => new Map([...sources].map(([id, source]) => [id, source.address()])),
    outputs: () => outputs?.views() ?? [],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command: () => "this picture is live; only a replay can be wound",
  };

  const sapientSources = () =>
    [...loop.picture().sources.values()]
      .filter((source) => source.configuration.protocol === "sapient")
      .map(({ configuration, protocolState }) => ({
        id: configuration.id,
        origin: configuration.origin,
        state: protocolState as SapientState,
      }));
  const senderHost: SenderHost = {
    now: clock.now,
    site: () => {
      const { site, frame } = loop.picture();
      return { id: site?.id ?? "", name: site?.name ?? "", ...frame.origin };
    },
    softwareVersion,
    system,
    overloaded: () => loop.statistics().recentDrops > 0,
    source: (id) => sapientSources().find((source) => source.id === id),
    sources: sapientSources,
    sensors: () => sensorsOf(host),
    alarms: () => judgementOf(host).alerts.length,
    note: (level, message) => log[level === "warning" ? "warn" : "info"](message),
  };

  const signIn = await openSignIn({
    folder: join(dataFolder, "accounts"),
    secure: web.secure,
    local: web.local,
    ...(provider === undefined ? {} : { provider }),
    now: clock.now,
    record: (command) => loop.applyDecision({ type: "command", commandId: randomUUID(), actor: ACCOUNTS_ACTOR, command }),
    tell: (command) => loop.apply({ type: "command", commandId: randomUUID(), actor: ACCOUNTS_ACTOR, command }),
  });
  const live = createLivePublisher(
    host,
    clock,
    (message) => log.info(message),
    // What was detected goes into the tracks before the tracks are shown.
    () => nextScanDue(host.picture()) !== undefined,
  );
  const replays = createReplays({
    journal: join(dataFolder, "journal"),
    softwareVersion,
    startUs: () => history.state().fromUs,
    nowUs: clock.now,
    eventBefore: async (atUs) => ((await history.ask({ ask: "moment", atUs })) as { sequence: number } | undefined)?.sequence,
    log: (message) => log.info(message),
  });
  metrics = createMetrics(host, loop, live.clients);
  const baseMap =
    loaded.file.baseMap === undefined ? undefined : await openBaseMap(resolve(dirname(loaded.path), loaded.file.baseMap.file));
  if (baseMap !== undefined && !baseMap.ok) {
    say(baseMap.error);
    log.warn(baseMap.error);
  }
  const files = createAssociatedFiles(loaded.file.associatedFiles?.allow ?? []);
  const exercise =
    options.exercise === undefined
      ? undefined
      : createExercise({ plan: options.exercise, history, assets: () => siteOf(host)?.assets ?? [] });
  const api = createApi({
    host,
    eventsSince: events.since,
    configuration,
    decide: (event) => loop.applyDecision(withActor(event)),
    operate: operator.operate,
    accounts: signIn.api,
    journalHead: () => {
      const { head, sealedSequence } = journal.stats();
      return { head, sealedSequence, publicKey: key.publicKey, nowUs: clock.now() };
    },
    channels: channels.states,
    cameras,
    files,
    exercise,
    launcher: options.launcher,
    baseMap: baseMap?.ok ? baseMap.value : undefined,
    history,
    version: softwareVersion,
  });
  const rules = createAccess(apiPaths(api), signIn.accounts, signIn.sessions, web);
  let ready = false;
  let http: HttpServer | undefined;
  const stopAll = async () => {
    ready = false;
    await Promise.all([...sources.values()].map((source) => source.stop()));
    await cameras.stop();
    options.launcher?.stop();
    files.close();
    if (baseMap?.ok) await baseMap.value.close();
    // The record first: a console that does not answer must not keep the journal open.
    clearInterval(healthTimer);
    await channels?.close();
    await handOff.close();
    await new Promise<void>((done) => setImmediate(() => setImmediate(done)));
    loop.stop();
    clearInterval(anchorTimer);
    await journal.close();
    await anchors.note();
    await history.stop();
    release();
    live.close();
    replays.close();
    await Promise.all([outputs?.stop(), http?.close()]);
    await new Promise<void>((resolve) => log.flush(() => resolve()));
  };
  try {
    http = await startHttpServer({
      host: loaded.file.http.bind,
      port: options.port,
      hosts: loaded.file.http.hosts,
      ...(web.tls === undefined ? {} : { tls: web.tls }),
      note: (level, message) => log[level](message),
      consoleFolder: options.consoleFolder,
      api,
      live: {
        ...live,
        upgrade: (request, socket, head) => {
          if (!replays.upgrade(request, socket, head)) live.upgrade(request, socket, head);
        },
      },
      access: { rules, sessions: signIn.sessions },
      ready: () => ready,
      metrics: metrics.read,
    });
    if (resumed.gap !== undefined) loop.apply({ type: "gap", reason: resumed.gap });
    loop.apply({ type: "configure", site: configuration.site(), softwareVersion });
    loop.start();
    resumeDeliveries();
    const parties = partiesOf(loaded.file);
    for (const source of loaded.file.sources) {
      const created = createSource(source, dirname(loaded.path), loop.ingest, parties);
      sources.set(source.id, created);
      await created.start();
    }
    cameras.start();
    outputs = createOutputs(loaded.file.outputs, dirname(loaded.path), senderHost, () => tracksOf(host), parties);
    await outputs.start();
  } catch (error) {
    await stopAll().catch(() => undefined); // the first reason is the one that helps
    throw error;
  }
  ready = true;
  const overSoon = web.warning(clock.now());
  if (overSoon !== undefined) {
    say(overSoon);
    log.warn(overSoon);
  }
  log.info(`ready on port ${http.port}`);
  const firstToken = signIn.firstToken();
  // Told to the terminal and not to the log: who reads the log later must not be let in.
  if (firstToken !== undefined) {
    const meanwhile = web.local ? "names on the screen are not proved" : "nobody is let in";
    say(`no account exists yet: ${meanwhile}. To make the first account (administrator), open`);
    say(`    ${web.url(http.port)}/#invitation=${firstToken}`);
  }
  signIn.enrolAll();
  return {
    port: http.port,
    url: web.url(http.port),
    host,
    sourcePort: (id) => sources.get(id)?.address().port ?? null,
    exercise,
    notices: () => noticesOf(host),
    stop: stopAll,
  };
}

function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    const probe = join(folder, ".write-probe");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new UsageError(`cannot write to the data folder ${folder}: ${(error as Error).message}`);
  }
}

/** One server for one data folder: two writers would tear the journal. A pid file whose process is gone is taken over. */
function claimDataFolder(folder: string): () => void {
  const file = join(folder, "picket.pid");
  const claim = () => writeFileSync(file, `${process.pid}\n${startOf(process.pid)}\n`, { flag: "wx" });
  try {
    claim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
    const owner = readPid(file);
    if (owner !== undefined && owner.pid !== process.pid && isRunning(owner.pid) && owner.start === startOf(owner.pid)) {
      throw new UsageError(`the data folder ${folder} is in use by another Picket (process ${owner.pid}); stop it or give another --data`);
    }
    rmSync(file, { force: true });
    claim();
  }
  return () => rmSync(file, { force: true });
}

function readPid(file: string): { pid: number; start: string } | undefined {
  try {
    const [first, start] = readFileSync(file, "utf8").split("\n");
    const pid = Number(first);
    return Number.isInteger(pid) && pid > 0 ? { pid, start: start ?? "" } : undefined;
  } catch {
    return undefined; // gone in between, or not ours to read: the next write decides
  }
}

/** What tells a process from a later one with its number: its start since boot, and the boot. Empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const ticks = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19];
    return `${boot} ${ticks}`;
  } catch {
    return ""; // another system, or the process has gone
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
