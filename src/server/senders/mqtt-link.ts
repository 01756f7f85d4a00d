// A connection to an MQTT broker that never makes anybody wait: the newest message of each topic waits its turn, no more than a fixed
// number of topics do, and a lost connection is made again with back-off.

import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { socketSentence } from "../sources/source.ts";
import type { MqttMessage } from "./mqtt-messages.ts";

export interface MqttLinkOptions {
  /** mqtt://HOST:PORT or mqtts://HOST:PORT. */
  readonly address: string;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Asked for each attempt. */
  readonly tls: () => object;
  readonly qos: 0 | 1;
  /** Published by the broker when we are gone; published by us at the end. */
  readonly will: MqttMessage;
  /** A topic to be told of. */
  readonly listen: string | undefined;
  /** Topics that may wait. */
  readonly maxWaiting: number;
  /** Milliseconds to the first attempt after a loss; doubled each time. */
  readonly firstBackOff?: number;
}

export interface MqttLinkEvents {
  sent(octets: number): void;
  dropped(reason: string, count?: number): void;
  state(state: "connecting" | "connected" | "retrying", sentence: string): void;
  /** Connected, or connected again: what the broker should know must be said again. */
  connected(): void;
  heard(payload: string): void;
}

export interface MqttLink {
  start(): void;
  /** Queues a message in place of an older one of its topic. */
  send(message: MqttMessage): void;
  waiting(): number;
  /** Says the will itself and leaves. */
  stop(): Promise<void>;
}

const IN_FLIGHT = 64;
const BACK_OFF_MOST = 60_000; // ms
/** A broker that takes our messages and never says so is left. */
const STALLED = 30_000; // ms
const CONNECT_TIMEOUT = 10_000; // ms

export function createMqttLink(options: MqttLinkOptions, events: MqttLinkEvents): MqttLink {
  const waiting = new Map<string, MqttMessage>();
  let client: MqttClient | undefined;
  let up = false;
  let stopped = false;
  let inFlight = 0;
  let progressAt = 0;
  let backOff = options.firstBackOff ?? 1000;
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;

  function open(): void {
    events.state("connecting", "");
    const { will } = options;
    const settings: IClientOptions = {
      ...options.tls(),
      clientId: options.clientId,
      username: options.username,
      password: options.password,
      clean: true,
      keepalive: 20,
      connectTimeout: CONNECT_TIMEOUT,
      // Attempts are ours to time; nothing is queued behind our back.
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: options.qos, retain: will.retain },
    };
    const mine = connect(options.address, settings);
    client = mine;
    let reason = "the connection to the broker was lost";
    let gone = false;
    mine.on("connect", () => {
      if (mine !== client || stopped) return;
      up = true;
      inFlight = 0;
      progressAt = performance.now();
      backOff = options.firstBackOff ?? 1000;
      events.state("connected", "");
      if (options.listen !== undefined) mine.subscribe(options.listen, { qos: 0 }, () => undefined);
      events.connected();
      flush();
    });
    mine.on("message", (topic, payload) => {
      if (topic === options.listen && payload.length <= 64) events.heard(payload.toString("utf8"));
    });
    mine.on("error", (error) => {
      reason = socketSentence(options.address, error as NodeJS.ErrnoException);
      lost();
    });
    mine.on("close", () => lost());
    function lost(): void {
      if (gone) return;
      gone = true;
      mine.end(true);
      if (mine !== client) return;
      if (inFlight > 0) events.dropped("connection lost", inFlight);
      up = false;
      inFlight = 0;
      client = undefined;
      if (stopped) return;
      events.state("retrying", reason);
      // Not all clients of a broker that comes back at once.
      timer = setTimeout(open, backOff * (0.75 + 0.5 * Math.random()));
      backOff = Math.min(BACK_OFF_MOST, backOff * 2);
    }
  }

  function flush(): void {
    const mine = client;
    if (!up || mine === undefined) return;
    for (const [topic, message] of waiting) {
      if (inFlight >= IN_FLIGHT) return;
      waiting.delete(topic);
      inFlight += 1;
      mine.publish(topic, message.payload, { qos: options.qos, retain: message.retain }, (error) => {
        if (mine !== client) return; // counted when that connection was lost
        inFlight -= 1;
        progressAt = performance.now();
        if (error === undefined || error === null) events.sent(Buffer.byteLength(message.payload) + topic.length);
        else events.dropped("refused by the broker");
        flush();
      });
    }
  }

  return {
    start: () => {
      open();
      watch = setInterval(() => {
        if (up && inFlight > 0 && performance.now() - progressAt > STALLED)
          client?.stream.destroy(new Error("the broker acknowledges nothing"));
      }, 5000);
      watch.unref();
    },
    send: (message) => {
      if (stopped) return;
      if (waiting.has(message.topic)) {
        waiting.delete(message.topic);
        events.dropped("replaced by a newer one");
      } else if (waiting.size >= options.maxWaiting) {
        waiting.delete(waiting.keys().next().value!);
        events.dropped("too many waiting");
      }
      waiting.set(message.topic, message);
      flush();
    },
    waiting: () => waiting.size,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      clearInterval(watch);
      const mine = client;
      if (mine === undefined) return;
      if (up) {
        const { topic, payload, retain } = options.will;
        const said = new Promise<void>((resolve) => mine.publish(topic, payload, { qos: options.qos, retain }, () => resolve()));
        await Promise.race([said, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      }
      up = false;
      client = undefined;
      await Promise.race([mine.endAsync(false), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      // A broker that reads nothing would keep the socket, and us, waiting.
      mine.stream?.destroy();
    },
  };
}
