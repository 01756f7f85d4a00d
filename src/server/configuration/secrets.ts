// Passwords: where they come from, and how a configuration is shown without them.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../cli/command.ts";

/** Stands where a password was left out. A file with it is refused: a site must not come up with a password that nobody set. */
export const HIDDEN = "HIDDEN-BY-PICKET";

/** user:password@ of an address. Everything to the last "@" before the path: a careless password may hold one itself. */
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/[^:/?#]*):([^/?#]*)@/i;

/** An address without its password. */
export const hidePassword = (text: string): string => text.replace(CREDENTIALS, `$1:${HIDDEN}@`);

/** The same content with the password of each address in it replaced. */
export function hideSecrets<Content>(content: Content): Content {
  if (typeof content === "string") return hidePassword(content) as Content;
  if (Array.isArray(content)) return content.map(hideSecrets) as Content;
  if (content === null || typeof content !== "object") return content;
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, hideSecrets(value)])) as Content;
}

/** Paths of texts in which a password was left out. */
export function hiddenIn(content: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof content === "string") return content.includes(HIDDEN) ? [path] : [];
  if (content === null || typeof content !== "object") return [];
  const entries: [string | number, unknown][] = Array.isArray(content) ? [...content.entries()] : Object.entries(content);
  return entries.flatMap(([key, value]) => hiddenIn(value, [...path, key]));
}

export interface PasswordPlace {
  readonly id: string;
  readonly passwordFile?: string | undefined;
  readonly passwordEnvironment?: string | undefined;
}

/** The password from its file or its environment variable; undefined where neither is configured. A missing one is a UsageError. */
export function readPassword(place: PasswordPlace, folder: string): string | undefined {
  if (place.passwordFile !== undefined) {
    const path = resolve(folder, place.passwordFile);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      throw new UsageError(
        `source ${place.id}: the passwordFile ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`,
      );
    }
    const password = text.split(/\r?\n/)[0]!;
    if (password === "") throw new UsageError(`source ${place.id}: the first line of the passwordFile ${path} is empty`);
    return password;
  }
  if (place.passwordEnvironment === undefined) return undefined;
  const password = process.env[place.passwordEnvironment];
  if (password === undefined || password === "")
    throw new UsageError(`source ${place.id}: the environment variable ${place.passwordEnvironment} of its password is not set`);
  return password;
}

const SIGNING_KEY_LENGTH = 32; // octets

/** A MAVLink signing key: a file of 32 octets, or of 64 hexadecimal digits and blanks. Anything else is a UsageError, which never shows it. */
export function readSigningKey(id: string, file: string, folder: string): Uint8Array {
  const path = resolve(folder, file);
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    throw new UsageError(`source ${id}: the signingKeyFile ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
  }
  if (content.length === SIGNING_KEY_LENGTH) return new Uint8Array(content);
  const text = content.toString("latin1").replace(/\s+/g, "");
  if (/^[0-9a-f]{64}$/i.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  throw new UsageError(
    `source ${id}: the signingKeyFile ${path} is no key: expected 32 octets or 64 hexadecimal digits (of a passphrase: its SHA-256)`,
  );
}
