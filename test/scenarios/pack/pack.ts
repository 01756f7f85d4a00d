import { balloon } from "./balloon.ts";
import type { PackScenario } from "./pack-scenario.ts";

export const PACK: readonly PackScenario[] = [balloon];
