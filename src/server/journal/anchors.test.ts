import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { micros } from "../../core/base/units.ts";
import { type Anchor, createAnchors, fileTarget, readAnchors } from "./anchors.ts";

const folder = mkdtempSync(join(tmpdir(), "picket-anchors-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const hash = (digit: string) => digit.repeat(64);

function setUp(put: (anchor: Anchor) => Promise<void>) {
  const state = { head: hash("a"), sealedSequence: 7 };
  const log: string[] = [];
  const path = join(folder, `${Math.floor(performance.now() * 1000)}.jsonl`);
  const anchors = createAnchors({
    targets: [fileTarget(path), { name: "partner", put }],
    siteId: "demo",
    keyId: "0123456789abcdef",
    head: () => state,
    now: () => micros(1_000_000),
    log: (_level, text) => log.push(text),
  });
  return { state, log, path, anchors };
}

test("a head is noted once at each target, and again when it has changed", async () => {
  const heard: Anchor[] = [];
  const { state, path, anchors } = setUp(async (anchor) => {
    heard.push(anchor);
  });
  await anchors.note();
  await anchors.note();
  state.head = hash("b");
  state.sealedSequence = 9;
  await anchors.note();
  assert.deepEqual(
    heard.map(({ head, sequence }) => [head, sequence]),
    [
      [hash("a"), 7],
      [hash("b"), 9],
    ],
  );
  assert.deepEqual(readAnchors(readFileSync(path, "utf8")), { heads: [hash("a"), hash("b")], problems: [] });
});

test("a target that refuses is told once, keeps nobody else waiting, and gets the newest head when it takes again", async () => {
  let refuse = true;
  const heard: string[] = [];
  const { state, log, path, anchors } = setUp(async ({ head }) => {
    if (refuse) throw new Error("nobody listens there");
    heard.push(head);
  });
  await anchors.note();
  state.head = hash("b");
  await anchors.note();
  assert.deepEqual(log, ["the journal's head could not be noted at partner: nobody listens there"]);
  assert.deepEqual(anchors.problems(), ["the journal's head is not noted at partner: nobody listens there"]);
  assert.equal(readAnchors(readFileSync(path, "utf8")).heads.length, 2);
  refuse = false;
  await anchors.note();
  assert.deepEqual([heard, anchors.problems()], [[hash("b")], []]);
});

test("before the first seal there is no head to note", async () => {
  const { state, anchors } = setUp(async () => assert.fail("nothing is to be noted"));
  state.head = hash("0");
  await anchors.note();
});

test("a damaged line of an anchor file is named, and the others count", () => {
  const good = JSON.stringify({ format: "picket-anchor/1", head: hash("c") });
  assert.deepEqual(readAnchors(`${good}\nnonsense\n{"head":"ab"}\n${good}`), {
    heads: [hash("c"), hash("c")],
    problems: ["line 2 is no anchor", "line 3 is no anchor"],
  });
});
