// An exercise from start to score: the command as a user starts it, a real simulator on real sockets, a person's decision over HTTP.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ExerciseScore } from "../../src/core/model/exercise-score.ts";
import type { SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { parseSite } from "../../src/server/configuration/load-site.ts";
import { exerciseSite, readTruthLines } from "../../src/server/training/exercise.ts";
import { createExerciseLauncher } from "../../src/server/training/launch-exercise.ts";

const MAIN = fileURLToPath(new URL("../../src/server/cli/main.ts", import.meta.url));

test("a site's file becomes an exercise that nothing can leave: sources on loopback, no output, channel, camera, anchor or receiver", () => {
  const loaded = parseSite(
    exerciseSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: radar, protocol: asterix, listen: "udp://0.0.0.0:8600", allow: [10.0.0.0/8] }
  - { id: partner, protocol: cot, connect: "tcp://10.0.0.7:8087" }
assets: [{ id: post, name: Post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 300 }]
channels: [{ id: desk, kind: webhook, url: "https://example.org/hook" }]
journal: { anchors: [{ url: "https://example.org/anchor" }], segmentMinutes: 5 }
`),
    "/exercise/site.yaml",
  );
  assert.deepEqual(
    loaded.file.sources.map(({ id, origin, listen }) => ({ id, origin, listen })),
    [{ id: "radar", origin: "exercise", listen: "udp://127.0.0.1:0" }],
  );
  assert.deepEqual([loaded.file.channels, loaded.file.journal.anchors, loaded.file.journal.segmentMinutes], [[], [], 5]);
  assert.deepEqual(
    loaded.file.assets.map(({ id }) => id),
    ["post"],
  );
});

test("truth is read line by line, and one that was cut short is left out", () => {
  const line = {
    atUs: 5e6,
    objects: [{ number: 7, id: "intruder", class: "uas.fpv", partner: false, latitudeDegrees: 1, longitudeDegrees: 2 }],
  };
  assert.deepEqual(readTruthLines(`${JSON.stringify(line)}\n{"atUs":6000000,"obj`), [
    { atUs: 5e6, object: "intruder 7", family: "uas", own: false, latitudeDegrees: 1, longitudeDegrees: 2 },
  ]);
});

test("an exercise is started, decided in, ended and scored; it is labelled everywhere, and its score waits for its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-exercise-"));
  const before = process.cwd();
  process.chdir(folder);
  const launcher = createExerciseLauncher([process.execPath, "--import", import.meta.resolve("tsx"), MAIN], undefined, []);
  try {
    const launched = await launcher.launch({ scene: "demo", seed: 3, minutes: 10 });
    assert.ok(launched.ok, launched.ok ? "" : launched.error);
    assert.match(
      (await launcher.launch({ scene: "demo", seed: 4, minutes: 10 }).then((second) => (second.ok ? "" : second.error))) ?? "",
      /running already/,
    );
    const url = `http://127.0.0.1:${launched.value.port}/api/v1`;
    const get = async <Answer>(path: string): Promise<Answer> => (await fetch(`${url}/${path}`)).json() as Promise<Answer>;
    const { items: sources } = await get<{ items: SourceView[] }>("sources");
    assert.deepEqual([...new Set(sources.map(({ origin }) => origin))], ["exercise"]);
    assert.equal((await fetch(`${url}/exercise/score`)).status, 409);

    // The one that surveys at 18 m/s west of the base is in the air from the first second.
    let track: TrackView | undefined;
    for (const end = Date.now() + 60_000; track === undefined && Date.now() < end; await new Promise((done) => setTimeout(done, 200))) {
      const { items } = await get<{ items: TrackView[] }>("tracks");
      track = items.find(({ status, claims }) => status === "confirmed" && claims.some(({ serial }) => serial?.startsWith("SIM")));
    }
    assert.match(track!.id, /^EX-T\d+$/);
    const accepted = await fetch(`${url}/tracks/${track!.id}/declaration`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: "affiliation", value: "suspect", reason: "seen by eye" }),
    });
    assert.equal(accepted.status, 200);
    await new Promise((done) => setTimeout(done, 4000)); // positions of a few seconds, so that the track can be told apart
    assert.equal((await fetch(`${url}/exercise/end`, { method: "POST" })).status, 200);
    let score: ExerciseScore | undefined;
    for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((done) => setTimeout(done, 200))) {
      const answer = await fetch(`${url}/exercise/score`);
      if (answer.status !== 200) continue;
      score = (await answer.json()) as ExerciseScore;
      if (score.objects.some(({ assessedAtUs }) => assessedAtUs !== null)) break;
    }
    const mine = score!.objects.find(({ trackIds }) => trackIds.includes(track!.id));
    assert.equal(mine!.family, "uas");
    assert.ok(mine!.decidedAtUs! >= mine!.trackedAtUs!);
    assert.equal(mine!.assessedAtUs, mine!.decidedAtUs, "a declaration is both");
    assert.deepEqual(mine!.mistakes, []);
  } finally {
    launcher.stop();
    process.chdir(before);
    for (const end = Date.now() + 10_000; launcher.running() !== undefined && Date.now() < end; )
      await new Promise((done) => setTimeout(done, 50));
    rmSync(folder, { recursive: true, force: true });
  }
});
