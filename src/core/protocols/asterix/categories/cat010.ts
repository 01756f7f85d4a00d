// CAT010, monosensor surface movement data; short-range radars use it too. SUR.ET1.ST05.2000-STD-07-01 edition 1.1 of March 2007.
// I010/202 and I010/210 count 0.25 m/s and 0.25 m/s2: the ranges that the standard gives for them (8192 m/s, 31 m/s2) follow from that.

import { extended, repetitive, table } from "../structure.ts";
import { DATA_SOURCE, MODE_S_REGISTERS, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

export const CAT010_1_1 = table(
  10,
  "1.1",
  "SUR.ET1.ST05.2000-STD-07-01 edition 1.1",
  "010 000 020 140 041 040 042 200 202 161 170 060 220 245 250 300 090 091 270 550 310 500 280 131 210 - SP RE",
  {
    "000": "MT 8",
    "010": DATA_SOURCE,
    "020": extended("TYP 3, DCR 1, CHN 1, GBS 1, CRT 1", "SIM 1, TST 1, RAB 1, LOP 2, TOT 2", "SPI 1, - 6"),
    "040": "RHO u16 1 m, TH u16 360/65536 deg",
    "041": "LAT s32 180/2147483648 deg, LON s32 180/2147483648 deg",
    "042": "X s16 1 m, Y s16 1 m",
    "060": "V 1, G 1, L 1, - 1, MODE3A o12",
    "090": "V 1, G 1, FL s14 1/4 FL",
    "091": "HGT s16 25/4 ft",
    "131": "PAM 8",
    "140": TIME_OF_DAY,
    "161": "- 4, TRK 12",
    "170": extended("CNF 1, TRE 1, CST 2, MAH 1, TCC 1, STH 1", "TOM 2, DOU 3, MRS 2", "GHO 1, - 6"),
    "200": "GSP u16 1/16384 NM/s, TRA u16 360/65536 deg",
    "202": "VX s16 1/4 m/s, VY s16 1/4 m/s",
    "210": "AX s8 1/4 m/s2, AY s8 1/4 m/s2",
    "220": "ADDR x24",
    "245": "STI 2, - 6, CHR c48",
    "250": MODE_S_REGISTERS,
    "270": extended("LENGTH u7 1 m", "ORIENTATION u7 360/128 deg", "WIDTH u7 1 m"),
    "280": repetitive("DRHO s8 1 m, DTHETA s8 3/20 deg"),
    "300": "VFI 8",
    "310": "TRB 1, MSG 7",
    "500": "DEVX u8 1/4 m, DEVY u8 1/4 m, COVXY s16 1/4 m",
    "550": "NOGO 2, OVL 1, TSV 1, DIV 1, TTF 1, - 2",
    RE: OPAQUE,
    SP: OPAQUE,
  },
);
