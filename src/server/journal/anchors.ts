// Notes the journal's head outside the journal, so that a record that was rolled back or made anew shows: in files on other disks, and at
// programs of partners. One line each time, only when the head has changed.

import { appendFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Micros } from "../../core/base/units.ts";
import { firstLineOf } from "../configuration/first-line.ts";

export const ANCHOR_FORMAT = "picket-anchor/1";

/** One line of an anchor file, and the body of a POST. */
export interface Anchor {
  readonly format: typeof ANCHOR_FORMAT;
  readonly siteId: string;
  /** UTC microseconds. */
  readonly at: Micros;
  /** Hash of the newest seal that is safe on disk, 64 hexadecimal digits. */
  readonly head: string;
  /** Last event that the seal covers. */
  readonly sequence: number;
  readonly keyId: string;
}

export interface AnchorTarget {
  /** Path or address, for people. */
  readonly name: string;
  /** Rejects with one clear sentence. */
  put(anchor: Anchor): Promise<void>;
}

export interface AnchorsOptions {
  readonly targets: readonly AnchorTarget[];
  readonly siteId: string;
  readonly keyId: string;
  readonly head: () => { readonly head: string; readonly sealedSequence: number };
  readonly now: () => Micros;
  readonly log: (level: "info" | "warn", text: string) => void;
}

export interface Anchors {
  /** Puts the newest head to every target; also called at the end. Never rejects. */
  note(): Promise<void>;
  /** Why a target does not take anchors now; empty: all do. */
  problems(): readonly string[];
}

const PATIENCE = 5000; // ms

export function createAnchors(options: AnchorsOptions): Anchors {
  const noted = new Map<AnchorTarget, string>();
  const failing = new Map<AnchorTarget, string>();
  return {
    note: async () => {
      const { head, sealedSequence } = options.head();
      if (!/^[0-9a-f]{64}$/.test(head) || /^0+$/.test(head)) return;
      const anchor: Anchor = {
        format: ANCHOR_FORMAT,
        siteId: options.siteId,
        at: options.now(),
        head,
        sequence: sealedSequence,
        keyId: options.keyId,
      };
      await Promise.all(
        options.targets.map(async (target) => {
          if (noted.get(target) === head) return;
          try {
            await target.put(anchor);
            noted.set(target, head);
            if (failing.delete(target)) options.log("info", `${target.name} takes the journal's head again`);
          } catch (error) {
            const reason = (error as Error).message;
            if (!failing.has(target)) options.log("warn", `the journal's head could not be noted at ${target.name}: ${reason}`);
            failing.set(target, reason);
          }
        }),
      );
    },
    problems: () => [...failing].map(([{ name }, reason]) => `the journal's head is not noted at ${name}: ${reason}`),
  };
}

/** Of the site file's entry; `folder` is where relative file names count from. Throws a UsageError when a secret's file cannot be read. */
export function anchorTarget(
  entry: { readonly file: string } | { readonly url: string; readonly authorizationFile?: string | undefined },
  folder: string,
): AnchorTarget {
  if ("file" in entry) return fileTarget(resolve(folder, entry.file));
  const { url, authorizationFile } = entry;
  return webTarget(url, authorizationFile === undefined ? undefined : firstLineOf(resolve(folder, authorizationFile), `anchor ${url}`));
}

export const fileTarget = (path: string): AnchorTarget => ({
  name: path,
  put: (anchor) => appendFile(path, `${JSON.stringify(anchor)}\n`, { mode: 0o640, flush: true }),
});

/** `authorization`: value of that header; undefined: none. */
export function webTarget(url: string, authorization: string | undefined): AnchorTarget {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.search = "";
  return {
    name: shown.href,
    put: async (anchor) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
        body: JSON.stringify(anchor),
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    },
  };
}

/** Heads in the text of an anchor file. A line that is none is named, and the others count. */
export function readAnchors(text: string): { readonly heads: readonly string[]; readonly problems: readonly string[] } {
  const heads: string[] = [];
  const problems: string[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    let anchor: Partial<Anchor> | undefined;
    try {
      anchor = JSON.parse(line) as Partial<Anchor>;
    } catch {
      anchor = undefined;
    }
    if (anchor?.format === ANCHOR_FORMAT && typeof anchor.head === "string" && /^[0-9a-f]{64}$/.test(anchor.head)) heads.push(anchor.head);
    else problems.push(`line ${i + 1} is no anchor`);
  }
  return { heads, problems };
}
