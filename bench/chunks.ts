// The longest pieces of work that nothing can interrupt on the way from a packet to its track and its view: what a packet may have to wait for. The
// events of a scene are stepped without sockets, as a server's loop would have them, and each piece is measured in CPU time of the process
// (the collector's threads included), so that a machine that does other work too gives nearly the same figures.
// Usage: npm run bench -- chunks [--scene NAME] [--seconds N]

import { createHash } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { snapshotPicture } from "../src/core/engine/digest.ts";
import { judgementView } from "../src/core/engine/judgement-views.ts";
import { createPicture } from "../src/core/engine/picture.ts";
import { step } from "../src/core/engine/step.ts";
import { trackViews } from "../src/core/engine/views.ts";
import { sceneEvents } from "../test/support/scene-events.ts";

const PUBLISH_PERIOD = 40_000; // us, as the live link
const SNAPSHOT_PERIOD = 30_000_000;

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { scene: { type: "string", default: "load-200" }, seconds: { type: "string", default: "40" } },
  });
  const warmUp = 15;
  const seconds = Number(values.seconds) + warmUp;
  const pieces = new Map<string, number[]>();
  let measuring = false;
  const measure = (name: string, before: NodeJS.CpuUsage): void => {
    const { user, system } = process.cpuUsage(before);
    if (!measuring) return;
    const list = pieces.get(name);
    if (list === undefined) pieces.set(name, [(user + system) / 1000]);
    else list.push((user + system) / 1000);
  };
  const picture = createPicture();
  let publishedAt = 0;
  let snapshotAt = 0;
  let start = 0;
  let tracks = 0;
  for (const event of sceneEvents(values.scene, 5, seconds)) {
    start ||= event.at;
    measuring = event.at - start > warmUp * 1e6;
    const { lastRoundAt, lastRankAt } = picture.judgement;
    const { lastSecond } = picture;
    const before = process.cpuUsage();
    step(picture, event);
    if (event.type === "packet") measure("packet: read and placed", before);
    else if (event.type === "tick") {
      const second = picture.lastSecond !== lastSecond;
      const round = picture.judgement.lastRoundAt !== lastRoundAt;
      const rank = picture.judgement.lastRankAt !== lastRankAt;
      if (second) measure("tick at a whole second", before);
      else if (rank) measure("tick with a judging round and the ranking", before);
      else if (round) measure("tick with a judging round", before);
      else measure("tick: scans to tracks", before);
    }
    if (event.at - publishedAt >= PUBLISH_PERIOD) {
      publishedAt = event.at;
      const first = process.cpuUsage();
      const views = trackViews(picture);
      measure("views of all tracks", first);
      const second = process.cpuUsage();
      JSON.stringify(judgementView(picture));
      measure("view of the judgement", second);
      tracks = views.length;
    }
    if (event.at - snapshotAt >= SNAPSHOT_PERIOD) {
      snapshotAt = event.at;
      const first = process.cpuUsage();
      const state = snapshotPicture(picture);
      measure("checkpoint, every 30 s: encoding", first);
      const second = process.cpuUsage();
      createHash("sha256").update(state).digest();
      measure("checkpoint, every 30 s: hash", second);
    }
  }
  console.log(
    `Uninterrupted pieces of work, scene ${values.scene}, ${values.seconds} s, ${tracks} tracks, Node ${process.version}; ms of CPU (load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores)`,
  );
  console.log("| piece | a second | p50 | p99 | most | share of a core |\n| --- | --- | --- | --- | --- | --- |");
  for (const [name, list] of [...pieces].sort((a, b) => a[0].localeCompare(b[0]))) {
    const sorted = [...list].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(2);
    const share = (100 * sorted.reduce((sum, value) => sum + value, 0)) / (1000 * Number(values.seconds));
    console.log(
      `| ${name} | ${(sorted.length / Number(values.seconds)).toFixed(1)} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${share.toFixed(1)} % |`,
    );
  }
  return 0;
}
