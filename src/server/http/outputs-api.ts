// What leaves the site, on the operator's API.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PictureHost } from "../live/picture-host.ts";
import { OUTPUT } from "./api-schemas.ts";

export function registerOutputsApi(api: OpenAPIHono, options: { readonly host: PictureHost; readonly everyone: readonly string[] }): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/outputs",
      summary: "Every way out of the site that the configuration names, with its state and counters",
      "x-roles": [...options.everyone],
      responses: {
        200: {
          content: { "application/json": { schema: z.object({ items: z.array(OUTPUT), next: z.null() }).openapi("Outputs") } },
          description: "Outputs, those that are switched off as well. Empty in a replay, where nothing leaves.",
        },
      },
    }),
    (context) => context.json({ items: options.host.outputs?.() ?? [], next: null }, 200),
  );
}
