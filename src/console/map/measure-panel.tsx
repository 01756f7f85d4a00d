import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import type { Words } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { CloseButton } from "../system/pane-head.tsx";
import { type Leg, legsOf, METRES_PER_NAUTICAL_MILE } from "./measure.ts";
import { readPlace } from "./read-place.ts";
import type { Place } from "./ruler.ts";
import type { SiteMap } from "./site-map.ts";

/** A point of the line: a place on the ground, or what a track or an asset is at now. */
type Point = { readonly place: Place } | { readonly trackId: string; readonly place: Place } | { readonly assetId: string };

interface Props {
  map: SiteMap | undefined;
  /** The track from which a person began, if any. */
  from: string | undefined;
  close(): void;
}

/** Range and bearing along any number of points: pressed on the map, typed, or taken from a track or an asset, which they then follow. */
export function MeasurePanel({ map, from, close }: Props) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(1_000);
  const [points, setPoints] = useState<readonly Point[]>(() => {
    const track = from === undefined ? undefined : picture.tracks.get(from);
    return track === undefined ? [] : [{ trackId: track.id, place: track.position }];
  });
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const assets = picture.site?.assets ?? [];
  const resolve = (point: Point): { place: Place; name: string } | undefined => {
    if ("assetId" in point) {
      const asset = assets.find(({ id }) => id === point.assetId);
      return asset === undefined ? undefined : { place: asset, name: asset.name };
    }
    if (!("trackId" in point)) return { place: point.place, name: "" };
    // A track that ended stays where it was last seen.
    return { place: picture.tracks.get(point.trackId)?.position ?? point.place, name: point.trackId };
  };
  const stops = points.flatMap((point) => resolve(point) ?? []);
  const legs = legsOf(
    stops.map(({ place }) => place),
    now,
  );
  const labels = stops.map(({ name }, index) =>
    index === 0
      ? name
      : `${name === "" ? "" : `${name} · `}${words.distance(legs[index - 1]!.metres)} ${words.bearing(legs[index - 1]!.trueDegrees)}`,
  );
  const drawn = JSON.stringify([stops.map(({ place }) => [place.latitudeDegrees, place.longitudeDegrees]), labels]);

  useEffect(() => {
    if (map === undefined) return;
    const [places, names] = JSON.parse(drawn) as [[number, number][], string[]];
    map.setDrawing(
      {
        kind: "line",
        points: places.map(([latitudeDegrees, longitudeDegrees]) => ({ latitudeDegrees, longitudeDegrees })),
        labels: names,
      },
      {
        onAdd: (place, trackId) => setPoints((before) => [...before, trackId === undefined ? { place } : { trackId, place }]),
        onMove: (index, place) => setPoints((before) => before.with(index, { place })),
      },
    );
  }, [map, drawn]);
  useEffect(() => () => map?.setDrawing(undefined), [map]);

  const add = () => {
    const typed = text.trim();
    const track = picture.tracks.get(typed.toUpperCase());
    const asset = assets.find(({ id, name }) => id === typed.toLowerCase() || name.toLowerCase() === typed.toLowerCase());
    const place = readPlace(typed);
    const point: Point | undefined =
      track !== undefined
        ? { trackId: track.id, place: track.position }
        : asset !== undefined
          ? { assetId: asset.id }
          : place === undefined
            ? undefined
            : { place };
    setWrong(point === undefined);
    if (point === undefined) return;
    setPoints((before) => [...before, point]);
    setText("");
  };

  return (
    <section
      className="measure"
      aria-label={words.t("measure.title")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <header className="panel-head">
        <h2>{words.t("measure.title")}</h2>
        <CloseButton close={close} />
      </header>
      <form
        className="act-form"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label>
          <span>{words.t("measure.add")}</span>
          {/* biome-ignore lint/a11y/noAutofocus: opened by a key or a press */}
          <input value={text} autoFocus spellCheck={false} dir="auto" onChange={(event) => setText(event.target.value)} />
        </label>
        <label>
          <span>{words.t("measure.from-asset")}</span>
          <select
            value=""
            onChange={(event) => {
              const { value } = event.target;
              if (value !== "") setPoints((before) => [...before, { assetId: value }]);
            }}
          >
            <option value="">{words.t("decision.choose")}</option>
            {assets.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </form>
      <p className="press-refusal" role="alert" hidden={!wrong}>
        {wrong ? words.t("measure.wrong") : ""}
      </p>
      {legs.length === 0 ? <p className="why quiet">{words.t("measure.hint")}</p> : null}
      <ol className="plain-list legs" aria-live="polite">
        {legs.map((leg, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a leg is its place in the line
          <li key={index}>
            <LegText leg={leg} words={words} last={index === legs.length - 1} several={legs.length > 1} />
          </li>
        ))}
      </ol>
      <div className="decision-buttons">
        <Button className="button small" isDisabled={points.length === 0} onPress={() => setPoints((before) => before.slice(0, -1))}>
          {words.t("measure.back")}
        </Button>
        <Button className="button small" isDisabled={points.length === 0} onPress={() => setPoints([])}>
          {words.t("measure.clear")}
        </Button>
      </div>
    </section>
  );
}

function LegText({ leg, words, last, several }: { leg: Leg; words: Words; last: boolean; several: boolean }) {
  const miles = (metres: number) => words.t("unit.nautical-miles", { value: words.number(metres / METRES_PER_NAUTICAL_MILE, 2) });
  return (
    <>
      <span className="leg">
        <strong>{words.distance(leg.metres)}</strong> <span className="quiet">{miles(leg.metres)}</span>
      </span>
      <span className="leg">
        <Ltr>{words.bearing(leg.trueDegrees)}</Ltr> {words.t("measure.true")}
        {leg.magneticDegrees === undefined ? null : (
          <span className="quiet">
            {" · "}
            <Ltr>{words.bearing(leg.magneticDegrees)}</Ltr> {words.t("measure.magnetic")}
          </span>
        )}
      </span>
      {last && several ? (
        <span className="leg total">
          {words.t("measure.total", { distance: words.distance(leg.totalMetres), miles: miles(leg.totalMetres) })}
        </span>
      ) : null}
    </>
  );
}
