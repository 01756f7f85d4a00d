// CAT129, UAS identification reports: what a drone says of itself, relayed. EUROCONTROL-SPEC-0149-29 edition 1.2 of 2019-06-12, read
// through descriptions of it. Its overview gives I129/120 one octet, its item description three: three are read. The
// last two of those, and the coding of I129/040, are not described: kept as octets.

import { table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

export const CAT129_1_2 = table(
  129,
  "1.2",
  "EUROCONTROL-SPEC-0149-29 edition 1.2",
  "010 015 020 030 040 050 070 080 090 100 110 120 SP 185 220 - - - - - -",
  {
    "010": DATA_SOURCE,
    "015": "DAC 8, DIC 8",
    "020": "MID a24",
    "030": "MOD a24",
    "040": "SER x96",
    "050": "COU a16",
    "070": TIME_OF_DAY,
    "080": "LAT s32 180/1073741824 deg, LON s32 180/1073741824 deg",
    "090": "ALT s24 1/10 m",
    "100": "AGL s24 1/10 m",
    "110": "SAC u16 1 m",
    "120": "UCC 2, ARC 2, AEC 4, REST x16",
    "185": "HVX s20 1/100 m/s, HVY s20 1/100 m/s",
    "220": "- 4, VV s20 1/100 m/s",
    SP: OPAQUE,
  },
);
