// CAT034, monoradar service messages. EUROCONTROL-SPEC-0149-2b edition 1.29 of 2021-03-15.

import { compound, editionOf, repetitive, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const CHANNEL = "ANT 1, CHAB 2, OVL 1, MSC 1, - 3";

const UAP = "010 000 030 020 041 050 060 070 100 110 120 090 RE SP";

export const CAT034_1_29 = table(34, "1.29", "EUROCONTROL-SPEC-0149-2b edition 1.29", UAP, {
  "000": "MT 8",
  "010": DATA_SOURCE,
  "020": "SN u8 360/256 deg",
  "030": TIME_OF_DAY,
  "041": "ARP u16 1/128 s",
  "050": compound(
    ["COM", "NOGO 1, RDPC 1, RDPR 1, OVLRDP 1, OVLXMT 1, MSC 1, TSV 1, - 1"],
    undefined,
    undefined,
    ["PSR", CHANNEL],
    ["SSR", CHANNEL],
    ["MDS", "ANT 1, CHAB 2, OVLSUR 1, MSC 1, SCF 1, DLF 1, OVLSCF 1, OVLDLF 1, - 7"],
  ),
  "060": compound(
    ["COM", "- 1, REDRDP 3, REDXMT 3, - 1"],
    undefined,
    undefined,
    ["PSR", "POL 1, REDRAD 3, STC 2, - 2"],
    ["SSR", "REDRAD 3, - 5"],
    ["MDS", "REDRAD 3, CLU 1, - 4"],
  ),
  "070": repetitive("TYP 5, COUNT 11"),
  "090": "RNG s8 1/128 NM, AZM s8 360/16384 deg",
  "100": "RHOST u16 1/256 NM, RHOEND u16 1/256 NM, THETAST u16 360/65536 deg, THETAEND u16 360/65536 deg",
  "110": "TYP 8",
  "120": "HGT s16 1 m, LAT s24 180/8388608 deg, LON s24 180/8388608 deg",
  RE: OPAQUE,
  SP: OPAQUE,
});

/** Edition 1.27 of May 2007: the same layout, with fewer message types. */
export const CAT034_1_27 = editionOf(CAT034_1_29, "1.27", "EUROCONTROL-SPEC-0149-2b edition 1.27", UAP, {});
