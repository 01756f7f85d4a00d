// Says in plain words how a sensor or a source is. Pure, so that the sentences are tested.

import type { CountView, SensorView, SourceView } from "../../core/model/picture-view.ts";
import type { Words } from "../strings/words.ts";

/** One sentence about a sensor's health for a person who never saw its manual. */
export function sensorSentence(sensor: SensorView, source: SourceView | undefined, nowUs: number, words: Words): string {
  if (sensor.lastAtUs === null) {
    if (source !== undefined && (source.state === "failed" || source.state === "retrying")) {
      return words.t("sensor.never-source", { source: source.id, state: words.t(`source-state.${source.state}`) });
    }
    return words.t("sensor.never");
  }
  const time = words.duration((nowUs - sensor.lastAtUs) / 1e6);
  switch (sensor.freshness) {
    case "LIVE":
      return words.t("sensor.live", { time });
    case "DEGRADED":
      return words.t("sensor.degraded", { time });
    case "STALE":
      return words.t("sensor.stale", { time });
    case "OFFLINE":
      return words.t("sensor.offline", { time });
  }
}

/** "12 messages were cut short (I048/040)": the code in words, the item and the newest example from the server. */
export function errorSentence(error: CountView, words: Words): string {
  const what =
    words.tMaybe(`error.${error.code}`, { count: error.count }) ?? words.t("error.other", { count: error.count, code: error.code });
  return error.item === "" ? what : `${what} (${error.item})`;
}

export function dropSentence(drop: { reason: string; count: number }, words: Words): string {
  return (
    words.tMaybe(`drop.${drop.reason.replaceAll(" ", "-")}`, { count: drop.count }) ??
    words.t("drop.other", { count: drop.count, reason: drop.reason })
  );
}

/** Where a source's data comes in, as an engineer writes it. */
export function sourceAddress(source: SourceView): string {
  const place = source.port === null ? source.host : `${source.host.includes(":") ? `[${source.host}]` : source.host}:${source.port}`;
  return place === "" ? source.transport : `${source.transport} ${place}`;
}

export const errorsOf = (source: SourceView): number => source.errors.reduce((sum, error) => sum + error.count, 0);
export const dropsOf = (source: SourceView): number => source.drops.reduce((sum, drop) => sum + drop.count, 0);
