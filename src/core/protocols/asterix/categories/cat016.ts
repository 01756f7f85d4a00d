// CAT016, configuration of the sensors that send category 015. EUROCONTROL ASTERIX category 016 edition 1.0 of 2019-07-15.

import { repetitive, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const PLACE = "LAT s32 180/2147483648 deg, LON s32 180/2147483648 deg";

export const CAT016_1_0 = table(16, "1.0", "EUROCONTROL ASTERIX category 016 edition 1.0", "010 015 000 140 200 300 400 405 410 420 SP", {
  "000": "MT 8",
  "010": DATA_SOURCE,
  "015": "SID 8",
  "140": TIME_OF_DAY,
  "200": "SCRP u8 1 s",
  "300": repetitive("PID 16, TID 16, RID 16"),
  "400": PLACE,
  "405": "ALT s16 1/4 m",
  "410": repetitive(`TID 16, ${PLACE}, ALT s16 1/4 m, TTO s32 2 ns, - 4, ATO u20 1 ns, PCI 16`),
  "420": repetitive(`RID 16, ${PLACE}, ALT s16 1/4 m`),
  SP: OPAQUE,
});
