// Starts an exercise from a server that is at work: a process of its own, on a port of its own, so that nothing of it can reach the live
// picture, its journal or its alarms. One at a time.

import { type ChildProcess, spawn } from "node:child_process";
import { err, ok, type Result } from "../../core/base/result.ts";

export interface ExerciseOrder {
  readonly scene: string;
  readonly seed: number;
  readonly minutes: number;
}

export interface RunningExercise extends ExerciseOrder {
  readonly port: number;
}

export interface ExerciseLauncher {
  /** What can be played. */
  readonly scenes: readonly { readonly name: string; readonly title: string }[];
  /** Resolves when its screen can be opened; one sentence when it cannot start or another one runs. */
  launch(order: ExerciseOrder): Promise<Result<RunningExercise, string>>;
  running(): RunningExercise | undefined;
  stop(): void;
}

const PATIENCE_MS = 60_000;

/** `command` is how this program was started: the executable and the words before the sub-command. */
export function createExerciseLauncher(
  command: readonly string[],
  siteFile: string | undefined,
  scenes: ExerciseLauncher["scenes"],
): ExerciseLauncher {
  let child: ChildProcess | undefined;
  let running: RunningExercise | undefined;
  return {
    scenes,
    running: () => running,
    stop: () => {
      child?.kill("SIGTERM");
    },
    launch(order) {
      if (child !== undefined) return Promise.resolve(err("an exercise is running already: end it first"));
      const [executable, ...words] = command as [string, ...string[]];
      const site = siteFile === undefined ? [] : ["--config", siteFile];
      const started = spawn(
        executable,
        [
          ...words,
          "exercise",
          "--scene",
          order.scene,
          "--seed",
          String(order.seed),
          "--minutes",
          String(order.minutes),
          "--port",
          "0",
          ...site,
        ],
        { stdio: ["ignore", "pipe", "pipe"] },
      );
      child = started;
      return new Promise((resolve) => {
        let said = "";
        const give = (result: Result<RunningExercise, string>) => {
          clearTimeout(limit);
          resolve(result);
        };
        const limit = setTimeout(() => {
          started.kill("SIGTERM");
          give(err(`the exercise did not start within ${PATIENCE_MS / 1000} s`));
        }, PATIENCE_MS);
        const hear = (part: Buffer) => {
          if (running !== undefined) return;
          said = (said + String(part)).slice(-4000);
          const port = /http:\/\/localhost:(\d+)/.exec(said)?.[1];
          if (port === undefined) return;
          running = { ...order, port: Number(port) };
          give(ok(running));
        };
        started.stdout.on("data", hear);
        started.stderr.on("data", hear);
        started.once("error", (error) => give(err(`the exercise cannot start: ${error.message}`)));
        started.once("exit", (code) => {
          child = undefined;
          running = undefined;
          give(err(`the exercise ended at once (code ${code}): ${said.trim().split("\n").at(-1) ?? ""}`));
        });
      });
    },
  };
}
