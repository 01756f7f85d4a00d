import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import type { Micros } from "../../core/base/units.ts";
import type { SensorView, SystemView, TrackView } from "../../core/model/picture-view.ts";
import { type MqttOutputFile, mqttOutputSchema } from "../configuration/output-schemas.ts";
import { label, topicLevel } from "./mqtt-messages.ts";
import { createMqttSender } from "./mqtt-sender.ts";
import type { Sender, SenderHost } from "./sender.ts";

const START = 1_790_000_000_000_000;

const aSensor = (more: Partial<SensorView> = {}): SensorView => ({
  id: "north-radar",
  name: "North radar",
  kind: "radar",
  sourceId: "asterix",
  key: "1/2",
  origin: "live",
  freshness: "LIVE",
  configured: true,
  notes: [],
  state: "operational",
  position: null,
  lastAtUs: START - 1_500_000,
  detectionsPerSecond: 12.5,
  detections: 100,
  clockOffsetSeconds: null,
  rangeMaxMetres: null,
  azimuthCentreDegrees: null,
  azimuthWidthDegrees: null,
  ...more,
});

const aTrack = (id: string, more: Partial<TrackView> = {}) =>
  ({
    id,
    status: "confirmed",
    origin: "live",
    freshness: "LIVE",
    affiliation: "pending",
    className: "unknown",
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 400, heightAmslMetres: 380 },
    speedMps: 12,
    courseDegrees: 90,
    velocityUpMps: 0,
    ellipse: { semiMajorMetres: 8, semiMinorMetres: 4, azimuthDegrees: 10 },
    identities: [{ scheme: "serial", value: "1581F" }],
    claims: [
      {
        sensorId: "rid",
        heardAtUs: 1,
        operator: { latitudeDegrees: 36.91, longitudeDegrees: 43.11, heightHaeMetres: null, heightAmslMetres: null, kind: "live" },
      },
    ],
    atUs: START,
    ...more,
  }) as unknown as TrackView;

interface Broker {
  port: number;
  broker: Aedes;
  /** Ends every connection; new ones are refused while `refuse`. */
  cut(refuse: boolean): void;
  accept(): void;
  close(): Promise<void>;
}

async function startBroker(settings: { user?: string; password?: string; port?: number; silent?: boolean } = {}): Promise<Broker> {
  const broker = await Aedes.createBroker();
  if (settings.user !== undefined)
    broker.authenticate = (_client, user, password, done) =>
      done(null, user === settings.user && password?.toString() === settings.password);
  const sockets = new Set<Socket>();
  let refusing = false;
  const server: Server = createServer((socket) => {
    if (refusing) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(settings.port ?? 0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    broker,
    cut: (refuse) => {
      refusing = refuse;
      for (const socket of sockets) socket.destroy();
    },
    accept: () => {
      refusing = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

interface Scene {
  broker: Broker;
  sender: Sender;
  client: MqttClient;
  /** Newest payload of each topic, "" where it was cleared. */
  seen: Map<string, string>;
  json(topic: string): Record<string, unknown>;
  world: { sensors: SensorView[]; tracks: TrackView[]; system: Partial<SystemView>; alarms: number; now: number };
  /** Moves the picture's clock on and lets the sender look. */
  pass(seconds: number): void;
  until(what: string, good: () => boolean): Promise<void>;
}

async function withScene(settings: Partial<MqttOutputFile> & { user?: string; password?: string }, look: (scene: Scene) => Promise<void>) {
  const { user, password, ...more } = settings;
  const broker = await startBroker({ ...(user === undefined ? {} : { user, password: password! }) });
  const folder = mkdtempSync(join(tmpdir(), "picket-mqtt-"));
  if (password !== undefined) writeFileSync(join(folder, "secret"), `${password}\n`);
  const file = mqttOutputSchema.parse({ id: "ha", broker: `mqtt://127.0.0.1:${broker.port}`, ...more });
  const world: Scene["world"] = { sensors: [aSensor()], tracks: [], system: {}, alarms: 0, now: START };
  const host: SenderHost = {
    now: () => world.now as Micros,
    site: () => ({ id: "desk", name: "Desk", latitude: 0.6, longitude: 0.7, heightHae: 0 }),
    softwareVersion: "1.2.3",
    system: () =>
      ({
        version: "1.2.3",
        mode: "live",
        replay: null,
        health: "OK",
        healthReasons: [],
        journal: { file: "x", bytes: 1, sealedSequence: 1, daysLeft: 1, recording: true },
        sequence: 1,
        nowUs: world.now,
        ...world.system,
      }) as SystemView,
    overloaded: () => false,
    source: () => undefined,
    sources: () => [],
    sensors: () => world.sensors,
    alarms: () => world.alarms,
    note: () => undefined,
  };
  const sender = createMqttSender(file, host, folder, 50);
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    ...(user === undefined ? {} : { username: user, password }),
    reconnectPeriod: 20,
  });
  const seen = new Map<string, string>();
  client.on("message", (topic, payload) => seen.set(topic, payload.toString()));
  await client.subscribeAsync(["picket/#", "homeassistant/#"]);
  const scene: Scene = {
    broker,
    sender,
    client,
    seen,
    json: (topic) => JSON.parse(seen.get(topic) ?? "null") as Record<string, unknown>,
    world,
    pass: (seconds) => {
      world.now += seconds * 1e6;
      sender.pictureChanged(() => world.tracks, world.now as Micros);
    },
    until: async (what, good) => {
      const end = performance.now() + 30_000;
      while (!good()) {
        if (performance.now() > end) throw new Error(`waited 30 s in vain: ${what}; ${JSON.stringify([...seen])}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
  try {
    await sender.start();
    await scene.until("connected", () => sender.status().state === "connected");
    await look(scene);
  } finally {
    await client.endAsync(true);
    await sender.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const SENSOR = "picket/desk/sensors/north-radar";

test("a sensor's state, rate and age, the system's health and the number of alarms reach the broker", async () => {
  await withScene({}, async ({ pass, until, json, seen, world, sender }) => {
    world.alarms = 2;
    pass(1);
    await until("the sensor and the system", () => seen.has(SENSOR) && seen.has("picket/desk/system"));
    const { freshness, state, detectionsPerSecond, ageSeconds } = json(SENSOR);
    assert.deepEqual([freshness, state, detectionsPerSecond, ageSeconds], ["LIVE", "operational", 12.5, 2.5]);
    assert.deepEqual([json("picket/desk/system").health, json("picket/desk/system").alarms], ["OK", 2]);
    assert.equal(seen.get("picket/desk/status"), "online");
    // Online, the system with four entities, the sensor with three.
    await until("all acknowledged", () => sender.status().sent === 10);
    const { bytes, receivers, pilotPositions, encrypted } = sender.status();
    assert.ok(bytes > 1000);
    assert.deepEqual([receivers, pilotPositions, encrypted], [1, false, false]);
  });
});

test("a sensor that goes silent is told within a look, the rest each period", async () => {
  await withScene({ periodSeconds: 10 }, async ({ pass, until, json, seen, world }) => {
    pass(1);
    await until("first report", () => seen.has(SENSOR));
    world.sensors = [aSensor({ detectionsPerSecond: 3 })];
    pass(1);
    pass(1);
    world.alarms = 1; // something else that goes out at once, to know that the looks were worked off
    pass(1);
    await until("the alarm", () => json("picket/desk/system").alarms === 1);
    assert.equal(json(SENSOR).detectionsPerSecond, 12.5);
    world.sensors = [aSensor({ freshness: "OFFLINE", detectionsPerSecond: 0 })];
    pass(1);
    await until("OFFLINE", () => json(SENSOR).freshness === "OFFLINE");
    world.sensors = [aSensor({ freshness: "OFFLINE", detectionsPerSecond: 7 })];
    pass(10);
    await until("the period", () => json(SENSOR).detectionsPerSecond === 7);
  });
});

test("Home Assistant finds one device with an entity each for state, rate and age, unavailable when Picket is gone or silent", async () => {
  await withScene({ periodSeconds: 10 }, async ({ pass, until, json, seen, world }) => {
    pass(1);
    await until("introductions", () => [...seen.keys()].filter((topic) => topic.endsWith("/config")).length === 7);
    const configs = [...seen.keys()].filter((topic) => topic.endsWith("/config"));
    for (const topic of configs) {
      assert.match(topic, /^homeassistant\/(sensor|binary_sensor)\/[a-zA-Z0-9_-]+\/config$/);
      const config = json(topic);
      assert.deepEqual((config.device as { identifiers: string[] }).identifiers, ["picket_desk"]);
      assert.equal(config.availability_topic, "picket/desk/status");
      assert.equal(config.expire_after, 30);
      assert.equal(config.unique_id, topic.split("/")[2]);
      assert.ok(seen.has(config.state_topic as string), `nothing is published on ${String(config.state_topic)}`);
      // The template names a member that the state really has.
      const member = /value_json\.(\w+)/.exec(config.value_template as string)![1]!;
      assert.ok(member in json(config.state_topic as string), member);
    }
    assert.deepEqual(json("homeassistant/sensor/picket_desk_north-radar_state/config").options, ["LIVE", "DEGRADED", "STALE", "OFFLINE"]);
    // A sensor that is gone is taken out again.
    world.sensors = [];
    pass(1);
    await until("cleared", () => seen.get(SENSOR) === "");
    assert.equal(seen.get("homeassistant/sensor/picket_desk_north-radar_state/config"), "");
  });
});

test("without tracks configured none goes out; with them confirmed live ones go, never identities or pilots unless released", async () => {
  const tracks = [aTrack("T1"), aTrack("T2", { status: "tentative" }), aTrack("SIM-T3", { origin: "simulated" })];
  const topics = (seen: Map<string, string>) => [...seen.keys()].filter((topic) => topic.includes("/tracks/"));
  await withScene({}, async ({ pass, until, seen, world }) => {
    world.tracks = tracks;
    pass(1);
    pass(1);
    await until("a look", () => seen.has("picket/desk/system"));
    assert.deepEqual(topics(seen), []);
  });
  await withScene({ tracks: "confirmed" }, async ({ pass, until, seen, json, world, client }) => {
    world.tracks = tracks;
    pass(1);
    await until("T1", () => seen.has("picket/desk/tracks/T1"));
    assert.deepEqual(topics(seen), ["picket/desk/tracks/T1"]);
    assert.doesNotMatch(seen.get("picket/desk/tracks/T1")!, /1581F|36\.91|operator|identities/);
    assert.equal(json("picket/desk/tracks/T1").speedMps, 12);
    // Gone: an empty message; and nothing is kept by the broker for who comes later.
    world.tracks = [];
    pass(1);
    await until("T1 is gone", () => seen.get("picket/desk/tracks/T1") === "");
    const late = new Map<string, boolean>();
    client.on("message", (topic, _payload, packet) => late.set(topic, packet.retain));
    await client.unsubscribeAsync("picket/#");
    await client.subscribeAsync("picket/#");
    await until("retained states", () => late.has("picket/desk/status"));
    assert.equal(
      [...late.keys()].some((topic) => topic.includes("/tracks/")),
      false,
    );
  });
  await withScene({ tracks: "confirmed", exercise: true, releaseIdentities: true }, async ({ pass, until, seen, json, world }) => {
    world.tracks = tracks;
    pass(1);
    await until("both", () => topics(seen).length === 2);
    assert.equal(json("picket/desk/tracks/SIM-T3").origin, "simulated");
    assert.deepEqual(json("picket/desk/tracks/T1").identities, [{ scheme: "serial", value: "1581F" }]);
  });
});

test("a simulated sensor is told only to a receiver that is part of an exercise", async () => {
  const sensors = [aSensor(), aSensor({ id: "sim", name: "Sim", origin: "simulated" })];
  await withScene({}, async ({ pass, until, seen, world }) => {
    world.sensors = sensors;
    pass(1);
    await until("live", () => seen.has(SENSOR) && seen.has("picket/desk/system"));
    assert.equal(seen.has("picket/desk/sensors/sim"), false);
  });
  await withScene({ exercise: true }, async ({ pass, until, seen, json, world }) => {
    world.sensors = sensors;
    pass(1);
    await until("both", () => seen.has("picket/desk/sensors/sim"));
    assert.equal(json("homeassistant/sensor/picket_desk_sim_state/config").name, "Sim (simulated) state");
  });
});

test("a lost broker is found again, everything is said again, and what could not be sent is counted", async () => {
  await withScene({}, async ({ broker, pass, until, seen, json, sender, world }) => {
    pass(1);
    await until("first", () => seen.has(SENSOR));
    broker.cut(true);
    await until("retrying", () => sender.status().state === "retrying");
    assert.match(sender.status().message, /broker was lost|broke the connection off|nobody listens/);
    world.sensors = [aSensor({ freshness: "STALE" })];
    pass(1);
    seen.clear();
    broker.accept();
    await until("connected again", () => sender.status().state === "connected");
    pass(1);
    // The watching client is told of the retained old state first.
    await until("said again", () => json(SENSOR)?.freshness === "STALE" && seen.get("picket/desk/status") === "online");
  });
});

test("the broker says offline for us when we die, and we say it ourselves when we stop", async () => {
  await withScene({}, async ({ broker, until, seen, sender }) => {
    await until("online", () => seen.get("picket/desk/status") === "online");
    // As a crash does: the socket ends without a word; the reconnect is refused, so that the will stays.
    for (const client of Object.values((broker.broker as unknown as { clients: Record<string, { id: string; conn: Socket }> }).clients))
      if (client.id.startsWith("picket-ha-")) client.conn.destroy();
    await until("the will", () => seen.get("picket/desk/status") === "offline");
    await until("online again", () => seen.get("picket/desk/status") === "online");
    await sender.stop();
    await until("our own word", () => seen.get("picket/desk/status") === "offline");
    assert.equal(sender.status().state, "stopped");
  });
});

test("Home Assistant starts and is introduced again, though nothing was retained for it", async () => {
  await withScene({ retain: false }, async ({ pass, until, seen, client }) => {
    pass(1);
    await until("first", () => seen.has("homeassistant/sensor/picket_desk_north-radar_state/config"));
    seen.clear();
    await client.publishAsync("homeassistant/status", "online");
    await until("again", () => {
      pass(0.001);
      return (
        seen.has("homeassistant/sensor/picket_desk_north-radar_state/config") && seen.has("homeassistant/sensor/picket_desk_health/config")
      );
    });
  });
});

test("the password comes from its file; a wrong one is told as refused, and nothing is sent", async () => {
  await withScene({ user: "picket", password: "right", username: "picket", passwordFile: "secret" }, async ({ pass, until, seen }) => {
    pass(1);
    await until("let in", () => seen.has(SENSOR));
  });
  const broker = await startBroker({ user: "picket", password: "right" });
  const file = mqttOutputSchema.parse({
    id: "ha",
    broker: `mqtt://127.0.0.1:${broker.port}`,
    username: "picket",
    passwordEnvironment: "PICKET_TEST_MQTT",
  });
  process.env.PICKET_TEST_MQTT = "wrong";
  const host = {
    now: () => START,
    site: () => ({ id: "d", name: "d" }),
    softwareVersion: "1",
    note: () => undefined,
  } as unknown as SenderHost;
  const sender = createMqttSender(file, host, ".", 20_000);
  try {
    await sender.start();
    const end = performance.now() + 30_000;
    while (sender.status().state !== "retrying" && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(sender.status().message, /not authorized/i);
    assert.equal(sender.status().sent, 0);
  } finally {
    delete process.env.PICKET_TEST_MQTT;
    await sender.stop();
    await broker.close();
  }
});

test("a broker that takes connections and never answers delays nobody: the queue is bounded and drops are counted", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // Says "welcome" and then reads nothing.
    socket.once("data", () => {
      socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00]));
      socket.pause();
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const file = mqttOutputSchema.parse({
    id: "ha",
    broker: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tracks: "confirmed",
    trackPeriodSeconds: 0.2,
  });
  let now = START;
  const host = {
    now: () => now,
    site: () => ({ id: "d", name: "d" }),
    softwareVersion: "1",
    system: () => ({ health: "OK", healthReasons: [], journal: null, version: "1", nowUs: now }),
    sensors: () => Array.from({ length: 600 }, (_, i) => aSensor({ id: `s${i}` })),
    note: () => undefined,
  } as unknown as SenderHost;
  const sender = createMqttSender(file, host, ".");
  try {
    await sender.start();
    const end = performance.now() + 30_000;
    while (sender.status().state !== "connected" && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    const heap = process.memoryUsage().heapUsed;
    for (let i = 0; i < 500; i++) {
      now += 200_000;
      sender.pictureChanged(() => Array.from({ length: 100 }, (_, k) => aTrack(`T${k}`, { atUs: now })), now as Micros);
    }
    const drops = new Map(sender.status().drops.map(({ reason, count }) => [reason, count]));
    assert.ok(drops.get("replaced by a newer one")! > 10_000, JSON.stringify([...drops]));
    assert.equal(drops.get("sensors beyond the first 512"), 88);
    assert.ok(process.memoryUsage().heapUsed - heap < 150e6);
  } finally {
    await sender.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("a name from outside never becomes a wildcard, another level or two sensors in one", () => {
  assert.equal(topicLevel("north-radar"), "north-radar");
  const names = ["a/b", "a+b", "a#b", "a b", "a_b", "", "\u202eab", "x".repeat(100), "x".repeat(101)].map(topicLevel);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{1,60}$/);
  assert.equal(new Set(names).size, names.length);
  assert.equal(label("North\u202e\n radar\u0000"), "North radar");
});

test("an address with a user, a path or a wildcard in the prefix is refused", () => {
  const good = { id: "a", broker: "mqtt://h" };
  assert.ok(mqttOutputSchema.safeParse(good).success);
  const bad = [
    { broker: "mqtt://u:p@h" },
    { broker: "mqtt://h/topic" },
    { broker: "tcp://h" },
    { topicPrefix: "a/#" },
    { topicPrefix: "$SYS" },
    { tracks: "all" },
  ];
  for (const more of bad) assert.equal(mqttOutputSchema.safeParse({ ...good, ...more }).success, false, JSON.stringify(more));
  assert.throws(() => createMqttSender(mqttOutputSchema.parse({ ...good, tls: {} }), {} as SenderHost, "."), /mqtts/);
});
