import { Button } from "react-aria-components";
import type { Affiliation } from "../../core/model/picture-view.ts";
import type { Selection } from "../app.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { AFFILIATION_LETTER } from "../map/symbol-code.ts";
import type { PlaceUndo } from "../places/place-editor.tsx";
import { PlaceLists } from "../places/place-list.tsx";
import { SiteLists } from "../site/site-lists.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { FreshnessMark, TrackId } from "../system/marks.tsx";
import { OutputList } from "../system/output-list.tsx";
import { Section } from "../system/pane-head.tsx";
import { TrackSymbol } from "./symbol.tsx";
import { compareRank, type RankedTrack } from "./track-order.ts";

const AFFILIATIONS: readonly Affiliation[] = ["hostile", "suspect", "pending", "unknown", "neutral", "assumed-friend", "friend"];
const SOONEST_SHOWN = 5;

interface Props {
  ranked: readonly RankedTrack[];
  select(id: string): void;
  /** Opens another pane. */
  open(selection: Selection): void;
  undo: PlaceUndo | undefined;
  setUndo(undo: PlaceUndo | undefined): void;
}

/** What the pane says when nothing is selected: how many of what, who is next, and what cannot be seen at the moment. */
export function SitePane({ ranked, select, open, undo, setUndo }: Props) {
  const words = useWords();
  const picture = usePicture();
  const counts = new Map<Affiliation, number>();
  for (const { track } of ranked) counts.set(track.affiliation, (counts.get(track.affiliation) ?? 0) + 1);
  const soonest = ranked
    .filter((entry) => entry.approach?.reachesIn !== undefined && entry.approach.reachesIn < 3600)
    .sort(compareRank)
    .slice(0, SOONEST_SHOWN);
  const ill = [...picture.sensors.values()].filter((sensor) => sensor.freshness !== "LIVE");

  return (
    <div className="pane">
      <header className="pane-head">
        <div className="pane-title">
          <h2>{picture.site?.name ?? words.t("site.none")}</h2>
          <p className="pane-sub">{words.t("site.tracks", { count: ranked.length })}</p>
        </div>
      </header>
      <div className="pane-body">
        {ill.length > 0 ? (
          <Section title={words.t("site.blind")}>
            <p className="why">{words.t("site.blind-note")}</p>
            <ul className="plain">
              {ill.map((sensor) => (
                <li key={sensor.id}>
                  <span>{sensor.name}</span> <FreshnessMark freshness={sensor.freshness} />
                </li>
              ))}
            </ul>
          </Section>
        ) : null}
        <Section title={words.t("site.next")}>
          {soonest.length === 0 ? (
            <p className="why quiet">
              {words.t(picture.sensors.size === 0 || ill.length === picture.sensors.size ? "site.next-blind" : "site.next-none")}
            </p>
          ) : (
            <ul className="plain">
              {soonest.map(({ track, approach }) => (
                <li key={track.id}>
                  <Button className="next-track" onPress={() => select(track.id)}>
                    <TrackSymbol track={track} box={26} size={14} />
                    <TrackId id={track.id} />
                    <span className="quiet">{approach!.name}</span>
                    <span className="end soon" data-soon={approach!.reachesIn! < 60 || undefined}>
                      {approach!.reachesIn === 0 ? words.t("approach.inside") : words.countdown(approach!.reachesIn!)}
                    </span>
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <p className="why quiet">{words.t("site.straight")}</p>
        </Section>
        {(picture.judgement?.bearings ?? []).length === 0 ? null : (
          <Section title={words.t("bearings.title")} note={words.t("bearings.note")}>
            <ul className="plain">
              {(picture.judgement?.bearings ?? []).map((bearing) => (
                <li key={bearing.id}>
                  <TrackId id={bearing.id} /> <bdi>{picture.sensors.get(bearing.sensorId)?.name ?? bearing.sensorId}</bdi>{" "}
                  <span className="end">
                    <Ltr>{`${words.bearing(bearing.azimuthDegrees)} ± ${words.number(1.96 * bearing.sigmaDegrees, 1)}°`}</Ltr>
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        )}
        <Section title={words.t("site.counts")}>
          <ul className="tally">
            {AFFILIATIONS.map((affiliation) => (
              <li key={affiliation} data-affiliation={affiliation} data-none={counts.get(affiliation) === undefined || undefined}>
                <span className="letter" aria-hidden="true">
                  {AFFILIATION_LETTER[affiliation]}
                </span>
                <span>{words.affiliation(affiliation)}</span>
                <span className="end">{words.number(counts.get(affiliation) ?? 0)}</span>
              </li>
            ))}
          </ul>
        </Section>
        <PlaceLists select={open} undo={undo} setUndo={setUndo} />
        <SiteLists select={select} />
        <OutputList outputs={picture.outputs} />
        <p className="hint quiet">{words.t("site.hint")}</p>
      </div>
    </div>
  );
}
