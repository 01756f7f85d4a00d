import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { fromHex, toHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { type CotEvent, decodeCotXml } from "../cot/cot-event.ts";
import { createCotFramer } from "../cot/cot-framer.ts";
import { cotProtocol } from "../cot/cot-protocol.ts";
import type { XmlElement } from "../cot/xml.ts";
import { encodeTakMesh, encodeTakStream } from "./tak-encode.ts";
import { decodeTakMesh } from "./tak-message.ts";
import { announcement, createTakStream, encodeForStream, NEGOTIATION_TIMEOUT, negotiate, negotiationTick } from "./tak-negotiation.ts";
import { TakMessageSchema } from "./tak-pb.gen.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");
const NOON = micros(Date.UTC(2026, 10, 23, 12) * 1000);

const element = (name: string, attributes: [string, string][] = [], children: XmlElement[] = [], text = ""): XmlElement => ({
  name,
  attributes,
  children,
  text,
});
const EVENT: CotEvent = {
  uid: "picket.site.T1",
  type: "a-s-A-M-H-Q",
  how: "m-f",
  time: NOON,
  start: NOON,
  stale: micros(NOON + 5_000_000),
  access: undefined,
  qos: undefined,
  opex: undefined,
  point: { latitudeDegrees: 47.377, longitudeDegrees: 8.542, hae: 500 as never, ce: 12.5 as never, le: undefined },
  detail: element(
    "detail",
    [],
    [
      element("remarks", [], [], "a < b & c"),
      element("contact", [["callsign", "T1"]]),
      element("track", [
        ["speed", "10.25"],
        ["course", "271"],
      ]),
    ],
  ),
};
function good(bytes: Uint8Array): CotEvent {
  const read = decodeTakMesh(bytes);
  assert(read.ok, read.ok ? "" : read.error.message);
  assert(read.value.event);
  return read.value.event;
}
/** As a map from element name to its attributes and text: the order of children is not part of a message. */
function parts(detail: XmlElement | undefined): string[] {
  const flat = (one: XmlElement): unknown => [
    one.name,
    Object.fromEntries(
      [...one.attributes].sort().map(([key, value]) => [key, Number.isNaN(Number(value)) || value === "" ? value : Number(value)]),
    ),
    Number.isNaN(Number(one.text.trim())) || one.text.trim() === "" ? one.text.trim() : Number(one.text),
    one.children.map(flat),
  ];
  return (detail?.children ?? []).map((child) => JSON.stringify(flat(child))).sort();
}

test("an event survives the mesh datagram and the stream message", () => {
  assert.deepEqual(good(encodeTakMesh(EVENT)), EVENT);
  const framed = createCotFramer().push(encodeTakStream(EVENT));
  assert.deepEqual(framed.errors, []);
  assert.deepEqual(good(framed.packets[0]), EVENT);
});

test("the header: 0xBF 0x01 0xBF on the mesh, 0xBF and the length on a stream", () => {
  const mesh = encodeTakMesh(EVENT);
  assert.equal(toHex(mesh.subarray(0, 3)), "bf01bf");
  const stream = encodeTakStream(EVENT);
  assert.equal(stream[0], 0xbf);
  assert.equal((stream[1] & 127) + stream[2] * 128, mesh.length - 3);
});

test("an element with an attribute that has no field stays XML, whole", () => {
  const detail = element(
    "detail",
    [],
    [
      element("contact", [
        ["callsign", "A"],
        ["phone", "1"],
      ]),
      element("status", [["readiness", "true"]]),
    ],
  );
  const read = good(encodeTakMesh({ ...EVENT, detail }));
  assert.deepEqual(read.detail, detail);
  const raw = fromBinary(TakMessageSchema, encodeTakMesh({ ...EVENT, detail }).subarray(3)).cotEvent!.detail!;
  assert.deepEqual([raw.contact, raw.status], [undefined, undefined]);
  assert.equal(raw.xmlDetail, '<contact callsign="A" phone="1"/><status readiness="true"/>');
});

test("where a part is given both as a field and as XML, the XML holds", () => {
  const message = create(TakMessageSchema, {
    cotEvent: {
      uid: "a",
      type: "a-f-A",
      hae: 1,
      lat: 1,
      lon: 1,
      detail: { contact: { callsign: "field" }, xmlDetail: '<contact callsign="xml"/>' },
    },
  });
  const bytes = Uint8Array.from([0xbf, 1, 0xbf, ...toBinary(TakMessageSchema, message)]);
  const read = cotProtocol.receive(cotProtocol.createState({}), { receivedAt: NOON, connection: 0, bytes }, {});
  const claim = read.observations.find((one) => one.type === "claim");
  assert.equal(claim?.type === "claim" && claim.statements.callsign, "xml");
});

test("our reader and the generated one agree on any message", () => {
  const text = fc.string({ maxLength: 12, unit: "grapheme" });
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const message = fc.record(
    {
      type: word,
      uid: word,
      access: text,
      qos: text,
      opex: text,
      how: text,
      sendTime: fc.bigInt({ min: 1n, max: 253_402_300_799_999n }),
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
      hae: fc.double({ min: -1000, max: 20_000, noNaN: true }),
      ce: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      contact: text,
      speed: fc.double({ min: 0, max: 100, noNaN: true }),
      battery: fc.nat(0xffffffff),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(message, (said) => {
      const { contact, speed, battery, ...event } = said;
      const bytes = toBinary(
        TakMessageSchema,
        create(TakMessageSchema, {
          cotEvent: { ...event, detail: { contact: { callsign: contact }, track: { speed, course: 1 }, status: { battery } } },
        }),
      );
      const oracle = fromBinary(TakMessageSchema, bytes).cotEvent!;
      const read = good(Uint8Array.from([0xbf, 1, 0xbf, ...bytes]));
      assert.deepEqual([read.uid, read.type, read.how], [oracle.uid, oracle.type, oracle.how]);
      assert.deepEqual([read.access ?? "", read.qos ?? "", read.opex ?? ""], [oracle.access, oracle.qos, oracle.opex]);
      assert.equal(read.time, Number(oracle.sendTime) * 1000);
      // A zero is left out on the wire; minus zero is not, and both are zero.
      assert.deepEqual(
        [read.point.latitudeDegrees + 0, read.point.longitudeDegrees + 0, read.point.ce],
        [oracle.lat + 0, oracle.lon + 0, oracle.ce],
      );
      const attributes = Object.fromEntries(read.detail!.children.flatMap((child) => child.attributes));
      assert.equal(attributes.callsign ?? "", oracle.detail!.contact!.callsign);
      assert.equal(Number(attributes.speed) + 0, oracle.detail!.track!.speed + 0);
      assert.equal(Number(attributes.battery ?? 0), oracle.detail!.status!.battery);
    }),
    { numRuns: 300 },
  );
});

test("another version, a stream's header in a datagram, groups, cut and impossible lengths: each one typed error", () => {
  const code = (hex: string) => {
    const read = decodeTakMesh(fromHex(hex)!);
    assert(!read.ok);
    return `${read.error.code} ${read.error.item}`;
  };
  assert.equal(code("bf02bf12"), "unsupported TAK header");
  assert.equal(code("bfffffffff0f"), "malformed TAK header");
  assert.equal(code("bf01"), "truncated TAK header");
  assert.equal(code("bf01bf12"), "malformed TAK message"); // no length
  assert.equal(code("bf01bf12ffffffff0f"), "malformed TAK message"); // 4 GiB
  assert.equal(code("bf01bf1b1c"), "malformed TAK message"); // group 3
  assert.equal(code("bf01bf1001"), "malformed TAK message"); // the event as a number
  assert.equal(code("bf01bf1200"), "malformed event.uid"); // nothing in it
  assert.equal(code(`bf01bf${"ff".repeat(11)}`), "malformed TAK message"); // a number without an end
});

test("control messages are read and make no observation", () => {
  const read = decodeTakMesh(Uint8Array.from([0xbf, 1, 0xbf, 0x0a, 7, 8, 1, 16, 1, 26, 1, 0x61]));
  assert.deepEqual(read, { ok: true, value: { control: { minVersion: 1, maxVersion: 1, contactUid: "a" }, event: undefined } });
});

test("any damage to a message: a typed error or an event with finite numbers, the same each time", () => {
  const base = encodeTakMesh(EVENT);
  const finite = (value: unknown): boolean =>
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null || Object.values(value).every(finite);
  const damaged = fc
    .array(fc.tuple(fc.integer({ min: 3, max: base.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((edits) => {
      const bytes = base.slice();
      for (const [at, value] of edits) bytes[at] = value;
      return bytes;
    });
  const noise = fc.uint8Array({ maxLength: 100 }).map((tail) => Uint8Array.from([0xbf, 1, 0xbf, ...tail]));
  fc.assert(
    fc.property(fc.oneof(damaged, noise), (bytes) => {
      const read = decodeTakMesh(bytes);
      if (read.ok) assert(finite(read.value));
      assert.deepEqual(decodeTakMesh(bytes), read);
    }),
    { numRuns: 3000 },
  );
});

const controlEvent = (type: string, name: string, attribute: [string, string]): CotEvent => ({
  ...EVENT,
  type,
  detail: element("detail", [], [element("TakControl", [], [element(name, [attribute])])]),
});
const eventOf = (bytes: Uint8Array): CotEvent => {
  const read = decodeCotXml(Buffer.from(bytes).toString("utf8"));
  assert(read.ok, read.ok ? "" : read.error.message);
  return read.value;
};

test("a stream changes to protobuf after announcement, request and response, and a client sends nothing while it waits", () => {
  const client = createTakStream("client", NOON);
  const server = createTakStream("server", NOON);
  assert.match(Buffer.from(encodeForStream(client, EVENT)!).toString(), /^<\?xml/);
  const asked = negotiate(client, eventOf(announcement(NOON)), NOON);
  assert.equal(client.mode, "waiting");
  assert.equal(encodeForStream(client, EVENT), undefined);
  const answered = negotiate(server, eventOf(asked.reply!), NOON);
  assert.equal(server.mode, "protobuf");
  assert.deepEqual(negotiate(client, eventOf(answered.reply!), NOON), { handled: true });
  assert.equal(client.mode, "protobuf");
  assert.equal(encodeForStream(client, EVENT)![0], 0xbf);
});

test("a refusal leaves a stream in XML; silence for a minute closes it; other versions and roles change nothing", () => {
  const client = createTakStream("client", NOON);
  negotiate(client, eventOf(announcement(NOON)), NOON);
  negotiate(client, controlEvent("t-x-takp-r", "TakResponse", ["status", "false"]), NOON);
  assert.equal(client.mode, "xml");
  const silent = createTakStream("client", NOON);
  negotiate(silent, eventOf(announcement(NOON)), NOON);
  assert.deepEqual(negotiationTick(silent, micros(NOON + NEGOTIATION_TIMEOUT - 1)), {});
  assert.match(negotiationTick(silent, micros(NOON + NEGOTIATION_TIMEOUT)).close!, /within a minute/);
  const other = createTakStream("client", NOON);
  assert.deepEqual(negotiate(other, controlEvent("t-x-takp-v", "TakProtocolSupport", ["version", "2"]), NOON), { handled: true });
  assert.equal(other.mode, "xml");
  const server = createTakStream("server", NOON);
  const refused = negotiate(server, controlEvent("t-x-takp-q", "TakRequest", ["version", "9"]), NOON);
  assert.match(Buffer.from(refused.reply!).toString(), /status="false"/);
  assert.equal(server.mode, "xml");
  assert.deepEqual(negotiate(server, EVENT, NOON), { handled: false });
});

test("a source that connects to a TAK server asks for version 1 on its stream, never by datagram, and gives up after a minute", () => {
  const state = cotProtocol.createState({});
  const packet = (connection: number) => ({ receivedAt: NOON, connection, bytes: announcement(NOON) });
  assert.equal(cotProtocol.receive(state, packet(0), {}).replies, undefined);
  const asked = cotProtocol.receive(state, packet(7), {});
  assert.match(Buffer.from(asked.replies![0]).toString(), /t-x-takp-q/);
  assert.deepEqual(cotProtocol.tick!(state, micros(NOON + 1), {}).close, []);
  assert.equal(cotProtocol.tick!(state, micros(NOON + NEGOTIATION_TIMEOUT), {}).close[0].connection, 7);
  cotProtocol.receive(state, packet(8), {});
  cotProtocol.connectionChanged!(state, 8, "closed", NOON, {});
  assert.equal(state.streams.size, 0);
});

test("takproto's vector: our reading of its octets equals our reading of its XML, and ours survives its way back", {
  skip: needs("data/cot/takproto_vectors.json"),
}, () => {
  const [vector] = JSON.parse(readFileSync(shared("data/cot/takproto_vectors.json"), "utf8")) as { xml: string; tak_hex: string }[];
  const fromXml = decodeCotXml(vector.xml);
  assert(fromXml.ok);
  const fromTak = good(fromHex(vector.tak_hex)!);
  const { detail: xmlDetail, ...xmlRest } = fromXml.value;
  const { detail: takDetail, ...takRest } = fromTak;
  assert.deepEqual(takRest, xmlRest);
  assert.deepEqual(parts(takDetail), parts(xmlDetail));
  const back = good(encodeTakMesh(fromXml.value));
  assert.deepEqual(parts(back.detail), parts(xmlDetail));
  // And the generated reader sees the same fields in our octets as in theirs.
  const theirs = fromBinary(TakMessageSchema, fromHex(vector.tak_hex)!.subarray(3));
  const ours = fromBinary(TakMessageSchema, encodeTakMesh(fromXml.value).subarray(3));
  const plain = (message: typeof ours) => ({ ...message.cotEvent, detail: { ...message.cotEvent!.detail, xmlDetail: "" } });
  assert.deepEqual(plain(ours), plain(theirs));
});

test("node-cot's protobuf of each recorded event equals our reading of the XML, both ways", {
  skip: needs("data/cot/node-cot.expected.jsonl"),
}, () => {
  const rows = readFileSync(shared("data/cot/node-cot.expected.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { file: string; tak_proto_v1_hex: string });
  // node-cot adds its flow tag and <metadata/>, loses <precisionlocation>, and keeps of <status readiness> only an empty status.
  const compared = (detail: XmlElement | undefined) =>
    parts(detail).filter((part) => !/^\["(_flow-tags_|metadata|precisionlocation|status)"/.test(part));
  assert.equal(rows.length, 13);
  for (const row of rows) {
    const xml = decodeCotXml(readFileSync(shared(`data/cot/${row.file}`), "utf8"));
    assert(xml.ok);
    const peer = good(Uint8Array.from([0xbf, 1, 0xbf, ...fromHex(row.tak_proto_v1_hex)!]));
    const { detail: xmlDetail, ...xmlRest } = xml.value;
    const { detail: peerDetail, ...peerRest } = peer;
    assert.deepEqual(peerRest, xmlRest, row.file);
    assert.deepEqual(compared(peerDetail), compared(xmlDetail), row.file);
    const back = good(encodeTakMesh(xml.value));
    assert.deepEqual({ ...back, detail: undefined }, { ...xml.value, detail: undefined }, row.file);
    assert.deepEqual(parts(back.detail), parts(xmlDetail), row.file);
  }
});

test("bad-input vectors of TAK: refused by datagram, and the 4 GiB one closes a stream", {
  skip: needs("data/bad-input/vectors.jsonl"),
}, () => {
  const vectors = readFileSync(shared("data/bad-input/vectors.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { protocol: string; hex: string });
  const ours = vectors.filter((vector) => vector.protocol === "tak-proto");
  assert.equal(ours.length, 2);
  for (const vector of ours) {
    const read = cotProtocol.receive(cotProtocol.createState({}), { receivedAt: NOON, connection: 0, bytes: fromHex(vector.hex)! }, {});
    assert.deepEqual([read.records, read.errors.length], [0, 1]);
  }
  assert.match(createCotFramer().push(fromHex(ours[0].hex)!).close!, /over the limit/);
  assert.equal(good(encodeTakMesh(EVENT)).uid, EVENT.uid);
});
