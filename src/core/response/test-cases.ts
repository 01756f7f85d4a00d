// A small site for tests of decisions: two nations, officers, a track, and short ways to act.

import { MICROS_PER_SECOND, type Micros, type Seconds } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import type { ActionRule, CaseEvidence, CasePlan, Person, ResponseCommand, ResponsePolicy, SignatureVerdict } from "../model/response.ts";
import { decide } from "./decide.ts";
import { type CommandContext, createResponse, type ResponseOutcome, type ResponseState } from "./response-state.ts";

export const T0 = 1_790_000_000_000_000;
export const at = (seconds: number): Micros => (T0 + seconds * MICROS_PER_SECOND) as Micros;

export const aRule = (change: Partial<ActionRule> = {}): ActionRule => ({
  action: "hand-off",
  seats: [
    { nation: "A", required: 1 },
    { nation: "B", required: 1 },
  ],
  within: 60 as Seconds,
  expiresAfter: 120 as Seconds,
  preconditions: [],
  earlierSteps: [],
  coolDown: 300 as Seconds,
  coolDownAfterRefusal: 60 as Seconds,
  acknowledgements: true,
  messageValid: 90 as Seconds,
  agreementTakes: 15 as Seconds,
  ...change,
});

export const aPolicy = (change: Partial<ResponsePolicy> = {}): ResponsePolicy => ({
  version: "test-1",
  nations: [
    { id: "A", name: "Nation A" },
    { id: "B", name: "Nation B" },
  ],
  rules: [aRule(), aRule({ action: "warn", seats: [], acknowledgements: false, coolDown: 10 as Seconds })],
  mannedLimit: 0.01,
  gate: { radius: 300, growth: 10 },
  borderBuffer: 2000,
  conflictRise: 0.2,
  parties: [],
  receivers: [
    { id: "desk", name: "Air defence desk", actions: ["hand-off", "close-airspace"], exercise: false },
    { id: "training-desk", name: "Training desk", actions: ["hand-off"], exercise: true },
    { id: "node", name: "Fusion node", actions: ["hand-off"], exercise: false, sapientNodeId: "n1" },
    { id: "speakers", name: "Loudspeakers", actions: ["warn"], exercise: false },
  ],
  methods: ["passkey"],
  signatureAge: 30 as Seconds,
  ghostValid: 600 as Seconds,
  ...change,
});

/** 1 km east, 2 km north, going north at 20 m/s: seen at `seconds`, where it should be by then. */
export const evidence = (seconds = 0, change: Partial<CaseEvidence> = {}): CaseEvidence => ({
  trackId: "T7",
  origin: "live",
  atUs: at(seconds),
  measuredAtUs: at(seconds),
  status: "confirmed",
  existence: 0.99,
  latitudeDegrees: 25.2,
  longitudeDegrees: 55.3,
  heightAmslMetres: 120,
  eastMetres: 1000,
  northMetres: 2000 + 20 * seconds,
  upMetres: 100,
  velocityEastMps: 0,
  velocityNorthMps: 20,
  velocityUpMps: 0,
  uncertaintyMetres: 12,
  className: "multirotor-small",
  classFamily: "uas",
  classConfidence: 0.9,
  manned: 0.001,
  uas: 0.98,
  affiliation: "suspect",
  conflict: 0.1,
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
  ...change,
});

export const PERSONS: readonly Person[] = [
  ...["A1", "A2", "A3"].map((id) => ({ id, name: id, nation: "A", role: "officer" }) as const),
  ...["B1", "B2", "B3"].map((id) => ({ id, name: id, nation: "B", role: "officer" }) as const),
  { id: "SA", name: "SA", nation: "A", role: "supervisor" },
  { id: "O", name: "O", nation: "A", role: "operator" },
  { id: "X", name: "X", role: "administrator" },
  { id: "V", name: "V", nation: "A", role: "observer" },
];

export const SERVICE: Actor = { name: "accounts", authenticated: true, role: "service" };

export const HAND_OFF: CasePlan = { action: "hand-off", receiverId: "desk", text: "one drone, inbound", skippedSteps: [] };
export const WARN: CasePlan = { action: "warn", receiverId: "speakers", text: "leave the area", skippedSteps: [] };

export function aState(policy: ResponsePolicy = aPolicy(), persons: readonly Person[] = PERSONS): ResponseState {
  let { state } = decide(createResponse(), { type: "policy", at: at(0), siteId: "site", policy });
  for (const person of persons)
    ({ state } = decide(state, { type: "command", at: at(0), by: SERVICE, command: { kind: "enrol-person", person }, context: {} }));
  return state;
}

export function actorOf(state: ResponseState, id: string): Actor {
  const person = state.roster.find((each) => each.id === id);
  if (person === undefined) return { name: id, authenticated: true, personId: id };
  const { name, role, nation } = person;
  return { name, authenticated: true, personId: id, role, ...(nation === undefined ? {} : { nation }) };
}

/** A command by a person at so many seconds, with the evidence of that moment. */
export function act(
  state: ResponseState,
  who: string,
  command: ResponseCommand,
  seconds = 0,
  context: CommandContext = { evidence: evidence(seconds) },
): ResponseOutcome {
  return decide(state, { type: "command", at: at(seconds), by: who === "service" ? SERVICE : actorOf(state, who), command, context });
}

let signatures = 0;
export function signed(
  state: ResponseState,
  who: string,
  hash: string,
  seconds = 0,
  change: Partial<SignatureVerdict> = {},
): SignatureVerdict {
  const { role, nation } = actorOf(state, who);
  signatures += 1;
  return {
    method: "passkey",
    credentialId: `key-${who}`,
    personId: who,
    nation: nation ?? "",
    role: role ?? "observer",
    verified: true,
    signedHash: hash,
    signatureId: `signature-${signatures}`,
    signedAt: at(seconds),
    ...change,
  };
}

export function open(
  state: ResponseState,
  plan: CasePlan = HAND_OFF,
  seconds = 0,
  context: CommandContext = { evidence: evidence(seconds) },
): ResponseState {
  return act(state, "O", { kind: "open-case", trackId: "T7", plan }, seconds, context).state;
}

/** The newest case in hand. */
export const newest = (state: ResponseState) => state.cases[state.cases.length - 1]!;

export function approve(
  state: ResponseState,
  who: string,
  seconds = 0,
  context: CommandContext = { evidence: evidence(seconds) },
  change: Partial<SignatureVerdict> = {},
): ResponseOutcome {
  const theCase = newest(state);
  const signature = signed(state, who, theCase.hash, seconds, change);
  return act(state, who, { kind: "approve-case", caseId: theCase.id, signature }, seconds, context);
}

/** Codes of the answer: "ok" or why not. */
export const codes = ({ results }: ResponseOutcome): readonly string[] =>
  results[0]?.ok === true ? ["ok"] : (results[0]?.reasons ?? []).map(({ key }) => key.replace("response.", ""));

export const tick = (state: ResponseState, seconds: number, now: CaseEvidence | undefined = evidence(seconds)): ResponseOutcome =>
  decide(state, { type: "time", at: at(seconds), tracks: now === undefined ? new Map() : new Map([[now.trackId, now]]) });
