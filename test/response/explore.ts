// Every state of the small world to a depth, breadth first, each step judged by the specification.
//
// Two states are taken for one where nothing that could matter later differs: the reducer's state and the specification's facts, with instants counted from now,
// and with the officers of one nation not told apart, as the policy does not. That is no more than a claim; `merges` checks it: where a
// state is met again by another way, both are taken every step further, and must lead to the same states.

import type { RosterEntry } from "../../src/core/model/response.ts";
import { addEntry, completesAgreement, type Entry, type Facts, factsAtStart } from "./specification.ts";
import { DEEDS, type Deed, type Node, OFFICERS, perform, type Quorum, type Reducer, start, timeOf, type Who } from "./world.ts";

export interface Exploration {
  /** Different states, the first among them. */
  readonly states: number;
  readonly byDepth: readonly number[];
  /** Steps that were taken and judged. */
  readonly steps: number;
  /** Steps that made something authorised, each with a valid agreement. */
  readonly authorised: number;
  /** Of those, judged by the whole history as well. */
  readonly judgedByHistory: number;
  /** States met again that were taken further to compare. */
  readonly merges: number;
  /** Of the first steps that broke the specification, in words; empty: none did. */
  readonly violations: readonly string[];
}

export interface ExploreOptions {
  readonly quorum: Quorum;
  readonly depth: number;
  readonly symmetry?: boolean;
  /** Fewer deeds: those for which it holds. */
  readonly only?: (deed: Deed) => boolean;
  /** Compares every n-th state that is met again; 0: none. */
  readonly compareEvery?: number;
  readonly progress?: (depth: number, states: number) => void;
  /** Collects the keys, to compare explorations. */
  readonly keys?: Set<string>;
}

interface Place {
  readonly node: Node;
  readonly facts: Facts;
  /** How it was reached, newest first. */
  readonly trail: Trail | undefined;
}
interface Trail {
  readonly before: Trail | undefined;
  readonly entry: Entry;
}

export function explore(decide: Reducer, options: ExploreOptions): Exploration {
  const { quorum, depth } = options;
  const symmetry = options.symmetry ?? true;
  const deeds = DEEDS.filter(options.only ?? (() => true));
  const keyOf = (node: Node, facts: Facts) => stateKey(node, facts, symmetry);
  const first = start(decide, quorum);
  const facts = factsAtStart();
  const seen = new Set<number>();
  let frontier: Place[] = [{ node: first, facts, trail: undefined }];
  seen.add(hashed(keyOf(first, facts)));
  options.keys?.add(keyOf(first, facts));
  const every = options.compareEvery ?? 0;
  /** Every n-th state of the newest depth, to be compared with the next that is taken for the same. */
  const witnesses = new Map<number, Place>();
  const byDepth = [1];
  let steps = 0;
  let authorised = 0;
  let judgedByHistory = 0;
  let merges = 0;
  const violations: string[] = [];

  const walk = (from: Place, deed: Deed, number: number) => {
    const node = perform(decide, from.node, deed, number);
    if (node === from.node && deed.kind !== "approve") {
      const same = addEntry(from.facts, { deed, t: from.node.t, newText: false }, quorum);
      return { node, facts: same.facts, entry: { deed, t: from.node.t, newText: false }, agreed: same.agreed };
    }
    const entry: Entry = { deed, t: from.node.t, newText: isNewText(from.node, node, deed) };
    return { node, entry, ...addEntry(from.facts, entry, quorum) };
  };

  for (let d = 1; d <= depth && frontier.length > 0 && violations.length === 0; d++) {
    const next: Place[] = [];
    for (const place of frontier) {
      for (const deed of deeds) {
        const { node, facts: then, entry, agreed } = walk(place, deed, d);
        steps += 1;
        const changed = node.state !== place.node.state;
        const after = changed ? countAuthorised(node) : -1;
        const became = changed && node.state.settled !== place.node.state.settled ? newlyAuthorised(place.node, node) : 0;
        if (became > 0 !== agreed) {
          violations.push(sentence(place, entry, became > 0 ? "authorised without a valid agreement" : "a valid agreement was not enough"));
          break;
        }
        if (after >= 0 && after !== then.carried.length) {
          violations.push(sentence(place, entry, `${after} authorised, and not ${then.carried.length}`));
          break;
        }
        if (became > 0) {
          authorised += 1;
          // The log read from its beginning says the same as the facts that were carried along.
          if (authorised % 7 === 1 || d < depth) {
            judgedByHistory += 1;
            if (!completesAgreement([...path(place.trail), entry], quorum))
              violations.push(sentence(place, entry, "the log shows no agreement"));
          }
        }
        if (node === place.node && then === place.facts) continue;
        const key = keyOf(node, then);
        const short = hashed(key);
        if (seen.has(short)) {
          const witness = witnesses.get(short);
          if (witness === undefined || witness.node === node) continue;
          witnesses.delete(short);
          merges += 1;
          const difference = compare(witness, { node, facts: then, trail: undefined });
          if (difference !== undefined) violations.push(sentence(place, entry, `two states taken for one differ: ${difference}`));
          continue;
        }
        seen.add(short);
        options.keys?.add(key);
        if (d < depth) {
          const reached: Place = { node, facts: then, trail: { before: place.trail, entry } };
          next.push(reached);
          if (every > 0 && next.length % every === 0) witnesses.set(short, reached);
        }
        byDepth[d] = (byDepth[d] ?? 0) + 1;
      }
      if (violations.length > 0) break;
    }
    options.progress?.(d, seen.size);
    frontier = next;
    witnesses.clear();
  }
  return { states: seen.size, byDepth, steps, authorised, judgedByHistory, merges, violations };

  /** The states that each leads to in one step, as sets. */
  function compare(a: Place, b: Place): string | undefined {
    const reach = (place: Place): string[] =>
      [
        ...new Set(
          deeds.map((deed) => {
            const { node, facts: then, agreed } = walk(place, deed, depth + 1);
            return `${agreed ? "!" : ""}${keyOf(node, then)}`;
          }),
        ),
      ].sort();
    const ofA = reach(a);
    const ofB = reach(b);
    if (ofA.length === ofB.length && ofA.every((key, i) => key === ofB[i])) return undefined;
    return `${ofA.find((key) => !ofB.includes(key))} only of the one, ${ofB.find((key) => !ofA.includes(key))} only of the other`;
  }
}

const settledAs = (node: Node): number => node.state.settled.filter(({ outcome }) => outcome === "authorised").length;
const newlyAuthorised = (before: Node, after: Node): number => settledAs(after) - settledAs(before);

const countAuthorised = (node: Node): number => node.state.cases.filter(({ state }) => state === "authorised").length;

/** A proposal or an edit that laid a text on the table which was not there before. */
function isNewText(before: Node, after: Node, deed: Deed): boolean {
  if (deed.kind !== "propose" && deed.kind !== "edit") return false;
  const hash = after.state.cases.find(({ state }) => state === "open")?.hash;
  return hash !== undefined && hash !== before.state.cases.find(({ state }) => state === "open")?.hash;
}

export function path(trail: Trail | undefined): Entry[] {
  const entries: Entry[] = [];
  for (let at = trail; at !== undefined; at = at.before) entries.push(at.entry);
  return entries.reverse();
}

const sentence = (place: Place, entry: Entry, what: string): string =>
  `${what}: ${[...path(place.trail), entry].map(({ deed }) => words(deed)).join(", ")}`;

function words(deed: Deed): string {
  const { kind, ...rest } = deed;
  return [kind, ...Object.values(rest)].join(" ");
}

// --------------------------------------------------------------------------------------------------------------------- keys

/** 53 bits of a key: with ten million states, two share one with a probability of about one in two hundred, and then one of them is left out. */
function hashed(key: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** Limits lie at 30, 60, 100 s: three steps are as good as more. */
const age = (from: number, now: number): number => Math.min(Math.round((now - from) / 40_000_000), 3);

function stateKey(node: Node, facts: Facts, symmetry: boolean): string {
  const { state } = node;
  const now = timeOf(node.t);
  const open = state.cases.find((each) => each.state === "open");
  const settled = state.settled.map((each) => (now - each.at < 30_000_000 ? each.outcome : "")).filter((each) => each !== "");
  const whole = [
    state.clockTrouble === undefined ? "" : "trouble",
    [...new Set(settled)].sort().join("+"),
    state.cases
      .map(
        (each) =>
          `${each.state} ${age(each.content.frozenAtUs, now)} ${each.changes.join("+")} ${each.authorisedAt === undefined ? "" : age(each.authorisedAt, now)}`,
      )
      .join("|"),
    facts.trouble ? "t" : "",
    facts.frozenAt === undefined ? "-" : Math.min(facts.t - facts.frozenAt, 3),
    facts.carried.map(({ at }) => Math.min(facts.t - at, 3)).join(),
  ].join("/");
  const person = (who: Who): string => {
    const entry = state.roster.find(({ id }) => id === who)!;
    const fact = facts.people[who];
    const newest = node.newest[who];
    return [
      role(entry, who),
      open !== undefined && entry.since > open.content.frozenAtUs ? "n" : "",
      ...state.cases.map((each) =>
        each.approvals
          .filter(({ personId }) => personId === who)
          .map((approval) =>
            approval.state === "given" ? `g${age(approval.at, now)}${approval.seatOf === who ? "" : approval.seatOf}` : "e",
          )
          .join("&"),
      ),
      ...state.cases.flatMap((each) => each.delegations.filter(({ from }) => from === who).map(({ to }) => `>${to}`)),
      // A replay can only do harm while it is of this text and fresh; then it depends on whether it was seen, and as what it names the person.
      newest === undefined || newest.signedHash !== open?.hash || now - newest.signedAt > 30_000_000
        ? ""
        : `${open.signaturesSeen.includes(newest.signatureId) ? "s" : "u"}${role({ ...newest, revoked: false }, who)}`,
      fact.revoked ? "r" : `${fact.role.slice(0, 1)}${fact.nation === who.slice(0, 1) ? "" : (fact.nation ?? "")}`,
      facts.frozenAt !== undefined && fact.changedAt > facts.frozenAt ? "c" : "",
      fact.standing === undefined ? "" : `s${Math.min(facts.t - fact.standing, 3)}`,
      facts.carried.map(({ by }) => (by.includes(who) ? "y" : "n")).join(""),
    ].join(",");
  };
  const of = (nation: "A" | "B"): string => {
    const people = OFFICERS.filter((who) => who.startsWith(nation)).map(person);
    return (symmetry ? people.sort() : people).join(";");
  };
  return `${whole}#${of("A")}#${of("B")}#${person("X")}`;
}

/** For an officer: of the own nation, the other, none; for the administrator by name. */
function role({ role: name, nation, revoked }: Pick<RosterEntry, "role" | "nation" | "revoked">, who: Who): string {
  if (revoked) return "R";
  if (who === "X") return name === "administrator" ? "x" : (nation ?? "");
  return name === "operator" ? "o" : nation === who.slice(0, 1) ? "h" : "t";
}
