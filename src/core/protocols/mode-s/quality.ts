// How good a broadcast position and velocity say they are. RTCA DO-260B: table 2-70 (NACp), 2-22 (NACv), 2-69 and 2-14 (NIC),
// DO-260 table 2-70 (NUCp). Radii hold the true place with 95 % (NACp, NACv, NUCp) or are an integrity limit (NIC).

import type { Metres, MetresPerSecond } from "../../base/units.ts";

/** A circle that holds 95 % of a two-dimensional normal error has this many sigmas of one axis: sqrt(-2 ln 0.05). */
const SIGMAS_IN_95_PERCENT_CIRCLE = 2.4477468306808166;
/** 95 % of one normal error. */
const SIGMAS_IN_95_PERCENT_INTERVAL = 1.959963984540054;

/** NACp 0..11: estimated position uncertainty, m, 95 %. */
const NACP_RADIUS = [undefined, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3] as const;
/** NACv 0..4: m/s, 95 %. */
const NACV_SPEED = [undefined, 10, 3, 1, 0.3] as const;
/** NUCp 0..9: m, 95 %. */
const NUCP_RADIUS = [undefined, 18520, 9260, 1852, 926, 463, 185.2, 92.6, 10, 3] as const;
/** GVA 0..2: m, 95 %, of the geometric height. */
const GVA_HEIGHT = [undefined, 150, 45] as const;

/** NUCp of a version 0 position message by its type code; 0 means unknown. */
export function navigationUncertainty(typeCode: number): number {
  if (typeCode >= 9 && typeCode <= 18) return 18 - typeCode;
  if (typeCode >= 5 && typeCode <= 8) return 14 - typeCode;
  if (typeCode === 20 || typeCode === 21) return 29 - typeCode;
  return 0;
}

export interface Integrity {
  /** Navigation integrity category, 0..11. */
  readonly nic: number;
  /** Radius of containment, m; undefined is unknown. */
  readonly radius: number | undefined;
}

const UNKNOWN: Integrity = { nic: 0, radius: undefined };

/** NIC by type code and supplements A, B (airborne) and C (surface), versions 1 and 2. */
export function navigationIntegrity(
  typeCode: number,
  version: number,
  supplementA: boolean,
  supplementB: boolean,
  supplementC: boolean,
): Integrity {
  switch (typeCode) {
    case 5:
    case 9:
    case 20:
      return { nic: 11, radius: 7.5 };
    case 6:
    case 10:
    case 21:
      return { nic: 10, radius: 25 };
    case 7:
      return supplementA && !supplementC ? { nic: 9, radius: 75 } : { nic: 8, radius: 185.2 };
    case 8:
      if (version < 2) return UNKNOWN;
      if (supplementA) return supplementC ? { nic: 7, radius: 370.4 } : { nic: 6, radius: 555.6 };
      return supplementC ? { nic: 6, radius: 1111.2 } : UNKNOWN;
    case 11:
      return supplementA && (supplementB || version < 2) ? { nic: 9, radius: 75 } : { nic: 8, radius: 185.2 };
    case 12:
      return { nic: 7, radius: 370.4 };
    case 13:
      if (version >= 2 && supplementB) return supplementA ? { nic: 6, radius: 1111.2 } : { nic: 6, radius: 555.6 };
      return supplementA && version < 2 ? { nic: 6, radius: 1111.2 } : { nic: 6, radius: 926 };
    case 14:
      return { nic: 5, radius: 1852 };
    case 15:
      return { nic: 4, radius: 3704 };
    case 16:
      return supplementA && (supplementB || version < 2) ? { nic: 3, radius: 7408 } : { nic: 2, radius: 14816 };
    case 17:
      return { nic: 1, radius: 37040 };
    default:
      return UNKNOWN;
  }
}

/**
 * 1 sigma of each horizontal axis, m; undefined when the aircraft does not say.
 *
 * NACp where it is known. Without it half the integrity radius stands for the 95 % radius: the relation of the two columns of the NUCp table.
 */
export function positionSigma(
  typeCode: number,
  version: number,
  nacp: number | undefined,
  supplementA: boolean,
  supplementB: boolean,
  supplementC: boolean,
): Metres | undefined {
  let radius: number | undefined;
  if (version === 0) radius = NUCP_RADIUS[navigationUncertainty(typeCode)];
  else if (nacp !== undefined && nacp > 0 && nacp < NACP_RADIUS.length) radius = NACP_RADIUS[nacp];
  else {
    const integrity = navigationIntegrity(typeCode, version, supplementA, supplementB, supplementC);
    radius = integrity.radius === undefined ? undefined : integrity.radius / 2;
  }
  return radius === undefined ? undefined : ((radius / SIGMAS_IN_95_PERCENT_CIRCLE) as Metres);
}

/** 1 sigma of each velocity axis by NACv (or NUCr, which has the same figures); undefined when unknown. */
export function velocitySigma(nacv: number): MetresPerSecond | undefined {
  const speed = NACV_SPEED[nacv];
  return speed === undefined ? undefined : ((speed / SIGMAS_IN_95_PERCENT_CIRCLE) as MetresPerSecond);
}

/** 1 sigma of a geometric height by GVA; undefined when unknown. */
export function geometricHeightSigma(gva: number | undefined): Metres | undefined {
  const height = gva === undefined ? undefined : GVA_HEIGHT[gva];
  return height === undefined ? undefined : ((height / SIGMAS_IN_95_PERCENT_INTERVAL) as Metres);
}
