// What waits for the picture on one source. Each connection, and each sender of datagrams, has a line of its own, and the lines take
// turns: one that floods waits behind itself. Who can wait (a stream) is asked to; who cannot loses packets where the line is longest.

import type { Micros } from "../../core/base/units.ts";

export interface Waiting {
  readonly connection: number;
  readonly bytes: Uint8Array;
  readonly at: Micros;
  /** A connection event instead of a packet keeps its place in the order of its line. */
  readonly change?: "opened" | "closed";
  readonly peer?: string;
  readonly reason?: string;
  readonly identity?: readonly string[];
}

export interface SourceQueue {
  readonly sourceId: string;
  /** How many wait, connection events included. */
  size(): number;
  /** Whether this line is short enough for another packet. Advice for streams; `push` holds to the limit of the whole. */
  hasRoom(line: number | string): boolean;
  /** Calls `resume` once, soon after the line is half empty. One caller for each line. */
  onceRoom(line: number | string, resume: () => void): void;
  /**
   * Takes a packet. When the queue is full the newest packet of the longest line is lost: this one ("refused"), or one of another
   * line ("displaced", and this one waits).
   */
  push(line: number | string, item: Waiting): "taken" | "displaced" | "refused";
  /** Takes a connection event: never refused. */
  pushChange(line: number | string, item: Waiting): void;
  /** The next in turn. */
  take(): Waiting | undefined;
}

/** Packets and octets of one line that may wait before its stream is asked to wait. */
const LINE_PACKETS = 512;
const LINE_OCTETS = 4 * 1024 * 1024;
/** Octets that may wait on one source, whatever the packets. */
const QUEUE_OCTETS = 64 * 1024 * 1024;
/** Packets of one line before the next has its turn. */
const ONE_TURN = 8;
/** With more lines than this nobody looks for the longest: such a flood has no sender that could be told apart. */
const LINES_COMPARED = 256;

interface Line {
  readonly key: number | string;
  waiting: Waiting[];
  /** Index of the first that still waits. */
  head: number;
  octets: number;
  resume: (() => void) | undefined;
}

/** `limit`: packets that may wait on the source. */
export function createSourceQueue(sourceId: string, limit: number): SourceQueue {
  /** Lines in which something waits, or that somebody wants to hear of. */
  const lines = new Map<number | string, Line>();
  /** Lines in which something waits, the next in turn first. */
  const turns: Line[] = [];
  let takenInTurn = 0;
  let size = 0;
  let octets = 0;
  let open = 0;

  const length = (line: Line): number => line.waiting.length - line.head;
  const share = (): number => Math.max(1, Math.min(LINE_PACKETS, Math.floor(limit / Math.max(1, open))));

  const lineOf = (key: number | string): Line => {
    let line = lines.get(key);
    if (line === undefined) {
      line = { key, waiting: [], head: 0, octets: 0, resume: undefined };
      lines.set(key, line);
    }
    return line;
  };

  const append = (line: Line, item: Waiting): void => {
    if (length(line) === 0) turns.push(line);
    line.waiting.push(item);
    line.octets += item.bytes.length;
    size += 1;
    octets += item.bytes.length;
  };

  const tellRoom = (line: Line): void => {
    if (line.resume === undefined || length(line) > share() / 2 || line.octets > LINE_OCTETS / 2) return;
    // Not from inside a turn: it would hand over more while the turn counts its time.
    setImmediate(line.resume);
    line.resume = undefined;
  };

  const forget = (line: Line): void => {
    if (length(line) === 0 && line.resume === undefined) lines.delete(line.key);
  };

  /** Loses the newest packet of a line that is longer than `than` and longest of all; false when there is none. */
  const displace = (than: number): boolean => {
    if (turns.length > LINES_COMPARED) return false;
    let longest: Line | undefined;
    for (const line of turns) if (length(line) > than && (longest === undefined || length(line) > length(longest))) longest = line;
    const last = longest?.waiting.at(-1);
    if (longest === undefined || last === undefined || last.change !== undefined) return false;
    longest.waiting.pop();
    longest.octets -= last.bytes.length;
    size -= 1;
    octets -= last.bytes.length;
    return true;
  };

  return {
    sourceId,
    size: () => size,
    hasRoom: (key) => {
      const line = lines.get(key);
      return line === undefined || (length(line) < share() && line.octets < LINE_OCTETS);
    },
    onceRoom: (key, resume) => {
      const line = lineOf(key);
      line.resume = resume;
      tellRoom(line);
      forget(line);
    },
    push: (key, item) => {
      const line = lineOf(key);
      const full = size >= limit || octets + item.bytes.length > QUEUE_OCTETS;
      const displaced = full && displace(length(line) + 1);
      if (full && !displaced) {
        forget(line);
        return "refused";
      }
      append(line, item);
      return displaced ? "displaced" : "taken";
    },
    pushChange: (key, item) => {
      open = Math.max(0, open + (item.change === "opened" ? 1 : -1));
      append(lineOf(key), item);
    },
    take: () => {
      const line = turns[0];
      if (line === undefined) return undefined;
      const item = line.waiting[line.head]!;
      line.head += 1;
      line.octets -= item.bytes.length;
      size -= 1;
      octets -= item.bytes.length;
      takenInTurn += 1;
      if (length(line) === 0) {
        line.waiting = [];
        line.head = 0;
        turns.shift();
        takenInTurn = 0;
      } else if (takenInTurn >= ONE_TURN) {
        // Those that were taken are let go in one piece, when they are many: shifting one by one would cost more.
        if (line.head > 256) {
          line.waiting = line.waiting.slice(line.head);
          line.head = 0;
        }
        turns.push(turns.shift()!);
        takenInTurn = 0;
      }
      tellRoom(line);
      forget(line);
      return item;
    },
  };
}
