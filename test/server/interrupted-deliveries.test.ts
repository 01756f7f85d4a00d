// What a server could not deliver before it stopped is in its record, and the next start goes on with it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { startSite } from "../support/start-site.ts";

const yaml = (port: number) => `
site: { id: watch, name: Watch, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
channels:
  - { id: siren, kind: webhook, url: "http://127.0.0.1:${port}/", levels: [] }
`;

test("an order to take cover that the siren did not get before the server stopped reaches it after the next start", async () => {
  const heard: { kind: string; text: string }[] = [];
  const webhook = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    heard.push(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(204).end();
  });
  webhook.listen(0, "127.0.0.1");
  await once(webhook, "listening");
  const { port } = webhook.address() as AddressInfo;
  webhook.close();
  await once(webhook, "close"); // nobody listens there now
  const site = await startSite(yaml(port));
  const answer = await fetch(`${site.url}/api/v1/take-cover`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "drone from the east" }),
  });
  assert.equal(answer.status, 200);
  await site.stop();
  assert.equal(heard.length, 0);
  webhook.listen(port, "127.0.0.1");
  await once(webhook, "listening");
  const again = await startSite(yaml(port), site.dataFolder);
  try {
    await again.until<{ cover: { receipts: { state: string }[] } }>("judgement", ({ cover }) => cover?.receipts[0]?.state === "delivered");
    assert.deepEqual(
      heard.map(({ kind }) => kind),
      ["take-cover"],
    );
    assert.match(heard[0]!.text, /drone from the east/);
  } finally {
    await again.end();
    webhook.close();
  }
});
