// CAT015, target reports of independent non-cooperative sensors: multistatic and passive radar, electro-optics.
// EUROCONTROL ASTERIX category 015 edition 1.2 of 2024-05-01. Correlations are fractions in 1/128.

import { compound, extended, repetitive, repetitiveFx, table } from "../structure.ts";
import { DATA_SOURCE, OPAQUE, TIME_OF_DAY } from "./common-items.ts";

const correlations = (names: string) =>
  names
    .split(" ")
    .map((name) => `${name} s8 1/128`)
    .join(", ");
const XY = correlations("X Y");

export const CAT015_1_2 = table(
  15,
  "1.2",
  "EUROCONTROL ASTERIX category 015 edition 1.2",
  "010 000 015 020 030 145 161 170 050 270 300 400 600 601 602 603 604 605 480 625 626 627 628 630 631 SP",
  {
    "000": "MT 7, RG 1",
    "010": DATA_SOURCE,
    "015": "SID 8",
    "020": extended("MOMU 2, TTAX 2, SCD 2, - 1"),
    "030": repetitiveFx("WE 7"),
    "050": "- 2, UPD u14 1/128 s",
    "145": TIME_OF_DAY,
    "161": "TRN 16",
    "170": extended("BIZ 1, BAZ 1, TUR 1, - 1, CSTP 1, CSTH 1, CNF 1"),
    "270": compound(["LEN", "LEN u16 1/100 m"], ["WDT", "WDT u16 1/100 m"], ["HGT", "HGT u16 1/100 m"], ["ORT", "ORT u16 360/65536 deg"]),
    "300": repetitive("CLS 9, PRB 7"),
    "400": "PID 16, ON 24",
    "480": repetitive("REF x40"),
    "600": compound(
      ["P84", "LATITUDE s32 180/2147483648 deg, LONGITUDE s32 180/2147483648 deg"],
      ["HPR", "RSHPX u16 1/2 m, RSHPY u16 1/2 m, CORSHPXY s8 1/128"],
      ["HPP", "SDHPX u16 1/4 m, SDHPY u16 1/4 m, COSDHPXY s8 1/128"],
    ),
    "601": compound(
      ["GH", "GH s24 1/100 m"],
      ["RSGH", "RSGH u24 1/100 m"],
      ["SDGH", "SDGH u24 1/100 m"],
      ["CI6", "UCI6 u12 16 m, LCI6 u12 16 m"],
      ["CI9", "UCI9 u12 16 m, LCI9 u12 16 m"],
      ["COGHHP", XY],
      ["COGHHV", XY],
      ["COGHHA", XY],
    ),
    "602": compound(
      ["HV", "X s20 1/100 m/s, Y s20 1/100 m/s"],
      ["RSHV", "X u16 1/100 m/s, Y u16 1/100 m/s, CORSHVXY s8 1/128"],
      ["SDHV", "X u16 1/100 m/s, Y u16 1/100 m/s, COHVXY s8 1/128"],
      ["COHVHP", correlations("COHVXHPX COHVXHPY COHVYHPX COHVYHPY")],
    ),
    "603": compound(
      ["HA", "X s12 1/16 m/s2, Y s12 1/16 m/s2"],
      ["SDHA", "X u12 1/16 m/s2, Y u12 1/16 m/s2, COHAXY s8 1/128"],
      ["COHAHP", correlations("COHAXHPX COHAXHPY COHAYHPX COAYHPY")],
      ["COHAHV", correlations("COHAXHVX COHAXHVY COHAYHVX COHAYHVY")],
    ),
    "604": compound(
      ["VV", "VV s24 1/100 m/s"],
      ["RSVV", "RSVV u16 1/100 m/s"],
      ["SDVV", "SDVV u16 1/100 m/s, COVVGH s8 1/128"],
      ["COVVHP", XY],
      ["COVVHV", XY],
      ["COVVHA", XY],
    ),
    "605": compound(
      ["VA", "VA s16 1/100 m/s2"],
      ["RSVA", "SDVA u16 1/100 m/s2, COVAGH s8 1/128, COVAVV s8 1/128"],
      ["COVAHP", XY],
      ["COVAHV", XY],
      ["COVAHA", XY],
    ),
    "625": compound(
      ["R", "R s24 1/10 m"],
      ["RSR", "RSR u24 1/10 m"],
      ["SDR", "SDR u24 1/10 m"],
      ["RR", "RR s24 1/10 m/s"],
      ["RSRR", "RSRR u24 1/10 m/s"],
      ["SDRR", "SDRR u24 1/10 m/s, CORRR s8 1/128"],
      ["RA", "RA s16 1/64 m/s2"],
      ["SDRA", "SDRA u16 1/128 m/s2, CORAR s8 1/128, CORARR s8 1/128"],
    ),
    "626": compound(
      ["DV", "DV s24 1/100 m/s"],
      ["SDDV", "SDDV u16 1/64 m/s"],
      ["DA", "DA s16 1/64 m/s2"],
      ["SDDA", "SDDA u16 1/64 m/s2, CODADV s8 1/128"],
      ["CODVR", "CODVR s8 1/128"],
      ["CODVRR", "CODVRR s8 1/128"],
      ["CODVRA", "CODVRA s8 1/128"],
      ["CODAR", "CODAR s8 1/128"],
      ["CODARR", "CODARR s8 1/128"],
      ["CODARA", "CODARA s8 1/128"],
    ),
    "627": compound(
      ["AZ", "AZ u16 360/65536 deg"],
      ["RSAZ", "RSAZ u16 45/65536 deg"],
      ["SDASZ", "SDASZ u16 45/65536 deg"],
      ["AZR", "AZR s16 180/65536 deg/s"],
      ["SDAZR", "SDAZR u16 45/65536 deg/s, COAZRAZ s8 1/128"],
      ["AZEX", "S u16 360/65536 deg, E u16 360/65536 deg"],
    ),
    "628": compound(
      ["EL", "EL s16 180/65536 deg"],
      ["RSEL", "RSEL u16 45/65536 deg"],
      ["SDEL", "SDEL u16 45/65536 deg"],
      ["ER", "ER s16 180/65536 deg/s"],
      ["SDER", "SDELR u16 45/65536 deg/s, COELREL s8 1/128"],
      ["ELEX", "S s16 180/65536 deg, E s16 180/65536 deg"],
    ),
    "630": compound(["DPP", "DPP s8 1 dB"], ["DPS", "DPS s8 1 dB"], ["RPP", "- 7, RPP s9 1 dB"], ["RPS", "RPS s8 1 dB"]),
    "631": repetitive("AZCON u16 360/65536 deg, ELCON s16 180/65536 deg, RGCONSTOP u16 10000/65536 m, RGCONSTART u16 10000/65536 m"),
    SP: OPAQUE,
  },
);
