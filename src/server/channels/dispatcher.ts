// Carries notifications to the channels they name. Each channel has a queue of its own, so that one that hangs delays no other; orders to
// take cover go before everything that waits. What cannot be delivered is tried again, and what was given up is told: a receipt
// for each outcome goes back into the picture.

import type { Notification, NotificationReceipt } from "../../core/model/alert.ts";
import type { Channel, ChannelMessage } from "./channel.ts";

export interface DispatcherOptions {
  readonly channels: readonly { readonly channel: Channel; readonly exercise: boolean }[];
  readonly message: (notification: Notification) => ChannelMessage;
  readonly receipt: (receipt: Omit<NotificationReceipt, "at">) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  /** ms before each further try. */
  readonly retryAfter?: readonly number[];
  /** ms for one try. */
  readonly patience?: number;
  /** ms after `close` in which what waits is still tried. */
  readonly grace?: number;
}

export interface Dispatcher {
  deliver(notification: Notification): void;
  /**
   * Gives what waits one more try each within the grace period. What is not delivered then has a receipt that says so, and is not given up: the next start
   * tries it again or tells that it is over.
   */
  close(): Promise<void>;
  states(): ChannelStateView[];
}

export interface ChannelStateView {
  id: string;
  kind: string;
  target: string;
  exercise: boolean;
  waiting: number;
  delivered: number;
  failed: number;
  /** Of the newest try. */
  lastAtUs: number | null;
  lastState: "sent" | "delivered" | "retrying" | "failed" | null;
  lastMessage: string;
}

const RETRY_AFTER = [1_000, 5_000, 15_000, 30_000];
const PATIENCE = 5_000;
const GRACE = 3_000;
const MAX_WAITING = 200;
const STOPPED = "not delivered when the server stopped";

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const retryAfter = options.retryAfter ?? RETRY_AFTER;
  const lanes = options.channels.map(({ channel, exercise }) => createLane(channel, exercise));
  const byId = new Map(lanes.map((lane) => [lane.state.id, lane]));

  function createLane(channel: Channel, exercise: boolean) {
    const state: ChannelStateView = {
      id: channel.id,
      kind: channel.kind,
      target: channel.target,
      exercise,
      waiting: 0,
      delivered: 0,
      failed: 0,
      lastAtUs: null,
      lastState: null,
      lastMessage: "",
    };
    const waiting: Notification[] = [];
    let working = false;
    let closed = false;
    /** The grace period is over: nothing is tried any more. */
    let over = false;
    let current: { readonly notification: Notification; readonly controller: AbortController | undefined } | undefined;
    let wake: (() => void) | undefined;

    function tell(notification: Notification, outcome: NotificationReceipt["state"], message: string): void {
      state.lastAtUs = Date.now() * 1000;
      state.lastState = outcome;
      state.lastMessage = message;
      if (outcome === "failed") state.failed += 1;
      else if (outcome !== "retrying") state.delivered += 1;
      if (outcome === "failed" || outcome === "retrying")
        options.log("warn", `notification ${notification.id} to ${channel.id}: ${message}`);
      options.receipt({ notificationId: notification.id, channel: channel.id, state: outcome, message });
    }

    async function once(notification: Notification): Promise<string | undefined> {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), options.patience ?? PATIENCE);
      current = { notification, controller };
      try {
        const late = new Promise<never>((_, reject) =>
          controller.signal.addEventListener("abort", () => reject(new Error("no answer in time")), { once: true }),
        );
        const delivery = channel.deliver(options.message(notification), controller.signal);
        delivery.catch(() => undefined); // when it was too late, the reason is that
        const outcome = await Promise.race([delivery, late]);
        if (!over) tell(notification, outcome, "");
        return undefined;
      } catch (error) {
        return (error as Error).message;
      } finally {
        clearTimeout(timer);
      }
    }

    async function work(): Promise<void> {
      if (working) return;
      working = true;
      while (waiting.length > 0 && !over) {
        const notification = waiting.shift()!;
        state.waiting = waiting.length;
        for (let attempt = 0; ; attempt++) {
          const reason = await once(notification);
          if (reason === undefined || over) break;
          // Once the server stops there is no later here: the next start takes it up.
          if (closed && notification.kind !== "test") {
            tell(notification, "retrying", `${reason}; ${STOPPED}`);
            break;
          }
          // A test tells at once how it went.
          if (attempt >= retryAfter.length || notification.kind === "test") {
            tell(notification, "failed", attempt === 0 ? reason : `${reason}; given up after ${attempt + 1} tries`);
            break;
          }
          tell(notification, "retrying", reason);
          current = { notification, controller: undefined };
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, retryAfter[attempt]!);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
          wake = undefined;
          // An order to take cover does not wait behind the retries of an ordinary alarm.
          if (waiting.some(isCover) && !isCover(notification)) {
            waiting.push(notification);
            break;
          }
        }
      }
      current = undefined;
      working = false;
    }

    return {
      state,
      channel,
      exercise,
      push(notification: Notification): void {
        if (notification.origin !== "live" && !exercise && notification.kind !== "test") {
          tell(notification, "failed", `this channel is not marked for exercises and the notification is ${notification.origin}`);
          return;
        }
        if (over) {
          tell(notification, "retrying", STOPPED);
          return;
        }
        if (waiting.length >= MAX_WAITING) {
          // The oldest ordinary one makes room, and is told of.
          const victim = waiting.findIndex((each) => !isCover(each));
          const [dropped] = waiting.splice(Math.max(0, victim), 1);
          tell(dropped!, "failed", "too many notifications wait for this channel");
        }
        if (isCover(notification)) {
          waiting.splice(
            waiting.findIndex((each) => !isCover(each)) < 0 ? waiting.length : waiting.findIndex((each) => !isCover(each)),
            0,
            notification,
          );
          wake?.();
        } else waiting.push(notification);
        state.waiting = waiting.length;
        void work();
      },
      async close(): Promise<void> {
        closed = true;
        wake?.();
        const until = performance.now() + (options.grace ?? GRACE);
        while (working && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
        over = true;
        const left = current === undefined ? [...waiting] : [current.notification, ...waiting];
        current?.controller?.abort();
        waiting.length = 0;
        state.waiting = 0;
        for (const notification of left) tell(notification, notification.kind === "test" ? "failed" : "retrying", STOPPED);
        await channel.close();
      },
    };
  }

  return {
    deliver: (notification) => {
      for (const id of notification.channels) {
        const lane = byId.get(id);
        if (lane !== undefined) lane.push(notification);
        else options.receipt({ notificationId: notification.id, channel: id, state: "failed", message: `there is no channel "${id}"` });
      }
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
    states: () => lanes.map((lane) => ({ ...lane.state })),
  };
}

const isCover = (notification: Notification): boolean => notification.kind === "take-cover" || notification.kind === "all-clear";
