// Whether a signature counts for what it is offered for. It was verified outside; here it is held to the text, the person, the time, and to being new.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { ResponseCase, ResponsePolicy, RosterEntry, SignatureVerdict } from "../model/response.ts";
import { type Reason, reason } from "./response-state.ts";

/** How far the clock that dated a signature may be ahead of the picture's, us. */
const AHEAD = 2 * MICROS_PER_SECOND;

/** Why it does not count; undefined: it does. `hash`: what should have been signed. */
export function signatureProblem(
  policy: ResponsePolicy,
  person: RosterEntry,
  signature: SignatureVerdict,
  hash: string,
  at: Micros,
): Reason | undefined {
  if (!signature.verified) return reason("signature-false");
  if (!policy.methods.includes(signature.method)) return reason("signature-method", { method: signature.method });
  if (signature.personId !== person.id || signature.nation !== person.nation || signature.role !== person.role)
    return reason("signature-of-another", { person: person.name });
  if (signature.signedHash !== hash) return reason("signature-of-other-text");
  if (signature.signedAt > at + AHEAD) return reason("signature-from-the-future");
  if (at - signature.signedAt > policy.signatureAge * MICROS_PER_SECOND)
    return reason("signature-old", { seconds: Math.round((at - signature.signedAt) / MICROS_PER_SECOND) });
  return undefined;
}

/** The same for one that belongs to a case: made since it was frozen, not seen before, and not with the key of somebody else who signed it. */
export function caseSignatureProblem(
  policy: ResponsePolicy,
  theCase: ResponseCase,
  person: RosterEntry,
  signature: SignatureVerdict,
  hash: string,
  at: Micros,
): Reason | undefined {
  const problem = signatureProblem(policy, person, signature, hash, at);
  if (problem !== undefined) return problem;
  const { frozenAtUs } = theCase.content;
  if (signature.signedAt < frozenAtUs - AHEAD) return reason("signature-before-case");
  if (theCase.signaturesSeen.includes(signature.signatureId)) return reason("signature-seen");
  const shared = [...theCase.approvals, ...theCase.delegations].some(
    (other) => other.signature.credentialId === signature.credentialId && other.signature.personId !== person.id,
  );
  if (shared) return reason("credential-shared");
  // Nobody is made an officer for a case that lies on the table.
  if (person.since > frozenAtUs) return reason("joined-later", { person: person.name });
  return undefined;
}
