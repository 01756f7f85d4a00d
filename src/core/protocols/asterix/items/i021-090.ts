// I021/090 Quality Indicators -> 1 sigma in metres and metres per second. EUROCONTROL-SPEC-0149-12 edition 2.7; what the numbers mean
// is in the ADS-B standards, by the version in I021/210: RTCA DO-260 (NUCp, NUCr), DO-260A and DO-260B (NIC, NACp, NACv).

/** 95 % radius of two independent Gaussian axes of 1 sigma: sqrt(-2 ln 0.05). */
const RADIUS_95 = 2.4477;
/** A containment radius that is missed once in 1e5 (DO-260: HPL; DO-260A and B: Rc with SIL 2 and more): sqrt(-2 ln 1e-5). */
const RADIUS_CONTAINMENT = 4.7985;
const NM = 1852; // m

/** 95 % horizontal accuracy by NACp, DO-260A and DO-260B; 0 is unknown, 12 to 15 are reserved. Unit: m. */
const EPU_BY_NACP: readonly number[] = [Number.NaN, 10 * NM, 4 * NM, 2 * NM, 1 * NM, 0.5 * NM, 0.3 * NM, 0.1 * NM, 0.05 * NM, 30, 10, 3];
/** 95 % horizontal accuracy by NUCp, DO-260. Unit: m. */
const HFOM_BY_NUCP: readonly number[] = [Number.NaN, 10 * NM, 5 * NM, 1 * NM, 0.5 * NM, 0.25 * NM, 0.1 * NM, 0.05 * NM, 10, 3];
/** Containment radius by NIC, DO-260A and DO-260B; supplements that halve some of them are not in this item. Unit: m. */
const RC_BY_NIC: readonly number[] = [Number.NaN, 20 * NM, 8 * NM, 4 * NM, 2 * NM, 1 * NM, 0.6 * NM, 0.2 * NM, 0.1 * NM, 75, 25, 7.5];
/** 95 % horizontal velocity accuracy by NACv or NUCr. Unit: m/s. */
const VELOCITY_95: readonly number[] = [Number.NaN, 10, 3, 1, 0.3];

export interface Quality {
  /** m, 1 sigma of each horizontal axis; NaN when not known. */
  horizontal: number;
  /** m/s, 1 sigma of each horizontal axis; NaN when not known. */
  velocity: number;
}

/** 1 sigma of each axis from NUCr or NACv, m/s; NaN when not known. */
export const velocitySigma = (category: number): number => (VELOCITY_95[category] ?? Number.NaN) / RADIUS_95;

/** 1 sigma of each axis from NUCp, m; NaN when not known. Also I021/090 PA of edition 0.26. */
export const horizontalSigmaOfNucp = (category: number): number => (HFOM_BY_NUCP[category] ?? Number.NaN) / RADIUS_95;

/** Reads the item, of which `end` is the first octet after it, into `into`: scratch of the caller. `version` is VN of I021/210. */
export function readQuality(bytes: Uint8Array, offset: number, end: number, version: number, into: Quality): void {
  const first = bytes[offset];
  const integrity = (first >> 1) & 0x0f; // NUCp of version 0, NIC of later ones
  into.velocity = velocitySigma(first >> 5);
  const nacp = version > 0 && end - offset > 1 ? (bytes[offset + 1] >> 1) & 0x0f : 0;
  const accuracy95 = version === 0 ? HFOM_BY_NUCP[integrity] : EPU_BY_NACP[nacp];
  if (accuracy95 !== undefined && !Number.isNaN(accuracy95)) {
    into.horizontal = accuracy95 / RADIUS_95;
    return;
  }
  const containment = version === 0 ? undefined : RC_BY_NIC[integrity];
  into.horizontal = containment === undefined ? Number.NaN : containment / RADIUS_CONTAINMENT;
}
