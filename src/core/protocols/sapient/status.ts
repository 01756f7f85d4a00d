// StatusReport to SensorStatus: state, own place, heading, what it sees now, and its complaints in plain sentences.

import { sanitizeText } from "../../base/text.ts";
import { type Micros, metres, RADIANS_PER_DEGREE, type Radians, radians, seconds, wrapAzimuth } from "../../base/units.ts";
import { toTrueAzimuth } from "../../geodesy/north.ts";
import type { SensorStatus, SensorTime } from "../../model/observation.ts";
import type { FieldOfView } from "../../model/site.ts";
import type { DecodeError } from "../decode-error.ts";
import { type CoordinateContext, type CoordinateWarning, rangeBearingFrame, readLocation } from "./coordinates.ts";
import {
  type RangeBearingCone,
  type StatusReport,
  StatusReport_PowerStatus,
  StatusReport_StatusLevel,
  StatusReport_StatusType,
  StatusReport_System,
} from "./sapient-pb.gen.ts";
import type { NodeState } from "./state.ts";

export interface StatusReading {
  readonly status: SensorStatus;
  readonly warnings: readonly CoordinateWarning[];
  readonly errors: readonly DecodeError[];
}

const STATE: Readonly<Record<number, SensorStatus["state"]>> = {
  [StatusReport_System.OK]: "operational",
  [StatusReport_System.WARNING]: "degraded",
  [StatusReport_System.ERROR]: "fault",
  [StatusReport_System.GOODBYE]: "goodbye",
};

const wordsOf = (names: Readonly<Record<string, number | string>>, prefix: string): ReadonlyMap<number, string> =>
  new Map(Object.entries(names).map(([name, value]) => [Number(value), name.replace(prefix, "").replace(/_/g, " ").toLowerCase()]));
const TYPE_WORDS = wordsOf(StatusReport_StatusType, "STATUS_TYPE_");
const MAX_NOTES = 16;

/**
 * Reads a StatusReport and remembers the node's place, heading and mode in `node`. A place that cannot be read is an error
 * of its own; the rest of the report still counts.
 */
export function readStatus(
  report: StatusReport,
  node: NodeState,
  time: SensorTime | undefined,
  receivedAt: Micros,
  context: CoordinateContext,
): StatusReading {
  const warnings: CoordinateWarning[] = [];
  const errors: DecodeError[] = [];
  if (report.nodeLocation !== undefined) {
    const placed = readLocation(report.nodeLocation, "status_report.node_location", context);
    if (placed.ok) {
      warnings.push(...placed.warnings);
      const { latitude, longitude, height } = placed.value;
      node.place = {
        latitude,
        longitude,
        at: receivedAt,
        ...(height === undefined || (height.kind !== "hae" && height.kind !== "amsl")
          ? {}
          : { height: { kind: height.kind, value: height.value } }),
      };
    } else errors.push(placed.error);
  }

  const notes: string[] = [];
  for (const entry of report.status.slice(0, MAX_NOTES)) {
    const value = sanitizeText(entry.statusValue ?? "", 160);
    const heading = entry.statusType === StatusReport_StatusType.PLATFORM ? headingIn(value) : undefined;
    if (heading !== undefined) node.heading = heading;
    else if (entry.statusLevel !== StatusReport_StatusLevel.INFORMATION_STATUS || value !== "") {
      const level =
        entry.statusLevel === StatusReport_StatusLevel.ERROR_STATUS
          ? "error"
          : entry.statusLevel === StatusReport_StatusLevel.WARNING_STATUS
            ? "warning"
            : "note";
      notes.push(`${level}: ${TYPE_WORDS.get(entry.statusType ?? 0) ?? "status"}${value === "" ? "" : ` ${value}`}`);
    }
  }
  if (report.power?.status === StatusReport_PowerStatus.POWERSTATUS_FAULT) notes.push("error: power fault");
  const level = report.power?.level;
  if (level !== undefined && level >= 0 && level <= 20) notes.push(`warning: power at ${level} %`);

  const { contract, place } = node;
  const view = report.fieldOfView?.fovOneof;
  const fieldOfView =
    view?.case === "rangeBearing" ? readCone(view.value, "status_report.field_of_view", node, receivedAt, context, warnings) : undefined;
  const state = STATE[report.system ?? 0];
  return {
    warnings,
    errors,
    status: {
      type: "status",
      sensorKey: node.nodeId,
      time,
      ...(state === undefined ? {} : { state }),
      notes,
      sensorType: contract.typeNames.join(" + "),
      name: contract.shortName === "" ? contract.name : contract.shortName,
      ...(place === undefined ? {} : { latitude: radians(place.latitude), longitude: radians(place.longitude) }),
      ...(place?.height === undefined ? {} : { height: { kind: place.height.kind, value: metres(place.height.value) } }),
      ...(node.heading === undefined ? {} : { heading: radians(node.heading) }),
      ...(fieldOfView === undefined ? {} : { fieldOfView }),
      statusInterval: seconds(contract.statusIntervalSeconds),
    },
  };
}

/**
 * Heading in the text of a PLATFORM status, rad from true north: "heading 123.4", "Heading: 123.4 deg". The interface has
 * no field for it; this is the reading that Picket offers, and docs/protocols/sapient.md tells integrators of it.
 */
export function headingIn(text: string): Radians | undefined {
  const match = /^\s*heading\s*[:=]?\s*(-?\d{1,3}(?:\.\d+)?)\s*(?:deg|degrees|°)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const degrees = Number(match[1]);
  return degrees >= -180 && degrees <= 360 ? radians(wrapAzimuth(degrees * RADIANS_PER_DEGREE)) : undefined;
}

function readCone(
  cone: RangeBearingCone,
  item: string,
  node: NodeState,
  at: Micros,
  context: CoordinateContext,
  warnings: CoordinateWarning[],
): FieldOfView | undefined {
  const frame = rangeBearingFrame(cone, item, context, warnings);
  if ("error" in frame) {
    warnings.push({ item, message: frame.error.message, repaired: false });
    return undefined;
  }
  const width = finite(cone.horizontalExtent, frame.angle);
  const azimuth = finite(cone.azimuth, frame.angle);
  const range = finite(cone.range, frame.range);
  if (width === undefined || azimuth === undefined || range === undefined || range <= 0) return undefined;
  const { place } = node;
  // Without a place neither declination nor convergence is known; true north needs neither.
  if (frame.north !== "true" && place === undefined) return undefined;
  const turned = toTrueAzimuth(azimuth, frame.north, {
    latitude: place?.latitude ?? 0,
    longitude: place?.longitude ?? 0,
    at,
    ...(node.heading === undefined ? {} : { heading: node.heading }),
  });
  if (turned === undefined) return undefined;
  const elevation = finite(cone.elevation, frame.angle) ?? 0;
  const high = Math.abs(finite(cone.verticalExtent, frame.angle) ?? Math.PI) / 2;
  return {
    rangeMin: metres(0),
    rangeMax: metres(range),
    azimuthCentre: radians(turned.azimuth),
    azimuthWidth: radians(Math.min(Math.abs(width), 2 * Math.PI)),
    elevationMin: radians(Math.max(elevation - high, -Math.PI / 2)),
    elevationMax: radians(Math.min(elevation + high, Math.PI / 2)),
  };
}

const finite = (value: number | undefined, unit: number): number | undefined =>
  value === undefined || !Number.isFinite(value) ? undefined : value * unit;
