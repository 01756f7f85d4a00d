import assert from "node:assert/strict";
import { test } from "node:test";
import { rangeAndBearing } from "./ruler.ts";

const at = (latitudeDegrees: number, longitudeDegrees: number) => ({ latitudeDegrees, longitudeDegrees });

test("0.01 degrees of latitude at the equator are 1,105.7 m due north, of longitude 1,113.2 m due east", () => {
  const north = rangeAndBearing(at(0, 0), at(0.01, 0));
  assert.ok(Math.abs(north.metres - 1_105.74) < 0.1, String(north.metres));
  assert.equal(north.degrees, 0);
  const east = rangeAndBearing(at(0, 0), at(0, 0.01));
  assert.ok(Math.abs(east.metres - 1_113.19) < 0.1, String(east.metres));
  assert.ok(Math.abs(east.degrees - 90) < 1e-9);
});

test("a degree of latitude at 45 N is 111,132 m within 0.3 %", () => {
  const { metres } = rangeAndBearing(at(44.5, 7), at(45.5, 7));
  assert.ok(Math.abs(metres / 111_132 - 1) < 0.003, String(metres));
});

test("the same place is no distance away", () => assert.equal(rangeAndBearing(at(36.9, 43.1), at(36.9, 43.1)).metres, 0));
