import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { after, test } from "node:test";
import { Aedes } from "aedes";
import { SMTPServer } from "smtp-server";
import type { Micros } from "../../core/base/units.ts";
import type { Notification, NotificationReceipt } from "../../core/model/alert.ts";
import { decodeCotXml } from "../../core/protocols/cot/cot-event.ts";
import type { Channel, ChannelMessage } from "./channel.ts";
import { createChannel } from "./create-channel.ts";
import { createDispatcher } from "./dispatcher.ts";

const NOW = 1_763_900_000_000_000 as Micros;
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing) await close();
});

const message = (over: Partial<ChannelMessage> = {}): ChannelMessage => ({
  id: 7,
  kind: "take-cover",
  atUs: NOW,
  level: 1,
  origin: "live",
  label: "",
  siteId: "alpha",
  siteName: "Alpha",
  alertId: null,
  key: "take-cover",
  values: { by: "Okonkwo" },
  text: "TAKE COVER, the whole site. Ordered by Okonkwo.",
  latitudeDegrees: 36.9,
  longitudeDegrees: 43.1,
  ...over,
});

const notification = (over: Partial<Notification> = {}): Notification => ({
  id: 1,
  kind: "alert",
  at: NOW,
  level: 1,
  origin: "live",
  alertId: "A1",
  key: "k",
  values: {},
  channels: ["one"],
  ...over,
});

test("a webhook gets the notification as JSON, with what tells a repetition, and a refusal is an error with the status", async () => {
  const heard: { body: ChannelMessage; key: string | undefined; authorization: string | undefined }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      heard.push({
        body: JSON.parse(text),
        key: request.headers["idempotency-key"] as string,
        authorization: request.headers.authorization,
      });
      response.writeHead(status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarm?secret=1`;
  const channel = createChannel({ id: "hook", kind: "webhook", url, levels: [1], takeCover: true, exercise: false }, ".");
  assert.ok(!channel.target.includes("secret"), "what is shown has no secret in it");
  assert.equal(await channel.deliver(message(), AbortSignal.timeout(5000)), "delivered");
  assert.equal(heard[0]!.body.text, "TAKE COVER, the whole site. Ordered by Okonkwo.");
  assert.equal(heard[0]!.key, `picket-alpha-${NOW}-7`);
  assert.equal(heard[0]!.authorization, undefined);
  status = 503;
  await assert.rejects(channel.deliver(message(), AbortSignal.timeout(5000)), /answered 503/);
});

test("mail goes out through a real mail server, and is refused where TLS is required and not offered", async () => {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, _session, done) => {
      let text = "";
      stream.on("data", (part: Buffer) => {
        text += part.toString("utf8");
      });
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  closing.push(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  const smtp = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const file = {
    id: "mail",
    kind: "email",
    smtp,
    requireTls: false,
    from: "picket@example.org",
    to: ["watch@example.org"],
    levels: [1 as const],
    takeCover: true,
    exercise: false,
  } as const;
  const open = createChannel({ ...file, to: [...file.to], levels: [1] }, ".");
  closing.push(() => open.close());
  assert.equal(await open.deliver(message(), AbortSignal.timeout(5000)), "delivered");
  assert.match(mails[0]!, /Subject: \[Picket Alpha\] TAKE COVER/);
  assert.match(mails[0]!, /To: watch@example\.org/);
  const careful = createChannel({ ...file, to: [...file.to], levels: [1], requireTls: true }, ".");
  closing.push(() => careful.close());
  await assert.rejects(careful.deliver(message(), AbortSignal.timeout(5000)), /TLS/i);
  assert.equal(mails.length, 1);
});

test("an MQTT channel publishes with QoS 1 to a real broker, and says when nobody listens", async () => {
  const broker = await Aedes.createBroker();
  const server = createTcpServer(broker.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => new Promise<void>((resolve) => broker.close(() => resolve())),
    () => server.close(),
  );
  const heard: { topic: string; qos: number; text: string }[] = [];
  broker.on("publish", (packet, client) => {
    if (client !== null) heard.push({ topic: packet.topic, qos: packet.qos, text: packet.payload.toString() });
  });
  const { port } = server.address() as AddressInfo;
  const file = { kind: "mqtt", topic: "site/alarms", levels: [1 as const], takeCover: true, exercise: false } as const;
  const channel = createChannel({ ...file, levels: [1], id: "broker", broker: `mqtt://127.0.0.1:${port}` }, ".");
  assert.equal(await channel.deliver(message(), AbortSignal.timeout(5000)), "delivered");
  assert.deepEqual([heard[0]!.topic, heard[0]!.qos, JSON.parse(heard[0]!.text).id], ["site/alarms", 1, 7]);
  await channel.close();
  const nowhere = createChannel({ ...file, levels: [1], id: "gone", broker: "mqtt://127.0.0.1:9" }, ".");
  await assert.rejects(nowhere.deliver(message(), AbortSignal.timeout(5000)), /nobody listens/);
});

test("a CoT channel sends an alarm event that Picket's own reader reads, marked when it is not live", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  closing.push(() => socket.close());
  const channel = createChannel(
    { id: "tak", kind: "cot", send: `udp://127.0.0.1:${socket.address().port}`, levels: [1], takeCover: true, exercise: true },
    ".",
  );
  const arrived = once(socket, "message");
  assert.equal(await channel.deliver(message({ label: "SIMULATED", origin: "simulated" }), AbortSignal.timeout(5000)), "sent");
  const [bytes] = (await arrived) as [Buffer];
  const event = decodeCotXml(bytes.toString("utf8"));
  assert.ok(event.ok);
  assert.deepEqual([event.value.type, event.value.uid, event.value.how], ["b-a-o-tbl", "picket.alpha.alarm.cover", "m-s"]);
  assert.match(bytes.toString("utf8"), /callsign="SIMULATED Alpha/);
});

/** A channel of which the test decides each try. */
function scripted(id: string, tries: (() => Promise<"sent" | "delivered">)[]): { channel: Channel; tried: number[] } {
  const tried: number[] = [];
  return {
    tried,
    channel: {
      id,
      kind: "webhook",
      target: id,
      deliver: (each) => {
        tried.push(each.id);
        return (tries.shift() ?? (async () => "delivered" as const))();
      },
      close: async () => undefined,
    },
  };
}
const fails = async (): Promise<"sent"> => {
  throw new Error("nobody listens there");
};

function dispatch(channels: Parameters<typeof createDispatcher>[0]["channels"], retryAfter = [1, 1], patience = 50, grace = 1000) {
  const receipts: Omit<NotificationReceipt, "at">[] = [];
  const dispatcher = createDispatcher({
    channels,
    message: (each) => message({ id: each.id, kind: each.kind }),
    receipt: (each) => receipts.push(each),
    log: () => undefined,
    retryAfter,
    patience,
    grace,
  });
  return { dispatcher, receipts };
}
const settled = async (condition: () => boolean) => {
  for (let rounds = 0; !condition(); rounds++) {
    assert.ok(rounds < 1000, "it never settled");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test("what fails is tried again and each outcome gives a receipt; what is given up says so", async () => {
  const twice = scripted("one", [fails, fails]);
  const { dispatcher, receipts } = dispatch([{ channel: twice.channel, exercise: false }]);
  dispatcher.deliver(notification());
  await settled(() => receipts.length === 3);
  assert.deepEqual(
    receipts.map((each) => each.state),
    ["retrying", "retrying", "delivered"],
  );
  const never = scripted("one", [fails, fails, fails]);
  const second = dispatch([{ channel: never.channel, exercise: false }]);
  second.dispatcher.deliver(notification());
  await settled(() => second.receipts.length === 3);
  assert.equal(second.receipts[2]!.state, "failed");
  assert.match(second.receipts[2]!.message, /given up after 3 tries/);
});

test("an MQTT channel gives up when it is told to, though the broker took the connection and says nothing; the next message connects anew", async () => {
  const sockets: { destroy(): void }[] = [];
  const silent = createTcpServer((socket) => sockets.push(socket));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  closing.push(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const file = { kind: "mqtt", topic: "a", levels: [1], takeCover: true, exercise: false } as const;
  const channel = createChannel({ ...file, levels: [1], id: "broker", broker: `mqtt://127.0.0.1:${port}` }, ".");
  for (const tries of [1, 2]) {
    const controller = new AbortController();
    const delivery = channel.deliver(message(), controller.signal);
    await settled(() => sockets.length === tries);
    controller.abort();
    await assert.rejects(delivery, /does not answer/);
  }
  await assert.rejects(channel.deliver(message(), AbortSignal.abort()));
  assert.equal(sockets.length, 2);
  for (const socket of sockets) socket.destroy();
});

test("a server that stops tries what waits once more; what is not delivered then is told, and not given up", async () => {
  const hanging = scripted("one", [() => new Promise(() => undefined)]);
  const failing = scripted("two", [fails, fails, fails]);
  const slow = scripted("three", [fails, async () => "delivered"]);
  const { dispatcher, receipts } = dispatch(
    [hanging, failing, slow].map(({ channel }) => ({ channel, exercise: false })),
    [60_000],
    60_000,
    100,
  );
  for (const id of [1, 2]) dispatcher.deliver(notification({ id, channels: ["one", "two"] }));
  dispatcher.deliver(notification({ id: 3, kind: "test", channels: ["one"] }));
  dispatcher.deliver(notification({ id: 4, channels: ["three"] }));
  await settled(() => receipts.length === 2);
  await dispatcher.close();
  const newest = new Map(receipts.map((each) => [`${each.notificationId} ${each.channel}`, `${each.state}: ${each.message}`]));
  assert.deepEqual(Object.fromEntries([...newest].sort()), {
    "1 one": "retrying: not delivered when the server stopped",
    "1 two": "retrying: nobody listens there; not delivered when the server stopped",
    "2 one": "retrying: not delivered when the server stopped",
    "2 two": "retrying: nobody listens there; not delivered when the server stopped",
    "3 one": "failed: not delivered when the server stopped",
    "4 three": "delivered: ",
  });
  dispatcher.deliver(notification({ id: 5, channels: ["one"] }));
  assert.equal(receipts.at(-1)!.state, "retrying", "what comes too late is told too");
  assert.deepEqual(hanging.tried, [1]);
});

test("a channel that hangs delays no other, and an order to take cover passes everything that waits", async () => {
  const hanging = scripted("one", [() => new Promise(() => undefined)]);
  const quick = scripted("two", []);
  const { dispatcher, receipts } = dispatch(
    [
      { channel: hanging.channel, exercise: false },
      { channel: quick.channel, exercise: false },
    ],
    [20],
  );
  for (const id of [1, 2, 3]) dispatcher.deliver(notification({ id, channels: ["one", "two"] }));
  dispatcher.deliver(notification({ id: 4, kind: "take-cover", channels: ["one", "two"] }));
  await settled(() => receipts.filter((each) => each.channel === "two").length === 4);
  assert.equal(receipts.filter((each) => each.channel === "one").length, 0, "the hanging one has not answered yet");
  await settled(() => receipts.filter((each) => each.channel === "one" && each.state === "delivered").length === 4);
  assert.deepEqual(hanging.tried.slice(0, 2), [1, 4], "after the try that hung comes the order");
});

test("what is not live never reaches a channel that is not marked for exercises, and the refusal is told", async () => {
  const real = scripted("one", []);
  const exercise = scripted("two", []);
  const { dispatcher, receipts } = dispatch([
    { channel: real.channel, exercise: false },
    { channel: exercise.channel, exercise: true },
  ]);
  dispatcher.deliver(notification({ origin: "simulated", channels: ["one", "two", "three"] }));
  await settled(() => receipts.length === 3);
  assert.deepEqual(real.tried, []);
  assert.deepEqual(exercise.tried, [1]);
  assert.match(receipts.find((each) => each.channel === "one")!.message, /not marked for exercises/);
  assert.match(receipts.find((each) => each.channel === "three")!.message, /no channel "three"/);
});
