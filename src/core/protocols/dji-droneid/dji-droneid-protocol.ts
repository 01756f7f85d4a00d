// DJI DroneID payloads as an OcuSync receiver demodulates them: one packet is one payload of 91 octets.

import type { Protocol } from "../protocol.ts";
import { createRemoteIdState, observeReport, type RemoteIdState, tickReports } from "../remote-id/uas-report.ts";
import { decodeDjiPayload } from "./dji-payload.ts";
import { djiReport } from "./dji-report.ts";

export const djiDroneIdProtocol: Protocol<RemoteIdState> = {
  name: "dji-droneid",
  createState: createRemoteIdState,
  receive(state, packet) {
    const record = decodeDjiPayload(packet.bytes);
    if (!record.ok) return { observations: [], errors: [record.error], records: 0 };
    const report = djiReport(record.value, { receiver: "", transport: "DJI OcuSync" });
    return { observations: observeReport(state, report, packet.receivedAt), errors: [], records: 1 };
  },
  tick(state, now) {
    return { observations: tickReports(state, now), errors: [], replies: [], close: [] };
  },
};
