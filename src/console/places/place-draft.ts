// A zone or an asset as it stands in a form: what a person typed, what is wrong with it, and what it would change. Pure. The shapes are
// those of the site file, which the API takes.

import { readPlace } from "../map/read-place.ts";
import type { Place } from "../map/ruler.ts";

export const HEIGHT_KINDS = ["amslMetres", "aboveTakeoffMetres", "haeMetres", "pressureMetres"] as const;
export type HeightKind = (typeof HEIGHT_KINDS)[number];
export const ZONE_KINDS = ["keep-out", "alert", "restricted", "information"] as const;
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Day = (typeof DAYS)[number];

type HeightFile = { readonly [kind in HeightKind]?: number };

export interface ZoneFile {
  readonly id: string;
  readonly name: string;
  readonly kind: (typeof ZONE_KINDS)[number];
  /** [longitudeDegrees, latitudeDegrees] */
  readonly polygon: readonly (readonly [number, number])[];
  readonly floor?: HeightFile;
  readonly ceiling?: HeightFile;
  readonly schedule?: { readonly days: readonly Day[]; readonly from: string; readonly to: string };
}

export interface AssetFile {
  readonly id: string;
  readonly name: string;
  readonly position: {
    readonly latitudeDegrees: number;
    readonly longitudeDegrees: number;
    readonly heightHaeMetres?: number;
    readonly heightAmslMetres?: number;
  };
  readonly radiusMetres: number;
  readonly weight: number;
}

export type PlaceFile = ZoneFile | AssetFile;
export const isZone = (place: PlaceFile): place is ZoneFile => "polygon" in place;

/** Everything as text, as it is typed. Corners are one a line; of an asset only the first counts. */
export interface Draft {
  readonly what: "zone" | "asset";
  /** Empty for a new one. */
  readonly id: string;
  readonly name: string;
  readonly kind: ZoneFile["kind"];
  readonly corners: string;
  readonly floor: string;
  readonly floorKind: HeightKind;
  readonly ceiling: string;
  readonly ceilingKind: HeightKind;
  readonly scheduled: boolean;
  readonly days: readonly Day[];
  readonly from: string;
  readonly to: string;
  readonly height: string;
  readonly heightKind: "heightHaeMetres" | "heightAmslMetres";
  readonly radius: string;
  readonly weight: string;
}

/** As it is read out over a radio; seven digits are a centimetre. */
export const cornerText = ({ latitudeDegrees, longitudeDegrees }: Place): string =>
  `${Number(latitudeDegrees.toFixed(7))}, ${Number(longitudeDegrees.toFixed(7))}`;

export const cornersText = (places: readonly Place[]): string => places.map(cornerText).join("\n");

/** The places of each line that says one, and the first line (from 1) that does not; empty lines are nothing. */
export function readCorners(text: string): { places: Place[]; wrongLine: number | undefined } {
  const places: Place[] = [];
  let wrongLine: number | undefined;
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const place = readPlace(line);
    if (place === undefined) wrongLine ??= index + 1;
    else places.push(place);
  });
  return { places, wrongLine };
}

/** An empty form. `heightHae` stands for the ground of the site until somebody says better. */
export const newDraft = (what: Draft["what"], heightHae: number): Draft => ({
  what,
  id: "",
  name: "",
  kind: "keep-out",
  corners: "",
  floor: "",
  floorKind: "aboveTakeoffMetres",
  ceiling: "",
  ceilingKind: "aboveTakeoffMetres",
  scheduled: false,
  days: [],
  from: "00:00",
  to: "24:00",
  height: String(Math.round(heightHae)),
  heightKind: "heightHaeMetres",
  radius: "500",
  weight: "1",
});

const heightOf = (height: HeightFile | undefined): { kind: HeightKind; text: string } => {
  const kind = HEIGHT_KINDS.find((each) => height?.[each] !== undefined);
  return kind === undefined ? { kind: "aboveTakeoffMetres", text: "" } : { kind, text: String(height![kind]) };
};

export function draftOf(place: PlaceFile): Draft {
  if (!isZone(place)) {
    const { position } = place;
    const heightKind = position.heightAmslMetres === undefined ? "heightHaeMetres" : "heightAmslMetres";
    return {
      ...newDraft("asset", 0),
      id: place.id,
      name: place.name,
      corners: cornerText(position),
      height: String(position[heightKind] ?? 0),
      heightKind,
      radius: String(place.radiusMetres),
      weight: String(place.weight),
    };
  }
  const [floor, ceiling] = [heightOf(place.floor), heightOf(place.ceiling)];
  return {
    ...newDraft("zone", 0),
    id: place.id,
    name: place.name,
    kind: place.kind,
    corners: cornersText(place.polygon.map(([longitudeDegrees, latitudeDegrees]) => ({ longitudeDegrees, latitudeDegrees }))),
    floor: floor.text,
    floorKind: floor.kind,
    ceiling: ceiling.text,
    ceilingKind: ceiling.kind,
    ...(place.schedule === undefined
      ? {}
      : { scheduled: true, days: place.schedule.days, from: place.schedule.from, to: place.schedule.to }),
  };
}

/** Small letters, digits and hyphens out of a name; of a name without any, "zone" or "asset". Never one that is taken. */
export function idFor(name: string, what: Draft["what"], taken: readonly string[]): string {
  const plain = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 34)
    .replace(/-+$/, "");
  const stem = plain === "" ? what : plain;
  if (plain !== "" && !taken.includes(stem)) return stem;
  for (let n = plain === "" ? 1 : 2; ; n++) if (!taken.includes(`${stem}-${n}`)) return `${stem}-${n}`;
}

/** What is wrong with a form: `field` names a label of the form. */
export type DraftFault =
  | { readonly kind: "name" }
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "few" }
  | { readonly kind: "position" }
  | { readonly kind: "number"; readonly field: "floor" | "ceiling" | "height" | "radius" | "weight" };

const western = (text: string) =>
  text
    .trim()
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace("\u066b", ".");
const numberOf = (text: string): number | undefined => {
  const plain = western(text);
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
};

/** The place that the form says, or what is wrong with it first. Heights and the name are kept as typed. */
export function placeOf(draft: Draft, taken: readonly string[]): { place: PlaceFile } | { fault: DraftFault } {
  const name = draft.name.trim();
  if (name === "") return { fault: { kind: "name" } };
  const id = draft.id === "" ? idFor(name, draft.what, taken) : draft.id;
  const { places, wrongLine } = readCorners(draft.corners);
  const rounded = (value: number) => Number(value.toFixed(7));
  if (draft.what === "asset") {
    const [at] = places;
    if (at === undefined || wrongLine !== undefined) return { fault: { kind: "position" } };
    const [height, radius, weight] = [numberOf(draft.height), numberOf(draft.radius), numberOf(draft.weight)];
    if (height === undefined) return { fault: { kind: "number", field: "height" } };
    if (radius === undefined || radius <= 0) return { fault: { kind: "number", field: "radius" } };
    if (weight === undefined || weight <= 0) return { fault: { kind: "number", field: "weight" } };
    const position = {
      latitudeDegrees: rounded(at.latitudeDegrees),
      longitudeDegrees: rounded(at.longitudeDegrees),
      [draft.heightKind]: height,
    } as AssetFile["position"];
    return { place: { id, name, position, radiusMetres: radius, weight } };
  }
  if (wrongLine !== undefined) return { fault: { kind: "line", line: wrongLine } };
  if (places.length < 3) return { fault: { kind: "few" } };
  const limits: { floor?: HeightFile; ceiling?: HeightFile } = {};
  for (const field of ["floor", "ceiling"] as const) {
    if (draft[field].trim() === "") continue;
    const value = numberOf(draft[field]);
    if (value === undefined) return { fault: { kind: "number", field } };
    limits[field] = { [draft[`${field}Kind`]]: value };
  }
  return {
    place: {
      id,
      name,
      kind: draft.kind,
      polygon: places.map((place) => [rounded(place.longitudeDegrees), rounded(place.latitudeDegrees)] as const),
      ...limits,
      ...(draft.scheduled ? { schedule: { days: DAYS.filter((day) => draft.days.includes(day)), from: draft.from, to: draft.to } } : {}),
    },
  };
}

export interface PlaceChangeLine {
  readonly field: "name" | "kind" | "corners" | "floor" | "ceiling" | "schedule" | "position" | "height" | "radius" | "weight";
  readonly before: string;
  readonly after: string;
}

/** How a value reads on a screen; the form's words are the console's own. */
export interface PlaceWords {
  kind(kind: ZoneFile["kind"]): string;
  corners(count: number): string;
  height(kind: HeightKind, metres: number): string;
  schedule(schedule: NonNullable<ZoneFile["schedule"]>): string;
  metres(value: number): string;
  place(place: Place): string;
  number(value: number): string;
  readonly none: string;
  readonly always: string;
}

function linesOf(place: PlaceFile | undefined, words: PlaceWords): Map<PlaceChangeLine["field"], { text: string; exact: string }> {
  const lines = new Map<PlaceChangeLine["field"], { text: string; exact: string }>();
  if (place === undefined) return lines;
  const put = (field: PlaceChangeLine["field"], text: string, exact: unknown) => lines.set(field, { text, exact: JSON.stringify(exact) });
  put("name", place.name, place.name);
  if (isZone(place)) {
    const limit = (height: HeightFile | undefined) => {
      const kind = HEIGHT_KINDS.find((each) => height?.[each] !== undefined);
      return kind === undefined ? words.none : words.height(kind, height![kind]!);
    };
    put("kind", words.kind(place.kind), place.kind);
    put("corners", words.corners(place.polygon.length), place.polygon);
    put("floor", limit(place.floor), limit(place.floor));
    put("ceiling", limit(place.ceiling), limit(place.ceiling));
    const schedule = place.schedule === undefined ? words.always : words.schedule(place.schedule);
    put("schedule", schedule, schedule);
  } else {
    const { heightAmslMetres, heightHaeMetres } = place.position;
    put("position", words.place(place.position), cornerText(place.position));
    const height =
      heightAmslMetres === undefined ? words.height("haeMetres", heightHaeMetres ?? 0) : words.height("amslMetres", heightAmslMetres);
    put("height", height, height);
    put("radius", words.metres(place.radiusMetres), place.radiusMetres);
    put("weight", words.number(place.weight), place.weight);
  }
  return lines;
}

/** Each field that would be another, with both values in words; of a new place, every field. */
export function changesOf(before: PlaceFile | undefined, after: PlaceFile, words: PlaceWords): PlaceChangeLine[] {
  const old = linesOf(before, words);
  const changes: PlaceChangeLine[] = [];
  for (const [field, now] of linesOf(after, words)) {
    const was = old.get(field);
    if (was === undefined || was.exact !== now.exact) changes.push({ field, before: was?.text ?? "", after: now.text });
  }
  return changes;
}
