// DetectionReport to Detection or SourceTrack, and to a Claim for what the object says of itself.

import { sanitizeText } from "../../base/text.ts";
import { RADIANS_PER_DEGREE, radians } from "../../base/units.ts";
import type {
  Claim,
  ClaimStatements,
  Detection,
  Identity,
  Measurement,
  MicroDoppler,
  SensorClassification,
  SensorTime,
  SourceTrack,
} from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { DetectionContract } from "./contract.ts";
import { addVelocity, type CoordinateContext, type CoordinateWarning, readLocation, readRangeBearing } from "./coordinates.ts";
import { type DetectionReport, type DetectionReport_DetectionReportClassification, Registration_TrackingType } from "./sapient-pb.gen.ts";
import { activeMode, detectionContract, type NodeState } from "./state.ts";
import { normalizeClassPath } from "./taxonomy.ts";

export type DetectionReading =
  | {
      readonly ok: true;
      readonly observations: (Detection | SourceTrack | Claim)[];
      readonly warnings: readonly CoordinateWarning[];
    }
  | { readonly ok: false; readonly error: DecodeError };

const MAX_CLASSES = 16;
const MAX_LINEAGE = 32;

/**
 * Reads a DetectionReport of `node`. `tracking_type` of the active mode decides: NONE is a plot; anything else, and silence,
 * is the node's own track, because correlated errors that are taken for independent ones make a track too sure of itself.
 */
export function readDetection(
  report: DetectionReport,
  node: NodeState,
  time: SensorTime | undefined,
  context: Omit<CoordinateContext, "detection">,
): DetectionReading {
  const mode = activeMode(node);
  const warnings: CoordinateWarning[] = [];
  const { locationOneof } = report;
  if (locationOneof.case === undefined) {
    return {
      ok: false,
      error: { code: "malformed", item: "detection_report.location_oneof", message: "neither location nor range_bearing is given" },
    };
  }
  const detection = detectionContract(mode, locationOneof.case === "location" ? "location" : "range-bearing");
  const here: CoordinateContext = { ...context, ...(detection === undefined ? {} : { detection }) };
  const placed =
    locationOneof.case === "location"
      ? readLocation(locationOneof.value, "detection_report.location", here)
      : readRangeBearing(locationOneof.value, "detection_report.range_bearing", here);
  if (!placed.ok) return placed;
  warnings.push(...placed.warnings);

  if (detection !== undefined) compareWithContract(report, detection, warnings);

  let measurement: Measurement = placed.value;
  if (report.velocityOneof.case === "enuVelocity") {
    const moved = addVelocity(measurement, report.velocityOneof.value, "detection_report.enu_velocity", here);
    measurement = moved.measurement;
    warnings.push(...moved.warnings);
  }

  const confidence = share(report.detectionConfidence, "detection_report.detection_confidence", warnings);
  if (confidence === "refused" && context.strict) {
    return {
      ok: false,
      error: { code: "out-of-range", item: "detection_report.detection_confidence", message: "a confidence outside 0 to 1" },
    };
  }
  const classifications = readClasses(report.classification, detection, warnings);
  const statements = readStatements(report, detection, warnings);
  const known = identitiesOf(statements);
  const objectId = sanitizeText(report.objectId ?? "", 64);
  const tracks = mode?.tracking !== Registration_TrackingType.NONE && objectId !== "";
  if (objectId === "" && mode?.tracking !== Registration_TrackingType.NONE) {
    warnings.push({
      item: "detection_report.object_id",
      message: "a track without object_id; taken as a single detection",
      repaired: true,
    });
  }
  const state = (report.state ?? "").toLowerCase().replace(/[\s_-]/g, "");
  const { rcsDbsm, microDoppler, signalDbm, snrDb } = readStrength(report, detection);
  const extras = {
    ...(rcsDbsm === undefined ? {} : { rcsDbsm }),
    ...(microDoppler === undefined ? {} : { microDoppler }),
    ...(classifications.length === 0 ? {} : { classifications }),
    ...(typeof confidence === "number" ? { confidence } : {}),
  };
  const sensorKey = node.nodeId;
  const own: Identity = { scheme: "source-track", value: `${node.nodeId}/${objectId}` };
  const identities: Identity[] = tracks ? [...known, own] : known;
  const lineage = [
    ...report.associatedDetection.map((link) => `${link.nodeId ?? ""}/${link.objectId ?? ""}`),
    ...report.derivedDetection.map((link) => `${link.nodeId ?? ""}/${link.objectId ?? ""}`),
  ].slice(0, MAX_LINEAGE);

  const observations: (Detection | SourceTrack | Claim)[] = [];
  if (tracks) {
    observations.push({
      type: "source-track",
      sensorKey,
      sourceTrackId: objectId,
      time,
      measurement,
      identities,
      ...extras,
      ...(lineage.length === 0 ? {} : { lineage: lineage.map((text) => sanitizeText(text, 80)) }),
      ...(/^(coast|predict)/.test(state) ? { coasting: true } : {}),
      ...(/^(lost|ended|end$|terminated|dropped|deleted)/.test(state) ? { ended: true } : {}),
    });
  } else {
    observations.push({
      type: "detection",
      sensorKey,
      time,
      measurement,
      identities,
      ...extras,
      ...(signalDbm === undefined ? {} : { signalDbm }),
      ...(snrDb === undefined ? {} : { snrDb }),
    });
  }
  if (Object.keys(statements).length > 0 && identities.length > 0) {
    observations.push({ type: "claim", sensorKey, time, about: identities, statements });
  }
  return { ok: true, observations, warnings };
}

/** SEQ-19: what the report is in, against what the mode declared. */
function compareWithContract(report: DetectionReport, detection: DetectionContract, warnings: CoordinateWarning[]): void {
  const shape = report.locationOneof;
  const isLocation = shape.case === "location";
  const item = isLocation ? "detection_report.location" : "detection_report.range_bearing";
  if (detection.form !== undefined && (detection.form === "location") !== isLocation) {
    warnings.push({
      item,
      message: `the registration declares ${detection.form === "location" ? "locations" : "ranges and bearings"} for this mode (SEQ-19)`,
      repaired: false,
    });
    return;
  }
  if (shape.case === undefined) return;
  const units = isLocation ? detection.locationUnits : detection.rangeBearingUnits;
  const datum = isLocation ? detection.locationDatum : detection.rangeBearingDatum;
  const differs = (sent: number | undefined, declared: number | undefined) =>
    sent !== undefined && sent !== 0 && declared !== undefined && declared !== 0 && sent !== declared;
  if (differs(shape.value.coordinateSystem, units)) {
    warnings.push({
      item: `${item}.coordinate_system`,
      message: "not the coordinate system that the registration declares (SEQ-19)",
      repaired: false,
    });
  }
  if (differs(shape.value.datum, datum)) {
    warnings.push({ item: `${item}.datum`, message: "not the datum that the registration declares (SEQ-19)", repaired: false });
  }
  for (const info of report.objectInfo.slice(0, 16)) {
    const type = sanitizeText(info.type ?? "", 48);
    if (type !== "" && detection.declared[type.toLowerCase()] === undefined) {
      warnings.push({
        item: "detection_report.object_info",
        message: `"${type}" is not declared in the registration; strict nodes strip it (SEQ-19)`,
        repaired: false,
      });
    }
  }
}

/** A share of 0..1; "refused" for anything else, which is said and goes no further. */
function share(value: number | undefined, item: string, warnings: CoordinateWarning[]): number | "refused" | undefined {
  if (value === undefined) return undefined;
  if (value >= 0 && value <= 1) return value;
  warnings.push({
    item,
    message: `${Number.isFinite(value) ? Math.round(value * 1000) / 1000 : value} is no confidence (0 to 1); left out`,
    repaired: true,
  });
  return "refused";
}

function readClasses(
  list: readonly DetectionReport_DetectionReportClassification[],
  detection: DetectionContract | undefined,
  warnings: CoordinateWarning[],
): SensorClassification[] {
  const found: SensorClassification[] = [];
  for (const top of list.slice(0, MAX_CLASSES)) {
    const name = sanitizeText(top.type ?? "", 64);
    if (name === "") continue;
    if (detection !== undefined && detection.classes.length > 0 && !detection.classes.includes(name.toLowerCase())) {
      warnings.push({
        item: "detection_report.classification",
        message: `class "${name}" is not declared in the registration`,
        repaired: false,
      });
    }
    // Follow the most confident branch down; the others are the sensor's second thoughts and stay with their parents.
    const names = [name];
    let confidence = share(top.confidence, "detection_report.classification.confidence", warnings);
    let branches = top.subClass;
    while (branches.length > 0 && names.length < 8) {
      let best = branches[0];
      for (const branch of branches) if (sane(branch.confidence) > sane(best.confidence)) best = branch;
      const inner = sanitizeText(best.type ?? "", 64);
      if (inner === "") break;
      names.push(inner);
      const own = share(best.confidence, "detection_report.classification.sub_class.confidence", warnings);
      if (typeof own === "number") confidence = own;
      branches = best.subClass;
    }
    found.push({ label: normalizeClassPath(names).join("/"), ...(typeof confidence === "number" ? { confidence } : {}) });
  }
  return found;
}

const sane = (value: number | undefined) => (value !== undefined && value >= 0 && value <= 1 ? value : -1);

/** Names of object_info and track_info that mean the same; the interface lists none of them. */
const INFO: Readonly<Record<string, keyof ClaimStatements>> = {
  serial: "serial",
  serialnumber: "serial",
  remoteid: "serial",
  remoteidserial: "serial",
  uasid: "serial",
  uassession: "sessionId",
  sessionid: "sessionId",
  registration: "caaRegistration",
  caaregistration: "caaRegistration",
  tailnumber: "callsign",
  callsign: "callsign",
  flight: "callsign",
  operatorid: "operatorId",
  icao: "icao24",
  icao24: "icao24",
  icaoaddress: "icao24",
  modes: "icao24",
  squawk: "squawk",
  mode3a: "squawk",
  model: "model",
  make: "model",
  uastype: "category",
  description: "description",
  emergency: "emergency",
};

function readStatements(report: DetectionReport, detection: DetectionContract | undefined, warnings: CoordinateWarning[]): ClaimStatements {
  const statements: { -readonly [Key in keyof ClaimStatements]: ClaimStatements[Key] } = {};
  let operatorLatitude: number | undefined;
  let operatorLongitude: number | undefined;
  for (const info of [...report.objectInfo, ...report.trackInfo].slice(0, 64)) {
    const name = (info.type ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");
    const value = sanitizeText(info.value ?? "", 96);
    if (value === "") continue;
    const key = INFO[name];
    if (name === "operatorlatitude") operatorLatitude = degreesIn(value, 90);
    else if (name === "operatorlongitude") operatorLongitude = degreesIn(value, 180);
    else if (key === "icao24") {
      if (/^[0-9a-f]{6}$/i.test(value)) statements.icao24 = value.toLowerCase();
    } else if (key === "squawk") {
      if (/^[0-7]{4}$/.test(value)) statements.squawk = value;
    } else if (key !== undefined) Object.assign(statements, { [key]: value });
  }
  if (operatorLatitude !== undefined && operatorLongitude !== undefined && (operatorLatitude !== 0 || operatorLongitude !== 0)) {
    statements.operatorLatitude = radians(operatorLatitude * RADIANS_PER_DEGREE);
    statements.operatorLongitude = radians(operatorLongitude * RADIANS_PER_DEGREE);
  }
  const id = sanitizeText(report.id ?? "", 64);
  if (id !== "") {
    if (isSerial(id)) statements.serial ??= id;
    else statements.callsign ??= id;
  }
  const files = filesOf(report.associatedFile, warnings);
  if (files.length > 0) statements.files = files;
  if (report.colour !== undefined && detection?.declared.colour !== undefined) {
    statements.description ??= `colour ${sanitizeText(report.colour, 32)}`;
  }
  return statements;
}

/** Links to pictures and clips, shown to people as text and never fetched. Only web addresses; at most four. */
function filesOf(list: DetectionReport["associatedFile"], warnings: CoordinateWarning[]): { type: string; url: string }[] {
  const files: { type: string; url: string }[] = [];
  for (const file of list.slice(0, MAX_FILES)) {
    const url = sanitizeText(file.url ?? "", 512);
    if (/^https?:\/\/[^\s/]+/i.test(url) && url === file.url) files.push({ type: sanitizeText(file.type ?? "", 64), url });
    else warnings.push({ item: "detection_report.associated_file.url", message: "no web address; not shown", repaired: true });
  }
  return files;
}
const MAX_FILES = 4;

const degreesIn = (text: string, limit: number): number | undefined => {
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) <= limit ? value : undefined;
};

/** ANSI/CTA-2063-A: four characters of the maker, one for the length of the rest (1-9, A-F), the rest. */
export function isSerial(text: string): boolean {
  if (!/^[0-9A-HJ-NP-Z]{4}[1-9A-F][0-9A-HJ-NP-Z]{1,15}$/.test(text)) return false;
  return Number.parseInt(text[4], 16) === text.length - 5;
}

function identitiesOf(statements: ClaimStatements): Identity[] {
  const found: Identity[] = [];
  if (statements.icao24 !== undefined) found.push({ scheme: "icao24", value: statements.icao24 });
  if (statements.serial !== undefined) found.push({ scheme: "remote-id-serial", value: statements.serial });
  if (statements.sessionId !== undefined) found.push({ scheme: "remote-id-session", value: statements.sessionId });
  if (statements.caaRegistration !== undefined) found.push({ scheme: "caa-registration", value: statements.caaRegistration });
  if (statements.callsign !== undefined) found.push({ scheme: "callsign", value: statements.callsign });
  return found;
}

/** Words that radars use for what micro-Doppler shows, folded; other words say nothing. */
const MICRO_DOPPLER: Readonly<Record<string, MicroDoppler>> = {
  rotor: "rotor",
  rotors: "rotor",
  blade: "rotor",
  propeller: "propeller",
  prop: "propeller",
  flap: "flap",
  flapping: "flap",
  wing: "flap",
  wingbeat: "flap",
  none: "none",
};

interface Strength {
  rcsDbsm?: number;
  microDoppler?: MicroDoppler;
  signalDbm?: number;
  snrDb?: number;
}

/** Echo and signal strength, where the registration says the unit in which they come; and what micro-Doppler shows, in plain words. */
function readStrength(report: DetectionReport, detection: DetectionContract | undefined): Strength {
  const result: Strength = {};
  for (const info of [...report.objectInfo, ...report.trackInfo].slice(0, 64)) {
    const type = (info.type ?? "").trim().toLowerCase();
    const name = type.replace(/[^a-z0-9]/g, "");
    const units = (detection?.declared[type] ?? "").toLowerCase().replace(/[\s()]/g, "");
    if (name === "microdoppler") {
      const word = (info.value ?? "").trim().toLowerCase();
      if (Object.hasOwn(MICRO_DOPPLER, word)) result.microDoppler = MICRO_DOPPLER[word];
      continue;
    }
    const value = Number(info.value);
    if (info.value === undefined || info.value === "" || !Number.isFinite(value)) continue;
    if ((name === "rcs" || name === "radarcrosssection") && Math.abs(value) < 1000) {
      if (/^db(sm|m2|m\^2)$/.test(units)) result.rcsDbsm = value;
      else if (/^(m2|m\^2|sqm|squaremetres|squaremeters)$/.test(units) && value > 0) result.rcsDbsm = (10 * Math.log(value)) / Math.LN10;
    } else if ((name === "snr" || name === "signaltonoise" || name === "signaltonoiseratio") && units === "db") result.snrDb = value;
    else if ((name === "rssi" || name === "signalstrength") && units === "dbm") result.signalDbm = value;
  }
  const amplitude = report.signal[0]?.amplitude;
  if (amplitude !== undefined && Number.isFinite(amplitude) && detection?.declared.amplitude?.toLowerCase() === "dbm") {
    result.signalDbm ??= amplitude;
  }
  return result;
}
