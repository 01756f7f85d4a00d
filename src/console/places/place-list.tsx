import { Button } from "react-aria-components";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import type { Selection } from "../app.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import { useWords } from "../strings/words-context.tsx";
import { Section } from "../system/pane-head.tsx";
import { changesOf, type PlaceFile } from "./place-draft.ts";
import { type PlaceUndo, sendUndo, wordsOf } from "./place-editor.tsx";

const LIST_EVERY_MS = 5_000;

interface Props {
  select(selection: Selection): void;
  undo: PlaceUndo | undefined;
  setUndo(undo: PlaceUndo | undefined): void;
}

/** What is protected, and the zones around it, each a press away from being changed; and the way back from the newest change. */
export function PlaceLists({ select, undo, setUndo }: Props) {
  const words = useWords();
  const picture = usePicture();
  const { canAct } = useActing();
  const press = usePress();
  const path = picture.site === undefined ? undefined : "/api/v1/zones";
  const zones = usePolled<{ items: PlaceFile[] }>(path, LIST_EVERY_MS).answer?.items ?? [];
  const assets = usePolled<{ items: PlaceFile[] }>(path === undefined ? undefined : "/api/v1/assets", LIST_EVERY_MS).answer?.items ?? [];
  const placeWords = wordsOf(words);
  /** What a zone or asset says besides its name: limits, times, distance. */
  const summary = (place: PlaceFile) =>
    changesOf(undefined, place, placeWords)
      .filter(({ field }) => field === "kind" || field === "floor" || field === "ceiling" || field === "schedule" || field === "radius")
      .map(({ after }) => after)
      .filter((text) => text !== placeWords.none && text !== placeWords.always)
      .join(" · ");
  const list = (what: "zone" | "asset", places: readonly PlaceFile[], fixed: readonly { id: string; name: string }[]) => (
    <>
      {places.length + fixed.length === 0 ? <p className="why quiet">{words.t("place.none")}</p> : null}
      <ul className="plain places">
        {places.map((place) => (
          <li key={place.id} data-place={place.id}>
            <span className="place-text">
              <bdi>{place.name}</bdi>
              <span className="quiet">{summary(place)}</span>
            </span>
            {canAct ? (
              <Button
                className="button small"
                aria-label={words.t("place.change", { place: place.name })}
                onPress={() => select({ kind: what, id: place.id })}
              >
                {words.t("place.edit")}
              </Button>
            ) : null}
          </li>
        ))}
        {fixed.map((place) => (
          <li key={place.id}>
            <span className="place-text">
              <bdi>{place.name}</bdi>
              <span className="quiet">{words.t("place.from-file")}</span>
            </span>
          </li>
        ))}
      </ul>
      {canAct ? (
        <Button className="button small" onPress={() => select({ kind: what, id: "" })}>
          {words.t(what === "zone" ? "place.new-zone" : "place.new-asset")}
        </Button>
      ) : null}
    </>
  );
  const known = new Set([...zones, ...assets].map(({ id }) => id));
  return (
    <>
      {undo === undefined ? null : (
        <div className="place-undo" role="status">
          <span>
            {words.t(undo.before === undefined ? "place.added" : undo.after === undefined ? "place.removed" : "place.changed", {
              place: (undo.after ?? undo.before)!.name,
            })}
          </span>
          {canAct ? (
            <Button
              className="button small"
              isDisabled={press.busy}
              onPress={() =>
                void sendUndo(press, undo).then((done) => {
                  if (done) setUndo(undefined);
                })
              }
            >
              {words.t("place.undo")}
            </Button>
          ) : null}
          <PressOutcome press={press} />
        </div>
      )}
      <Section title={words.t("place.assets")}>{list("asset", assets, [])}</Section>
      <Section title={words.t("place.zones")}>
        {list("zone", zones, zones.length === 0 && known.size === 0 ? [] : (picture.site?.zones ?? []).filter(({ id }) => !known.has(id)))}
      </Section>
    </>
  );
}
