import assert from "node:assert/strict";
import { test } from "node:test";
import { createPeerRateLimit, createRateLimit } from "./rate-limit.ts";

test("so many at once, then so many a second, and never more saved up than the burst", () => {
  const limit = createRateLimit(20, 3);
  const at = (now: number) => limit.take(now);
  assert.deepEqual([at(0), at(0), at(0), at(0)], [true, true, true, false]);
  assert.deepEqual([at(49), at(50), at(50)], [false, true, false], "one in 50 ms");
  assert.deepEqual([at(60_000), at(60_000), at(60_000), at(60_000)], [true, true, true, false], "a minute of rest saves three");
  assert.equal(at(0), false, "a clock that runs backwards gives nothing");
});

test("one address that floods leaves room for the others", () => {
  const limit = createPeerRateLimit({ perSecond: 20, burst: 64, perSecondEach: 10, burstEach: 40 });
  let taken = 0;
  for (let now = 0; now < 10_000; now++) {
    // The flood comes each millisecond, a sensor each 200 ms.
    if (limit.take("192.0.2.66", now)) taken += 1;
    if (now % 200 === 0) assert.ok(limit.take("192.0.2.7", now), `refused at ${now} ms`);
  }
  assert.ok(taken >= 138 && taken <= 141, `${taken}: 40 at once and 10 a second`);
});

test("many addresses together are held to the limit of all, and are not remembered without end", () => {
  const limit = createPeerRateLimit({ perSecond: 20, burst: 64, perSecondEach: 10, burstEach: 40 });
  let taken = 0;
  for (let i = 0; i < 100_000; i++) if (limit.take(`2001:db8::${i.toString(16)}`, i / 100)) taken += 1;
  assert.ok(taken >= 83 && taken <= 85, `${taken}: 64 at once and 20 in the second that it took`);
});
