// The operator's API: JSON over HTTP, described by OpenAPI 3.1 at /openapi.json. Every operation names its roles (x-roles); until
// accounts exist everyone is an operator where the API answers to this machine only, and nobody elsewhere.

import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { BaseMap } from "../base-map/base-map.ts";
import type { Cameras } from "../cameras/cameras.ts";
import type { ChannelStateView } from "../channels/dispatcher.ts";
import type { ConfigurationStore } from "../configuration/configuration-store.ts";
import type { AssociatedFiles } from "../files/associated-files.ts";
import type { History } from "../history/history.ts";
import { addHistoryApi } from "../history/history-api.ts";
import { noticesOf, type PictureHost, sensorsOf, siteOf, sourcesOf, tracksOf } from "../live/picture-host.ts";
import type { UnstampedEvent } from "../loop/loop.ts";
import type { Operate } from "../operate.ts";
import type { Exercise } from "../training/exercise.ts";
import type { ExerciseLauncher } from "../training/launch-exercise.ts";
import { type AccountApiOptions, addAccountApi } from "./account-api.ts";
import { addAlarmReportApi } from "./alarm-report-api.ts";
import { API_EVENT, problem, SENSOR, SITE, SOURCE, SYSTEM, TRACK } from "./api-schemas.ts";
import { addAssociatedFileApi } from "./associated-file-api.ts";
import { addBaseMapApi } from "./base-map-api.ts";
import { addCameraApi } from "./camera-api.ts";
import { addCaseApi } from "./case-api.ts";
import { addExerciseApi } from "./exercise-api.ts";
import { addJournalApi, type JournalHead } from "./journal-api.ts";
import { addJudgementApi } from "./judgement-api.ts";
import { registerOutputsApi } from "./outputs-api.ts";
import { registerPlacesApi } from "./places-api.ts";
import { registerSapientApi } from "./sapient-api.ts";
import { registerSkyApi } from "./sky-api.ts";
import { registerTrackApi } from "./track-api.ts";
import { addWatchApi } from "./watch-api.ts";

/** Persons of the site; partners and programs have links of their own. */
export const ROLES = ["observer", "operator", "supervisor", "officer", "engineer", "administrator"] as const;
const EVERYONE = [...ROLES];

export interface ApiOptions {
  readonly host: PictureHost;
  /** Events that are not packets or ticks, newest last, from a sequence on. */
  readonly eventsSince: (sequence: number, limit: number) => { items: z.infer<typeof API_EVENT>[]; next: string | null };
  /** Absent in a replay, where nothing can be changed. */
  readonly configuration: ConfigurationStore | undefined;
  /** Journals what a person decided (D2) and lets it take effect; absent in a replay. */
  readonly decide?: (event: UnstampedEvent) => Promise<void>;
  /** Carries out a person's command and brings its answer; absent in a replay. */
  readonly operate?: Operate;
  /** Ways to reach people; absent in a replay. */
  readonly channels?: () => readonly ChannelStateView[];
  /** Absent in a replay. */
  readonly cameras?: Cameras;
  /** Absent on a server that is no exercise. */
  readonly exercise?: Exercise | undefined;
  /** Absent where no exercise can be started. */
  readonly launcher?: ExerciseLauncher | undefined;
  /** Absent where the site has none. */
  readonly baseMap?: BaseMap | undefined;
  /** Absent in a replay. */
  readonly files?: AssociatedFiles;
  /** Absent in a replay. */
  readonly history?: History;
  /** Absent in a replay, which writes no journal. */
  readonly journalHead?: () => JournalHead;
  /** Sign-in and accounts; absent in a replay. */
  readonly accounts?: AccountApiOptions;
  readonly version: string;
}

const list = <Item extends z.ZodType>(item: Item, name: string) =>
  z
    .object({
      items: z.array(item),
      next: z.string().nullable().openapi({ description: "Give it as `since` or `after` for what follows; null at the end." }),
    })
    .openapi(name);

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const NOT_FOUND = json(problem, "There is nothing with this id.");
const BAD_REQUEST = json(problem, "A parameter is wrong; `detail` says which and what was expected.");

/** The newest first page and the rest: lists are short enough to page by id. */
function page<Item extends { id: string }>(
  items: Item[],
  limit: number,
  after: string | undefined,
): { items: Item[]; next: string | null } {
  const at = after === undefined ? -1 : items.findIndex((item) => item.id === after);
  // The entry after which to go on has gone: what follows is not known, and beginning again would never end.
  const start = after !== undefined && at < 0 ? items.length : at + 1;
  const slice = items.slice(start, start + limit);
  return { items: slice, next: start + limit < items.length ? slice.at(-1)!.id : null };
}

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(1000).openapi({ description: "At most so many items." }),
  after: z.string().optional().openapi({ description: "The `next` of the page before." }),
});

const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });

const MAX_BODY = 64 * 1024;

export function createApi(options: ApiOptions): OpenAPIHono {
  const { host } = options;
  const api = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const issue = result.error.issues[0];
      return context.json(
        { title: "Wrong parameter", status: 400, detail: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not valid"}` },
        400,
      );
    },
  });
  // A body says its length beforehand: then one number decides, and nothing has to be read to be refused.
  api.use("/api/*", async (context, next) => {
    const { method } = context.req;
    if (method === "GET" || method === "HEAD") return next();
    if (context.req.header("transfer-encoding") !== undefined)
      return context.json(trouble(411, "Length needed", "send a Content-Length; chunked bodies are not taken"), 411);
    if (Number(context.req.header("content-length") ?? 0) > MAX_BODY)
      return context.json(trouble(413, "Too large", "a body may have at most 64 KiB"), 413);
    return next();
  });

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/tracks",
      summary: "Every track of the picture",
      "x-roles": EVERYONE,
      request: { query: pageQuery },
      responses: { 200: json(list(TRACK, "Tracks"), "Tracks, live ones first."), 400: BAD_REQUEST },
    }),
    (context) => {
      const { limit, after } = context.req.valid("query");
      return context.json(page(tracksOf(host), limit, after), 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/tracks/{id}",
      summary: "One track",
      "x-roles": EVERYONE,
      request: { params: z.object({ id: z.string().openapi({ example: "T12" }) }) },
      responses: { 200: json(TRACK, "The track."), 404: NOT_FOUND },
    }),
    (context) => {
      const { id } = context.req.valid("param");
      const track = tracksOf(host).find((view) => view.id === id);
      return track === undefined ? context.json(trouble(404, "Not found", `there is no track "${id}"`), 404) : context.json(track, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sensors",
      summary: "Every sensor, configured or heard",
      "x-roles": EVERYONE,
      request: { query: pageQuery },
      responses: { 200: json(list(SENSOR, "Sensors"), "Sensors with health, rate and age."), 400: BAD_REQUEST },
    }),
    (context) => {
      const { limit, after } = context.req.valid("query");
      return context.json(page(sensorsOf(host), limit, after), 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sources",
      summary: "Every source with its socket and counters",
      "x-roles": EVERYONE,
      request: { query: pageQuery },
      responses: { 200: json(list(SOURCE, "Sources"), "Sources: protocol, direction, host, port, state, counters."), 400: BAD_REQUEST },
    }),
    (context) => {
      const { limit, after } = context.req.valid("query");
      return context.json(page(sourcesOf(host), limit, after), 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/site",
      summary: "The site: origin, protected assets, zones",
      "x-roles": EVERYONE,
      responses: { 200: json(SITE, "The site.") },
    }),
    (context) => context.json(siteOf(host), 200),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/system",
      summary: "How Picket itself is",
      "x-roles": EVERYONE,
      responses: { 200: json(SYSTEM, "Mode, health, journal.") },
    }),
    (context) => context.json(host.system(), 200),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/events",
      summary: "What happened: connections, source states, commands, notices; packets and ticks are in the journal",
      "x-roles": EVERYONE,
      request: {
        query: z.object({
          since: z.coerce
            .number()
            .int()
            .min(0)
            .default(0)
            .openapi({ description: "Sequence after which to begin; the `next` of the answer before." }),
          limit: z.coerce.number().int().min(1).max(10_000).default(1000),
        }),
      },
      responses: {
        200: json(list(API_EVENT, "Events"), "Events, oldest first. The newest 10,000 are kept here; the journal has all."),
        400: BAD_REQUEST,
      },
    }),
    (context) => {
      const { since, limit } = context.req.valid("query");
      return context.json(options.eventsSince(since, limit), 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/notices",
      summary: "What the operator was told",
      "x-roles": EVERYONE,
      responses: {
        200: json(
          list(z.looseObject({ id: z.number(), atUs: z.number(), level: z.string(), key: z.string(), text: z.string() }), "Notices"),
          "Newest last.",
        ),
      },
    }),
    (context) =>
      context.json(
        { items: noticesOf(host) as unknown as { id: number; atUs: number; level: string; key: string; text: string }[], next: null },
        200,
      ),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/configuration",
      summary: "The configuration in force: the file with the overrides made since, and the overrides alone",
      "x-roles": ["engineer", "administrator"],
      responses: {
        200: json(
          z.object({ file: z.unknown(), overrides: z.array(z.object({ path: z.string(), value: z.unknown() })) }),
          "The configuration.",
        ),
        409: json(problem, "A replay has no configuration file."),
      },
    }),
    (context) =>
      options.configuration === undefined
        ? context.json(trouble(409, "Replay", "a replay has no configuration file"), 409)
        : context.json({ file: options.configuration.effective(), overrides: options.configuration.overrides() }, 200),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/configuration.yaml",
      summary: "The configuration in force as a YAML file, to be kept as the new site.yaml",
      "x-roles": ["engineer", "administrator"],
      responses: {
        200: { content: { "text/yaml": { schema: z.string() } }, description: "site.yaml" },
        409: json(problem, "A replay has no configuration file."),
      },
    }),
    (context) => {
      if (options.configuration === undefined) return context.json(trouble(409, "Replay", "a replay has no configuration file"), 409);
      return context.body(options.configuration.exportYaml(), 200, {
        "content-type": "text/yaml; charset=utf-8",
        "content-disposition": 'attachment; filename="site.yaml"',
      });
    },
  );
  api.openapi(
    createRoute({
      method: "put",
      path: "/api/v1/configuration/override",
      summary: "Change one value of the configuration; journalled, checked like the file, answered when it is safe on disk",
      "x-roles": ["engineer", "administrator"],
      request: {
        body: {
          required: true,
          content: {
            "application/json": {
              schema: z.strictObject({
                path: z.string().min(1).max(200).openapi({ example: "site.qnhHectopascals" }),
                value: z.unknown().openapi({ description: "null removes the override." }),
                actor: z
                  .string()
                  .min(1)
                  .max(80)
                  .default("operator")
                  .openapi({ description: "Name of who does it; journalled as not authenticated until accounts exist." }),
              }),
            },
          },
        },
      },
      responses: {
        200: json(z.object({ commandId: z.string() }), "Recorded and in force."),
        400: BAD_REQUEST,
        409: json(problem, "It cannot be recorded or this is a replay."),
      },
    }),
    async (context) => {
      if (options.configuration === undefined) return context.json(trouble(409, "Replay", "nothing can be changed in a replay"), 409);
      const body = context.req.valid("json");
      const outcome = await options.configuration.override(body.path, body.value, { name: body.actor, authenticated: false });
      if (outcome.ok) return context.json({ commandId: outcome.value }, 200);
      return outcome.error.kind === "invalid"
        ? context.json(trouble(400, "Not a valid configuration", outcome.error.message), 400)
        : context.json(trouble(409, "Not recorded", outcome.error.message), 409);
    },
  );
  addAlarmReportApi(api, { host });
  addJudgementApi(api, { host, operate: options.operate, channels: options.channels ?? (() => []) });
  addCameraApi(api, { host, operate: options.operate, cameras: options.cameras, everyone: EVERYONE });
  addExerciseApi(api, { exercise: options.exercise, launcher: options.launcher, everyone: EVERYONE });
  addWatchApi(api, { host, operate: options.operate, everyone: EVERYONE });
  addBaseMapApi(api, options.baseMap, EVERYONE);
  addAssociatedFileApi(api, { host, files: options.files, everyone: EVERYONE });
  registerTrackApi(api, { host, operate: options.operate });
  registerPlacesApi(api, options.configuration);
  registerOutputsApi(api, { host, everyone: EVERYONE });
  registerSapientApi(api, { host, decide: options.decide, everyone: EVERYONE });
  registerSkyApi(api, { host, everyone: EVERYONE });
  addCaseApi(api, { host, operate: options.operate, signing: options.accounts, everyone: EVERYONE });
  if (options.accounts !== undefined) addAccountApi(api, options.accounts);
  // A replay knows no accounts, and the console asks all the same.
  else api.get("/api/v1/session", (context) => context.json({ mode: "open", state: "none", person: null, passkeys: [] }));
  if (options.journalHead !== undefined) addJournalApi(api, EVERYONE, options.journalHead);
  addHistoryApi(api, { history: options.history, everyone: EVERYONE });
  api.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Picket",
      version: options.version,
      description: "Counter-UAS surveillance and command: the air picture, its sensors and its record.",
      license: { name: "Apache-2.0" },
    },
  });
  api.notFound((context) => context.json({ title: "Not found", status: 404, detail: `there is nothing at ${context.req.path}` }, 404));
  api.onError((error, context) => {
    const malformed = error instanceof SyntaxError || (error as { status?: number }).status === 400;
    if (malformed) return context.json({ title: "Malformed request", status: 400, detail: "the body is not JSON" }, 400);
    return context.json({ title: "Server error", status: 500, detail: error.message }, 500);
  });
  return api;
}

/** Paths and operations of the API as its description has them, roles included. */
export const apiPaths = (api: OpenAPIHono): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  (api.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Picket", version: "0" } }).paths ?? {}) as never;
