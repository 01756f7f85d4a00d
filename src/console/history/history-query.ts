// What a person fills in, as a question to the API, and the shapes of its answers.

export const KINDS = ["incidents", "alarms", "decisions", "tracks", "heat"] as const;
export type Kind = (typeof KINDS)[number];
export const FORMATS = ["csv", "geojson", "kml", "cot"] as const;

export interface SearchForm {
  /** "2026-03-01T03:40" as a date field gives it, UTC; empty: open. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly text: string;
  readonly className: string;
  readonly affiliation: string;
  readonly origin: string;
}

export const EMPTY_FORM: SearchForm = { from: "", to: "", zone: "", text: "", className: "", affiliation: "", origin: "" };

/** A date field's text, read as UTC; undefined while it is empty or not a date. */
export function instantOf(text: string): number | undefined {
  const ms = Date.parse(`${text}${/T\d\d:\d\d$/.test(text) ? ":00" : ""}Z`);
  return text === "" || !Number.isFinite(ms) ? undefined : ms * 1000;
}

/** "2026-03-01T03:40" of an instant, UTC, for a date field. */
export const fieldOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 16);

/** The query string of a form: what is empty is not asked for. The end of a window is the end of its minute. */
export function paramsOf(form: SearchForm): URLSearchParams {
  const params = new URLSearchParams();
  const from = instantOf(form.from);
  const to = instantOf(form.to);
  if (from !== undefined) params.set("from", String(from));
  if (to !== undefined) params.set("to", String(to + 60e6 - 1));
  for (const [name, value] of [
    ["zone", form.zone],
    ["text", form.text.trim()],
    ["class", form.className],
    ["affiliation", form.affiliation],
    ["origin", form.origin],
  ] as const)
    if (value !== "") params.set(name, value);
  return params;
}

export interface Identified {
  readonly key: string;
}
export interface IncidentItem extends Identified {
  readonly origin: string;
  readonly firstAtUs: number;
  readonly lastAtUs: number;
  readonly open: boolean;
  readonly level: number;
  readonly conditionKey: string;
  readonly conditionValues: Record<string, string | number>;
  readonly conditionText: string;
  readonly tracks: number;
  readonly alarms: number;
  readonly decisions: number;
  readonly trackKeys: readonly string[];
}
export interface AlarmItem extends Identified {
  readonly id: string;
  readonly origin: string;
  readonly level: number;
  readonly raisedAtUs: number;
  readonly incident: string;
  readonly conditionKey: string;
  readonly conditionValues: Record<string, string | number>;
  readonly conditionText: string;
  readonly transitions: readonly {
    readonly atUs: number;
    readonly change: string;
    readonly by: string | null;
    readonly reason: string | null;
  }[];
  readonly tracks: readonly string[];
}
export interface DecisionItem {
  readonly sequence: number;
  readonly atUs: number;
  readonly kind: string;
  readonly actor: string;
  readonly authenticated: boolean;
  readonly subject: string;
  readonly trackKey: string | null;
  readonly ok: boolean;
  readonly message: string | null;
}
export interface TrackItem extends Identified {
  readonly id: string;
  readonly origin: string;
  readonly firstAtUs: number;
  readonly lastAtUs: number;
  readonly className: string;
  readonly classConfidence: number;
  readonly affiliation: string;
  readonly maxScore: number;
  readonly identities: readonly { readonly scheme: string; readonly value: string }[];
  readonly visits: readonly { readonly zoneId: string }[];
}
export interface HeatItem {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly positions: number;
  readonly tracks: number;
}
export interface PathPoint {
  readonly trackKey: string;
  readonly atUs: number;
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
}
export interface HistoryStateView {
  readonly state: "starting" | "catching-up" | "ready" | "failed";
  readonly reason: string;
  readonly share: number;
  readonly bytes: number;
  readonly fromUs: number | null;
  readonly toUs: number | null;
  readonly zones: readonly { readonly id: string; readonly name: string }[];
}

/** What one answer holds. */
export interface Found {
  readonly kind: Kind;
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** Asks the history; a sentence of the server where it refuses. */
export async function ask<Answer>(path: string, params: URLSearchParams): Promise<Answer> {
  const query = params.toString();
  const response = await fetch(`/api/v1/history/${path}${query === "" ? "" : `?${query}`}`, { signal: AbortSignal.timeout(30_000) });
  if (response.ok) return (await response.json()) as Answer;
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown };
  throw new Error(typeof problem.detail === "string" ? problem.detail : `HTTP ${response.status}`);
}
