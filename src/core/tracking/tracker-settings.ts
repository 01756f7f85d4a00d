// Every number that shapes the tracker, with its unit and its reason. Two presets: `SPATIAL_SETTINGS` for a real site and every
// scenario in three dimensions, `FLAT_SETTINGS` for scenes in a plane. Nothing is keyed on a scenario's name, seed or size.

/** One motion mode of the IMM inside each track. */
export interface MotionMode {
  /** Density of white acceleration, horizontal and vertical, m^2/s^3. */
  readonly q: number;
  readonly qUp: number;
  /** rad/s counter-clockwise; 0 is straight flight. */
  readonly turnRate: number;
  /** Mean time that a target stays in this mode, s. */
  readonly sojourn: number;
  /** Share of new tracks that start in this mode; also how those that leave another mode choose. */
  readonly share: number;
  /** 1 sigma of each velocity component at birth, m/s. */
  readonly birthSpeed: number;
  readonly birthSpeedUp: number;
}

export interface TrackerSettings {
  readonly modes: readonly MotionMode[];
  /** Mean life of a target inside coverage, s: survival over dt is exp(-dt / lifetime). */
  readonly lifetime: number;
  /** The same while no sensor covers the track, s: how fast a track that flew away is given up. */
  readonly uncoveredLifetime: number;
  /** Expected targets in a sensor's field of view that no track stands for, at its first look. */
  readonly initialUndetected: number;
  /** Expected new targets a second in a sensor's field of view. */
  readonly birthRate: number;
  /** Where targets appear, when known: a Gaussian in the plane (m). Undefined: evenly over the field of view. */
  readonly birthPlace?: { readonly mean: readonly [number, number]; readonly sigma: readonly [number, number] };
  /** Height above the sensor and its 1 sigma, m, for a sensor that tells no height. */
  readonly unknownHeight: number;
  readonly unknownHeightSigma: number;
  /** 1 sigma of the range-rate of false detections and of new targets, m/s. */
  readonly clutterRangeRate: number;
  readonly targetRangeRate: number;
  /** Probability that a true detection falls outside its gate. */
  readonly gateTail: number;
  /** Existence at which a track is reported, is called confirmed, and is dropped. */
  readonly reportExistence: number;
  readonly confirmExistence: number;
  readonly dropExistence: number;
  /** Smallest existence of a new candidate that is worth a track. */
  readonly birthExistence: number;
  /** Joint hypotheses kept for one cluster, their least weight against the best, and the largest cluster that is enumerated. */
  readonly hypotheses: number;
  readonly hypothesisFloor: number;
  readonly enumeratedTracks: number;
  /** Sweeps of the variational projection; 0 merges track by track. */
  readonly variationalSweeps: number;
  /** Estimate clutter and detection probability on line. */
  readonly adaptClutter: boolean;
  readonly adaptDetection: boolean;
  /** Share of targets that a passive receiver can see at all; the rest it never does. */
  readonly passiveShare: number;
  readonly activeShare: number;
  /** How often a confirmed target disappears behind something (1/s), and for how long on average, s. */
  readonly hidingRate: number;
  readonly hidingTime: number;
  /** Estimate sensor biases on line. */
  readonly registration: boolean;
  /** How far back a late detection is worked in, s, and the room for it. */
  readonly historySeconds: number;
  readonly historyStates: number;
  readonly maximumTracks: number;
  /** Detections of one sensor, in one go and a second in the long run (1/s), beyond which the rest is refused and counted. */
  readonly maximumDetections: number;
  readonly maximumDetectionRate: number;
}

export const SPATIAL_SETTINGS: TrackerSettings = {
  // Straight flight, a turn either way, and a mode for birds, sprints and fast aircraft. Chosen on the project's own seeds: the
  // two turns are worth 7 % of GOSPA on formations that wheel, the last one 7 % on scenes with birds (docs/tracking.md). Its birth speed
  // lets a radar with a turn of 4 s start on an airliner at 250 m/s; 50 m/s would lose those and gain 0.1 to 0.4 % elsewhere.
  modes: [
    { q: 0.15, qUp: 0.12, turnRate: 0, sojourn: 20, share: 0.5, birthSpeed: 12, birthSpeedUp: 3 },
    { q: 0.5, qUp: 0.2, turnRate: 0.14, sojourn: 10, share: 0.2, birthSpeed: 15, birthSpeedUp: 3 },
    { q: 0.5, qUp: 0.2, turnRate: -0.14, sojourn: 10, share: 0.2, birthSpeed: 15, birthSpeedUp: 3 },
    { q: 8, qUp: 0.6, turnRate: 0, sojourn: 6, share: 0.1, birthSpeed: 120, birthSpeedUp: 6 },
  ],
  lifetime: 200,
  uncoveredLifetime: 4,
  initialUndetected: 5,
  birthRate: 0.5,
  unknownHeight: 150,
  unknownHeightSigma: 500,
  clutterRangeRate: 4,
  targetRangeRate: 15,
  gateTail: 1e-4,
  reportExistence: 0.5,
  confirmExistence: 0.9,
  dropExistence: 1e-3,
  // Less would be dropped at the end of the same look.
  birthExistence: 1e-3,
  hypotheses: 100,
  // Thinner hypotheses smear formations: 5e-3 against 1e-3 is a third fewer changes of identifier on the generated swarms.
  hypothesisFloor: 5e-3,
  enumeratedTracks: 8,
  variationalSweeps: 3,
  adaptClutter: true,
  adaptDetection: true,
  passiveShare: 0.5,
  activeShare: 0.995,
  // A drone behind a house keeps its name for some ten seconds, unreported; more would revive dead tracks on clutter.
  hidingRate: 0.001,
  hidingTime: 6,
  registration: true,
  historySeconds: 5,
  historyStates: 8192,
  maximumTracks: 4000,
  maximumDetections: 8192,
  maximumDetectionRate: 4096,
};

export const FLAT_SETTINGS: TrackerSettings = {
  ...SPATIAL_SETTINGS,
  modes: [
    { q: 0.02, qUp: 0, turnRate: 0, sojourn: 100, share: 0.97, birthSpeed: 1, birthSpeedUp: 0.01 },
    { q: 0.2, qUp: 0, turnRate: 0, sojourn: 5, share: 0.03, birthSpeed: 1, birthSpeedUp: 0.01 },
  ],
  lifetime: 99.5,
  uncoveredLifetime: 5,
  // A sensor that looks once a second and whose looks may be several looks late; a look here is small, so a longer memory is cheap.
  historySeconds: 8,
  initialUndetected: 3,
  birthRate: 0.005,
  // A target missed in its first looks is reborn from an undetected density near nothing: such candidates must live.
  // In the plane targets pass within their measurement error, and the rare hypotheses decide who died: 3 % of GOSPA.
  hypotheses: 200,
  hypothesisFloor: 1e-4,
  birthExistence: 5e-5,
  hidingRate: 0,
  dropExistence: 5e-5,
  unknownHeight: 0,
  unknownHeightSigma: 0.01,
};
