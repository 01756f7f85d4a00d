// Which table reads which record: the edition is a matter of each sensor, and a wrong one decodes into plausible rubbish.

import type { DecodeError } from "../decode-error.ts";
import type { ProtocolOptions } from "../protocol.ts";
import { CAT001_1_4 } from "./categories/cat001.ts";
import { CAT002_1_2 } from "./categories/cat002.ts";
import { CAT010_1_1 } from "./categories/cat010.ts";
import { CAT015_1_2 } from "./categories/cat015.ts";
import { CAT016_1_0 } from "./categories/cat016.ts";
import { CAT019_1_3 } from "./categories/cat019.ts";
import { CAT020_1_11 } from "./categories/cat020.ts";
import { CAT021_0_26, CAT021_2_1, CAT021_2_4, CAT021_2_7 } from "./categories/cat021.ts";
import { CAT023_1_3 } from "./categories/cat023.ts";
import { CAT034_1_27, CAT034_1_29 } from "./categories/cat034.ts";
import { CAT048_1_23, CAT048_1_27, CAT048_1_32 } from "./categories/cat048.ts";
import { CAT062_1_12, CAT062_1_17, CAT062_1_20, CAT062_1_21 } from "./categories/cat062.ts";
import { CAT063_1_6, CAT063_1_7 } from "./categories/cat063.ts";
import { CAT065_1_5, CAT065_1_6 } from "./categories/cat065.ts";
import { CAT129_1_2 } from "./categories/cat129.ts";
import { CAT205_1_0 } from "./categories/cat205.ts";
import { type CompiledTable, compileTable } from "./scan.ts";
import type { CategoryTable } from "./structure.ts";

/** Every table that Picket holds; the first of a category is its default. */
export const TABLES: readonly CategoryTable[] = [
  CAT001_1_4,
  CAT002_1_2,
  CAT010_1_1,
  CAT015_1_2,
  CAT016_1_0,
  CAT019_1_3,
  CAT020_1_11,
  CAT021_2_7,
  CAT021_2_4,
  CAT021_2_1,
  CAT021_0_26,
  CAT023_1_3,
  CAT034_1_29,
  CAT034_1_27,
  CAT048_1_32,
  CAT048_1_27,
  CAT048_1_23,
  CAT062_1_21,
  CAT062_1_20,
  CAT062_1_17,
  CAT062_1_12,
  CAT063_1_7,
  CAT063_1_6,
  CAT065_1_6,
  CAT065_1_5,
  CAT129_1_2,
  CAT205_1_0,
];

const defaults = new Map<number, CompiledTable>();
const byEdition = new Map<string, CompiledTable>();
for (const table of TABLES) {
  const compiled = compileTable(table);
  if (!defaults.has(table.category)) defaults.set(table.category, compiled);
  byEdition.set(`${table.category}:${table.edition}`, compiled);
}

/** The table of an edition ("1.32"), or of the default edition; undefined when Picket holds none. */
export function findTable(category: number, edition?: string): CompiledTable | undefined {
  return edition === undefined ? defaults.get(category) : byEdition.get(`${category}:${edition}`);
}

/** Editions held of a category, the default first. */
export const editionsOf = (category: number): string[] =>
  TABLES.filter((table) => table.category === category).map((table) => table.edition);

/** How `ProtocolOptions.editions` was understood. */
export interface EditionPlan {
  /** For a category as a whole. */
  readonly byCategory: ReadonlyMap<number, CompiledTable | DecodeError>;
  /** For one sensor: key (SAC * 256 + SIC) * 256 + category. */
  readonly bySensor: ReadonlyMap<number, CompiledTable | DecodeError>;
}

const plans = new WeakMap<object, EditionPlan>();
const NO_PLAN: EditionPlan = { byCategory: new Map(), bySensor: new Map() };

/**
 * Reads {"048": "1.32", "23/2:048": "1.23"}. An edition that Picket does not hold becomes an error for each block of it, not a guess.
 */
export function planEditions(options: ProtocolOptions): EditionPlan {
  const editions = options.editions;
  if (editions === undefined) return NO_PLAN;
  const known = plans.get(editions);
  if (known !== undefined) return known;
  const byCategory = new Map<number, CompiledTable | DecodeError>();
  const bySensor = new Map<number, CompiledTable | DecodeError>();
  for (const [key, edition] of Object.entries(editions)) {
    const match = /^(?:(\d{1,3})\/(\d{1,3}):)?(?:CAT)?(\d{1,3})$/i.exec(key.trim());
    if (match === null) continue; // not an ASTERIX key; the configuration's schema has told the user
    const category = Number(match[3]);
    const chosen = findTable(category, edition) ?? missingEdition(category, edition);
    if (match[1] === undefined) byCategory.set(category, chosen);
    else bySensor.set((Number(match[1]) * 256 + Number(match[2])) * 256 + category, chosen);
  }
  const plan = { byCategory, bySensor };
  plans.set(editions, plan);
  return plan;
}

function missingEdition(category: number, edition: string): DecodeError {
  const held = editionsOf(category);
  const name = String(category).padStart(3, "0");
  return {
    code: "unsupported",
    item: `I${name}`,
    message: `edition ${edition} of category ${name} is configured, but ${held.length === 0 ? "no edition is held" : `only ${held.join(", ")} are held`}`,
  };
}

/** The table for a record of this category and source; an error where there is none. */
export function chooseTable(plan: EditionPlan, category: number, sac: number, sic: number): CompiledTable | DecodeError {
  if (plan.bySensor.size > 0) {
    const chosen = plan.bySensor.get((sac * 256 + sic) * 256 + category);
    if (chosen !== undefined) return chosen;
  }
  const chosen = plan.byCategory.get(category) ?? defaults.get(category);
  if (chosen !== undefined) return chosen;
  const name = String(category).padStart(3, "0");
  return { code: "unsupported", item: `I${name}`, message: `category ${name} is not one that Picket reads` };
}
