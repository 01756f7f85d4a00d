// Who may do what, decided in one place before any route runs. What a route allows is written at the route (`x-roles`, which /openapi.json
// shows); a route that says nothing keeps the server from starting.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Actor } from "../../core/model/event.ts";
import { ROLES, type Role } from "../../core/model/response.ts";
import type { Account, AccountStore } from "./account-store.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Over TLS the browser itself holds the cookie to this host and to encryption: no neighbour's page can plant one. */
export const sessionCookie = (secure: boolean): string => (secure ? "__Host-picket-session" : "picket-session");

/** In `x-roles`: also who is not signed in. */
export const ANYONE = "anyone";

/** What stays when a session lapses: reading the picture, and calling people into cover. */
const TAKE_COVER = "/api/v1/take-cover";

interface Rule {
  readonly method: string;
  readonly pattern: RegExp;
  readonly template: string;
  readonly roles: ReadonlySet<string>;
}

export type Identity =
  /** No account exists yet and the server answers to this machine only: everybody here is an operator whose name nobody proved. */
  | { readonly kind: "open" }
  | { readonly kind: "none" }
  | { readonly kind: "signed-in"; readonly account: Account; readonly session: Session; readonly lapsed: boolean };

export type Verdict =
  | { readonly allowed: true; readonly identity: Identity }
  | {
      readonly allowed: false;
      readonly status: 401 | 403;
      readonly code: "sign-in-needed" | "session-lapsed" | "role";
      readonly detail: string;
    };

export interface Access {
  /** By the Cookie header. */
  identify(cookie: string | undefined): Identity;
  /** Whether a request to the API may go on. Unknown paths may: nothing is there to be protected, and the answer is 404. */
  decide(method: string, path: string, identity: Identity): Verdict;
  /** Whether the live link may be opened. */
  mayWatch(identity: Identity): boolean;
}

interface Operation {
  readonly "x-roles"?: readonly string[];
}

export interface AccessOptions {
  /** The console speaks HTTPS. */
  readonly secure?: boolean;
  /** The console answers to this machine only: then everybody there is an operator as long as no account exists. */
  readonly local?: boolean;
}

/** `paths`: as in the OpenAPI document. Throws when an operation names no roles, or unknown ones. */
export function createAccess(
  paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  accounts: AccountStore,
  sessions: Sessions,
  { secure = false, local = true }: AccessOptions = {},
): Access {
  const rules = rulesOf(paths);

  function identify(cookie: string | undefined): Identity {
    if (accounts.list().length === 0) return { kind: local ? "open" : "none" };
    const token = cookieOf(cookie, sessionCookie(secure));
    const found = token === undefined ? undefined : sessions.find(token);
    const account = found === undefined ? undefined : accounts.find(found.session.accountId);
    if (found === undefined || account === undefined || account.disabled) return { kind: "none" };
    return { kind: "signed-in", account, session: found.session, lapsed: found.state === "lapsed" };
  }

  return {
    identify,
    decide: (method, path, identity) => {
      const asked = method === "HEAD" ? "GET" : method;
      const rule = rules.find((one) => one.method === asked && one.pattern.test(path));
      if (rule === undefined || rule.roles.has(ANYONE)) return { allowed: true, identity };
      if (identity.kind === "open") {
        if (!rule.template.startsWith("/api/v1/accounts")) return { allowed: true, identity };
        return refused(401, "sign-in-needed", "no account exists yet: open the one-time link that the server printed when it started");
      }
      if (identity.kind === "none") return refused(401, "sign-in-needed", "sign in first");
      if (identity.lapsed && !(asked === "GET" && rule.roles.has("observer")) && rule.template !== TAKE_COVER) {
        return refused(
          401,
          "session-lapsed",
          "your session has lapsed: picture, alarms and take cover stay; sign in again for everything else",
        );
      }
      if (!rule.roles.has(identity.account.role)) {
        return refused(403, "role", `the role ${identity.account.role} may not do this; ${[...rule.roles].join(", ")} may`);
      }
      return { allowed: true, identity };
    },
    mayWatch: (identity) => identity.kind === "open" || (identity.kind === "signed-in" && WATCHERS.has(identity.account.role)),
  };
}

/** Partners and programs have links of their own, which filter. */
const WATCHERS: ReadonlySet<Role> = new Set(["observer", "operator", "supervisor", "officer", "engineer", "administrator"]);

const refused = (status: 401 | 403, code: "sign-in-needed" | "session-lapsed" | "role", detail: string): Verdict => ({
  allowed: false,
  status,
  code,
  detail,
});

const METHODS = ["get", "put", "post", "delete", "patch"];

function rulesOf(paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Rule[] {
  const known = new Set<string>([...ROLES, ANYONE]);
  const rules: Rule[] = [];
  for (const [template, operations] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = operations[method] as Operation | undefined;
      if (operation === undefined) continue;
      const roles = operation["x-roles"] ?? [];
      const strange = roles.filter((role) => !known.has(role));
      if (roles.length === 0) throw new Error(`${method} ${template} does not say who may use it (x-roles)`);
      if (strange.length > 0) throw new Error(`${method} ${template} names unknown roles: ${strange.join(", ")}`);
      const source = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
      rules.push({ method: method.toUpperCase(), pattern: new RegExp(`^${source}$`), template, roles: new Set(roles) });
    }
  }
  // Fixed paths before those with a parameter, as the router does.
  return rules.sort((a, b) => Number(a.template.includes("{")) - Number(b.template.includes("{")));
}

/** The value of a cookie; undefined when it is not there. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

// Whoever signed in is who acts, whatever name a body carries: one place, so that no route can forget it.
const acting = new AsyncLocalStorage<Identity>();

export const actingAs = <Value>(identity: Identity, run: () => Value): Value => acting.run(identity, run);

/** Who the record says did it. `claimed`: the name in the request, which counts only where no account exists. */
export function actorOf(claimed: Actor): Actor {
  const identity = acting.getStore();
  if (identity?.kind !== "signed-in") return claimed;
  const { account, lapsed } = identity;
  if (lapsed) return { name: account.name, authenticated: false };
  return {
    name: account.name,
    authenticated: true,
    personId: account.id,
    role: account.role,
    ...(account.nation === undefined ? {} : { nation: account.nation }),
  };
}

/** Of the request that is being served. */
export const currentIdentity = (): Identity | undefined => acting.getStore();

/** The event with who really did it. */
export const withActor = <Event extends { readonly type: string }>(event: Event): Event =>
  event.type === "command" && "actor" in event ? { ...event, actor: actorOf(event.actor as Actor) } : event;
