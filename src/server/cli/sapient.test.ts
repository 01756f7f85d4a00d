import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as DEGREE } from "../../core/base/units.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeDetection,
  encodeGoodbye,
  encodeRegistration,
  encodeStatus,
  location,
  objectUlid,
} from "../../core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../core/protocols/sapient/identifiers.ts";
import { frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { systemClock } from "../sapient/upward-client.ts";
import { runSapient } from "./sapient.ts";

const CAMERA: EdgeNodeDescription = {
  name: "Camera",
  shortName: "CAM-3",
  nodeTypes: [Registration_NodeType.CAMERA],
  statusIntervalSeconds: 5,
  tracking: "track",
  form: "location",
  maximumLatencySeconds: 0.1,
  manufacturer: "Example",
  model: "C1",
};
const PLACE = { latitude: 51.5 * DEGREE, longitude: -0.1 * DEGREE, height: 50 };

/** Runs a check, plays `messages` of one node into it, and gives back what was printed. */
async function check(argv: readonly string[], messages: (sender: ReturnType<typeof createSender>) => Uint8Array[]) {
  const lines: string[] = [];
  const notes: string[] = [];
  const stop = new AbortController();
  const code = await runSapient(
    ["check", "127.0.0.1:0", ...argv],
    { line: (text) => lines.push(text), note: (text) => notes.push(text) },
    {
      stop: stop.signal,
      listening: (port) => {
        const socket = connect({ host: "127.0.0.1", port });
        for (const octets of messages(createSender(deriveUuid("camera 3")))) socket.write(frameSapient(octets));
        socket.on("data", () => undefined);
        socket.end();
        socket.on("close", () => setTimeout(() => stop.abort(), 50));
      },
    },
  );
  return { code, text: lines.join("\n"), notes: notes.join("\n") };
}

const wellBehaved = (sender: ReturnType<typeof createSender>) => {
  const at = systemClock();
  return [
    encodeRegistration(sender, at, CAMERA),
    encodeStatus(sender, at, { place: PLACE }),
    encodeDetection(sender, at, { objectId: objectUlid(sender, at, 1), location: location(PLACE) }),
    encodeGoodbye(sender, at),
  ];
};

test("a node that keeps the rules is clean, and the check ends by itself with exit code 0 after its goodbye", async () => {
  const { code, text } = await check([], wellBehaved);
  assert.equal(code, 0, text);
  assert.match(text, /CAM-3: registered, CAMERA/);
  assert.match(text, /CLEAN/);
  assert.match(text, /2 status reports, 1 detections/);
});

const swapped = (sender: ReturnType<typeof createSender>) => {
  const at = systemClock();
  return [
    encodeRegistration(sender, at, CAMERA),
    encodeStatus(sender, at, { place: PLACE }),
    encodeDetection(sender, at, { objectId: objectUlid(sender, at, 1), location: { ...location(PLACE), x: 51.4, y: -0.2 } }),
    encodeGoodbye(sender, at),
  ];
};

test("swapped coordinates are repaired and explained; --strict makes that a failure; the report can be handed over as a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-check-"));
  try {
    const file = join(folder, "report.txt");
    const lenient = await check(["--site", "51.5,-0.1", "--report", file], swapped);
    assert.equal(lenient.code, 0, lenient.text);
    assert.match(lenient.text, /TOLERATED/);
    const report = readFileSync(file, "utf8");
    assert.match(report, /detection_report\.location: x 51\.4 and y -0\.2 are swapped/);
    assert.match(report, /likely cause: the node writes latitude into x/);
    assert.match(report, /example: \{"timestamp"/);
    const strict = await check(["--site", "51.5,-0.1", "--strict"], swapped);
    assert.equal(strict.code, 1, strict.text);
    assert.match(strict.text, /FAULTY/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a refused registration and an empty port are exit code 1; --json is one object a node", async () => {
  const { code, text } = await check(["--json"], (sender) => [
    encodeRegistration(sender, systemClock(), { ...CAMERA, icdVersion: "mine" }),
  ]);
  assert.equal(code, 1);
  const report = JSON.parse(text) as { verdict: string; findings: { rule: string; message: string }[] };
  assert.equal(report.verdict, "refused");
  assert.equal(report.findings[0].rule, "version");
  const empty = await check([], () => []);
  assert.equal(empty.code, 1);
  assert.match(empty.notes, /no node came/);
});

test("a message before the registration and octets of another protocol are named while they happen", async () => {
  const early = await check([], (sender) => [encodeStatus(sender, systemClock(), {})]);
  assert.match(early.text, /refused: status_report: a Registration must come first/);
  const http = await check([], () => [new Uint8Array(0), Uint8Array.of(0xff, 0xff)]);
  assert.match(http.text, /connection 1: refused/);
});

test("--connect listens to middleware that forwards several nodes on one connection, and sends it nothing", async () => {
  let received = 0;
  const middleware = createServer((socket) => {
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    socket.on("error", () => undefined);
    for (const name of ["a", "b"]) {
      const sender = createSender(deriveUuid(name));
      const at = systemClock();
      socket.write(frameSapient(encodeRegistration(sender, at, { ...CAMERA, shortName: name })));
      socket.write(frameSapient(encodeStatus(sender, at, { place: PLACE })));
    }
    setTimeout(() => socket.end(), 100);
  });
  middleware.listen(0, "127.0.0.1");
  await once(middleware, "listening");
  const address = middleware.address();
  assert.ok(address !== null && typeof address === "object");
  const lines: string[] = [];
  const code = await runSapient(["check", `127.0.0.1:${address.port}`, "--connect"], {
    line: (text) => lines.push(text),
    note: () => undefined,
  });
  assert.equal(code, 0, lines.join("\n"));
  assert.equal(lines.join("\n").match(/CLEAN/g)?.length, 2);
  assert.equal(received, 0);
  await new Promise((resolve) => middleware.close(resolve));
});

test("wrong usage and a port in use are one clear sentence", async () => {
  const quiet = { line: () => undefined, note: () => undefined };
  await assert.rejects(runSapient([], quiet), /expected: picket sapient check/);
  await assert.rejects(runSapient(["check", "host:99999"], quiet), /expected HOST:PORT/);
  await assert.rejects(runSapient(["check", "1", "--site", "91,0"], quiet), /--site: expected/);
  await assert.rejects(runSapient(["check", "1", "--allow", "me"], quiet), /--allow: expected a UUID/);
  const busy = createServer();
  busy.listen(0, "127.0.0.1");
  await once(busy, "listening");
  const address = busy.address();
  assert.ok(address !== null && typeof address === "object");
  await assert.rejects(runSapient(["check", `127.0.0.1:${address.port}`], quiet), /the port is already in use/);
  await new Promise((resolve) => busy.close(resolve));
  await assert.rejects(runSapient(["check", `127.0.0.1:${address.port}`, "--connect"], quiet), /nobody listens there/);
});
