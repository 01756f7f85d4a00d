// Two officers of two nations agree on a hand-off over HTTP: what they sign, what keeps them from it, what leaves, and what proves it afterwards.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { unzipSync, zipSync } from "fflate";
import { compactVerify } from "jose";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import type { CasesView, CaseView } from "../../src/core/model/response.ts";
import { runEvidence } from "../../src/server/cli/evidence.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const PASSWORD = "four words nobody guesses";
const letters: string[] = [];
const receiver = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => {
    text += part;
  });
  request.on("end", () => {
    letters.push(text);
    const { messageId } = JSON.parse(Buffer.from(text.split(".")[1], "base64url").toString("utf8")) as { messageId: string };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ acknowledged: messageId }));
  });
});
const socket = createSocket("udp4");
let feeding: NodeJS.Timeout | undefined;
let site: TestSite;
let trackId = "";

const yaml = (port: number) => `
site: { id: border-post, name: Border post, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
  - { id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }
sensors:
  - { id: partner-feed, kind: track-feed, source: partner, noise: { horizontalMetres: 5, verticalMetres: 5 } }
assets:
  - { id: post, name: Command post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
response:
  version: "test-1"
  nations: [{ id: north, name: North }, { id: south, name: South }]
  methods: [passkey, ed25519]
  mannedLimit: 0.01
  gateRadiusMetres: 5000
  rules:
    - { action: notify, coolDownSeconds: 0 }
    - { action: hand-off, seats: [{ nation: north }, { nation: south }], expiresAfterSeconds: 300, withinSeconds: 200, coolDownSeconds: 0, coolDownAfterRefusalSeconds: 0 }
  receivers:
    - { id: c2, name: Partner C2, actions: [notify, hand-off], url: "http://127.0.0.1:${port}/responses" }
    - { id: exercise-c2, name: Exercise C2, actions: [hand-off], url: "http://127.0.0.1:${port}/exercise", exercise: true }
`;

interface Person {
  cookie: string;
  id: string;
  keyId: string;
  key: KeyObject;
}
const persons = new Map<string, Person>();

async function ask(
  method: string,
  path: string,
  cookie: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, never>; cookie: string }> {
  const response = await fetch(`${site.url}/api/v1/${path}`, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, never>,
    cookie: (response.headers.get("set-cookie") ?? "").split(";")[0],
  };
}
const as = (name: string): Person => persons.get(name) as Person;

async function enrol(name: string, role: string, nation?: string): Promise<void> {
  const made = await ask("POST", "accounts", as("admin").cookie, { name, role, ...(nation === undefined ? {} : { nation }) });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const { cookie } = await ask("POST", "invitations/accept", "", { token: made.body.invitation, password: PASSWORD });
  const { privateKey } = generateKeyPairSync("ed25519");
  const raw = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const added = await ask("POST", "software-keys", cookie, { label: "test", publicKey: raw });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  persons.set(name, { cookie, id: (made.body.account as { id: string }).id, keyId: added.body.keyId, key: privateKey });
}

const views = async (): Promise<CasesView> => (await ask("GET", "cases", as("admin").cookie)).body as unknown as CasesView;
const viewOf = async (id: string): Promise<CaseView> => (await views()).cases.find((one) => one.id === id) as CaseView;
const signatureOf = ({ key }: Person, hash: string) => sign(null, Buffer.from(`picket-approval-v1\n${hash}`), key).toString("base64url");
async function approve(name: string, caseId: string, hash: string) {
  const person = as(name);
  return ask("POST", `cases/${caseId}/approve`, person.cookie, {
    hash,
    signature: { keyId: person.keyId, signature: signatureOf(person, hash) },
  });
}
const PLAN = { action: "hand-off", receiverId: "c2", text: "Small drone inbound, please take over watch." };
async function open(plan: Record<string, unknown> = PLAN): Promise<string> {
  const opened = await ask("POST", "cases", as("Operator").cookie, { trackId, plan });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  return opened.body.caseId;
}
async function until<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  site = await startSite(yaml((receiver.address() as AddressInfo).port));
  const token = (site.said.find((line) => line.includes("#invitation=")) ?? "").split("#invitation=")[1];
  const first = await ask("POST", "invitations/accept", "", { token, name: "admin", password: PASSWORD });
  persons.set("admin", { cookie: first.cookie } as Person);
  await enrol("Reem", "officer", "north");
  await enrol("Ingrid", "officer", "south");
  await enrol("Rashid", "officer", "north");
  await enrol("Operator", "operator");
  const port = site.server.sourcePort("partner") as number;
  const broadcasts = site.server.sourcePort("rid") as number;
  const began = Date.now();
  feeding = setInterval(() => {
    const now = Date.now();
    const metres = 2500 - ((now - began) / 1000) * 12;
    const at = new Date(now).toISOString();
    const stale = new Date(now + 10_000).toISOString();
    socket.send(
      `<event version="2.0" uid="UAV-1" type="a-u-A-M-F-Q" how="m-g" time="${at}" start="${at}" stale="${stale}"><point lat="${36.9 + metres / 111_000}" lon="43.1" hae="400" ce="5" le="5"/><detail/></event>`,
      port,
      "127.0.0.1",
    );
    // It says itself that it is a drone: without that, a partner's word alone leaves a doubt of about one in a hundred that people are aboard.
    const broadcast = {
      mac: "60:60:1f:00:00:01",
      rssi: -60,
      drone_lat: 36.9 + metres / 111_000,
      drone_long: 43.1,
      drone_altitude: 400,
      pilot_lat: 0,
      pilot_long: 0,
      basic_id: "1581F0000000000TEST1",
    };
    socket.send(`${JSON.stringify(broadcast)}\n`, broadcasts, "127.0.0.1");
  }, 200);
  trackId = await until("a confirmed track", async () => {
    const { items } = (await ask("GET", "tracks", as("admin").cookie)).body as unknown as Items<TrackView>;
    return items.find(({ status, claims }) => status === "confirmed" && claims.some(({ serial }) => serial !== undefined))?.id;
  });
  // People have looked at it: from here on its affiliation is theirs, and no automatic change ends a case in the middle of a test.
  const declared = await ask("PUT", `tracks/${trackId}/declaration`, as("Operator").cookie, {
    question: "affiliation",
    value: "suspect",
    reason: "seen by eye",
  });
  assert.equal(declared.status, 200, JSON.stringify(declared.body));
});
after(async () => {
  clearInterval(feeding);
  socket.close();
  receiver.close();
  await site.end();
});

test("one officer of each nation signs the same hash; the signed message leaves once, and is delivered and acknowledged as facts of their own", async () => {
  const caseId = await open();
  const before = await viewOf(caseId);
  assert.deepEqual(before.blockers, [], JSON.stringify(before.blockers));
  assert.equal((await approve("Reem", caseId, before.hash)).status, 200);
  assert.equal((await viewOf(caseId)).state, "open");
  assert.equal(letters.length, 0);
  assert.equal((await approve("Ingrid", caseId, before.hash)).status, 200);
  const done = await until("the message to be acknowledged", async () => {
    const view = await viewOf(caseId);
    return view.acknowledgedAtUs === null ? undefined : view;
  });
  assert.equal(done.state, "authorised");
  assert.deepEqual(done.authorisedBy, [as("Reem").id, as("Ingrid").id]);
  assert.ok(done.deliveredAtUs !== null && done.doneAtUs === null, "nobody said that it is done");
  assert.deepEqual(
    letters.map((text) => (JSON.parse(Buffer.from(text.split(".")[1], "base64url").toString("utf8")) as { kind: string }).kind),
    ["response"],
  );
  const { publicKey } = (await ask("GET", "journal/head", as("admin").cookie)).body as unknown as { publicKey: string };
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(publicKey, "hex")]),
    format: "der",
    type: "spki",
  });
  const { payload } = await compactVerify(letters[0], key);
  const message = JSON.parse(new TextDecoder().decode(payload)) as {
    caseHash: string;
    receiverId: string;
    approvals: unknown[];
    origin: string;
  };
  assert.equal(message.caseHash, before.hash);
  assert.equal(message.receiverId, "c2");
  assert.equal(message.origin, "live");
  assert.equal(message.approvals.length, 2);
});

test("two officers of one nation are not two nations; the same officer is not two persons", async () => {
  const caseId = await open();
  const { hash } = await viewOf(caseId);
  assert.equal((await approve("Reem", caseId, hash)).status, 200);
  const again = await approve("Reem", caseId, hash);
  assert.equal(again.status, 409, JSON.stringify(again.body));
  await approve("Rashid", caseId, hash);
  const view = await viewOf(caseId);
  assert.equal(view.state, "open");
  assert.equal(view.seats.find(({ nation }) => nation === "south")?.missing, 1);
  assert.equal((await ask("POST", `cases/${caseId}/refuse`, as("Ingrid").cookie, { reason: "seen by eye: a kite" })).status, 200);
  assert.equal((await viewOf(caseId)).state, "refused");
});

test("a signature of another text, of another's key, or none at all is refused, and says why", async () => {
  const caseId = await open();
  const { hash } = await viewOf(caseId);
  const other = "ab".repeat(32);
  const reem = as("Reem");
  const foreign = await ask("POST", `cases/${caseId}/approve`, as("Ingrid").cookie, {
    hash,
    signature: { keyId: reem.keyId, signature: signatureOf(reem, hash) },
  });
  assert.equal(foreign.status, 401);
  const wrong = await ask("POST", `cases/${caseId}/approve`, reem.cookie, {
    hash,
    signature: { keyId: reem.keyId, signature: signatureOf(reem, other) },
  });
  assert.equal(wrong.status, 401);
  const otherText = await approve("Reem", caseId, other);
  assert.equal(otherText.status, 409, JSON.stringify(otherText.body));
  const operator = await approve("Operator", caseId, hash);
  assert.notEqual(operator.status, 200);
  assert.equal((await ask("POST", `cases/${caseId}/approve`, as("admin").cookie, {})).status, 403, "an administrator cannot approve");
  assert.deepEqual(
    (await viewOf(caseId)).seats.map(({ given }) => given),
    [0, 0],
  );
  await ask("POST", `cases/${caseId}/cancel`, as("Operator").cookie, { reason: "end of the test" });
});

test("an edit ends every approval; a disabled officer's approval ends too", async () => {
  const caseId = await open();
  const first = await viewOf(caseId);
  const approved = await approve("Reem", caseId, first.hash);
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  const edited = await ask("PUT", `cases/${caseId}/plan`, as("Operator").cookie, { plan: { ...PLAN, text: "Another text." } });
  assert.equal(edited.status, 200, JSON.stringify(edited.body));
  const second = await viewOf(caseId);
  assert.notEqual(second.hash, first.hash);
  assert.deepEqual(
    second.seats.map(({ given }) => given),
    [0, 0],
  );
  const old = await approve("Reem", caseId, first.hash);
  assert.equal(old.status, 409);
  assert.equal((await approve("Rashid", caseId, second.hash)).status, 200);
  await ask("PATCH", `accounts/${as("Rashid").id}`, as("admin").cookie, { disabled: true });
  assert.deepEqual(
    (await viewOf(caseId)).seats.map(({ given }) => given),
    [0, 0],
  );
  await ask("POST", `cases/${caseId}/cancel`, as("Operator").cookie, { reason: "end of the test" });
});

test("live data does not go to a receiver of exercises", async () => {
  const opened = await ask("POST", "cases", as("Operator").cookie, { trackId, plan: { ...PLAN, receiverId: "exercise-c2" } });
  if (opened.status === 200) {
    const view = await viewOf(opened.body.caseId);
    assert.notDeepEqual(view.blockers, []);
    await ask("POST", `cases/${opened.body.caseId}/cancel`, as("Operator").cookie, { reason: "end of the test" });
  } else assert.equal(opened.status, 409);
  assert.ok(!letters.some((text) => Buffer.from(text.split(".")[1], "base64url").includes('"receiverId":"exercise-c2"')));
});

test("the evidence bundle of the authorised case is checked offline by the verifier alone, and a changed signature is found", async () => {
  await site.stop();
  const target = join(site.dataFolder, "case.zip");
  const lines: string[] = [];
  const status = await runEvidence(
    ["export", "--data", site.dataFolder, "--case", "C1", "--by", "Maj. Reem", "--reason", "inquiry 17", "--out", target],
    { line: (text) => lines.push(text), note: () => undefined },
  );
  assert.equal(status, 0, lines.join("\n"));
  const verifier = join(import.meta.dirname, "../../bin/picket-verify.mjs");
  const publicKey = /--key ([0-9a-f]{64})/.exec(lines.join("\n"))?.[1] ?? "";
  const good = spawnSync(process.execPath, [verifier, target, "--key", publicKey], { encoding: "utf8" });
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.match(good.stdout, /case C1, hash [0-9a-f]{64}: 2 approvals/);
  assert.match(good.stdout, /P2, north, by ed25519/);
  // Another text of the same case: every approval was given for something else.
  const files = unzipSync(readFileSync(target)) as Record<string, Uint8Array>;
  const record = JSON.parse(Buffer.from(files["cases/C1.json"]).toString("utf8"));
  record.case.plan.text = "Take it down.";
  files["cases/C1.json"] = Buffer.from(JSON.stringify(record));
  writeFileSync(join(site.dataFolder, "forged.zip"), zipSync(files));
  const bad = spawnSync(process.execPath, [verifier, join(site.dataFolder, "forged.zip"), "--key", publicKey], { encoding: "utf8" });
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /the text of the case is not what its hash says/);
  assert.match(bad.stdout, /it was given for another text of the case/);
});
