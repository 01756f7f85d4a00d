// A port where recorders and command systems hear what the SAPIENT nodes of a source say, octet for octet. What may go out is decided in
// core/protocols/sapient/recorder.ts: no Task is ever passed on, and a client that is an effector is cut off.

import type { OutputView } from "../../core/model/picture-view.ts";
import { answerListener, lateJoinMessages, mayRelease, type ReleasePolicy } from "../../core/protocols/sapient/recorder.ts";
import { UsageError } from "../cli/command.ts";
import { isLoopback, parseEndpoint } from "../configuration/endpoint.ts";
import type { SapientRecorderFile } from "../configuration/output-schemas.ts";
import { createRecorderPort } from "../sapient/recorder-port.ts";
import { type Parties, portBinding } from "../sources/client-binding.ts";
import { reloadableListenTls } from "../sources/tls.ts";
import { createTally, mayLeave, type Sender, type SenderHost } from "./sender.ts";

export interface SapientRecorderSender extends Sender {
  /** The port that was bound, after `start`. */
  port(): number;
}

/** `folder`: where the names of certificate files count from. `parties`: whose certificates are let in. */
export function createSapientRecorderSender(
  file: SapientRecorderFile,
  host: SenderHost,
  folder: string,
  parties: Parties = { sensors: [], nations: [] },
): SapientRecorderSender {
  const endpoint = parseEndpoint(file.listen, "listen");
  if (!endpoint.ok || endpoint.value.transport !== "tcp")
    throw new UsageError(`output ${file.id}: expected listen: tcp://HOST:PORT, found "${file.listen}"`);
  const { value } = endpoint;
  if (!isLoopback(value.host) && file.tls?.clientAuthority === undefined && file.allow.length === 0) {
    throw new UsageError(
      `output ${file.id}: ${file.listen} is open to the network; give tls with clientAuthority, or the addresses that may connect in allow`,
    );
  }
  const bind = portBinding(file.tls, parties);
  const policy: ReleasePolicy = { nodes: file.nodes, texts: file.texts, pilotPositions: file.pilotPositions };
  const tally = createTally();
  let state: OutputView["state"] = "starting";
  let message = "";
  const port = createRecorderPort(
    {
      host: value.host,
      port: value.port,
      allow: file.allow,
      maxClients: file.maxClients,
      ...(file.tls === undefined ? {} : { tls: reloadableListenTls(file.tls, folder) }),
      ...(bind === undefined ? {} : { bind }),
    },
    {
      lateJoin: () => {
        const source = host.source(file.source);
        return source === undefined || !mayLeave(source.origin, file.exercise) ? [] : lateJoinMessages(source.state, policy);
      },
      answer: (octets) => {
        const source = host.source(file.source);
        return source === undefined ? { close: "the source is gone" } : answerListener(source.state, octets, host.now());
      },
      note: (level, sentence) => {
        message = sentence;
        host.note(level, `output ${file.id}: ${sentence}`);
      },
      sent: (octets, messages) => tally.sent(octets, host.now(), messages),
      dropped: (reason) => tally.dropped(reason),
    },
  );
  return {
    id: file.id,
    port: port.port,
    start: async () => {
      await port.start();
      state = "listening";
    },
    pictureChanged: () => undefined,
    packetRead: (sourceId, octets) => {
      if (file.source !== sourceId || port.clients() === 0) return;
      const source = host.source(sourceId);
      if (source !== undefined && mayLeave(source.origin, file.exercise) && mayRelease(octets, policy)) port.publish(octets);
    },
    packetsRead: port.flush,
    status: () => ({
      id: file.id,
      protocol: "sapient-recorder",
      address: `${file.tls === undefined ? "tcp" : "tls"}://${value.host.includes(":") ? `[${value.host}]` : value.host}:${port.port()}`,
      exercise: file.exercise,
      pilotPositions: file.pilotPositions,
      encrypted: file.tls !== undefined,
      state,
      message,
      receivers: port.clients(),
      ...tally.read(),
    }),
    stop: async () => {
      await port.stop();
      state = "stopped";
    },
  };
}
