// A base map of one colour for tests: MBTiles with PNG pictures, made here so that nobody else's map is in the project.

import { deflateSync } from "node:zlib";
import Database from "libsql";

function crc(octets: Uint8Array): number {
  let sum = 0xffffffff;
  for (const octet of octets) {
    sum ^= octet;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A PNG of 256 by 256 pixels in one colour. */
function plainPng(red: number, green: number, blue: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(256, 0);
  head.writeUInt32BE(256, 4);
  head.set([8, 2], 8); // 8 bits, red green blue
  const row = Buffer.from([0, ...Array.from({ length: 256 }, () => [red, green, blue]).flat()]);
  const rows = Buffer.concat(Array.from({ length: 256 }, () => row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Writes the whole world at zoom 0 and 1, green, with an attribution that holds markup, as real ones do. */
export function writeTownMap(path: string): void {
  const database = new Database(path);
  database.exec(`CREATE TABLE metadata (name text, value text);
    CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);
    INSERT INTO metadata VALUES ('name','Town'),('format','png'),('attribution','<b>Town surveyors</b>')`);
  const picture = plainPng(60, 200, 90);
  const add = database.prepare("INSERT INTO tiles VALUES (?, ?, ?, ?)");
  for (const [z, x, y] of [[0, 0, 0], ...[0, 1].flatMap((x) => [0, 1].map((y) => [1, x, y]))] as [number, number, number][])
    add.run(z, x, y, picture);
  database.close();
}
