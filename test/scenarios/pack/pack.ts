import { balloon } from "./balloon.ts";
import { contradictions, flood64 } from "./broadcasts.ts";
import { companion } from "./companion.ts";
import { ownDrone } from "./own-drone.ts";
import type { PackScenario } from "./pack-scenario.ts";

export const PACK: readonly PackScenario[] = [companion, ownDrone, balloon, flood64, contradictions];
