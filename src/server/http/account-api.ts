// Signing in and out, invitations, passkeys, and the accounts themselves, over HTTP.

import { createHash } from "node:crypto";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Micros } from "../../core/base/units.ts";
import { ROLES } from "../../core/model/response.ts";
import { ANYONE, currentIdentity, sessionCookie } from "../accounts/access.ts";
import type { Account, AccountStore } from "../accounts/account-store.ts";
import type { PasskeyCeremony, RelyingParty } from "../accounts/passkey-ceremony.ts";
import { hashPassword, isRightPassword, passwordProblem } from "../accounts/passwords.ts";
import type { Provider } from "../accounts/provider.ts";
import type { Sessions } from "../accounts/sessions.ts";
import { ADDRESS, type Throttle } from "../accounts/throttle.ts";
import { problem } from "./api-schemas.ts";
import { addProviderApi } from "./provider-api.ts";

export interface AccountApiOptions {
  readonly accounts: AccountStore;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly passkeys: PasskeyCeremony;
  /** Token of the one-time link that makes the first account; undefined once there is one. */
  readonly firstToken: () => string | undefined;
  /** UTC microseconds. */
  readonly now: () => Micros;
  /** The connection is encrypted, so the cookie may say so. */
  readonly secure: boolean;
  /** Where people of another directory are proved; absent where the site has none. */
  readonly provider?: Provider;
  /** The console answers to this machine only; otherwise nobody gets in before the first account either. */
  readonly local: boolean;
}

const SIGNED_IN = [...ROLES];
const INVITATION_LIFE = 48 * 3_600_000_000; // us

const PERSON = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    nation: z.string().nullable(),
  })
  .openapi("Person");
const SESSION = z
  .object({
    mode: z.enum(["open", "accounts"]).openapi({ description: "open: no account exists yet, and names are not proved." }),
    state: z.enum(["none", "current", "lapsed"]),
    person: PERSON.nullable(),
    passkeys: z.array(z.object({ id: z.string(), label: z.string(), addedAtUs: z.number() })),
    provider: z.object({ name: z.string() }).optional().openapi({ description: "The identity provider, where the site has one." }),
    firstAccount: z
      .boolean()
      .optional()
      .openapi({ description: "No account exists yet, and the site is open to the network: only the one-time link lets in." }),
    signOutUrl: z.string().optional().openapi({ description: "After signing out: where the session at the identity provider ends." }),
  })
  .openapi("Session");
const ACCOUNT = PERSON.extend({
  disabled: z.boolean(),
  createdAtUs: z.number(),
  hasPassword: z.boolean(),
  passkeys: z.number(),
  softwareKeys: z.number(),
}).openapi("Account");

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const body = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: { "application/json": { schema } } });
const BAD = json(problem, "A parameter is wrong; `detail` says which and what was expected.");
const REFUSED = json(problem, "Refused; `detail` says why.");
const SLOWER = json(problem, "Too many wrong tries; `detail` says how long to wait.");
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });

const NAME = z
  .string()
  .trim()
  .min(2)
  .max(80)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not hold
  .regex(/^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]+$/, "a name holds no control characters");
const PASSWORD = z.string().max(1024);
const LABEL = z.string().trim().min(1).max(60).default("passkey");
/** What a browser's authenticator answered; `@simplewebauthn/server` checks it. */
const AUTHENTICATOR = z.looseObject({ id: z.string().max(2048) });

const personOf = ({ id, name, role, nation }: Account) => ({ id, name, role, nation: nation ?? null });
const accountOf = (account: Account) => ({
  ...personOf(account),
  disabled: account.disabled,
  createdAtUs: account.createdAtUs,
  hasPassword: account.passwordHash !== undefined,
  passkeys: account.passkeys.length,
  softwareKeys: account.softwareKeys.length,
});

export function addAccountApi(api: OpenAPIHono, options: AccountApiOptions): void {
  const { accounts, sessions, throttle, now } = options;

  /** Of sessions that began at the identity provider, by the session's key. */
  const idTokens = new Map<string, string>();
  const setCookie = (context: Context, token: string, seconds: number) =>
    context.header(
      "set-cookie",
      `${sessionCookie(options.secure)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${options.secure ? "; Secure" : ""}`,
      { append: true },
    );
  /** A new session, never an old one carried on: nobody can have planted it. */
  function signIn(context: Context, account: Account, idToken?: string): z.infer<typeof SESSION> {
    const before = currentIdentity();
    if (before?.kind === "signed-in") sessions.end(before.session);
    const token = sessions.start(account.id);
    setCookie(context, token, 7 * 24 * 3600);
    const started = sessions.find(token)?.session;
    if (idToken !== undefined && started !== undefined) {
      idTokens.set(started.key, idToken);
      sessions.onEnd(started, () => idTokens.delete(started.key));
    }
    return sessionOf({ account, lapsed: false });
  }
  const sessionOf = (who: { account: Account; lapsed: boolean } | undefined): z.infer<typeof SESSION> => ({
    mode: options.local && accounts.list().length === 0 ? "open" : "accounts",
    state: who === undefined ? "none" : who.lapsed ? "lapsed" : "current",
    person: who === undefined ? null : personOf(who.account),
    passkeys: who?.account.passkeys.map(({ id, label, addedAtUs }) => ({ id, label, addedAtUs })) ?? [],
    ...(!options.local && accounts.list().length === 0 ? { firstAccount: true } : {}),
    ...(options.provider === undefined ? {} : { provider: { name: options.provider.name } }),
  });
  addProviderApi(api, { accounts, sessions, provider: options.provider, secure: options.secure, signIn });
  const signedIn = () => {
    const identity = currentIdentity();
    return identity?.kind === "signed-in" ? identity : undefined;
  };
  const addressOf = (context: Context): string =>
    (context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress ?? "unknown";
  const slower = (wait: number) => trouble(429, "Too many tries", `too many wrong tries: wait ${Math.ceil(wait / 1_000_000)} s`);

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/session",
      summary: "Who is signed in here",
      "x-roles": [ANYONE],
      responses: { 200: json(SESSION, "The session.") },
    }),
    (context) => context.json(sessionOf(signedIn()), 200),
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/session",
      summary: "Sign in with name and password",
      "x-roles": [ANYONE],
      request: { body: body(z.strictObject({ name: NAME, password: PASSWORD })) },
      responses: { 200: json(SESSION, "Signed in."), 400: BAD, 401: REFUSED, 429: SLOWER },
    }),
    async (context) => {
      const { name, password } = context.req.valid("json");
      const keys = [`name ${name.normalize("NFKC").toLowerCase()}`, `${ADDRESS}${addressOf(context)}`];
      const wait = throttle.waitFor(keys, now());
      if (wait > 0) return context.json(slower(wait), 429);
      const account = accounts.byName(name);
      // Counted before it is checked: tries that run side by side count too.
      throttle.failed(keys, now());
      const right = await isRightPassword(account?.disabled === true ? undefined : account?.passwordHash, password);
      if (!right || account === undefined) return context.json(trouble(401, "Not signed in", "name or password is wrong"), 401);
      throttle.succeeded(keys);
      return context.json(signIn(context, account), 200);
    },
  );

  api.openapi(
    createRoute({
      method: "delete",
      path: "/api/v1/session",
      summary: "Sign out; live links of this session are cut",
      "x-roles": [ANYONE],
      responses: { 200: json(SESSION, "Signed out.") },
    }),
    (context) => {
      const who = signedIn();
      const idToken = who === undefined ? undefined : idTokens.get(who.session.key);
      if (who !== undefined) sessions.end(who.session);
      setCookie(context, "", 0);
      const origin = context.req.header("origin");
      const signOutUrl = idToken === undefined || origin === undefined ? undefined : options.provider?.signOutUrl(origin, idToken);
      return context.json({ ...sessionOf(undefined), ...(signOutUrl === undefined ? {} : { signOutUrl }) }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/session/passkey-options",
      summary: "Begin to sign in with a passkey",
      "x-roles": [ANYONE],
      responses: { 200: json(z.looseObject({ challenge: z.string() }), "Options for the browser."), 409: REFUSED },
    }),
    async (context) => {
      const party = relyingPartyOf(context);
      if (party === undefined) return context.json(NO_HOST_NAME, 409);
      return context.json((await options.passkeys.assertionOptions(undefined, party)) as { challenge: string }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/session/passkey",
      summary: "Sign in with a passkey",
      "x-roles": [ANYONE],
      request: { body: body(z.strictObject({ response: AUTHENTICATOR })) },
      responses: { 200: json(SESSION, "Signed in."), 400: BAD, 401: REFUSED, 409: REFUSED, 429: SLOWER },
    }),
    async (context) => {
      const party = relyingPartyOf(context);
      if (party === undefined) return context.json(NO_HOST_NAME, 409);
      const keys = [`${ADDRESS}${addressOf(context)}`];
      const wait = throttle.waitFor(keys, now());
      if (wait > 0) return context.json(slower(wait), 429);
      const verified = await options.passkeys.verify(accounts.list(), party, context.req.valid("json").response);
      if (!verified.ok) {
        throttle.failed(keys, now());
        return context.json(trouble(401, "Not signed in", verified.error), 401);
      }
      await rememberCounter(accounts, verified.value.account, verified.value.passkey);
      return context.json(signIn(context, verified.value.account), 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/invitations/accept",
      summary: "Use a one-time link: choose a password, and for the site's first account a name",
      "x-roles": [ANYONE],
      request: {
        body: body(z.strictObject({ token: z.string().min(20).max(100), name: NAME.optional(), password: PASSWORD })),
      },
      responses: { 200: json(SESSION, "Signed in."), 400: BAD, 401: REFUSED, 409: REFUSED, 429: SLOWER },
    }),
    async (context) => {
      const { token, name, password } = context.req.valid("json");
      const keys = [`${ADDRESS}${addressOf(context)}`];
      const wait = throttle.waitFor(keys, now());
      if (wait > 0) return context.json(slower(wait), 429);
      const isFirst = token === options.firstToken() && accounts.list().length === 0;
      const invited = accounts.invited(token);
      if (!isFirst && invited === undefined) {
        throttle.failed(keys, now());
        return context.json(
          trouble(401, "No such invitation", "this link was used already, has expired, or never was one: ask for another"),
          401,
        );
      }
      if (isFirst && name === undefined) return context.json(trouble(400, "Name needed", "name: the first account needs one"), 400);
      const wrong = passwordProblem(password, invited?.name ?? name ?? "");
      if (wrong !== undefined) return context.json(trouble(400, "Choose another password", `password: ${wrong}`), 400);
      const account = isFirst ? await accounts.create({ name: name as string, role: "administrator" }) : await accounts.redeem(token);
      if (!account.ok) return context.json(trouble(409, "Refused", account.error.message), 409);
      const changed = await accounts.change(account.value.id, { passwordHash: await hashPassword(password) });
      if (!changed.ok) return context.json(trouble(409, "Refused", changed.error.message), 409);
      return context.json(signIn(context, changed.value), 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/passkeys/options",
      summary: "Begin to add a passkey to the own account",
      "x-roles": SIGNED_IN,
      responses: { 200: json(z.looseObject({ challenge: z.string() }), "Options for the browser."), 401: REFUSED, 409: REFUSED },
    }),
    async (context) => {
      const party = relyingPartyOf(context);
      const who = signedIn();
      if (who === undefined) return context.json(NOBODY, 401);
      if (party === undefined) return context.json(NO_HOST_NAME, 409);
      return context.json((await options.passkeys.registrationOptions(who.account, party)) as { challenge: string }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/passkeys",
      summary: "Add a passkey to the own account",
      "x-roles": SIGNED_IN,
      request: { body: body(z.strictObject({ label: LABEL, response: AUTHENTICATOR })) },
      responses: { 200: json(SESSION, "Added."), 400: BAD, 401: REFUSED, 409: REFUSED },
    }),
    async (context) => {
      const party = relyingPartyOf(context);
      const who = signedIn();
      if (who === undefined) return context.json(NOBODY, 401);
      if (party === undefined) return context.json(NO_HOST_NAME, 409);
      const { label, response } = context.req.valid("json");
      const passkey = await options.passkeys.register(who.account, party, response, label);
      if (!passkey.ok) return context.json(trouble(400, "Not added", passkey.error), 400);
      if (accounts.list().some(({ passkeys }) => passkeys.some(({ id }) => id === passkey.value.id)))
        return context.json(trouble(409, "Not added", "this passkey belongs to an account already"), 409);
      const account = accounts.find(who.account.id) ?? who.account;
      const changed = await accounts.change(account.id, { passkeys: [...account.passkeys, passkey.value] });
      if (!changed.ok) return context.json(trouble(409, "Refused", changed.error.message), 409);
      return context.json(sessionOf({ account: changed.value, lapsed: false }), 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/software-keys",
      summary: "Add an Ed25519 key in software to the own account, for sites whose policy lets such keys sign",
      "x-roles": SIGNED_IN,
      request: {
        body: body(
          z.strictObject({
            label: LABEL,
            publicKey: z.string().regex(/^[0-9a-f]{64}$/, "32 octets, lower-case hexadecimal"),
          }),
        ),
      },
      responses: { 200: json(z.object({ keyId: z.string() }), "Added."), 400: BAD, 401: REFUSED, 409: REFUSED },
    }),
    async (context) => {
      const who = signedIn();
      if (who === undefined) return context.json(NOBODY, 401);
      const { label, publicKey } = context.req.valid("json");
      if (accounts.list().some(({ softwareKeys }) => softwareKeys.some((one) => one.publicKey === publicKey)))
        return context.json(trouble(409, "Not added", "this key belongs to an account already"), 409);
      const account = accounts.find(who.account.id) ?? who.account;
      const id = createHash("sha256").update(Buffer.from(publicKey, "hex")).digest("hex").slice(0, 16);
      const changed = await accounts.change(account.id, {
        softwareKeys: [...account.softwareKeys, { id, publicKey, addedAtUs: now(), label }],
      });
      return changed.ok ? context.json({ keyId: id }, 200) : context.json(trouble(409, "Refused", changed.error.message), 409);
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/accounts",
      summary: "Every account",
      "x-roles": ["administrator", "supervisor"],
      responses: { 200: json(z.object({ items: z.array(ACCOUNT), next: z.null() }).openapi("Accounts"), "Accounts, oldest first.") },
    }),
    (context) => context.json({ items: accounts.list().map(accountOf), next: null }, 200),
  );

  const INVITED = z.object({
    account: ACCOUNT,
    invitation: z.string().openapi({ description: "The token of a one-time link, valid for 48 hours." }),
  });
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/accounts",
      summary: "Make an account; its person chooses a password through the one-time link",
      "x-roles": ["administrator"],
      request: { body: body(z.strictObject({ name: NAME, role: z.enum(ROLES), nation: z.string().trim().min(1).max(40).optional() })) },
      responses: { 200: json(INVITED, "Made."), 400: BAD, 409: REFUSED },
    }),
    async (context) => {
      const wanted = context.req.valid("json");
      if (wanted.role === "officer" && wanted.nation === undefined)
        return context.json(trouble(400, "Nation needed", "nation: an officer decides for a nation"), 400);
      const made = await accounts.create(wanted);
      if (!made.ok) return context.json(trouble(409, "Refused", made.error.message), 409);
      const invitation = await accounts.invite(made.value.id, INVITATION_LIFE);
      if (!invitation.ok) return context.json(trouble(409, "Refused", invitation.error.message), 409);
      return context.json({ account: accountOf(made.value), invitation: invitation.value }, 200);
    },
  );

  const ID = z.object({ id: z.string().openapi({ example: "P7" }) });
  api.openapi(
    createRoute({
      method: "patch",
      path: "/api/v1/accounts/{id}",
      summary: "Change role or nation, disable or enable; sessions and live links of the account are cut at once",
      "x-roles": ["administrator"],
      request: {
        params: ID,
        body: body(
          z.strictObject({
            role: z.enum(ROLES).optional(),
            nation: z.string().trim().min(1).max(40).optional(),
            disabled: z.boolean().optional(),
          }),
        ),
      },
      responses: { 200: json(ACCOUNT, "Changed."), 400: BAD, 409: REFUSED },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const change = context.req.valid("json");
      const before = accounts.find(id);
      if ((change.role ?? before?.role) === "officer" && (change.nation ?? before?.nation) === undefined)
        return context.json(trouble(400, "Nation needed", "nation: an officer decides for a nation"), 400);
      const changed = await accounts.change(id, change);
      if (!changed.ok) return context.json(trouble(409, "Refused", changed.error.message), 409);
      sessions.endAllOf(id);
      return context.json(accountOf(changed.value), 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/accounts/{id}/invitation",
      summary: "A new one-time link; its person signs in anew, and passkeys of before are gone",
      "x-roles": ["administrator"],
      request: { params: ID },
      responses: { 200: json(INVITED, "Made."), 400: BAD, 409: REFUSED },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      // Whoever needs a new link lost what proved them: what they had must not let the finder in.
      const reset = await accounts.change(id, { passwordHash: undefined, passkeys: [], softwareKeys: [], subject: undefined });
      if (!reset.ok) return context.json(trouble(409, "Refused", reset.error.message), 409);
      sessions.endAllOf(id);
      const invitation = await accounts.invite(id, INVITATION_LIFE);
      if (!invitation.ok) return context.json(trouble(409, "Refused", invitation.error.message), 409);
      return context.json({ account: accountOf(reset.value), invitation: invitation.value }, 200);
    },
  );
}

const NOBODY = trouble(401, "Sign in first", "sign in first");
const NO_HOST_NAME = trouble(
  409,
  "No host name",
  "passkeys need a host name: open this page as http://localhost, or by the site's own name",
);

/** From the browser's Origin, which the server has compared with the Host already; undefined for an address in digits or a program. */
export function relyingPartyOf(context: Context): RelyingParty | undefined {
  const origin = context.req.header("origin");
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  const { hostname } = new URL(origin);
  return /^[\d.]+$/.test(hostname) || hostname.startsWith("[") ? undefined : { id: hostname, origin };
}

/** The counter of a passkey only grows; that it could not be written is no reason to keep its owner out. */
export async function rememberCounter(accounts: AccountStore, account: Account, passkey: Account["passkeys"][number]): Promise<void> {
  const current = accounts.find(account.id);
  if (current === undefined || passkey.counter === account.passkeys.find(({ id }) => id === passkey.id)?.counter) return;
  await accounts.change(account.id, { passkeys: current.passkeys.map((one) => (one.id === passkey.id ? passkey : one)) });
}
