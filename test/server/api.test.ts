// The operator's API and the live link, as any other console would use them.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { request } from "node:http";
import { test } from "node:test";
import { WebSocket } from "ws";
import type { DeltaMessage, LiveMessage, SensorView, SnapshotMessage, SystemView, TrackView } from "../../src/core/model/picture-view.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const SITE = `
site: { id: api, name: API test, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }]
assets: [{ id: post, name: Post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }]
`;

const remoteIdPackets = () =>
  [...sceneEvents("demo", 3, 20)].flatMap((event) => (event.type === "packet" && event.sourceId === "remote-id" ? [event.bytes] : []));

async function send(site: TestSite, packets: readonly Uint8Array[], pause = 5): Promise<void> {
  const socket = createSocket("udp4");
  for (const packet of packets) {
    await new Promise<void>((resolve) => socket.send(packet, site.server.sourcePort("rid")!, "127.0.0.1", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  socket.close();
}

interface Raw {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}
function raw(site: TestSite, path: string, headers: Record<string, string>, method = "GET", body = ""): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const call = request(`${site.url}${path}`, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

test("/openapi.json is OpenAPI 3.1 and every operation of it names its roles", async () => {
  const site = await startSite(SITE);
  try {
    const description = (await (await fetch(`${site.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { "x-roles"?: string[]; summary?: string }>>;
    };
    assert.match(description.openapi, /^3\.1/);
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    assert.ok(operations.length >= 10);
    for (const { path, method, operation } of operations)
      assert.ok((operation["x-roles"] ?? []).length > 0, `${method} ${path} names no roles`);
    for (const path of ["/api/v1/tracks", "/api/v1/sensors", "/api/v1/sources", "/api/v1/events"])
      assert.ok(description.paths[path] !== undefined, path);
  } finally {
    await site.end();
  }
});

test("a page of another site, a rebound name and an upgrade from elsewhere get nothing", async () => {
  const site = await startSite(SITE);
  try {
    assert.equal((await raw(site, "/api/v1/tracks", { host: "evil.example" })).status, 403);
    assert.equal((await raw(site, "/api/v1/tracks", { origin: "http://evil.example" })).status, 403);
    assert.equal((await raw(site, "/api/v1/tracks", {})).status, 200);
    const refused = await new Promise<number>((resolve) => {
      const socket = new WebSocket(`${site.url.replace("http", "ws")}/live`, { headers: { origin: "http://evil.example" } });
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode!));
      socket.on("error", () => undefined);
    });
    assert.equal(refused, 403);
  } finally {
    await site.end();
  }
});

test("answers carry a policy that forbids anything from another host", async () => {
  const site = await startSite(SITE);
  try {
    const { headers } = await raw(site, "/api/v1/tracks", {});
    assert.match(String(headers["content-security-policy"]), /style-src 'self';.*require-trusted-types-for 'script'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal((await raw(site, "/../../package.json", {})).body.includes('"dependencies"'), false);
    assert.equal((await raw(site, "/%2e%2e/%2e%2e/package.json", {})).body.includes('"dependencies"'), false);
    assert.equal((await raw(site, "/api/v1/nothing", {})).status, 404);
    assert.equal((await raw(site, "/api/v1/tracks?limit=-1", {})).status, 400);
    assert.equal((await raw(site, "/api/v1/tracks/T999", {})).status, 404);
  } finally {
    await site.end();
  }
});

test("lists are pages: the next of one page is where the following begins", async () => {
  const site = await startSite(SITE);
  try {
    await send(site, remoteIdPackets());
    const all = await site.until<Items<TrackView>>("tracks", ({ items }) => items.length >= 1);
    const first = await site.get<Items<TrackView>>("tracks?limit=1");
    assert.equal(first.items.length, 1);
    if (all.items.length > 1) assert.notEqual(first.next, null);
    const events = await site.get<Items<{ sequence: number; text: string }>>("events?limit=1");
    assert.equal(events.items.length, 1);
    const following = await site.get<Items<{ sequence: number }>>(`events?since=${events.next}`);
    assert.ok(following.items.every(({ sequence }) => sequence > events.items[0]!.sequence));
  } finally {
    await site.end();
  }
});

test("the live link: a snapshot first, then revisions that count up by one and add up to what the API says", async () => {
  const site = await startSite(SITE);
  const messages: LiveMessage[] = [];
  const socket = new WebSocket(`${site.url.replace("http", "ws")}/live`);
  socket.on("message", (text) => messages.push(JSON.parse(String(text)) as LiveMessage));
  try {
    await new Promise((resolve) => socket.once("open", resolve));
    await send(site, remoteIdPackets());
    await site.until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.claims.length > 0));
    // One second is the slowest part of the link: wait until a message says what the API says.
    const { items } = await site.get<Items<TrackView>>("tracks");
    const deadline = performance.now() + 10_000;
    const known = new Map<string, TrackView>();
    let applied = 0;
    const apply = () => {
      for (; applied < messages.length; applied++) {
        const message = messages[applied]!;
        if (message.type === "heartbeat") continue;
        for (const track of message.tracks) known.set(track.id, track);
        for (const id of message.type === "delta" ? message.removedTracks : []) known.delete(id);
      }
    };
    const withSystem = () => messages.find((message): message is DeltaMessage => message.type === "delta" && message.system !== undefined);
    while (performance.now() < deadline && !(items.every((track) => known.has(track.id)) && withSystem() !== undefined)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      apply();
    }
    assert.ok(items.every((track) => known.has(track.id)));
    const [snapshot] = messages as [SnapshotMessage];
    assert.equal(snapshot.type, "snapshot");
    assert.equal(snapshot.site.name, "API test");
    messages.forEach((message, index) => {
      assert.equal(message.revision, index + 1);
      assert.ok(message.sentAtUs > 1_700_000_000_000_000);
    });
    assert.equal(withSystem()?.system?.mode, "live");
  } finally {
    socket.terminate();
    await site.end();
  }
});

test("a console that sends nonsense or a replay command to a live picture changes nothing and stays connected", async () => {
  const site = await startSite(SITE);
  const socket = new WebSocket(`${site.url.replace("http", "ws")}/live`);
  let count = 0;
  socket.on("message", () => {
    count += 1;
  });
  try {
    await new Promise((resolve) => socket.once("open", resolve));
    for (const text of ["", "{", "[]", '{"type":"replay","action":"seek","atUs":0}', '{"type":"fire"}']) socket.send(text);
    const before = count;
    const deadline = performance.now() + 5000;
    while (count < before + 2 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(count >= before + 2, "messages go on");
    assert.equal(socket.readyState, WebSocket.OPEN);
  } finally {
    socket.terminate();
    await site.end();
  }
});

test("an override is checked like the file, journalled, in force at once, kept over a restart and exported", async () => {
  const site = await startSite(SITE);
  const put = (path: string, value: unknown) =>
    raw(
      site,
      "/api/v1/configuration/override",
      { "content-type": "application/json" },
      "PUT",
      JSON.stringify({ path, value, actor: "Duty officer" }),
    );
  try {
    const wrong = await put("assets[0].radiusMetres", -5);
    assert.equal(wrong.status, 400);
    assert.match(wrong.body, /expected more than 0, found -5/);
    assert.equal((await put("sources[0].listen", "udp://0.0.0.0:1")).status, 400);
    assert.equal((await put("assets.post.__proto__.x", 1)).status, 400);
    const good = await put("assets.post.radiusMetres", 750);
    assert.equal(good.status, 200, good.body);
    const { assets } = await site.get<{ assets: { radiusMetres: number }[] }>("site");
    assert.equal(assets[0]!.radiusMetres, 750);
    assert.match((await raw(site, "/api/v1/configuration.yaml", {})).body, /radiusMetres: 750/);
    const { items } = await site.get<Items<{ type: string; text: string }>>("events");
    assert.ok(items.some((event) => event.type === "command" && event.text.startsWith("Duty officer")));
    await site.stop();
    const again = await startSite(SITE, site.dataFolder);
    const after = await again.get<{ assets: { radiusMetres: number }[] }>("site");
    await again.stop();
    assert.equal(after.assets[0]!.radiusMetres, 750);
  } finally {
    await site.end();
  }
});

test("a restart goes on: the same tracks under the same identifiers, sequences that never repeat", async () => {
  const site = await startSite(SITE);
  try {
    await send(site, remoteIdPackets());
    const before = await site.until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.status === "confirmed"));
    const { sequence } = await site.get<SystemView>("system");
    await site.stop();
    const again = await startSite(SITE, site.dataFolder);
    const after = await again.get<Items<TrackView>>("tracks");
    const system = await again.get<SystemView>("system");
    const sensors = await again.get<Items<SensorView>>("sensors");
    await again.stop();
    assert.ok(system.sequence > sequence);
    assert.ok(sensors.items.length >= 1);
    const ids = new Set(after.items.map((track) => track.id));
    assert.ok(
      before.items.filter((track) => track.status === "confirmed").every((track) => ids.has(track.id)),
      "tracks kept their identifiers",
    );
  } finally {
    await site.end();
  }
});

test("/healthz, /readyz and /metrics answer, with queue depths and drops by source", async () => {
  const site = await startSite(SITE);
  try {
    assert.equal((await raw(site, "/healthz", {})).status, 200);
    assert.equal((await raw(site, "/readyz", {})).status, 200);
    const { body } = await raw(site, "/metrics", {});
    assert.match(body, /picket_queue_depth/);
    assert.match(body, /picket_turn_seconds_count/);
  } finally {
    await site.end();
  }
});
