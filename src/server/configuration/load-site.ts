// site.yaml -> checked file -> Site in SI units. Everything that is wrong is told at once, with its line.

import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type Document, isMap, isPair, isScalar, LineCounter, parse, parseDocument } from "yaml";
import type { z } from "zod";
import { mergeDefinitions } from "../../core/alerting/alarm-definitions.ts";
import { type Micros, metres, metresPerSecond, pascals, RADIANS_PER_DEGREE, radians, seconds } from "../../core/base/units.ts";
import { geoidUndulation } from "../../core/geodesy/heights.ts";
import { localFrame } from "../../core/geodesy/wgs84.ts";
import { parseFriends } from "../../core/identification/friend-files.ts";
import type { FriendIntent } from "../../core/model/identity.ts";
import type { Height } from "../../core/model/observation.ts";
import type { GeodeticPosition, JudgementSettings, Schedule, Site, Zone } from "../../core/model/site.ts";
import { UsageError } from "../cli/command.ts";
import { toCamera } from "./camera-schema.ts";
import { ConfigurationError, type ConfigurationProblem } from "./configuration-error.ts";
import { isLoopback, parseEndpoint } from "./endpoint.ts";
import { httpProblem } from "./http-schema.ts";
import { importZones } from "./import-zones.ts";
import { nearestKey } from "./nearest-key.ts";
import { outputConfigurations } from "./output-schemas.ts";
import { toResponsePolicy } from "./response-schema.ts";
import { HIDDEN, hiddenIn, hideSecrets } from "./secrets.ts";
import { type PositionFile, type SiteFile, siteFileSchema, type ZoneFile } from "./site-schema.ts";
import { type TlsFiles, tlsProblem } from "./tls-schema.ts";

export interface LoadedSite {
  readonly file: SiteFile;
  readonly site: Site;
  /** Absolute path. */
  readonly path: string;
}

/** Reads and checks a configuration file. Throws ConfigurationError with every problem, or UsageError when it cannot be read. */
export function loadSite(path: string): LoadedSite {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `cannot read the configuration ${path}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`,
    );
  }
  return parseSite(text, resolve(path));
}

export function parseSite(text: string, path: string): LoadedSite {
  const name = basename(path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      document.errors.map((error) => ({
        place: `${name}:${error.linePos?.[0].line ?? 1}`,
        path: "",
        message: `not YAML: ${error.message.split("\n")[0]}`,
      })),
    );
  }
  const content: unknown = document.toJS({ maxAliasCount: 20 });
  const checked = siteFileSchema.safeParse(content ?? {});
  if (!checked.success) {
    throw new ConfigurationError(checked.error.issues.flatMap((issue) => problemsOf(issue, content, document, lines, name)));
  }
  const file = checked.data;
  const left = hiddenIn(content).map((where) => ({
    path: where,
    message: `a password was left out of this export; put it in place of ${HIDDEN}, or give passwordFile or passwordEnvironment`,
  }));
  const problems = [...left, ...crossCheck(file)].map(({ path: where, message }) => ({
    place: `${name}:${lineOf(document, lines, where)}`,
    path: pathText(where),
    message,
  }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { file, site: toSite(file, dirname(path)), path };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  content: unknown,
  document: Document,
  lines: LineCounter,
  name: string,
): ConfigurationProblem[] {
  const where = issue.path as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const known = keysAt(where);
      const near = nearestKey(key, known);
      const message = `there is no key "${key}" here${near === undefined ? `; known are ${known.join(", ")}` : `; did you mean "${near}"?`}`;
      return { place: `${name}:${lineOf(document, lines, [...where, key])}`, path: pathText([...where, key]), message };
    });
  }
  const found = valueAt(content, where);
  const foundText = found === undefined ? "nothing" : JSON.stringify(hideSecrets(found)).slice(0, 80);
  return [
    { place: `${name}:${lineOf(document, lines, where)}`, path: pathText(where), message: `${expectation(issue)}, found ${foundText}` },
  ];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "too_small":
      return issue.origin === "array"
        ? `expected at least ${issue.minimum} entries`
        : `expected ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return issue.origin === "array" || issue.origin === "string"
        ? `expected a length of at most ${issue.maximum}`
        : `expected ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "invalid_value":
      return `expected one of ${issue.values.map(String).join(", ")}`;
    default:
      return `expected: ${issue.message}`;
  }
}

/** Names of the keys that the schema knows at a place. */
function keysAt(path: readonly (string | number)[]): string[] {
  let schema: unknown = siteFileSchema;
  for (const part of path) {
    schema = unwrap(schema);
    const definition = (schema as { _zod: { def: { type: string; shape?: Record<string, unknown>; element?: unknown } } })._zod.def;
    schema = definition.type === "array" ? definition.element : definition.shape?.[String(part)];
    if (schema === undefined) return [];
  }
  const shape = (unwrap(schema) as { _zod: { def: { shape?: Record<string, unknown> } } })._zod.def.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function unwrap(schema: unknown): unknown {
  let inner = schema as { _zod: { def: { type: string; innerType?: unknown } } };
  while (inner._zod.def.innerType !== undefined) inner = inner._zod.def.innerType as typeof inner;
  return inner;
}

function valueAt(content: unknown, path: readonly (string | number)[]): unknown {
  let value = content;
  for (const part of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** Line (1-based) of a path, or of the nearest place above it that exists. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path[length - 1]);
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

const pathText = (path: readonly (string | number)[]): string =>
  path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");

/** What the schema cannot see: names that must agree, and addresses that must be addresses. */
function crossCheck(file: SiteFile): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const sourceIds = file.sources.map((source) => source.id);
  for (const list of ["sources", "sensors", "assets", "zones", "cameras", "channels"] as const) {
    const seen = new Set<string>();
    file[list].forEach((entry, index) => {
      if (seen.has(entry.id)) problems.push({ path: [list, index, "id"], message: `the id "${entry.id}" is used twice` });
      seen.add(entry.id);
    });
  }
  file.sensors.forEach((sensor, index) => {
    if (sourceIds.includes(sensor.source)) return;
    const near = nearestKey(sensor.source, sourceIds);
    problems.push({
      path: ["sensors", index, "source"],
      message: `there is no source "${sensor.source}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    });
  });
  const open = httpProblem(file.http);
  if (open !== undefined) problems.push({ path: ["http", open.path], message: open.message });
  const alarms = mergeDefinitions(toJudgement(file).alarms);
  if (!alarms.ok) {
    const index = file.alarms.findIndex(({ id }) => id === alarms.error.id);
    problems.push({ path: ["alarms", index, "id"], message: alarms.error.message });
  }
  file.sources.forEach((source, index) => {
    for (const way of ["listen", "connect", "subscribe"] as const) {
      const text = source[way];
      if (text === undefined) continue;
      const endpoint = parseEndpoint(text, way);
      if (!endpoint.ok) problems.push({ path: ["sources", index, way], message: endpoint.error });
      if (source.tls === undefined) continue;
      const wrong = endpoint.ok && endpoint.value.transport === "tcp" && way !== "subscribe" ? tlsProblem(source.tls, way) : NO_TLS_HERE;
      if (wrong !== undefined) problems.push({ path: ["sources", index, "tls"], message: wrong });
      else problems.push(...crossCheckClients(file, source.tls, ["sources", index, "tls"], source.id));
    }
    if (source.tls !== undefined && source.file !== undefined) problems.push({ path: ["sources", index, "tls"], message: NO_TLS_HERE });
    const secrets = (["user", "passwordFile", "passwordEnvironment"] as const).filter((key) => source[key] !== undefined);
    if (secrets.length > 0 && source.subscribe === undefined)
      problems.push({
        path: ["sources", index, secrets[0]!],
        message: "only a source that subscribes to a broker has a user and a password",
      });
    if (source.signingKeyFile !== undefined && (source.protocol !== "mavlink" || source.subscribe !== undefined))
      problems.push({
        path: ["sources", index, "signingKeyFile"],
        message: "only a mavlink source over UDP, TCP or from a file has a signing key",
      });
    if (source.passwordFile !== undefined && source.passwordEnvironment !== undefined)
      problems.push({ path: ["sources", index, "passwordFile"], message: "give passwordFile or passwordEnvironment, not both" });
  });
  return [...problems, ...crossCheckOutputs(file)];
}

/** Certificates are bound to sensors and nations that the file knows. `source`: only its own sensors come over the port; absent: all. */
function crossCheckClients(
  file: SiteFile,
  tls: TlsFiles,
  path: (string | number)[],
  source?: string,
): { path: (string | number)[]; message: string }[] {
  const sensors = file.sensors.filter((sensor) => source === undefined || sensor.source === source).map(({ id }) => id);
  const nations = file.response?.nations.map(({ id }) => id);
  return (tls.clients ?? []).flatMap(({ sensor, nation }, index) => {
    const at = (key: string, message: string) => [{ path: [...path, "clients", index, key], message }];
    if (sensor !== undefined && !sensors.includes(sensor))
      return at("sensor", `there is no sensor "${sensor}"${source === undefined ? "" : ` on the source "${source}"`}`);
    if (nation !== undefined && nations !== undefined && !nations.includes(nation)) return at("nation", `there is no nation "${nation}"`);
    return [];
  });
}

const NO_TLS_HERE = "tls is for TCP links (listen: tcp://..., connect: tcp://...); a broker is reached by mqtts://";

function crossCheckOutputs(file: SiteFile): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const { outputs, sources } = file;
  const seen = new Set<string>();
  const check = (
    list: keyof SiteFile["outputs"],
    index: number,
    id: string,
    way: "send" | "connect" | "listen",
    text: string | undefined,
    transport: "udp" | "tcp",
    tls?: TlsFiles,
  ): void => {
    const at = (key: string) => ["outputs", list, index, key];
    if (seen.has(id)) problems.push({ path: at("id"), message: `the id "${id}" is used twice` });
    seen.add(id);
    if (text === undefined) return;
    const endpoint = parseEndpoint(text, way);
    if (!endpoint.ok) problems.push({ path: at(way), message: endpoint.error });
    else if (endpoint.value.transport !== transport)
      problems.push({ path: at(way), message: `expected ${transport}://HOST:PORT, found "${text}"` });
    else if (endpoint.value.port === 0 && way !== "listen")
      problems.push({ path: at(way), message: `expected a port from 1 to 65535, found "${text}"` });
    if (tls === undefined) return;
    const wrong = way === "send" ? NO_TLS_HERE : tlsProblem(tls, way);
    if (wrong !== undefined) problems.push({ path: at("tls"), message: wrong });
    else problems.push(...crossCheckClients(file, tls, at("tls")));
  };
  for (const [index, output] of outputs.asterix.entries()) {
    check("asterix", index, output.id, "send", output.send, "udp");
    // Tracks that came back would be taken for a second sensor that agrees with the first.
    const heard = sources.find((source) => source.protocol === "asterix" && source.listen === output.send);
    if (heard !== undefined) {
      const path = ["outputs", "asterix", index, "send"];
      problems.push({ path, message: `the source "${heard.id}" listens at ${output.send}: the site would hear its own tracks` });
    }
  }
  outputs.cot.forEach((output, index) => {
    if (output.send !== undefined) check("cot", index, output.id, "send", output.send, "udp", output.tls);
    else check("cot", index, output.id, "connect", output.connect, "tcp", output.tls);
  });
  for (const [index, output] of outputs.sapientParents.entries())
    check("sapientParents", index, output.id, "connect", output.connect, "tcp", output.tls);
  outputs.sapientRecorders.forEach((output, index) => {
    check("sapientRecorders", index, output.id, "listen", output.listen, "tcp", output.tls);
    const source = sources.find(({ id }) => id === output.source);
    if (source?.protocol !== "sapient") {
      const near = nearestKey(
        output.source,
        sources.filter(({ protocol }) => protocol === "sapient").map(({ id }) => id),
      );
      const path = ["outputs", "sapientRecorders", index, "source"];
      problems.push({
        path,
        message: `there is no sapient source "${output.source}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
      });
    }
    const endpoint = parseEndpoint(output.listen, "listen");
    if (endpoint.ok && !isLoopback(endpoint.value.host) && output.tls?.clientAuthority === undefined && output.allow.length === 0) {
      const path = ["outputs", "sapientRecorders", index, "listen"];
      problems.push({
        path,
        message: `${output.listen} is open to the network; give tls with clientAuthority, or the addresses that may connect in allow`,
      });
    }
  });
  return problems;
}

export function toGeodetic(position: PositionFile): GeodeticPosition {
  const latitude = radians(position.latitudeDegrees * RADIANS_PER_DEGREE);
  const longitude = radians(position.longitudeDegrees * RADIANS_PER_DEGREE);
  const heightHae = position.heightHaeMetres ?? position.heightAmslMetres! + geoidUndulation(latitude, longitude);
  return { latitude, longitude, heightHae: metres(heightHae) };
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export function toZone(zone: ZoneFile): Zone {
  const height = (value: ZoneFile["floor"]): Height | undefined => {
    if (value === undefined) return undefined;
    if (value.amslMetres !== undefined) return { kind: "amsl", value: metres(value.amslMetres) };
    if (value.haeMetres !== undefined) return { kind: "hae", value: metres(value.haeMetres) };
    if (value.pressureMetres !== undefined) return { kind: "pressure", value: metres(value.pressureMetres) };
    return { kind: "takeoff", value: metres(value.aboveTakeoffMetres!) };
  };
  const clock = (text: string) => seconds(Number(text.slice(0, 2)) * 3600 + Number(text.slice(3)) * 60);
  const schedule: Schedule | undefined =
    zone.schedule === undefined
      ? undefined
      : { days: zone.schedule.days.map((day) => DAYS.indexOf(day)), from: clock(zone.schedule.from), to: clock(zone.schedule.to) };
  return {
    id: zone.id,
    name: zone.name,
    kind: zone.kind,
    polygon: zone.polygon.map(([lon, lat]) => ({
      latitude: radians(lat * RADIANS_PER_DEGREE),
      longitude: radians(lon * RADIANS_PER_DEGREE),
    })),
    floor: height(zone.floor),
    ceiling: height(zone.ceiling),
    schedule,
  };
}

/** The core's site: SI units and radians, zones from other files taken in. `folder` is where relative file names count from. */
export function toSite(file: SiteFile, folder: string): Site {
  const degrees = (value: number) => radians(value * RADIANS_PER_DEGREE);
  const outputs = outputConfigurations(file.outputs);
  const zones = [...file.zones, ...file.zonesFrom.flatMap((from) => importZones(resolve(folder, from.file), from.kind))];
  return {
    id: file.site.id,
    name: file.site.name,
    origin: toGeodetic(file.site.origin),
    ...(file.site.qnhHectopascals === undefined ? {} : { qnh: pascals(file.site.qnhHectopascals * 100) }),
    sources: file.sources.map((source) => ({
      id: source.id,
      protocol: source.protocol,
      origin: source.origin,
      timeBasis: source.timeBasis,
      options: {
        ...(source.editions === undefined ? {} : { editions: source.editions }),
        ...(source.beastTimestamps === undefined ? {} : { beastTimestamps: source.beastTimestamps }),
        ...(source.nodeId === undefined ? {} : { nodeId: source.nodeId }),
        ...(source.icdVersion === undefined ? {} : { icdVersion: source.icdVersion }),
        ...(source.allowedNodes === undefined ? {} : { allowedNodes: source.allowedNodes }),
        ...(source.strict === undefined ? {} : { strict: source.strict }),
        // Only that signatures are checked: the key itself never comes here, nor into the journal.
        ...(source.signingKeyFile === undefined ? {} : { signaturesVerified: true }),
      },
    })),
    sensors: file.sensors.map((sensor) => ({
      id: sensor.id,
      name: sensor.name ?? sensor.id,
      kind: sensor.kind,
      source: sensor.source,
      ...(sensor.key === undefined ? {} : { key: sensor.key }),
      ...(sensor.position === undefined ? {} : { position: toGeodetic(sensor.position) }),
      north: sensor.north,
      noise: {
        ...(sensor.noise.rangeMetres === undefined ? {} : { range: metres(sensor.noise.rangeMetres) }),
        ...(sensor.noise.azimuthDegrees === undefined ? {} : { azimuth: degrees(sensor.noise.azimuthDegrees) }),
        ...(sensor.noise.elevationDegrees === undefined ? {} : { elevation: degrees(sensor.noise.elevationDegrees) }),
        ...(sensor.noise.rangeRateMps === undefined ? {} : { rangeRate: metresPerSecond(sensor.noise.rangeRateMps) }),
        ...(sensor.noise.horizontalMetres === undefined ? {} : { horizontal: metres(sensor.noise.horizontalMetres) }),
        ...(sensor.noise.verticalMetres === undefined ? {} : { vertical: metres(sensor.noise.verticalMetres) }),
      },
      ...(sensor.fieldOfView === undefined
        ? {}
        : {
            fieldOfView: {
              rangeMin: metres(sensor.fieldOfView.rangeMinMetres),
              rangeMax: metres(sensor.fieldOfView.rangeMaxMetres),
              azimuthCentre: degrees(sensor.fieldOfView.azimuthCentreDegrees),
              azimuthWidth: degrees(sensor.fieldOfView.azimuthWidthDegrees),
              elevationMin: degrees(sensor.fieldOfView.elevationMinDegrees),
              elevationMax: degrees(sensor.fieldOfView.elevationMaxDegrees),
            },
          }),
      ...(sensor.updatePeriodSeconds === undefined ? {} : { updatePeriod: seconds(sensor.updatePeriodSeconds) }),
      ...(sensor.detectionProbability === undefined ? {} : { detectionProbability: sensor.detectionProbability }),
      ...(sensor.falseDetectionsPerScan === undefined ? {} : { falseDetectionsPerScan: sensor.falseDetectionsPerScan }),
      staleAfter: seconds(sensor.staleAfterSeconds),
      offlineAfter: seconds(sensor.offlineAfterSeconds),
    })),
    assets: file.assets.map((asset) => ({
      id: asset.id,
      name: asset.name,
      position: toGeodetic(asset.position),
      radius: metres(asset.radiusMetres),
      weight: asset.weight,
    })),
    zones: zones.map(toZone),
    ...(outputs.length === 0 ? {} : { outputs }),
    ...(file.cameras.length === 0 ? {} : { cameras: file.cameras.map((camera) => toCamera(camera, toGeodetic(camera.position))) }),
    judgement: toJudgement(file),
    friends: file.friendsFrom.flatMap((from) => readFriends(resolve(folder, from.file), file)),
    ...(file.response === undefined ? {} : { response: toResponsePolicy(file.response) }),
    channels: file.channels.map(({ id, levels, takeCover, exercise }) => ({ id, levels, takeCover, exercise })),
  };
}

/** Announced flights from a YAML or JSON file. Throws a UsageError that says where it is wrong: a friend must not be lost silently. */
function readFriends(path: string, file: SiteFile): FriendIntent[] {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"), { maxAliasCount: 20 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`friendsFrom: ${path} ${code === "ENOENT" ? "does not exist" : `cannot be read: ${message.split("\n")[0]}`}`);
  }
  const origin = toGeodetic(file.site.origin);
  const now = (Date.now() * 1000) as Micros;
  const frame = localFrame(origin.latitude, origin.longitude, origin.heightHae);
  const read = parseFriends(content, { frame, now, from: "file", registeredBy: basename(path) });
  if (!read.ok) throw new UsageError(`friendsFrom: ${path}: ${read.error.message}`);
  return read.value;
}

function toJudgement(file: SiteFile): JudgementSettings {
  const { wind, attention } = file;
  const towards = wind === undefined ? 0 : (wind.fromDegrees + 180) * RADIANS_PER_DEGREE;
  return {
    ...(wind === undefined
      ? {}
      : {
          wind: {
            east: metresPerSecond(wind.speedMps * Math.sin(towards)),
            north: metresPerSecond(wind.speedMps * Math.cos(towards)),
            sigma: metresPerSecond(wind.sigmaMps),
          },
        }),
    attention: {
      score: attention.score,
      assess: seconds(attention.assessSeconds),
      urgent: seconds(attention.urgentSeconds),
      urgentBelow: seconds(attention.urgentBelowSeconds),
    },
    alarms: file.alarms.map((alarm) => ({
      id: alarm.id,
      ...(alarm.level === undefined ? {} : { level: alarm.level }),
      ...(alarm.enabled === undefined ? {} : { enabled: alarm.enabled }),
      ...(alarm.onDelaySeconds === undefined ? {} : { onDelay: seconds(alarm.onDelaySeconds) }),
      ...(alarm.offDelaySeconds === undefined ? {} : { offDelay: seconds(alarm.offDelaySeconds) }),
    })),
    horizon: seconds(attention.horizonSeconds),
  };
}
