// Response cases over HTTP: open, edit, sign, refuse, withdraw, delegate, acknowledge, release. What is signed is the hash of the case as the
// picture holds it, never a text that a browser sent; the signature is checked here, and everything else by the picture.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { canonicalJson } from "../../core/base/canonical-json.ts";
import type { Result } from "../../core/base/result.ts";
import { sha256Hex } from "../../core/base/sha256.ts";
import { type Micros, micros } from "../../core/base/units.ts";
import { casesView } from "../../core/engine/response-views.ts";
import type { Actor } from "../../core/model/event.ts";
import {
  type CasePlan,
  type CaseView,
  RESPONSE_ACTIONS,
  RESPONSE_FACTS,
  type ResponseCommand,
  type ResponseStatement,
  type SignatureVerdict,
} from "../../core/model/response.ts";
import { actorOf, currentIdentity } from "../accounts/access.ts";
import type { Account, AccountStore } from "../accounts/account-store.ts";
import type { PasskeyCeremony } from "../accounts/passkey-ceremony.ts";
import { checkPasskeySignature, checkSoftwareSignature } from "../accounts/signing.ts";
import type { PictureHost } from "../live/picture-host.ts";
import type { Operate } from "../operate.ts";
import { relyingPartyOf, rememberCounter } from "./account-api.ts";
import { problem } from "./api-schemas.ts";

export interface CaseApiOptions {
  readonly host: PictureHost;
  /** Absent in a replay, where nothing can be changed. */
  readonly operate: Operate | undefined;
  /** Absent in a replay, where nobody signs. */
  readonly signing: { readonly accounts: AccountStore; readonly passkeys: PasskeyCeremony; readonly now: () => Micros } | undefined;
  readonly everyone: readonly string[];
}

const OPERATORS = ["operator", "supervisor", "officer"];
const OFFICERS = ["officer"];

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const body = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: { "application/json": { schema } } });
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });
const BAD = json(problem, "A parameter is wrong; `detail` says which and what was expected.");
const UNSIGNED = json(problem, "Not signed in, or not signed by this person; `detail` says which.");
const REFUSED = json(problem, "Refused; `title` is a code and `detail` says why.");
const DONE = json(z.object({ commandId: z.string(), caseId: z.string().nullable() }), "Done and safe in the record.");
const ANSWERS = { 200: DONE, 400: BAD, 401: UNSIGNED, 409: REFUSED };

const TEXT = z.string().trim().min(1).max(500);
const ACTION = z.enum(RESPONSE_ACTIONS);
const PLAN = z
  .strictObject({
    action: ACTION,
    receiverId: z.string().max(40).nullable().default(null),
    text: z.string().trim().max(2000).default(""),
    skippedSteps: z
      .array(z.strictObject({ action: ACTION, reason: TEXT }))
      .max(5)
      .default([]),
  })
  .openapi("CasePlan");
/** A browser's answer to the options, or a signature of a key in software. */
const SIGNATURE = z.union([
  z.strictObject({
    passkey: z.looseObject({
      id: z.string().max(2048),
      response: z.looseObject({
        clientDataJSON: z.string().max(8192),
        authenticatorData: z.string().max(8192),
        signature: z.string().max(8192),
      }),
    }),
  }),
  z.strictObject({ keyId: z.string().max(100), signature: z.string().max(200) }),
]);
const OPTIONS = z.object({
  hash: z.string().openapi({ description: "SHA-256 of what is signed, in hexadecimal; the passkey's challenge is its 32 octets." }),
  signedText: z.string().openapi({ description: "The canonical JSON that the hash is of: hash it yourself before you sign." }),
  passkey: z
    .looseObject({ challenge: z.string() })
    .nullable()
    .openapi({ description: "Options for the browser; null without a host name." }),
});
const ID = z.object({ id: z.string().openapi({ example: "C3" }) });

export function addCaseApi(api: OpenAPIHono, options: CaseApiOptions): void {
  const { host } = options;
  const claimed = (name: string | undefined): Actor => ({ name: name ?? "operator", authenticated: false });
  const caseOf = (id: string): CaseView | undefined => casesView(host.picture()).cases.find((one) => one.id === id);

  async function act(context: Context, command: ResponseCommand) {
    if (options.operate === undefined) return context.json(trouble(409, "Replay", "nothing can be changed in a replay"), 409);
    const outcome = await options.operate(command, actorOf(claimed(undefined)));
    return outcome.ok
      ? context.json({ commandId: outcome.commandId, caseId: outcome.message ?? null }, 200)
      : context.json(trouble(409, outcome.code ?? "Refused", outcome.message ?? "refused"), 409);
  }

  /** The account behind the request, or why there is none. A lapsed session signs nothing. */
  function signer(): Account | undefined {
    const identity = currentIdentity();
    return identity?.kind === "signed-in" && !identity.lapsed ? identity.account : undefined;
  }

  async function optionsFor(context: Context, text: string) {
    const account = signer();
    if (account === undefined || options.signing === undefined) return context.json(NOT_SIGNED_IN, 401);
    const hash = sha256Hex(new TextEncoder().encode(text));
    const party = relyingPartyOf(context);
    const passkey = party === undefined ? null : await options.signing.passkeys.assertionOptions(account, party, Buffer.from(hash, "hex"));
    return context.json({ hash, signedText: text, passkey: passkey as { challenge: string } | null }, 200);
  }

  async function verdictOf(
    context: Context,
    signature: z.infer<typeof SIGNATURE>,
    hash: string,
  ): Promise<Result<SignatureVerdict, string>> {
    const account = signer();
    const { signing } = options;
    if (account === undefined || signing === undefined) return { ok: false, error: NOT_SIGNED_IN.detail };
    // The journal's own time: a signature is held against the case by one clock only.
    const now = micros(Math.max(signing.now(), host.picture().now));
    if ("keyId" in signature) return checkSoftwareSignature(account, signature.keyId, signature.signature, hash, now);
    const party = relyingPartyOf(context);
    if (party === undefined)
      return { ok: false, error: "passkeys need a host name: open this page as http://localhost, or by the site's own name" };
    const checked = await checkPasskeySignature(signing.passkeys, account, party, signature.passkey, hash, now);
    if (!checked.ok) return checked;
    await rememberCounter(signing.accounts, account, checked.value.passkey);
    return { ok: true, value: checked.value.verdict };
  }

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/cases",
      summary: "Policy in force, response cases, ghost findings",
      "x-roles": [...options.everyone],
      responses: { 200: json(z.looseObject({ cases: z.array(z.looseObject({ id: z.string() })) }).openapi("Cases"), "Open ones first.") },
    }),
    (context) => context.json(casesView(host.picture()) as never, 200),
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases",
      summary: "Open a case for a track: the evidence is frozen, the plan can be edited",
      "x-roles": OPERATORS,
      request: { body: body(z.strictObject({ trackId: z.string().max(40), plan: PLAN })) },
      responses: ANSWERS,
    }),
    (context) => {
      const { trackId, plan } = context.req.valid("json");
      return act(context, { kind: "open-case", trackId, plan: plan as CasePlan }) as never;
    },
  );

  api.openapi(
    createRoute({
      method: "put",
      path: "/api/v1/cases/{id}/plan",
      summary: "Change the plan, or only freeze the evidence anew; every approval given so far ends",
      "x-roles": OPERATORS,
      request: { params: ID, body: body(z.strictObject({ plan: PLAN })) },
      responses: ANSWERS,
    }),
    (context) =>
      act(context, { kind: "edit-case", caseId: context.req.valid("param").id, plan: context.req.valid("json").plan as CasePlan }) as never,
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases/{id}/approval-options",
      summary: "What an approval signs: the case's hash, and options for the browser's passkey",
      "x-roles": OPERATORS,
      request: { params: ID },
      responses: { 200: json(OPTIONS, "What to sign."), 401: UNSIGNED, 404: json(problem, "There is no such case.") },
    }),
    async (context) => {
      const found = caseOf(context.req.valid("param").id);
      if (found === undefined) return context.json(trouble(404, "Not found", `there is no case "${context.req.valid("param").id}"`), 404);
      return (await optionsFor(context, found.canonical)) as never;
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases/{id}/approve",
      summary: "Approve: a signature over the case's hash, by the person who is signed in",
      "x-roles": OPERATORS,
      request: { params: ID, body: body(z.strictObject({ hash: z.string().length(64), signature: SIGNATURE })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const { hash, signature } = context.req.valid("json");
      const verdict = await verdictOf(context, signature, hash);
      if (!verdict.ok) return context.json(trouble(401, "Not signed", verdict.error), 401);
      return (await act(context, { kind: "approve-case", caseId: id, signature: verdict.value })) as never;
    },
  );

  const REASON = z.strictObject({ reason: TEXT });
  for (const [path, kind, roles, summary] of [
    ["refuse", "refuse-case", OFFICERS, "Refuse: the case ends, with a reason"],
    ["withdraw", "withdraw-approval", OPERATORS, "Take the own approval back, at any time before the message is delivered"],
    ["cancel", "cancel-case", OPERATORS, "End the case without a decision"],
  ] as const) {
    api.openapi(
      createRoute({
        method: "post",
        path: `/api/v1/cases/{id}/${path}`,
        summary,
        "x-roles": [...roles],
        request: { params: ID, body: body(REASON) },
        responses: ANSWERS,
      }),
      (context) =>
        act(context, {
          kind,
          caseId: (context.req.valid("param" as never) as { id: string }).id,
          reason: (context.req.valid("json" as never) as { reason: string }).reason,
        }) as never,
    );
  }

  const STATEMENT = z.discriminatedUnion("statement", [
    z.strictObject({ statement: z.literal("delegate"), caseId: z.string().max(40), to: z.string().max(40) }),
    z.strictObject({ statement: z.literal("ghost"), trackId: z.string().max(40), reason: TEXT, expiresAtUs: z.number().int().positive() }),
  ]);
  function statementText(asked: z.infer<typeof STATEMENT>, account: Account): string | undefined {
    let statement: ResponseStatement;
    if (asked.statement === "ghost") {
      const { trackId, reason, expiresAtUs } = asked;
      statement = { statement: "ghost", trackId, nation: account.nation ?? "", reason, expiresAtUs };
    } else {
      const found = caseOf(asked.caseId);
      if (found === undefined) return undefined;
      statement = { statement: "delegate", caseHash: found.hash, from: account.id, to: asked.to };
    }
    return canonicalJson(statement);
  }

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/statements/options",
      summary: "What a delegation or a ghost finding signs",
      "x-roles": OFFICERS,
      request: { body: body(STATEMENT) },
      responses: { 200: json(OPTIONS, "What to sign."), 400: BAD, 401: UNSIGNED, 404: json(problem, "There is no such case.") },
    }),
    async (context) => {
      const account = signer();
      if (account === undefined) return context.json(NOT_SIGNED_IN, 401);
      const text = statementText(context.req.valid("json"), account);
      if (text === undefined) return context.json(trouble(404, "Not found", "there is no such case"), 404);
      return (await optionsFor(context, text)) as never;
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/statements",
      summary: "Delegate the own seat in a case, or record a ghost finding: signed by the officer",
      "x-roles": OFFICERS,
      request: { body: body(z.strictObject({ about: STATEMENT, signature: SIGNATURE })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const account = signer();
      if (account === undefined) return context.json(NOT_SIGNED_IN, 401);
      const { about, signature } = context.req.valid("json");
      const text = statementText(about, account);
      if (text === undefined) return context.json(trouble(409, "no-such-case", "there is no such case"), 409);
      const verdict = await verdictOf(context, signature, sha256Hex(new TextEncoder().encode(text)));
      if (!verdict.ok) return context.json(trouble(401, "Not signed", verdict.error), 401);
      const command: ResponseCommand =
        about.statement === "delegate"
          ? { kind: "delegate-seat", caseId: about.caseId, to: about.to, signature: verdict.value }
          : {
              kind: "record-ghost",
              trackId: about.trackId,
              reason: about.reason,
              expiresAt: micros(about.expiresAtUs),
              signature: verdict.value,
            };
      return (await act(context, command)) as never;
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases/{id}/acknowledgements",
      summary: "Record that a friend, an airspace owner or a neighbour was told, and the answer",
      "x-roles": OPERATORS,
      request: {
        params: ID,
        body: body(
          z.strictObject({
            partyId: z.string().max(40),
            answer: z.enum(["acknowledged", "objected"]),
            text: z.string().trim().max(500).default(""),
          }),
        ),
      },
      responses: ANSWERS,
    }),
    (context) => act(context, { kind: "acknowledge-case", caseId: context.req.valid("param").id, ...context.req.valid("json") }) as never,
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases/{id}/release",
      summary: "Send the message of an authorised case again, while it is valid",
      "x-roles": OPERATORS,
      request: { params: ID },
      responses: ANSWERS,
    }),
    (context) => act(context, { kind: "release-response", caseId: context.req.valid("param").id }) as never,
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cases/{id}/facts",
      summary: "Record what the receiver said by another way: acknowledged, done, failed",
      "x-roles": OPERATORS,
      request: {
        params: ID,
        body: body(z.strictObject({ messageId: z.string().max(100), fact: z.enum(RESPONSE_FACTS), text: TEXT })),
      },
      responses: ANSWERS,
    }),
    (context) => {
      const { messageId, fact, text } = context.req.valid("json");
      const by = actorOf(claimed(undefined)).name;
      return act(context, { kind: "record-response-fact", caseId: context.req.valid("param").id, messageId, fact, by, text }) as never;
    },
  );
}

const NOT_SIGNED_IN = trouble(401, "Sign in", "a signature needs an account: sign in first");
