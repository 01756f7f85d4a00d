// A datagram as a network capture keeps it: raw IPv4 (link type 101) around UDP, for `picket simulate --out FILE.pcapng`, so that any
// protocol analyser shows what was sent. RFC 791, RFC 768.

import type { Micros } from "../../core/base/units.ts";
import type { PcapPacket } from "../../core/protocols/pcap/pcap-packet.ts";

const RAW_IP = 101;
const IP_HEADER = 20;
const UDP_HEADER = 8;
const LOOPBACK = 0x7f000001;
const SENDING_PORT = 49_152;
/** A datagram's length has 16 bits, and so has that of IP. */
export const MOST_PAYLOAD = 65_535 - IP_HEADER - UDP_HEADER;

/** From loopback to loopback. Undefined when the payload is too long for one datagram. */
export function datagramFrame(payload: Uint8Array, destinationPort: number, at: Micros): PcapPacket | undefined {
  if (payload.length > MOST_PAYLOAD) return undefined;
  const bytes = new Uint8Array(IP_HEADER + UDP_HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x45); // version 4, five words of header
  view.setUint16(2, bytes.length);
  view.setUint16(6, 0x4000); // not to be fragmented
  view.setUint8(8, 64);
  view.setUint8(9, 17);
  view.setUint32(12, LOOPBACK);
  view.setUint32(16, LOOPBACK);
  view.setUint16(10, headerChecksum(view));
  view.setUint16(IP_HEADER, SENDING_PORT);
  view.setUint16(IP_HEADER + 2, destinationPort);
  view.setUint16(IP_HEADER + 4, UDP_HEADER + payload.length); // checksum 0: not computed, which UDP allows over IPv4
  bytes.set(payload, IP_HEADER + UDP_HEADER);
  return { linkType: RAW_IP, capturedAt: at, cut: false, bytes };
}

/** Ones' complement of the ones' complement sum of the header's ten 16-bit words, the checksum's own being zero. */
function headerChecksum(view: DataView): number {
  let sum = 0;
  for (let i = 0; i < IP_HEADER; i += 2) sum += view.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
