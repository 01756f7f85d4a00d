// Training over HTTP: the exercise that this server is, its score, and starting one beside a server that is at work.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Exercise } from "../training/exercise.ts";
import type { ExerciseLauncher } from "../training/launch-exercise.ts";
import { problem } from "./api-schemas.ts";

const OPERATORS = ["operator", "supervisor", "officer", "administrator"];
const STATE = z.object({
  scene: z.string(),
  title: z.string(),
  seed: z.number(),
  durationSeconds: z.number(),
  state: z.enum(["waiting", "running", "ended"]),
  startedAtUs: z.number().nullable(),
  endsAtUs: z.number().nullable(),
});
const TRAINING = z
  .object({
    exercise: STATE.nullable().openapi({ description: "What this server plays; null: it is no exercise." }),
    mayStart: z.boolean().openapi({ description: "Whether an exercise can be started from here." }),
    scenes: z.array(z.object({ name: z.string(), title: z.string() })),
    running: z
      .object({ scene: z.string(), seed: z.number(), minutes: z.number(), port: z.number() })
      .nullable()
      .openapi({ description: "The exercise that was started from here: a server of its own on loopback." }),
  })
  .openapi("Training");
const time = z.number().nullable();
const SPREAD = z.object({ median: z.number().nullable(), worst: z.number().nullable(), done: z.number() });
const SCORE = z
  .object({
    calledFor: z.number(),
    tracked: z.number(),
    inTime: z.number(),
    acknowledge: SPREAD,
    assess: SPREAD,
    decide: SPREAD,
    needlessAlarms: z.number(),
    mistakes: z.number(),
    objects: z.array(
      z.object({
        object: z.string(),
        family: z.enum(["uas", "bird", "manned", "lta", "ground", "clutter"]),
        calledFor: z.boolean(),
        firstAtUs: z.number(),
        nearestMetres: z.number(),
        nearestAsset: z.string(),
        arrivedAtUs: time,
        trackIds: z.array(z.string()),
        trackedAtUs: time,
        alarmedAtUs: time,
        acknowledgedAtUs: time,
        assessedAtUs: time,
        decidedAtUs: time,
        inTime: z.boolean().nullable(),
        mistakes: z.array(z.enum(["drone-dismissed", "declared-friend", "declared-hostile"])),
      }),
    ),
  })
  .openapi("ExerciseScore", {
    description: "Medians and worst in seconds since the tracker first had an object that a person was called for.",
  });

export interface ExerciseApiOptions {
  /** Absent on a server that is no exercise. */
  readonly exercise: Exercise | undefined;
  /** Absent in an exercise, and where the program cannot start another. */
  readonly launcher: ExerciseLauncher | undefined;
  readonly everyone: string[];
}

export function addExerciseApi(api: OpenAPIHono, { exercise, launcher, everyone }: ExerciseApiOptions): void {
  const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
    content: { "application/json": { schema } },
    description,
  });
  const refused = (detail: string) => ({ title: "Refused", status: 409, detail });
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/exercise",
      summary: "Whether this is an exercise, how far it is, and what can be trained",
      "x-roles": everyone,
      responses: { 200: json(TRAINING, "Training.") },
    }),
    (context) =>
      context.json(
        {
          exercise: exercise?.state() ?? null,
          mayStart: launcher !== undefined,
          scenes: [...(launcher?.scenes ?? [])],
          running: launcher?.running() ?? null,
        },
        200,
      ),
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/exercise",
      summary: "Start an exercise: a server of its own beside this one, on loopback",
      "x-roles": OPERATORS,
      request: {
        body: {
          required: true,
          content: {
            "application/json": {
              schema: z.strictObject({
                scene: z.string().min(1).max(80).default("demo").openapi({ description: "One of `scenes`." }),
                seed: z.number().int().min(0).max(4_294_967_295).default(1).openapi({ description: "The same seed is the same exercise." }),
                minutes: z.number().min(0.1).max(240).default(15),
                actor: z.string().min(1).max(80).default("operator"),
              }),
            },
          },
        },
      },
      responses: {
        200: json(z.object({ url: z.string() }), "It runs; its screen is there."),
        400: json(problem, "A parameter is wrong."),
        409: json(problem, "It cannot be started now; `detail` says why."),
      },
    }),
    async (context) => {
      if (launcher === undefined) return context.json(refused("no exercise can be started from here"), 409);
      const { scene, seed, minutes } = context.req.valid("json");
      const known = launcher.scenes.map(({ name }) => name);
      if (!known.includes(scene))
        return context.json(
          { title: "Wrong parameter", status: 400, detail: `scene: expected one of ${known.join(", ")}, found "${scene}"` },
          400,
        );
      const launched = await launcher.launch({ scene, seed, minutes });
      return launched.ok
        ? context.json({ url: `http://localhost:${launched.value.port}` }, 200)
        : context.json(refused(launched.error), 409);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/exercise/end",
      summary: "End the exercise that this server is, or the one that was started from here",
      "x-roles": OPERATORS,
      responses: { 200: json(z.object({ ending: z.boolean() }), "It ends."), 409: json(problem, "There is none.") },
    }),
    (context) => {
      if (exercise === undefined && launcher?.running() === undefined) return context.json(refused("no exercise is running"), 409);
      exercise?.end();
      launcher?.stop();
      return context.json({ ending: true }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/exercise/score",
      summary: "How it went: times to acknowledge, assess and decide, object by object, against what was really there",
      "x-roles": everyone,
      responses: { 200: json(SCORE, "The score."), 409: json(problem, "It still runs, or this is no exercise.") },
    }),
    async (context) => {
      if (exercise === undefined) return context.json(refused("this server is no exercise"), 409);
      const score = await exercise.score();
      if (!score.ok) return context.json(refused(score.error), 409);
      return context.json(JSON.parse(JSON.stringify(score.value)) as z.infer<typeof SCORE>, 200);
    },
  );
}
