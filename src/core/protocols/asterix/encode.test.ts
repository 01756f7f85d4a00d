import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { createAsterixDescriber } from "./describe.ts";
import { TABLES } from "./editions.ts";
import { encodeAsterix } from "./encode.ts";
import { drawFrom, sampleRecord } from "./sample-record.ts";

const packet = (bytes: Uint8Array) => ({ bytes, connection: 0, receivedAt: micros(0) });

test("one CAT048 plot is the octets that a reader can count by hand", () => {
  const block = encodeAsterix(48, "1.32", [
    { "010": { SAC: 25, SIC: 201 }, "140": { ToD: 1 }, "020": { TYP: 1 }, "040": { RHO: 1, THETA: 90 }, "090": { V: 0, G: 0, FL: -1 } },
  ]);
  // 30 is category 48, 0010 is 16 octets; FSPEC f4 sets positions 1 to 4 (010, 140, 020, 040) and 6 (090).
  // 1 s is 128 steps, 1 NM 256 steps, a quarter turn 0x4000, FL -1 is -4 quarters in 14 bits.
  assert.equal(toHex(block), "300010" + "f4" + "19c9" + "000080" + "20" + "01004000" + "3ffc");
});

test("a field of a second extension brings the first one with it, and FX bits between them", () => {
  const block = encodeAsterix(48, "1.32", [{ "010": { SAC: 0, SIC: 0 }, "020": { TYP: 2, "PAI.VAL": 1 } }]);
  assert.equal(toHex(block), "300009" + "a0" + "0000" + "41" + "01" + "04");
});

test("what no field can hold is a mistake of the program, and trips an assertion", () => {
  const record = (position: Record<string, number>) => [{ "010": { SAC: 0, SIC: 0 }, "040": position }];
  assert.throws(() => encodeAsterix(48, "1.32", record({ RHO: 256, THETA: 0 })), /040\/RHO cannot hold 256/);
  assert.throws(() => encodeAsterix(48, "1.32", record({ RHO: Number.NaN, THETA: 0 })), /is a number/);
  assert.throws(() => encodeAsterix(48, "1.32", record({ RHO: 1, THETTA: 0 })), /no field THETTA/);
  assert.throws(() => encodeAsterix(48, "1.32", [{ "999": {} }]), /no item 999/);
  assert.throws(() => encodeAsterix(48, "9.9", []), /no table/);
});

/** The describer explains Mode S registers under `register`; they are no octets of their own. */
const withoutRegisters = (items: unknown) => JSON.parse(JSON.stringify(items, (key, value) => (key === "register" ? undefined : value)));

for (const table of TABLES) {
  test(`CAT${String(table.category).padStart(3, "0")} edition ${table.edition}: what is encoded is described again, octet for octet`, () => {
    const describe = createAsterixDescriber({ editions: { [String(table.category)]: table.edition } });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), fc.integer({ min: 1, max: 3 }), (seed, count) => {
        const draw = drawFrom(seed);
        const records = Array.from({ length: count }, () => sampleRecord(table, draw));
        const block = encodeAsterix(table.category, table.edition, records);
        const described = describe(packet(block));
        assert.deepEqual(
          described.map((record) => withoutRegisters(record.items ?? record)),
          records,
        );
        assert.equal(
          toHex(
            encodeAsterix(
              table.category,
              table.edition,
              described.map((record) => record.items as never),
            ),
          ),
          toHex(block),
        );
      }),
      { numRuns: 150 },
    );
  });
}
