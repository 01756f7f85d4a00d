import type { OutputView } from "../../core/model/picture-view.ts";
import { useWords } from "../strings/words-context.tsx";
import { Section } from "./pane-head.tsx";

/** Every way out of the site, what goes there beyond live tracks, and how it is doing. Nothing where nothing is configured. */
export function OutputList({ outputs }: { outputs: readonly OutputView[] }) {
  const words = useWords();
  if (outputs.length === 0) return null;
  return (
    <Section title={words.t("output.title")}>
      <ul className="outputs">
        {outputs.map((output) => (
          <li key={output.id} data-state={output.state}>
            <p className="output-head">
              <bdi>{output.id}</bdi>
              <span className="end">{words.t(`output-state.${output.state}`)}</span>
            </p>
            <p className="quiet" dir="ltr">
              {output.address}
            </p>
            {output.state === "off" ? null : (
              <p className="quiet">
                {words.t("output.sent", { count: output.sent })}
                {output.drops.length === 0
                  ? null
                  : ` · ${words.t("output.dropped", { count: output.drops.reduce((sum, drop) => sum + drop.count, 0) })}`}
              </p>
            )}
            {output.exercise ? <p>{words.t("output.exercise")}</p> : null}
            {output.pilotPositions ? <p>{words.t("output.pilots")}</p> : null}
            {(output.state === "retrying" || output.state === "failed") && output.message !== "" ? (
              <p className="quiet" dir="ltr">
                {output.message}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
