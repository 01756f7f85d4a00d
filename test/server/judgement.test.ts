// From a socket to a person: a drone comes in, the alarm reaches the API and a webhook, people act on it, and each act is answered.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { AlertView, TrackView } from "../../src/core/model/picture-view.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

interface Heard {
  kind: string;
  text: string;
  level: number;
  alertId: string | null;
  key: string;
}

const heard: Heard[] = [];
const webhook = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => {
    text += part;
  });
  request.on("end", () => {
    heard.push(JSON.parse(text) as Heard);
    response.writeHead(204).end();
  });
});
const socket = createSocket("udp4");
let site: TestSite;
let feeding: NodeJS.Timeout | undefined;

const yaml = (hook: number) => `
site: { id: watch, name: Watch, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
wind: { fromDegrees: 310, speedMps: 4 }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
sensors:
  - { id: partner-feed, kind: track-feed, source: partner, noise: { horizontalMetres: 5, verticalMetres: 5 } }
assets:
  - { id: post, name: Command post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
channels:
  - { id: hook, kind: webhook, url: "http://127.0.0.1:${hook}/", levels: [1, 2] }
  - { id: nowhere, kind: cot, send: "udp://127.0.0.1:9", levels: [], takeCover: false }
`;

const started = Date.now();
/** A drone that comes straight from the north, 1,500 m away at first, 25 m/s, as a partner's system tells it. */
function event(): string {
  const now = Date.now();
  const north = 1500 - (25 * (now - started)) / 1000;
  const iso = (at: number) => new Date(at).toISOString();
  return `<event version="2.0" uid="partner-7" type="a-u-A-M-F-Q" how="m-r" time="${iso(now)}" start="${iso(now)}" stale="${iso(now + 5000)}"><point lat="${36.9 + north / 110_980}" lon="43.1" hae="380" ce="5" le="5"/><detail><track course="180" speed="25"/></detail></event>`;
}

before(async () => {
  webhook.listen(0, "127.0.0.1");
  await once(webhook, "listening");
  site = await startSite(yaml((webhook.address() as AddressInfo).port));
  const port = site.server.sourcePort("partner")!;
  feeding = setInterval(() => socket.send(event(), port, "127.0.0.1"), 200);
});
after(async () => {
  clearInterval(feeding);
  socket.close();
  webhook.close();
  await site.end();
});

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${site.url}/api/v1/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { detail?: string; commandId?: string; friendIds?: string[]; errors?: { item: string }[] },
  };
};

test("an inbound drone is judged, raises an alarm that says what to do, and the alarm reaches the webhook", async () => {
  const { items } = await site.until<Items<AlertView>>("alerts", ({ items }) => items.some(({ level }) => level <= 2));
  const alert = items.find(({ level }) => level <= 2)!;
  assert.equal(alert.state, "raised");
  assert.equal(alert.assetId, "post");
  assert.ok(alert.condition.text.includes(alert.tracks[0]!), alert.condition.text);
  assert.ok(alert.action.text.length > 10, "it says what the operator is to do");
  const track = await site.get<TrackView>(`tracks/${alert.tracks[0]}`);
  assert.equal(track.threat.inbound, true);
  assert.notEqual(track.affiliation, "hostile");
  await site.until<Items<{ id: string; delivered: number }>>("channels", ({ items: channels }) =>
    channels.some(({ id, delivered }) => id === "hook" && delivered > 0),
  );
  assert.ok(heard.some(({ kind, alertId }) => kind === "alert" && alertId === alert.id));
});

test("the evidence of a track adds up: prior and weights give the posterior that is shown", async () => {
  const { items } = await site.get<Items<AlertView>>("alerts");
  const { ledger } = await site.get<{ ledger: { class: QuestionShape; affiliation: QuestionShape } }>(
    `tracks/${items[0]!.tracks[0]}/evidence`,
  );
  for (const question of [ledger.class, ledger.affiliation]) {
    const sum = question.evidence.reduce((total, line) => total + line.weight, question.priorWeight);
    assert.ok(Math.abs(sum - question.logOdds) < 1e-6, `${sum} and ${question.logOdds}`);
    assert.ok(question.evidence.every(({ sentence }) => sentence.length > 5));
  }
});
interface QuestionShape {
  priorWeight: number;
  logOdds: number;
  evidence: { weight: number; sentence: string }[];
}

test("a person acknowledges, shelves within the limit only, holds, dismisses and declares; each is answered", async () => {
  const { items } = await site.get<Items<AlertView>>("alerts");
  const alert = items[0]!;
  const id = alert.id;
  assert.equal((await send("POST", `alerts/${id}/acknowledge`, { actor: "Okonkwo" })).status, 200);
  const acknowledged = await site.get<Items<AlertView>>("alerts");
  assert.equal(acknowledged.items.find((each) => each.id === id)?.acknowledgedBy, "Okonkwo");
  const tooLong = await send("POST", `alerts/${id}/shelve`, { reason: "known", minutes: 1000, actor: "Okonkwo" });
  assert.equal(tooLong.status, 409);
  assert.match(tooLong.body.detail!, /at most \d+ minutes/);
  assert.equal((await send("POST", "alerts/A999/acknowledge", {})).status, 409);
  const track = alert.tracks[0]!;
  assert.equal((await send("POST", "hold", { subject: track, actor: "Okonkwo" })).status, 200);
  const refused = await send("POST", "hold", { subject: track, actor: "Haddad" });
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail!, /Okonkwo/);
  const wrong = await send("PUT", `tracks/${track}/declaration`, { question: "affiliation", value: "enemy", reason: "seen" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.detail!, /hostile/);
  assert.equal(
    (
      await send("PUT", `tracks/${track}/declaration`, {
        question: "affiliation",
        value: "suspect",
        reason: "no flight plan",
        actor: "Okonkwo",
      })
    ).status,
    200,
  );
  const declared = await site.until<TrackView>(`tracks/${track}`, (view) => view.affiliation === "suspect");
  assert.equal(declared.declarations[0]!.by, "Okonkwo");
  assert.equal(declared.heldBy, "Okonkwo");
  assert.equal((await send("DELETE", `tracks/${track}/declaration/affiliation?actor=Okonkwo`)).status, 200);
  assert.equal((await send("POST", `tracks/${track}/dismiss`, { reason: "other", actor: "Okonkwo" })).status, 400);
  assert.equal(
    (await send("POST", `tracks/${track}/dismiss`, { reason: "other", text: "seen by the tower", actor: "Okonkwo" })).status,
    200,
  );
  // It flies on, so the guard may bring it back between the answer and the question; then it says why.
  const { attention } = await site.get<TrackView>(`tracks/${track}`);
  assert.deepEqual([attention.reason, attention.text], ["other", "seen by the tower"]);
  assert.ok(attention.state === "dismissed" || (attention.state === "reopened" && attention.reopenedBecause !== null), attention.state);
  const labels = await (await fetch(`${site.url}/api/v1/labels`)).text();
  assert.deepEqual(
    labels
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind),
    ["declaration", "dismissal"],
  );
});

test("take cover reaches the webhook in one press, and its receipt comes back into the picture", async () => {
  assert.equal((await send("POST", "take-cover", { assetIds: ["nothing"] })).status, 409);
  assert.equal((await send("POST", "take-cover", { text: "drone from the north", actor: "Okonkwo" })).status, 200);
  const judgement = await site.until<{ cover: { state: string; by: string; receipts: { channel: string; state: string }[] } }>(
    "judgement",
    ({ cover }) => cover?.receipts.some(({ state }) => state === "delivered") === true,
  );
  assert.deepEqual([judgement.cover.state, judgement.cover.by], ["ordered", "Okonkwo"]);
  assert.ok(heard.some(({ kind, text }) => kind === "take-cover" && text.includes("drone from the north")));
  assert.equal((await send("POST", "all-clear", { actor: "Okonkwo" })).status, 200);
});

test("a friend is announced, listed, and taken back; nonsense is refused with its place", async () => {
  const from = new Date(Date.now() - 60_000).toISOString();
  const to = new Date(Date.now() + 600_000).toISOString();
  const friend = {
    id: "patrol-1",
    owner: "Own police",
    volumes: [
      {
        circle: { centre: [43.12, 36.91], radiusMetres: 300 },
        floor: { haeMetres: 300 },
        ceiling: { haeMetres: 500 },
        from,
        to,
      },
    ],
  };
  const registered = await send("POST", "friends", friend);
  assert.equal(registered.status, 200, JSON.stringify(registered.body));
  assert.deepEqual(registered.body.friendIds, ["patrol-1"]);
  const { items } = await site.get<Items<{ intent: { id: string } }>>("friends");
  assert.deepEqual(
    items.map(({ intent }) => intent.id),
    ["patrol-1"],
  );
  const wrong = await send("POST", "friends", { id: "x", owner: "y", volumes: [{}] });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.detail!, /volumes\[0\]/);
  const several = await send("POST", "friends", {
    friends: [friend, { ...friend, id: "b", owner: 7.5 }, { id: "c" }, { ...friend, id: "d" }, {}],
  });
  assert.equal(several.status, 400);
  assert.deepEqual(
    several.body.errors!.map(({ item }) => item),
    ["friends[2].owner", "friends[4].id"],
  );
  assert.equal((await site.get<Items<unknown>>("friends")).items.length, 1, "none of them was taken");
  const both = await send("POST", "friends", { friends: [friend, { ...friend, id: "patrol-2" }] });
  assert.deepEqual(both.body.friendIds, ["patrol-1", "patrol-2"]);
  assert.equal((await send("DELETE", "friends/patrol-2")).status, 200);
  const removed = await send("DELETE", "friends/patrol-1");
  assert.equal(removed.status, 200, JSON.stringify(removed.body));
  assert.equal((await send("DELETE", "friends/patrol-1")).status, 409);
});
