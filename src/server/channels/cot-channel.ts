// Notifications as Cursor on Target alarms: one datagram, or one event to a TAK server. Nobody confirms either: "sent".
// Types after the CoT tree: b-a-o-tbl an alarm that asks for help now (take cover), b-a-o-can its end, b-a an alarm.

import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { Metres, Micros } from "../../core/base/units.ts";
import type { CotEvent } from "../../core/protocols/cot/cot-event.ts";
import { encodeCotXml } from "../../core/protocols/cot/encode.ts";
import type { XmlElement } from "../../core/protocols/cot/xml.ts";
import type { Channel, ChannelMessage } from "./channel.ts";

export interface CotChannelSettings {
  readonly id: string;
  readonly transport: "udp" | "tcp";
  readonly host: string;
  readonly port: number;
}

const TYPES: Record<ChannelMessage["kind"], string> = { "take-cover": "b-a-o-tbl", "all-clear": "b-a-o-can", alert: "b-a", test: "b-a" };
const ALARM_LIFE = 10 * 60e6; // us

const element = (name: string, attributes: [string, string][], children: XmlElement[] = [], text = ""): XmlElement => ({
  name,
  attributes,
  children,
  text,
});

export function alarmEvent(message: ChannelMessage): CotEvent {
  const about = message.kind === "take-cover" || message.kind === "all-clear" ? "cover" : (message.alertId ?? `test-${message.id}`);
  const at = message.atUs as Micros;
  return {
    uid: `picket.${message.siteId}.alarm.${about}`,
    type: TYPES[message.kind],
    how: message.label === "" ? "h-e" : "m-s",
    time: at,
    start: at,
    stale: (at + ALARM_LIFE) as Micros,
    point: { latitudeDegrees: message.latitudeDegrees, longitudeDegrees: message.longitudeDegrees, ce: 1000 as Metres },
    detail: element(
      "detail",
      [],
      [
        element("contact", [
          ["callsign", `${message.label === "" ? "" : `${message.label} `}${message.siteName} ${message.alertId ?? message.kind}`],
        ]),
        element("remarks", [], [], message.text),
      ],
    ),
  };
}

export function createCotChannel(settings: CotChannelSettings): Channel {
  const { host, port, transport } = settings;
  return {
    id: settings.id,
    kind: "cot",
    target: `${transport}://${host}:${port}`,
    deliver: (message, signal) => {
      const bytes = Buffer.from(encodeCotXml(alarmEvent(message)));
      return transport === "udp" ? sendDatagram(host, port, bytes) : sendStream(host, port, bytes, signal);
    },
    close: async () => undefined,
  };
}

function sendDatagram(host: string, port: number, bytes: Buffer): Promise<"sent"> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    const end = (error: Error | null) => {
      socket.close();
      if (error) reject(new Error(`the network refused it: ${error.message}`));
      else resolve("sent");
    };
    socket.once("error", end);
    socket.send(bytes, port, host, end);
  });
}

function sendStream(host: string, port: number, bytes: Buffer, signal: AbortSignal): Promise<"sent"> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(signal.aborted ? "no answer in time" : error.code === "ECONNREFUSED" ? "nobody listens there" : error.message)),
    );
    socket.once("connect", () => socket.end(bytes, () => resolve("sent")));
    socket.resume();
  });
}
