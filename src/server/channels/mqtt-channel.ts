// Notifications as MQTT messages with QoS 1: "delivered" means that the broker has it.

import { connectAsync, type MqttClient } from "mqtt";
import type { Channel } from "./channel.ts";

export interface MqttChannelSettings {
  readonly id: string;
  /** mqtt://HOST:PORT or mqtts://HOST:PORT */
  readonly broker: string;
  readonly topic: string;
  readonly user?: string;
  readonly password?: string;
}

export function createMqttChannel(settings: MqttChannelSettings): Channel {
  let client: MqttClient | undefined;
  return {
    id: settings.id,
    kind: "mqtt",
    target: `${settings.topic} at ${settings.broker}`,
    deliver: async (message) => {
      // Connected when first needed and kept; a lost connection is made again by the next message, so that its failure is told.
      if (client?.connected !== true) {
        client?.end(true);
        client = undefined;
        client = await connectAsync(settings.broker, {
          reconnectPeriod: 0,
          connectTimeout: 4_000,
          ...(settings.user === undefined ? {} : { username: settings.user }),
          ...(settings.password === undefined ? {} : { password: settings.password }),
        }).catch((error: NodeJS.ErrnoException) => {
          throw new Error(error.code === "ECONNREFUSED" ? "nobody listens there" : error.message || "the broker cannot be reached");
        });
        client.on("error", () => undefined); // told by the message that it fails
      }
      await client.publishAsync(settings.topic, JSON.stringify(message), { qos: 1 });
      return "delivered";
    },
    close: async () => {
      client?.end(true);
    },
  };
}
