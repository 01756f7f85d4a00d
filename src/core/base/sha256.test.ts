import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { sha256, sha256Hex } from "./sha256.ts";
import { encodeUtf8 } from "./text.ts";

test("SHA-256 of 'abc' and of the two-block message are those of FIPS 180-4's examples", () => {
  assert.equal(sha256Hex(encodeUtf8("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(
    sha256Hex(encodeUtf8("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

test("SHA-256 of nothing, and of a million letters a", () => {
  assert.equal(sha256Hex(new Uint8Array(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(sha256Hex(new Uint8Array(1_000_000).fill(0x61)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("SHA-256 agrees with Node's at every length around the block boundaries", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    assert.equal(sha256Hex(bytes), createHash("sha256").update(bytes).digest("hex"));
  }
});

test("SHA-256 agrees with Node's on any octets, also on a view into a larger buffer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(20), (bytes, from) => {
      const view = bytes.subarray(Math.min(from, bytes.length));
      assert.deepEqual(Buffer.from(sha256(view)), createHash("sha256").update(view).digest());
    }),
  );
});
