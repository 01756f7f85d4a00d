import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../base/canonical-json.ts";
import { sha256Hex } from "../base/sha256.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Micros, Seconds } from "../base/units.ts";
import type { CaseEvidence, CasePlan, ResponsePolicy } from "../model/response.ts";
import { caseText, statementHash } from "./case-content.ts";
import { decide, standingOf } from "./decide.ts";
import { RESPONSE_LIMITS, type ResponseState } from "./response-state.ts";
import { RESPONSE_TEXT_KEYS } from "./response-text.ts";
import {
  act,
  actorOf,
  aPolicy,
  approve,
  aRule,
  aState,
  at,
  codes,
  evidence,
  HAND_OFF,
  newest,
  open,
  PERSONS,
  SERVICE,
  signed,
  T0,
  tick,
  WARN,
} from "./test-cases.ts";

test("one officer of each nation, each over the same hash, authorise a hand-off; the message says who and until when", () => {
  let state = open(aState());
  const { hash, content } = newest(state);
  assert.equal(hash, sha256Hex(encodeUtf8(canonicalJson(content))));
  assert.equal(caseText(content), canonicalJson(content));
  const first = approve(state, "A1", 3);
  assert.deepEqual(codes(first), ["ok"]);
  assert.equal(newest(first.state).state, "open");
  assert.deepEqual(first.effects, []);
  const second = approve(first.state, "B2", 5);
  state = second.state;
  assert.equal(newest(state).state, "authorised");
  assert.deepEqual(newest(state).authorisedBy, ["A1", "B2"]);
  const [effect] = second.effects;
  assert.equal(second.effects.length, 1);
  assert.equal(effect?.message.kind, "response");
  assert.equal(effect?.message.caseHash, hash);
  assert.equal(effect?.message.receiverId, "desk");
  assert.equal(effect?.message.expiresAtUs, T0 + 95_000_000);
  assert.deepEqual(
    effect?.message.approvals.map(({ personId, nation }) => `${nation}/${personId}`),
    ["A/A1", "B/B2"],
  );
});

test("every way to approve without the right to is refused with its reason, and changes nothing", () => {
  const state = open(aState());
  const now = { evidence: evidence(3) };
  const given = approve(state, "A1", 3).state;
  const cases: [string, ReturnType<typeof approve>, string][] = [
    ["administrator", approve(state, "X", 3), "administrator"],
    ["observer", approve(state, "V", 3), "no-seat"],
    ["supervisor without a delegated seat", approve(state, "SA", 3), "no-seat"],
    ["stranger", approve(state, "Q", 3), "unknown-person"],
    ["not verified", approve(state, "A1", 3, now, { verified: false }), "signature-false"],
    ["method that the site does not take", approve(state, "A1", 3, now, { method: "ed25519" }), "signature-method"],
    ["signature of another", approve(state, "A1", 3, now, { personId: "A2" }), "signature-of-another"],
    ["signature as of the other nation", approve(state, "A1", 3, now, { nation: "B" }), "signature-of-another"],
    ["another text", approve(state, "A1", 3, now, { signedHash: "0".repeat(64) }), "signature-of-other-text"],
    ["31 s old", approve(state, "A1", 33, { evidence: evidence(33) }, { signedAt: at(2) }), "signature-old"],
    ["10 s ahead", approve(state, "A1", 3, now, { signedAt: at(13) }), "signature-from-the-future"],
    ["twice", approve(given, "A1", 4), "already-approved"],
    ["key of another person", approve(given, "B1", 4, { evidence: evidence(4) }, { credentialId: "key-A1" }), "credential-shared"],
  ];
  for (const [name, outcome, code] of cases) {
    assert.deepEqual(codes(outcome), [code], name);
    assert.ok(outcome.state === state || outcome.state === given, name);
    assert.deepEqual(outcome.effects, [], name);
  }
  const notSignedIn = decide(state, {
    type: "command",
    at: at(3),
    by: { ...actorOf(state, "A1"), authenticated: false },
    command: { kind: "approve-case", caseId: "C1", signature: signed(state, "A1", newest(state).hash, 3) },
    context: now,
  });
  assert.deepEqual(codes(notSignedIn), ["not-signed-in"]);
});

test("what changes so that it matters ends the approvals, and nobody can approve until the case is frozen anew", () => {
  const changes: [Partial<CaseEvidence>, string][] = [
    [{ affiliation: "assumed-friend" }, "change.affiliation-changed"],
    [{ className: "bird-large", classFamily: "bird" }, "change.class-changed"],
    [{ manned: 0.01 }, "change.manned-rose"],
    [{ findings: ["bearing-disagrees"] }, "change.new-conflict"],
    [{ conflict: 0.3 }, "change.new-conflict"],
    // 10 s on: predicted 2200 north, radius 300 + 10 x 10 = 400 m.
    [{ northMetres: 2601 }, "change.left-gate"],
  ];
  for (const [change, code] of changes) {
    const given = approve(open(aState()), "A1", 2).state;
    assert.ok(codes(approve(given, "B1", 10, { evidence: evidence(10, change) })).includes(code), code);
    const ticked = tick(given, 10, evidence(10, change)).state;
    assert.equal(newest(ticked).approvals[0]?.state, "void", code);
    // It is not forgotten when the track looks right again.
    assert.deepEqual(codes(approve(ticked, "B1", 11)), [code]);
    const edited = act(ticked, "O", { kind: "edit-case", caseId: "C1", plan: HAND_OFF }, 12, { evidence: evidence(12) }).state;
    assert.equal(newest(edited).content.revision, 2);
    assert.equal(newest(approve(approve(edited, "B1", 13).state, "A1", 14).state).state, "authorised", code);
  }
  // Inside by a metre: nothing.
  const given = approve(open(aState()), "A1", 2).state;
  assert.equal(tick(given, 10, evidence(10, { northMetres: 2599 })).state, given);
  // A track that is gone, or goes by another identifier, takes its case with it.
  const lost = tick(given, 10, evidence(10, { trackId: "T8" }));
  assert.equal(lost.state.closed[0]?.state, "void");
});

test("an edit by anybody needs every approval again, though not a letter changed", () => {
  const given = approve(open(aState()), "A1", 2).state;
  const before = newest(given).hash;
  const edited = act(given, "B1", { kind: "edit-case", caseId: "C1", plan: HAND_OFF }, 3).state;
  assert.notEqual(newest(edited).hash, before);
  assert.deepEqual(newest(edited).approvals, []);
  assert.equal(newest(approve(edited, "B1", 4).state).state, "open");
});

test("a hand-off is refused while there may be people aboard, or an aircraft's transponder speaks in the gate; two nations' ghost finding opens it", () => {
  const aboard = (seconds: number) => evidence(seconds, { manned: 0.012 });
  let state = open(aState(), HAND_OFF, 0, { evidence: aboard(0) });
  assert.deepEqual(codes(approve(state, "A1", 2, { evidence: aboard(2) })), ["manned-lock"]);
  const near = (seconds: number) => evidence(seconds, { crewed: [{ trackId: "T9", distanceMetres: 500 }] });
  assert.deepEqual(codes(approve(open(aState()), "A1", 2, { evidence: near(2) })), ["crewed-in-gate"]);
  // Wider than the gate is across, it locks nothing: 2 x (300 + 20) = 640 m.
  const far = evidence(2, { crewed: [{ trackId: "T9", distanceMetres: 641 }] });
  assert.deepEqual(codes(approve(open(aState()), "A1", 2, { evidence: far })), ["ok"]);

  const ghost = (from: ResponseState, who: string, trackId: string, expires: number, seconds: number) => {
    const nation = who.slice(0, 1);
    const reason = "no radar sees it";
    const hash = statementHash({ statement: "ghost", trackId, nation, reason, expiresAtUs: at(expires) });
    const signature = signed(from, who, hash, seconds);
    return act(from, who, { kind: "record-ghost", trackId, reason, expiresAt: at(expires), signature }, seconds);
  };
  state = ghost(state, "A1", "T7", 60, 3).state;
  assert.deepEqual(codes(approve(state, "A1", 4, { evidence: aboard(4) })), ["manned-lock"], "one nation alone");
  state = ghost(state, "A2", "T7", 60, 4).state;
  assert.deepEqual(codes(approve(state, "A1", 5, { evidence: aboard(5) })), ["manned-lock"], "two of one nation");
  state = ghost(state, "B1", "T7", 60, 5).state;
  assert.deepEqual(codes(approve(state, "A1", 6, { evidence: aboard(6) })), ["ok"]);
  assert.deepEqual(codes(approve(state, "A1", 61, { evidence: aboard(61) })), ["manned-lock"], "it ends");
  assert.deepEqual(codes(ghost(state, "B1", "T7", 700, 5)), ["ghost-too-long"]);
  assert.deepEqual(codes(ghost(state, "SA", "T7", 60, 5)), ["no-seat"]);
  const takenBack = act(
    state,
    "B1",
    { kind: "record-ghost", trackId: "T7", reason: "", expiresAt: at(0), signature: signed(state, "B1", "", 6) },
    6,
  );
  assert.deepEqual(codes(approve(takenBack.state, "A1", 7, { evidence: aboard(7) })), ["manned-lock"]);
});

test("no policy can widen the lock: a limit above 0.01 makes the action unusable", () => {
  const state = aState(aPolicy({ mannedLimit: 0.5 }));
  assert.deepEqual(codes(act(state, "O", { kind: "open-case", trackId: "T7", plan: HAND_OFF })), ["policy-unsound"]);
});

test("a policy by which one person, or one nation, could hand off cannot be used", () => {
  const seats = [
    [],
    [{ nation: "A", required: 2 }],
    [{ nation: "A", required: 1 }],
    [
      { nation: "A", required: 1 },
      { nation: "B", required: 0 },
    ],
    [
      { nation: "A", required: 1 },
      { nation: "A", required: 1 },
    ],
    [
      { nation: "A", required: 1 },
      { nation: "C", required: 1 },
    ],
    [
      { nation: "A", required: 2, officers: ["A1", "A1"] },
      { nation: "B", required: 1 },
    ],
  ];
  for (const rule of seats) {
    const state = aState(aPolicy({ rules: [aRule({ seats: rule })] }));
    const outcome = act(state, "O", { kind: "open-case", trackId: "T7", plan: HAND_OFF });
    assert.ok(codes(outcome).includes("policy-unsound"), JSON.stringify(rule));
    assert.equal(outcome.state, state);
  }
});

test("friends near, airspace owners and a neighbour within the buffer acknowledge before anybody can approve; an objection stops", () => {
  const parties: ResponsePolicy["parties"] = [
    { id: "tower", name: "Tower", kind: "airspace" },
    { id: "police", name: "Police", kind: "friend", owner: "police" },
    { id: "north", name: "Northern neighbour", kind: "neighbour", border: [] },
  ];
  // No policy takes it from a hand-off.
  const state = aState(aPolicy({ parties, rules: [aRule({ acknowledgements: false })] }));
  const known = (seconds: number, change: Partial<CaseEvidence> = {}) => ({
    evidence: evidence(seconds, {
      friends: [
        { friendId: "F1", name: "Patrol", owner: "police" },
        { friendId: "F2", name: "Survey", owner: "a farmer" },
      ],
      borders: [{ partyId: "north", distanceMetres: 1999 }],
      ...change,
    }),
  });
  let now = open(state, HAND_OFF, 0, known(0));
  assert.deepEqual(
    newest(now).content.deconfliction.map(({ partyId }) => partyId),
    ["tower", "police", "north", "owner:a farmer"],
  );
  assert.deepEqual(codes(approve(now, "A1", 1, known(1))), Array(4).fill("not-acknowledged"));
  const answer = (partyId: string, said: "acknowledged" | "objected") => {
    now = act(now, "O", { kind: "acknowledge-case", caseId: "C1", partyId, answer: said, text: "by phone" }, 2, known(2)).state;
  };
  for (const partyId of ["tower", "police", "north"]) answer(partyId, "acknowledged");
  answer("owner:a farmer", "objected");
  assert.deepEqual(codes(approve(now, "A1", 3, known(3))), ["objected"]);
  answer("owner:a farmer", "acknowledged");
  assert.deepEqual(codes(approve(now, "A1", 3, known(3))), ["ok"]);
  // Somebody else's flight comes near: they were never asked.
  const more = known(4, { friends: [...known(4).evidence.friends, { friendId: "F3", name: "Second patrol", owner: "police" }] });
  assert.deepEqual(codes(approve(now, "A1", 4, more)), ["not-on-list"]);
  assert.deepEqual(
    codes(approve(open(state, HAND_OFF, 0, known(0, { borders: [{ partyId: "north", distanceMetres: 2000 }] })), "A1", 1, known(1))).at(-1),
    "not-on-list",
  );
});

test("the ladder: a warning 20 s before, or a reason in the signed plan where the policy lets it be left out", () => {
  const policy = (mayBeSkipped: boolean) =>
    aPolicy({
      rules: [
        aRule({ earlierSteps: [{ action: "warn", wait: 20 as Seconds, mayBeSkipped }] }),
        aRule({ action: "warn", seats: [], acknowledgements: false, coolDown: 10 as Seconds }),
      ],
    });
  let state = open(aState(policy(false)));
  assert.deepEqual(codes(approve(state, "A1", 1)), ["earlier-step"]);
  const warned = act(state, "O", { kind: "open-case", trackId: "T7", plan: WARN }, 2);
  assert.equal(warned.effects[0]?.message.action, "warn");
  state = warned.state;
  const first = state.cases.find(({ id }) => id === "C1")!;
  const byA1 = (seconds: number) =>
    act(state, "A1", { kind: "approve-case", caseId: "C1", signature: signed(state, "A1", first.hash, seconds) }, seconds);
  assert.deepEqual(codes(byA1(21)), ["earlier-step"]);
  assert.deepEqual(codes(byA1(22)), ["ok"]);
  const plan: CasePlan = { ...HAND_OFF, skippedSteps: [{ action: "warn", reason: "nobody could hear it" }] };
  assert.deepEqual(codes(act(aState(policy(false)), "O", { kind: "open-case", trackId: "T7", plan })), ["step-skipped"]);
  assert.deepEqual(
    codes(
      act(aState(policy(true)), "O", {
        kind: "open-case",
        trackId: "T7",
        plan: { ...plan, skippedSteps: [{ action: "warn", reason: " " }] },
      }),
    ),
    ["step-skipped"],
  );
  const skipped = open(aState(policy(true)), plan);
  assert.deepEqual(codes(approve(skipped, "A1", 1)), ["ok"]);
});

test("one press is enough where the policy says so, for people on watch; it cools down, and is refused rather than left lying", () => {
  const state = aState();
  const pressed = act(state, "O", { kind: "open-case", trackId: "T7", plan: WARN });
  assert.equal(newest(pressed.state).state, "authorised");
  assert.deepEqual(newest(pressed.state).authorisedBy, ["O"]);
  assert.deepEqual(codes(act(pressed.state, "O", { kind: "open-case", trackId: "T7", plan: WARN }, 9)), ["cool-down"]);
  assert.deepEqual(codes(act(pressed.state, "O", { kind: "open-case", trackId: "T7", plan: WARN }, 10)), ["ok"]);
  for (const who of ["V", "X"]) assert.deepEqual(codes(act(state, who, { kind: "open-case", trackId: "T7", plan: WARN })), ["role"]);
  const strict = aState(aPolicy({ rules: [aRule({ action: "warn", seats: [], preconditions: [{ kind: "confirmed" }] })] }));
  const early = act(strict, "O", { kind: "open-case", trackId: "T7", plan: WARN }, 0, { evidence: evidence(0, { status: "tentative" }) });
  assert.deepEqual(codes(early), ["precondition.confirmed"]);
  assert.equal(early.state, strict);
});

test("each precondition that does not hold is named", () => {
  const preconditions = [
    { kind: "confirmed" },
    { kind: "inbound" },
    { kind: "assessed-by-person" },
    { kind: "affiliation", among: ["suspect", "hostile"] },
    { kind: "class-family", among: ["uas"] },
    { kind: "score", atLeast: 0.7 },
    { kind: "measured-within", age: 5 as Seconds },
  ] as const;
  const state = aState(aPolicy({ rules: [aRule({ preconditions })] }));
  assert.deepEqual(codes(approve(open(state), "A1", 1)), ["ok"]);
  const bad: Partial<CaseEvidence> = {
    status: "coasting",
    inbound: false,
    assessedByPerson: false,
    affiliation: "unknown",
    classFamily: "bird",
    score: 0.69,
    measuredAtUs: at(-10),
  };
  const opened = open(state, HAND_OFF, 0, { evidence: evidence(0, bad) });
  assert.deepEqual(
    codes(approve(opened, "A1", 1, { evidence: evidence(1, bad) })),
    preconditions.map(({ kind }) => `precondition.${kind}`),
  );
});

test("nothing but live data goes to a receiver in earnest, nothing live to one for exercises, nothing to a node that acts", () => {
  const state = aState();
  const ask = (receiverId: string | null, origin: CaseEvidence["origin"], refusal?: string) =>
    codes(
      act(state, "O", { kind: "open-case", trackId: "T7", plan: { ...HAND_OFF, receiverId } }, 0, {
        evidence: evidence(0, { origin }),
        ...(refusal === undefined ? {} : { receiverRefusal: refusal }),
      }),
    );
  for (const origin of ["simulated", "recorded", "exercise"] as const) {
    assert.deepEqual(ask("desk", origin), ["not-live"]);
    assert.deepEqual(ask("training-desk", origin), ["ok"]);
  }
  assert.deepEqual(ask("training-desk", "live"), ["receiver-for-exercise"]);
  assert.deepEqual(ask("node", "live", "the node declared the type JAMMER"), ["receiver-refused"]);
  assert.deepEqual(ask("node", "live"), ["ok"]);
  assert.deepEqual(ask(null, "live"), ["no-receiver"]);
  assert.deepEqual(ask("speakers", "live"), ["unknown-receiver"]);
  // It registers as something else between opening and approving.
  const opened = open(state, { ...HAND_OFF, receiverId: "node" });
  assert.deepEqual(codes(approve(opened, "A1", 1, { evidence: evidence(1), receiverRefusal: "JAMMER" })), ["receiver-refused"]);
});

test("a delegated seat is filled once, by one of the same nation, and not by who fills a seat already", () => {
  const policy = aPolicy({
    rules: [
      aRule({
        seats: [
          { nation: "A", required: 2, officers: ["A1", "A2"] },
          { nation: "B", required: 1 },
        ],
      }),
    ],
  });
  const opened = open(aState(policy));
  const delegate = (from: ResponseState, who: string, to: string, seconds = 1) => {
    const hash = statementHash({ statement: "delegate", caseHash: newest(from).hash, from: who, to });
    return act(from, who, { kind: "delegate-seat", caseId: "C1", to, signature: signed(from, who, hash, seconds) }, seconds);
  };
  assert.deepEqual(codes(approve(opened, "A3", 1)), ["no-seat"], "not on the list");
  for (const to of ["B1", "O", "X", "Q", "V"]) assert.deepEqual(codes(delegate(opened, "A1", to)), ["cannot-stand-in"], to);
  assert.deepEqual(codes(delegate(opened, "A3", "SA")), ["no-seat"], "nobody passes on a seat that is not his own");
  let state = delegate(opened, "A1", "SA").state;
  assert.deepEqual(codes(approve(state, "A1", 2)), ["no-seat"], "who gave the seat away");
  // An officer with a seat of his own does not get a second by being delegated to.
  state = approve(delegate(opened, "A1", "A2").state, "A2", 2).state;
  assert.equal(newest(state).approvals[0]?.seatOf, "A2");
  assert.deepEqual(codes(approve(state, "A2", 3)), ["already-approved"]);
  state = approve(state, "B1", 3).state;
  assert.equal(newest(state).state, "open");
  // The supervisor in the seat of A1, A2 in his own, B1: three persons.
  state = approve(approve(delegate(opened, "A1", "SA").state, "SA", 2).state, "A2", 3).state;
  assert.equal(newest(state).state, "open");
  assert.deepEqual(codes(delegate(state, "A1", "A3", 4)), ["seat-filled"]);
  assert.deepEqual(newest(approve(state, "B1", 4).state).authorisedBy, ["A2", "B1", "SA"]);
  // Revoking who gave the seat ends what was approved in it.
  const revoked = act(state, "service", { kind: "revoke-person", personId: "A1", reason: "" }, 4).state;
  assert.equal(newest(approve(revoked, "B1", 5).state).state, "open");
  // A signature that gives a seat away is none of the case, and the other way round.
  const wrong = signed(opened, "A1", newest(opened).hash, 1);
  assert.deepEqual(codes(act(opened, "A1", { kind: "delegate-seat", caseId: "C1", to: "SA", signature: wrong }, 1)), [
    "signature-of-other-text",
  ]);
});

test("authorised, delivered, acknowledged and done are four facts; a failure is a fifth and ends none of them", () => {
  let state = approve(approve(open(aState()), "A1", 1).state, "B1", 2).state;
  const { messageId } = newest(state).message!;
  const tell = (fact: "delivered" | "acknowledged" | "done" | "failed", seconds: number, id = messageId, who = "service") => {
    const outcome = act(state, who, { kind: "record-response-fact", caseId: "C1", messageId: id, fact, by: "desk", text: "" }, seconds);
    state = outcome.state;
    return codes(outcome);
  };
  assert.deepEqual(tell("failed", 3), ["ok"]);
  assert.deepEqual(tell("done", 3, "C9-1-hand-off"), ["unknown-message"]);
  assert.deepEqual(tell("delivered", 4, messageId, "V"), ["role"]);
  assert.deepEqual(tell("delivered", 4), ["ok"]);
  assert.deepEqual(tell("delivered", 5), ["ok"]);
  assert.deepEqual(tell("acknowledged", 6), ["ok"]);
  assert.deepEqual(
    newest(state).facts.map((fact) => [fact.kind, fact.at]),
    [
      ["failed", at(3)],
      ["delivered", at(4)],
      ["acknowledged", at(6)],
    ],
  );
  // A track that turns away does not take back what has arrived.
  assert.equal(newest(tick(state, 10, evidence(10, { northMetres: 9000 })).state).state, "authorised");
  // What looks crewed does.
  const recalled = tick(state, 10, evidence(10, { manned: 0.02 }));
  assert.equal(recalled.effects[0]?.message.kind, "recall");
  assert.equal(recalled.state.closed[0]?.state, "void");
  tell("done", 12);
  const finished = tick(state, 13).state;
  assert.equal(finished.cases.length, 0);
  assert.equal(finished.closed[0]?.state, "authorised");
});

test("until it is delivered an agreement ends with a withdrawal, a revocation, a material change, a doubtful clock or its own time, and is recalled", () => {
  const state = approve(approve(open(aState()), "A1", 1).state, "B1", 2).state;
  const ends: [string, ReturnType<typeof tick>, string][] = [
    ["withdrawn", act(state, "B1", { kind: "withdraw-approval", caseId: "C1", reason: "wrong track" }, 3), "withdrawn"],
    ["revoked", act(state, "service", { kind: "revoke-person", personId: "A1", reason: "" }, 3), "void"],
    ["changed", tick(state, 3, evidence(3, { affiliation: "friend" })), "void"],
    ["lost", tick(state, 3, undefined as never), "authorised"],
    ["clock", decide(state, { type: "clock", at: at(3), trouble: "stepped by an hour" }), "void"],
    ["policy", decide(state, { type: "policy", at: at(3), siteId: "site", policy: aPolicy({ version: "test-2" }) }), "void"],
  ];
  for (const [name, outcome, ended] of ends) {
    if (name === "lost") continue;
    assert.equal(outcome.state.closed[0]?.state, ended, name);
    assert.deepEqual(
      outcome.effects.map(({ message }) => [message.kind, message.messageId]),
      [["recall", "C1-1-hand-off-recall"]],
      name,
    );
  }
  const lost = decide(state, { type: "time", at: at(3), tracks: new Map() });
  assert.equal(lost.state.closed[0]?.state, "void");
  assert.equal(tick(state, 91).state.cases.length, 1);
  assert.equal(tick(state, 92).state.closed[0]?.state, "expired");
  // Sent again: the same message, while it is valid, and not past a lock.
  const again = (seconds: number, change: Partial<CaseEvidence> = {}) =>
    act(state, "O", { kind: "release-response", caseId: "C1" }, seconds, { evidence: evidence(seconds, change) });
  assert.deepEqual(again(50).effects[0]?.message, newest(state).message);
  assert.deepEqual(codes(again(92)), ["message-expired"]);
  assert.deepEqual(codes(again(50, { manned: 0.5 })), ["manned-lock"]);
});

test("a clock in trouble denies, and what was approved before is approved anew afterwards; saying no works all the time", () => {
  const given = approve(open(aState()), "A1", 1).state;
  const trouble = decide(given, { type: "clock", at: at(2), trouble: "stepped" }).state;
  assert.deepEqual(codes(approve(trouble, "B1", 3)), ["clock-trouble"]);
  assert.deepEqual(codes(act(trouble, "O", { kind: "edit-case", caseId: "C1", plan: HAND_OFF }, 3)), ["clock-trouble"]);
  assert.deepEqual(codes(act(trouble, "B1", { kind: "refuse-case", caseId: "C1", reason: "" }, 3)), ["ok"]);
  const well = decide(trouble, { type: "clock", at: at(4), trouble: undefined }).state;
  assert.deepEqual(codes(approve(well, "B1", 5)), ["change.clock-trouble"]);
});

test("accounts: an administrator enrols others and never himself; nobody else does", () => {
  const state = aState();
  const officer = { id: "N1", name: "New", nation: "A", role: "officer" } as const;
  assert.deepEqual(codes(act(state, "X", { kind: "enrol-person", person: officer })), ["ok"]);
  assert.deepEqual(codes(act(state, "X", { kind: "enrol-person", person: { ...officer, id: "X" } })), ["self-enrolled"]);
  for (const who of ["A1", "O", "SA", "Q"])
    assert.deepEqual(codes(act(state, who, { kind: "enrol-person", person: officer })), ["role"], who);
  assert.deepEqual(codes(act(state, "A1", { kind: "revoke-person", personId: "B1", reason: "" })), ["role"]);
  // Made an officer while the case lies there: not for this text.
  const opened = open(state, HAND_OFF, 1);
  const late = act(opened, "X", { kind: "enrol-person", person: officer }, 2).state;
  assert.deepEqual(codes(approve(late, "N1", 3)), ["joined-later"]);
});

test("no level of threat changes who must agree", () => {
  const needed = (change: Partial<CaseEvidence>) => newest(open(aState(), HAND_OFF, 0, { evidence: evidence(0, change) })).content.seats;
  fc.assert(
    fc.property(
      fc.record({
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        timeToAssetSeconds: fc.option(fc.integer({ min: 0, max: 300 })),
        inbound: fc.boolean(),
        affiliation: fc.constantFrom("pending", "suspect", "hostile", "friend"),
      }),
      (change) => {
        assert.deepEqual(needed(change as Partial<CaseEvidence>), aRule().seats);
      },
    ),
    { numRuns: 50 },
  );
});

test("memory is bounded: when it is full nothing more is opened, and nothing that binds is forgotten", () => {
  let state = aState();
  for (let i = 0; i < RESPONSE_LIMITS.cases; i++) {
    const trackId = `T${100 + i}`;
    state = act(state, "O", { kind: "open-case", trackId, plan: HAND_OFF }, 0, { evidence: evidence(0, { trackId }) }).state;
  }
  assert.deepEqual(codes(act(state, "O", { kind: "open-case", trackId: "T7", plan: HAND_OFF })), ["too-many-cases"]);
  for (const { id } of state.cases) state = act(state, "O", { kind: "cancel-case", caseId: id, reason: "" }).state;
  assert.equal(state.closed.length, RESPONSE_LIMITS.closed);
  state = act(open(state), "O", { kind: "cancel-case", caseId: "C65", reason: "" }).state;
  assert.equal(state.dropped, 1);
  assert.deepEqual(codes(act(state, "O", { kind: "cancel-case", caseId: "C65", reason: "" })), ["case-closed"]);
});

test("whatever texts people and programs send, every command is answered and every reason has a sentence", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant("\ud800"), fc.constantFrom("T7", "C1", "A1", "B1", "desk", ""));
  const signature = fc.record({ hash: text, id: text, at: fc.integer({ min: -100, max: 100 }) });
  const command = fc.oneof(
    fc.record({
      kind: fc.constant("open-case"),
      trackId: text,
      plan: fc.record({
        action: fc.constantFrom("hand-off", "warn", "observe"),
        receiverId: fc.option(text),
        text,
        skippedSteps: fc.array(fc.record({ action: fc.constant("warn"), reason: text }), { maxLength: 2 }),
      }),
    }),
    fc.record({ kind: fc.constantFrom("refuse-case", "withdraw-approval", "cancel-case"), caseId: text, reason: text }),
    fc.record({ kind: fc.constant("acknowledge-case"), caseId: text, partyId: text, answer: fc.constant("objected"), text }),
    fc.record({ kind: fc.constant("record-response-fact"), caseId: text, messageId: text, fact: fc.constant("done"), by: text, text }),
    fc.record({
      kind: fc.constant("enrol-person"),
      person: fc.record({ id: text, name: text, nation: text, role: fc.constant("officer") }),
    }),
    fc.record({ kind: fc.constant("record-ghost"), trackId: text, reason: text, expiresAt: fc.constant(at(50)), signature }),
    fc.record({ kind: fc.constant("delegate-seat"), caseId: fc.constant("C1"), to: text, signature }),
    fc.record({ kind: fc.constant("approve-case"), caseId: fc.constant("C1"), signature }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("A1", "B1", "O", "X", "service"), command), { maxLength: 8 }), (commands) => {
      let state = open(aState());
      for (const [who, wild] of commands) {
        const loose = wild as { signature?: { hash: string; id: string; at: number } };
        const given = loose.signature;
        const asked =
          given === undefined ? loose : { ...loose, signature: signed(state, who, given.hash, given.at, { signatureId: given.id }) };
        const outcome = act(state, who, asked as never, 1);
        assert.ok(outcome.results.length > 0 && outcome.results[0]!.reasons.length > 0);
        for (const { reasons } of outcome.results) for (const { key } of reasons) assert.ok(RESPONSE_TEXT_KEYS.includes(key), key);
        state = outcome.state;
      }
    }),
    { numRuns: 200 },
  );
});

test("what a screen is told stands in the way is what refuses", () => {
  const state = open(aState(), HAND_OFF, 0, { evidence: evidence(0, { manned: 0.3 }) });
  const now = evidence(2, { manned: 0.3 });
  const { blockers, counted } = standingOf(state, newest(state), now, undefined, at(2) as Micros);
  assert.deepEqual(
    blockers.map(({ key }) => key.replace("response.", "")),
    codes(approve(state, "A1", 2, { evidence: now })),
  );
  assert.deepEqual(counted, []);
  assert.equal(PERSONS.length, 10);
  assert.equal(SERVICE.role, "service");
});
