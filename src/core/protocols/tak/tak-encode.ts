// TAK protocol version 1 out: an event as a mesh datagram or a stream message.

import { create, toBinary } from "@bufbuild/protobuf";
import { COT_UNKNOWN, type CotEvent, parseCotNumber } from "../cot/cot-event.ts";
import { attributeOf, writeXml, type XmlElement } from "../cot/xml.ts";
import { TAK_MAGIC } from "./tak-message.ts";
import { type TakMessage, TakMessageSchema } from "./tak-pb.gen.ts";

/** Octets of a datagram: 0xBF, version 1, 0xBF, message. */
export function encodeTakMesh(event: CotEvent): Uint8Array {
  const message = toBinary(TakMessageSchema, takMessageOf(event));
  const bytes = new Uint8Array(3 + message.length);
  bytes.set([TAK_MAGIC, 1, TAK_MAGIC]);
  bytes.set(message, 3);
  return bytes;
}

/** Octets of a stream message: 0xBF, length as varint, message. */
export function encodeTakStream(event: CotEvent): Uint8Array {
  const message = toBinary(TakMessageSchema, takMessageOf(event));
  const length: number[] = [];
  for (let rest = message.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest % 128) + 128);
  }
  const bytes = new Uint8Array(1 + length.length + message.length);
  bytes.set([TAK_MAGIC, ...length]);
  bytes.set(message, 1 + length.length);
  return bytes;
}

function takMessageOf(event: CotEvent): TakMessage {
  const milliseconds = (at: number | undefined) => BigInt(at === undefined ? 0 : Math.floor(at / 1000));
  return create(TakMessageSchema, {
    cotEvent: {
      type: event.type,
      access: event.access ?? "",
      qos: event.qos ?? "",
      opex: event.opex ?? "",
      uid: event.uid,
      sendTime: milliseconds(event.time),
      startTime: milliseconds(event.start),
      staleTime: milliseconds(event.stale),
      how: event.how,
      lat: event.point.latitudeDegrees,
      lon: event.point.longitudeDegrees,
      hae: event.point.hae ?? COT_UNKNOWN,
      ce: event.point.ce ?? COT_UNKNOWN,
      le: event.point.le ?? COT_UNKNOWN,
      detail: event.detail === undefined ? undefined : detailOf(event.detail),
    },
  });
}

/** Only an element whose every attribute has a field goes there; anything more stays XML, so that nothing is lost. */
function detailOf(detail: XmlElement) {
  const rest: XmlElement[] = [];
  const typed: {
    contact?: { endpoint: string; callsign: string };
    group?: { name: string; role: string };
    precisionLocation?: { geopointsrc: string; altsrc: string };
    status?: { battery: number };
    takv?: { device: string; platform: string; os: string; version: string };
    track?: { speed: number; course: number };
  } = {};
  for (const child of detail.children) {
    const text = (name: string) => attributeOf(child, name) ?? "";
    const number = (name: string) => parseCotNumber(attributeOf(child, name));
    const fits = (...names: string[]) =>
      child.children.length === 0 && child.text.trim() === "" && child.attributes.every(([name]) => names.includes(name));
    const once = (taken: object | undefined) => taken === undefined && child.attributes.length > 0;
    if (child.name === "contact" && once(typed.contact) && fits("endpoint", "callsign")) {
      typed.contact = { endpoint: text("endpoint"), callsign: text("callsign") };
    } else if (child.name === "__group" && once(typed.group) && fits("name", "role")) {
      typed.group = { name: text("name"), role: text("role") };
    } else if (child.name === "precisionlocation" && once(typed.precisionLocation) && fits("geopointsrc", "altsrc")) {
      typed.precisionLocation = { geopointsrc: text("geopointsrc"), altsrc: text("altsrc") };
    } else if (child.name === "takv" && once(typed.takv) && fits("device", "platform", "os", "version")) {
      typed.takv = { device: text("device"), platform: text("platform"), os: text("os"), version: text("version") };
    } else if (child.name === "status" && once(typed.status) && fits("battery") && isCount(number("battery"))) {
      typed.status = { battery: number("battery")! };
    } else if (
      child.name === "track" &&
      once(typed.track) &&
      fits("speed", "course") &&
      number("speed") !== undefined &&
      number("course") !== undefined
    ) {
      typed.track = { speed: number("speed")!, course: number("course")! };
    } else rest.push(child);
  }
  return { ...typed, xmlDetail: rest.map(writeXml).join("") };
}

const isCount = (value: number | undefined) => value !== undefined && Number.isInteger(value) && value >= 0 && value < 4_294_967_296;
