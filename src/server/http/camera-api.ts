// Pan-tilt cameras over HTTP: where they look, who has them, and the commands of people. A slew is one operator's press.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { metres, RADIANS_PER_DEGREE, radians } from "../../core/base/units.ts";
import { camerasOf, cameraViews } from "../../core/engine/cameras.ts";
import { geoidUndulation } from "../../core/geodesy/heights.ts";
import type { CameraView } from "../../core/model/camera.ts";
import type { Command } from "../../core/model/event.ts";
import type { Cameras } from "../cameras/cameras.ts";
import type { PictureHost } from "../live/picture-host.ts";
import type { Operate } from "../operate.ts";
import { problem } from "./api-schemas.ts";

const OPERATORS = ["operator", "supervisor", "officer"];
const ENGINEERS = ["engineer", "supervisor", "administrator"];
const AFFILIATIONS = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"] as const;
const OUTCOMES = ["moving", "on-target", "not-reached", "out-of-reach", "failed", "stopped"] as const;

const CAMERA = z
  .object({
    id: z.string(),
    name: z.string(),
    connection: z.enum(["connecting", "ready", "failed"]),
    message: z.string(),
    exercise: z.boolean(),
    latitudeDegrees: z.number(),
    longitudeDegrees: z.number(),
    heightHaeMetres: z.number(),
    space: z.enum(["degrees", "generic"]).nullable().openapi({ description: "How raw pan and tilt count." }),
    pan: z.number().nullable().openapi({ description: "Raw." }),
    tilt: z.number().nullable().openapi({ description: "Raw." }),
    zoom: z.number().nullable().openapi({ description: "Raw." }),
    azimuthDegrees: z.number().nullable(),
    elevationDegrees: z.number().nullable(),
    fieldOfViewDegrees: z.number().nullable(),
    poseAtUs: z.number().nullable(),
    heldBy: z.string().nullable(),
    heldUntilUs: z.number().nullable(),
    rule: z.object({
      enabled: z.boolean(),
      priorities: z.array(z.enum(AFFILIATIONS)),
      follow: z.string().nullable(),
      by: z.string().nullable(),
    }),
    slew: z
      .object({
        id: z.number(),
        trackId: z.string(),
        by: z.string(),
        rule: z.boolean(),
        atUs: z.number(),
        outcome: z.enum(OUTCOMES),
        reason: z.string(),
        missDegrees: z.number().nullable(),
        azimuthDegrees: z.number().nullable(),
        elevationDegrees: z.number().nullable(),
        rangeMetres: z.number().nullable(),
      })
      .nullable(),
    looksAt: z.string().nullable().openapi({ description: "The slew's track while it is inside the picture." }),
    calibration: z
      .object({
        atUs: z.number(),
        by: z.string(),
        landmarks: z.number(),
        rmsDegrees: z.number(),
        worstDegrees: z.number(),
        sigmaDegrees: z.number(),
        redundancy: z.number(),
      })
      .nullable(),
  })
  .openapi("Camera");
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const _same: Same<z.infer<typeof CAMERA>, CameraView> = true;
void _same;

const RESIDUAL = z.object({
  name: z.string(),
  azimuthDegrees: z.number().openapi({ description: "Across, on the sky." }),
  elevationDegrees: z.number(),
  totalDegrees: z.number(),
});
const CALIBRATION = z
  .object({
    commandId: z.string(),
    headingDegrees: z.number(),
    pitchDegrees: z.number(),
    rollDegrees: z.number(),
    tiltZeroDegrees: z.number(),
    panDegreesPerUnit: z.number(),
    tiltDegreesPerUnit: z.number(),
    panReversed: z.boolean(),
    tiltReversed: z.boolean(),
    fitted: z.array(z.string()).openapi({ description: "Scales that were fitted; others are as the camera says." }),
    rmsDegrees: z.number(),
    worstDegrees: z.number(),
    sigmaDegrees: z.number().openapi({ description: "1 sigma of where it points, at the worst azimuth." }),
    redundancy: z.number().openapi({ description: "0: a mistake in a landmark could not show." }),
    residuals: z.array(RESIDUAL),
  })
  .openapi("CameraCalibration");

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });
const ANSWERS = {
  200: json(z.object({ commandId: z.string() }), "Done and in the record. What becomes of a slew is in the camera's `slew`."),
  400: json(problem, "A parameter is wrong; `detail` says which and what was expected."),
  404: json(problem, "There is no such camera."),
  409: json(problem, "Refused; `title` is for programs, `detail` says why."),
};
const actor = z
  .string()
  .min(1)
  .max(80)
  .default("operator")
  .openapi({ description: "Name of who does it; journalled as not authenticated until accounts exist." });
const params = z.object({ id: z.string().openapi({ example: "mast" }) });
const body = <Shape extends z.ZodType>(schema: Shape) => ({ required: true, content: { "application/json": { schema } } });
const trackId = z.string().min(1).max(40).openapi({ example: "T12" });

export interface CameraApiOptions {
  readonly host: PictureHost;
  /** Both absent in a replay, where nothing can be turned. */
  readonly operate: Operate | undefined;
  readonly cameras: Cameras | undefined;
  readonly everyone: string[];
}

export function addCameraApi(api: OpenAPIHono, options: CameraApiOptions): void {
  const { host, everyone } = options;
  const knows = (id: string) => camerasOf(host.picture()).has(id);
  const noCamera = (id: string) => trouble(404, "Not found", `there is no camera "${id}"`);
  const act = async (command: Command, name: string) => {
    if (options.operate === undefined) return { refusal: trouble(409, "replay", "nothing can be turned in a replay") } as const;
    const outcome = await options.operate(command, { name, authenticated: false });
    return outcome.ok
      ? { commandId: outcome.commandId }
      : { refusal: trouble(409, outcome.code ?? "refused", outcome.message ?? "refused") };
  };

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/cameras",
      summary: "Every camera: where it looks, who has it, its standing rule, its newest slew",
      "x-roles": everyone,
      responses: { 200: json(z.object({ items: z.array(CAMERA), next: z.string().nullable() }).openapi("Cameras"), "The cameras.") },
    }),
    (context) => context.json({ items: cameraViews(host.picture()), next: null }, 200),
  );

  const acts = [
    {
      name: "slew",
      summary: "Turn the camera to a track, once; the answer says whether it is on its way",
      schema: z.strictObject({ trackId, actor }),
      command: (cameraId: string, { trackId }: { trackId: string }): Command => ({ kind: "slew-camera", cameraId, trackId }),
    },
    {
      name: "hold",
      summary: "Take the camera by hand: it stops, and nothing and nobody else turns it until it is released",
      schema: z.strictObject({
        takeOver: z.boolean().default(false).openapi({ description: "Take it from another operator, who is told." }),
        actor,
      }),
      command: (cameraId: string, { takeOver }: { takeOver: boolean }): Command => ({ kind: "hold-camera", cameraId, takeOver }),
    },
    {
      name: "release",
      summary: "Give the camera free",
      schema: z.strictObject({ actor }),
      command: (cameraId: string): Command => ({ kind: "release-camera", cameraId }),
    },
    {
      name: "rule",
      summary: "Switch the camera's standing rule on or off; it is off until an operator switches it on",
      schema: z.strictObject({
        enabled: z.boolean(),
        priorities: z
          .array(z.enum(AFFILIATIONS))
          .max(7)
          .default(["hostile", "suspect"])
          .openapi({ description: "Affiliations that it turns to, the most wanted first; within one, by rank." }),
        follow: trackId.nullable().default(null).openapi({ description: "Stay on this track while it lives, in place of the list." }),
        actor,
      }),
      command: (
        cameraId: string,
        rule: { enabled: boolean; priorities: (typeof AFFILIATIONS)[number][]; follow: string | null },
      ): Command => ({ kind: "camera-rule", cameraId, enabled: rule.enabled, priorities: rule.priorities, follow: rule.follow }),
    },
  ] as const;
  for (const each of acts) {
    api.openapi(
      createRoute({
        method: "post",
        path: `/api/v1/cameras/{id}/${each.name}`,
        summary: each.summary,
        "x-roles": OPERATORS,
        request: { params, body: body(each.schema as z.ZodType<{ actor: string }>) },
        responses: ANSWERS,
      }),
      async (context) => {
        const { id } = context.req.valid("param");
        if (!knows(id)) return context.json(noCamera(id), 404);
        const given = context.req.valid("json");
        const done = await act(each.command(id, given as never), given.actor);
        return done.refusal === undefined ? context.json({ commandId: done.commandId }, 200) : context.json(done.refusal, 409);
      },
    );
  }

  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/cameras/{id}/calibration",
      summary: "Work out how the camera is mounted from three or more landmarks that it was pointed at",
      "x-roles": ENGINEERS,
      request: {
        params,
        body: body(
          z.strictObject({
            landmarks: z
              .array(
                z.strictObject({
                  name: z.string().min(1).max(80),
                  latitudeDegrees: z.number().min(-90).max(90),
                  longitudeDegrees: z.number().min(-180).max(180),
                  heightHaeMetres: z.number().min(-500).max(9000).optional(),
                  heightAmslMetres: z.number().min(-500).max(9000).optional(),
                  pan: z
                    .number()
                    .openapi({ description: "Raw, as the camera's `pan` said with the landmark in the middle of the picture." }),
                  tilt: z.number().openapi({ description: "Raw." }),
                }),
              )
              .min(1)
              .max(16),
            actor,
          }),
        ),
      },
      responses: { ...ANSWERS, 200: json(CALIBRATION, "Recorded and in force, with what is left of the landmarks' errors.") },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      if (!knows(id)) return context.json(noCamera(id), 404);
      const given = context.req.valid("json");
      const units = options.cameras?.units(id);
      if (units === undefined)
        return context.json(trouble(409, "not-ready", "the camera does not answer, so its units are not known"), 409);
      const landmarks = [];
      for (const [index, entry] of given.landmarks.entries()) {
        if ((entry.heightHaeMetres === undefined) === (entry.heightAmslMetres === undefined)) {
          const detail = `landmarks.${index}: give exactly one of heightHaeMetres and heightAmslMetres`;
          return context.json(trouble(400, "Wrong parameter", detail), 400);
        }
        const latitude = radians(entry.latitudeDegrees * RADIANS_PER_DEGREE);
        const longitude = radians(entry.longitudeDegrees * RADIANS_PER_DEGREE);
        const heightHae = metres(entry.heightHaeMetres ?? entry.heightAmslMetres! + geoidUndulation(latitude, longitude));
        landmarks.push({ name: entry.name, position: { latitude, longitude, heightHae }, pan: entry.pan, tilt: entry.tilt });
      }
      const done = await act({ kind: "calibrate-camera", cameraId: id, ...units, landmarks }, given.actor);
      if (done.refusal !== undefined) return context.json(done.refusal, 409);
      const { result } = camerasOf(host.picture()).get(id)!.calibration!;
      const { mount } = result;
      return context.json(
        {
          commandId: done.commandId,
          headingDegrees: degrees(mount.heading),
          pitchDegrees: degrees(mount.pitch),
          rollDegrees: degrees(mount.roll),
          tiltZeroDegrees: degrees(mount.tiltZero),
          panDegreesPerUnit: degrees(mount.panScale),
          tiltDegreesPerUnit: degrees(mount.tiltScale),
          panReversed: result.panReversed,
          tiltReversed: result.tiltReversed,
          fitted: [...result.fitted],
          rmsDegrees: degrees(result.rms),
          worstDegrees: degrees(result.worst),
          sigmaDegrees: degrees(result.sigma),
          redundancy: result.redundancy,
          residuals: result.residuals.map((residual) => ({
            name: residual.name,
            azimuthDegrees: degrees(residual.azimuth),
            elevationDegrees: degrees(residual.elevation),
            totalDegrees: degrees(residual.total),
          })),
        },
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/cameras/{id}/picture",
      summary: "What the camera sees now, passed through: a JPEG, or its MJPEG stream for at most a minute",
      "x-roles": everyone,
      request: {
        params,
        // `at` lets a page ask again for what would otherwise be the same address.
        query: z.object({ form: z.enum(["jpeg", "mjpeg"]).default("jpeg"), at: z.string().max(40).optional() }),
      },
      responses: {
        200: {
          content: { "image/jpeg": { schema: z.string().openapi({ format: "binary" }) } },
          description: "image/jpeg, or multipart/x-mixed-replace.",
        },
        400: ANSWERS[400],
        404: ANSWERS[404],
        409: json(problem, "A replay has no camera."),
        502: json(problem, "The camera gave no picture; `detail` says why."),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      if (!knows(id)) return context.json(noCamera(id), 404);
      const pictures = options.cameras?.pictures(id);
      if (pictures === undefined) return context.json(trouble(409, "replay", "a replay has no camera"), 409);
      if (context.req.valid("query").form === "mjpeg") {
        const stream = await pictures.stream();
        if (!stream.ok) return context.json(trouble(502, "No picture", stream.error), 502);
        return context.body(stream.value.body, 200, { "content-type": stream.value.contentType, "cache-control": "no-store" }) as never;
      }
      const still = await pictures.still();
      if (!still.ok) return context.json(trouble(502, "No picture", still.error), 502);
      return context.body(still.value as Uint8Array<ArrayBuffer>, 200, {
        "content-type": "image/jpeg",
        "cache-control": "no-store",
      }) as never;
    },
  );
}

const degrees = (angle: number) => Math.round((angle / RADIANS_PER_DEGREE) * 1e4) / 1e4;
