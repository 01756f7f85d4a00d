// The C structure ODID_UAS_Data of opendroneid-core-c, which DroneScout receivers send whole: 920 octets, little-endian, with the
// padding of a 64-bit compiler. Offsets measured from recorded messages and checked against the header's field list.

import { err, ok, type Result } from "../../base/result.ts";
import { type Metres, metres } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { isError, locationOf, operatorOf, reportedIdOf } from "./json-value.ts";
import type { Location } from "./location.ts";
import { EPOCH_2019_SECONDS, readIdText } from "./odid-octets.ts";
import type { OperatorId } from "./operator-id.ts";
import type { SelfId } from "./self-id.ts";
import type { SystemMessage } from "./system.ts";
import type { ReportedId } from "./uas-report.ts";

const ITEM = "ODID_UAS_Data";
export const UAS_DATA_LENGTH = 920;
const BASIC_ID_AT = [0, 32];
const LOCATION_AT = 64;
const SELF_ID_AT = 776;
const SYSTEM_AT = 808;
const OPERATOR_ID_AT = 864;
const BASIC_ID_VALID_AT = 892;
const LOCATION_VALID_AT = 894;
const SELF_ID_VALID_AT = 911;
const SYSTEM_VALID_AT = 912;
const OPERATOR_ID_VALID_AT = 913;

export interface UasData {
  readonly ids: ReportedId[];
  readonly location?: Location;
  readonly selfId?: SelfId;
  readonly system?: SystemMessage;
  readonly operatorId?: OperatorId;
}

/** Reads the parts that the structure marks as valid. Octets after the 920 (a closing zero) are left alone. Never throws. */
export function decodeUasData(bytes: Uint8Array): Result<UasData, DecodeError> {
  if (bytes.length < UAS_DATA_LENGTH) {
    return err({
      code: "truncated",
      item: ITEM,
      message: `${ITEM} needs ${UAS_DATA_LENGTH} octets, got ${bytes.length}.`,
      needed: UAS_DATA_LENGTH,
      got: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const int = (at: number) => view.getInt32(at, true);
  const float = (at: number) => view.getFloat32(at, true);
  const double = (at: number) => view.getFloat64(at, true);
  const ids: ReportedId[] = [];
  for (let i = 0; i < 2; i++) {
    if (bytes[BASIC_ID_VALID_AT + i] === 0) continue;
    const at = BASIC_ID_AT[i];
    const text = readIdText(bytes, at + 8, 20);
    if (text === undefined)
      return err({
        code: "malformed",
        item: `${ITEM}.BasicID`,
        message: "An identifier holds octets that are not printable text.",
        offset: at,
      });
    const reported = reportedIdOf(text, int(at + 4), int(at));
    if (reported !== undefined) ids.push(reported);
  }
  let location: Location | undefined;
  if (bytes[LOCATION_VALID_AT] !== 0) {
    const at = LOCATION_AT;
    const read = locationOf(
      {
        status: int(at),
        directionDegrees: float(at + 4),
        speed: float(at + 8),
        verticalSpeed: float(at + 12),
        latitudeDegrees: double(at + 16),
        longitudeDegrees: double(at + 24),
        pressureAltitude: float(at + 32),
        geodeticAltitude: float(at + 36),
        heightReference: int(at + 40) === 0 ? "takeoff" : "ground",
        height: float(at + 44),
        horizontalAccuracy: int(at + 48),
        verticalAccuracy: int(at + 52),
        barometricAccuracy: int(at + 56),
        speedAccuracy: int(at + 60),
        timeAccuracy: int(at + 64),
        // A 32-bit float of tenths: rounded back to what was on the air.
        secondsAfterHour: Math.round(float(at + 68) * 10) / 10,
      },
      `${ITEM}.Location`,
    );
    if (isError(read)) return err(read);
    if (Number.isNaN(double(at + 16)) || Number.isNaN(double(at + 24)))
      return err({ code: "out-of-range", item: `${ITEM}.Location`, message: "The position is not a number." });
    location = read;
  }
  let system: SystemMessage | undefined;
  if (bytes[SYSTEM_VALID_AT] !== 0) {
    const at = SYSTEM_AT;
    const operator = operatorOf(double(at + 8), double(at + 16), float(at + 44), int(at) & 3, `${ITEM}.System`);
    if (isError(operator)) return err(operator);
    const time = view.getUint32(at + 48, true);
    system = {
      operatorLocationType: int(at) & 3,
      classificationType: int(at + 4) & 7,
      operatorLatitude: operator?.operatorLatitude,
      operatorLongitude: operator?.operatorLongitude,
      operatorAltitude: operator?.operatorAltitude,
      areaCount: view.getUint16(at + 24, true),
      areaRadius: metres(view.getUint16(at + 26, true)),
      areaCeiling: altitude(float(at + 28)),
      areaFloor: altitude(float(at + 32)),
      categoryEu: int(at + 36) & 15,
      classEu: int(at + 40) & 15,
      unixSeconds: time === 0 ? undefined : EPOCH_2019_SECONDS + time,
    };
  }
  const selfText = bytes[SELF_ID_VALID_AT] === 0 ? undefined : readIdText(bytes, SELF_ID_AT + 4, 23);
  const operatorText = bytes[OPERATOR_ID_VALID_AT] === 0 ? undefined : readIdText(bytes, OPERATOR_ID_AT + 4, 20);
  return ok({
    ids,
    location,
    system,
    selfId: selfText === undefined ? undefined : { descriptionType: int(SELF_ID_AT), text: selfText },
    operatorId: operatorText === undefined ? undefined : { operatorIdType: int(OPERATOR_ID_AT), id: operatorText },
  });
}

function altitude(value: number): Metres | undefined {
  return value > -1000 && value <= 31_767.5 ? metres(value) : undefined;
}
