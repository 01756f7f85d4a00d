// Pictures of a tracker run: the plan of truth and tracks, and GOSPA over time. Plain SVG, so that they can stand in a document.

import type { Score, StepScore } from "../../core/metrics/score.ts";
import type { TrackEstimate } from "../../core/tracking/tracker.ts";
import type { Scenario } from "./track-scenario.ts";

const COLOURS = ["#0b6e99", "#c2410c", "#15803d", "#7c3aed", "#b45309", "#be123c", "#0f766e", "#4d7c0f", "#1d4ed8", "#a21caf"];
const escapeText = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const short = (value: number) => String(Math.round(value * 10) / 10);

/** Plan view of one run: truth as grey lines, tracks coloured by identifier, sensors as triangles. North is up. */
export function drawPlan(scenario: Scenario, runNumber: number, estimates: readonly TrackEstimate[][], width = 620, height = 460): string {
  const truth = scenario.runs[runNumber]!.truth;
  const paths = new Map<number, [number, number][]>();
  for (const step of truth) for (const target of step ?? []) getOr(paths, target.id).push([target.position[0]!, target.position[1]!]);
  const tracks = new Map<number, [number, number][]>();
  for (const step of estimates) for (const track of step) getOr(tracks, track.id).push([track.position[0], track.position[1]]);
  const points = [...paths.values()].flat();
  const sensors =
    scenario.dimensions === 3 ? scenario.sensors.filter((sensor) => !sensor.cooperative).map((sensor) => sensor.positionEnu) : [];
  for (const sensor of sensors) points.push([sensor[0], sensor[1]]);
  if (points.length === 0) return "";
  const low = [Math.min(...points.map((p) => p[0])), Math.min(...points.map((p) => p[1]))];
  const high = [Math.max(...points.map((p) => p[0])), Math.max(...points.map((p) => p[1]))];
  const scale = Math.min((width - 40) / Math.max(high[0]! - low[0]!, 1), (height - 40) / Math.max(high[1]! - low[1]!, 1));
  const x = (value: number) => short(20 + (value - low[0]!) * scale);
  const y = (value: number) => short(height - 20 - (value - low[1]!) * scale);
  const line = (list: readonly [number, number][]) => list.map(([e, n]) => `${x(e)},${y(n)}`).join(" ");
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Truth and tracks in plan view">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
  ];
  for (const list of paths.values()) parts.push(`<polyline points="${line(list)}" fill="none" stroke="#bbb" stroke-width="3"/>`);
  for (const [id, list] of tracks) {
    const colour = COLOURS[id % COLOURS.length]!;
    if (list.length === 1) parts.push(`<circle cx="${x(list[0]![0])}" cy="${y(list[0]![1])}" r="1.5" fill="${colour}"/>`);
    else parts.push(`<polyline points="${line(list)}" fill="none" stroke="${colour}" stroke-width="1"/>`);
  }
  for (const [e, n] of sensors) parts.push(`<path d="M${x(e)} ${y(n)}m-6 5h12l-6 -11z" fill="#111"/>`);
  const bar = niceLength((width - 40) / 4 / scale);
  parts.push(
    `<path d="M20 ${height - 8}h${short(bar * scale)}" stroke="#111" stroke-width="2"/><text x="${short(26 + bar * scale)}" y="${height - 4}" font-size="11">${bar} m</text>`,
  );
  parts.push("</svg>");
  return parts.join("\n");
}

function niceLength(length: number): number {
  let unit = 1;
  while (unit * 10 <= length) unit *= 10;
  return length >= 5 * unit ? 5 * unit : length >= 2 * unit ? 2 * unit : unit;
}

function getOr(map: Map<number, [number, number][]>, id: number): [number, number][] {
  let list = map.get(id);
  if (list === undefined) {
    list = [];
    map.set(id, list);
  }
  return list;
}

/** GOSPA over time, with the missed and false parts below it. */
export function drawGospa(steps: readonly StepScore[], width = 620, height = 160): string {
  const top = Math.max(...steps.map((step) => step.gospa), 1);
  const x = (k: number) => short(34 + (k * (width - 44)) / Math.max(steps.length - 1, 1));
  const y = (value: number) => short(height - 20 - (value * (height - 32)) / top);
  const line = (value: (step: StepScore) => number) => steps.map((step, k) => `${x(k)},${y(value(step))}`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="GOSPA over time">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<polyline points="${line((step) => Math.sqrt(step.missed))}" fill="none" stroke="#c2410c"/>`,
    `<polyline points="${line((step) => Math.sqrt(step.false))}" fill="none" stroke="#7c3aed"/>`,
    `<polyline points="${line((step) => step.gospa)}" fill="none" stroke="#0b6e99" stroke-width="2"/>`,
    `<text x="2" y="12" font-size="11">${short(top)} m</text><text x="2" y="${height - 18}" font-size="11">0</text>`,
    `<text x="34" y="${height - 4}" font-size="11">step 0 to ${steps.length - 1}: GOSPA (blue), missed (orange), false (violet)</text>`,
    "</svg>",
  ].join("\n");
}

/** One page: figures, then each run's plan and GOSPA. */
export function reportPage(
  scenario: Scenario,
  estimates: readonly (readonly TrackEstimate[][])[],
  steps: readonly StepScore[],
  score: Score,
): string {
  const figures = Object.entries(score)
    .map(
      ([name, value]) =>
        `<tr><th>${escapeText(name)}</th><td>${value === undefined ? "-" : Math.round((value as number) * 10000) / 10000}</td></tr>`,
    )
    .join("");
  const runs = estimates
    .map(
      (run, number) => `<h2>Run ${number}</h2>${drawPlan(scenario, number, run)}${drawGospa(steps.filter((step) => step.run === number))}`,
    )
    .join("\n");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeText(scenario.header.scenario)}</title><style>body{font:14px system-ui;max-width:64rem;margin:2rem auto}th{text-align:left;padding-right:1rem}svg{max-width:100%}</style><h1>${escapeText(scenario.header.scenario)}</h1><p>Grey: truth. Coloured: tracks, by identifier.</p><table>${figures}</table>${runs}</html>\n`;
}
