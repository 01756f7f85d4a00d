// The journal's newest seal, for whoever wants to note it outside: the screen shows it as a code that a phone can photograph.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";

export interface JournalHead {
  /** Hash of the newest seal that is safe on disk. */
  readonly head: string;
  readonly sealedSequence: number;
  readonly publicKey: string;
  readonly nowUs: number;
}

export function addJournalApi(api: OpenAPIHono, everyone: readonly string[], head: () => JournalHead): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/journal/head",
      summary: "The journal's newest seal: noted elsewhere, it shows later that nothing was rolled back",
      "x-roles": [...everyone],
      responses: {
        200: {
          description: "The head.",
          content: {
            "application/json": {
              schema: z
                .object({ head: z.string(), sealedSequence: z.number(), publicKey: z.string(), nowUs: z.number() })
                .openapi("JournalHead"),
            },
          },
        },
      },
    }),
    (context) => context.json(head(), 200),
  );
}
