// CAT062, system track messages. EUROCONTROL-SPEC-0149-9 edition 1.20 of 2023-02-13; 1.21 of 2025-06-05; reserved expansion field edition 1.3.

import { compound, editionOf, expansion, explicit, extended, repetitive, repetitiveFx, type Structure, table } from "../structure.ts";
import { DATA_SOURCE, INTENT_POINTS, MODE_S_REGISTERS, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const UAP = "010 - 015 070 105 100 185 210 060 245 380 040 080 290 200 295 136 130 135 220 390 270 300 110 120 510 500 340 - - - - - RE SP";

const POSITION_24 = "LAT s24 180/8388608 deg, LON s24 180/8388608 deg";
const AGE = "u8 1/4 s";
const ages = (names: string): readonly (readonly [string, string])[] => names.split(" ").map((name) => [name, `${name} ${AGE}`] as const);

const STATUS_PARTS = [
  "MON 1, SPI 1, MRH 1, SRC 3, CNF 1",
  "SIM 1, TSE 1, TSB 1, FPC 1, AFF 1, STP 1, KOS 1",
  "AMA 1, MD4 2, ME 1, MI 1, MD5 2",
  "CST 1, PSR 1, SSR 1, MDS 1, ADS 1, SUC 1, AAC 1",
  "SDS 2, EMS 3, PFT 1, FPLT 1",
  "DUPT 1, DUPF 1, DUPM 1, SFC 1, IDD 1, IEC 1, MLAT 1",
];

/** Aircraft derived data. */
const AIRCRAFT_DERIVED: Structure = compound(
  ["ADR", "ADR x24"],
  ["ID", "ACID c48"],
  ["MHG", "MAH u16 360/65536 deg"],
  ["IAS", "IM 1, IAS u15 IM?1/16384 NM/s:1/1000 Mach"],
  ["TAS", "TAS u16 1 kt"],
  ["SAL", "SAS 1, SRC 2, ALT s13 25 ft"],
  ["FSS", "MV 1, AH 1, AM 1, ALT s13 25 ft"],
  ["TIS", extended("NAV 1, NVB 1, - 5")],
  ["TID", INTENT_POINTS],
  ["COM", "COM 3, STAT 3, - 2, SSC 1, ARC 1, AIC 1, B1A 1, B1B 4"],
  ["SAB", "AC 2, MN 2, DC 2, GBS 1, - 6, STAT 3"],
  ["ACS", "ACS x56"],
  ["BVR", "BVR s16 25/4 ft/min"],
  ["GVR", "GVR s16 25/4 ft/min"],
  ["RAN", "RAN s16 1/100 deg"],
  ["TAR", "TI 2, - 6, ROT s7 1/4 deg/s, - 1"],
  ["TAN", "TAN u16 360/65536 deg"],
  ["GSP", "GSP s16 1/16384 NM/s"],
  ["VUN", "VUN 8"],
  ["MET", "WS 1, WD 1, TMP 1, TRB 1, - 4, WSD u16 1 kt, WDD u16 1 deg, TMPD s16 1/4 degC, TRBD 8"],
  ["EMC", "EMC 8"],
  ["POS", POSITION_24],
  ["GAL", "GAL s16 25/4 ft"],
  ["PUN", "- 4, PUN 4"],
  ["MB", MODE_S_REGISTERS],
  ["IAR", "IAR u16 1 kt"],
  ["MAC", "MAC u16 1/125 Mach"],
  ["BPS", "- 4, BPS u12 1/10 mb"],
);

/** Reserved expansion field, edition 1.3. */
const EXPANSION = expansion(
  1,
  ["CST", repetitive("SAC 8, SIC 8, - 4, TYP 4, LTN 16")],
  ["CSN", repetitive("SAC 8, SIC 8, - 4, TYP 4")],
  ["TVS", "VX s16 1/4 m/s, VY s16 1/4 m/s"],
  ["STS", extended("FDR 1, LNAV.EP 1, LNAV.VAL 1, - 4")],
  [
    "V3",
    compound(
      ["PS3", "PS3.EP 1, PS3.VAL 3, - 4"],
      ["AS", "RCE.EP 1, RCE.VAL 2, RRL.EP 1, RRL.VAL 1, TPW.EP 1, TPW.VAL 2, TSI.EP 1, TSI.VAL 2, TAO.EP 1, TAO.RE 1, TAO.VAL 6, - 5"],
      ["UAS", "MUO.EP 1, MUO.VAL 1, DAA.EP 1, DAA.VAL 2, RWC.EP 1, RWC.VAL 1, - 1"],
      ["CASS", "SVH.EP 1, SVH.VAL 2, CATC.EP 1, CATC.VAL 3, - 1"],
    ),
  ],
);

export const CAT062_1_20 = table(62, "1.20", "EUROCONTROL-SPEC-0149-9 edition 1.20, REF edition 1.3", UAP, {
  "010": DATA_SOURCE,
  "015": "SID 8",
  "040": "TN 16",
  "060": "V 1, G 1, CH 1, - 1, MODE3A o12",
  "070": TIME_OF_DAY,
  "080": extended(...STATUS_PARTS),
  "100": "X s24 1/2 m, Y s24 1/2 m",
  "105": "LAT s32 180/33554432 deg, LON s32 180/33554432 deg",
  "110": compound(
    ["SUM", "M5 1, ID 1, DA 1, M1 1, M2 1, M3 1, MC 1, X 1"],
    ["PMN", "- 2, PIN 14, - 3, NAT 5, - 2, MIS 6"],
    ["POS", POSITION_24],
    ["GA", "- 1, RES 1, GA s14 25 ft"],
    ["EM1", "- 4, EM1 o12"],
    ["TOS", "TOS s8 1/128 s"],
    ["XP", "- 3, X5 1, XC 1, X3 1, X2 1, X1 1"],
  ),
  "120": "- 4, MODE2 o12",
  "130": "ALT s16 25/4 ft",
  "135": "QNH 1, CTB s15 1/4 FL",
  "136": "MFL s16 1/4 FL",
  "185": "VX s16 1/4 m/s, VY s16 1/4 m/s",
  "200": "TRANS 2, LONG 2, VERT 2, ADF 1, - 1",
  "210": "AX s8 1/4 m/s2, AY s8 1/4 m/s2",
  "220": "ROCD s16 25/4 ft/min",
  "245": "STI 2, - 6, CHR c48",
  "270": extended("LENGTH u7 1 m", "ORIENTATION u7 360/128 deg", "WIDTH u7 1 m"),
  "290": compound(...ages("TRK PSR SSR MDS"), ["ADS", "ADS u16 1/4 s"], ...ages("ES VDL UAT LOP MLT")),
  "295": compound(
    ...ages("MFL MD1 MD2 MDA MD4 MD5 MHG IAS TAS SAL FSS TID COM SAB ACS BVR GVR RAN TAR TAN GSP VUN MET EMC POS GAL PUN MB IAR MAC BPS"),
  ),
  "300": "VFI 8",
  "340": compound(
    ["SID", "SAC 8, SIC 8"],
    ["POS", "RHO u16 1/256 NM, THETA u16 360/65536 deg"],
    ["HEI", "HEI s16 25 ft"],
    ["MDC", "V 1, G 1, LMC s14 1/4 FL"],
    ["MDA", "V 1, G 1, L 1, - 1, MODE3A o12"],
    ["TYP", "TYP 3, SIM 1, RAB 1, TST 1, - 2"],
  ),
  "380": AIRCRAFT_DERIVED,
  "390": compound(
    ["TAG", "SAC 8, SIC 8"],
    ["CS", "CS a56"],
    ["IFI", "TYP 2, - 3, NBR 27"],
    ["FCT", "GATOAT 2, FR1FR2 2, RVSM 2, HPR 1, - 1"],
    ["TAC", "TAC a32"],
    ["WTC", "WTC a8"],
    ["DEP", "DEP a32"],
    ["DST", "DST a32"],
    ["RDS", "NU1 a8, NU2 a8, LTR a8"],
    ["CFL", "CFL u16 1/4 FL"],
    ["CTL", "CENTRE 8, POSITION 8"],
    ["TOD", repetitive("TYP 5, DAY 2, - 4, HOR 5, - 2, MIN 6, AVS 1, - 1, SEC 6")],
    ["AST", "AST a48"],
    ["STS", "EMP 2, AVL 2, - 4"],
    ["STD", "STD a56"],
    ["STA", "STA a56"],
    ["PEM", "- 3, VA 1, MODE3A o12"],
    ["PEC", "PEC a56"],
  ),
  "500": compound(
    ["APC", "X u16 1/2 m, Y u16 1/2 m"],
    ["COV", "COV s16 1/2 m"],
    ["APW", "LAT u16 180/33554432 deg, LON u16 180/33554432 deg"],
    ["AGA", "AGA u8 25/4 ft"],
    ["ABA", "ABA u8 1/4 FL"],
    ["ATV", "X u8 1/4 m/s, Y u8 1/4 m/s"],
    ["AA", "X u8 1/4 m/s2, Y u8 1/4 m/s2"],
    ["ARC", "ARC u8 25/4 ft/min"],
  ),
  "510": repetitiveFx("IDENT 8, TRACK 15"),
  RE: explicit(EXPANSION),
  SP: OPAQUE,
});

export const CAT062_1_21 = editionOf(CAT062_1_20, "1.21", "EUROCONTROL-SPEC-0149-9 edition 1.21", UAP, {
  "080": extended(...STATUS_PARTS, "M5I 1, - 6"),
});

/** Edition 1.17 of 2014-12-01: three flags of the sixth part of I062/080 were spare. Its expansion field was not read. */
export const CAT062_1_17 = editionOf(CAT062_1_20, "1.17", "EUROCONTROL-SPEC-0149-9 edition 1.17", UAP, {
  "080": extended(...STATUS_PARTS.slice(0, 5), "DUPT 1, DUPF 1, DUPM 1, - 4"),
  RE: OPAQUE,
});

/** Edition 1.12 was not read: taken to be laid out as 1.17, which a recorded block of it bears out. */
export const CAT062_1_12 = editionOf(CAT062_1_17, "1.12", "read as edition 1.17", UAP, {});
