// What a person asks, answered: done, or refused with every reason.

import { unreachable } from "../base/assert.ts";
import { sanitizeText } from "../base/text.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import type {
  ActionRule,
  Approval,
  CaseContent,
  CaseEvidence,
  CasePlan,
  Delegation,
  ResponseCase,
  ResponseCommand,
  ResponseEffect,
  ResponsePolicy,
  Role,
  RosterEntry,
} from "../model/response.ts";
import { blockersOf, coolDownProblems, mannedLock, receiverProblems } from "./blockers.ts";
import { caseHash, deconflictionFor, evidenceDigest, gateFor, statementHash, wellFormed } from "./case-content.ts";
import { closeCase, endApprovals, replaceCase, takeBack } from "./end-case.ts";
import { enrolPerson, revokePerson } from "./persons.ts";
import { ruleFor, ruleProblems } from "./policy-problems.ts";
import { countedApprovals, hasOwnSeat, hasQuorum, mayStandIn, seatFor, stands } from "./quorum.ts";
import { responseMessage } from "./response-message.ts";
import {
  type CommandContext,
  RESPONSE_LIMITS,
  type Reason,
  type ResponseEvent,
  type ResponseOutcome,
  type ResponseState,
  reason,
} from "./response-state.ts";
import { caseSignatureProblem, signatureProblem } from "./signatures.ts";

type CommandEvent = Extract<ResponseEvent, { type: "command" }>;
type CommandOf<Kind extends ResponseCommand["kind"]> = Extract<ResponseCommand, { kind: Kind }>;

/** Who may open, change and stop cases, and note what others said. */
const WATCH: readonly Role[] = ["operator", "supervisor", "officer"];
const RECORDERS: readonly Role[] = [...WATCH, "partner"];

const refused = (state: ResponseState, caseId: string | undefined, reasons: readonly Reason[]): ResponseOutcome => ({
  state,
  results: [{ ok: false, caseId, reasons }],
  effects: [],
});

const done = (
  state: ResponseState,
  caseId: string | undefined,
  said: Reason,
  effects: readonly ResponseEffect[] = [],
): ResponseOutcome => ({
  state,
  results: [{ ok: true, caseId, reasons: [said] }],
  effects,
});

export function decideCommand(state: ResponseState, event: CommandEvent): ResponseOutcome {
  const { command, by, at, context } = event;
  if (command.kind === "enrol-person") return enrolPerson(state, command.person, by, at);
  if (command.kind === "revoke-person") return revokePerson(state, command.personId, command.reason, by, at);
  if (command.kind === "record-response-fact") return recordFact(state, command, by, at);
  const person = actingPerson(state, by);
  if (!("id" in person)) return refused(state, "caseId" in command ? command.caseId : undefined, [person]);
  if (command.kind === "open-case") return openCase(state, command.plan, command.trackId, person, context, at);
  if (command.kind === "record-ghost") return recordGhost(state, command, person, at);
  const theCase = state.cases.find(({ id }) => id === command.caseId);
  if (theCase === undefined) {
    const ended = state.closed.find(({ id }) => id === command.caseId);
    return refused(state, command.caseId, [
      ended === undefined
        ? reason("unknown-case", { case: command.caseId })
        : reason("case-closed", { case: ended.id, state: ended.state }),
    ]);
  }
  if (command.kind === "withdraw-approval") return withdraw(state, theCase, person, command.reason, at);
  if (command.kind === "release-response") return releaseAgain(state, theCase, person, context, at);
  if (theCase.state !== "open") return refused(state, theCase.id, [reason("case-closed", { case: theCase.id, state: theCase.state })]);
  switch (command.kind) {
    case "edit-case":
      return editCase(state, theCase, command.plan, person, context, at);
    case "approve-case":
      return approve(state, theCase, command, person, context, at);
    case "refuse-case":
      return refuse(state, theCase, person, command.reason, at);
    case "cancel-case":
      return cancel(state, theCase, person, command.reason, at);
    case "delegate-seat":
      return delegate(state, theCase, command, person, at);
    case "acknowledge-case":
      return acknowledge(state, theCase, command, person, at);
    default:
      return unreachable(command);
  }
}

/** The signed-in person as on the roster, or why there is none. */
function actingPerson(state: ResponseState, by: Actor): RosterEntry | Reason {
  if (!by.authenticated || by.personId === undefined) return reason("not-signed-in");
  const person = state.roster.find(({ id }) => id === by.personId);
  if (person === undefined) return reason("unknown-person", { person: by.name });
  if (person.revoked) return reason("revoked", { person: person.name });
  if (person.role !== by.role || person.nation !== by.nation) return reason("person-differs", { person: person.name });
  return person;
}

const roleProblem = (person: RosterEntry, roles: readonly Role[]): Reason | undefined =>
  roles.includes(person.role) ? undefined : reason("role", { role: person.role });

/** As the record keeps it: no controls, capped, and well-formed, because it is hashed. */
const textOf = (text: string): string => wellFormed(sanitizeText(text, RESPONSE_LIMITS.text));

// ------------------------------------------------------------------------------------------------------- opening, editing

interface Frozen {
  readonly policy: ResponsePolicy;
  readonly rule: ActionRule;
  readonly evidence: CaseEvidence;
  readonly plan: CasePlan;
}

/** What a new content needs, or why there can be none. */
function freeze(
  state: ResponseState,
  wanted: CasePlan,
  trackId: string,
  context: CommandContext,
): { readonly frozen: Frozen } | { readonly reasons: readonly Reason[] } {
  if (state.clockTrouble !== undefined) return { reasons: [reason("clock-trouble", { trouble: state.clockTrouble })] };
  const { policy } = state;
  if (policy === undefined) return { reasons: [reason("no-policy")] };
  const rule = ruleFor(policy, wanted.action);
  if (rule === undefined) return { reasons: [reason("no-rule", { action: wanted.action })] };
  const { evidence } = context;
  if (evidence === undefined || evidence.trackId !== trackId) return { reasons: [reason("unknown-track", { track: trackId })] };
  const skippedSteps = wanted.skippedSteps.map((step) => ({ action: step.action, reason: textOf(step.reason) }));
  const plan: CasePlan = { action: wanted.action, receiverId: wanted.receiverId, text: textOf(wanted.text), skippedSteps };
  const reasons: Reason[] = [...ruleProblems(policy, rule), ...receiverProblems(policy, plan, evidence.origin, context)];
  for (const step of skippedSteps) {
    const earlier = rule.earlierSteps.find(({ action }) => action === step.action);
    if (earlier === undefined || !earlier.mayBeSkipped || step.reason === "") reasons.push(reason("step-skipped", { action: step.action }));
  }
  return reasons.length > 0 ? { reasons } : { frozen: { policy, rule, evidence, plan } };
}

function contentOf(
  state: ResponseState,
  { policy, rule, evidence, plan }: Frozen,
  context: CommandContext,
  identity: Pick<CaseContent, "caseId" | "revision" | "openedAtUs" | "openedBy">,
  person: RosterEntry,
  at: Micros,
): CaseContent {
  return {
    format: "picket-case-1",
    siteId: state.siteId,
    ...identity,
    frozenAtUs: at,
    frozenBy: person.id,
    expiresAtUs: at + Math.round(rule.expiresAfter * MICROS_PER_SECOND),
    plan,
    evidence,
    evidenceDigest: evidenceDigest(context.ledger),
    gate: gateFor(policy, evidence),
    deconfliction: deconflictionFor(policy, rule, evidence),
    seats: rule.seats,
    policyVersion: policy.version,
    policyDigest: state.policyDigest,
  };
}

const freshCase = (content: CaseContent, context: CommandContext): ResponseCase => ({
  id: content.caseId,
  content,
  hash: caseHash(content),
  ...(context.ledger === undefined ? {} : { ledger: context.ledger }),
  state: "open",
  approvals: [],
  delegations: [],
  acknowledgements: [],
  changes: [],
  signaturesSeen: [],
  facts: [],
});

const PREFIX: Readonly<Record<CaseEvidence["origin"], string>> = { live: "", simulated: "SIM-", recorded: "REC-", exercise: "EX-" };

function openCase(
  state: ResponseState,
  plan: CasePlan,
  trackId: string,
  person: RosterEntry,
  context: CommandContext,
  at: Micros,
): ResponseOutcome {
  const forbidden = roleProblem(person, WATCH);
  if (forbidden !== undefined) return refused(state, undefined, [forbidden]);
  const outcome = freeze(state, plan, trackId, context);
  if ("reasons" in outcome) return refused(state, undefined, outcome.reasons);
  const { frozen } = outcome;
  const { action } = frozen.plan;
  const other = state.cases.find(
    ({ content, state: stage }) => stage === "open" && content.evidence.trackId === trackId && content.plan.action === action,
  );
  if (other !== undefined) return refused(state, other.id, [reason("case-open", { case: other.id, track: trackId })]);
  const cooling = coolDownProblems(state, frozen.rule, trackId, at);
  if (cooling.length > 0) return refused(state, undefined, cooling);
  // Each case may settle one action: room for that is kept before it is opened, so that no cool-down is ever forgotten.
  if (state.cases.length >= RESPONSE_LIMITS.cases || state.settled.length + state.cases.length >= RESPONSE_LIMITS.settled)
    return refused(state, undefined, [reason("too-many-cases")]);
  const identity = { caseId: `${PREFIX[frozen.evidence.origin]}C${state.nextCase}`, revision: 1, openedAtUs: at, openedBy: person.id };
  const opened = freshCase(contentOf(state, frozen, context, identity, person, at), context);
  const next: ResponseState = { ...state, nextCase: state.nextCase + 1, cases: [...state.cases, opened] };
  const said = reason("opened", { case: opened.id, action, track: trackId, person: person.name });
  if (frozen.rule.seats.length > 0) return done(next, opened.id, said);
  // One press is enough, and this was it: what stands in the way is told instead of leaving a case that nobody could approve.
  const blockers = blockersOf(next, opened, context, at);
  if (blockers.length > 0) return refused(state, undefined, blockers);
  return authorise(next, opened, frozen.rule, [], [person.id], at);
}

function editCase(
  state: ResponseState,
  theCase: ResponseCase,
  plan: CasePlan,
  person: RosterEntry,
  context: CommandContext,
  at: Micros,
): ResponseOutcome {
  const forbidden = roleProblem(person, WATCH);
  if (forbidden !== undefined) return refused(state, theCase.id, [forbidden]);
  if (at >= theCase.content.expiresAtUs) return refused(state, theCase.id, [reason("expired", { case: theCase.id })]);
  if (plan.action !== theCase.content.plan.action) return refused(state, theCase.id, [reason("other-action")]);
  const outcome = freeze(state, plan, theCase.content.evidence.trackId, context);
  if ("reasons" in outcome) return refused(state, theCase.id, outcome.reasons);
  const { caseId, revision, openedAtUs, openedBy } = theCase.content;
  const identity = { caseId, revision: revision + 1, openedAtUs, openedBy };
  // Everything that was said of the old text is gone with it: approvals, delegations, acknowledgements.
  const edited = freshCase(contentOf(state, outcome.frozen, context, identity, person, at), context);
  return done(replaceCase(state, edited), theCase.id, reason("edited", { case: theCase.id, revision: revision + 1, person: person.name }));
}

// ---------------------------------------------------------------------------------------------------- approving, refusing

function seatProblem(person: RosterEntry): Reason {
  return person.role === "administrator" ? reason("administrator") : reason("no-seat", { person: person.name });
}

function approve(
  state: ResponseState,
  theCase: ResponseCase,
  command: CommandOf<"approve-case">,
  person: RosterEntry,
  context: CommandContext,
  at: Micros,
): ResponseOutcome {
  const { signature } = command;
  const { policy } = state;
  const rule = policy === undefined ? undefined : ruleFor(policy, theCase.content.plan.action);
  if (policy === undefined || rule === undefined) return refused(state, theCase.id, [reason("no-policy")]);
  const seatOf = seatFor(person, theCase, state.roster);
  if (seatOf === undefined || person.nation === undefined) return refused(state, theCase.id, [seatProblem(person)]);
  const before = theCase.approvals.find(({ personId }) => personId === person.id);
  // One that is too old to count need not be tidied away before the person can approve again.
  if (before !== undefined && stands(before) && at - before.at <= rule.within * MICROS_PER_SECOND)
    return refused(state, theCase.id, [reason("already-approved", { person: person.name })]);
  const problem = caseSignatureProblem(policy, theCase, person, signature, theCase.hash, at);
  if (problem !== undefined) return refused(state, theCase.id, [problem]);
  // Made before the person's earlier approval ended, it says nothing of what the person wants since.
  if (before?.endedAt !== undefined && signature.signedAt < before.endedAt)
    return refused(state, theCase.id, [reason("signature-before-end")]);
  if (theCase.signaturesSeen.length >= RESPONSE_LIMITS.signatures) return refused(state, theCase.id, [reason("too-many-signatures")]);
  const blockers = blockersOf(state, theCase, context, at);
  if (blockers.length > 0) return refused(state, theCase.id, blockers);

  const given: Approval = {
    personId: person.id,
    name: person.name,
    nation: person.nation,
    seatOf,
    at,
    state: "given",
    endedBecause: "",
    signature,
  };
  const approved: ResponseCase = {
    ...theCase,
    approvals: sorted([...theCase.approvals.filter(({ personId }) => personId !== person.id), given], ({ personId }) => personId),
    signaturesSeen: [...theCase.signaturesSeen, signature.signatureId].sort(),
  };
  const next = replaceCase(state, approved);
  const counted = countedApprovals(approved, state.roster, rule.within, at);
  if (!hasQuorum(approved, counted)) return done(next, theCase.id, reason("approved", { case: theCase.id, person: person.name }));
  return authorise(
    next,
    approved,
    rule,
    counted,
    counted.map(({ personId }) => personId),
    at,
  );
}

/** The one place where a case becomes authorised. */
function authorise(
  state: ResponseState,
  theCase: ResponseCase,
  rule: ActionRule,
  approvals: readonly Approval[],
  by: readonly string[],
  at: Micros,
): ResponseOutcome {
  const message = responseMessage(theCase, rule, approvals, at);
  const authorised: ResponseCase = {
    // What was too old to count carried nothing, and can take nothing back.
    ...endApprovals(theCase, (approval) => stands(approval) && !approvals.includes(approval), "stale", at),
    state: "authorised",
    authorisedAt: at,
    authorisedBy: by,
    ...(message === undefined ? {} : { message }),
  };
  const settled = { trackId: theCase.content.evidence.trackId, action: rule.action, at, outcome: "authorised" } as const;
  return done(
    { ...replaceCase(state, authorised), settled: [...state.settled, settled] },
    theCase.id,
    reason("authorised", { case: theCase.id, action: rule.action, track: theCase.content.evidence.trackId, persons: by.join(", ") }),
    message === undefined ? [] : [{ type: "release-response", message }],
  );
}

function refuse(state: ResponseState, theCase: ResponseCase, person: RosterEntry, why: string, at: Micros): ResponseOutcome {
  // Saying no needs no signature and no trusted clock; whoever could have approved can refuse, the officer who delegated too.
  if (seatFor(person, theCase, state.roster) === undefined && !hasOwnSeat(person, theCase.content.seats))
    return refused(state, theCase.id, [seatProblem(person)]);
  const ended: ResponseCase = {
    ...theCase,
    state: "refused",
    refusal: { personId: person.id, at, reason: textOf(why) },
    endedAt: at,
    endedBy: person.id,
    endedBecause: textOf(why),
  };
  const { evidence, plan } = theCase.content;
  const settled = { trackId: evidence.trackId, action: plan.action, at, outcome: "refused" } as const;
  return done(
    { ...closeCase(state, ended), settled: [...state.settled, settled] },
    theCase.id,
    reason("refused", { case: theCase.id, person: person.name, reason: textOf(why) }),
  );
}

function withdraw(state: ResponseState, theCase: ResponseCase, person: RosterEntry, why: string, at: Micros): ResponseOutcome {
  const own = theCase.approvals.find(({ personId, state: stage }) => personId === person.id && stage === "given");
  if (own === undefined) return refused(state, theCase.id, [reason("nothing-to-withdraw", { person: person.name })]);
  const said = reason("withdrawn", { case: theCase.id, person: person.name, reason: textOf(why) });
  const taken: ResponseCase = {
    ...theCase,
    approvals: theCase.approvals.map((approval) =>
      approval === own ? { ...approval, state: "withdrawn", endedBecause: "withdrawn", endedAt: at } : approval,
    ),
  };
  if (theCase.state === "open") return done(replaceCase(state, taken), theCase.id, said);
  const effects: ResponseEffect[] = [];
  const next = takeBack(state, taken, { state: "withdrawn", by: person.id, why: textOf(why) }, at, [], effects);
  return done(next, theCase.id, said, effects);
}

function cancel(state: ResponseState, theCase: ResponseCase, person: RosterEntry, why: string, at: Micros): ResponseOutcome {
  const forbidden = roleProblem(person, WATCH);
  if (forbidden !== undefined) return refused(state, theCase.id, [forbidden]);
  if (person.role === "operator" && person.id !== theCase.content.openedBy) return refused(state, theCase.id, [reason("not-yours")]);
  const ended: ResponseCase = { ...theCase, state: "cancelled", endedAt: at, endedBy: person.id, endedBecause: textOf(why) };
  return done(closeCase(state, ended), theCase.id, reason("cancelled", { case: theCase.id, person: person.name, reason: textOf(why) }));
}

function delegate(
  state: ResponseState,
  theCase: ResponseCase,
  command: CommandOf<"delegate-seat">,
  person: RosterEntry,
  at: Micros,
): ResponseOutcome {
  const { to, signature } = command;
  const no = (why: Reason): ResponseOutcome => refused(state, theCase.id, [why]);
  const { policy } = state;
  if (policy === undefined) return no(reason("no-policy"));
  if (state.clockTrouble !== undefined) return no(reason("clock-trouble", { trouble: state.clockTrouble }));
  if (at >= theCase.content.expiresAtUs) return no(reason("expired", { case: theCase.id }));
  if (!hasOwnSeat(person, theCase.content.seats)) return no(seatProblem(person));
  if (theCase.approvals.some((approval) => stands(approval) && (approval.seatOf === person.id || approval.personId === person.id)))
    return no(reason("seat-filled"));
  const stranger = state.roster.find(({ id }) => id === to);
  if (stranger === undefined || !mayStandIn(stranger, person.nation)) return no(reason("cannot-stand-in", { person: to }));
  const hash = statementHash({ statement: "delegate", caseHash: theCase.hash, from: person.id, to });
  const problem = caseSignatureProblem(policy, theCase, person, signature, hash, at);
  if (problem !== undefined) return no(problem);
  if (theCase.signaturesSeen.length >= RESPONSE_LIMITS.signatures) return no(reason("too-many-signatures"));
  const others = theCase.delegations.filter(({ from }) => from !== person.id);
  if (others.length >= RESPONSE_LIMITS.delegations) return no(reason("too-many-signatures"));
  // To oneself: the seat is taken back.
  const delegations: readonly Delegation[] =
    to === person.id ? others : sorted([...others, { from: person.id, to, at, signature }], ({ from }) => from);
  const changed = { ...theCase, delegations, signaturesSeen: [...theCase.signaturesSeen, signature.signatureId].sort() };
  return done(
    replaceCase(state, changed),
    theCase.id,
    to === person.id
      ? reason("seat-taken-back", { case: theCase.id, person: person.name })
      : reason("delegated", { case: theCase.id, person: person.name, to: stranger.name }),
  );
}

// -------------------------------------------------------------------------------------------- acknowledgements and findings

function acknowledge(
  state: ResponseState,
  theCase: ResponseCase,
  command: CommandOf<"acknowledge-case">,
  person: RosterEntry,
  at: Micros,
): ResponseOutcome {
  const forbidden = roleProblem(person, RECORDERS);
  if (forbidden !== undefined) return refused(state, theCase.id, [forbidden]);
  const { partyId, answer, text } = command;
  const party = theCase.content.deconfliction.find((item) => item.partyId === partyId);
  if (party === undefined) return refused(state, theCase.id, [reason("unknown-party", { party: partyId })]);
  const others = theCase.acknowledgements.filter((each) => each.partyId !== partyId);
  const acknowledgements = sorted([...others, { partyId, answer, at, by: person.id, text: textOf(text) }], (each) => each.partyId);
  return done(
    replaceCase(state, { ...theCase, acknowledgements }),
    theCase.id,
    reason(`party-${answer}`, { party: party.name, case: theCase.id }),
  );
}

function recordGhost(state: ResponseState, command: CommandOf<"record-ghost">, person: RosterEntry, at: Micros): ResponseOutcome {
  const { expiresAt, signature } = command;
  const { policy } = state;
  const trackId = textOf(command.trackId);
  const why = textOf(command.reason);
  const no = (problem: Reason): ResponseOutcome => refused(state, undefined, [problem]);
  const others = state.ghosts.filter((ghost) => ghost.trackId !== trackId || ghost.personId !== person.id);
  // With an end that is over it is taken back, which nobody needs to sign.
  if (expiresAt <= at) {
    if (others.length === state.ghosts.length) return no(reason("no-ghost", { track: trackId }));
    return done({ ...state, ghosts: others }, undefined, reason("ghost-taken-back", { track: trackId, person: person.name }));
  }
  if (policy === undefined) return no(reason("no-policy"));
  if (state.clockTrouble !== undefined) return no(reason("clock-trouble", { trouble: state.clockTrouble }));
  const { nation } = person;
  if (person.role !== "officer" || nation === undefined || !policy.nations.some(({ id }) => id === nation)) return no(seatProblem(person));
  if (why === "") return no(reason("ghost-reason"));
  if (expiresAt - at > policy.ghostValid * MICROS_PER_SECOND) return no(reason("ghost-too-long", { seconds: policy.ghostValid }));
  const hash = statementHash({ statement: "ghost", trackId, nation, reason: why, expiresAtUs: expiresAt });
  const problem = signatureProblem(policy, person, signature, hash, at);
  if (problem !== undefined) return no(problem);
  if (others.length >= RESPONSE_LIMITS.ghosts) return no(reason("too-many-ghosts"));
  const ghost = { trackId, nation, personId: person.id, reason: why, at, expiresAt, signature };
  return done(
    { ...state, ghosts: [...others, ghost] },
    undefined,
    reason("ghost-recorded", { track: trackId, person: person.name, reason: why }),
  );
}

// --------------------------------------------------------------------------------------------------------- what has left

function releaseAgain(
  state: ResponseState,
  theCase: ResponseCase,
  person: RosterEntry,
  context: CommandContext,
  at: Micros,
): ResponseOutcome {
  const no = (...why: readonly Reason[]): ResponseOutcome => refused(state, theCase.id, why);
  const { message } = theCase;
  const { policy } = state;
  const forbidden = roleProblem(person, WATCH);
  if (forbidden !== undefined) return no(forbidden);
  if (theCase.state !== "authorised" || message === undefined) return no(reason("not-authorised", { case: theCase.id }));
  if (state.clockTrouble !== undefined) return no(reason("clock-trouble", { trouble: state.clockTrouble }));
  if (policy === undefined) return no(reason("no-policy"));
  if (at >= message.expiresAtUs) return no(reason("message-expired", { message: message.messageId }));
  if (theCase.facts.some(({ kind }) => kind === "done")) return no(reason("already-done", { case: theCase.id }));
  const now = context.evidence;
  if (now === undefined) return no(reason("change.track-lost"));
  const problems = [
    ...mannedLock(state, policy, theCase, now, at),
    ...receiverProblems(policy, theCase.content.plan, message.origin, context),
  ];
  if (problems.length > 0) return no(...problems);
  return done(state, theCase.id, reason("released-again", { case: theCase.id, person: person.name }), [
    { type: "release-response", message },
  ]);
}

function recordFact(state: ResponseState, command: CommandOf<"record-response-fact">, by: Actor, at: Micros): ResponseOutcome {
  const { caseId, messageId, fact } = command;
  const no = (why: Reason): ResponseOutcome => refused(state, caseId, [why]);
  if (!(by.authenticated && by.role === "service")) {
    const person = actingPerson(state, by);
    if (!("id" in person)) return no(person);
    const forbidden = roleProblem(person, RECORDERS);
    if (forbidden !== undefined) return no(forbidden);
  }
  const theCase = [...state.cases, ...state.closed].find(({ id }) => id === caseId);
  if (theCase === undefined) return no(reason("unknown-case", { case: caseId }));
  const id = theCase.message?.messageId;
  if (id === undefined || (messageId !== id && messageId !== `${id}-recall`)) return no(reason("unknown-message", { message: messageId }));
  const said = reason(`fact.${fact}`, { case: caseId, message: messageId, by: command.by });
  // Said again it changes nothing: each fact has the time at which it was first told. A failed attempt may be followed by others.
  const told = theCase.facts.some((each) => each.messageId === messageId && each.kind === fact && each.by === command.by);
  if (told || theCase.facts.length >= RESPONSE_LIMITS.facts) return done(state, caseId, said);
  const facts = [...theCase.facts, { kind: fact, messageId, at, by: command.by.slice(0, 100), text: textOf(command.text) }];
  const replace = (each: ResponseCase): ResponseCase => (each.id === caseId ? { ...each, facts } : each);
  return done({ ...state, cases: state.cases.map(replace), closed: state.closed.map(replace) }, caseId, said);
}

/** By an identifier, ascending: the state does not remember in which order people acted, only what stands. */
function sorted<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}
