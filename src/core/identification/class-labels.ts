// Words for a kind of object, from sensors and from what objects say of themselves, brought to the classes they mean. A word that is
// not known says nothing: it is no evidence.

import type { Micros } from "../base/units.ts";
import type { SensorKind } from "../model/site.ts";
import type { TargetClass } from "../model/target-classes.ts";
import type { ClaimFact } from "../model/track-facts.ts";

/** What an object, or a partner for it, says it is. `category` is in the words that codecs give (ClaimStatements.category). */
export interface ClassClaim {
  readonly sensorId: string;
  /** How it was said. */
  readonly kind: "remote-id" | "adsb" | "partner" | "own-system" | "other";
  readonly category: string;
  /** Newest. */
  readonly at: Micros;
  /** 0..1 that the claim is to be believed at all; undefined: the default of its kind. A spoof check that finds something lowers it. */
  readonly reliability?: number;
}

/** Beginnings of identifiers in core/model/target-classes. */
type Meaning = readonly string[];
const ROTARY: Meaning = ["uas.multirotor", "uas.fpv", "uas.helicopter"];
const WINGED: Meaning = ["uas.fixedwing", "uas.tactical", "uas.vtol", "uas.oneway"];
const AEROPLANE: Meaning = ["manned.light", "manned.transport", "manned.jet", "manned.ultralight"];
const FALSE: Meaning = ["clutter.false_track"];

/**
 * Words as the codecs hand them on, in lower case: SAPIENT paths (protocols/sapient/taxonomy), EUROCONTROL CAT010/020/048 kinds of
 * target, ADS-B emitter categories, ASTM F3411 types, CoT types in words, MAVLink vehicle types.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // SAPIENT
  "air vehicle/uav rotary wing": ROTARY,
  "air vehicle/uav fixed wing": WINGED,
  "air vehicle/manned rotary wing": ["manned.helicopter"],
  "air vehicle/manned fixed wing": AEROPLANE,
  "air vehicle/manned": ["manned"],
  "air vehicle": ["uas", "manned", "lta"],
  animal: ["bird", "insect_bat"],
  "animal/bird": ["bird"],
  human: ["ground.person"],
  "land vehicle": ["ground.vehicle"],
  "fixed object": ["clutter.wind_turbine", "lta.aerostat"],
  // ASTERIX
  aircraft: AEROPLANE,
  helicopter: ["manned.helicopter"],
  "ground vehicle": ["ground.vehicle"],
  "road vehicle": ["ground.vehicle"],
  bird: ["bird"],
  "flock of birds": ["bird.flock"],
  angel: ["bird", "insect_bat", "clutter.false_track"],
  "wind turbine": ["clutter.wind_turbine"],
  "fixed echo": ["clutter"],
  reflection: FALSE,
  "side-lobe reply": FALSE,
  "second-time-around reply": FALSE,
  "phantom reply": FALSE,
  "ghost track": FALSE,
  "field monitor (fixed transponder)": ["clutter"],
  // ADS-B
  "light aircraft": ["manned.light", "manned.ultralight"],
  "small aircraft": ["manned.light", "manned.transport"],
  "medium aircraft": ["manned.transport"],
  "large aircraft": ["manned.transport"],
  "high-vortex large aircraft": ["manned.transport"],
  "heavy aircraft": ["manned.transport"],
  "high-performance aircraft": ["manned.jet"],
  "highly manoeuvrable high-speed aircraft": ["manned.jet"],
  rotorcraft: ["manned.helicopter"],
  "glider or sailplane": ["manned.light", "manned.ultralight"],
  "lighter than air": ["lta"],
  "ultralight, hang-glider or paraglider": ["manned.ultralight"],
  "unmanned aerial vehicle": ["uas"],
  "surface emergency vehicle": ["ground.vehicle"],
  "surface service vehicle": ["ground.vehicle"],
  "point obstacle": ["clutter", "lta.aerostat"],
  "fixed or tethered obstacle": ["clutter", "lta.aerostat"],
  "cluster obstacle": ["clutter"],
  "line obstacle": ["clutter"],
  // ASTM F3411 and MAVLink: said by unmanned aircraft
  aeroplane: WINGED,
  "fixed wing": WINGED,
  "helicopter or multirotor": ROTARY,
  gyroplane: ["uas.helicopter"],
  "hybrid lift (vtol)": ["uas.vtol"],
  "coaxial helicopter": ["uas.helicopter"],
  glider: ["uas.fixedwing"],
  kite: ["lta.kite"],
  "free balloon": ["lta.balloon", "lta.radiosonde"],
  "captive balloon": ["lta.aerostat"],
  "tethered powered aircraft": ROTARY,
  "ground rover": ["ground.vehicle"],
  // CoT, after the dimension
  "military fixed-wing drone": WINGED,
  "military rotary-wing drone": ROTARY,
  "military fixed wing": ["manned.jet", "manned.transport"],
  "military rotary wing": ["manned.helicopter"],
  "civil fixed wing": AEROPLANE,
  "civil rotary wing": ["manned.helicopter", "uas.multirotor.small"],
  "civil lighter than air": ["lta"],
  "military lighter than air": ["lta"],
};

/** For words that no table has, first match wins. Each is bounded by its words, so that "androne" is no drone. */
const PATTERNS: readonly (readonly [RegExp, Meaning])[] = [
  [/\bfixed[ -]?wing (drone|uav|uas)\b|\b(drone|uav|uas)[ /,-]*fixed[ -]?wing\b/, WINGED],
  [/\bvtol\b/, ["uas.vtol"]],
  [/\b(quad|hexa|octo|tri|dodeca|deca|multi)-?(copter|rotor)s?\b|\bfpv\b|\brotary[ -]?wing (drone|uav|uas)\b/, ROTARY],
  [/\b(drone|uav|uas|rpas|unmanned)\b/, ["uas"]],
  [/\b(flock|birds)\b/, ["bird"]],
  [/\b(bird|gull|goose|geese|stork|kite bird|eagle|crow|pigeon)\b/, ["bird"]],
  [/\bbat\b|\binsects?\b/, ["insect_bat"]],
  [/\bhelicopter\b/, ["manned.helicopter"]],
  [/\bballoon\b/, ["lta.balloon", "lta.radiosonde"]],
  [/\b(aircraft|airliner|aeroplane|airplane|jet)\b/, AEROPLANE],
  [/\b(car|truck|lorry|vehicle)\b/, ["ground.vehicle"]],
  [/\b(person|pedestrian|human)\b/, ["ground.person"]],
  [/\b(clutter|noise|false|rain|weather)\b/, ["clutter"]],
];

const LONGEST_LABEL = 96;

/** Beginnings of the identifiers of the classes that a word means; undefined for a word without a meaning here. */
export function meaningOf(label: string): Meaning | undefined {
  let text = label.slice(0, LONGEST_LABEL).trim().toLowerCase();
  const direct = MEANINGS[text];
  if (Object.hasOwn(MEANINGS, text)) return direct;
  text = text.replace(/^[abcd][0-7] /, ""); // "A3 large aircraft"
  text = text.replace(/, eu .*$/, ""); // "helicopter or multirotor, EU open class C1"
  text = text.replace(/^(air|ground|sea surface|other), /, ""); // "air, military rotary-wing drone"
  if (Object.hasOwn(MEANINGS, text)) return MEANINGS[text];
  // A path that goes deeper than the table: its longest known beginning.
  for (let cut = text.lastIndexOf("/"); cut > 0; cut = text.lastIndexOf("/", cut - 1)) {
    const head = text.slice(0, cut);
    if (head !== "air vehicle" && Object.hasOwn(MEANINGS, head)) return MEANINGS[head];
  }
  for (const [pattern, meaning] of PATTERNS) if (pattern.test(text)) return meaning;
  return undefined;
}

export const means = (meaning: Meaning, targetClass: TargetClass): boolean =>
  meaning.some((beginning) => targetClass.id.startsWith(beginning));

/** How good a sensor's own word is. Two numbers of a confusion table; the table itself is `confusion`. */
export interface LabelQuality {
  /** P(the right word | the object) at full confidence. */
  readonly right: number;
  /** Among wrong words, how many times likelier one for something that looks alike. */
  readonly alike: number;
}

/** By kind of sensor; estimates, to be set for each sensor from its own labelled tracks. */
export const LABEL_QUALITY: Readonly<Record<SensorKind, LabelQuality>> = {
  radar: { right: 0.7, alike: 3 },
  "radar-2d": { right: 0.55, alike: 3 },
  "rf-direction-finder": { right: 0.8, alike: 2 },
  "rf-tdoa": { right: 0.8, alike: 2 },
  "remote-id": { right: 0.9, alike: 2 },
  adsb: { right: 0.9, alike: 2 },
  camera: { right: 0.85, alike: 3 },
  acoustic: { right: 0.7, alike: 2 },
  "track-feed": { right: 0.75, alike: 3 },
  other: { right: 0.6, alike: 3 },
};

/** Kinds of word that sensors use; a wrong word is spread over so many. */
const WORDS = 8;
/** Families that are mistaken for each other. */
const LOOKS_LIKE: Readonly<Record<string, readonly string[]>> = {
  uas: ["bird", "manned", "lta"],
  bird: ["uas", "clutter"],
  manned: ["uas"],
  lta: ["uas"],
  ground: ["clutter"],
  clutter: ["bird", "ground"],
};

/**
 * The confusion table of one word as a column: P(this word | object of each class), [classes + 1], the last for an unknown object.
 * A word that means more classes says less about each: all of them get the same.
 */
export function confusion(classes: readonly TargetClass[], meaning: Meaning, quality: LabelQuality, confidence: number): Float64Array {
  const out = new Float64Array(classes.length + 1);
  const right = quality.right * confidence;
  const wrong = (1 - right) / WORDS;
  const families = new Set<string>();
  for (const one of classes) if (means(meaning, one)) families.add(one.family);
  const farther = wrong / quality.alike;
  for (let m = 0; m < classes.length; m++) {
    const one = classes[m]!;
    if (means(meaning, one)) out[m] = right + wrong;
    else if (families.has(one.family)) out[m] = Math.max(wrong * quality.alike, 0.3 * right);
    else out[m] = LOOKS_LIKE[one.family]?.some((other) => families.has(other)) ? wrong : farther;
  }
  // Something unknown is called something: the nearest word, often.
  out[classes.length] = 0.25 * right + wrong;
  return out;
}

/** Reliability of a claim by how it is said: that it is really this object's and tells what the object is. Estimates. */
export const CLAIM_RELIABILITY: Readonly<Record<ClassClaim["kind"], number>> = {
  "remote-id": 0.9,
  adsb: 0.95,
  partner: 0.75,
  "own-system": 0.98,
  other: 0.6,
};

const CLAIM_KIND: Partial<Readonly<Record<SensorKind, ClassClaim["kind"]>>> = {
  "remote-id": "remote-id",
  "rf-direction-finder": "remote-id",
  adsb: "adsb",
  "track-feed": "partner",
};

const NO_CLAIMS: readonly ClassClaim[] = [];

/** What claims say of a class; those without a category say nothing. */
export function classClaims(claims: readonly ClaimFact[]): readonly ClassClaim[] {
  if (claims.length === 0) return NO_CLAIMS;
  const found: ClassClaim[] = [];
  for (const { sensorId, sensorKind, heardAt, statements } of claims) {
    const { category } = statements;
    if (category === undefined || category === "") continue;
    const own = statements.transport === "MAVLink" && statements.authenticated === true;
    const kind =
      own || sensorKind === "other"
        ? own
          ? "own-system"
          : statements.serial !== undefined || statements.sessionId !== undefined
            ? "remote-id"
            : statements.icao24 !== undefined
              ? "adsb"
              : "other"
        : (CLAIM_KIND[sensorKind] ?? "other");
    found.push({ sensorId, kind, category, at: heardAt });
  }
  return found;
}
