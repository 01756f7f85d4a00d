import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Live } from "../live/use-picture.tsx";
import { type OpenLink, openLink } from "./open-link.ts";
import { type Past, PastContext } from "./past.ts";

/** Gives the screen the live picture or one of the past. The live link stays open all the while. */
export function PastRoot({ live, children }: { live: Live; children(shown: Live, key: string): ReactNode }) {
  const [opened, setOpened] = useState<OpenLink & { number: number }>();
  const count = useRef(0);
  const openAt = useCallback((atUs: number) => {
    count.current += 1;
    setOpened({ ...openLink(atUs), number: count.current });
  }, []);
  const close = useCallback(() => setOpened(undefined), []);
  // The server keeps a thread for each link: the old one ends with its link.
  useEffect(() => () => opened?.connection.stop(), [opened]);
  const past = useMemo<Past>(() => ({ present: opened === undefined ? undefined : live, openAt, close }), [opened, live, openAt, close]);
  return <PastContext value={past}>{children(opened?.live ?? live, opened === undefined ? "live" : `past-${opened.number}`)}</PastContext>;
}
