// Which codec reads which source. The one place where the engine names them.

import type { ProtocolName } from "../model/site.ts";
import { asterixProtocol } from "../protocols/asterix/asterix-protocol.ts";
import { avrProtocol } from "../protocols/avr/avr-protocol.ts";
import { beastProtocol } from "../protocols/beast/beast-protocol.ts";
import { cotProtocol } from "../protocols/cot/cot-protocol.ts";
import { djiDroneIdProtocol } from "../protocols/dji-droneid/dji-droneid-protocol.ts";
import { mavlinkProtocol } from "../protocols/mavlink/mavlink-protocol.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { readsbJsonProtocol } from "../protocols/readsb-json/readsb-json-protocol.ts";
import { remoteIdCaptureProtocol } from "../protocols/remote-id/remote-id-capture-protocol.ts";
import { remoteIdJsonProtocol } from "../protocols/remote-id/remote-id-json-protocol.ts";
import { sapientProtocol } from "../protocols/sapient/sapient-protocol.ts";
import { sbsProtocol } from "../protocols/sbs/sbs-protocol.ts";

// The state's type is the codec's own business; the engine only keeps it and hands it back.
const erase = <State>(protocol: Protocol<State>): Protocol<unknown> => protocol as Protocol<unknown>;

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol<unknown>>> = {
  sapient: erase(sapientProtocol),
  asterix: erase(asterixProtocol),
  beast: erase(beastProtocol),
  avr: erase(avrProtocol),
  sbs: erase(sbsProtocol),
  "readsb-json": erase(readsbJsonProtocol),
  "remote-id-json": erase(remoteIdJsonProtocol),
  "remote-id-capture": erase(remoteIdCaptureProtocol),
  "dji-droneid": erase(djiDroneIdProtocol),
  cot: erase(cotProtocol),
  mavlink: erase(mavlinkProtocol),
};
