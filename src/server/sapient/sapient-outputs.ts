// What leaves a site as SAPIENT: ports for recorders, links to parents. Nothing leaves unless it is configured; the defaults of
// each output say no to nodes, texts, pilots' positions, identities and anything that is not live.

import { z } from "zod";
import { type Micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import type { Origin } from "../../core/model/observation.ts";
import type { TrackView } from "../../core/model/picture-view.ts";
import { answerListener, lateJoinMessages, mayRelease, type ReleasePolicy } from "../../core/protocols/sapient/recorder.ts";
import type { SapientState } from "../../core/protocols/sapient/state.ts";
import { APEX_CYCLE_MILLISECONDS, fusedTrackOf, type UpwardProfile } from "../../core/protocols/sapient/upward.ts";
import { UsageError } from "../cli/command.ts";
import { isLoopback, parseEndpoint } from "../configuration/endpoint.ts";
import { loadTls } from "./mutual-tls.ts";
import { createRecorderPort, type RecorderPort } from "./recorder-port.ts";
import { createUpwardClient, type UpwardClient } from "./upward-client.ts";

const tls = z
  .strictObject({
    certificate: z.string().meta({ description: "PEM file of this Picket's certificate." }),
    key: z.string().meta({ description: "PEM file of its key." }),
    authorities: z.string().meta({ description: "PEM file of the authorities whose certificates the other side may show." }),
  })
  .optional()
  .meta({ description: "Mutual TLS: both sides show a certificate." });
const exercise = z
  .boolean()
  .default(false)
  .meta({ description: "The receiver is part of an exercise: simulated, recorded and exercise data may go there." });

export const sapientRecorderSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .meta({ description: "Identifier: small letters, digits and hyphens." }),
  source: z.string().meta({ description: "SAPIENT source whose nodes are passed on." }),
  listen: z.string().meta({ description: "tcp://HOST:PORT for recorders and command systems; beyond this machine it needs tls or allow." }),
  allow: z.array(z.string()).default([]).meta({ description: "Addresses or networks that may connect." }),
  maxClients: z.int().min(1).max(256).default(8).meta({ description: "Clients at a time." }),
  nodes: z
    .union([z.literal("all"), z.array(z.uuid())])
    .default([])
    .meta({ description: 'Node ids whose messages go out, or "all". Nobody by default.' }),
  texts: z.boolean().default(false).meta({ description: "Messages with free texts of the nodes go out too." }),
  pilotPositions: z.boolean().default(false).meta({ description: "Detections that say where a pilot is go out too." }),
  exercise,
  tls,
});

export const sapientParentSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .meta({ description: "Identifier: small letters, digits and hyphens." }),
  connect: z.string().meta({ description: "tcp://HOST:PORT of the parent fusion node." }),
  nodeId: z.uuid().meta({ description: "UUID of this Picket as the parent's child; the same for its whole life." }),
  icdVersion: z.string().max(80).optional().meta({ description: "Exact text that the parent compares, when it is not BSI Flex 335 v2.0." }),
  statusIntervalSeconds: z.number().min(1).max(60).default(10).meta({ description: "Time between status reports." }),
  cycleMilliseconds: z
    .number()
    .min(APEX_CYCLE_MILLISECONDS)
    .max(60_000)
    .default(1000)
    .meta({ description: "Shortest time between two cycles of reports; Apex drops what follows within 80 ms." }),
  region: z
    .array(z.strictObject({ latitudeDegrees: z.number().min(-90).max(90), longitudeDegrees: z.number().min(-180).max(180) }))
    .default([])
    .meta({ description: "Corners of the area that this site reports on." }),
  releaseIdentities: z.boolean().default(false).meta({ description: "Serials and addresses that objects broadcast go up too." }),
  exercise,
  tls,
});

export type SapientRecorderFile = z.infer<typeof sapientRecorderSchema>;
export type SapientParentFile = z.infer<typeof sapientParentSchema>;

/** What the outputs need of the running site. */
export interface OutputHost {
  now(): Micros;
  site(): { readonly name: string; readonly latitude: number; readonly longitude: number; readonly heightHae: number };
  softwareVersion: string;
  /** State and origin of a SAPIENT source; undefined when there is none of this id. */
  source(id: string): { readonly state: SapientState; readonly origin: Origin } | undefined;
  /** Every SAPIENT source, for the dependents. */
  sources(): readonly { readonly state: SapientState; readonly origin: Origin }[];
  tracks(): readonly TrackView[];
  health(): "ok" | "warning" | "error";
  note(level: "info" | "warning", message: string): void;
}

export interface SapientOutputs {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A packet of a SAPIENT source was read by the picture without being refused: its octets may go to the recorders. */
  packetRead(sourceId: string, octets: Uint8Array): void;
  /** The picture moved on; cheap when no parent is due. */
  pictureChanged(): void;
  readonly recorders: ReadonlyMap<string, RecorderPort>;
  readonly parents: ReadonlyMap<string, UpwardClient>;
}

/** Checks the configuration (UsageError with one sentence) and builds the outputs; `start` opens the sockets. */
export function createSapientOutputs(
  files: { readonly recorders: readonly SapientRecorderFile[]; readonly parents: readonly SapientParentFile[] },
  host: OutputHost,
): SapientOutputs {
  const recorders = new Map<string, RecorderPort>();
  const releases: { readonly file: SapientRecorderFile; readonly policy: ReleasePolicy; readonly port: RecorderPort }[] = [];
  for (const file of files.recorders) {
    const endpoint = parseEndpoint(file.listen, "listen");
    if (!endpoint.ok || endpoint.value.transport !== "tcp")
      throw new UsageError(`recorder ${file.id}: expected listen: tcp://HOST:PORT, found "${file.listen}"`);
    const { value } = endpoint;
    if (!isLoopback(value.host) && file.tls === undefined && file.allow.length === 0) {
      throw new UsageError(
        `recorder ${file.id}: ${file.listen} is open to the network; give tls, or the addresses that may connect in allow`,
      );
    }
    const policy: ReleasePolicy = { nodes: file.nodes, texts: file.texts, pilotPositions: file.pilotPositions };
    const port = createRecorderPort(
      {
        host: value.host,
        port: value.port,
        allow: file.allow,
        maxClients: file.maxClients,
        ...(file.tls === undefined ? {} : { tls: loadTls(file.tls) }),
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
        note: (level, message) => host.note(level, `recorder ${file.id}: ${message}`),
      },
    );
    recorders.set(file.id, port);
    releases.push({ file, policy, port });
  }

  const parents = new Map<string, UpwardClient>();
  for (const file of files.parents) {
    const endpoint = parseEndpoint(file.connect, "connect");
    if (!endpoint.ok) throw new UsageError(`parent ${file.id}: ${endpoint.error}`);
    const profile = (): UpwardProfile => {
      const { name, latitude, longitude, heightHae } = host.site();
      return {
        nodeId: file.nodeId.toLowerCase(),
        name: `Picket ${name}`,
        shortName: name,
        ...(file.icdVersion === undefined ? {} : { icdVersion: file.icdVersion }),
        statusIntervalSeconds: file.statusIntervalSeconds,
        cycleMilliseconds: file.cycleMilliseconds,
        dependentNodes: [
          ...new Set(
            host
              .sources()
              .filter(({ origin }) => mayLeave(origin, file.exercise))
              .flatMap(({ state }) => [...state.nodes.keys()]),
          ),
        ]
          .sort()
          .slice(0, 256),
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
    parents.set(
      file.id,
      createUpwardClient(
        {
          host: endpoint.value.host,
          port: endpoint.value.port,
          profile,
          ...(file.tls === undefined ? {} : { tls: loadTls(file.tls) }),
        },
        { now: host.now, system: host.health, note: (message) => host.note("info", `parent ${file.id}: ${message}`) },
      ),
    );
  }
  const due = new Map<string, number>();

  return {
    recorders,
    parents,
    start: async () => {
      for (const port of recorders.values()) await port.start();
      for (const parent of parents.values()) parent.start();
    },
    stop: async () => {
      await Promise.all([...parents.values()].map((parent) => parent.stop()));
      await Promise.all([...recorders.values()].map((port) => port.stop()));
    },
    packetRead: (sourceId, octets) => {
      for (const { file, policy, port } of releases) {
        if (file.source !== sourceId || port.clients() === 0) continue;
        const source = host.source(sourceId);
        if (source !== undefined && mayLeave(source.origin, file.exercise) && mayRelease(octets, policy)) port.publish(octets);
      }
    },
    pictureChanged: () => {
      const now = host.now();
      for (const file of files.parents) {
        const parent = parents.get(file.id)!;
        // The tracks of the screen are made once for each cycle, not for each packet.
        if (parent.state.phase !== "active" || now < (due.get(file.id) ?? 0)) continue;
        due.set(file.id, now + file.cycleMilliseconds * 1000);
        parent.publish(host.tracks().map(fusedTrackOf));
      }
    },
  };
}

const mayLeave = (origin: Origin, exerciseReceiver: boolean) => origin === "live" || exerciseReceiver;
