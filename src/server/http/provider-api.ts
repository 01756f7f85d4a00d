// Signing in through the site's identity provider, over HTTP: the browser goes there and comes back with a code.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ANYONE, cookieOf } from "../accounts/access.ts";
import type { Account } from "../accounts/account-store.ts";
import { CALLBACK, HANDLE_LIFE, type Provider, type ProviderFailure } from "../accounts/provider.ts";
import { accountOfArrival, type ProviderSignInOptions } from "../accounts/provider-sign-in.ts";
import { problem } from "./api-schemas.ts";

export interface ProviderApiOptions extends Pick<ProviderSignInOptions, "accounts" | "sessions"> {
  readonly provider: Provider | undefined;
  readonly secure: boolean;
  /** Starts the session and sets its cookie. `idToken`: for signing out there. */
  readonly signIn: (context: Context, account: Account, idToken: string | undefined) => void;
}

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});

export function addProviderApi(api: OpenAPIHono, options: ProviderApiOptions): void {
  const { provider, secure } = options;
  const name = secure ? "__Host-picket-provider" : "picket-provider";
  // Lax, because the browser comes back from another site; it holds nothing but the number of this one attempt.
  const setHandle = (context: Context, handle: string, seconds: number) =>
    context.header("set-cookie", `${name}=${handle}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? "; Secure" : ""}`, {
      append: true,
    });

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/session/provider",
      summary: "Begin to sign in through the site's identity provider",
      "x-roles": [ANYONE],
      request: {
        body: {
          required: true,
          content: {
            "application/json": {
              schema: z.strictObject({
                invitation: z
                  .string()
                  .min(20)
                  .max(100)
                  .optional()
                  .openapi({ description: "Token of a one-time link: joins its account to the provider's person." }),
              }),
            },
          },
        },
      },
      responses: {
        200: json(z.object({ url: z.string() }), "Where the browser goes."),
        400: json(problem, "A parameter is wrong; `detail` says which."),
        409: json(problem, "The site has no provider, or the request came from no page."),
        502: json(problem, "The provider does not answer."),
      },
    }),
    async (context) => {
      const origin = context.req.header("origin");
      if (provider === undefined || origin === undefined)
        return context.json({ title: "Not possible", status: 409, detail: "this site has no identity provider, or no page asked" }, 409);
      const begun = await provider.begin(origin, context.req.valid("json").invitation);
      if (!begun.ok) {
        const detail = "the identity provider does not answer; accounts with a password or a passkey work without it";
        return context.json({ title: "No answer", status: 502, code: begun.error, detail }, 502);
      }
      setHandle(context, begun.value.handle, HANDLE_LIFE);
      return context.json({ url: begun.value.url }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: CALLBACK,
      summary: "Where the identity provider sends the browser back to",
      "x-roles": [ANYONE],
      responses: { 303: { description: "To the console; with #sign-in=REASON when nobody was signed in." } },
    }),
    async (context) => {
      const failed = (failure: ProviderFailure) => context.redirect(`/#sign-in=${failure}`, 303);
      const handle = cookieOf(context.req.header("cookie"), name);
      setHandle(context, "", 0);
      if (provider === undefined || handle === undefined) return failed("expired");
      const arrival = await provider.finish(handle, new URL(context.req.url).search);
      if (!arrival.ok) return failed(arrival.error);
      const account = await accountOfArrival(arrival.value, { ...options, createAccounts: provider.createAccounts });
      if (!account.ok) return failed(account.error);
      options.signIn(context, account.value, arrival.value.idToken);
      return context.redirect("/", 303);
    },
  );
}
