import { forwardRef } from "react";
import { Button } from "react-aria-components";
import type { SensorView, SourceView } from "../../core/model/picture-view.ts";
import type { Selection } from "../app.tsx";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { FreshnessMark, OriginTag } from "../system/marks.tsx";
import { dropsOf, errorsOf } from "./sensor-words.ts";

const GOOD_STATES: readonly SourceView["state"][] = ["listening", "connected", "ended"];

/** Sensors under the table: who sees, who does not, and what could not be read. A silent sensor never looks like a clear sky. */
export const SensorList = forwardRef<HTMLDivElement, { selection: Selection; select(selection: Selection): void }>(function SensorList(
  { selection, select },
  ref,
) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(1_000);
  const order: Record<SensorView["freshness"], number> = { OFFLINE: 0, STALE: 1, DEGRADED: 2, LIVE: 3 };
  const sensors = [...picture.sensors.values()].sort(
    (a, b) => order[a.freshness] - order[b.freshness] || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
  );
  const sources = [...picture.sources.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const live = sensors.filter((sensor) => sensor.freshness === "LIVE").length;

  return (
    <section className="panel sensors" aria-label={words.t("region.sensors")}>
      <header className="panel-head">
        <h2>{words.t("sensors.title")}</h2>
        <span className="count" data-warn={live < sensors.length || undefined}>
          {words.t("sensors.live", { live, total: sensors.length })}
        </span>
        {sources.some(({ protocol }) => protocol === "sapient") ? (
          <Button className="link" onPress={() => select({ kind: "bench", id: "" })}>
            {words.t("bench.open")}
          </Button>
        ) : null}
      </header>
      <div className="list" ref={ref}>
        {sensors.length === 0 ? <p className="empty">{words.t("sensors.none")}</p> : null}
        {sensors.map((sensor) => (
          <Button
            key={sensor.id}
            className="item"
            data-selected={selection?.kind === "sensor" && selection.id === sensor.id}
            data-freshness={sensor.freshness}
            onPress={() => select({ kind: "sensor", id: sensor.id })}
          >
            <span className="item-name">
              {sensor.name} <OriginTag origin={sensor.origin} short />
            </span>
            <span className="item-kind">{words.tMaybe(`sensor-kind.${sensor.kind}`) ?? sensor.kind}</span>
            <span className="item-rate">
              {words.t("sensors.rate", { value: words.number(sensor.detectionsPerSecond, sensor.detectionsPerSecond < 10 ? 1 : 0) })}
            </span>
            <FreshnessMark freshness={sensor.freshness} age={sensor.lastAtUs === null ? undefined : (now - sensor.lastAtUs) / 1e6} />
          </Button>
        ))}
        {sources.length === 0 ? null : <h3 className="list-head">{words.t("sources.title")}</h3>}
        {sources.map((source) => {
          const bad = errorsOf(source) + dropsOf(source);
          return (
            <Button
              key={source.id}
              className="item"
              data-selected={selection?.kind === "source" && selection.id === source.id}
              data-bad={!GOOD_STATES.includes(source.state) || undefined}
              onPress={() => select({ kind: "source", id: source.id })}
            >
              <span className="item-name">
                <Ltr>{source.id}</Ltr> <OriginTag origin={source.origin} short />
              </span>
              <span className="item-kind">
                {words.t(`source-state.${source.state}`)}
                {source.unauthenticated ? <span className="warn-word"> · {words.t("sources.unauthenticated-short")}</span> : null}
              </span>
              <span className="item-rate">
                {words.t("sources.rate", { value: words.number(source.packetsPerSecond, source.packetsPerSecond < 10 ? 1 : 0) })}
              </span>
              <span className="item-bad" data-some={bad > 0 || undefined}>
                {bad === 0 ? words.t("sources.no-errors") : words.t("sources.errors", { count: bad })}
              </span>
            </Button>
          );
        })}
      </div>
    </section>
  );
});
