// picket replay FILE --serve: the console on a recording.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { startReplayServer } from "../replay-server.ts";
import { packageFolder, softwareVersion } from "../software-version.ts";
import { UsageError } from "./command.ts";
import { createProgress } from "./progress.ts";

export async function serveReplay(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { serve: { type: "boolean" }, port: { type: "string" }, speed: { type: "string" } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1)
    throw new UsageError("picket replay --serve wants one journal file or folder; see picket replay --help");
  const port = Number(values.port ?? process.env.PORT ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port: expected a number from 0 to 65535, found "${values.port}"`);
  const speed = Number(values.speed ?? "1");
  if (!(speed > 0 && speed <= 1000)) throw new UsageError(`--speed: expected a number above 0 and at most 1000, found "${values.speed}"`);
  const progress = createProgress("reading");
  const server = await startReplayServer({
    path,
    port,
    speed,
    consoleFolder: join(packageFolder(), "dist", "console"),
    softwareVersion: softwareVersion(),
    say: (line) => console.error(line),
    progress: (share) => progress.show(Math.round(share * 1000), 1000),
  });
  progress.end();
  console.log(`\nReplay of ${path}\n\n  http://localhost:${server.port}\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  await server.stop();
  return 0;
}
