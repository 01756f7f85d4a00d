// CAT019, multilateration system status. EUROCONTROL-SPEC-0149-18 edition 1.3 of December 2010.

import { extended, repetitive, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

export const CAT019_1_3 = table(19, "1.3", "EUROCONTROL-SPEC-0149-18 edition 1.3", "010 000 140 550 551 552 553 600 610 620 - - RE SP", {
  "000": "MT 8",
  "010": DATA_SOURCE,
  "140": TIME_OF_DAY,
  "550": "NOGO 2, OVL 1, TSV 1, TTF 1, - 3",
  "551": "TP1A 1, TP1B 1, TP2A 1, TP2B 1, TP3A 1, TP3B 1, TP4A 1, TP4B 1",
  "552": repetitive("RSI 8, - 1, RS1090 1, TX1030 1, TX1090 1, RSS 1, RSO 1, - 2"),
  "553": extended("REFTR1 2, - 2, REFTR2 2, - 1", "REFTR3 2, - 2, REFTR4 2, - 1"),
  "600": "LAT s32 180/1073741824 deg, LON s32 180/1073741824 deg",
  "610": "HGT s16 1/4 m",
  "620": "UND s8 1 m",
  RE: OPAQUE,
  SP: OPAQUE,
});
