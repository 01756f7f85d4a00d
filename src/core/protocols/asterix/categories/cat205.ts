// CAT205, radio direction finder reports. EUROCONTROL ASTERIX category 205 edition 1.0 of 2020-03-17.

import { repetitive, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const PLACE = "LAT s32 180/33554432 deg, LON s32 180/33554432 deg";
const PLANE = "X s24 1/2 m, Y s24 1/2 m";

export const CAT205_1_0 = table(
  205,
  "1.0",
  "EUROCONTROL ASTERIX category 205 edition 1.0",
  "010 015 000 030 040 090 050 060 070 080 100 110 120 130 140 150 160 170 180 190 200 SP",
  {
    "000": "MT 8",
    "010": DATA_SOURCE,
    "015": "SID 8",
    "030": TIME_OF_DAY,
    "040": "RN 8",
    "050": PLACE,
    "060": PLANE,
    "070": "THETA u16 1/100 deg",
    "080": "THETA u16 1/100 deg",
    "090": "RCN a56",
    "100": "QM 8",
    "110": "EU u8 100 m",
    "120": repetitive("CSI 8"),
    "130": PLACE,
    "140": PLANE,
    "150": "CEU u8 100 m",
    "160": "TN 16",
    "170": "SIDR 8",
    "180": "SL s16 1/100 dBuV",
    "190": "SQ 8",
    "200": "SE s16 1/100 deg",
    SP: OPAQUE,
  },
);
