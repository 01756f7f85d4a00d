// npm run bench -- alerts: from the detection that met the rule to the console and to a webhook, through real sockets of a real server.
// Drones come in one after another as a partner's CoT events, twenty a second each; the detection that met the rule is the newest of its track that was
// sent before the alarm was raised.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import type { AlertView, LiveMessage, TrackView } from "../src/core/model/picture-view.ts";
import { startSite } from "../test/support/start-site.ts";

/** An alarm with an on-delay is raised by the clock, between two detections: so often that the wait for the next one does not count. */
const RATE = 50; // ms between two events of a drone

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { drones: { type: "string", default: "40" }, every: { type: "string", default: "1500" } },
  });
  const drones = Number(values.drones);
  const every = Number(values.every);

  const hooked = new Map<string, number>();
  const webhook = createServer((request, response) => {
    let text = "";
    request.on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      const { alertId } = JSON.parse(text) as { alertId: string | null };
      if (alertId !== null && !hooked.has(alertId)) hooked.set(alertId, Date.now());
      response.writeHead(204).end();
    });
  });
  webhook.listen(0, "127.0.0.1");
  await once(webhook, "listening");
  const site = await startSite(`
site: { id: bench, name: Bench, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
sensors:
  - { id: feed, kind: track-feed, source: partner, noise: { horizontalMetres: 5, verticalMetres: 5 } }
assets:
  - { id: post, name: Post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
channels:
  - { id: hook, kind: webhook, url: "http://127.0.0.1:${(webhook.address() as AddressInfo).port}/", levels: [1, 2, 3] }
`);
  const port = site.server.sourcePort("partner")!;
  const socket = createSocket("udp4");
  /** Times of sending (ms), by drone. */
  const sent = new Map<string, number[]>();
  const shown = new Map<string, { at: number; alert: AlertView }>();
  const uidOf = new Map<string, string>();
  const live = new WebSocket(`${site.url.replace("http", "ws")}/live`);
  await once(live, "open");
  const takeTracks = (tracks: readonly TrackView[]) => {
    for (const { id, identities } of tracks) {
      const uid = identities.find(({ scheme }) => scheme === "cot-uid")?.value;
      if (uid !== undefined) uidOf.set(id, uid);
    }
  };
  live.on("message", (data) => {
    const at = Date.now();
    const message = JSON.parse(String(data)) as LiveMessage;
    if (message.type === "heartbeat") return;
    takeTracks(message.tracks);
    for (const alert of message.judgement?.alerts ?? []) if (!shown.has(alert.id)) shown.set(alert.id, { at, alert });
  });

  const began = Date.now();
  const timers: NodeJS.Timeout[] = [];
  for (let k = 0; k < drones; k++) {
    const uid = `bench-${k}`;
    const bearing = (k * 137.5 * Math.PI) / 180;
    const times: number[] = [];
    sent.set(uid, times);
    const start = began + k * every;
    timers.push(
      setTimeout(() => {
        const timer = setInterval(() => {
          const now = Date.now();
          const range = 1400 - (25 * (now - start)) / 1000;
          if (range < 300) return clearInterval(timer);
          const iso = (at: number) => new Date(at).toISOString();
          const latitude = 36.9 + (range * Math.cos(bearing)) / 110_980;
          const longitude = 43.1 + (range * Math.sin(bearing)) / 89_200;
          const course = ((bearing * 180) / Math.PI + 180) % 360;
          socket.send(
            `<event version="2.0" uid="${uid}" type="a-u-A-M-F-Q" how="m-r" time="${iso(now)}" start="${iso(now)}" stale="${iso(now + 5000)}"><point lat="${latitude}" lon="${longitude}" hae="380" ce="5" le="5"/><detail><track course="${course.toFixed(1)}" speed="25"/></detail></event>`,
            port,
            "127.0.0.1",
          );
          times.push(now);
        }, RATE);
        timers.push(timer);
      }, k * every),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, drones * every + 30_000));
  for (const timer of timers) clearTimeout(timer);
  socket.close();
  live.close();
  webhook.close();
  await site.end();

  const console_: number[] = [];
  const channel: number[] = [];
  for (const [id, { at, alert }] of shown) {
    const uid = uidOf.get(alert.tracks[0] ?? "");
    const times = uid === undefined ? undefined : sent.get(uid);
    const raised = alert.raisedAtUs / 1000;
    const detection = times?.filter((time) => time <= raised).at(-1);
    if (detection === undefined) continue;
    console_.push(at - detection);
    const hook = hooked.get(id);
    if (hook !== undefined) channel.push(hook - detection);
  }
  const quantile = (list: number[], q: number) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))] ?? Number.NaN;
  console.log(`${shown.size} alarms of ${drones} drones; ms from the detection that met the rule`);
  for (const [name, list] of [
    ["console", console_],
    ["webhook", channel],
  ] as const)
    console.log(`  ${name.padEnd(8)} p50 ${quantile(list, 0.5)}  p99 ${quantile(list, 0.99)}  (bar 200)  of ${list.length}`);
  return Math.max(quantile(console_, 0.99), quantile(channel, 0.99)) <= 200 && console_.length >= drones / 2 ? 0 : 1;
}
