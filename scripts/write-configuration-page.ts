// Writes docs/operating/configuration.md from the schema. Run it after a change: node --import tsx scripts/write-configuration-page.ts

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage } from "../src/server/configuration/configuration-page.ts";
import { packageFolder } from "../src/server/software-version.ts";

writeFileSync(join(packageFolder(), "docs", "operating", "configuration.md"), configurationPage());
