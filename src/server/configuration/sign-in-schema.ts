// The `signIn` section of site.yaml: people of an identity provider (OpenID Connect), and what its claims let them do here.

import { z } from "zod";
import { ROLES } from "../../core/model/response.ts";
import { isLoopback } from "./endpoint.ts";

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40");
const claim = z.string().min(1).max(100);
/** Partners and programs have links of their own and no screen to sign in at. */
const personRole = z.enum(ROLES).exclude(["partner", "service"]);

const issuer = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => URL.canParse(text) && (text.startsWith("https:") || isLoopback(new URL(text).hostname.replace(/^\[|\]$/g, ""))),
    "an https:// address; http:// only on this machine",
  );

export const signInSchema = z
  .strictObject({
    provider: z
      .strictObject({
        issuer: issuer.meta({
          description: "Issuer of the provider, exactly as it names itself. Its certificate must be one that Node trusts.",
        }),
        clientId: z.string().min(1).max(200),
        clientSecretFile: z
          .string()
          .min(1)
          .optional()
          .meta({ description: "File whose first line is the client's secret, relative to this one. Absent: a public client." }),
        name: z.string().trim().min(1).max(60).meta({ description: "Shown on the button." }),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
          .max(20)
          .default(["openid", "profile"]),
        nameClaim: claim.default("preferred_username").meta({ description: "Claim that holds the name of the account." }),
        roleClaim: claim.meta({ description: "Claim that holds a text or a list of texts; dots go down: realm_access.roles." }),
        roles: z
          .array(z.strictObject({ value: z.string().min(1).max(200), role: personRole }))
          .min(1)
          .max(100)
          .meta({ description: "Which value makes which role; the first that fits counts. Nobody gets in without one." }),
        nationClaim: claim.optional().meta({ description: "Claim that holds the nation." }),
        nations: z
          .array(z.strictObject({ value: z.string().min(1).max(200), nation: id }))
          .max(100)
          .default([])
          .meta({ description: "Which value is which nation of the site. An officer needs one." }),
        createAccounts: z.boolean().default(false).meta({
          description:
            "Whether a person who is new here gets an account. Otherwise a one-time link joins an account to the provider's person.",
        }),
      })
      .optional()
      .meta({ description: "OpenID Connect provider. Local accounts work beside it, and without it." }),
  })
  .default({})
  .meta({ description: "Other ways to sign in." });

export type ProviderFile = NonNullable<z.infer<typeof signInSchema>["provider"]>;
