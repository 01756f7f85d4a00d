// Signed MAVLink from the file with the key to an authenticated claim in the picture, over real sockets.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { CRC_START, crcOf } from "../../src/core/protocols/mavlink/crc.ts";
import { GLOBAL_POSITION_INT, HEARTBEAT, type MessageDefinition } from "../../src/core/protocols/mavlink/messages.ts";
import { encodeMavlink } from "../../src/core/simulation/encode-mavlink.ts";
import { parseSite } from "../../src/server/configuration/load-site.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const KEY = createHash("sha256").update("a passphrase of the unit").digest();
/** Link 3, signed with Node's own SHA-256; `stamp` counts 10 us from 2015. */
function signed(frame: Uint8Array, definition: MessageDefinition, stamp: number, key: Uint8Array = KEY): Uint8Array {
  const open = frame.slice(0, -2);
  open[2] = 1;
  const crc = crcOf(Uint8Array.of(definition.crcExtra), 0, 1, crcOf(open, 1, open.length, CRC_START));
  const tail = Uint8Array.of(3, ...Array.from({ length: 6 }, (_, i) => Math.floor(stamp / 256 ** i) & 255));
  const covered = Uint8Array.of(...open, crc & 255, crc >> 8, ...tail);
  const digest = createHash("sha256").update(key).update(covered).digest();
  return Uint8Array.of(...covered, ...digest.subarray(0, 6));
}
const stampNow = () => Math.floor((Date.now() * 1000 - 1_420_070_400_000_000) / 10);

const heartbeat = (sequence: number) =>
  encodeMavlink(
    HEARTBEAT,
    { system: 1, component: 1, sequence },
    { type: 2, autopilot: 3, base_mode: 0x81, system_status: 4, mavlink_version: 3 },
  );
const position = (sequence: number, east: number) =>
  encodeMavlink(
    GLOBAL_POSITION_INT,
    { system: 1, component: 1, sequence },
    { time_boot_ms: sequence * 100, lat: 369_000_000, lon: 431_000_000 + east, alt: 400_000, relative_alt: 100_000 },
  );

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "picket-signing-"));
  writeFileSync(join(made, "binary.key"), KEY);
  writeFileSync(join(made, "hex.key"), `${KEY.toString("hex")}\n`);
  writeFileSync(join(made, "bad.key"), "too short");
  return made;
};
const siteOf = (keyFile: string) => `
site: { id: sign, name: Sign, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: own, protocol: mavlink, listen: "udp://127.0.0.1:0", signingKeyFile: ${JSON.stringify(keyFile)} }
  - { id: guest, protocol: mavlink, listen: "udp://127.0.0.1:0" }
`;

async function send(site: TestSite, source: string, packets: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const packet of packets)
    await new Promise<void>((resolve) => socket.send(packet, site.server.sourcePort(source)!, "127.0.0.1", () => resolve()));
  socket.close();
}

function filesUnder(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? filesUnder(inner) : [inner];
  });
}

for (const keyFile of ["binary.key", "hex.key"]) {
  test(`signed frames make authenticated claims of their own link, others are refused, and the key of ${keyFile} is nowhere`, async () => {
    const keys = folder();
    const site = await startSite(siteOf(join(keys, keyFile)));
    try {
      const stamp = stampNow();
      const frames = (at: number, sign: (frame: Uint8Array, definition: MessageDefinition, stamp: number) => Uint8Array) =>
        [0, 1, 2, 3, 4].flatMap((i) => [
          sign(heartbeat(2 * i), HEARTBEAT, at + 2 * i),
          sign(position(2 * i + 1, 0), GLOBAL_POSITION_INT, at + 2 * i + 1),
        ]);
      await send(site, "own", frames(stamp, signed));
      // 9 km east, also "system 1", and nobody proves anything there.
      await send(site, "guest", [heartbeat(0), ...[1, 2, 3, 4, 5].map((i) => position(i, 1_000_000))]);
      // The same octets again, unsigned ones, and ones signed with another key.
      await send(site, "own", [
        ...frames(stamp, signed),
        heartbeat(50),
        signed(
          heartbeat(51),
          HEARTBEAT,
          stamp + 100,
          KEY.map((octet) => octet ^ 1),
        ),
      ]);
      const { items: sources } = await site.until<Items<SourceView>>(
        "sources",
        ({ items }) => (items[0]?.errors.find(({ item }) => item === "MAVLink signature")?.count ?? 0) >= 12,
      );
      assert.equal(sources[0]!.records, 10);
      assert.ok(!sources[1]!.errors.some(({ item }) => item === "MAVLink signature"), "no key, no signatures to check");
      const claims = [...site.server.host.picture().claims.values()];
      assert.deepEqual(claims.map(({ identities, statements }) => [identities[0]!.value, statements.authenticated === true]).sort(), [
        ["guest/1", false],
        ["own/1", true],
      ]);
      const { items: tracks } = await site.until<Items<TrackView>>("tracks", ({ items }) => items.length >= 2);
      assert.deepEqual([...new Set(tracks.flatMap(({ identities }) => identities.map(({ value }) => value)))].sort(), ["guest/1", "own/1"]);
      const shown = await (await fetch(`${site.url}/api/v1/configuration`)).text();
      await site.stop();
      for (const text of [shown, ...filesUnder(site.dataFolder).map((file) => readFileSync(file, "latin1"))]) {
        assert.equal(text.includes(KEY.toString("hex")), false);
        assert.equal(text.includes(KEY.toString("latin1")), false);
      }
    } finally {
      await site.end();
      rmSync(keys, { recursive: true, force: true });
    }
  });
}

test("a file that is no key stops the start with a sentence that does not show it", async () => {
  const keys = folder();
  try {
    const refused = (await startSite(siteOf(join(keys, "bad.key"))).catch((error: Error) => error)) as Error;
    assert.match(refused.message, /source own: the signingKeyFile .*bad\.key is no key: expected 32 octets or 64 hexadecimal digits/);
    assert.doesNotMatch(refused.message, /too short/);
    const missing = (await startSite(siteOf(join(keys, "none.key"))).catch((error: Error) => error)) as Error;
    assert.match(missing.message, /cannot be read \(ENOENT\)/);
  } finally {
    rmSync(keys, { recursive: true, force: true });
  }
});

test("only a MAVLink source has a signing key, and not one that comes from a broker, whose frames nobody would check", () => {
  const head = "site: { id: sign, name: Sign, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }\nsources: ";
  for (const source of [
    "[{ id: a, protocol: cot, listen: 'udp://127.0.0.1:0', signingKeyFile: k }]",
    "[{ id: a, protocol: mavlink, subscribe: 'mqtt://127.0.0.1:1883/x', signingKeyFile: k }]",
  ])
    assert.throws(() => parseSite(head + source, "/site.yaml"), /only a mavlink source over UDP, TCP or from a file has a signing key/);
});

test("an own drone over a checked link is a friend by itself while that link reports it; one that proves nothing is not", async () => {
  const keys = folder();
  const site = await startSite(siteOf(join(keys, "binary.key")));
  let sequence = 0;
  const reports = setInterval(() => {
    const stamp = stampNow();
    const [a, b] = [sequence++, sequence++];
    void send(site, "own", [signed(heartbeat(a), HEARTBEAT, stamp), signed(position(b, 0), GLOBAL_POSITION_INT, stamp + 1)]);
    void send(site, "guest", [heartbeat(a), position(b, 1_000_000)]);
  }, 200);
  try {
    const of = (items: readonly TrackView[], value: string) =>
      items.find(({ identities }) => identities.some((each) => each.value === value));
    const { items } = await site.until<Items<TrackView>>("tracks", ({ items: tracks }) => of(tracks, "own/1")?.affiliation === "friend");
    assert.equal(of(items, "own/1")!.automaticAffiliation, "friend");
    assert.ok(["pending", "unknown"].includes(of(items, "guest/1")!.affiliation), of(items, "guest/1")!.affiliation);
    clearInterval(reports);
    // Nothing vouches for it once the link is silent: no track is left that is a friend by it.
    await site.until<Items<TrackView>>("tracks", ({ items: tracks }) => of(tracks, "own/1")?.affiliation !== "friend", 40);
  } finally {
    clearInterval(reports);
    await site.end();
    rmSync(keys, { recursive: true, force: true });
  }
});
