// I0xx/010 Data Source Identifier: SAC and SIC, one octet each. The same in every category.

import type { SensorKey } from "../../../model/observation.ts";

const keys: (SensorKey | undefined)[] = [];

/** "SAC/SIC" in decimal; made once for each pair. */
export function sensorKeyOf(sac: number, sic: number): SensorKey {
  const index = sac * 256 + sic;
  let key = keys[index];
  if (key === undefined) {
    key = `${sac}/${sic}`;
    keys[index] = key;
  }
  return key;
}
