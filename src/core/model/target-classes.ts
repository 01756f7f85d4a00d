// Classes of objects that a sensor may see, with the spread of their speed, size, echo and habits. The simulator draws objects
// from it and the classifier weighs tracks with it. Most figures are estimates of this project (`basis` says which): good enough
// to build and test on, to be fitted again from labelled recordings before any claim about a site. Nothing here says how an
// aircraft is built, armed or flown; "uas.oneway" is an outline for surveillance and has no field that the other classes lack.

import { RADIANS_PER_DEGREE } from "../base/units.ts";

/** Where a figure comes from. "literature-recalled": the paper exists, the number is from memory. */
export type Basis = "literature" | "literature-recalled" | "regulation" | "maker" | "press" | "textbook" | "estimate";

/** A spread given by its 5 %, 50 % and 95 % quantiles. */
export interface Distribution {
  /**
   * normal: mean `median`, standard deviation (high - low) / 3.29.
   * log-normal: mean of the logarithm ln `median`, standard deviation (ln high - ln low) / 3.29.
   */
  readonly shape: "normal" | "log-normal";
  /** 5 % of objects lie below. */
  readonly low: number;
  readonly median: number;
  /** 5 % of objects lie above. */
  readonly high: number;
  readonly basis: Basis;
  /** A key of TARGET_CLASS_SOURCES. */
  readonly source: keyof typeof TARGET_CLASS_SOURCES;
}

/** SI units. A feature that is absent was not given for the class. */
export interface TargetFeatures {
  /** kg. */
  readonly mass?: Distribution;
  /** m, the largest dimension that a camera sees. */
  readonly size?: Distribution;
  /** m/s over ground while moving; hovering is left out, see `hoverShare`. */
  readonly speed: Distribution;
  /** m/s, magnitude of the vertical speed in a sustained climb or descent. */
  readonly climbRate: Distribution;
  /** m/s^2, magnitude of the horizontal acceleration in a manoeuvre. */
  readonly acceleration: Distribution;
  /** rad/s, magnitude of the change of course over 5 s. */
  readonly turnRate: Distribution;
  /** m. */
  readonly heightAboveGround: Distribution;
  /** dB relative to 1 m^2 in X band (8-12 GHz), mean over aspects; for one object. */
  readonly rcsDbsm: Distribution;
  /** dB, standard deviation of the echo within one track. */
  readonly rcsFluctuationDb: Distribution;
  /** Hz, repetition of blade flashes or wing beats. */
  readonly microDopplerRate?: Distribution;
  /** m/s, peak radial speed of the moving part above the body's. */
  readonly microDopplerTipSpeed?: Distribution;
  /** Hz, fundamental of rotor or engine noise. */
  readonly bladePassFrequency?: Distribution;
  /** m at which one small microphone array hears it in light wind. */
  readonly acousticRange?: Distribution;
}

export type TargetFamily = "uas" | "bird" | "manned" | "lta" | "ground" | "clutter";

/** What a radar with micro-Doppler reports of one track; the shares add up to 1. */
export interface MicroDopplerShares {
  readonly rotor?: number;
  readonly prop?: number;
  readonly flap: number;
  readonly none: number;
}

export interface TargetClass {
  readonly id: string;
  readonly label: string;
  /** Not yet read by a native speaker: not to be shown without that. */
  readonly labelArabicUnreviewed: string;
  readonly family: TargetFamily;
  readonly features: TargetFeatures;
  /** Share of its time in the air with a ground speed below 1 m/s. */
  readonly hoverShare: number;
  readonly microDoppler: MicroDopplerShares;
  readonly radio: {
    readonly bandsMegahertz: readonly number[];
    /** That such an object emits at all. */
    readonly emitProbability: number;
    readonly note?: string;
  };
  /** That such an object broadcasts; absence of Remote ID is weak evidence only. */
  readonly remoteIdProbability: number;
  readonly adsbProbability: number;
  readonly heat: "low" | "medium" | "high";
  /** People are aboard: a hand-off must be locked out when this class becomes likely. */
  readonly manned?: true;
  readonly roadBound?: true;
  /** Stands still and echoes all the same. */
  readonly fixed?: true;
  /** Of one flock, [5 %, 50 %, 95 %]: m across, and animals. */
  readonly groupExtent?: readonly [number, number, number];
  readonly groupMembers?: readonly [number, number, number];
  /** s that a false track lives, [5 %, 50 %, 95 %]. */
  readonly lifetime?: readonly [number, number, number];
  readonly taxonomy: {
    /** Class and sub-class in SAPIENT's words. */
    readonly sapient: readonly string[];
    /** Symbol set and entity of the 20-digit MIL-STD-2525D code. */
    readonly sidc?: { readonly symbolSet: string; readonly entity: string };
    /** CoT type; "-.-" stands for the affiliation letter. Types that start with b-x-picket are Picket's own. */
    readonly cotType: string;
    /** UA type of ASTM F3411. */
    readonly remoteIdType?: number;
    /** Groups of the US scheme, NATO class, EU class: names of size, nothing else follows from them. */
    readonly usGroups?: readonly number[];
    readonly nato?: string;
    readonly easa?: readonly string[];
  };
}

/** Sources by label, and how far each was read: a figure is worth no more than its source. */
export const TARGET_CLASS_SOURCES = {
  "R24GHZ-2020": "Five multirotors at 24 GHz, IEICE Communications Express 9(7):262-267, 2020 (abstract read; 24 GHz stands in for X band)",
  "3GPP-38901": "3GPP TR 38.901 release 19, sensing: log-normal echo of a small drone (recalled)",
  "ALERSTAM-2007": "Alerstam et al., flight speeds of 138 bird species, PLoS Biology 5(8):e197, 2007 (abstract read, speed band recalled)",
  "BRUDERER-2001": "Bruderer & Boldt, flight of 139 bird species, Ibis 143:178-204, 2001 (abstract read)",
  "VAUGHN-1985": "Vaughn, birds and insects as radar targets, Proc. IEEE 73(2):205-227, 1985 (abstract read, figures recalled)",
  "PENNYCUICK-2001": "Pennycuick, speeds and wing beats of migrating birds, J. Exp. Biol. 204:3283, 2001 (abstract read, figures recalled)",
  "EU-2019-945": "Delegated Regulation (EU) 2019/945, classes C0 to C6 (summaries read)",
  "US-GROUPS": "US groups 1 to 5 of unmanned aircraft (recalled)",
  "NATO-CLASS": "NATO classes I to III of unmanned aircraft (public table read)",
  "DJI-SPEC": "Makers' data sheets of consumer and enterprise multirotors (recalled)",
  "GUINNESS-2022": "Speed record of a battery quadcopter, November 2022 (press read)",
  "PRESS-OWA": "Open press on propeller-driven one-way attack drones (recalled; only what surveillance needs)",
  "TEXTBOOK-RADAR": "Skolnik, Introduction to Radar Systems: orders of magnitude (recalled)",
  EST: "Estimate of this project; no public figure was found in the time given",
} as const;

type Source = keyof typeof TARGET_CLASS_SOURCES;
const normal = (low: number, median: number, high: number, basis: Basis, source: Source): Distribution => ({
  shape: "normal",
  low,
  median,
  high,
  basis,
  source,
});
const logNormal = (low: number, median: number, high: number, basis: Basis, source: Source): Distribution => ({
  ...normal(low, median, high, basis, source),
  shape: "log-normal",
});
/** The figures inside are degrees, as their source has them. */
const degrees = (spread: Distribution): Distribution => ({
  ...spread,
  low: spread.low * RADIANS_PER_DEGREE,
  median: spread.median * RADIANS_PER_DEGREE,
  high: spread.high * RADIANS_PER_DEGREE,
});

/** Weights of the families among new confirmed radar tracks at a quiet inland site: an estimate, to be set from a site's own log. */
export const FAMILY_PRIORS: Readonly<Record<TargetFamily, number>> = {
  bird: 0.62,
  clutter: 0.17,
  ground: 0.09,
  manned: 0.05,
  uas: 0.04,
  lta: 0.03,
};

export const TARGET_CLASSES: readonly TargetClass[] = [
  {
    id: "uas.multirotor.micro",
    label: "Micro multirotor (<0.25 kg)",
    labelArabicUnreviewed: "مسيّرة متعددة المراوح صغيرة جداً",
    family: "uas",
    features: {
      mass: logNormal(0.08, 0.2, 0.25, "regulation", "EU-2019-945"),
      size: normal(0.15, 0.22, 0.3, "estimate", "EST"),
      speed: logNormal(2, 8, 16, "maker", "DJI-SPEC"),
      climbRate: logNormal(0.3, 2, 5, "maker", "DJI-SPEC"),
      acceleration: logNormal(0.5, 2.5, 7, "estimate", "EST"),
      turnRate: degrees(logNormal(1, 12, 60, "estimate", "EST")),
      heightAboveGround: logNormal(5, 40, 115, "regulation", "EU-2019-945"),
      rcsDbsm: normal(-30, -22, -15, "estimate", "EST"),
      rcsFluctuationDb: normal(3, 5, 7, "estimate", "EST"),
      microDopplerRate: logNormal(180, 330, 600, "estimate", "EST"),
      microDopplerTipSpeed: normal(40, 65, 95, "estimate", "EST"),
      bladePassFrequency: logNormal(250, 420, 900, "estimate", "EST"),
      acousticRange: logNormal(40, 90, 200, "estimate", "EST"),
    },
    hoverShare: 0.35,
    microDoppler: { rotor: 0.55, flap: 0.01, none: 0.44 },
    radio: { bandsMegahertz: [2400, 5800], emitProbability: 0.95 },
    remoteIdProbability: 0.25,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Rotary Wing"],
      sidc: { symbolSet: "01", entity: "120300" },
      cotType: "a-.-A-C-H-q",
      remoteIdType: 2,
      usGroups: [1],
      nato: "I-micro",
      easa: ["C0"],
    },
  },
  {
    id: "uas.multirotor.small",
    label: "Small multirotor (0.25-4 kg)",
    labelArabicUnreviewed: "مسيّرة متعددة المراوح صغيرة",
    family: "uas",
    features: {
      mass: logNormal(0.3, 1, 3.5, "regulation", "EU-2019-945"),
      size: normal(0.3, 0.38, 0.6, "maker", "DJI-SPEC"),
      speed: logNormal(2, 9, 19, "maker", "DJI-SPEC"),
      climbRate: logNormal(0.3, 2.5, 7, "maker", "DJI-SPEC"),
      acceleration: logNormal(0.5, 2.5, 7, "estimate", "EST"),
      turnRate: degrees(logNormal(1, 10, 50, "estimate", "EST")),
      heightAboveGround: logNormal(8, 60, 220, "estimate", "EST"),
      rcsDbsm: normal(-23, -17, -10, "literature", "R24GHZ-2020"),
      rcsFluctuationDb: normal(3, 5, 7, "literature-recalled", "3GPP-38901"),
      microDopplerRate: logNormal(130, 200, 330, "estimate", "EST"),
      microDopplerTipSpeed: normal(60, 85, 120, "estimate", "EST"),
      bladePassFrequency: logNormal(130, 200, 330, "estimate", "EST"),
      acousticRange: logNormal(80, 180, 400, "estimate", "EST"),
    },
    hoverShare: 0.4,
    microDoppler: { rotor: 0.7, flap: 0.01, none: 0.29 },
    radio: { bandsMegahertz: [2400, 5800], emitProbability: 0.92 },
    remoteIdProbability: 0.5,
    adsbProbability: 0.01,
    heat: "low",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Rotary Wing"],
      sidc: { symbolSet: "01", entity: "120300" },
      cotType: "a-.-A-C-H-q",
      remoteIdType: 2,
      usGroups: [1],
      nato: "I-micro/mini",
      easa: ["C1", "C2"],
    },
  },
  {
    id: "uas.multirotor.large",
    label: "Large multirotor (4-25 kg)",
    labelArabicUnreviewed: "مسيّرة متعددة المراوح كبيرة",
    family: "uas",
    features: {
      mass: logNormal(4, 9, 25, "regulation", "EU-2019-945"),
      size: normal(0.8, 1.3, 2, "estimate", "EST"),
      speed: logNormal(2, 10, 20, "maker", "DJI-SPEC"),
      climbRate: logNormal(0.3, 2.5, 6, "maker", "DJI-SPEC"),
      acceleration: logNormal(0.4, 2, 5, "estimate", "EST"),
      turnRate: degrees(logNormal(1, 8, 40, "estimate", "EST")),
      heightAboveGround: logNormal(10, 70, 300, "estimate", "EST"),
      rcsDbsm: normal(-15, -9, -3, "literature", "R24GHZ-2020"),
      rcsFluctuationDb: normal(3, 5, 7, "literature-recalled", "3GPP-38901"),
      microDopplerRate: logNormal(60, 110, 180, "estimate", "EST"),
      microDopplerTipSpeed: normal(70, 95, 130, "estimate", "EST"),
      bladePassFrequency: logNormal(70, 120, 190, "estimate", "EST"),
      acousticRange: logNormal(150, 300, 600, "estimate", "EST"),
    },
    hoverShare: 0.4,
    microDoppler: { rotor: 0.8, flap: 0.005, none: 0.195 },
    radio: { bandsMegahertz: [900, 2400, 5800], emitProbability: 0.9 },
    remoteIdProbability: 0.3,
    adsbProbability: 0.03,
    heat: "medium",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Rotary Wing"],
      sidc: { symbolSet: "01", entity: "110400" },
      cotType: "a-.-A-M-H-Q",
      remoteIdType: 2,
      usGroups: [1, 2],
      nato: "I-mini/small",
      easa: ["C3", "C4"],
    },
  },
  {
    id: "uas.fpv",
    label: "Fast FPV multirotor",
    labelArabicUnreviewed: "مسيّرة سريعة بمنظور الشخص الأول",
    family: "uas",
    features: {
      mass: logNormal(0.4, 1.2, 4, "estimate", "EST"),
      size: normal(0.2, 0.32, 0.5, "estimate", "EST"),
      speed: logNormal(10, 24, 45, "press", "GUINNESS-2022"),
      climbRate: logNormal(1, 8, 25, "estimate", "EST"),
      acceleration: logNormal(3, 12, 35, "estimate", "EST"),
      turnRate: degrees(logNormal(5, 40, 180, "estimate", "EST")),
      heightAboveGround: logNormal(3, 25, 120, "estimate", "EST"),
      rcsDbsm: normal(-25, -18, -12, "estimate", "EST"),
      rcsFluctuationDb: normal(3, 5, 8, "estimate", "EST"),
      microDopplerRate: logNormal(250, 500, 900, "estimate", "EST"),
      microDopplerTipSpeed: normal(90, 140, 200, "estimate", "EST"),
      bladePassFrequency: logNormal(300, 600, 1200, "estimate", "EST"),
      acousticRange: logNormal(100, 220, 450, "estimate", "EST"),
    },
    hoverShare: 0.08,
    microDoppler: { rotor: 0.6, flap: 0.005, none: 0.395 },
    radio: {
      bandsMegahertz: [433, 868, 915, 1200, 2400, 3300, 5800],
      emitProbability: 0.85,
      note: "fibre-optic guided variants emit nothing",
    },
    remoteIdProbability: 0.02,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Rotary Wing"],
      sidc: { symbolSet: "01", entity: "110400" },
      cotType: "a-.-A-M-H-Q",
      remoteIdType: 2,
      usGroups: [1],
      nato: "I-micro/mini",
      easa: ["none (privately built)"],
    },
  },
  {
    id: "uas.fixedwing.small",
    label: "Small fixed-wing (<25 kg)",
    labelArabicUnreviewed: "مسيّرة صغيرة ثابتة الجناح",
    family: "uas",
    features: {
      mass: logNormal(0.8, 5, 22, "regulation", "NATO-CLASS"),
      size: normal(1, 1.9, 3.2, "estimate", "EST"),
      speed: logNormal(12, 19, 30, "estimate", "EST"),
      climbRate: logNormal(0.3, 1.5, 5, "estimate", "EST"),
      acceleration: logNormal(0.2, 1, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 6, 25, "estimate", "EST")),
      heightAboveGround: logNormal(30, 150, 900, "estimate", "EST"),
      rcsDbsm: normal(-24, -16, -8, "estimate", "EST"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(100, 180, 330, "estimate", "EST"),
      microDopplerTipSpeed: normal(80, 120, 180, "estimate", "EST"),
      bladePassFrequency: logNormal(100, 190, 350, "estimate", "EST"),
      acousticRange: logNormal(100, 250, 600, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { prop: 0.4, rotor: 0.05, flap: 0.02, none: 0.53 },
    radio: { bandsMegahertz: [433, 868, 915, 1300, 2400, 5800], emitProbability: 0.8 },
    remoteIdProbability: 0.1,
    adsbProbability: 0.01,
    heat: "medium",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Fixed Wing"],
      sidc: { symbolSet: "01", entity: "110300" },
      cotType: "a-.-A-M-F-Q",
      remoteIdType: 1,
      usGroups: [1, 2],
      nato: "I-mini/small",
      easa: ["C3", "C4"],
    },
  },
  {
    id: "uas.vtol_hybrid",
    label: "VTOL hybrid",
    labelArabicUnreviewed: "مسيّرة هجينة عمودية الإقلاع",
    family: "uas",
    features: {
      mass: logNormal(5, 14, 60, "estimate", "EST"),
      size: normal(1.8, 2.6, 4.5, "estimate", "EST"),
      speed: logNormal(3, 21, 33, "estimate", "EST"),
      climbRate: logNormal(0.5, 2.5, 5, "estimate", "EST"),
      acceleration: logNormal(0.2, 1.2, 4, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 6, 30, "estimate", "EST")),
      heightAboveGround: logNormal(30, 200, 1500, "estimate", "EST"),
      rcsDbsm: normal(-18, -11, -3, "estimate", "EST"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(60, 130, 250, "estimate", "EST"),
      microDopplerTipSpeed: normal(80, 120, 180, "estimate", "EST"),
      bladePassFrequency: logNormal(80, 150, 300, "estimate", "EST"),
      acousticRange: logNormal(150, 350, 700, "estimate", "EST"),
    },
    hoverShare: 0.08,
    microDoppler: { prop: 0.4, rotor: 0.25, flap: 0.005, none: 0.345 },
    radio: { bandsMegahertz: [900, 1300, 2400, 5800], emitProbability: 0.8 },
    remoteIdProbability: 0.1,
    adsbProbability: 0.03,
    heat: "medium",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Fixed Wing"],
      sidc: { symbolSet: "01", entity: "110400" },
      cotType: "a-.-A-M-F-Q",
      remoteIdType: 4,
      usGroups: [2, 3],
      nato: "I-small",
      easa: ["C5", "C6", "specific"],
    },
  },
  {
    id: "uas.tactical",
    label: "Tactical fixed-wing (group 3)",
    labelArabicUnreviewed: "مسيّرة تكتيكية ثابتة الجناح",
    family: "uas",
    features: {
      mass: logNormal(25, 100, 450, "regulation", "US-GROUPS"),
      size: normal(3, 5, 9, "estimate", "EST"),
      speed: logNormal(22, 34, 55, "estimate", "EST"),
      climbRate: logNormal(0.5, 2.5, 6, "estimate", "EST"),
      acceleration: logNormal(0.2, 0.8, 2.5, "estimate", "EST"),
      turnRate: degrees(logNormal(0.3, 3, 12, "estimate", "EST")),
      heightAboveGround: logNormal(300, 1500, 4500, "regulation", "US-GROUPS"),
      rcsDbsm: normal(-13, -6, 3, "estimate", "EST"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(60, 110, 220, "estimate", "EST"),
      microDopplerTipSpeed: normal(110, 160, 220, "estimate", "EST"),
      bladePassFrequency: logNormal(60, 120, 230, "estimate", "EST"),
      acousticRange: logNormal(400, 900, 2500, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { prop: 0.55, rotor: 0.02, flap: 0.005, none: 0.425 },
    radio: { bandsMegahertz: [1300, 2200, 4700, 5300, 14000], emitProbability: 0.8 },
    remoteIdProbability: 0.01,
    adsbProbability: 0.05,
    heat: "high",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Fixed Wing"],
      sidc: { symbolSet: "01", entity: "110300" },
      cotType: "a-.-A-M-F-Q",
      remoteIdType: 1,
      usGroups: [3],
      nato: "I-small/II",
      easa: ["certified/specific"],
    },
  },
  {
    id: "uas.oneway",
    label: "One-way attack UAS, propeller (object class only)",
    labelArabicUnreviewed: "مسيّرة هجومية أحادية الاتجاه",
    family: "uas",
    features: {
      mass: logNormal(15, 90, 220, "press", "PRESS-OWA"),
      size: normal(1.6, 2.5, 3.8, "press", "PRESS-OWA"),
      speed: logNormal(30, 45, 60, "press", "PRESS-OWA"),
      climbRate: logNormal(0.3, 2, 20, "estimate", "EST"),
      acceleration: logNormal(0.1, 0.5, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(0.05, 0.5, 5, "estimate", "EST")),
      heightAboveGround: logNormal(40, 400, 3000, "press", "PRESS-OWA"),
      rcsDbsm: normal(-20, -12, -4, "estimate", "EST"),
      rcsFluctuationDb: normal(3, 5, 8, "estimate", "EST"),
      microDopplerRate: logNormal(80, 130, 220, "estimate", "EST"),
      microDopplerTipSpeed: normal(120, 170, 230, "estimate", "EST"),
      bladePassFrequency: logNormal(80, 130, 230, "estimate", "EST"),
      acousticRange: logNormal(600, 1500, 4000, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { prop: 0.5, rotor: 0.01, flap: 0.002, none: 0.488 },
    radio: { bandsMegahertz: [], emitProbability: 0.15, note: "often radio-silent" },
    remoteIdProbability: 0.0,
    adsbProbability: 0.0,
    heat: "high",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Fixed Wing"],
      sidc: { symbolSet: "01", entity: "110300" },
      cotType: "a-.-A-M-F-Q",
      remoteIdType: 0,
      usGroups: [2, 3],
      nato: "I-small/II",
      easa: ["none"],
    },
  },
  {
    id: "uas.helicopter",
    label: "Unmanned helicopter",
    labelArabicUnreviewed: "مروحية مسيّرة",
    family: "uas",
    features: {
      mass: logNormal(8, 40, 200, "estimate", "EST"),
      size: normal(1.8, 3, 5, "estimate", "EST"),
      speed: logNormal(3, 18, 35, "estimate", "EST"),
      climbRate: logNormal(0.3, 2.5, 6, "estimate", "EST"),
      acceleration: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 6, 40, "estimate", "EST")),
      heightAboveGround: logNormal(20, 150, 1500, "estimate", "EST"),
      rcsDbsm: normal(-14, -7, 1, "estimate", "EST"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(18, 30, 60, "estimate", "EST"),
      microDopplerTipSpeed: normal(110, 150, 200, "estimate", "EST"),
      bladePassFrequency: logNormal(18, 30, 60, "estimate", "EST"),
      acousticRange: logNormal(300, 700, 2000, "estimate", "EST"),
    },
    hoverShare: 0.25,
    microDoppler: { rotor: 0.85, flap: 0.01, none: 0.14 },
    radio: { bandsMegahertz: [900, 2400, 5800], emitProbability: 0.85 },
    remoteIdProbability: 0.05,
    adsbProbability: 0.05,
    heat: "high",
    taxonomy: {
      sapient: ["Air Vehicle", "UAV Rotary Wing"],
      sidc: { symbolSet: "01", entity: "110400" },
      cotType: "a-.-A-M-H-Q",
      remoteIdType: 2,
      usGroups: [2, 3],
      nato: "I-small",
      easa: ["specific"],
    },
  },
  {
    id: "bird.small",
    label: "Small bird (<100 g)",
    labelArabicUnreviewed: "طائر صغير",
    family: "bird",
    features: {
      mass: logNormal(0.01, 0.03, 0.09, "literature-recalled", "ALERSTAM-2007"),
      size: normal(0.15, 0.25, 0.4, "estimate", "EST"),
      speed: logNormal(6, 11, 17, "literature-recalled", "BRUDERER-2001"),
      climbRate: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      acceleration: logNormal(0.5, 3, 8, "estimate", "EST"),
      turnRate: degrees(logNormal(2, 18, 70, "estimate", "EST")),
      heightAboveGround: logNormal(5, 60, 1000, "estimate", "EST"),
      rcsDbsm: normal(-40, -31, -24, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(8, 12, 18, "literature-recalled", "PENNYCUICK-2001"),
      microDopplerTipSpeed: normal(2, 5, 10, "estimate", "EST"),
    },
    hoverShare: 0.02,
    microDoppler: { rotor: 0.01, flap: 0.45, none: 0.54 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "medium",
    taxonomy: { sapient: ["Animal", "Bird"], cotType: "b-x-picket-bird" },
  },
  {
    id: "bird.medium",
    label: "Medium bird (0.1-0.6 kg: pigeon, duck, crow, small gull)",
    labelArabicUnreviewed: "طائر متوسط",
    family: "bird",
    features: {
      mass: logNormal(0.12, 0.3, 0.6, "literature-recalled", "ALERSTAM-2007"),
      size: normal(0.5, 0.7, 1, "estimate", "EST"),
      speed: logNormal(8, 14, 21, "literature-recalled", "BRUDERER-2001"),
      climbRate: logNormal(0.3, 1.2, 4, "estimate", "EST"),
      acceleration: logNormal(0.5, 2, 6, "estimate", "EST"),
      turnRate: degrees(logNormal(1, 12, 45, "estimate", "EST")),
      heightAboveGround: logNormal(5, 70, 1000, "estimate", "EST"),
      rcsDbsm: normal(-30, -23, -15, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(3.5, 6, 9, "literature-recalled", "PENNYCUICK-2001"),
      microDopplerTipSpeed: normal(2, 5, 10, "estimate", "EST"),
    },
    hoverShare: 0.03,
    microDoppler: { rotor: 0.01, flap: 0.5, none: 0.49 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "medium",
    taxonomy: { sapient: ["Animal", "Bird"], cotType: "b-x-picket-bird" },
  },
  {
    id: "bird.large",
    label: "Large bird, flapping (0.6-10 kg: goose, cormorant, heron)",
    labelArabicUnreviewed: "طائر كبير",
    family: "bird",
    features: {
      mass: logNormal(0.7, 1.8, 6, "literature-recalled", "ALERSTAM-2007"),
      size: normal(1, 1.4, 2.1, "estimate", "EST"),
      speed: logNormal(9, 15, 20, "literature-recalled", "BRUDERER-2001"),
      climbRate: logNormal(0.2, 0.9, 2.5, "estimate", "EST"),
      acceleration: logNormal(0.2, 1, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 6, 25, "estimate", "EST")),
      heightAboveGround: logNormal(10, 150, 1500, "estimate", "EST"),
      rcsDbsm: normal(-22, -15, -8, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(1.8, 3.2, 5, "literature-recalled", "PENNYCUICK-2001"),
      microDopplerTipSpeed: normal(2, 5, 10, "estimate", "EST"),
    },
    hoverShare: 0.01,
    microDoppler: { rotor: 0.01, flap: 0.55, none: 0.44 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "medium",
    taxonomy: { sapient: ["Animal", "Bird"], cotType: "b-x-picket-bird" },
  },
  {
    id: "bird.soaring",
    label: "Soaring bird (kite, eagle, stork, pelican)",
    labelArabicUnreviewed: "طائر محلّق",
    family: "bird",
    features: {
      mass: logNormal(0.6, 2.5, 9, "literature-recalled", "ALERSTAM-2007"),
      size: normal(1.2, 1.8, 2.6, "estimate", "EST"),
      speed: logNormal(7, 12, 20, "literature-recalled", "BRUDERER-2001"),
      climbRate: logNormal(0.4, 1.5, 4, "estimate", "EST"),
      acceleration: logNormal(0.2, 1.2, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(3, 16, 35, "estimate", "EST")),
      heightAboveGround: logNormal(40, 350, 2000, "estimate", "EST"),
      rcsDbsm: normal(-23, -15, -8, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(1.5, 2.8, 4, "literature-recalled", "PENNYCUICK-2001"),
      microDopplerTipSpeed: normal(2, 5, 10, "estimate", "EST"),
    },
    hoverShare: 0.03,
    microDoppler: { rotor: 0.01, flap: 0.12, none: 0.87 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "medium",
    taxonomy: { sapient: ["Animal", "Bird"], cotType: "b-x-picket-bird" },
  },
  {
    id: "bird.flock",
    label: "Flock (one radar plot or a cluster)",
    labelArabicUnreviewed: "سرب طيور",
    family: "bird",
    features: {
      mass: logNormal(0.02, 0.3, 3, "literature-recalled", "ALERSTAM-2007"),
      size: normal(5, 25, 150, "estimate", "EST"),
      speed: logNormal(8, 14, 20, "literature-recalled", "BRUDERER-2001"),
      climbRate: logNormal(0.2, 1, 3, "estimate", "EST"),
      acceleration: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 7, 30, "estimate", "EST")),
      heightAboveGround: logNormal(10, 150, 1500, "estimate", "EST"),
      rcsDbsm: normal(-20, -9, 2, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(2, 6, 12, "literature-recalled", "PENNYCUICK-2001"),
      microDopplerTipSpeed: normal(2, 5, 10, "estimate", "EST"),
    },
    hoverShare: 0.01,
    microDoppler: { rotor: 0.01, flap: 0.3, none: 0.69 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "medium",
    groupExtent: [10, 60, 300],
    groupMembers: [5, 40, 2000],
    taxonomy: { sapient: ["Animal", "Bird"], cotType: "b-x-picket-bird" },
  },
  {
    id: "insect_bat",
    label: "Bat or insect cluster",
    labelArabicUnreviewed: "خفافيش أو حشرات",
    family: "bird",
    features: {
      mass: logNormal(0.0001, 0.01, 0.03, "estimate", "EST"),
      size: normal(0.03, 0.2, 0.4, "estimate", "EST"),
      speed: logNormal(2, 6, 12, "estimate", "EST"),
      climbRate: logNormal(0.2, 1, 3, "estimate", "EST"),
      acceleration: logNormal(0.5, 3, 8, "estimate", "EST"),
      turnRate: degrees(logNormal(5, 30, 120, "estimate", "EST")),
      heightAboveGround: logNormal(3, 40, 500, "estimate", "EST"),
      rcsDbsm: normal(-55, -42, -32, "literature-recalled", "VAUGHN-1985"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(7, 11, 60, "estimate", "EST"),
    },
    hoverShare: 0.03,
    microDoppler: { rotor: 0.01, flap: 0.3, none: 0.69 },
    radio: { bandsMegahertz: [], emitProbability: 0 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "low",
    taxonomy: { sapient: ["Animal"], cotType: "b-x-picket-bird" },
  },
  {
    id: "manned.helicopter",
    label: "Helicopter",
    labelArabicUnreviewed: "مروحية مأهولة",
    family: "manned",
    features: {
      size: normal(9, 13, 20, "estimate", "EST"),
      speed: logNormal(5, 50, 75, "estimate", "EST"),
      climbRate: logNormal(0.5, 4, 9, "estimate", "EST"),
      acceleration: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      turnRate: degrees(logNormal(0.3, 3, 15, "estimate", "EST")),
      heightAboveGround: logNormal(20, 250, 1500, "estimate", "EST"),
      rcsDbsm: normal(2, 9, 17, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(9, 17, 28, "estimate", "EST"),
    },
    hoverShare: 0.12,
    microDoppler: { rotor: 0.8, flap: 0.002, none: 0.198 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.8 },
    remoteIdProbability: 0,
    adsbProbability: 0.6,
    heat: "high",
    manned: true,
    taxonomy: { sapient: ["Air Vehicle", "Manned"], sidc: { symbolSet: "01", entity: "120200" }, cotType: "a-.-A-C-H" },
  },
  {
    id: "manned.light",
    label: "Light aeroplane",
    labelArabicUnreviewed: "طائرة خفيفة",
    family: "manned",
    features: {
      size: normal(7, 10, 14, "estimate", "EST"),
      speed: logNormal(30, 50, 75, "estimate", "EST"),
      climbRate: logNormal(0.5, 3, 7, "estimate", "EST"),
      acceleration: logNormal(0.2, 0.8, 2.5, "estimate", "EST"),
      turnRate: degrees(logNormal(0.2, 2, 8, "estimate", "EST")),
      heightAboveGround: logNormal(100, 700, 3000, "estimate", "EST"),
      rcsDbsm: normal(-2, 5, 12, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(60, 80, 120, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { prop: 0.5, rotor: 0.02, flap: 0.002, none: 0.478 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.8 },
    remoteIdProbability: 0,
    adsbProbability: 0.55,
    heat: "high",
    manned: true,
    taxonomy: { sapient: ["Air Vehicle", "Manned"], sidc: { symbolSet: "01", entity: "120100" }, cotType: "a-.-A-C-F" },
  },
  {
    id: "manned.ultralight",
    label: "Paraglider, paramotor, ultralight",
    labelArabicUnreviewed: "طائرة شراعية أو خفيفة جداً",
    family: "manned",
    features: {
      size: normal(3, 8, 11, "estimate", "EST"),
      speed: logNormal(7, 12, 28, "estimate", "EST"),
      climbRate: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      acceleration: logNormal(0.2, 0.8, 2, "estimate", "EST"),
      turnRate: degrees(logNormal(0.5, 5, 20, "estimate", "EST")),
      heightAboveGround: logNormal(30, 300, 2000, "estimate", "EST"),
      rcsDbsm: normal(-6, 0, 6, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.01,
    microDoppler: { prop: 0.35, rotor: 0.02, flap: 0.002, none: 0.628 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.8 },
    remoteIdProbability: 0,
    adsbProbability: 0.08,
    heat: "high",
    manned: true,
    taxonomy: { sapient: ["Air Vehicle", "Manned"], sidc: { symbolSet: "01", entity: "120100" }, cotType: "a-.-A-C-F" },
  },
  {
    id: "manned.transport",
    label: "Transport or airliner",
    labelArabicUnreviewed: "طائرة نقل",
    family: "manned",
    features: {
      size: normal(20, 38, 65, "estimate", "EST"),
      speed: logNormal(65, 110, 240, "estimate", "EST"),
      climbRate: logNormal(1, 7, 14, "estimate", "EST"),
      acceleration: logNormal(0.2, 0.8, 2.5, "estimate", "EST"),
      turnRate: degrees(logNormal(0.1, 0.8, 3, "estimate", "EST")),
      heightAboveGround: logNormal(150, 2500, 11000, "estimate", "EST"),
      rcsDbsm: normal(8, 15, 25, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { rotor: 0.02, flap: 0.001, none: 0.979 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.8 },
    remoteIdProbability: 0,
    adsbProbability: 0.95,
    heat: "high",
    manned: true,
    taxonomy: { sapient: ["Air Vehicle", "Manned"], sidc: { symbolSet: "01", entity: "120100" }, cotType: "a-.-A-C-F" },
  },
  {
    id: "manned.jet",
    label: "Fast jet",
    labelArabicUnreviewed: "طائرة نفاثة سريعة",
    family: "manned",
    features: {
      size: normal(10, 15, 20, "estimate", "EST"),
      speed: logNormal(90, 180, 300, "estimate", "EST"),
      climbRate: logNormal(1, 20, 100, "estimate", "EST"),
      acceleration: logNormal(1, 8, 40, "estimate", "EST"),
      turnRate: degrees(logNormal(0.2, 3, 15, "estimate", "EST")),
      heightAboveGround: logNormal(100, 2500, 11000, "estimate", "EST"),
      rcsDbsm: normal(-5, 3, 10, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { rotor: 0.01, flap: 0.001, none: 0.989 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.8 },
    remoteIdProbability: 0,
    adsbProbability: 0.2,
    heat: "high",
    manned: true,
    taxonomy: { sapient: ["Air Vehicle", "Manned"], sidc: { symbolSet: "01", entity: "110100" }, cotType: "a-.-A-M-F" },
  },
  {
    id: "lta.balloon",
    label: "Drifting balloon or lantern",
    labelArabicUnreviewed: "منطاد حر",
    family: "lta",
    features: {
      size: normal(0.25, 0.6, 2, "estimate", "EST"),
      speed: logNormal(1, 5, 14, "estimate", "EST"),
      climbRate: logNormal(0.5, 2.5, 6, "estimate", "EST"),
      acceleration: logNormal(0.02, 0.15, 0.6, "estimate", "EST"),
      turnRate: degrees(logNormal(0.05, 0.8, 4, "estimate", "EST")),
      heightAboveGround: logNormal(10, 300, 8000, "estimate", "EST"),
      rcsDbsm: normal(-32, -22, -10, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.05,
    microDoppler: { rotor: 0.003, flap: 0.002, none: 0.995 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: { sapient: ["Air Vehicle"], sidc: { symbolSet: "01", entity: "120400" }, cotType: "a-.-A-C-L" },
  },
  {
    id: "lta.radiosonde",
    label: "Weather balloon with radiosonde",
    labelArabicUnreviewed: "منطاد أرصاد",
    family: "lta",
    features: {
      size: normal(1.5, 2, 8, "estimate", "EST"),
      speed: logNormal(1, 8, 30, "estimate", "EST"),
      climbRate: logNormal(4, 5, 6, "estimate", "EST"),
      acceleration: logNormal(0.02, 0.15, 0.5, "estimate", "EST"),
      turnRate: degrees(logNormal(0.05, 0.6, 3, "estimate", "EST")),
      heightAboveGround: logNormal(50, 5000, 30000, "estimate", "EST"),
      rcsDbsm: normal(-20, -10, 0, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.0,
    microDoppler: { rotor: 0.002, flap: 0.002, none: 0.996 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: { sapient: ["Air Vehicle"], sidc: { symbolSet: "01", entity: "120400" }, cotType: "a-.-A-C-L" },
  },
  {
    id: "lta.aerostat",
    label: "Tethered aerostat",
    labelArabicUnreviewed: "منطاد مقيّد",
    family: "lta",
    features: {
      size: normal(5, 17, 35, "estimate", "EST"),
      speed: logNormal(0.1, 0.5, 2, "estimate", "EST"),
      climbRate: logNormal(0.05, 0.2, 1, "estimate", "EST"),
      acceleration: logNormal(0.02, 0.1, 0.5, "estimate", "EST"),
      turnRate: degrees(logNormal(0.1, 1, 8, "estimate", "EST")),
      heightAboveGround: logNormal(50, 300, 1500, "estimate", "EST"),
      rcsDbsm: normal(0, 8, 18, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.9,
    microDoppler: { rotor: 0.002, flap: 0.002, none: 0.996 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: { sapient: ["Air Vehicle"], sidc: { symbolSet: "01", entity: "120600" }, cotType: "a-.-A-C-L" },
  },
  {
    id: "lta.kite",
    label: "Kite or wind-blown debris",
    labelArabicUnreviewed: "طائرة ورقية أو حطام",
    family: "lta",
    features: {
      size: normal(0.4, 0.9, 2, "estimate", "EST"),
      speed: logNormal(0.3, 2, 8, "estimate", "EST"),
      climbRate: logNormal(0.2, 1, 4, "estimate", "EST"),
      acceleration: logNormal(0.2, 1.5, 5, "estimate", "EST"),
      turnRate: degrees(logNormal(2, 20, 90, "estimate", "EST")),
      heightAboveGround: logNormal(3, 30, 150, "estimate", "EST"),
      rcsDbsm: normal(-30, -20, -10, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.3,
    microDoppler: { rotor: 0.005, flap: 0.05, none: 0.945 },
    radio: { bandsMegahertz: [1090, 118], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0.0,
    heat: "low",
    taxonomy: { sapient: ["Air Vehicle"], sidc: { symbolSet: "01", entity: "140000" }, cotType: "b-x-picket-other" },
  },
  {
    id: "ground.vehicle",
    label: "Ground vehicle",
    labelArabicUnreviewed: "مركبة أرضية",
    family: "ground",
    features: {
      size: normal(3.5, 5, 14, "estimate", "EST"),
      speed: logNormal(1, 12, 33, "estimate", "EST"),
      climbRate: logNormal(0.02, 0.15, 0.8, "estimate", "EST"),
      acceleration: logNormal(0.2, 1, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(0.1, 3, 25, "estimate", "EST")),
      heightAboveGround: logNormal(0.3, 1.5, 4, "estimate", "EST"),
      rcsDbsm: normal(2, 10, 20, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
    },
    hoverShare: 0.3,
    microDoppler: { rotor: 0.03, flap: 0.005, none: 0.965 },
    radio: { bandsMegahertz: [], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "high",
    roadBound: true,
    taxonomy: { sapient: ["Land Vehicle"], cotType: "a-.-G-E-V" },
  },
  {
    id: "ground.person",
    label: "Person",
    labelArabicUnreviewed: "شخص",
    family: "ground",
    features: {
      size: normal(1.5, 1.75, 2, "estimate", "EST"),
      speed: logNormal(0.4, 1.3, 4, "estimate", "EST"),
      climbRate: logNormal(0.01, 0.05, 0.4, "estimate", "EST"),
      acceleration: logNormal(0.1, 0.5, 2, "estimate", "EST"),
      turnRate: degrees(logNormal(1, 10, 60, "estimate", "EST")),
      heightAboveGround: logNormal(0.3, 1, 2, "estimate", "EST"),
      rcsDbsm: normal(-10, -4, 2, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(4, 6, 9, "estimate", "EST"),
      microDopplerRate: logNormal(1, 1.8, 3, "estimate", "EST"),
    },
    hoverShare: 0.3,
    microDoppler: { rotor: 0.002, flap: 0.2, none: 0.798 },
    radio: { bandsMegahertz: [], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "high",
    taxonomy: { sapient: ["Human"], cotType: "a-.-G" },
  },
  {
    id: "clutter.wind_turbine",
    label: "Wind turbine",
    labelArabicUnreviewed: "توربين رياح",
    family: "clutter",
    features: {
      size: normal(50, 110, 180, "estimate", "EST"),
      speed: logNormal(0.05, 0.3, 2, "estimate", "EST"),
      climbRate: logNormal(0.01, 0.1, 1, "estimate", "EST"),
      acceleration: logNormal(0.05, 0.5, 3, "estimate", "EST"),
      turnRate: degrees(logNormal(10, 60, 180, "estimate", "EST")),
      heightAboveGround: logNormal(30, 80, 150, "estimate", "EST"),
      rcsDbsm: normal(15, 28, 42, "textbook", "TEXTBOOK-RADAR"),
      rcsFluctuationDb: normal(5, 8, 14, "estimate", "EST"),
      microDopplerRate: logNormal(0.4, 0.75, 1.1, "estimate", "EST"),
      microDopplerTipSpeed: normal(50, 75, 95, "estimate", "EST"),
    },
    hoverShare: 0.95,
    microDoppler: { rotor: 0.5, flap: 0.05, none: 0.45 },
    radio: { bandsMegahertz: [], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "high",
    fixed: true,
    taxonomy: { sapient: ["Other"], cotType: "b-x-picket-clutter" },
  },
  {
    id: "clutter.false_track",
    label: "False track (noise, multipath, vegetation, weather, dust)",
    labelArabicUnreviewed: "مسار كاذب",
    family: "clutter",
    features: {
      speed: logNormal(0.2, 5, 30, "estimate", "EST"),
      climbRate: logNormal(0.1, 2, 15, "estimate", "EST"),
      acceleration: logNormal(1, 6, 30, "estimate", "EST"),
      turnRate: degrees(logNormal(5, 45, 160, "estimate", "EST")),
      heightAboveGround: logNormal(1, 40, 600, "estimate", "EST"),
      rcsDbsm: normal(-35, -20, 0, "estimate", "EST"),
      rcsFluctuationDb: normal(5, 9, 14, "estimate", "EST"),
    },
    hoverShare: 0.1,
    microDoppler: { rotor: 0.03, flap: 0.05, none: 0.92 },
    radio: { bandsMegahertz: [], emitProbability: 0.1 },
    remoteIdProbability: 0,
    adsbProbability: 0,
    heat: "high",
    lifetime: [2, 5, 20],
    taxonomy: { sapient: ["Other"], cotType: "b-x-picket-clutter" },
  },
];

const byId = new Map(TARGET_CLASSES.map((one) => [one.id, one]));

/** The class with this identifier; undefined when there is none. */
export const findTargetClass = (id: string): TargetClass | undefined => byId.get(id);
