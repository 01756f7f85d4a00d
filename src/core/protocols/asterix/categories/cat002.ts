// CAT002, monoradar service messages of older radars. SUR.ET1.ST05.2000-STD-02b-01 edition 1.2 of 2024-03-15.

import { randomSequence, repetitive, repetitiveFx, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

export const CAT002_1_2 = table(
  2,
  "1.2",
  "SUR.ET1.ST05.2000-STD-02b-01 edition 1.2",
  "010 000 020 030 041 050 060 070 100 090 080 - SP RFS",
  {
    "000": "MT 8",
    "010": DATA_SOURCE,
    "020": "SN u8 360/256 deg",
    "030": TIME_OF_DAY,
    "041": "ARS u16 1/128 s",
    "050": repetitiveFx("SCS 7"),
    "060": repetitiveFx("SPM 7"),
    "070": repetitive("A 1, IDENT 5, COUNTER 10"),
    "080": repetitiveFx("WE 7"),
    "090": "RE s8 1/128 NM, AE s8 360/16384 deg",
    "100": "RS u16 1/128 NM, RE u16 1/128 NM, TS u16 360/65536 deg, TE u16 360/65536 deg",
    SP: OPAQUE,
    RFS: randomSequence,
  },
);
