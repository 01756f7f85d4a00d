import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RADIANS_PER_DEGREE } from "../base/units.ts";
import { localFrame } from "../geodesy/wgs84.ts";
import { parseFriends } from "./friend-files.ts";
import { moveFriend } from "./move-friend.ts";

const NOW = 1_790_000_000_000_000 as never;
const frameAt = (latitude: number, longitude: number, height: number) =>
  localFrame(latitude * RADIANS_PER_DEGREE, longitude * RADIANS_PER_DEGREE, height);

const announcement = {
  friends: [
    {
      id: "patrol",
      owner: "Police",
      volumes: [
        { circle: { centre: [43.2, 36.95], radiusMetres: 400 }, floor: { haeMetres: 320 }, ceiling: { haeMetres: 420 } },
        {
          path: {
            points: [
              [43.1, 36.9],
              [43.15, 36.92],
            ],
            halfWidthMetres: 100,
          },
          floor: { haeMetres: 300 },
          ceiling: { haeMetres: 500 },
        },
        {
          polygon: [
            [43.3, 36.9],
            [43.31, 36.9],
            [43.31, 36.91],
          ],
          floor: { haeMetres: 0 },
          ceiling: { haeMetres: 900 },
        },
      ].map((volume) => ({ ...volume, from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" })),
    },
  ],
};
const readIn = (frame: ReturnType<typeof frameAt>) => {
  const read = parseFriends(announcement, { frame, now: NOW, from: "api", registeredBy: "Amal" });
  assert.ok(read.ok);
  return read.value[0]!;
};

test("an announcement that is moved to another origin is the one that would have been read there, within a millimetre", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 36.5, max: 37.3, noNaN: true }),
      fc.double({ min: 42.6, max: 43.6, noNaN: true }),
      fc.integer({ min: -100, max: 3000 }),
      (latitude, longitude, height) => {
        const from = frameAt(36.9, 43.1, 300);
        const to = frameAt(latitude, longitude, height);
        const moved = moveFriend(readIn(from), from, to);
        const expected = readIn(to);
        const numbersOf = (value: unknown): number[] =>
          typeof value === "number" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
        const [a, b] = [numbersOf(moved.volumes), numbersOf(expected.volumes)];
        assert.equal(a.length, b.length);
        for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) < 1e-3, `${a[i]} for ${b[i]}`);
        assert.deepEqual({ ...moved, volumes: [] }, { ...expected, volumes: [] }, "and all else is kept");
      },
    ),
    { numRuns: 50 },
  );
});
