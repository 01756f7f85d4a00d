import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { topUnacknowledged } from "../alarms/alarm-calls.ts";
import type { Live } from "../live/use-picture.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { Sentence } from "../strings/sentence.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { usePast } from "./past.ts";

/** Around everything while the past is shown: nobody must take it for the present, and what calls in the present is heard. */
export function ReplayFrame() {
  const { present } = usePast();
  return present === undefined ? null : <Frame present={present} />;
}

function Frame({ present }: { present: Live }) {
  const words = useWords();
  const { close } = usePast();
  const shown = usePicture();
  useSyncExternalStore(present.feed.subscribe, present.feed.version);
  const now = present.store.picture;
  const alarm = topUnacknowledged(now.judgement?.alerts ?? []);
  const at = shown.system?.mode === "replay" ? shown.nowUs : undefined;
  return (
    <>
      <div className="replay-edge" aria-hidden="true" />
      <section className="replay-frame" aria-label={words.t("past.frame")}>
        <strong>{words.t("past.title")}</strong>
        {at === undefined ? (
          <span role="status">{words.t("past.opening")}</span>
        ) : (
          <span>
            <Ltr>{words.clock(at)}</Ltr> <span className="replay-frame-date">{words.date(at)}</span>
          </span>
        )}
        <Button className="button small strong" onPress={close}>
          {words.t("past.return")} <kbd>0</kbd>
        </Button>
        <span role="alert" className="replay-now">
          {now.state !== "open" ? (
            words.t("past.live-lost")
          ) : alarm === undefined ? null : (
            <>
              {words.t("past.live-alarm")} <Sentence of={alarm.condition} />
            </>
          )}
        </span>
      </section>
    </>
  );
}
