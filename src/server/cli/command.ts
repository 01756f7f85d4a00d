/** One sub-command of `picket`. Exit codes: 0 done; 1 found a difference or failed a check; 2 wrong usage, configuration or environment. */
export interface CliCommand {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Printed for --help: usage, options, examples, exit codes. */
  readonly help: string;
  run(argv: readonly string[]): Promise<number>;
}

/** Ends a command with exit code 2 and one clear sentence instead of a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
