// picket play: its pace by a clock in hand, its recordings, and the whole way through sockets of this machine.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { McapWriter } from "@mcap/core";
import { fromHex, toHex } from "../../src/core/base/hex.ts";
import { micros } from "../../src/core/base/units.ts";
import { createPcapFramer } from "../../src/core/protocols/pcap/pcap-framer.ts";
import { createPcapngWriter } from "../../src/core/protocols/pcap/pcap-writer.ts";
import { UsageError } from "../../src/server/cli/command.ts";
import { playCommand, playRecording } from "../../src/server/cli/play.ts";
import { Pace, type PlayClock } from "../../src/server/play/pace.ts";
import { openRecording, type Recorded, type Recording } from "../../src/server/play/recording.ts";
import type { Sender } from "../../src/server/play/sender.ts";
import { isLoopback, parseTarget, requireLoopback } from "../../src/server/play/target.ts";

const folder = mkdtempSync(join(tmpdir(), "picket-play-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const SHARED = join(import.meta.dirname, "../../../shared/data");
const needsShared = existsSync(SHARED) ? false : "../shared is absent";

/** A clock that jumps when it is waited for. */
function handClock(): PlayClock & { at: number } {
  const clock = {
    at: 1000,
    now: () => clock.at,
    sleep: async (milliseconds: number) => {
      clock.at += milliseconds;
    },
  };
  return clock;
}
const never = () => false;

/** Plays pieces with these times and tells when each was sent, ms after the first. */
async function timesOf(times: readonly (number | undefined)[], speed: number, more: { rate?: number; from?: number } = {}) {
  const clock = handClock();
  const sentAt: number[] = [];
  const counts = { sent: 0, octets: 0, lost: 0, refused: 0 };
  const sender: Sender = {
    counts,
    state: () => "",
    ready: () => true,
    send: async () => {
      sentAt.push(clock.at);
      return true;
    },
    close: async () => {},
  };
  const recording: Recording = {
    format: "jsonl",
    size: 1,
    notes: [],
    read: async function* (): AsyncGenerator<Recorded> {
      for (const time of times) yield { time, bytes: new Uint8Array(1), connection: 0, position: 1 };
    },
  };
  const outcome = await playRecording(recording, async () => sender, {
    name: "test",
    target: parseTarget("tcp://127.0.0.1:1", "test"),
    speed,
    rate: more.rate ?? 10,
    from: more.from ?? 0,
    loop: false,
    wait: 1,
    quiet: true,
    clock,
    stopped: never,
  });
  return { at: sentAt.map((at) => at - sentAt[0]), outcome };
}

test("pieces leave when the recording says, at twice its pace in half the time", async () => {
  assert.deepEqual((await timesOf([100, 100.5, 103], 1)).at, [0, 500, 3000]);
  assert.deepEqual((await timesOf([100, 100.5, 103], 2)).at, [0, 250, 1500]);
  assert.deepEqual((await timesOf([100, 100.5, 103], Number.POSITIVE_INFINITY)).at, [0, 0, 0]);
});

test("a step backwards lets no time pass, and is told; a gap of an hour is cut, and is told", async () => {
  const back = await timesOf([100, 110, 30, 32], 1);
  assert.deepEqual(back.at, [0, 10_000, 10_000, 12_000]);
  assert.match(back.outcome.notes.join(), /time runs backwards at 1 places/);
  const gap = await timesOf([0, 1, 3601, 3602], 1);
  assert.deepEqual(gap.at, [0, 1000, 1000, 2000]);
  assert.match(gap.outcome.notes.join(), /1 gaps of more than ten minutes/);
});

test("a recording without times comes at a steady rate, and says so", async () => {
  const steady = await timesOf([undefined, undefined, undefined], 1, { rate: 4 });
  assert.deepEqual(steady.at, [0, 250, 500]);
  assert.match(steady.outcome.notes.join(), /4 pieces a second/);
});

test("--from leaves out the first seconds and starts at once", async () => {
  const late = await timesOf([10, 20, 30, 31], 1, { from: 15 });
  assert.deepEqual(late.at, [0, 1000]);
  assert.equal(late.outcome.packets, 2);
  await assert.rejects(timesOf([10, 20], 1, { from: 60 }), /the recording is over before that/);
});

test("the pace does not drift: ten thousand pieces of a millisecond end at ten seconds", async () => {
  const clock = handClock();
  const pace = new Pace(clock, 1, 10);
  for (let i = 0; i <= 10_000; i++) await pace.wait(pace.advance(i / 1000), 0, never);
  assert.ok(Math.abs(clock.at - 1000 - 10_000) <= 1, `${clock.at}`);
});

test("targets are read, and what is not on this machine needs to be allowed", () => {
  assert.deepEqual(parseTarget("udp://127.0.0.1:30048", "--to"), { transport: "udp", listen: false, host: "127.0.0.1", port: 30_048 });
  assert.deepEqual(parseTarget("tcp-listen://[::1]:30005", "--to"), { transport: "tcp", listen: true, host: "::1", port: 30_005 });
  for (const wrong of ["127.0.0.1:30048", "udp://host", "http://host:80", "udp://host:0", "udp://host:70000", "udp://:5"]) {
    assert.throws(() => parseTarget(wrong, "--to"), UsageError, wrong);
  }
  for (const host of ["127.0.0.1", "127.8.9.1", "::1", "localhost"]) assert.ok(isLoopback(host), host);
  for (const host of ["10.0.0.1", "example.org", "239.2.3.1", "0.0.0.0", "127.example.org", "::", "::ffff:8.8.8.8"]) {
    assert.ok(!isLoopback(host), host);
    assert.throws(
      () => requireLoopback([parseTarget(`udp://${host.includes(":") ? `[${host}]` : host}:9`, "--to")], false),
      /--allow-remote/,
    );
    requireLoopback([parseTarget(`udp://${host.includes(":") ? `[${host}]` : host}:9`, "--to")], true);
  }
});

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
async function piecesOf(path: string, options: Partial<Parameters<typeof openRecording>[1]> = {}) {
  const recording = await openRecording(path, { transport: "udp", port: undefined, topic: undefined, ...options });
  const pieces: { time: number | undefined; hex: string; connection: number }[] = [];
  for await (const { time, bytes, connection } of recording.read()) pieces.push({ time, hex: toHex(bytes), connection });
  return { recording, pieces };
}

/** An Ethernet frame with an IPv4 UDP datagram, by hand. */
function ethernet(port: number, payload: string): Uint8Array {
  const body = fromHex(payload)!;
  const bytes = new Uint8Array(42 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 28 + body.length);
  view.setUint8(22, 64);
  view.setUint8(23, 17);
  view.setUint32(26, 0x0a000001);
  view.setUint32(30, 0x0a000002);
  view.setUint16(34, 5000);
  view.setUint16(36, port);
  view.setUint16(38, 8 + body.length);
  bytes.set(body, 42);
  return bytes;
}

test("of a network capture the datagrams are sent, of one port where asked, with the times of the capture", async () => {
  const writer = createPcapngWriter();
  const parts = [
    writer.write({ linkType: 1, capturedAt: micros(10_000_000), cut: false, bytes: ethernet(8600, "300003") }),
    writer.write({ linkType: 1, capturedAt: micros(10_250_000), cut: false, bytes: ethernet(53, "ff") }),
    writer.write({ linkType: 1, capturedAt: micros(11_000_000), cut: false, bytes: new Uint8Array(60) }),
  ];
  const path = file("net.pcapng", Buffer.concat(parts));
  assert.deepEqual((await piecesOf(path)).pieces, [
    { time: 10, hex: "300003", connection: 0 },
    { time: 10.25, hex: "ff", connection: 0 },
  ]);
  const { recording, pieces } = await piecesOf(path, { port: 8600 });
  assert.deepEqual(
    pieces.map((piece) => piece.hex),
    ["300003"],
  );
  assert.match(recording.notes.join(), /1 of 3 frames left out: to port 53/);
  await assert.rejects(piecesOf(path, { port: 1 }), /no UDP datagrams to port 1 among 3 frames/);
  await assert.rejects(piecesOf(path, { transport: "tcp" }), /no radio frames/);
});

test("of a capture of radio frames a pcapng stream is sent with the same frames and times", async () => {
  const writer = createPcapngWriter();
  const radio = { linkType: 127, capturedAt: micros(1_600_000_000_123_456), cut: false, bytes: fromHex("0000080000000000aabbcc")! };
  const path = file("radio.pcapng", Buffer.concat([writer.write(radio), writer.write(radio)]));
  const { pieces } = await piecesOf(path, { transport: "tcp" });
  const framer = createPcapFramer();
  const framed = pieces.flatMap((piece) => framer.push(fromHex(piece.hex)!).packets);
  assert.equal(framed.length, 2);
  assert.equal(toHex(framed[0].subarray(12)), "0000080000000000aabbcc");
  await assert.rejects(piecesOf(path), /play its radio frames --to tcp/);
});

test("lines with hex, Beast frames, SBS lines and single events are read each in its own way", async () => {
  const lines = file("a.jsonl", '{"i":0,"t":1.5,"hex":"0A0b"}\n\n{"i":1,"t":null,"hex":"ff"}\n');
  assert.deepEqual((await piecesOf(lines)).pieces, [
    { time: 1.5, hex: "0a0b", connection: 0 },
    { time: undefined, hex: "ff", connection: 0 },
  ]);
  // Two short frames, 12,000,000 and 18,000,000 on the counter, the second with 1a in its message.
  const beast = "1a32000000b71b00ff" + "5d4840d6202cc3" + "1a3200000112a880ff" + "5d481a1ad6202c00";
  const frames = await piecesOf(file("a.beast", fromHex(beast)!), { transport: "tcp" });
  assert.deepEqual(
    frames.pieces.map((piece) => piece.time),
    [0, 0.5],
  );
  assert.equal(frames.pieces.map((piece) => piece.hex).join(""), beast, "the same octets, escapes and all");
  assert.match(frames.recording.notes.join(), /2 Beast frames, 0\.5 s/);
  const sbs = "MSG,3,1,1,400F99,1,2026/11/23,10:42:11.242,2026/11/23,10:42:11.242,,34000,,,43.1,1.2,,,0,0,0,0";
  const [line] = (await piecesOf(file("a.sbs", `${sbs}\r\n`), { transport: "tcp" })).pieces;
  assert.equal(line.time, Date.UTC(2026, 10, 23, 10, 42, 11, 242) / 1000);
  assert.equal(Buffer.from(line.hex, "hex").toString(), `${sbs}\r\n`);
  const event = '<event version="2.0"/>';
  assert.equal(Buffer.from((await piecesOf(file("a.cot", event))).pieces[0].hex, "hex").toString(), event);
});

test("what is no recording is refused in one sentence", async () => {
  const cases: [string, RegExp][] = [
    [join(folder, "absent.beast"), /no such file/],
    [folder, /is a folder/],
    [file("empty.jsonl", ""), /is empty/],
    [file("picture.png", fromHex("89504e470d0a1a0a")!), /not a recording that Picket plays/],
    [file("bad.jsonl", "{nonsense\n"), /line 1: not JSON/],
    [file("no-hex.jsonl", '{"t":1}\n'), /line 1: expected a field "hex"/],
    [file("odd.jsonl", '{"hex":"abc"}\n'), /line 1/],
    [file("b.beast", fromHex("1a33")!), /a stream; play it --to tcp/],
  ];
  for (const [path, expected] of cases)
    await assert.rejects(piecesOf(path), (error) => error instanceof UsageError && expected.test(error.message), path);
  await assert.rejects(piecesOf(file("c.beast", fromHex("1a33")!), { transport: "tcp" }), /holds no Beast frames/);
});

/** A journal's topics in an MCAP file: a datagram source, and a stream with its connection numbers. */
async function writeMcap(path: string): Promise<void> {
  const parts: Uint8Array[] = [];
  let position = 0n;
  const writer = new McapWriter({
    writable: {
      position: () => position,
      write: async (bytes: Uint8Array) => {
        parts.push(bytes.slice());
        position += BigInt(bytes.length);
      },
    },
    useChunks: false,
  });
  await writer.start({ profile: "", library: "test" });
  const datagrams = await writer.registerChannel({
    topic: "source/radar",
    schemaId: 0,
    messageEncoding: "picket-packet",
    metadata: new Map([["protocol", "asterix"]]),
  });
  const stream = await writer.registerChannel({
    topic: "source/nodes/stream",
    schemaId: 0,
    messageEncoding: "picket-connection-packet",
    metadata: new Map([["protocol", "sapient"]]),
  });
  const add = (channelId: number, second: number, hex: string) =>
    writer.addMessage({ channelId, sequence: second, logTime: BigInt(second) * 1_000_000_000n, publishTime: 0n, data: fromHex(hex)! });
  await add(datagrams, 100, "300003");
  await add(stream, 101, "00000007" + "aabb");
  await add(datagrams, 102, "300004");
  await add(stream, 103, "00000008" + "cc");
  await writer.end();
  writeFileSync(path, Buffer.concat(parts));
}

test("a journal's topics are played one at a time, streams in their own framing and connections", async () => {
  const path = join(folder, "journal.mcap");
  await writeMcap(path);
  assert.deepEqual((await piecesOf(path, { topic: "radar" })).pieces, [
    { time: 100, hex: "300003", connection: 0 },
    { time: 102, hex: "300004", connection: 0 },
  ]);
  assert.deepEqual((await piecesOf(path, { topic: "nodes", transport: "tcp" })).pieces, [
    { time: 101, hex: "02000000aabb", connection: 7 },
    { time: 103, hex: "01000000cc", connection: 8 },
  ]);
  await assert.rejects(piecesOf(path), /say which topic with --topic; it has source\/radar, source\/nodes\/stream/);
  await assert.rejects(piecesOf(path, { topic: "nodes" }), /was a stream; play it --to tcp/);
});

/** A TCP server that keeps what it hears. */
async function listen(): Promise<{ server: Server; port: number; heard: () => Buffer; connections: () => number; ended: Promise<void> }> {
  const parts: Buffer[] = [];
  let count = 0;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createServer((socket) => {
    count += 1;
    socket.on("data", (chunk) => parts.push(chunk));
    socket.on("end", () => end());
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, heard: () => Buffer.concat(parts), connections: () => count, ended };
}

test("datagrams go through a real socket in their order", async () => {
  const receiver = createSocket("udp4");
  const heard: string[] = [];
  receiver.on("message", (message) => heard.push(message.toString("hex")));
  await new Promise<void>((resolve) => receiver.bind(0, "127.0.0.1", resolve));
  const path = file("three.jsonl", '{"t":0,"hex":"01"}\n{"t":0.05,"hex":"0202"}\n{"t":0.1,"hex":"03"}\n');
  assert.equal(await playCommand.run([path, "--to", `udp://127.0.0.1:${receiver.address().port}`, "--quiet"]), 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  receiver.close();
  assert.deepEqual(heard, ["01", "0202", "03"]);
});

test("a stream goes through a real connection, waits for a listener that comes late, and ends it in order", async () => {
  const late = await listen();
  const { port } = late;
  await new Promise((resolve) => late.server.close(resolve));
  const path = file("late.jsonl", '{"t":0,"hex":"0102"}\n{"t":0.01,"hex":"03"}\n');
  const playing = playCommand.run([path, "--to", `tcp://127.0.0.1:${port}`, "--quiet", "--wait", "10"]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const parts: Buffer[] = [];
  const server = createServer((socket) => socket.on("data", (chunk) => parts.push(chunk)));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  assert.equal(await playing, 0);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(Buffer.concat(parts).toString("hex"), "010203");
});

test("when nobody listens that is said, and the exit is 2", async () => {
  const closed = await listen();
  await new Promise((resolve) => closed.server.close(resolve));
  const path = file("one.jsonl", '{"t":0,"hex":"01"}\n');
  for (const transport of ["tcp", "udp"]) {
    const run = playCommand.run([path, "--to", `${transport}://127.0.0.1:${closed.port}`, "--quiet", "--wait", "0.2"]);
    await assert.rejects(
      run,
      (error) => error instanceof UsageError && /connection refused: nobody listens there \(tried for 0\.2 s\)/.test(error.message),
    );
  }
});

test("connections of a journal are played as connections of their own", async () => {
  const path = join(folder, "two.mcap");
  await writeMcap(path);
  const { server, port, heard, connections } = await listen();
  assert.equal(await playCommand.run([path, "--topic", "nodes", "--to", `tcp://127.0.0.1:${port}`, "--speed", "max", "--quiet"]), 0);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(connections(), 2);
  assert.equal(heard().length, 6 + 5);
});

test("with --listen the player is the receiver that others connect to", async () => {
  const reserved = await listen();
  await new Promise((resolve) => reserved.server.close(resolve));
  const path = file("served.jsonl", '{"t":0,"hex":"aa"}\n{"t":0.02,"hex":"bb"}\n');
  const playing = playCommand.run([path, "--to", `127.0.0.1:${reserved.port}`, "--listen", "--quiet"]);
  const parts: Buffer[] = [];
  const client = await new Promise<Socket>((resolve) => {
    const attempt = () => {
      const socket = connect(reserved.port, "127.0.0.1", () => resolve(socket));
      socket.on("error", () => setTimeout(attempt, 20));
    };
    attempt();
  });
  client.on("data", (chunk) => parts.push(chunk));
  const closed = new Promise((resolve) => client.once("close", resolve));
  assert.equal(await playing, 0);
  await closed;
  assert.equal(Buffer.concat(parts).toString("hex"), "aabb");
});

test("wrong usage is told before anything is sent", async () => {
  const path = file("usage.jsonl", '{"t":0,"hex":"01"}\n');
  const wrong: [string[], RegExp][] = [
    [[path], /--to says where/],
    [["--to", "udp://127.0.0.1:9"], /name one recording/],
    [[path, "--to", "udp://192.0.2.1:9"], /not on this machine/],
    [[path, "--to", "udp://127.0.0.1:9", "--listen"], /nobody can connect to a udp target/],
    [[path, "--to", "udp://127.0.0.1:9", "--speed", "0"], /--speed: expected a number/],
    [[path, "--to", "udp://127.0.0.1:9", "--from", "x"], /--from: expected a number/],
  ];
  for (const [argv, expected] of wrong)
    await assert.rejects(playCommand.run(argv), (error) => error instanceof UsageError && expected.test(error.message));
});

test("a real receiver's recording comes out octet for octet", { skip: needsShared }, async () => {
  const path = join(SHARED, "adsb-feeds/lfbo_240s.beast");
  const { server, port, heard, ended } = await listen();
  assert.equal(await playCommand.run([path, "--to", `tcp://127.0.0.1:${port}`, "--speed", "max", "--quiet"]), 0);
  await ended;
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(heard(), readFileSync(path));
});

test("a real drone's capture comes out as the same radio frames", { skip: needsShared }, async () => {
  const path = join(SHARED, "remoteid/dji_air3.pcapng");
  const { server, port, heard, ended } = await listen();
  assert.equal(await playCommand.run([path, "--to", `tcp://127.0.0.1:${port}`, "--speed", "max", "--quiet"]), 0);
  await ended;
  await new Promise((resolve) => server.close(resolve));
  const frames = (bytes: Uint8Array) =>
    createPcapFramer()
      .push(bytes)
      .packets.map((packet) => toHex(packet));
  assert.equal(frames(heard()).length, 12);
  assert.deepEqual(frames(heard()), frames(readFileSync(path)));
});

test("a real radar's recording lasts as long as its times say", { skip: needsShared }, async () => {
  const { pieces } = await piecesOf(join(SHARED, "asterix/jahorina_cat034_048.datagrams.jsonl"));
  assert.equal(pieces.length, 400);
  const clock = handClock();
  const pace = new Pace(clock, 1, 10);
  for (const piece of pieces) await pace.wait(pace.advance(piece.time), 0, never);
  assert.ok(Math.abs((clock.at - 1000) / 1000 - ((pieces.at(-1)?.time ?? 0) - (pieces[0].time ?? 0))) < 0.01);
});
