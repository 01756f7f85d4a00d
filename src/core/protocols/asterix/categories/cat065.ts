// CAT065, status of a tracker's service. EUROCONTROL-SPEC-0149-15 editions 1.6 of 2025-06-05 and 1.5 of 2020-06-18, laid out alike.

import { editionOf, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const UAP = "010 000 015 030 020 040 050 - - - - - RE SP";

export const CAT065_1_6 = table(65, "1.6", "EUROCONTROL-SPEC-0149-15 edition 1.6", UAP, {
  "000": "MT 8",
  "010": DATA_SOURCE,
  "015": "SID 8",
  "020": "BTN 8",
  "030": TIME_OF_DAY,
  "040": "NOGO 2, OVL 1, TSV 1, PSS 2, STTN 1, - 1",
  "050": "REP 8",
  RE: OPAQUE,
  SP: OPAQUE,
});

export const CAT065_1_5 = editionOf(CAT065_1_6, "1.5", "EUROCONTROL-SPEC-0149-15 edition 1.5", UAP, {});
