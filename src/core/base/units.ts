// Branded numbers carry their unit across a module's edge at no cost when running; between the braces plain
// `number` is fine, because arithmetic drops the brand anyway. Inside the core everything is SI.

declare const unit: unique symbol;
type Unit<Symbol extends string> = number & { readonly [unit]: Symbol };

export type Metres = Unit<"m">;
export type MetresPerSecond = Unit<"m/s">;
export type Radians = Unit<"rad">;
export type Seconds = Unit<"s">;
/** Integer microseconds; an instant counts from the Unix epoch, UTC. */
export type Micros = Unit<"us">;
export type Pascals = Unit<"Pa">;

export const metres = (value: number) => value as Metres;
export const metresPerSecond = (value: number) => value as MetresPerSecond;
export const radians = (value: number) => value as Radians;
export const seconds = (value: number) => value as Seconds;
export const micros = (value: number) => value as Micros;
export const pascals = (value: number) => value as Pascals;

export const MICROS_PER_SECOND = 1_000_000;
export const METRES_PER_FOOT = 0.3048;
export const METRES_PER_NAUTICAL_MILE = 1852;
export const METRES_PER_SECOND_PER_KNOT = 1852 / 3600;
export const RADIANS_PER_DEGREE = Math.PI / 180;
export const DEGREES_PER_RADIAN = 180 / Math.PI;

/** Wraps an angle to (-pi, pi]. Unit: radians. */
export function wrapAngle(angle: number): number {
  if (angle > -Math.PI && angle <= Math.PI) return angle;
  const turned = angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}

/** Wraps an angle to [0, 2*pi). Unit: radians. */
export function wrapAzimuth(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.floor(angle / (2 * Math.PI));
  return turned >= 2 * Math.PI ? 0 : turned;
}
