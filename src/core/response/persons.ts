// Who takes part, as the accounts say. A change of nation or role, or a revocation, ends what that person agreed to and what has not been delivered of it.

import type { Micros } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import type { Person, ResponseEffect, RosterEntry } from "../model/response.ts";
import { endApprovals, replaceCase, takeBack } from "./end-case.ts";
import { RESPONSE_LIMITS, type Reason, type ResponseOutcome, type ResponseResult, type ResponseState, reason } from "./response-state.ts";

/** Printable ASCII: it stands in what is signed. */
const PERSON_ID = /^[!-~]{1,100}$/;

/** The accounts themselves (role service, the shell's own), or an administrator. */
function mayAdminister(state: ResponseState, by: Actor): Reason | undefined {
  if (!by.authenticated) return reason("not-signed-in");
  if (by.role === "service") return undefined;
  const person = state.roster.find(({ id }) => id === by.personId);
  if (person === undefined || person.revoked || person.role !== "administrator" || by.role !== "administrator")
    return reason("role", { role: by.role ?? "none" });
  return undefined;
}

const refused = (state: ResponseState, why: Reason): ResponseOutcome => ({
  state,
  results: [{ ok: false, caseId: undefined, reasons: [why] }],
  effects: [],
});

/** Takes an account over as it is now. Nobody gives a role to himself. */
export function enrolPerson(state: ResponseState, person: Person, by: Actor, at: Micros): ResponseOutcome {
  const forbidden = mayAdminister(state, by);
  if (forbidden !== undefined) return refused(state, forbidden);
  if (by.role !== "service" && by.personId === person.id) return refused(state, reason("self-enrolled"));
  if (!PERSON_ID.test(person.id)) return refused(state, reason("person-id"));
  const known = state.roster.find(({ id }) => id === person.id);
  if (known === undefined && state.roster.length >= RESPONSE_LIMITS.roster) return refused(state, reason("too-many-persons"));
  const same = known !== undefined && !known.revoked && known.role === person.role && known.nation === person.nation;
  const entry: RosterEntry = {
    id: person.id,
    name: person.name,
    ...(person.nation === undefined ? {} : { nation: person.nation }),
    role: person.role,
    since: same ? known.since : at,
    revoked: false,
  };
  const said = {
    ok: true,
    caseId: undefined,
    reasons: [reason("enrolled", { person: person.name, role: person.role, nation: person.nation ?? "" })],
  };
  if (same && known.name === person.name) return { state, results: [said], effects: [] };
  const enrolled = putOnRoster(state, entry);
  return same || known === undefined
    ? { state: enrolled, results: [said], effects: [] }
    : endShare(enrolled, person.id, "role-changed", said, at);
}

export function revokePerson(state: ResponseState, personId: string, why: string, by: Actor, at: Micros): ResponseOutcome {
  const forbidden = mayAdminister(state, by);
  if (forbidden !== undefined) return refused(state, forbidden);
  const known = state.roster.find(({ id }) => id === personId);
  if (known === undefined) return refused(state, reason("unknown-person", { person: personId }));
  const said = {
    ok: true,
    caseId: undefined,
    reasons: [reason("person-revoked", { person: known.name, reason: why.slice(0, RESPONSE_LIMITS.text) })],
  };
  if (known.revoked) return { state, results: [said], effects: [] };
  return endShare(putOnRoster(state, { ...known, revoked: true, since: at }), personId, "revoked", said, at);
}

const putOnRoster = (state: ResponseState, entry: RosterEntry): ResponseState => ({
  ...state,
  roster: [...state.roster.filter(({ id }) => id !== entry.id), entry].sort((a, b) => (a.id < b.id ? -1 : 1)),
});

/** Ends what a person has a share in: approvals by the person or in the person's seat, delegations, ghost findings, and undelivered messages. */
function endShare(state: ResponseState, personId: string, because: string, said: ResponseResult, at: Micros): ResponseOutcome {
  const results: ResponseResult[] = [said];
  const effects: ResponseEffect[] = [];
  const ghosts = state.ghosts.filter((ghost) => ghost.personId !== personId);
  let next: ResponseState = ghosts.length === state.ghosts.length ? state : { ...state, ghosts };
  for (const theCase of state.cases) {
    const hasShare = theCase.approvals.some(
      (approval) => approval.state === "given" && (approval.personId === personId || approval.seatOf === personId),
    );
    if (theCase.state === "authorised") {
      const heard = theCase.facts.some(({ kind }) => kind !== "failed");
      if (hasShare && !heard && theCase.message !== undefined)
        next = takeBack(next, theCase, { state: "void", by: "picket", why: because }, at, results, effects);
      continue;
    }
    const delegations = theCase.delegations.filter(({ from, to }) => from !== personId && to !== personId);
    if (!hasShare && delegations.length === theCase.delegations.length) continue;
    const ended = endApprovals(
      theCase,
      (approval) => approval.state === "given" && (approval.personId === personId || approval.seatOf === personId),
      because,
      at,
    );
    next = replaceCase(next, { ...ended, delegations });
    if (hasShare) results.push({ ok: false, caseId: theCase.id, reasons: [reason("approvals-ended", { case: theCase.id, why: because })] });
  }
  return { state: next, results, effects };
}
