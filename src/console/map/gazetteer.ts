// Names of populated places, cut from GeoNames' list (CC BY 4.0) into small files when the console is built: one for the whole
// world with the great cities, and one for each ten degrees by ten with every place. The map asks only for what it shows.

/** Latin name, Arabic name ("" when the list has none that is surely in Arabic letters), degrees north, degrees east, inhabitants. */
export type PlaceEntry = readonly [name: string, arabic: string, latitudeDegrees: number, longitudeDegrees: number, population: number];

export interface WorldPlaces {
  /** Cells that have a file. */
  readonly cells: readonly string[];
  readonly places: readonly PlaceEntry[];
}

export const CELL_DEGREES = 10;
/** From this zoom on the cells are asked for; below it the world's file has enough. */
export const CELL_ZOOM = 6;
/** Inhabitants from which a place is in the world's file. */
export const GREAT_CITY = 250_000;

/** Columns of GeoNames' "geoname" table, from 0. */
const COLUMN = { name: 1, alternateNames: 3, latitude: 4, longitude: 5, featureCode: 7, population: 14 } as const;
/** Districts of a city, and places that are no more: not what a person steers by. */
const LEFT_OUT = new Set(["PPLX", "PPLH", "PPLQ", "PPLW", "PPLCH"]);

// Letters of Arabic itself, its vowel signs and the blank. Persian, Urdu, Kurdish, Pashto and Uyghur names of the same place use
// letters beyond these; a list without languages can be sorted by script alone, so a name that is spelt alike in two of them passes.
const ARABIC_LETTERS = /^[\u0621-\u063A\u0641-\u0652 ]+$/;
/** Alif maqsura ends words; inside one it is another language's yeh. */
const YEH_INSIDE = /\u0649(?=[\u0621-\u064A])/;

/**
 * The Arabic name among all names of a place: of Arabic letters alone; one with the article, or with the dots of a final yeh, before the
 * same one without; otherwise the first of the list. "" when there is none.
 */
export function arabicNameOf(alternateNames: readonly string[]): string {
  const found = alternateNames.map((name) => name.trim()).filter((name) => ARABIC_LETTERS.test(name) && !YEH_INSIDE.test(name));
  const first = found[0];
  if (first === undefined) return "";
  // Some write a final yeh without its dots; with them it can be read in only one way.
  const dotted = first.replace(/\u0649$/, "\u064A");
  return found.find((name) => name === `ال${first}`) ?? found.find((name) => name === dotted) ?? first;
}

/** The file of a place: the south-western corner of its cell, as "N30E040" or "S10W080". */
export function cellOf(latitudeDegrees: number, longitudeDegrees: number): string {
  const south = Math.min(80, Math.floor(latitudeDegrees / CELL_DEGREES) * CELL_DEGREES);
  const west = Math.min(170, Math.floor(longitudeDegrees / CELL_DEGREES) * CELL_DEGREES);
  const part = (degrees: number, plus: string, minus: string, digits: number) =>
    `${degrees < 0 ? minus : plus}${String(Math.abs(degrees)).padStart(digits, "0")}`;
  return part(south, "N", "S", 2) + part(west, "E", "W", 3);
}

/** GeoNames' tab-separated table to files: "world" and one for each cell, each by inhabitants, the most first. Lines without a place are skipped. */
export function gazetteerFiles(table: string): Map<string, string> {
  const cells = new Map<string, PlaceEntry[]>();
  const world: PlaceEntry[] = [];
  for (const line of table.split("\n")) {
    const columns = line.split("\t");
    const [name, latitude, longitude] = [columns[COLUMN.name], Number(columns[COLUMN.latitude]), Number(columns[COLUMN.longitude])];
    if (name === undefined || name === "" || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) continue;
    if (LEFT_OUT.has(columns[COLUMN.featureCode] ?? "")) continue;
    const population = Math.max(0, Number(columns[COLUMN.population]) || 0);
    // Three decimals are a hundred metres: less than a town.
    const round = (degrees: number) => Math.round(degrees * 1000) / 1000;
    const entry: PlaceEntry = [
      name,
      arabicNameOf((columns[COLUMN.alternateNames] ?? "").split(",")),
      round(latitude),
      round(longitude),
      population,
    ];
    const cell = cellOf(latitude, longitude);
    const inCell = cells.get(cell);
    if (inCell === undefined) cells.set(cell, [entry]);
    else inCell.push(entry);
    if (population >= GREAT_CITY) world.push(entry);
  }
  const ranked = (entries: PlaceEntry[]) => entries.sort((a, b) => b[4] - a[4] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const files = new Map<string, string>();
  files.set("world", JSON.stringify({ cells: [...cells.keys()].sort(), places: ranked(world) } satisfies WorldPlaces));
  for (const [cell, entries] of cells) files.set(cell, JSON.stringify(ranked(entries)));
  return files;
}

/** Inhabitants that a place must have to be named at a zoom level (of 512-pixel tiles). */
export function leastPopulation(zoom: number): number {
  if (zoom < 4) return 3_000_000;
  if (zoom < CELL_ZOOM) return 500_000;
  if (zoom < 7.5) return 100_000;
  if (zoom < 9) return 20_000;
  if (zoom < 10.5) return 5_000;
  return 0;
}

/** Cells that a view touches, by their south-western corners; at most 12, for a view that shows more needs the world's file alone. */
export function cellsIn(west: number, south: number, east: number, north: number): string[] {
  const cells: string[] = [];
  for (let lat = Math.floor(south / CELL_DEGREES) * CELL_DEGREES; lat <= Math.min(north, 89.9); lat += CELL_DEGREES)
    for (let lon = Math.floor(west / CELL_DEGREES) * CELL_DEGREES; lon <= Math.min(east, 179.9); lon += CELL_DEGREES)
      cells.push(cellOf(Math.max(-90, lat), Math.max(-180, lon)));
  return [...new Set(cells)].slice(0, 12);
}
