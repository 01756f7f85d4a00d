// Tracks, positions, alarms and decisions as files for other programs. Every format says of each object whether it was live, and where
// it was not, says so in its name. Pilots' positions are written only when they are asked for.

import { type Micros, metres, micros, RADIANS_PER_DEGREE, radians, type Seconds } from "../../core/base/units.ts";
import type { ClassName } from "../../core/model/identity.ts";
import { ownUidPrefix, targetClassOf } from "../../core/protocols/cot/cot-publisher.ts";
import type { ClaimedAffiliation } from "../../core/protocols/cot/cot-type.ts";
import { cotEventOfOperator, cotEventOfTrack, cotTypeOf, encodeCotXml } from "../../core/protocols/cot/encode.ts";
import type { HistoryStore } from "./history-store.ts";
import {
  findAlarms,
  findDecisions,
  findPositions,
  findTracks,
  type HistoryAlarm,
  type HistoryFilter,
  type HistoryTrack,
} from "./queries.ts";
import type { DecisionRow, PositionRow } from "./schema.ts";

export const EXPORT_FORMATS = ["csv", "geojson", "kml", "cot"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportContent {
  readonly siteId: string;
  readonly tracks: readonly HistoryTrack[];
  /** By key of the track, oldest first. */
  readonly positions: ReadonlyMap<string, readonly PositionRow[]>;
  readonly alarms: readonly HistoryAlarm[];
  readonly decisions: readonly DecisionRow[];
}

export const EXPORT_TYPES: Readonly<Record<ExportFormat, { readonly type: string; readonly extension: string }>> = {
  csv: { type: "text/csv; charset=utf-8", extension: "csv" },
  geojson: { type: "application/geo+json; charset=utf-8", extension: "geojson" },
  kml: { type: "application/vnd.google-earth.kml+xml; charset=utf-8", extension: "kml" },
  cot: { type: "application/xml; charset=utf-8", extension: "xml" },
};

const MOST_TRACKS = 1000;
const MOST_POSITIONS = 200_000;

/** What a filter selects, whole; a sentence when it is too much for one file. */
export async function readExport(store: HistoryStore, filter: HistoryFilter, pilots: boolean): Promise<ExportContent | string> {
  const tracks = await findTracks(store, { ...filter, limit: MOST_TRACKS }, pilots);
  if (tracks.next !== null) return `more than ${MOST_TRACKS} tracks: choose a shorter time, a zone or an incident`;
  const positions = new Map<string, PositionRow[]>();
  let count = 0;
  for (const { key } of tracks.items) {
    const path: PositionRow[] = [];
    let after: string | undefined;
    do {
      // A track or an incident is exported with its whole path, a window with what lies in it.
      const { fromUs, toUs } = filter;
      const page = await findPositions(store, {
        ...(fromUs === undefined ? {} : { fromUs }),
        ...(toUs === undefined ? {} : { toUs }),
        track: key,
        limit: 10_000,
        ...(after === undefined ? {} : { after }),
      });
      path.push(...page.items);
      count += page.items.length;
      if (count > MOST_POSITIONS) return `more than ${MOST_POSITIONS} positions: choose a shorter time, a zone or an incident`;
      after = page.next ?? undefined;
    } while (after !== undefined);
    positions.set(key, path);
  }
  const alarms = await findAlarms(store, { ...filter, limit: MOST_TRACKS });
  const decisions = await findDecisions(store, { ...filter, limit: MOST_TRACKS });
  const site = await store.queries.selectFrom("meta").select("value").where("name", "=", "site").executeTakeFirst();
  return { siteId: site?.value ?? "site", tracks: tracks.items, positions, alarms: alarms.items, decisions: decisions.items };
}

export function writeExport(content: ExportContent, format: ExportFormat): string {
  switch (format) {
    case "csv":
      return writeCsv(content);
    case "geojson":
      return writeGeoJson(content);
    case "kml":
      return writeKml(content);
    case "cot":
      return writeCot(content);
  }
}

const instant = (us: number): string => new Date(us / 1000).toISOString();
const LABELS: Readonly<Record<string, string>> = { simulated: "SIMULATED", recorded: "RECORDED", exercise: "EXERCISE" };
/** "SIMULATED" and the like; empty for what was live. */
const labelOf = (origin: string): string => LABELS[origin] ?? (origin === "live" ? "" : origin.toUpperCase());
const nameOf = ({ id, origin }: { id: string; origin: string }): string => [labelOf(origin), id].filter((part) => part !== "").join(" ");
const identitiesOf = ({ identities }: HistoryTrack): string => identities.map(({ scheme, value }) => `${scheme}=${value}`).join("; ");

/**
 * One field of a CSV file after RFC 4180. Text from the air may begin like a formula: a spreadsheet would calculate it, so an apostrophe
 * goes in front. Numbers are numbers.
 */
export function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // Spreadsheets look behind blanks too, and take the wide forms of these signs for them.
  const dangerous = /^[\s\p{Cc}\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|]/u.test(value) || /^[\t\r\n]/.test(value);
  const text = dangerous ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const CSV_COLUMNS =
  "record,id,origin,label,at,latitude_degrees,longitude_degrees,height_hae_metres,speed_mps,course_degrees,class,affiliation,identities,text,by".split(
    ",",
  );

function writeCsv(content: ExportContent): string {
  const lines = [CSV_COLUMNS.join(",")];
  const add = (fields: Readonly<Record<string, string | number | null>>) =>
    lines.push(CSV_COLUMNS.map((name) => csvField(fields[name] ?? null)).join(","));
  for (const track of content.tracks) {
    const shared = {
      id: track.id,
      origin: track.origin,
      label: labelOf(track.origin),
      class: track.class_name,
      affiliation: track.affiliation,
    };
    const identities = identitiesOf(track);
    for (const position of content.positions.get(track.key) ?? []) {
      add({
        record: "position",
        ...shared,
        at: instant(position.at_us),
        latitude_degrees: position.latitude_degrees,
        longitude_degrees: position.longitude_degrees,
        height_hae_metres: position.height_hae_metres,
        speed_mps: position.speed_mps,
        course_degrees: position.course_degrees,
        identities,
      });
    }
    if (track.operator_latitude_degrees !== null && track.operator_longitude_degrees !== null) {
      add({
        record: "pilot",
        ...shared,
        at: instant(track.last_at_us),
        latitude_degrees: track.operator_latitude_degrees,
        longitude_degrees: track.operator_longitude_degrees,
        text: track.operator_kind,
      });
    }
  }
  for (const alarm of content.alarms) {
    for (const change of alarm.transitions) {
      add({
        record: "alarm",
        id: alarm.id,
        origin: alarm.origin,
        label: labelOf(alarm.origin),
        at: instant(change.at_us),
        text: `level ${change.level} ${change.change}: ${alarm.condition_text}${change.reason === null ? "" : ` (${change.reason})`}`,
        by: change.by,
      });
    }
  }
  for (const decision of content.decisions) {
    const outcome = decision.ok === 1 ? "" : ` (refused: ${decision.message ?? decision.code ?? ""})`;
    add({
      record: "decision",
      id: decision.subject,
      at: instant(decision.at_us),
      text: `${decision.kind}${outcome}`,
      by: `${decision.actor}${decision.authenticated === 1 ? "" : " (not authenticated)"}`,
    });
  }
  return `${lines.join("\r\n")}\r\n`;
}

const height = (value: number | null): number[] => (value === null ? [] : [value]);

function writeGeoJson(content: ExportContent): string {
  const features: object[] = [];
  for (const track of content.tracks) {
    const path = content.positions.get(track.key) ?? [];
    const coordinates = path.map((at) => [at.longitude_degrees, at.latitude_degrees, ...height(at.height_hae_metres)]);
    const properties = {
      record: "track",
      id: track.id,
      name: nameOf(track),
      origin: track.origin,
      label: labelOf(track.origin),
      class: track.class_name,
      classConfidence: track.class_confidence,
      affiliation: track.affiliation,
      maxScore: track.max_score,
      identities: track.identities,
      first: instant(track.first_at_us),
      last: instant(track.last_at_us),
      times: path.map(({ at_us }) => instant(at_us)),
    };
    const geometry =
      coordinates.length > 1
        ? { type: "LineString", coordinates }
        : coordinates.length === 1
          ? { type: "Point", coordinates: coordinates[0] }
          : null;
    features.push({ type: "Feature", id: track.key, geometry, properties });
    if (track.operator_latitude_degrees !== null && track.operator_longitude_degrees !== null) {
      features.push({
        type: "Feature",
        geometry: { type: "Point", coordinates: [track.operator_longitude_degrees, track.operator_latitude_degrees] },
        properties: { record: "pilot", track: track.id, origin: track.origin, label: labelOf(track.origin), kind: track.operator_kind },
      });
    }
  }
  const alarms = content.alarms.map(({ id, origin, level, condition_text, transitions }) => ({
    id,
    origin,
    label: labelOf(origin),
    level,
    text: condition_text,
    transitions: transitions.map(({ at_us, change, by, reason }) => ({ at: instant(at_us), change, by, reason })),
  }));
  const decisions = content.decisions.map(({ at_us, kind, actor, authenticated, subject, ok, message }) => ({
    at: instant(at_us),
    kind,
    actor,
    authenticated: authenticated === 1,
    subject,
    ok: ok === 1,
    message,
  }));
  return `${JSON.stringify({ type: "FeatureCollection", features, alarms, decisions })}\n`;
}

/** Characters that XML 1.0 does not allow at all are left out: they come from the air. */
const xml = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "").replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function writeKml(content: ExportContent): string {
  const placemarks = content.tracks.flatMap((track) => {
    const path = content.positions.get(track.key) ?? [];
    const description = [
      `origin ${track.origin}`,
      `class ${track.class_name} (${Math.round(track.class_confidence * 100)} %)`,
      `affiliation ${track.affiliation}`,
      identitiesOf(track),
    ].join("; ");
    const whens = path.map(({ at_us }) => `<when>${instant(at_us)}</when>`).join("");
    // Heights above mean sea level are what a KML reader expects; ours are above the ellipsoid, so they go beside it and the line lies on the ground.
    const coords = path.map((at) => `<gx:coord>${at.longitude_degrees} ${at.latitude_degrees} 0</gx:coord>`).join("");
    const heights = path.map(({ height_hae_metres }) => `<gx:value>${height_hae_metres ?? ""}</gx:value>`).join("");
    const extended = [
      ["origin", track.origin],
      ["label", labelOf(track.origin)],
      ["affiliation", track.affiliation],
    ]
      .map(([name, value]) => `<Data name="${name}"><value>${xml(value!)}</value></Data>`)
      .join("");
    const marks = [
      `<Placemark id="${xml(track.key)}"><name>${xml(nameOf(track))}</name><description>${xml(description)}</description><styleUrl>#${xml(track.affiliation)}</styleUrl>` +
        `<gx:Track><altitudeMode>clampToGround</altitudeMode>${whens}${coords}` +
        `<ExtendedData>${extended}<SchemaData schemaUrl="#heights"><gx:SimpleArrayData name="heightHaeMetres">${heights}</gx:SimpleArrayData></SchemaData></ExtendedData></gx:Track></Placemark>`,
    ];
    if (track.operator_latitude_degrees !== null && track.operator_longitude_degrees !== null) {
      marks.push(
        `<Placemark><name>${xml(`${nameOf(track)} pilot`)}</name><Point><coordinates>${track.operator_longitude_degrees},${track.operator_latitude_degrees}</coordinates></Point></Placemark>`,
      );
    }
    return marks;
  });
  const colours: Readonly<Record<string, string>> = {
    pending: "ff00ffff",
    unknown: "ff00ffff",
    "assumed-friend": "ffff8000",
    friend: "ffff8000",
    neutral: "ff00c000",
    suspect: "ff3060ff",
    hostile: "ff0000ff",
  };
  const styles = Object.entries(colours)
    .map(([name, colour]) => `<Style id="${name}"><LineStyle><color>${colour}</color><width>3</width></LineStyle></Style>`)
    .join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>` +
    `<name>${xml(content.siteId)}</name>${styles}<Schema id="heights"><gx:SimpleArrayField name="heightHaeMetres" type="float"/></Schema>` +
    `${placemarks.join("\n")}</Document></kml>\n`
  );
}

/** Age at which a receiver shows a position of the past as old. */
const COT_INTERVAL = 1 as Seconds;
/** Of a position in the history, 1 sigma, m: the estimate's own covariance is not kept. */
const UNKNOWN_SIGMA = 50;

/** One event for each position, oldest first, inside one element: players of CoT recordings take the events out again. */
function writeCot(content: ExportContent): string {
  const events: { at: number; text: string }[] = [];
  const body = (event: Parameters<typeof encodeCotXml>[0]): string => encodeCotXml(event).replace(/^<\?xml[^>]*\?>/, "");
  for (const track of content.tracks) {
    const uid = `${ownUidPrefix(content.siteId)}${track.id}`;
    const simulated = track.origin !== "live";
    const affiliation = track.affiliation as ClaimedAffiliation;
    const targetClass = targetClassOf({ className: track.class_name as ClassName, classification: "" });
    const remarks = [labelOf(track.origin), identitiesOf(track)].filter((part) => part !== "").join(" ");
    for (const position of content.positions.get(track.key) ?? []) {
      const course = position.course_degrees * RADIANS_PER_DEGREE;
      const event = cotEventOfTrack({
        uid,
        callsign: track.id,
        affiliation,
        ...(targetClass === undefined ? {} : { targetClass }),
        latitude: radians(position.latitude_degrees * RADIANS_PER_DEGREE),
        longitude: radians(position.longitude_degrees * RADIANS_PER_DEGREE),
        ...(position.height_hae_metres === null ? {} : { heightHae: metres(position.height_hae_metres) }),
        covarianceEn: [UNKNOWN_SIGMA * UNKNOWN_SIGMA, 0, UNKNOWN_SIGMA * UNKNOWN_SIGMA],
        velocityEast: position.speed_mps * Math.sin(course),
        velocityNorth: position.speed_mps * Math.cos(course),
        at: micros(position.at_us),
        updateInterval: COT_INTERVAL,
        source: "fused",
        remarks,
        simulated,
      });
      events.push({ at: position.at_us, text: body(event) });
    }
    if (track.operator_latitude_degrees !== null && track.operator_longitude_degrees !== null) {
      const event = cotEventOfOperator({
        trackUid: uid,
        trackType: cotTypeOf(affiliation, targetClass),
        callsign: track.id,
        latitude: radians(track.operator_latitude_degrees * RADIANS_PER_DEGREE),
        longitude: radians(track.operator_longitude_degrees * RADIANS_PER_DEGREE),
        at: track.last_at_us as Micros,
        updateInterval: COT_INTERVAL,
        simulated,
      });
      events.push({ at: track.last_at_us, text: body(event) });
    }
  }
  events.sort((a, b) => a.at - b.at);
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<events>\n${events.map(({ text }) => text).join("\n")}\n</events>\n`;
}
