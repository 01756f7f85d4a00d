// What a scene is: the objects in the air, the sensors that look at them, and a seed. A scene is written as YAML or JSON, so every
// quantity wears its unit; the same form is used for the scenes that come with Picket. docs/simulation.md is its reference.

/** A fixed place, or one drawn anew each time an object appears. Metres and degrees from the scene's origin, azimuth from true north. */
export type PlaceSpec =
  | { readonly eastMetres: number; readonly northMetres: number }
  | { readonly rangeMetres: readonly [number, number]; readonly bearingDegrees: readonly [number, number] };

export type WaypointSpec = PlaceSpec & {
  /** Above the ground; absent keeps the height that was drawn. */
  readonly heightMetres?: number;
  /** From here on; absent keeps the speed that was drawn. */
  readonly speedMetresPerSecond?: number;
  /** Waits here, for those that can. */
  readonly hoverSeconds?: number;
};

export type MotionSpec =
  /** From point to point, then again from the first, or gone at the last. */
  | { readonly kind: "waypoints"; readonly points: readonly WaypointSpec[]; readonly repeat?: boolean }
  /** Round a place. */
  | { readonly kind: "orbit"; readonly centre: PlaceSpec; readonly radiusMetres: number; readonly clockwise?: boolean }
  /** On the spot, swaying by some metres. */
  | { readonly kind: "hover"; readonly at: PlaceSpec; readonly swayMetres?: number }
  /** In from afar, a look from a distance, and away again; gone when it is back where it came from. */
  | {
      readonly kind: "approach";
      readonly from: PlaceSpec;
      readonly towards: PlaceSpec;
      readonly standoffMetres: number;
      readonly hoverSeconds: number;
    }
  /** From one drawn point of a disc to the next, with the pauses of the class. */
  | { readonly kind: "wander"; readonly centre: PlaceSpec; readonly radiusMetres: number }
  /** Circles in rising air, glides to the next place of a disc. */
  | { readonly kind: "soar"; readonly centre: PlaceSpec; readonly radiusMetres: number }
  /** Carried by the wind, climbing as its class does; gone above `ceilingMetres`. */
  | { readonly kind: "drift"; readonly from: PlaceSpec; readonly ceilingMetres?: number };

export type Decision = "yes" | "no" | "by-class";

export interface ObjectSpec {
  readonly id: string;
  /** A key of core/model/target-classes. */
  readonly class: string;
  readonly motion: MotionSpec;
  /** These replace what would be drawn from the class. */
  readonly speedMetresPerSecond?: number;
  readonly heightMetres?: number;
  readonly rcsDbsm?: number;
  /** It leads others: `count` objects in all. */
  readonly group?: { readonly count: number; readonly shape: "flock" | "wedge" | "line"; readonly spacingMetres: number };
  /** Seconds after the start of the scene. */
  readonly appearsAfterSeconds?: number;
  /** Gone after so long, whatever it does. */
  readonly lifetimeSeconds?: number;
  /** Appears again, drawn anew, so long after it was gone; absent: never. */
  readonly returnsAfterSeconds?: readonly [number, number];
  /** Broadcasts and radio: drawn by the class's own shares unless said here. */
  readonly remoteId?: Decision;
  readonly adsb?: Decision;
  readonly radio?: Decision;
  /** Reported by the partner feed (own or friendly aircraft). */
  readonly partner?: boolean;
  /** Where its pilot stands; absent: where it took off. */
  readonly operator?: PlaceSpec;
  /** Letters of a call sign; numbers are added. Always starts with SIM. */
  readonly callsign?: string;
}

export const OUTPUTS = ["sapient", "asterix", "beast", "sbs", "remote-id-json", "cot"] as const;
export type Output = (typeof OUTPUTS)[number];

export interface SensorSpec {
  readonly id: string;
  readonly name: string;
  /** A key of core/model/sensor-classes. */
  readonly class: string;
  readonly at: { readonly eastMetres: number; readonly northMetres: number };
  /** Antenna or lens above the ground. */
  readonly heightMetres: number;
  /** Middle of the sector, from true north; 0 for one that looks all round. */
  readonly boresightDegrees?: number;
  readonly output: Output;
  /** Which target of `picket simulate --to`; absent: the name of the output. */
  readonly link?: string;
  /** These replace the class's typical figures. */
  readonly updateSeconds?: number;
  readonly falsePerScan?: number;
  readonly falsePerHour?: number;
  readonly rangeMaxMetres?: number;
  /** Key of the class's half ranges ("los", "suburban", "urban"). */
  readonly setting?: string;
  /** ASTERIX system area and identification code. */
  readonly sac?: number;
  readonly sic?: number;
}

export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  /** ISO 8601, UTC; absent: the caller says. */
  readonly start?: string;
  /** Absent: endless. */
  readonly durationSeconds?: number;
  readonly origin: { readonly latitudeDegrees: number; readonly longitudeDegrees: number; readonly groundHaeMetres: number };
  readonly wind: { readonly fromDegrees: number; readonly speedMetresPerSecond: number };
  /** Pressure at mean sea level: moves pressure altitudes. */
  readonly qnhHectopascals: number;
  readonly objects: readonly ObjectSpec[];
  readonly sensors: readonly SensorSpec[];
}
