// A small world for the reducer: two nations with three officers each, an administrator, a watch operator, one track, and everything that they can do.

import { MICROS_PER_SECOND, type Micros, type Seconds } from "../../src/core/base/units.ts";
import type { Actor } from "../../src/core/model/event.ts";
import type { CaseEvidence, CasePlan, Person, ResponseCommand, ResponsePolicy, SignatureVerdict } from "../../src/core/model/response.ts";
import type { decide as Decide } from "../../src/core/response/decide.ts";
import { createResponse, type ResponseState } from "../../src/core/response/response-state.ts";

export type Reducer = typeof Decide;

export const T0 = 1_790_000_000_000_000;
/** One step of time, s: an approval lives through one, a case through two. */
export const STEP = 40;
export const WITHIN = 60;
export const EXPIRES = 100;
export const COOL_DOWN = 30;
export const MESSAGE_VALID = 60;
export const SIGNATURE_AGE = 30;

export const OFFICERS = ["A1", "A2", "A3", "B1", "B2", "B3"] as const;
export const ADMINISTRATOR = "X";
export const EVERYBODY = [...OFFICERS, ADMINISTRATOR] as const;
export type Who = (typeof EVERYBODY)[number];
export const TRACK = "T7";

export type Quorum = readonly [ofA: number, ofB: number];

export const policyOf = ([ofA, ofB]: Quorum): ResponsePolicy => ({
  version: "model-1",
  nations: [
    { id: "A", name: "Nation A" },
    { id: "B", name: "Nation B" },
  ],
  rules: [
    {
      action: "hand-off",
      seats: [
        { nation: "A", required: ofA },
        { nation: "B", required: ofB },
      ],
      within: WITHIN as Seconds,
      expiresAfter: EXPIRES as Seconds,
      preconditions: [],
      earlierSteps: [],
      coolDown: COOL_DOWN as Seconds,
      coolDownAfterRefusal: COOL_DOWN as Seconds,
      acknowledgements: true,
      messageValid: MESSAGE_VALID as Seconds,
      agreementTakes: 15 as Seconds,
    },
  ],
  mannedLimit: 0.01,
  gate: { radius: 300, growth: 20 },
  borderBuffer: 2000,
  conflictRise: 0.2,
  parties: [],
  receivers: [{ id: "desk", name: "Air defence desk", actions: ["hand-off"], exercise: false }],
  methods: ["passkey", "ed25519"],
  signatureAge: SIGNATURE_AGE as Seconds,
  ghostValid: 600 as Seconds,
});

export const evidenceAt = (atUs: number): CaseEvidence => ({
  trackId: TRACK,
  origin: "live",
  atUs,
  measuredAtUs: atUs,
  status: "confirmed",
  existence: 0.99,
  latitudeDegrees: 25.2,
  longitudeDegrees: 55.3,
  heightAmslMetres: 120,
  eastMetres: 1000,
  northMetres: 2000,
  upMetres: 100,
  velocityEastMps: 0,
  velocityNorthMps: 0,
  velocityUpMps: 0,
  uncertaintyMetres: 12,
  className: "multirotor-small",
  classFamily: "uas",
  classConfidence: 0.9,
  manned: 0.001,
  uas: 0.98,
  affiliation: "suspect",
  conflict: 0,
  findings: [],
  assessedByPerson: true,
  score: 0.8,
  inbound: true,
  assetId: "tower",
  timeToAssetSeconds: 60,
  sensors: ["radar-1"],
  identities: [],
  crewed: [],
  friends: [],
  borders: [],
});

export const PLAN: CasePlan = { action: "hand-off", receiverId: "desk", text: "please look", skippedSteps: [] };

/** The accounts' own hand. */
export const SERVICE: Actor = { name: "accounts", authenticated: true, role: "service" };
const OPERATOR: Person = { id: "O", name: "O", nation: "A", role: "operator" };

export const homeOf = (who: Who): Person =>
  who === ADMINISTRATOR ? { id: who, name: who, role: "administrator" } : { id: who, name: who, nation: who.slice(0, 1), role: "officer" };

/**
 * What can be done. `approve`: with a fresh signature of the case as it lies there. The others are what must not pass: of another text ("other-text": that of the
 * revision before, where there was one), false, made by somebody else, too old, from the future, or seen before.
 */
export type Deed =
  | { readonly kind: "propose" | "edit"; readonly who: "O" | "X" }
  | { readonly kind: "approve"; readonly who: Who; readonly with: "fresh" | "other-text" | "false" | "old" | "future" | "replay" }
  | { readonly kind: "approve-as"; readonly who: Who; readonly signer: Who }
  | { readonly kind: "refuse" | "withdraw" | "revoke"; readonly who: Who }
  /** An officer of one nation becomes one of the other, and back; the administrator an officer of A, and back. */
  | { readonly kind: "change-role"; readonly who: Who }
  | { readonly kind: "clock"; readonly trouble: boolean }
  /** One step of time; `tick`: and the picture is told. */
  | { readonly kind: "wait"; readonly tick: boolean };

/** Whose signatures each tries to pass off as his own: that of the next of the same nation, and of one of the other. */
const SIGNERS: Readonly<Record<Who, readonly Who[]>> = {
  A1: ["A2", "B1"],
  A2: ["A3", "B2"],
  A3: ["A1", "B3"],
  B1: ["B2", "A1"],
  B2: ["B3", "A2"],
  B3: ["B1", "A3"],
  X: ["A1", "B1"],
};

function allDeeds(): readonly Deed[] {
  const deeds: Deed[] = [];
  for (const who of ["O", "X"] as const) deeds.push({ kind: "propose", who }, { kind: "edit", who });
  for (const who of EVERYBODY) {
    for (const given of ["fresh", "other-text", "false", "old", "future", "replay"] as const)
      deeds.push({ kind: "approve", who, with: given });
    for (const signer of SIGNERS[who]) deeds.push({ kind: "approve-as", who, signer });
    deeds.push({ kind: "refuse", who }, { kind: "withdraw", who }, { kind: "revoke", who }, { kind: "change-role", who });
  }
  deeds.push(
    { kind: "clock", trouble: true },
    { kind: "clock", trouble: false },
    { kind: "wait", tick: true },
    { kind: "wait", tick: false },
  );
  return deeds;
}

export const DEEDS: readonly Deed[] = allDeeds();

/** The reducer's state, the time, and what somebody who listens on the wire would have kept. */
export interface Node {
  readonly state: ResponseState;
  /** Steps of time since the start. */
  readonly t: number;
  /** Hash of the revision or case before the one that is open, and the newest signature of each. */
  readonly hashBefore: string;
  readonly newest: Readonly<Partial<Record<Who, SignatureVerdict>>>;
}

export const timeOf = (t: number): Micros => (T0 + t * STEP * MICROS_PER_SECOND) as Micros;

const evidenceByStep = new Map<number, CaseEvidence>();
function evidenceOf(t: number): CaseEvidence {
  let evidence = evidenceByStep.get(t);
  if (evidence === undefined) {
    evidence = evidenceAt(timeOf(t));
    evidenceByStep.set(t, evidence);
  }
  return evidence;
}

export function start(decide: Reducer, quorum: Quorum): Node {
  const at = timeOf(0);
  let { state } = decide(createResponse(), { type: "policy", at, siteId: "model", policy: policyOf(quorum) });
  for (const person of [OPERATOR, ...EVERYBODY.map(homeOf)])
    ({ state } = decide(state, { type: "command", at, by: SERVICE, command: { kind: "enrol-person", person }, context: {} }));
  return { state, t: 0, hashBefore: "0".repeat(64), newest: {} };
}

/** As whom the accounts have the person now. */
export const accountOf = (state: ResponseState, who: string): Person | undefined => state.roster.find(({ id }) => id === who);

function actorOf(state: ResponseState, who: string): Actor {
  const person = accountOf(state, who)!;
  return {
    name: person.name,
    authenticated: true,
    personId: who,
    role: person.role,
    ...(person.nation === undefined ? {} : { nation: person.nation }),
  };
}

/** Who was revoked comes back as what the person was at the start. */
export function nextRole(person: Person, isRevoked: boolean): Person {
  const { id, name } = person;
  const home = homeOf(id as Who);
  if (isRevoked) return home;
  if (id === ADMINISTRATOR) return person.role === "administrator" ? { id, name, nation: "A", role: "officer" } : home;
  return person.nation === home.nation ? { id, name, nation: home.nation === "A" ? "B" : "A", role: "officer" } : home;
}

/** One deed; `step` makes a signature different from all before. The same node where nothing changed. */
export function perform(decide: Reducer, node: Node, deed: Deed, step: number): Node {
  const { state, t } = node;
  const at = timeOf(t);
  const open = state.cases.find((each) => each.state === "open");
  const caseId = open?.id ?? "C0";
  const signatureOf = (who: string, hash: string, signedAt: number = at): SignatureVerdict => {
    const { nation, role } = accountOf(state, who)!;
    return {
      method: "passkey",
      credentialId: `key-${who}`,
      personId: who,
      nation: nation ?? "",
      role,
      verified: true,
      signedHash: hash,
      signatureId: `${who}-${step}`,
      signedAt: signedAt as Micros,
    };
  };
  const command = (who: string, asked: ResponseCommand): Node => {
    const outcome = decide(state, { type: "command", at, by: actorOf(state, who), command: asked, context: { evidence: evidenceOf(t) } });
    return outcome.state === state ? node : { ...node, state: outcome.state };
  };
  switch (deed.kind) {
    case "propose": {
      const next = command(deed.who, { kind: "open-case", trackId: TRACK, plan: PLAN });
      return next === node ? node : { ...next, hashBefore: state.closed.at(-1)?.hash ?? node.hashBefore };
    }
    case "edit": {
      const next = command(deed.who, { kind: "edit-case", caseId, plan: PLAN });
      return next === node ? node : { ...next, hashBefore: open!.hash };
    }
    case "approve": {
      const hash = open?.hash ?? node.hashBefore;
      const fresh = signatureOf(deed.who, hash);
      const signature =
        deed.with === "fresh"
          ? fresh
          : deed.with === "other-text"
            ? { ...fresh, signedHash: node.hashBefore === hash ? "0".repeat(64) : node.hashBefore }
            : deed.with === "false"
              ? { ...fresh, verified: false }
              : deed.with === "old"
                ? { ...fresh, signedAt: (at - (SIGNATURE_AGE + 1) * MICROS_PER_SECOND) as Micros }
                : deed.with === "future"
                  ? { ...fresh, signedAt: (at + 10 * MICROS_PER_SECOND) as Micros }
                  : node.newest[deed.who];
      if (signature === undefined) return node;
      const next = command(deed.who, { kind: "approve-case", caseId, signature });
      return next === node ? node : { ...next, newest: { ...node.newest, [deed.who]: signature } };
    }
    case "approve-as":
      return command(deed.who, { kind: "approve-case", caseId, signature: signatureOf(deed.signer, open?.hash ?? node.hashBefore) });
    case "refuse":
      return command(deed.who, { kind: "refuse-case", caseId, reason: "no" });
    case "withdraw": {
      // Of everything: of the open case and of what was authorised.
      let now = state;
      for (const { id } of state.cases) {
        const asked: ResponseCommand = { kind: "withdraw-approval", caseId: id, reason: "changed my mind" };
        now = decide(now, { type: "command", at, by: actorOf(now, deed.who), command: asked, context: {} }).state;
      }
      return now === state ? node : { ...node, state: now };
    }
    case "revoke":
    case "change-role": {
      const person = accountOf(state, deed.who)!;
      const isRevoked = state.roster.some(({ id, revoked }) => id === deed.who && revoked);
      const asked: ResponseCommand =
        deed.kind === "revoke"
          ? { kind: "revoke-person", personId: deed.who, reason: "lost the key" }
          : { kind: "enrol-person", person: nextRole(person, isRevoked) };
      const outcome = decide(state, { type: "command", at, by: SERVICE, command: asked, context: {} });
      return outcome.state === state ? node : { ...node, state: outcome.state };
    }
    case "clock": {
      const outcome = decide(state, { type: "clock", at, trouble: deed.trouble ? "stepped" : undefined });
      return outcome.state === state ? node : { ...node, state: outcome.state };
    }
    case "wait": {
      if (!deed.tick) return { ...node, t: t + 1 };
      const later = timeOf(t + 1);
      const outcome = decide(state, { type: "time", at: later, tracks: new Map([[TRACK, evidenceOf(t + 1)]]) });
      return { ...node, state: outcome.state, t: t + 1 };
    }
  }
}
