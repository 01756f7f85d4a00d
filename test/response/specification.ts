// What a valid agreement is, said twice and without a line of the reducer: once over the whole history, as a person would check a log afterwards, and once as
// facts that are carried along, so that two histories are only taken for one where nothing that matters differs.

import { type Deed, EVERYBODY, EXPIRES, homeOf, MESSAGE_VALID, nextRole, type Quorum, STEP, type Who, WITHIN } from "./world.ts";

/** One deed, when it was done, and whether it put a new text on the table (known only of proposals and edits: they are what is agreed about). */
export interface Entry {
  readonly deed: Deed;
  readonly t: number;
  readonly newText: boolean;
}

interface Account {
  readonly nation: string | undefined;
  readonly role: string;
  readonly revoked: boolean;
  /** Step of time of the newest change. */
  readonly changedAt: number;
}

const seconds = (steps: number): number => steps * STEP;

/** What the accounts said of a person after the first `n` entries. */
function accountAfter(history: readonly Entry[], n: number, who: Who): Account {
  let person = homeOf(who);
  let revoked = false;
  let changedAt = 0;
  for (const { deed, t } of history.slice(0, n)) {
    if (deed.kind === "change-role" && deed.who === who) {
      person = nextRole(person, revoked);
      revoked = false;
      changedAt = t;
    }
    if (deed.kind === "revoke" && deed.who === who && !revoked) {
      revoked = true;
      changedAt = t;
    }
  }
  return { nation: person.nation, role: person.role, revoked, changedAt };
}

const sits = ({ role, revoked, nation }: Account): boolean => role === "officer" && !revoked && nation !== undefined;

/**
 * Whether the last entry of a history completes a valid agreement: it is an approval, and of the text on the table, which nobody refused and which is neither too
 * old nor from before a trouble of the clock, so many different officers of each nation have approved as must, each lately, with a signature of this text made by
 * themselves, and none has withdrawn, changed role or been revoked since.
 */
export function completesAgreement(history: readonly Entry[], quorum: Quorum): boolean {
  const laid = history.findLastIndex(({ newText }) => newText);
  if (laid < 0) return false;
  // Agreed on once is enough: an approval afterwards completes nothing.
  for (let n = laid + 2; n < history.length; n++) if (isAgreement(history.slice(0, n), laid, quorum)) return false;
  return isAgreement(history, laid, quorum);
}

function isAgreement(history: readonly Entry[], laid: number, quorum: Quorum): boolean {
  const last = history[history.length - 1];
  if (last === undefined || last.deed.kind !== "approve" || last.deed.with !== "fresh") return false;
  const since = history.slice(laid + 1);
  const { t: frozenAt } = history[laid]!;
  const clockBefore = history.slice(0, laid + 1).findLast(({ deed }) => deed.kind === "clock")?.deed;
  if (clockBefore?.kind === "clock" && clockBefore.trouble) return false;
  if (since.some(({ deed }) => deed.kind === "clock" && deed.trouble)) return false;
  if (seconds(last.t - frozenAt) >= EXPIRES) return false;
  const refusedBy = since.findIndex(({ deed }, i) => deed.kind === "refuse" && sits(accountAfter(history, laid + 1 + i, deed.who)));
  if (refusedBy >= 0) return false;

  const agreed = { A: 0, B: 0 };
  let lastCounts = false;
  for (const who of EVERYBODY) {
    const standing = standingApproval(history, laid, who);
    if (standing === undefined || seconds(last.t - standing) > WITHIN) continue;
    const { nation } = accountAfter(history, history.length, who);
    if (nation === "A" || nation === "B") agreed[nation] += 1;
    lastCounts ||= who === last.deed.who && isNews(history, laid, who);
  }
  return lastCounts && agreed.A >= quorum[0] && agreed.B >= quorum[1];
}

/** Step of time of the approval of `who` that stands at the end; undefined: none. Approving again while one stands makes it no younger. */
function standingApproval(history: readonly Entry[], laid: number, who: Who): number | undefined {
  let standing: number | undefined;
  for (let i = laid + 1; i < history.length; i++) {
    const { deed, t } = history[i]!;
    if (!("who" in deed) || deed.who !== who) continue;
    if (deed.kind === "withdraw" || deed.kind === "revoke" || deed.kind === "change-role") standing = undefined;
    if (deed.kind === "approve" && deed.with === "fresh" && mayApproveAt(history, laid, i, who)) {
      if (standing === undefined || seconds(t - standing) > WITHIN) standing = t;
    }
  }
  return standing;
}

/** The last entry is an approval that was not standing before. */
const isNews = (history: readonly Entry[], laid: number, who: Who): boolean => {
  const before = standingApproval(history.slice(0, -1), laid, who);
  const { t } = history[history.length - 1]!;
  return mayApproveAt(history, laid, history.length - 1, who) && (before === undefined || seconds(t - before) > WITHIN);
};

function mayApproveAt(history: readonly Entry[], laid: number, i: number, who: Who): boolean {
  const account = accountAfter(history, i, who);
  const frozenAt = history[laid]!.t;
  return sits(account) && account.changedAt <= frozenAt && seconds(history[i]!.t - frozenAt) < EXPIRES;
}

// ---------------------------------------------------------------------------------------------------------------- as facts

export interface Facts {
  readonly t: number;
  readonly trouble: boolean;
  /** Of the text on the table; undefined: there is none that could still be agreed on. */
  readonly frozenAt: number | undefined;
  readonly people: Readonly<Record<Who, Account & { readonly standing: number | undefined }>>;
  /** What is authorised now: who carried it, and the step at which it was. */
  readonly carried: readonly { readonly by: readonly Who[]; readonly at: number }[];
}

export function factsAtStart(): Facts {
  const people = {} as Record<Who, Account & { standing: number | undefined }>;
  for (const who of EVERYBODY) {
    const { nation, role } = homeOf(who);
    people[who] = { nation, role, revoked: false, changedAt: 0, standing: undefined };
  }
  return { t: 0, trouble: false, frozenAt: undefined, people, carried: [] };
}

const withPerson = (facts: Facts, who: Who, change: Partial<Account & { standing: number | undefined }>): Facts => ({
  ...facts,
  people: { ...facts.people, [who]: { ...facts.people[who], ...change } },
});

/** What a person carried and takes back, or has no say in any more, is not authorised any more. */
const withoutShare = (facts: Facts, who: Who): Facts => ({ ...facts, carried: facts.carried.filter(({ by }) => !by.includes(who)) });

function withoutStanding(facts: Facts): Facts["people"] {
  const people = { ...facts.people };
  for (const who of EVERYBODY) if (people[who].standing !== undefined) people[who] = { ...people[who], standing: undefined };
  return people;
}

/** The facts after one more entry, and whether it completed an agreement. */
export function addEntry(facts: Facts, { deed, newText }: Entry, quorum: Quorum): { readonly facts: Facts; readonly agreed: boolean } {
  const no = (next: Facts) => ({ facts: next, agreed: false });
  if (newText) return no({ ...facts, frozenAt: facts.t, people: withoutStanding(facts) });
  switch (deed.kind) {
    case "wait": {
      const t = facts.t + 1;
      // A message lives for a step; the next time that the picture is told, it is over, as a text is at the end of its own time.
      return no({ ...facts, t, carried: deed.tick ? facts.carried.filter(({ at }) => seconds(t - at) < MESSAGE_VALID) : facts.carried });
    }
    case "clock":
      if (!deed.trouble) return no({ ...facts, trouble: false });
      // A trouble that goes on is no new one.
      if (facts.trouble) return no(facts);
      return no({ ...facts, trouble: true, frozenAt: undefined, people: withoutStanding(facts), carried: [] });
    case "revoke":
    case "change-role": {
      const { who } = deed;
      const now = facts.people[who];
      if (deed.kind === "revoke" && now.revoked) return no(facts);
      const person = deed.kind === "revoke" ? now : nextRole({ ...homeOf(who), ...plain(now) }, now.revoked);
      const account = {
        nation: person.nation,
        role: person.role,
        revoked: deed.kind === "revoke",
        changedAt: facts.t,
        standing: undefined,
      };
      return no(withoutShare(withPerson(facts, who, account), who));
    }
    case "withdraw": {
      if (facts.people[deed.who].revoked) return no(facts);
      return no(withoutShare(withPerson(facts, deed.who, { standing: undefined }), deed.who));
    }
    case "refuse":
      return no(
        facts.frozenAt !== undefined && sits(facts.people[deed.who])
          ? { ...facts, frozenAt: undefined, people: withoutStanding(facts) }
          : facts,
      );
    case "approve": {
      if (deed.with !== "fresh" || facts.frozenAt === undefined) return no(facts);
      const now = facts.people[deed.who];
      if (!sits(now) || now.changedAt > facts.frozenAt || seconds(facts.t - facts.frozenAt) >= EXPIRES) return no(facts);
      if (now.standing !== undefined && seconds(facts.t - now.standing) <= WITHIN) return no(facts);
      const next = withPerson(facts, deed.who, { standing: facts.t });
      const standing = EVERYBODY.filter((who) => {
        const at = next.people[who].standing;
        return at !== undefined && seconds(facts.t - at) <= WITHIN;
      });
      const of = (nation: string) => standing.filter((who) => next.people[who].nation === nation).length;
      if (of("A") < quorum[0] || of("B") < quorum[1]) return no(next);
      return {
        facts: {
          ...next,
          frozenAt: undefined,
          people: withoutStanding(next),
          carried: [...next.carried, { by: standing, at: facts.t }],
        },
        agreed: true,
      };
    }
    default:
      return no(facts);
  }
}

const plain = ({ nation, role }: Account) => ({ nation, role: role as ReturnType<typeof homeOf>["role"] });
