import assert from "node:assert/strict";
import { test } from "node:test";
import { legsOf } from "./measure.ts";

const at = Date.UTC(2026, 10, 24) * 1000;
const place = (latitudeDegrees: number, longitudeDegrees: number) => ({ latitudeDegrees, longitudeDegrees });

test("a minute of latitude is a nautical mile, due north; a second leg adds to the total", () => {
  const [north, back] = legsOf([place(36.9, 43.1), place(36.9 + 1 / 60, 43.1), place(36.9, 43.1)], at);
  assert.ok(Math.abs(north!.nauticalMiles - 1) < 0.005, String(north!.nauticalMiles)); // 1,849.6 m on the ellipsoid at 37 N
  assert.ok(Math.abs(((north!.trueDegrees + 180) % 360) - 180) < 1e-6);
  assert.ok(Math.abs(back!.trueDegrees - 180) < 1e-6);
  assert.ok(Math.abs(back!.totalMetres - 2 * north!.metres) < 0.01);
});

test("magnetic bearings are true ones less the declination: near Mosul it is about 5.5 degrees east", () => {
  const [leg] = legsOf([place(36.3, 43.1), place(36.3, 43.2)], at);
  const off = leg!.trueDegrees - leg!.magneticDegrees!;
  assert.ok(off > 4.5 && off < 6.8, String(off));
  const [west] = legsOf([place(36.3, 43.1), place(36.4, 43.1)], at);
  assert.ok(west!.magneticDegrees! > 352 && west!.magneticDegrees! < 356, "below north it goes round");
});

test("beside a magnetic pole there is no magnetic bearing, and one place is no leg", () => {
  const [leg] = legsOf([place(85, 139), place(85, 139.1)], at);
  assert.equal(leg!.magneticDegrees, undefined);
  assert.deepEqual(legsOf([place(36, 43)], at), []);
});
