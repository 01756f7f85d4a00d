import { readFileSync } from "node:fs";
import { UsageError } from "../cli/command.ts";

/** The first line of a file that holds a secret. Throws a UsageError that names `who` needs it, and never the secret. */
export function firstLineOf(path: string, who: string): string {
  let line: string;
  try {
    line = readFileSync(path, "utf8").split(/\r?\n/)[0]!;
  } catch (error) {
    throw new UsageError(`${who}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
  }
  if (line === "") throw new UsageError(`${who}: the first line of ${path} is empty`);
  return line;
}
