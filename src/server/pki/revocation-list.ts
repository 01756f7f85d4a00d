// Certificates that count no more: a text file, one certificate a line, that every port with client certificates looks at again and again.
//
//     # SHA-256 of the certificate, then whatever helps a person
//     4F:12:...:9A  radar-north  2026-03-01  stolen

import { readFileSync } from "node:fs";

const FINGERPRINT = /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/** SHA-256 fingerprints as Node writes them. Throws with the line that is wrong: a list that is half understood lets somebody in. */
export function readRevocationList(path: string): ReadonlySet<string> {
  const revoked = new Set<string>();
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const fingerprint = text.split(/\s/)[0]!.toUpperCase();
    if (!FINGERPRINT.test(fingerprint))
      throw new Error(`${path}:${index + 1}: expected a SHA-256 fingerprint AB:CD:..., found "${text.slice(0, 40)}"`);
    revoked.add(fingerprint);
  }
  return revoked;
}
