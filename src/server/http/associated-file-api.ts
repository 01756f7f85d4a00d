// A file that a sensor named, fetched by the server for a person who asks.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AssociatedFiles } from "../files/associated-files.ts";
import { type PictureHost, tracksOf } from "../live/picture-host.ts";
import { problem } from "./api-schemas.ts";

export interface AssociatedFileApiOptions {
  readonly host: PictureHost;
  /** Absent in a replay: the past does not ask sensors for anything. */
  readonly files: AssociatedFiles | undefined;
  readonly everyone: string[];
}

export function addAssociatedFileApi(api: OpenAPIHono, { host, files, everyone }: AssociatedFileApiOptions): void {
  const refusal = (description: string) => ({ content: { "application/json": { schema: problem } }, description });
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/tracks/{id}/file",
      summary: "A picture or clip that a sensor named for this track, fetched by the server from an allowed address",
      "x-roles": everyone,
      request: {
        params: z.object({ id: z.string().openapi({ example: "T12" }) }),
        query: z.object({ url: z.string().max(2048).openapi({ description: "As a claim of the track says it under `files`." }) }),
      },
      responses: {
        200: {
          content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
          description: "JPEG, PNG or WebP as such; anything else to be saved.",
        },
        400: refusal("A parameter is wrong."),
        403: refusal("`associatedFiles.allow` of the site's file does not name this address."),
        404: refusal("There is no such track, or no claim of it names this address."),
        409: refusal("A replay fetches nothing."),
        502: refusal("The sensor did not give it; `detail` says why."),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const { url } = context.req.valid("query");
      const refuse = (title: string, status: 403 | 404 | 409 | 502, detail: string) => context.json({ title, status, detail }, status);
      if (files === undefined) return refuse("Replay", 409, "a replay fetches nothing");
      const track = tracksOf(host).find((view) => view.id === id);
      if (track === undefined) return refuse("Not found", 404, `there is no track "${id}"`);
      // Only what a sensor named: this is no door through which a browser reads other machines.
      if (!track.claims.some((claim) => claim.files?.some((file) => file.url === url)))
        return refuse("Not found", 404, `no claim of ${id} names this address`);
      const fetched = await files.fetch(url);
      if (!fetched.ok)
        return fetched.error.kind === "not-allowed"
          ? refuse("Not allowed", 403, fetched.error.message)
          : refuse("No file", 502, fetched.error.message);
      const { contentType, octets } = fetched.value;
      return context.body(octets as Uint8Array<ArrayBuffer>, 200, {
        "content-type": contentType,
        // What a person opened and then looks at or saves is asked of the sensor once.
        "cache-control": "private, max-age=60",
        ...(contentType.startsWith("image/") ? {} : { "content-disposition": "attachment" }),
      }) as never;
    },
  );
}
