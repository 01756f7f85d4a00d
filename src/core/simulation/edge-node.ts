// A simulated sensor as a SAPIENT edge node: what it says of itself, and its detections.

import { type Micros, micros, RADIANS_PER_DEGREE } from "../base/units.ts";
import { findSensorClass, type SensorClass } from "../model/sensor-classes.ts";
import { TARGET_CLASSES } from "../model/target-classes.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeDetection,
  encodeGoodbye,
  encodeRegistration,
  encodeStatus,
  nextUlid,
  rangeBearing,
  type SenderState,
  type StatusInput,
} from "../protocols/sapient/encode.ts";
import { deriveUuid } from "../protocols/sapient/identifiers.ts";
import { Registration_NodeType } from "../protocols/sapient/sapient-pb.gen.ts";
import type { BearingReport, PlotReport } from "./report.ts";
import { rotates } from "./sensing.ts";
import type { World } from "./world.ts";

/** Plain data. */
export interface EdgeNode {
  readonly sensor: number;
  readonly sender: SenderState;
  readonly description: EdgeNodeDescription;
  readonly status: StatusInput;
}

export const STATUS_INTERVAL = 10; // s, the interface's advice

const NODE_TYPES: Readonly<Record<string, Registration_NodeType>> = {
  NODE_TYPE_RADAR: Registration_NodeType.RADAR,
  NODE_TYPE_PASSIVE_RF: Registration_NodeType.PASSIVE_RF,
  NODE_TYPE_CAMERA: Registration_NodeType.CAMERA,
  NODE_TYPE_ACOUSTIC: Registration_NodeType.ACOUSTIC,
};

/** What micro-Doppler makes of an echo, and how sure a maker's classifier says it is. The confidences are estimates. */
const TURNING_CLASSES = {
  rotor: { path: ["Air Vehicle", "UAV Rotary Wing"], confidence: 0.8 },
  prop: { path: ["Air Vehicle", "UAV Fixed Wing"], confidence: 0.6 },
  flap: { path: ["Animal", "Bird"], confidence: 0.7 },
} as const;
/** The interface names no such field; the registration declares it as one of its own. */
const MICRO_DOPPLER_WORDS = { rotor: "rotor", prop: "propeller", flap: "flap", none: "none" } as const;
const IMAGE_CONFIDENCE = 0.9;

/** The node of one sensor of a world. Its identifier is always the same for the same scene and sensor. */
export function createEdgeNode(world: World, sensor: number): EdgeNode {
  const spec = world.scene.sensors[sensor];
  const sensorClass = findSensorClass(spec.class) as SensorClass;
  const coverage = sensorClass.coverage;
  const elevationMin = coverage?.elevationMin ?? 0;
  const elevationMax = coverage?.elevationMax ?? 0;
  const place = world.sensors[sensor].frame.origin;
  const rangeMax = spec.rangeMaxMetres ?? coverage?.rangeMax ?? 0;
  const classes =
    sensorClass.kind === "camera" || sensorClass.kind === "infrared"
      ? [...new Map(TARGET_CLASSES.map((one) => [one.taxonomy.sapient.join("/"), one.taxonomy.sapient])).values()]
      : sensorClass.radar?.microDoppler === true
        ? Object.values(TURNING_CLASSES).map(({ path }) => path)
        : undefined;
  return {
    sensor,
    sender: createSender(deriveUuid(`picket-simulation/${world.scene.name}/${spec.id}`)),
    description: {
      name: `SIM ${spec.name}`,
      shortName: `SIM-${spec.id}`,
      nodeTypes: [NODE_TYPES[sensorClass.sapientNodeType] ?? Registration_NodeType.OTHER],
      nodeSubTypes: [sensorClass.label],
      statusIntervalSeconds: STATUS_INTERVAL,
      tracking: "none",
      form: "range-bearing",
      azimuthDatum: "true",
      maximumLatencySeconds: sensorClass.latency.worst,
      scan: rotates(sensorClass) ? "scanning" : sensorClass.camera !== undefined ? "steerable" : "fixed",
      rangeMaxMetres: rangeMax,
      classes,
      objectInfo: [
        ...(sensorClass.radar !== undefined ? [{ type: "rcs", units: "dBsm" }] : []),
        ...(sensorClass.noise.rangeRate !== undefined ? [{ type: "radialVelocity", units: "m/s" }] : []),
        ...(sensorClass.radar !== undefined ? [{ type: "snr", units: "dB" }] : []),
        ...(sensorClass.radar?.microDoppler === true ? [{ type: "microDoppler", units: "rotor, propeller, flap or none" }] : []),
        ...(sensorClass.kind === "rf-direction-finder"
          ? [
              { type: "frequency", units: "Hz" },
              { type: "signalStrength", units: "dBm" },
            ]
          : []),
      ],
      manufacturer: "Picket simulator",
      model: sensorClass.id,
      serialNumber: `SIM-${spec.id}`,
      softwareVersion: "1",
    },
    status: {
      place: {
        latitude: place.latitude,
        longitude: place.longitude,
        height: place.heightHae,
        heightDatum: "ellipsoid",
        horizontalSigma: 1,
        verticalSigma: 1,
      },
      fieldOfView: {
        azimuth: (spec.boresightDegrees ?? 0) * RADIANS_PER_DEGREE,
        elevation: (elevationMin + elevationMax) / 2,
        range: rangeMax,
        horizontalExtent: coverage?.azimuthWidth ?? 2 * Math.PI,
        verticalExtent: elevationMax - elevationMin,
      },
    },
  };
}

/** First message of a connection; nothing else until it is acknowledged. */
export const registrationOf = (node: EdgeNode, at: Micros): Uint8Array => encodeRegistration(node.sender, at, node.description);
/** The status that must follow a registration; then again each `STATUS_INTERVAL`, `unchanged`. */
export const statusOf = (node: EdgeNode, at: Micros, unchanged: boolean): Uint8Array =>
  encodeStatus(node.sender, at, { ...node.status, unchanged });
export const goodbyeOf = (node: EdgeNode, at: Micros): Uint8Array => encodeGoodbye(node.sender, at);

/** One plot or bearing, sent at `at`: the interface has the time of sending only. */
export function detectionOf(node: EdgeNode, at: Micros, report: PlotReport | BearingReport): Uint8Array {
  const objectId = nextUlid(node.sender, micros(report.at));
  if (report.kind === "plot") {
    return encodeDetection(node.sender, at, {
      objectId,
      rangeBearing: rangeBearing({
        range: report.range,
        rangeSigma: report.rangeSigma,
        azimuth: report.azimuth,
        azimuthSigma: report.azimuthSigma,
        elevation: report.elevation,
        elevationSigma: report.elevationSigma,
      }),
      classes: report.turning === undefined || report.turning === "none" ? [] : [TURNING_CLASSES[report.turning]],
      objectInfo: [
        { type: "rcs", value: report.rcsDbsm.toFixed(1) },
        ...(report.rangeRate === undefined
          ? []
          : [{ type: "radialVelocity", value: report.rangeRate.toFixed(2), error: report.rangeRateSigma }]),
        { type: "snr", value: report.snrDb.toFixed(1) },
        ...(report.turning === undefined ? [] : [{ type: "microDoppler", value: MICRO_DOPPLER_WORDS[report.turning] }]),
      ],
    });
  }
  return encodeDetection(node.sender, at, {
    objectId,
    rangeBearing: rangeBearing({
      azimuth: report.azimuth,
      azimuthSigma: report.azimuthSigma,
      elevation: report.elevation,
      elevationSigma: report.elevationSigma,
    }),
    classes: report.path === undefined ? [] : [{ path: report.path, confidence: IMAGE_CONFIDENCE }],
    objectInfo: [
      ...(report.frequencyHz === undefined ? [] : [{ type: "frequency", value: report.frequencyHz.toFixed(0) }]),
      ...(report.levelDbm === undefined ? [] : [{ type: "signalStrength", value: report.levelDbm.toFixed(1) }]),
    ],
  });
}
