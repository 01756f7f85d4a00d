// picket alarms report: the monthly self-audit out of a record, for the meeting at which the alarms of a site are looked at.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { auditReport, REPORT_MONTHS } from "../../core/engine/alarm-report.ts";
import type { Picture } from "../../core/engine/picture.ts";
import { type AuditMonthView, type AuditReport, FEWEST_FOR_SHARES } from "../../core/model/alarm-report.ts";
import { productEngine } from "../journal/product-engine.ts";
import { recover, recoverPicture } from "../journal/recover.ts";
import { storageOfPath } from "../journal/storage.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { fileError, type Output } from "./replay.ts";

const HELP = `Usage: picket alarms report FOLDER [options]

Prints the self-audit of a site's alarms by calendar month (UTC), after ISA-18.2 and EEMUA 191: how often they called, when, which,
how fast people acknowledged, and each published aim beside its value. FOLDER is the server's data folder or its journal; nothing
in it is changed, and a server may be running on it. GET /api/v1/alerts/audit of a running server says the same.

Options:
  --from MONTH     first month, for example 2026-10 (default: the oldest that is known)
  --to MONTH       last month, included (default: the newest)
  --operators N    people on watch on average; rates are for each of them (default 1)
  --json           one JSON object instead of text
  --help           this text

Examples:
  picket alarms report data
  picket alarms report data --from 2026-10 --to 2026-11 --operators 2 --json

Exit codes: 0 printed; 1 nothing is known of any month asked for; 2 wrong usage, or a record that cannot be read.`;

const consoleOutput: Output = { line: (text) => console.log(text), note: (text) => console.error(text) };

export async function runAlarms(argv: readonly string[], output: Output = consoleOutput): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      operators: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) {
    output.line(HELP);
    return 0;
  }
  const [action, folder, ...rest] = positionals;
  if (action !== "report" || folder === undefined || rest.length > 0)
    throw new UsageError("picket alarms wants: report FOLDER; see picket alarms --help");
  for (const name of ["from", "to"] as const)
    if (values[name] !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(values[name]))
      throw new UsageError(`--${name}: expected a month like 2026-11, found "${values[name]}"`);
  const operators = Number(values.operators ?? 1);
  if (!(operators >= 1 && operators <= 100)) throw new UsageError(`--operators: expected 1 to 100, found "${values.operators}"`);
  const picture = await pictureOf(folder, output);
  const report = auditReport(picture, values.from, values.to, operators);
  if (report === undefined) throw new UsageError(`--from: not after --to, and at most ${REPORT_MONTHS} months before it`);
  if (values.json === true) output.line(JSON.stringify(report, null, 2));
  else print(report, output);
  return report.items.length === 0 ? 1 : 0;
}

/** The picture at the end of a record. */
async function pictureOf(folder: string, output: Output): Promise<Picture> {
  const inside = join(folder, "journal");
  const path = existsSync(inside) ? inside : folder;
  const { storage, names } = await storageOfPath(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (names.length === 0) throw new UsageError(`${path}: there is no journal in it`);
  const recovered = await recover(storage);
  try {
    const { picture, gap } = await recoverPicture(recovered, productEngine);
    if (gap !== undefined) output.note(`picket: the record is not whole: ${gap}`);
    return picture;
  } catch (error) {
    throw new UsageError(`${path}: its newest picture cannot be read by this version (${(error as Error).message})`);
  }
}

const AIMS: Readonly<Record<string, string>> = {
  "mean-per-10-min": "calls in 10 minutes, mean",
  "peak-per-10-min": "calls in 10 minutes, most",
  "flood-share": "share of the time in flood",
  "level-1-share": "share of level 1",
  "level-2-share": "share of level 2",
  "stale-per-day": "open for more than a day, a day",
  chattering: "chattering sources",
  "top-ten-share": "share of the ten noisiest",
};

const day = (us: number): string => new Date(us / 1000).toISOString().slice(0, 16).replace("T", " ");
const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(3));
const seconds = (value: number | null): string => (value === null ? "-" : `${value.toFixed(1)} s`);

function print(report: AuditReport, output: Output): void {
  for (const month of report.items) printMonth(month, output);
  if (report.missing.length > 0)
    output.line(`Nothing is known of ${report.missing.join(", ")}: no alarm changed then, or the figures are not kept any more.`);
  else if (report.items.length === 0) output.line("No alarm ever changed.");
}

function printMonth(month: AuditMonthView, output: Output): void {
  const { line } = output;
  line(`Alarms in ${month.month} (UTC), ${day(month.fromUs)} to ${day(month.toUs)}, for ${figure(month.operators)} on watch`);
  line("");
  line(`  ${"figure".padEnd(34)}${"value".padStart(10)}${"aim".padStart(10)}`);
  for (const { key, value, aim, met } of month.figures)
    line(`  ${(AIMS[key] ?? key).padEnd(34)}${figure(value).padStart(10)}${figure(aim).padStart(10)}  ${met ? "met" : "NOT MET"}`);
  if (month.calls < FEWEST_FOR_SHARES) line(`  Of fewer than ${FEWEST_FOR_SHARES} calls no share can be told: those aims count as met.`);
  line("");
  line(
    `  ${"level".padEnd(8)}${"calls".padStart(8)}${"share".padStart(8)}${"acknowledged".padStart(14)}${"median".padStart(10)}${"95 %".padStart(10)}`,
  );
  for (const level of month.byLevel)
    line(
      `  ${String(level.level).padEnd(8)}${String(level.calls).padStart(8)}${level.share.toFixed(2).padStart(8)}${String(level.acknowledged).padStart(14)}${seconds(level.medianSeconds).padStart(10)}${seconds(level.p95Seconds).padStart(10)}`,
    );
  line(
    `  ${month.calls} calls; ${month.neverAcknowledged} ended without a person having acknowledged; ${month.shelved} put off, ${month.shelvedTooLong} of them for long`,
  );
  if (month.peakAtUs !== null) line(`  most in 10 minutes: ${figure(month.peakPer10Min)} from ${day(month.peakAtUs)}`);
  list(
    line,
    "by alarm",
    month.byDefinition.map(({ definitionId, calls }) => [definitionId, calls]),
  );
  list(
    line,
    "the ten noisiest sources",
    month.topTen.map(({ definitionId, subject, calls }) => [`${definitionId} ${subject}`, calls]),
  );
  list(
    line,
    "chattering",
    month.chattering.map(({ definitionId, subject, times }) => [`${definitionId} ${subject}`, times]),
  );
  list(
    line,
    "open for more than a day",
    month.stale.map(({ definitionId, count }) => [definitionId, count]),
  );
  line("");
  line(`  calls by hour of the day (UTC): ${month.byHour.join(" ")}`);
  if (month.sourcesDropped > 0) line(`  ${month.sourcesDropped} sources were not counted apart: there were too many`);
  line("");
}

function list(line: (text: string) => void, title: string, entries: readonly (readonly [string, number])[]): void {
  if (entries.length === 0) return;
  line("");
  line(`  ${title}`);
  for (const [name, count] of entries) line(`    ${name.padEnd(44)}${String(count).padStart(8)}`);
}

export const alarmsCommand: CliCommand = {
  name: "alarms",
  summary: "print the monthly self-audit of a site's alarms",
  help: HELP,
  run: (argv) => runAlarms(argv),
};
