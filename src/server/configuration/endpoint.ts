// Addresses as people write them in a configuration or on a command line: udp://127.0.0.1:30048.

import { isIP, isIPv4 } from "node:net";
import { err, ok, type Result } from "../../core/base/result.ts";
import { hidePassword } from "./secrets.ts";

export interface Endpoint {
  readonly transport: "udp" | "tcp" | "mqtt" | "mqtts";
  readonly host: string;
  readonly port: number;
  /** MQTT topic; "" elsewhere. */
  readonly topic: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The host is a multicast group to join. */
  readonly multicast: boolean;
}

const ALLOWED: Record<"listen" | "connect" | "subscribe" | "send", readonly string[]> = {
  listen: ["udp", "tcp"],
  connect: ["tcp"],
  subscribe: ["mqtt", "mqtts"],
  send: ["udp", "tcp"],
};

/** Reads an address; the error is one sentence that says what was expected. */
export function parseEndpoint(text: string, way: "listen" | "connect" | "subscribe" | "send"): Result<Endpoint, string> {
  const kinds = ALLOWED[way];
  const shape = `${kinds.map((kind) => `${kind}://HOST:PORT${kind.startsWith("mqtt") ? "/TOPIC" : ""}`).join(" or ")}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return err(`expected ${shape}, found "${hidePassword(text)}"`);
  }
  const transport = url.protocol.slice(0, -1);
  if (!kinds.includes(transport)) return err(`expected ${shape}, found "${hidePassword(text)}"`);
  const port = url.port === "" ? (transport === "mqtt" ? 1883 : transport === "mqtts" ? 8883 : Number.NaN) : Number(url.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return err(`expected a port from 0 to 65535 in ${shape}, found "${hidePassword(text)}"`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "") return err(`expected a host in ${shape}, found "${hidePassword(text)}"`);
  // From the text itself: a URL drops a "#" at the end, which is MQTT's "everything below".
  let topic = "";
  if (transport.startsWith("mqtt")) {
    try {
      topic = decodeURIComponent(/^[a-z]+:\/\/[^/]*\/(.*)$/.exec(text)?.[1] ?? "");
    } catch {
      return err(`the topic has a malformed %-escape in "${hidePassword(text)}"`);
    }
  }
  if (transport.startsWith("mqtt") && topic === "") return err(`expected a topic in ${shape}, found "${hidePassword(text)}"`);
  return ok({
    transport: transport as Endpoint["transport"],
    host,
    port,
    topic,
    user: url.username === "" ? undefined : decodeURIComponent(url.username),
    password: url.password === "" ? undefined : decodeURIComponent(url.password),
    multicast: isMulticast(host),
  });
}

export function isMulticast(host: string): boolean {
  if (isIPv4(host)) {
    const first = Number(host.split(".")[0]);
    return first >= 224 && first <= 239;
  }
  return host.toLowerCase().startsWith("ff") && isIP(host) === 6;
}

export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);
