// The seam between the engine and the tracker: what a tracker is told and what it answers. Frame: the site's east-north-up
// (ENU) Cartesian frame, metres; time: integer microseconds. A tracker's state is plain data (typed arrays that own their
// buffer included) so that snapshot and restore give the same bits; scratch space lives beside the functions, not in the state.

/** How a component vector is to be read. The order of `z` and `variance` follows the name. */
export type MeasurementKind =
  | "polar3d" // range m, azimuth rad, elevation rad [, range-rate m/s]
  | "polar2d" // range m, azimuth rad [, range-rate m/s]
  | "bearing" // azimuth rad
  | "bearing-elevation" // azimuth rad, elevation rad
  | "position2d" // east m, north m
  | "position3d" // east m, north m, up m
  | "position2d-velocity" // east, north, east rate, north rate
  | "position3d-velocity"; // east, north, up, and their rates

export interface TrackerSensor {
  readonly id: string;
  readonly positionEnu: readonly [number, number, number];
  /** Row-major 3x3: site ENU vector -> the sensor's own local ENU vector (Earth curvature over long baselines). */
  readonly rotation: readonly number[];
  /** Azimuths are counted clockwise from north ("north") or from east towards north ("east", mathematical). */
  readonly azimuthFrom: "north" | "east";
  /** 1; or undefined when unknown. Sector as in SensorConfiguration, angles in the sensor's own convention of `azimuthFrom`. */
  readonly fieldOfView?: {
    readonly rangeMin: number;
    readonly rangeMax: number;
    readonly azimuthCentre: number;
    readonly azimuthWidth: number;
    readonly elevationMin: number;
    readonly elevationMax: number;
  };
  /** Starting values; estimated on line. */
  readonly detectionProbability: number;
  /** Expected false detections in one look over the whole field of view. */
  readonly falseDetectionsPerScan: number;
  /** Seconds between two looks at the same place; undefined: irregular, a miss says nothing. */
  readonly updatePeriod?: number;
  /** Reports of the object itself (ADS-B, Remote ID): no false detections, absence says nothing. */
  readonly cooperative: boolean;
  /** False detections in one look for each unit of measurement space (range-rate apart), where it is known better than by the field of view. */
  readonly falseDetectionDensity?: number;
  /** A receiver that sees only what transmits: targets that it never detects are ordinary. */
  readonly passive?: boolean;
  /** Share of targets that it can see at all; undefined: by `passive`. */
  readonly detectableShare?: number;
}

export interface TrackerDetection {
  readonly kind: MeasurementKind;
  readonly z: readonly number[];
  /** Variance of each component, same order and units squared. */
  readonly variance: readonly number[];
  /** Off-diagonal east-north covariance of positions; 0 when absent. */
  readonly covarianceEn?: number;
  /** Opaque; equal strings are claimed to be the same object. */
  readonly identity?: string;
  /** Of a sensor's own track: its identifier there. Its errors are correlated in time, so only what is new in it is used. */
  readonly sourceTrack?: string;
  /** Sensors whose detections a source track is made of: when one of them reports here too, the track's position is not counted again. */
  readonly madeOf?: readonly string[];
  /** Of this detection, when it differs from the scan's. */
  readonly t?: number;
  /** The caller's own handle, given back in `Assignment`. */
  readonly handle: number;
}

export interface Scan {
  readonly sensorId: string;
  /** When measured, microseconds. May be older than the tracker's time: late data re-filters its cluster. */
  readonly t: number;
  /**
   * "field-of-view": the sensor looked everywhere it can, so what is not detected was missed.
   * "detections-only": part of a turn or an irregular report; misses follow from `updatePeriod`.
   */
  readonly looked: "field-of-view" | "detections-only";
  readonly detections: readonly TrackerDetection[];
}

/** Which track a detection most probably updated; 0: none (clutter or a new candidate). */
export interface Assignment {
  readonly handle: number;
  readonly trackId: number;
  readonly probability: number;
}

export interface TrackEstimate {
  readonly id: number;
  readonly status: "tentative" | "confirmed" | "coasting";
  readonly existence: number;
  /** Microseconds. */
  readonly createdAt: number;
  /** Instant of the state. */
  readonly at: number;
  /** Newest measurement used. */
  readonly updatedAt: number;
  /** East, north, up, m. */
  readonly position: readonly [number, number, number];
  /** m/s. */
  readonly velocity: readonly [number, number, number];
  /** Row-major 6x6, position then velocity. */
  readonly covariance: Float64Array;
  /** False when no measurement has ever told the height. */
  readonly heightKnown: boolean;
}
