// The one thing that leaves: the content of a message that the shell signs and sends. A snapshot, with an end.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { ActionRule, Approval, ResponseCase, ResponseMessage } from "../model/response.ts";

/** Of a case that `approvals` carry; undefined where the plan has no receiver. Valid until its own end, never beyond that of the case's revision plus it. */
export function responseMessage(
  theCase: ResponseCase,
  rule: ActionRule,
  approvals: readonly Approval[],
  at: Micros,
): ResponseMessage | undefined {
  const { plan, evidence, siteId, caseId, revision, policyVersion } = theCase.content;
  if (plan.receiverId === null) return undefined;
  return {
    format: "picket-response-1",
    messageId: `${caseId}-${revision}-${plan.action}`,
    kind: "response",
    action: plan.action,
    siteId,
    receiverId: plan.receiverId,
    origin: evidence.origin,
    caseId,
    revision,
    caseHash: theCase.hash,
    issuedAtUs: at,
    expiresAtUs: at + Math.round(rule.messageValid * MICROS_PER_SECOND),
    text: plan.text,
    track: {
      id: evidence.trackId,
      atUs: evidence.atUs,
      latitudeDegrees: evidence.latitudeDegrees,
      longitudeDegrees: evidence.longitudeDegrees,
      heightAmslMetres: evidence.heightAmslMetres,
      velocityEastMps: evidence.velocityEastMps,
      velocityNorthMps: evidence.velocityNorthMps,
      velocityUpMps: evidence.velocityUpMps,
      uncertaintyMetres: evidence.uncertaintyMetres,
      className: evidence.className,
      affiliation: evidence.affiliation,
    },
    approvals: approvals.map(({ personId, nation, seatOf, signature }) => ({
      personId,
      nation,
      seatOf,
      method: signature.method,
      credentialId: signature.credentialId,
      signatureId: signature.signatureId,
      signedAtUs: signature.signedAt,
    })),
    policyVersion,
  };
}

/** Takes a message back: whoever got it must not act on it any more. Goes out whether or not the first was seen to arrive. */
export const recallMessage = (message: ResponseMessage, why: string, at: Micros): ResponseMessage => ({
  ...message,
  messageId: `${message.messageId}-recall`,
  kind: "recall",
  issuedAtUs: at,
  text: why,
});
