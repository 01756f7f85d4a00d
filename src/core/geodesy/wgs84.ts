// WGS84 geodetic coordinates, Earth-centred Earth-fixed (ECEF) Cartesian coordinates, and local east-north-up frames.
// NGA.STND.0036 (2014) for the ellipsoid; Bowring (1976) for the inverse.

export const WGS84_A = 6_378_137; // m, semi-major axis
export const WGS84_F = 1 / 298.257223563;
export const WGS84_B = WGS84_A * (1 - WGS84_F);
export const WGS84_E2 = WGS84_F * (2 - WGS84_F);
const EP2 = WGS84_E2 / (1 - WGS84_E2);

export type Vector3 = [number, number, number];

/** Latitude, longitude (rad) and height above the ellipsoid (m). */
export interface Geodetic {
  latitude: number;
  longitude: number;
  heightHae: number;
}

/** ECEF metres of a geodetic position. Exact for any height above -6,000 km. */
export function geodeticToEcef(latitude: number, longitude: number, heightHae: number): Vector3 {
  const sinLat = Math.sin(latitude);
  const cosLat = Math.cos(latitude);
  const n = WGS84_A / Math.sqrt(1 - WGS84_E2 * sinLat * sinLat);
  return [
    (n + heightHae) * cosLat * Math.cos(longitude),
    (n + heightHae) * cosLat * Math.sin(longitude),
    (n * (1 - WGS84_E2) + heightHae) * sinLat,
  ];
}

/** Geodetic position of ECEF metres; two Bowring iterations, better than 1e-9 rad and 1e-6 m below 50 km. */
export function ecefToGeodetic(x: number, y: number, z: number): Geodetic {
  const p = Math.hypot(x, y);
  const longitude = Math.atan2(y, x);
  let sinBeta = 0;
  let cosBeta = 0;
  let latitude = 0;
  let beta = Math.atan2(z * WGS84_A, p * WGS84_B);
  for (let pass = 0; pass < 3; pass++) {
    sinBeta = Math.sin(beta);
    cosBeta = Math.cos(beta);
    latitude = Math.atan2(z + EP2 * WGS84_B * sinBeta * sinBeta * sinBeta, p - WGS84_E2 * WGS84_A * cosBeta * cosBeta * cosBeta);
    beta = Math.atan2((1 - WGS84_F) * Math.sin(latitude), Math.cos(latitude));
  }
  const sinLat = Math.sin(latitude);
  const cosLat = Math.cos(latitude);
  const n = WGS84_A / Math.sqrt(1 - WGS84_E2 * sinLat * sinLat);
  // The form that does not divide by cos(latitude) near a pole nor by sin(latitude) near the equator.
  const heightHae = p * cosLat + z * sinLat - n * (1 - WGS84_E2 * sinLat * sinLat);
  return { latitude, longitude, heightHae };
}

/** A tangent frame at a place: axes east, north and up, metres. Plain data. */
export interface LocalFrame {
  readonly origin: Readonly<Geodetic>;
  readonly originEcef: Readonly<Vector3>;
  /** Row-major 3x3 that turns an ECEF difference into east, north, up. */
  readonly rotation: readonly number[];
}

export function localFrame(latitude: number, longitude: number, heightHae: number): LocalFrame {
  const sinLat = Math.sin(latitude);
  const cosLat = Math.cos(latitude);
  const sinLon = Math.sin(longitude);
  const cosLon = Math.cos(longitude);
  return {
    origin: { latitude, longitude, heightHae },
    originEcef: geodeticToEcef(latitude, longitude, heightHae),
    rotation: [-sinLon, cosLon, 0, -sinLat * cosLon, -sinLat * sinLon, cosLat, cosLat * cosLon, cosLat * sinLon, sinLat],
  };
}

/** East, north, up metres in `frame` of an ECEF position. */
export function ecefToEnu(frame: LocalFrame, x: number, y: number, z: number): Vector3 {
  const r = frame.rotation;
  const dx = x - frame.originEcef[0];
  const dy = y - frame.originEcef[1];
  const dz = z - frame.originEcef[2];
  return [r[0] * dx + r[1] * dy + r[2] * dz, r[3] * dx + r[4] * dy + r[5] * dz, r[6] * dx + r[7] * dy + r[8] * dz];
}

/** ECEF metres of an east, north, up position in `frame`. */
export function enuToEcef(frame: LocalFrame, east: number, north: number, up: number): Vector3 {
  const r = frame.rotation;
  return [
    frame.originEcef[0] + r[0] * east + r[3] * north + r[6] * up,
    frame.originEcef[1] + r[1] * east + r[4] * north + r[7] * up,
    frame.originEcef[2] + r[2] * east + r[5] * north + r[8] * up,
  ];
}

/** East, north, up metres in `frame` of a geodetic position (rad, m above the ellipsoid). */
export function geodeticToEnu(frame: LocalFrame, latitude: number, longitude: number, heightHae: number): Vector3 {
  const [x, y, z] = geodeticToEcef(latitude, longitude, heightHae);
  return ecefToEnu(frame, x, y, z);
}

/** Geodetic position of an east, north, up position in `frame`. */
export function enuToGeodetic(frame: LocalFrame, east: number, north: number, up: number): Geodetic {
  const [x, y, z] = enuToEcef(frame, east, north, up);
  return ecefToGeodetic(x, y, z);
}

/** Row-major 3x3 that turns a vector in `from` into `to`: two tangent planes far apart are tilted against each other. */
export function rotationBetween(from: LocalFrame, to: LocalFrame): number[] {
  const out = new Array<number>(9).fill(0);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += to.rotation[i * 3 + k] * from.rotation[j * 3 + k];
      out[i * 3 + j] = sum;
    }
  }
  return out;
}

/** `m v` for a row-major 3x3. */
export function rotate(m: readonly number[], v: readonly [number, number, number]): Vector3 {
  return [m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2], m[6] * v[0] + m[7] * v[1] + m[8] * v[2]];
}
