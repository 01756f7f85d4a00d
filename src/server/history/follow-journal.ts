// The history from the journal: the same steps as those that were lived, looked at by the same observer.

import { createPicture } from "../../core/engine/picture.ts";
import type { Effect } from "../../core/model/event.ts";
import { productEngine } from "../journal/product-engine.ts";
import { readJournal } from "../journal/read-journal.ts";
import { replayEvents } from "../journal/replay.ts";
import type { HistoryStore } from "./history-store.ts";
import { createObserver, type Observer } from "./observe.ts";
import { type Changes, type Projection, project } from "./project.ts";

export interface FollowOptions {
  /** Segment, or folder of segments. */
  readonly path: string;
  readonly store: HistoryStore;
  /** Of the store, brought up to date. */
  readonly projection: Projection;
  /** Events behind this one are not taken up; absent: to the end. */
  readonly until?: number;
  /** Octets of the journal that were read, of all. */
  readonly onProgress?: (read: number, total: number) => void;
  readonly onNote?: (text: string) => void;
}

export interface Followed {
  readonly events: number;
  readonly lastSequence: number;
  readonly rows: number;
}

/** Changes are written together, about so many facts at a time. */
const FACTS_A_WRITE = 200;

/** Brings the store from its own sequence up to `until`, or to the end of the journal. */
export async function followJournal(options: FollowOptions): Promise<Followed> {
  const { store, projection } = options;
  const from = store.sequence();
  const until = options.until ?? Number.POSITIVE_INFINITY;
  let picture = createPicture();
  let observer: Observer | undefined;
  let waiting: Changes[] = [];
  let lastSequence = from;
  let events = 0;
  let rows = 0;
  const write = () => {
    if (lastSequence === from && waiting.length === 0) return;
    for (const changes of waiting) for (const changed of Object.values(changes)) rows += changed.length;
    store.write(waiting, lastSequence);
    waiting = [];
  };
  reading: for await (const items of replayEvents(options.path, {
    ...(from === 0 ? {} : { from: from + 1 }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  })) {
    for (const item of items) {
      switch (item.kind) {
        case "restore":
          picture = productEngine.restorePicture(item.state);
          // A server began here, or what came before is lost: it looked at the picture anew.
          observer = undefined;
          break;
        case "skip":
          productEngine.skipEvent(picture, item.sequence);
          break;
        case "note":
          options.onNote?.(item.text);
          break;
        case "event": {
          const { event } = item;
          if (event.sequence > until) break reading;
          if (event.sequence > from) observer ??= createObserver(picture);
          const effects = productEngine.step(picture, event) as Effect[];
          if (event.sequence <= from || observer === undefined) break;
          events += 1;
          lastSequence = event.sequence;
          for (const fact of observer.observe(picture, event, effects)) waiting.push(project(projection, fact));
          if (waiting.length >= FACTS_A_WRITE) write();
          break;
        }
        default:
      }
    }
  }
  write();
  return { events, lastSequence, rows };
}

/** Identity of the journal in a folder: what each of its segments says of it. Undefined when there is none. */
export async function journalIdOf(path: string): Promise<string | undefined> {
  try {
    for await (const record of readJournal(path)) if (record.kind === "segment") return record.segment.journalId;
  } catch {
    return undefined; // no folder, or nothing in it yet
  }
  return undefined;
}
