// The `outputs` section of site.yaml. Nothing leaves a site unless it is written here, and each default says no: to pilots'
// positions, to broadcast identities, to free texts, to anything that is not live.

import { z } from "zod";
import type { OutputConfiguration } from "../../core/model/site.ts";
import { APEX_CYCLE_MILLISECONDS } from "../../core/protocols/sapient/upward.ts";
import { tlsSchema } from "./tls-schema.ts";

const head = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40")
    .meta({ description: "Identifier: small letters, digits and hyphens." }),
  enabled: z.boolean().default(true).meta({ description: "false keeps the output in the file and sends nothing." }),
  exercise: z.boolean().default(false).meta({
    description:
      "The receiver is part of an exercise: simulated, recorded and exercise tracks may go there, with their labels. Otherwise only live ones go.",
  }),
};
const datagrams = {
  interface: z.string().optional().meta({ description: "Address of the network interface that sends to the multicast group." }),
  multicastHops: z.int().min(0).max(255).default(1).meta({ description: "Routers that a multicast datagram may pass, and one." }),
};
const releaseIdentities = z
  .boolean()
  .default(false)
  .meta({ description: "Serials, addresses and call signs that objects broadcast go there too." });

export const asterixOutputSchema = z
  .strictObject({
    ...head,
    send: z.string().meta({ description: "udp://HOST:PORT of the receiver, or of a multicast group." }),
    ...datagrams,
    sac: z.int().min(0).max(255).meta({ description: "System area code of this Picket, allocated by your authority." }),
    sic: z.int().min(0).max(255).meta({ description: "System identification code of this Picket." }),
    service: z.int().min(0).max(255).default(1).meta({ description: "I062/015: which of the system's services this is." }),
    periodSeconds: z
      .number()
      .min(0.5)
      .max(60)
      .default(1)
      .meta({ description: "Time between two updates of every track and of the service status." }),
    releaseIdentities,
    uasReports: z.boolean().default(false).meta({
      description:
        "Drones that broadcast a serial number of at most 12 characters go out as category 129 too. Needs releaseIdentities; live data only.",
    }),
  })
  .refine((output) => !output.uasReports || output.releaseIdentities, "uasReports names drones: it needs releaseIdentities: true");

export const cotOutputSchema = z
  .strictObject({
    ...head,
    send: z.string().optional().meta({ description: "udp://HOST:PORT, unicast or a mesh's multicast group (ATAK: udp://239.2.3.1:6969)." }),
    connect: z.string().optional().meta({ description: "tcp://HOST:PORT of a TAK server, connected to again and again with back-off." }),
    ...datagrams,
    tls: tlsSchema,
    form: z.enum(["tak", "xml"]).default("tak").meta({
      description:
        "tak: TAK protocol version 1; a stream begins as XML and changes when the server offers it. xml: Cursor on Target XML only.",
    }),
    periodSeconds: z
      .number()
      .min(0.5)
      .max(60)
      .default(1)
      .meta({ description: "Time between two events of a track. A change of type goes at once." }),
    staleSeconds: z
      .number()
      .min(1)
      .max(3600)
      .optional()
      .meta({ description: "Age at which receivers shall show a track as stale. Default: four periods." }),
    operatorPositions: z.boolean().default(false).meta({ description: "Positions of pilots go out too, as events of their own." }),
    releaseIdentities,
  })
  .refine((value) => (value.send === undefined) !== (value.connect === undefined), "give exactly one of send and connect");

const topic = (description: string) =>
  z
    .string()
    .max(100)
    .regex(/^[^+#\0\p{Cc}/$][^+#\0\p{Cc}]*$/u, "a topic without wildcards that does not begin with / or $")
    .meta({ description });

export const mqttOutputSchema = z.strictObject({
  ...head,
  broker: z
    .string()
    .refine((text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, hostname, username, password, pathname, search } = new URL(text);
      return /^mqtts?:$/.test(protocol) && hostname !== "" && username + password + search === "" && /^\/?$/.test(pathname);
    }, "mqtt://HOST[:PORT] or mqtts://HOST[:PORT], without user, password or topic")
    .meta({ description: "mqtt://HOST[:PORT], or mqtts:// with TLS." }),
  username: z.string().min(1).max(64).optional().meta({ description: "User of the broker." }),
  passwordFile: z.string().optional().meta({ description: "File whose first line is the password, relative to this one." }),
  passwordEnvironment: z.string().optional().meta({ description: "Environment variable that holds the password." }),
  tls: tlsSchema,
  topicPrefix: topic("Before every topic: PREFIX/SITE/sensors/...").default("picket"),
  discoveryPrefix: z
    .union([z.literal(""), topic("")])
    .default("homeassistant")
    .meta({ description: "Where Home Assistant listens for introductions; empty introduces nothing." }),
  qos: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .meta({ description: "1: the broker acknowledges each message." }),
  retain: z.boolean().default(true).meta({ description: "The broker keeps the newest state for who comes later." }),
  periodSeconds: z
    .number()
    .min(1)
    .max(3600)
    .default(10)
    .meta({ description: "Time between two reports of a sensor. A change of state goes at once." }),
  tracks: z.enum(["none", "confirmed"]).default("none").meta({ description: "Whether tracks go there too. Never pilots' positions." }),
  trackPeriodSeconds: z.number().min(0.2).max(60).default(1).meta({ description: "Time between two reports of a track." }),
  releaseIdentities,
});

export const sapientRecorderSchema = z.strictObject({
  ...head,
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
  tls: tlsSchema,
});

export const sapientParentSchema = z.strictObject({
  ...head,
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
  releaseIdentities,
  tls: tlsSchema,
});

export const outputsSchema = z
  .strictObject({
    asterix: z
      .array(asterixOutputSchema)
      .default([])
      .meta({ description: "Tracks as ASTERIX category 062, service status as 065, identified drones as 129, over UDP." }),
    cot: z.array(cotOutputSchema).default([]).meta({ description: "Tracks as Cursor on Target, for TAK networks." }),
    mqtt: z.array(mqttOutputSchema).default([]).meta({
      description: "Sensor health, system health and the number of alarms to an MQTT broker; Home Assistant finds them by itself.",
    }),
    sapientRecorders: z
      .array(sapientRecorderSchema)
      .default([])
      .meta({ description: "Ports where recorders and command systems hear what the SAPIENT nodes say." }),
    sapientParents: z.array(sapientParentSchema).default([]).meta({ description: "Fusion nodes above this one." }),
  })
  .default({ asterix: [], cot: [], mqtt: [], sapientRecorders: [], sapientParents: [] })
  .meta({ description: "What leaves the site. Nothing that is not written here." });

/** Every output in one form, for the journal. */
export function outputConfigurations(outputs: OutputsFile): OutputConfiguration[] {
  const { asterix, cot, mqtt, sapientRecorders, sapientParents } = outputs;
  const one = (
    protocol: OutputConfiguration["protocol"],
    address: string,
    { id, enabled, exercise }: Pick<AsterixOutputFile, "id" | "enabled" | "exercise">,
    pilotPositions = false,
  ): OutputConfiguration => ({ id, protocol, address, enabled, exercise, pilotPositions });
  return [
    ...asterix.map((output) => one("asterix", output.send, output)),
    ...cot.map((output) => one("cot", (output.send ?? output.connect)!, output, output.operatorPositions)),
    ...mqtt.map((output) => one("mqtt", output.broker, output)),
    ...sapientRecorders.map((output) => one("sapient-recorder", output.listen, output, output.pilotPositions)),
    ...sapientParents.map((output) => one("sapient-parent", output.connect, output)),
  ];
}

export type AsterixOutputFile = z.infer<typeof asterixOutputSchema>;
export type CotOutputFile = z.infer<typeof cotOutputSchema>;
export type MqttOutputFile = z.infer<typeof mqttOutputSchema>;
export type SapientRecorderFile = z.infer<typeof sapientRecorderSchema>;
export type SapientParentFile = z.infer<typeof sapientParentSchema>;
export type OutputsFile = z.infer<typeof outputsSchema>;
