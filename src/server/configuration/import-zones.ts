// Zones drawn elsewhere: GeoJSON, KML, ED-269 and ED-318 files.

import { UsageError } from "../cli/command.ts";
import type { ZoneFile } from "./site-schema.ts";

export function importZones(path: string, _kind: ZoneFile["kind"]): ZoneFile[] {
  throw new UsageError(`cannot read zones from ${path}: this format is not read yet`);
}
