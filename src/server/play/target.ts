// Where simulated and recorded octets may go. Beyond this machine only when asked for in so many words: nobody floods a live network
// with invented aircraft by a slip of the keyboard.

import { isIPv4 } from "node:net";
import { UsageError } from "../cli/command.ts";

export interface Target {
  readonly transport: "udp" | "tcp";
  /** The others connect to us; TCP only. */
  readonly listen: boolean;
  readonly host: string;
  readonly port: number;
}

/** Reads "udp://127.0.0.1:30048"; "tcp-listen://..." waits for the others to connect. */
export function parseTarget(text: string, option: string): Target {
  const match = /^(udp|tcp|tcp-listen):\/\/(\[[0-9a-fA-F:.%]+\]|[^:/[\]]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) {
    throw new UsageError(`${option}: expected udp://HOST:PORT, tcp://HOST:PORT or tcp-listen://HOST:PORT, found "${text}"`);
  }
  return {
    transport: match[1] === "udp" ? "udp" : "tcp",
    listen: match[1] === "tcp-listen",
    host: match[2].replace(/^\[|\]$/g, ""),
    port,
  };
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (isIPv4(name)) return name.startsWith("127.");
  return name === "localhost" || name === "::1" || name === "0:0:0:0:0:0:0:1";
}

/** Refuses targets beyond this machine unless `allowed`. */
export function requireLoopback(targets: readonly Target[], allowed: boolean): void {
  const far = targets.find((target) => !isLoopback(target.host));
  if (far === undefined || allowed) return;
  throw new UsageError(
    `${showTarget(far)} is not on this machine. Invented or old aircraft on a network can be taken for real ones; ` +
      "if every receiver there knows, say --allow-remote",
  );
}

export const showTarget = (target: Target): string =>
  `${target.transport}${target.listen ? "-listen" : ""}://${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
