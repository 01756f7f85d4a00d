// A source: one socket, subscription or file that brings packets of one protocol. The shell's side of it; what the packets mean
// is the core's business.

import type { SourceError } from "../../core/model/event.ts";
import type { SourceView } from "../../core/model/picture-view.ts";

/** Where a source hands over what it hears. Cheap, never throws, and tells when the queue is full. */
export interface Ingest {
  /**
   * False when the queue of this source is full: the packet was dropped and counted. `sender` tells the peers of one socket apart,
   * so that each has its own line in the queue; without it the connection has one.
   */
  packet(sourceId: string, connection: number, bytes: Uint8Array, sender?: string): boolean;
  /** Whether the connection's line in the queue is short enough: one that can wait waits until then, and nothing of it is lost. */
  hasRoom(sourceId: string, connection: number): boolean;
  /** Calls `resume` once, soon after the connection's line is half empty. */
  onceRoom(sourceId: string, connection: number, resume: () => void): void;
  /** A number for a new connection, never used before in this journal. */
  nextConnection(): number;
  /** `identity`: names that the other side proved with its certificate; absent where it proved nothing. */
  connection(
    sourceId: string,
    connection: number,
    change: "opened" | "closed",
    peer: string,
    reason: string,
    identity?: readonly string[],
  ): void;
  error(sourceId: string, error: SourceError): void;
  drop(sourceId: string, reason: string, count?: number): void;
  state(sourceId: string, state: SourceView["state"], message: string): void;
}

export interface SourceAddress {
  readonly direction: SourceView["direction"];
  readonly transport: string;
  readonly host: string;
  /** Known after `start`, when the configuration says 0. */
  readonly port: number | null;
  readonly unauthenticated: boolean;
}

export interface Source {
  readonly id: string;
  address(): SourceAddress;
  /** Resolves when listening or trying to connect. Rejects with a StartError when it never can (port in use, bad address). */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Sends on one connection; framed already. */
  send(connection: number, bytes: Uint8Array): void;
  close(connection: number, reason: string): void;
}

/** A source that cannot start: one clear sentence for the person who configured it. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The sentence for a socket error. */
export function socketSentence(what: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `${what}: the port is already in use by another program`;
    case "EADDRNOTAVAIL":
      return `${what}: this machine has no such address`;
    case "EACCES":
      return `${what}: not allowed (ports below 1024 need privileges)`;
    case "ECONNREFUSED":
      return `${what}: nobody listens there`;
    case "ENOTFOUND":
      return `${what}: no such host`;
    case "ETIMEDOUT":
      return `${what}: no answer`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${what}: there is no way to it in the network`;
    case "ECONNRESET":
      return `${what}: the other side broke the connection off`;
    default:
      return `${what}: ${error.message}`;
  }
}
