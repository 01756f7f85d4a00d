// CAT063, sensor status as a tracker sees it. EUROCONTROL-SPEC-0149-10 editions 1.7 of 2025-06-05 and 1.6 of 2020-08-04.

import { editionOf, extended, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const UAP = "010 015 030 050 060 070 080 081 090 091 092 - RE SP";
const STATUS_PARTS = ["CON 2, PSR 1, SSR 1, MDS 1, ADS 1, MLT 1", "OPS 1, ODP 1, OXT 1, MSC 1, TSV 1, NPW 1, - 1"];

export const CAT063_1_7 = table(63, "1.7", "EUROCONTROL-SPEC-0149-10 edition 1.7", UAP, {
  "010": DATA_SOURCE,
  "015": "SID 8",
  "030": TIME_OF_DAY,
  "050": DATA_SOURCE,
  "060": extended(...STATUS_PARTS, "TTF.EP 1, TTF.VAL 1, SPO.EP 1, SPO.VAL 1, - 3"),
  "070": "TSB s16 1 ms",
  "080": "SRG s16 1/100000, SRB s16 1/128 NM",
  "081": "SAB s16 360/65536 deg",
  "090": "PRG s16 1/100000, PRB s16 1/128 NM",
  "091": "PAB s16 360/65536 deg",
  "092": "PEB s16 360/65536 deg",
  RE: OPAQUE,
  SP: OPAQUE,
});

export const CAT063_1_6 = editionOf(CAT063_1_7, "1.6", "EUROCONTROL-SPEC-0149-10 edition 1.6", UAP, { "060": extended(...STATUS_PARTS) });
