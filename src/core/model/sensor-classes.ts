// Classes of sensors: what each measures, how well and how often. The simulator measures with them and the site planner draws with
// them. They are kinds, not products, and most figures are orders of magnitude from brochures or estimates of this project: a plan
// made from them must show the figures that it used and let the user put the maker's acceptance figures in their place.

import { RADIANS_PER_DEGREE } from "../base/units.ts";
import type { SensorKind } from "./site.ts";

/** Three figures: a good day, an ordinary one, a bad one. */
export interface Spread {
  readonly best: number;
  readonly typical: number;
  readonly worst: number;
}

export interface SensorCoverage {
  /** rad; 2 pi is all round. A sector lies around the boresight. */
  readonly azimuthWidth: number;
  /** rad above the horizontal; absent where the class does not bound it. */
  readonly elevationMin?: number;
  readonly elevationMax?: number;
  /** m. */
  readonly rangeMin: number;
  readonly rangeMax: number;
}

/** 1 sigma of the noise; absent means that the class does not measure it. */
export interface SensorClassNoise {
  /** m */
  readonly range?: number;
  /** rad */
  readonly azimuth?: number;
  /** rad */
  readonly elevation?: number;
  /** m/s */
  readonly rangeRate?: number;
  /** m, horizontal and vertical, of sensors that give a position */
  readonly horizontal?: number;
  readonly vertical?: number;
  /** m and m/s of passive radar, along the sum of the two paths */
  readonly bistaticRange?: number;
  readonly bistaticRangeRate?: number;
  /** s, of time differences of arrival */
  readonly timeDifference?: number;
  /** s, of the time that the message itself carries */
  readonly time?: number;
  /** ratio: the range is wrong by this factor (people) */
  readonly rangeFactor?: number;
}

/** One point of the radar equation; docs/simulation.md carries it to any range and echo (Swerling 1). */
export interface RadarReference {
  /** m */
  readonly range: number;
  /** m^2 */
  readonly rcs: number;
  readonly detectionProbability: number;
  /** of one resolution cell */
  readonly falseAlarmProbability: number;
}

export type SensorClassKind =
  | "radar"
  | "passive-radar"
  | "rf-direction-finder"
  | "rf-tdoa"
  | "rf-decoder"
  | "remote-id"
  | "adsb"
  | "camera"
  | "infrared"
  | "acoustic"
  | "human"
  | "track-feed";

export interface SensorClass {
  readonly id: string;
  readonly label: string;
  /** Not yet read by a native speaker: not to be shown without that. */
  readonly labelArabicUnreviewed: string;
  readonly kind: SensorClassKind;
  /** The nearest word of a site's configuration. */
  readonly siteKind: SensorKind;
  /** NODE_TYPE_... of SAPIENT. */
  readonly sapientNodeType: string;
  readonly asterixCategories?: readonly number[];
  readonly measures: readonly string[];
  /** Absent for a partner's feed, which sees what its partner sees. */
  readonly coverage?: SensorCoverage;
  readonly noise: SensorClassNoise;
  /** s between two looks at one place. */
  readonly updatePeriod: Spread;
  /** s from measurement to message. */
  readonly latency: { readonly best: number; readonly worst: number };
  /** Probability that a measurement is a gross error. */
  readonly outlierProbability?: number;
  readonly radar?: {
    readonly reference: RadarReference;
    /** rad, width of the beam (3 dB) in azimuth and elevation; absent where it is not known. */
    readonly beamAzimuth?: number;
    readonly beamElevation?: number;
    /** m/s; slower along the line of sight is blind. */
    readonly minimumRadialSpeed: number;
    /** False plots in one whole scan. */
    readonly falsePerScan: Spread;
    /** Reports rotor, propeller or wing beat for some tracks. */
    readonly microDoppler: boolean;
  };
  /** Range (m) at which half of all tries succeed, by setting; a logistic curve whose 10-90 % width is half that range. */
  readonly halfRange?: Readonly<Record<string, number>>;
  /** Of one message in the clear, inside the radio horizon. */
  readonly messageProbability?: number;
  /** 1/h; false declarations. */
  readonly falsePerHour?: Spread;
  readonly camera?: {
    /** rad */
    readonly fieldWide?: number;
    readonly fieldTele?: number;
    /** across the field of view */
    readonly pixels?: number;
    /** rad of one pixel, where the class fixes it */
    readonly pixelAngle?: number;
    /** rad/s and s */
    readonly slewRate?: number;
    readonly settleTime?: number;
    /** Pixels across the object for 50 % detection, recognition, identification (Johnson). */
    readonly pixelsToDetect: number;
    readonly pixelsToRecognise: number;
    readonly pixelsToIdentify: number;
    /** Geometry is too kind: haze, contrast and pointing leave this share of the range. */
    readonly derating: { readonly best: number; readonly worst: number };
  };
  /** A bearing points at where the sound came from. */
  readonly soundDelay?: true;
  /** What the object or a person says of itself: evidence, never identity. */
  readonly claimed?: true;
  readonly weaknesses: readonly string[];
  readonly sources: readonly (keyof typeof SENSOR_CLASS_SOURCES)[];
}

/** Sources by label, and how far each was read. */
export const SENSOR_CLASS_SOURCES = {
  "UPM-RADDAR": "Duque de Quevedo et al. (UPM), ubiquitous radar at 8.75 GHz: a Phantom 4 to about 2 km (abstract read)",
  "JOHNSON-58": "Johnson 1958, cycles across the object for 50 %: 1.0 to detect, 4.0 to recognise, 6.4 to identify (read)",
  "DORI-62676": "EN/IEC 62676-4: 25, 63, 125, 250 pixels per metre (public calculator read)",
  "PETO-DVBT": "Public passive-radar experiment on DVB-T, 634 MHz (read; aircraft, not drones)",
  "WAN-2018": "Wan et al., multistatic passive radar for drones, IEEE Access 6:33542, 2018 (abstract read)",
  "MIC-2025": "Jekaterynczuk & Piotrowski, Sensors 25(22):7057, 2025, microphone ranges outdoors (abstract and section 3.1 read)",
  LAUM: "Microphone arrays on multirotors, JASA 148(3):1456, 2020, and Sensors 22(11):4021, 2022 (abstracts read)",
  F3411: "ASTM F3411-22a: rates and accuracy codes of Remote ID (recalled)",
  "DO-260B": "RTCA DO-260B: rates and accuracy codes of 1090 MHz ADS-B (recalled)",
  VENDOR: "Order of magnitude of several makers' brochures for a small multirotor of 0.01 m^2 (recalled)",
  EST: "Estimate of this project; replace it by the sensor's acceptance figures",
} as const;

const DEGREE = RADIANS_PER_DEGREE;
const ROUND = 2 * Math.PI;
const spread = (best: number, typical: number, worst: number): Spread => ({ best, typical, worst });

export const SENSOR_CLASSES: readonly SensorClass[] = [
  {
    id: "radar.rotating3d.x",
    label: "Rotating 3D FMCW radar, X band",
    labelArabicUnreviewed: "رادار دوّار ثلاثي الأبعاد",
    kind: "radar",
    siteKind: "radar",
    sapientNodeType: "NODE_TYPE_RADAR",
    asterixCategories: [48],
    measures: ["range", "az", "el", "radial_speed", "rcs", "micro_doppler?"],
    coverage: { azimuthWidth: ROUND, elevationMin: -5 * DEGREE, elevationMax: 60 * DEGREE, rangeMin: 50, rangeMax: 8000 },
    noise: { range: 2.5, azimuth: 0.5 * DEGREE, elevation: 0.8 * DEGREE, rangeRate: 0.2 },
    updatePeriod: spread(1, 1.33, 2),
    latency: { best: 0.3, worst: 0.8 },
    radar: {
      reference: { range: 3500, rcs: 0.01, detectionProbability: 0.8, falseAlarmProbability: 1e-6 },
      beamAzimuth: 2 * DEGREE,
      beamElevation: 10 * DEGREE,
      minimumRadialSpeed: 0.8,
      falsePerScan: spread(1, 5, 30),
      microDoppler: true,
    },
    weaknesses: ["hover (zero Doppler) lost below the min radial speed", "blind cone overhead", "rain, wind turbines, birds"],
    sources: ["VENDOR", "EST"],
  },
  {
    id: "radar.staring.l",
    label: "Staring (holographic) array radar, L band",
    labelArabicUnreviewed: "رادار محدّق نطاق L",
    kind: "radar",
    siteKind: "radar",
    sapientNodeType: "NODE_TYPE_RADAR",
    measures: ["range", "az", "el", "radial_speed", "rcs", "micro_doppler"],
    coverage: { azimuthWidth: 90 * DEGREE, elevationMin: 0 * DEGREE, elevationMax: 30 * DEGREE, rangeMin: 200, rangeMax: 7500 },
    noise: { range: 15, azimuth: 1.0 * DEGREE, elevation: 1.3 * DEGREE, rangeRate: 0.1 },
    updatePeriod: spread(0.25, 0.25, 0.5),
    latency: { best: 0.5, worst: 1.5 },
    radar: {
      reference: { range: 4000, rcs: 0.01, detectionProbability: 0.8, falseAlarmProbability: 1e-6 },
      beamAzimuth: 9 * DEGREE,
      beamElevation: 9 * DEGREE,
      minimumRadialSpeed: 0.3,
      falsePerScan: spread(0.5, 2, 10),
      microDoppler: true,
    },
    weaknesses: ["coarse angle and range cells: close targets merge", "90 deg sector"],
    sources: ["VENDOR", "EST"],
  },
  {
    id: "radar.panel.k",
    label: "Electronically scanned panel radar, K band (24 GHz)",
    labelArabicUnreviewed: "رادار لوحي نطاق K",
    kind: "radar",
    siteKind: "radar",
    sapientNodeType: "NODE_TYPE_RADAR",
    measures: ["range", "az", "el", "radial_speed", "rcs"],
    coverage: { azimuthWidth: 120 * DEGREE, elevationMin: -40 * DEGREE, elevationMax: 40 * DEGREE, rangeMin: 20, rangeMax: 3000 },
    noise: { range: 1.6, azimuth: 0.5 * DEGREE, elevation: 0.8 * DEGREE, rangeRate: 0.25 },
    updatePeriod: spread(0.1, 0.5, 1),
    latency: { best: 0.1, worst: 0.4 },
    radar: {
      reference: { range: 1000, rcs: 0.01, detectionProbability: 0.8, falseAlarmProbability: 1e-6 },
      beamAzimuth: 2 * DEGREE,
      beamElevation: 6 * DEGREE,
      minimumRadialSpeed: 0.9,
      falsePerScan: spread(0.5, 3, 15),
      microDoppler: false,
    },
    weaknesses: ["rain attenuation", "four panels for 360 deg"],
    sources: ["VENDOR", "EST"],
  },
  {
    id: "radar.staring.x",
    label: "Ubiquitous FMCW radar, X band",
    labelArabicUnreviewed: "رادار شامل نطاق X",
    kind: "radar",
    siteKind: "radar-2d",
    sapientNodeType: "NODE_TYPE_RADAR",
    measures: ["range", "az", "radial_speed", "rcs", "micro_doppler"],
    coverage: { azimuthWidth: 60 * DEGREE, elevationMin: 0 * DEGREE, elevationMax: 20 * DEGREE, rangeMin: 30, rangeMax: 2500 },
    noise: { range: 1, azimuth: 1.0 * DEGREE, rangeRate: 0.1 },
    updatePeriod: spread(0.1, 0.25, 0.5),
    latency: { best: 0.2, worst: 0.5 },
    radar: {
      reference: { range: 2000, rcs: 0.01, detectionProbability: 0.5, falseAlarmProbability: 1e-6 },
      beamAzimuth: 7 * DEGREE,
      beamElevation: 20 * DEGREE,
      minimumRadialSpeed: 0.3,
      falsePerScan: spread(0.5, 2, 8),
      microDoppler: true,
    },
    weaknesses: ["2D: no height"],
    sources: ["UPM-RADDAR", "EST"],
  },
  {
    id: "radar.2d.x",
    label: "Rotating 2D surveillance or bird radar",
    labelArabicUnreviewed: "رادار مراقبة ثنائي الأبعاد",
    kind: "radar",
    siteKind: "radar-2d",
    sapientNodeType: "NODE_TYPE_RADAR",
    asterixCategories: [48, 10],
    measures: ["range", "az"],
    coverage: { azimuthWidth: ROUND, elevationMin: 0 * DEGREE, elevationMax: 20 * DEGREE, rangeMin: 50, rangeMax: 12000 },
    noise: { range: 5, azimuth: 0.4 * DEGREE },
    updatePeriod: spread(1.25, 1.3, 2.5),
    latency: { best: 0.5, worst: 1.5 },
    radar: {
      reference: { range: 2500, rcs: 0.01, detectionProbability: 0.6, falseAlarmProbability: 1e-6 },
      beamAzimuth: 1 * DEGREE,
      beamElevation: 20 * DEGREE,
      minimumRadialSpeed: 0,
      falsePerScan: spread(5, 30, 200),
      microDoppler: false,
    },
    weaknesses: ["no height, no Doppler: many birds and clutter"],
    sources: ["EST"],
  },
  {
    id: "radar.passive.dvbt",
    label: "Passive radar, DVB-T illuminator",
    labelArabicUnreviewed: "رادار سلبي",
    kind: "passive-radar",
    siteKind: "other",
    sapientNodeType: "NODE_TYPE_RADAR",
    measures: ["bistatic_range", "bistatic_doppler", "az?"],
    coverage: { azimuthWidth: 120 * DEGREE, elevationMin: 0 * DEGREE, elevationMax: 40 * DEGREE, rangeMin: 300, rangeMax: 3000 },
    noise: { bistaticRange: 18, bistaticRangeRate: 0.6, azimuth: 4 * DEGREE },
    updatePeriod: spread(0.25, 0.5, 1),
    latency: { best: 0.5, worst: 2 },
    radar: {
      reference: { range: 1500, rcs: 0.03, detectionProbability: 0.6, falseAlarmProbability: 1e-5 },
      minimumRadialSpeed: 2,
      falsePerScan: spread(1, 5, 30),
      microDoppler: false,
    },
    weaknesses: ["measurement is an ellipse: needs several transmitters or receivers", "few transmitters in rural areas"],
    sources: ["PETO-DVBT", "WAN-2018", "EST"],
  },
  {
    id: "rf.df",
    label: "RF direction finder",
    labelArabicUnreviewed: "محدد اتجاه لاسلكي",
    kind: "rf-direction-finder",
    siteKind: "rf-direction-finder",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["az", "el?", "frequency", "bandwidth", "protocol?"],
    coverage: { azimuthWidth: ROUND, elevationMin: -10 * DEGREE, elevationMax: 60 * DEGREE, rangeMin: 50, rangeMax: 8000 },
    noise: { azimuth: 3.0 * DEGREE, elevation: 8 * DEGREE },
    updatePeriod: spread(0.2, 1, 3),
    latency: { best: 0.2, worst: 1 },
    outlierProbability: 0.08,
    halfRange: { los: 5000, suburban: 1800, urban: 700 },
    falsePerHour: spread(0.5, 4, 40),
    weaknesses: [
      "silent or fibre-optic drones",
      "Wi-Fi look-alikes",
      "urban multipath gives biased bearings",
      "also sees the operator: a separate object (GCS)",
    ],
    sources: ["VENDOR", "EST"],
  },
  {
    id: "rf.tdoa",
    label: "RF TDOA network",
    labelArabicUnreviewed: "شبكة فرق زمن الوصول",
    kind: "rf-tdoa",
    siteKind: "rf-tdoa",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["tdoa_pairs", "position2d?"],
    coverage: { azimuthWidth: ROUND, rangeMin: 100, rangeMax: 6000 },
    noise: { timeDifference: 40e-9, horizontal: 25 },
    updatePeriod: spread(1, 2, 5),
    latency: { best: 0.5, worst: 3 },
    halfRange: { los: 4000, urban: 800 },
    falsePerHour: spread(0.5, 3, 20),
    weaknesses: ["needs 3+ synchronised sensors", "height poor"],
    sources: ["EST"],
  },
  {
    id: "rf.decoder",
    label: "Drone telemetry decoder or receiver",
    labelArabicUnreviewed: "مستقبل فك القياسات",
    kind: "rf-decoder",
    siteKind: "other",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["lat", "lon", "alt", "speed", "id", "pilot_position?"],
    coverage: { azimuthWidth: ROUND, rangeMin: 0, rangeMax: 10000 },
    noise: { horizontal: 4, vertical: 15 },
    updatePeriod: spread(0.5, 1, 2),
    latency: { best: 0.2, worst: 1 },
    halfRange: { los: 6000, urban: 1500 },
    claimed: true,
    weaknesses: ["some makes only", "encrypted"],
    sources: ["EST"],
  },
  {
    id: "rid.bt4",
    label: "Remote ID receiver, Bluetooth 4 legacy",
    labelArabicUnreviewed: "مستقبل الهوية عن بعد",
    kind: "remote-id",
    siteKind: "remote-id",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["lat", "lon", "alt", "height", "speed", "track", "id", "operator_position"],
    coverage: { azimuthWidth: ROUND, rangeMin: 0, rangeMax: 1000 },
    noise: { time: 0.1 },
    updatePeriod: spread(1, 1, 3),
    latency: { best: 0.1, worst: 1 },
    halfRange: { los: 500, urban: 200 },
    claimed: true,
    weaknesses: [],
    sources: ["F3411", "EST"],
  },
  {
    id: "rid.bt5lr",
    label: "Remote ID receiver, Bluetooth 5 coded",
    labelArabicUnreviewed: "مستقبل الهوية عن بعد",
    kind: "remote-id",
    siteKind: "remote-id",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["lat", "lon", "alt", "height", "speed", "track", "id", "operator_position"],
    coverage: { azimuthWidth: ROUND, rangeMin: 0, rangeMax: 4000 },
    noise: {},
    updatePeriod: spread(1, 1, 2),
    latency: { best: 0.1, worst: 1 },
    halfRange: { los: 1500, urban: 500 },
    claimed: true,
    weaknesses: [],
    sources: ["F3411", "EST"],
  },
  {
    id: "rid.wifi",
    label: "Remote ID receiver, Wi-Fi beacon or NaN",
    labelArabicUnreviewed: "مستقبل الهوية عن بعد",
    kind: "remote-id",
    siteKind: "remote-id",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    measures: ["lat", "lon", "alt", "height", "speed", "track", "id", "operator_position"],
    coverage: { azimuthWidth: ROUND, rangeMin: 0, rangeMax: 5000 },
    noise: {},
    updatePeriod: spread(0.2, 1, 2),
    latency: { best: 0.1, worst: 1 },
    halfRange: { los: 2000, urban: 700 },
    claimed: true,
    weaknesses: [],
    sources: ["F3411", "EST"],
  },
  {
    id: "adsb.1090",
    label: "ADS-B receiver 1090ES",
    labelArabicUnreviewed: "مستقبل ADS-B",
    kind: "adsb",
    siteKind: "adsb",
    sapientNodeType: "NODE_TYPE_PASSIVE_RF",
    asterixCategories: [21],
    measures: ["lat", "lon", "baro_alt", "gnss_alt", "velocity", "icao24", "callsign", "emitter_category"],
    coverage: { azimuthWidth: ROUND, rangeMin: 0, rangeMax: 300000 },
    noise: { vertical: 30 },
    updatePeriod: spread(0.5, 0.5, 1),
    latency: { best: 0.1, worst: 0.5 },
    messageProbability: 0.9,
    claimed: true,
    weaknesses: [],
    sources: ["DO-260B"],
  },
  {
    id: "eo.ptz",
    label: "EO pan-tilt-zoom camera",
    labelArabicUnreviewed: "كاميرا بصرية",
    kind: "camera",
    siteKind: "camera",
    sapientNodeType: "NODE_TYPE_CAMERA",
    measures: ["az", "el", "image_class", "image"],
    coverage: { azimuthWidth: ROUND, elevationMin: -30 * DEGREE, elevationMax: 90 * DEGREE, rangeMin: 20, rangeMax: 4000 },
    noise: { azimuth: 0.05 * DEGREE, elevation: 0.05 * DEGREE },
    updatePeriod: spread(0.033, 0.1, 0.2),
    latency: { best: 0.1, worst: 0.4 },
    camera: {
      fieldWide: 63.7 * DEGREE,
      fieldTele: 2.3 * DEGREE,
      pixels: 1920,
      slewRate: 100 * DEGREE,
      settleTime: 0.7,
      pixelsToDetect: 2,
      pixelsToRecognise: 8,
      pixelsToIdentify: 12.8,
      derating: { best: 0.6, worst: 0.3 },
    },
    weaknesses: ["night, dust, sun glare", "needs a cue: 2.3 deg field"],
    sources: ["JOHNSON-58", "DORI-62676", "EST"],
  },
  {
    id: "ir.mwir.ptz",
    label: "Cooled thermal PTZ camera",
    labelArabicUnreviewed: "كاميرا حرارية مبردة",
    kind: "infrared",
    siteKind: "camera",
    sapientNodeType: "NODE_TYPE_CAMERA",
    measures: ["az", "el", "image_class"],
    coverage: { azimuthWidth: ROUND, elevationMin: -30 * DEGREE, elevationMax: 90 * DEGREE, rangeMin: 20, rangeMax: 5000 },
    noise: { azimuth: 0.05 * DEGREE, elevation: 0.05 * DEGREE },
    updatePeriod: spread(0.033, 0.1, 0.2),
    latency: { best: 0.1, worst: 0.4 },
    camera: {
      fieldWide: 24 * DEGREE,
      fieldTele: 1.8 * DEGREE,
      pixels: 640,
      slewRate: 80 * DEGREE,
      settleTime: 0.8,
      pixelsToDetect: 2,
      pixelsToRecognise: 8,
      pixelsToIdentify: 12.8,
      derating: { best: 0.6, worst: 0.3 },
    },
    weaknesses: [],
    sources: ["JOHNSON-58", "EST"],
  },
  {
    id: "ir.lwir.panorama",
    label: "Uncooled or scanning thermal panorama",
    labelArabicUnreviewed: "كاميرا حرارية بانورامية",
    kind: "infrared",
    siteKind: "camera",
    sapientNodeType: "NODE_TYPE_CAMERA",
    measures: ["az", "el"],
    coverage: { azimuthWidth: ROUND, elevationMin: -10 * DEGREE, elevationMax: 20 * DEGREE, rangeMin: 20, rangeMax: 1500 },
    noise: { azimuth: 0.08 * DEGREE, elevation: 0.08 * DEGREE },
    updatePeriod: spread(0.5, 1, 2),
    latency: { best: 0.5, worst: 1.5 },
    halfRange: { day: 500, night: 900 },
    falsePerHour: spread(5, 40, 300),
    weaknesses: [],
    sources: ["EST"],
  },
  {
    id: "acoustic.array",
    label: "Acoustic array",
    labelArabicUnreviewed: "مصفوفة صوتية",
    kind: "acoustic",
    siteKind: "acoustic",
    sapientNodeType: "NODE_TYPE_ACOUSTIC",
    measures: ["az", "el", "bpf_hz", "class"],
    coverage: { azimuthWidth: ROUND, elevationMin: 0 * DEGREE, elevationMax: 90 * DEGREE, rangeMin: 5, rangeMax: 500 },
    noise: { azimuth: 4 * DEGREE, elevation: 6 * DEGREE },
    updatePeriod: spread(0.25, 0.5, 1),
    latency: { best: 0.3, worst: 1 },
    halfRange: { calm: 300, wind5: 180, wind10: 80 },
    falsePerHour: spread(0.5, 5, 40),
    soundDelay: true,
    weaknesses: ["wind, generators, traffic"],
    sources: ["MIC-2025", "LAUM", "EST"],
  },
  {
    id: "human.report",
    label: "Human observer (SALUTE-style report)",
    labelArabicUnreviewed: "بلاغ مراقب",
    kind: "human",
    siteKind: "other",
    sapientNodeType: "NODE_TYPE_HUMAN",
    measures: ["az_or_place", "class", "count", "time"],
    coverage: { azimuthWidth: ROUND, rangeMin: 10, rangeMax: 2000 },
    noise: { azimuth: 10 * DEGREE, rangeFactor: 1.7, time: 20 },
    updatePeriod: spread(30, 120, 600),
    latency: { best: 15, worst: 300 },
    halfRange: { day: 500, night: 120 },
    claimed: true,
    weaknesses: [],
    sources: ["EST"],
  },
  {
    id: "partner.feed",
    label: "Partner track feed (CoT, ASTERIX CAT062, SAPIENT)",
    labelArabicUnreviewed: "تغذية مسارات شريك",
    kind: "track-feed",
    siteKind: "track-feed",
    sapientNodeType: "NODE_TYPE_FUSION_NODE",
    measures: ["position", "velocity", "identity", "covariance?"],
    noise: {},
    updatePeriod: spread(1, 2, 10),
    latency: { best: 0.5, worst: 10 },
    weaknesses: ["double counting of our own data (rumour)"],
    sources: ["EST"],
  },
];

const byId = new Map(SENSOR_CLASSES.map((one) => [one.id, one]));

/** The class with this identifier; undefined when there is none. */
export const findSensorClass = (id: string): SensorClass | undefined => byId.get(id);
