// The file, and what people changed since: overrides are checked like the file, journalled before they take effect, kept beside the
// journal, and can be exported as a new file.

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Actor } from "../../core/model/event.ts";
import type { Site } from "../../core/model/site.ts";
import type { UnstampedEvent } from "../loop/loop.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type LoadedSite, parseSite } from "./load-site.ts";
import type { SiteFile } from "./site-schema.ts";

export interface Override {
  readonly path: string;
  readonly value: unknown;
}

export interface ConfigurationStore {
  effective(): SiteFile;
  site(): Site;
  overrides(): Override[];
  exportYaml(): string;
  /** Checks, journals (D2) and applies one change; answers the command's id. */
  override(path: string, value: unknown, actor: Actor): Promise<Result<string, { kind: "invalid" | "unrecorded"; message: string }>>;
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
  let overrides: Override[] = keptIn !== undefined && existsSync(keptIn) ? (JSON.parse(readFileSync(keptIn, "utf8")) as Override[]) : [];
  let current = overrides.length === 0 ? loaded : merged(overrides);

  function merged(with_: readonly Override[]): LoadedSite {
    const content = structuredClone(loaded.file) as unknown as Record<string, unknown>;
    for (const { path, value } of with_) setAt(content, path, value);
    // Through YAML text again: one check, one kind of message, whatever the change came from.
    return parseSite(stringify(content), loaded.path);
  }

  return {
    effective: () => current.file,
    site: () => current.site,
    overrides: () => overrides,
    exportYaml: () => stringify(current.file),
    override: async (path, value, actor) => {
      if (!CHANGEABLE.test(path)) {
        return err({
          kind: "invalid",
          message: `"${path}" cannot be changed while the server runs; site.name, site.qnhHectopascals, sensors, assets and zones can`,
        });
      }
      const kept = overrides.filter((other) => other.path !== path);
      const next = value === null ? kept : [...kept, { path, value }];
      let candidate: LoadedSite;
      try {
        candidate = next.length === 0 ? loaded : merged(next);
      } catch (error) {
        if (error instanceof ConfigurationError) return err({ kind: "invalid", message: error.message });
        return err({ kind: "invalid", message: (error as Error).message });
      }
      const commandId = randomUUID();
      try {
        await applyDecision({ type: "command", commandId, actor, command: { kind: "override-configuration", path, value } });
      } catch (error) {
        return err({ kind: "unrecorded", message: `the journal could not record it: ${(error as Error).message}` });
      }
      await applyDecision({ type: "configure", site: candidate.site, softwareVersion });
      overrides = next;
      current = candidate;
      if (keptIn !== undefined) {
        writeFileSync(`${keptIn}.new`, JSON.stringify(overrides, null, 2), { mode: 0o600 });
        renameSync(`${keptIn}.new`, keptIn);
      }
      return ok(commandId);
    },
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
