import { readFileSync } from "node:fs";

/** Version of this Picket, from package.json: replay of a journal is exact only with the version that wrote it. */
export const SOFTWARE_VERSION: string = (
  JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
