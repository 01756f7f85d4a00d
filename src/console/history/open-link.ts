// One link to a picture, live or of the past, with what reads it.

import { type LiveConnection, startLive } from "../live/live-connection.ts";
import { createPictureStore } from "../live/picture-store.ts";
import { createPanelFeed, type Live } from "../live/use-picture.tsx";

/** An hour without a snapshot is stepped through before there is anything to show. */
const WINDING_MS = 60_000;

export interface OpenLink {
  readonly live: Live;
  readonly connection: LiveConnection;
}

/** `atUs`: the instant of the past to begin at; absent for the live picture. */
export function openLink(atUs?: number): OpenLink {
  const store = createPictureStore();
  const feed = createPanelFeed(store);
  const address = new URL("/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (atUs !== undefined) address.searchParams.set("replayAtUs", String(Math.max(0, Math.round(atUs))));
  const connection = startLive(
    {
      openSocket: () => {
        // A link that is lost begins again where the replay was, not where it was opened.
        if (atUs !== undefined && store.picture.nowUs > 0) address.searchParams.set("replayAtUs", String(Math.round(store.picture.nowUs)));
        return new WebSocket(address) as never;
      },
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    },
    { onMessage: (message) => store.apply(message, performance.now()), onState: (state) => store.setState(state) },
    ...(atUs === undefined ? [] : [WINDING_MS]),
  );
  return { live: { store, feed, connection }, connection };
}
