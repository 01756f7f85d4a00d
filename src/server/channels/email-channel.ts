// Notifications by e-mail. "Delivered" here means that the mail server took it: whether a person read it, mail cannot say.

import { createTransport } from "nodemailer";
import type { Channel } from "./channel.ts";

export interface EmailSettings {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet; otherwise STARTTLS where the server offers it, and required when `requireTls`. */
  readonly secure: boolean;
  readonly requireTls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
}

export function createEmailChannel(settings: EmailSettings): Channel {
  const transport = createTransport({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.requireTls,
    ...(settings.user === undefined ? {} : { auth: { user: settings.user, pass: settings.password ?? "" } }),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    id: settings.id,
    kind: "email",
    target: `${settings.to.join(", ")} by ${settings.host}:${settings.port}`,
    deliver: async (message, signal) => {
      const sent = transport.sendMail({
        from: settings.from,
        to: [...settings.to],
        subject: `[Picket ${message.siteName}] ${message.text.split("\n")[0]!.slice(0, 120)}`,
        text: `${message.text}\n\nSite: ${message.siteName} (${message.siteId})\nTime: ${new Date(message.atUs / 1000).toISOString()}\nLevel: ${message.level}\nAlarm: ${message.alertId ?? "-"}\n`,
        headers: { "X-Picket-Notification": String(message.id), "X-Priority": message.level === 1 ? "1" : "3" },
      });
      const answer = await Promise.race([
        sent,
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("no answer in time")), { once: true })),
      ]);
      const refused = answer.rejected.length;
      if (refused > 0) throw new Error(`the mail server refused ${refused} of ${settings.to.length} addresses`);
      return "delivered";
    },
    close: async () => transport.close(),
  };
}
