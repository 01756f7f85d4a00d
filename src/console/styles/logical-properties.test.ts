import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const sheet = ["console.css", "sapient.css"]
  .map((name) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8"))
  .join("\n")
  .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
const tokens = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

test("the layout knows start and end, never left and right, so that one sheet serves both writing directions", () => {
  const physical =
    /^\s*((?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|text-align:\s*(?:left|right)|float)\s*:/;
  const wrong: string[] = [];
  sheet.split("\n").forEach((line, index) => {
    if (!physical.test(line)) return;
    // The one exception: the map's own pixels, which are never mirrored.
    if (
      /^\s*left: 0;/.test(line) &&
      sheet
        .split("\n")
        .slice(Math.max(0, index - 3), index)
        .join("\n")
        .includes(".map-marker")
    )
      return;
    wrong.push(`${index + 1}: ${line.trim()}`);
  });
  assert.deepEqual(wrong, []);
});

test("every theme defines every colour", () => {
  const themes = [...tokens.matchAll(/\[data-theme="(\w+)"\]\s*\{([^}]*)\}/g)].map((match) => ({
    name: match[1]!,
    names: [...match[2]!.matchAll(/(--[\w-]+):/g)].map((inner) => inner[1]!).sort(),
  }));
  assert.deepEqual(themes.map((theme) => theme.name).sort(), ["dark", "light", "red"]);
  for (const theme of themes) assert.deepEqual(theme.names, themes[0]!.names, theme.name);
});

test("every colour that the sheet asks for exists", () => {
  const defined = new Set([...tokens.matchAll(/(--[\w-]+):/g)].map((match) => match[1]!));
  const missing = [...sheet.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]!).filter((name) => !defined.has(name));
  assert.deepEqual([...new Set(missing)], []);
});

// WCAG 2.2, 1.4.3: relative luminance and contrast ratio.
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const channel = (at: number) => {
      const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  };
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

test("contrast: black on white is 21 to 1", () => assert.equal(contrast("#000000", "#ffffff"), 21));

test("text has at least 4.5 to 1 on every ground it stands on, in every theme; symbols on the map at least 3 to 1", () => {
  for (const match of tokens.matchAll(/\[data-theme="(\w+)"\]\s*\{([^}]*)\}/g)) {
    const colours = new Map([...match[2]!.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((inner) => [inner[1]!, inner[2]!]));
    const check = (front: string, back: string, least: number) => {
      const ratio = contrast(colours.get(front)!, colours.get(back)!);
      assert.ok(ratio >= least, `${match[1]}: ${front} on ${back} is ${ratio.toFixed(2)} to 1, needs ${least}`);
    };
    for (const back of ["panel", "raised", "hover", "selected", "page"])
      for (const front of ["text", "text-2", "accent", "warn", "bad", "good", "tag"]) check(front, back, 4.5);
    check("on-bad", "bad-fill", 4.5);
    check("warn", "warn-fill", 4.5);
    check("tag", "tag-fill", 4.5);
    check("map-text", "map-land", 4.5);
    check("map-text-muted", "map-land", 4.5);
    for (const front of ["symbol-friend", "symbol-neutral", "symbol-unknown", "symbol-suspect", "symbol-hostile"]) {
      check(front, "map-land", 3);
      check(front, "symbol-fill", 3);
    }
    check("symbol-on-hostile", "symbol-hostile", 4.5);
  }
});
