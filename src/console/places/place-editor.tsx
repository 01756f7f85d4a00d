import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { type Press, useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePicture } from "../live/use-picture.tsx";
import type { SiteMap } from "../map/site-map.ts";
import { usePolled } from "../sensors/use-polled.ts";
import type { MessageKey, Words } from "../strings/words.ts";
import { useWords } from "../strings/words-context.tsx";
import { CloseButton } from "../system/pane-head.tsx";
import {
  changesOf,
  cornersText,
  DAYS,
  type Draft,
  type DraftFault,
  draftOf,
  HEIGHT_KINDS,
  type HeightKind,
  newDraft,
  type PlaceFile,
  type PlaceWords,
  placeOf,
  readCorners,
  ZONE_KINDS,
} from "./place-draft.ts";

const LIST_EVERY_MS = 5_000;

/** A change that was saved and can be taken back. `before` undefined: it was new; `after` undefined: it was removed. */
export interface PlaceUndo {
  readonly list: "zones" | "assets";
  readonly before: PlaceFile | undefined;
  readonly after: PlaceFile | undefined;
}

export function sendUndo(press: Press, { list, before, after }: PlaceUndo): Promise<boolean> {
  const path = `${list}/${encodeURIComponent((before ?? after)!.id)}`;
  return press.press(
    before === undefined ? { method: "DELETE", path } : { method: "PUT", path, body: { place: before, before: after ?? null } },
  );
}

interface Props {
  what: "zone" | "asset";
  /** Empty: a new one. */
  id: string;
  map: SiteMap | undefined;
  close(): void;
  saved(undo: PlaceUndo): void;
}

/** One zone or asset in the hand: typed, drawn, shown as what changes, and only then saved. */
export function PlaceEditor(props: Props) {
  const words = useWords();
  const picture = usePicture();
  const list = props.what === "zone" ? "zones" : "assets";
  const known = usePolled<{ items: PlaceFile[] }>(`/api/v1/${list}`, LIST_EVERY_MS);
  const items = known.answer?.items;
  const found = items?.find(({ id }) => id === props.id);
  const title = words.t(props.id === "" ? (props.what === "zone" ? "place.new-zone" : "place.new-asset") : `place.${props.what}`);
  // What the person saw when the form opened: later changes of others must not slip in under it.
  const [base, setBase] = useState<{ place: PlaceFile | undefined }>();
  useEffect(() => {
    if (base === undefined && items !== undefined && (props.id === "" || found !== undefined)) setBase({ place: found });
  }, [base, items, found, props.id]);
  return (
    <div className="pane place-pane">
      <header className="pane-head">
        <div className="pane-title">
          <h2>{title}</h2>
          {base?.place === undefined ? null : <p className="pane-sub">{base.place.name}</p>}
        </div>
        <CloseButton close={props.close} />
      </header>
      <div className="pane-body">
        {base === undefined ? (
          <p className="why" role="status">
            {known.state === "failed" ? words.t("place.load-failed") : items === undefined ? "" : words.t("place.gone")}
          </p>
        ) : (
          <PlaceForm
            key={base.place?.id ?? ""}
            {...props}
            list={list}
            base={base.place}
            taken={(items ?? []).map(({ id }) => id).concat((picture.site?.[list] ?? []).map(({ id }) => id))}
            first={base.place === undefined ? newDraft(props.what, picture.site?.heightHaeMetres ?? 0) : draftOf(base.place)}
          />
        )}
      </div>
    </div>
  );
}

interface FormProps extends Props {
  list: "zones" | "assets";
  base: PlaceFile | undefined;
  first: Draft;
  taken: readonly string[];
}

function PlaceForm({ what, map, close, saved, list, base, first, taken }: FormProps) {
  const words = useWords();
  const { canAct } = useActing();
  const press = usePress();
  const [draft, setDraft] = useState(first);
  const [step, setStep] = useState<"edit" | "review" | "remove">("edit");
  const [fault, setFault] = useState<DraftFault>();
  const set = (part: Partial<Draft>) => {
    setFault(undefined);
    setDraft((before) => ({ ...before, ...part }));
  };
  const help = useId();
  const result = placeOf(draft, taken);
  const review = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (step !== "edit") review.current?.querySelector("button")?.focus();
  }, [step]);

  // The map shows what stands in the form, and a hand on the map changes it.
  const { corners, radius } = draft;
  useEffect(() => {
    if (map === undefined) return;
    const { places } = readCorners(corners);
    const points = what === "asset" ? places.slice(0, 1) : places;
    const reach = Number(radius);
    map.setDrawing(
      what === "asset"
        ? { kind: "circle", points, ...(Number.isFinite(reach) && reach > 0 ? { radiusMetres: reach } : {}) }
        : { kind: "polygon", points },
      {
        onAdd: (place) => {
          setFault(undefined);
          setDraft((before) => ({
            ...before,
            corners: cornersText(what === "asset" ? [place] : [...readCorners(before.corners).places, place]),
          }));
        },
        onMove: (index, place) => {
          setDraft((before) => ({ ...before, corners: cornersText(readCorners(before.corners).places.with(index, place)) }));
        },
      },
    );
    return () => map.setDrawing(undefined);
  }, [map, what, corners, radius]);

  const placeWords = useMemo(() => wordsOf(words), [words]);
  const changes = "place" in result ? changesOf(base, result.place, placeWords) : [];
  const save = async () => {
    if (!("place" in result)) return;
    const { place } = result;
    const path = `${list}/${encodeURIComponent(place.id)}`;
    if (await press.press({ method: "PUT", path, body: { place, before: base ?? null } })) {
      saved({ list, before: base, after: place });
      close();
    }
  };
  const remove = async () => {
    if (base === undefined) return;
    if (await press.press({ method: "DELETE", path: `${list}/${encodeURIComponent(base.id)}` })) {
      saved({ list, before: base, after: undefined });
      close();
    }
  };

  if (step !== "edit")
    return (
      <div className="place-review" ref={review}>
        {step === "review" ? (
          <>
            <h3>{words.t("place.changes")}</h3>
            {changes.length === 0 ? <p>{words.t("place.no-change")}</p> : null}
            <dl className="facts">
              {changes.map((change) => (
                <div className="fact" key={change.field}>
                  <dt>{words.t(FIELD[change.field])}</dt>
                  <dd>
                    {change.before === "" ? null : (
                      <>
                        <del>
                          <bdi>{change.before}</bdi>
                        </del>{" "}
                      </>
                    )}
                    <ins>
                      <bdi>{change.after}</bdi>
                    </ins>
                  </dd>
                </div>
              ))}
            </dl>
          </>
        ) : (
          <p>{words.t("place.remove-ask", { place: base?.name ?? "" })}</p>
        )}
        <div className="decision-buttons">
          {step === "review" ? (
            <Button className="button small strong" isDisabled={changes.length === 0 || press.busy} onPress={() => void save()}>
              {words.t("place.save")}
            </Button>
          ) : (
            <Button className="button small strong" isDisabled={press.busy} onPress={() => void remove()}>
              {words.t("place.remove")}
            </Button>
          )}
          <Button className="button small" onPress={() => setStep("edit")}>
            {words.t("act.back")}
          </Button>
        </div>
        <PressOutcome press={press} />
      </div>
    );

  return (
    <form
      className="act-form place-form"
      onSubmit={(event) => {
        event.preventDefault();
        if ("fault" in result) setFault(result.fault);
        else setStep("review");
      }}
    >
      <Text label={words.t("place.name")} value={draft.name} set={(name) => set({ name })} limit={80} autoFocus />
      {what === "zone" ? (
        <Choice
          label={words.t("place.kind")}
          value={draft.kind}
          set={(kind) => set({ kind: kind as Draft["kind"] })}
          of={ZONE_KINDS.map((kind) => [kind, words.t(`zone-kind.${kind}`)])}
        />
      ) : null}
      <label className="wide">
        <span>{words.t(what === "zone" ? "place.corners" : "place.position")}</span>
        <textarea
          dir="ltr"
          rows={what === "zone" ? 6 : 1}
          value={draft.corners}
          aria-describedby={help}
          spellCheck={false}
          onChange={(event) => set({ corners: event.target.value })}
        />
      </label>
      <p className="why quiet wide" id={help}>
        {words.t("place.corners-help")}
      </p>
      {what === "zone" ? (
        <>
          {(["floor", "ceiling"] as const).map((limit) => (
            <HeightFields
              key={limit}
              label={words.t(`place.${limit}`)}
              value={draft[limit]}
              kind={draft[`${limit}Kind`]}
              set={(value) => set({ [limit]: value })}
              setKind={(kind) => set({ [`${limit}Kind`]: kind })}
              words={words}
            />
          ))}
          <label className="check wide">
            <input type="checkbox" checked={draft.scheduled} onChange={(event) => set({ scheduled: event.target.checked })} />
            <span>{words.t("place.schedule")}</span>
          </label>
          {draft.scheduled ? (
            <>
              <fieldset className="days wide">
                <legend>{words.t("place.days")}</legend>
                {DAYS.map((day) => (
                  <label key={day} className="check">
                    <input
                      type="checkbox"
                      checked={draft.days.includes(day)}
                      onChange={(event) =>
                        set({ days: event.target.checked ? [...draft.days, day] : draft.days.filter((each) => each !== day) })
                      }
                    />
                    <span>{words.t(`day.${day}`)}</span>
                  </label>
                ))}
              </fieldset>
              <Text label={words.t("place.from")} value={draft.from} set={(from) => set({ from })} limit={5} ltr />
              <Text label={words.t("place.to")} value={draft.to} set={(to) => set({ to })} limit={5} ltr />
            </>
          ) : null}
        </>
      ) : (
        <>
          <Text label={words.t("place.height")} value={draft.height} set={(height) => set({ height })} limit={10} ltr />
          <Choice
            label={words.t("place.height-kind")}
            value={draft.heightKind}
            set={(heightKind) => set({ heightKind: heightKind as Draft["heightKind"] })}
            of={[
              ["heightAmslMetres", words.t("place.height.amslMetres")],
              ["heightHaeMetres", words.t("place.height.haeMetres")],
            ]}
          />
          <Text label={words.t("place.radius")} value={draft.radius} set={(value) => set({ radius: value })} limit={10} ltr />
          <Text label={words.t("place.weight")} value={draft.weight} set={(weight) => set({ weight })} limit={10} ltr />
        </>
      )}
      {fault === undefined ? null : (
        <p className="press-refusal wide" role="alert">
          {faultText(fault, words)}
        </p>
      )}
      <div className="decision-buttons wide">
        <Button type="submit" className="button small strong" isDisabled={!canAct}>
          {words.t("place.review")}
        </Button>
        <Button className="button small" onPress={close}>
          {words.t("act.cancel")}
        </Button>
        {base === undefined ? null : (
          <Button className="button small" isDisabled={!canAct} onPress={() => setStep("remove")}>
            {words.t("place.remove")}
          </Button>
        )}
      </div>
    </form>
  );
}

const FIELD: Record<ReturnType<typeof changesOf>[number]["field"], MessageKey> = {
  name: "place.name",
  kind: "place.kind",
  corners: "place.corners",
  floor: "place.floor",
  ceiling: "place.ceiling",
  schedule: "place.schedule",
  position: "place.position",
  height: "place.height",
  radius: "place.radius",
  weight: "place.weight",
};

function faultText(fault: DraftFault, words: Words): string {
  switch (fault.kind) {
    case "name":
      return words.t("place.name-needed");
    case "line":
      return words.t("place.corner-wrong", { line: words.number(fault.line) });
    case "few":
      return words.t("place.corners-few");
    case "position":
      return words.t("place.position-wrong");
    case "number":
      return words.t("place.number-wrong", { field: words.t(`place.${fault.field}`) });
  }
}

export function wordsOf(words: Words): PlaceWords {
  return {
    kind: (kind) => words.t(`zone-kind.${kind}`),
    corners: (count) => words.t("place.corners-count", { count }),
    height: (kind, metres) => `${words.height(metres)} · ${words.t(`place.height.${kind}`)}`,
    schedule: ({ days, from, to }) =>
      `${
        days.length === 0
          ? ""
          : `${DAYS.filter((day) => days.includes(day))
              .map((day) => words.t(`day.${day}`))
              .join(" ")} `
      }\u2066${from}–${to}\u2069 UTC`,
    metres: (value) => words.t("unit.metres", { value: words.number(value) }),
    place: (place) => words.latLon(place),
    number: (value) => words.number(value, Number.isInteger(value) ? 0 : 1),
    none: words.t("place.no-limit"),
    always: words.t("place.all-day"),
  };
}

function Text(props: {
  label: string;
  value: string;
  set(value: string): void;
  limit: number;
  ltr?: boolean;
  autoFocus?: boolean;
}): ReactNode {
  return (
    <label>
      <span>{props.label}</span>
      <input
        value={props.value}
        maxLength={props.limit}
        dir={props.ltr === true ? "ltr" : "auto"}
        // biome-ignore lint/a11y/noAutofocus: the person just asked for this form
        autoFocus={props.autoFocus === true}
        onChange={(event) => props.set(event.target.value)}
      />
    </label>
  );
}

function Choice(props: { label: string; value: string; set(value: string): void; of: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.set(event.target.value)}>
        {props.of.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function HeightFields(props: {
  label: string;
  value: string;
  kind: HeightKind;
  set(value: string): void;
  setKind(kind: HeightKind): void;
  words: Words;
}): ReactNode {
  const { words } = props;
  return (
    <fieldset className="height-fields wide">
      <legend>{props.label}</legend>
      <label>
        <span>{words.t("place.metres")}</span>
        <input
          dir="ltr"
          value={props.value}
          maxLength={10}
          placeholder={words.t("place.no-limit")}
          onChange={(event) => props.set(event.target.value)}
        />
      </label>
      <label>
        <span>{words.t("place.height-kind")}</span>
        <select value={props.kind} onChange={(event) => props.setKind(event.target.value as HeightKind)}>
          {HEIGHT_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {words.t(`place.height.${kind}`)}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}
