// One line for each failed or skipped test with its reason, one for each file with its seconds, counts at the end.
import { relative } from "node:path";

export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const files = new Map();
  for await (const event of source) {
    const data = event.data;
    if (event.type === "test:pass" || event.type === "test:fail") {
      // A suite, and the entry that stands for a whole file, are not tests of their own.
      const isFile =
        data.details?.type === "suite" || data.name === data.file || data.name.endsWith(".test.ts") || data.name.endsWith(".test.tsx");
      const file = data.file === undefined ? "?" : relative(process.cwd(), data.file);
      if (event.type === "test:fail") {
        const error = data.details?.error;
        const onlyChildren = error?.failureType === "subtestsFailed";
        if (!onlyChildren) {
          failed += 1;
          yield `FAILED ${file}: ${data.name}\n${indent(String(error?.cause?.stack ?? error?.cause ?? error?.message ?? error))}\n`;
        }
      } else if (data.skip !== undefined && data.skip !== false) {
        skipped += 1;
        yield `skipped ${file}: ${data.name}${typeof data.skip === "string" && data.skip !== "" ? ` (${data.skip})` : ""}\n`;
      } else if (!isFile) {
        passed += 1;
        const known = files.get(file) ?? { count: 0, seconds: 0 };
        files.set(file, { count: known.count + 1, seconds: known.seconds + (data.details?.duration_ms ?? 0) / 1000 });
      }
    } else if (event.type === "test:stderr") {
      const message = String(data.message);
      if (!/ExperimentalWarning|--trace-warnings/.test(message)) yield message.endsWith("\n") ? message : `${message}\n`;
    }
  }
  for (const [file, { count, seconds }] of files)
    yield `  ${String(count).padStart(4)} ${file}${seconds >= 1 ? ` (${seconds.toFixed(0)} s)` : ""}\n`;
  yield `#counts ${passed} ${failed} ${skipped}\n`;
}

const indent = (text) =>
  text
    .split("\n")
    .slice(0, 40)
    .map((line) => `    ${line}`)
    .join("\n");
