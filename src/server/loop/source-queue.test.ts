import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { micros } from "../../core/base/units.ts";
import { createSourceQueue, type SourceQueue } from "./source-queue.ts";

const packet = (connection: number, mark: number, octets = 1) => ({
  connection,
  bytes: new Uint8Array(octets).fill(mark),
  at: micros(mark),
});
const change = (connection: number, what: "opened" | "closed") => ({ connection, bytes: new Uint8Array(0), at: micros(0), change: what });
const takeAll = (queue: SourceQueue): string[] => {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take())
    taken.push(item.change === undefined ? `${item.connection}:${item.at}` : `${item.connection} ${item.change}`);
  return taken;
};

test("lines take turns of eight: the first packet of a quiet line waits for eight of the flood, not for a thousand", () => {
  const queue = createSourceQueue("s", 5000);
  for (let i = 0; i < 1000; i++) queue.push(1, packet(1, i));
  queue.push(2, packet(2, 0));
  assert.equal(takeAll(queue).indexOf("2:0"), 8);
});

test("within a line the order stays, connection events among its packets", () => {
  const queue = createSourceQueue("s", 100);
  queue.pushChange(1, change(1, "opened"));
  for (let i = 0; i < 20; i++) {
    queue.push(1, packet(1, i));
    queue.push(2, packet(2, i));
  }
  queue.pushChange(1, change(1, "closed"));
  const first = takeAll(queue).filter((text) => text.startsWith("1"));
  assert.deepEqual(first, ["1 opened", ...Array.from({ length: 20 }, (_, i) => `1:${i}`), "1 closed"]);
});

test("a full queue loses the newest of its longest line, and the short line's packet is taken", () => {
  const queue = createSourceQueue("s", 10);
  for (let i = 0; i < 10; i++) assert.equal(queue.push("flood", packet(0, i)), "taken");
  assert.equal(queue.push("flood", packet(0, 10)), "refused");
  assert.equal(queue.push("quiet", packet(1, 0)), "displaced");
  assert.equal(queue.size(), 10);
  assert.deepEqual(takeAll(queue).sort(), ["0:0", "0:1", "0:2", "0:3", "0:4", "0:5", "0:6", "0:7", "0:8", "1:0"]);
});

test("a stream is asked to wait at 512 packets or 4 MiB of its own, less where many connections share the queue", () => {
  const queue = createSourceQueue("s", 20_000);
  for (let i = 0; i < 512; i++) {
    assert.equal(queue.hasRoom(1), true);
    queue.push(1, packet(1, i));
  }
  assert.equal(queue.hasRoom(1), false);
  assert.equal(queue.hasRoom(2), true, "another's line is not its business");
  for (let i = 0; i < 4; i++) queue.push(2, packet(2, i, 1024 * 1024));
  assert.equal(queue.hasRoom(2), false);

  const shared = createSourceQueue("s", 100);
  for (let connection = 1; connection <= 10; connection++) shared.pushChange(connection, change(connection, "opened"));
  for (let i = 0; i < 9; i++) shared.push(3, packet(3, i));
  assert.equal(shared.hasRoom(3), false, "a tenth of 100, with its opening");
  shared.pushChange(4, change(4, "closed"));
  assert.equal(shared.hasRoom(5), true);
});

test("who waits is called once, when its line is half empty and not from inside the turn", async () => {
  const queue = createSourceQueue("s", 100);
  for (let i = 0; i < 100; i++) queue.push(1, packet(1, i));
  let called = 0;
  queue.onceRoom(1, () => {
    called += 1;
  });
  for (let i = 0; i < 49; i++) queue.take();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(called, 0, "51 of 100 wait");
  for (let i = 0; i < 51; i++) queue.take();
  assert.equal(called, 0, "not inside");
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(called, 1);
});

test("nothing is lost, doubled or put out of its line's order by any sequence of pushes and takes", () => {
  const steps = fc.array(fc.oneof(fc.nat({ max: 4 }), fc.constant(-1)), { maxLength: 400 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 16, max: 40 }), (moves, limit) => {
      const queue = createSourceQueue("s", limit);
      const lastSeen = new Map<number, number>();
      let taken = 0;
      let pushed = 0;
      let lost = 0;
      const see = (item: ReturnType<SourceQueue["take"]>): void => {
        if (item === undefined) return;
        taken += 1;
        assert.ok(item.at > (lastSeen.get(item.connection) ?? 0));
        lastSeen.set(item.connection, item.at);
      };
      for (const [index, move] of moves.entries()) {
        if (move === -1) see(queue.take());
        else {
          pushed += 1;
          if (queue.push(move, packet(move, index + 1)) !== "taken") lost += 1;
        }
        assert.ok(queue.size() <= limit);
      }
      while (queue.size() > 0) see(queue.take());
      assert.equal(queue.take(), undefined);
      assert.equal(taken + lost, pushed);
    }),
  );
});
