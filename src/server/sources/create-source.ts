// From a line of the configuration to a running source.

import { resolve } from "node:path";
import { AVR_MAX_LINE } from "../../core/protocols/avr/avr-protocol.ts";
import { createBeastFramer } from "../../core/protocols/beast/beast-framer.ts";
import { createCotFramer } from "../../core/protocols/cot/cot-framer.ts";
import { createLineFramer } from "../../core/protocols/line-framer.ts";
import { createMavlinkFramer } from "../../core/protocols/mavlink/mavlink-framer.ts";
import { createSigningState } from "../../core/protocols/mavlink/signing.ts";
import { createPcapFramer } from "../../core/protocols/pcap/pcap-framer.ts";
import type { Framer } from "../../core/protocols/protocol.ts";
import { READSB_MAX_LENGTH } from "../../core/protocols/readsb-json/readsb-json-protocol.ts";
import { createJsonFramer } from "../../core/protocols/remote-id/json-framer.ts";
import { createSapientFramer } from "../../core/protocols/sapient/sapient-framer.ts";
import { SBS_MAX_LINE } from "../../core/protocols/sbs/sbs-line.ts";
import { UsageError } from "../cli/command.ts";
import { parseEndpoint } from "../configuration/endpoint.ts";
import { readPassword, readSigningKey } from "../configuration/secrets.ts";
import type { SourceFile } from "../configuration/site-schema.ts";
import { type Parties, portBinding } from "./client-binding.ts";
import { createFileSource } from "./file-source.ts";
import { createMqttSource } from "./mqtt-source.ts";
import type { Ingest, Source } from "./source.ts";
import { createTcpConnectSource } from "./tcp-connect-source.ts";
import { createTcpListenSource } from "./tcp-listen-source.ts";
import { reloadableConnectTls, reloadableListenTls } from "./tls.ts";
import { createUdpSource } from "./udp-source.ts";

/** How a byte stream of each protocol is cut into packets; undefined where the protocol has no stream form. */
const FRAMERS: Record<SourceFile["protocol"], (() => Framer) | undefined> = {
  sapient: () => createSapientFramer({}),
  asterix: undefined,
  beast: () => createBeastFramer(),
  avr: () => createLineFramer({ maxLength: AVR_MAX_LINE }),
  sbs: () => createLineFramer({ maxLength: SBS_MAX_LINE }),
  "readsb-json": () => createLineFramer({ maxLength: READSB_MAX_LENGTH }),
  "remote-id-json": () => createJsonFramer({ maxLength: 65_536 }),
  "dji-droneid": undefined,
  "remote-id-capture": () => createPcapFramer(),
  cot: () => createCotFramer(),
  mavlink: () => createMavlinkFramer(),
};

/** Protocols whose octets come as whole messages in a datagram or an MQTT message. */
const DATAGRAMS: readonly SourceFile["protocol"][] = ["asterix", "remote-id-json", "readsb-json", "dji-droneid", "cot", "sbs", "mavlink"];

/** Seconds. Three status messages of a SAPIENT node that speaks once a minute may be missed before the node is given up. */
const SAPIENT_IDLE = 200;
const USUAL_IDLE = 60;

/** One memory of signatures for all connections and datagrams of the source: what was heard once is a replay anywhere. */
function mavlinkFramers(configuration: SourceFile, folder: string): () => Framer {
  const { id, origin, signingKeyFile } = configuration;
  if (signingKeyFile === undefined) return () => createMavlinkFramer();
  const signing = createSigningState(readSigningKey(id, signingKeyFile, folder));
  return () => createMavlinkFramer({ signing, ...(origin === "live" ? { clock: () => Date.now() * 1000 } : {}) });
}

/** `parties`: who may come over a port with client certificates. */
export function createSource(configuration: SourceFile, folder: string, ingest: Ingest, parties: Parties): Source {
  const { id, protocol } = configuration;
  const framer = protocol === "mavlink" ? mavlinkFramers(configuration, folder) : FRAMERS[protocol];
  const idleTimeoutSeconds = configuration.idleTimeoutSeconds ?? (protocol === "sapient" ? SAPIENT_IDLE : USUAL_IDLE);
  const streamOnly = (what: string): (() => Framer) => {
    if (framer === undefined) throw new UsageError(`source ${id}: ${protocol} does not come over ${what}; use listen: udp://HOST:PORT`);
    return framer;
  };
  if (configuration.file !== undefined) return createFileSource(id, resolve(folder, configuration.file), streamOnly("a file"), ingest);
  const way = configuration.listen !== undefined ? "listen" : configuration.connect !== undefined ? "connect" : "subscribe";
  const endpoint = parseEndpoint(configuration[way]!, way);
  if (!endpoint.ok) throw new UsageError(`source ${id}: ${endpoint.error}`);
  if (way === "subscribe") {
    if (!DATAGRAMS.includes(protocol)) throw new UsageError(`source ${id}: ${protocol} does not come over MQTT`);
    const { user = configuration.user, password = readPassword(configuration, folder) } = endpoint.value;
    return createMqttSource(id, { ...endpoint.value, user, password }, ingest);
  }
  const { tls } = configuration;
  if (way === "connect") {
    const secured = tls === undefined ? undefined : reloadableConnectTls(tls, folder);
    return createTcpConnectSource(id, endpoint.value, idleTimeoutSeconds, streamOnly("TCP"), ingest, secured);
  }
  if (endpoint.value.transport === "udp") {
    if (!DATAGRAMS.includes(protocol))
      throw new UsageError(`source ${id}: ${protocol} does not come over UDP; use listen: tcp://HOST:PORT`);
    // One MAVLink datagram may hold several frames.
    const split = protocol === "mavlink" ? framer : undefined;
    return createUdpSource(id, endpoint.value, configuration.allow, configuration.interface, ingest, split);
  }
  const { allow, maxConnections } = configuration;
  const bind = portBinding(tls, parties, id);
  const options = {
    ...{ allow, maxConnections, idleTimeoutSeconds },
    ...(tls === undefined ? {} : { tls: reloadableListenTls(tls, folder) }),
    ...(bind === undefined ? {} : { bind }),
  };
  return createTcpListenSource(id, endpoint.value, options, streamOnly("TCP"), ingest);
}
