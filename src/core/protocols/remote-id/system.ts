// System message, type 0x4: where the operator is, the area of operation, the EU category and class. ASTM F3411-22a table 10.

import { err, ok, type Result } from "../../base/result.ts";
import { type Metres, metres, type Radians } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { EPOCH_2019_SECONDS, readAltitude, readPosition, uint16, uint32 } from "./odid-octets.ts";

const ITEM = "ODID System";
const RADIUS_LSB = 10; // m

export const OPERATOR_POSITION_KINDS = ["take-off", "live", "fixed"] as const;
export type OperatorPositionKind = (typeof OPERATOR_POSITION_KINDS)[number];

export interface SystemMessage {
  /** As on the air: 0 take-off, 1 live GNSS, 2 fixed. */
  readonly operatorLocationType: number;
  /** 0 undeclared, 1 European Union. */
  readonly classificationType: number;
  readonly operatorLatitude?: Radians;
  readonly operatorLongitude?: Radians;
  /** Above the WGS84 ellipsoid. */
  readonly operatorAltitude?: Metres;
  readonly areaCount: number;
  readonly areaRadius: Metres;
  readonly areaCeiling?: Metres;
  readonly areaFloor?: Metres;
  /** 0 undeclared, 1 open, 2 specific, 3 certified. */
  readonly categoryEu: number;
  /** 0 undeclared, 1..7 for class 0 to class 6. */
  readonly classEu: number;
  /** Seconds since the Unix epoch; undefined when the field is zero. */
  readonly unixSeconds?: number;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. Refuses an impossible operator position. */
export function decodeSystem(bytes: Uint8Array, offset: number): Result<SystemMessage, DecodeError> {
  const position = readPosition(bytes, offset + 2, `${ITEM}.OperatorLatitude`);
  if (position !== undefined && "code" in position) return err(position);
  const time = uint32(bytes, offset + 20);
  return ok({
    operatorLocationType: bytes[offset + 1] & 3,
    classificationType: (bytes[offset + 1] >> 2) & 7,
    operatorLatitude: position?.latitude,
    operatorLongitude: position?.longitude,
    areaCount: uint16(bytes, offset + 10),
    areaRadius: metres(bytes[offset + 12] * RADIUS_LSB),
    areaCeiling: readAltitude(bytes, offset + 13),
    areaFloor: readAltitude(bytes, offset + 15),
    categoryEu: bytes[offset + 17] >> 4,
    classEu: bytes[offset + 17] & 15,
    operatorAltitude: readAltitude(bytes, offset + 18),
    unixSeconds: time === 0 ? undefined : EPOCH_2019_SECONDS + time,
  });
}
