// What `picket decode` prints: plain JSON with degrees, and errors as objects with `error`, `item` and `offset`.

import { toHex } from "../../base/hex.ts";
import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { describeDji } from "../dji-droneid/describe.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { AUTHENTICATION_TYPES } from "./authentication.ts";
import { UA_TYPES } from "./basic-id.ts";
import { type Location, OPERATIONAL_STATUS } from "./location.ts";
import type { OdidTransmission } from "./odid-message.ts";
import { decodeCapturedFrame } from "./remote-id-capture-protocol.ts";
import { readJsonReports } from "./remote-id-json-protocol.ts";
import { DESCRIPTION_TYPES } from "./self-id.ts";
import { OPERATOR_POSITION_KINDS, type SystemMessage } from "./system.ts";

/** One object for each captured frame that holds Remote ID, none for other frames. */
export function createRemoteIdDescriber(_options: ProtocolOptions = {}): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const read = decodeCapturedFrame(packet.bytes);
    if (!read.ok) return [describeError(read.error)];
    const { heard, transmission, dji } = read.value;
    if (heard === undefined) return [];
    const said = dji !== undefined ? describeDji(dji) : transmission !== undefined ? describeTransmission(transmission) : {};
    return [
      {
        linkType: read.value.packet.linkType,
        capturedAtUs: read.value.packet.capturedAt,
        transport: heard.transport,
        radioAddress: heard.radioAddress,
        counter: heard.counter,
        signalDbm: heard.signalDbm,
        ...said,
      },
    ];
  };
}

/** One object for each report of a receiver's JSON text. */
export function createRemoteIdJsonDescriber(_options: ProtocolOptions = {}): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const read = readJsonReports(packet.bytes);
    const rows: Record<string, unknown>[] = read.reports.map((report) => ({
      receiver: report.receiver,
      transport: report.transport,
      radioAddress: report.radioAddress,
      signalDbm: report.signalDbm,
      heardAt: report.heardAt,
      basicIds: report.ids.map((id) => ({ kind: id.kind, id: id.id, uaType: id.uaType === undefined ? undefined : UA_TYPES[id.uaType] })),
      location: report.location === undefined ? undefined : describeLocation(report.location),
      selfId: report.selfId,
      system: report.system === undefined ? undefined : describeSystem(report.system),
      operatorId: report.operatorId,
      more: report.more,
    }));
    for (const status of read.statuses) rows.push({ ...status });
    for (const error of read.errors) rows.push(describeError(error));
    return rows;
  };
}

/** The messages of one transmission by name. */
export function describeTransmission(transmission: OdidTransmission): Record<string, unknown> {
  return {
    version: transmission.version,
    pack: transmission.pack,
    basicIds: transmission.basicIds.map((id) => ({ kind: id.kind, id: id.id, uaType: UA_TYPES[id.uaType] })),
    location: transmission.location === undefined ? undefined : describeLocation(transmission.location),
    authentication:
      transmission.authentication.length === 0
        ? undefined
        : transmission.authentication.map((page) => ({
            type: AUTHENTICATION_TYPES[page.authenticationType] ?? page.authenticationType,
            page: page.page,
            lastPage: page.lastPage,
            length: page.length,
            unixSeconds: page.unixSeconds,
            octets: toHex(page.octets),
          })),
    selfId:
      transmission.selfId === undefined
        ? undefined
        : {
            type: DESCRIPTION_TYPES[transmission.selfId.descriptionType] ?? transmission.selfId.descriptionType,
            text: transmission.selfId.text,
          },
    system: transmission.system === undefined ? undefined : describeSystem(transmission.system),
    operatorId: transmission.operatorId,
  };
}

const degrees = (angle: number | undefined) => (angle === undefined ? undefined : angle * DEGREES_PER_RADIAN);

function describeLocation(location: Location): Record<string, unknown> {
  return {
    status: OPERATIONAL_STATUS[location.status] ?? location.status,
    directionDegrees: degrees(location.direction),
    speedHorizontalMps: location.speedHorizontal,
    speedVerticalMps: location.speedVertical,
    latitudeDegrees: degrees(location.latitude),
    longitudeDegrees: degrees(location.longitude),
    pressureAltitudeMetres: location.pressureAltitude,
    geodeticAltitudeMetres: location.geodeticAltitude,
    heightReference: location.heightReference,
    heightMetres: location.height,
    horizontalAccuracyCode: location.horizontalAccuracy,
    verticalAccuracyCode: location.verticalAccuracy,
    barometricAccuracyCode: location.barometricAccuracy,
    speedAccuracyCode: location.speedAccuracy,
    timeAccuracyTenths: location.timeAccuracy,
    secondsAfterHour: location.secondsAfterHour,
  };
}

function describeSystem(system: SystemMessage): Record<string, unknown> {
  return {
    operatorPositionKind: OPERATOR_POSITION_KINDS[system.operatorLocationType],
    operatorLatitudeDegrees: degrees(system.operatorLatitude),
    operatorLongitudeDegrees: degrees(system.operatorLongitude),
    operatorAltitudeMetres: system.operatorAltitude,
    classificationType: system.classificationType,
    areaCount: system.areaCount,
    areaRadiusMetres: system.areaRadius,
    areaCeilingMetres: system.areaCeiling,
    areaFloorMetres: system.areaFloor,
    categoryEu: system.categoryEu,
    classEu: system.classEu,
    unixSeconds: system.unixSeconds,
  };
}

const describeError = (error: DecodeError): Record<string, unknown> => ({
  error: error.code,
  item: error.item,
  offset: error.offset,
  message: error.message,
});
