// Tracks to a parent fusion node. The session is decided in core/protocols/sapient/upward.ts; every Task of the parent but a request for
// registration or status is refused there.

import { type Micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import type { OutputView } from "../../core/model/picture-view.ts";
import { fusedTrackOf, type UpwardProfile } from "../../core/protocols/sapient/upward.ts";
import { UsageError } from "../cli/command.ts";
import { parseEndpoint } from "../configuration/endpoint.ts";
import type { SapientParentFile } from "../configuration/output-schemas.ts";
import { createUpwardClient } from "../sapient/upward-client.ts";
import { reloadableConnectTls } from "../sources/tls.ts";
import { createTally, mayLeave, type Sender, type SenderHost } from "./sender.ts";

const MOST_DEPENDENTS = 256;

const STATES = { away: "retrying", connecting: "connecting", registering: "connecting", active: "connected" } as const;

/** `folder`: where the names of certificate files count from. */
export function createSapientParentSender(file: SapientParentFile, host: SenderHost, folder: string): Sender {
  const endpoint = parseEndpoint(file.connect, "connect");
  if (!endpoint.ok) throw new UsageError(`output ${file.id}: ${endpoint.error}`);
  const tally = createTally();
  let state: "starting" | "stopped" | undefined = "starting";
  let message = "";
  let due = 0; // us
  const profile = (): UpwardProfile => {
    const { name, latitude, longitude, heightHae } = host.site();
    const dependents = host
      .sources()
      .filter(({ origin }) => mayLeave(origin, file.exercise))
      .flatMap((source) => [...source.state.nodes.keys()]);
    return {
      nodeId: file.nodeId.toLowerCase(),
      name: `Picket ${name}`,
      shortName: name,
      ...(file.icdVersion === undefined ? {} : { icdVersion: file.icdVersion }),
      statusIntervalSeconds: file.statusIntervalSeconds,
      cycleMilliseconds: file.cycleMilliseconds,
      dependentNodes: [...new Set(dependents)].sort().slice(0, MOST_DEPENDENTS),
      region: file.region.map((corner) => ({
        latitude: corner.latitudeDegrees * RADIANS_PER_DEGREE,
        longitude: corner.longitudeDegrees * RADIANS_PER_DEGREE,
      })),
      place: { latitude, longitude, height: heightHae },
      softwareVersion: host.softwareVersion,
      exercise: file.exercise,
      releaseIdentities: file.releaseIdentities,
    };
  };
  const client = createUpwardClient(
    {
      host: endpoint.value.host,
      port: endpoint.value.port,
      profile,
      ...(file.tls === undefined ? {} : { tls: reloadableConnectTls(file.tls, folder) }),
    },
    {
      now: host.now,
      system: () => (host.system().health === "OK" ? "ok" : "warning"),
      note: (sentence) => {
        message = sentence;
        host.note("info", `output ${file.id}: ${sentence}`);
      },
      sent: (octets) => tally.sent(octets, host.now()),
      dropped: (reason) => tally.dropped(reason),
    },
  );
  return {
    id: file.id,
    start: async () => {
      state = undefined;
      client.start();
    },
    pictureChanged: (tracks, now: Micros) => {
      if (client.state.phase !== "active" || now < due) return;
      due = now + file.cycleMilliseconds * 1000;
      client.publish(tracks().map(fusedTrackOf));
    },
    status: (): OutputView => ({
      id: file.id,
      protocol: "sapient-parent",
      address: file.tls === undefined ? file.connect : file.connect.replace(/^tcp:/, "tls:"),
      exercise: file.exercise,
      pilotPositions: false,
      encrypted: file.tls !== undefined,
      state: state ?? STATES[client.state.phase],
      message: client.state.phase === "active" ? "" : message,
      receivers: client.state.phase === "active" ? 1 : 0,
      ...tally.read(),
    }),
    stop: async () => {
      await client.stop();
      state = "stopped";
    },
  };
}
