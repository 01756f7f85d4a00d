// Zones and protected assets, changed while the site runs: checked like the file, journalled (D2) before they take effect, kept beside the
// journal so that they survive a restart.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ChangeRefusal, ConfigurationStore, PlaceList } from "../configuration/configuration-store.ts";
import { assetSchema, type ZoneFile, zoneSchema } from "../configuration/site-schema.ts";
import { problem } from "./api-schemas.ts";

const EVERYONE = ["observer", "operator", "supervisor", "officer", "engineer", "administrator"];
const EDITORS = ["operator", "supervisor", "officer", "engineer", "administrator"];

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });
const REPLAY = trouble(409, "Replay", "nothing can be changed in a replay");
const actor = z
  .string()
  .min(1)
  .max(80)
  .default("operator")
  .openapi({ description: "Name of who does it; journalled as not authenticated until accounts exist." });
const ANSWERS = {
  200: json(z.object({ commandId: z.string() }), "Recorded and in force."),
  400: json(problem, "It is no such place; `detail` says where and what was expected."),
  404: json(problem, "There is nothing with this id that can be changed here."),
  409: json(problem, "Somebody else changed it, it cannot be recorded, or this is a replay."),
};

type Point = readonly [number, number];

/** Twice the signed area of a triangle: which side of a-b is c on. */
const side = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
const cross = (a: Point, b: Point, c: Point, d: Point) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

/** What the schema cannot see in a zone that a person drew; undefined when nothing. Corners in degrees, [longitude, latitude]. */
export function zoneFault({ polygon, floor, ceiling }: Pick<ZoneFile, "polygon" | "floor" | "ceiling">): string | undefined {
  const count = polygon.length;
  for (let i = 0; i < count; i++)
    for (let k = i + 2; k < count; k++) {
      if (i === 0 && k === count - 1) continue; // neighbours around the end
      if (cross(polygon[i]!, polygon[(i + 1) % count]!, polygon[k]!, polygon[(k + 1) % count]!))
        return `polygon: the side after corner ${i + 1} crosses the side after corner ${k + 1}`;
    }
  let area = 0;
  polygon.forEach(([x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % count]!;
    area += (x - polygon[0]![0]) * (nextY - polygon[0]![1]) - (nextX - polygon[0]![0]) * (y - polygon[0]![1]);
  });
  if (area === 0) return "polygon: all corners lie on one line";
  for (const kind of ["amslMetres", "haeMetres", "pressureMetres", "aboveTakeoffMetres"] as const) {
    const [low, high] = [floor?.[kind], ceiling?.[kind]];
    if (low !== undefined && high !== undefined && low >= high) return `ceiling: ${high} m is not above the floor, ${low} m`;
  }
  return undefined;
}

export function registerPlacesApi(api: OpenAPIHono, configuration: ConfigurationStore | undefined): void {
  addList(api, configuration, "zones", zoneSchema, "Zone", zoneFault);
  addList(api, configuration, "assets", assetSchema, "Asset", () => undefined);
}

/** Every refusal but "not valid" and "not there" is a conflict. */
const statusOf = ({ kind }: ChangeRefusal): 400 | 404 | 409 => (kind === "invalid" ? 400 : kind === "unknown" ? 404 : 409);
const TITLES: Record<ChangeRefusal["kind"], string> = {
  invalid: "Not a valid place",
  unknown: "Not found",
  changed: "Changed by somebody else",
  unrecorded: "Not recorded",
};

function addList<Schema extends typeof zoneSchema | typeof assetSchema>(
  api: OpenAPIHono,
  configuration: ConfigurationStore | undefined,
  list: PlaceList,
  schema: Schema,
  name: "Zone" | "Asset",
  faultOf: (place: z.infer<Schema>) => string | undefined,
): void {
  const one = name.toLowerCase();
  const idParam = z.object({ id: z.string().openapi({ example: "north" }) });
  api.openapi(
    createRoute({
      method: "get",
      path: `/api/v1/${list}`,
      summary: `The ${list} that can be changed here, as the site file writes them; zones that come from other files are in the site`,
      "x-roles": EVERYONE,
      responses: {
        200: json(
          z.object({ items: z.array(z.looseObject({ id: z.string() })), next: z.string().nullable() }).openapi(`${name}Files`),
          "All of them.",
        ),
      },
    }),
    (context) => context.json({ items: (configuration?.effective()[list] ?? []) as { id: string }[], next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "put",
      path: `/api/v1/${list}/{id}`,
      summary: `Add ${one === "asset" ? "an asset" : "a zone"} or replace one; journalled and answered when it is safe on disk`,
      "x-roles": EDITORS,
      request: {
        params: idParam,
        body: {
          required: true,
          content: {
            "application/json": {
              schema: z.strictObject({
                place: schema,
                before: schema
                  .nullable()
                  .optional()
                  .openapi({ description: "What you saw, null for nothing: refused when it is no longer so. Absent: whatever is there." }),
                actor,
              }),
            },
          },
        },
      },
      responses: ANSWERS,
    }),
    async (context) => {
      if (configuration === undefined) return context.json(REPLAY, 409);
      const { id } = context.req.valid("param");
      const {
        place,
        before,
        actor: who,
      } = context.req.valid("json") as {
        place: z.infer<Schema>;
        before?: z.infer<Schema> | null;
        actor: string;
      };
      if (place.id !== id) return context.json(trouble(400, TITLES.invalid, `place.id: expected "${id}", found "${place.id}"`), 400);
      const fault = faultOf(place);
      if (fault !== undefined) return context.json(trouble(400, TITLES.invalid, fault), 400);
      const change = before === undefined ? { place } : { place, before };
      const outcome = await configuration.changePlace(list, id, change as never, { name: who, authenticated: false });
      if (outcome.ok) return context.json({ commandId: outcome.value }, 200);
      const status = statusOf(outcome.error);
      return context.json(trouble(status, TITLES[outcome.error.kind], outcome.error.message), status);
    },
  );
  api.openapi(
    createRoute({
      method: "delete",
      path: `/api/v1/${list}/{id}`,
      summary: `Remove ${one === "asset" ? "an asset" : "a zone"}; journalled and answered when it is safe on disk`,
      "x-roles": EDITORS,
      request: { params: idParam, query: z.object({ actor }) },
      responses: ANSWERS,
    }),
    async (context) => {
      if (configuration === undefined) return context.json(REPLAY, 409);
      const outcome = await configuration.changePlace(
        list,
        context.req.valid("param").id,
        { place: undefined },
        { name: context.req.valid("query").actor, authenticated: false },
      );
      if (outcome.ok) return context.json({ commandId: outcome.value }, 200);
      const status = statusOf(outcome.error);
      return context.json(trouble(status, TITLES[outcome.error.kind], outcome.error.message), status);
    },
  );
}
