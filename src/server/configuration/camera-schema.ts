// The `cameras` section of site.yaml: pan-tilt cameras that operators may turn to a track.

import { z } from "zod";
import { metres, RADIANS_PER_DEGREE, radians, seconds } from "../../core/base/units.ts";
import type { CameraConfiguration } from "../../core/model/camera.ts";
import type { GeodeticPosition } from "../../core/model/site.ts";
import { tlsSchema } from "./tls-schema.ts";

const httpAddress = (description: string) =>
  z
    .string()
    .refine((text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, username, password } = new URL(text);
      return /^https?:$/.test(protocol) && username === "" && password === "";
    }, "http://HOST[:PORT]/PATH or https://..., without a user or password in it")
    .meta({ description });

/** `position` is the schema of a place, which belongs to site-schema.ts. */
export const camerasSchema = <Position extends z.ZodType>(position: Position) =>
  z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40")
          .meta({ description: "Identifier: small letters, digits and hyphens." }),
        name: z.string().min(1).max(80).optional().meta({ description: "Shown to the operator; the id when absent." }),
        position,
        onvif: httpAddress("Device service of the camera, most often http://HOST/onvif/device_service."),
        user: z.string().min(1).max(64).optional().meta({ description: "User of the camera that may move it." }),
        passwordFile: z.string().optional().meta({ description: "File whose first line is the password, relative to this one." }),
        passwordEnvironment: z.string().optional().meta({ description: "Environment variable that holds the password." }),
        tls: tlsSchema,
        profile: z
          .string()
          .max(64)
          .optional()
          .meta({ description: "Token of the media profile; the first with pan and tilt when absent." }),
        positions: z.enum(["degrees", "generic"]).default("degrees").meta({
          description: "degrees: positions in degrees where the camera has them. generic: its normalised positions, which need landmarks.",
        }),
        mount: z
          .strictObject({
            headingDegrees: z.number().min(-360).max(360).default(0).meta({ description: "Where pan 0 looks, clockwise from true north." }),
            pitchDegrees: z.number().min(-30).max(30).default(0).meta({ description: "The forward axis is raised by so much." }),
            rollDegrees: z.number().min(-30).max(30).default(0).meta({ description: "The right side is lowered by so much." }),
          })
          .default({ headingDegrees: 0, pitchDegrees: 0, rollDegrees: 0 })
          .meta({ description: "How it stands until landmarks say it better; trusted to 2 degrees." }),
        lens: z
          .strictObject({
            widestDegrees: z.number().gt(0).max(170).meta({ description: "Horizontal field of view, zoomed out." }),
            narrowestDegrees: z.number().gt(0).max(170).meta({ description: "Horizontal field of view, zoomed in." }),
          })
          .refine((lens) => lens.narrowestDegrees <= lens.widestDegrees, "narrowestDegrees at most widestDegrees")
          .default({ widestDegrees: 60, narrowestDegrees: 2.3 }),
        panDegreesPerSecond: z.number().positive().max(1000).default(60).meta({ description: "Fastest turn." }),
        tiltDegreesPerSecond: z.number().positive().max(1000).default(40),
        latencySeconds: z.number().min(0).max(5).default(0.3).meta({ description: "From the command to the motors." }),
        rangeMaxMetres: z.number().positive().optional().meta({ description: "Beyond, a track is out of its reach." }),
        pictureUrl: httpAddress(
          "JPEG, or MJPEG stream, shown in the console; the camera's own answer on the same host when absent. The password goes to the camera's host alone.",
        ).optional(),
        holdSeconds: z.number().min(10).max(86_400).default(600).meta({ description: "A hold by hand ends by itself after this." }),
        rulePeriodSeconds: z.number().min(1).max(60).default(3).meta({ description: "Time between two turns of a standing rule." }),
        exercise: z.boolean().default(false).meta({ description: "It may be turned to simulated, recorded and exercise tracks." }),
      }),
    )
    .default([])
    .meta({ description: "Pan-tilt cameras that speak ONVIF. One operator's press, or a rule that an operator switched on, turns them." });

export type CameraFile = z.infer<ReturnType<typeof camerasSchema<z.ZodType<unknown>>>>[number];

/** What the core needs to know. */
export function toCamera(file: CameraFile, position: GeodeticPosition): CameraConfiguration {
  const degrees = (value: number) => radians(value * RADIANS_PER_DEGREE);
  return {
    id: file.id,
    name: file.name ?? file.id,
    position,
    heading: degrees(file.mount.headingDegrees),
    pitch: degrees(file.mount.pitchDegrees),
    roll: degrees(file.mount.rollDegrees),
    exercise: file.exercise,
    holdFor: seconds(file.holdSeconds),
    rulePeriod: seconds(file.rulePeriodSeconds),
    ...(file.rangeMaxMetres === undefined ? {} : { rangeMax: metres(file.rangeMaxMetres) }),
  };
}
