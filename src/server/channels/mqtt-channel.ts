// Notifications as MQTT messages with QoS 1: "delivered" means that the broker has it.

import { connect, type MqttClient } from "mqtt";
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

  function drop(): void {
    client?.end(true);
    client = undefined;
  }

  function connected(): Promise<MqttClient> {
    // Connected when first needed and kept; a lost connection is made again by the next message, so that its failure is told.
    if (client?.connected === true) return Promise.resolve(client);
    drop();
    const opening = connect(settings.broker, {
      reconnectPeriod: 0,
      connectTimeout: 4_000,
      ...(settings.user === undefined ? {} : { username: settings.user }),
      ...(settings.password === undefined ? {} : { password: settings.password }),
    });
    client = opening;
    return new Promise((resolve, reject) => {
      opening.on("error", (error: Error & { code?: unknown }) =>
        reject(new Error(error.code === "ECONNREFUSED" ? "nobody listens there" : error.message || "the broker cannot be reached")),
      );
      opening.once("close", () => reject(new Error("the broker closed the connection")));
      opening.once("connect", () => resolve(opening));
    });
  }

  return {
    id: settings.id,
    kind: "mqtt",
    target: `${settings.topic} at ${settings.broker}`,
    deliver: async (message, signal) => {
      signal.throwIfAborted();
      // A broker that connects and says nothing more would hold the message for ever; the next try starts with a new connection.
      const ended = new Promise<never>((_, reject) => {
        signal.addEventListener(
          "abort",
          () => {
            drop();
            reject(new Error("the broker does not answer"));
          },
          { once: true },
        );
      });
      const published = connected().then((ready) => ready.publishAsync(settings.topic, JSON.stringify(message), { qos: 1 }));
      published.catch(() => undefined); // told by the race
      await Promise.race([published, ended]);
      return "delivered";
    },
    close: async () => drop(),
  };
}
