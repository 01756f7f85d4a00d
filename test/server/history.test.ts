// The history beside a running server: what it wrote while it happened is, row by row, what the journal gives when it is made again.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "libsql";
import { WebSocket } from "ws";
import type { SnapshotMessage } from "../../src/core/model/picture-view.ts";
import { historyFile } from "../../src/server/history/history-store.ts";
import { rebuildHistory } from "../../src/server/history/rebuild.ts";
import { TABLES } from "../../src/server/history/schema.ts";
import type { HistoryState } from "../../src/server/history/worker-messages.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const SITE = `
site: { id: past, name: Past, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }]
assets: [{ id: tower, name: Tower, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 5000 }]
zones: [{ id: wide, name: Wide, kind: information, polygon: [[42.5, 36.5], [43.7, 36.5], [43.7, 37.3], [42.5, 37.3]] }]
`;

/** Every row of every table, but how the file itself is. */
function rowsOf(file: string): Record<string, unknown[]> {
  const database = new Database(file);
  try {
    return Object.fromEntries(
      Object.entries(TABLES)
        .filter(([name]) => name !== "meta")
        .map(([name, { key }]) => [
          name,
          database.prepare(`select * from "${name}" order by ${key.map((column) => `"${column}"`).join(", ")}`).all([]),
        ]),
    );
  } finally {
    database.close();
  }
}

async function playInto(site: TestSite): Promise<void> {
  const socket = createSocket("udp4");
  for (const event of sceneEvents("demo", 3, 15)) {
    if (event.type !== "packet" || event.sourceId !== "remote-id") continue;
    await new Promise<void>((resolve) => socket.send(event.bytes, site.server.sourcePort("rid")!, "127.0.0.1", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  socket.close();
}

const post = async (site: TestSite, path: string, body: unknown): Promise<number> =>
  (
    await fetch(`${site.url}/api/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).status;

interface FoundTrack {
  key: string;
  id: string;
  origin: string;
  firstAtUs: number;
  lastAtUs: number;
  positions: number;
  identities: { scheme: string; value: string }[];
  visits: { zoneId: string }[];
  operatorLatitudeDegrees: number | null;
}

test("the history that was kept live, over a restart, equals the one made again from the journal, row by row", async () => {
  let site = await startSite(SITE);
  const { dataFolder } = site;
  try {
    await playInto(site);
    const found = await site.until<Items<FoundTrack>>("history/tracks?origin=simulated", ({ items }) =>
      items.some(({ identities, visits, positions }) => identities.length > 0 && visits.length > 0 && positions >= 3),
    );
    const track = found.items.find(({ identities, positions }) => identities.length > 0 && positions >= 3)!;
    assert.match(track.id, /^SIM-T\d+$/);
    assert.equal(track.visits[0]!.zoneId, "wide");
    const accepted = await post(site, `tracks/${track.id}/dismiss`, { reason: "other", text: "=cmd|' /C calc'!A0", actor: "Nadia" });
    assert.equal(accepted, 200);
    assert.equal(await post(site, "take-cover", { assetIds: ["tower"], text: "down", actor: "Nadia" }), 200);
    await site.until<Items<{ kind: string; actor: string }>>("history/decisions?text=nadia", ({ items }) => items.length >= 2);

    // An alarm is in an incident, with its transitions and tracks.
    const alarms = await site.until<Items<{ key: string; incident: string; transitions: { change: string }[]; tracks: string[] }>>(
      "history/alarms",
      ({ items }) => items.some(({ tracks }) => tracks.length > 0),
    );
    const alarm = alarms.items.find(({ tracks }) => tracks.length > 0)!;
    assert.equal(alarm.transitions[0]!.change, "raised");
    const incidents = await site.get<Items<{ key: string; origin: string; trackKeys: string[] }>>(
      `history/incidents?incident=${alarm.incident}`,
    );
    assert.equal(incidents.items.length, 1);
    assert.equal(incidents.items[0]!.origin, "simulated");
    for (const key of alarm.tracks) assert.ok(incidents.items[0]!.trackKeys.includes(key));

    // By each way of asking, the same track.
    const value = track.identities[0]!.value;
    for (const query of [`text=${encodeURIComponent(value.slice(0, 6))}`, "zone=wide", `track=${track.key}`, `from=${track.lastAtUs}`]) {
      const { items } = await site.get<Items<FoundTrack>>(`history/tracks?${query}`);
      assert.ok(
        items.some(({ key }) => key === track.key),
        query,
      );
    }
    assert.deepEqual((await site.get<Items<FoundTrack>>("history/tracks?zone=nowhere")).items, []);
    assert.deepEqual((await site.get<Items<FoundTrack>>("history/tracks?text=%25")).items, [], "a sign of LIKE is text");
    assert.equal(track.operatorLatitudeDegrees, null, "pilots are left out");

    // Two pages are the whole.
    const first = await site.get<Items<{ atUs: number }>>(`history/positions?track=${track.key}&limit=2`);
    assert.equal(first.items.length, 2);
    const rest = await site.get<Items<{ atUs: number }>>(`history/positions?track=${track.key}&limit=10000&after=${first.next}`);
    const times = [...first.items, ...rest.items].map(({ atUs }) => atUs);
    assert.deepEqual(
      times,
      [...new Set(times)].sort((a, b) => a - b),
    );
    const heat = await site.get<{ items: { positions: number }[] }>(`history/heat?track=${track.key}`);
    assert.equal(
      heat.items.reduce((sum, cell) => sum + cell.positions, 0),
      times.length,
    );
    assert.equal((await fetch(`${site.url}/api/v1/history/tracks?after=nonsense`)).status, 400);

    for (const format of ["csv", "geojson", "kml", "cot"]) {
      const answer = await fetch(`${site.url}/api/v1/history/export?format=${format}&track=${track.key}`);
      assert.equal(answer.status, 200, format);
      const text = await answer.text();
      assert.match(text, /SIM/, format);
      assert.match(text, /simulated/i, format);
    }
    assert.equal((await fetch(`${site.url}/api/v1/history/export?format=csv`)).status, 400, "not everything at once");

    // A restart in the middle, and more of the same.
    await site.stop();
    site = await startSite(SITE, dataFolder);
    await playInto(site);
    await site.until<HistoryState>("history/state", ({ state }) => state === "ready");
    await site.stop();

    const live = rowsOf(historyFile(dataFolder));
    const made = join(dataFolder, "made-again.db");
    const rebuilt = await rebuildHistory(join(dataFolder, "journal"), made);
    assert.ok(rebuilt.rows.incidents! > 0 && rebuilt.rows.tracks! > 0 && rebuilt.rows.positions! > 0 && rebuilt.rows.decisions! >= 2);
    assert.deepEqual(live, rowsOf(made));
  } finally {
    await site.end();
  }
});

test("a history that was deleted, damaged or of another version is made again at the next start", async () => {
  let site = await startSite(SITE);
  const { dataFolder } = site;
  try {
    await playInto(site);
    const before = await site.until<Items<FoundTrack>>("history/tracks", ({ items }) => items.length > 0);
    const file = historyFile(dataFolder);
    const spoil: Record<string, () => void> = {
      deleted: () => rmSync(file),
      damaged: () => writeFileSync(file, "no database at all, but longer than nothing".repeat(100)),
      "of another version": () => {
        const database = new Database(file);
        database.exec("pragma user_version = 999999");
        database.close();
      },
    };
    for (const [how, act] of Object.entries(spoil)) {
      await site.stop();
      act();
      site = await startSite(SITE, dataFolder);
      const after = await site.until<Items<FoundTrack>>("history/tracks", ({ items }) => items.length >= before.items.length);
      for (const { key } of before.items)
        assert.ok(
          after.items.some((track) => track.key === key),
          `${how}: ${key}`,
        );
    }
  } finally {
    await site.end();
  }
});

test("a running server shows any minute again: wound, paused and played, while the live picture goes on", async () => {
  const site = await startSite(SITE);
  try {
    await playInto(site);
    const { items } = await site.until<Items<FoundTrack>>("history/tracks", (found) => found.items.some(({ positions }) => positions >= 3));
    const track = items.find(({ positions }) => positions >= 3)!;
    const path = (await site.get<Items<{ atUs: number; latitudeDegrees: number }>>(`history/positions?track=${track.key}`)).items;
    const socket = new WebSocket(`${site.url.replace("http", "ws")}/live?replayAtUs=${track.lastAtUs}`);
    const messages: SnapshotMessage[] = [];
    socket.on("message", (text) => messages.push(JSON.parse(String(text)) as SnapshotMessage));
    const until = async (good: (message: SnapshotMessage) => boolean): Promise<SnapshotMessage> => {
      const deadline = performance.now() + 20_000;
      for (;;) {
        const last = messages.at(-1);
        if (last !== undefined && good(last)) return last;
        if (performance.now() > deadline) throw new Error(`last: ${JSON.stringify(last?.system)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const then = await until(({ system, tracks }) => system.mode === "replay" && tracks.some(({ id }) => id === track.id));
    assert.ok(then.system.replay!.atUs >= track.lastAtUs);
    socket.send(JSON.stringify({ type: "replay", action: "pause" }));
    socket.send(JSON.stringify({ type: "replay", action: "seek", atUs: path[1]!.atUs }));
    const before = await until(({ system }) => system.replay?.playing === false && system.nowUs === path[1]!.atUs);
    const shown = before.tracks.find(({ id }) => id === track.id)!;
    assert.ok(shown.measuredAtUs <= path[1]!.atUs, "nothing that had not happened yet");
    assert.ok(shown.measuredAtUs < track.lastAtUs);
    assert.equal((await site.get<{ mode: string }>("system")).mode, "live");
    socket.terminate();
    const refused = new WebSocket(`${site.url.replace("http", "ws")}/live?replayAtUs=nonsense`);
    const error = await new Promise<Error>((resolve) => refused.once("error", resolve));
    assert.match(error.message, /400/);
  } finally {
    await site.end();
  }
});
