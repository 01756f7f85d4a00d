// Items that several categories lay out alike; each category names the ones that it takes.

import { explicit, fixed, repetitive, type Structure } from "../structure.ts";

/** Data source identifier: system area code and system identification code. */
export const DATA_SOURCE = fixed("SAC 8, SIC 8");
/** Seconds since midnight UTC. */
export const TIME_OF_DAY = fixed("ToD u24 1/128 s");
/** Reserved expansion and special purpose fields whose content Picket does not hold: kept as octets. */
export const OPAQUE: Structure = explicit();
/** Mode S registers: 56 bits of message and the register's number. */
export const MODE_S_REGISTERS = repetitive("MBDATA x56, BDS1 4, BDS2 4");
/** Trajectory intent points, as in I021/110 subfield 2 and I062/380 subfield 9. */
export const INTENT_POINTS = repetitive(
  "TCA 1, NC 1, TCPN 6, ALT s16 10 ft, LAT s24 180/8388608 deg, LON s24 180/8388608 deg, PT 4, TD 2, TRA 1, TOA 1, TOV u24 1 s, TTR u16 1/100 NM",
);
