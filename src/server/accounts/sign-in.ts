// Accounts, sessions and ceremonies of one running site, put together. What changes about an account is in the record before it is in force.

import { randomBytes } from "node:crypto";
import type { Micros } from "../../core/base/units.ts";
import type { Actor } from "../../core/model/event.ts";
import type { ResponseCommand } from "../../core/model/response.ts";
import type { AccountApiOptions } from "../http/account-api.ts";
import { actorOf } from "./access.ts";
import { type Account, type AccountStore, openAccounts } from "./account-store.ts";
import { createPasskeyCeremony } from "./passkey-ceremony.ts";
import type { Provider } from "./provider.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createThrottle } from "./throttle.ts";

/** Stands in the record where the server itself tells who the persons are. */
export const ACCOUNTS_ACTOR: Actor = { name: "accounts", authenticated: true, role: "service" };

export interface SignIn {
  readonly accounts: AccountStore;
  readonly sessions: Sessions;
  readonly api: AccountApiOptions;
  /** Token of the link that makes the first account; undefined once there is one. New at each start. */
  firstToken(): string | undefined;
  /** Tells the picture who the persons are, after a start. */
  enrolAll(): void;
}

export interface SignInOptions {
  readonly folder: string;
  readonly now: () => Micros;
  /** Into the record, synced, before it counts. */
  readonly record: (command: ResponseCommand) => Promise<void>;
  /** Where people of another directory are proved. */
  readonly provider?: Provider;
  /** The console speaks HTTPS; it answers to this machine only. */
  readonly secure: boolean;
  readonly local: boolean;
  /** Into the record without waiting. */
  readonly tell: (command: ResponseCommand) => void;
}

/** Rejects when the file of accounts cannot be used. */
export async function openSignIn(options: SignInOptions): Promise<SignIn> {
  const accounts = await openAccounts({
    folder: options.folder,
    now: options.now,
    record: (account) => options.record(commandOf(account)),
  });
  const sessions = createSessions(options.now);
  const first = randomBytes(32).toString("base64url");
  const firstToken = () => (accounts.list().length === 0 ? first : undefined);
  return {
    accounts,
    sessions,
    firstToken,
    api: {
      accounts,
      sessions,
      throttle: createThrottle(),
      passkeys: createPasskeyCeremony(options.now),
      firstToken,
      now: options.now,
      secure: options.secure,
      ...(options.provider === undefined ? {} : { provider: options.provider }),
      local: options.local,
    },
    enrolAll: () => {
      for (const account of accounts.list()) options.tell(commandOf(account));
    },
  };
}

function commandOf(account: Account): ResponseCommand {
  if (account.disabled) return { kind: "revoke-person", personId: account.id, reason: `disabled by ${actorOf(ACCOUNTS_ACTOR).name}` };
  const { id, name, nation, role } = account;
  return { kind: "enrol-person", person: { id, name, role, ...(nation === undefined ? {} : { nation }) } };
}
