// A person's command on its way into the picture and its answer on the way back.

import { randomUUID } from "node:crypto";
import type { Actor, Command, Effect } from "../core/model/event.ts";
import type { UnstampedEvent } from "./loop/loop.ts";

export interface CommandOutcome {
  readonly commandId: string;
  readonly ok: boolean;
  /** For programs: "no-such-track", "unrecorded"... */
  readonly code?: string;
  /** One plain sentence, for people. */
  readonly message?: string;
  /** Of a command about several things: what was wrong with each. */
  readonly errors?: readonly { readonly item: string; readonly message: string }[];
}

export type Operate = (command: Command, actor: Actor) => Promise<CommandOutcome>;

/**
 * Must be safe in the record before they are answered. Everything else acts first: a warning or the acknowledgement of an alarm never waits
 * for a disk.
 */
const DECISIONS: readonly Command["kind"][] = [
  "enrol-person",
  "revoke-person",
  "open-case",
  "edit-case",
  "approve-case",
  "refuse-case",
  "withdraw-approval",
  "cancel-case",
  "delegate-seat",
  "acknowledge-case",
  "record-ghost",
  "release-response",
  "declare",
  "withdraw-declaration",
  "register-friend",
  "register-friends",
  "remove-friend",
  "camera-rule",
  "calibrate-camera",
  "split-track",
  "merge-tracks",
  "withdraw-association",
  "hand-over-watch",
  "accept-watch",
];

export interface Operator {
  readonly operate: Operate;
  /** To be told every effect of a step: the answers are among them. */
  takeEffect(effect: Effect): void;
}

/** A command that no step answers in this time is reported as not answered: the person must not be left to guess. */
const PATIENCE = 5000; // ms

export function createOperator(loop: {
  apply(event: UnstampedEvent): void;
  applyDecision(event: UnstampedEvent): Promise<void>;
}): Operator {
  const waiting = new Map<string, (outcome: CommandOutcome) => void>();
  return {
    takeEffect: (effect) => {
      if (effect.type !== "command-result") return;
      const { type: _, ...outcome } = effect;
      waiting.get(outcome.commandId)?.(outcome);
    },
    operate: async (command, actor) => {
      const commandId = randomUUID();
      const event = { type: "command", commandId, actor, command } as const;
      let timer: NodeJS.Timeout | undefined;
      const answer = new Promise<CommandOutcome>((resolve) => waiting.set(commandId, resolve));
      const late = new Promise<CommandOutcome>((resolve) => {
        timer = setTimeout(
          () => resolve({ commandId, ok: false, code: "not-answered", message: "the picture did not answer within five seconds" }),
          PATIENCE,
        );
      });
      try {
        // A disk that hangs must not leave the person without an answer either; what it says later is of no use to anybody.
        if (DECISIONS.includes(command.kind)) return await Promise.race([loop.applyDecision(event).then(() => answer), late]);
        loop.apply(event);
        return await Promise.race([answer, late]);
      } catch (error) {
        return { commandId, ok: false, code: "unrecorded", message: `it could not be recorded: ${(error as Error).message}` };
      } finally {
        clearTimeout(timer);
        waiting.delete(commandId);
      }
    },
  };
}
