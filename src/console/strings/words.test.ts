import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { createWords, type Message, mgrsOf } from "./words.ts";

const english = createWords("en", "latn");
const arabic = createWords("ar", "arab");

const formsOf = (message: Message): string[] => (typeof message === "string" ? [message] : Object.values(message));
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

test("both catalogues have the same keys, none empty", () => {
  assert.deepEqual(Object.keys(ar).sort(), Object.keys(en).sort());
  for (const catalogue of [en, ar] as Record<string, Message>[]) {
    for (const [key, message] of Object.entries(catalogue)) for (const form of formsOf(message)) assert.notEqual(form.trim(), "", key);
  }
});

test("an Arabic sentence asks for no value that the English one does not have", () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    const known = new Set(formsOf(en[key]).flatMap(placeholders));
    for (const form of formsOf(ar[key])) for (const name of placeholders(form)) assert.ok(known.has(name), `${key}: {${name}}`);
    // A value of the English sentence may be left out only where a plural form says the number itself.
    for (const form of typeof ar[key] === "string" ? [ar[key]] : [(ar[key] as { other: string }).other])
      assert.deepEqual(placeholders(form), [...known].sort(), key);
  }
});

const source = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("every code of a decode error and every notice of the engine has its sentence in both languages", () => {
  const codes = source("core/protocols/decode-error.ts").match(/readonly code:([\s\S]*?);/)![1]!;
  for (const match of codes.matchAll(/\|\s*"([\w-]+)"/g)) assert.ok(`error.${match[1]}` in en, `error.${match[1]}`);
  const notices = [...source("core/engine/notice-text.ts").matchAll(/^\s+"([\w-]+)": /gm)].map((match) => match[1]!);
  assert.ok(notices.length >= 6, notices.join());
  for (const key of notices) assert.ok(`notice.${key}` in en, `notice.${key}`);
});

test("Arabic plurals have all forms that Arabic counts with: one, two, few, many, other", () => {
  for (const [key, message] of Object.entries(ar)) {
    if (typeof message === "string") continue;
    for (const form of ["one", "two", "few", "many", "other"] as const) assert.ok(message[form] !== undefined, `${key}: ${form}`);
  }
  const forms = [1, 2, 3, 11, 100].map((count) => arabic.t("seen.sensors", { count }));
  assert.equal(new Set(forms).size, 5);
});

test("Arabic text is Arabic: no English sentence slipped in", () => {
  const allowed = new Set([
    "language.en",
    "language.other",
    "track.mgrs",
    "column.rank",
    "value.none",
    "value.percent",
    "track.ellipse-value",
    "notice.operator-note",
    "class.none",
    "class.words",
    "group.count",
  ]);
  for (const [key, message] of Object.entries(ar)) {
    if (allowed.has(key)) continue;
    for (const form of formsOf(message)) assert.match(form, /[\u0600-\u06ff]/, key);
  }
});

test("ages: tenths below ten seconds, then seconds, then minutes", () => {
  assert.equal(english.duration(0.44), "0.4 s");
  assert.equal(english.duration(9.94), "9.9 s");
  assert.equal(english.duration(12.4), "12 s");
  assert.equal(english.duration(59.6), "1:00");
  assert.equal(english.duration(185), "3:05");
  assert.equal(english.duration(7_800), "2:10:00");
  assert.equal(english.duration(-0.2), "0.0 s");
});

test("a countdown never promises more time than there is", () => {
  assert.equal(english.countdown(46.9), "0:46");
  assert.equal(english.countdown(0.9), "0:00");
  assert.equal(english.countdown(3_661), "1:01:01");
});

test("bearings have three digits, and 359.7 is 000", () => {
  assert.equal(english.bearing(7.2), "007°");
  assert.equal(english.bearing(359.7), "000°");
  assert.equal(english.bearing(-90), "270°");
});

test("digits follow the choice, coordinates stay as they are read over a radio", () => {
  assert.equal(arabic.number(1250), "١٬٢٥٠");
  assert.equal(createWords("ar", "latn").number(1250), "1,250");
  assert.equal(createWords("en", "arab").number(1250), "1,250");
  assert.equal(arabic.clock(Date.UTC(2026, 0, 1, 3, 40, 5) * 1000), "٠٣:٤٠:٠٥");
  assert.equal(arabic.latLon({ latitudeDegrees: -36.5, longitudeDegrees: 43.123456 }), "36.50000° S  43.12346° E");
});

test("the same day in both calendars: 1 January 2026 is 12 Rajab 1447", () => {
  const newYear = Date.UTC(2026, 0, 1, 12) * 1000;
  assert.match(english.date(newYear), /^Thu, Jan 01, 2026$/);
  assert.match(createWords("en", "latn", "islamic-umalqura").date(newYear), /^Thu, Raj\. 12, 1447/);
  assert.match(createWords("ar", "arab", "islamic-umalqura").date(newYear), /١٢.*١٤٤٧/);
});

test("text from outside is isolated inside an Arabic sentence", () => {
  assert.equal(arabic.t("track.ellipse-value", { major: "AB", minor: "CD" }), "\u2068AB\u2069 × \u2068CD\u2069");
});

test("a placeholder without a value stays visible, and a value is never read as a placeholder", () => {
  assert.equal(english.t("class.words", {}), "{class}");
  assert.equal(english.t("class.words", { class: "{class}" }), "{class}");
  assert.equal(english.tMaybe("notice.not-there"), undefined);
});

test("MGRS: the origin of zone 31N and a place with published coordinates", () => {
  // White House, Washington: 18S UJ 23394 07395 (38.8977 N, 77.0365 W), as public converters give it.
  assert.match(mgrsOf({ latitudeDegrees: 38.8977, longitudeDegrees: -77.0365 }), /^18S UJ 233\d\d 073\d\d$/);
  assert.equal(mgrsOf({ latitudeDegrees: 89, longitudeDegrees: 0 }), "");
  assert.equal(mgrsOf({ latitudeDegrees: Number.NaN, longitudeDegrees: 0 }), "");
});
