// A site's own base map: one PMTiles or MBTiles file beside the site's file, read tile by tile. The console asks this server alone, so a
// map works without any network. Formats: PMTiles version 3 (github.com/protomaps/PMTiles), MBTiles 1.3 (github.com/mapbox/mbtiles-spec).

import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import Database from "libsql";
import { PMTiles, TileType } from "pmtiles";
import { err, ok, type Result } from "../../core/base/result.ts";

/** How a tile is drawn; "mvt" are Mapbox vector tiles. */
export type TileFormat = "png" | "jpeg" | "webp" | "avif" | "mvt";

export interface BaseMapInfo {
  readonly name: string;
  readonly format: TileFormat;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Degrees: west, south, east, north. */
  readonly bounds: readonly [number, number, number, number];
  /** Plain text, to be shown beside the map. */
  readonly attribution: string;
  /** Names of the layers of vector tiles; empty for pictures. */
  readonly layers: readonly string[];
}

export interface BaseMap {
  readonly info: BaseMapInfo;
  /** Octets of a tile (y from the north), never compressed; undefined where the file has none. Throws what the disk throws. */
  tile(z: number, x: number, y: number): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

const WORLD = [-180, -85.0511, 180, 85.0511] as const;
const DEEPEST = 24;
/** Uncompressed. A tile of a town with all its houses is below 1 MiB. */
const MOST_TILE_OCTETS = 8 * 1024 * 1024;

/** Opens the file by what it begins with; its ending does not matter. One sentence when it is neither kind, or damaged. */
export async function openBaseMap(path: string): Promise<Result<BaseMap, string>> {
  if (!existsSync(path)) return err(`baseMap.file: there is no file ${path}`);
  try {
    const head = firstOctets(path, 16).toString("latin1");
    if (head.startsWith("PMTiles")) return ok(await openPmtiles(path));
    if (head.startsWith("SQLite format 3")) return ok(openMbtiles(path));
    return err(`baseMap.file: ${path} is neither PMTiles nor MBTiles`);
  } catch (error) {
    return err(`baseMap.file: ${path} cannot be read: ${(error as Error).message}`);
  }
}

function firstOctets(path: string, count: number): Buffer {
  const octets = Buffer.alloc(count);
  const file = openSync(path, "r");
  try {
    readSync(file, octets, 0, count, 0);
  } finally {
    closeSync(file);
  }
  return octets;
}

const FORMATS: Partial<Record<TileType, TileFormat>> = {
  [TileType.Mvt]: "mvt",
  [TileType.Png]: "png",
  [TileType.Jpeg]: "jpeg",
  [TileType.Webp]: "webp",
  [TileType.Avif]: "avif",
};

async function openPmtiles(path: string): Promise<BaseMap> {
  const file: FileHandle = await open(path, "r");
  try {
    const archive = new PMTiles({
      getKey: () => path,
      async getBytes(offset, length) {
        const octets = new Uint8Array(length);
        const { bytesRead } = await file.read(octets, 0, length, offset);
        return { data: octets.buffer.slice(0, bytesRead) };
      },
    });
    const header = await archive.getHeader();
    const format = FORMATS[header.tileType];
    if (format === undefined) throw new Error("its tiles are of a kind that is not known");
    const metadata = ((await archive.getMetadata()) ?? {}) as Record<string, unknown>;
    return {
      info: {
        name: textOf(metadata.name),
        format,
        minZoom: header.minZoom,
        maxZoom: Math.min(DEEPEST, header.maxZoom),
        bounds: boundsOf([header.minLon, header.minLat, header.maxLon, header.maxLat]),
        attribution: textOf(metadata.attribution),
        layers: layersOf(metadata.vector_layers),
      },
      async tile(z, x, y) {
        const answer = await archive.getZxy(z, x, y);
        return answer === undefined || answer.data.byteLength > MOST_TILE_OCTETS ? undefined : new Uint8Array(answer.data);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function openMbtiles(path: string): BaseMap {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database.prepare("SELECT name, value FROM metadata").all() as { name: string; value: string }[];
    const metadata = new Map(rows.map(({ name, value }) => [name, String(value)]));
    const named = (metadata.get("format") ?? "png").toLowerCase();
    const format = named === "pbf" ? "mvt" : named === "jpg" ? "jpeg" : named;
    if (!isFormat(format)) throw new Error(`its tiles are "${named}"; png, jpg, webp, avif and pbf are known`);
    let more: { vector_layers?: unknown } = {};
    try {
      more = JSON.parse(metadata.get("json") ?? "{}") as typeof more;
    } catch {
      // Layers are then not known, and a vector map draws nothing: said by the console.
    }
    const zooms = database.prepare("SELECT min(zoom_level) AS least, max(zoom_level) AS most FROM tiles").get() as {
      least: number | null;
      most: number | null;
    };
    const find = database.prepare("SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?");
    return {
      info: {
        name: textOf(metadata.get("name")),
        format,
        minZoom: Math.max(0, Number(metadata.get("minzoom") ?? zooms.least ?? 0) || 0),
        maxZoom: Math.min(DEEPEST, Number(metadata.get("maxzoom") ?? zooms.most ?? 0) || 0),
        bounds: boundsOf((metadata.get("bounds") ?? "").split(",").map(Number)),
        attribution: textOf(metadata.get("attribution")),
        layers: layersOf(more.vector_layers),
      },
      async tile(z, x, y) {
        // Rows of MBTiles count from the south.
        const row = find.get(z, x, 2 ** z - 1 - y) as { tile_data: Uint8Array } | undefined;
        if (row === undefined) return undefined;
        const octets = new Uint8Array(row.tile_data);
        const zipped = octets[0] === 0x1f && octets[1] === 0x8b;
        return zipped ? new Uint8Array(gunzipSync(octets, { maxOutputLength: MOST_TILE_OCTETS })) : octets;
      },
      async close() {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

const isFormat = (text: string): text is TileFormat => ["png", "jpeg", "webp", "avif", "mvt"].includes(text);

/** Attributions are often HTML; what a person reads of it, at most 200 characters. */
function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  return text
    .replace(/<[^>]*>/g, " ")
    .replace(/&copy;/g, "©")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}

function boundsOf(numbers: readonly number[]): [number, number, number, number] {
  const [west, south, east, north] = numbers;
  const good =
    numbers.length === 4 && numbers.every((value) => Number.isFinite(value)) && west! < east! && south! < north! && Math.abs(east!) <= 180;
  return good ? [west!, Math.max(WORLD[1], south!), east!, Math.min(WORLD[3], north!)] : [...WORLD];
}

function layersOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((layer: unknown) => {
    const id = (layer as { id?: unknown } | null)?.id;
    return typeof id === "string" ? [id] : [];
  });
}
