import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { type Micros, RADIANS_PER_DEGREE } from "../../src/core/base/units.ts";
import { localFrame } from "../../src/core/geodesy/wgs84.ts";
import { parseFriends } from "../../src/core/identification/friend-files.ts";
import { packageFolder } from "../../src/server/software-version.ts";

test("the example of announced flights is one that loads", () => {
  const content: unknown = parse(readFileSync(join(packageFolder(), "examples", "friends", "friends.yaml"), "utf8"));
  const frame = localFrame(36.9 * RADIANS_PER_DEGREE, 43.1 * RADIANS_PER_DEGREE, 300);
  const read = parseFriends(content, { frame, now: 1_790_000_000_000_000 as Micros, from: "file", registeredBy: "friends.yaml" });
  assert.ok(read.ok, read.ok ? "" : read.error.message);
  assert.deepEqual(
    read.value.map(({ id, owner }) => [id, owner]),
    [["survey-1", "Engineers"]],
  );
});
