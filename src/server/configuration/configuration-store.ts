// The file, and what people changed since: overrides are checked like the file, journalled before they take effect, kept beside the
// journal, and can be exported as a new file.

import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { canonicalJson } from "../../core/base/canonical-json.ts";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Actor } from "../../core/model/event.ts";
import type { Site } from "../../core/model/site.ts";
import { UsageError } from "../cli/command.ts";
import type { UnstampedEvent } from "../loop/loop.ts";
import { type LoadedSite, parseSite } from "./load-site.ts";
import { hideSecrets } from "./secrets.ts";
import type { SiteFile } from "./site-schema.ts";

export interface Override {
  readonly path: string;
  readonly value: unknown;
}

export interface ConfigurationStore {
  /** The file with the changes in it; passwords are left out, as in the export. */
  effective(): SiteFile;
  site(): Site;
  overrides(): Override[];
  exportYaml(): string;
  /** Checks, journals (D2) and applies one change; answers the command's id. */
  override(path: string, value: unknown, actor: Actor): Promise<Result<string, ChangeRefusal>>;
  /**
   * Adds, replaces or removes one zone or asset, judged against what is in force when its turn comes: `place` is checked like the file, undefined
   * removes. `before` is what the person saw (null: nothing with this id); when it is no longer so, the change is refused as "changed".
   */
  changePlace<List extends PlaceList>(
    list: List,
    id: string,
    change: PlaceChange<List>,
    actor: Actor,
  ): Promise<Result<string, ChangeRefusal>>;
}

export interface ChangeRefusal {
  readonly kind: "invalid" | "unrecorded" | "changed" | "unknown";
  readonly message: string;
}

export type PlaceList = "zones" | "assets";
export interface PlaceChange<List extends PlaceList> {
  readonly place: SiteFile[List][number] | undefined;
  readonly before?: SiteFile[List][number] | null;
}

/** What an override may change while the server runs: judgement and places, never sockets. */
const CHANGEABLE = /^(site\.(name|qnhHectopascals)|sensors|assets|zones)(\.|\[|$)/;

export function createConfigurationStore(
  loaded: LoadedSite,
  dataFolder: string | undefined,
  softwareVersion: string,
  applyDecision: (event: UnstampedEvent) => Promise<void>,
): ConfigurationStore {
  const keptIn = dataFolder === undefined ? undefined : join(dataFolder, "overrides.json");
  let overrides: Override[] = keptIn === undefined ? [] : readOverrides(keptIn);
  let current = loaded;
  try {
    if (overrides.length > 0) current = merged(overrides);
  } catch (error) {
    throw new UsageError(
      `the changes kept in ${keptIn} no longer fit the configuration: ${(error as Error).message}; mend or remove that file`,
    );
  }
  /** One change at a time: the next is checked against what this one left. */
  let queue: Promise<unknown> = Promise.resolve();

  function merged(with_: readonly Override[]): LoadedSite {
    const content = structuredClone(loaded.file) as unknown as Record<string, unknown>;
    for (const { path, value } of with_) setAt(content, path, value);
    // Through YAML text again: one check, one kind of message, whatever the change came from.
    return parseSite(stringify(content), loaded.path);
  }

  async function change(path: string, value: unknown, actor: Actor, about?: string): Promise<Result<string, ChangeRefusal>> {
    if (!CHANGEABLE.test(path)) {
      return err({
        kind: "invalid",
        message: `"${path}" cannot be changed while the server runs; site.name, site.qnhHectopascals, sensors, assets and zones can`,
      });
    }
    const named = byId(current.file as unknown as Record<string, unknown>, path);
    // A whole new list stands for what was changed inside the old one.
    const inside = value === null ? undefined : `${named}.`;
    const kept = overrides.filter((other) => other.path !== named && (inside === undefined || !other.path.startsWith(inside)));
    const next = value === null ? kept : [...kept, { path: named, value }];
    let candidate: LoadedSite;
    try {
      candidate = next.length === 0 ? loaded : merged(next);
    } catch (error) {
      return err({ kind: "invalid", message: (error as Error).message });
    }
    const commandId = randomUUID();
    try {
      await applyDecision({
        type: "command",
        commandId,
        actor,
        command: { kind: "override-configuration", path: named, value, ...(about === undefined ? {} : { about }) },
      });
      if (keptIn !== undefined) keep(keptIn, next);
      await applyDecision({ type: "configure", site: candidate.site, softwareVersion });
    } catch (error) {
      return err({ kind: "unrecorded", message: `it could not be recorded: ${(error as Error).message}` });
    }
    overrides = next;
    current = candidate;
    return ok(commandId);
  }

  async function changePlace<List extends PlaceList>(
    list: List,
    id: string,
    { place, before }: PlaceChange<List>,
    actor: Actor,
  ): Promise<Result<string, ChangeRefusal>> {
    const places = current.file[list] as SiteFile[List][number][];
    const at = places.findIndex((each) => each.id === id);
    const found = places[at];
    if (before !== undefined && canonicalJson(found ?? null) !== canonicalJson(before))
      return err({ kind: "changed", message: `"${id}" is no longer what you saw: somebody else changed it` });
    if (place === undefined && found === undefined)
      return err({ kind: "unknown", message: `there is nothing called "${id}" that can be removed` });
    const next =
      place === undefined ? places.filter((each) => each.id !== id) : found === undefined ? [...places, place] : places.with(at, place);
    return change(list, next, actor, `${list}.${id}`);
  }

  const inTurn = (act: () => Promise<Result<string, ChangeRefusal>>): Promise<Result<string, ChangeRefusal>> => {
    const done = queue.then(act);
    queue = done.catch(() => undefined); // the caller has the error; the next change goes on
    return done;
  };

  return {
    effective: () => hideSecrets(current.file),
    site: () => current.site,
    overrides: () => overrides,
    exportYaml: () => stringify(hideSecrets(current.file)),
    override: (path, value, actor) => inTurn(() => change(path, value, actor)),
    changePlace: (list, id, placeChange, actor) => inTurn(() => changePlace(list, id, placeChange, actor)),
  };
}

/** Sets "sensors[0].noise.azimuthDegrees" in plain content; throws a sentence when the place does not exist. */
export function setAt(content: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split(/\.|\[|\]/).filter((part) => part !== "");
  let place: Record<string, unknown> | unknown[] = content;
  for (const [index, part] of parts.entries()) {
    if (["__proto__", "constructor", "prototype"].includes(part)) throw new Error(`"${part}" is not a key`);
    // A list's entry is named by its place or by its id.
    const key: string | number = Array.isArray(place) ? indexOf(place, part) : part;
    if (index === parts.length - 1) {
      if (Array.isArray(place) && value === undefined) place.splice(key as number, 1);
      else (place as Record<string | number, unknown>)[key] = value;
      return;
    }
    const next: unknown = (place as Record<string | number, unknown>)[key];
    if (next === undefined || next === null || typeof next !== "object") {
      const made: Record<string, unknown> = {};
      (place as Record<string | number, unknown>)[key] = made;
      place = made;
    } else place = next as Record<string, unknown>;
  }
}

function indexOf(entries: unknown[], part: string): number {
  if (/^\d+$/.test(part)) return Number(part);
  const found = entries.findIndex((entry) => (entry as { id?: string }).id === part);
  if (found < 0) throw new Error(`there is no entry "${part}"`);
  return found;
}

function readOverrides(file: string): Override[] {
  if (!existsSync(file)) return [];
  try {
    return z.array(z.strictObject({ path: z.string(), value: z.unknown() })).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(
      `the changes kept in ${file} cannot be read: ${(error as Error).message.split("\n")[0]}; mend or remove that file`,
    );
  }
}

/** On the disk when it returns: written beside, synced, then put in place. */
function keep(file: string, overrides: readonly Override[]): void {
  const beside = openSync(`${file}.new`, "w", 0o600);
  try {
    writeSync(beside, JSON.stringify(overrides, null, 2));
    fsyncSync(beside);
  } finally {
    closeSync(beside);
  }
  renameSync(`${file}.new`, file);
}

/** The same path with list entries named by their id: a place in a list means another entry once the file is reordered. */
function byId(content: Record<string, unknown>, path: string): string {
  let place: unknown = content;
  return path
    .split(/\.|\[|\]/)
    .filter((part) => part !== "")
    .map((part, index) => {
      let name = part;
      if (Array.isArray(place)) {
        const entry: unknown = /^\d+$/.test(part) ? place[Number(part)] : place.find((one) => (one as { id?: string }).id === part);
        const id = (entry as { id?: unknown } | undefined)?.id;
        if (typeof id === "string") name = id;
        place = entry;
      } else place = (place as Record<string, unknown> | undefined)?.[part];
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}
