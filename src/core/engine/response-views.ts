// What a screen and the API see of cases: JSON, units in the names, what stands in the way in sentences.

import type { SentenceView } from "../model/picture-view.ts";
import type { CasesView, CaseView, ResponseCase, ResponseFactKind } from "../model/response.ts";
import { caseText } from "../response/case-content.ts";
import { standingOf } from "../response/decide.ts";
import { policyProblems, ruleProblems } from "../response/policy-problems.ts";
import { seatCounts } from "../response/quorum.ts";
import { type Reason, type ResponseState, reason } from "../response/response-state.ts";
import { responseText } from "../response/response-text.ts";
import type { Picture } from "./picture.ts";
import { caseEvidence, refusalOfReceiver, responseOf } from "./responses.ts";
import { readFacts } from "./track-facts.ts";

const sentence = ({ key, values }: Reason): SentenceView => ({ key, values: { ...values }, text: responseText(key, values) });

/** Every case that is kept, newest first, open ones before the others. */
export function casesView(picture: Picture): CasesView {
  const state = responseOf(picture);
  const { policy } = state;
  const open = [...state.cases].reverse();
  const closed = [...state.closed].reverse();
  return {
    policy:
      policy === undefined
        ? null
        : {
            version: policy.version,
            nations: policy.nations.map(({ id, name }) => ({ id, name })),
            receivers: policy.receivers.map(({ id, name, actions, exercise }) => ({ id, name, actions: [...actions], exercise })),
            rules: policy.rules.map((rule) => ({
              action: rule.action,
              seats: rule.seats.map(({ nation, required }) => ({ nation, required })),
              agreementTakesSeconds: rule.agreementTakes,
            })),
            problems: policyProblems(policy).map(sentence),
          },
    clockTrouble: state.clockTrouble ?? null,
    cases: [...open, ...closed].map((each) => caseView(picture, state, each)),
    ghostFindings: state.ghosts.map(({ trackId, nation, personId, reason: why, at, expiresAt }) => ({
      trackId,
      nation,
      by: personId,
      reason: why,
      atUs: at,
      expiresAtUs: expiresAt,
    })),
    dropped: state.dropped,
  };
}

function caseView(picture: Picture, state: ResponseState, theCase: ResponseCase): CaseView {
  const { content } = theCase;
  const isOpen = theCase.state === "open";
  const all = isOpen ? readFacts(picture) : [];
  const facts = all.find(({ key }) => key === content.evidence.trackId);
  const evidence = facts === undefined ? undefined : caseEvidence(picture, facts, all);
  const refusal = refusalOfReceiver(picture, content.plan.receiverId);
  const { rule, counted, blockers } = standingOf(state, theCase, evidence, refusal, picture.now);
  const timeToAsset = evidence?.timeToAssetSeconds ?? null;
  const counts = seatCounts(theCase, isOpen ? counted : theCase.approvals.filter(({ state: stage }) => stage === "given"));
  const message = theCase.message;
  const told = (kind: ResponseFactKind): number | null =>
    theCase.facts.find((fact) => fact.kind === kind && fact.messageId === message?.messageId)?.at ?? null;
  return {
    id: theCase.id,
    trackId: content.evidence.trackId,
    origin: content.evidence.origin,
    action: content.plan.action,
    state: theCase.state,
    revision: content.revision,
    hash: theCase.hash,
    canonical: caseText(content),
    openedAtUs: content.openedAtUs,
    openedBy: content.openedBy,
    expiresAtUs: content.expiresAtUs,
    plan: content.plan,
    evidence: content.evidence,
    seats: counts.map(({ nation, required, given }) => ({ nation, required, given, missing: Math.max(0, required - given) })),
    approvals: theCase.approvals.map(({ personId, name, nation, seatOf, at, state: stage, endedBecause }) => ({
      personId,
      name,
      nation,
      seatOf,
      atUs: at,
      state: stage,
      endedBecause,
    })),
    delegations: theCase.delegations.map(({ from, to, at }) => ({ from, to, atUs: at })),
    deconfliction: content.deconfliction.map((item) => {
      const answer = theCase.acknowledgements.find(({ partyId }) => partyId === item.partyId);
      return { ...item, answer: answer?.answer ?? "waiting", atUs: answer?.at ?? null, by: answer?.by ?? "", text: answer?.text ?? "" };
    }),
    blockers: blockers.map(sentence),
    changes: theCase.changes.map((change) => sentence(reason(`change.${change}`))),
    refusedBy: theCase.refusal?.personId ?? null,
    refusedBecause: theCase.refusal?.reason ?? null,
    endedBy: theCase.endedBy ?? null,
    endedBecause: theCase.endedBecause ?? null,
    timeToAssetSeconds: timeToAsset,
    onlyPreAgreed: isOpen && content.seats.length > 0 && timeToAsset !== null && rule !== undefined && timeToAsset < rule.agreementTakes,
    authorisedAtUs: theCase.authorisedAt ?? null,
    authorisedBy: [...(theCase.authorisedBy ?? [])],
    messageId: message?.messageId ?? null,
    messageExpiresAtUs: message?.expiresAtUs ?? null,
    deliveredAtUs: told("delivered"),
    acknowledgedAtUs: told("acknowledged"),
    doneAtUs: told("done"),
    facts: theCase.facts.map(({ kind, messageId, at, by, text }) => ({ kind, messageId, atUs: at, by, text })),
  };
}

/**
 * Of a track without a case: for each action of the policy, whether the track arrives sooner than its officers can agree. The screen says then that only
 * warnings that were agreed on beforehand are possible.
 */
export function tooLateFor(picture: Picture, trackId: string): { action: string; sentence: SentenceView }[] {
  const { policy } = responseOf(picture);
  const seconds = picture.judgement.threats.get(trackId)?.timeToZone;
  if (policy === undefined || seconds === undefined) return [];
  return policy.rules
    .filter((rule) => rule.seats.length > 0 && seconds < rule.agreementTakes && ruleProblems(policy, rule).length === 0)
    .map(({ action }) => ({ action, sentence: sentence(reason("only-pre-agreed", { seconds: Math.max(0, Math.round(seconds)) })) }));
}
