// Signing in through an identity provider: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207), by
// `openid-client`, which checks issuer, audience, signature, times and nonce. What the provider says of a person becomes a role here only by the
// site's own list.

import { randomBytes } from "node:crypto";
import * as oidc from "openid-client";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Role } from "../../core/model/response.ts";
import type { ProviderFile } from "../configuration/sign-in-schema.ts";

/** Why nobody was signed in; the console has a sentence for each. */
export const PROVIDER_FAILURES = [
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
export type ProviderFailure = (typeof PROVIDER_FAILURES)[number];

export interface ProvidedPerson {
  /** Issuer and subject: the only thing by which a person is known again. Names and addresses change hands. */
  readonly subject: string;
  readonly name: string;
  /** Undefined: the provider knows the person, and the site gives no access. */
  readonly access: { readonly role: Role; readonly nation: string | undefined } | undefined;
  readonly idToken: string | undefined;
}

export interface Arrival extends ProvidedPerson {
  /** Token of the one-time link with which the sign-in began. */
  readonly invitation: string | undefined;
}

export interface Provider {
  /** Shown on the button. */
  readonly name: string;
  readonly createAccounts: boolean;
  /** Where to send the browser, and a handle that it brings back in a cookie. `origin`: of the page that asks. */
  begin(origin: string, invitation?: string): Promise<Result<{ readonly url: string; readonly handle: string }, ProviderFailure>>;
  /** Who came back. A handle counts once, for ten minutes. `query`: what the provider added to the address, with "?". */
  finish(handle: string, query: string): Promise<Result<Arrival, ProviderFailure>>;
  /** Where a person ends the session at the provider; undefined when it offers no such page, or is not known yet. */
  signOutUrl(origin: string, idToken: string | undefined): string | undefined;
}

export const CALLBACK = "/api/v1/session/provider/callback";
/** Seconds. */
export const HANDLE_LIFE = 600;
const MAX_WAITING = 1000;
const DISCOVERY_LIFE = 600_000_000; // us
const PATIENCE = 5; // s, for each answer of the provider

interface Waiting {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirect: string;
  readonly invitation: string | undefined;
  readonly until: number;
}

/** `now`: UTC microseconds. `log`: what went wrong, for the site's log; never a token. */
export function createProvider(
  file: ProviderFile,
  secret: string | undefined,
  now: () => number,
  log: (message: string) => void,
): Provider {
  const waiting = new Map<string, Waiting>();
  let known: { readonly configuration: oidc.Configuration; readonly at: number } | undefined;

  async function configuration(): Promise<oidc.Configuration> {
    if (known !== undefined && now() - known.at < DISCOVERY_LIFE) return known.configuration;
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    const insecure = file.issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
    const found = await oidc.discovery(new URL(file.issuer), file.clientId, {}, authentication, { execute: insecure, timeout: PATIENCE });
    known = { configuration: found, at: now() };
    return found;
  }

  return {
    name: file.name,
    createAccounts: file.createAccounts,
    begin: async (origin, invitation) => {
      let provider: oidc.Configuration;
      try {
        provider = await configuration();
      } catch (error) {
        log(`the identity provider ${file.issuer} cannot be used: ${reasonOf(error)}`);
        return err("unreachable");
      }
      const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
      const redirect = `${origin}${CALLBACK}`;
      const handle = randomBytes(32).toString("base64url");
      for (const [old, { until }] of waiting) {
        if (until >= now() && waiting.size < MAX_WAITING) break;
        waiting.delete(old);
      }
      waiting.set(handle, { state, nonce, verifier, redirect, invitation, until: now() + HANDLE_LIFE * 1_000_000 });
      const url = oidc.buildAuthorizationUrl(provider, {
        redirect_uri: redirect,
        scope: [...new Set(["openid", ...file.scopes])].join(" "),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return ok({ url: url.href, handle });
    },
    finish: async (handle, query) => {
      const begun = waiting.get(handle);
      waiting.delete(handle);
      if (begun === undefined || begun.until < now()) return err("expired");
      try {
        const provider = await configuration();
        const tokens = await oidc.authorizationCodeGrant(provider, new URL(`${begun.redirect}${query}`), {
          pkceCodeVerifier: begun.verifier,
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        // Many providers tell groups there only; `fetchUserInfo` compares the subject.
        const more =
          provider.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
        return ok({ ...personOf(file, { ...more, ...claims }), idToken: tokens.id_token, invitation: begun.invitation });
      } catch (error) {
        const failure = failureOf(error);
        log(`signing in through ${file.issuer}: ${failure} (${reasonOf(error)})`);
        return err(failure);
      }
    },
    signOutUrl: (origin, idToken) => {
      if (known?.configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(known.configuration, {
        post_logout_redirect_uri: `${origin}/`,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      }).href;
    },
  };
}

/** What the claims say by the site's list. `claims`: of a verified ID token and the user info that belongs to it. */
export function personOf(file: ProviderFile, claims: Readonly<Record<string, unknown>>): Omit<ProvidedPerson, "idToken"> {
  const roles = textsAt(claims, file.roleClaim);
  const nations = file.nationClaim === undefined ? [] : textsAt(claims, file.nationClaim);
  const role = file.roles.find(({ value }) => roles.includes(value))?.role;
  const nation = file.nations.find(({ value }) => nations.includes(value))?.nation;
  const access = role === undefined || (role === "officer" && nation === undefined) ? undefined : { role, nation };
  const [name = ""] = textsAt(claims, file.nameClaim);
  return { subject: `${String(claims.iss)} ${String(claims.sub)}`, name, access };
}

/** A text or a list of texts at a path with dots; a claim that has the dots in its name goes first. */
function textsAt(claims: Readonly<Record<string, unknown>>, path: string): string[] {
  let value: unknown = Object.hasOwn(claims, path) ? claims[path] : claims;
  if (value === claims) {
    for (const part of path.split(".")) {
      if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return [];
      value = (value as Record<string, unknown>)[part];
    }
  }
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}

function failureOf(error: unknown): ProviderFailure {
  if (error instanceof oidc.AuthorizationResponseError) return "refused";
  const { code, cause } = error as { code?: string; cause?: { name?: string } };
  if (error instanceof TypeError && error.message === "fetch failed") return "unreachable";
  return code === "OAUTH_TIMEOUT" || cause?.name === "TimeoutError" ? "unreachable" : "not-proved";
}

/** Name, code and sentence; the cause may hold tokens. */
const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  return [code, message].filter((part) => part !== undefined).join(": ");
};
