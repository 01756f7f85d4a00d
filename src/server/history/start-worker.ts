// Threads of this package's own code, built or as sources.

import { Worker, type WorkerOptions } from "node:worker_threads";

/** A thread that runs `name` ("history-worker") of the folder of `from`, the caller's `import.meta.url`. */
export function startWorker(name: string, from: string, options: WorkerOptions): Worker {
  if (!from.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, from), options);
  // A thread does not inherit the loader of TypeScript sources: it takes it in first.
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const module = JSON.stringify(new URL(`./${name}.ts`, from).href);
  const code = `import(${loader}).then(({ register }) => { register(); return import(${module}); })`;
  return new Worker(code, { ...options, eval: true, execArgv: [] });
}
