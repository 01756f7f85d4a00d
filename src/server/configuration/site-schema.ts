// The one schema of site.yaml: the check on start, the types, and the reference page (docs/operating/configuration.md) are made
// from it. Files carry no types, so every quantity wears its unit in its name.

import { z } from "zod";
import { camerasSchema } from "./camera-schema.ts";
import { channelSchema } from "./channel-schema.ts";
import { httpSchema } from "./http-schema.ts";
import { outputsSchema } from "./output-schemas.ts";
import { responseSchema } from "./response-schema.ts";
import { signInSchema } from "./sign-in-schema.ts";
import { tlsSchema } from "./tls-schema.ts";

const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40")
  .meta({ description: "Identifier: small letters, digits and hyphens." });
const latitude = z.number().min(-90).max(90).meta({ description: "Degrees north, WGS84." });
const longitude = z.number().min(-180).max(180).meta({ description: "Degrees east, WGS84." });
const positive = (description: string) => z.number().positive().meta({ description });
const notNegative = (description: string) => z.number().min(0).meta({ description });

export const positionSchema = z
  .strictObject({
    latitudeDegrees: latitude,
    longitudeDegrees: longitude,
    heightHaeMetres: z
      .number()
      .min(-500)
      .max(20_000)
      .optional()
      .meta({ description: "Above the WGS84 ellipsoid. Give this or heightAmslMetres." }),
    heightAmslMetres: z.number().min(-500).max(20_000).optional().meta({ description: "Above mean sea level (EGM96)." }),
  })
  .refine(
    (value) => (value.heightHaeMetres === undefined) !== (value.heightAmslMetres === undefined),
    "give exactly one of heightHaeMetres and heightAmslMetres",
  );

const heightSchema = z
  .strictObject({
    amslMetres: z.number().optional().meta({ description: "Above mean sea level (EGM96)." }),
    haeMetres: z.number().optional().meta({ description: "Above the WGS84 ellipsoid." }),
    pressureMetres: z.number().optional().meta({ description: "Pressure altitude (flight level x 30.48)." }),
    aboveTakeoffMetres: z.number().optional().meta({ description: "Above the ground of the site." }),
  })
  .refine((value) => Object.values(value).filter((height) => height !== undefined).length === 1, "give exactly one height");

const sourceSchema = z
  .strictObject({
    id: identifier,
    protocol: z
      .enum([
        "sapient",
        "asterix",
        "beast",
        "avr",
        "sbs",
        "readsb-json",
        "remote-id-json",
        "remote-id-capture",
        "dji-droneid",
        "cot",
        "mavlink",
      ])
      .meta({
        description:
          "What is spoken: sapient (BSI Flex 335 v2), asterix, beast and avr (Mode S frames), sbs (BaseStation lines), readsb-json (aircraft.json), remote-id-json, remote-id-capture (pcap or pcapng), dji-droneid (demodulated payloads), cot (Cursor on Target XML and TAK protocol), mavlink.",
      }),
    origin: z
      .enum(["live", "simulated", "recorded", "exercise"])
      .default("live")
      .meta({ description: "Where the data really comes from. Anything but live is labelled everywhere and never fuses with live." }),
    timeBasis: z.enum(["receive", "sensor", "sensor-shifted"]).default("receive").meta({
      description:
        "Which clock dates measurements: the server's on receipt, the sensor's own, or the sensor's own moved to now (for recordings).",
    }),
    listen: z
      .string()
      .optional()
      .meta({ description: "udp://HOST:PORT or tcp://HOST:PORT to wait on. A multicast group in place of HOST is joined." }),
    connect: z.string().optional().meta({ description: "tcp://HOST:PORT to connect to, again and again with back-off." }),
    subscribe: z.string().optional().meta({ description: "mqtt://[USER:PASSWORD@]HOST:PORT/TOPIC to subscribe to." }),
    user: z.string().min(1).optional().meta({ description: "User name for the broker, when it is not in the address." }),
    passwordFile: z.string().optional().meta({
      description: "File whose first line is the password for the broker, relative to this one. Keeps the password out of this file.",
    }),
    passwordEnvironment: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable")
      .optional()
      .meta({ description: "Environment variable that holds the password for the broker." }),
    tls: tlsSchema,
    file: z.string().optional().meta({ description: "A recording to read once at start, as fast as it can be taken." }),
    interface: z.string().optional().meta({ description: "Address of the network interface that joins the multicast group." }),
    allow: z.array(z.string()).default([]).meta({
      description:
        "Addresses or networks (192.0.2.7, 192.0.2.0/24) that may send. Empty allows all, and the source is shown as unauthenticated.",
    }),
    maxConnections: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .meta({ description: "TCP connections at a time, three quarters of them from one address; further ones are closed and counted." }),
    queuePackets: z.int().min(16).max(1_000_000).default(20_000).meta({
      description:
        "Packets that may wait for the picture. Beyond, TCP senders are made to wait; of datagrams the newest of the busiest sender is dropped and counted.",
    }),
    idleTimeoutSeconds: positive(
      "Silence after which a TCP connection is given up and made again; so is one that brings no whole message in twice that time. Default 60; 200 for sapient, whose nodes may speak once a minute.",
    ).optional(),
    editions: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'ASTERIX editions: "048": "1.32", or for one sensor "23/2:048": "1.23".' }),
    beastTimestamps: z.enum(["12mhz", "gps"]).optional().meta({ description: "What the time stamps of a Beast receiver count." }),
    nodeId: z.uuid().optional().meta({ description: "UUID of this Picket as SAPIENT fusion node." }),
    icdVersion: z.string().optional().meta({ description: "Text that a SAPIENT peer wants in icd_version." }),
    allowedNodes: z.array(z.string()).optional().meta({ description: "SAPIENT node ids that may register; absent allows all." }),
    signingKeyFile: z.string().optional().meta({
      description:
        "MAVLink: file with the signing key, 32 octets or 64 hexadecimal digits, relative to this one. Every frame without a genuine, newer signature is then refused, and what own vehicles say counts as authenticated.",
    }),
    strict: z.boolean().optional().meta({ description: "Reject what a lenient reader would repair with a warning." }),
  })
  .refine(
    (value) => [value.listen, value.connect, value.subscribe, value.file].filter((way) => way !== undefined).length === 1,
    "give exactly one of listen, connect, subscribe and file",
  );

const sensorSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1).max(80).optional().meta({ description: "Shown to the operator; the id when absent." }),
  kind: z
    .enum(["radar", "radar-2d", "rf-direction-finder", "rf-tdoa", "remote-id", "adsb", "camera", "acoustic", "track-feed", "other"])
    .meta({ description: "What it is; decides the default accuracies." }),
  source: identifier.meta({ description: "Id of the source that carries it." }),
  key: z.string().optional().meta({
    description: 'Which sensor of the source: ASTERIX "SAC/SIC", a SAPIENT node_id, a receiver id. Absent: everything on the source.',
  }),
  position: positionSchema.optional().meta({ description: "Where it stands. Needed for ranges and bearings unless the sensor tells it." }),
  north: z.enum(["true", "magnetic", "grid", "platform"]).default("true").meta({ description: "North to which its azimuths count." }),
  noise: z
    .strictObject({
      rangeMetres: positive("1 sigma.").optional(),
      azimuthDegrees: positive("1 sigma.").optional(),
      elevationDegrees: positive("1 sigma.").optional(),
      rangeRateMps: positive("1 sigma.").optional(),
      horizontalMetres: positive("1 sigma of reported positions, each axis.").optional(),
      verticalMetres: positive("1 sigma of reported heights.").optional(),
    })
    .default({})
    .meta({ description: "Accuracy where a message does not carry its own." }),
  fieldOfView: z
    .strictObject({
      rangeMinMetres: notNegative("Nearest detection.").default(0),
      rangeMaxMetres: positive("Farthest detection."),
      azimuthCentreDegrees: z
        .number()
        .min(-360)
        .max(360)
        .default(0)
        .meta({ description: "Middle of the sector, clockwise from true north." }),
      azimuthWidthDegrees: positive("Width of the sector; 360 is all round.").max(360).default(360),
      elevationMinDegrees: z.number().min(-90).max(90).default(-10),
      elevationMaxDegrees: z.number().min(-90).max(90).default(90),
    })
    .optional()
    .meta({ description: "Where it can see. No detection outside costs a track nothing." }),
  updatePeriodSeconds: positive("Time between two looks at the same place.").optional(),
  detectionProbability: z.number().gt(0).max(1).optional().meta({ description: "Starting value; estimated on line." }),
  falseDetectionsPerScan: notNegative("Starting value for the whole field of view; estimated on line.").optional(),
  staleAfterSeconds: positive("Silence after which it is shown STALE.").default(10),
  offlineAfterSeconds: positive("Silence after which it is shown OFFLINE.").default(60),
});

export const assetSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1).max(80),
  position: positionSchema,
  radiusMetres: positive("Keep-out distance.").default(500),
  weight: positive("Larger is more important.").default(1),
});

export const scheduleSchema = z.strictObject({
  days: z
    .array(z.enum(["sun", "mon", "tue", "wed", "thu", "fri", "sat"]))
    .default([])
    .meta({ description: "Empty means every day, UTC." }),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "HH:MM, UTC"),
  to: z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, "HH:MM, UTC; before `from` means over midnight"),
});

export const zoneSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1).max(120),
  kind: z.enum(["keep-out", "alert", "restricted", "information"]),
  polygon: z
    .array(z.tuple([longitude, latitude]))
    .min(3)
    .max(10_000)
    .meta({ description: "Corners as [longitudeDegrees, latitudeDegrees], as in GeoJSON." }),
  floor: heightSchema.optional(),
  ceiling: heightSchema.optional(),
  schedule: scheduleSchema.optional(),
});

const windSchema = z.strictObject({
  fromDegrees: z.number().min(0).max(360).meta({ description: "Where the wind comes from, clockwise from true north." }),
  speedMps: notNegative("Speed over ground."),
  sigmaMps: positive("1 sigma of each component.").default(2),
});

const attentionSchema = z
  .strictObject({
    score: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ description: "Threat score from which a person must assess an inbound track; below it a listed rule may." }),
    assessSeconds: positive("Time to assess an inbound track.").default(20),
    urgentSeconds: positive("Time to assess one that is near an asset.").default(5),
    urgentBelowSeconds: positive("Near: the time to the asset is shorter than this.").default(60),
    horizonSeconds: positive("Threats are judged this far ahead; long enough for a warning three minutes before an arrival.").default(300),
  })
  .default({ score: 0.5, assessSeconds: 20, urgentSeconds: 5, urgentBelowSeconds: 60, horizonSeconds: 300 });

const alarmSchema = z.strictObject({
  id: identifier.meta({ description: "Of the alarm that changes; docs/alarms.md lists them." }),
  level: z
    .union([z.literal(1), z.literal(2), z.literal(3)])
    .optional()
    .meta({ description: "1 is the highest." }),
  enabled: z.boolean().optional(),
  onDelaySeconds: notNegative("The condition must hold so long before it is raised.").optional(),
  offDelaySeconds: notNegative("And be gone so long before it is cleared.").optional(),
});

export const siteFileSchema = z.strictObject({
  site: z.strictObject({
    id: identifier,
    name: z.string().min(1).max(80),
    origin: positionSchema.meta({ description: "Origin of the site's east-north-up frame; the middle of what is protected." }),
    qnhHectopascals: z
      .number()
      .min(850)
      .max(1100)
      .optional()
      .meta({ description: "Pressure reduced to mean sea level. Unknown QNH widens the error of pressure altitudes." }),
  }),
  http: httpSchema,
  signIn: signInSchema,
  sources: z.array(sourceSchema).default([]),
  sensors: z.array(sensorSchema).default([]),
  assets: z.array(assetSchema).default([]),
  zones: z.array(zoneSchema).default([]),
  zonesFrom: z
    .array(
      z.strictObject({
        file: z.string().meta({ description: "GeoJSON, KML, ED-269 or ED-318 file, relative to this one." }),
        kind: z
          .enum(["keep-out", "alert", "restricted", "information"])
          .default("information")
          .meta({ description: "Kind given to zones whose file does not say one." }),
      }),
    )
    .default([])
    .meta({ description: "Zones taken from other files." }),
  cameras: camerasSchema(positionSchema),
  baseMap: z
    .strictObject({
      file: z.string().min(1).meta({ description: "PMTiles or MBTiles file of pictures or vector tiles, relative to this one." }),
    })
    .optional()
    .meta({
      description:
        "The site's own map beneath the tracks. Absent: borders and towns from the build. A file that cannot be read is told, and stops nothing.",
    }),
  associatedFiles: z
    .strictObject({
      allow: z
        .array(
          z
            .url({ protocol: /^https?$/ })
            .refine((text) => URL.canParse(text) && new URL(text).username === "", "an address without a user or password in it")
            .meta({ description: "http(s)://HOST[:PORT]/FOLDER/ of a sensor; what lies below it may be fetched." }),
        )
        .max(64)
        .default([])
        .meta({
          description:
            "Addresses below which the server may fetch pictures and clips that sensors name, when a person asks. None by default.",
        }),
    })
    .optional()
    .meta({ description: "Pictures and clips that SAPIENT sensors name in their messages. No browser ever fetches them." }),
  outputs: outputsSchema,
  wind: windSchema.optional().meta({ description: "Wind at the site, where no feed tells it: a balloon goes with it, a drone does not." }),
  attention: attentionSchema.meta({ description: "When an inbound track must have been assessed, and by whom." }),
  alarms: z.array(alarmSchema).default([]).meta({ description: "Changes to the alarms that Picket comes with." }),
  response: responseSchema.optional().meta({ description: "Who must agree to which response. Absent: no case can be opened." }),
  channels: z.array(channelSchema).default([]).meta({ description: "Ways to reach people who are not at the console. None by default." }),
  friendsFrom: z
    .array(
      z.strictObject({
        file: z.string().meta({ description: "JSON or YAML file of own drones and announced flights, relative to this one." }),
      }),
    )
    .default([])
    .meta({ description: "Own drones and announced flights: each with its volumes, times and identities." }),
  journal: z
    .strictObject({
      diskBudgetGigabytes: positive("All journals together; the oldest segments make room.").default(20),
      segmentMegabytes: positive("A segment is closed at this size.").default(256),
      segmentMinutes: positive("A segment is closed after this time.").default(60),
      anchors: z
        .array(
          z.union([
            z.strictObject({
              file: z
                .string()
                .min(1)
                .meta({ description: "One line each time is added to this file, relative to this one; on another disk." }),
            }),
            z.strictObject({
              url: z.url({ protocol: /^https?$/ }).meta({ description: "Gets one POST of JSON each time; redirects are not followed." }),
              authorizationFile: z
                .string()
                .optional()
                .meta({ description: "File whose first line is the value of the Authorization header." }),
            }),
          ]),
        )
        .max(10)
        .default([])
        .meta({
          description: "Where the journal's newest seal is noted outside the journal, so that a record that was rolled back shows.",
        }),
      anchorSeconds: positive("How often it is noted; 60 at most.").max(60).default(60),
    })
    .default({ diskBudgetGigabytes: 20, segmentMegabytes: 256, segmentMinutes: 60, anchors: [], anchorSeconds: 60 }),
  history: z
    .strictObject({
      keepDays: positive("Searchable for so long; what ended earlier leaves the history, not the journal.").default(365),
      maximumMegabytes: positive("Size of the history's file; the oldest makes room.").default(2048),
    })
    .default({ keepDays: 365, maximumMegabytes: 2048 })
    .meta({ description: "The searchable history, a projection of the journal that can be made again." }),
});

export type SiteFile = z.infer<typeof siteFileSchema>;
export type SourceFile = SiteFile["sources"][number];
export type PositionFile = z.infer<typeof positionSchema>;
export type ZoneFile = z.infer<typeof zoneSchema>;
export type AssetFile = z.infer<typeof assetSchema>;
