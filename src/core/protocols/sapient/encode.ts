// Messages of an edge node and of the fusion node, built from SI units and radians. The simulator, the tests and the
// session use the same builders, so what Picket sends is what Picket's own strict reader accepts.

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { DEGREES_PER_RADIAN, type Micros } from "../../base/units.ts";
import { geodeticToUtm, utmBand } from "../../geodesy/utm.ts";
import { makeUlid, streamOf } from "./identifiers.ts";
import { metresPerDegree } from "./local-scale.ts";
import {
  type Alert_AlertType,
  type DetectionReportSchema,
  ErrorSchema,
  LocationCoordinateSystem,
  LocationDatum,
  type LocationSchema,
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
  type RangeBearingSchema,
  Registration_CommandType,
  Registration_ConfidenceDefinition,
  Registration_DetectionReportCategory,
  Registration_ModeType,
  type Registration_NodeType,
  Registration_RegionType,
  Registration_ScanType,
  Registration_StatusReportCategory,
  Registration_TimeUnits,
  Registration_TrackingType,
  type RegistrationSchema,
  type SapientMessage,
  SapientMessageSchema,
  SpeedUnits,
  StatusReport_Info,
  type StatusReport_StatusLevel,
  type StatusReport_StatusType,
  StatusReport_System,
  type StatusReportSchema,
} from "./sapient-pb.gen.ts";

export const ICD_VERSION = "BSI Flex 335 v2.0";

/** Hands out report, object and alert identifiers of one sender: counters, so that a replay sends the same. Plain data. */
export interface SenderState {
  readonly nodeId: string;
  readonly stream: number;
  counter: number;
}

export const createSender = (nodeId: string): SenderState => ({ nodeId, stream: streamOf(nodeId), counter: 0 });

/** The next identifier of this sender. */
export function nextUlid(sender: SenderState, at: Micros): string {
  sender.counter += 1;
  return makeUlid(at, sender.stream, sender.counter);
}

/** The identifier of an object of this sender: always the same for the same number, apart from those of `nextUlid`. */
export const objectUlid = (sender: SenderState, firstSeenAt: Micros, objectNumber: number): string =>
  makeUlid(firstSeenAt, (sender.stream ^ 0x5a5a5a5a) >>> 0, objectNumber);

export const toTimestamp = (at: Micros) => ({
  seconds: BigInt(Math.floor(at / 1_000_000)),
  nanos: (((at % 1_000_000) + 1_000_000) % 1_000_000) * 1000,
});

type Content = MessageInitShape<typeof SapientMessageSchema>["content"];

/** Octets of one message without its length prefix. */
export function encodeSapient(sender: SenderState, at: Micros, content: Content, destinationId?: string): Uint8Array {
  return encodeMessage(create(SapientMessageSchema, { timestamp: toTimestamp(at), nodeId: sender.nodeId, destinationId, content }));
}

export const encodeMessage = (message: SapientMessage): Uint8Array => toBinary(SapientMessageSchema, message);

/** What a simulated or re-published sensor says of itself. Angles in radians, lengths in metres, times in seconds. */
export interface EdgeNodeDescription {
  readonly name: string;
  readonly shortName: string;
  readonly nodeTypes: readonly Registration_NodeType[];
  readonly nodeSubTypes?: readonly string[];
  readonly statusIntervalSeconds: number;
  readonly tracking: "none" | "tracklet" | "track" | "track-with-re-id";
  /** Form of its detections. */
  readonly form: "range-bearing" | "location" | "utm";
  readonly azimuthDatum?: "true" | "magnetic" | "grid" | "platform";
  readonly heightDatum?: "ellipsoid" | "geoid";
  /** UTM zone text such as "30U", for the form "utm". */
  readonly zone?: string;
  readonly maximumLatencySeconds: number;
  readonly scan?: "fixed" | "scanning" | "steerable";
  readonly rangeMaxMetres?: number;
  /** Class paths that it reports, such as ["Air Vehicle", "UAV Rotary Wing"]. */
  readonly classes?: readonly (readonly string[])[];
  /** Names of object_info and track_info that it sends, with their units. */
  readonly objectInfo?: readonly { readonly type: string; readonly units: string }[];
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly softwareVersion?: string;
  readonly icdVersion?: string;
  readonly dependentNodes?: readonly string[];
}

const seconds = (value: number) => ({ units: Registration_TimeUnits.SECONDS, value });

const TRACKING = {
  none: Registration_TrackingType.NONE,
  tracklet: Registration_TrackingType.TRACKLET,
  track: Registration_TrackingType.TRACK,
  "track-with-re-id": Registration_TrackingType.TRACK_WITH_RE_ID,
};
const SCAN = { fixed: Registration_ScanType.FIXED, scanning: Registration_ScanType.SCANNING, steerable: Registration_ScanType.STEERABLE };
const AZIMUTH_DATUM = {
  true: RangeBearingDatum.TRUE,
  magnetic: RangeBearingDatum.MAGNETIC,
  grid: RangeBearingDatum.GRID,
  platform: RangeBearingDatum.PLATFORM,
};
const HEIGHT_DATUM = { ellipsoid: LocationDatum.WGS84_E, geoid: LocationDatum.WGS84_G };

/** A complete Registration with one default mode; every field that the schema or Dstl's harness demands is there. */
export function registration(node: EdgeNodeDescription): MessageInitShape<typeof RegistrationSchema> {
  const locationDatum = HEIGHT_DATUM[node.heightDatum ?? "ellipsoid"];
  const ownPlace = {
    coordinatesOneof: { case: "locationUnits" as const, value: LocationCoordinateSystem.LAT_LNG_DEG_M },
    datumOneof: { case: "locationDatum" as const, value: LocationDatum.WGS84_E },
  };
  const locationType =
    node.form === "range-bearing"
      ? {
          coordinatesOneof: { case: "rangeBearingUnits" as const, value: RangeBearingCoordinateSystem.DEGREES_M },
          datumOneof: { case: "rangeBearingDatum" as const, value: AZIMUTH_DATUM[node.azimuthDatum ?? "true"] },
        }
      : {
          coordinatesOneof: {
            case: "locationUnits" as const,
            value: node.form === "utm" ? LocationCoordinateSystem.UTM_M : LocationCoordinateSystem.LAT_LNG_DEG_M,
          },
          datumOneof: { case: "locationDatum" as const, value: locationDatum },
          zone: node.form === "utm" ? node.zone : undefined,
        };
  const tracks = node.tracking !== "none";
  const category = tracks ? Registration_DetectionReportCategory.TRACK : Registration_DetectionReportCategory.DETECTION;
  return {
    icdVersion: node.icdVersion ?? ICD_VERSION,
    name: node.name,
    shortName: node.shortName,
    nodeDefinition: node.nodeTypes.map((nodeType) => ({ nodeType, nodeSubType: [...(node.nodeSubTypes ?? [])] })),
    capabilities: [{ category: "Sensor", type: "maximum range", value: String(node.rangeMaxMetres ?? 0), units: "metres" }],
    statusDefinition: {
      statusInterval: seconds(node.statusIntervalSeconds),
      locationDefinition: ownPlace,
      fieldOfViewDefinition: {
        coordinatesOneof: { case: "rangeBearingUnits", value: RangeBearingCoordinateSystem.DEGREES_M },
        datumOneof: { case: "rangeBearingDatum", value: RangeBearingDatum.TRUE },
      },
      statusReport: [
        { category: Registration_StatusReportCategory.SENSOR, type: "sensorLocation", onChange: true },
        { category: Registration_StatusReportCategory.SENSOR, type: "fieldOfView", onChange: true },
      ],
    },
    modeDefinition: [
      {
        modeName: "Default",
        modeType: Registration_ModeType.DEFAULT,
        settleTime: seconds(0),
        maximumLatency: seconds(node.maximumLatencySeconds),
        scanType: SCAN[node.scan ?? "scanning"],
        trackingType: TRACKING[node.tracking],
        detectionDefinition: [
          {
            locationType,
            geometricError: {
              type: "Standard Deviation",
              units: node.form === "utm" ? "metres" : "degrees, metres",
              variationType: "None",
            },
            detectionReport: [
              { category, type: "confidence", units: "probability" },
              ...(node.objectInfo ?? []).map(({ type, units }) => ({
                category: Registration_DetectionReportCategory.OBJECT,
                type,
                units,
              })),
            ],
            detectionClassDefinition:
              node.classes === undefined
                ? []
                : [
                    {
                      confidenceDefinition: Registration_ConfidenceDefinition.MULTI_CLASS,
                      classDefinition: classTree(node.classes),
                    },
                  ],
            velocityType: {
              velocityUnitsOneof: {
                case: "enuVelocityUnits",
                value: { eastNorthRateUnits: SpeedUnits.MS, upRateUnits: SpeedUnits.MS },
              },
              datumOneof: { case: "locationDatum", value: locationDatum },
            },
          },
        ],
        task: {
          concurrentTasks: 1,
          regionDefinition: { regionType: [Registration_RegionType.AREA_OF_INTEREST], regionArea: [ownPlace] },
          command: [{ type: Registration_CommandType.REQUEST, units: "Registration,Status", completionTime: seconds(10) }],
        },
      },
    ],
    dependentNodes: [...(node.dependentNodes ?? [])],
    configData: [
      {
        manufacturer: node.manufacturer,
        model: node.model,
        serialNumber: node.serialNumber,
        softwareVersion: node.softwareVersion,
      },
    ],
  };
}

interface ClassNode {
  type: string;
  level: number;
  units: string;
  subClass: ClassNode[];
}

function classTree(paths: readonly (readonly string[])[]): { type: string; units: string; subClass: ClassNode[] }[] {
  const roots: ClassNode[] = [];
  for (const path of paths) {
    let siblings = roots;
    path.forEach((type, level) => {
      let node = siblings.find((candidate) => candidate.type === type);
      if (node === undefined) {
        node = { type, level, units: "probability", subClass: [] };
        siblings.push(node);
      }
      siblings = node.subClass;
    });
  }
  return roots.map(({ type, units, subClass }) => ({ type, units, subClass }));
}

/** A place in degrees and metres; errors are 1 sigma in metres and are turned into degrees. */
export interface PlaceInput {
  readonly latitude: number;
  readonly longitude: number;
  readonly height?: number;
  readonly heightDatum?: "ellipsoid" | "geoid";
  readonly horizontalSigma?: number;
  readonly verticalSigma?: number;
}

/** A Location in degrees, its horizontal errors in degrees too: an error has the unit of its axis. */
export function location(place: PlaceInput): MessageInitShape<typeof LocationSchema> {
  const sigma = place.horizontalSigma;
  const perDegree = metresPerDegree(place.latitude);
  return {
    x: place.longitude * DEGREES_PER_RADIAN,
    y: place.latitude * DEGREES_PER_RADIAN,
    z: place.height,
    xError: sigma === undefined ? undefined : sigma / perDegree.east,
    yError: sigma === undefined ? undefined : sigma / perDegree.north,
    zError: place.verticalSigma,
    coordinateSystem: LocationCoordinateSystem.LAT_LNG_DEG_M,
    datum: HEIGHT_DATUM[place.heightDatum ?? "ellipsoid"],
  };
}

/** The same place on the UTM grid, metres, in the zone where it lies. */
export function locationUtm(place: PlaceInput): MessageInitShape<typeof LocationSchema> {
  const grid = geodeticToUtm(place.latitude, place.longitude);
  return {
    x: grid.easting,
    y: grid.northing,
    z: place.height,
    xError: place.horizontalSigma,
    yError: place.horizontalSigma,
    zError: place.verticalSigma,
    coordinateSystem: LocationCoordinateSystem.UTM_M,
    datum: HEIGHT_DATUM[place.heightDatum ?? "ellipsoid"],
    utmZone: `${grid.zone}${utmBand(place.latitude) ?? ""}`,
  };
}

export interface RangeBearingInput {
  /** Clockwise from `datum`, rad. */
  readonly azimuth?: number;
  readonly elevation?: number;
  /** m; left out by a sensor that measures a direction only. */
  readonly range?: number;
  readonly azimuthSigma?: number;
  readonly elevationSigma?: number;
  readonly rangeSigma?: number;
  readonly datum?: "true" | "magnetic" | "grid" | "platform";
}

const degrees = (angle: number | undefined) => (angle === undefined ? undefined : angle * DEGREES_PER_RADIAN);

/** A RangeBearing in degrees and metres. */
export function rangeBearing(input: RangeBearingInput): MessageInitShape<typeof RangeBearingSchema> {
  return {
    azimuth: degrees(input.azimuth),
    elevation: degrees(input.elevation),
    range: input.range,
    azimuthError: degrees(input.azimuthSigma),
    elevationError: degrees(input.elevationSigma),
    rangeError: input.rangeSigma,
    coordinateSystem: RangeBearingCoordinateSystem.DEGREES_M,
    datum: AZIMUTH_DATUM[input.datum ?? "true"],
  };
}

export interface StatusInput {
  readonly system?: "ok" | "warning" | "error" | "goodbye";
  /** True where anything but the identifier equals the last report that was really sent. */
  readonly unchanged?: boolean;
  readonly place?: PlaceInput;
  /** What it sees now: middle and full widths of the cone, rad and m. */
  readonly fieldOfView?: {
    readonly azimuth: number;
    readonly elevation: number;
    readonly range: number;
    readonly horizontalExtent: number;
    readonly verticalExtent: number;
  };
  readonly notes?: readonly { type: StatusReport_StatusType; level: StatusReport_StatusLevel; value: string }[];
  readonly mode?: string;
}

const SYSTEM = {
  ok: StatusReport_System.OK,
  warning: StatusReport_System.WARNING,
  error: StatusReport_System.ERROR,
  goodbye: StatusReport_System.GOODBYE,
};

export function statusReport(sender: SenderState, at: Micros, status: StatusInput): MessageInitShape<typeof StatusReportSchema> {
  const view = status.fieldOfView;
  return {
    reportId: nextUlid(sender, at),
    system: SYSTEM[status.system ?? "ok"],
    info: status.unchanged === true ? StatusReport_Info.UNCHANGED : StatusReport_Info.NEW,
    mode: status.mode ?? "Default",
    nodeLocation: status.place === undefined ? undefined : location(status.place),
    fieldOfView:
      view === undefined
        ? undefined
        : {
            fovOneof: {
              case: "rangeBearing",
              value: {
                azimuth: degrees(view.azimuth),
                elevation: degrees(view.elevation),
                range: view.range,
                horizontalExtent: degrees(view.horizontalExtent),
                verticalExtent: degrees(view.verticalExtent),
                coordinateSystem: RangeBearingCoordinateSystem.DEGREES_M,
                datum: RangeBearingDatum.TRUE,
              },
            },
          },
    status: (status.notes ?? []).map(({ type, level, value }) => ({ statusType: type, statusLevel: level, statusValue: value })),
  };
}

export interface DetectionInput {
  readonly objectId: string;
  readonly location?: MessageInitShape<typeof LocationSchema>;
  readonly rangeBearing?: MessageInitShape<typeof RangeBearingSchema>;
  readonly confidence?: number;
  /** "lost" ends a track. */
  readonly state?: string;
  /** m/s. */
  readonly velocity?: { readonly east: number; readonly north: number; readonly up?: number; readonly sigma?: number };
  /** Class path with the confidence of its leaf, such as {path: ["Air Vehicle", "UAV Rotary Wing"], confidence: 0.8}. */
  readonly classes?: readonly { readonly path: readonly string[]; readonly confidence?: number }[];
  readonly objectInfo?: readonly { readonly type: string; readonly value: string; readonly error?: number }[];
  readonly trackInfo?: readonly { readonly type: string; readonly value: string; readonly error?: number }[];
  /** Tail number, serial or Remote ID. */
  readonly id?: string;
  readonly files?: readonly { readonly type: string; readonly url: string }[];
  /** Where a fused detection comes from. */
  readonly contributors?: readonly { readonly nodeId: string; readonly objectId: string }[];
}

export function detectionReport(sender: SenderState, at: Micros, input: DetectionInput): MessageInitShape<typeof DetectionReportSchema> {
  const velocity = input.velocity;
  return {
    reportId: nextUlid(sender, at),
    objectId: input.objectId,
    state: input.state,
    locationOneof:
      input.rangeBearing !== undefined
        ? { case: "rangeBearing", value: input.rangeBearing }
        : input.location !== undefined
          ? { case: "location", value: input.location }
          : { case: undefined },
    detectionConfidence: input.confidence,
    velocityOneof:
      velocity === undefined
        ? { case: undefined }
        : {
            case: "enuVelocity",
            value: {
              eastRate: velocity.east,
              northRate: velocity.north,
              upRate: velocity.up,
              eastRateError: velocity.sigma,
              northRateError: velocity.sigma,
              upRateError: velocity.up === undefined ? undefined : velocity.sigma,
            },
          },
    classification: (input.classes ?? []).map(({ path, confidence }) => classification(path, confidence)),
    objectInfo: (input.objectInfo ?? []).map((entry) => ({ ...entry })),
    trackInfo: (input.trackInfo ?? []).map((entry) => ({ ...entry })),
    id: input.id,
    associatedFile: (input.files ?? []).map((file) => ({ ...file })),
    associatedDetection: (input.contributors ?? []).map(({ nodeId, objectId }) => ({ nodeId, objectId, timestamp: toTimestamp(at) })),
  };
}

interface SubClassInit {
  type: string;
  level: number;
  confidence?: number;
  subClass: SubClassInit[];
}

function classification(path: readonly string[], confidence: number | undefined) {
  let inner: SubClassInit[] = [];
  for (let level = path.length - 1; level >= 1; level--) inner = [{ type: path[level], level, confidence, subClass: inner }];
  return { type: path[0] ?? "Unknown", confidence, subClass: inner };
}

/** Octets of each message of an edge node, without the length prefix. */
export const encodeRegistration = (sender: SenderState, at: Micros, node: EdgeNodeDescription): Uint8Array =>
  encodeSapient(sender, at, { case: "registration", value: registration(node) });
export const encodeStatus = (sender: SenderState, at: Micros, status: StatusInput): Uint8Array =>
  encodeSapient(sender, at, { case: "statusReport", value: statusReport(sender, at, status) });
export const encodeDetection = (sender: SenderState, at: Micros, input: DetectionInput): Uint8Array =>
  encodeSapient(sender, at, { case: "detectionReport", value: detectionReport(sender, at, input) });
/** The orderly end: a status report that says so; the connection is closed after it. */
export const encodeGoodbye = (sender: SenderState, at: Micros, mode?: string): Uint8Array =>
  encodeSapient(sender, at, { case: "statusReport", value: statusReport(sender, at, { system: "goodbye", mode }) });
export const encodeAlert = (sender: SenderState, at: Micros, type: Alert_AlertType, description: string): Uint8Array =>
  encodeSapient(sender, at, { case: "alert", value: { alertId: nextUlid(sender, at), alertType: type, description } });

/** An Error of any side: `packet` is the offending message as it came, cut to a size that is safe to send back. */
export const encodeError = (
  sender: SenderState,
  at: Micros,
  packet: Uint8Array,
  reasons: readonly string[],
  destinationId?: string,
): Uint8Array =>
  encodeSapient(sender, at, { case: "error", value: create(ErrorSchema, { packet, errorMessage: [...reasons] }) }, destinationId);
