import type { Press } from "./acting.ts";
import { Ltr, useWords } from "./strings/words-context.tsx";

/** What became of the newest act: under way, or refused in the server's own words. Nothing when it was done: the picture shows it. */
export function PressOutcome({ press }: { press: Pick<Press, "busy" | "refusal"> }) {
  const words = useWords();
  return (
    <>
      <p className="press-busy" role="status">
        {press.busy ? words.t("act.sending") : ""}
      </p>
      {press.refusal === undefined ? null : (
        <p className="press-refusal" role="alert">
          {words.t("act.refused")} <Ltr>{press.refusal}</Ltr>
        </p>
      )}
    </>
  );
}
