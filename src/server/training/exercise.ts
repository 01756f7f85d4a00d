// An exercise is a server of its own: the same product on a site whose every source has the origin "exercise", with its own journal, and with
// nothing configured that leaves it. What people do there is scored against the truth that the simulator wrote.

import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { ExerciseScore } from "../../core/model/exercise-score.ts";
import { findTargetClass } from "../../core/model/target-classes.ts";
import { type ExerciseFacts, type ProtectedPlace, scoreExercise, type TruthSample } from "../../core/training/score.ts";
import type { History } from "../history/history.ts";
import type { HistoryAlarm, HistoryFilter, HistoryPage, HistoryTrack } from "../history/queries.ts";
import type { DecisionRow, PositionRow } from "../history/schema.ts";

export interface ExercisePlan {
  /** Name of a built-in scene, or path of a scene file. */
  readonly scene: string;
  readonly title: string;
  readonly seed: number;
  readonly durationSeconds: number;
  /** Where the simulator writes what is really there. */
  readonly truthFile: string;
}

export interface ExerciseState {
  readonly scene: string;
  readonly title: string;
  readonly seed: number;
  readonly durationSeconds: number;
  /** "waiting": its first object is not in the air yet. */
  readonly state: "waiting" | "running" | "ended";
  readonly startedAtUs: number | null;
  readonly endsAtUs: number | null;
}

export interface Exercise {
  state(): ExerciseState;
  started(atUs: number): void;
  ended(atUs: number): void;
  /** Asks whoever plays the sensors to stop; the state changes when it has. */
  end(): void;
  onEnd(stop: () => void): void;
  /** One sentence while it runs, or when the record cannot be read. */
  score(): Promise<Result<ExerciseScore, string>>;
}

/** Sections of a site's file by which anything could leave it, or that need what is not there. */
const LEFT_OUT = ["outputs", "channels", "cameras", "associatedFiles", "friendsFrom", "secrets"] as const;

/**
 * A site's file for an exercise: its sources listen on free loopback ports with the origin "exercise"; sources that connect, and everything
 * that would leave the machine, are left out. Places, zones, alarms and the response policy stay as they are.
 */
export function exerciseSite(text: string): string {
  const file = parse(text, { maxAliasCount: 20 }) as Record<string, unknown> | null;
  if (file === null || typeof file !== "object") return text; // the reader of site files says what is wrong
  for (const section of LEFT_OUT) delete file[section];
  if (Array.isArray(file.sources))
    file.sources = (file.sources as Record<string, unknown>[]).flatMap((source) => {
      if (typeof source.listen !== "string") return [];
      const { tls: _tls, allow: _allow, sensor: _sensor, ...rest } = source;
      return [{ ...rest, origin: "exercise", listen: `${source.listen.split("://")[0]}://127.0.0.1:0` }];
    });
  if (typeof file.journal === "object" && file.journal !== null) delete (file.journal as Record<string, unknown>).anchors;
  if (typeof file.response === "object" && file.response !== null) delete (file.response as Record<string, unknown>).receivers;
  return stringify(file);
}

interface TruthLine {
  readonly atUs: number;
  readonly objects: readonly {
    readonly number: number;
    readonly id: string;
    readonly class: string;
    readonly partner: boolean;
    readonly latitudeDegrees: number;
    readonly longitudeDegrees: number;
  }[];
}

/** The simulator's lines; the last one may be cut short by its end. */
export function readTruthLines(text: string): TruthSample[] {
  return text.split("\n").flatMap((line) => {
    let parsed: TruthLine;
    try {
      parsed = JSON.parse(line) as TruthLine;
    } catch {
      return [];
    }
    return parsed.objects.map((object) => ({
      atUs: parsed.atUs,
      object: `${object.id} ${object.number}`,
      family: findTargetClass(object.class)?.family ?? "clutter",
      own: object.partner,
      latitudeDegrees: object.latitudeDegrees,
      longitudeDegrees: object.longitudeDegrees,
    }));
  });
}

export interface ExerciseOptions {
  readonly plan: ExercisePlan;
  readonly history: History;
  readonly assets: () => readonly ProtectedPlace[];
}

export function createExercise({ plan, history, assets }: ExerciseOptions): Exercise {
  let startedAtUs: number | null = null;
  let endedAtUs: number | null = null;
  const stops: (() => void)[] = [];
  const { truthFile, ...told } = plan;

  async function all<Row>(ask: "tracks" | "alarms" | "decisions" | "positions", limit: number): Promise<Row[]> {
    const rows: Row[] = [];
    let after: string | undefined;
    do {
      const filter: HistoryFilter = { limit, ...(after === undefined ? {} : { after }) };
      const page = (await history.ask(ask === "tracks" ? { ask, filter, pilots: false } : { ask, filter })) as HistoryPage<Row>;
      rows.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return rows;
  }

  async function facts(): Promise<ExerciseFacts> {
    const [tracks, alarms, decisions, positions] = await Promise.all([
      all<HistoryTrack>("tracks", 1000),
      all<HistoryAlarm>("alarms", 1000),
      all<DecisionRow>("decisions", 1000),
      all<PositionRow>("positions", 10_000),
    ]);
    return {
      truth: readTruthLines(readFileSync(truthFile, "utf8")),
      tracks: positions.map((row) => ({
        atUs: row.at_us,
        trackKey: row.track_key,
        latitudeDegrees: row.latitude_degrees,
        longitudeDegrees: row.longitude_degrees,
      })),
      names: new Map(tracks.map(({ key, id }) => [key, id])),
      alarms: alarms.map((row) => ({
        id: row.id,
        raisedAtUs: row.raised_at_us,
        acknowledgedAtUs: row.acknowledged_at_us,
        trackKeys: row.tracks,
      })),
      decisions: decisions
        .filter(({ ok: carriedOut }) => carriedOut === 1)
        .map((row) => ({ atUs: row.at_us, kind: row.kind, actor: row.actor, trackKey: row.track_key, ...declared(row) })),
      assets: assets(),
    };
  }

  return {
    state: () => ({
      ...told,
      state: endedAtUs !== null ? "ended" : startedAtUs === null ? "waiting" : "running",
      startedAtUs,
      endsAtUs: endedAtUs ?? (startedAtUs === null ? null : startedAtUs + plan.durationSeconds * 1e6),
    }),
    started(atUs) {
      startedAtUs ??= atUs;
    },
    ended(atUs) {
      endedAtUs ??= atUs;
    },
    end() {
      for (const stop of stops) stop();
    },
    onEnd(stop) {
      stops.push(stop);
    },
    async score() {
      if (endedAtUs === null) return err("the exercise is still running: its score is made when it has ended");
      try {
        return ok(scoreExercise(await facts()));
      } catch (error) {
        return err(`the record of the exercise cannot be read: ${(error as Error).message}`);
      }
    },
  };
}

/** What a declaration said; the command is kept as JSON, cut at its length. */
function declared(row: DecisionRow): { value?: string } {
  if (row.kind !== "declare") return {};
  try {
    const { value } = JSON.parse(row.command) as { value?: unknown };
    return typeof value === "string" ? { value } : {};
  } catch {
    return {};
  }
}
