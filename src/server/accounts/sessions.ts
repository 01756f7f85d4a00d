// Who is signed in. A session is a random token in a cookie that no script reads; the server keeps its hash. It lapses rather than ends: the
// picture, the alarms and take-cover stay on the screen, everything else wants a new sign-in. Logging out, disabling and a changed role end it.

import { createHash, randomBytes } from "node:crypto";
import type { Micros } from "../../core/base/units.ts";

export interface Session {
  readonly accountId: string;
  /** SHA-256 of the token. */
  readonly key: string;
  readonly startedAt: Micros;
  /** When the person last proved to be there with password or passkey. */
  provedAt: Micros;
  lastUsedAt: Micros;
}

export type SessionState = "current" | "lapsed";

/** A watch and some; after it the person signs in again. */
const LONGEST = 14 * 3_600_000_000; // us
/** Without any act: a screen that somebody left. The live link of an open screen is no act. */
const IDLE = 60 * 60_000_000; // us
/** A lapsed session still shows the picture for so long. */
const LAPSED = 7 * 24 * 3_600_000_000; // us
const MAX_SESSIONS = 5000;

export interface Sessions {
  /** A new token for the cookie. */
  start(accountId: string): string;
  /** By the cookie's token; undefined: none, or it ended. */
  find(token: string): { readonly session: Session; readonly state: SessionState } | undefined;
  touch(session: Session): void;
  end(session: Session): void;
  /** All of an account, as when it is disabled or its role changes. */
  endAllOf(accountId: string): void;
  /** Called once when the session ends; returns how to stop listening. A lapse is no end. */
  onEnd(session: Session, listener: () => void): () => void;
}

export function createSessions(now: () => Micros): Sessions {
  const sessions = new Map<string, Session>();
  const listeners = new Map<string, Set<() => void>>();
  const keyOf = (token: string) => createHash("sha256").update(token).digest("hex");

  function end(session: Session): void {
    if (!sessions.delete(session.key)) return;
    const told = listeners.get(session.key);
    listeners.delete(session.key);
    for (const listener of told ?? []) listener();
  }

  return {
    start: (accountId) => {
      const token = randomBytes(32).toString("base64url");
      const at = now();
      sessions.set(keyOf(token), { accountId, key: keyOf(token), startedAt: at, provedAt: at, lastUsedAt: at });
      if (sessions.size > MAX_SESSIONS) {
        const oldest = [...sessions.values()].reduce((a, b) => (a.lastUsedAt <= b.lastUsedAt ? a : b));
        end(oldest);
      }
      return token;
    },
    find: (token) => {
      const session = sessions.get(keyOf(token));
      if (session === undefined) return undefined;
      const at = now();
      if (at - session.startedAt > LAPSED) {
        end(session);
        return undefined;
      }
      // A clock that was set back gives nobody more time.
      const odd = at < session.startedAt || at < session.lastUsedAt;
      const lapsed = odd || at - session.startedAt > LONGEST || at - session.lastUsedAt > IDLE;
      return { session, state: lapsed ? "lapsed" : "current" };
    },
    touch: (session) => {
      session.lastUsedAt = now();
    },
    end,
    endAllOf: (accountId) => {
      for (const session of [...sessions.values()]) if (session.accountId === accountId) end(session);
    },
    onEnd: (session, listener) => {
      const told = listeners.get(session.key) ?? new Set();
      told.add(listener);
      listeners.set(session.key, told);
      return () => told.delete(listener);
    },
  };
}
