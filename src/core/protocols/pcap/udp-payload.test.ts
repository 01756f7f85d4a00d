import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { readUdpPayload } from "./udp-payload.ts";

// 192.0.2.1:1234 -> 239.2.3.1:6969, payload "hi"; checksums are not looked at.
const IPV4 = "4500001e00000000401100 00c0000201ef020301".replace(" ", "");
const UDP = "04d21b39000a00006869";
const IPV6 = "60000000000a1140 20010db8000000000000000000000001 ff020000000000000000000000000001".replaceAll(" ", "");

const read = (linkType: number, hex: string) => readUdpPayload({ linkType, capturedAt: micros(0), cut: false, bytes: fromHex(hex)! });
function good(linkType: number, hex: string) {
  const got = read(linkType, hex);
  assert(typeof got === "object", String(got));
  return [got.sourceAddress, got.sourcePort, got.destinationAddress, got.destinationPort, Buffer.from(got.payload).toString()];
}
const EXPECTED = ["192.0.2.1", 1234, "239.2.3.1", 6969, "hi"];

test("Ethernet, with one and two VLAN tags, and with padding behind the datagram", () => {
  const ethernet = "ffffffffffff020000000001";
  assert.deepEqual(good(1, `${ethernet}0800${IPV4}${UDP}`), EXPECTED);
  assert.deepEqual(good(1, `${ethernet}810000640800${IPV4}${UDP}${"00".repeat(18)}`), EXPECTED);
  assert.deepEqual(good(1, `${ethernet}88a80064810000010800${IPV4}${UDP}`), EXPECTED);
});

test("Linux cooked captures of both versions, raw IP and BSD loopback", () => {
  assert.deepEqual(good(113, `000000010006020000000001000008 00${IPV4}${UDP}`.replace(" ", "")), EXPECTED);
  assert.deepEqual(good(276, `0800000000000001000100060200000000010000${IPV4}${UDP}`), EXPECTED);
  assert.deepEqual(good(101, `${IPV4}${UDP}`), EXPECTED);
  assert.deepEqual(good(0, `02000000${IPV4}${UDP}`), EXPECTED);
});

test("IPv6, with an extension header", () => {
  assert.deepEqual(good(101, `${IPV6}${UDP}`), ["2001:db8:0:0:0:0:0:1", 1234, "ff02:0:0:0:0:0:0:1", 6969, "hi"]);
  assert.equal(good(101, `${IPV6.replace("000a1140", "00120040")}1100000000000000${UDP}`)[4], "hi");
});

test("what gives no payload says why", () => {
  assert.equal(read(1, `ffffffffffff0200000000010806${"00".repeat(28)}`), "not UDP"); // ARP
  assert.equal(read(101, `${IPV4.replace("4011", "4006")}${UDP}`), "not UDP"); // TCP
  assert.equal(read(101, `${IPV4.replace("00000000401100", "00002000401100")}${UDP}`), "a fragment");
  assert.equal(read(101, `${IPV4}${UDP.slice(0, -2)}`), "cut short");
  assert.equal(read(127, "00"), "a link layer that is not read");
});

test("any octets on any link layer never throw", () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 12, 101, 108, 113, 276, 999), fc.uint8Array({ maxLength: 120 }), (linkType, bytes) => {
      const got = readUdpPayload({ linkType, capturedAt: undefined, cut: true, bytes });
      assert(typeof got === "string" || got.payload.length <= bytes.length);
    }),
    { numRuns: 2000 },
  );
});
