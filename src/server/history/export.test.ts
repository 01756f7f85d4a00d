import assert from "node:assert/strict";
import { test } from "node:test";
import { parseXml } from "../../core/protocols/cot/xml.ts";
import { csvField, EXPORT_FORMATS, type ExportContent, writeExport } from "./export.ts";

const AT = 1_772_336_400_000_000; // 2026-03-01T03:40:00Z

const content = (origin: string, pilot: boolean, serial = "SN1"): ExportContent => ({
  siteId: "field",
  tracks: [
    {
      key: "T1.1",
      id: origin === "live" ? "T1" : "SIM-T1",
      origin,
      first_at_us: AT,
      last_at_us: AT + 1e6,
      ended: 1,
      class_name: "multirotor-small",
      class_confidence: 0.9,
      affiliation: "suspect",
      max_score: 0.5,
      asset_id: null,
      positions: 2,
      west: 43,
      south: 36,
      east: 43.001,
      north: 36,
      operator_latitude_degrees: pilot ? 36.12345 : null,
      operator_longitude_degrees: pilot ? 43.54321 : null,
      operator_kind: pilot ? "live" : null,
      identities: [{ scheme: "serial", value: serial }],
      visits: [],
    },
  ],
  positions: new Map([
    [
      "T1.1",
      [0, 1].map((second) => ({
        track_key: "T1.1",
        at_us: AT + second * 1e6,
        latitude_degrees: 36,
        longitude_degrees: 43 + second / 1000,
        height_hae_metres: second === 0 ? null : 400,
        speed_mps: 10,
        course_degrees: 90,
      })),
    ],
  ]),
  alarms: [],
  decisions: [],
});

test("text that a spreadsheet would calculate gets an apostrophe in front; numbers stay numbers", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\uff1d1", "|cmd"])
    assert.match(csvField(text), /^"?'/, JSON.stringify(text));
  assert.equal(csvField(-1.5), "-1.5");
  assert.equal(csvField(null), "");
  assert.equal(csvField("SN1"), "SN1");
  assert.equal(csvField('a "b", c'), '"a ""b"", c"');
  assert.equal(csvField("two\r\nlines"), '"two\r\nlines"');
});

test("each format says of what was not live that it was not, and of what was live nothing of the kind", () => {
  for (const format of EXPORT_FORMATS) {
    assert.match(writeExport(content("simulated", false), format), /SIMULATED/, format);
    assert.match(writeExport(content("exercise", false), format), /EXERCISE/, format);
    assert.doesNotMatch(writeExport(content("live", false), format), /SIMULATED|EXERCISE|RECORDED/, format);
  }
});

test("a pilot's position is in a file only when it was given", () => {
  for (const format of EXPORT_FORMATS) {
    assert.doesNotMatch(writeExport(content("live", false), format), /36\.1234/, format);
    assert.match(writeExport(content("live", true), format), /36\.1234/, format);
  }
});

test("GeoJSON: a line with longitude first, and a height only where it is known", () => {
  const { features } = JSON.parse(writeExport(content("live", false), "geojson"));
  assert.deepEqual(features[0].geometry, {
    type: "LineString",
    coordinates: [
      [43, 36],
      [43.001, 36, 400],
    ],
  });
  assert.deepEqual(features[0].properties.times, ["2026-03-01T03:40:00.000Z", "2026-03-01T03:40:01.000Z"]);
});

test("KML and CoT stay well formed whatever a broadcast calls itself", () => {
  const serial = '"><script>\u0000\u000b]]>&amp;</Document>\ud800';
  for (const format of ["kml", "cot"] as const) {
    const read = parseXml(writeExport(content("live", true, serial), format));
    assert.ok(read.ok, format);
  }
  const cot = parseXml(writeExport(content("live", false), "cot"));
  assert.ok(cot.ok);
  assert.deepEqual(
    cot.value.children.map(({ attributes }) => new Map(attributes).get("uid")),
    ["picket.field.T1", "picket.field.T1"],
  );
});
