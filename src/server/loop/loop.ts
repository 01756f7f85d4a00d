// The shell's one writer: takes what the sources hear, stamps order and time, journals it, steps the picture, and carries out
// what the step asks. A turn starts when something arrives or a look is complete; how soon after the last depends on how long that took.

import { createHash } from "node:crypto";
import { MICROS_PER_SECOND, type Micros } from "../../core/base/units.ts";
import { restorePicture, snapshotPicture } from "../../core/engine/digest.ts";
import { createPicture, type Picture } from "../../core/engine/picture.ts";
import { nextScanDue } from "../../core/engine/scans.ts";
import { step } from "../../core/engine/step.ts";
import type { Effect, PictureEvent, SourceError } from "../../core/model/event.ts";
import type { SourceView } from "../../core/model/picture-view.ts";
import { asJournalled } from "../journal/event-codec.ts";
import type { Ingest } from "../sources/source.ts";
import type { Clock } from "./clock.ts";
import { createSourceQueue, type SourceQueue } from "./source-queue.ts";

/** An event without the stamps that only the loop may give. `Omit` alone would merge the union's members. */
type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;
export type UnstampedEvent = WithoutStamps<PictureEvent>;

/** What the loop needs of a journal. */
export interface JournalPort {
  append(event: PictureEvent): void;
  writeSnapshot(sequence: number, at: Micros, state: Uint8Array): void;
  writeDigest(sequence: number, digest: string): void;
  syncDecision(): Promise<void>;
}

export interface LoopOptions {
  readonly clock: Clock;
  readonly journal: JournalPort | undefined;
  readonly softwareVersion: string;
  /** Packets that may wait, for each source. */
  readonly queueLimit: (sourceId: string) => number;
  readonly onEffect: (effect: Effect) => void;
  /** After each turn, with its length in milliseconds. */
  readonly onTurn: (milliseconds: number) => void;
  /** A packet's detections are in the tracks: microseconds since it arrived. */
  readonly onTracked?: (microseconds: number) => void;
  /** An event was stepped: for what follows the picture step by step. */
  readonly onStepped?: (picture: Picture, event: PictureEvent, effects: readonly Effect[]) => void;
  /** A packet was stepped, and its source's protocol read at least one message in it. */
  readonly onPacketRead?: (sourceId: string, bytes: Uint8Array) => void;
  /** The packets of a turn were stepped, and the tick was not: what they led to leaves before the picture is judged. */
  readonly onPacketsRead?: () => void;
  readonly log: (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;
  /** The picture to go on with after a restart; a new one otherwise. */
  readonly picture?: Picture;
}

export interface LoopStatistics {
  turns: number;
  events: number;
  setAside: number;
  /** Longest turn of the last ten seconds, milliseconds. */
  slowestTurnMs: number;
  queued: number;
  /** Packets dropped at full queues in the last ten seconds. */
  recentDrops: number;
}

export interface Loop {
  readonly ingest: Ingest;
  picture(): Picture;
  /** Stamps, journals and steps one event at once, before everything that waits: for configuration and for people. */
  apply(event: UnstampedEvent): void;
  /** Like `apply`, and resolves when the journal holds it safely (D2); rejects when it cannot. */
  applyDecision(event: UnstampedEvent): Promise<void>;
  start(): void;
  /** Works off what waits and stops. */
  stop(): void;
  statistics(): LoopStatistics;
  /** Packets waiting, for each source. */
  queueDepths(): ReadonlyMap<string, number>;
}

/** Between the starts of two turns, ms: twice what the last one took, within these, so that turns never take more than half of the time. */
const SHORTEST_PERIOD = 1;
const LONGEST_PERIOD = 5;
const TICK_PERIOD = 5; // ms between two ticks, unless a look is complete
const TURN_BUDGET = 20; // ms of work before other callbacks get their chance
const PACKETS_A_ROUND = 64; // of one source before the next source has its turn
const IDLE_TICK = 250; // ms
const LONGEST_SCAN_WAIT = 5; // ms until the next look at the clock while a scan is open, whatever the clock says
/** A snapshot is some megabytes; between two of them a restart or a seek steps at most so much again. */
const SNAPSHOT_PERIOD = 120 * MICROS_PER_SECOND;
/** Encoding the picture stops everything for tens of milliseconds: seldom. What is stepped again after a fault is at most this much. */
const CHECKPOINT_PERIOD = 30 * MICROS_PER_SECOND;
/** Events kept in memory since the last checkpoint, to be stepped again when one of them is set aside. */
const CHECKPOINT_EVENTS = 100_000;
const CHECKPOINT_BYTES = 32 * 1024 * 1024;

/** A source whose packets trip the picture so often within a minute is held back: each trip is a step back and a record in the journal. */
const TRIPS_BEFORE_REST = 3;
const TRIPS_REMEMBERED = 60 * MICROS_PER_SECOND;
/** Twice as long with each further trip. */
const FIRST_REST = MICROS_PER_SECOND;
const LONGEST_REST = 60 * MICROS_PER_SECOND;
const HELD_BACK = "held back after faults";

interface Trips {
  count: number;
  lastAt: number;
  restUntil: number;
}

interface Counts {
  errors: Map<string, SourceError>;
  drops: Map<string, number>;
}

export function createLoop(options: LoopOptions): Loop {
  const { clock, journal } = options;
  let picture = options.picture ?? createPicture();
  const queues = new Map<string, SourceQueue>();
  const counts = new Map<string, Counts>();
  let connections = picture.lastConnection;
  let nextQueue = 0;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let lastTurnAt = 0;
  let lastTook = 0;
  let lastTickAt = 0;
  /** Something was stepped since the last tick. */
  let owesTick = false;
  /** The tick that was due waits for this turn, because the one before closed looks. */
  let postponed = false;
  /** When `timer` ends. */
  let timerAt = 0;
  let lastCountsAt = 0;
  let running = false;
  const statistics: LoopStatistics = { turns: 0, events: 0, setAside: 0, slowestTurnMs: 0, queued: 0, recentDrops: 0 };
  let statisticsSince = 0;
  let slowestNow = 0;
  let dropsNow = 0;

  let checkpoint: Uint8Array | undefined;
  let checkpointAt = 0;
  let snapshotAt = 0;
  let sinceCheckpoint: PictureEvent[] = [];
  let bytesSinceCheckpoint = 0;

  function queueOf(sourceId: string): SourceQueue {
    let queue = queues.get(sourceId);
    if (queue === undefined) {
      queue = createSourceQueue(sourceId, options.queueLimit(sourceId));
      queues.set(sourceId, queue);
    }
    return queue;
  }

  function countsOf(sourceId: string): Counts {
    let found = counts.get(sourceId);
    if (found === undefined) {
      found = { errors: new Map(), drops: new Map() };
      counts.set(sourceId, found);
    }
    return found;
  }

  const ingest: Ingest = {
    packet: (sourceId, connection, bytes, sender) => {
      if (isResting(sourceId)) {
        ingest.drop(sourceId, HELD_BACK);
        return false;
      }
      // A plain view: a Buffer is a class of its own and must not reach the core.
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const fate = queueOf(sourceId).push(sender ?? connection, { connection, bytes: plain, at: clock.now() });
      if (fate !== "taken") {
        ingest.drop(sourceId, "queue full");
        dropsNow += 1;
      }
      if (fate === "taken") statistics.queued += 1;
      schedule();
      return fate !== "refused";
    },
    hasRoom: (sourceId, connection) => queueOf(sourceId).hasRoom(connection),
    onceRoom: (sourceId, connection, resume) => queueOf(sourceId).onceRoom(connection, resume),
    nextConnection: () => {
      connections += 1;
      return connections;
    },
    connection: (sourceId, connection, change, peer, reason, identity) => {
      const told = { connection, bytes: new Uint8Array(0), at: clock.now(), change, peer, reason };
      queueOf(sourceId).pushChange(connection, identity === undefined ? told : { ...told, identity });
      statistics.queued += 1;
      schedule();
    },
    error: (sourceId, error) => {
      const { errors } = countsOf(sourceId);
      const key = `${error.code} ${error.item}`;
      const known = errors.get(key);
      if (known !== undefined) errors.set(key, { ...known, message: error.message, count: known.count + error.count });
      else if (errors.size < 64) errors.set(key, error);
      else
        errors.set("other other", {
          code: "other",
          item: "other",
          message: error.message,
          count: (errors.get("other other")?.count ?? 0) + error.count,
        });
    },
    drop: (sourceId, reason, count = 1) => {
      const { drops } = countsOf(sourceId);
      drops.set(reason, (drops.get(reason) ?? 0) + count);
    },
    state: (sourceId, state: SourceView["state"], message) => {
      options.log(state === "failed" ? "error" : "info", `source ${sourceId}: ${state}${message === "" ? "" : `: ${message}`}`);
      apply({ type: "source-state", sourceId, state, message });
      schedule();
    },
  };

  /** A decision waits for the disk: nothing may be stepped in front of it, so everything else waits behind it. */
  let held = false;
  /** Arrival times of packets whose detections may still wait in an open scan, by source, oldest first. */
  const untracked = new Map<string, number[]>();

  /** Tells how long the packets took whose scans are closed by now. */
  function tellTracked(): void {
    if (options.onTracked === undefined) return;
    const oldestOpen = new Map<string, number>();
    for (const sensor of picture.sensors.values()) {
      if (sensor.openScan === undefined) continue;
      oldestOpen.set(
        sensor.sourceId,
        Math.min(oldestOpen.get(sensor.sourceId) ?? Number.POSITIVE_INFINITY, sensor.openScan.firstArrivalAt),
      );
    }
    const now = clock.now();
    for (const [sourceId, arrivals] of untracked) {
      const open = oldestOpen.get(sourceId) ?? Number.POSITIVE_INFINITY;
      let done = 0;
      while (done < arrivals.length && arrivals[done]! < open) done += 1;
      for (const at of arrivals.splice(0, done)) options.onTracked(now - at);
    }
  }
  let deferred: { event: UnstampedEvent; at: Micros }[] = [];

  function stampAndStep(event: UnstampedEvent, at: Micros): void {
    if (held) {
      deferred.push({ event, at });
      return;
    }
    stepStamped(record(event, at));
  }

  function record(event: UnstampedEvent, at: Micros): PictureEvent {
    const stamps = { sequence: picture.sequence + 1, at: Math.max(at, picture.now) };
    // What is stepped must be what the journal can give back.
    const stamped = asJournalled({ ...event, ...stamps } as PictureEvent);
    journal?.append(stamped);
    statistics.events += 1;
    sinceCheckpoint.push(stamped);
    if (stamped.type === "packet") bytesSinceCheckpoint += stamped.bytes.length + 64;
    return stamped;
  }

  function stepStamped(stamped: PictureEvent): void {
    let effects: Effect[];
    const source = options.onPacketRead !== undefined && stamped.type === "packet" ? picture.sources.get(stamped.sourceId) : undefined;
    const recordsBefore = source?.records ?? 0;
    try {
      effects = step(picture, stamped);
    } catch (error) {
      setAside(stamped, error as Error);
      return;
    }
    for (const effect of effects) options.onEffect(effect);
    options.onStepped?.(picture, stamped, effects);
    if (source !== undefined && source.records > recordsBefore && stamped.type === "packet")
      options.onPacketRead?.(stamped.sourceId, stamped.bytes);
  }

  const trips = new Map<string, Trips>();

  function isResting(sourceId: string): boolean {
    const known = trips.size === 0 ? undefined : trips.get(sourceId);
    return known !== undefined && known.restUntil > clock.now();
  }

  function countTrip(sourceId: string, connection: number): void {
    const now = clock.now();
    const before = trips.get(sourceId);
    const count = before === undefined || now - before.lastAt > TRIPS_REMEMBERED ? 1 : before.count + 1;
    const beyond = Math.min(count - TRIPS_BEFORE_REST, 10);
    const rest = beyond < 0 ? 0 : Math.min(LONGEST_REST, FIRST_REST * (1 << beyond));
    trips.set(sourceId, { count, lastAt: now, restUntil: now + rest });
    if (rest === 0) return;
    options.log("warn", `source ${sourceId} is held back for ${rest / MICROS_PER_SECOND} s: its packets were set aside ${count} times`);
    if (connection !== 0) options.onEffect({ type: "close", sourceId, connection, reason: HELD_BACK });
  }

  /** Goes back to the checkpoint, steps everything again but the event that tripped, and says so in the journal and on the screen. */
  function setAside(event: PictureEvent, error: Error): void {
    options.log("error", `event ${event.sequence} (${event.type}) was set aside: ${error.message}`, { stack: error.stack });
    statistics.setAside += 1;
    const again = sinceCheckpoint.filter((earlier) => earlier !== event);
    picture = checkpoint === undefined ? createPicture() : restorePicture(checkpoint);
    for (const earlier of again) step(picture, earlier);
    // The place of the event in the order stays taken.
    picture.sequence = event.sequence;
    sinceCheckpoint = again;
    const reason = error.message.slice(0, 300);
    const told = { type: "set-aside", setAside: event.sequence, reason, sequence: event.sequence + 1, at: event.at } as const;
    journal?.append(told);
    step(picture, told);
    // Stepping again from here on must not meet the gap in the numbers: start from a fresh checkpoint.
    takeCheckpoint(true);
    if (event.type === "packet") countTrip(event.sourceId, event.connection);
  }

  function takeCheckpoint(withSnapshot: boolean): void {
    checkpoint = snapshotPicture(picture);
    checkpointAt = picture.now;
    sinceCheckpoint = [];
    bytesSinceCheckpoint = 0;
    if (journal === undefined) return;
    if (withSnapshot || picture.now - snapshotAt >= SNAPSHOT_PERIOD) {
      snapshotAt = picture.now;
      journal.writeSnapshot(picture.sequence, picture.now, checkpoint);
    }
    // The same digest as pictureDigest, by the faster implementation.
    journal.writeDigest(picture.sequence, createHash("sha256").update(checkpoint).digest("hex"));
  }

  function apply(event: UnstampedEvent): void {
    stampAndStep(event, clock.now());
  }

  /** Journals a decision, waits until it is safe on the disk, and only then lets it take effect. */
  async function applyDecision(event: UnstampedEvent): Promise<void> {
    while (held) await new Promise((resolve) => setTimeout(resolve, 1));
    if (journal === undefined) {
      apply(event);
      return;
    }
    held = true;
    const stamped = record(event, clock.now());
    let failure: unknown;
    try {
      await journal.syncDecision();
    } catch (error) {
      failure = error;
    }
    held = false;
    if (failure === undefined) stepStamped(stamped);
    else setAside(stamped, new Error("it could not be recorded"));
    const waiting = deferred;
    deferred = [];
    for (const { event: later, at } of waiting) stampAndStep(later, at);
    schedule();
    if (failure !== undefined) throw failure;
  }

  function drain(deadline: number): boolean {
    const order = [...queues.values()];
    let left = true;
    while (left) {
      left = false;
      for (let i = 0; i < order.length; i++) {
        const queue = order[(nextQueue + i) % order.length]!;
        for (let taken = 0; taken < PACKETS_A_ROUND; taken++) {
          const item = queue.take();
          if (item === undefined) break;
          statistics.queued -= 1;
          if (item.change === undefined && isResting(queue.sourceId)) {
            ingest.drop(queue.sourceId, HELD_BACK);
            continue;
          }
          if (item.change === undefined && options.onTracked !== undefined) {
            const arrivals = untracked.get(queue.sourceId);
            if (arrivals === undefined) untracked.set(queue.sourceId, [item.at]);
            else arrivals.push(item.at);
          }
          if (item.change === undefined)
            stampAndStep({ type: "packet", sourceId: queue.sourceId, connection: item.connection, bytes: item.bytes }, item.at);
          else {
            const { connection, change, peer, reason, identity } = item;
            const told = {
              type: "connection",
              sourceId: queue.sourceId,
              connection,
              change,
              peer: peer ?? "",
              reason: reason ?? "",
            } as const;
            stampAndStep(identity === undefined ? told : { ...told, identity }, item.at);
          }
        }
        if (queue.size() > 0) left = true;
        if (performance.now() > deadline) {
          nextQueue = (nextQueue + i + 1) % order.length;
          return left || order.some((other) => other.size() > 0);
        }
      }
    }
    return false;
  }

  function tellCounts(): void {
    for (const [sourceId, { errors, drops }] of counts) {
      if (errors.size === 0 && drops.size === 0) continue;
      apply({
        type: "source-counts",
        sourceId,
        errors: [...errors.values()],
        drops: [...drops].map(([reason, count]) => ({ reason, count })),
      });
      errors.clear();
      drops.clear();
    }
  }

  function turn(): void {
    clearTimeout(timer);
    timer = undefined;
    immediate = undefined;
    if (!running) return;
    if (held) {
      turnIn(1);
      return;
    }
    const began = performance.now();
    lastTurnAt = began;
    const more = drain(began + TURN_BUDGET);
    options.onPacketsRead?.();
    const now = clock.now();
    if (now - lastCountsAt >= MICROS_PER_SECOND) {
      lastCountsAt = now;
      tellCounts();
    }
    const complete = nextScanDue(picture);
    const looks = complete !== undefined && complete <= clock.now();
    if (looks) {
      apply({ type: "tick", looks: true });
      tellTracked();
    }
    // Judging takes longer than closing a look: it has a turn of its own, the next one, before which packets are read again.
    const judgeNext = looks && !postponed && began - lastTickAt >= TICK_PERIOD;
    postponed = judgeNext;
    if (!judgeNext && began - lastTickAt >= TICK_PERIOD) {
      lastTickAt = began;
      owesTick = false;
      apply({ type: "tick" });
      tellTracked();
    } else owesTick = true;
    statistics.turns += 1;
    if (now - checkpointAt >= CHECKPOINT_PERIOD || sinceCheckpoint.length > CHECKPOINT_EVENTS || bytesSinceCheckpoint > CHECKPOINT_BYTES)
      takeCheckpoint(false);
    const took = performance.now() - began;
    slowestNow = Math.max(slowestNow, took);
    if (began - statisticsSince > 10_000) {
      statistics.slowestTurnMs = slowestNow;
      statistics.recentDrops = dropsNow;
      slowestNow = 0;
      dropsNow = 0;
      statisticsSince = began;
    }
    lastTook = took;
    options.onTurn(took);
    if (more || judgeNext) immediate = setImmediate(turn);
    else turnIn(untilNextTick());
  }

  /** Milliseconds until time has to pass in the picture though nothing arrives. */
  function untilNextTick(): number {
    const tick = owesTick ? lastTickAt + TICK_PERIOD - performance.now() : IDLE_TICK;
    const due = nextScanDue(picture);
    if (due === undefined) return tick;
    return Math.min(tick, Math.max((due - clock.now()) / 1000, SHORTEST_PERIOD), LONGEST_SCAN_WAIT);
  }

  /** Starts a turn after so many milliseconds, unless one starts sooner already. */
  function turnIn(wait: number): void {
    if (!running || immediate !== undefined) return;
    const at = performance.now() + wait;
    if (timer !== undefined) {
      if (timerAt <= at + 0.5) return;
      clearTimeout(timer);
      timer = undefined;
    }
    if (wait <= 0) {
      immediate = setImmediate(turn);
      return;
    }
    timerAt = at;
    timer = setTimeout(turn, wait);
  }

  /** Something waits: the next turn comes at once, or as soon as the last one is long enough ago. */
  function schedule(): void {
    const period = Math.min(Math.max(2 * lastTook, SHORTEST_PERIOD), LONGEST_PERIOD);
    turnIn(lastTurnAt + period - performance.now());
  }

  return {
    ingest,
    picture: () => picture,
    apply: (event) => {
      apply(event);
      schedule();
    },
    applyDecision,
    start: () => {
      running = true;
      takeCheckpoint(true);
      turn();
    },
    stop: () => {
      if (!running) return;
      while (drain(Number.POSITIVE_INFINITY)) {
        // until nothing waits
      }
      tellCounts();
      apply({ type: "tick" });
      running = false;
      clearTimeout(timer);
      clearImmediate(immediate);
      takeCheckpoint(true);
    },
    statistics: () => statistics,
    queueDepths: () => new Map([...queues].map(([id, queue]) => [id, queue.size()])),
  };
}
