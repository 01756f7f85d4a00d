// picket play: sends a recording to a socket, as its sensor would have.

import { parseArgs } from "node:util";
import { Pace, type PlayClock, realClock } from "../play/pace.ts";
import { openRecording, type Recorded, type Recording } from "../play/recording.ts";
import { createSender, type Sender } from "../play/sender.ts";
import { parseTarget, requireLoopback, showTarget, type Target } from "../play/target.ts";
import { type CliCommand, UsageError } from "./command.ts";

export const playCommand: CliCommand = {
  name: "play",
  summary: "send a recording to a socket at its own pace, or faster",
  help: `Usage: picket play FILE --to udp://HOST:PORT|tcp://HOST:PORT|tcp-listen://HOST:PORT [options]

Sends a recording to a source of a running Picket (configured with "origin: recorded"), or to any other program.

Recordings:
  pcap, pcapng     to udp: the payloads of its UDP datagrams. To tcp: its radio frames, as a pcapng stream for a Remote ID
                   capture listener
  .jsonl           lines {"i", "t", "hex"}: one datagram each, t in seconds; or {"t", "linktype", "frame"}: radio frames
  .beast           Mode S Beast, paced by its 12 MHz counter
  .sbs             BaseStation lines, paced by their own date and time
  .avr, .cot       lines and single events without times
  .mcap            a journal of Picket: --topic names the source

Options:
  --to TARGET      where it goes; tcp-listen waits until somebody connects, as a receiver does
  --listen         the same as tcp-listen:// in --to
  --speed X|max    times its own pace (default 1); max: as fast as the other side takes it
  --rate N         pieces a second where the recording has no times (default 10)
  --from S         leave out the first S seconds
  --loop           again and again, until interrupted
  --port N         of a network capture, only datagrams that went to this port
  --topic NAME     of an MCAP file, the source or topic; of picket simulate --out, the link or sensor
  --wait S         how long to try until the other side is there, and when it is lost (default 10)
  --allow-remote   allow targets beyond this machine
  --quiet          no progress and no notes

Examples:
  picket play radar.pcapng --to udp://127.0.0.1:30048 --port 8600
  picket play drone.pcapng --to tcp://127.0.0.1:30012
  picket play receiver.beast --to tcp://127.0.0.1:30005 --speed 10
  picket play receiver.beast --to 127.0.0.1:30005 --listen --loop
  picket play journal.mcap --topic radar-1 --to udp://127.0.0.1:30048 --from 120

Exit codes: 0 played to the end or interrupted; 2 wrong usage, unreadable recording, nobody listens.`,
  run: async (argv) => {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        to: { type: "string" },
        listen: { type: "boolean", default: false },
        speed: { type: "string", default: "1" },
        rate: { type: "string", default: "10" },
        from: { type: "string", default: "0" },
        loop: { type: "boolean", default: false },
        port: { type: "string" },
        topic: { type: "string" },
        wait: { type: "string", default: "10" },
        "allow-remote": { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
      },
    });
    if (positionals.length !== 1) throw new UsageError("play: name one recording, then --to; see picket play --help");
    if (values.to === undefined) throw new UsageError("play: --to says where it goes, for example --to udp://127.0.0.1:30048");
    const scheme = values.to.includes("://") ? values.to : `tcp-listen://${values.to}`;
    const target = parseTarget(values.listen ? scheme.replace(/^tcp:/, "tcp-listen:") : values.to, "--to");
    if (values.listen && target.transport === "udp") throw new UsageError("--listen: nobody can connect to a udp target");
    requireLoopback([target], values["allow-remote"]);
    const speed = values.speed === "max" ? Number.POSITIVE_INFINITY : readNumber(values.speed, "--speed", 0.01, 100_000);
    const recording = await openRecording(positionals[0], {
      transport: target.transport,
      port: values.port === undefined ? undefined : readNumber(values.port, "--port", 1, 65_535),
      topic: values.topic,
    });
    let stop = false;
    const halt = () => {
      stop = true;
    };
    process.once("SIGINT", halt);
    process.once("SIGTERM", halt);
    try {
      const outcome = await playRecording(recording, () => createSender(target).catch(refuse(target)), {
        name: positionals[0],
        target,
        speed,
        rate: readNumber(values.rate, "--rate", 0.01, 1_000_000),
        from: readNumber(values.from, "--from", 0, 1e9),
        loop: values.loop,
        wait: readNumber(values.wait, "--wait", 0, 86_400),
        quiet: values.quiet,
        clock: realClock,
        stopped: () => stop,
      });
      if (!values.quiet) for (const note of outcome.notes) console.error(`note: ${note}`);
      console.log(
        `${outcome.packets} packets, ${outcome.octets} octets, ${outcome.seconds.toFixed(1)} s ` +
          `(${outcome.recorded.toFixed(1)} s of recording) to ${showTarget(target)}${outcome.interrupted ? ", interrupted" : ""}`,
      );
      return 0;
    } finally {
      process.off("SIGINT", halt);
      process.off("SIGTERM", halt);
    }
  },
};

const refuse = (target: Target) => (error: Error) => {
  throw error instanceof UsageError ? error : new UsageError(`${showTarget(target)}: ${error.message}`);
};

function readNumber(text: string, option: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < low || value > high) {
    throw new UsageError(`${option}: expected a number from ${low} to ${high}, found "${text}"`);
  }
  return value;
}

export interface PlaySettings {
  readonly name: string;
  readonly target: Target;
  readonly speed: number;
  readonly rate: number;
  readonly from: number;
  readonly loop: boolean;
  /** s */
  readonly wait: number;
  readonly quiet: boolean;
  readonly clock: PlayClock;
  readonly stopped: () => boolean;
}

export interface PlayOutcome {
  readonly packets: number;
  readonly octets: number;
  /** s that it took. */
  readonly seconds: number;
  /** s of the recording that were played. */
  readonly recorded: number;
  readonly interrupted: boolean;
  readonly notes: readonly string[];
}

/** Connections of one recording that are opened beside each other, at most. */
const MOST_CONNECTIONS = 64;

/** Plays a recording through senders; throws a UsageError when it cannot be read or nobody takes it. */
export async function playRecording(
  recording: Recording,
  openSender: (connection: number) => Promise<Sender>,
  settings: PlaySettings,
): Promise<PlayOutcome> {
  const { clock, stopped } = settings;
  const senders = new Map<number, Sender>();
  const notes = new Set<string>();
  const began = clock.now();
  const progress = settings.quiet ? undefined : createPlayProgress(recording, clock);
  let pace: Pace | undefined;
  let packets = 0;
  let octets = 0;
  let recorded = 0;
  let rounds = 0;
  try {
    do {
      rounds += 1;
      let inRound = 0;
      pace?.restart();
      const roundBegan = pace?.elapsed ?? 0;
      for await (const piece of recording.read()) {
        if (stopped()) break;
        let sender = senders.get(piece.connection);
        if (sender === undefined) {
          if (senders.size >= MOST_CONNECTIONS) throw new UsageError(`${settings.name} has more than ${MOST_CONNECTIONS} connections`);
          sender = await openSender(piece.connection);
          senders.set(piece.connection, sender);
          await waitUntilReady(sender, settings);
        }
        // The clock of the recording starts when somebody is there.
        pace ??= new Pace(clock, settings.speed, settings.rate);
        const place = pace.advance(piece.time);
        inRound += 1;
        if (rounds === 1 && place < settings.from) continue;
        await pace.wait(place, settings.from, stopped);
        if (stopped()) break;
        await deliver(sender, piece, settings, packets === 0);
        packets += 1;
        octets += piece.bytes.length;
        recorded = place - settings.from;
        progress?.show(piece, packets, recorded);
      }
      if (inRound > 0 && packets === 0 && !stopped()) throw new UsageError(`--from ${settings.from}: the recording is over before that`);
      if (pace !== undefined && pace.untimed === inRound && rounds === 1 && Number.isFinite(settings.speed)) {
        notes.add(`the recording has no times: ${settings.rate} pieces a second (--rate)`);
      }
      if (inRound === 0) break;
      // A round that takes no time at all would spin for ever.
      if (settings.loop && (pace?.elapsed ?? 0) === roundBegan && Number.isFinite(settings.speed)) await clock.sleep(1000 / settings.rate);
    } while (settings.loop && !stopped());
  } finally {
    progress?.end();
    await Promise.all([...senders.values()].map((sender) => sender.close()));
  }
  const refused = [...senders.values()].reduce((sum, sender) => sum + sender.counts.refused, 0);
  if (refused > 0) notes.add(`${showTarget(settings.target)} refused ${refused} datagrams: nobody listened there for a time`);
  if (pace !== undefined && pace.backwards > 0)
    notes.add(`time runs backwards at ${pace.backwards} places of the recording; no time passes there`);
  if (pace !== undefined && pace.longGaps > 0) notes.add(`${pace.longGaps} gaps of more than ten minutes were cut`);
  for (const note of recording.notes) notes.add(note);
  return { packets, octets, seconds: (clock.now() - began) / 1000, recorded, interrupted: stopped(), notes: [...notes] };
}

const POLL = 50; // ms

async function waitUntilReady(sender: Sender, settings: PlaySettings): Promise<void> {
  const { clock } = settings;
  const until = clock.now() + settings.wait * 1000;
  // A listener waits for as long as it takes: whoever is to connect may not be started yet.
  while (!sender.ready() && !settings.stopped()) {
    if (!settings.target.listen && clock.now() >= until) throw new UsageError(`${sender.state()} (tried for ${settings.wait} s)`);
    await clock.sleep(POLL);
  }
}

/**
 * Sends one piece; a lost connection is waited for, and a piece that did not go out is sent again. Of a datagram this machine says
 * only afterwards that nobody listens: the first one is watched, so that a wrong port is told at once.
 */
async function deliver(sender: Sender, piece: Recorded, settings: PlaySettings, first: boolean): Promise<void> {
  const { clock, target } = settings;
  const until = clock.now() + settings.wait * 1000;
  while (!settings.stopped()) {
    const refused = sender.counts.refused;
    const sent = await sender.send(piece.bytes);
    if (target.transport === "tcp") {
      if (sent) return;
      await waitUntilReady(sender, settings);
      continue;
    }
    if (sent && !first) return;
    await clock.sleep(POLL);
    if (sent && sender.counts.refused === refused) return;
    if (clock.now() >= until) throw new UsageError(`${sender.state()} (tried for ${settings.wait} s)`);
  }
}

/** A bar on a terminal, else a line every five seconds; on standard error. */
function createPlayProgress(recording: Recording, clock: PlayClock) {
  const terminal = process.stderr.isTTY === true;
  let shownAt = clock.now();
  let shown = false;
  return {
    show: (piece: Recorded, packets: number, recorded: number) => {
      const now = clock.now();
      if (now - shownAt < (terminal ? 200 : 5000)) return;
      shownAt = now;
      shown = true;
      const share = Math.min(1, piece.position / recording.size);
      const bar = "#".repeat(Math.round(30 * share)).padEnd(30, ".");
      const line = `[${bar}] ${packets} packets, ${recorded.toFixed(1)} s of recording`;
      process.stderr.write(terminal ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end: () => {
      if (shown && terminal) process.stderr.write("\n");
    },
  };
}
