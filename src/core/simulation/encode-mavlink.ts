// MAVLink telemetry, ADS-B traffic and Open Drone ID of simulated aircraft: the messages that Picket reads and no others, so nothing that
// commands, configures or plans can be made. mavlink.io, "Packet serialization".

import { assert } from "../base/assert.ts";
import { encodeUtf8 } from "../base/text.ts";
import { addToCrc, CRC_START, crcOf } from "../protocols/mavlink/crc.ts";
import { STX_1, STX_2 } from "../protocols/mavlink/frame.ts";
import { type FieldValue, MESSAGES, type MessageDefinition } from "../protocols/mavlink/messages.ts";

export interface MavlinkSender {
  readonly system: number;
  readonly component: number;
  /** Counts up by one a frame, 0 to 255. */
  readonly sequence: number;
}

/**
 * One frame. `values` are in the message's own units; a field without a value is zero. Version 2 cuts trailing zeros off, version 1
 * leaves extension fields out. Not signed. Asserts on a field that the message does not have and on a value that does not fit.
 */
export function encodeMavlink(
  definition: MessageDefinition,
  sender: MavlinkSender,
  values: Readonly<Record<string, FieldValue>>,
  version: 1 | 2 = 2,
): Uint8Array {
  assert(MESSAGES.get(definition.id) === definition, "only messages that Picket reads are written");
  assert(version === 2 || definition.id < 256, "version 1 has one octet for the message's number");
  const payload = new Uint8Array(definition.fullLength);
  const view = new DataView(payload.buffer);
  const names = new Set(definition.fields.map((field) => field.name));
  for (const name of Object.keys(values)) assert(names.has(name), `${definition.name} has no field ${name}`);
  for (const { name, type, count, offset } of definition.fields) {
    const value = values[name];
    if (value === undefined) continue;
    if (typeof value !== "number") {
      const octets = typeof value === "string" ? encodeUtf8(value) : value;
      assert(count > 0 && octets.length <= count, `${name} has ${count} octets`);
      payload.set(octets, offset);
      continue;
    }
    assert(count === 0, `${name} is an array`);
    assert(type === "float" || Number.isInteger(value), `${name} is a whole number`);
    switch (type) {
      case "uint8_t":
      case "char":
        assert(value >= 0 && value <= 0xff, `${name} fits its octet`);
        payload[offset] = value;
        break;
      case "uint16_t":
        assert(value >= 0 && value <= 0xffff, `${name} fits 16 bits`);
        view.setUint16(offset, value, true);
        break;
      case "int16_t":
        assert(value >= -0x8000 && value <= 0x7fff, `${name} fits 16 bits`);
        view.setInt16(offset, value, true);
        break;
      case "uint32_t":
        assert(value >= 0 && value <= 0xffffffff, `${name} fits 32 bits`);
        view.setUint32(offset, value, true);
        break;
      case "int32_t":
        assert(value >= -0x80000000 && value <= 0x7fffffff, `${name} fits 32 bits`);
        view.setInt32(offset, value, true);
        break;
      case "uint64_t":
        assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, `${name} is exact`);
        view.setUint32(offset, value % 4_294_967_296, true);
        view.setUint32(offset + 4, Math.floor(value / 4_294_967_296), true);
        break;
      case "float":
        view.setFloat32(offset, value, true);
        break;
    }
  }
  let length = version === 1 ? definition.baseLength : definition.fullLength;
  if (version === 2) while (length > 1 && payload[length - 1] === 0) length--;
  const { id } = definition;
  const { system, component, sequence } = sender;
  const header =
    version === 2
      ? [STX_2, length, 0, 0, sequence & 255, system, component, id & 255, (id >> 8) & 255, id >> 16]
      : [STX_1, length, sequence & 255, system, component, id];
  const frame = new Uint8Array(header.length + length + 2);
  frame.set(header);
  frame.set(payload.subarray(0, length), header.length);
  const end = header.length + length;
  const crc = addToCrc(crcOf(frame, 1, end, CRC_START), definition.crcExtra);
  frame[end] = crc & 255;
  frame[end + 1] = crc >> 8;
  return frame;
}
