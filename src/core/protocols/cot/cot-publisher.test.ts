import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/text.ts";
import { micros, seconds } from "../../base/units.ts";
import type { TrackView } from "../../model/picture-view.ts";
import { unjudged } from "../../model/unjudged.ts";
import { cotProtocol } from "./cot-protocol.ts";
import { type CotOutputOptions, createCotPublisher, ownUidPrefix, publishCot } from "./cot-publisher.ts";
import { encodeCotXml, operatorUid } from "./encode.ts";
import { childOf } from "./xml.ts";

const NOW = Date.UTC(2026, 10, 23, 12) * 1000; // us
const OPTIONS: CotOutputOptions = { siteId: "alpha", updateInterval: seconds(2), operators: false, exercise: false };

const view = (over: Partial<TrackView> = {}): TrackView => ({
  id: "T1",
  status: "confirmed",
  origin: "live",
  freshness: "LIVE",
  existence: 1,
  firstAtUs: NOW - 10e6,
  atUs: NOW,
  measuredAtUs: NOW,
  position: { latitudeDegrees: 47.377, longitudeDegrees: 8.542, heightHaeMetres: 500, heightAmslMetres: 453 },
  eastMetres: 0,
  northMetres: 0,
  upMetres: 0,
  velocityEastMps: 3,
  velocityNorthMps: 4,
  velocityUpMps: 0,
  speedMps: 5,
  courseDegrees: 36.9,
  ellipse: { semiMajorMetres: 24.477, semiMinorMetres: 5, azimuthDegrees: 10 },
  verticalSigmaMetres: 7,
  ...unjudged(),
  affiliation: "suspect",
  classification: "helicopter or multirotor",
  identities: [],
  claims: [
    {
      sensorId: "rid",
      heardAtUs: NOW - 1e6,
      serial: "PKT1",
      operator: { latitudeDegrees: 47.3, longitudeDegrees: 8.5, heightHaeMetres: null, heightAmslMetres: null, kind: "live" },
    },
  ],
  contributions: [],
  ...over,
});
const publish = (state: ReturnType<typeof createCotPublisher>, tracks: TrackView[], after = 0, options = OPTIONS) =>
  publishCot(state, tracks, micros(NOW + after * 1e6), options);

test("a confirmed live track leaves with a stable uid, its 1 sigma circle and what it claims", () => {
  const [event, ...rest] = publish(createCotPublisher(), [view()], 0, { ...OPTIONS, identities: true });
  assert.deepEqual(rest, []);
  assert.deepEqual([event.uid, event.type, event.how], ["picket.alpha.T1", "a-s-A-M-H-Q", "m-f"]);
  assert.equal(event.point.ce?.toFixed(3), "10.000"); // 24.477 m is 95 %
  assert.equal(childOf(event.detail, "remarks")?.text, "helicopter or multirotor; claims serial PKT1");
});

test("what an object broadcasts of itself stays here unless the output releases identities", () => {
  const [event] = publish(createCotPublisher(), [view()]);
  assert.equal(childOf(event.detail, "remarks")?.text, "helicopter or multirotor");
});

test("the symbol follows Picket's own answer; the words of a sensor stand in where it has none", () => {
  const typeOf = (over: Partial<TrackView>) => publish(createCotPublisher(), [view(over)])[0].type;
  assert.equal(typeOf({ className: "fixed-wing" }), "a-s-A-M-F-Q");
  assert.equal(typeOf({ className: "helicopter", affiliation: "neutral" }), "a-n-A-C-H");
  assert.equal(typeOf({ className: "bird-flock", classification: "quadcopter" }), "a-s-A");
  assert.equal(typeOf({ className: "unknown", classification: "quadcopter" }), "a-s-A-M-H-Q");
});

test("a limit spreads many events over several looks, and none is left out or sent twice", () => {
  const state = createCotPublisher();
  const views = Array.from({ length: 25 }, (_, i) => view({ id: `T${i}` }));
  const looks = [0, 0.1, 0.2, 0.3].map((after) => publish(state, views, after, { ...OPTIONS, limit: 10 }).map((event) => event.uid));
  assert.deepEqual(
    looks.map((uids) => uids.length),
    [10, 10, 5, 0],
  );
  assert.equal(new Set(looks.flat()).size, 25);
});

test("a configured age takes the place of four intervals", () => {
  const [event] = publish(createCotPublisher(), [view()], 0, { ...OPTIONS, staleAfter: seconds(30) });
  assert.equal(event.stale! - event.time!, 30e6);
});

test("an event leaves once an interval, and at once when affiliation or class change", () => {
  const state = createCotPublisher();
  assert.equal(publish(state, [view()]).length, 1);
  assert.equal(publish(state, [view()], 1.9).length, 0);
  assert.equal(publish(state, [view()], 2).length, 1);
  assert.deepEqual(
    publish(state, [view({ affiliation: "hostile" })], 2.1).map((event) => event.type),
    ["a-h-A-M-H-Q"],
  );
});

test("candidates never leave, and anything but live leaves for an exercise only, with its label", () => {
  assert.deepEqual(publish(createCotPublisher(), [view({ status: "tentative" })]), []);
  for (const origin of ["simulated", "recorded", "exercise"] as const) {
    assert.deepEqual(publish(createCotPublisher(), [view({ origin })]), []);
    const [event] = publish(createCotPublisher(), [view({ id: "SIM-T1", origin })], 0, { ...OPTIONS, exercise: true });
    assert.equal(event.how, "m-s");
    assert.match(childOf(event.detail, "remarks")!.text, /^SIMULATED/);
  }
});

test("an operator's position leaves only where the output is configured for it, and only while it is fresh", () => {
  const withOperators = { ...OPTIONS, operators: true };
  const quiet = publish(createCotPublisher(), [view()]).map(encodeCotXml).join("");
  assert.doesNotMatch(quiet, /47\.3"|8\.5"|operator/);
  const state = createCotPublisher();
  const events = publish(state, [view()], 0, withOperators);
  assert.deepEqual(
    events.map((event) => event.uid),
    ["picket.alpha.T1", operatorUid("picket.alpha.T1")],
  );
  const later = publish(state, [view()], 62, withOperators); // last heard 63 s ago
  assert.deepEqual(
    later.map((event) => [event.type, event.uid]),
    [
      ["a-s-A-M-H-Q", "picket.alpha.T1"],
      ["t-x-d-d", "picket.alpha.T1.operator.delete"],
    ],
  );
});

test("what was sent and is gone is deleted, once", () => {
  const state = createCotPublisher();
  publish(state, [view(), view({ id: "T2" })]);
  const gone = publish(state, [view()], 0.5);
  assert.deepEqual(
    gone.map((event) => event.type),
    ["t-x-d-d"],
  );
  assert.match(encodeCotXml(gone[0]), /<link uid="picket\.alpha\.T2"/);
  assert.deepEqual(publish(state, [view()], 0.6), []);
  assert.deepEqual([...state.sent.keys()], ["picket.alpha.T1"]);
});

test("classes in words and by identifier find their symbol; an unknown one is just in the air", () => {
  const typeOf = (classification: string) => publish(createCotPublisher(), [view({ classification })])[0].type.slice(4);
  assert.equal(typeOf("uas.fixedwing.small"), "A-M-F-Q");
  assert.equal(typeOf("air, military fixed-wing drone"), "A-M-F-Q");
  assert.equal(typeOf("unmanned aerial vehicle"), "A-M-H-Q");
  assert.equal(typeOf("manned.helicopter"), "A-C-H");
  assert.equal(typeOf("A3 large"), "A-C-F");
  assert.equal(typeOf("unknown"), "A");
});

test("our own events that a server sends back are refused, so that no event runs in a circle", () => {
  const [event] = publish(createCotPublisher(), [view()]);
  const receive = (prefix: string | undefined) =>
    cotProtocol.receive(
      cotProtocol.createState({}),
      { receivedAt: micros(NOW), connection: 0, bytes: encodeUtf8(encodeCotXml(event)) },
      { ownUidPrefix: prefix },
    );
  const own = receive(ownUidPrefix("alpha"));
  assert.deepEqual([own.observations, own.errors.map((error) => error.code)], [[], ["refused"]]);
  assert.equal(receive(ownUidPrefix("bravo")).observations.length, 2);
  assert.equal(receive(undefined).observations.length, 2);
});
