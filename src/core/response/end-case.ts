// How approvals and cases end, and what is taken back with them.

import type { Micros } from "../base/units.ts";
import type { Approval, CaseState, ResponseCase, ResponseEffect } from "../model/response.ts";
import { recallMessage } from "./response-message.ts";
import { RESPONSE_LIMITS, type ResponseResult, type ResponseState, reason } from "./response-state.ts";

export const replaceCase = (state: ResponseState, theCase: ResponseCase): ResponseState => ({
  ...state,
  cases: state.cases.map((each) => (each.id === theCase.id ? theCase : each)),
});

/** Out of the cases in hand, among the finished ones; the oldest finished one makes room and is counted. */
export function closeCase(state: ResponseState, theCase: ResponseCase): ResponseState {
  const closed = [...state.closed, theCase];
  const over = Math.max(0, closed.length - RESPONSE_LIMITS.closed);
  return {
    ...state,
    cases: state.cases.filter(({ id }) => id !== theCase.id),
    closed: closed.slice(over),
    dropped: state.dropped + over,
  };
}

export function endApprovals(theCase: ResponseCase, which: (approval: Approval) => boolean, because: string, at: Micros): ResponseCase {
  if (!theCase.approvals.some(which)) return theCase;
  return {
    ...theCase,
    approvals: theCase.approvals.map((approval) =>
      which(approval) ? { ...approval, state: "void", endedBecause: because, endedAt: at } : approval,
    ),
  };
}

/** Ends an authorised case and recalls its message, whether or not it was seen to arrive. */
export function takeBack(
  state: ResponseState,
  theCase: ResponseCase,
  end: { readonly state: CaseState; readonly by: string; readonly why: string },
  at: Micros,
  results: ResponseResult[],
  effects: ResponseEffect[],
): ResponseState {
  if (theCase.message !== undefined) effects.push({ type: "release-response", message: recallMessage(theCase.message, end.why, at) });
  results.push({ ok: false, caseId: theCase.id, reasons: [reason("taken-back", { case: theCase.id, why: end.why })] });
  return closeCase(state, { ...theCase, state: end.state, endedAt: at, endedBy: end.by, endedBecause: end.why });
}
