// How much main-thread time the console needs with many tracks: processor time of the page's own thread, so that the figures hold
// without a GPU and on a busy machine. Not a test. Usage: node --import tsx test/browser/frame-budget.ts [TRACKS] [UPDATES PER SECOND] [SECONDS]

import type { TrackView } from "../../src/core/model/picture-view.ts";
import { startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aTrack, movedOn, samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild } from "./start-picket.ts";

const tracks = Number(process.argv[2] ?? 5_000);
const rate = Number(process.argv[3] ?? 2);
const seconds = Number(process.argv[4] ?? 20);

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Processor time of the thread, microseconds. */
  tdur?: number;
  tid: number;
  pid: number;
  args?: { name?: string };
}

function crowd(count: number, nowUs: number): TrackView[] {
  const list: TrackView[] = [];
  for (let i = 0; i < count; i++) {
    // A sunflower: evenly over a disc of 9 km without a generator.
    const radius = 9_000 * Math.sqrt((i + 0.5) / count);
    const angle = i * 2.399963;
    list.push(
      aTrack(
        {
          id: `T${i + 1}`,
          east: radius * Math.cos(angle),
          north: radius * Math.sin(angle),
          vEast: 8 * Math.sin(angle * 3),
          vNorth: 8 * Math.cos(angle * 5),
          classification: "drone",
        },
        nowUs,
      ),
    );
  }
  return list;
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

await ensureConsoleBuild();
let picture = samplePicture(Date.now() * 1000);
picture.tracks = crowd(tracks, picture.system.nowUs);
const server = await startContractServer(picture);
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(120_000);
  await page.goto(server.url);
  await page.waitForSelector(".map-ground canvas");
  await page.keyboard.press("-");
  await page.waitForTimeout(4_000);
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"],
  });
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  while (performance.now() < end) {
    picture = movedOn(picture, 1 / rate);
    server.picture = picture;
    server.publish({ tracks: picture.tracks, system: picture.system });
    sent += 1;
    await new Promise((done) => setTimeout(done, 1000 / rate));
  }
  const trace = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const main = trace.traceEvents.find((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain")!;
  const own = trace.traceEvents.filter((event) => event.pid === main.pid && event.tid === main.tid && event.ph === "X");
  const tasks = own
    .filter((event) => event.name.endsWith("RunTask"))
    .map((event) => ({ ts: event.ts, cost: (event.tdur ?? event.dur ?? 0) / 1000 }));
  const frames = own
    .filter((event) => event.name === "FireAnimationFrame")
    .map((event) => (event.tdur ?? event.dur ?? 0) / 1000)
    .sort((a, b) => a - b);
  // A frame's budget is a 60th of a second of clock; what a busy slot of that length cost the thread.
  const slots = new Map<number, number>();
  for (const task of tasks) {
    const slot = Math.floor(task.ts / 16_667);
    slots.set(slot, (slots.get(slot) ?? 0) + task.cost);
  }
  const perSlot = [...slots.values()].sort((a, b) => a - b);
  const longest = tasks.map((task) => task.cost).sort((a, b) => a - b);
  const total = longest.reduce((sum, cost) => sum + cost, 0);
  console.log(`${tracks} tracks, ${rate} full updates a second, ${sent} updates in ${seconds} s`);
  console.log(`main thread busy            ${(total / seconds / 10).toFixed(1)} % of one processor`);
  console.log(
    `animation frame callbacks   n ${frames.length}  p50 ${percentile(frames, 0.5).toFixed(1)}  p95 ${percentile(frames, 0.95).toFixed(1)}  max ${(frames.at(-1) ?? 0).toFixed(1)} ms`,
  );
  console.log(
    `single tasks                p95 ${percentile(longest, 0.95).toFixed(1)}  p99 ${percentile(longest, 0.99).toFixed(1)}  max ${(longest.at(-1) ?? 0).toFixed(1)} ms`,
  );
  console.log(
    `busy 60th of a second       p50 ${percentile(perSlot, 0.5).toFixed(1)}  p95 ${percentile(perSlot, 0.95).toFixed(1)}  max ${(perSlot.at(-1) ?? 0).toFixed(1)} ms`,
  );
} finally {
  await browser.close();
  await server.close();
}
