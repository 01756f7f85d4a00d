// Pictures and clips that a sensor names in its messages. A browser never fetches them: an address from the air could be anything, and whoever
// owns it would learn that somebody looked. The server does, for a person who asks, and only below addresses that the site's file allows.

import { err, ok, type Result } from "../../core/base/result.ts";
import { type BoundedHttp, createBoundedHttp } from "../cameras/bounded-http.ts";

/** Octets of a file; a still of any camera and a short clip are below it. */
export const MOST_OCTETS = 16 * 1024 * 1024;
const PATIENCE_MS = 10_000;
/** Fetched at the same time; a slow camera must not tie up the server. */
const MOST_AT_ONCE = 4;

export interface AssociatedFile {
  /** By the first octets, not by what the other side says: image/jpeg, image/png, image/webp; anything else is application/octet-stream. */
  readonly contentType: string;
  readonly octets: Uint8Array;
}

export interface AssociatedFiles {
  /** One sentence when it was not fetched: not allowed, not answered, too large, busy. Never throws. */
  fetch(url: string): Promise<Result<AssociatedFile, { readonly kind: "not-allowed" | "failed"; readonly message: string }>>;
  close(): void;
}

/**
 * True when `url` lies below one of the allowed addresses: the same scheme, host and port, and a path that begins with the allowed one up to
 * a "/". Users and passwords in an address, and paths that hide their steps in escapes, are never allowed.
 */
export function addressAllowed(url: string, allowed: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const wanted = new URL(url);
  if (wanted.username !== "" || wanted.password !== "" || /%(?:2f|5c|00)|\\/i.test(wanted.pathname)) return false;
  return allowed.some((entry) => {
    const base = new URL(entry);
    const folder = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
    return wanted.origin === base.origin && (wanted.pathname.startsWith(folder) || wanted.pathname === base.pathname);
  });
}

function typeOf(octets: Uint8Array): string {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => octets[index] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (starts(0x52, 0x49, 0x46, 0x46) && octets[8] === 0x57 && octets[9] === 0x45 && octets[10] === 0x42) return "image/webp";
  return "application/octet-stream";
}

/** `allowed` are addresses as `associatedFiles.allow` of the site's file; `http` is for tests of what a peer may do. */
export function createAssociatedFiles(allowed: readonly string[], http: BoundedHttp = createBoundedHttp()): AssociatedFiles {
  let under = 0;
  return {
    async fetch(url) {
      if (!addressAllowed(url, allowed))
        return err({ kind: "not-allowed", message: "associatedFiles.allow of the site's file does not name this address" });
      if (under >= MOST_AT_ONCE) return err({ kind: "failed", message: `${MOST_AT_ONCE} files are being fetched already: try again` });
      under += 1;
      try {
        const answer = await http.fetch({ url: new URL(url), timeoutMs: PATIENCE_MS, maxBytes: MOST_OCTETS });
        if (!answer.ok) return err({ kind: "failed", message: answer.error });
        if (answer.value.status !== 200) return err({ kind: "failed", message: `the sensor answered with HTTP ${answer.value.status}` });
        return ok({ contentType: typeOf(answer.value.body), octets: answer.value.body });
      } finally {
        under -= 1;
      }
    },
    close: () => http.close(),
  };
}
