import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveMessage } from "../../core/model/picture-view.ts";
import {
  GIVE_UP_AFTER_MS,
  type LiveState,
  LONGEST_RETRY_MS,
  readMessage,
  retryDelay,
  SILENT_AFTER_MS,
  type SocketLike,
  startLive,
} from "./live-connection.ts";

/** A clock and sockets that the test moves by hand. */
function bench() {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const sockets: (SocketLike & { sent: string[]; closed: boolean })[] = [];
  const states: LiveState[] = [];
  const messages: LiveMessage[] = [];
  const connection = startLive(
    {
      openSocket() {
        const socket = {
          sent: [] as string[],
          closed: false,
          send: (text: string) => void socket.sent.push(text),
          close: () => {
            socket.closed = true;
          },
          onopen: null,
          onmessage: null,
          onclose: null,
          onerror: null,
        };
        sockets.push(socket);
        return socket;
      },
      after(ms, run) {
        const timer = { at: now + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
      random: () => 0,
    },
    { onMessage: (message) => messages.push(message), onState: (state) => states.push(state) },
  );
  return {
    connection,
    sockets,
    states,
    messages,
    /** Lets time pass; timers run in order. */
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
    say(message: unknown) {
      sockets.at(-1)!.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
    },
  };
}

const snapshot = (revision: number) => ({ type: "snapshot", revision });
const heartbeat = (revision: number) => ({ type: "heartbeat", revision });

test("a snapshot and deltas in order are passed on", () => {
  const b = bench();
  b.say(snapshot(7));
  b.say(heartbeat(8));
  b.say(heartbeat(9));
  assert.deepEqual(
    b.messages.map((message) => message.revision),
    [7, 8, 9],
  );
  assert.deepEqual(b.states, ["connecting", "open"]);
});

test("a gap in the revisions is never applied: the socket is dropped and a new picture fetched", () => {
  const b = bench();
  b.say(snapshot(1));
  b.say(heartbeat(3));
  assert.equal(b.messages.length, 1);
  assert.equal(b.sockets[0]!.closed, true);
  assert.equal(b.states.at(-1), "lost");
  b.pass(250);
  assert.equal(b.sockets.length, 2);
  b.say(snapshot(1));
  assert.equal(b.states.at(-1), "open");
});

test("a delta before the first snapshot, text that is no message, and a binary frame each end the connection", () => {
  for (const bad of [heartbeat(1), "not json", '{"type":"other","revision":1}', '{"type":"delta"}', "null", "[]"]) {
    const b = bench();
    b.say(bad);
    assert.equal(b.messages.length, 0, String(bad));
    assert.equal(b.sockets[0]!.closed, true, String(bad));
  }
  assert.equal(readMessage(new ArrayBuffer(4)), undefined);
});

test("the screen is told after two seconds of silence, and the socket given up after eight", () => {
  const b = bench();
  b.say(snapshot(1));
  b.pass(SILENT_AFTER_MS - 1);
  assert.equal(b.states.at(-1), "open");
  b.pass(1);
  assert.equal(b.states.at(-1), "silent");
  b.say(heartbeat(2));
  assert.equal(b.states.at(-1), "open");
  b.pass(GIVE_UP_AFTER_MS);
  assert.equal(b.states.at(-1), "lost");
  assert.equal(b.sockets[0]!.closed, true);
});

test("a server that accepts and says nothing is given up too", () => {
  const b = bench();
  b.pass(GIVE_UP_AFTER_MS);
  assert.equal(b.sockets[0]!.closed, true);
  b.pass(250);
  assert.equal(b.sockets.length, 2);
});

test("retries wait 250 ms, then twice as long each time, up to five seconds, less up to a quarter", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 60].map((attempt) => retryDelay(attempt, 0)),
    [250, 500, 1000, 2000, 4000, 5000, 5000],
  );
  assert.equal(retryDelay(99, 1), LONGEST_RETRY_MS * 0.75);
});

test("a picture that arrived resets the waiting time", () => {
  const b = bench();
  for (let i = 0; i < 4; i++) {
    b.sockets.at(-1)!.onclose?.();
    b.pass(6_000);
  }
  assert.equal(b.sockets.length, 5);
  b.say(snapshot(1));
  b.sockets.at(-1)!.onclose?.();
  b.pass(249);
  assert.equal(b.sockets.length, 5);
  b.pass(1);
  assert.equal(b.sockets.length, 6);
});

test("a command is sent while the picture is live and refused otherwise, never kept for later", () => {
  const b = bench();
  assert.equal(b.connection.send({ type: "replay", action: "play" }), false);
  b.say(snapshot(1));
  assert.equal(b.connection.send({ type: "replay", action: "pause" }), true);
  assert.deepEqual(b.sockets[0]!.sent, ['{"type":"replay","action":"pause"}']);
  b.sockets[0]!.onclose?.();
  assert.equal(b.connection.send({ type: "replay", action: "play" }), false);
});

test("a socket that was dropped can no longer say anything", () => {
  const b = bench();
  b.say(snapshot(1));
  const old = b.sockets[0]!;
  const late = old.onmessage;
  old.onclose?.();
  b.pass(250);
  late?.({ data: JSON.stringify(heartbeat(2)) });
  assert.equal(b.messages.length, 1);
  b.connection.stop();
  b.pass(60_000);
  assert.equal(b.sockets.length, 2);
});
