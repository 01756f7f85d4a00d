import assert from "node:assert/strict";
import { test } from "node:test";
import { micros, seconds } from "../base/units.ts";
import { ellipseOf, isActive } from "./views.ts";

test("a covariance of 100 m^2 east and 25 m^2 north is a 95 % ellipse of 24.5 m by 12.2 m lying east-west", () => {
  assert.deepEqual(ellipseOf(100, 0, 25), { semiMajorMetres: 24.5, semiMinorMetres: 12.2, azimuthDegrees: 90 });
});

test("correlated errors turn the ellipse: equal variances, positive correlation, north-east", () => {
  const ellipse = ellipseOf(50, 40, 50);
  assert.equal(ellipse.azimuthDegrees, 45);
  assert.equal(ellipse.semiMajorMetres, 23.2); // 2.4477 * sqrt(90)
});

test("a schedule over midnight belongs to the day on which it begins", () => {
  const friday = { days: [5], from: seconds(22 * 3600), to: seconds(6 * 3600) };
  const at = (iso: string) => micros(Date.parse(iso) * 1000);
  assert.equal(isActive(friday, at("2026-01-02T23:00:00Z")), true); // Friday night
  assert.equal(isActive(friday, at("2026-01-03T05:59:00Z")), true); // Saturday before six
  assert.equal(isActive(friday, at("2026-01-03T06:00:00Z")), false);
  assert.equal(isActive(friday, at("2026-01-03T23:00:00Z")), false); // Saturday night
  assert.equal(isActive(undefined, at("2026-01-03T23:00:00Z")), true);
});
