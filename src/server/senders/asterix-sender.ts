// Tracks to an ATM or air-defence client: CAT062 and CAT065 over UDP, CAT129 for identified drones. What is sent when is decided in
// core/protocols/asterix/track-publisher.ts.

import { type Micros, micros } from "../../core/base/units.ts";
import type { OutputView } from "../../core/model/picture-view.ts";
import {
  type AsterixOutputOptions,
  asterixDue,
  asterixGoodbye,
  createAsterixPublisher,
  publishAsterix,
} from "../../core/protocols/asterix/track-publisher.ts";
import { UsageError } from "../cli/command.ts";
import { parseEndpoint } from "../configuration/endpoint.ts";
import type { AsterixOutputFile } from "../configuration/output-schemas.ts";
import { createDatagramLink } from "./datagram-link.ts";
import { createTally, LOOK_PERIOD, type Sender, type SenderHost } from "./sender.ts";

export function createAsterixSender(file: AsterixOutputFile, host: SenderHost): Sender {
  const endpoint = parseEndpoint(file.send, "send");
  if (!endpoint.ok || endpoint.value.transport !== "udp")
    throw new UsageError(`output ${file.id}: expected send: udp://HOST:PORT, found "${file.send}"`);
  const options: AsterixOutputOptions = {
    source: { sac: file.sac, sic: file.sic, service: file.service },
    period: micros(Math.round(file.periodSeconds * 1e6)),
    exercise: file.exercise,
    identities: file.releaseIdentities,
    uasReports: file.uasReports,
  };
  const publisher = createAsterixPublisher();
  /** An update is through well before the next. */
  const looks = Math.max(1, Math.floor(options.period / LOOK_PERIOD / 2));
  const tally = createTally();
  let state: OutputView["state"] = "starting";
  let message = "";
  const link = createDatagramLink(endpoint.value, file, {
    sent: (octets) => tally.sent(octets, host.now(), 0),
    dropped: (reason) => tally.dropped(reason),
    state: (next, sentence) => {
      if (next !== state || sentence !== message)
        host.note(next === "sending" ? "info" : "warning", `output ${file.id}: ${sentence || next}`);
      state = next;
      message = sentence;
    },
  });
  return {
    id: file.id,
    start: link.start,
    pictureChanged: (tracks, now: Micros) => {
      if (state === "starting" || !asterixDue(publisher, now)) return;
      const service = { state: host.system().health === "OK" ? "operational" : "degraded", overloaded: host.overloaded() } as const;
      const update = publishAsterix(publisher, publisher.underWay ? [] : tracks(), now, service, options, looks);
      for (const datagram of update.datagrams) link.send(datagram);
      tally.sent(0, now, update.tracks);
      tally.dropped("the format cannot hold the track", update.skipped);
      tally.dropped("category 129 cannot hold the serial number", update.longSerials);
    },
    status: () => ({
      id: file.id,
      protocol: "asterix",
      address: file.send,
      exercise: file.exercise,
      pilotPositions: false,
      encrypted: false,
      state,
      message,
      receivers: state === "sending" ? 1 : 0,
      ...tally.read(),
    }),
    stop: async () => {
      if (state !== "starting") link.send(asterixGoodbye(publisher, host.now(), options));
      await link.stop();
      state = "stopped";
    },
  };
}
