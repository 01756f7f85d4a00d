// `picket track`: the tracker over a scenario file, in arrival order, causally.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createScoreSheet, readScore } from "../../core/metrics/score.ts";
import type { TrackerSettings } from "../../core/tracking/tracker-settings.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { reportPage } from "./track-report.ts";
import { misinform, readScenario, runScenario, type Scenario, scoreRun, settingsFor } from "./track-scenario.ts";

const HELP = `picket track --scenario FILE --out FILE [--set key=value ...] [--report FILE.html]

Runs the tracker over a scenario (JSON Lines; the format is in docs/tracking.md) in order of arrival, and writes one JSON array a line for
each whole step: [run, t, [[track_id, x, y(, z)], ...]]. A summary goes to stderr: detections a second of CPU time on a second pass, and
p50, p99 and maximum CPU time a scan in microseconds. The tracker never reads the truth or the sources of detections.

  --scenario FILE   the scenario
  --out FILE        where the estimates go
  --set key=value   a number or true/false of the tracker's settings (docs/tracking.md lists them), or missFactor / clutterFactor:
                    tell the tracker a wrong detection probability or clutter rate. May be repeated.
  --report FILE     an HTML page with truth, tracks and GOSPA over time

Examples
  picket track --scenario crossing.jsonl --out estimates.jsonl
  picket track --scenario swarm-50.jsonl --out e.jsonl --set missFactor=2 --report swarm.html

Exit codes: 0 done, 2 wrong usage or a file that cannot be read or written.
`;

interface Options {
  readonly settings: TrackerSettings;
  readonly missFactor: number;
  readonly clutterFactor: number;
}

/** Reads `--set` pairs over the scenario's preset; an unknown key names the keys there are. */
export function applySets(base: TrackerSettings, sets: readonly string[]): Options {
  const settings: Record<string, unknown> = { ...base };
  let missFactor = 1;
  let clutterFactor = 1;
  const keys = Object.entries(base)
    .filter(([, value]) => typeof value === "number" || typeof value === "boolean")
    .map(([key]) => key);
  for (const set of sets) {
    const split = set.indexOf("=");
    const key = split < 0 ? set : set.slice(0, split);
    const text = split < 0 ? "" : set.slice(split + 1);
    const value = text === "true" ? true : text === "false" ? false : Number(text);
    if (text === "" || (typeof value === "number" && !Number.isFinite(value)))
      throw new UsageError(`--set ${set}: expected key=number or key=true|false`);
    if (key === "missFactor") missFactor = Number(value);
    else if (key === "clutterFactor") clutterFactor = Number(value);
    else if (!keys.includes(key))
      throw new UsageError(`--set ${key}: unknown key; there are ${[...keys, "missFactor", "clutterFactor"].join(", ")}`);
    else if (typeof value !== typeof settings[key]) throw new UsageError(`--set ${key}: expected a ${typeof settings[key]}`);
    else settings[key] = value;
  }
  return { settings: settings as unknown as TrackerSettings, missFactor, clutterFactor };
}

/** The value below which the share `p` of `sorted` lies. */
export function percentile(sorted: readonly number[], p: number): number {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
}

export const trackCommand: CliCommand = {
  name: "track",
  summary: "run the tracker over a scenario file and write its estimates",
  help: HELP,
  async run(argv) {
    let values: { scenario?: string; out?: string; set?: string[]; report?: string; help?: boolean };
    try {
      ({ values } = parseArgs({
        args: [...argv],
        options: {
          scenario: { type: "string" },
          out: { type: "string" },
          set: { type: "string", multiple: true },
          report: { type: "string" },
          help: { type: "boolean" },
        },
      }));
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    if (values.help === true) {
      process.stdout.write(HELP);
      return 0;
    }
    if (values.scenario === undefined || values.out === undefined) throw new UsageError("track needs --scenario FILE and --out FILE");
    let scenario: Scenario;
    try {
      scenario = readScenario(readFileSync(values.scenario, "utf8").split("\n"));
    } catch (error) {
      throw new UsageError(`${values.scenario}: ${(error as Error).message}`);
    }
    const { settings, missFactor, clutterFactor } = applySets(settingsFor(scenario), values.set ?? []);
    const sensors = missFactor === 1 && clutterFactor === 1 ? scenario.sensors : misinform(scenario.sensors, missFactor, clutterFactor);

    const results = scenario.runs.map((run) => runScenario(scenario, run, settings, sensors));
    // Timed on a second pass: the first one compiles.
    const began = process.cpuUsage();
    for (const run of scenario.runs) runScenario(scenario, run, settings, sensors);
    const spent = process.cpuUsage(began);
    const seconds = (spent.user + spent.system) / 1e6;
    const micros = scenario.runs.flatMap((run) => runScenario(scenario, run, settings, sensors, true).scanMicros).sort((a, b) => a - b);

    const lines: string[] = [];
    results.forEach((result, run) => {
      result.estimates.forEach((tracks, step) => {
        lines.push(
          JSON.stringify([
            run,
            step * scenario.header.dt,
            tracks.map((track) => [track.id, ...track.position.slice(0, scenario.dimensions)]),
          ]),
        );
      });
    });
    try {
      writeFileSync(values.out, `${lines.join("\n")}\n`);
      if (values.report !== undefined) {
        const sheet = createScoreSheet(scenario.header.gospa.c, scenario.header.gospa.p);
        results.forEach((result, run) => {
          scoreRun(sheet, scenario, run, result.estimates);
        });
        writeFileSync(
          values.report,
          reportPage(
            scenario,
            results.map((result) => result.estimates),
            sheet.steps,
            readScore(sheet),
          ),
        );
      }
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    process.stderr.write(
      `${scenario.header.scenario}: ${scenario.detections} detections, ${Math.round(scenario.detections / seconds)} detections/s of CPU time (second pass); ` +
        `a scan takes p50 ${Math.round(percentile(micros, 0.5))} us, p99 ${Math.round(percentile(micros, 0.99))} us, maximum ${Math.round(micros.at(-1) ?? 0)} us\n`,
    );
    return 0;
  },
};
