// What a policy must not say. An action whose rule has a problem is never opened.

import type { ActionRule, ResponseAction, ResponsePolicy } from "../model/response.ts";
import { type Reason, reason } from "./response-state.ts";

/** No policy lets a hand-off through from this P(people aboard) on. */
export const HIGHEST_MANNED_LIMIT = 0.01;

export const mannedLimit = (policy: ResponsePolicy): number =>
  policy.mannedLimit > 0 && policy.mannedLimit < HIGHEST_MANNED_LIMIT ? policy.mannedLimit : HIGHEST_MANNED_LIMIT;

export const ruleFor = (policy: ResponsePolicy, action: ResponseAction): ActionRule | undefined =>
  policy.rules.find((rule) => rule.action === action);

/** Why the rule of an action cannot be used; empty: it can. */
export function ruleProblems(policy: ResponsePolicy, rule: ActionRule): readonly Reason[] {
  const { action, seats } = rule;
  const problems: Reason[] = [];
  const bad = (problem: string): void => {
    problems.push(reason("policy-unsound", { action, problem }));
  };
  if (policy.rules.filter((other) => other.action === action).length > 1) bad("two-rules");
  const nations = new Set<string>();
  for (const { nation, required, officers } of seats) {
    if (nations.has(nation)) bad("nation-twice");
    nations.add(nation);
    if (!policy.nations.some(({ id }) => id === nation)) bad("unknown-nation");
    if (!Number.isInteger(required) || required < 1) bad("no-seat");
    if (officers !== undefined && new Set(officers).size < required) bad("too-few-officers");
  }
  if (!(rule.within > 0 && rule.expiresAfter > 0 && rule.messageValid > 0) || rule.coolDown < 0 || rule.coolDownAfterRefusal < 0)
    bad("times");
  if (action === "hand-off") {
    // Two persons, every nation, whatever the file says.
    if (policy.nations.length === 0 || policy.nations.some(({ id }) => !nations.has(id))) bad("nation-missing");
    if (seats.reduce((sum, { required }) => sum + required, 0) < 2) bad("one-person");
  }
  if (policy.mannedLimit <= 0 || policy.mannedLimit > HIGHEST_MANNED_LIMIT) bad("manned-limit");
  return problems;
}

export const policyProblems = (policy: ResponsePolicy): readonly Reason[] => policy.rules.flatMap((rule) => ruleProblems(policy, rule));
