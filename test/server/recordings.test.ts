// Real recordings through the real sockets. They are read in place and never copied; without them these tests skip by name.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SensorView, SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { packageFolder } from "../../src/server/software-version.ts";
import { type Items, startSite } from "../support/start-site.ts";

const SHARED = join(packageFolder(), "..", "shared", "data");
const skip = existsSync(SHARED) ? false : "../shared is absent";

/** The example of that name with its fixed port replaced by a free one. */
const example = (name: string) =>
  readFileSync(join(packageFolder(), "examples", "recordings", `${name}.yaml`), "utf8").replace(/(127\.0\.0\.1):\d+"/, '$1:0"');

async function play(file: string, target: string, ...options: string[]): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "src/server/cli/main.ts", "play", join(SHARED, file), "--to", target, ...options],
    {
      cwd: packageFolder(),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, output);
}

test("a recorded Mode S radar: every record the peer decoded, aircraft on the map, nothing from nowhere", { skip }, async () => {
  const site = await startSite(example("jahorina"));
  try {
    await play("asterix/jahorina_cat034_048.datagrams.jsonl", `udp://127.0.0.1:${site.server.sourcePort("radar")}`, "--speed", "8");
    const expected = readFileSync(join(SHARED, "asterix", "jahorina_cat034_048.expected.jsonl"), "utf8")
      .trim()
      .split("\n").length;
    assert.equal(expected, 1303);
    const { items: sources } = await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.packets === 400);
    assert.equal(sources[0]!.records, expected);
    assert.deepEqual(sources[0]!.drops, []);
    const { items: sensors } = await site.get<Items<SensorView>>("sensors");
    assert.deepEqual(
      sensors.map((sensor) => sensor.id),
      ["radar"],
    );
    const { items: tracks } = await site.until<Items<TrackView>>("tracks", ({ items }) => items.length > 50);
    const heard = new Set(
      readFileSync(join(SHARED, "asterix", "jahorina_cat034_048.expected.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { items: { I220?: { ACAddr?: string } } }).items.I220?.ACAddr?.toLowerCase())
        .filter((address) => address !== undefined),
    );
    for (const track of tracks) {
      assert.equal(track.origin, "recorded");
      assert.equal(track.affiliation, "pending");
      for (const identity of track.identities)
        if (identity.scheme === "icao24") assert.ok(heard.has(identity.value), `${identity.value} was never heard`);
      assert.ok(Math.hypot(track.eastMetres, track.northMetres) < 480_000, `${track.id} is beyond the radar's range`);
    }
    const named = new Set(
      tracks.flatMap((track) => track.identities.filter(({ scheme }) => scheme === "icao24").map(({ value }) => value)),
    );
    assert.ok(named.size >= 50, `${named.size} aircraft with an address`);
  } finally {
    await site.end();
  }
});

test("a recorded ADS-B receiver: one airliner, no ghost, within a second's flight of where readsb last saw it", { skip }, async () => {
  const site = await startSite(example("toulouse"));
  try {
    await play("adsb-feeds/lfbo_240s.beast", `tcp://127.0.0.1:${site.server.sourcePort("adsb")}`, "--speed", "max");
    await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.packets === 3298);
    const { items: tracks } = await site.until<Items<TrackView>>("tracks", ({ items }) => items.length === 1);
    const [track] = tracks;
    assert.ok(track !== undefined);
    assert.deepEqual(track.identities, [{ scheme: "icao24", value: "400f99" }]);
    assert.equal(track.claims[0]?.callsign, "BAW3AK");
    const last = JSON.parse(
      readFileSync(join(SHARED, "adsb-feeds", "readsb_out.positions.jsonl"), "utf8")
        .trim()
        .split("\n")
        .at(-1)!,
    ) as { lat: number; lon: number };
    const north = (track.position.latitudeDegrees - last.lat) * 111_200;
    const east = (track.position.longitudeDegrees - last.lon) * 111_200 * Math.cos((last.lat * Math.PI) / 180);
    // The track's time is up to a second from that of the last position: 220 m/s.
    assert.ok(Math.hypot(east, north) < 300, `${Math.hypot(east, north)} m apart`);
  } finally {
    await site.end();
  }
});

test("a recorded drone: its serial, its place and its operator's place, and no more than pending", { skip }, async () => {
  const site = await startSite(example("remote-id"));
  try {
    await play("remoteid/dji_air3.pcapng", `tcp://127.0.0.1:${site.server.sourcePort("remote-id")}`, "--speed", "20");
    const { items: tracks } = await site.until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.claims.length > 0));
    assert.equal(tracks.length, 1);
    const [track] = tracks;
    assert.ok(track !== undefined);
    assert.equal(track.affiliation, "pending");
    assert.equal(track.claims[0]?.serial, "1581F6N8A23B2ML3Y3KR");
    assert.ok(Math.abs(track.position.latitudeDegrees - 33.6652717) < 1e-5);
    assert.ok(Math.abs(track.position.longitudeDegrees - -82.1918334) < 1e-5);
    assert.ok(Math.abs(track.claims[0]!.operator!.latitudeDegrees - 33.66323) < 1e-4);
  } finally {
    await site.end();
  }
});

test("recorded Cursor on Target events become a partner's tracks with the partner's opinion kept as a claim", { skip }, async () => {
  const site = await startSite(`
site: { id: cot, name: CoT, origin: { latitudeDegrees: 38, longitudeDegrees: -77, heightHaeMetres: 0 } }
sources: [{ id: partner, protocol: cot, origin: recorded, listen: "udp://127.0.0.1:0" }]
`);
  try {
    const { createSocket } = await import("node:dgram");
    const socket = createSocket("udp4");
    const names = ["atak_type_00.cot", "atak_type_02.cot", "atak_type_06.cot", "Route.cot"];
    for (const name of names) socket.send(readFileSync(join(SHARED, "cot", name)), site.server.sourcePort("partner")!, "127.0.0.1");
    const { items: sources } = await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.packets === names.length);
    socket.close();
    assert.ok(sources[0]!.records >= 3, JSON.stringify(sources[0]));
  } finally {
    await site.end();
  }
});
