// Remote ID as captured radio frames: one packet of the source is one frame of a pcap or pcapng stream (pcap/pcap-packet.ts).

import { err, ok, type Result } from "../../base/result.ts";
import type { SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { type DjiRecord, decodeDjiElement } from "../dji-droneid/dji-payload.ts";
import { djiReport } from "../dji-droneid/dji-report.ts";
import { type PcapPacket, readPcapPacket } from "../pcap/pcap-packet.ts";
import type { Decoded, Protocol } from "../protocol.ts";
import { decodeOdid, type OdidTransmission } from "./odid-message.ts";
import { type HeardPayload, readRadioFrame } from "./radio-frame.ts";
import { createRemoteIdState, observeReport, type RemoteIdState, tickReports, type UasReport } from "./uas-report.ts";

/** Captures whose clock starts at zero count from there; those with a date are after this. 2000-01-01. */
const FIRST_DATE = 946_684_800_000_000; // us

export interface HeardTransmission {
  readonly packet: PcapPacket;
  /** Undefined: a good frame that is not Remote ID. */
  readonly heard: HeardPayload | undefined;
  readonly transmission: OdidTransmission | undefined;
  /** In place of a transmission, where an older DJI aircraft spoke. */
  readonly dji?: DjiRecord;
}

/** Reads one captured frame all the way down. Never throws. */
export function decodeCapturedFrame(bytes: Uint8Array): Result<HeardTransmission, DecodeError> {
  const packet = readPcapPacket(bytes);
  if (!packet.ok) return packet;
  const heard = readRadioFrame(packet.value);
  if (!heard.ok) return heard;
  if (heard.value === undefined) return ok({ packet: packet.value, heard: undefined, transmission: undefined });
  if (heard.value.format === "dji") {
    const record = decodeDjiElement(heard.value.octets);
    if (!record.ok) return record;
    return ok({ packet: packet.value, heard: heard.value, transmission: undefined, dji: record.value });
  }
  const transmission = decodeOdid(heard.value.octets);
  if (!transmission.ok) return err(transmission.error);
  return ok({ packet: packet.value, heard: heard.value, transmission: transmission.value });
}

export const remoteIdCaptureProtocol: Protocol<RemoteIdState> = {
  name: "remote-id-capture",
  createState: createRemoteIdState,
  receive(state, packet) {
    const read = decodeCapturedFrame(packet.bytes);
    if (!read.ok) return { observations: [], errors: [read.error], records: 0 };
    const { heard, transmission, dji } = read.value;
    if (heard !== undefined && dji !== undefined) {
      const { transport, radioAddress, signalDbm } = heard;
      const djiHeard = djiReport(dji, { receiver: "", transport, radioAddress, signalDbm, heardAt: captureTime(read.value.packet) });
      return { observations: observeReport(state, djiHeard, packet.receivedAt), errors: [], records: 1 };
    }
    if (heard === undefined || transmission === undefined) return { observations: [], errors: [], records: 0 };
    const report = reportOf(read.value.packet, heard, transmission);
    return { observations: observeReport(state, report, packet.receivedAt), errors: [], records: transmission.messages } satisfies Decoded;
  },
  tick(state, now) {
    return { observations: tickReports(state, now), errors: [], replies: [], close: [] };
  },
};

function reportOf(packet: PcapPacket, heard: HeardPayload, transmission: OdidTransmission): UasReport {
  return {
    receiver: "",
    transport: heard.transport,
    radioAddress: heard.radioAddress,
    signalDbm: heard.signalDbm,
    heardAt: captureTime(packet),
    ids: transmission.basicIds,
    location: transmission.location,
    selfId: transmission.selfId,
    system: transmission.system,
    operatorId: transmission.operatorId,
  };
}

function captureTime(packet: PcapPacket): SensorTime | undefined {
  if (packet.capturedAt === undefined) return undefined;
  return packet.capturedAt >= FIRST_DATE ? { kind: "utc", at: packet.capturedAt } : { kind: "relative", at: packet.capturedAt };
}
