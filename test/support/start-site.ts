// A real server in this process, on free ports, in a folder of its own: for tests that speak to its sockets.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSite } from "../../src/server/configuration/load-site.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { packageFolder, softwareVersion } from "../../src/server/software-version.ts";

export interface TestSite {
  readonly server: RunningServer;
  readonly url: string;
  readonly dataFolder: string;
  /** What a person at the terminal was told. */
  readonly said: readonly string[];
  /** Answer of a GET under /api/v1, parsed. */
  get<Answer>(path: string): Promise<Answer>;
  /** Polls until `good` is true; fails with what was seen last. Waits on content, never on a fixed time. */
  until<Answer>(path: string, good: (answer: Answer) => boolean, seconds?: number): Promise<Answer>;
  stop(): Promise<void>;
  /** Stops and removes the folder. */
  end(): Promise<void>;
}

export async function startSite(yaml: string, dataFolder = mkdtempSync(join(tmpdir(), "picket-test-"))): Promise<TestSite> {
  const said: string[] = [];
  const server = await startServer({
    loaded: parseSite(yaml, join(packageFolder(), "examples", "test.yaml")),
    port: 0,
    dataFolder,
    consoleFolder: join(packageFolder(), "dist", "console"),
    softwareVersion: softwareVersion(),
    logLevel: "error",
    say: (line) => said.push(line),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const get = async <Answer>(path: string): Promise<Answer> => (await (await fetch(`${url}/api/v1/${path}`)).json()) as Answer;
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    await server.stop();
  };
  return {
    server,
    url,
    dataFolder,
    said,
    get,
    until: async <Answer>(path: string, good: (answer: Answer) => boolean, seconds = 20): Promise<Answer> => {
      const deadline = performance.now() + seconds * 1000;
      let answer = await get<Answer>(path);
      while (!good(answer)) {
        if (performance.now() > deadline)
          throw new Error(`/api/v1/${path} never became what was expected; last: ${JSON.stringify(answer).slice(0, 2000)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        answer = await get<Answer>(path);
      }
      return answer;
    },
    stop,
    end: async () => {
      await stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

export interface Items<Item> {
  items: Item[];
  next: string | null;
}
