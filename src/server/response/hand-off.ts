// The message that leaves when people have decided: signed with the site's key, sent to the one receiver that the plan names, and to nobody else.
// It is one snapshot with an end. Authorised, delivered, acknowledged and done are separate facts; what is not known is not claimed.

import { resolve } from "node:path";
import { canonicalJson } from "../../core/base/canonical-json.ts";
import { encodeUtf8 } from "../../core/base/text.ts";
import type { Micros } from "../../core/base/units.ts";
import type { Actor } from "../../core/model/event.ts";
import type { ResponseCommand, ResponseMessage } from "../../core/model/response.ts";
import { firstLineOf } from "../configuration/first-line.ts";
import type { ReceiverFile } from "../configuration/response-schema.ts";
import type { SiteKey } from "../journal/site-key.ts";

export interface ReceiverAddress {
  readonly id: string;
  readonly url: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly exercise: boolean;
}

export interface HandOffOptions {
  readonly receivers: readonly ReceiverAddress[];
  readonly key: SiteKey;
  /** UTC microseconds. */
  readonly now: () => Micros;
  /** Puts a fact about the message into the record. */
  readonly record: (command: ResponseCommand) => void;
  readonly log: (level: "info" | "warn", text: string) => void;
}

export interface HandOff {
  release(message: ResponseMessage): void;
  /** Gives up what is under way, and records it as failed. */
  close(): Promise<void>;
}

/** Stands in the record for what the server itself saw of a delivery. */
export const HAND_OFF_ACTOR: Actor = { name: "hand-off", authenticated: true, role: "service" };

/** Of the site file; `folder` is where relative file names count from. Throws a UsageError when a secret's file cannot be read. */
export const receiverAddresses = (files: readonly ReceiverFile[], folder: string): ReceiverAddress[] =>
  files.map(({ id, url, authorizationFile, exercise }) => ({
    id,
    url,
    exercise,
    ...(authorizationFile === undefined ? {} : { authorization: firstLineOf(resolve(folder, authorizationFile), `receiver ${id}`) }),
  }));

const PATIENCE = 5000; // ms
/** Between tries, while the message is valid. */
const PAUSES = [0, 500, 1000, 2000, 4000, 8000]; // ms

/**
 * JWS compact serialisation (RFC 7515), EdDSA (RFC 8037): header, canonical JSON of the message, signature of the site's key. `kid` is the key's
 * id, as in the journal's seals.
 */
export function signMessage(message: ResponseMessage, key: SiteKey): string {
  const encode = (text: string) => Buffer.from(text, "utf8").toString("base64url");
  const head = encode(JSON.stringify({ alg: "EdDSA", kid: key.keyId, typ: "picket-response+jws" }));
  const signed = `${head}.${encode(canonicalJson(message))}`;
  return `${signed}.${Buffer.from(key.sign(encodeUtf8(signed))).toString("base64url")}`;
}

export function createHandOff(options: HandOffOptions): HandOff {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  /** Looked at again at each try: time has passed since the core decided. */
  function whyNot(message: ResponseMessage, receiver: ReceiverAddress | undefined): string | undefined {
    if (receiver === undefined) return `the site has no receiver ${message.receiverId}`;
    if (message.expiresAtUs <= options.now()) return "the message expired before it was delivered";
    if ((message.origin === "live") === receiver.exercise) return `${message.origin} data does not go to this receiver`;
    return undefined;
  }

  async function deliver(message: ResponseMessage): Promise<void> {
    const receiver = options.receivers.find(({ id }) => id === message.receiverId);
    const record = (fact: "delivered" | "acknowledged" | "failed", text: string) =>
      options.record({
        kind: "record-response-fact",
        caseId: message.caseId,
        messageId: message.messageId,
        fact,
        by: receiver?.id ?? message.receiverId,
        text,
      });
    const body = signMessage(message, options.key);
    let last = "";
    for (const pause of PAUSES) {
      await wait(pause, stopping.signal);
      const why = stopping.signal.aborted ? "Picket was stopped" : whyNot(message, receiver);
      if (why !== undefined || receiver === undefined) {
        record("failed", why ?? "no such receiver");
        return;
      }
      const answer = await post(receiver, message, body, stopping.signal);
      if (answer.ok) {
        record("delivered", `HTTP ${answer.status}`);
        // A receiver that takes responsibility says so in its answer; that octets arrived is not the same.
        if (answer.acknowledged) record("acknowledged", "in the receiver's answer");
        return;
      }
      last = answer.reason;
      options.log("warn", `response ${message.messageId} to ${receiver.id}: ${last}`);
    }
    record("failed", last);
  }

  return {
    release: (message) => {
      const work = deliver(message).catch((error: Error) => options.log("warn", `response ${message.messageId}: ${error.message}`));
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    close: async () => {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (milliseconds === 0 || signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });

type Answer =
  | { readonly ok: true; readonly status: number; readonly acknowledged: boolean }
  | { readonly ok: false; readonly reason: string };

const LONGEST_ANSWER = 16 * 1024;

async function post(receiver: ReceiverAddress, message: ResponseMessage, body: string, stop: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(receiver.url, {
      method: "POST",
      headers: {
        "content-type": "application/jose",
        "idempotency-key": message.messageId,
        ...(receiver.authorization === undefined ? {} : { authorization: receiver.authorization }),
      },
      body,
      redirect: "error",
      signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE)]),
    });
    const text =
      Number(response.headers.get("content-length") ?? 0) > LONGEST_ANSWER ? "" : (await response.text()).slice(0, LONGEST_ANSWER);
    if (!response.ok) return { ok: false, reason: `the receiver answered ${response.status}` };
    return { ok: true, status: response.status, acknowledged: acknowledges(text, message.messageId) };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    return { ok: false, reason: cause === "ECONNREFUSED" ? "nobody listens there" : (error as Error).message };
  }
}

/** `{"acknowledged": "<messageId>"}`. */
function acknowledges(text: string, messageId: string): boolean {
  try {
    return (JSON.parse(text) as { acknowledged?: unknown } | null)?.acknowledged === messageId;
  } catch {
    return false;
  }
}
