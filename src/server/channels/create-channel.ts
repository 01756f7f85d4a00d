import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../cli/command.ts";
import type { ChannelFile } from "../configuration/channel-schema.ts";
import type { Channel } from "./channel.ts";
import { createCotChannel } from "./cot-channel.ts";
import { createEmailChannel } from "./email-channel.ts";
import { createMqttChannel } from "./mqtt-channel.ts";
import { createWebhookChannel } from "./webhook-channel.ts";

/** From the site file's entry. `folder` is where relative file names count from. Throws a UsageError for an address or a secret's file that is none. */
export function createChannel(file: ChannelFile, folder: string): Channel {
  const { id } = file;
  switch (file.kind) {
    case "webhook":
      return createWebhookChannel({ id, url: file.url, ...optional("authorization", secret(id, file.authorizationFile, folder)) });
    case "email": {
      const url = address(id, file.smtp, ["smtp:", "smtps:"]);
      const secure = url.protocol === "smtps:";
      return createEmailChannel({
        id,
        host: url.hostname,
        port: Number(url.port) || (secure ? 465 : 587),
        secure,
        requireTls: file.requireTls && !secure,
        ...optional("user", file.user),
        ...optional("password", secret(id, file.passwordFile, folder)),
        from: file.from,
        to: file.to,
      });
    }
    case "mqtt":
      address(id, file.broker, ["mqtt:", "mqtts:"]);
      return createMqttChannel({
        id,
        broker: file.broker,
        topic: file.topic,
        ...optional("user", file.user),
        ...optional("password", secret(id, file.passwordFile, folder)),
      });
    case "cot": {
      const url = address(id, file.send, ["udp:", "tcp:"]);
      if (url.port === "") throw new UsageError(`channel ${id}: "${file.send}" has no port`);
      return createCotChannel({
        id,
        transport: url.protocol === "udp:" ? "udp" : "tcp",
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: Number(url.port),
      });
    }
  }
}

const optional = <Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } =>
  value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });

function address(id: string, text: string, protocols: readonly string[]): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // told below
  }
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === "")
    throw new UsageError(`channel ${id}: "${text}" is not an address like ${protocols[0]}//HOST:PORT`);
  return url;
}

function secret(id: string, file: string | undefined, folder: string): string | undefined {
  if (file === undefined) return undefined;
  const path = resolve(folder, file);
  try {
    const line = readFileSync(path, "utf8").split(/\r?\n/)[0]!;
    if (line !== "") return line;
  } catch (error) {
    throw new UsageError(`channel ${id}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
  }
  throw new UsageError(`channel ${id}: the first line of ${path} is empty`);
}
