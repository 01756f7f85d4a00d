// What people say and do about tracks and alarms. Every command is answered: done, or refused with a code and a sentence.

import { acknowledge, hold, holdTrack, release, releaseTrack, shelve, unshelve } from "../alerting/alerts.ts";
import { assessByPerson } from "../alerting/attention.ts";
import type { Result } from "../base/result.ts";
import { declare, dismiss, registerFriend, registerFriends, removeFriend, withdrawDeclaration } from "../identification/identify.ts";
import type { Actor, Command, Effect } from "../model/event.ts";
import type { ClassName } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import { orderCover, testChannel } from "./call-people.ts";
import { notify, type Picture } from "./picture.ts";

const KINDS = [
  "declare",
  "withdraw-declaration",
  "accept-track",
  "dismiss-track",
  "register-friend",
  "register-friends",
  "remove-friend",
  "set-wind",
  "acknowledge-alert",
  "shelve-alert",
  "unshelve-alert",
  "hold",
  "release",
  "take-cover",
  "all-clear",
  "test-channel",
] as const;
type JudgementCommand = Extract<Command, { kind: (typeof KINDS)[number] }>;

export const isJudgementCommand = (command: Command): command is JudgementCommand => (KINDS as readonly string[]).includes(command.kind);

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly { readonly item: string; readonly message: string }[];
}

const NO_TRACK = (id: string): Refusal => ({ code: "unknown-track", message: `there is no track "${id}"` });

/** Carries out a command and answers it with a `command-result`. */
export function commandJudgement(picture: Picture, command: JudgementCommand, actor: Actor, commandId: string, effects: Effect[]): void {
  const refusal = carryOut(picture, command, actor, effects);
  if (refusal === undefined) {
    effects.push({ type: "command-result", commandId, ok: true });
    return;
  }
  const { code, message, errors } = refusal;
  effects.push({ type: "command-result", commandId, ok: false, code, message, ...(errors === undefined ? {} : { errors }) });
}

function carryOut(picture: Picture, command: JudgementCommand, actor: Actor, effects: Effect[]): Refusal | undefined {
  const { judgement, now } = picture;
  switch (command.kind) {
    case "declare": {
      judgement.heard.add(command.trackId);
      const value = command.value as Affiliation | ClassName;
      const { question, reason, expiresAt } = command;
      return refusalOf(declare(judgement.identification, command.trackId, { question, value, by: actor, at: now, reason, expiresAt }));
    }
    case "withdraw-declaration":
      judgement.heard.add(command.trackId);
      return withdrawDeclaration(judgement.identification, command.trackId, command.question, now)
        ? undefined
        : { code: "no-declaration", message: `${command.trackId} has no declaration of its ${command.question}` };
    case "accept-track":
      if (!picture.tracks.has(command.trackId)) return NO_TRACK(command.trackId);
      return refusalOf(assessByPerson(judgement.attention, command.trackId, { kind: "accept" }, actor, now));
    case "dismiss-track": {
      if (!picture.tracks.has(command.trackId)) return NO_TRACK(command.trackId);
      const { reason, text } = command;
      const kept = dismiss(judgement.identification, command.trackId, { reason, text, by: actor, at: now });
      if (!kept.ok) return kept.error;
      judgement.heard.add(command.trackId);
      return refusalOf(assessByPerson(judgement.attention, command.trackId, { kind: "dismiss", reason, text }, actor, now));
    }
    case "register-friend":
      return refusalOf(registerFriend(judgement.identification, command.friend, now));
    case "register-friends": {
      const kept = registerFriends(judgement.identification, command.friends, now);
      if (kept.ok) return undefined;
      const [first] = kept.error;
      const rest = kept.error.length - 1;
      const message = `${first!.message}${rest === 0 ? "" : ` (and ${rest} more)`}; none was taken`;
      return { code: "refused-friends", message, errors: kept.error };
    }
    case "remove-friend":
      return removeFriend(judgement.identification, command.friendId)
        ? undefined
        : { code: "unknown-friend", message: `there is no announcement "${command.friendId}"` };
    case "set-wind":
      judgement.wind = command.wind === null ? undefined : { ...command.wind, from: "operator" };
      return undefined;
    case "acknowledge-alert":
      return refusalOf(acknowledge(judgement.alerting, command.alertId, actor, now));
    case "shelve-alert":
      return refusalOf(shelve(judgement.alerting, command.alertId, { reason: command.reason, until: command.until }, actor, now));
    case "unshelve-alert":
      return refusalOf(unshelve(judgement.alerting, command.alertId, actor, now));
    case "hold":
      if (picture.tracks.has(command.subject)) return refusalOf(holdTrack(judgement.alerting, command.subject, actor, now));
      return refusalOf(hold(judgement.alerting, command.subject, actor, now));
    case "release":
      if (judgement.alerting.trackHolds.has(command.subject)) return refusalOf(releaseTrack(judgement.alerting, command.subject, actor));
      return refusalOf(release(judgement.alerting, command.subject, actor, now));
    case "take-cover":
    case "all-clear":
      notify(picture, command.kind === "take-cover" ? "error" : "info", command.kind, { actor: actor.name, text: command.text });
      return orderCover(picture, command, actor, effects);
    case "test-channel":
      return testChannel(picture, command.channel, actor, effects);
  }
}

const refusalOf = <Value>(outcome: Result<Value, Refusal>): Refusal | undefined => (outcome.ok ? undefined : outcome.error);
