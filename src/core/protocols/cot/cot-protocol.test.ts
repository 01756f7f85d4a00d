import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { decodeState, encodeState } from "../../base/state-codec.ts";
import { encodeUtf8 } from "../../base/text.ts";
import { DEGREES_PER_RADIAN, micros } from "../../base/units.ts";
import type { Claim, Observation, SourceTrack } from "../../model/observation.ts";
import { createCotFramer } from "./cot-framer.ts";
import { cotProtocol, MAX_OBJECTS } from "./cot-protocol.ts";
import { formatCotTime, parseCotTime } from "./cot-time.ts";
import { readCotType } from "./cot-type.ts";
import { createCotDescriber } from "./describe.ts";
import { attributeOf, childOf, MAX_XML, parseXml, writeXml, type XmlElement } from "./xml.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0) * 1000; // us
function eventText(
  over: { uid?: string; type?: string; stale?: string; detail?: string; point?: string; how?: string; time?: string } = {},
) {
  const time = over.time ?? "2026-11-23T12:00:00.000Z";
  return (
    `<event version="2.0" uid="${over.uid ?? "D1"}" type="${over.type ?? "a-h-A-M-H-Q"}" how="${over.how ?? "m-g"}" ` +
    `time="${time}" start="${time}" stale="${over.stale ?? "2026-11-23T12:00:30.000Z"}">` +
    `${over.point ?? '<point lat="47.377" lon="8.542" hae="500" ce="12" le="15"/>'}<detail>${over.detail ?? ""}</detail></event>`
  );
}
const receive = (text: string | Uint8Array, state = cotProtocol.createState({}), at = 0) =>
  cotProtocol.receive(state, { receivedAt: micros(at), connection: 0, bytes: typeof text === "string" ? encodeUtf8(text) : text }, {});
const tracks = (observations: readonly Observation[]) => observations.filter((o): o is SourceTrack => o.type === "source-track");
const claims = (observations: readonly Observation[]) => observations.filter((o): o is Claim => o.type === "claim");
const degrees = (angle: number | undefined) => Number((angle! * DEGREES_PER_RADIAN).toFixed(7));

test("an event becomes the source's own track, with ce and le as 1 sigma, and a claim", () => {
  const read = receive(
    eventText({ detail: '<contact callsign="RAVEN 1"/><track speed="10" course="90"/><remarks>seen &amp; heard</remarks>' }),
  );
  assert.deepEqual([read.errors, read.records], [[], 1]);
  const [track] = tracks(read.observations);
  assert.equal(track.sourceTrackId, "D1");
  assert.deepEqual(track.time, { kind: "utc", at: NOON });
  assert(track.measurement.kind === "position");
  const at = track.measurement;
  assert.deepEqual([degrees(at.latitude), degrees(at.longitude)], [47.377, 8.542]);
  assert.deepEqual(at.height, { kind: "hae", value: 500, sigma: 15 });
  assert.equal(at.horizontalSigma, 12);
  assert.deepEqual([at.velocityEast?.toFixed(6), at.velocityNorth?.toFixed(6)], ["10.000000", "0.000000"]);
  assert.deepEqual(track.identities, [{ scheme: "cot-uid", value: "D1" }]);
  assert.deepEqual(track.classifications, [{ label: "air, military rotary-wing drone" }]);
  const [claim] = claims(read.observations);
  assert.deepEqual(claim.statements, {
    callsign: "RAVEN 1",
    description: "seen & heard",
    category: "air, military rotary-wing drone",
    affiliation: "hostile",
  });
});

test("an event written 1.5 s after it became valid is a measurement of then, one that announces a later start is one of now", () => {
  const writtenAt = (start: string) => {
    const text = eventText({}).replace(/start="[^"]*"/, `start="${start}"`);
    return tracks(receive(text).observations)[0]!.time;
  };
  assert.deepEqual(writtenAt("2026-11-23T11:59:58.500Z"), { kind: "utc", at: NOON - 1_500_000 });
  assert.deepEqual(writtenAt("2026-11-23T12:00:05.000Z"), { kind: "utc", at: NOON });
});

test("each affiliation letter is a claim of its own; the exercise letters claim none", () => {
  const of = (letter: string) => readCotType(`a-${letter}-A-C-F`).affiliation;
  assert.deepEqual([..."puafnsh"].map(of), ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"]);
  assert.deepEqual([..."jkox."].map(of), [undefined, undefined, undefined, undefined, undefined]);
  assert.equal(readCotType("a-k-A-M-F").words, "air, military fixed wing, faker (friend acting as hostile for an exercise)");
  assert.equal(readCotType("a-u-A-C-F").words, "air, civil fixed wing");
  assert.equal(readCotType("a-f-G-U-C").words, "ground");
  assert.equal(readCotType("a-f-A-W-M-S").words, "air, missile in flight");
  assert.deepEqual(readCotType("b-m-p-s-m"), { isAtom: false });
});

test("9999999 is unknown, in height and in both errors; so is an error of zero", () => {
  const unknown = tracks(
    receive(eventText({ point: '<point lat="1" lon="2" hae="9999999.0" ce="9999999.0" le="9999999"/>' })).observations,
  )[0];
  assert(unknown.measurement.kind === "position");
  assert.deepEqual([unknown.measurement.height, unknown.measurement.horizontalSigma], [undefined, undefined]);
  const zero = tracks(receive(eventText({ point: '<point lat="1" lon="2" hae="7" ce="0" le="0.0"/>' })).observations)[0];
  assert(zero.measurement.kind === "position");
  assert.deepEqual([zero.measurement.height, zero.measurement.horizontalSigma], [{ kind: "hae", value: 7, sigma: undefined }, undefined]);
});

test("drawings, chats, markers without a place and tasks are read and make no track", () => {
  for (const type of ["u-d-c-c", "b-t-f", "b-m-p-s-m", "t-x-c-t", "y-c"]) {
    const read = receive(eventText({ type }));
    assert.deepEqual([read.observations, read.errors, read.records], [[], [], 1], type);
  }
  const nowhere = receive(eventText({ point: '<point lat="0.0" lon="0.0" hae="0" ce="9999999" le="9999999"/>' }));
  assert.deepEqual([nowhere.observations, nowhere.records], [[], 1]);
});

test("an object ends when it becomes stale, counted on our clock from its arrival", () => {
  const state = cotProtocol.createState({});
  // The sender's clock is a day behind ours; 30 s of validity are still 30 s.
  receive(eventText(), state, NOON + 86_400e6);
  const tick = (at: number) => cotProtocol.tick!(state, micros(at), {}).observations;
  assert.deepEqual(tick(NOON + 86_400e6 + 29.9e6), []);
  const [ended] = tracks(tick(NOON + 86_400e6 + 30e6));
  assert.deepEqual([ended.sourceTrackId, ended.ended], ["D1", true]);
  assert.deepEqual(tick(NOON + 86_400e6 + 31e6), []);
  const stale = tracks(receive(eventText({ stale: "2026-11-23T11:59:59Z" }), state).observations);
  assert.deepEqual([stale.length, stale[0].ended], [1, true]); // sent when stale already
});

test("t-x-d-d ends the object that it links to, and only one that this source reported", () => {
  const state = cotProtocol.createState({});
  receive(eventText(), state);
  const remove = (uid: string) =>
    eventText({ uid: "whatever", type: "t-x-d-d", detail: `<link uid="${uid}" relation="p-p" type="a-h-A"/><__forcedelete/>` });
  assert.deepEqual(receive(remove("D2"), state).observations, []);
  const [ended] = tracks(receive(remove("D1"), state).observations);
  assert.deepEqual([ended.sourceTrackId, ended.ended], ["D1", true]);
  assert.equal(state.objects.size, 0);
});

test("simulated and predicted events say so", () => {
  assert.equal(tracks(receive(eventText({ how: "m-s" })).observations)[0].simulated, true);
  assert.equal(tracks(receive(eventText({ how: "m-a" })).observations)[0].coasting, true);
  assert.equal(tracks(receive(eventText({ how: "m-g" })).observations)[0].simulated, undefined);
});

test("two events in one packet are two events, with declarations and white space between them", () => {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  const read = receive(`${declaration}${eventText()}\n${declaration}\n${eventText({ uid: "D2" })}\n`);
  assert.deepEqual([read.errors, tracks(read.observations).map((track) => track.sourceTrackId)], [[], ["D1", "D2"]]);
});

test("a bad event in a packet is one error and takes no other with it", () => {
  const bad = '<event uid="x" type="a-h-A"><point lat="1" lon="1" hae="0" ce="1" le="1"></event>';
  const read = receive(`${eventText()}${bad}${eventText({ uid: "D2" })}`);
  assert.deepEqual([read.errors.map((error) => error.code), tracks(read.observations).length], [["malformed"], 2]);
});

test("end tags in comments, CDATA and attribute values end nothing", () => {
  const tricky = "<!-- </event> --><![CDATA[</event>]]>";
  const read = receive(eventText({ detail: `<remarks a="</event>">${tricky}</remarks>` }).replace('a="</event>"', 'a="&lt;/event>"'));
  assert.deepEqual([read.errors, claims(read.observations)[0].statements.description], [[], "</event>"]);
});

test("a DOCTYPE is refused before parsing, wherever it stands", () => {
  for (const text of [
    '<!DOCTYPE e [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;">]><event version="2.0" uid="&b;" type="a-f-A"/>',
    `<!doctype x>${eventText()}`,
    `<?xml version="1.0"?><!DOCTYPE event SYSTEM "file:///etc/passwd">${eventText()}`,
  ]) {
    const read = receive(text);
    assert.deepEqual([read.observations, read.errors.map((error) => error.code)], [[], ["refused"]]);
  }
});

test("undefined entities, NaN, places that do not exist, bad times and missing parts are each one typed error", () => {
  const code = (text: string) => {
    const read = receive(text);
    assert.deepEqual(read.observations, []);
    assert.equal(read.errors.length, 1);
    return `${read.errors[0].code} ${read.errors[0].item}`;
  };
  assert.equal(code(eventText({ uid: "&unknown;" })), "malformed XML");
  assert.equal(code(eventText({ point: '<point lat="NaN" lon="1" hae="0" ce="1" le="1"/>' })), "out-of-range event.point");
  assert.equal(code(eventText({ point: '<point lat="134" lon="1" hae="0" ce="1" le="1"/>' })), "out-of-range event.point");
  assert.equal(code(eventText({ point: '<point lat="1e999" lon="1" hae="0" ce="1" le="1"/>' })), "out-of-range event.point");
  assert.equal(code(eventText({ time: "2019-01-20T08:13:25:00Z" })), "malformed event.time");
  assert.equal(code(eventText({ point: "" })), "malformed event.point");
  assert.equal(code(eventText({ uid: "" })), "malformed event.uid");
  assert.equal(code(eventText({ uid: "a\u202eb" })), "malformed event.uid"); // would turn the text around it
  assert.equal(code(eventText({ type: "a-h-A b" })), "malformed event.type");
  assert.equal(code("<foo/>"), "malformed event");
  assert.equal(code("\u0000\u0001 no xml"), "malformed XML");
  assert.equal(receive(Uint8Array.from([0xff, 0xfe, 0x41])).errors[0].code, "malformed");
});

test("limits: octets, depth, number of elements and number of events", () => {
  const code = (text: string) => receive(text).errors[0].code;
  assert.equal(code(eventText({ detail: "x".repeat(MAX_XML) })), "oversized");
  assert.equal(code(eventText({ detail: "<a>".repeat(80) + "</a>".repeat(80) })), "oversized");
  assert.equal(code(eventText({ detail: "<a/>".repeat(4096) })), "oversized");
  const many = receive(eventText().repeat(70));
  assert.deepEqual([many.records, many.errors.map((error) => error.code)], [64, ["oversized"]]);
  assert.equal(receive(eventText({ detail: "<a>".repeat(60) + "</a>".repeat(60) })).errors.length, 0);
});

test("a flood of new objects pushes out its own, never one reported before", () => {
  const state = cotProtocol.createState({});
  receive(eventText(), state);
  receive(eventText(), state);
  for (let i = 0; i < MAX_OBJECTS + 10; i += 10) {
    const packet = Array.from({ length: 10 }, (_, k) => eventText({ uid: `F${i + k}` })).join("");
    receive(packet, state);
  }
  assert(state.objects.size <= MAX_OBJECTS);
  assert(state.objects.has("D1"));
  const told = cotProtocol.tick!(state, micros(1), {}).observations;
  assert(told.length === 1 && told[0].type === "status");
  assert.match(told[0].notes![0], /625 objects were given up/);
});

test("the state is plain data: a copy of it goes on exactly as the original does", () => {
  const state = cotProtocol.createState({});
  receive(eventText({ detail: '<contact callsign="A"/>' }), state);
  const copy = decodeState(encodeState(state)) as typeof state;
  assert.deepEqual(copy, state);
  const later = micros(40e6);
  assert.deepEqual(cotProtocol.tick!(copy, later, {}), cotProtocol.tick!(state, later, {}));
  assert.deepEqual(copy, state);
});

test("times: fractions, offsets, leap years; anything else is no time", () => {
  assert.equal(parseCotTime("2026-11-23T12:00:00Z"), NOON);
  assert.equal(parseCotTime("2026-11-23T12:00:00.5Z"), NOON + 500_000);
  assert.equal(parseCotTime("2026-11-23T12:00:00.000001Z"), NOON + 1);
  assert.equal(parseCotTime("2026-11-23T13:30:00+01:30"), NOON);
  assert.equal(formatCotTime(micros(NOON + 123_456)), "2026-11-23T12:00:00.123Z");
  assert.notEqual(parseCotTime("2024-02-29T00:00:00Z"), undefined);
  for (const text of [
    "2026-02-29T00:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23 12:00:00Z",
    "2026-11-23T12:00:00",
    "now",
    "2026-13-01T00:00:00Z",
  ]) {
    assert.equal(parseCotTime(text), undefined, text);
  }
});

test("a stream gives the same events in any pieces, XML and TAK messages mixed", () => {
  const message = Uint8Array.from([0xbf, 5, 0x12, 3, 0x0a, 1, 0x61]);
  const stream = Buffer.concat([
    encodeUtf8(`<?xml version="1.0"?>\n${eventText()}\n\n`),
    message,
    encodeUtf8(eventText({ uid: "D2", detail: "<remarks>ü€</remarks>" })),
    message,
    message,
    encodeUtf8(" \n"),
  ]);
  const whole = createCotFramer()
    .push(stream)
    .packets.map((packet) => Buffer.from(packet).toString("latin1"));
  assert.equal(whole.length, 5);
  assert.equal(whole[1], Buffer.from([0xbf, 1, 0xbf, 0x12, 3, 0x0a, 1, 0x61]).toString("latin1"));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }), (sizes) => {
      const framer = createCotFramer();
      const got: string[] = [];
      let at = 0;
      for (const size of [...sizes, ...Array.from({ length: 30 }, () => 1), stream.length]) {
        got.push(...framer.push(stream.subarray(at, at + size)).packets.map((packet) => Buffer.from(packet).toString("latin1")));
        at += size;
      }
      assert.deepEqual(got, whole);
    }),
  );
});

test("a stream whose message announces 4 GiB, or whose event never ends, is closed", () => {
  const bomb = createCotFramer().push(Uint8Array.from([0xbf, 0xff, 0xff, 0xff, 0xff, 0x0f]));
  assert.match(bomb.close!, /over the limit/);
  assert.match(createCotFramer().push(Uint8Array.from([0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])).close!, /does not end/);
  const framer = createCotFramer();
  let pushed = 0;
  let close: string | undefined;
  while (close === undefined && pushed < 2 * MAX_XML) {
    close = framer.push(encodeUtf8("<event ".padEnd(1000, "x"))).close;
    pushed += 1000;
  }
  assert.match(close!, /has no end/);
  assert(pushed <= MAX_XML + 1000);
});

test("a tree survives writing and reading, whatever text is in it", () => {
  const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,6}$/);
  const text = fc
    .string({ unit: "binary", maxLength: 8 })
    .map((one) => one.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "").replace(/[\ud800-\udfff]/g, ""));
  const tree = fc.letrec<{ element: XmlElement }>((tie) => ({
    element: fc.record(
      {
        name,
        attributes: fc.uniqueArray(fc.tuple(name, text), { maxLength: 3, selector: ([key]) => key }),
        children: fc.oneof({ maxDepth: 3 }, fc.constant([] as XmlElement[]), fc.array(tie("element"), { maxLength: 3 })),
        text,
      },
      { noNullPrototype: true },
    ),
  })).element;
  fc.assert(
    fc.property(tree, (element) => {
      const read = parseXml(writeXml(element));
      assert(read.ok);
      assert.deepEqual(read.value, element);
    }),
    { numRuns: 300 },
  );
});

test("any octets and any damaged event: typed errors, no throw, no NaN, the same each time", () => {
  const finite = (value: unknown): boolean =>
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null || Object.values(value).every(finite);
  const base = encodeUtf8(eventText({ detail: '<contact callsign="A"/><track speed="1" course="2"/>' }));
  const damaged = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 6 }).map((edits) => {
    const bytes = base.slice();
    for (const [at, value] of edits) bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      const read = receive(bytes);
      assert(finite(read.observations));
      assert.deepEqual(receive(bytes), read);
      createCotFramer().push(bytes);
    }),
    { numRuns: 2000 },
  );
});

// node-cot's tree in our shape: numbers where the text is one, repeated children as lists.
function asPeer(element: XmlElement): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (element.attributes.length > 0)
    out._attributes = Object.fromEntries(
      element.attributes.map(([key, value]) => [key, Number.isNaN(Number(value)) || value === "" ? value : Number(value)]),
    );
  const text = element.text.trim();
  if (text !== "") out._text = Number.isNaN(Number(text)) ? text : Number(text);
  for (const child of element.children) {
    const value = asPeer(child);
    const there = out[child.name];
    if (there === undefined) out[child.name] = value;
    else if (Array.isArray(there)) there.push(value);
    else out[child.name] = [there, value];
  }
  return out;
}

/** node-cot adds its own flow tag, and writes "" or {} for an element with nothing in it. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (value === true || value === false) return String(value);
  if (typeof value === "string") return value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, inner]) => key !== "_flow-tags_" && !(key === "_attributes" && Object.keys(inner as object).length === 0))
    .map(([key, inner]) => [key, normalised(inner)]);
  return Object.fromEntries(entries);
}

test("the recorded events equal node-cot's parsed objects, attribute for attribute", {
  skip: needs("data/cot/node-cot.expected.jsonl"),
}, () => {
  const rows = readFileSync(shared("data/cot/node-cot.expected.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { file: string; raw: { event: unknown } });
  assert.equal(rows.length, 13);
  assert.equal(readdirSync(shared("data/cot")).filter((name) => name.endsWith(".cot")).length, 13);
  for (const row of rows) {
    const parsed = parseXml(readFileSync(shared(`data/cot/${row.file}`), "utf8"));
    assert(parsed.ok, row.file);
    assert.deepEqual(normalised(asPeer(parsed.value)), normalised(row.raw.event), row.file);
  }
});

test("the recorded events through the protocol: markers become tracks, drawings do not", { skip: needs("data/cot") }, () => {
  const seen: Record<string, number> = {};
  for (const name of readdirSync(shared("data/cot")).filter((file) => file.endsWith(".cot"))) {
    const read = receive(readFileSync(shared(`data/cot/${name}`)));
    assert.deepEqual(read.errors, [], name);
    seen[name] = tracks(read.observations).length;
  }
  const withTrack = Object.keys(seen).filter((name) => seen[name] > 0);
  assert.deepEqual(withTrack.sort(), ["Marker_-_2525.cot", "atak_type_00.cot", "atak_type_12.cot"]);
});

test("bad-input vectors of CoT behave as their folder's README requires", { skip: needs("data/bad-input/vectors.jsonl") }, () => {
  const vectors = readFileSync(shared("data/bad-input/vectors.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { protocol: string; text: string; why: string });
  const ours = vectors.filter((vector) => vector.protocol === "cot-xml");
  assert.equal(ours.length, 5);
  const outcome = ours.map((vector) => {
    const read = receive(vector.text);
    return [read.records, read.errors.map((error) => error.item)];
  });
  assert.deepEqual(outcome, [
    [2, []],
    [0, ["event.time"]],
    [0, ["XML"]],
    [0, ["event.point"]],
    [0, ["XML"]],
  ]);
  assert.equal(receive(eventText()).records, 1); // and the next good one is read
});

test("picket decode prints one row an event", () => {
  const rows = createCotDescriber()({ receivedAt: micros(0), connection: 0, bytes: encodeUtf8(`${eventText()}<event/>`) });
  assert.deepEqual([rows.length, rows[0].uid, rows[0].affiliation, rows[1].error], [2, "D1", "hostile", "malformed"]);
});

test("attributes and children are found by name", () => {
  const parsed = parseXml('<a x="1" y="2"><b/><c z="3"/><c z="4"/></a>');
  assert(parsed.ok);
  assert.deepEqual(
    [attributeOf(parsed.value, "y"), attributeOf(childOf(parsed.value, "c"), "z"), childOf(parsed.value, "d")],
    ["2", "3", undefined],
  );
});
