// Draws the pictures of docs/tracking.md: node --import tsx bench/tracker-pictures.ts. One plan and one GOSPA curve for each generated scene, seed 1.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScoreSheet } from "../src/core/metrics/score.ts";
import { GENERATORS } from "../src/core/simulation/tracking-scenarios/generators.ts";
import { drawGospa, drawPlan } from "../src/server/cli/track-report.ts";
import { runScenario, scenarioFromRows, scoreRun, settingsFor } from "../src/server/cli/track-scenario.ts";

const folder = join(import.meta.dirname, "../docs/images/tracking");
mkdirSync(folder, { recursive: true });
for (const [name, generate] of Object.entries(GENERATORS)) {
  const scenario = scenarioFromRows(generate(1));
  const { estimates } = runScenario(scenario, scenario.runs[0]!, settingsFor(scenario));
  const sheet = createScoreSheet(scenario.header.gospa.c, scenario.header.gospa.p);
  scoreRun(sheet, scenario, 0, estimates);
  writeFileSync(join(folder, `${name}.svg`), `${drawPlan(scenario, 0, estimates)}\n`);
  writeFileSync(join(folder, `${name}-gospa.svg`), `${drawGospa(sheet.steps)}\n`);
}
