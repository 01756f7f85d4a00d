// One POST of JSON for each notification. The receiver may see one twice (a retry after a lost answer): Idempotency-Key tells it.

import type { Channel, ChannelMessage } from "./channel.ts";

export interface WebhookSettings {
  readonly id: string;
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
}

export function createWebhookChannel(settings: WebhookSettings): Channel {
  const { url } = settings;
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.search = "";
  return {
    id: settings.id,
    kind: "webhook",
    target: shown.href,
    deliver: async (message: ChannelMessage, signal) => {
      let answer: Response;
      try {
        answer = await fetch(url, {
          method: "POST",
          headers: {
            "content-type": "application/json; charset=utf-8",
            "idempotency-key": `picket-${message.siteId}-${message.atUs}-${message.id}`,
            ...(settings.authorization === undefined ? {} : { authorization: settings.authorization }),
          },
          body: JSON.stringify(message),
          redirect: "error",
          signal,
        });
      } catch (error) {
        throw new Error(signal.aborted ? "no answer in time" : reasonOf(error));
      }
      await answer.body?.cancel().catch(() => undefined);
      if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`);
      return "delivered";
    },
    close: async () => undefined,
  };
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  if (cause?.code === "ECONNREFUSED") return "nobody listens there";
  return cause?.message ?? (error as Error).message;
}
