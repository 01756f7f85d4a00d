// What a node promised in its Registration, as plain data: which modes it has, in which units and datum its numbers are,
// how late they may be. Everything outside the registration is read with this in hand.

import { sanitizeText } from "../../base/text.ts";
import {
  type Registration,
  type Registration_Duration,
  Registration_ModeType,
  Registration_NodeType,
  Registration_TimeUnits,
  Registration_TrackingType,
  RegistrationSchema,
  SpeedUnits,
} from "./sapient-pb.gen.ts";
import { validateMessage } from "./validate.ts";

export interface DetectionContract {
  readonly form: "location" | "range-bearing" | undefined;
  /** Numbers of the enums of the schema; 0 and undefined mean that nothing was said. */
  readonly locationUnits?: number;
  readonly locationDatum?: number;
  readonly rangeBearingUnits?: number;
  readonly rangeBearingDatum?: number;
  readonly zone?: string;
  /** Metres per second of one declared unit; undefined when velocity was not declared. */
  readonly velocityScaleEastNorth?: number;
  readonly velocityScaleUp?: number;
  /** One sigma is a reported error times this. */
  readonly sigmaPerError: number;
  /** Whether the statistic was recognised or one sigma was assumed. */
  readonly errorKnown: boolean;
  /** The declaration says in words that horizontal errors of latitude and longitude are metres. */
  readonly errorsInMetres: boolean;
  /** Lower case. */
  readonly classes: readonly string[];
  /** "category/type" of the optional fields it declared, lower case, with their units. */
  readonly declared: Readonly<Record<string, string>>;
}

export interface CommandContract {
  readonly type: number;
  readonly units: string;
  readonly completionSeconds: number | undefined;
}

export interface ModeContract {
  readonly name: string;
  readonly type: number;
  readonly settleSeconds: number;
  readonly maximumLatencySeconds: number | undefined;
  readonly tracking: number;
  readonly scan: number;
  readonly detections: readonly DetectionContract[];
  readonly commands: readonly CommandContract[];
  readonly regionTypes: readonly number[];
  readonly concurrentTasks: number | undefined;
}

export interface Contract {
  readonly version: "2.0" | "1.0";
  readonly icdVersion: string;
  readonly name: string;
  readonly shortName: string;
  readonly nodeTypes: readonly number[];
  readonly nodeSubTypes: readonly string[];
  /** Names of the types for a person: "RADAR", "PASSIVE RF". */
  readonly typeNames: readonly string[];
  readonly statusIntervalSeconds: number;
  readonly modes: readonly ModeContract[];
  /** Name of the mode that it starts in. */
  readonly startMode: string;
  readonly dependentNodes: readonly string[];
  readonly maker: string;
}

export interface RegistrationVerdict {
  /** Undefined when the registration cannot be accepted. */
  readonly contract: Contract | undefined;
  /** Every reason for refusing it, one plain sentence each. */
  readonly reasons: readonly string[];
  /** What is odd and was let through. */
  readonly warnings: readonly { readonly item: string; readonly message: string }[];
}

const ACCEPTED_VERSIONS = ["BSI Flex 335 v2.0", "BSI Flex 335 v2.0 / NATO STANREC 4869 Ed A V1.0"];
const ACCEPTED_VERSIONS_1 = ["BSI Flex 335 v1.0"];
/** Advice of ICD v5; and what is assumed of a node that promises zero. */
const INTERVAL_MIN = 1; // s
const INTERVAL_MAX = 60; // s
const INTERVAL_DEFAULT = 10; // s
const MAX_MODES = 64;
const MAX_NODE_TYPES = 64;
const MAX_DEPENDENTS = 256;
const MAX_TEXT = 80;

/** Version of the interface that a text stands for; a blank and an underscore are the same, as for Apex. */
export function icdVersionOf(text: string): "2.0" | "1.0" | undefined {
  const plain = text.replace(/_/g, " ").replace(/\s+/g, " ").trim();
  if (ACCEPTED_VERSIONS.includes(plain)) return "2.0";
  if (ACCEPTED_VERSIONS_1.includes(plain)) return "1.0";
  return undefined;
}

/** Seconds of a Duration; undefined when it is absent, without unit, negative or no number. */
export function durationSeconds(duration: Registration_Duration | undefined): number | undefined {
  const value = duration?.value;
  if (value === undefined || !Number.isFinite(value) || value < 0) return undefined;
  switch (duration?.units) {
    case Registration_TimeUnits.NANOSECONDS:
      return value / 1e9;
    case Registration_TimeUnits.MICROSECONDS:
      return value / 1e6;
    case Registration_TimeUnits.MILLISECONDS:
      return value / 1e3;
    case Registration_TimeUnits.SECONDS:
      return value;
    case Registration_TimeUnits.MINUTES:
      return value * 60;
    case Registration_TimeUnits.HOURS:
      return value * 3600;
    case Registration_TimeUnits.DAYS:
      return value * 86_400;
    default:
      return undefined;
  }
}

/**
 * Judges a Registration and reads its contract. Refused are a missing or unreadable contract (mandatory fields, version,
 * modes, interval); with `strict` also everything that Dstl's harness refuses. `strict` false lets missing fields pass that
 * Picket can do without.
 */
export function readRegistration(registration: Registration, strict: boolean | undefined): RegistrationVerdict {
  const reasons: string[] = [];
  const warnings: { item: string; message: string }[] = [];
  const version = icdVersionOf(registration.icdVersion ?? "");
  if (version === undefined) {
    const got = registration.icdVersion === undefined ? "is missing" : `is "${sanitizeText(registration.icdVersion, MAX_TEXT)}"`;
    reasons.push(`icd_version ${got}; this fusion node reads "${ACCEPTED_VERSIONS[0]}" and "${ACCEPTED_VERSIONS_1[0]}"`);
  } else if (version === "1.0") {
    warnings.push({
      item: "registration.icd_version",
      message: "registered with version 1.0 of the interface; read as version 2.0 with its differences",
    });
  }

  for (const violation of validateMessage(registration, RegistrationSchema)) {
    if (violation.item === "icd_version") continue;
    // The one mandatory part of a registration that version 1.0 did not have.
    const excused = version === "1.0" && violation.kind === "missing" && violation.item.startsWith("config_data");
    const serious =
      violation.kind === "identifier-spelling" || violation.kind === "control-characters" || violation.kind === "unknown-value"
        ? strict === true
        : violation.harnessOnly
          ? strict === true || (strict !== false && violation.kind === "unspecified" && MUST_BE_SET.test(violation.item))
          : !(excused || (strict === false && violation.kind === "missing" && !ESSENTIAL.test(violation.item)));
    if (serious) reasons.push(`${violation.item}: ${violation.message}`);
    else if (!excused) warnings.push({ item: `registration.${violation.item}`, message: violation.message });
  }

  const promised = durationSeconds(registration.statusDefinition?.statusInterval);
  if (registration.statusDefinition?.statusInterval !== undefined && promised === undefined) {
    reasons.push("status_definition.status_interval: not a finite time of zero or more with a unit");
  }
  let interval = promised ?? INTERVAL_DEFAULT;
  if (promised !== undefined && (promised < INTERVAL_MIN || promised > INTERVAL_MAX)) {
    warnings.push({
      item: "registration.status_definition.status_interval",
      message: `promises a status every ${round(promised)} s; the advice is ${INTERVAL_MIN} to ${INTERVAL_MAX} s`,
    });
    interval = Math.min(Math.max(promised, INTERVAL_MIN), 3600);
  }

  // The effector guard must see every type and every dependent: a list that is too long is refused and not cut.
  if (registration.nodeDefinition.length > MAX_NODE_TYPES) reasons.push(`node_definition: more than ${MAX_NODE_TYPES} entries`);
  if (registration.dependentNodes.length > MAX_DEPENDENTS) reasons.push(`dependent_nodes: more than ${MAX_DEPENDENTS} nodes`);
  if (registration.modeDefinition.length > MAX_MODES) reasons.push(`mode_definition: more than ${MAX_MODES} modes`);
  const modes = registration.modeDefinition.slice(0, MAX_MODES).map(readMode);
  const names = new Set<string>();
  for (const mode of modes) {
    if (names.has(mode.name)) reasons.push(`mode_definition: two modes are called "${mode.name}"`);
    names.add(mode.name);
  }
  const startMode = chooseStartMode(modes);
  if (modes.length > 0 && startMode.reason !== undefined) reasons.push(startMode.reason);
  for (const [index, definition] of registration.modeDefinition.slice(0, MAX_MODES).entries()) {
    checkMode(definition, modes[index], warnings);
  }

  if (reasons.length > 0 || version === undefined) return { contract: undefined, reasons, warnings };
  const config = registration.configData[0];
  return {
    reasons,
    warnings,
    contract: {
      version,
      icdVersion: sanitizeText(registration.icdVersion ?? "", MAX_TEXT),
      name: sanitizeText(registration.name ?? registration.shortName ?? "", MAX_TEXT),
      shortName: sanitizeText(registration.shortName ?? registration.name ?? "", MAX_TEXT),
      nodeTypes: registration.nodeDefinition.map((definition) => definition.nodeType ?? 0),
      nodeSubTypes: registration.nodeDefinition
        .flatMap((definition) => definition.nodeSubType)
        .slice(0, 16)
        .map((text) => sanitizeText(text, MAX_TEXT)),
      typeNames: registration.nodeDefinition.map((definition) => nodeTypeName(definition.nodeType ?? 0)),
      statusIntervalSeconds: interval,
      modes,
      startMode: startMode.name,
      dependentNodes: registration.dependentNodes.map((id) => id.slice(0, 64)),
      maker: sanitizeText([config?.manufacturer, config?.model, config?.softwareVersion].filter((text) => text).join(" "), MAX_TEXT),
    },
  };
}

/** Enums that decide how a node is treated: 0 is no answer there. */
const MUST_BE_SET = /(node_type|mode_type|status_interval\.units)$/;
/** Without these nothing of a node can be understood, whatever the profile. */
const ESSENTIAL = /^(node_definition|icd_version|mode_definition)(\[\d+\])?(\.(node_type|mode_name))?$/;

const nodeTypeNames = new Map<number, string>(
  Object.entries(Registration_NodeType).map(([name, value]) => [value as number, name.replace(/^NODE_TYPE_/, "").replace(/_/g, " ")]),
);

/** "PASSIVE RF" for 8. */
export const nodeTypeName = (type: number): string => nodeTypeNames.get(type) ?? `type ${type}`;

/** SEQ-15: the one default mode; else a permanent mode called default; else the first permanent one. */
function chooseStartMode(modes: readonly ModeContract[]): { name: string; reason?: string } {
  const defaults = modes.filter((mode) => mode.type === Registration_ModeType.DEFAULT);
  if (defaults.length > 1) return { name: "", reason: `mode_definition: ${defaults.length} modes are of type DEFAULT, only one may be` };
  if (defaults.length === 1) return { name: defaults[0].name };
  const permanent = modes.filter((mode) => mode.type === Registration_ModeType.PERMANENT);
  const called = permanent.find((mode) => mode.name.toLowerCase() === "default");
  if (called !== undefined) return { name: called.name };
  if (permanent.length > 0) return { name: permanent[0].name };
  return { name: "", reason: "mode_definition: no mode is of type DEFAULT or PERMANENT, so there is none to start in" };
}

function readMode(mode: Registration["modeDefinition"][number]): ModeContract {
  return {
    name: (mode.modeName ?? "").slice(0, MAX_TEXT),
    type: mode.modeType ?? 0,
    settleSeconds: durationSeconds(mode.settleTime) ?? 0,
    maximumLatencySeconds: durationSeconds(mode.maximumLatency),
    tracking: mode.trackingType ?? Registration_TrackingType.UNSPECIFIED,
    scan: mode.scanType ?? 0,
    detections: mode.detectionDefinition.slice(0, 32).map(readDetection),
    commands: (mode.task?.command ?? []).slice(0, 64).map((command) => ({
      type: command.type ?? 0,
      units: (command.units ?? "").slice(0, 512),
      completionSeconds: durationSeconds(command.completionTime),
    })),
    regionTypes: (mode.task?.regionDefinition?.regionType ?? []).slice(0, 32),
    concurrentTasks: mode.task?.concurrentTasks,
  };
}

function readDetection(definition: Registration["modeDefinition"][number]["detectionDefinition"][number]): DetectionContract {
  const type = definition.locationType;
  const coordinates = type?.coordinatesOneof;
  const datum = type?.datumOneof;
  const velocity = definition.velocityType?.velocityUnitsOneof;
  const units = velocity?.case === "enuVelocityUnits" ? velocity.value : undefined;
  const statistic = sigmaPerError(definition.geometricError?.type);
  const declared: Record<string, string> = {};
  for (const field of definition.detectionReport.slice(0, 128)) {
    if (field.type !== undefined) declared[field.type.trim().toLowerCase().slice(0, MAX_TEXT)] = (field.units ?? "").slice(0, MAX_TEXT);
  }
  const classes = definition.detectionClassDefinition
    .flatMap((entry) => entry.classDefinition)
    .slice(0, 128)
    .map((entry) => (entry.type ?? "").trim().toLowerCase().slice(0, MAX_TEXT));
  return {
    form: coordinates?.case === "locationUnits" ? "location" : coordinates?.case === "rangeBearingUnits" ? "range-bearing" : undefined,
    ...(coordinates?.case === "locationUnits" ? { locationUnits: coordinates.value as number } : {}),
    ...(coordinates?.case === "rangeBearingUnits" ? { rangeBearingUnits: coordinates.value as number } : {}),
    ...(datum?.case === "locationDatum" ? { locationDatum: datum.value as number } : {}),
    ...(datum?.case === "rangeBearingDatum" ? { rangeBearingDatum: datum.value as number } : {}),
    ...(type?.zone === undefined ? {} : { zone: type.zone.slice(0, 16) }),
    ...speedScale("velocityScaleEastNorth", units?.eastNorthRateUnits),
    ...speedScale("velocityScaleUp", units?.upRateUnits ?? units?.eastNorthRateUnits),
    sigmaPerError: statistic ?? 1,
    errorKnown: definition.geometricError === undefined || statistic !== undefined,
    errorsInMetres: /^\s*(m|metre|metres|meter|meters)\s*$/i.test(definition.geometricError?.units ?? ""),
    classes,
    declared,
  };
}

function speedScale<Key extends string>(key: Key, units: SpeedUnits | undefined): { [K in Key]?: number } {
  if (units === SpeedUnits.MS) return { [key]: 1 } as { [K in Key]?: number };
  if (units === SpeedUnits.KPH) return { [key]: 1 / 3.6 } as { [K in Key]?: number };
  return {};
}

/** One sigma for each unit of a reported error, from the free text that names the statistic; undefined when it is not understood. */
export function sigmaPerError(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9.%]+/g, " ")
    .trim();
  if (plain === "") return 1;
  if (/\b(95|2 ?sigma|two sigma|2drms)\b|95 ?%/.test(plain)) return 1 / 1.96;
  if (/\b(3 ?sigma|three sigma|99)\b|99(\.7)? ?%/.test(plain)) return 1 / 3;
  // Circular error probable of two equal axes: 1.1774 sigma.
  if (/\b(cep|cep50|50)\b|50 ?%/.test(plain)) return 1 / 1.1774;
  if (/standard deviation|std|1 ?sigma|one sigma|\bsigma\b|rms|\bsd\b|68/.test(plain)) return 1;
  return undefined;
}

function checkMode(
  definition: Registration["modeDefinition"][number],
  mode: ModeContract,
  warnings: { item: string; message: string }[],
): void {
  const at = `registration.mode_definition "${sanitizeText(mode.name, MAX_TEXT)}"`;
  if (mode.tracking === Registration_TrackingType.UNSPECIFIED && mode.detections.length > 0) {
    warnings.push({
      item: at,
      message: "does not declare tracking_type; its reports are taken as the node's own tracks, whose errors are correlated",
    });
  }
  if (mode.maximumLatencySeconds === undefined && mode.detections.length > 0) {
    warnings.push({ item: at, message: `does not declare maximum_latency; ${DEFAULT_LATENCY_SECONDS} s is assumed` });
  }
  for (const [index, detection] of mode.detections.entries()) {
    const type = definition.detectionDefinition[index]?.locationType;
    const coordinates = type?.coordinatesOneof.case;
    const datum = type?.datumOneof.case;
    if (
      (coordinates === "locationUnits" && datum === "rangeBearingDatum") ||
      (coordinates === "rangeBearingUnits" && datum === "locationDatum")
    ) {
      warnings.push({ item: at, message: "location_type mixes units of one family with a datum of the other" });
    }
    if (detection.locationUnits === 5 && detection.zone === undefined) {
      warnings.push({ item: at, message: "declares UTM coordinates without a zone" });
    }
    if (!detection.errorKnown) {
      const text = sanitizeText(definition.detectionDefinition[index]?.geometricError?.type ?? "", MAX_TEXT);
      warnings.push({ item: at, message: `geometric_error "${text}" is not understood; its numbers are taken as one standard deviation` });
    }
  }
}

/** Assumed where a mode does not say: what Dstl's harness begins to warn at. */
export const DEFAULT_LATENCY_SECONDS = 0.1;

const round = (value: number) => Math.round(value * 1000) / 1000;
