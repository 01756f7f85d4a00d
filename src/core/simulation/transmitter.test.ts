import assert from "node:assert/strict";
import { test } from "node:test";
import { type Micros, micros, wrapAngle } from "../base/units.ts";
import { geodeticToEcef } from "../geodesy/wgs84.ts";
import type { Observation } from "../model/observation.ts";
import { asterixProtocol } from "../protocols/asterix/asterix-protocol.ts";
import { createBeastFramer } from "../protocols/beast/beast-framer.ts";
import { beastProtocol } from "../protocols/beast/beast-protocol.ts";
import { cotProtocol } from "../protocols/cot/cot-protocol.ts";
import type { Framer, Protocol } from "../protocols/protocol.ts";
import { remoteIdJsonProtocol } from "../protocols/remote-id/remote-id-json-protocol.ts";
import { createSapientFramer, frameSapient } from "../protocols/sapient/sapient-framer.ts";
import { sapientProtocol } from "../protocols/sapient/sapient-protocol.ts";
import { findScene } from "./built-in-scenes.ts";
import { registrationOf, statusOf } from "./edge-node.ts";
import { encodeSector } from "./encode-asterix.ts";
import type { PlotReport, Report } from "./report.ts";
import type { Output, Scene } from "./scene.ts";
import { createTransmitter, type Transmission, type Transmitter, transmit } from "./transmitter.ts";
import { advanceWorld, createWorld, type World } from "./world.ts";

const START = micros(1_767_225_600_000_000);

function send(
  scene: Scene,
  seconds: number,
  seed = scene.seed,
): { world: World; transmitter: Transmitter; sent: Transmission[]; reports: Report[] } {
  const world = createWorld(scene, START, seed);
  const transmitter = createTransmitter(world);
  const sent: Transmission[] = [];
  const reports: Report[] = [];
  for (let second = 1; second <= seconds; second++) {
    const heard = advanceWorld(world, micros(START + second * 1e6));
    reports.push(...heard);
    sent.push(...transmit(world, transmitter, heard));
  }
  return { world, transmitter, sent, reports };
}
const demo = findScene("demo") as Scene;

test("the same seed sends the same octets at the same times; another seed does not", () => {
  const first = send(demo, 20).sent;
  assert.deepEqual(send(demo, 20).sent, first);
  assert.notDeepEqual(
    send(demo, 20, 2).sent.map((one) => one.bytes),
    first.map((one) => one.bytes),
  );
});

test("the world does not depend on how the caller cuts time", () => {
  const once = createWorld(demo, START);
  const together = advanceWorld(once, micros(START + 7e6));
  const piecewise = createWorld(demo, START);
  const parts: Report[] = [];
  for (let at = 0; at <= 7e6; at += 33_000) parts.push(...advanceWorld(piecewise, micros(START + at)));
  parts.push(...advanceWorld(piecewise, micros(START + 7e6)));
  assert.deepEqual(parts, together);
});

test("one more sensor changes nothing of what the others send", () => {
  const fewer = { ...demo, sensors: demo.sensors.slice(0, 3) };
  const pick = (sent: readonly Transmission[]) => sent.filter((one) => one.sensor < 3).map((one) => [one.at, one.sensor, one.bytes]);
  assert.deepEqual(pick(send(demo, 15).sent), pick(send(fewer, 15).sent));
});

test("each sensor sends in the order of time, and a plot leaves within its class's latency", () => {
  const one = { ...demo, sensors: [demo.sensors[0]] };
  const { sent, reports } = send(one, 30);
  let last = 0;
  for (const { at } of sent) {
    assert.ok(at >= last);
    last = at;
  }
  // The rotating radar takes 0.3 to 0.8 s; what it still holds at the end has not left.
  const measured = reports.filter((report) => report.kind === "plot").map((report) => report.at);
  const left = sent.filter((transmission) => transmission.records === 1).map((transmission) => transmission.at);
  assert.ok(left.length > 200 && measured.length - left.length < 40);
  for (const [i, at] of left.entries()) assert.ok(at - measured[i] >= 300_000 && at - measured[i] <= 850_000, `${at - measured[i]} us`);
});

/** Reads what a scene sent with Picket's own codecs, as the server would. */
function receive(world: World, transmitter: Transmitter, sent: readonly Transmission[]) {
  const options = { nodeId: "4e6d5b9c-0000-4000-8000-000000000001" };
  const readers = new Map<string, { take: (bytes: Uint8Array, at: Micros) => void }>();
  const observations: { output: Output; sensor: number; at: Micros; observation: Observation }[] = [];
  const errors: string[] = [];
  const replies = new Map<string, number>();
  const reader = <State>(output: Output, sensor: number, protocol: Protocol<State>, state: State, connection: number, framer?: Framer) => ({
    take: (bytes: Uint8Array, at: Micros) => {
      const framed = framer?.push(bytes);
      for (const error of framed?.errors ?? []) errors.push(`${output}: ${error.message}`);
      for (const packet of framed?.packets ?? [bytes]) {
        const decoded = protocol.receive(state, { receivedAt: at, connection, bytes: packet }, options);
        for (const error of decoded.errors) errors.push(`${output}: ${error.item}: ${error.message}`);
        for (const observation of decoded.observations) observations.push({ output, sensor, at, observation });
        replies.set(output, (replies.get(output) ?? 0) + (decoded.replies?.length ?? 0));
      }
    },
  });
  const sapient = sapientProtocol.createState(options);
  for (const [sensor, node] of transmitter.nodes.entries()) {
    if (node === undefined) continue;
    sapientProtocol.connectionChanged?.(sapient, sensor + 1, "opened", START, options);
    const opened = reader("sapient", sensor, sapientProtocol, sapient, sensor + 1, createSapientFramer());
    readers.set(`sapient/${sensor}`, opened);
    opened.take(frameSapient(registrationOf(node, START)), START);
    opened.take(frameSapient(statusOf(node, START, false)), START);
  }
  const states = { asterix: asterixProtocol.createState(options), cot: cotProtocol.createState(options) };
  const remoteId = remoteIdJsonProtocol.createState(options);
  const beast = reader("beast", 0, beastProtocol, beastProtocol.createState(options), 1, createBeastFramer());
  for (const one of sent) {
    const key = `${one.output}/${one.sensor}`;
    let found = one.output === "beast" ? beast : readers.get(key);
    if (found === undefined) {
      found =
        one.output === "asterix"
          ? reader("asterix", one.sensor, asterixProtocol, states.asterix, 0)
          : one.output === "cot"
            ? reader("cot", one.sensor, cotProtocol, states.cot, 0)
            : reader("remote-id-json", one.sensor, remoteIdJsonProtocol, remoteId, 0);
      readers.set(key, found);
    }
    found.take(one.bytes, one.at);
  }
  assert.ok(world.now > START);
  return { observations, errors, replies };
}

test("a radar with micro-Doppler tells echo and moving parts of every plot, and that it saw none too", () => {
  const { world, transmitter, sent } = send(demo, 30);
  const radar = world.scene.sensors.findIndex(({ id }) => id === "radar-3d");
  const { observations } = receive(world, transmitter, sent);
  const kinds = new Set<string>();
  for (const { output, sensor, observation } of observations) {
    if (output !== "sapient" || sensor !== radar || observation.type !== "detection") continue;
    assert.ok(observation.rcsDbsm !== undefined && observation.microDoppler !== undefined);
    kinds.add(observation.microDoppler);
  }
  assert.ok(kinds.has("rotor") && kinds.has("none"), [...kinds].join());
});

test("Picket's own codecs read a minute of the demonstration without one error", () => {
  const { world, transmitter, sent } = send(demo, 60);
  const { observations, errors, replies } = receive(world, transmitter, sent);
  assert.deepEqual(errors, []);
  const count = (output: Output, type: Observation["type"]) =>
    observations.filter((one) => one.output === output && one.observation.type === type).length;
  // Every registration was answered, and with nothing but its acknowledgement.
  assert.equal(replies.get("sapient"), transmitter.nodes.filter((node) => node !== undefined).length);
  const records = (output: Output) => sent.filter((one) => one.output === output).reduce((sum, one) => sum + one.records, 0);
  assert.equal(count("sapient", "detection"), records("sapient"), "each detection report is a detection");
  assert.equal(count("asterix", "detection"), records("asterix"));
  assert.equal(count("remote-id-json", "detection"), records("remote-id-json"));
  assert.equal(count("cot", "source-track"), records("cot"));
  assert.ok(count("beast", "detection") > 200);
  const names = observations.flatMap(({ observation }) =>
    observation.type === "claim"
      ? [observation.statements.callsign, observation.statements.serial].filter((name) => name !== undefined)
      : [],
  );
  assert.ok(names.length > 100);
  for (const name of names) assert.match(name, /^SIM/);
});

test("what is read is what was measured, within the steps of each format", () => {
  const { world, transmitter, sent, reports } = send(demo, 30);
  const { observations } = receive(world, transmitter, sent);
  const plots = reports.filter((report): report is PlotReport => report.kind === "plot");
  for (const [sensor, rangeStep, angleStep] of [
    [0, 1e-3, 1e-5], // SAPIENT: single or double precision
    [1, 1852 / 256 / 2, (2 * Math.PI) / 65_536 / 2], // CAT048: half of a least significant bit
  ] as const) {
    const measured = plots.filter((plot) => plot.sensor === sensor);
    const read = observations.filter((one) => one.sensor === sensor && one.output !== "beast" && one.observation.type === "detection");
    assert.ok(read.length > 100);
    for (const { observation } of read) {
      assert.ok(observation.type === "detection" && observation.measurement.kind === "polar");
      const { range, azimuth, elevation } = observation.measurement;
      const same = measured.find(
        (plot) =>
          Math.abs(plot.range - range) <= rangeStep * 1.001 &&
          Math.abs(wrapAngle(plot.azimuth - azimuth)) <= angleStep * 1.001 &&
          (plot.elevation === undefined || Math.abs(plot.elevation - (elevation ?? 9)) < 1e-5),
      );
      assert.ok(same !== undefined, `sensor ${sensor}: a plot at ${range} m`);
    }
  }
  for (const { output, observation } of observations) {
    if (observation.type !== "detection" || output !== "remote-id-json") continue;
    assert.ok(observation.measurement.kind === "position");
    const { latitude, longitude, height } = observation.measurement;
    const [x, y, z] = geodeticToEcef(latitude, longitude, height?.value ?? 0);
    const nearest = Math.min(
      ...world.objects.filter((one) => one.speaksRemoteId).map((one) => Math.hypot(one.ecef[0] - x, one.ecef[1] - y, one.ecef[2] - z)),
    );
    assert.ok(nearest < 20 * 30, "no farther from a drone that speaks than 20 m/s carry it in the half minute");
  }
  for (const one of observations) {
    if (one.output === "asterix" && one.observation.type === "detection") assert.equal(one.observation.simulated, true, "I048/020 SIM");
  }
});

test("a sector with 120 plots is three datagrams of at most 50, then its service message", () => {
  const plot: PlotReport = {
    kind: "plot",
    at: START,
    sensor: 0,
    truth: 1,
    range: 1852,
    azimuth: Math.PI / 2,
    rangeSigma: 5,
    azimuthSigma: 0.01,
    snrDb: 20,
    rcsDbsm: 0,
  };
  const radar = { sac: 99, sic: 1, latitude: 0.6, longitude: 0.7, heightHae: 300 };
  const datagrams = encodeSector(radar, Array(120).fill(plot), { kind: "sector", at: START, sensor: 0, sector: 31, turn: 1.3 });
  assert.deepEqual(
    datagrams.map((bytes) => bytes[0]),
    [48, 48, 48, 34],
  );
  for (const bytes of datagrams) assert.ok(bytes.length < 1472);
  const state = asterixProtocol.createState({});
  const read = datagrams.map((bytes) => asterixProtocol.receive(state, { receivedAt: START, connection: 0, bytes }, {}));
  assert.deepEqual(
    read.map((one) => one.records),
    [50, 50, 20, 1],
  );
  const [first] = read[0].observations;
  assert.ok(first.type === "detection" && first.measurement.kind === "polar");
  assert.equal(first.measurement.range, 1852, "one nautical mile");
  assert.equal(first.measurement.azimuth, Math.PI / 2, "a quarter turn");
});

test("the demonstration's SAPIENT nodes have the identifiers that the demonstration site and the documents name", () => {
  const { nodes } = createTransmitter(createWorld(demo, START));
  const named = Object.fromEntries(
    nodes.flatMap((node, sensor) => (node === undefined ? [] : [[demo.sensors[sensor].id, node.sender.nodeId]])),
  );
  assert.deepEqual(named, {
    "radar-3d": "7d15a031-0706-4db2-bd15-a031b659d469",
    "df-west": "fdb9b781-8c2e-4e1c-bdb9-b7817b760b80",
    "df-east": "4531c652-49d0-4946-8531-c65297eb2814",
    camera: "1b90b313-bbd5-415b-9b90-b313e0757c06",
  });
});
