import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ALERT_TEXT_KEYS, alertText } from "../../core/alerting/alert-text.ts";
import { evidenceKeys, evidenceText } from "../../core/identification/evidence-text.ts";
import { RESPONSE_TEXT_KEYS, responseText } from "../../core/response/response-text.ts";
import { fillSentence } from "./fill-sentence.ts";
import { MISSING_IN_ARABIC, sentencesAr } from "./sentences-ar.ts";
import { createWords } from "./words.ts";

const arabic = createWords("ar", "arab");
const bare = (text: string) => text.replace(/[\u2068\u2069]/g, "");
const serverKeys = [...ALERT_TEXT_KEYS, ...evidenceKeys(), ...RESPONSE_TEXT_KEYS];

test("every sentence that the server can speak is in Arabic, except those that are listed as missing", () => {
  assert.deepEqual(serverKeys.filter((key) => !Object.hasOwn(sentencesAr, key)).sort(), [...MISSING_IN_ARABIC].sort());
});

test("the Arabic catalogue has no sentence that the server does not speak", () => {
  const known = new Set(serverKeys);
  assert.deepEqual(
    Object.keys(sentencesAr).filter((key) => !known.has(key)),
    [],
  );
});

test("the page about the console lists what is missing", () => {
  const page = readFileSync(new URL("../../../docs/operating/console.md", import.meta.url), "utf8");
  for (const key of MISSING_IN_ARABIC) assert.ok(page.includes(`\`${key}\``), key);
});

/** Values that a template asks for: those that English replaces by a mark. */
function namesOf(key: string): Set<string> {
  const names = new Set<string>();
  const probe = new Proxy({} as Record<string, string>, {
    get: (_, name: string) => {
      names.add(name);
      return "x";
    },
    getOwnPropertyDescriptor: (_, name: string) => {
      names.add(name);
      return { value: "x", configurable: true, enumerable: true, writable: true };
    },
    has: () => true,
  });
  if (ALERT_TEXT_KEYS.includes(key)) alertText(key, probe);
  else if (RESPONSE_TEXT_KEYS.includes(key)) responseText(key, probe);
  else evidenceText(key, probe);
  return names;
}

test("an Arabic sentence says the same values as the English one, and is Arabic", () => {
  for (const [key, sentence] of Object.entries(sentencesAr)) {
    assert.match(sentence, /[\u0600-\u06ff]/, key);
    const named = [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    assert.deepEqual([...new Set(named)].sort(), [...namesOf(key)].sort(), key);
  }
});

const site = { assets: [{ id: "hq", name: "القيادة" }] } as never;

test("values are put in with names and digits of the language, parts without their value are left out", () => {
  const filled = bare(fillSentence(sentencesAr["alarm.inbound-unassessed"]!, { track: "T27", asset: "hq", time: 142 }, arabic, site));
  assert.equal(filled, "T27 في طريقه إلى الداخل ولم يقيّمه أحد في وقته؛ إلى القيادة خلال ١٤٢ ث");
  assert.equal(
    bare(fillSentence(sentencesAr["rule.bird"]!, { className: "bird-large", uas: 0.02 }, arabic, undefined)),
    "يُعدّ طائر كبير، احتمال كونه مسيّرة ٠٫٠٢",
  );
});

test("text from the air is isolated and never read as a template", () => {
  const filled = fillSentence("قال {label}", { label: "{track}[x]" }, arabic, undefined);
  assert.equal(filled, "قال \u2068{track}[x]\u2069");
});
