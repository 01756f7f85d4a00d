// decide(state, event) -> state, results, effects: what people decided, by the site's policy. Pure, and the only place where a case changes.
//
// It fails closed. One refusal ends a case; only approvals of exactly this text count; one that is stale, withdrawn, repeated or dated in the future does not;
// one person counts once; with no approval nothing is granted, whatever the policy says. Nothing here grants anything but people.

import { unreachable } from "../base/assert.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Approval, CaseEvidence, MaterialChange, ResponseCase, ResponseEffect, ResponsePolicy } from "../model/response.ts";
import { blockersOf, changesSince, mannedLock } from "./blockers.ts";
import { policyDigest } from "./case-content.ts";
import { decideCommand } from "./decide-command.ts";
import { closeCase, endApprovals, replaceCase, takeBack } from "./end-case.ts";
import { ruleFor } from "./policy-problems.ts";
import { countedApprovals } from "./quorum.ts";
import { type ResponseEvent, type ResponseOutcome, type ResponseResult, type ResponseState, reason } from "./response-state.ts";

/** A message that ran out, and a case with nothing more to come, is put away after this. */
const FOLLOW_UP = 30 * 60 * MICROS_PER_SECOND;
/** What was authorised or refused is remembered at least so long, for the ladder. */
const LADDER_MEMORY = 6 * 60 * 60; // s

/** Never throws on what people or accounts say; every command is answered by the first result. */
export function decide(state: ResponseState, event: ResponseEvent): ResponseOutcome {
  switch (event.type) {
    case "policy":
      return changePolicy(state, event.siteId, event.policy, event.at);
    case "clock":
      return changeClock(state, event.trouble, event.at);
    case "time":
      return passTime(state, event.tracks, event.at);
    case "command":
      return decideCommand(state, event);
    default:
      return unreachable(event);
  }
}

function changePolicy(state: ResponseState, siteId: string, policy: ResponsePolicy | undefined, at: Micros): ResponseOutcome {
  const digest = policyDigest(policy);
  if (digest === state.policyDigest && siteId === state.siteId) return { state, results: [], effects: [] };
  const changed: ResponseState = { ...state, siteId, policy, policyDigest: digest };
  return changeAll(changed, "policy-changed", at);
}

function changeClock(state: ResponseState, trouble: string | undefined, at: Micros): ResponseOutcome {
  if (trouble === state.clockTrouble) return { state, results: [], effects: [] };
  const changed: ResponseState = { ...state, clockTrouble: trouble };
  // Nobody knows how old an approval is that was given before: each case is frozen and signed anew when the clock is well.
  return trouble === undefined ? { state: changed, results: [], effects: [] } : changeAll(changed, "clock-trouble", at);
}

/** Something that concerns every case: approvals end, and what has not been delivered is taken back. */
function changeAll(state: ResponseState, change: MaterialChange, at: Micros): ResponseOutcome {
  const results: ResponseResult[] = [];
  const effects: ResponseEffect[] = [];
  let next = state;
  for (const each of state.cases) next = applyChanges(next, each, [change], at, results, effects);
  return { state: next, results, effects };
}

function applyChanges(
  state: ResponseState,
  theCase: ResponseCase,
  found: readonly MaterialChange[],
  at: Micros,
  results: ResponseResult[],
  effects: ResponseEffect[],
): ResponseState {
  const news = found.filter((change) => !theCase.changes.includes(change));
  const [first] = news;
  if (first === undefined) return state;
  if (theCase.state === "authorised") {
    if (theCase.facts.some(({ kind, messageId }) => kind !== "failed" && messageId === theCase.message?.messageId)) return state;
    return takeBack(state, theCase, { state: "void", by: "picket", why: first }, at, results, effects);
  }
  if (first === "track-lost") {
    results.push({ ok: false, caseId: theCase.id, reasons: [reason("change.track-lost")] });
    return closeCase(state, { ...theCase, state: "void", endedAt: at, endedBy: "picket", endedBecause: "track-lost" });
  }
  const ended = endApprovals(theCase, (approval) => approval.state === "given", first, at);
  results.push({ ok: false, caseId: theCase.id, reasons: news.map((change) => reason(`change.${change}`)) });
  return replaceCase(state, { ...ended, changes: [...theCase.changes, ...news].sort() });
}

function passTime(state: ResponseState, tracks: ReadonlyMap<string, CaseEvidence>, at: Micros): ResponseOutcome {
  const results: ResponseResult[] = [];
  const effects: ResponseEffect[] = [];
  let next = state;
  for (const { id } of state.cases) next = passCaseTime(next, id, tracks, at, results, effects);
  const ghosts = next.ghosts.filter(({ expiresAt }) => expiresAt > at);
  if (ghosts.length !== next.ghosts.length) next = { ...next, ghosts };
  const longest = (next.policy?.rules ?? []).reduce(
    (most, { coolDown, coolDownAfterRefusal }) => Math.max(most, coolDown, coolDownAfterRefusal),
    LADDER_MEMORY,
  );
  const settled = next.settled.filter((each) => at - each.at < longest * MICROS_PER_SECOND);
  if (settled.length !== next.settled.length) next = { ...next, settled };
  return { state: next, results, effects };
}

function passCaseTime(
  state: ResponseState,
  caseId: string,
  tracks: ReadonlyMap<string, CaseEvidence>,
  at: Micros,
  results: ResponseResult[],
  effects: ResponseEffect[],
): ResponseState {
  const theCase = state.cases.find(({ id }) => id === caseId);
  if (theCase === undefined) return state;
  const { policy } = state;
  const now = tracks.get(theCase.content.evidence.trackId);
  if (theCase.state === "authorised") return followUp(state, theCase, now, at, results, effects);
  if (at >= theCase.content.expiresAtUs) {
    results.push({ ok: false, caseId, reasons: [reason("expired", { case: caseId })] });
    return closeCase(state, { ...theCase, state: "expired", endedAt: at, endedBy: "picket", endedBecause: "expired" });
  }
  if (policy === undefined) return state;
  const rule = ruleFor(policy, theCase.content.plan.action);
  const isStale = (approval: Approval) =>
    approval.state === "given" && (rule === undefined || at - approval.at > rule.within * MICROS_PER_SECOND);
  let next = state;
  if (theCase.approvals.some(isStale)) {
    next = replaceCase(next, endApprovals(theCase, isStale, "stale", at));
    results.push({ ok: false, caseId, reasons: [reason("approvals-stale", { case: caseId })] });
  }
  const current = next.cases.find(({ id }) => id === caseId) ?? theCase;
  return applyChanges(next, current, changesSince(current, now, policy), at, results, effects);
}

/** An authorised case until it is done: what is not delivered yet ends with any material change; what looks crewed ends it in any case. */
function followUp(
  state: ResponseState,
  theCase: ResponseCase,
  now: CaseEvidence | undefined,
  at: Micros,
  results: ResponseResult[],
  effects: ResponseEffect[],
): ResponseState {
  const { message, facts } = theCase;
  const { policy } = state;
  if (message === undefined || facts.some(({ kind }) => kind === "done")) return closeCase(state, theCase);
  if (at >= message.expiresAtUs) {
    if (at >= message.expiresAtUs + FOLLOW_UP) return closeCase(state, theCase);
    const heard = facts.some(({ kind }) => kind !== "failed");
    if (heard) return state;
    results.push({ ok: false, caseId: theCase.id, reasons: [reason("message-expired", { message: message.messageId })] });
    return closeCase(state, { ...theCase, state: "expired", endedAt: at, endedBy: "picket", endedBecause: "message-expired" });
  }
  if (policy === undefined) return state;
  const locks = now === undefined ? [] : mannedLock(state, policy, theCase, now, at);
  if (locks.length > 0) return takeBack(state, theCase, { state: "void", by: "picket", why: "manned-rose" }, at, results, effects);
  return applyChanges(state, theCase, changesSince(theCase, now, policy), at, results, effects);
}

/** For views: what counts and what stands in the way, by the same rules that decide. */
export function standingOf(
  state: ResponseState,
  theCase: ResponseCase,
  now: CaseEvidence | undefined,
  receiverRefusal: string | undefined,
  at: Micros,
) {
  const rule = state.policy === undefined ? undefined : ruleFor(state.policy, theCase.content.plan.action);
  const context = {
    ...(now === undefined ? {} : { evidence: now }),
    ...(receiverRefusal === undefined ? {} : { receiverRefusal }),
  };
  return {
    rule,
    counted: countedApprovals(theCase, state.roster, rule?.within ?? 0, at),
    blockers: theCase.state === "open" ? blockersOf(state, theCase, context, at) : [],
  };
}
