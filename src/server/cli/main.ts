// picket: the command line. One file for each command; this one finds it and turns its outcome into an exit code.

import { ConfigurationError } from "../configuration/configuration-error.ts";
import { NotRecordedError } from "../journal/journal.ts";
import { softwareVersion } from "../software-version.ts";
import { StartError } from "../sources/source.ts";
import { type CliCommand, UsageError } from "./command.ts";

/** Loaded when used: `picket decode` need not wait for the server's modules. */
const COMMANDS: readonly { name: string; summary: string; load: () => Promise<CliCommand> }[] = [
  {
    name: "run",
    summary: "run a site: sensors in, picture out, everything journalled",
    load: async () => (await import("./run.ts")).runCommand,
  },
  {
    name: "replay",
    summary: "step a journal again and compare its digests, or show it in the console",
    load: async () => (await import("./replay.ts")).replayCommand,
  },
  {
    name: "play",
    summary: "send a recording to a socket at its own pace, or faster",
    load: async () => (await import("./play.ts")).playCommand,
  },
  {
    name: "simulate",
    summary: "send a simulated scene to the sockets of a server",
    load: async () => (await import("./simulate.ts")).simulateCommand,
  },
  {
    name: "exercise",
    summary: "train: a seeded scene on a server of its own, scored and debriefed",
    load: async () => (await import("./exercise.ts")).exerciseCommand,
  },
  {
    name: "audit",
    summary: "check the seals of a journal, list its decisions",
    load: async () => (await import("./audit.ts")).auditCommand,
  },
  {
    name: "evidence",
    summary: "write a part of the record that anyone can check offline",
    load: async () => (await import("./evidence.ts")).evidenceCommand,
  },
  {
    name: "history",
    summary: "search the record, or make its searchable side again",
    load: async () => (await import("./history.ts")).historyCommand,
  },
  {
    name: "pki",
    summary: "make the site's own certificates: console, sensors, partners",
    load: async () => (await import("./pki.ts")).pkiCommand,
  },
  {
    name: "alarms",
    summary: "print the monthly self-audit of a site's alarms",
    load: async () => (await import("./alarms.ts")).alarmsCommand,
  },
  {
    name: "decode",
    summary: "print what octets say, one JSON object a record",
    load: async () => (await import("./decode.ts")).decodeCommand,
  },
  {
    name: "sapient",
    summary: "check what SAPIENT nodes send, in plain words",
    load: async () => (await import("./sapient.ts")).sapientCommand,
  },
  {
    name: "sky",
    summary: "explain a light in the sky: planets, stars, satellites, or none of these",
    load: async () => (await import("./sky.ts")).skyCommand,
  },
  {
    name: "track",
    summary: "run the tracker over a scenario file and write its estimates",
    load: async () => (await import("./track.ts")).trackCommand,
  },
];

const overview =
  (): string => `picket ${softwareVersion()}: counter-UAS surveillance and command. It detects, tracks, warns and records; it never engages.

Usage: picket COMMAND [options]

${COMMANDS.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`).join("\n")}

  picket COMMAND --help   options and examples
  picket --version

Exit codes: 0 done; 1 a check failed or a difference was found; 2 wrong usage, configuration or environment.`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    console.log(softwareVersion());
    return 0;
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    console.error(`picket: there is no command "${name}"; known are ${COMMANDS.map((known) => known.name).join(", ")}`);
    return 2;
  }
  const command = await entry.load();
  const end = rest.indexOf("--");
  const options = end < 0 ? rest : rest.slice(0, end);
  if (options.includes("--help") || options.includes("-h")) {
    console.log(command.help);
    return 0;
  }
  return command.run(rest);
}

/** Errors that a person can act on are one sentence; everything else shows where it happened. */
function explain(error: unknown): string {
  if (error instanceof ConfigurationError) return `picket: the configuration cannot be used:\n${error.message}`;
  if (error instanceof UsageError || error instanceof StartError || error instanceof NotRecordedError) return `picket: ${error.message}`;
  const code = (error as { code?: string }).code;
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) return `picket: ${(error as Error).message.split(". To specify")[0]}`;
  return `picket: ${(error as Error).stack ?? String(error)}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 2;
}
// A command that is done is done, whatever socket may still linger.
if (process.exitCode !== undefined) {
  const flushed = () => process.exit();
  if (process.stdout.writableLength > 0) process.stdout.once("drain", flushed);
  else flushed();
}
