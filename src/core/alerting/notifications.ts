// What leaves for people who are not at the console: which channel takes what, what became of it, and what did not get through. Sending and trying
// again are the shell's; its receipts come back here.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { AlertLevel, Notification, NotificationReceipt } from "../model/alert.ts";
import type { Origin } from "../model/observation.ts";
import type { ChannelConfiguration } from "../model/site.ts";
import { type AlertChange, ANNUNCIATES } from "./alert-change.ts";
import type { UndeliveredFact } from "./situations.ts";
import type { CoverOrder } from "./take-cover.ts";

export interface SentNotification {
  readonly notification: Notification;
  /** Newest receipt of each channel that it went to; undefined: none yet. */
  readonly receipts: Map<string, NotificationReceipt | undefined>;
}

export interface NotificationState {
  nextId: number;
  /** Keyed by notification id, oldest first. */
  sent: Map<number, SentNotification>;
  /** Pushed out while a receipt was still missing. */
  forgotten: number;
  /** Receipts for notifications that are not known (any more). */
  strayReceipts: number;
}

const SENT = 500;
/** s without any receipt after which a channel counts as failed: take cover, and the rest. */
export const SILENT_AFTER = { cover: 5, other: 60 } as const;
/** s for which a failure is held up to the operator. */
const HELD_UP = 600;

export const createNotifications = (): NotificationState => ({ nextId: 1, sent: new Map(), forgotten: 0, strayReceipts: 0 });

/**
 * Channels that take it. Anything that is not live goes only where `exercise` is set. Orders to take cover and the all-clear go to every channel that is
 * marked for them, whatever its levels; a test goes to the channels that it names, with its origin as label.
 */
export function channelsFor(
  what: { kind: Notification["kind"]; level: AlertLevel; origin: Origin; named?: readonly string[] },
  channels: readonly ChannelConfiguration[],
): string[] {
  return channels
    .filter((channel) => what.origin === "live" || channel.exercise || what.kind === "test")
    .filter((channel) => {
      if (what.named !== undefined && what.named.length > 0) return what.named.includes(channel.id);
      switch (what.kind) {
        case "alert":
          return channel.levels.includes(what.level);
        case "take-cover":
        case "all-clear":
          return channel.takeCover;
        case "test":
          return false;
        default:
          return false;
      }
    })
    .map(({ id }) => id)
    .sort();
}

function issue(state: NotificationState, notification: Omit<Notification, "id">): Notification {
  const issued: Notification = { id: state.nextId, ...notification };
  state.nextId += 1;
  state.sent.set(issued.id, { notification: issued, receipts: new Map(issued.channels.map((channel) => [channel, undefined])) });
  if (state.sent.size > SENT) {
    // What has been delivered goes first; then the oldest.
    let victim: number | undefined;
    for (const [id, { receipts }] of state.sent) {
      if (![...receipts.values()].every((receipt) => receipt?.state === "sent" || receipt?.state === "delivered")) continue;
      victim = id;
      break;
    }
    if (victim === undefined) {
      victim = state.sent.keys().next().value as number;
      state.forgotten += 1;
    }
    state.sent.delete(victim);
  }
  return issued;
}

/** Notification of an alarm that calls; undefined when it does not call, or no channel takes it. */
export function alertNotification(
  state: NotificationState,
  change: AlertChange,
  conditionKey: string,
  channels: readonly ChannelConfiguration[],
): Notification | undefined {
  if (!ANNUNCIATES[change.kind]) return undefined;
  const { alert } = change;
  const to = channelsFor({ kind: "alert", level: alert.level, origin: alert.origin }, channels);
  if (to.length === 0) return undefined;
  return issue(state, {
    kind: "alert",
    at: change.at,
    level: alert.level,
    origin: alert.origin,
    alertId: alert.id,
    key: conditionKey,
    values: alert.values,
    channels: to,
  });
}

/** Notification of an order to take cover or of its end. It exists even when no channel takes it: then `undelivered` says so. */
export function coverNotification(
  state: NotificationState,
  order: CoverOrder,
  assetNames: string,
  channels: readonly ChannelConfiguration[],
  at: Micros,
): Notification {
  const kind = order.state === "ordered" ? "take-cover" : "all-clear";
  const by = order.state === "ordered" ? order.by : (order.allClearBy ?? order.by);
  return issue(state, {
    kind,
    at,
    level: 1,
    origin: order.origin,
    key: `notification.${kind}`,
    values: { assets: assetNames, by: by.name, text: order.text },
    channels: channelsFor({ kind, level: 1, origin: order.origin }, channels),
  });
}

/** Notification of the test button; undefined when there is no such channel. */
export function testNotification(
  state: NotificationState,
  channel: string,
  origin: Origin,
  by: string,
  channels: readonly ChannelConfiguration[],
  at: Micros,
): Notification | undefined {
  const to = channelsFor({ kind: "test", level: 3, origin, named: [channel] }, channels);
  if (to.length === 0) return undefined;
  return issue(state, { kind: "test", at, level: 3, origin, key: "notification.test", values: { by, channel }, channels: to });
}

/** Takes what the shell reports. False when nobody asked for it; that is counted. */
export function takeReceipt(state: NotificationState, receipt: NotificationReceipt): boolean {
  const sent = state.sent.get(receipt.notificationId);
  if (sent === undefined || !sent.receipts.has(receipt.channel)) {
    state.strayReceipts += 1;
    return false;
  }
  const before = sent.receipts.get(receipt.channel);
  // A late "sent" does not undo a delivery.
  if (before?.state === "delivered" && receipt.state !== "delivered") return true;
  sent.receipts.set(receipt.channel, receipt);
  return true;
}

/**
 * What did not get through: given up by the shell, without any receipt for too long, or an order to take cover that no channel was there to take. A
 * failure is held up for ten minutes, or until a later notification of the same kind got through on that channel. Each is a situation of its own.
 */
export function undelivered(state: NotificationState, now: Micros): UndeliveredFact[] {
  const failed: UndeliveredFact[] = [];
  const worksSince = new Map<string, number>();
  for (const [id, { notification, receipts }] of state.sent) {
    for (const [channel, receipt] of receipts)
      if (receipt?.state === "sent" || receipt?.state === "delivered") worksSince.set(`${notification.kind} ${channel}`, id);
  }
  for (const [id, { notification, receipts }] of state.sent) {
    const age = (now - notification.at) / MICROS_PER_SECOND;
    const ofCover = notification.kind === "take-cover" || notification.kind === "all-clear";
    const fact = (channel: string, message: string): UndeliveredFact => ({
      notificationId: id,
      kind: notification.kind,
      channel,
      message,
      origin: notification.origin,
    });
    if (ofCover && receipts.size === 0 && age <= HELD_UP) failed.push(fact("-", "no channel takes orders to take cover"));
    for (const [channel, receipt] of receipts) {
      if ((worksSince.get(`${notification.kind} ${channel}`) ?? -1) > id) continue;
      // A failure that is told late, after a restart, is held up from then on.
      if (receipt?.state === "failed") {
        if (now - receipt.at <= HELD_UP * MICROS_PER_SECOND) failed.push(fact(channel, receipt.message));
      } else if (age <= HELD_UP && (receipt === undefined || receipt.state === "retrying")) {
        const patience = ofCover ? SILENT_AFTER.cover : SILENT_AFTER.other;
        if (age > patience) failed.push(fact(channel, receipt?.message ?? "no answer from the channel"));
      }
    }
  }
  return failed;
}

/** A notification with the channels that it did not reach and that nobody has given up. */
export interface PendingNotification {
  readonly notification: Notification;
  readonly channels: readonly string[];
}

/** What was on its way when the shell stopped, oldest first: without a receipt, or told as to be tried again. */
export function pendingNotifications(state: NotificationState): PendingNotification[] {
  const pending: PendingNotification[] = [];
  for (const { notification, receipts } of state.sent.values()) {
    const channels = [...receipts]
      .filter(([, receipt]) => receipt === undefined || receipt.state === "retrying")
      .map(([channel]) => channel);
    if (channels.length > 0) pending.push({ notification, channels });
  }
  return pending;
}
