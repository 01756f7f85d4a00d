// Our hand-written tables against the machine-readable item definitions of another project, read in place.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findTable } from "./editions.ts";
import type { Compound, Field, Part, Structure } from "./structure.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/asterix/specs/", import.meta.url));

// ---- a small reader of that format: indentation is structure -------------------------------------------------------------------

interface Line {
  readonly depth: number;
  readonly text: string;
  readonly inner: Line[];
}

function readLines(text: string): Line[] {
  const root: Line = { depth: -1, text: "", inner: [] };
  const stack = [root];
  for (const raw of text.split("\n")) {
    if (raw.trim() === "") continue;
    const depth = raw.length - raw.trimStart().length;
    const line: Line = { depth, text: raw.trim(), inner: [] };
    while (stack.at(-1)!.depth >= depth) stack.pop();
    stack.at(-1)!.inner.push(line);
    stack.push(line);
  }
  return root.inner;
}

const PROSE = /^(definition|remark|description|preamble)\b/;
const parts = (line: Line) => line.inner.filter((inner) => !PROSE.test(inner.text));

/** "1/2^8", "360/2^16", "25", "1/100" -> a number. */
const number = (text: string): number => {
  const [top, bottom] = text.split("/");
  const power = (part: string) => {
    const [base, exponent] = part.split("^").map(Number);
    return exponent === undefined ? base : base ** exponent;
  };
  return power(top) / (bottom === undefined ? 1 : power(bottom));
};

// ---- both sides as the same plain text: one line for each run of bits -----------------------------------------------------------

/** "bits coding step", with what does not change the octets or their reading left out. */
function ourField(field: Field): string {
  if (field.coding === "spare") return `${field.bits} spare`;
  if (field.choice !== undefined) {
    return `${field.bits} choice ${field.choice.scales.map((scale) => (scale.numerator / scale.denominator).toPrecision(9)).join(" ")}`;
  }
  const step = field.scale.numerator / field.scale.denominator;
  if (field.coding === "signed") return `${field.bits} signed ${step.toPrecision(9)}`;
  // Plain counts, tables of meanings and raw bits are all unsigned with a step of 1.
  if (field.coding === "unsigned") return `${field.bits} unsigned ${step.toPrecision(9)}`;
  if (field.coding === "hex") return `${field.bits} unsigned ${(1).toPrecision(9)}`;
  return `${field.bits} ${field.coding}`;
}
const ourPart = (part: Part): string[] => [...part.fields.map(ourField), ...(part.fx ? ["FX"] : [])];

function ours(structure: Structure): unknown {
  switch (structure.kind) {
    case "fixed":
      return ["fixed", ourPart(structure.part)];
    case "extended":
      return ["extended", structure.parts.flatMap(ourPart)];
    case "repetitive":
      return ["repetitive", ourPart(structure.each)];
    case "repetitive-fx":
      return ["repetitive fx", ourPart(structure.each)];
    case "compound":
      return oursCompound(structure);
    case "explicit":
      return ["explicit"];
    case "random-sequence":
      return ["rfs"];
  }
}
const oursCompound = (compound: Compound): unknown => [
  "compound",
  compound.members.map((member) => (member === undefined ? "-" : ours(member.structure))),
];

function theirBits(line: Line): string[] {
  const spare = /^spare (\d+)/.exec(line.text);
  if (spare !== null) return [`${spare[1]} spare`];
  const element = parts(line).find((inner) => inner.text.startsWith("element") || inner.text.startsWith("group"))!;
  return theirContent(element);
}

function theirContent(line: Line): string[] {
  if (line.text === "group") return parts(line).flatMap(theirBits);
  const bits = Number(/^element (\d+)/.exec(line.text)![1]);
  const content = parts(line)[0];
  const text = content?.text ?? "raw";
  if (text.startsWith("case")) {
    const steps = parts(content)
      .filter((option) => /quantity/.test(option.text + option.inner.map((inner) => inner.text).join(" ")))
      .map((option) => number(/quantity (\S+)/.exec(option.text + option.inner.map((inner) => inner.text).join(" "))![1]).toPrecision(9));
    return [`${bits} choice ${steps.join(" ")}`];
  }
  const quantity = /^(signed|unsigned) quantity (\S+)/.exec(text);
  if (quantity !== null) return [`${bits} ${quantity[1]} ${number(quantity[2]).toPrecision(9)}`];
  if (/^signed integer/.test(text)) return [`${bits} signed ${(1).toPrecision(9)}`];
  if (/^string octal/.test(text)) return [`${bits} octal`];
  if (/^string icao/.test(text)) return [`${bits} icao6`];
  if (/^string ascii/.test(text)) return [`${bits} ascii`];
  return [`${bits} unsigned ${(1).toPrecision(9)}`];
}

function theirs(line: Line): unknown {
  const body = parts(line).find((inner) => /^(element|group|extended|repetitive|compound|explicit|rfs)/.test(inner.text))!;
  return theirBody(body);
}

function theirBody(body: Line): unknown {
  const [kind, argument] = body.text.split(" ");
  if (kind === "element" || kind === "group") return ["fixed", theirContent(body)];
  if (kind === "extended") return ["extended", parts(body).flatMap((inner) => (inner.text === "-" ? ["FX"] : theirBits(inner)))];
  if (kind === "repetitive") {
    const each = theirContent(parts(body)[0]);
    return argument === "fx" ? ["repetitive fx", [...each, "FX"]] : ["repetitive", each];
  }
  if (kind === "compound") return ["compound", parts(body).map((inner) => (inner.text === "-" ? "-" : theirs(inner)))];
  return [kind];
}

/** A register of 64 bits is 56 bits and its number in ours. */
const REGISTERS = JSON.stringify(["repetitive", ["64 unsigned 1.00000000"]]);
const OUR_REGISTERS = JSON.stringify(["repetitive", ["56 unsigned 1.00000000", "4 unsigned 1.00000000", "4 unsigned 1.00000000"]]);
const same = (value: unknown) => JSON.stringify(value).replaceAll(REGISTERS, OUR_REGISTERS);

/** Where we follow the standard's text and that project's file does not. */
const KNOWN: Readonly<Record<string, string>> = {
  "010_cat-1.1.ast 202": "its step of 1/16 m/s contradicts its own range of 8192 m/s in 16 bits; the standard says 0.25 m/s",
  "010_cat-1.1.ast 210": "its step of 1/16 m/s2 contradicts its own range of 31 m/s2 in 8 bits; the standard says 0.25 m/s2",
  "021_cat-0.26.ast 090": "PA counts accuracy classes; two's complement would make the better half of them negative",
};

const FILES: readonly (readonly [string, number, string])[] = [
  ["001_cat-1.4.ast", 1, "1.4"],
  ["002_cat-1.2.ast", 2, "1.2"],
  ["010_cat-1.1.ast", 10, "1.1"],
  ["015_cat-1.2.ast", 15, "1.2"],
  ["016_cat-1.0.ast", 16, "1.0"],
  ["019_cat-1.3.ast", 19, "1.3"],
  ["020_cat-1.11.ast", 20, "1.11"],
  ["021_cat-0.26.ast", 21, "0.26"],
  ["021_cat-2.1.ast", 21, "2.1"],
  ["021_cat-2.7.ast", 21, "2.7"],
  ["023_cat-1.3.ast", 23, "1.3"],
  ["034_cat-1.29.ast", 34, "1.29"],
  ["048_cat-1.32.ast", 48, "1.32"],
  ["062_cat-1.20.ast", 62, "1.20"],
  ["062_cat-1.21.ast", 62, "1.21"],
  ["063_cat-1.6.ast", 63, "1.6"],
  ["063_cat-1.7.ast", 63, "1.7"],
  ["065_cat-1.5.ast", 65, "1.5"],
  ["065_cat-1.6.ast", 65, "1.6"],
  ["205_cat-1.0.ast", 205, "1.0"],
];

for (const [file, category, edition] of FILES) {
  const path = folder + file;
  test(`CAT${String(category).padStart(3, "0")} edition ${edition}: every item is laid out as ${file} says`, {
    skip: existsSync(path) ? false : "../shared is absent",
  }, () => {
    const lines = readLines(readFileSync(path, "utf8"));
    const table = findTable(category, edition)!.table;
    const items = lines.find((line) => line.text === "items")!.inner;
    const differences: string[] = [];
    for (const item of items) {
      const name = item.text.split(" ")[0];
      if (KNOWN[`${file} ${name}`] !== undefined) continue;
      const structure = table.items[name];
      if (structure === undefined) {
        differences.push(`${name} is missing`);
        continue;
      }
      const [mine, other] = [same(ours(structure)), same(theirs(item))];
      if (mine !== other) differences.push(`${name}\n  ours   ${mine}\n  theirs ${other}`);
    }
    assert.deepEqual(differences, []);
    const rfs = (uap: readonly Line[]) => uap.map((line) => (line.text === "rfs" ? "RFS" : line.text));
    const single = lines.find((line) => line.text === "uap");
    if (single !== undefined) assert.deepEqual(table.uap, rfs(single.inner));
    else {
      const variations = lines.find((line) => line.text === "uaps")!.inner.find((line) => line.text === "variations")!.inner;
      assert.deepEqual(table.uap, rfs(variations.find((line) => line.text === "plot")!.inner));
      assert.deepEqual(table.alternative!.uap, rfs(variations.find((line) => line.text === "track")!.inner));
    }
  });
}

for (const [file, category, edition] of [
  ["021_ref-1.5.ast", 21, "2.7"],
  ["062_ref-1.3.ast", 62, "1.21"],
] as const) {
  const path = folder + file;
  test(`CAT${String(category).padStart(3, "0")}: the reserved expansion field is laid out as ${file} says`, {
    skip: existsSync(path) ? false : "../shared is absent",
  }, () => {
    const body = readLines(readFileSync(path, "utf8")).find((line) => line.text.startsWith("compound"))!;
    const structure = findTable(category, edition)!.table.items.RE;
    assert.ok(structure.kind === "explicit" && structure.content !== undefined);
    assert.equal(same(oursCompound(structure.content)), same(theirBody(body)));
  });
}
