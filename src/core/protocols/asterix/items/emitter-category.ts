// Emitter category of an ADS-B participant: I021/020 (EUROCONTROL-SPEC-0149-12 edition 2.7) and, with the same numbers,
// I062/380 subfield 21. The words are ours. The claim of a broadcast, not what the object is known to be.

const WORDS: readonly (string | undefined)[] = [
  undefined,
  "light aircraft",
  "small aircraft",
  "medium aircraft",
  "high-vortex large aircraft",
  "heavy aircraft",
  "highly manoeuvrable high-speed aircraft",
  undefined,
  undefined,
  undefined,
  "rotorcraft",
  "glider",
  "lighter than air",
  "unmanned aerial vehicle",
  "space vehicle",
  "ultralight, hang-glider or paraglider",
  "parachutist",
  undefined,
  undefined,
  undefined,
  "surface emergency vehicle",
  "surface service vehicle",
  "fixed or tethered obstacle",
  "cluster obstacle",
  "line obstacle",
];

/** Plain words; undefined for "no information" and for numbers without a meaning. */
export const emitterCategory = (code: number): string | undefined => WORDS[code];

const EMERGENCIES: readonly (string | undefined)[] = [
  undefined,
  "general emergency",
  "medical flight",
  "minimum fuel",
  "no communications",
  "unlawful interference",
  "downed aircraft",
];

/** I021/200 priority status and I062/080 EMS. */
export const priorityStatus = (code: number): string | undefined => EMERGENCIES[code];
