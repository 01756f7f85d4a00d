// A way to reach people who are not at the console. A channel either delivers or says why not; when it did neither, the dispatcher
// tells that too. Nothing here fails silently.

import type { Notification } from "../../core/model/alert.ts";

/** What is sent: plain words and plain values, with the label of anything that is not live in front. */
export interface ChannelMessage {
  readonly id: number;
  readonly kind: Notification["kind"];
  readonly atUs: number;
  readonly level: 1 | 2 | 3;
  readonly origin: string;
  /** "SIMULATED", "RECORDED", "EXERCISE"; empty for live. */
  readonly label: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly alertId: string | null;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** One or two English sentences, label included. */
  readonly text: string;
  /** Site's origin, degrees: where a map should put it. */
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
}

export interface Channel {
  readonly id: string;
  readonly kind: "webhook" | "email" | "mqtt" | "cot";
  /** Where it goes, without secrets: for the screen. */
  readonly target: string;
  /** Resolves with "delivered" where the other side confirmed it, "sent" where nobody can; rejects with a sentence. */
  deliver(message: ChannelMessage, signal: AbortSignal): Promise<"sent" | "delivered">;
  close(): Promise<void>;
}
