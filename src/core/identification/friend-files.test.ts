import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { at } from "../../../test/support/identification-tracks.ts";
import { RADIANS_PER_DEGREE } from "../base/units.ts";
import { geoidUndulation } from "../geodesy/heights.ts";
import { localFrame } from "../geodesy/wgs84.ts";
import { type FriendFileContext, parseFriends } from "./friend-files.ts";

const LATITUDE = 24.5;
const LONGITUDE = 54.4;
/** A site 20 m above the ellipsoid. */
const context: FriendFileContext = {
  frame: localFrame(LATITUDE * RADIANS_PER_DEGREE, LONGITUDE * RADIANS_PER_DEGREE, 20),
  now: at(0),
  from: "file",
  registeredBy: "site.yaml",
};

const volume = {
  circle: { centre: [LONGITUDE, LATITUDE], radiusMetres: 300 },
  floor: { aboveSiteMetres: 0 },
  ceiling: { haeMetres: 140 },
  from: "2026-03-01T22:00:00Z",
  to: "2026-03-01T22:30:00Z",
};
const patrol = {
  id: "patrol-7",
  name: "Night patrol",
  owner: "Base security",
  callsign: "EAGLE 7",
  identities: [{ scheme: "remote-id-serial", value: "1581F4567" }],
  volumes: [volume],
};
const without = (value: Record<string, unknown>, name: string) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

test("an announcement with a circle: its place, heights over the site, times, and an expiry half an hour after its end", () => {
  const parsed = parseFriends({ friends: [patrol] }, context);
  assert.ok(parsed.ok);
  const [intent] = parsed.value;
  assert.equal(intent.id, "patrol-7");
  assert.equal(intent.callsign, "EAGLE 7");
  assert.deepEqual(intent.identities, [{ scheme: "remote-id-serial", value: "1581F4567" }]);
  const [{ shape, floor, ceiling, startsAt, endsAt }] = intent.volumes;
  assert.ok(shape.kind === "circle" && Math.hypot(...shape.centre) < 1e-6 && shape.radius === 300);
  assert.equal(floor, 0);
  assert.ok(Math.abs(ceiling - 120) < 1e-6);
  assert.equal(startsAt, Date.UTC(2026, 2, 1, 22) * 1000);
  assert.equal(endsAt - startsAt, 1800e6);
  assert.equal(intent.expiresAt - endsAt, 1800e6);
  assert.deepEqual([intent.from, intent.registeredAt, intent.registeredBy], ["file", at(0), "site.yaml"]);
});

test("a path and a polygon are turned into metres from the site; a closed ring is opened; a height above the sea gets the geoid", () => {
  const path = {
    ...without(volume, "circle"),
    path: {
      points: [
        [LONGITUDE, LATITUDE],
        [LONGITUDE, LATITUDE + 0.01],
      ],
      halfWidthMetres: 80,
    },
    ceiling: { amslMetres: 100 },
  };
  const corner: [number, number][] = [
    [LONGITUDE, LATITUDE],
    [LONGITUDE + 0.01, LATITUDE],
    [LONGITUDE, LATITUDE + 0.01],
    [LONGITUDE, LATITUDE],
  ];
  const parsed = parseFriends([{ ...patrol, volumes: [path, { ...without(volume, "circle"), polygon: corner }] }], context);
  assert.ok(parsed.ok);
  const [first, second] = parsed.value[0].volumes;
  assert.ok(first.shape.kind === "path");
  // A hundredth of a degree of latitude is 1,107.7 m at 24.5 degrees.
  assert.ok(Math.abs(first.shape.points[1][1] - 1107.7) < 1, `${first.shape.points[1]}`);
  const undulation = geoidUndulation(LATITUDE * RADIANS_PER_DEGREE, LONGITUDE * RADIANS_PER_DEGREE);
  assert.ok(Math.abs(first.ceiling - (100 + undulation - 20)) < 1e-6);
  assert.ok(second.shape.kind === "polygon" && second.shape.points.length === 3);
});

/** After the shape of ASTM F3548-21, annex A2: numbers of our own. */
const intent3548 = {
  operational_intent: {
    reference: { id: "2f8343be-6482-4d1b-a474-16847e01af1e", manager: "uss1", state: "Accepted", version: 1 },
    details: {
      volumes: [
        {
          volume: {
            outline_polygon: {
              vertices: [
                { lat: LATITUDE, lng: LONGITUDE },
                { lat: LATITUDE, lng: LONGITUDE + 0.01 },
                { lat: LATITUDE + 0.01, lng: LONGITUDE },
              ],
            },
            altitude_lower: { value: 20, reference: "W84", units: "M" },
            altitude_upper: { value: 140, reference: "W84", units: "M" },
          },
          time_start: { value: "2026-03-01T22:00:00.5Z", format: "RFC3339" },
          time_end: { value: "2026-03-01T22:30:00Z", format: "RFC3339" },
        },
        {
          volume: {
            outline_circle: { center: { lat: LATITUDE, lng: LONGITUDE }, radius: { value: 300.5, units: "M" } },
            altitude_lower: { value: 20, reference: "W84", units: "M" },
            altitude_upper: { value: 140, reference: "W84", units: "M" },
          },
          time_start: { value: "2026-03-01T22:30:00Z", format: "RFC3339" },
          time_end: { value: "2026-03-01T23:00:00+00:30", format: "RFC3339" },
        },
      ],
      off_nominal_volumes: [],
      priority: 0,
    },
  },
};

test("an operational intent in the shape of F3548-21: outlines, W84 altitudes in metres, RFC 3339 times", () => {
  const parsed = parseFriends(intent3548, context);
  assert.ok(!parsed.ok && parsed.error.message.startsWith("friends[0].operational_intent.volumes[1]: the start must be before the end"));
  const fixed = structuredClone(intent3548);
  fixed.operational_intent.details.volumes[1].time_end.value = "2026-03-02T03:00:00+04:00";
  const read = parseFriends({ operational_intents: [fixed] }, context);
  assert.ok(read.ok);
  const [intent] = read.value;
  assert.deepEqual([intent.id, intent.owner, intent.from], ["2f8343be-6482-4d1b-a474-16847e01af1e", "uss1", "f3548"]);
  const [polygon, circle] = intent.volumes;
  assert.ok(polygon.shape.kind === "polygon" && circle.shape.kind === "circle");
  assert.ok(Math.abs(polygon.floor) < 1e-6 && Math.abs(polygon.ceiling - 120) < 1e-6);
  assert.equal(circle.shape.radius, 300.5);
  assert.equal(polygon.startsAt, Date.UTC(2026, 2, 1, 22) * 1000 + 500_000);
  assert.equal(circle.endsAt, Date.UTC(2026, 2, 1, 23) * 1000);
});

test("what is wrong is said with its place", () => {
  const broken = (change: (value: typeof intent3548) => void) => {
    const copy = structuredClone(intent3548);
    copy.operational_intent.details.volumes.pop();
    change(copy);
    return copy;
  };
  const cases: [unknown, RegExp][] = [
    ["x", /^friends: a list/],
    [null, /^friends: a list/],
    [[5], /^friends\[0\]: an announcement/],
    [[{ ...patrol, colour: "red" }], /^friends\[0\]\.colour: unknown; known are id,/],
    [[without(patrol, "owner")], /^friends\[0\]\.owner: a text expected/],
    [[without(patrol, "volumes")], /^friends\[0\]\.volumes: a list/],
    [[{ ...patrol, identities: [{ scheme: "serial", value: "1" }] }], /^friends\[0\]\.identities\[0\]\.scheme: one of/],
    [[{ ...patrol, volumes: [{ ...volume, polygon: [] }] }], /^friends\[0\]\.volumes\[0\]: exactly one of/],
    [[{ ...patrol, volumes: [{ ...volume, from: "22:00" }] }], /^friends\[0\]\.volumes\[0\]\.from: a time with its zone/],
    [[{ ...patrol, volumes: [{ ...volume, from: "2026-02-30T22:00:00Z" }] }], /^friends\[0\]\.volumes\[0\]\.from: a time/],
    [[{ ...patrol, volumes: [{ ...volume, floor: 20 }] }], /^friends\[0\]\.volumes\[0\]\.floor: \{ amslMetres \}/],
    [[{ ...patrol, volumes: [{ ...volume, floor: { metres: 20 } }] }], /^friends\[0\]\.volumes\[0\]\.floor: /],
    [[{ ...patrol, volumes: [{ ...volume, circle: { centre: [LATITUDE, 500], radiusMetres: 3 } }] }], /centre: longitude within 180/],
    [[{ ...patrol, volumes: [{ ...volume, circle: { centre: [0, 0], radiusMetres: 3 } }] }], /volumes\[0\]: farther than 200 km/],
    [[patrol, patrol], /^friends\[1\]\.id: "patrol-7" is the id of friends\[0\] too/],
    [
      broken((v) => {
        v.operational_intent.details.volumes[0].volume.altitude_lower!.reference = "AGL";
      }),
      /altitude_lower: \{ value, reference: "W84", units: "M" \} expected/,
    ],
    [
      broken((v) => {
        v.operational_intent.details.volumes[0].time_start.format = "epoch";
      }),
      /time_start: \{ value, format: "RFC3339" \} expected/,
    ],
    [
      broken((v) => {
        v.operational_intent.reference.state = "Ended";
      }),
      /reference\.state: the flight has ended/,
    ],
    [
      broken((v) => {
        v.operational_intent.details.volumes[0].volume.outline_polygon!.vertices = [];
      }),
      /vertices: at least 3 points/,
    ],
    [{ reference: {} }, /^friends\[0\]\.details: /],
  ];
  for (const [value, message] of cases) {
    const parsed = parseFriends(value, context);
    assert.ok(!parsed.ok, JSON.stringify(value));
    assert.match(parsed.error.message, message);
    assert.ok(parsed.error.message.startsWith(parsed.error.item));
  }
});

test("nothing from outside makes it throw: any JSON is read or refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      parseFriends(value, context);
      parseFriends({ friends: [value] }, context);
      parseFriends([{ ...patrol, volumes: [value] }], context);
      parseFriends({ operational_intent: { reference: { id: "x" }, details: { volumes: [value] } } }, context);
    }),
    { numRuns: 300 },
  );
});

test("one field of an announcement replaced by anything is read or refused with a place inside the entry", () => {
  const paths = ["id", "name", "owner", "callsign", "identities", "volumes", "expiresAt"];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.anything(), (name, value) => {
      const parsed = parseFriends([{ ...patrol, [name]: value }], context);
      if (!parsed.ok) assert.ok(parsed.error.item.startsWith("friends[0]"), parsed.error.item);
    }),
    { numRuns: 300 },
  );
});
