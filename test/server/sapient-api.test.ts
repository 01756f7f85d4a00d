// Tasks and the integration bench as an operator's console uses them: over HTTP, with a node on a real socket.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { micros } from "../../src/core/base/units.ts";
import type { NoticeView, SensorTaskView, SensorView, TrackView } from "../../src/core/model/picture-view.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeDetection,
  encodeSapient,
  encodeStatus,
  location,
  objectUlid,
  registration,
} from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import {
  Registration_CommandType,
  Registration_DurationSchema,
  Registration_NodeType,
  Registration_TimeUnits,
  type SapientMessage,
  SapientMessageSchema,
  type Task,
  TaskAck_TaskStatus,
} from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const SITE = `
site: { id: bench, name: Bench, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: nodes, protocol: sapient, origin: simulated, listen: "tcp://127.0.0.1:0" }]
`;
const PLACE = { latitude: (36.9 * Math.PI) / 180, longitude: (43.1 * Math.PI) / 180, height: 300 };
const CAMERA: EdgeNodeDescription = {
  name: "Camera one",
  shortName: "CAM-1",
  nodeTypes: [Registration_NodeType.CAMERA, Registration_NodeType.POINTABLE_NODE],
  statusIntervalSeconds: 30,
  tracking: "none",
  form: "location",
  maximumLatencySeconds: 0.1,
  manufacturer: "Example",
  model: "C1",
};

/** A node on a socket of its own. `heard` are the messages of the fusion node, in order. */
async function connectNode(site: TestSite, name: string, nodeTypes: readonly Registration_NodeType[]) {
  const sender = createSender(deriveUuid(name));
  const socket: Socket = connect({ host: "127.0.0.1", port: site.server.sourcePort("nodes")! });
  const framer = createSapientFramer();
  const heard: SapientMessage[] = [];
  socket.on("data", (chunk) => {
    for (const octets of framer.push(chunk).packets) heard.push(fromBinary(SapientMessageSchema, octets));
  });
  socket.on("error", () => undefined);
  const now = () => micros(Date.now() * 1000);
  const send = (octets: Uint8Array) => socket.write(frameSapient(octets));
  const until = async <Found>(what: string, look: () => Found | undefined): Promise<Found> => {
    for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const found = look();
      if (found !== undefined) return found;
    }
    throw new Error(`waited in vain: ${what}`);
  };
  const init = registration({ ...CAMERA, name, shortName: name, nodeTypes });
  const seconds = (value: number) => create(Registration_DurationSchema, { units: Registration_TimeUnits.SECONDS, value });
  init.modeDefinition![0]!.task!.concurrentTasks = 4;
  init.modeDefinition![0]!.task!.command = [
    { type: Registration_CommandType.REQUEST, units: "Registration,Status", completionTime: seconds(5) },
    { type: Registration_CommandType.DETECTION_REPORT_RATE, units: "discrete", completionTime: seconds(5) },
    { type: Registration_CommandType.LOOK_AT, units: "location", completionTime: seconds(5) },
  ];
  const register = () => send(encodeSapient(sender, now(), { case: "registration", value: init }));
  register();
  await until("the acknowledgement", () => heard.find(({ content }) => content.case === "registrationAck"));
  send(encodeStatus(sender, now(), { place: PLACE }));
  const task = (index: number): Promise<Task> =>
    until(`task ${index + 1}`, () => heard.flatMap(({ content }) => (content.case === "task" ? [content.value] : []))[index]);
  const ack = (taskId: string, taskStatus: TaskAck_TaskStatus, reason: string[] = []) =>
    send(encodeSapient(sender, now(), { case: "taskAck", value: { taskId, taskStatus, reason } }));
  return {
    sender,
    send,
    now,
    heard,
    task,
    ack,
    register,
    sensorPath: `sensors/${encodeURIComponent(`nodes/${sender.nodeId}`)}`,
    end: () => socket.destroy(),
  };
}

async function post(site: TestSite, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${site.url}/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("an operator's request reaches the node, and its answer is seen to the end on the sensor", async () => {
  const site = await startSite(SITE);
  try {
    const camera = await connectNode(site, "CAM-1", CAMERA.nodeTypes);
    const asked = await post(site, `${camera.sensorPath}/tasks`, { task: { kind: "request", request: "status" }, actor: "Lt Reyes" });
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const task = await camera.task(0);
    assert.equal(task.taskId, asked.body.id);
    assert.deepEqual(task.command?.command, { case: "request", value: "Status" }, "in the node's own spelling");
    camera.ack(task.taskId!, TaskAck_TaskStatus.ACCEPTED);
    camera.ack(task.taskId!, TaskAck_TaskStatus.COMPLETED);
    const { items } = await site.until<Items<SensorTaskView>>(`${camera.sensorPath}/tasks`, ({ items }) => items[0]?.phase === "completed");
    assert.equal(items[0]!.orderedBy, "Lt Reyes");
    assert.equal(items[0]!.what, "request Status");
    assert.equal(items[0]!.sendings, 1);
    const sensors = await site.get<Items<SensorView>>("sensors");
    const { tasking } = sensors.items.find(({ id }) => id.endsWith(camera.sender.nodeId))!;
    assert.equal(tasking!.refusal, null);
    assert.deepEqual(tasking!.commands, ["request", "detection-report-rate", "look-at"]);
    assert.deepEqual(tasking!.requests, ["Registration", "Status"]);
    assert.equal(tasking!.tasks[0]!.phase, "completed");
    const events = await site.get<Items<{ type: string; text: string }>>("events");
    assert.ok(events.items.some(({ type, text }) => type === "command" && /^Lt Reyes: task to node .*: request status$/.test(text)));

    const rate = await post(site, `${camera.sensorPath}/tasks`, { task: { kind: "detection-report-rate", level: "high" } });
    assert.equal(rate.status, 201);
    assert.deepEqual((await camera.task(1)).command?.command, { case: "detectionReportRate", value: 3 });
    const look = { kind: "look-at", place: { latitudeDegrees: 36.91, longitudeDegrees: 43.11, heightHaeMetres: 400 } };
    assert.equal((await post(site, `${camera.sensorPath}/tasks`, { task: look })).status, 201);
    const { command } = (await camera.task(2)).command!;
    assert.ok(command.case === "lookAt" && command.value.fovOneof.case === "locationList");
    const [place] = command.value.fovOneof.value.locations;
    assert.deepEqual([place!.y, place!.x, place!.z], [36.91, 43.11, 400]);
    // A new registration is a new contract.
    camera.register();
    const after = await site.until<Items<SensorTaskView>>(`${camera.sensorPath}/tasks`, ({ items }) => items[0]?.phase === "cancelled");
    assert.deepEqual(
      after.items.map(({ phase }) => phase),
      ["cancelled", "cancelled", "completed"],
    );
    camera.end();
  } finally {
    await site.end();
  }
});

test("a picture that a sensor names is fetched by the server for a person, from an allowed address and no other", async () => {
  const asked: string[] = [];
  const sensor = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(200).end(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
  });
  sensor.listen(0, "127.0.0.1");
  await once(sensor, "listening");
  const base = `http://127.0.0.1:${(sensor.address() as AddressInfo).port}`;
  const site = await startSite(`${SITE}associatedFiles: { allow: ["${base}/clips/"] }\n`);
  try {
    const camera = await connectNode(site, "CAM-4", CAMERA.nodeTypes);
    const objectId = objectUlid(camera.sender, camera.now(), 1);
    const files = [`${base}/clips/1.jpg`, `${base}/private/2.jpg`].map((url) => ({ type: "image", url }));
    const { items } = await site.until<Items<TrackView>>("tracks", ({ items }) => {
      camera.send(encodeDetection(camera.sender, camera.now(), { objectId, location: location(PLACE), id: "1581F0000TEST", files }));
      return items.some(({ claims }) => claims.some((claim) => claim.files?.length === 2));
    });
    const track = items.find(({ claims }) => claims.length > 0)!;
    assert.deepEqual(asked, [], "nobody has asked yet");
    const get = (url: string, id = track.id) => fetch(`${site.url}/api/v1/tracks/${id}/file?url=${encodeURIComponent(url)}`);
    const picture = await get(files[0]!.url);
    assert.equal(picture.status, 200);
    assert.equal(picture.headers.get("content-type"), "image/jpeg");
    assert.equal((await picture.arrayBuffer()).byteLength, 7);
    const statuses = [await get(files[1]!.url), await get(`${base}/clips/other.jpg`), await get(files[0]!.url, "T999")].map(
      ({ status }) => status,
    );
    assert.deepEqual(statuses, [403, 404, 404], "not allowed; not named by a sensor; no such track");
    assert.deepEqual(asked, ["/clips/1.jpg"]);
    camera.end();
  } finally {
    await site.end();
    sensor.close();
  }
});

test("what may not be sent is answered with the reason, listed, and told to everybody", async () => {
  const site = await startSite(SITE);
  try {
    const camera = await connectNode(site, "CAM-2", [Registration_NodeType.CAMERA]);
    const jammer = await connectNode(site, "JAM-1", [Registration_NodeType.PASSIVE_RF, Registration_NodeType.JAMMER]);
    const undeclared = await post(site, `${camera.sensorPath}/tasks`, { task: { kind: "mode-change", mode: "Turbo" } });
    assert.equal(undeclared.status, 409);
    assert.match(String(undeclared.body.detail), /did not declare this command/);
    const refused = await post(site, `${jammer.sensorPath}/tasks`, { task: { kind: "request", request: "Status" } });
    assert.equal(refused.status, 409);
    assert.match(String(refused.body.detail), /JAMMER, which is not a sensor type/);
    const { items } = await site.get<Items<SensorTaskView>>(`${jammer.sensorPath}/tasks`);
    assert.equal(items[0]!.phase, "refused");
    assert.equal(items[0]!.sendings, 0);
    const sensors = await site.get<Items<SensorView>>("sensors");
    assert.match(sensors.items.find(({ id }) => id.endsWith(jammer.sender.nodeId))!.tasking!.refusal!, /JAMMER/);
    const notices = await site.get<Items<NoticeView>>("notices");
    assert.ok(notices.items.some(({ key, text }) => key === "task-refused" && /request of .*JAMMER/.test(text)));
    // Something for the jammer to read in order: had a task been sent it would have come first.
    jammer.register();
    for (const end = Date.now() + 30_000; jammer.heard.length < 2 && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(jammer.heard.length >= 2 && jammer.heard.every(({ content }) => content.case !== "task"));

    assert.equal((await post(site, "sensors/nobody/tasks", { task: { kind: "request", request: "Status" } })).status, 404);
    for (const task of [{ kind: "move-to" }, { kind: "look-at" }, { kind: "look-at", trackId: "T99999" }, { kind: "request" }])
      assert.equal((await post(site, `${camera.sensorPath}/tasks`, { task })).status, 400, JSON.stringify(task));
    camera.end();
    jammer.end();
  } finally {
    await site.end();
  }
});

test("the bench lists each node with a verdict and gives a report as JSON and as a document for the vendor", async () => {
  const site = await startSite(SITE);
  try {
    const camera = await connectNode(site, "CAM-3", [Registration_NodeType.CAMERA]);
    const objectId = objectUlid(camera.sender, camera.now(), 1);
    // Latitude in x and longitude in y.
    camera.send(encodeDetection(camera.sender, camera.now(), { objectId, location: { ...location(PLACE), x: 36.9, y: 43.1 } }));
    type Node = { nodeId: string; sourceId: string; verdict: string; findings: number };
    const { items } = await site.until<Items<Node>>("sapient/nodes", ({ items }) => (items[0]?.findings ?? 0) > 0);
    assert.deepEqual(
      items.map(({ nodeId, sourceId, verdict }) => ({ nodeId, sourceId, verdict })),
      [{ nodeId: camera.sender.nodeId, sourceId: "nodes", verdict: "tolerated" }],
    );
    type Report = {
      findings: { causeKey: string; field: string; example: { octets: string; message: { detectionReport: { objectId: string } } } }[];
    };
    const path = `sapient/nodes/${camera.sender.nodeId}/report`;
    const { findings } = await site.get<Report>(path);
    const swapped = findings.find(({ causeKey }) => causeKey === "swapped-axes")!;
    assert.equal(swapped.field, "detection_report.location");
    assert.equal(swapped.example.message.detectionReport.objectId, objectId);
    const document = await fetch(`${site.url}/api/v1/${path}.md`);
    assert.match(document.headers.get("content-type")!, /^text\/markdown/);
    assert.match(document.headers.get("content-disposition")!, new RegExp(`filename="sapient-${camera.sender.nodeId}.md"`));
    const text = await document.text();
    assert.match(text, /^# SAPIENT conformance report: CAM-3/);
    assert.match(text, /likely cause: the node writes latitude into x/);
    assert.equal((await fetch(`${site.url}/api/v1/sapient/nodes/${deriveUuid("x")}/report`)).status, 404);
    camera.end();
  } finally {
    await site.end();
  }
});
