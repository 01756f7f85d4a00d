import { balloon } from "./balloon.ts";
import { contradictions, flood64 } from "./broadcasts.ts";
import { companion } from "./companion.ts";
import { fixedWing, helicopter, migration, swarm } from "./manned-and-many.ts";
import { ownDrone } from "./own-drone.ts";
import type { PackScenario } from "./pack-scenario.ts";

const MANY: readonly PackScenario[] = [companion, ownDrone, balloon, flood64, contradictions, fixedWing, swarm, helicopter];

/** In full: an hour of migration. */
export const PACK: readonly PackScenario[] = [...MANY, migration(60)];
/** For `npm test`. */
export const SHORT_PACK: readonly PackScenario[] = MANY;
