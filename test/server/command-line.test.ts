// What cannot work is one clear sentence and exit code 2.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageFolder, softwareVersion } from "../../src/server/software-version.ts";

const folder = mkdtempSync(join(tmpdir(), "picket-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function picket(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/server/cli/main.ts", ...args], {
    cwd: packageFolder(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

const SITE = `
site: { id: cli, name: Cli, origin: { latitudeDegrees: 1, longitudeDegrees: 2, heightHaeMetres: 3 } }
sources: [{ id: radar, protocol: asterix, listen: "udp://127.0.0.1:0" }]
`;
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const oneSentence = (output: string) => assert.equal(output.trim().split("\n").length, 1, output);

test("no command shows the overview; --version the version; an unknown command names the known ones", async () => {
  const overview = await picket("--help");
  assert.equal(overview.code, 0);
  for (const name of ["run", "replay", "play", "simulate", "audit", "decode"])
    assert.match(overview.output, new RegExp(`^  ${name} `, "m"));
  assert.equal((await picket("--version")).output.trim(), softwareVersion());
  const unknown = await picket("fly");
  assert.equal(unknown.code, 2);
  assert.match(unknown.output, /there is no command "fly"; known are run, /);
});

test("every command explains itself with examples and exit codes", async () => {
  for (const name of ["run", "replay", "play", "simulate", "audit", "decode"]) {
    const { code, output } = await picket(name, "--help");
    assert.equal(code, 0, name);
    assert.match(output, /Examples:/, name);
    assert.match(output, /Exit codes:/, name);
  }
});

test("a busy port is one sentence and exit code 2", async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  const { port } = busy.address() as { port: number };
  const { code, output } = await picket(
    "run",
    "--config",
    write("busy.yaml", SITE),
    "--port",
    String(port),
    "--data",
    join(folder, "busy"),
  );
  busy.close();
  assert.equal(code, 2);
  oneSentence(output);
  assert.match(output, /port is already in use/);
});

test("a busy port of a source names the source's address", async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  const { port } = busy.address() as { port: number };
  const yaml = SITE.replace("protocol: asterix", "protocol: sbs").replace("udp://127.0.0.1:0", `tcp://127.0.0.1:${port}`);
  const { code, output } = await picket(
    "run",
    "--config",
    write("busy-source.yaml", yaml),
    "--port",
    "0",
    "--data",
    join(folder, "busy-source"),
  );
  busy.close();
  assert.equal(code, 2);
  assert.match(output, new RegExp(`tcp://127.0.0.1:${port}: the port is already in use`));
});

test("a configuration that does not exist, is not YAML, or is wrong: sentences with file and line", async () => {
  const missing = await picket("run", "--config", join(folder, "nowhere.yaml"));
  assert.equal(missing.code, 2);
  oneSentence(missing.output);
  assert.match(missing.output, /there is no such file/);

  const notYaml = await picket("run", "--config", write("not.yaml", "site: { id: [\n"));
  assert.equal(notYaml.code, 2);
  assert.match(notYaml.output, /not\.yaml:\d+: not YAML/);

  const wrong = await picket("run", "--config", write("wrong.yaml", SITE.replace("protocol: asterix", "protocol: asterisk")));
  assert.equal(wrong.code, 2);
  assert.match(wrong.output, /wrong\.yaml:3: sources\[0\]\.protocol: expected one of sapient, asterix/);
});

test("a data folder that cannot be written is one sentence and exit code 2", {
  skip: process.getuid?.() === 0 ? "root may write everywhere" : false,
}, async () => {
  const closed = join(folder, "closed");
  writeFileSync(join(folder, "closed-marker"), "");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  const { code, output } = await picket("run", "--config", write("closed.yaml", SITE), "--port", "0", "--data", join(closed, "data"));
  assert.equal(code, 2);
  oneSentence(output);
});

test("a data folder that is a file is one sentence and exit code 2", async () => {
  const file = write("a-file", "");
  const { code, output } = await picket("run", "--config", write("file.yaml", SITE), "--port", "0", "--data", join(file, "data"));
  assert.equal(code, 2);
  oneSentence(output);
  assert.match(output, /cannot write to the data folder/);
});

test("an option that does not exist is named", async () => {
  const { code, output } = await picket("run", "--prot", "80");
  assert.equal(code, 2);
  oneSentence(output);
  assert.match(output, /'--prot'/);
});

test("SIGTERM seals and closes the journal, which then verifies and replays without a difference; a second server on the folder is refused", async () => {
  const data = join(folder, "term");
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "src/server/cli/main.ts", "run", "--config", write("term.yaml", SITE), "--port", "0", "--data", data],
    {
      cwd: packageFolder(),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (/http:\/\/localhost:\d+/.test(output)) resolve();
    });
    child.on("close", () => resolve());
  });
  assert.match(output, /http:\/\/localhost:\d+/);
  const second = await picket("run", "--config", join(folder, "term.yaml"), "--port", "0", "--data", data);
  assert.equal(second.code, 2);
  assert.match(second.output, /is in use by another Picket/);
  child.kill("SIGTERM");
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  assert.equal(existsSync(join(data, "picket.pid")), false);
  const verified = await picket("audit", "verify", join(data, "journal"));
  assert.equal(verified.code, 0, verified.output);
  const replayed = await picket("replay", join(data, "journal"), "--every", "0");
  assert.equal(replayed.code, 0, replayed.output);
  assert.match(replayed.output, / 0 different/);
});
