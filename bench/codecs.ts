// npm run bench -- codecs [WORD ...]: records read per second of CPU time on one core, seeded, with the peers' figures beside them.
// Each protocol has its own file, bench/codec-<protocol>.ts; WORD picks by name.

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface CodecBenchmark {
  readonly name: string;
  /** Records a second that others reach, as published or measured; "-" where nobody says. */
  readonly peer: string;
  /** `note` is printed under the row. */
  run(): { units: number; seconds: number; note?: string };
}

const folder = dirname(fileURLToPath(import.meta.url));

/** Runs the benchmarks whose name or file has one of `words` (all without words), prints the table, and returns it. */
export async function benchCodecs(words: readonly string[] = []): Promise<{ name: string; perSecond: number; peer: string }[]> {
  const files = readdirSync(folder)
    .filter((name) => /^codec-[a-z0-9-]+\.ts$/.test(name))
    .sort();
  const rows: { name: string; perSecond: number; peer: string }[] = [];
  console.log(`Node ${process.version}, ${process.arch}; records for each second of CPU time, one core`);
  for (const file of files) {
    const { benchmarks } = (await import(pathToFileURL(join(folder, file)).href)) as { benchmarks: readonly CodecBenchmark[] };
    for (const { name, peer, run } of benchmarks) {
      const wanted = words.length === 0 || words.some((word) => `${file} ${name}`.toLowerCase().includes(word.toLowerCase()));
      if (!wanted) continue;
      const { units, seconds, note } = run();
      const perSecond = Math.round(units / seconds);
      rows.push({ name, perSecond, peer });
      console.log(`${name.padEnd(52)} ${perSecond.toLocaleString("en").padStart(12)}   peers: ${peer}`);
      if (note !== undefined) console.log(note);
    }
  }
  return rows;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await benchCodecs(process.argv.slice(2));
}
