// Who may sit, and whether enough of them agree. Reads like the rule; knows nothing of tracks.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Approval, ResponseCase, RosterEntry, SeatRule } from "../model/response.ts";

/** The person may fill a seat of their own: an officer of that nation, on the list where there is one, not revoked. No other role sits, administrators least of all. */
export function hasOwnSeat(person: RosterEntry, seats: readonly SeatRule[]): boolean {
  if (person.revoked || person.role !== "officer") return false;
  return seats.some((seat) => seat.nation === person.nation && (seat.officers === undefined || seat.officers.includes(person.id)));
}

/** May sit in the place of an officer of the same nation. */
export const mayStandIn = (person: RosterEntry, nation: string | undefined): boolean =>
  !person.revoked && person.nation === nation && (person.role === "officer" || person.role === "supervisor");

export const stands = (approval: Approval): boolean => approval.state === "given";

/** Whose seat the person would fill now; undefined: none. Own seat first, so that nobody fills two. */
export function seatFor(person: RosterEntry, theCase: ResponseCase, roster: readonly RosterEntry[]): string | undefined {
  const { seats } = theCase.content;
  const away = theCase.delegations.some(({ from }) => from === person.id);
  if (hasOwnSeat(person, seats)) return away ? undefined : person.id;
  for (const { from, to } of theCase.delegations) {
    if (to !== person.id) continue;
    const holder = roster.find(({ id }) => id === from);
    if (holder === undefined || !hasOwnSeat(holder, seats) || !mayStandIn(person, holder.nation)) continue;
    if (theCase.approvals.some((approval) => stands(approval) && approval.seatOf === from && approval.personId !== person.id)) continue;
    return from;
  }
  return undefined;
}

/** Approvals that count now: of exactly this text, still standing, not too old, by a person who still may sit in that seat. */
export function countedApprovals(theCase: ResponseCase, roster: readonly RosterEntry[], within: number, at: Micros): readonly Approval[] {
  const counted: Approval[] = [];
  for (const approval of theCase.approvals) {
    if (!stands(approval) || approval.signature.signedHash !== theCase.hash) continue;
    if (approval.at > at || at - approval.at > within * MICROS_PER_SECOND) continue;
    const person = roster.find(({ id }) => id === approval.personId);
    if (person === undefined || person.nation !== approval.nation) continue;
    if (seatFor(person, theCase, roster) !== approval.seatOf) continue;
    if (counted.some(({ seatOf, personId }) => seatOf === approval.seatOf || personId === approval.personId)) continue;
    counted.push(approval);
  }
  return counted;
}

export interface SeatCount {
  readonly nation: string;
  readonly required: number;
  readonly given: number;
}

export const seatCounts = (theCase: ResponseCase, counted: readonly Approval[]): readonly SeatCount[] =>
  theCase.content.seats.map(({ nation, required }) => ({
    nation,
    required,
    given: counted.filter((approval) => approval.nation === nation).length,
  }));

/** Enough of every nation. With no seats, or with no approval at all, never. */
export function hasQuorum(theCase: ResponseCase, counted: readonly Approval[]): boolean {
  const counts = seatCounts(theCase, counted);
  return counts.length > 0 && counted.length > 0 && counts.every(({ required, given }) => required > 0 && given >= required);
}
