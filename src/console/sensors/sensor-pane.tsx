import { Button } from "react-aria-components";
import type { Selection } from "../app.tsx";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { FreshnessMark, OriginTag } from "../system/marks.tsx";
import { CloseButton, Fact, Section } from "../system/pane-head.tsx";
import { SensorTasks } from "./sensor-tasks.tsx";
import { dropSentence, errorSentence, sensorSentence, sourceAddress } from "./sensor-words.ts";

interface Props {
  id: string;
  close(): void;
  select(selection: Selection): void;
}

export function SensorPane({ id, close, select }: Props) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(500);
  const sensor = picture.sensors.get(id);
  if (sensor === undefined) return <Gone id={id} close={close} />;
  const source = picture.sources.get(sensor.sourceId);
  return (
    <div className="pane">
      <header className="pane-head">
        <div className="pane-title">
          <h2>
            {sensor.name} <OriginTag origin={sensor.origin} />
          </h2>
          <p className="pane-sub">
            <FreshnessMark freshness={sensor.freshness} always />
            <span>{words.tMaybe(`sensor-kind.${sensor.kind}`) ?? sensor.kind}</span>
          </p>
        </div>
        <CloseButton close={close} />
      </header>
      <div className="pane-body">
        <Section title={words.t("sensor.how")}>
          <p className="why">{sensorSentence(sensor, source, now, words)}</p>
          {sensor.notes.length === 0 ? null : (
            <ul className="notes">
              {sensor.notes.map((note) => (
                <li key={note}>
                  <bdi>{note}</bdi>
                </li>
              ))}
            </ul>
          )}
          {sensor.configured ? null : <p className="why warn-word">{words.t("sensor.not-configured")}</p>}
        </Section>
        <Section title={words.t("sensor.figures")}>
          <dl className="facts">
            <Fact name={words.t("sensor.state")}>{words.t(`sensor-state.${sensor.state}`)}</Fact>
            <Fact name={words.t("sensor.rate")}>{words.t("sensors.rate", { value: words.number(sensor.detectionsPerSecond, 1) })}</Fact>
            <Fact name={words.t("sensor.detections")}>{words.number(sensor.detections)}</Fact>
            <Fact name={words.t("sensor.age")}>
              {sensor.lastAtUs === null ? words.t("value.never") : words.duration((now - sensor.lastAtUs) / 1e6)}
            </Fact>
            <Fact name={words.t("sensor.clock")}>
              {sensor.clockOffsetSeconds === null
                ? words.t("sensor.clock-none")
                : words.t(sensor.clockOffsetSeconds >= 0 ? "sensor.clock-ahead" : "sensor.clock-behind", {
                    time: words.t("unit.seconds", { value: words.number(Math.abs(sensor.clockOffsetSeconds), 2) }),
                  })}
            </Fact>
            <Fact name={words.t("sensor.range")}>
              {sensor.rangeMaxMetres === null ? words.t("value.unknown") : words.distance(sensor.rangeMaxMetres)}
            </Fact>
            <Fact name={words.t("sensor.sector")}>
              {sensor.azimuthWidthDegrees === null || sensor.azimuthWidthDegrees >= 360
                ? words.t("sensor.all-round")
                : words.t("sensor.sector-value", {
                    centre: words.bearing(sensor.azimuthCentreDegrees ?? 0),
                    width: words.number(sensor.azimuthWidthDegrees),
                  })}
            </Fact>
            <Fact name={words.t("track.latlon")}>
              {sensor.position === null ? words.t("value.unknown") : <Ltr className="mono">{words.latLon(sensor.position)}</Ltr>}
            </Fact>
            <Fact name={words.t("sensor.key")}>
              <Ltr className="mono">{sensor.key === "" ? sensor.id : sensor.key}</Ltr>
            </Fact>
          </dl>
        </Section>
        <SensorTasks sensor={sensor} />
        <Section title={words.t("sensor.source")}>
          <Button className="link" onPress={() => select({ kind: "source", id: sensor.sourceId })}>
            <Ltr>{sensor.sourceId}</Ltr>
          </Button>
          {source === undefined ? null : (
            <p className="why quiet">
              {words.t(`source-state.${source.state}`)} · <Ltr>{sourceAddress(source)}</Ltr>
            </p>
          )}
          {sensor.tasking === undefined ? null : (
            <Button className="link" onPress={() => select({ kind: "bench", id: sensor.tasking!.nodeId })}>
              {words.t("bench.open")}
            </Button>
          )}
        </Section>
      </div>
    </div>
  );
}

export function SourcePane({ id, close, select }: Props) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(500);
  const source = picture.sources.get(id);
  if (source === undefined) return <Gone id={id} close={close} />;
  const sensors = [...picture.sensors.values()].filter((sensor) => sensor.sourceId === id);
  return (
    <div className="pane">
      <header className="pane-head">
        <div className="pane-title">
          <h2>
            <Ltr>{source.id}</Ltr> <OriginTag origin={source.origin} />
          </h2>
          <p className="pane-sub">
            <span>{words.t(`source-state.${source.state}`)}</span>
            <Ltr>{source.protocol}</Ltr>
          </p>
        </div>
        <CloseButton close={close} />
      </header>
      <div className="pane-body">
        {source.message === "" && !source.unauthenticated ? null : (
          <Section title={words.t("sensor.how")}>
            {source.message === "" ? null : (
              <p className="why">
                <bdi>{source.message}</bdi>
              </p>
            )}
            {source.unauthenticated ? <p className="why warn-word">{words.t("sources.unauthenticated")}</p> : null}
          </Section>
        )}
        <Section title={words.t("sensor.figures")}>
          <dl className="facts">
            <Fact name={words.t("source.address")}>
              <Ltr className="mono">{sourceAddress(source)}</Ltr>
            </Fact>
            <Fact name={words.t("source.direction")}>{words.t(`direction.${source.direction}`)}</Fact>
            <Fact name={words.t("source.connections")}>{words.number(source.connections)}</Fact>
            <Fact name={words.t("source.packets")}>
              {words.t("source.packets-value", { count: source.packets, bytes: words.bytes(source.bytes) })}
            </Fact>
            <Fact name={words.t("source.records")}>{words.number(source.records)}</Fact>
            <Fact name={words.t("source.rate")}>{words.t("sources.rate", { value: words.number(source.packetsPerSecond, 1) })}</Fact>
            <Fact name={words.t("sensor.age")}>
              {source.lastAtUs === null ? words.t("value.never") : words.duration((now - source.lastAtUs) / 1e6)}
            </Fact>
            <Fact name={words.t("source.time")}>{words.tMaybe(`time-basis.${source.timeBasis}`) ?? source.timeBasis}</Fact>
          </dl>
        </Section>
        <Section title={words.t("source.errors")}>
          {source.errors.length === 0 ? (
            <p className="why quiet">{words.t("source.errors-none")}</p>
          ) : (
            <ul className="errors">
              {source.errors.map((error) => (
                <li key={`${error.code}/${error.item}`}>
                  <p>
                    {errorSentence(error, words)}{" "}
                    <span className="quiet">{words.t("time.ago", { time: words.duration((now - error.lastAtUs) / 1e6) })}</span>
                  </p>
                  {error.message === "" ? null : (
                    <p className="quiet">
                      <bdi>{error.message}</bdi>
                    </p>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Section>
        <Section title={words.t("source.drops")}>
          {source.drops.every((drop) => drop.count === 0) ? (
            <p className="why quiet">{words.t("source.drops-none")}</p>
          ) : (
            <ul className="errors">
              {source.drops
                .filter((drop) => drop.count > 0)
                .map((drop) => (
                  <li key={drop.reason}>
                    <p>{dropSentence(drop, words)}</p>
                  </li>
                ))}
            </ul>
          )}
        </Section>
        <Section title={words.t("sensors.title")}>
          {sensors.length === 0 ? <p className="why quiet">{words.t("source.no-sensors")}</p> : null}
          <ul className="plain">
            {sensors.map((sensor) => (
              <li key={sensor.id}>
                <Button className="link" onPress={() => select({ kind: "sensor", id: sensor.id })}>
                  {sensor.name}
                </Button>{" "}
                <FreshnessMark freshness={sensor.freshness} />
              </li>
            ))}
          </ul>
        </Section>
      </div>
    </div>
  );
}

function Gone({ id, close }: { id: string; close(): void }) {
  const words = useWords();
  return (
    <div className="pane">
      <header className="pane-head">
        <h2>
          <Ltr>{id}</Ltr>
        </h2>
        <CloseButton close={close} />
      </header>
      <p className="ended" role="status">
        {words.t("pane.gone")}
      </p>
    </div>
  );
}
