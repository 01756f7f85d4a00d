// picket exercise: a seeded scene against the real screen, on a server of its own, scored and debriefed by replay.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { BUILT_IN_SCENES, findScene } from "../../core/simulation/built-in-scenes.ts";
import { parseSite } from "../configuration/load-site.ts";
import { startServer } from "../server.ts";
import { packageFolder, softwareVersion } from "../software-version.ts";
import { exerciseSite } from "../training/exercise.ts";
import { type CliCommand, UsageError } from "./command.ts";

/** Scenes that a person can learn from: those for measuring only are left out. */
export const EXERCISE_SCENES = BUILT_IN_SCENES.filter(({ name }) => !name.startsWith("load")).map(({ name, title }) => ({ name, title }));

export const exerciseCommand: CliCommand = {
  name: "exercise",
  summary: "train: a seeded scene on a server of its own, scored and debriefed",
  help: `Usage: picket exercise [options]

Plays a simulated scene against the console of a server of its own. Everything there is labelled EXERCISE; nothing can leave it, and
the live picture, journal and alarms of another server are not touched. When it ends the console shows how long it took to
acknowledge, assess and decide, object by object, and replays any moment.

Scenes: ${EXERCISE_SCENES.map(({ name, title }) => `\n  ${name.padEnd(10)} ${title}`).join("")}
  FILE       a scene of your own (docs/simulation.md), for the places of your own site

Options:
  --scene NAME|FILE  default demo
  --seed N           the same seed is the same exercise (default 1)
  --minutes N        how long it lasts (default 15)
  --config FILE      your own site: its places, zones, alarms and response policy; its sources are replaced by exercise sources on
                     loopback, and outputs, channels, cameras and receivers are left out (default: the demonstration's site)
  --port N           port on loopback of its console (default: a free one)
  --data DIR         where its journal lives (default: ./data/exercises/SCENE-SEED-TIME)

Examples:
  picket exercise
  picket exercise --scene swarm --seed 7 --minutes 10

Exit codes: 0 stopped in order; 2 cannot start (the reason is one sentence).`,
  run: async (argv) => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        scene: { type: "string", default: "demo" },
        seed: { type: "string", default: "1" },
        minutes: { type: "string", default: "15" },
        config: { type: "string" },
        port: { type: "string", default: "0" },
        data: { type: "string" },
      },
    });
    const seed = numberOf(values.seed, "--seed", 0, 4_294_967_295);
    const minutes = numberOf(values.minutes, "--minutes", 0.1, 240);
    const port = numberOf(values.port, "--port", 0, 65_535);
    const siteFile = resolve(values.config ?? join(packageFolder(), "examples", "demonstration.yaml"));
    let text: string;
    try {
      text = readFileSync(siteFile, "utf8");
    } catch (error) {
      throw new UsageError(`--config: ${siteFile} cannot be read: ${(error as Error).message}`);
    }
    const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
    const name = values.scene.replace(/[^\w-]+/g, "-");
    const dataFolder = resolve(values.data ?? join("data", "exercises", `${name}-${seed}-${stamp}`));
    mkdirSync(dataFolder, { recursive: true });
    const truthFile = join(dataFolder, "truth.jsonl");
    const server = await startServer({
      loaded: parseSite(exerciseSite(text), siteFile),
      port,
      dataFolder,
      consoleFolder: join(packageFolder(), "dist", "console"),
      softwareVersion: softwareVersion(),
      logLevel: "info",
      say: (line) => console.log(line),
      exercise: {
        scene: values.scene,
        title: findScene(values.scene)?.title ?? values.scene,
        seed,
        durationSeconds: minutes * 60,
        truthFile,
      },
    });
    const url = `http://localhost:${server.port}`;
    console.log(`EXERCISE ${values.scene}, seed ${seed}, ${minutes} min\n\n  ${url}\n`);
    const words = ["simulate", "--scene", values.scene, "--seed", String(seed), "--duration", String(minutes * 60), "--ports-from", url];
    const simulator = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words, "--truth", truthFile, "--quiet"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const exercise = server.exercise!;
    exercise.started(Date.now() * 1000);
    exercise.onEnd(() => simulator.kill("SIGTERM"));
    simulator.once("exit", (code) => {
      exercise.ended(Date.now() * 1000);
      console.log(`the exercise has ended (code ${code}); its score is on the screen. Ctrl-C stops the server.`);
    });
    simulator.once("error", (error) => console.error(`the simulator cannot start: ${error.message}`));
    await new Promise<void>((done) => {
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => done());
    });
    simulator.kill("SIGTERM");
    await server.stop();
    console.log("closed");
    return 0;
  },
};

function numberOf(text: string, option: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < low || value > high)
    throw new UsageError(`${option}: expected a number from ${low} to ${high}, found "${text}"`);
  return value;
}
