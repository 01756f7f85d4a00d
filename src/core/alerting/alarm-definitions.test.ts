import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ALARM_DEFINITIONS } from "./alarm-definitions.ts";

test("the table of docs/alarms.md names every alarm with its level, whether it is mandatory, and its delays", () => {
  const page = readFileSync(new URL("../../../docs/alarms.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| ([a-z-]+)( \*)? \| ([123]) \|.*\| (\d+) \/ (\d+) \|$/gm)].map(([, id, star, level, on, off]) => ({
    id,
    mandatory: star !== undefined,
    level: Number(level),
    onDelay: Number(on),
    offDelay: Number(off),
  }));
  const expected = ALARM_DEFINITIONS.map(({ id, mandatory, level, onDelay, offDelay }) => ({
    id,
    mandatory: mandatory === true,
    level,
    onDelay,
    offDelay,
  }));
  assert.deepEqual(rows, expected);
});
