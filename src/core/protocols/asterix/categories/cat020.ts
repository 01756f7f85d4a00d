// CAT020, multilateration target reports. EUROCONTROL-SPEC-0149-14 edition 1.11 of 2025-07-02.

import { compound, expansion, explicit, extended, repetitive, repetitiveFx, table } from "../structure.ts";
import { DATA_SOURCE, MODE_S_REGISTERS, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

/**
 * Reserved expansion field: only the position accuracy, as it is in a recording that another decoder reads; its third subfield (height)
 * and the field's other members (velocities, ages) are kept as octets.
 */
const EXPANSION = expansion(1, [
  "PA",
  compound(["DOP", "X s16 1/4, Y s16 1/4, XY s16 1/4"], ["SDC", "X u16 1/4 m, Y u16 1/4 m, XY s16 1/4 m"], undefined, [
    "SDW",
    "LAT u16 180/33554432 deg, LON u16 180/33554432 deg, COV s16 180/33554432 deg",
  ]),
]);

export const CAT020_1_11 = table(
  20,
  "1.11",
  "EUROCONTROL-SPEC-0149-14 edition 1.11",
  "010 020 140 041 042 161 170 070 202 090 100 220 245 110 105 210 300 310 500 400 250 230 260 030 055 050 RE SP",
  {
    "010": DATA_SOURCE,
    "020": extended("SSR 1, MS 1, HF 1, VDL4 1, UAT 1, DME 1, OT 1", "RAB 1, SPI 1, CHN 1, GBS 1, CRT 1, SIM 1, TST 1", "CF 2, - 5"),
    "030": repetitiveFx("WE 7"),
    "041": "LAT s32 180/33554432 deg, LON s32 180/33554432 deg",
    "042": "X s24 1/2 m, Y s24 1/2 m",
    "050": "V 1, G 1, L 1, - 1, MODE2 o12",
    "055": "V 1, G 1, L 1, MODE1 5",
    "070": "V 1, G 1, L 1, - 1, MODE3A o12",
    "090": "V 1, G 1, FL s14 1/4 FL",
    "100": "V 1, G 1, - 2, MODEC 12, - 4, QC1 1, QA1 1, QC2 1, QA2 1, QC4 1, QA4 1, QB1 1, QD1 1, QB2 1, QD2 1, QB4 1, QD4 1",
    "105": "GH s16 25/4 ft",
    "110": "MH s16 25/4 ft",
    "140": TIME_OF_DAY,
    "161": "- 4, TRN 12",
    "170": extended("CNF 1, TRE 1, CST 1, CDM 2, MAH 1, STH 1", "GHO 1, - 6"),
    "202": "VX s16 1/4 m/s, VY s16 1/4 m/s",
    "210": "AX s8 1/4 m/s2, AY s8 1/4 m/s2",
    "220": "ADDR x24",
    "230": "COM 3, STAT 3, CASEVN 2, MSSC 1, ARC 1, AIC 1, B1A 1, B1B 4",
    "245": "STI 2, - 6, CHR c48",
    "250": MODE_S_REGISTERS,
    "260": "ACAS x56",
    "300": "VFI 8",
    "310": "TRB 1, MSG 7",
    "400": repetitive("BIT1 1, BIT2 1, BIT3 1, BIT4 1, BIT5 1, BIT6 1, BIT7 1, BIT8 1"),
    "500": compound(["DOP", "X u16 1/4, Y u16 1/4, XY u16 1/4"], ["SDP", "X u16 1/4 m, Y u16 1/4 m, XY u16 1/4"], ["SDH", "SDH u16 1/2 m"]),
    RE: explicit(EXPANSION),
    SP: OPAQUE,
  },
);
