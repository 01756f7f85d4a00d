// The UDP payload of a captured network frame: Ethernet, Linux "cooked", raw IP and BSD loopback captures, for `picket play`.
// Link layers: tcpdump.org/linktypes.html. IPv4: RFC 791. IPv6 and its extension headers: RFC 8200. UDP: RFC 768.

import type { PcapPacket } from "./pcap-packet.ts";

export interface UdpPayload {
  /** "192.0.2.1", or eight hexadecimal groups for IPv6. */
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationAddress: string;
  readonly destinationPort: number;
  /** A view of the captured octets. */
  readonly payload: Uint8Array;
}

/** Why a frame gave no payload, in words for a summary line; ordinary in any mixed capture. */
export type NoPayload = "not UDP" | "a fragment" | "cut short" | "a link layer that is not read";

const ETHERNET_IPV4 = 0x0800;
const ETHERNET_IPV6 = 0x86dd;
const VLAN_TAGS = [0x8100, 0x88a8, 0x9100];
const UDP = 17;

/** Finds the datagram in one captured frame. Fragments are refused, not put together. Never throws. */
export function readUdpPayload(packet: PcapPacket): UdpPayload | NoPayload {
  const bytes = packet.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (packet.linkType) {
    case 1:
      return afterEtherType(view, bytes, 12);
    case 113: // LINUX_SLL: the protocol is the last of its 16 octets
      return afterEtherType(view, bytes, 14);
    case 276: // LINUX_SLL2: the protocol comes first, the header is 20 octets
      if (bytes.length < 20) return "cut short";
      return network(view, bytes, 20, view.getUint16(0));
    case 0: // BSD loopback: address family in the capturing machine's byte order, so the IP version decides
    case 108:
      return rawIp(view, bytes, 4);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return rawIp(view, bytes, 0);
    default:
      return "a link layer that is not read";
  }
}

function afterEtherType(view: DataView, bytes: Uint8Array, at: number): UdpPayload | NoPayload {
  let offset = at;
  // Two tags are usual (a provider's around a customer's); more would be a loop for nothing.
  for (let tags = 0; tags <= 3; tags++) {
    if (offset + 2 > bytes.length) return "cut short";
    const type = view.getUint16(offset);
    if (!VLAN_TAGS.includes(type)) return network(view, bytes, offset + 2, type);
    offset += 4;
  }
  return "not UDP";
}

function network(view: DataView, bytes: Uint8Array, offset: number, etherType: number): UdpPayload | NoPayload {
  if (etherType !== ETHERNET_IPV4 && etherType !== ETHERNET_IPV6) return "not UDP";
  return rawIp(view, bytes, offset);
}

function rawIp(view: DataView, bytes: Uint8Array, offset: number): UdpPayload | NoPayload {
  if (offset >= bytes.length) return "cut short";
  const version = bytes[offset] >> 4;
  if (version === 4) return ipv4(view, bytes, offset);
  if (version === 6) return ipv6(view, bytes, offset);
  return "not UDP";
}

function ipv4(view: DataView, bytes: Uint8Array, offset: number): UdpPayload | NoPayload {
  if (offset + 20 > bytes.length) return "cut short";
  const headerLength = (bytes[offset] & 15) * 4;
  if (headerLength < 20) return "not UDP";
  if (bytes[offset + 9] !== UDP) return "not UDP";
  if ((view.getUint16(offset + 6) & 0x3fff) !== 0) return "a fragment";
  const dotted = (at: number) => `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  return udp(view, bytes, offset + headerLength, dotted(offset + 12), dotted(offset + 16));
}

function ipv6(view: DataView, bytes: Uint8Array, offset: number): UdpPayload | NoPayload {
  if (offset + 40 > bytes.length) return "cut short";
  const groups = (at: number) => Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16)).join(":");
  let next = bytes[offset + 6];
  let at = offset + 40;
  for (let headers = 0; headers < 8; headers++) {
    if (next === UDP) return udp(view, bytes, at, groups(offset + 8), groups(offset + 24));
    if (next === 44) return "a fragment";
    const isExtension = next === 0 || next === 43 || next === 60;
    if (!isExtension) return "not UDP";
    if (at + 8 > bytes.length) return "cut short";
    next = bytes[at];
    at += 8 + 8 * bytes[at + 1];
  }
  return "not UDP";
}

function udp(view: DataView, bytes: Uint8Array, offset: number, sourceAddress: string, destinationAddress: string): UdpPayload | NoPayload {
  if (offset + 8 > bytes.length) return "cut short";
  const length = view.getUint16(offset + 4);
  // The length counts its own eight octets; what follows it is padding of the link layer.
  if (length < 8) return "not UDP";
  if (offset + length > bytes.length) return "cut short";
  return {
    sourceAddress,
    sourcePort: view.getUint16(offset),
    destinationAddress,
    destinationPort: view.getUint16(offset + 2),
    payload: bytes.subarray(offset + 8, offset + length),
  };
}
