// Motion models on a slab: the state of one mode is 27 numbers at an offset, x [6] (east, north, up in m, then their rates in m/s,
// site ENU) followed by the packed symmetric covariance P [21]. All kernels work in place and allocate nothing.

/** Numbers of one mode: x [6] and packed P [21]. */
export const MODE_SIZE = 27;

/**
 * Constant velocity with white acceleration, in place.
 *
 * `q` is the horizontal and `qUp` the vertical density (m^2/s^3); `dt` >= 0 in seconds. P = F P F' + Q by 3x3 blocks:
 * position-position first, because it reads the old rest.
 *
 * Bar-Shalom, Li & Kirubarajan, "Estimation with Applications to Tracking and Navigation" (2001), section 6.2.2.
 */
export function predictConstantVelocity(s: Float64Array, o: number, dt: number, q: number, qUp: number): void {
  s[o] = s[o]! + dt * s[o + 3]!;
  s[o + 1] = s[o + 1]! + dt * s[o + 4]!;
  s[o + 2] = s[o + 2]! + dt * s[o + 5]!;
  const p = o + 6;
  const dt2 = dt * dt;
  const q2 = (q * dt2) / 2;
  const q3 = (q * dt2 * dt) / 3;
  const u2 = (qUp * dt2) / 2;
  const u3 = (qUp * dt2 * dt) / 3;
  // cov(velocity i, position j) is row 3 + i, column j.
  const b00 = s[p + 6]!;
  const b01 = s[p + 7]!;
  const b02 = s[p + 8]!;
  const b10 = s[p + 10]!;
  const b11 = s[p + 11]!;
  const b12 = s[p + 12]!;
  const b20 = s[p + 15]!;
  const b21 = s[p + 16]!;
  const b22 = s[p + 17]!;
  const c00 = s[p + 9]!;
  const c10 = s[p + 13]!;
  const c11 = s[p + 14]!;
  const c20 = s[p + 18]!;
  const c21 = s[p + 19]!;
  const c22 = s[p + 20]!;
  s[p] = s[p]! + dt * (b00 + b00) + dt2 * c00 + q3;
  s[p + 1] = s[p + 1]! + dt * (b10 + b01) + dt2 * c10;
  s[p + 2] = s[p + 2]! + dt * (b11 + b11) + dt2 * c11 + q3;
  s[p + 3] = s[p + 3]! + dt * (b20 + b02) + dt2 * c20;
  s[p + 4] = s[p + 4]! + dt * (b21 + b12) + dt2 * c21;
  s[p + 5] = s[p + 5]! + dt * (b22 + b22) + dt2 * c22 + u3;
  s[p + 6] = b00 + dt * c00 + q2;
  s[p + 7] = b01 + dt * c10;
  s[p + 8] = b02 + dt * c20;
  s[p + 10] = b10 + dt * c10;
  s[p + 11] = b11 + dt * c11 + q2;
  s[p + 12] = b12 + dt * c21;
  s[p + 15] = b20 + dt * c20;
  s[p + 16] = b21 + dt * c21;
  s[p + 17] = b22 + dt * c22 + u2;
  s[p + 9] = c00 + q * dt;
  s[p + 14] = c11 + q * dt;
  s[p + 20] = c22 + qUp * dt;
}

/**
 * Coordinated turn in the horizontal plane at the known rate `omega` (rad/s, counter-clockwise seen from above), constant vertical
 * velocity, with the same white acceleration as the straight model, in place.
 *
 * With M = [[s, -c], [c, s]] (s = sin(omega dt)/omega, c = (1 - cos(omega dt))/omega) and the rotation R: p = p + M v, v = R v, so
 * A = A + M B + (M B)' + M C M', B = R (B + C M'), C = R C R' for the blocks A (position), B (velocity x position), C (velocity).
 *
 * Bar-Shalom, Li & Kirubarajan (2001), section 11.7.1, for a known rate.
 */
export function predictCoordinatedTurn(s: Float64Array, o: number, dt: number, omega: number, q: number, qUp: number): void {
  const angle = omega * dt;
  if (Math.abs(angle) < 1e-6) {
    predictConstantVelocity(s, o, dt, q, qUp);
    return;
  }
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  const ms = sin / omega;
  const mc = (1 - cos) / omega;
  const vx = s[o + 3]!;
  const vy = s[o + 4]!;
  s[o] = s[o]! + ms * vx - mc * vy;
  s[o + 1] = s[o + 1]! + mc * vx + ms * vy;
  s[o + 2] = s[o + 2]! + dt * s[o + 5]!;
  s[o + 3] = cos * vx - sin * vy;
  s[o + 4] = sin * vx + cos * vy;
  const p = o + 6;
  const b00 = s[p + 6]!;
  const b01 = s[p + 7]!;
  const b02 = s[p + 8]!;
  const b10 = s[p + 10]!;
  const b11 = s[p + 11]!;
  const b12 = s[p + 12]!;
  const b20 = s[p + 15]!;
  const b21 = s[p + 16]!;
  const b22 = s[p + 17]!;
  const c00 = s[p + 9]!;
  const c10 = s[p + 13]!;
  const c11 = s[p + 14]!;
  const c20 = s[p + 18]!;
  const c21 = s[p + 19]!;
  const c22 = s[p + 20]!;
  // C M' (rows velocity, columns position); the vertical column is dt times C.
  const e00 = c00 * ms - c10 * mc;
  const e01 = c00 * mc + c10 * ms;
  const e02 = c20 * dt;
  const e10 = c10 * ms - c11 * mc;
  const e11 = c10 * mc + c11 * ms;
  const e12 = c21 * dt;
  const e20 = c20 * ms - c21 * mc;
  const e21 = c20 * mc + c21 * ms;
  const e22 = c22 * dt;
  // A + M B + (M B)' + M (C M').
  const g00 = ms * b00 - mc * b10;
  const g01 = ms * b01 - mc * b11;
  const g02 = ms * b02 - mc * b12;
  const g10 = mc * b00 + ms * b10;
  const g11 = mc * b01 + ms * b11;
  const g12 = mc * b02 + ms * b12;
  s[p] = s[p]! + 2 * g00 + ms * e00 - mc * e10;
  s[p + 1] = s[p + 1]! + g10 + g01 + mc * e00 + ms * e10;
  s[p + 2] = s[p + 2]! + 2 * g11 + mc * e01 + ms * e11;
  s[p + 3] = s[p + 3]! + dt * b20 + g02 + dt * e20;
  s[p + 4] = s[p + 4]! + dt * b21 + g12 + dt * e21;
  s[p + 5] = s[p + 5]! + 2 * dt * b22 + dt * e22;
  // R (B + C M').
  const f00 = b00 + e00;
  const f01 = b01 + e01;
  const f02 = b02 + e02;
  const f10 = b10 + e10;
  const f11 = b11 + e11;
  const f12 = b12 + e12;
  s[p + 6] = cos * f00 - sin * f10;
  s[p + 7] = cos * f01 - sin * f11;
  s[p + 8] = cos * f02 - sin * f12;
  s[p + 10] = sin * f00 + cos * f10;
  s[p + 11] = sin * f01 + cos * f11;
  s[p + 12] = sin * f02 + cos * f12;
  s[p + 15] = b20 + e20;
  s[p + 16] = b21 + e21;
  s[p + 17] = b22 + e22;
  // R C R'.
  const h00 = cos * c00 - sin * c10;
  const h01 = cos * c10 - sin * c11;
  const h10 = sin * c00 + cos * c10;
  const h11 = sin * c10 + cos * c11;
  s[p + 9] = h00 * cos - h01 * sin;
  s[p + 13] = h10 * cos - h11 * sin;
  s[p + 14] = h10 * sin + h11 * cos;
  s[p + 18] = cos * c20 - sin * c21;
  s[p + 19] = sin * c20 + cos * c21;
  const dt2 = dt * dt;
  const q2 = (q * dt2) / 2;
  const q3 = (q * dt2 * dt) / 3;
  s[p] = s[p]! + q3;
  s[p + 2] = s[p + 2]! + q3;
  s[p + 5] = s[p + 5]! + (qUp * dt2 * dt) / 3;
  s[p + 6] = s[p + 6]! + q2;
  s[p + 11] = s[p + 11]! + q2;
  s[p + 17] = s[p + 17]! + (qUp * dt2) / 2;
  s[p + 9] = s[p + 9]! + q * dt;
  s[p + 14] = s[p + 14]! + q * dt;
  s[p + 20] = c22 + qUp * dt;
}
