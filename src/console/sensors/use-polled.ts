// What the API says, asked for again and again while somebody looks. For panes that are open now and then; the picture has its own link.

import { useEffect, useState } from "react";

export interface Polled<Answer> {
  /** The newest answer; undefined before the first one, and when the API says that there is nothing. */
  readonly answer: Answer | undefined;
  readonly state: "waiting" | "good" | "missing" | "failed";
}

/** Asks `path` at once and then every `everyMs` after each answer; undefined asks nothing. A later path never shows an earlier one's answer. */
export function usePolled<Answer>(path: string | undefined, everyMs: number): Polled<Answer> {
  const [polled, setPolled] = useState<Polled<Answer> & { path?: string | undefined }>({ answer: undefined, state: "waiting" });
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const response = await fetch(path, { signal: stop.signal });
        if (response.status === 404) setPolled({ answer: undefined, state: "missing", path });
        else if (!response.ok) throw new Error(String(response.status));
        else setPolled({ answer: (await response.json()) as Answer, state: "good", path });
      } catch {
        if (stop.signal.aborted) return;
        // What was shown stays, marked: an empty list would say that all is well.
        setPolled((before) => ({ ...(before.path === path ? before : { answer: undefined }), state: "failed", path }));
      }
      timer = setTimeout(ask, everyMs);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  return polled.path === path ? polled : { answer: undefined, state: "waiting" };
}
