// CAT001, monoradar target reports of older radars. SUR.ET1.ST05.2000-STD-02a-01 edition 1.4 of 2022-08-18.
// I001/020 says whether a record is a plot or a track, and with it the profile.

import { extended, randomSequence, repetitiveFx, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE } from "./common-items.ts";

const PULSES = "- 4, QA4 1, QA2 1, QA1 1, QB4 1, QB2 1, QB1 1, QC4 1, QC2 1, QC1 1, QD4 1, QD2 1, QD1 1";

export const CAT001_1_4 = table(
  1,
  "1.4",
  "SUR.ET1.ST05.2000-STD-02a-01 edition 1.4",
  "010 020 040 070 090 130 141 050 120 131 080 100 060 030 150 - - - - SP RFS",
  {
    "010": DATA_SOURCE,
    "020": extended("TYP 1, SIM 1, SSRPSR 2, ANT 1, SPI 1, RAB 1", "TST 1, DS1DS2 2, ME 1, MI 1, - 2"),
    "030": repetitiveFx("WE 7"),
    "040": "RHO u16 1/128 NM, THETA u16 360/65536 deg",
    "042": "X s16 1/64 NM, Y s16 1/64 NM",
    "050": "V 1, G 1, L 1, - 1, MODE2 o12",
    "060": PULSES,
    "070": "V 1, G 1, L 1, - 1, MODE3A o12",
    "080": PULSES,
    "090": "V 1, G 1, HGT s14 1/4 FL",
    "100": "V 1, G 1, - 2, MODEC 12, - 4, QC1 1, QA1 1, QC2 1, QA2 1, QC4 1, QA4 1, QB1 1, QD1 1, QB2 1, QD2 1, QB4 1, QD4 1",
    "120": "DOP s8 1/256 NM/s",
    "130": repetitiveFx("PC 7"),
    "131": "POW s8 1 dBm",
    "141": "TToD u16 1/128 s",
    "150": "XA 1, - 1, XC 1, - 2, X2 1, - 2",
    "161": "TRN 16",
    "170": extended("CON 1, RAD 1, MAN 1, DOU 1, RDPC 1, - 1, GHO 1", "TRE 1, - 6"),
    "200": "GSP u16 1/16384 NM/s, HDG u16 360/65536 deg",
    "210": repetitiveFx("TQ 7"),
    SP: OPAQUE,
    RFS: randomSequence,
  },
  { uap: "010 020 161 040 042 200 070 090 141 130 131 120 170 210 050 080 100 060 030 SP RFS 150", item: "020", mask: 0x80 },
);
