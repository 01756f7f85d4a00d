// CAT021, ADS-B target reports. EUROCONTROL-SPEC-0149-12 editions 2.7 of 2025-07-02, 2.1 of 2011-05-01 and 0.26 of 2005;
// reserved expansion field edition 1.5.

import { compound, editionOf, expansion, explicit, extended, extendedClosed, table } from "../structure.ts";
import { DATA_SOURCE, INTENT_POINTS, MODE_S_REGISTERS, OPAQUE } from "./common-items.ts";

const UAP_2 =
  "010 040 161 015 071 130 131 072 150 151 080 073 074 075 076 140 090 210 070 230 145 152 200 155 157 160 165 077 170 020 220 146 148 110 016 008 271 132 250 260 400 295 - - - - - RE SP";

const AGES = "AOS TRD M3A QI TI1 MAM GH FL SAL FSA AS TAS MH BVR GVR GV TAR TI2 TS MET ROA ARA SCC";
const ages = (names: string): readonly (readonly [string, string])[] =>
  names.split(" ").map((name) => [name, `${name} u8 1/10 s`] as const);

const EXPANSION = expansion(
  1,
  ["BPS", "- 4, BPS u12 1/10 hPa"],
  ["SH", "- 4, HDR 1, STAT 1, SH u10 45/64 deg"],
  ["NAV", "AP 1, VN 1, AH 1, AM 1, MFM.EP 1, MFM.VAL 1, - 2"],
  ["GAO", "GAO 8"],
  ["SGV", extended("STP 1, HTS 1, HTT 1, HRD 1, GSS u11 1/8 kt", "HGT u7 45/16 deg")],
  [
    "STA",
    extended(
      "ES 1, UAT 1, RCE.EP 1, RCE.VAL 2, RRL.EP 1, RRL.VAL 1",
      "PS3.EP 1, PS3.VAL 3, TPW.EP 1, TPW.VAL 2",
      "TSI.EP 1, TSI.VAL 2, MUO.EP 1, MUO.VAL 1, RWC.EP 1, RWC.VAL 1",
      "DAA.EP 1, DAA.VAL 2, DF17CA.EP 1, DF17CA.VAL 3",
      "SVH.EP 1, SVH.VAL 2, CATC.EP 1, CATC.VAL 3",
      "TAO.EP 1, TAO.VAL 5, - 1",
    ),
  ],
  ["TNH", "TNH u16 360/65536 deg"],
  [
    "MES",
    compound(
      ["SUM", "M5 1, ID 1, DA 1, M1 1, M2 1, M3 1, MC 1, PO 1"],
      ["PNO", "- 2, PIN 14, - 5, NO 11"],
      ["EM1", "V 1, - 1, L 1, - 1, EM1 o12"],
      ["XP", "- 2, XP 1, X5 1, XC 1, X3 1, X2 1, X1 1"],
      ["FOM", "- 3, FOM 5"],
      ["M2", "V 1, - 1, L 1, - 1, MODE2 o12"],
    ),
  ],
);

export const CAT021_2_7 = table(21, "2.7", "EUROCONTROL-SPEC-0149-12 edition 2.7, REF edition 1.5", UAP_2, {
  "008": "RA 1, TC 2, TS 1, ARV 1, CDTIA 1, NOTTCAS 1, SA 1",
  "010": DATA_SOURCE,
  "015": "SID 8",
  "016": "RP u8 1/2 s",
  "020": "ECAT 8",
  "040": extended(
    "ATP 3, ARC 2, RC 1, RAB 1",
    "DCR 1, GBS 1, SIM 1, TST 1, SAA 1, CL 2",
    "- 1, LLC 1, IPC 1, NOGO 1, CPR 1, LDPJ 1, RCF 1",
    "TBC.EP 1, TBC.VAL 6",
    "MBC.EP 1, MBC.VAL 6",
  ),
  "070": "- 4, MODE3A o12",
  "071": "TOAP u24 1/128 s",
  "072": "TOAV u24 1/128 s",
  "073": "TOMRP u24 1/128 s",
  "074": "FSI 2, TOMRP u30 1/1073741824 s",
  "075": "TOMRV u24 1/128 s",
  "076": "FSI 2, TOMRV u30 1/1073741824 s",
  "077": "TORT u24 1/128 s",
  "080": "ADDR x24",
  "090": extended(
    "NUCRNACV 3, NUCPNIC 4",
    "NICBARO 1, SIL 2, NACP 4",
    "- 2, SILS 1, SDA 2, GVA 2",
    "PIC 4, SRC 1, - 2",
    "- 2, VALSTATE.EP 1, VALSTATE.VAL 2, VD 1, VQ 1",
    "VALDISTP1 u7 128 m",
    "VALDISTP2 u7 1 m",
    "VALDISTQUALP1 u7 128 m",
    "VALDISTQUALP2 u7 1 m",
  ),
  "110": compound(["TIS", extended("NAV 1, NVB 1, - 5")], ["TID", INTENT_POINTS]),
  "130": "LAT s24 180/8388608 deg, LON s24 180/8388608 deg",
  "131": "LAT s32 180/1073741824 deg, LON s32 180/1073741824 deg",
  "132": "MAM s8 1 dBm",
  "140": "GH s16 25/4 ft",
  "145": "FL s16 1/4 FL",
  "146": "SAS 1, S 2, ALT s13 25 ft",
  "148": "MV 1, AH 1, AM 1, ALT s13 25 ft",
  "150": "IM 1, AS u15 IM?1/16384 NM/s:1/1000 Mach",
  "151": "RE 1, TAS u15 1 kt",
  "152": "MHG u16 360/65536 deg",
  "155": "RE 1, BVR s15 25/4 ft/min",
  "157": "RE 1, GVR s15 25/4 ft/min",
  "160": "RE 1, GS u15 1/16384 NM/s, TA u16 360/65536 deg",
  "161": "- 4, TRNUM 12",
  "165": "- 6, TAR s10 1/32 deg/s",
  "170": "TID c48",
  "200": "ICF 1, LNAV 1, ME 1, PS 3, SS 2",
  "210": "- 1, VNS 1, VN 3, LTT 3",
  "220": compound(["WS", "WS u16 1 kt"], ["WD", "WD u16 1 deg"], ["TMP", "TMP s16 1/4 degC"], ["TRB", "TRB 8"]),
  "230": "ROLL s16 1/100 deg",
  "250": MODE_S_REGISTERS,
  "260": "TYP 5, STYP 3, ARA 14, RAC 4, RAT 1, MTE 1, TTI 2, TID 26",
  "271": extended("- 2, POA 1, CDTIS 1, B2LOW 1, RAS 1, IDENT 1", "LW 4, - 3"),
  "295": compound(...ages(AGES)),
  "400": "RID 8",
  RE: explicit(EXPANSION),
  SP: OPAQUE,
});

/** Edition 2.4 of 2015-06-15: fewer extensions than now. */
export const CAT021_2_4 = editionOf(CAT021_2_7, "2.4", "EUROCONTROL-SPEC-0149-12 edition 2.4", UAP_2, {
  "040": extended(
    "ATP 3, ARC 2, RC 1, RAB 1",
    "DCR 1, GBS 1, SIM 1, TST 1, SAA 1, CL 2",
    "- 1, LLC 1, IPC 1, NOGO 1, CPR 1, LDPJ 1, RCF 1",
  ),
  "090": extended("NUCRNACV 3, NUCPNIC 4", "NICBARO 1, SIL 2, NACP 4", "- 2, SILS 1, SDA 2, GVA 2", "PIC 4, - 3"),
});

/** Fewer extensions still; the second part of I021/271 was a whole octet without FX until edition 2.2 changed it. */
export const CAT021_2_1 = editionOf(CAT021_2_7, "2.1", "EUROCONTROL-SPEC-0149-12 edition 2.1", UAP_2, {
  "040": extended("ATP 3, ARC 2, RC 1, RAB 1", "DCR 1, GBS 1, SIM 1, TST 1, SAA 1, CL 2", "- 2, IPC 1, NOGO 1, CPR 1, LDPJ 1, RCF 1"),
  "090": extended("NUCRNACV 3, NUCPNIC 4", "NICBARO 1, SIL 2, NACP 4", "- 2, SILS 1, SDA 2, GVA 2", "PIC 4, - 3"),
  "200": "ICF 1, LNAV 1, - 1, PS 3, SS 2",
  "271": extendedClosed("- 2, POA 1, CDTIS 1, B2LOW 1, RAS 1, IDENT 1", "- 4, LW 4"),
});

const UAP_0 =
  "010 040 030 130 080 140 090 210 230 145 150 151 152 155 157 160 165 170 095 032 200 020 220 146 148 110 070 131 - - - - - RE SP";

/** The layout before edition 1: other items, other positions. Some ground stations still send it. */
export const CAT021_0_26 = table(21, "0.26", "EUROCONTROL-SPEC-0149-12 edition 0.26", UAP_0, {
  "010": DATA_SOURCE,
  "020": "ECAT 8",
  "030": "ToD u24 1/128 s",
  "032": "TODA u8 1/256 s",
  "040": "DCR 1, GBS 1, SIM 1, TST 1, RAB 1, SAA 1, SPI 1, - 1, ATP 3, ARC 2, - 3",
  "070": "V 1, G 1, L 1, - 1, MODE3A o12",
  "080": "ADDR x24",
  "090": "AC 2, MN 2, DC 2, - 6, PA 4",
  "095": "VUN 8",
  "110": compound(["TIS", extended("NAV 1, NVB 1, - 5")], ["TID", INTENT_POINTS]),
  "130": "LAT s32 180/33554432 deg, LON s32 180/33554432 deg",
  "131": "SAM 8",
  "140": "GA s16 25/4 ft",
  "145": "FL s16 1/4 FL",
  "146": "SAS 1, SRC 2, ALT s13 25 ft",
  "148": "MV 1, AH 1, AM 1, ALT s13 25 ft",
  "150": "IM 1, AS u15 IM?1/16384 NM/s:1/1000 Mach",
  "151": "TAS u16 1 kt",
  "152": "MHG u16 360/65536 deg",
  "155": "BVR s16 25/4 ft/min",
  "157": "GVR s16 25/4 ft/min",
  "160": "GS s16 1/16384 NM/s, TA u16 360/65536 deg",
  "165": extended("TI 2, - 5", "ROT s7 1/4 deg/s"),
  "170": "TID c48",
  "200": "TS 8",
  "210": "- 3, DTI 1, MDS 1, UAT 1, VDL 1, OTR 1",
  "220": compound(["WS", "WS u16 1 kt"], ["WD", "WD u16 1 deg"], ["TMP", "TMP s16 1/4 degC"], ["TRB", "TRB 8"]),
  "230": "ROLL s16 1/100 deg",
  RE: OPAQUE,
  SP: OPAQUE,
});
