// Writes captured frames as a pcapng stream, for passing a recorded capture on. It builds no frame: the octets are given.
// draft-ietf-opsawg-pcapng sections 4.1 (section header), 4.2 (interface description), 4.3 (enhanced packet).

import type { PcapPacket } from "./pcap-packet.ts";

/** Options of a capture device are left out: time stamps are in microseconds, which is the default. */
export interface PcapngWriter {
  /** Octets of one packet block, with the section header and an interface description before it when they are due. */
  write(packet: PcapPacket): Uint8Array;
}

/** One little-endian section; each link type becomes an interface when it first appears. */
export function createPcapngWriter(): PcapngWriter {
  const interfaces: number[] = [];
  let started = false;
  return {
    write(packet) {
      const parts: Uint8Array[] = [];
      if (!started) {
        parts.push(sectionHeader());
        started = true;
      }
      let index = interfaces.indexOf(packet.linkType);
      if (index < 0) {
        index = interfaces.push(packet.linkType) - 1;
        parts.push(interfaceDescription(packet.linkType));
      }
      parts.push(packetBlock(index, packet));
      const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      return joined;
    },
  };
}

function block(type: number, bodyLength: number, fill: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const total = 12 + bodyLength + ((4 - (bodyLength % 4)) % 4);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  view.setUint32(total - 4, total, true);
  fill(new DataView(bytes.buffer, 8), bytes.subarray(8));
  return bytes;
}

function sectionHeader(): Uint8Array {
  return block(0x0a0d0d0a, 16, (view) => {
    view.setUint32(0, 0x1a2b3c4d, true);
    view.setUint16(4, 1, true); // version 1.0
    view.setUint16(6, 0, true);
    view.setUint32(8, 0xffffffff, true); // length of the section: not known
    view.setUint32(12, 0xffffffff, true);
  });
}

function interfaceDescription(linkType: number): Uint8Array {
  return block(1, 8, (view) => view.setUint16(0, linkType, true)); // snap length 0: no limit
}

function packetBlock(index: number, packet: PcapPacket): Uint8Array {
  const at = packet.capturedAt ?? 0;
  return block(6, 20 + packet.bytes.length, (view, bytes) => {
    view.setUint32(0, index, true);
    view.setUint32(4, Math.floor(at / 4_294_967_296), true);
    view.setUint32(8, at % 4_294_967_296, true);
    view.setUint32(12, packet.bytes.length, true);
    view.setUint32(16, packet.bytes.length + (packet.cut ? 1 : 0), true); // how much was cut is not kept, only that it was
    bytes.set(packet.bytes, 20);
  });
}
