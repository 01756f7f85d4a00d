// Sensor health through the whole server to a broker, and on the page of outputs.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import type { OutputView } from "../../src/core/model/picture-view.ts";
import { type Items, startSite } from "../support/start-site.ts";

test("a site with outputs.mqtt tells a broker of its sensor, and says of the output what was sent; without it nothing connects", async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const seen = new Map<string, string>();
  client.on("message", (topic, payload) => seen.set(topic, payload.toString()));
  await client.subscribeAsync("#");
  const yaml = (outputs: string) => `
site: { id: desk, name: Desk, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }]
${outputs}
`;
  const site = await startSite(
    yaml(`outputs: { mqtt: [{ id: ha, broker: "mqtt://127.0.0.1:${port}", periodSeconds: 1, tracks: confirmed }] }`),
  );
  const socket = createSocket("udp4");
  const say = setInterval(
    () =>
      socket.send(
        `${JSON.stringify({ mac: "60:60:1f:aa:bb:cc", rssi: -60, drone_lat: 36.905, drone_long: 43.105, drone_altitude: 400, pilot_lat: 36.91, pilot_long: 43.11, basic_id: "1581F0000000000TEST" })}\n`,
        site.server.sourcePort("rid")!,
        "127.0.0.1",
      ),
    200,
  );
  try {
    await site.until<Items<OutputView>>("outputs", ({ items }) => items[0]?.state === "connected" && items[0].sent > 10);
    const { items } = await site.until<Items<OutputView>>(
      "outputs",
      () => [...seen.keys()].some((topic) => topic.startsWith("picket/desk/tracks/")),
      40,
    );
    assert.deepEqual(
      items.map(({ id, protocol, address, pilotPositions }) => [id, protocol, address, pilotPositions]),
      [["ha", "mqtt", `mqtt://127.0.0.1:${port}`, false]],
    );
    const sensor = JSON.parse(seen.get("picket/desk/sensors/rid")!) as { freshness: string; origin: string };
    assert.deepEqual([sensor.freshness, sensor.origin], ["LIVE", "live"]);
    assert.equal((JSON.parse(seen.get("picket/desk/system")!) as { recording: boolean }).recording, true);
    for (const payload of seen.values()) assert.doesNotMatch(payload, /36\.91|1581F/, "no pilot, no serial");
  } finally {
    clearInterval(say);
    socket.close();
    await site.end();
  }
  assert.equal(seen.get("picket/desk/status"), "offline");
  const connected = broker.connectedClients;
  const quiet = await startSite(yaml(""));
  await quiet.end();
  assert.equal(broker.connectedClients, connected);
  await client.endAsync(true);
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  server.close();
});
