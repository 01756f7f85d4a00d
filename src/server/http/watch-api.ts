// The watch over HTTP: what stands now, the hand-overs, giving it and taking it.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { watchSummary } from "../../core/engine/hand-over.ts";
import { handOverViews } from "../../core/engine/hand-over-view.ts";
import type { Command } from "../../core/model/event.ts";
import { HAND_OVER_TEXT, type HandOverView, type WatchSummary } from "../../core/model/hand-over.ts";
import type { PictureHost } from "../live/picture-host.ts";
import type { Operate } from "../operate.ts";
import { problem } from "./api-schemas.ts";

const OPERATORS = ["operator", "supervisor", "officer"];
const id = z.string();
const SUMMARY = z
  .object({
    alarms: z.array(z.object({ id, level: z.number(), heldBy: z.string().nullable() })),
    shelved: z.array(z.object({ id, untilUs: z.number(), reason: z.string() })),
    unassessed: z.array(z.object({ id, state: z.enum(["due", "overdue", "reopened"]) })),
    dismissed: z.array(z.object({ id, by: z.string() })),
    held: z.array(z.object({ id, by: z.string() })),
    friends: z.array(z.object({ id, state: z.enum(["upcoming", "in-force"]), fromUs: z.number(), toUs: z.number() })),
    sensors: z.array(z.object({ id, freshness: z.enum(["DEGRADED", "STALE", "OFFLINE"]) })),
    sources: z.array(z.object({ id, state: z.string() })),
    coverSinceUs: z.number().nullable(),
    more: z.number().openapi({ description: "Entries that had no room: 40 of each kind are given." }),
  })
  .openapi("WatchSummary");
const HAND_OVER = z
  .object({
    id: z.number(),
    atUs: z.number(),
    from: z.string(),
    fromAuthenticated: z.boolean(),
    to: z.string(),
    text: z.string(),
    summary: SUMMARY,
    state: z.enum(["open", "accepted", "lapsed", "replaced"]),
    endedAtUs: z.number().nullable(),
    by: z.string().nullable(),
    byAuthenticated: z.boolean(),
  })
  .openapi("HandOver");
const WATCH = z.object({ now: SUMMARY, handOvers: z.array(HAND_OVER) }).openapi("Watch");

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const actor = z
  .string()
  .min(1)
  .max(80)
  .default("operator")
  .openapi({ description: "Name of who does it, where nobody has to sign in; journalled as not authenticated." });
const body = <Shape extends z.ZodType>(schema: Shape) => ({ required: true, content: { "application/json": { schema } } });
const ANSWERS = {
  200: json(z.object({ commandId: z.string() }), "Done and in the record."),
  400: json(problem, "A parameter is wrong; `detail` says which and what was expected."),
  409: json(problem, "Refused; `detail` says why."),
};

export interface WatchApiOptions {
  readonly host: PictureHost;
  readonly operate: Operate | undefined;
  readonly everyone: string[];
}

export function addWatchApi(api: OpenAPIHono, { host, operate, everyone }: WatchApiOptions): void {
  const act = async (command: Command, name: string) => {
    const refusal = (title: string, detail: string) => ({ refused: { title, status: 409, detail } }) as const;
    if (operate === undefined) return refusal("Replay", "nothing can be changed in a replay");
    const outcome = await operate(command, { name, authenticated: false });
    return outcome.ok ? { commandId: outcome.commandId } : refusal(outcome.code ?? "Refused", outcome.message ?? "refused");
  };
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/watch",
      summary: "What somebody who takes the watch must know now, and the newest hand-overs",
      "x-roles": everyone,
      responses: { 200: json(WATCH, "The watch; hand-overs newest first.") },
    }),
    (context) => {
      const watch: { now: WatchSummary; handOvers: HandOverView[] } = {
        now: watchSummary(host.picture()),
        handOvers: handOverViews(host.picture()),
      };
      return context.json(JSON.parse(JSON.stringify(watch)) as z.infer<typeof WATCH>, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/watch/hand-over",
      summary: "Offer the watch to somebody; what stands at this moment is kept with it",
      "x-roles": OPERATORS,
      request: { body: body(z.strictObject({ to: z.string().min(1).max(80), text: z.string().max(HAND_OVER_TEXT).default(""), actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { to, text, actor: name } = context.req.valid("json");
      const done = await act({ kind: "hand-over-watch", to, text }, name);
      return "commandId" in done ? context.json(done, 200) : context.json(done.refused, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/watch/accept",
      summary: "Take the watch that another person offers; what that person had in hand passes to you",
      "x-roles": OPERATORS,
      request: { body: body(z.strictObject({ handOverId: z.number().int().min(1), actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { handOverId, actor: name } = context.req.valid("json");
      const done = await act({ kind: "accept-watch", handOverId }, name);
      return "commandId" in done ? context.json(done, 200) : context.json(done.refused, 409);
    },
  );
}
