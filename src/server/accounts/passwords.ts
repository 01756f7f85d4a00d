// Passwords: long rather than strange (OWASP ASVS 5.0, 6.2), hashed with Argon2id.

import { hash, verify } from "@node-rs/argon2";

const MIN_LENGTH = 12;
const MAX_LENGTH = 256;

/** Why a password is not taken, in one sentence; undefined when it is. `name`: of the account. */
export function passwordProblem(password: string, name: string): string | undefined {
  const length = [...password].length;
  if (length < MIN_LENGTH) return `a password has at least ${MIN_LENGTH} characters; three or four words that nobody would guess are good`;
  if (length > MAX_LENGTH) return `a password has at most ${MAX_LENGTH} characters`;
  if (new Set(password.toLowerCase()).size < 5) return "this password repeats too few characters";
  if (name.length >= 3 && password.toLowerCase().includes(name.toLowerCase())) return "a password must not hold the account's own name";
  return undefined;
}

/** PHC text with salt and parameters. 19 MiB, two passes: the library's defaults, which follow OWASP's password storage page. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"));

/** A hash of nothing in particular: an unknown name takes as long as a wrong password. */
let decoy: Promise<string> | undefined;

/** Whether the password is right. Without a hash it takes the same time and is wrong. */
export async function isRightPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hash("nobody's password");
  const right = await verify(passwordHash ?? (await decoy), password.slice(0, 4 * MAX_LENGTH).normalize("NFKC"));
  return right && passwordHash !== undefined;
}
