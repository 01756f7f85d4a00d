// The site's own base map for the console: what it is, and its tiles.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { BaseMap } from "../base-map/base-map.ts";
import { problem } from "./api-schemas.ts";

const BASE_MAP = z
  .object({
    baseMap: z
      .object({
        name: z.string(),
        format: z.enum(["png", "jpeg", "webp", "avif", "mvt"]),
        minZoom: z.number(),
        maxZoom: z.number(),
        bounds: z.array(z.number()).length(4).openapi({ description: "Degrees: west, south, east, north." }),
        attribution: z.string().openapi({ description: "Plain text, to be shown beside the map." }),
        layers: z.array(z.string()).openapi({ description: "Layers of vector tiles." }),
      })
      .nullable()
      .openapi({ description: "null: the site has none, and the borders of the build are drawn." }),
  })
  .openapi("BaseMap");

export function addBaseMapApi(api: OpenAPIHono, baseMap: BaseMap | undefined, everyone: string[]): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/base-map",
      summary: "The site's own base map, if it has one",
      "x-roles": everyone,
      responses: { 200: { content: { "application/json": { schema: BASE_MAP } }, description: "What it is." } },
    }),
    (context) => {
      const info = baseMap?.info;
      return context.json({ baseMap: info === undefined ? null : { ...info, bounds: [...info.bounds], layers: [...info.layers] } }, 200);
    },
  );
  const number = z.coerce.number().int().min(0);
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/base-map/{z}/{x}/{y}",
      summary: "One tile of the base map, y from the north",
      "x-roles": everyone,
      request: { params: z.object({ z: number.max(24), x: number, y: number }) },
      responses: {
        200: { content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } }, description: "The tile." },
        204: { description: "The file has no such tile." },
        400: { content: { "application/json": { schema: problem } }, description: "A parameter is wrong." },
        404: { content: { "application/json": { schema: problem } }, description: "The site has no base map." },
        502: { content: { "application/json": { schema: problem } }, description: "The file cannot be read; `detail` says why." },
      },
    }),
    async (context) => {
      const { z, x, y } = context.req.valid("param");
      if (baseMap === undefined) return context.json({ title: "Not found", status: 404, detail: "the site has no base map" }, 404);
      if (x >= 2 ** z || y >= 2 ** z)
        return context.json({ title: "Wrong parameter", status: 400, detail: `at zoom ${z} x and y end at ${2 ** z - 1}` }, 400);
      try {
        const octets = await baseMap.tile(z, x, y);
        if (octets === undefined) return context.body(null, 204);
        const { format } = baseMap.info;
        return context.body(octets as Uint8Array<ArrayBuffer>, 200, {
          "content-type": format === "mvt" ? "application/x-protobuf" : `image/${format}`,
          "cache-control": "private, max-age=3600",
        }) as never;
      } catch (error) {
        return context.json({ title: "No tile", status: 502, detail: (error as Error).message }, 502);
      }
    },
  );
}
