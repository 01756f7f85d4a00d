import { useEffect, useMemo, useRef, useState } from "react";
import { Button, ToggleButton } from "react-aria-components";
import type { TrackView } from "../../core/model/picture-view.ts";
import { useLive, usePicture } from "../live/use-picture.tsx";
import type { Settings } from "../settings.ts";
import { shownHeight, type Words } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";
import { rangeAndBearing } from "./ruler.ts";
import type { SiteMap, SiteMapWords } from "./site-map.ts";

interface Props {
  settings: Settings;
  change(part: Partial<Settings>): void;
  selected: TrackView | undefined;
  hovered: string | undefined;
  select(id: string | undefined): void;
  hover(id: string | undefined): void;
  onMap(map: SiteMap | undefined): void;
  measure(): void;
  measuring: boolean;
}

const LAYERS = ["trails", "vectors", "ellipses", "labels", "places"] as const;
const SCALE_STEPS = [5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6] as const;

/** Right-to-left text on the canvas, whose own direction is left to right like the map. */
const RIGHT_TO_LEFT_ISOLATE = "\u2067";
const END_ISOLATE = "\u2069";

function mapWords(words: Words): SiteMapWords {
  const isolated = (text: string) => (words.direction === "rtl" ? RIGHT_TO_LEFT_ISOLATE + text + END_ISOLATE : text);
  return {
    arabicPlaces: words.direction === "rtl",
    metres: (value) => isolated(words.distance(value)),
    originTag: (origin) => (origin === "live" ? "" : words.t(`origin-short.${origin}`)),
    height: (track) => {
      const height = shownHeight(track.position);
      return height === undefined ? "" : isolated(words.height(height.metres));
    },
    speed: (track) => isolated(words.speed(track.speedMps)),
    operator: words.t("map.operator"),
    group: (group) =>
      isolated(
        `\u2066${group.id}\u2069 · ${words.t("group.count", { low: words.number(group.countLow), high: words.number(group.countHigh) })}`,
      ),
  };
}

/** The least real origin that everything in the picture shares; "live" as soon as one live source is there. */
function commonOrigin(origins: readonly TrackView["origin"][]): TrackView["origin"] {
  if (origins.length === 0 || origins.includes("live")) return "live";
  return (["exercise", "simulated", "recorded"] as const).find((origin) => origins.includes(origin)) ?? "live";
}

export function MapView(props: Props) {
  const words = useWords();
  const { store } = useLive();
  const picture = usePicture();
  const container = useRef<HTMLDivElement>(null);
  const map = useRef<SiteMap>(undefined);
  const callbacks = useRef(props);
  callbacks.current = props;
  const wordsNow = useMemo(() => mapWords(words), [words]);
  const marker = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState({ pixels: 80, metres: 1_000 });
  const [pointer, setPointer] = useState<{ longitudeDegrees: number; latitudeDegrees: number }>();
  const [groundLost, setGroundLost] = useState(false);
  const [attribution, setAttribution] = useState<string>();
  const [failed, setFailed] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is made once; words and settings reach it through its own setters
  useEffect(() => {
    let gone = false;
    import("./site-map.ts")
      .then(({ createSiteMap }) => {
        if (gone || container.current === null) return;
        const made = createSiteMap(container.current, store, wordsNow, {
          onSelect: (id) => callbacks.current.select(id),
          onHover: (id) => {
            if (id !== callbacks.current.hovered) callbacks.current.hover(id);
          },
          onPointer: setPointer,
          onFrame({ metresPerPixel, selectedAt }) {
            const metres = SCALE_STEPS.findLast((step) => step / metresPerPixel <= 140) ?? SCALE_STEPS[0];
            const pixels = Math.round(metres / metresPerPixel);
            setScale((before) => (before.pixels === pixels && before.metres === metres ? before : { pixels, metres }));
            const element = marker.current;
            if (element !== null) {
              element.hidden = selectedAt === undefined;
              if (selectedAt !== undefined) element.style.transform = `translate(${selectedAt.x}px, ${selectedAt.y}px)`;
            }
          },
          onGroundLost: () => setGroundLost(true),
          onBaseMap: setAttribution,
        });
        map.current = made;
        made.setSettings(callbacks.current.settings);
        callbacks.current.onMap(made);
      })
      .catch(() => setFailed(true));
    return () => {
      gone = true;
      map.current?.destroy();
      map.current = undefined;
      callbacks.current.onMap(undefined);
    };
  }, [store]);
  useEffect(() => map.current?.setWords(wordsNow), [wordsNow]);
  const { trails, vectors, ellipses, labels, places, theme } = props.settings;
  useEffect(() => map.current?.setSettings({ trails, vectors, ellipses, labels, places }), [trails, vectors, ellipses, labels, places]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the style sheet of the theme
  useEffect(() => map.current?.themeChanged(), [theme]);

  // Range and bearing of the pointer, always: from the selected track, else from the first protected asset.
  const asset = picture.site?.assets[0];
  const ruler =
    pointer === undefined
      ? undefined
      : props.selected !== undefined
        ? { name: props.selected.id, ...rangeAndBearing(props.selected.position, pointer) }
        : asset === undefined
          ? undefined
          : { name: asset.name, ...rangeAndBearing(asset, pointer) };
  const origin = commonOrigin([...picture.sources.values()].map((source) => source.origin));
  return (
    <div className="map" data-origin={origin}>
      {/* Left to right in every language: maps are not mirrored. */}
      <div className="map-canvas" dir="ltr" ref={container} role="application" aria-label={words.t("map.label")} />
      <div
        className="map-marker"
        ref={marker}
        hidden
        data-track={props.selected?.id}
        {...(props.selected === undefined ? {} : { role: "img", "aria-label": words.t("map.selected", { id: props.selected.id }) })}
      />
      {origin === "live" ? null : (
        <div className="origin-frame" data-origin={origin}>
          <span>{words.t(`origin-frame.${origin}`)}</span>
        </div>
      )}
      {failed || groundLost ? (
        <p className="map-failed" role="status">
          {words.t(failed ? "map.failed" : "map.ground-lost")}
        </p>
      ) : null}
      <div className="map-tools" role="toolbar" aria-label={words.t("map.tools")} aria-orientation="vertical">
        <Button className="map-button" aria-label={words.t("key.zoom-in")} onPress={() => map.current?.zoomBy(1)}>
          <Icon name="plus" />
        </Button>
        <Button className="map-button" aria-label={words.t("key.zoom-out")} onPress={() => map.current?.zoomBy(-1)}>
          <Icon name="minus" />
        </Button>
        <Button className="map-button" aria-label={words.t("key.fit")} onPress={() => map.current?.fitSite()}>
          <Icon name="fit" />
        </Button>
        <Button className="map-button" aria-label={words.t("key.measure")} aria-pressed={props.measuring} onPress={props.measure}>
          <Icon name="ruler" />
        </Button>
      </div>
      <div className="map-layers" role="toolbar" aria-label={words.t("map.layers")}>
        {LAYERS.map((layer) => (
          <ToggleButton key={layer} className="layer" isSelected={props.settings[layer]} onChange={(on) => props.change({ [layer]: on })}>
            {words.t(`layer.${layer}`)}
          </ToggleButton>
        ))}
      </div>
      <div className="map-foot" dir="ltr">
        <span className="scale" style={{ inlineSize: scale.pixels }}>
          <bdi>{words.distance(scale.metres)}</bdi>
        </span>
        <span className="north" title={words.t("map.north")}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 1l4 12-4-3-4 3z" />
          </svg>
          N
        </span>
        <span className="pointer-place">
          {pointer === undefined ? (
            <bdi className="quiet">
              {attribution === undefined || attribution === "" ? null : <bdi>{attribution} · </bdi>}
              {words.t("map.borders")}
            </bdi>
          ) : (
            <>
              {ruler === undefined ? null : (
                <bdi>
                  {words.t("ruler.value", {
                    asset: ruler.name,
                    distance: words.distance(ruler.metres),
                    bearing: words.bearing(ruler.degrees),
                  })}
                </bdi>
              )}
              <Ltr className="mono">{words.mgrs(pointer)}</Ltr>
              <Ltr className="mono quiet">{words.latLon(pointer)}</Ltr>
            </>
          )}
        </span>
      </div>
    </div>
  );
}
