// Class names of two generations of the interface, and of habit, brought to one spelling. Unknown words are kept as they came.

/** Lower-case spelling -> path in the core taxonomy. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  "rotor uav": ["Air Vehicle", "UAV Rotary Wing"],
  "uav rotary": ["Air Vehicle", "UAV Rotary Wing"],
  "uav rotary wing": ["Air Vehicle", "UAV Rotary Wing"],
  multirotor: ["Air Vehicle", "UAV Rotary Wing"],
  quadcopter: ["Air Vehicle", "UAV Rotary Wing"],
  drone: ["Air Vehicle", "UAV Rotary Wing"],
  "fixed wing uav": ["Air Vehicle", "UAV Fixed Wing"],
  "uav fixed wing": ["Air Vehicle", "UAV Fixed Wing"],
  helicopter: ["Air Vehicle", "Manned Rotary Wing"],
  rotor: ["Air Vehicle", "Manned Rotary Wing"],
  "manned rotary wing": ["Air Vehicle", "Manned Rotary Wing"],
  "fixed wing": ["Air Vehicle", "Manned Fixed Wing"],
  aircraft: ["Air Vehicle", "Manned Fixed Wing"],
  "manned fixed wing": ["Air Vehicle", "Manned Fixed Wing"],
  "static object": ["Fixed Object"],
  "fixed object": ["Fixed Object"],
  vehicle: ["Land Vehicle"],
  "land vehicle": ["Land Vehicle"],
  "ground station": ["Air Vehicle", "UAS Control Station"],
  "uas control station": ["Air Vehicle", "UAS Control Station"],
  "air vehicle": ["Air Vehicle"],
  animal: ["Animal"],
  bird: ["Animal", "Bird"],
  human: ["Human"],
  "sea vessel": ["Sea Vessel"],
  equipment: ["Equipment"],
  unknown: ["Unknown"],
};

const fold = (word: string) =>
  word
    .trim()
    .replace(/[\s_-]+/g, " ")
    .toLowerCase();

/**
 * Core path of a chain of class names, most general first: ["Air Vehicle", "Rotor UAV"] is ["Air Vehicle", "UAV Rotary Wing"].
 * A name that is not known stays in the sender's spelling, trimmed.
 */
export function normalizeClassPath(names: readonly string[]): string[] {
  const path: string[] = [];
  for (const [index, name] of names.entries()) {
    const known = ALIASES[fold(name)];
    if (known === undefined) path.push(name.trim());
    // "Animal/Other/Bird": an alias with its own root replaces what was said only where nothing more exact stands before it.
    else if (index === 0) path.push(...known);
    else if (known.length > 1 && known[0] === path[0]) path.splice(1, path.length - 1, ...known.slice(1));
    else path.push(known[known.length - 1]);
  }
  return path;
}

/** Behaviour words of the interface; others are extensions. None of them is of flight. */
export const BEHAVIOURS: readonly string[] = [
  "walking",
  "running",
  "crawling",
  "climbing",
  "digging",
  "throwing",
  "loitering",
  "active",
  "passive",
  "other",
];
