// A recorded hour on the screen again: the same tracks at the same instants, wound back and forth, and nothing to change.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import type { LiveCommand, LiveMessage, SystemView, TrackView } from "../../src/core/model/picture-view.ts";
import { startReplayServer } from "../../src/server/replay-server.ts";
import { packageFolder, softwareVersion } from "../../src/server/software-version.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite } from "../support/start-site.ts";

test("a journal is shown in the console's terms: played, paused, wound to its end and back to its beginning", async () => {
  const site = await startSite(`
site: { id: wound, name: Wound, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }]
`);
  const socket = createSocket("udp4");
  for (const event of sceneEvents("demo", 3, 15)) {
    if (event.type !== "packet" || event.sourceId !== "remote-id") continue;
    await new Promise<void>((resolve) => socket.send(event.bytes, site.server.sourcePort("rid")!, "127.0.0.1", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
  const live = await site.until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.claims.length > 0));
  await site.stop();

  const replay = await startReplayServer({
    path: join(site.dataFolder, "journal"),
    port: 0,
    speed: 1,
    consoleFolder: join(packageFolder(), "dist", "console"),
    softwareVersion: softwareVersion(),
    say: () => undefined,
    progress: () => undefined,
  });
  const url = `http://127.0.0.1:${replay.port}`;
  const get = async <Answer>(path: string) => (await (await fetch(`${url}/api/v1/${path}`)).json()) as Answer;
  const until = async <Answer>(path: string, good: (answer: Answer) => boolean): Promise<Answer> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const answer = await get<Answer>(path);
      if (good(answer)) return answer;
      if (performance.now() > deadline) throw new Error(`${path}: ${JSON.stringify(answer).slice(0, 1000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const webSocket = new WebSocket(`${url.replace("http", "ws")}/live`);
  const messages: LiveMessage[] = [];
  webSocket.on("message", (text) => messages.push(JSON.parse(String(text)) as LiveMessage));
  const command = (value: LiveCommand) => webSocket.send(JSON.stringify(value));
  try {
    await new Promise((resolve) => webSocket.once("open", resolve));
    const first = await until<SystemView>("system", (system) => system.mode === "replay");
    assert.ok(first.replay !== null);
    command({ type: "replay", action: "pause" });
    command({ type: "replay", action: "seek", atUs: first.replay.endUs });
    const atEnd = await until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.claims.length > 0));
    const identities = (items: TrackView[]) => items.flatMap((track) => track.identities.map(({ value }) => value)).sort();
    assert.deepEqual(new Set(identities(atEnd.items)), new Set(identities(live.items)));
    command({ type: "replay", action: "seek", atUs: first.replay.startUs });
    await until<Items<TrackView>>("tracks", ({ items }) => items.length === 0);
    command({ type: "replay", action: "speed", speed: 50 });
    command({ type: "replay", action: "play" });
    await until<SystemView>("system", (system) => system.replay?.playing === false && system.replay.atUs === system.replay.endUs);
    const told = () => messages.some((message) => message.type === "delta" && message.system?.replay?.speed === 50);
    for (let waited = 0; waited < 5000 && !told(); waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(told(), "the live link tells the speed");
    const refused = await fetch(`${url}/api/v1/configuration/override`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ path: "site.name", value: "Other" }),
    });
    assert.equal(refused.status, 409);
  } finally {
    webSocket.terminate();
    await replay.stop();
    await site.end();
  }
});
