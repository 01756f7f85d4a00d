// The `channels` section of site.yaml: ways to reach people who are not at the console.

import { z } from "zod";

const head = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40")
    .meta({ description: "Identifier: small letters, digits and hyphens." }),
  levels: z
    .array(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .default([1])
    .meta({ description: "Alarms of these levels go there; 1 is the highest." }),
  takeCover: z.boolean().default(true).meta({ description: "Orders to take cover go there, before everything that waits." }),
  exercise: z
    .boolean()
    .default(false)
    .meta({ description: "Takes what is simulated, recorded or of an exercise, marked as such. Otherwise only live alarms go there." }),
};
const passwordFile = z.string().optional().meta({ description: "File whose first line is the password, relative to this one." });

export const channelSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...head,
    kind: z.literal("webhook").meta({ description: "One POST of JSON for each notification." }),
    url: z.url({ protocol: /^https?$/ }).meta({ description: "http or https address; redirects are not followed." }),
    authorizationFile: z
      .string()
      .optional()
      .meta({ description: "File whose first line is the value of the Authorization header, relative to this one." }),
  }),
  z.strictObject({
    ...head,
    kind: z.literal("email").meta({ description: "Mail by SMTP." }),
    smtp: z.string().meta({ description: "smtp://HOST:PORT (STARTTLS where offered), or smtps://HOST:PORT (TLS from the start)." }),
    requireTls: z.boolean().default(true).meta({ description: "Send nothing where the mail server offers no TLS." }),
    user: z.string().optional(),
    passwordFile,
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  }),
  z.strictObject({
    ...head,
    kind: z.literal("mqtt").meta({ description: "One message with QoS 1 for each notification." }),
    broker: z.string().meta({ description: "mqtt://HOST:PORT or mqtts://HOST:PORT." }),
    topic: z.string().min(1).max(200),
    user: z.string().optional(),
    passwordFile,
  }),
  z.strictObject({
    ...head,
    kind: z.literal("cot").meta({ description: "Cursor on Target alarm events." }),
    send: z.string().meta({ description: "udp://HOST:PORT or tcp://HOST:PORT." }),
  }),
]);

export type ChannelFile = z.infer<typeof channelSchema>;
