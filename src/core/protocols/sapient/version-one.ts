// Version 1.0 of the interface (BSI Flex 335 v1.0) uses the same envelope numbers, so its messages decode as version 2.0 with
// the retired fields left over as unknown ones. Here they are moved to where version 2.0 has them.

import { fromBinary, type Message } from "@bufbuild/protobuf";
import { decodeUtf8 } from "../../base/text.ts";
import {
  type AlertAck_AlertAckStatus,
  LocationOrRangeBearingSchema,
  type SapientMessage,
  StatusReport_PowerSource,
  StatusReport_PowerStatus,
  type StatusReport_Status,
  StatusReport_StatusType,
} from "./sapient-pb.gen.ts";

interface Leftover {
  readonly no: number;
  readonly wireType: number;
  /** Raw octets after the tag: for a text, its length and the text. */
  readonly data: Uint8Array;
}

/**
 * Moves the fields of version 1.0 in `message`, in place. Returns the paths of what it moved ("status_report.status.status_type"),
 * each once; leaves every other unknown field where it is.
 */
export function upgradeVersionOne(message: SapientMessage): string[] {
  const moved = new Set<string>();
  const { content } = message;
  switch (content.case) {
    case "registrationAck":
      takeText(content.value, 2, "registration_ack.ack_response_reason", moved, (text) => content.value.ackResponseReason.push(text));
      break;
    case "error":
      takeText(content.value, 2, "error.error_message", moved, (text) => content.value.errorMessage.push(text));
      break;
    case "taskAck":
      takeText(content.value, 3, "task_ack.reason", moved, (text) => content.value.reason.push(text));
      break;
    case "alertAck":
      takeText(content.value, 3, "alert_ack.reason", moved, (text) => content.value.reason.push(text));
      take(content.value, 2, 0, "alert_ack.alert_ack_status", moved, (data) => {
        // The same three meanings under the same numbers in an enum of another name.
        if (data[0] >= 1 && data[0] <= 3) content.value.alertAckStatus ??= data[0] as AlertAck_AlertAckStatus;
      });
      break;
    case "statusReport": {
      const report = content.value;
      take(report, 9, 2, "status_report.coverage", moved, (data) => {
        const octets = contentOf(data);
        if (octets === undefined) return;
        try {
          report.coverage.push(fromBinary(LocationOrRangeBearingSchema, octets));
        } catch {
          // The guard saw an unknown field and did not look inside; a damaged coverage is left out.
        }
      });
      const { power } = report;
      if (power !== undefined) {
        takeText(power, 1, "status_report.power.source", moved, (text) => {
          power.source = POWER_SOURCE[fold(text)] ?? StatusReport_PowerSource.POWERSOURCE_OTHER;
        });
        takeText(power, 2, "status_report.power.status", moved, (text) => {
          power.status = fold(text) === "ok" ? StatusReport_PowerStatus.POWERSTATUS_OK : StatusReport_PowerStatus.POWERSTATUS_FAULT;
        });
      }
      for (const entry of report.status) {
        takeText(entry, 2, "status_report.status.status_type", moved, (text) => nameStatus(entry, text));
      }
      break;
    }
    default:
  }
  return [...moved];
}

const fold = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

const POWER_SOURCE: Readonly<Record<string, StatusReport_PowerSource>> = {
  mains: StatusReport_PowerSource.POWERSOURCE_MAINS,
  battery: StatusReport_PowerSource.POWERSOURCE_INTERNAL_BATTERY,
  internalbattery: StatusReport_PowerSource.POWERSOURCE_INTERNAL_BATTERY,
  externalbattery: StatusReport_PowerSource.POWERSOURCE_EXTERNAL_BATTERY,
  generator: StatusReport_PowerSource.POWERSOURCE_GENERATOR,
  solar: StatusReport_PowerSource.POWERSOURCE_SOLAR_PV,
  solarpv: StatusReport_PowerSource.POWERSOURCE_SOLAR_PV,
  windturbine: StatusReport_PowerSource.POWERSOURCE_WIND_TURBINE,
  fuelcell: StatusReport_PowerSource.POWERSOURCE_FUEL_CELL,
};

const STATUS_TYPE: ReadonlyMap<string, StatusReport_StatusType> = new Map(
  Object.entries(StatusReport_StatusType).map(([name, value]) => [fold(name.replace("STATUS_TYPE_", "")), value]),
);

/** "InternalFault" becomes the enum's INTERNAL_FAULT; another word becomes OTHER and stays readable in the value. */
function nameStatus(entry: StatusReport_Status, text: string): void {
  const known = STATUS_TYPE.get(fold(text));
  entry.statusType ??= known ?? StatusReport_StatusType.OTHER;
  if (known === undefined) entry.statusValue = entry.statusValue === undefined ? text : `${text}: ${entry.statusValue}`;
}

function takeText(message: Message, no: number, path: string, moved: Set<string>, use: (text: string) => void): void {
  take(message, no, 2, path, moved, (data) => {
    const octets = contentOf(data);
    if (octets !== undefined) use(decodeUtf8(octets));
  });
}

function take(message: Message, no: number, wireType: number, path: string, moved: Set<string>, use: (data: Uint8Array) => void): void {
  const leftovers = message.$unknown as Leftover[] | undefined;
  if (leftovers === undefined) return;
  const rest: Leftover[] = [];
  for (const leftover of leftovers) {
    if (leftover.no === no && leftover.wireType === wireType) {
      use(leftover.data);
      moved.add(path);
    } else rest.push(leftover);
  }
  (message as { $unknown?: Leftover[] }).$unknown = rest.length === 0 ? undefined : rest;
}

/** The octets behind a length; undefined when the length is not theirs. */
function contentOf(data: Uint8Array): Uint8Array | undefined {
  let length = 0;
  let scale = 1;
  for (let i = 0; i < Math.min(data.length, 5); i++) {
    length += (data[i] & 127) * scale;
    scale *= 128;
    if (data[i] < 128) return data.length - i - 1 === length ? data.subarray(i + 1) : undefined;
  }
  return undefined;
}
