// npm start: installs and builds what is missing, then runs `picket run` with the words given after `--`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, checkNode, installPackages, root } from "./prepare.mjs";
import { serverFlags } from "./server-flags.mjs";

checkNode();
await installPackages();
await build();
const child = spawn(process.execPath, [...serverFlags, join(root, "bin", "picket.mjs"), "run", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// npm passes a signal to this process only; the server must have it to seal its journal.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
// npm hands a signal to the shell between it and this process, and that shell dies of it without telling: being orphaned means stop.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) child.kill("SIGTERM");
}, 250).unref();
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
