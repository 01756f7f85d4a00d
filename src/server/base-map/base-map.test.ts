import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import Database from "libsql";
import { openBaseMap } from "./base-map.ts";

const folder = mkdtempSync(join(tmpdir(), "picket-base-map-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function varint(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  return [...octets, rest];
}

/** A PMTiles file of version 3 with nothing compressed, written from its specification: tile identifiers 0 (z0), 1 (z1 0/0). */
function pmtiles(metadata: object, tiles: readonly Buffer[]): Buffer {
  const json = Buffer.from(JSON.stringify(metadata));
  const directory = Buffer.from([
    ...varint(tiles.length),
    ...tiles.flatMap((_, index) => varint(index === 0 ? 0 : 1)), // identifiers, as differences
    ...tiles.flatMap(() => varint(1)), // runs
    ...tiles.flatMap((tile) => varint(tile.length)),
    ...tiles.flatMap((_, index) => varint(index === 0 ? 1 : 0)), // offsets: 0 is "behind the one before"
  ]);
  const header = Buffer.alloc(127);
  header.write("PMTiles", 0, "latin1");
  header[7] = 3;
  const parts = [127, directory.length, 127 + directory.length, json.length, 0, 0, 127 + directory.length + json.length];
  const data = Buffer.concat(tiles);
  for (const [index, value] of [...parts, data.length, tiles.length, tiles.length, tiles.length].entries())
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * index);
  header[96] = 1; // clustered
  header[97] = 1; // directories: not compressed
  header[98] = 1; // tiles: not compressed
  header[99] = 2; // PNG
  header[100] = 0;
  header[101] = 1;
  for (const [index, degrees] of [42, 36, 44, 38].entries()) header.writeInt32LE(degrees * 1e7, 102 + 4 * index);
  return Buffer.concat([header, directory, json, data]);
}

test("a PMTiles file gives its tiles, bounds and attribution; a tile that it has not is none", async () => {
  const path = join(folder, "a.pmtiles");
  writeFileSync(
    path,
    pmtiles({ name: "Region", attribution: '<a href="https://example.org">&copy; Surveyors</a>' }, [
      Buffer.from("zero"),
      Buffer.from("one"),
    ]),
  );
  const opened = await openBaseMap(path);
  assert.ok(opened.ok, opened.ok ? "" : opened.error);
  const map = opened.value;
  assert.deepEqual(map.info, {
    name: "Region",
    format: "png",
    minZoom: 0,
    maxZoom: 1,
    bounds: [42, 36, 44, 38],
    attribution: "© Surveyors",
    layers: [],
  });
  const text = async (z: number, x: number, y: number) => {
    const tile = await map.tile(z, x, y);
    return tile === undefined ? undefined : Buffer.from(tile).toString();
  };
  assert.deepEqual(
    [await text(0, 0, 0), await text(1, 0, 0), await text(1, 1, 1), await text(9, 3, 3)],
    ["zero", "one", undefined, undefined],
  );
  await map.close();
});

test("an MBTiles file gives its tiles from the north, unzipped, and says its layers", async () => {
  const path = join(folder, "b.mbtiles");
  const database = new Database(path);
  database.exec(`CREATE TABLE metadata (name text, value text);
    CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);
    INSERT INTO metadata VALUES ('name','Town'),('format','pbf'),('json','{"vector_layers":[{"id":"water"},{"id":"roads"}]}'),('bounds','1,2,3,4')`);
  database.prepare("INSERT INTO tiles VALUES (?, 0, 1, ?)").run(1, gzipSync("north west"));
  database.prepare("INSERT INTO tiles VALUES (?, 1, 0, ?)").run(1, Buffer.from("south east"));
  database.close();
  const opened = await openBaseMap(path);
  assert.ok(opened.ok, opened.ok ? "" : opened.error);
  const map = opened.value;
  assert.deepEqual(
    [map.info.format, map.info.layers, map.info.minZoom, map.info.maxZoom, map.info.bounds],
    ["mvt", ["water", "roads"], 1, 1, [1, 2, 3, 4]],
  );
  assert.equal(Buffer.from((await map.tile(1, 0, 0))!).toString(), "north west");
  assert.equal(Buffer.from((await map.tile(1, 1, 1))!).toString(), "south east");
  assert.equal(await map.tile(1, 1, 0), undefined);
  await map.close();
});

test("what is no map is one sentence that names the file and what was expected", async () => {
  const cases: [string, Buffer | undefined, RegExp][] = [
    ["missing.pmtiles", undefined, /there is no file/],
    ["text.pmtiles", Buffer.from("hello"), /neither PMTiles nor MBTiles/],
    ["cut.pmtiles", pmtiles({}, [Buffer.from("x")]).subarray(0, 60), /cannot be read/],
    ["empty.mbtiles", Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(84)]), /cannot be read/],
  ];
  for (const [name, octets, reason] of cases) {
    const path = join(folder, name);
    if (octets !== undefined) writeFileSync(path, octets);
    const opened = await openBaseMap(path);
    assert.ok(!opened.ok, name);
    assert.match(opened.error, reason);
    assert.ok(opened.error.includes(path));
  }
});
