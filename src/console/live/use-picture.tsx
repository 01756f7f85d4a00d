// Panels read the picture at most five times a second, and not at all while nothing changed; the map has its own path.

import { createContext, useContext, useEffect, useReducer, useSyncExternalStore } from "react";
import type { LiveConnection } from "./live-connection.ts";
import { type Picture, type PictureStore, pictureClock } from "./picture-store.ts";

export const PANEL_PERIOD_MS = 200;

/** A crowd is ranked less often: nobody reads five new orders of 5,000 rows a second. */
const CROWD = 1_000;
const CROWD_PERIOD_MS = 1_000;

/** Lets changes through at once after a rest and at most every 200 ms in a stream (1 s with a crowd of tracks), the last one always. */
export function createPanelFeed(store: PictureStore) {
  let version = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let shownState = store.picture.state;
  const listeners = new Set<() => void>();
  const emit = () => {
    timer = undefined;
    lastAt = performance.now();
    version += 1;
    shownState = store.picture.state;
    for (const listener of listeners) listener();
  };
  store.subscribe(() => {
    // A lost connection is never held back.
    if (store.picture.state !== shownState) {
      clearTimeout(timer);
      emit();
      return;
    }
    if (timer !== undefined) return;
    const period = store.picture.tracks.size > CROWD ? CROWD_PERIOD_MS : PANEL_PERIOD_MS;
    // Never within the message that brought the change: reading it and showing it are two tasks.
    timer = setTimeout(emit, Math.max(0, lastAt + period - performance.now()));
  });
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}

export interface Live {
  readonly store: PictureStore;
  readonly feed: ReturnType<typeof createPanelFeed>;
  readonly connection: Pick<LiveConnection, "send">;
}

export const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error("no picture above this component");
  return live;
}

/** The picture, with a render whenever it changed (at most each 200 ms). */
export function usePicture(): Picture {
  const { store, feed } = useLive();
  useSyncExternalStore(feed.subscribe, feed.version);
  return store.picture;
}

/** The picture's clock, microseconds, ticking on its own: ages grow when nothing arrives. */
export function usePictureClock(everyMs = 500): number {
  const { store } = useLive();
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return pictureClock(store.picture, performance.now());
}
