// Zones and assets changed while the site runs, as a console changes them.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { NoticeView, SiteView } from "../../src/core/model/picture-view.ts";
import { zoneFault } from "../../src/server/http/places-api.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const SITE = `
site: { id: places, name: Places test, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
assets: [{ id: post, name: Post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }]
`;
const NORTH = {
  id: "north",
  name: "North",
  kind: "keep-out",
  polygon: [
    [43.1, 36.91],
    [43.12, 36.91],
    [43.12, 36.93],
  ],
  floor: { amslMetres: 300 },
  ceiling: { amslMetres: 500 },
  schedule: { days: ["fri"], from: "22:00", to: "04:00" },
};

async function send(site: TestSite, method: "PUT" | "DELETE", path: string, body?: unknown): Promise<{ status: number; detail: string }> {
  const answer = await fetch(`${site.url}/api/v1/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, detail: ((await answer.json()) as { detail?: string }).detail ?? "" };
}

test("a zone that a person adds and an asset's new keep-out are in the picture at once, are told to all, and survive a restart", async () => {
  let site = await startSite(SITE);
  const { dataFolder } = site;
  try {
    const added = await send(site, "PUT", "zones/north", { place: NORTH, before: null, actor: "Nour" });
    assert.deepEqual(added, { status: 200, detail: "" });
    const { items } = await site.get<Items<{ id: string; radiusMetres: number }>>("assets");
    const post = items[0]!;
    assert.equal((await send(site, "PUT", "assets/post", { place: { ...post, radiusMetres: 800 }, before: post })).status, 200);
    const seen = await site.get<SiteView>("site");
    assert.deepEqual(
      seen.zones.map(({ id, ceiling }) => [id, ceiling]),
      [["north", { kind: "amsl", metres: 500 }]],
    );
    assert.equal(seen.assets[0]!.radiusMetres, 800);
    const notices = (await site.get<Items<NoticeView>>("notices")).items;
    assert.ok(
      notices.some(({ text }) => text === "Nour added the zone North"),
      JSON.stringify(notices),
    );
    assert.ok(notices.some(({ key }) => key === "asset-changed"));
    await site.stop();

    site = await startSite(SITE, dataFolder);
    assert.deepEqual((await site.get<Items<unknown>>("zones")).items, [NORTH]);
    assert.equal((await site.get<SiteView>("site")).assets[0]!.radiusMetres, 800);
    assert.equal((await send(site, "DELETE", "zones/north?actor=Nour")).status, 200);
    assert.deepEqual((await site.get<SiteView>("site")).zones, []);
    assert.equal((await send(site, "DELETE", "zones/north")).status, 404);
  } finally {
    await site.stop();
    await site.end();
  }
});

test("a change against what somebody else changed meanwhile, and a shape that is no zone, are refused and change nothing", async () => {
  const site = await startSite(SITE);
  try {
    assert.equal((await send(site, "PUT", "zones/north", { place: NORTH, before: null })).status, 200);
    const late = await send(site, "PUT", "zones/north", { place: { ...NORTH, name: "Mine" }, before: null });
    assert.equal(late.status, 409);
    assert.match(late.detail, /somebody else/);
    const bow = { ...NORTH, polygon: [NORTH.polygon[0], [43.12, 36.93], [43.12, 36.91], [43.1, 36.93]] };
    assert.match((await send(site, "PUT", "zones/north", { place: bow })).detail, /crosses/);
    assert.equal((await send(site, "PUT", "zones/south", { place: NORTH })).status, 400);
    assert.equal((await site.get<SiteView>("site")).zones[0]!.name, "North");
  } finally {
    await site.end();
  }
});

test("a zone's sides may not cross, its corners not lie on one line, its ceiling is above its floor of the same kind", () => {
  const square: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  assert.equal(zoneFault({ polygon: square }), undefined);
  assert.match(zoneFault({ polygon: [square[0]!, square[2]!, square[1]!, square[3]!] })!, /side after corner 1 crosses/);
  assert.match(zoneFault({ polygon: [square[0]!, [0.5, 0.5], square[2]!] })!, /one line/);
  assert.match(zoneFault({ polygon: square, floor: { amslMetres: 100 }, ceiling: { amslMetres: 100 } })!, /not above/);
  assert.equal(zoneFault({ polygon: square, floor: { amslMetres: 100 }, ceiling: { aboveTakeoffMetres: 50 } }), undefined);
});
