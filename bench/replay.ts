// How much faster than real time a journal of the demonstration is stepped again. The journal is made here from the seeded scene, without
// sockets; reading, stepping, and comparing the stored digests are measured. Usage: npm run bench -- replay [--minutes N]

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { snapshotPicture } from "../src/core/engine/digest.ts";
import { createPicture } from "../src/core/engine/picture.ts";
import { step } from "../src/core/engine/step.ts";
import { openJournal } from "../src/server/journal/journal.ts";
import { productEngine } from "../src/server/journal/product-engine.ts";
import { replay } from "../src/server/journal/replay.ts";
import { loadSiteKey } from "../src/server/journal/site-key.ts";
import { directoryStorage } from "../src/server/journal/storage.ts";
import { softwareVersion } from "../src/server/software-version.ts";
import { SCENE_START, sceneEvents } from "../test/support/scene-events.ts";

const DIGEST_PERIOD = 30_000_000; // us, as the server

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { minutes: { type: "string", default: "10" } } });
  const seconds = Number(values.minutes) * 60;
  const folder = mkdtempSync(join(tmpdir(), "picket-bench-"));
  try {
    const picture = createPicture();
    let now = SCENE_START as number;
    const journal = await openJournal({
      storage: await directoryStorage(join(folder, "journal")),
      key: await loadSiteKey(join(folder, "keys")),
      siteId: "bench",
      softwareVersion: softwareVersion(),
      now: () => now,
      takeSnapshot: () => ({ sequence: picture.sequence, at: picture.now, state: snapshotPicture(picture) }),
    });
    let events = 0;
    let digestAt = now;
    for (const event of sceneEvents("demo", 1, seconds)) {
      now = event.at;
      journal.append(event);
      step(picture, event);
      events += 1;
      if (event.at - digestAt >= DIGEST_PERIOD) {
        digestAt = event.at;
        journal.writeDigest(picture.sequence, createHash("sha256").update(snapshotPicture(picture)).digest("hex"));
      }
      if (events % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.close();
    const octets = readdirSync(join(folder, "journal")).reduce((sum, name) => sum + statSync(join(folder, "journal", name)).size, 0);

    const began = performance.now();
    const cpu = process.cpuUsage();
    const report = await replay(join(folder, "journal"), productEngine, { softwareVersion: softwareVersion(), every: 0 });
    const wall = (performance.now() - began) / 1000;
    const used = process.cpuUsage(cpu);
    const cpuSeconds = (used.user + used.system) / 1e6;
    console.log(
      `Replay of ${seconds / 60} min of the demonstration, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`,
    );
    console.log("| figure | value | bar |\n| --- | --- | --- |");
    console.log(`| events | ${report.events} (${(octets / 1024 / 1024).toFixed(1)} MiB of journal) | |`);
    console.log(`| times real time | ${(seconds / cpuSeconds).toFixed(0)} by CPU time, ${(seconds / wall).toFixed(0)} by the clock | 50 |`);
    console.log(`| digests | ${report.compared} compared, ${report.different} different | 0 different |`);
    return report.different === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
