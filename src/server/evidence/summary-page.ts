// The page of an evidence bundle that a judge or an officer reads: both languages, no script, nothing loaded from anywhere.

import type { Micros } from "../../core/base/units.ts";
import type { CaseRecord, Decision } from "./bundle.ts";
import type { SliceCounts } from "./slice.ts";

export interface SummaryContent {
  readonly siteId: string;
  readonly bundleId: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly madeAt: Micros;
  readonly by: string;
  readonly reason: string;
  readonly publicKey: string;
  readonly versions: readonly string[];
  readonly counts: SliceCounts;
  readonly decisions: readonly Decision[];
  readonly cases: readonly CaseRecord[];
}

interface Words {
  readonly language: "en" | "ar";
  readonly title: string;
  readonly site: string;
  readonly time: string;
  readonly to: string;
  readonly madeBy: string;
  readonly reason: string;
  readonly key: string;
  readonly versions: string;
  readonly kept: string;
  readonly left: string;
  readonly seals: string;
  readonly decisions: string;
  readonly none: string;
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly proved: string;
  readonly unproved: string;
  readonly cases: string;
  readonly hash: string;
  readonly approvals: string;
  readonly check: string;
}

const ENGLISH: Words = {
  language: "en",
  title: "Evidence from the record of",
  site: "Site",
  time: "Time (UTC)",
  to: "to",
  madeBy: "Made by",
  reason: "Reason",
  key: "The site's public key",
  versions: "Recorded by Picket version",
  kept: "Records in this bundle",
  left: "Records left out, whose number is sealed",
  seals: "Seals",
  decisions: "What people did",
  none: "Nobody did anything in this time.",
  when: "When",
  who: "Who",
  what: "What",
  proved: "signed in",
  unproved: "a name that nobody proved",
  cases: "Cases",
  hash: "Hash of the text that was signed",
  approvals: "Approvals",
  check: "This page proves nothing by itself. Check the bundle with picket-verify: README.txt says how.",
};

const ARABIC: Words = {
  language: "ar",
  title: "أدلة من سجل الموقع",
  site: "الموقع",
  time: "الوقت (UTC)",
  to: "إلى",
  madeBy: "أعدّها",
  reason: "السبب",
  key: "المفتاح العلني للموقع",
  versions: "سُجّلت بإصدار Picket",
  kept: "السجلات في هذه الحزمة",
  left: "سجلات لم تُدرج، وعددها مختوم",
  seals: "الأختام",
  decisions: "ما فعله الأشخاص",
  none: "لم يفعل أحد شيئاً في هذا الوقت.",
  when: "متى",
  who: "من",
  what: "ماذا",
  proved: "سجّل دخوله",
  unproved: "اسم لم يثبته أحد",
  cases: "الحالات",
  hash: "بصمة النص الموقَّع",
  approvals: "الموافقات",
  check: "هذه الصفحة وحدها لا تثبت شيئاً. افحص الحزمة بأداة picket-verify كما يشرح الملف README.txt.",
};

/** A whole HTML page. Everything that came from people or from the air is text. */
export function summaryPage(content: SummaryContent): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(`${ENGLISH.title} ${content.siteId}`)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #888;padding:.3rem .5rem;text-align:start;vertical-align:top}code,bdi{overflow-wrap:anywhere}section{margin-bottom:4rem}</style></head><body>
${section(content, ENGLISH)}
${section(content, ARABIC)}
</body></html>
`;
}

function section(content: SummaryContent, words: Words): string {
  const facts: readonly (readonly [string, string])[] = [
    [words.site, bdi(content.siteId)],
    [words.time, `${when(content.from)} ${words.to} ${when(content.to)}`],
    [words.madeBy, `${bdi(content.by)}, ${when(content.madeAt)}`],
    [words.reason, bdi(content.reason)],
    [words.versions, bdi(content.versions.join(", "))],
    [words.kept, bdi(String(content.counts.keptRecords))],
    [words.left, bdi(String(content.counts.withheldRecords))],
    [words.seals, bdi(String(content.counts.seals))],
    [words.key, `<code dir="ltr">${text(content.publicKey)}</code>`],
  ];
  return `<section lang="${words.language}" dir="${words.language === "ar" ? "rtl" : "ltr"}">
<h1>${words.title} ${bdi(content.siteId)}</h1>
<p><strong>${words.check}</strong></p>
<table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("")}</table>
${casesOf(content.cases, words)}
<h2>${words.decisions}</h2>
${decisionsOf(content.decisions, words)}
</section>`;
}

function casesOf(cases: readonly CaseRecord[], words: Words): string {
  if (cases.length === 0) return "";
  const rows = cases.map(
    ({ id, hash, approvals }) =>
      `<tr><td>${bdi(id)}</td><td><code dir="ltr">${text(hash)}</code></td><td>${bdi(String(approvals.length))}</td></tr>`,
  );
  return `<h2>${words.cases}</h2>
<table><tr><th></th><th>${words.hash}</th><th>${words.approvals}</th></tr>${rows.join("")}</table>`;
}

function decisionsOf(decisions: readonly Decision[], words: Words): string {
  if (decisions.length === 0) return `<p>${words.none}</p>`;
  const rows = decisions.map(({ at, actor, command }) => {
    const proof = actor.authenticated ? words.proved : words.unproved;
    return `<tr><td>${when(at)}</td><td>${bdi(actor.name)} (${proof})</td><td><code dir="ltr">${text(JSON.stringify(command))}</code></td></tr>`;
  });
  return `<table><tr><th>${words.when}</th><th>${words.who}</th><th>${words.what}</th></tr>${rows.join("")}</table>`;
}

const when = (at: Micros): string => bdi(new Date(at / 1000).toISOString());

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const text = (value: string): string => value.replace(/[&<>"']/g, (character) => ESCAPES[character]);
/** Names, times and numbers keep their own direction inside the other language's line. */
const bdi = (value: string): string => `<bdi>${text(value)}</bdi>`;
