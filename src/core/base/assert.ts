/** Our own mistake, as opposed to bad input: it stops the step, and the shell sets the event aside. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Stops the step when `condition` is false. Kept in production: a wrong picture is worse than a missing event. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the end of an exhaustive `switch`: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
