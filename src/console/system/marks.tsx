// Small marks that mean the same everywhere: how old, and where from.

import type { Freshness, SensorView, TrackView } from "../../core/model/picture-view.ts";
import { useLive } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";
import { splitTrackId } from "../tracks/track-order.ts";

/** Shape and word besides colour: filled, half, hollow, crossed. A LIVE mark shows its age instead of the word. */
export function FreshnessMark({ freshness: told, age, always }: { freshness: Freshness; age?: number; always?: boolean }) {
  const words = useWords();
  const { store } = useLive();
  // Nothing is live on a screen that hears nothing: what the server said last is old.
  const freshness = store.picture.state === "open" || told === "OFFLINE" ? told : "STALE";
  const text = age === undefined ? undefined : words.duration(age);
  return (
    <span className="freshness" data-freshness={freshness}>
      <svg className="freshness-dot" viewBox="0 0 12 12" aria-hidden="true">
        {freshness === "LIVE" ? (
          <circle cx="6" cy="6" r="4" className="solid" />
        ) : freshness === "DEGRADED" ? (
          <>
            <circle cx="6" cy="6" r="4" className="hollow" />
            <path d="M6 2a4 4 0 0 1 0 8z" className="solid" />
          </>
        ) : freshness === "STALE" ? (
          <circle cx="6" cy="6" r="4" className="hollow" />
        ) : (
          <path d="M2.5 2.5l7 7m0-7l-7 7" className="hollow" />
        )}
      </svg>
      {freshness !== "LIVE" || always === true || text === undefined ? (
        <span className="freshness-word">{words.freshness(freshness)}</span>
      ) : (
        <span className="visually-hidden">{words.freshness(freshness)}</span>
      )}
      {text === undefined ? null : <span className="freshness-age">{text}</span>}
    </span>
  );
}

/**
 * A track's identifier. What is not live carries its origin inside the identifier ("SIM-T12"): that part is shown as the tag it is,
 * so that a narrow row says it once and the text stays what is read out and exported.
 */
export function TrackId({ id }: { id: string }) {
  const { prefix, rest } = splitTrackId(id);
  return (
    <bdi dir="ltr" className="id">
      {prefix === "" ? null : (
        <>
          <span className="tag">{prefix}</span>
          <span className="id-joint">-</span>
        </>
      )}
      {rest}
    </bdi>
  );
}

/** Nothing for live; everything else carries its word. */
export function OriginTag({ origin, short }: { origin: TrackView["origin"] | SensorView["origin"]; short?: boolean }) {
  const words = useWords();
  if (origin === "live") return null;
  return (
    <span className="tag" data-origin={origin} title={words.t(`origin.${origin}`)}>
      {words.t(short === true ? `origin-short.${origin}` : `origin.${origin}`)}
    </span>
  );
}
