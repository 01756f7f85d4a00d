// What `picket decode` prints of Cursor on Target: one object an event, errors as objects with `error`, `item` and `offset`.

import type { Packet, ProtocolOptions } from "../protocol.ts";
import { readCotPacket } from "./cot-protocol.ts";
import { readCotType } from "./cot-type.ts";
import type { XmlElement } from "./xml.ts";

export function createCotDescriber(_options: ProtocolOptions = {}): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const { events, errors } = readCotPacket(packet.bytes);
    const rows: Record<string, unknown>[] = events.map((event) => ({
      uid: event.uid,
      type: event.type,
      says: readCotType(event.type).words,
      affiliation: readCotType(event.type).affiliation,
      how: event.how,
      timeUs: event.time,
      startUs: event.start,
      staleUs: event.stale,
      latitudeDegrees: event.point.latitudeDegrees,
      longitudeDegrees: event.point.longitudeDegrees,
      heightHaeMetres: event.point.hae,
      circularErrorMetres: event.point.ce,
      linearErrorMetres: event.point.le,
      detail: event.detail === undefined ? undefined : describeElement(event.detail),
    }));
    for (const error of errors) rows.push({ error: error.code, item: error.item, offset: error.offset, message: error.message });
    return rows;
  };
}

function describeElement(element: XmlElement): Record<string, unknown> {
  return {
    name: element.name,
    attributes: element.attributes.length === 0 ? undefined : Object.fromEntries(element.attributes),
    text: element.text.trim() === "" ? undefined : element.text,
    children: element.children.length === 0 ? undefined : element.children.map(describeElement),
  };
}
