// Shapes of the API's answers. The compiler holds them to the views of core/model/picture-view.ts.

import { z } from "@hono/zod-openapi";
import { DISMISSAL_REASONS } from "../../core/model/alert.ts";
import { CLASS_NAMES, FINDING_CODES } from "../../core/model/identity.ts";
import type { AlertView, OutputView, SensorView, SiteView, SourceView, SystemView, TrackView } from "../../core/model/picture-view.ts";

const origin = z.enum(["live", "simulated", "recorded", "exercise"]);
const freshness = z.enum(["LIVE", "DEGRADED", "STALE", "OFFLINE"]);
const affiliation = z.enum(["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"]);
const place = z.object({
  latitudeDegrees: z.number(),
  longitudeDegrees: z.number(),
  heightHaeMetres: z.number().nullable().openapi({ description: "Above the WGS84 ellipsoid; null: unknown." }),
  heightAmslMetres: z.number().nullable().openapi({ description: "Above mean sea level (EGM96)." }),
});
const text = z.string().optional();

const claim = z
  .object({
    sensorId: z.string(),
    heardAtUs: z.number(),
    serial: text,
    sessionId: text,
    caaRegistration: text,
    operatorId: text,
    callsign: text,
    icao24: text,
    squawk: text,
    category: text,
    model: text,
    description: text,
    emergency: text,
    operationalStatus: text,
    onGround: z.boolean().optional(),
    heightAboveTakeoffMetres: z.number().optional(),
    claimedAffiliation: affiliation.optional(),
    transport: text,
    files: z
      .array(z.object({ type: z.string(), url: z.string() }))
      .optional()
      .openapi({
        description:
          "Addresses of pictures or clips that the sensor names. `/tracks/{id}/file` fetches one from an allowed address; a browser should not.",
      }),
    operator: place.extend({ kind: z.enum(["take-off", "live", "fixed"]) }).optional(),
  })
  .openapi("Claim", { description: "What the object or a partner says of it. Evidence, never identity." });

const className = z.enum(CLASS_NAMES);

export const SENTENCE = z
  .object({ key: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])), text: z.string() })
  .openapi("Sentence", { description: "By its key in the catalogue, with its values; `text` is English." });

const FINDING = SENTENCE.extend({
  code: z.enum(FINDING_CODES),
  atUs: z.number(),
  confidence: z.number(),
  tracks: z.array(z.string()),
}).openapi("Finding", { description: "A contradiction found while identifying." });

const DECLARATION = z
  .object({
    question: z.enum(["class", "affiliation"]),
    value: z.string(),
    by: z.string(),
    authenticated: z.boolean(),
    atUs: z.number(),
    reason: z.string(),
    expiresAtUs: z.number(),
  })
  .openapi("Declaration", { description: "A person's statement beside the estimate." });

export const TRACK = z
  .object({
    id: z.string(),
    status: z.enum(["tentative", "confirmed", "coasting"]),
    origin,
    freshness,
    existence: z.number(),
    firstAtUs: z.number(),
    atUs: z.number(),
    measuredAtUs: z.number(),
    position: place,
    eastMetres: z.number(),
    northMetres: z.number(),
    upMetres: z.number(),
    velocityEastMps: z.number(),
    velocityNorthMps: z.number(),
    velocityUpMps: z.number(),
    speedMps: z.number(),
    courseDegrees: z.number(),
    ellipse: z
      .object({ semiMajorMetres: z.number(), semiMinorMetres: z.number(), azimuthDegrees: z.number() })
      .openapi({ description: "95 % horizontal ellipse." }),
    verticalSigmaMetres: z.number().nullable(),
    affiliation,
    automaticAffiliation: affiliation.openapi({
      description: "What automation says: at most suspect one way and assumed-friend the other.",
    }),
    classification: z.string().openapi({ description: "Newest words of a sensor or broadcast about the class." }),
    className,
    classConfidence: z.number(),
    manned: z.number().openapi({ description: "0..1 that people are aboard." }),
    uas: z.number().openapi({ description: "0..1 that it is an unmanned aircraft." }),
    conflict: z.number().openapi({ description: "0..1: how far the sources contradict each other about whose it is." }),
    declarations: z.array(DECLARATION),
    findings: z.array(FINDING),
    friendId: z.string().nullable(),
    groupId: z.string().nullable(),
    heldBy: z.string().nullable().openapi({ description: "Operator who has it in hand." }),
    threat: z
      .object({
        score: z.number(),
        assetId: z.string().nullable(),
        distanceMetres: z.number().nullable(),
        timeToZoneSeconds: z.number().nullable(),
        reaches: z
          .object({ kind: z.enum(["asset", "zone"]), id: z.string(), distanceMetres: z.number() })
          .nullable()
          .openapi({ description: "What the keep-out that is reached first is of: to this `timeToZoneSeconds` counts." }),
        entryProbability: z.number(),
        inbound: z.boolean(),
      })
      .openapi("TrackThreat", { description: "A ranking against the protected assets, and no proposal." }),
    attention: z
      .object({
        state: z.enum(["not-inbound", "due", "overdue", "assessed", "dismissed", "reopened"]),
        assessByUs: z.number().nullable(),
        needs: z.enum(["person", "rule"]),
        assessedAtUs: z.number().nullable(),
        by: z.string().nullable(),
        rule: SENTENCE.nullable(),
        reason: z.enum(DISMISSAL_REASONS).nullable(),
        text: z.string().nullable(),
        reopenedBecause: z.string().nullable(),
      })
      .openapi("Attention", { description: "How the track stands with the attention guard." }),
    identities: z.array(z.object({ scheme: z.string(), value: z.string() })),
    claims: z.array(claim),
    contributions: z.array(z.object({ sensorId: z.string(), lastAtUs: z.number(), detections: z.number() })),
  })
  .openapi("Track");

export const SENSOR_TASK = z
  .object({
    id: z.string(),
    commandId: z.string(),
    what: z.string(),
    phase: z.enum(["refused", "sent", "accepted", "completed", "rejected", "failed", "timed-out", "cancelled"]),
    reason: z.string(),
    orderedBy: z.string(),
    rule: z.string().nullable(),
    orderedAtUs: z.number(),
    changedAtUs: z.number(),
    sendings: z.number(),
  })
  .openapi("SensorTask", { description: "What was asked of a sensor, and what became of it." });

export const ALERT = z
  .object({
    id: z.string(),
    definitionId: z.string(),
    subject: z.string(),
    origin,
    level: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    state: z.enum(["raised", "acknowledged", "shelved", "returned", "cleared"]),
    raisedAtUs: z.number(),
    lastAtUs: z.number(),
    acknowledgedAtUs: z.number().nullable(),
    acknowledgedBy: z.string().nullable(),
    shelvedUntilUs: z.number().nullable(),
    shelvedBy: z.string().nullable(),
    shelvedReason: z.string().nullable(),
    clearedAtUs: z.number().nullable(),
    heldBy: z.string().nullable(),
    tracks: z.array(z.string()),
    assetId: z.string().nullable(),
    condition: SENTENCE,
    action: SENTENCE.openapi({ description: "What the operator is to do." }),
    repeats: z.number(),
  })
  .openapi("Alert");

export const SENSOR = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    sourceId: z.string(),
    key: z.string(),
    origin,
    freshness,
    configured: z.boolean(),
    notes: z.array(z.string()),
    state: z.enum(["operational", "degraded", "fault", "off", "goodbye", "unknown"]),
    position: place.nullable(),
    lastAtUs: z.number().nullable(),
    detectionsPerSecond: z.number(),
    detections: z.number(),
    clockOffsetSeconds: z.number().nullable(),
    rangeMaxMetres: z.number().nullable(),
    azimuthCentreDegrees: z.number().nullable(),
    azimuthWidthDegrees: z.number().nullable(),
    tasking: z
      .object({
        nodeId: z.string(),
        refusal: z.string().nullable(),
        mode: z.string(),
        modes: z.array(z.string()),
        commands: z.array(z.string()),
        requests: z.array(z.string()),
        tasks: z.array(SENSOR_TASK),
      })
      .optional()
      .openapi({ description: "What may be asked of a SAPIENT node; absent where nothing can be." }),
  })
  .openapi("Sensor");

export const SOURCE = z
  .object({
    id: z.string(),
    protocol: z.string(),
    origin,
    timeBasis: z.string(),
    direction: z.enum(["listen", "connect", "subscribe", "file"]),
    transport: z.string(),
    host: z.string(),
    port: z.number().nullable(),
    state: z.enum(["starting", "listening", "connecting", "connected", "retrying", "failed", "stopped", "ended"]),
    message: z.string(),
    unauthenticated: z.boolean(),
    connections: z.number(),
    packets: z.number(),
    bytes: z.number(),
    packetsPerSecond: z.number(),
    records: z.number(),
    lastAtUs: z.number().nullable(),
    errors: z.array(z.object({ code: z.string(), item: z.string(), count: z.number(), message: z.string(), lastAtUs: z.number() })),
    drops: z.array(z.object({ reason: z.string(), count: z.number() })),
  })
  .openapi("Source");

export const OUTPUT = z
  .object({
    id: z.string(),
    protocol: z.enum(["asterix", "cot", "mqtt", "sapient-recorder", "sapient-parent"]),
    address: z.string().openapi({ example: "udp://239.2.3.1:6969" }),
    exercise: z.boolean().openapi({ description: "Only then does anything but live data go there." }),
    pilotPositions: z.boolean(),
    encrypted: z.boolean(),
    state: z.enum(["off", "starting", "sending", "listening", "connecting", "connected", "retrying", "failed", "stopped"]),
    message: z.string(),
    receivers: z.number(),
    sent: z.number().openapi({ description: "Messages handed to the network since the start." }),
    bytes: z.number(),
    lastAtUs: z.number().nullable(),
    drops: z.array(z.object({ reason: z.string(), count: z.number() })),
  })
  .openapi("Output", { description: "One way out of the site." });

const zoneHeight = z.object({ kind: z.string(), metres: z.number() }).nullable();
export const SITE = z
  .object({
    id: z.string(),
    name: z.string(),
    latitudeDegrees: z.number(),
    longitudeDegrees: z.number(),
    heightHaeMetres: z.number(),
    assets: z.array(
      z.object({ id: z.string(), name: z.string(), latitudeDegrees: z.number(), longitudeDegrees: z.number(), radiusMetres: z.number() }),
    ),
    zones: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        kind: z.string(),
        polygon: z.array(z.tuple([z.number(), z.number()])),
        floor: zoneHeight,
        ceiling: zoneHeight,
        active: z.boolean(),
      }),
    ),
  })
  .openapi("Site");

export const SYSTEM = z
  .object({
    version: z.string(),
    mode: z.enum(["live", "replay"]),
    replay: z
      .object({ file: z.string(), startUs: z.number(), endUs: z.number(), atUs: z.number(), speed: z.number(), playing: z.boolean() })
      .nullable(),
    health: z.enum(["OK", "DEGRADED"]),
    healthReasons: z.array(z.string()),
    journal: z
      .object({ file: z.string(), bytes: z.number(), sealedSequence: z.number(), daysLeft: z.number().nullable(), recording: z.boolean() })
      .nullable(),
    sequence: z.number(),
    nowUs: z.number(),
  })
  .openapi("System");

export const API_EVENT = z
  .object({
    sequence: z.number(),
    atUs: z.number(),
    type: z.string(),
    sourceId: z.string().nullable(),
    text: z.string().openapi({ description: "One plain sentence." }),
  })
  .openapi("Event");

export const problem = z
  .object({
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    errors: z
      .array(z.object({ item: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "Of a request about several things: what was wrong with each." }),
  })
  .openapi("Problem");

// A view that gains a field and a schema that does not (or the other way round) stop the build here.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const _same: [
  Same<z.infer<typeof TRACK>, TrackView>,
  Same<z.infer<typeof ALERT>, AlertView>,
  Same<z.infer<typeof SENSOR>, SensorView>,
  Same<z.infer<typeof SOURCE>, SourceView>,
  Same<z.infer<typeof SYSTEM>, SystemView>,
  Same<z.infer<typeof SITE>, SiteView>,
  Same<z.infer<typeof OUTPUT>, OutputView>,
] = [true, true, true, true, true, true, true];
void _same;
