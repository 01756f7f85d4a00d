// What the console costs its browser with a crowd of tracks. Main-thread figures are processor time of the page's own thread, so that
// they hold without a GPU. The picture is the JSON form of the live link, sent whole: each update replaces every track.
// Usage: npm run bench -- console [--tracks 5000] [--seconds 20]

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { TrackView } from "../src/core/model/picture-view.ts";
import { startContractServer } from "../test/browser/contract-server.ts";
import { launchChromium } from "../test/browser/launch-chromium.ts";
import { aTrack, movedOn, samplePicture } from "../test/browser/sample-picture.ts";
import { ensureConsoleBuild } from "../test/browser/start-picket.ts";

const UPDATES_PER_SECOND = 2;
const FRAME = 16_667; // microseconds
const RECONNECTS = 3;

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Processor time of the thread, microseconds. */
  tdur?: number;
  tid: number;
  pid: number;
  args?: { name?: string };
}

/** A sunflower: evenly over a disc of 9 km without a generator. */
function crowd(count: number, nowUs: number): TrackView[] {
  return Array.from({ length: count }, (_, i) => {
    const radius = 9_000 * Math.sqrt((i + 0.5) / count);
    const angle = i * 2.399963;
    return aTrack(
      {
        id: `T${i + 1}`,
        east: radius * Math.cos(angle),
        north: radius * Math.sin(angle),
        vEast: 8 * Math.sin(angle * 3),
        vNorth: 8 * Math.cos(angle * 5),
        classification: "drone",
      },
      nowUs,
    );
  });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { tracks: { type: "string", default: "5000" }, seconds: { type: "string", default: "20" } },
  });
  const tracks = Number(values.tracks);
  const seconds = Number(values.seconds);
  await ensureConsoleBuild();
  let picture = samplePicture(Date.now() * 1000);
  picture.tracks = crowd(tracks, picture.system.nowUs);
  const server = await startContractServer(picture);
  const browser = await launchChromium();
  const load = loadavg()[0]!;
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
    page.setDefaultTimeout(120_000);
    // From the key to the frame that answers it, as the browser tells it, in steps of 8 ms; faster than 16 ms is not told.
    await page.addInitScript(
      "globalThis.echoes = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) " +
        "if (entry.name === 'keydown') globalThis.echoes.push(entry.duration); }).observe({ type: 'event', durationThreshold: 16 });",
    );
    await page.goto(server.url);
    await page.waitForSelector(".map-ground canvas");
    await page.waitForSelector("[role=row][aria-selected]");
    await pause(4_000);
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "__metadata"] });
    const updates = Math.round(seconds * UPDATES_PER_SECOND);
    let keys = 0;
    for (let update = 0; update < updates; update++) {
      picture = movedOn(picture, 1 / UPDATES_PER_SECOND);
      server.picture = picture;
      server.publish({ tracks: picture.tracks, system: picture.system });
      await page.keyboard.press(update % 2 === 0 ? "ArrowDown" : "ArrowUp");
      keys += 1;
      await pause(1000 / UPDATES_PER_SECOND);
    }
    const trace = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
    const told = (await page.evaluate("globalThis.echoes")) as number[];
    const main = trace.traceEvents.find((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain");
    if (main === undefined) throw new Error("the trace does not name the page's main thread");
    const slots = new Map<number, number>();
    for (const event of trace.traceEvents) {
      if (event.pid !== main.pid || event.tid !== main.tid || event.ph !== "X" || !event.name.endsWith("RunTask")) continue;
      const slot = Math.floor(event.ts / FRAME);
      slots.set(slot, (slots.get(slot) ?? 0) + (event.tdur ?? event.dur ?? 0) / 1000);
    }
    const busy = [...slots.values()];
    const echoes = [...told, ...new Array<number>(Math.max(0, keys - told.length)).fill(16)];

    // From the socket's opening to a screen that no longer says that the connection is lost.
    const reconnects: number[] = [];
    for (let i = 0; i < RECONNECTS; i++) {
      const before = server.connections;
      server.drop(true);
      await page.waitForSelector('.banner[data-state="lost"]');
      server.accept();
      while (server.connections === before) await pause(5);
      const openedAt = performance.now();
      await page.waitForSelector('.banner[data-state="lost"]', { state: "detached" });
      reconnects.push(performance.now() - openedAt);
    }
    console.log(`${tracks} tracks, ${UPDATES_PER_SECOND} updates a second, ${seconds} s, load ${load.toFixed(1)}`);
    console.log("| figure | value | bar |\n| --- | --- | --- |");
    const tail = tracks >= 50_000 ? 0.999 : 0.95;
    console.log(
      `| main thread in a busy 60th of a second (n ${busy.length}) | p50 ${percentile(busy, 0.5).toFixed(1)}, p95 ${percentile(busy, 0.95).toFixed(1)}, ` +
        `p99.9 ${percentile(busy, 0.999).toFixed(1)} ms | ${tail === 0.999 ? "p99.9 100 ms" : "p95 8 ms"} |`,
    );
    console.log(
      `| echo of a key (n ${keys}) | p50 ${percentile(echoes, 0.5).toFixed(0)}, p99 ${percentile(echoes, 0.99).toFixed(0)} ms | p99 100 ms |`,
    );
    console.log(
      `| full picture after the socket opened again (n ${RECONNECTS}) | longest ${Math.max(...reconnects).toFixed(0)} ms | 1000 ms |`,
    );
    return 0;
  } finally {
    await browser.close();
    await server.close();
  }
}
