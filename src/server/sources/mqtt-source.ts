import { connect, type MqttClient } from "mqtt";
import type { Endpoint } from "../configuration/endpoint.ts";
import { type Ingest, type Source, socketSentence } from "./source.ts";

/** A larger message is dropped and counted before anything reads it. */
const MAX_PAYLOAD = 1024 * 1024;

/** Subscribes to a topic of an MQTT broker; each message is one packet. The client reconnects by itself. */
export function createMqttSource(id: string, endpoint: Endpoint, ingest: Ingest): Source {
  const address = `${endpoint.transport}://${endpoint.host}:${endpoint.port}`;
  let client: MqttClient | undefined;
  let connection = 0;
  let open = false;
  return {
    id,
    address: () => ({
      direction: "subscribe",
      transport: endpoint.transport,
      host: endpoint.host,
      port: endpoint.port,
      unauthenticated: false,
    }),
    start: async () => {
      ingest.state(id, "connecting", "");
      const created = connect(address, {
        username: endpoint.user,
        password: endpoint.password,
        reconnectPeriod: 2000,
        connectTimeout: 10_000,
        keepalive: 20,
        clean: true,
      });
      client = created;
      created.on("connect", () => {
        connection = ingest.nextConnection();
        open = true;
        ingest.connection(id, connection, "opened", address, "");
        created.subscribe(endpoint.topic, { qos: 0 }, (error, granted) => {
          const refused = granted?.some((grant) => grant.qos >= 128) === true;
          if (error !== null || refused) ingest.state(id, "failed", `${address}: the broker refused the topic ${endpoint.topic}`);
          else ingest.state(id, "connected", "");
        });
      });
      created.on("message", (_topic, payload) => {
        if (payload.length > MAX_PAYLOAD) ingest.drop(id, "message over 1 MiB");
        else ingest.packet(id, connection, payload);
      });
      created.on("error", (error) => ingest.state(id, "retrying", socketSentence(address, error as NodeJS.ErrnoException)));
      created.on("close", () => {
        if (!open) return;
        open = false;
        ingest.connection(id, connection, "closed", address, "connection to the broker lost");
        ingest.state(id, "retrying", `${address}: connection to the broker lost`);
      });
    },
    stop: async () => {
      await client?.endAsync(true);
    },
    send: () => undefined,
    close: () => undefined,
  };
}
