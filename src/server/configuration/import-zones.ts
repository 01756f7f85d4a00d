// Zones drawn elsewhere: GeoJSON (RFC 7946), KML 2.2, and the UAS geographical zones of EUROCAE ED-269 and ED-318. Facts of the
// formats from their public samples and schemas. Holes, dates, and times beyond one daily period in UTC are not taken over: such a zone covers
// more, and is in force for longer, than its file says.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { SaxesParser } from "saxes";
import { METRES_PER_FOOT } from "../../core/base/units.ts";
import { UsageError } from "../cli/command.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type ZoneFile, zoneSchema } from "./site-schema.ts";

type Kind = ZoneFile["kind"];
type Ring = [number, number][];

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ZONES = 5000;
const CIRCLE_CORNERS = 48;
/** A limit at or above this means "no limit" in the files of several authorities. */
const UNLIMITED = 99_000;

interface Drawn {
  name: string;
  identifier: string;
  rings: Ring[];
  floor?: ZoneFile["floor"];
  ceiling?: ZoneFile["ceiling"];
  restriction?: string;
  schedule?: ZoneFile["schedule"];
}

/** Reads the zones of a file; `kind` is given to those whose file does not say one. Throws a sentence for a file that cannot be used. */
export function importZones(path: string, kind: Kind): ZoneFile[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `zonesFrom: cannot read ${path}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`,
    );
  }
  return readZones(text, basename(path), kind);
}

/** The same from text; `name` is for messages. */
export function readZones(text: string, name: string, kind: Kind): ZoneFile[] {
  if (text.length > MAX_BYTES) throw new UsageError(`${name}: larger than 32 MiB`);
  const drawn = text.trimStart().startsWith("<") ? readKml(text, name) : readJson(text, name);
  const zones: ZoneFile[] = [];
  const taken = new Set<string>();
  for (const one of drawn) {
    one.rings.forEach((ring, index) => {
      const base = slug(one.identifier || one.name || `${name}-zone`);
      let id = one.rings.length > 1 ? `${base.slice(0, 36)}-${index + 1}` : base;
      for (let n = 2; taken.has(id); n++) id = `${base.slice(0, 35)}-${n}`;
      taken.add(id);
      zones.push({
        id,
        name: one.name || one.identifier || id,
        kind: kindOf(one.restriction, kind),
        polygon: openRing(ring),
        ...(one.floor === undefined ? {} : { floor: one.floor }),
        ...(one.ceiling === undefined ? {} : { ceiling: one.ceiling }),
        ...(one.schedule === undefined ? {} : { schedule: one.schedule }),
      });
    });
  }
  if (zones.length === 0) throw new UsageError(`${name}: no polygon was found in it`);
  if (zones.length > MAX_ZONES) throw new UsageError(`${name}: ${zones.length} zones are more than ${MAX_ZONES}`);
  const problems = zones.flatMap((zone) => {
    const checked = zoneSchema.safeParse(zone);
    return checked.success
      ? []
      : checked.error.issues.map((issue) => ({ place: name, path: `${zone.id}.${issue.path.join(".")}`, message: issue.message }));
  });
  if (problems.length > 0) throw new ConfigurationError(problems.slice(0, 20));
  return zones;
}

function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return plain === "" ? "zone" : plain;
}

/** Without the closing corner that repeats the first. */
function openRing(ring: Ring): Ring {
  const first = ring[0];
  const last = ring.at(-1);
  return first !== undefined && last !== undefined && ring.length > 1 && first[0] === last[0] && first[1] === last[1]
    ? ring.slice(0, -1)
    : ring;
}

/** The restriction words of ED-269 and ED-318 in Picket's kinds. */
function kindOf(restriction: string | undefined, otherwise: Kind): Kind {
  if (restriction === undefined) return otherwise;
  if (/PROHIBITED/i.test(restriction)) return "keep-out";
  if (/REQ_AUTHORI[SZ]ATION|CONDITIONAL/i.test(restriction)) return "restricted";
  if (/NO_RESTRICTION/i.test(restriction)) return "information";
  return otherwise;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function readJson(text: string, name: string): Drawn[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: neither JSON nor KML: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new UsageError(`${name}: expected a GeoJSON, ED-269 or ED-318 object`);
  if (Array.isArray(value.UASZoneList)) return value.UASZoneList.filter(isObject).map(readEd269);
  if (value.type === "FeatureCollection") return listOf(value.features).filter(isObject).map(readFeature);
  if (value.type === "Feature") return [readFeature(value)];
  if (typeof value.type === "string") return [{ name: "", identifier: "", rings: ringsOf(value) }];
  throw new UsageError(
    `${name}: expected a GeoJSON, ED-269 or ED-318 object, found one with the keys ${Object.keys(value).slice(0, 8).join(", ")}`,
  );
}

/** Text in one language, English first: a string, or [{text, lang}] as in ED-318. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const entries = listOf(value).filter(isObject);
  const english = entries.find((entry) => typeof entry.lang === "string" && entry.lang.startsWith("en")) ?? entries[0];
  return typeof english?.text === "string" ? english.text : "";
}

function readFeature(feature: Json): Drawn {
  const properties = isObject(feature.properties) ? feature.properties : {};
  const geometry = isObject(feature.geometry) ? feature.geometry : {};
  const layers = layersOf(geometry);
  const [layer] = layers;
  return {
    name: textOf(properties.name ?? properties.Name ?? properties.title),
    identifier: textOf(properties.identifier ?? properties.id ?? feature.id),
    rings: ringsOf(geometry),
    ...(layer === undefined ? {} : limitsOf(layer.lower, layer.lowerReference, layer.upper, layer.upperReference, layer.uom)),
    ...(typeof properties.type === "string" ? { restriction: properties.type } : {}),
    ...scheduleOf(properties.limitedApplicability),
  };
}

/** The vertical layer of ED-318, on the geometry or on the members of a collection. */
function layersOf(geometry: Json): Json[] {
  if (isObject(geometry.layer)) return [geometry.layer];
  return listOf(geometry.geometries).filter(isObject).flatMap(layersOf);
}

function readEd269(zone: Json): Drawn {
  const volumes = listOf(zone.geometry).filter(isObject);
  const [first] = volumes;
  return {
    name: textOf(zone.name),
    identifier: textOf(zone.identifier),
    rings: volumes.flatMap((volume) => (isObject(volume.horizontalProjection) ? ringsOf(volume.horizontalProjection) : [])),
    ...(first === undefined
      ? {}
      : limitsOf(first.lowerLimit, first.lowerVerticalReference, first.upperLimit, first.upperVerticalReference, first.uomDimensions)),
    ...(typeof zone.restriction === "string" ? { restriction: zone.restriction } : {}),
    ...scheduleOf(zone.applicability),
  };
}

function limitsOf(
  lower: unknown,
  lowerReference: unknown,
  upper: unknown,
  upperReference: unknown,
  unit: unknown,
): Pick<Drawn, "floor" | "ceiling"> {
  const scale = typeof unit === "string" && /^f/i.test(unit) ? METRES_PER_FOOT : 1;
  const limit = (value: unknown, reference: unknown): ZoneFile["floor"] => {
    const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    if (!Number.isFinite(number) || number >= UNLIMITED) return undefined;
    const metres = number * scale;
    const word = typeof reference === "string" ? reference.toUpperCase() : "AGL";
    if (word === "AMSL" || word === "MSL") return { amslMetres: metres };
    if (word === "WGS84" || word === "HAE") return { haeMetres: metres };
    return { aboveTakeoffMetres: metres };
  };
  return { floor: limit(lower, lowerReference), ceiling: limit(upper, upperReference) };
}

/** One daily period of an applicability; several, or dates, are left out: the zone is then always in force, which errs on the safe side. */
function scheduleOf(applicability: unknown): Pick<Drawn, "schedule"> {
  const periods = listOf(applicability).filter(isObject);
  if (periods.length !== 1) return {};
  const daily = listOf(periods[0]!.dailyPeriod ?? periods[0]!.schedule).filter(isObject);
  if (daily.length !== 1) return {};
  const { day, startTime, endTime } = daily[0]!;
  // A local time zone would put the zone out of force at the wrong hours: then it is always in force.
  const clock = (value: unknown) =>
    typeof value === "string" ? /^(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]00:?00)?$/.exec(value)?.[1] : undefined;
  const from = clock(startTime);
  const to = clock(endTime);
  if (from === undefined || to === undefined) return {};
  const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
  const days = listOf(day).flatMap((value) => names.filter((known) => typeof value === "string" && value.toLowerCase().startsWith(known)));
  return { schedule: { days, from, to } };
}

/** Outer rings of a geometry; circles become polygons. */
function ringsOf(geometry: Json): Ring[] {
  const corners = (value: unknown): Ring =>
    listOf(value).flatMap((corner): Ring => {
      const [lon, lat] = listOf(corner);
      return typeof lon === "number" && typeof lat === "number" ? [[lon, lat]] : [];
    });
  switch (geometry.type) {
    case "Polygon":
      return [corners(listOf(geometry.coordinates)[0])];
    case "MultiPolygon":
      return listOf(geometry.coordinates).map((polygon) => corners(listOf(polygon)[0]));
    case "GeometryCollection":
      return listOf(geometry.geometries).filter(isObject).flatMap(ringsOf);
    case "Circle":
      return circle(listOf(geometry.center), geometry.radius);
    case "Point": {
      const extent = isObject(geometry.extent) ? geometry.extent : undefined;
      return extent?.subType === "Circle" || extent?.subtype === "Circle" ? circle(listOf(geometry.coordinates), extent.radius) : [];
    }
    default:
      return [];
  }
}

function circle(centre: unknown[], radius: unknown): Ring[] {
  const [lon, lat] = centre;
  if (typeof lon !== "number" || typeof lat !== "number" || typeof radius !== "number" || !(radius > 0)) return [];
  const perDegree = 111_320;
  const ring: Ring = [];
  for (let i = 0; i < CIRCLE_CORNERS; i++) {
    const angle = (2 * Math.PI * i) / CIRCLE_CORNERS;
    ring.push([
      lon + (radius * Math.sin(angle)) / (perDegree * Math.cos((lat * Math.PI) / 180)),
      lat + (radius * Math.cos(angle)) / perDegree,
    ]);
  }
  return [ring];
}

function readKml(text: string, name: string): Drawn[] {
  // DOCTYPE is refused before anything is expanded: a KML has no use for one, a bomb has.
  if (/<!DOCTYPE/i.test(text)) throw new UsageError(`${name}: a DOCTYPE is not allowed`);
  const parser = new SaxesParser({ xmlns: false });
  const found: Drawn[] = [];
  const path: string[] = [];
  let placemark: Drawn | undefined;
  let words = "";
  let extruded = false;
  let absolute = false;
  let highest = 0;
  let failure: string | undefined;
  parser.on("error", (error) => {
    failure ??= error.message;
  });
  parser.on("opentag", (tag) => {
    const local = tag.name.replace(/^.*:/, "");
    path.push(local);
    words = "";
    if (local === "Placemark") {
      placemark = { name: "", identifier: typeof tag.attributes.id === "string" ? tag.attributes.id : "", rings: [] };
      extruded = false;
      absolute = false;
      highest = 0;
    }
  });
  parser.on("text", (part) => {
    words += part;
  });
  parser.on("closetag", () => {
    const local = path.pop();
    if (placemark === undefined) return;
    if (local === "name" && path.at(-1) === "Placemark") placemark.name = words.trim();
    else if (local === "extrude") extruded = words.trim() === "1";
    else if (local === "altitudeMode") absolute = words.trim() === "absolute";
    else if (local === "coordinates" && path.includes("outerBoundaryIs")) {
      const corners = words
        .trim()
        .split(/\s+/)
        .map((corner) => corner.split(",").map(Number));
      for (const [, , height] of corners) highest = Math.max(highest, height ?? 0);
      placemark.rings.push(corners.map(([lon, lat]) => [lon!, lat!]));
    } else if (local === "Placemark") {
      if (extruded && absolute && highest > 0) placemark.ceiling = { amslMetres: highest };
      if (placemark.rings.length > 0) found.push(placemark);
      placemark = undefined;
    }
  });
  parser.write(text).close();
  if (failure !== undefined) throw new UsageError(`${name}: not well-formed XML: ${failure}`);
  return found;
}
