// The history on the operator's API: searches, a heat map, and files for other programs.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { problem } from "../http/api-schemas.ts";
import { EXPORT_FORMATS, EXPORT_TYPES } from "./export.ts";
import type { History } from "./history.ts";
import { decodeCursor, type HeatCell, type HistoryFilter, type HistoryPage } from "./queries.ts";
import { TABLES } from "./schema.ts";
import type { HistoryQuestion } from "./worker-messages.ts";

const KINDS = {
  incidents: "Alarm situations: the alarms, tracks and decisions that belong together",
  alarms: "Alarms with each of their transitions",
  decisions: "What people decided, declared, dismissed and ordered",
  tracks: "Tracks with their identities and the zones that they were in",
} as const;

const instant = z.union([
  z
    .string()
    .regex(/^\d{1,17}$/)
    .transform(Number),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text) * 1000),
]);
const word = (description: string, longest = 200) => z.string().min(1).max(longest).optional().openapi({ description });

const filters = {
  from: instant
    .optional()
    .openapi({ type: "string", description: "Beginning of the window: ISO 8601 with its offset, or microseconds since 1970, UTC." }),
  to: instant.optional().openapi({ type: "string", description: "End of the window." }),
  zone: word("Id of a zone that a track was in."),
  text: word("Identifier, serial, call sign, name of a person, words of an alarm."),
  class: word("Class of a track: multirotor-small, bird-flock."),
  affiliation: z.enum(["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"]).optional(),
  origin: z.enum(["live", "simulated", "recorded", "exercise"]).optional(),
  incident: word("Key of an incident."),
  track: word("Key of a track."),
};
const cursor = z
  .string()
  .max(200)
  .refine((text) => decodeCursor(text) !== undefined, "the `next` of an earlier answer")
  .optional()
  .openapi({ description: "The `next` of the page before." });
const paged = (most: number) => ({ ...filters, limit: z.coerce.number().int().min(1).max(most).default(100), after: cursor });
const pilots = z
  .enum(["true", "false"])
  .default("false")
  .openapi({ description: "Whether positions of pilots are given. Left out by default." });

type Filters = { -readonly [Name in keyof HistoryFilter]?: HistoryFilter[Name] | undefined };

function filterOf(query: {
  from?: number | undefined;
  to?: number | undefined;
  zone?: string | undefined;
  text?: string | undefined;
  class?: string | undefined;
  affiliation?: string | undefined;
  origin?: string | undefined;
  incident?: string | undefined;
  track?: string | undefined;
  limit?: number | undefined;
  after?: string | undefined;
}): HistoryFilter {
  const filter: Filters = {
    fromUs: query.from,
    toUs: query.to,
    zone: query.zone,
    text: query.text?.trim(),
    className: query.class,
    affiliation: query.affiliation,
    origin: query.origin,
    incident: query.incident,
    track: query.track,
    after: query.after,
  };
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ""));
  return { ...given, limit: query.limit ?? 100 };
}

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** Columns that hold 0 or 1, and the one that holds JSON. */
const YES_OR_NO = ["ended", "open", "ok", "authenticated"];
const AS_JSON = "condition_values";

/** A row as JSON, in the names of the API; lists inside it likewise. */
function viewOf(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const isList = Array.isArray(value) && typeof value[0] === "object";
    view[camel(name)] = YES_OR_NO.includes(name)
      ? value === 1
      : name === AS_JSON
        ? JSON.parse(String(value))
        : isList
          ? value.map((item: Record<string, unknown>) => viewOf(item))
          : value;
  }
  return view;
}

/** The items' schema of a table, for the description; the lists inside an item are described in words. */
const rowSchema = (table: keyof typeof TABLES) =>
  z.looseObject(
    Object.fromEntries(
      TABLES[table].columns.map(({ name, type, nullable }) => {
        const schema = YES_OR_NO.includes(name)
          ? z.boolean()
          : name === AS_JSON
            ? z.record(z.string(), z.union([z.string(), z.number()]))
            : type === "text"
              ? z.string()
              : z.number();
        return [camel(name), nullable === true ? schema.nullable() : schema];
      }),
    ),
  );
type RowPage = { items: Record<string, string | number | null>[]; next: string | null };
const pageView = ({ items, next }: HistoryPage<Readonly<Record<string, unknown>>>): RowPage => ({
  items: items.map(viewOf) as RowPage["items"],
  next,
});

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const BAD = json(problem, "A parameter is wrong; `detail` says which.");
const AWAY = json(problem, "The history cannot be read now; `detail` says why. Nothing is lost: it is made again from the journal.");
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });

export function addHistoryApi(
  api: OpenAPIHono,
  options: { readonly history: History | undefined; readonly everyone: readonly string[] },
): void {
  const { history } = options;
  const roles = { "x-roles": [...options.everyone] };
  const away = (error?: unknown) =>
    trouble(503, "No history", error instanceof Error ? error.message : "a replay has no history of its own");
  const ask = async <Answer>(question: HistoryQuestion): Promise<{ value: Answer } | { error: unknown }> => {
    if (history === undefined) return { error: undefined };
    try {
      return { value: (await history.ask(question)) as Answer };
    } catch (error) {
      return { error };
    }
  };

  for (const [kind, summary] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    api.openapi(
      createRoute({
        method: "get",
        path: `/api/v1/history/${kind}`,
        summary: `${summary}; newest first`,
        ...roles,
        request: { query: z.object(kind === "tracks" ? { ...paged(1000), pilots } : paged(1000)) },
        responses: {
          200: json(
            z
              .object({ items: z.array(rowSchema(kind)), next: z.string().nullable() })
              .openapi(`History${kind[0]!.toUpperCase()}${kind.slice(1)}`),
            "What matches; `next` leads to the following page.",
          ),
          400: BAD,
          503: AWAY,
        },
      }),
      async (context) => {
        const query = context.req.valid("query") as Parameters<typeof filterOf>[0] & { pilots?: string };
        const filter = filterOf(query);
        const found = await ask<HistoryPage<Record<string, unknown>>>(
          kind === "tracks" ? { ask: kind, filter, pilots: query.pilots === "true" } : { ask: kind, filter },
        );
        return "value" in found ? context.json(pageView(found.value), 200) : context.json(away(found.error), 503);
      },
    );
  }
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/history/positions",
      summary: "Where tracks were measured, at most once a second each; oldest first",
      ...roles,
      request: { query: z.object(paged(10_000)) },
      responses: {
        200: json(
          z.object({ items: z.array(rowSchema("positions")), next: z.string().nullable() }).openapi("HistoryPositions"),
          "Positions.",
        ),
        400: BAD,
        503: AWAY,
      },
    }),
    async (context) => {
      const found = await ask<HistoryPage<Record<string, unknown>>>({ ask: "positions", filter: filterOf(context.req.valid("query")) });
      return "value" in found ? context.json(pageView(found.value), 200) : context.json(away(found.error), 503);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/history/heat",
      summary: "How often tracks were where: positions counted in cells, the fullest first",
      ...roles,
      request: { query: z.object({ ...filters, cellMetres: z.coerce.number().min(10).max(10_000).default(100) }) },
      responses: {
        200: json(
          z
            .object({
              items: z.array(
                z.object({
                  west: z.number(),
                  south: z.number(),
                  east: z.number(),
                  north: z.number(),
                  positions: z.number(),
                  tracks: z.number(),
                }),
              ),
            })
            .openapi("HistoryHeat"),
          "Cells with their edges in degrees; at most 5,000.",
        ),
        400: BAD,
        503: AWAY,
      },
    }),
    async (context) => {
      const query = context.req.valid("query");
      const found = await ask<HeatCell[]>({ ask: "heat", filter: filterOf(query), cellMetres: query.cellMetres });
      return "value" in found ? context.json({ items: found.value }, 200) : context.json(away(found.error), 503);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/history/state",
      summary: "How the history itself is: ready, catching up, its extent and size; and the zones that it knows",
      ...roles,
      responses: {
        200: json(
          z
            .object({
              state: z.enum(["starting", "catching-up", "ready", "failed"]),
              reason: z.string(),
              share: z.number(),
              sequence: z.number(),
              bytes: z.number(),
              fromUs: z.number().nullable(),
              toUs: z.number().nullable(),
              zones: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
            })
            .openapi("HistoryState"),
          "The state.",
        ),
        503: AWAY,
      },
    }),
    async (context) => {
      if (history === undefined) return context.json(away(), 503);
      const zones = await ask<{ id: string; name: string; kind: string }[]>({ ask: "zones" });
      return context.json({ ...history.state(), zones: "value" in zones ? zones.value : [] }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/history/export",
      summary: "A track, an incident or a window as a file; the origin of each object is in it",
      ...roles,
      request: {
        query: z.object({ ...filters, format: z.enum(EXPORT_FORMATS), pilots }),
      },
      responses: {
        200: {
          content: {
            "text/csv": { schema: z.string() },
            "application/geo+json": { schema: z.string() },
            "application/vnd.google-earth.kml+xml": { schema: z.string() },
            "application/xml": { schema: z.string() },
          },
          description: "The file: CSV, GeoJSON, KML or CoT.",
        },
        400: BAD,
        413: json(problem, "Too much for one file; `detail` says how to ask for less."),
        503: AWAY,
      },
    }),
    async (context) => {
      const query = context.req.valid("query");
      if (query.track === undefined && query.incident === undefined && (query.from === undefined || query.to === undefined))
        return context.json(trouble(400, "Wrong parameter", "give a track, an incident, or both ends of a window"), 400);
      const { format } = query;
      const found = await ask<{ text: string } | { tooMuch: string }>({
        ask: "export",
        filter: filterOf({ ...query, limit: 1000 }),
        format,
        pilots: query.pilots === "true",
      });
      if (!("value" in found)) return context.json(away(found.error), 503);
      if ("tooMuch" in found.value) return context.json(trouble(413, "Too much", found.value.tooMuch), 413);
      const { type, extension } = EXPORT_TYPES[format];
      const name = (query.track ?? query.incident ?? `from-${query.from}`).replace(/[^A-Za-z0-9.-]/g, "_");
      return context.body(found.value.text, 200, {
        "content-type": type,
        "content-disposition": `attachment; filename="picket-${name}.${extension}"`,
      });
    },
  );
}
