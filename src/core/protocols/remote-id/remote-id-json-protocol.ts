// Remote ID as receivers' JSON over UDP, MQTT or a serial line: one packet is one JSON text (or several, one a line). The form is
// told from the keys, so that a site can point any receiver at the same port.

import { decodeUtf8Strict } from "../../base/text.ts";
import type { SensorStatus } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Protocol } from "../protocol.ts";
import { isDjiDecoded, readDjiDecoded } from "./json-dji.ts";
import {
  isDragonSyncDrone,
  isDragonSyncKit,
  isDragonSyncList,
  isSnifferObject,
  readDragonSyncDrone,
  readDragonSyncKit,
  readSnifferList,
  readSnifferObject,
} from "./json-dragonsync.ts";
import { isDroneScout, readDroneScout } from "./json-dronescout.ts";
import { isKismet, readKismet } from "./json-kismet.ts";
import { isMeshMapper, readMeshMapper } from "./json-mesh-mapper.ts";
import { isError, isObject } from "./json-value.ts";
import { createRemoteIdState, observeReport, type RemoteIdState, tickReports, type UasReport } from "./uas-report.ts";

/** Octets of one packet. */
export const MAX_JSON = 256 * 1024;
/** Reports in one packet. */
const MAX_REPORTS = 256;
const MAX_LINES = 256;
/** Lists and objects inside each other; no receiver needs more than six. */
const MAX_DEPTH = 32;

export interface JsonReports {
  readonly reports: UasReport[];
  readonly statuses: SensorStatus[];
  readonly errors: DecodeError[];
}

/** Reads every report in one packet; what is wrong is an error beside the good ones. Never throws. */
export function readJsonReports(bytes: Uint8Array): JsonReports {
  const read: JsonReports = { reports: [], statuses: [], errors: [] };
  if (bytes.length > MAX_JSON) {
    read.errors.push({
      code: "oversized",
      item: "JSON",
      message: `A JSON text of ${bytes.length} octets is over the limit of ${MAX_JSON}.`,
      needed: MAX_JSON,
      got: bytes.length,
    });
    return read;
  }
  if (isDeep(bytes)) {
    read.errors.push({ code: "oversized", item: "JSON", message: `The JSON is nested over ${MAX_DEPTH} deep.` });
    return read;
  }
  const text = decodeUtf8Strict(bytes);
  if (text === undefined) {
    read.errors.push({ code: "malformed", item: "JSON", message: "The packet is not UTF-8 text." });
    return read;
  }
  const whole = parse(text);
  if (whole !== NOT_JSON) {
    readValue(whole, read, 0);
    return read;
  }
  const lines = text.split("\n", MAX_LINES).filter((line) => line.trim() !== "");
  if (lines.length < 2) {
    read.errors.push({ code: "malformed", item: "JSON", message: "The packet is not JSON." });
    return read;
  }
  for (const line of lines) {
    const value = parse(line);
    if (value === NOT_JSON) read.errors.push({ code: "malformed", item: "JSON", message: "A line of the packet is not JSON." });
    else readValue(value, read, 0);
  }
  return read;
}

/** Whether brackets outside of strings are nested over the limit; looked at before anything is built from the text. */
function isDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i];
    if (quoted) {
      if (octet === 0x5c) i++;
      else if (octet === 0x22) quoted = false;
    } else if (octet === 0x22) quoted = true;
    else if (octet === 0x5b || octet === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (octet === 0x5d || octet === 0x7d) depth--;
  }
  return false;
}

const NOT_JSON = Symbol("not JSON");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON; // the parser throws for malformed input only
  }
}

function readValue(value: unknown, read: JsonReports, depth: number): void {
  const count = read.reports.length + read.statuses.length + read.errors.length;
  if (count >= MAX_REPORTS) {
    const message = `A packet holds more than ${MAX_REPORTS} reports; the rest was left out.`;
    if (count === MAX_REPORTS) read.errors.push({ code: "oversized", item: "JSON", message });
    return;
  }
  if (Array.isArray(value) && depth < 2 && !isDragonSyncList(value)) {
    for (const part of value) readValue(part, read, depth + 1);
    return;
  }
  const outcome = readForm(value);
  if (outcome === undefined) return;
  if (isError(outcome)) read.errors.push(outcome);
  else if ("type" in outcome) read.statuses.push(outcome);
  else read.reports.push(outcome);
}

/** One message by the form that its keys tell; undefined for one that says nothing of drones. */
function readForm(value: unknown): UasReport | SensorStatus | DecodeError | undefined {
  if (isDragonSyncList(value)) return readSnifferList(value as readonly unknown[]);
  if (!isObject(value)) return { code: "unsupported", item: "JSON", message: "The JSON is no object and no list of objects." };
  if (isSnifferObject(value)) return readSnifferObject(value);
  if (isDroneScout(value)) return readDroneScout(value);
  if (isDjiDecoded(value)) return readDjiDecoded(value);
  if (isKismet(value)) return readKismet(value);
  if (isMeshMapper(value)) return readMeshMapper(value);
  if (isDragonSyncDrone(value)) return readDragonSyncDrone(value);
  if (isDragonSyncKit(value)) return readDragonSyncKit(value);
  return {
    code: "unsupported",
    item: "JSON",
    message:
      "The JSON object has the keys of no receiver that Picket knows (DragonSync, DroneScout, drone-mesh-mapper, Kismet, DroneSecurity).",
  };
}

export const remoteIdJsonProtocol: Protocol<RemoteIdState> = {
  name: "remote-id-json",
  createState: createRemoteIdState,
  receive(state, packet) {
    const read = readJsonReports(packet.bytes);
    const observations = [];
    for (const report of read.reports) {
      const observed = observeReport(state, report, packet.receivedAt);
      observations.push(...observed);
      const alert = alertOf(report);
      if (alert !== undefined) observations.push(alert);
    }
    observations.push(...read.statuses);
    return { observations, errors: read.errors, records: read.reports.length + read.statuses.length };
  },
  tick(state, now) {
    return { observations: tickReports(state, now), errors: [], replies: [], close: [] };
  },
};

/** A transmission that tells neither who nor where (an encrypted DJI one): nothing can be placed, but a person should know. */
function alertOf(report: UasReport): SensorStatus | undefined {
  const named = report.radioAddress !== undefined || report.ids.some((reported) => reported.id !== "");
  if (named || report.location?.latitude !== undefined) return undefined;
  const words = report.selfId?.text;
  const signal = report.signalDbm === undefined ? "" : `, ${report.signalDbm} dBm`;
  return {
    type: "status",
    sensorKey: report.receiver,
    time: report.heardAt,
    notes: [`A drone was heard that tells neither its identity nor its position${words === undefined ? "" : ` (${words})`}${signal}.`],
  };
}
