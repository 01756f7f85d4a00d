// Why nobody can approve now. Each is told to the screen as it stands, so that an officer sees before pressing what is missing.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { ActionRule, CaseEvidence, CasePlan, MaterialChange, Precondition, ResponseCase, ResponsePolicy } from "../model/response.ts";
import { deconflictionFor, gateRadius, isInGate } from "./case-content.ts";
import { mannedLimit, ruleFor } from "./policy-problems.ts";
import { type CommandContext, type Reason, type ResponseState, reason } from "./response-state.ts";

/** Both conflicts have three decimals; their difference has more. */
const ROUNDING = 1e-9;

/** What is not as it was when the case was frozen, and matters. `now` undefined: the track is gone. */
export function changesSince(theCase: ResponseCase, now: CaseEvidence | undefined, policy: ResponsePolicy): readonly MaterialChange[] {
  if (now === undefined) return ["track-lost"];
  const { evidence: frozen, gate } = theCase.content;
  const changes: MaterialChange[] = [];
  if (now.trackId !== frozen.trackId) changes.push("track-lost");
  if (now.affiliation !== frozen.affiliation) changes.push("affiliation-changed");
  if (now.classFamily !== frozen.classFamily) changes.push("class-changed");
  const limit = mannedLimit(policy);
  if (now.manned >= limit && frozen.manned < limit) changes.push("manned-rose");
  if (now.conflict - frozen.conflict >= policy.conflictRise - ROUNDING || now.findings.some((code) => !frozen.findings.includes(code)))
    changes.push("new-conflict");
  if (!isInGate(gate, now)) changes.push("left-gate");
  return changes;
}

/** Every nation found, for reasons, that what looks crewed there is not: at least two persons, findings in force. */
export function isAgreedGhost(state: ResponseState, trackId: string, at: Micros): boolean {
  const found = state.ghosts.filter((ghost) => ghost.trackId === trackId && ghost.expiresAt > at && ghost.at <= at);
  const nations = state.policy?.nations ?? [];
  return (
    nations.length > 0 &&
    nations.every(({ id }) => found.some(({ nation }) => nation === id)) &&
    new Set(found.map(({ personId }) => personId)).size >= 2
  );
}

/** The manned-aircraft lock. The track is in its gate, so whatever else is in it is at most the gate's width away. */
export function mannedLock(
  state: ResponseState,
  policy: ResponsePolicy,
  theCase: ResponseCase,
  now: CaseEvidence,
  at: Micros,
): readonly Reason[] {
  if (theCase.content.plan.action !== "hand-off") return [];
  const reasons: Reason[] = [];
  if (now.manned >= mannedLimit(policy) && !isAgreedGhost(state, now.trackId, at))
    reasons.push(reason("manned-lock", { track: now.trackId, percent: Math.round(now.manned * 1000) / 10 }));
  const width = 2 * gateRadius(theCase.content.gate, at);
  for (const crewed of now.crewed) {
    if (crewed.distanceMetres > width || isAgreedGhost(state, crewed.trackId, at)) continue;
    reasons.push(reason("crewed-in-gate", { track: crewed.trackId, distance: Math.round(crewed.distanceMetres) }));
  }
  return reasons;
}

/** Whether the plan may leave to its receiver at all, as the receiver and the data are now. */
export function receiverProblems(
  policy: ResponsePolicy,
  plan: CasePlan,
  origin: CaseEvidence["origin"],
  context: CommandContext,
): readonly Reason[] {
  if (plan.receiverId === null)
    return plan.action === "hand-off" || plan.action === "close-airspace" ? [reason("no-receiver", { action: plan.action })] : [];
  const receiver = policy.receivers.find(({ id }) => id === plan.receiverId);
  if (receiver === undefined || !receiver.actions.includes(plan.action))
    return [reason("unknown-receiver", { receiver: plan.receiverId, action: plan.action })];
  const reasons: Reason[] = [];
  if (origin !== "live" && !receiver.exercise) reasons.push(reason("not-live", { receiver: receiver.name, origin }));
  if (origin === "live" && receiver.exercise) reasons.push(reason("receiver-for-exercise", { receiver: receiver.name }));
  if (context.receiverRefusal !== undefined)
    reasons.push(reason("receiver-refused", { receiver: receiver.name, reason: context.receiverRefusal }));
  return reasons;
}

/** Cool-down of the action for the track. */
export function coolDownProblems(state: ResponseState, rule: ActionRule, trackId: string, at: Micros): readonly Reason[] {
  let until = 0;
  for (const settled of state.settled) {
    if (settled.trackId !== trackId || settled.action !== rule.action) continue;
    const wait = settled.outcome === "authorised" ? rule.coolDown : rule.coolDownAfterRefusal;
    until = Math.max(until, settled.at + wait * MICROS_PER_SECOND);
  }
  return at < until
    ? [reason("cool-down", { action: rule.action, track: trackId, seconds: Math.ceil((until - at) / MICROS_PER_SECOND) })]
    : [];
}

function earlierStepProblems(state: ResponseState, rule: ActionRule, plan: CasePlan, trackId: string, at: Micros): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const step of rule.earlierSteps) {
    if (step.mayBeSkipped && plan.skippedSteps.some(({ action }) => action === step.action)) continue;
    const taken = state.settled.some(
      (settled) =>
        settled.trackId === trackId &&
        settled.action === step.action &&
        settled.outcome === "authorised" &&
        at - settled.at >= step.wait * MICROS_PER_SECOND,
    );
    if (!taken) reasons.push(reason("earlier-step", { action: step.action, seconds: step.wait }));
  }
  return reasons;
}

function holds(precondition: Precondition, now: CaseEvidence, at: Micros): boolean {
  switch (precondition.kind) {
    case "confirmed":
      return now.status === "confirmed";
    case "inbound":
      return now.inbound;
    case "assessed-by-person":
      return now.assessedByPerson;
    case "affiliation":
      return precondition.among.includes(now.affiliation);
    case "class-family":
      return precondition.among.includes(now.classFamily);
    case "score":
      return now.score >= precondition.atLeast;
    case "measured-within":
      return at - now.measuredAtUs <= precondition.age * MICROS_PER_SECOND;
  }
}

function acknowledgementProblems(policy: ResponsePolicy, rule: ActionRule, theCase: ResponseCase, now: CaseEvidence): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const { partyId, name } of theCase.content.deconfliction) {
    const answer = theCase.acknowledgements.find((acknowledgement) => acknowledgement.partyId === partyId)?.answer;
    if (answer === undefined) reasons.push(reason("not-acknowledged", { party: name }));
    if (answer === "objected") reasons.push(reason("objected", { party: name }));
  }
  // Somebody who came near since was never asked: the case must be frozen anew, with them on its list.
  for (const item of deconflictionFor(policy, rule, now)) {
    const listed = theCase.content.deconfliction.find(({ partyId }) => partyId === item.partyId);
    const news = item.kind === "friend" ? item.concerns.filter((flight) => listed?.concerns.includes(flight) !== true) : [];
    if (listed === undefined || news.length > 0) reasons.push(reason("not-on-list", { party: item.name }));
  }
  return reasons;
}

/**
 * Why nobody can approve the case now; empty: officers can. Fails closed: no policy, no rule, no track, no trusted clock are all a no. Neither threat level nor
 * watch state changes who must agree; they are not even asked for here.
 */
export function blockersOf(state: ResponseState, theCase: ResponseCase, context: CommandContext, at: Micros): readonly Reason[] {
  const { plan, expiresAtUs } = theCase.content;
  const { policy } = state;
  const now = context.evidence;
  if (state.clockTrouble !== undefined) return [reason("clock-trouble", { trouble: state.clockTrouble })];
  if (at >= expiresAtUs) return [reason("expired", { case: theCase.id })];
  if (policy === undefined) return [reason("no-policy")];
  const rule = ruleFor(policy, plan.action);
  if (rule === undefined) return [reason("no-rule", { action: plan.action })];
  const changes = new Set([...theCase.changes, ...changesSince(theCase, now, policy)]);
  const reasons = [...changes].map((change) => reason(`change.${change}`));
  if (now === undefined) return reasons;
  for (const precondition of rule.preconditions)
    if (!holds(precondition, now, at)) reasons.push(reason(`precondition.${precondition.kind}`, preconditionValues(precondition)));
  return [
    ...reasons,
    ...mannedLock(state, policy, theCase, now, at),
    ...receiverProblems(policy, plan, now.origin, context),
    ...earlierStepProblems(state, rule, plan, now.trackId, at),
    ...coolDownProblems(state, rule, now.trackId, at),
    ...acknowledgementProblems(policy, rule, theCase, now),
  ];
}

function preconditionValues(precondition: Precondition): Readonly<Record<string, string | number>> {
  switch (precondition.kind) {
    case "affiliation":
    case "class-family":
      return { among: precondition.among.join(", ") };
    case "score":
      return { score: Math.round(precondition.atLeast * 100) };
    case "measured-within":
      return { seconds: precondition.age };
    default:
      return {};
  }
}
