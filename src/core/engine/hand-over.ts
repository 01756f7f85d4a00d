// The hand-over of the watch: offered by who leaves, taken by somebody else, with what stood at that moment frozen into the record. What the
// one who leaves had in hand passes to the one who comes.

import { MICROS_PER_SECOND } from "../base/units.ts";
import type { Actor, Command, Effect } from "../model/event.ts";
import { HAND_OVER_TEXT, type HandOver, WATCH_SUMMARY_ENTRIES, type WatchSummary } from "../model/hand-over.ts";
import { friendViews, judgementView } from "./judgement-views.ts";
import { notify, type Picture } from "./picture.ts";
import { sensorViews } from "./views.ts";

const KINDS = ["hand-over-watch", "accept-watch"] as const;
type WatchCommand = Extract<Command, { kind: (typeof KINDS)[number] }>;
export const isWatchCommand = (command: Command): command is WatchCommand => (KINDS as readonly string[]).includes(command.kind);

/** An offer that nobody takes is over after this. */
const LAPSES_AFTER = 30 * 60 * MICROS_PER_SECOND;
/** Kept in the picture; the journal keeps all. */
const MOST_KEPT = 10;

type Refusal = { code: string; message: string };

/** Carries out a command and answers it with a `command-result`. */
export function commandWatch(picture: Picture, command: WatchCommand, actor: Actor, commandId: string, effects: Effect[]): void {
  const refused = command.kind === "hand-over-watch" ? offer(picture, command, actor) : accept(picture, command.handOverId, actor);
  effects.push(
    refused === undefined
      ? { type: "command-result", commandId, ok: true }
      : { type: "command-result", commandId, ok: false, code: refused.code, message: refused.message },
  );
}

/** The same person, by account where both signed in, else by the name that they gave. */
function isSame(a: Actor, b: Actor): boolean {
  if (a.personId !== undefined && b.personId !== undefined) return a.personId === b.personId;
  return a.name.trim().toLowerCase() === b.name.trim().toLowerCase();
}

function offer(picture: Picture, { to, text }: { to: string; text: string }, actor: Actor): Refusal | undefined {
  const name = to.trim();
  if (name === "") return { code: "nobody", message: "say who takes the watch" };
  if (name.toLowerCase() === actor.name.trim().toLowerCase())
    return { code: "same-person", message: "the watch is handed to somebody else" };
  const before = (picture.handOvers ?? []).map((each) =>
    each.state === "open" ? { ...each, state: "replaced" as const, endedAt: picture.now } : each,
  );
  const handOver: HandOver = {
    id: (before.at(-1)?.id ?? 0) + 1,
    at: picture.now,
    from: actor,
    to: name,
    text: text.trim().slice(0, HAND_OVER_TEXT),
    summary: watchSummary(picture),
    state: "open",
  };
  picture.handOvers = [...before, handOver].slice(-MOST_KEPT);
  notify(picture, "info", "watch-offered", { actor: actor.name, to: name });
  return undefined;
}

function accept(picture: Picture, id: number, actor: Actor): Refusal | undefined {
  const found = (picture.handOvers ?? []).find((each) => each.id === id);
  if (found === undefined) return { code: "unknown", message: `there is no hand-over ${id}` };
  if (found.state !== "open") return { code: found.state, message: `this hand-over is no longer open (${found.state})` };
  if (isSame(found.from, actor)) return { code: "same-person", message: `${found.from.name} gave the watch and cannot take it` };
  replace(picture, { ...found, state: "accepted", endedAt: picture.now, by: actor });
  const { alerting } = picture.judgement;
  for (const { alert } of alerting.open.values()) if (alert.heldBy === found.from.name) alert.heldBy = actor.name;
  for (const [key, held] of alerting.trackHolds)
    if (held.by === found.from.name) alerting.trackHolds.set(key, { by: actor.name, at: picture.now });
  notify(picture, "info", "watch-accepted", { actor: actor.name, from: found.from.name });
  return undefined;
}

function replace(picture: Picture, changed: HandOver): void {
  picture.handOvers = (picture.handOvers ?? []).map((each) => (each.id === changed.id ? changed : each));
}

/** Once a second: an offer that nobody took is over, and everybody is told. */
export function passWatchTime(picture: Picture): void {
  const open = picture.handOvers?.find(({ state }) => state === "open");
  if (open === undefined || picture.now - open.at < LAPSES_AFTER) return;
  replace(picture, { ...open, state: "lapsed", endedAt: picture.now });
  notify(picture, "warning", "watch-lapsed", { actor: open.from.name, to: open.to });
}

/** What stands now. Reads only. */
export function watchSummary(picture: Picture): WatchSummary {
  let more = 0;
  const room = <Entry>(entries: readonly Entry[]): Entry[] => {
    more += Math.max(0, entries.length - WATCH_SUMMARY_ENTRIES);
    return entries.slice(0, WATCH_SUMMARY_ENTRIES);
  };
  const { alerts, cover } = judgementView(picture);
  const attention = [...picture.judgement.attention.records]
    .filter(([id]) => picture.tracks.has(id))
    .map(([id, { attention }]) => ({ id, state: attention.state, by: attention.by?.name ?? "" }));
  const friends = friendViews(picture).flatMap(({ intent, state, startsAt, endsAt }) =>
    state === "over" ? [] : [{ id: intent.id, state, fromUs: startsAt as number, toUs: endsAt as number }],
  );
  return {
    alarms: room(alerts.filter(({ state }) => state !== "shelved").map(({ id, level, heldBy }) => ({ id, level, heldBy }))),
    shelved: room(
      alerts
        .filter(({ state }) => state === "shelved")
        .map(({ id, shelvedUntilUs, shelvedReason }) => ({ id, untilUs: shelvedUntilUs ?? 0, reason: shelvedReason ?? "" })),
    ),
    unassessed: room(
      attention.flatMap(({ id, state }) => (state === "due" || state === "overdue" || state === "reopened" ? [{ id, state }] : [])),
    ),
    dismissed: room(attention.flatMap(({ id, state, by }) => (state === "dismissed" ? [{ id, by }] : []))),
    held: room([...picture.judgement.alerting.trackHolds].map(([id, { by }]) => ({ id, by }))),
    friends: room(friends),
    sensors: room(sensorViews(picture).flatMap(({ id, freshness }) => (freshness === "LIVE" ? [] : [{ id, freshness }]))),
    sources: room(
      [...picture.sources].flatMap(([id, { state }]) => (state === "listening" || state === "connected" ? [] : [{ id, state }])),
    ),
    coverSinceUs: cover !== null && cover.state === "ordered" ? cover.atUs : null,
    more,
  };
}
