// picket run: a site, from its configuration file or the built-in demonstration.

import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadSite } from "../configuration/load-site.ts";
import { startServer } from "../server.ts";
import { packageFolder, softwareVersion } from "../software-version.ts";
import { createExerciseLauncher } from "../training/launch-exercise.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { EXERCISE_SCENES } from "./exercise.ts";

const DEFAULT_PORT = 8080;

export const runCommand: CliCommand = {
  name: "run",
  summary: "run a site: sensors in, picture out, everything journalled",
  help: `Usage: picket run [options]

Without --config it runs the built-in demonstration: a fictional base whose sensors are simulated by a separate
process that talks to the server's real sockets. Everything there is labelled SIMULATED.

Options:
  --config FILE    site.yaml of a real site (see docs/operating/configuration.md)
  --data DIR       where journals, keys and logs live (default: ./data, or ./data/demo for the demonstration)
  --port N         port of the console and API (default: the environment's PORT, the site's http.port, else ${DEFAULT_PORT})
  --scene NAME     scene of the demonstration's simulator: demo, swarm, migration, quiet (default demo)
  --no-simulator   run the demonstration's site without starting its simulator
  --log LEVEL      trace, debug, info, warn, error (default info; written to DIR/picket.log)

Stop it with Ctrl-C or SIGTERM: it works off what waits, seals the journal and closes it.

Examples:
  picket run
  picket run --config site.yaml --data /var/lib/picket
  picket run --config examples/airport.yaml --port 9000

Exit codes: 0 stopped in order; 2 cannot start (the reason is one sentence).`,
  run: async (argv) => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: "string" },
        data: { type: "string" },
        port: { type: "string" },
        scene: { type: "string", default: "demo" },
        "no-simulator": { type: "boolean", default: false },
        log: { type: "string", default: "info" },
      },
    });
    if (!["trace", "debug", "info", "warn", "error"].includes(values.log))
      throw new UsageError(`--log: expected trace, debug, info, warn or error, found "${values.log}"`);
    const demonstration = values.config === undefined;
    const say = (line: string) => console.log(line);
    const began = performance.now();
    const loaded = loadSite(values.config ?? join(packageFolder(), "examples", "demonstration.yaml"));
    const server = await startServer({
      loaded,
      port: readPort(values.port ?? process.env.PORT) ?? loaded.file.http.port ?? DEFAULT_PORT,
      dataFolder: resolve(values.data ?? (demonstration ? "data/demo" : "data")),
      consoleFolder: join(packageFolder(), "dist", "console"),
      softwareVersion: softwareVersion(),
      logLevel: values.log,
      say,
      launcher: createExerciseLauncher([process.execPath, ...process.execArgv, process.argv[1]!], values.config, EXERCISE_SCENES),
    });
    say(`${loaded.file.site.name}: ready in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    for (const source of loaded.file.sources) {
      const where = (source.listen ?? source.connect ?? source.subscribe ?? source.file ?? "").replace(/\/\/[^@/]*@/, "//");
      say(
        `  ${source.id.padEnd(20)} ${source.protocol.padEnd(18)} ${where}${source.origin === "live" ? "" : `  (${source.origin.toUpperCase()})`}`,
      );
    }
    say(`\n  ${server.url}\n`);
    let simulator: ChildProcess | undefined;
    let stopping = false;
    if (demonstration && !values["no-simulator"]) {
      simulator = startSimulator(values.scene, (code) => {
        if (!stopping)
          say(`the simulator ended (code ${code}); the picture goes stale. Restart with: picket simulate --scene ${values.scene}`);
      });
    }
    // A second signal (a service manager tells the whole group, a person presses again) must not tear the journal's end.
    const signal = await new Promise<NodeJS.Signals>((resolveSignal) => {
      for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
        process.on(name, () => {
          if (stopping) say("still closing");
          resolveSignal(name);
        });
      }
    });
    stopping = true;
    say(`${signal}: sealing and closing the journal`);
    simulator?.kill("SIGTERM");
    await server.stop();
    say("closed");
    return 0;
  },
};

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port: expected a number from 0 to 65535, found "${text}"`);
  return port;
}

/** The simulator is a process of its own that knows nothing of the server but its sockets. */
function startSimulator(scene: string, ended: (code: number | null) => void): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, "simulate", "--scene", scene, "--quiet"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  child.once("exit", (code) => ended(code));
  child.once("error", () => ended(null));
  return child;
}
