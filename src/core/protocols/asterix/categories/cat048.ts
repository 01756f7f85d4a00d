// CAT048, monoradar target reports. EUROCONTROL-SPEC-0149-4 edition 1.32 of 2024-07-01.
// Reserved expansion field: appendix A edition 1.11 of 2022-12-07.

import { type Compound, compound, editionOf, expansion, explicit, extended, repetitive, repetitiveFx, table } from "../structure.ts";
import { DATA_SOURCE, MODE_S_REGISTERS, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const PULSES_12 = "- 4, QA4 1, QA2 1, QA1 1, QB4 1, QB2 1, QB1 1, QC4 1, QC2 1, QC1 1, QD4 1, QD2 1, QD1 1";

const UAP = "010 140 020 040 070 090 130 220 240 250 161 042 200 170 210 030 080 100 110 120 230 260 055 050 065 060 SP RE";

const MODE_5_POSITION = "LAT s24 180/8388608 deg, LON s24 180/8388608 deg";
const MODE_5_SUMMARY = "M5 1, ID 1, DA 1, M1 1, M2 1, M3 1, MC 1, - 1";
const EXTENDED_MODE_1 = "V 1, G 1, L 1, - 1, EM1 o12";
const X_PULSES = "- 2, XP 1, X5 1, XC 1, X3 1, X2 1, X1 1";

const EXPANSION: Compound = expansion(
  1,
  [
    "MD5",
    compound(
      ["SUM", MODE_5_SUMMARY],
      ["PMN", "- 2, PIN 14, - 2, NAV 1, NAT 5, - 2, MIS 6"],
      ["POS", MODE_5_POSITION],
      ["GA", "- 1, RES 1, GA s14 25 ft"],
      ["EM1", EXTENDED_MODE_1],
      ["TOS", "TOS u8 1/128 s"],
      ["XP", X_PULSES],
    ),
  ],
  [
    "M5N",
    compound(
      ["SUM", MODE_5_SUMMARY],
      ["PMN", "- 2, PIN 14, - 4, NOV 1, NO 11"],
      ["POS", MODE_5_POSITION],
      ["GA", "- 1, RES 1, GA s14 25 ft"],
      ["EM1", EXTENDED_MODE_1],
      ["TOS", "TOS u8 1/128 s"],
      ["XP", X_PULSES],
      ["FOM", "- 3, FOM 5"],
    ),
  ],
  ["M4E", extended("- 5, FOEFRI 2")],
  ["RPC", compound(["SCO", "SCO 8"], ["SRC", "SRC u16 1/10 dB"], ["RW", "RW u16 1/256 NM"], ["AR", "AR u16 1/256 NM"])],
  ["ERR", "ERR u24 1/256 NM"],
  [
    "RTC",
    compound(
      ["PTL", "- 3, SCN 1, RC 1, AC 1, SSR 1, PSR 1, PLOTNR 16"],
      ["ATL", repetitive("ADSB 16")],
      ["TRN", "TRN u8 1 percent"],
      [
        "NPP",
        "PREDRHO u16 1/128 NM, PREDTHETA u16 360/65536 deg, EVOLRHOSTART u16 1/128 NM, EVOLRHOEND u16 1/128 NM, EVOLTHETASTART u16 360/65536 deg, EVOLTHETAEND u16 360/65536 deg, NOISERHOSTART u16 1/128 NM, NOISERHOEND u16 1/128 NM, NOISETHETASTART u16 360/65536 deg, NOISETHETAEND u16 360/65536 deg, PREDTIME u16 1/128 s",
      ],
      ["DLK", repetitive("TYPE 4, ORIGIN 2, STATE 2")],
      ["LCK", "LS 1, LOCTIM u15 1 ms"],
      ["TC", "- 7, TCOUNT1 4, TCODE1 5, TCOUNT2 4, TCODE2 o12, TCOUNT3 4, TCODE3 o12"],
      ["TLC", "ACQI 2, TRKUPDCTR 14, LASTTRKUPD u16 1 ms"],
      ["ASI", repetitive("SACADJS 8, SICADJS 8, TIMEOFDAYSCN u16 1/128 s, DATAUSE 7, DRNA 1, DRN 16")],
      ["TES", "TES 8"],
      ["IR", "IR 1, M3A u7 1 s"],
    ),
  ],
  [
    "CPC",
    compound(
      ["PNB", "PNB 16"],
      ["RPL", repetitive("TYPE 8, REPLYNBR 16")],
      ["SNB", "SNB 8"],
      ["DATE", "Y1 4, Y2 4, Y3 4, Y4 4, M1 4, M2 4, D1 4, D2 4"],
    ),
  ],
);

export const CAT048_1_32 = table(48, "1.32", "EUROCONTROL-SPEC-0149-4 edition 1.32", UAP, {
  "010": DATA_SOURCE,
  "020": extended(
    "TYP 3, SIM 1, RDP 1, SPI 1, RAB 1",
    "TST 1, ERR 1, XPP 1, ME 1, MI 1, FOEFRI 2",
    "ADSB.EP 1, ADSB.VAL 1, SCN.EP 1, SCN.VAL 1, PAI.EP 1, PAI.VAL 1, - 1",
    "ACASXV.EP 1, ACASXV.VAL 4, POXPR.EP 1, POXPR.VAL 1",
    "POACT.EP 1, POACT.VAL 1, DTFXPR.EP 1, DTFXPR.VAL 1, DTFACT.EP 1, DTFACT.VAL 1, - 1",
    "IRMXPR.EP 1, IRMXPR.VAL 1, IRMACT.EP 1, IRMACT.VAL 1, - 3",
  ),
  "030": repetitiveFx("WE 7"),
  "040": "RHO u16 1/256 NM, THETA u16 360/65536 deg",
  "042": "X s16 1/128 NM, Y s16 1/128 NM",
  "050": "V 1, G 1, L 1, - 1, MODE2 o12",
  "055": "V 1, G 1, L 1, MODE1 5",
  "060": PULSES_12,
  "065": "- 3, QA4 1, QA2 1, QA1 1, QB2 1, QB1 1",
  "070": "V 1, G 1, L 1, - 1, MODE3A o12",
  "080": PULSES_12,
  "090": "V 1, G 1, FL s14 1/4 FL",
  "100": "V 1, G 1, - 2, MODEC 12, - 4, QC1 1, QA1 1, QC2 1, QA2 1, QC4 1, QA4 1, QB1 1, QD1 1, QB2 1, QD2 1, QB4 1, QD4 1",
  "110": "- 2, 3DH s14 25 ft",
  "120": compound(["CAL", "D 1, - 5, CAL s10 1 m/s"], ["RDS", repetitive("DOP u16 1 m/s, AMB u16 1 m/s, FRQ u16 1 MHz")]),
  "130": compound(
    ["SRL", "SRL u8 360/8192 deg"],
    ["SRR", "SRR 8"],
    ["SAM", "SAM s8 1 dBm"],
    ["PRL", "PRL u8 360/8192 deg"],
    ["PAM", "PAM s8 1 dBm"],
    ["RPD", "RPD s8 1/256 NM"],
    ["APD", "APD s8 360/16384 deg"],
  ),
  "140": TIME_OF_DAY,
  "161": "- 4, TRN 12",
  "170": extended("CNF 1, RAD 2, DOU 1, MAH 1, CDM 2", "TRE 1, GHO 1, SUP 1, TCC 1, - 3"),
  "200": "GSP u16 1/16384 NM/s, HDG u16 360/65536 deg",
  "210": "SIGX u8 1/128 NM, SIGY u8 1/128 NM, SIGV u8 1/16384 NM/s, SIGH u8 360/4096 deg",
  "220": "ADDR x24",
  "230": "COM 3, STAT 3, SI 1, - 1, MSSC 1, ARC 1, AIC 1, B1A 1, B1B 4",
  "240": "TID c48",
  "250": MODE_S_REGISTERS,
  "260": "ACAS x56",
  RE: explicit(EXPANSION),
  SP: OPAQUE,
});

/** Edition 1.27 of 2020-06-18: the target report descriptor had one extension only. */
export const CAT048_1_27 = editionOf(CAT048_1_32, "1.27", "EUROCONTROL-SPEC-0149-4 edition 1.27", UAP, {
  "020": extended("TYP 3, SIM 1, RDP 1, SPI 1, RAB 1", "TST 1, ERR 1, XPP 1, ME 1, MI 1, FOEFRI 2"),
});

/** Edition 1.23 was not read: taken to be laid out as 1.27, which a recorded block of it bears out. */
export const CAT048_1_23 = editionOf(CAT048_1_27, "1.23", "read as edition 1.27", UAP, {});
