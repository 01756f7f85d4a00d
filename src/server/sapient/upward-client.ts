// The link to a parent fusion node: a socket around core/protocols/sapient/upward.ts, which decides everything.

import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { type Micros, micros } from "../../core/base/units.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import {
  createUpwardState,
  type FusedTrack,
  type UpwardOutcome,
  type UpwardProfile,
  type UpwardState,
  upwardClosed,
  upwardConnected,
  upwardGoodbye,
  upwardPublish,
  upwardReceive,
  upwardTick,
} from "../../core/protocols/sapient/upward.ts";
import { socketSentence } from "../sources/source.ts";

export interface UpwardClientOptions {
  readonly host: string;
  readonly port: number;
  /** Asked each time: the dependents change while sensors come and go. */
  readonly profile: () => UpwardProfile;
  /** Asked for each attempt. */
  readonly tls?: () => ConnectionOptions;
  readonly tickMilliseconds?: number;
}

export interface UpwardClientHooks {
  now(): Micros;
  /** How this Picket is; becomes the system state of its status reports. */
  system(): "ok" | "warning" | "error";
  /** The state of the link changed; one sentence. */
  note(message: string): void;
  /** A message was given to the socket. */
  sent?(octets: number): void;
  dropped?(reason: string): void;
}

export interface UpwardClient {
  start(): void;
  /** Says goodbye and closes. */
  stop(): Promise<void>;
  /** Offers the tracks of this moment; sends them when the parent may have another cycle. */
  publish(tracks: readonly FusedTrack[]): void;
  readonly state: Readonly<UpwardState>;
}

const CONNECT_TIMEOUT = 10_000; // ms
/** A parent that reads slower than this much behind is hung up on, and met again later. */
const MAX_WAITING = 4 * 1024 * 1024;

export const systemClock = (): Micros => micros(Math.round((performance.timeOrigin + performance.now()) * 1000));

export function createUpwardClient(options: UpwardClientOptions, hooks: UpwardClientHooks): UpwardClient {
  const { profile } = options;
  const state = createUpwardState(profile(), hooks.now());
  const what = `${options.tls === undefined ? "tcp" : "tls"}://${options.host}:${options.port}`;
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let told = "";

  const tell = (message: string): void => {
    if (message === told || message === "") return;
    told = message;
    hooks.note(`${what}: ${message}`);
  };

  const carryOut = (outcome: UpwardOutcome): void => {
    for (const octets of outcome.send) {
      if (socket === undefined || !socket.writable) break;
      const frame = frameSapient(octets);
      socket.write(frame);
      hooks.sent?.(frame.length);
    }
    if (socket !== undefined && socket.writableLength > MAX_WAITING) {
      hooks.dropped?.("the parent does not read");
      socket.destroy(new Error("the parent does not read"));
    }
    if (outcome.close !== undefined) {
      tell(outcome.close);
      socket?.end();
      const closing = socket;
      setTimeout(() => closing?.destroy(), 1000).unref();
      socket = undefined;
    }
    if (outcome.connect === true) open();
  };

  const open = (): void => {
    const created: Socket =
      options.tls === undefined
        ? connect({ host: options.host, port: options.port })
        : connectTls({ ...options.tls(), host: options.host, port: options.port });
    socket = created;
    let reason = "closed by the other side";
    const framer = createSapientFramer();
    const deadline = setTimeout(() => created.destroy(new Error("no answer")), CONNECT_TIMEOUT);
    created.once(options.tls === undefined ? "connect" : "secureConnect", () => {
      clearTimeout(deadline);
      created.setNoDelay(true);
      created.setKeepAlive(true, 10_000);
      tell("connected, registering");
      carryOut(upwardConnected(state, profile(), hooks.now()));
    });
    created.on("data", (chunk: Buffer) => {
      if (socket !== created) return;
      const framed = framer.push(chunk);
      for (const packet of framed.packets) {
        const before = state.phase;
        carryOut(upwardReceive(state, profile(), packet, hooks.now()));
        if (before !== state.phase && state.phase === "active") tell("accepted by the parent");
        tell(state.note);
      }
      if (framed.close !== undefined) {
        reason = framed.close;
        created.destroy();
      }
    });
    created.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.code === undefined ? error.message : socketSentence(what, error).slice(what.length + 2);
    });
    created.once("close", () => {
      clearTimeout(deadline);
      if (socket !== undefined && socket !== created) return;
      socket = undefined;
      upwardClosed(state, reason, hooks.now());
      tell(reason);
    });
  };

  const tick = (): void => carryOut(upwardTick(state, profile(), hooks.system(), hooks.now()));

  return {
    state,
    start: () => {
      if (timer !== undefined) return;
      timer = setInterval(tick, options.tickMilliseconds ?? 500);
      tick();
    },
    stop: () =>
      new Promise((resolve) => {
        if (timer !== undefined) clearInterval(timer);
        timer = undefined;
        const last = socket;
        carryOut(upwardGoodbye(state, hooks.now()));
        if (last === undefined || last.destroyed) return resolve();
        last.once("close", () => resolve());
      }),
    publish: (tracks) => carryOut(upwardPublish(state, profile(), tracks, hooks.now())),
  };
}
