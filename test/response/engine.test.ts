// A case in a living picture: frozen from a track that sensors made, decided by commands as the journal keeps them, the same after a snapshot.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/core/base/canonical-json.ts";
import { sha256Hex } from "../../src/core/base/sha256.ts";
import { encodeUtf8 } from "../../src/core/base/text.ts";
import type { Micros } from "../../src/core/base/units.ts";
import { pictureDigest, restorePicture, snapshotPicture } from "../../src/core/engine/digest.ts";
import { createPicture, type Picture } from "../../src/core/engine/picture.ts";
import { casesView } from "../../src/core/engine/response-views.ts";
import { step } from "../../src/core/engine/step.ts";
import { trackViews } from "../../src/core/engine/views.ts";
import type { Actor, Command, Effect } from "../../src/core/model/event.ts";
import type { CasePlan, SignatureVerdict } from "../../src/core/model/response.ts";
import type { Site } from "../../src/core/model/site.ts";
import { asJournalled } from "../../src/server/journal/event-codec.ts";
import { demonstrationSite, sceneSteps, type WithoutStamps } from "../support/scene-events.ts";
import { policyOf } from "./world.ts";

const policy = policyOf([1, 1]);
const site = (): Site => ({
  ...demonstrationSite(),
  response: {
    ...policy,
    receivers: [...policy.receivers, { id: "training", name: "Training desk", actions: ["hand-off"], exercise: true }],
  },
});

const SERVICE: Actor = { name: "accounts", authenticated: true, role: "service" };
const actor = (id: string): Actor => ({ name: id, authenticated: true, personId: id, nation: id.slice(0, 1), role: "officer" });
const PLAN: CasePlan = { action: "hand-off", receiverId: "training", text: "exercise only", skippedSteps: [] };

const signed = (picture: Picture, id: string, signedHash: string): SignatureVerdict => ({
  method: "passkey",
  credentialId: `key-${id}`,
  personId: id,
  nation: id.slice(0, 1),
  role: "officer",
  verified: true,
  signedHash,
  signatureId: `${id}-${picture.now}`,
  signedAt: picture.now,
});

/** Plays the demonstration; `say` is asked once a second what people do. The picture goes through a snapshot every `snapshotEvery` seconds. */
function watch(
  seconds: number,
  say: (picture: Picture, second: number) => readonly [Actor, Command][],
  snapshotEvery = Number.POSITIVE_INFINITY,
) {
  let picture = createPicture();
  const effects: Effect[] = [];
  let second = 0;
  const more = (_: unknown, now: number): WithoutStamps<Parameters<typeof step>[1]>[] => {
    const whole = Math.floor(now / 1_000_000) - 1_790_000_000;
    if (whole <= second) return [];
    second = whole;
    if (second % snapshotEvery === 0) picture = restorePicture(snapshotPicture(picture));
    return say(picture, second).map(([by, command], i) => ({ type: "command", commandId: `${second}-${i}`, actor: by, command }));
  };
  for (const { events } of sceneSteps("demo", 3, seconds, site(), { more }))
    for (const event of events) effects.push(...step(picture, asJournalled(event)));
  return { picture, effects };
}

const enrol = (id: string): [Actor, Command] => [
  SERVICE,
  { kind: "enrol-person", person: { id, name: id, nation: id.slice(0, 1), role: "officer" } },
];

/** The unmanned track that a case of the watch is about: the first of which the lock says nothing. */
const unmanned = (picture: Picture): string =>
  trackViews(picture).find(
    ({ status, uas, manned, origin }) => status === "confirmed" && uas > 0.9 && manned < 0.009 && origin === "simulated",
  )!.id;

function say(picture: Picture, second: number): [Actor, Command][] {
  const { cases } = casesView(picture);
  const [newest] = cases;
  if (second === 14) return ["A1", "A2", "B1"].map(enrol);
  if (second === 16) return [[actor("A1"), { kind: "open-case", trackId: unmanned(picture), plan: { ...PLAN, receiverId: "desk" } }]];
  if (second === 17) return [[actor("A1"), { kind: "open-case", trackId: unmanned(picture), plan: PLAN }]];
  if (newest === undefined) return [];
  const approve = (id: string): [Actor, Command] => [
    actor(id),
    { kind: "approve-case", caseId: newest.id, signature: signed(picture, id, newest.hash) },
  ];
  if (second === 18) return [approve("A1")];
  if (second === 19) return [approve("A2"), approve("B1")];
  return [];
}

test("a simulated track's case is refused a receiver in earnest, approved by two nations over its hash, and its message released once", () => {
  const { picture, effects } = watch(20, say);
  const answers = effects.flatMap((effect) => (effect.type === "command-result" ? [effect] : []));
  const answer = (id: string) => answers.find(({ commandId }) => commandId === id);
  assert.equal(answer("16-0")?.code, "not-live");
  assert.match(answer("16-0")?.message ?? "", /takes live messages only, and this is simulated/);
  assert.deepEqual([answer("17-0")?.ok, answer("17-0")?.message], [true, "SIM-C1"]);
  assert.equal(answer("18-0")?.ok, true, answer("18-0")?.message);
  const [theCase] = casesView(picture).cases;
  assert.ok(theCase !== undefined);
  assert.equal(theCase.state, "authorised", answer("19-1")?.message);
  assert.deepEqual(theCase.authorisedBy.at(-1), "B1");
  assert.equal(theCase.hash, sha256Hex(encodeUtf8(theCase.canonical)));
  assert.equal(theCase.canonical, canonicalJson(JSON.parse(theCase.canonical)));
  // What was frozen is what the sensors saw: a place near the site, a ledger.
  assert.equal(theCase.evidence.origin, "simulated");
  assert.ok(theCase.evidence.sensors.length > 0);
  assert.ok(Math.hypot(theCase.evidence.eastMetres, theCase.evidence.northMetres) < 20_000);
  assert.match(JSON.parse(theCase.canonical).evidenceDigest, /^[0-9a-f]{64}$/);
  const released = effects.flatMap((effect) => (effect.type === "release-response" ? [effect.message] : []));
  assert.deepEqual(
    released.map(({ receiverId, kind, origin, caseHash }) => [receiverId, kind, origin, caseHash]),
    [["training", "response", "simulated", theCase.hash]],
  );
  // Refusals are on the screen too.
  assert.ok(picture.notices.some(({ key }) => key === "response.not-live"));
});

test("what was decided survives snapshots bit for bit", () => {
  const whole = watch(20, say);
  const pieces = watch(20, say, 3);
  assert.equal(pictureDigest(pieces.picture), pictureDigest(whole.picture));
  assert.deepEqual(casesView(pieces.picture), casesView(whole.picture));
});

test("when the shell says that its clock is in trouble, approvals end and nobody can approve", () => {
  const { picture } = watch(18.5, say);
  assert.equal(casesView(picture).cases[0]?.approvals[0]?.state, "given");
  const tell = (event: object) => step(picture, { ...event, sequence: picture.sequence + 1, at: picture.now as Micros } as never);
  tell({ type: "health", clockTrouble: "stepped by an hour" });
  const view = casesView(picture);
  assert.equal(view.clockTrouble, "stepped by an hour");
  assert.equal(view.cases[0]?.approvals[0]?.state, "void");
  const { id, hash } = view.cases[0]!;
  const command: Command = { kind: "approve-case", caseId: id, signature: signed(picture, "B1", hash) };
  const [effect] = tell({ type: "command", commandId: "x", actor: actor("B1"), command });
  assert.deepEqual(effect?.type === "command-result" ? [effect.ok, effect.code] : undefined, [false, "clock-trouble"]);
});
