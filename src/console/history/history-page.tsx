import { type FormEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { usePicture } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import { Sentence } from "../strings/sentence.tsx";
import type { MessageKey } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";
import {
  type AlarmItem,
  ask,
  type DecisionItem,
  EMPTY_FORM,
  FORMATS,
  type Found,
  fieldOf,
  type HeatItem,
  type HistoryStateView,
  type IncidentItem,
  instantOf,
  KINDS,
  type Kind,
  type PathPoint,
  paramsOf,
  type SearchForm,
  type TrackItem,
} from "./history-query.ts";
import { LEAD_US, usePast } from "./past.ts";

// The map's library is large and the lists are what is read first.
const HistoryMap = lazy(() => import("./history-map.tsx").then((module) => ({ default: module.HistoryMap })));

const PAGE = 50;
const STATE_EVERY_MS = 2_000;
const AFFILIATIONS = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"] as const;
const ORIGINS = ["live", "simulated", "recorded", "exercise"] as const;

/** The record, searched: what happened, when, where and to whom; each minute of it one press away. */
export function HistoryPage({ open, setOpen }: { open: boolean; setOpen(open: boolean): void }) {
  const words = useWords();
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className="modal history-page">
        <Dialog className="key-sheet history">
          <header className="modal-head">
            <Heading slot="title">{words.t("history.title")}</Heading>
            <Button slot="close" className="icon-button" aria-label={words.t("pane.close")}>
              <Icon name="close" />
            </Button>
          </header>
          <Search close={() => setOpen(false)} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Search({ close }: { close(): void }) {
  const words = useWords();
  const { site, nowUs } = usePicture();
  const past = usePast();
  const [form, setForm] = useState<SearchForm>(() => ({ ...EMPTY_FORM, from: nowUs > 0 ? fieldOf(nowUs - 24 * 3600e6) : "" }));
  const [kind, setKind] = useState<Kind>("incidents");
  const [found, setFound] = useState<Found>();
  const [paths, setPaths] = useState<readonly PathPoint[]>([]);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const { answer: state } = usePolled<HistoryStateView>("/api/v1/history/state", STATE_EVERY_MS);
  const run = useRef(0);

  const search = async (wanted: Kind, after?: string) => {
    run.current += 1;
    const mine = run.current;
    setBusy(true);
    setRefusal(undefined);
    const params = paramsOf(form);
    if (wanted !== "heat") params.set("limit", String(PAGE));
    if (after !== undefined) params.set("after", after);
    try {
      const answer = await ask<{ items: unknown[]; next?: string | null }>(wanted, params);
      if (mine !== run.current) return;
      setFound((before) => ({
        kind: wanted,
        items: after !== undefined && before?.kind === wanted ? [...before.items, ...answer.items] : answer.items,
        next: answer.next ?? null,
      }));
      if (after === undefined) setPaths([]);
    } catch (error) {
      if (mine === run.current) setRefusal((error as Error).message);
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };
  const choose = (wanted: Kind) => {
    setKind(wanted);
    void search(wanted);
  };
  // Something is there when the page opens: the newest situations.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => void search("incidents"), []);

  const replay = (atUs: number) => {
    past.openAt(atUs);
    close();
  };
  const showPaths = async (selection: Readonly<Record<string, string>>) => {
    try {
      const params = new URLSearchParams({ ...selection, limit: "10000" });
      setPaths((await ask<{ items: PathPoint[] }>("positions", params)).items);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  const set = (part: Partial<SearchForm>) => setForm((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void search(kind);
  };
  const heat = found?.kind === "heat" ? (found.items as HeatItem[]) : [];
  const windowParams = paramsOf(form);
  const wholeWindow = instantOf(form.from) !== undefined && instantOf(form.to) !== undefined;

  return (
    <div className="history-body">
      <form className="history-form act-form" onSubmit={submit} aria-label={words.t("history.search")}>
        <DateField name="history.from" value={form.from} change={(from) => set({ from })} />
        <DateField name="history.to" value={form.to} change={(to) => set({ to })} />
        <label>
          <span>{words.t("history.text")}</span>
          <input type="search" value={form.text} maxLength={200} dir="auto" onChange={(event) => set({ text: event.target.value })} />
        </label>
        <Choice
          name="history.zone"
          value={form.zone}
          change={(zone) => set({ zone })}
          options={(state?.zones ?? []).map(({ id, name }) => [id, name])}
        />
        <Choice
          name="history.class"
          value={form.className}
          change={(className) => set({ className })}
          options={CLASSES.map((name) => [name, words.tMaybe(`class-name.${name}`) ?? name])}
        />
        <Choice
          name="history.affiliation"
          value={form.affiliation}
          change={(affiliation) => set({ affiliation })}
          options={AFFILIATIONS.map((name) => [name, words.affiliation(name)])}
        />
        <Choice
          name="history.origin"
          value={form.origin}
          change={(origin) => set({ origin })}
          options={ORIGINS.map((name) => [name, words.t(`origin.${name}`)])}
        />
        <Button type="submit" className="button strong">
          {words.t("history.search")}
        </Button>
      </form>
      <State state={state} />
      {/* biome-ignore lint/a11y/useSemanticElements: buttons side by side are no set of fields */}
      <div className="history-kinds" role="group" aria-label={words.t("history.kinds")}>
        {KINDS.map((name) => (
          <Button
            key={name}
            className="history-kind"
            data-chosen={name === kind || undefined}
            aria-pressed={name === kind}
            onPress={() => choose(name)}
          >
            {words.t(`history.${name}`)}
          </Button>
        ))}
        {wholeWindow ? <Exports params={windowParams} label={words.t("history.export-window")} /> : null}
      </div>
      {refusal === undefined ? null : (
        <p className="warn-word" role="alert">
          {words.t("history.refused")} <bdi lang="en">{refusal}</bdi>
        </p>
      )}
      <div className="history-columns">
        <section className="history-found" aria-label={words.t("history.found")} aria-busy={busy}>
          <p className="quiet" role="status">
            {busy ? words.t("history.searching") : found === undefined ? "" : words.t("history.count", { count: found.items.length })}
          </p>
          <ul className="history-list">
            {found?.kind === "incidents"
              ? (found.items as IncidentItem[]).map((item) => (
                  <Item
                    key={item.key}
                    at={item.firstAtUs}
                    origin={item.origin}
                    replay={() => replay(item.firstAtUs - LEAD_US)}
                    show={item.tracks > 0 ? () => void showPaths({ incident: item.key }) : undefined}
                    exported={new URLSearchParams({ incident: item.key })}
                    name={item.key}
                  >
                    <strong>
                      <span className="history-level" data-level={item.level}>
                        {words.t("history.level", { level: item.level })}
                      </span>{" "}
                      <Sentence of={conditionOf(item)} />
                    </strong>
                    <span className="quiet">
                      {words.t("history.alarm-count", { count: item.alarms })} · {words.t("history.track-count", { count: item.tracks })} ·{" "}
                      {words.t("history.decision-count", { count: item.decisions })} ·{" "}
                      {item.open ? words.t("history.open") : words.duration((item.lastAtUs - item.firstAtUs) / 1e6)}
                    </span>
                  </Item>
                ))
              : null}
            {found?.kind === "alarms"
              ? (found.items as AlarmItem[]).map((item) => (
                  <Item
                    key={item.key}
                    at={item.raisedAtUs}
                    origin={item.origin}
                    replay={() => replay(item.raisedAtUs - LEAD_US)}
                    show={item.tracks.length > 0 ? () => void showPaths({ incident: item.incident }) : undefined}
                    exported={new URLSearchParams({ incident: item.incident })}
                    name={item.id}
                  >
                    <strong>
                      <Ltr>{item.id}</Ltr>{" "}
                      <span className="history-level" data-level={item.level}>
                        {words.t("history.level", { level: item.level })}
                      </span>{" "}
                      <Sentence of={conditionOf(item)} />
                    </strong>
                    <span className="quiet">
                      {item.transitions.map(({ atUs, change, by }, index) => (
                        <span key={`${atUs}${change}`}>
                          {index === 0 ? "" : " · "}
                          <Ltr>{words.clock(atUs)}</Ltr> {words.tMaybe(`history-change.${change}`) ?? change}
                          {by === null ? null : (
                            <>
                              {" "}
                              (<bdi>{by}</bdi>)
                            </>
                          )}
                        </span>
                      ))}
                    </span>
                  </Item>
                ))
              : null}
            {found?.kind === "decisions"
              ? (found.items as DecisionItem[]).map((item) => (
                  <Item
                    key={item.sequence}
                    at={item.atUs}
                    origin="live"
                    replay={() => replay(item.atUs - LEAD_US)}
                    show={item.trackKey === null ? undefined : () => void showPaths({ track: item.trackKey! })}
                    exported={item.trackKey === null ? undefined : new URLSearchParams({ track: item.trackKey })}
                    name={String(item.sequence)}
                  >
                    <strong>
                      {words.tMaybe(`history-act.${item.kind}`) ?? <Ltr>{item.kind}</Ltr>} <Ltr>{item.subject}</Ltr>
                    </strong>
                    <span className="quiet">
                      <bdi>{item.actor}</bdi>
                      {item.authenticated ? null : ` · ${words.t("operator.unauthenticated")}`}
                      {item.ok ? null : (
                        <>
                          {" · "}
                          {words.t("history.act-refused")} <bdi lang="en">{item.message}</bdi>
                        </>
                      )}
                    </span>
                  </Item>
                ))
              : null}
            {found?.kind === "tracks"
              ? (found.items as TrackItem[]).map((item) => (
                  <Item
                    key={item.key}
                    at={item.firstAtUs}
                    origin={item.origin}
                    replay={() => replay(item.firstAtUs - LEAD_US)}
                    show={() => void showPaths({ track: item.key })}
                    exported={new URLSearchParams({ track: item.key })}
                    name={item.id}
                  >
                    <strong>
                      <Ltr>{item.id}</Ltr> {words.tMaybe(`class-name.${item.className}`) ?? <Ltr>{item.className}</Ltr>} ·{" "}
                      {words.tMaybe(`affiliation.${item.affiliation}`) ?? item.affiliation}
                    </strong>
                    <span className="quiet">
                      {item.identities.map(({ scheme, value }, index) => (
                        <span key={`${scheme}:${value}`}>
                          {index === 0 ? "" : " · "}
                          <Ltr>{value}</Ltr>
                        </span>
                      ))}
                      {item.identities.length > 0 ? " · " : ""}
                      {words.duration((item.lastAtUs - item.firstAtUs) / 1e6)}
                    </span>
                  </Item>
                ))
              : null}
            {heat.slice(0, 20).map((cell) => (
              <li key={`${cell.west} ${cell.south}`} className="history-item">
                <Ltr className="mono">
                  {words.mgrs({ longitudeDegrees: (cell.west + cell.east) / 2, latitudeDegrees: (cell.south + cell.north) / 2 })}
                </Ltr>
                <span className="quiet">
                  {words.t("history.position-count", { count: cell.positions })} · {words.t("history.track-count", { count: cell.tracks })}
                </span>
              </li>
            ))}
          </ul>
          {found?.next === null || found?.next === undefined ? null : (
            <Button className="button" onPress={() => void search(found.kind, found.next ?? undefined)}>
              {words.t("history.more")}
            </Button>
          )}
        </section>
        {site === undefined ? null : (
          <Suspense fallback={<div className="history-map" />}>
            <HistoryMap site={site} heat={heat} paths={paths} />
          </Suspense>
        )}
      </div>
    </div>
  );
}

/** Classes that are asked for most; the API takes every one. */
const CLASSES = [
  "multirotor-small",
  "multirotor-large",
  "fixed-wing-small",
  "aircraft",
  "helicopter",
  "balloon",
  "bird-large",
  "bird-flock",
] as const;

const conditionOf = (item: Pick<IncidentItem, "conditionKey" | "conditionValues" | "conditionText">) => ({
  key: item.conditionKey,
  values: item.conditionValues,
  text: item.conditionText,
});

function DateField({ name, value, change }: { name: MessageKey; value: string; change(value: string): void }) {
  const words = useWords();
  return (
    <label>
      <span>{words.t(name)}</span>
      <input type="datetime-local" dir="ltr" value={value} onChange={(event) => change(event.target.value)} />
    </label>
  );
}

function Choice(props: { name: MessageKey; value: string; change(value: string): void; options: readonly (readonly [string, string])[] }) {
  const words = useWords();
  const id = useId();
  return (
    <div className="history-choice">
      <label htmlFor={id}>{words.t(props.name)}</label>
      <select id={id} value={props.value} onChange={(event) => props.change(event.target.value)}>
        <option value="">{words.t("history.any")}</option>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** How far the record can be searched; says so while it is being made again. */
function State({ state }: { state: HistoryStateView | undefined }) {
  const words = useWords();
  if (state === undefined) return <p className="quiet">{words.t("history.unknown-state")}</p>;
  if (state.state === "catching-up" || state.state === "starting")
    return (
      <p className="warn-word" role="status">
        {words.t("history.catching-up", { percent: Math.round(state.share * 100) })}
      </p>
    );
  if (state.state === "failed")
    return (
      <p className="warn-word" role="status">
        {words.t("history.failed")} <bdi lang="en">{state.reason}</bdi>
      </p>
    );
  if (state.fromUs === null || state.toUs === null) return <p className="quiet">{words.t("history.empty")}</p>;
  return (
    <p className="quiet">
      {words.t("history.extent")} {words.date(state.fromUs)} <Ltr>{words.clock(state.fromUs)}</Ltr> – {words.date(state.toUs)}{" "}
      <Ltr>{words.clock(state.toUs)}</Ltr> · {words.bytes(state.bytes)}
    </p>
  );
}

function Exports({ params, label }: { params: URLSearchParams; label: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: links side by side are no set of fields
    <span className="history-exports" role="group" aria-label={label}>
      {FORMATS.map((format) => {
        const query = new URLSearchParams(params);
        query.set("format", format);
        return (
          <a
            key={format}
            className="link"
            href={`/api/v1/history/export?${query.toString()}`}
            download
            aria-label={`${label}: ${NAMES[format]}`}
          >
            <Ltr>{NAMES[format]}</Ltr>
          </a>
        );
      })}
    </span>
  );
}
const NAMES = { csv: "CSV", geojson: "GeoJSON", kml: "KML", cot: "CoT" } as const;

function Item(props: {
  at: number;
  origin: string;
  name: string;
  replay(): void;
  show: (() => void) | undefined;
  exported: URLSearchParams | undefined;
  children: React.ReactNode;
}) {
  const words = useWords();
  const { at, name } = props;
  return (
    <li className="history-item" data-item={name}>
      <span className="history-when">
        <Ltr>{words.clock(at)}</Ltr> <span>{words.date(at)}</span>
        {props.origin === "live" ? null : <span className="history-origin">{words.tMaybe(`origin.${props.origin}`) ?? props.origin}</span>}
      </span>
      {props.children}
      <span className="history-acts">
        <Button className="button small" onPress={props.replay} aria-label={words.t("history.replay-of", { name })}>
          {words.t("history.replay")}
        </Button>
        {props.show === undefined ? null : (
          <Button className="button small" onPress={props.show} aria-label={words.t("history.show-of", { name })}>
            {words.t("history.show")}
          </Button>
        )}
        {props.exported === undefined ? null : <Exports params={props.exported} label={words.t("history.export-of", { name })} />}
      </span>
    </li>
  );
}
