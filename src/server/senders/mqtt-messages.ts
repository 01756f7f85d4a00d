// What the MQTT output says, as topics and JSON, and how it introduces itself to Home Assistant. Pure. Names that come from outside
// (a SAPIENT node may call itself anything) are cleaned before they become part of a topic or a label.

import { createHash } from "node:crypto";
import type { Origin } from "../../core/model/observation.ts";
import type { SensorView, SystemView, TrackView } from "../../core/model/picture-view.ts";

export interface MqttMessage {
  readonly topic: string;
  /** Empty: forget what was retained there. */
  readonly payload: string;
  readonly retain: boolean;
}

export interface MqttNames {
  readonly siteId: string;
  readonly siteName: string;
  /** "picket" */
  readonly prefix: string;
  /** "homeassistant"; "" introduces nothing. */
  readonly discoveryPrefix: string;
  readonly softwareVersion: string;
  /** Seconds between two reports: three times that without one, and the receiver shows "unavailable". */
  readonly periodSeconds: number;
}

/** One level of a topic: letters, digits, hyphen and underscore. What had to change gets a mark of its own, so that two names never meet. */
export function topicLevel(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 48);
  return plain === text && text !== "" ? text : `${plain}_${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

/** A label: one line, no control or direction characters, not long. */
export const label = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, 80);

const base = (names: MqttNames) => `${names.prefix}/${topicLevel(names.siteId)}`;
export const statusTopic = (names: MqttNames): string => `${base(names)}/status`;
const systemTopic = (names: MqttNames) => `${base(names)}/system`;
const sensorTopic = (names: MqttNames, id: string) => `${base(names)}/sensors/${topicLevel(id)}`;
export const trackTopic = (names: MqttNames, id: string): string => `${base(names)}/tracks/${topicLevel(id)}`;
/** Where Home Assistant says that it has started. */
export const birthTopic = (names: MqttNames): string | undefined =>
  names.discoveryPrefix === "" ? undefined : `${names.discoveryPrefix}/status`;

export function systemMessage(names: MqttNames, system: SystemView, alarms: number, retain: boolean): MqttMessage {
  const payload = {
    health: system.health,
    reasons: system.healthReasons.map(label),
    recording: system.journal?.recording ?? false,
    alarms,
    version: system.version,
    atUs: system.nowUs,
  };
  return { topic: systemTopic(names), payload: JSON.stringify(payload), retain };
}

export function sensorMessage(names: MqttNames, sensor: SensorView, nowUs: number, retain: boolean): MqttMessage {
  const payload = {
    id: sensor.id,
    name: label(sensor.name),
    kind: sensor.kind,
    origin: sensor.origin,
    /** What Picket says of it, and what it says of itself. */
    freshness: sensor.freshness,
    state: sensor.state,
    detectionsPerSecond: sensor.detectionsPerSecond,
    ageSeconds: sensor.lastAtUs === null ? null : Math.max(0, Math.round((nowUs - sensor.lastAtUs) / 1e5) / 10),
    notes: sensor.notes.slice(0, 8).map(label),
    atUs: nowUs,
  };
  return { topic: sensorTopic(names, sensor.id), payload: JSON.stringify(payload), retain };
}

/**
 * A track without anything that its pilot or its broadcast said, but for identities where they were released. Never retained: a track that
 * outlived its sender would be taken for one that is there.
 */
export function trackMessage(names: MqttNames, track: TrackView, releaseIdentities: boolean): MqttMessage {
  const payload = {
    id: track.id,
    origin: track.origin,
    status: track.status,
    freshness: track.freshness,
    affiliation: track.affiliation,
    class: track.className,
    latitudeDegrees: track.position.latitudeDegrees,
    longitudeDegrees: track.position.longitudeDegrees,
    heightAmslMetres: track.position.heightAmslMetres,
    heightHaeMetres: track.position.heightHaeMetres,
    speedMps: track.speedMps,
    courseDegrees: track.courseDegrees,
    climbMps: track.velocityUpMps,
    semiMajorMetres: track.ellipse.semiMajorMetres,
    ...(releaseIdentities ? { identities: track.identities } : {}),
    atUs: track.atUs,
  };
  return { topic: trackTopic(names, track.id), payload: JSON.stringify(payload), retain: false };
}

interface Entity {
  readonly component: "sensor" | "binary_sensor";
  /** Unique within the site. */
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  readonly template: string;
  readonly more?: object;
}

const FRESHNESS = ["LIVE", "DEGRADED", "STALE", "OFFLINE"];

function systemEntities(names: MqttNames): Entity[] {
  const topic = systemTopic(names);
  return [
    {
      component: "sensor",
      key: "health",
      name: "Health",
      topic,
      template: "{{ value_json.health }}",
      more: { device_class: "enum", options: ["OK", "DEGRADED"], json_attributes_topic: topic },
    },
    {
      component: "binary_sensor",
      key: "problem",
      name: "Problem",
      topic,
      template: "{{ 'OFF' if value_json.health == 'OK' else 'ON' }}",
      more: { device_class: "problem" },
    },
    {
      component: "binary_sensor",
      key: "recording",
      name: "Recording",
      topic,
      template: "{{ 'ON' if value_json.recording else 'OFF' }}",
      more: { device_class: "running" },
    },
    {
      component: "sensor",
      key: "alarms",
      name: "Alarms",
      topic,
      template: "{{ value_json.alarms }}",
      more: { state_class: "measurement" },
    },
  ];
}

function sensorEntities(names: MqttNames, sensor: { id: string; name: string; origin: Origin }): Entity[] {
  const topic = sensorTopic(names, sensor.id);
  const key = topicLevel(sensor.id);
  const name = `${label(sensor.name)}${sensor.origin === "live" ? "" : ` (${sensor.origin})`}`;
  return [
    {
      component: "sensor",
      key: `${key}_state`,
      name: `${name} state`,
      topic,
      template: "{{ value_json.freshness }}",
      more: { device_class: "enum", options: FRESHNESS, json_attributes_topic: topic },
    },
    {
      component: "sensor",
      key: `${key}_rate`,
      name: `${name} rate`,
      topic,
      template: "{{ value_json.detectionsPerSecond }}",
      more: { state_class: "measurement", unit_of_measurement: "1/s", entity_category: "diagnostic" },
    },
    {
      component: "sensor",
      key: `${key}_age`,
      name: `${name} age`,
      topic,
      template: "{{ value_json.ageSeconds }}",
      more: { device_class: "duration", state_class: "measurement", unit_of_measurement: "s", entity_category: "diagnostic" },
    },
  ];
}

const entityTopic = (names: MqttNames, entity: Entity) =>
  `${names.discoveryPrefix}/${entity.component}/picket_${topicLevel(names.siteId)}_${entity.key}/config`;

function introduction(names: MqttNames, entity: Entity): MqttMessage {
  const unique = `picket_${topicLevel(names.siteId)}_${entity.key}`;
  const payload = {
    name: entity.name,
    unique_id: unique,
    state_topic: entity.topic,
    value_template: entity.template,
    availability_topic: statusTopic(names),
    payload_available: "online",
    payload_not_available: "offline",
    // A picture that is not renewed is not shown as one.
    expire_after: Math.max(30, Math.ceil(3 * names.periodSeconds)),
    ...entity.more,
    device: {
      identifiers: [`picket_${topicLevel(names.siteId)}`],
      name: `Picket ${label(names.siteName)}`,
      manufacturer: "Picket",
      model: "Counter-UAS surveillance",
      sw_version: names.softwareVersion,
    },
    origin: { name: "Picket", sw_version: names.softwareVersion },
  };
  return { topic: entityTopic(names, entity), payload: JSON.stringify(payload), retain: true };
}

/** Configuration messages of Home Assistant's MQTT discovery, one for each entity; none without a discovery prefix. */
export const introduceSystem = (names: MqttNames): MqttMessage[] =>
  names.discoveryPrefix === "" ? [] : systemEntities(names).map((entity) => introduction(names, entity));
export const introduceSensor = (names: MqttNames, sensor: SensorView): MqttMessage[] =>
  names.discoveryPrefix === "" ? [] : sensorEntities(names, sensor).map((entity) => introduction(names, entity));

/** Takes a sensor that is gone back out of the receiver: empty configuration, empty state. */
export function forgetSensor(names: MqttNames, id: string): MqttMessage[] {
  const gone = { id, name: id, origin: "live" as const };
  const topics = names.discoveryPrefix === "" ? [] : sensorEntities(names, gone).map((entity) => entityTopic(names, entity));
  return [...topics, sensorTopic(names, id)].map((topic) => ({ topic, payload: "", retain: true }));
}
