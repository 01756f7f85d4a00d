// Who is signed in on this screen, as the server says.

import { createContext, useContext } from "react";
import type { Role } from "../../core/model/response.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly nation: string | null;
}

export interface SessionView {
  /** open: the site has no accounts, and nobody proves a name. */
  readonly mode: "open" | "accounts";
  readonly state: "none" | "current" | "lapsed";
  readonly person: Person | null;
  readonly passkeys: readonly { readonly id: string; readonly label: string; readonly addedAtUs: number }[];
  /** The site's identity provider; absent where it has none. */
  readonly provider?: { readonly name: string };
  /** No account exists yet, and the site is open to the network: only the one-time link lets in. */
  readonly firstAccount?: boolean;
  /** After signing out: where the session at the identity provider ends. */
  readonly signOutUrl?: string;
}

export interface SessionHandle {
  readonly session: SessionView;
  take(session: SessionView): void;
}

export const OPEN_SESSION: SessionView = { mode: "open", state: "none", person: null, passkeys: [] };
export const SessionContext = createContext<SessionHandle>({ session: OPEN_SESSION, take: () => undefined });
export const useSession = (): SessionHandle => useContext(SessionContext);

/** The server has no such operation: it shows a replay, which knows no accounts. */
export const ABSENT = "HTTP 404";

const PATIENCE_MS = 10_000;

/** The session that the server answers with, or its reason in words. */
export async function askSession(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<{ readonly session: SessionView } | { readonly refusal: string }> {
  const answer = await askJson<SessionView>(method, path, body);
  return "refusal" in answer ? answer : { session: answer.value };
}

/** Any answer of the API as JSON, or its reason in words. */
export async function askJson<Value>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<{ readonly value: Value } | { readonly refusal: string }> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (response.status === 404) return { refusal: ABSENT };
    const answer: unknown = await response.json();
    if (response.ok) return { value: answer as Value };
    const { detail } = answer as { detail?: unknown };
    return { refusal: typeof detail === "string" ? detail : `HTTP ${response.status}` };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

/** The token of a one-time link, `#invitation=TOKEN`; undefined when the page was opened without one. */
export function invitationIn(hash: string): string | undefined {
  const match = /^#invitation=([A-Za-z0-9_-]{20,100})$/.exec(hash);
  return match?.[1];
}

/** Why the identity provider's person was not signed in, `#sign-in=REASON`, as the server put it into the address. */
export const PROVIDER_REASONS = [
  "unreachable",
  "refused",
  "expired",
  "not-proved",
  "no-access",
  "no-account",
  "disabled",
  "name-taken",
  "not-recorded",
] as const;
export type ProviderReason = (typeof PROVIDER_REASONS)[number];

export const providerReasonIn = (hash: string): ProviderReason | undefined =>
  PROVIDER_REASONS.find((reason) => hash === `#sign-in=${reason}`);

/** Sends the browser to the identity provider; comes back only when that cannot be reached. */
export async function goToProvider(invitation?: string): Promise<ProviderReason | undefined> {
  const answer = await askJson<{ readonly url: string }>("POST", "session/provider", invitation === undefined ? {} : { invitation });
  if ("refusal" in answer) return "unreachable";
  location.assign(answer.value.url);
  return undefined;
}
