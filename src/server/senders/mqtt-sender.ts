// Sensor health, system health and the number of alarms to an MQTT broker, with an introduction for Home Assistant; confirmed tracks where
// the output is configured for them.

import { randomBytes } from "node:crypto";
import type { Micros } from "../../core/base/units.ts";
import type { OutputView, SensorView } from "../../core/model/picture-view.ts";
import { UsageError } from "../cli/command.ts";
import type { MqttOutputFile } from "../configuration/output-schemas.ts";
import { readPassword } from "../configuration/secrets.ts";
import { reloadableConnectTls } from "../sources/tls.ts";
import { createMqttLink } from "./mqtt-link.ts";
import {
  birthTopic,
  forgetSensor,
  introduceSensor,
  introduceSystem,
  type MqttNames,
  sensorMessage,
  statusTopic,
  systemMessage,
  trackMessage,
  trackTopic,
} from "./mqtt-messages.ts";
import { createTally, mayLeave, type Sender, type SenderHost } from "./sender.ts";

/** Sensors, and tracks, that are told of at most; a flood of made-up nodes must not fill the receiver. */
const MAX_SENSORS = 512;
const MAX_TRACKS = 1000;
const MAX_WAITING = 4096;
/** Changes of state are looked for this often; they go out at once. */
const LOOK_PERIOD = 1_000_000; // us

/** `folder`: where names of files count from. Throws a UsageError for an address or a secret that cannot be read. */
export function createMqttSender(file: MqttOutputFile, host: SenderHost, folder: string, firstBackOff?: number): Sender {
  const url = new URL(file.broker);
  const encrypted = url.protocol === "mqtts:";
  if (file.tls !== undefined && !encrypted) throw new UsageError(`output ${file.id}: tls needs a broker at mqtts://`);
  const address = `${url.protocol}//${url.host}`;
  const password = readPassword(file, folder);
  const tally = createTally();
  let state: OutputView["state"] = "starting";
  let message = "";
  const names = (): MqttNames => ({
    siteId: host.site().id,
    siteName: host.site().name,
    prefix: file.topicPrefix,
    discoveryPrefix: file.discoveryPrefix,
    softwareVersion: host.softwareVersion,
    periodSeconds: file.periodSeconds,
  });

  /** What the broker was told of: sensor id -> what of it must go out at once, and when it went last. */
  let sensors = new Map<string, { state: string; introduced: string; at: number }>();
  const tracks = new Map<string, number>();
  let systemState = "";
  let systemAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let tracksAt = Number.NEGATIVE_INFINITY;
  let overSensors = 0;

  const link = createMqttLink(
    {
      address,
      clientId: `picket-${file.id}-${randomBytes(4).toString("hex")}`,
      username: file.username,
      password,
      tls: file.tls === undefined ? () => ({}) : reloadableConnectTls(file.tls, folder),
      qos: file.qos === 0 ? 0 : 1,
      will: { topic: statusTopic(names()), payload: "offline", retain: true },
      listen: birthTopic(names()),
      maxWaiting: MAX_WAITING,
      ...(firstBackOff === undefined ? {} : { firstBackOff }),
    },
    {
      sent: (octets) => tally.sent(octets, host.now()),
      dropped: tally.dropped,
      state: (next, sentence) => {
        if (next !== state || sentence !== message)
          host.note(next === "retrying" ? "warning" : "info", `output ${file.id}: ${sentence || next}`);
        state = next;
        message = sentence;
      },
      connected: sayEverything,
      // Home Assistant has started and knows nothing of us.
      heard: (payload) => {
        if (payload === "online") sayEverything();
      },
    },
  );

  /** The next look tells all of it again. */
  function sayEverything(): void {
    link.send({ topic: statusTopic(names()), payload: "online", retain: true });
    for (const one of introduceSystem(names())) link.send(one);
    for (const told of sensors.values()) {
      told.introduced = "";
      told.at = Number.NEGATIVE_INFINITY;
    }
    systemAt = Number.NEGATIVE_INFINITY;
    lookedAt = Number.NEGATIVE_INFINITY;
    for (const id of tracks.keys()) tracks.set(id, Number.NaN);
    tracksAt = Number.NEGATIVE_INFINITY;
  }

  function tellSensors(now: Micros): void {
    const allowed = (host.sensors?.() ?? []).filter(({ origin }) => mayLeave(origin, file.exercise));
    const listed = allowed.slice(0, MAX_SENSORS);
    if (allowed.length - listed.length > overSensors)
      tally.dropped("sensors beyond the first 512", allowed.length - listed.length - overSensors);
    overSensors = allowed.length - listed.length;
    const before = sensors;
    sensors = new Map();
    for (const sensor of listed) {
      const told = before.get(sensor.id) ?? { state: "", introduced: "", at: Number.NEGATIVE_INFINITY };
      sensors.set(sensor.id, told);
      before.delete(sensor.id);
      const introduced = introducedAs(sensor);
      if (told.introduced !== introduced) for (const one of introduceSensor(names(), sensor)) link.send(one);
      told.introduced = introduced;
      const urgent = `${sensor.freshness} ${sensor.state}`;
      if (urgent === told.state && now - told.at < file.periodSeconds * 1e6) continue;
      told.state = urgent;
      told.at = now;
      link.send(sensorMessage(names(), sensor, now, file.retain));
    }
    for (const id of before.keys()) for (const one of forgetSensor(names(), id)) link.send(one);
  }

  return {
    id: file.id,
    start: async () => link.start(),
    pictureChanged: (views, now) => {
      // What nobody can hear is not piled up: on connecting everything is said again.
      if (state !== "connected") return;
      if (now - lookedAt >= LOOK_PERIOD) {
        lookedAt = now;
        tellSensors(now);
        const system = host.system();
        const alarms = host.alarms?.() ?? 0;
        const urgent = `${system.health} ${system.journal?.recording} ${alarms}`;
        if (urgent !== systemState || now - systemAt >= file.periodSeconds * 1e6) {
          systemState = urgent;
          systemAt = now;
          link.send(systemMessage(names(), system, alarms, file.retain));
        }
      }
      if (file.tracks === "none" || now - tracksAt < file.trackPeriodSeconds * 1e6) return;
      tracksAt = now;
      const gone = new Set(tracks.keys());
      let over = 0;
      for (const track of views()) {
        if (track.status === "tentative" || !mayLeave(track.origin, file.exercise)) continue;
        if (!tracks.has(track.id) && tracks.size >= MAX_TRACKS) {
          over += 1;
          continue;
        }
        gone.delete(track.id);
        if (tracks.get(track.id) === track.atUs) continue;
        tracks.set(track.id, track.atUs);
        link.send(trackMessage(names(), track, file.releaseIdentities));
      }
      tally.dropped("tracks beyond the first 1,000", over);
      for (const id of gone) {
        tracks.delete(id);
        link.send({ topic: trackTopic(names(), id), payload: "", retain: false });
      }
    },
    status: () => ({
      id: file.id,
      protocol: "mqtt",
      address,
      exercise: file.exercise,
      pilotPositions: false,
      encrypted,
      state,
      message,
      receivers: state === "connected" ? 1 : 0,
      ...tally.read(),
    }),
    stop: async () => {
      await link.stop();
      state = "stopped";
    },
  };
}

const introducedAs = (sensor: SensorView) => `${sensor.name} ${sensor.origin}`;
