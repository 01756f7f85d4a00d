// Mode S registers carried in I048/250, I062/380 MB, I020/250, I010/250 and I021/250: 56 bits whose layout follows their number.
// ICAO Doc 9871 (second edition), appendix A: tables A-2-16 (1,0), A-2-23 (1,7), A-2-32 (2,0), A-2-48 (3,0), A-2-64 (4,0),
// A-2-68 (4,4), A-2-80 (5,0), A-2-96 (6,0). Here in the units of that document; `mode-s/comm-b.ts` reads some of them for the core.

import { type Field, parseFields } from "../structure.ts";

const layouts: ReadonlyMap<number, readonly Field[]> = new Map(
  (
    [
      [
        0x10,
        "BDS 8, CF 1, - 5, OCC 1, ACAS 1, MDSV 7, TEPI 1, MSSSC 1, UELMC 3, DELMC 4, AIC 1, SCS 1, SIC 1, CUGCR 1, CHS 1, TARA 1, MOPS 2, SDTE 16",
      ],
      [
        0x17,
        "BDS05 1, BDS06 1, BDS07 1, BDS08 1, BDS09 1, BDS0A 1, BDS20 1, BDS21 1, BDS40 1, BDS41 1, BDS42 1, BDS43 1, BDS44 1, BDS45 1, BDS48 1, BDS50 1, BDS51 1, BDS52 1, BDS53 1, BDS54 1, BDS55 1, BDS56 1, BDS5F 1, BDS60 1, - 32",
      ],
      [0x20, "BDS 8, CALLSIGN c48"],
      [0x30, "BDS 8, ARA 14, RAC 4, RAT 1, MTE 1, TTI 2, TID 26"],
      [
        0x40,
        "MCP_ALT_STATUS 1, MCP_ALT u12 16 ft, FMS_ALT_STATUS 1, FMS_ALT u12 16 ft, BP_STATUS 1, BP u12 1/10 mb, - 8, MODE_STATUS 1, VNAV 1, ALT_HOLD 1, APP 1, - 2, TARGET_ALT_STATUS 1, TARGET_ALT_SOURCE 2",
      ],
      [
        0x44,
        "FOM 4, WIND_STATUS 1, WIND_SPEED u9 1 kt, WIND_DIRECTION u9 180/256 deg, SAT s11 1/4 degC, PRESSURE_STATUS 1, PRESSURE u11 1 hPa, TURBULENCE_STATUS 1, TURBULENCE 2, HUMIDITY_STATUS 1, HUMIDITY u6 100/64 percent",
      ],
      [
        0x50,
        "RA_STATUS 1, RA s10 45/256 deg, TTA_STATUS 1, TTA s11 90/512 deg, GS_STATUS 1, GS u10 2 kt, TAR_STATUS 1, TAR s10 8/256 deg/s, TAS_STATUS 1, TAS u10 2 kt",
      ],
      [
        0x60,
        "HDG_STATUS 1, HDG s11 90/512 deg, IAS_STATUS 1, IAS u10 1 kt, MACH_STATUS 1, MACH u10 2.048/512 Mach, BAR_STATUS 1, BAR s10 32 ft/min, IVV_STATUS 1, IVV s10 32 ft/min",
      ],
    ] as const
  ).map(([register, fields]) => [register, parseFields(fields)]),
);

/** Added to a field's value: the barometric setting counts from 800 mb. */
const OFFSETS: Readonly<Record<string, number>> = { BP: 800 };

/** Fields of a register by its number (0x40 for BDS 4,0) with what is added to a value; undefined where Picket holds no layout. */
export function registerLayout(
  register: number,
): { readonly fields: readonly Field[]; readonly offsets: Readonly<Record<string, number>> } | undefined {
  const fields = layouts.get(register);
  return fields === undefined ? undefined : { fields, offsets: OFFSETS };
}
