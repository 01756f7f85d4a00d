// What may a person have seen? A report from the phone or the radio, compared with the picture and the sky. It changes nothing.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { MICROS_PER_SECOND, type Micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import { windOf } from "../../core/engine/judgement.ts";
import { evidenceText } from "../../core/identification/evidence-text.ts";
import { type Explanation, explainSighting, SIGHTING_WORDS, type SkyTrack } from "../../core/identification/sky/explain-sighting.ts";
import { parseTwoLineElements, type SatelliteElements } from "../../core/identification/sky/sgp4.ts";
import type { TrackView } from "../../core/model/picture-view.ts";
import { type PictureHost, tracksOf } from "../live/picture-host.ts";
import { problem } from "./api-schemas.ts";

const SIGHTING = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional().openapi({ description: "When it was seen; now when absent." }),
    timeSigmaSeconds: z.number().min(1).max(3600).optional(),
    latitudeDegrees: z.number().min(-90).max(90).optional().openapi({ description: "Of the observer; the site's origin when absent." }),
    longitudeDegrees: z.number().min(-180).max(180).optional(),
    heightHaeMetres: z.number().min(-500).max(9000).optional(),
    azimuthDegrees: z.number().min(0).max(360).openapi({ description: "Clockwise from true north.", example: 240 }),
    azimuthSigmaDegrees: z.number().min(0.1).max(90).optional(),
    elevationDegrees: z.number().min(-10).max(90).optional().openapi({ example: 30 }),
    elevationSigmaDegrees: z.number().min(0.1).max(45).optional(),
    words: z.array(z.enum(SIGHTING_WORDS)).max(SIGHTING_WORDS.length).default(["light"]),
    degreesPerSecond: z.number().min(0).max(360).optional().openapi({ description: "How fast it crossed the sky." }),
    satellites: z
      .array(z.strictObject({ name: z.string().max(40).default(""), line1: z.string().max(80), line2: z.string().max(80) }))
      .max(200)
      .default([])
      .openapi({ description: "Two-line elements; Picket fetches none." }),
  })
  .openapi("Sighting");

const EXPLANATIONS = z
  .object({
    atUs: z.number(),
    items: z.array(
      z.object({
        kind: z.enum(["track", "sun", "moon", "planet", "star", "satellite", "balloon", "none"]),
        name: z.string(),
        trackId: z.string().nullable(),
        probability: z.number(),
        azimuthDegrees: z.number().nullable(),
        elevationDegrees: z.number().nullable(),
        separationDegrees: z.number().nullable(),
        key: z.string(),
        values: z.record(z.string(), z.union([z.string(), z.number()])),
        text: z.string(),
      }),
    ),
    refused: z
      .array(z.object({ name: z.string(), reason: z.string() }))
      .openapi({ description: "Satellites whose elements cannot be used." }),
  })
  .openapi("Explanations");

const inDegrees = (angle: number | undefined): number | null =>
  angle === undefined ? null : Math.round((angle / RADIANS_PER_DEGREE) * 10) / 10;

/** One explanation with units in its names. */
export const explanationView = (one: Explanation) => ({
  kind: one.kind,
  name: one.name,
  trackId: one.trackKey ?? null,
  probability: Math.round(one.probability * 10_000) / 10_000,
  azimuthDegrees: inDegrees(one.azimuth),
  elevationDegrees: inDegrees(one.elevation),
  separationDegrees: inDegrees(one.separation),
  key: one.key,
  values: { ...one.values },
  text: evidenceText(one.key, one.values),
});

/** A track of the picture as an observer might see it. What is contradicted as a broadcast counts by the strongest contradiction. */
export function skyTrackOf(view: TrackView): SkyTrack {
  const phantom = view.findings.find((finding) => finding.code === "no-radar-support" || finding.code === "many-identities-one-emitter");
  return {
    key: view.id,
    ...(view.identities[0] === undefined ? {} : { name: `${view.id} (${view.identities[0].value})` }),
    className: view.className,
    at: view.atUs as Micros,
    latitude: view.position.latitudeDegrees * RADIANS_PER_DEGREE,
    longitude: view.position.longitudeDegrees * RADIANS_PER_DEGREE,
    ...(view.position.heightHaeMetres === null ? {} : { heightHae: view.position.heightHaeMetres }),
    velocity: [view.velocityEastMps, view.velocityNorthMps, view.velocityUpMps],
    sigma: view.ellipse.semiMajorMetres / 2.45, // 95 % of a bivariate normal
    fake: phantom?.confidence ?? 0,
  };
}

export function registerSkyApi(api: OpenAPIHono, options: { readonly host: PictureHost; readonly everyone: readonly string[] }): void {
  const { host } = options;
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sky/explain",
      summary: "What a person may have seen: tracks, planets, stars, satellites, balloons, or none of these; ranked, with probabilities",
      "x-roles": [...options.everyone],
      request: { body: { required: true, content: { "application/json": { schema: SIGHTING } } } },
      responses: {
        200: {
          content: { "application/json": { schema: EXPLANATIONS } },
          description: "Likeliest first; the probabilities sum to 1. Nothing is recorded or changed.",
        },
        400: { content: { "application/json": { schema: problem } }, description: "A value is wrong; `detail` says which." },
      },
    }),
    (context) => {
      const body = context.req.valid("json");
      const picture = host.picture();
      const origin = picture.site?.origin;
      const at = (body.at === undefined ? picture.now : Date.parse(body.at) * 1000) as Micros;
      const satellites: SatelliteElements[] = [];
      const refused: { name: string; reason: string }[] = [];
      for (const one of body.satellites) {
        const read = parseTwoLineElements(one.name, one.line1, one.line2);
        if (read.ok) satellites.push(read.value);
        else refused.push({ name: one.name, reason: read.error.message });
      }
      const rad = (value: number | undefined) => (value === undefined ? undefined : value * RADIANS_PER_DEGREE);
      const wind = windOf(picture);
      const explanations = explainSighting({
        sighting: {
          observer: {
            latitude: rad(body.latitudeDegrees) ?? origin?.latitude ?? 0,
            longitude: rad(body.longitudeDegrees) ?? origin?.longitude ?? 0,
            heightHae: body.heightHaeMetres ?? origin?.heightHae ?? 0,
          },
          at,
          timeSigma: body.timeSigmaSeconds,
          azimuth: body.azimuthDegrees * RADIANS_PER_DEGREE,
          azimuthSigma: rad(body.azimuthSigmaDegrees),
          elevation: rad(body.elevationDegrees),
          elevationSigma: rad(body.elevationSigmaDegrees),
          words: body.words,
          angularRate: rad(body.degreesPerSecond),
        },
        // Only tracks of that time: an old report is compared with the sky alone.
        tracks: Math.abs(at - picture.now) > 300 * MICROS_PER_SECOND ? [] : tracksOf(host).map(skyTrackOf),
        satellites,
        ...(wind === undefined ? {} : { wind }),
      });
      return context.json({ atUs: at, items: explanations.map(explanationView), refused }, 200);
    },
  );
}
