// CAT023, status of an ADS-B ground station and its services. EUROCONTROL-SPEC-0149-16 edition 1.3 of 2021-09-27.

import { extended, repetitive, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

export const CAT023_1_3 = table(23, "1.3", "EUROCONTROL-SPEC-0149-16 edition 1.3", "010 000 015 070 100 101 200 110 120 - - - RE SP", {
  "000": "RT 8",
  "010": DATA_SOURCE,
  "015": "SID 4, STYP 4",
  "070": TIME_OF_DAY,
  "100": extended("NOGO 1, ODP 1, OXT 1, MSC 1, TSV 1, SPO 1, RN 1", "GSSP u7 1 s"),
  "101": extended("RP u8 1/2 s, SC 3, - 4", "SSRP u7 1 s"),
  "110": extended("- 4, STAT 3"),
  "120": repetitive("TYPE 8, REF 1, - 7, CV 32"),
  "200": "RANGE u8 1 NM",
  RE: OPAQUE,
  SP: OPAQUE,
});
