import assert from "node:assert/strict";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as DEGREE, micros } from "../../base/units.ts";
import { causeKeys, conformanceReport, conformanceReports, markdownNodeReport, nodeVerdicts, renderNodeReport } from "./conformance.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeDetection,
  encodeGoodbye,
  encodeRegistration,
  encodeStatus,
  location,
  objectUlid,
} from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import { LocationCoordinateSystem, Registration_NodeType } from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";

const T0 = micros(1_780_000_000_000_000);
const SITE = { referenceLatitude: 51.5 * DEGREE, referenceLongitude: -0.1 * DEGREE };
const CAMERA: EdgeNodeDescription = {
  name: "Camera",
  shortName: "CAM",
  nodeTypes: [Registration_NodeType.CAMERA],
  statusIntervalSeconds: 5,
  tracking: "track",
  form: "location",
  maximumLatencySeconds: 0.1,
  manufacturer: "Example",
  model: "C1",
};
const PLACE = { latitude: 51.5 * DEGREE, longitude: -0.1 * DEGREE, height: 50 };

function aBench() {
  const state = sapientProtocol.createState(SITE);
  const node = createSender(deriveUuid("camera"));
  const give = (bytes: Uint8Array, at = T0) => sapientProtocol.receive(state, { bytes, receivedAt: at, connection: 1 }, SITE);
  return { state, node, give };
}

test("a node that keeps the rules is clean", () => {
  const { state, node, give } = aBench();
  give(encodeRegistration(node, T0, CAMERA));
  give(encodeStatus(node, T0, { place: PLACE }));
  give(encodeDetection(node, T0, { objectId: objectUlid(node, T0, 1), location: location(PLACE), velocity: { east: 1, north: 1 } }));
  const [report] = conformanceReports(state);
  assert.equal(report.verdict, "clean");
  assert.deepEqual(report.findings, []);
  assert.deepEqual(report.counts, { statuses: 1, detections: 1, alerts: 0, refused: 0 });
  assert.deepEqual(report.clockOffsetMilliseconds, { mean: 0, least: 0, most: 0 });
  assert.match(renderNodeReport(report, T0), /CLEAN/);
});

test("each fault is named with field, count, likely cause and an example of the message", () => {
  const { state, node, give } = aBench();
  const objectId = objectUlid(node, T0, 1);
  give(encodeRegistration(node, T0, CAMERA));
  give(encodeStatus(node, T0, { place: PLACE }));
  const at = micros(T0 - 3_000_000);
  for (let i = 0; i < 3; i++) {
    give(
      encodeDetection(node, at, {
        objectId,
        location: { ...location(PLACE), x: 51.4, y: -0.2, coordinateSystem: LocationCoordinateSystem.UTM_M },
      }),
    );
  }
  give(encodeDetection(node, at, { objectId, location: { ...location(PLACE), x: Number.NaN } }));
  const [report] = conformanceReports(state);
  assert.equal(report.verdict, "faulty");
  const find = (words: RegExp) => {
    const found = report.findings.find(({ message }) => words.test(message));
    assert.ok(found !== undefined, String(words));
    return found;
  };
  const swapped = find(/swapped/);
  assert.equal(swapped.kind, "repaired");
  assert.equal(swapped.count, 3);
  assert.equal(swapped.field, "detection_report.location");
  assert.match(swapped.likelyCause, /latitude into x/);
  assert.ok(swapped.example !== undefined);
  assert.equal((swapped.example.message.detectionReport as { objectId: string }).objectId, objectId);
  assert.match(find(/degrees in fields that say UTM/).likelyCause, /LAT_LNG_DEG_M/);
  assert.match(find(/clock is 3000 ms behind/).likelyCause, /NTP/);
  assert.equal(find(/clock is/).rule, "SEQ-22");
  assert.equal(find(/finite/).kind, "refused");
  assert.equal(report.findings[0].kind, "refused", "the worst comes first");
  const text = renderNodeReport(report, T0);
  assert.match(text, /FAULTY/);
  assert.match(text, /likely cause: the node writes latitude into x/);
});

test("a node that could not register is reported with every reason", () => {
  const { state, node, give } = aBench();
  give(encodeRegistration(node, T0, { ...CAMERA, icdVersion: "v9", manufacturer: "" }));
  const [report] = conformanceReports(state);
  assert.equal(report.verdict, "refused");
  assert.equal(report.name, "CAM");
  assert.deepEqual(report.findings.map(({ message }) => message.split(":")[0]).sort(), [
    "config_data.manufacturer",
    'icd_version is "v9"; this fusion node reads "BSI Flex 335 v2.0" and "BSI Flex 335 v1.0"',
  ]);
  assert.match(report.findings.find(({ message }) => message.startsWith("icd"))!.likelyCause, /compare this text exactly/);
  give(encodeRegistration(node, T0, CAMERA));
  assert.deepEqual(
    conformanceReports(state).map(({ verdict }) => verdict),
    ["clean"],
    "once it registers, the refusal is history",
  );
});

test("a node that said goodbye keeps its report, and goes on with it when it comes back", () => {
  const { state, node, give } = aBench();
  give(encodeRegistration(node, T0, CAMERA));
  give(encodeStatus(node, T0, { place: PLACE, mode: "Turbo" }));
  give(encodeGoodbye(node, T0));
  assert.equal(state.nodes.size, 0);
  const report = conformanceReport(state, node.nodeId)!;
  assert.equal(report.connected, false);
  assert.deepEqual(
    report.findings.map(({ causeKey }) => causeKey),
    ["undeclared-mode"],
  );
  give(encodeRegistration(node, T0, CAMERA));
  assert.equal(conformanceReports(state).length, 1);
  assert.equal(conformanceReport(state, node.nodeId)!.findings.length, 1);
  // A registration that is refused ends the association (SEQ-18): one report says both.
  give(encodeRegistration(node, T0, { ...CAMERA, icdVersion: "v9" }));
  const [both, ...others] = conformanceReports(state);
  assert.equal(others.length, 0);
  assert.equal(both.verdict, "refused");
  assert.deepEqual(both.findings.map(({ causeKey }) => causeKey).sort(), ["undeclared-mode", "version-text"]);
  assert.deepEqual(
    nodeVerdicts(state).map(({ nodeId, verdict, findings }) => [nodeId, verdict, findings]),
    [[node.nodeId, "refused", 2]],
  );
  assert.equal(conformanceReport(state, deriveUuid("nobody")), undefined);
});

test("no more than 32 nodes that are gone are remembered, the longest gone makes room", () => {
  const state = sapientProtocol.createState(SITE);
  for (let i = 0; i < 40; i++) {
    const node = createSender(deriveUuid(`node ${i}`));
    const give = (bytes: Uint8Array) => sapientProtocol.receive(state, { bytes, receivedAt: T0, connection: i + 1 }, SITE);
    give(encodeRegistration(node, T0, CAMERA));
    give(encodeGoodbye(node, T0));
  }
  assert.equal(state.departed.size, 32);
  assert.ok(state.departed.has(deriveUuid("node 39")) && !state.departed.has(deriveUuid("node 7")));
  assert.ok(
    [...state.departed.values()].every(({ cached }) => cached.registration === undefined),
    "no octets are kept for them",
  );
});

test("the report for the vendor is Markdown in which nothing that the node sent can act", () => {
  const { state, node, give } = aBench();
  give(encodeRegistration(node, T0, { ...CAMERA, shortName: "CAM|<b>`x`</b>" }));
  give(encodeStatus(node, T0, { place: PLACE, mode: "```\n# Turbo" }));
  const text = markdownNodeReport(conformanceReport(state, node.nodeId)!, T0);
  assert.match(text, /^# SAPIENT conformance report: CAM\\\|\\<b\\>\\`x\\`\\<\/b\\>\n/);
  assert.match(text, /\| messages \| 1 status reports, 0 detections/);
  assert.match(text, /likely cause: StatusReport\.mode and/);
  assert.equal(text.match(/^```/gm)!.length % 2, 0, "each block that opens closes");
  assert.equal(text.match(/^# /gm)!.length, 1, "one title");
});

test("each cause has a name of its own", () => {
  assert.equal(new Set(causeKeys()).size, causeKeys().length);
});
