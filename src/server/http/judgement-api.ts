// What is judged and what people say of it, over HTTP: evidence, alarms, friends, dismissals, declarations, take cover.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  alertFiguresView,
  alertHistoryViews,
  evidenceView,
  friendViews,
  judgementView,
  labelLines,
} from "../../core/engine/judgement-views.ts";
import { parseFriends } from "../../core/identification/friend-files.ts";
import { DISMISSAL_REASONS } from "../../core/model/alert.ts";
import type { Command } from "../../core/model/event.ts";
import { CLASS_NAMES } from "../../core/model/identity.ts";
import type { ChannelStateView } from "../channels/dispatcher.ts";
import type { PictureHost } from "../live/picture-host.ts";
import type { CommandOutcome, Operate } from "../operate.ts";
import { ALERT, problem } from "./api-schemas.ts";

const EVERYONE = ["observer", "operator", "supervisor", "officer", "engineer", "administrator"];
const OPERATORS = ["operator", "supervisor", "officer"];
const AFFILIATIONS = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"] as const;
const MINUTE = 60e6;

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
type ItemErrors = readonly { readonly item: string; readonly message: string }[];
const trouble = (status: number, title: string, detail: string, errors?: ItemErrors) => ({
  title,
  status,
  detail,
  ...(errors === undefined ? {} : { errors: [...errors] }),
});

const actor = z
  .string()
  .min(1)
  .max(80)
  .default("operator")
  .openapi({ description: "Name of who does it; journalled as not authenticated until accounts exist." });
const DONE = z.object({ commandId: z.string() });
const ANSWERS = {
  200: json(DONE, "Done and in the record."),
  400: json(problem, "A parameter is wrong; `detail` says which and what was expected."),
  409: json(problem, "Refused; `detail` says why."),
};

const body = <Shape extends z.ZodType>(schema: Shape) => ({ required: true, content: { "application/json": { schema } } });
const trackParam = z.object({ id: z.string().openapi({ example: "T12" }) });
const alertParam = z.object({ id: z.string().openapi({ example: "A3" }) });

export interface JudgementApiOptions {
  readonly host: PictureHost;
  /** Absent in a replay, where nothing can be changed. */
  readonly operate: Operate | undefined;
  readonly channels: () => readonly ChannelStateView[];
}

export function addJudgementApi(api: OpenAPIHono, options: JudgementApiOptions): void {
  const { host } = options;
  const now = () => host.picture().now;

  async function act(
    command: Command,
    name: string,
  ): Promise<{ outcome: CommandOutcome; refusal: undefined } | { outcome: undefined; refusal: ReturnType<typeof trouble> }> {
    if (options.operate === undefined) return { outcome: undefined, refusal: trouble(409, "Replay", "nothing can be changed in a replay") };
    const outcome = await options.operate(command, { name, authenticated: false });
    return outcome.ok
      ? { outcome, refusal: undefined }
      : { outcome: undefined, refusal: trouble(409, outcome.code ?? "Refused", outcome.message ?? "refused", outcome.errors) };
  }

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/tracks/{id}/evidence",
      summary:
        "Why Picket says what it says of a track: every piece of evidence with its weight, what would change the answer, and the history of answers",
      "x-roles": EVERYONE,
      request: { params: trackParam },
      responses: {
        200: json(z.looseObject({ trackId: z.string() }).openapi("EvidenceLedger"), "The ledger."),
        404: json(problem, "There is no such track."),
      },
    }),
    (context) => {
      const { id } = context.req.valid("param");
      const ledger = evidenceView(host.picture(), id);
      return ledger === undefined
        ? context.json(trouble(404, "Not found", `there is no track "${id}"`), 404)
        : context.json(ledger as unknown as { trackId: string }, 200);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/tracks/{id}/accept",
      summary: "A person has assessed the track: it is what Picket says it is",
      "x-roles": OPERATORS,
      request: { params: trackParam, body: body(z.strictObject({ actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { outcome, refusal } = await act(
        { kind: "accept-track", trackId: context.req.valid("param").id },
        context.req.valid("json").actor,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/tracks/{id}/dismiss",
      summary: "A person says why the track needs no attention; Picket keeps testing that reason",
      "x-roles": OPERATORS,
      request: {
        params: trackParam,
        body: body(z.strictObject({ reason: z.enum(DISMISSAL_REASONS), text: z.string().max(500).default(""), actor })),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { reason, text, actor: name } = context.req.valid("json");
      if (reason === "other" && text.trim() === "")
        return context.json(trouble(400, "Wrong parameter", 'text: say why, where the reason is "other"'), 400);
      const { outcome, refusal } = await act({ kind: "dismiss-track", trackId: context.req.valid("param").id, reason, text }, name);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "put",
      path: "/api/v1/tracks/{id}/declaration",
      summary: "A person declares whose a track is, or what; it stands beside the estimate until it expires",
      "x-roles": OPERATORS,
      request: {
        params: trackParam,
        body: body(
          z.strictObject({
            question: z.enum(["affiliation", "class"]),
            value: z.string().openapi({ example: "friend" }),
            reason: z.string().min(1).max(500),
            minutes: z
              .number()
              .positive()
              .max(24 * 60)
              .default(60)
              .openapi({ description: "How long it stands." }),
            actor,
          }),
        ),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { question, value, reason, minutes, actor: name } = context.req.valid("json");
      const known: readonly string[] = question === "affiliation" ? AFFILIATIONS : CLASS_NAMES;
      if (!known.includes(value)) return context.json(trouble(400, "Wrong parameter", `value: expected one of ${known.join(", ")}`), 400);
      const expiresAt = Math.round(now() + minutes * MINUTE) as ReturnType<typeof now>;
      const { outcome, refusal } = await act(
        { kind: "declare", trackId: context.req.valid("param").id, question, value, reason, expiresAt },
        name,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "delete",
      path: "/api/v1/tracks/{id}/declaration/{question}",
      summary: "Take a declaration back",
      "x-roles": OPERATORS,
      request: {
        params: trackParam.extend({ question: z.enum(["affiliation", "class"]) }),
        query: z.object({ actor }),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { id, question } = context.req.valid("param");
      const { outcome, refusal } = await act({ kind: "withdraw-declaration", trackId: id, question }, context.req.valid("query").actor);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/alerts",
      summary: "Alarms",
      "x-roles": EVERYONE,
      request: {
        query: z.object({
          state: z.enum(["open", "cleared"]).default("open"),
          limit: z.coerce.number().int().min(1).max(5000).default(1000),
        }),
      },
      responses: {
        200: json(z.object({ items: z.array(ALERT), next: z.string().nullable() }).openapi("Alerts"), "Highest level and newest first."),
        400: json(problem, "A parameter is wrong."),
      },
    }),
    (context) => {
      const { state, limit } = context.req.valid("query");
      const items = state === "open" ? judgementView(host.picture()).alerts : alertHistoryViews(host.picture());
      return context.json({ items: items.slice(0, limit), next: null }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/alerts/figures",
      summary: "Live figures of the alarms after ISA-18.2: rate, flood, stale, chattering, noisiest sources",
      "x-roles": EVERYONE,
      responses: { 200: json(z.looseObject({}).openapi("AlarmFigures"), "The figures.") },
    }),
    (context) => context.json(alertFiguresView(host.picture()) as unknown as Record<string, unknown>, 200),
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/alerts/{id}/acknowledge",
      summary: "A person has seen the alarm and has it in hand",
      "x-roles": OPERATORS,
      request: { params: alertParam, body: body(z.strictObject({ actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { outcome, refusal } = await act(
        { kind: "acknowledge-alert", alertId: context.req.valid("param").id },
        context.req.valid("json").actor,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/alerts/{id}/shelve",
      summary: "Put an alarm off, with a reason and an end; at most 15 minutes for the highest level",
      "x-roles": OPERATORS,
      request: {
        params: alertParam,
        body: body(
          z.strictObject({
            reason: z.string().min(1).max(500),
            minutes: z
              .number()
              .positive()
              .max(24 * 60)
              .default(10),
            actor,
          }),
        ),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { reason, minutes, actor: name } = context.req.valid("json");
      const until = Math.round(now() + minutes * MINUTE) as ReturnType<typeof now>;
      const { outcome, refusal } = await act({ kind: "shelve-alert", alertId: context.req.valid("param").id, reason, until }, name);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/alerts/{id}/unshelve",
      summary: "Bring a shelved alarm back now",
      "x-roles": OPERATORS,
      request: { params: alertParam, body: body(z.strictObject({ actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { outcome, refusal } = await act(
        { kind: "unshelve-alert", alertId: context.req.valid("param").id },
        context.req.valid("json").actor,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );
  for (const kind of ["hold", "release"] as const) {
    api.openapi(
      createRoute({
        method: "post",
        path: `/api/v1/${kind}`,
        summary: kind === "hold" ? "Take a track or an alarm in hand, so that others see who has it" : "Give a track or an alarm back",
        "x-roles": OPERATORS,
        request: { body: body(z.strictObject({ subject: z.string().min(1).max(40).openapi({ example: "T12" }), actor })) },
        responses: ANSWERS,
      }),
      async (context) => {
        const { subject, actor: name } = context.req.valid("json");
        const { outcome, refusal } = await act({ kind, subject }, name);
        return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
      },
    );
  }

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/take-cover",
      summary: "Order people to take cover: to every channel at once; needs nobody's approval",
      "x-roles": OPERATORS,
      request: {
        body: body(
          z.strictObject({
            assetIds: z.array(z.string()).max(100).default([]).openapi({ description: "Empty: the whole site." }),
            text: z.string().max(500).default(""),
            actor,
          }),
        ),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { assetIds, text, actor: name } = context.req.valid("json");
      const { outcome, refusal } = await act({ kind: "take-cover", assetIds, text }, name);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/all-clear",
      summary: "End the order to take cover",
      "x-roles": OPERATORS,
      request: { body: body(z.strictObject({ text: z.string().max(500).default(""), actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { text, actor: name } = context.req.valid("json");
      const { outcome, refusal } = await act({ kind: "all-clear", text }, name);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  const FRIEND = z.looseObject({ id: z.string(), name: z.string(), owner: z.string(), from: z.string() }).openapi("Friend");
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/friends",
      summary: "Own drones and announced flights, with what matches them now",
      "x-roles": EVERYONE,
      responses: { 200: json(z.object({ items: z.array(FRIEND), next: z.string().nullable() }).openapi("Friends"), "The registry.") },
    }),
    (context) => context.json({ items: friendViews(host.picture()) as unknown as z.infer<typeof FRIEND>[], next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/friends",
      summary: "Announce own drones or flights: one, a list, or an operational intent in the shape of ASTM F3548; all are taken or none",
      "x-roles": OPERATORS,
      request: { body: body(z.looseObject({})), query: z.object({ actor }) },
      responses: {
        200: json(z.object({ friendIds: z.array(z.string()) }), "Registered."),
        400: json(problem, "None is taken: one is no announcement; `detail` says where and what was expected, `errors` of each."),
        409: json(problem, "None is taken: one was refused; `detail` says why, `errors` of each."),
      },
    }),
    async (context) => {
      const { actor: name } = context.req.valid("query");
      const parsed = parseFriends(context.req.valid("json"), {
        frame: host.picture().frame,
        now: now(),
        from: "api",
        registeredBy: name,
      });
      if (!parsed.ok) return context.json(trouble(400, "Not an announcement", parsed.error.message, parsed.error.errors), 400);
      const { refusal } = await act({ kind: "register-friends", friends: parsed.value }, name);
      return refusal === undefined ? context.json({ friendIds: parsed.value.map(({ id }) => id) }, 200) : context.json(refusal, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "delete",
      path: "/api/v1/friends/{id}",
      summary: "Take an announcement back",
      "x-roles": OPERATORS,
      request: { params: z.object({ id: z.string() }), query: z.object({ actor }) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { outcome, refusal } = await act(
        { kind: "remove-friend", friendId: context.req.valid("param").id },
        context.req.valid("query").actor,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "put",
      path: "/api/v1/wind",
      summary: "Wind at the site, by a person; null goes back to the configuration",
      "x-roles": OPERATORS,
      request: {
        body: body(
          z.strictObject({
            wind: z
              .strictObject({
                fromDegrees: z.number().min(0).max(360),
                speedMps: z.number().min(0).max(100),
                sigmaMps: z.number().positive().max(50).default(2),
              })
              .nullable(),
            actor,
          }),
        ),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { wind, actor: name } = context.req.valid("json");
      const towards = wind === null ? 0 : ((wind.fromDegrees + 180) * Math.PI) / 180;
      const command: Command = {
        kind: "set-wind",
        wind:
          wind === null
            ? null
            : { east: wind.speedMps * Math.sin(towards), north: wind.speedMps * Math.cos(towards), sigma: wind.sigmaMps },
      };
      const { outcome, refusal } = await act(command, name);
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/judgement",
      summary: "Open alarms, groups, ranking, cover, wind: what the live link sends when it changes",
      "x-roles": EVERYONE,
      responses: { 200: json(z.looseObject({ alerts: z.array(ALERT), ranking: z.array(z.string()) }).openapi("Judgement"), "Now.") },
    }),
    (context) => context.json(judgementView(host.picture()) as never, 200),
  );

  const CHANNEL = z
    .object({
      id: z.string(),
      kind: z.string(),
      target: z.string().openapi({ description: "Where it goes, without secrets." }),
      exercise: z.boolean(),
      waiting: z.number(),
      delivered: z.number(),
      failed: z.number(),
      lastAtUs: z.number().nullable(),
      lastState: z.enum(["sent", "delivered", "retrying", "failed"]).nullable(),
      lastMessage: z.string(),
    })
    .openapi("Channel");
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/channels",
      summary: "Ways to reach people who are not at the console, with what became of the newest message",
      "x-roles": EVERYONE,
      responses: { 200: json(z.object({ items: z.array(CHANNEL), next: z.string().nullable() }).openapi("Channels"), "The channels.") },
    }),
    (context) => context.json({ items: [...options.channels()], next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/channels/{id}/test",
      summary: "Send a test message by one channel; its outcome is in the list of channels",
      "x-roles": OPERATORS,
      request: { params: z.object({ id: z.string() }), body: body(z.strictObject({ actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { outcome, refusal } = await act(
        { kind: "test-channel", channel: context.req.valid("param").id },
        context.req.valid("json").actor,
      );
      return refusal === undefined ? context.json({ commandId: outcome.commandId }, 200) : context.json(refusal, 409);
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/labels",
      summary:
        "People's dismissals and declarations with the features of that moment, one JSON object a line: to fit a site's classifier again",
      "x-roles": ["supervisor", "engineer", "administrator"],
      responses: { 200: { content: { "application/x-ndjson": { schema: z.string() } }, description: "Labels, oldest first." } },
    }),
    (context) => context.body(labelLines(host.picture()), 200, { "content-type": "application/x-ndjson; charset=utf-8" }) as never,
  );
}
