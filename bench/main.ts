// npm run bench [-- NAME ...]: seeded measurements, printed as tables. Without a name: spine, replay and codecs.

const BENCHES: Record<string, { what: string; run: (argv: string[]) => Promise<number> }> = {
  spine: {
    what: "packet to WebSocket at 500 tracks and 2,000 detections a second, through real sockets",
    run: async (argv) => (await import("./spine.ts")).run(argv),
  },
  chunks: {
    what: "longest uninterrupted pieces of work from packet to view, in CPU time",
    run: async (argv) => (await import("./chunks.ts")).run(argv),
  },
  replay: { what: "replay of the demonstration, times real time", run: async (argv) => (await import("./replay.ts")).run(argv) },
  start: {
    what: "fresh clone to ready: install, build, start; and a second start",
    run: async (argv) => (await import("./start.ts")).run(argv),
  },
  tracker: { what: "the tracker's scoreboard beside its baselines", run: async (argv) => (await import("./tracker.ts")).run(argv) },
  emitters: {
    what: "fake broadcasts flagged, honest ones left alone, and what the check costs",
    run: async (argv) => (await import("./emitters.ts")).run(argv),
  },
  alerts: {
    what: "from the detection that met a rule to console and webhook, through real sockets",
    run: async (argv) => (await import("./alerts.ts")).run(argv),
  },
  scenarios: {
    what: "the scenario pack in full: who is called, and who is not (npm run scenarios)",
    run: async (argv) => (await import("./scenarios.ts")).run(argv),
  },
  assessment: {
    what: "identification of 1,000 tracks: CPU time of one round, part by part",
    run: async (argv) => (await import("./assessment.ts")).run(argv),
  },
  sapient: {
    what: "SAPIENT, 20 nodes, through the whole server: lost messages and the time to an answer",
    run: async (argv) => (await import("./sapient-server.ts")).run(argv),
  },
  classifier: {
    what: "class of tracked objects, told from what shows of them (simulated): hit rates, calibration, confusion",
    run: async (argv) => (await import("./classifier.ts")).run(argv),
  },
  console: {
    what: "the console with a crowd of tracks in headless Chromium: main thread, echo of a key, reconnect",
    run: async (argv) => (await import("./console.ts")).run(argv),
  },
  codecs: {
    what: "records read a second by each codec, beside its peers",
    run: async (argv) => {
      await (await import("./codecs.ts")).benchCodecs(argv);
      return 0;
    },
  },
};

const [name, ...rest] = process.argv.slice(2);
if (name === "--help" || (name !== undefined && BENCHES[name] === undefined)) {
  console.log(
    `npm run bench -- NAME [options]\n\n${Object.entries(BENCHES)
      .map(([key, { what }]) => `  ${key.padEnd(10)} ${what}`)
      .join("\n")}`,
  );
  process.exit(name === "--help" ? 0 : 2);
}
const names = name === undefined ? ["spine", "replay", "codecs"] : [name];
let worst = 0;
for (const each of names) worst = Math.max(worst, await BENCHES[each]!.run(rest));
process.exit(worst);
