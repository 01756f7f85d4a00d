/** One thing wrong with a configuration file, for a person: where, what was expected, what was found. */
export interface ConfigurationProblem {
  /** "site.yaml:12" */
  readonly place: string;
  /** "sensors[0].noise.azimuthDegrees" */
  readonly path: string;
  readonly message: string;
}

/** A configuration that cannot be used. `message` is what the command line prints; every problem found is in it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly ConfigurationProblem[];
  constructor(problems: readonly ConfigurationProblem[]) {
    super(problems.map(({ place, path, message }) => `${place}: ${path === "" ? "" : `${path}: `}${message}`).join("\n"));
    this.problems = problems;
  }
}
