import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../../core/base/units.ts";
import { pictureDigest } from "../../core/engine/digest.ts";
import { createPicture } from "../../core/engine/picture.ts";
import { step } from "../../core/engine/step.ts";
import { sourceCounters } from "../../core/engine/views.ts";
import type { PictureEvent } from "../../core/model/event.ts";
import type { Site } from "../../core/model/site.ts";
import { createClock } from "./clock.ts";
import { createLoop, type JournalPort, type Loop } from "./loop.ts";

const SITE = {
  id: "t",
  name: "Loop",
  origin: { latitude: 0.6, longitude: 0.7, heightHae: 0 },
  sources: ["a", "b"].map((id) => ({ id, protocol: "sbs", origin: "live", timeBasis: "receive", options: {} })),
  sensors: [],
  assets: [],
  zones: [],
} as unknown as Site;

function aLoop(limit = 1000): { loop: Loop; events: PictureEvent[]; digests: Map<number, string> } {
  const events: PictureEvent[] = [];
  const digests = new Map<number, string>();
  const journal: JournalPort = {
    append: (event) => events.push(event),
    writeSnapshot: () => undefined,
    writeDigest: (sequence, digest) => digests.set(sequence, digest),
    syncDecision: async () => undefined,
  };
  const loop = createLoop({
    clock: createClock(),
    journal,
    softwareVersion: "1",
    queueLimit: () => limit,
    onEffect: () => undefined,
    onTurn: () => undefined,
    log: () => undefined,
  });
  loop.apply({ type: "configure", site: SITE, softwareVersion: "1" });
  return { loop, events, digests };
}

const SBS_LINE = "MSG,3,1,1,4CA120,1,2026/01/01,00:00:00.000,2026/01/01,00:00:00.000,,3000,,,36.9,43.1,,,0,0,0,0";
const line = (text: string) => new TextEncoder().encode(text);

test("what is journalled gives the same picture when it is stepped again", () => {
  const { loop, events } = aLoop();
  loop.start();
  for (let i = 0; i < 50; i++) loop.ingest.packet("a", 1, line(`MSG,${i}`));
  loop.ingest.drop("b", "queue full", 3);
  loop.stop();
  const again = createPicture();
  for (const event of events) step(again, event);
  assert.equal(pictureDigest(again), pictureDigest(loop.picture()));
  assert.deepEqual(sourceCounters(loop.picture()).find((source) => source.id === "b")!.drops, [{ reason: "queue full", count: 3 }]);
});

test("sequences count up by one and time never runs backwards, whatever arrives in which order", () => {
  const { loop, events } = aLoop();
  loop.start();
  for (let i = 0; i < 300; i++) loop.ingest.packet(i % 3 === 0 ? "a" : "b", 1, line("x"));
  loop.stop();
  events.forEach((event, index) => {
    assert.equal(event.sequence, index + 1);
    if (index > 0) assert.ok(event.at >= events[index - 1]!.at);
  });
});

test("a full queue drops the newest, counts it, and says so to who sends", () => {
  const { loop } = aLoop(10);
  const taken = Array.from({ length: 15 }, () => loop.ingest.packet("a", 1, line("x")));
  assert.deepEqual(taken, [...Array(10).fill(true), ...Array(5).fill(false)]);
  loop.start();
  loop.stop();
  const source = sourceCounters(loop.picture()).find(({ id }) => id === "a")!;
  assert.equal(source.packets, 10);
  assert.deepEqual(source.drops, [{ reason: "queue full", count: 5 }]);
});

test("a flood on one source does not keep another waiting: they take turns", () => {
  const { loop, events } = aLoop(100_000);
  for (let i = 0; i < 5000; i++) loop.ingest.packet("a", 1, line("x"));
  loop.ingest.packet("b", 1, line("y"));
  loop.start();
  loop.stop();
  const packets = events.filter((event) => event.type === "packet");
  const place = packets.findIndex((event) => event.sourceId === "b");
  assert.ok(place <= 64, `after ${place} packets of the flood`);
});

test("an event that trips an assertion is set aside: the picture is as if it had never been, and a replay that skips it agrees", () => {
  const { loop, events, digests } = aLoop();
  loop.start();
  loop.ingest.packet("a", 1, line("before"));
  loop.stop();
  loop.start();
  loop.apply({ type: "configure", site: { ...SITE, sources: null } as unknown as Site, softwareVersion: "1" });
  loop.ingest.packet("a", 1, line("after"));
  loop.stop();
  assert.equal(loop.statistics().setAside, 1);
  const aside = events.find((event) => event.type === "set-aside")!;
  assert.equal(events.find((event) => event.sequence === aside.setAside)!.type, "configure");
  assert.ok(loop.picture().notices.some((notice) => notice.key === "event-set-aside"));
  assert.equal(sourceCounters(loop.picture()).find(({ id }) => id === "a")!.packets, 2);

  const again = createPicture();
  for (const event of events) {
    if (event.sequence === aside.setAside) again.sequence = event.sequence;
    else step(again, event);
  }
  assert.equal(pictureDigest(again), pictureDigest(loop.picture()));
  assert.equal(digests.get(loop.picture().sequence), pictureDigest(loop.picture()));
});

test("a source whose packets trip the picture again and again is held back, and another is not", () => {
  const { loop, events } = aLoop();
  // A state that no protocol can use: whatever comes on this source trips.
  loop.picture().sources.get("a")!.protocolState = null;
  loop.start();
  for (let i = 0; i < 500; i++) loop.ingest.packet("a", 1, line(SBS_LINE));
  for (let i = 0; i < 5; i++) loop.ingest.packet("b", 1, line("good"));
  loop.stop();
  assert.equal(loop.statistics().setAside, 3);
  assert.equal(events.filter((event) => event.type === "set-aside").length, 3);
  const [a, b] = sourceCounters(loop.picture());
  assert.deepEqual(a!.drops, [{ reason: "held back after faults", count: 497 }]);
  assert.equal(b!.packets, 5);
});

test("who reads along hears each packet that was understood, once, and none that was not", () => {
  const heard: string[] = [];
  const loop = createLoop({
    clock: createClock(),
    journal: undefined,
    softwareVersion: "1",
    queueLimit: () => 10,
    onEffect: () => undefined,
    onTurn: () => undefined,
    onPacketRead: (sourceId, bytes) => heard.push(`${sourceId} ${new TextDecoder().decode(bytes).slice(0, 5)}`),
    log: () => undefined,
  });
  loop.apply({ type: "configure", site: SITE, softwareVersion: "1" });
  loop.start();
  loop.ingest.packet("a", 1, line("nonsense"));
  loop.ingest.packet("b", 1, line(SBS_LINE));
  loop.stop();
  assert.deepEqual(heard, ["b MSG,3"]);
});

test("a wall clock that is set back neither stops nor reverses the picture's; one set ahead is followed", () => {
  let wall = 1_000_000;
  let monotonic = 0;
  const clock = createClock(
    () => wall,
    () => monotonic,
  );
  const first = clock.now();
  wall -= 3_600_000;
  monotonic += 1000;
  assert.equal(clock.now() - first, 1_000_000);
  wall += 3_600_000 + 24 * 3_600_000 + 1000;
  assert.equal(clock.now(), micros(wall * 1000));
});

test("a decision takes effect only after the disk has it, and what arrives meanwhile is stepped behind it", async () => {
  const events: PictureEvent[] = [];
  let release: () => void = () => undefined;
  const journal: JournalPort = {
    append: (event) => events.push(event),
    writeSnapshot: () => undefined,
    writeDigest: () => undefined,
    syncDecision: () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  };
  const loop = createLoop({
    clock: createClock(),
    journal,
    softwareVersion: "1",
    queueLimit: () => 10,
    onEffect: () => undefined,
    onTurn: () => undefined,
    log: () => undefined,
  });
  loop.apply({ type: "configure", site: SITE, softwareVersion: "1" });
  const decided = loop.applyDecision({
    type: "command",
    commandId: "1",
    actor: { name: "Officer", authenticated: false },
    command: { kind: "note", text: "agreed" },
  });
  loop.apply({ type: "source-state", sourceId: "a", state: "listening", message: "" });
  assert.equal(loop.picture().notices.length, 0, "not before the disk has it");
  release();
  await decided;
  assert.equal(loop.picture().notices[0]?.key, "operator-note");
  assert.deepEqual(
    events.map((event) => event.type),
    ["configure", "command", "source-state"],
  );
});

test("a decision that the disk refuses is refused, has no effect, and leaves a replay that agrees", async () => {
  const events: PictureEvent[] = [];
  const journal: JournalPort = {
    append: (event) => events.push(event),
    writeSnapshot: () => undefined,
    writeDigest: () => undefined,
    syncDecision: async () => {
      throw new Error("the disk is full");
    },
  };
  const loop = createLoop({
    clock: createClock(),
    journal,
    softwareVersion: "1",
    queueLimit: () => 10,
    onEffect: () => undefined,
    onTurn: () => undefined,
    log: () => undefined,
  });
  loop.apply({ type: "configure", site: SITE, softwareVersion: "1" });
  await assert.rejects(
    loop.applyDecision({
      type: "command",
      commandId: "1",
      actor: { name: "Officer", authenticated: false },
      command: { kind: "set-qnh", hectopascals: 1000 },
    }),
    /the disk is full/,
  );
  assert.equal(loop.picture().qnh, undefined);
  const aside = events.find((event) => event.type === "set-aside")!;
  const again = createPicture();
  for (const event of events) {
    if (event.sequence === aside.setAside) again.sequence = event.sequence;
    else step(again, event);
  }
  assert.equal(pictureDigest(again), pictureDigest(loop.picture()));
});
