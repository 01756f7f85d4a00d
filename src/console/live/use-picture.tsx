// Panels read the picture at most five times a second, and not at all while nothing changed; the map has its own path.

import { createContext, useContext, useEffect, useReducer, useSyncExternalStore } from "react";
import type { LiveConnection } from "./live-connection.ts";
import { type Picture, type PictureStore, pictureClock } from "./picture-store.ts";

export const PANEL_PERIOD_MS = 200;

/** Lets changes through at once after a rest and at most every `periodMs` in a stream, the last one always. */
export function createPanelFeed(store: PictureStore, periodMs = PANEL_PERIOD_MS) {
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
    const wait = lastAt + periodMs - performance.now();
    if (wait <= 0) emit();
    else timer = setTimeout(emit, wait);
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
