// What people say about tracks as such, over HTTP: notes, and which tracks are one object.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { MOST_ASSOCIATIONS } from "../../core/engine/associations.ts";
import { judgementView } from "../../core/engine/judgement-views.ts";
import { NOTE_LENGTH } from "../../core/engine/track-notes.ts";
import type { Command } from "../../core/model/event.ts";
import type { Identity } from "../../core/model/observation.ts";
import type { PictureHost } from "../live/picture-host.ts";
import type { Operate } from "../operate.ts";
import { problem } from "./api-schemas.ts";

const EVERYONE = ["observer", "operator", "supervisor", "officer", "engineer", "administrator"];
const OPERATORS = ["operator", "supervisor", "officer"];
const MINUTE = 60e6;

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const body = <Shape extends z.ZodType>(schema: Shape) => ({ required: true, content: { "application/json": { schema } } });
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });
const actor = z
  .string()
  .min(1)
  .max(80)
  .default("operator")
  .openapi({ description: "Name of who does it; journalled as not authenticated until accounts exist." });
const reason = z.string().min(1).max(500);
const minutes = z
  .number()
  .positive()
  .max(24 * 60)
  .default(60)
  .openapi({ description: "How long it stands." });
const ANSWERS = {
  200: json(z.object({ commandId: z.string() }), "Done and in the record."),
  400: json(problem, "A parameter is wrong; `detail` says which and what was expected."),
  409: json(problem, "Refused; `detail` says why."),
};
const trackParam = z.object({ id: z.string().openapi({ example: "T12" }) });

export function registerTrackApi(
  api: OpenAPIHono,
  { host, operate }: { readonly host: PictureHost; readonly operate: Operate | undefined },
): void {
  /** Undefined when it was done. */
  async function act(command: Command, name: string): Promise<{ commandId: string } | ReturnType<typeof trouble>> {
    if (operate === undefined) return trouble(409, "Replay", "nothing can be changed in a replay");
    const outcome = await operate(command, { name, authenticated: false });
    return outcome.ok ? { commandId: outcome.commandId } : trouble(409, outcome.code ?? "Refused", outcome.message ?? "refused");
  }
  const expiryOf = (after: number) => Math.round(host.picture().now + after * MINUTE) as ReturnType<PictureHost["picture"]>["now"];

  const NOTE = z
    .object({ id: z.number(), trackId: z.string(), text: z.string(), by: z.string(), authenticated: z.boolean(), atUs: z.number() })
    .openapi("TrackNote");
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/tracks/{id}/notes",
      summary: "What people wrote about a track, oldest first",
      "x-roles": EVERYONE,
      request: { params: trackParam },
      responses: { 200: json(z.object({ items: z.array(NOTE), next: z.string().nullable() }).openapi("TrackNotes"), "The notes.") },
    }),
    (context) => {
      const { id } = context.req.valid("param");
      return context.json({ items: (judgementView(host.picture()).notes ?? []).filter(({ trackId }) => trackId === id), next: null }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/tracks/{id}/notes",
      summary: "Write a note about a track; it is told to everybody at a screen",
      "x-roles": OPERATORS,
      request: { params: trackParam, body: body(z.strictObject({ text: z.string().min(1).max(NOTE_LENGTH), actor })) },
      responses: ANSWERS,
    }),
    async (context) => {
      const { text, actor: name } = context.req.valid("json");
      const done = await act({ kind: "track-note", trackId: context.req.valid("param").id, text }, name);
      return "commandId" in done ? context.json(done, 200) : context.json(done, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/tracks/{id}/split",
      summary:
        "A person says that what one sensor sees of the track, or what is heard under one name, is another object; the correlator cannot undo it",
      "x-roles": OPERATORS,
      request: {
        params: trackParam,
        body: body(
          z.strictObject({
            sensorId: z.string().min(1).max(200).optional().openapi({ description: "Give this or identity." }),
            identity: z
              .strictObject({ scheme: z.string().min(1).max(40), value: z.string().min(1).max(200) })
              .optional()
              .openapi({ description: "One of the track's identities." }),
            reason,
            minutes,
            actor,
          }),
        ),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { sensorId, identity, reason: why, minutes: after, actor: name } = context.req.valid("json");
      if ((sensorId === undefined) === (identity === undefined))
        return context.json(trouble(400, "Wrong parameter", "sensorId, identity: expected exactly one of them"), 400);
      const done = await act(
        {
          kind: "split-track",
          trackId: context.req.valid("param").id,
          ...(sensorId === undefined ? {} : { sensorId }),
          ...(identity === undefined ? {} : { identity: identity as Identity }),
          reason: why,
          expiresAt: expiryOf(after),
        },
        name,
      );
      return "commandId" in done ? context.json(done, 200) : context.json(done, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/tracks/{id}/merge",
      summary: "A person says that another track is this object; it is shown under this name, and the correlator cannot undo it",
      "x-roles": OPERATORS,
      request: {
        params: trackParam,
        body: body(z.strictObject({ otherId: z.string().min(1).max(40).openapi({ example: "T13" }), reason, minutes, actor })),
      },
      responses: ANSWERS,
    }),
    async (context) => {
      const { otherId, reason: why, minutes: after, actor: name } = context.req.valid("json");
      const trackId = context.req.valid("param").id;
      const done = await act({ kind: "merge-tracks", trackId, otherId, reason: why, expiresAt: expiryOf(after) }, name);
      return "commandId" in done ? context.json(done, 200) : context.json(done, 409);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/associations",
      summary: `Splits and merges that people ordered and that stand, at most ${MOST_ASSOCIATIONS}`,
      "x-roles": EVERYONE,
      responses: {
        200: json(
          z.object({
            items: z.array(z.looseObject({ id: z.number(), kind: z.enum(["split", "merge"]), trackId: z.string() })),
            next: z.string().nullable(),
          }),
          "Oldest first.",
        ),
      },
    }),
    (context) => context.json({ items: (judgementView(host.picture()).associations ?? []).map((each) => ({ ...each })), next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "delete",
      path: "/api/v1/associations/{id}",
      summary: "Take a split or a merge back",
      "x-roles": OPERATORS,
      request: { params: z.object({ id: z.coerce.number().int().min(1) }), query: z.object({ actor }) },
      responses: ANSWERS,
    }),
    async (context) => {
      const done = await act(
        { kind: "withdraw-association", associationId: context.req.valid("param").id },
        context.req.valid("query").actor,
      );
      return "commandId" in done ? context.json(done, 200) : context.json(done, 409);
    },
  );
}
