import { lazy, type ReactNode, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { I18nProvider } from "react-aria-components";
import type { AlertView, GroupView, TrackView } from "../core/model/picture-view.ts";
import { ActingContext, NOBODY_CHOSE, useActing, usePress } from "./acting.ts";
import { topUnacknowledged } from "./alarms/alarm-calls.ts";
import { AlarmPages } from "./alarms/alarm-pages.tsx";
import { AlarmPanel } from "./alarms/alarm-panel.tsx";
import { sounds } from "./alarms/sounds.ts";
import { chooseCamera, distractionOf, newlySlewed } from "./cameras/camera-attention.ts";
import { type CameraPress, pressCamera } from "./cameras/camera-commands.ts";
import { CameraBanner, CameraTile } from "./cameras/camera-tile.tsx";
import { type CoverHandle, CoverPrompts, TakeCover } from "./cover/take-cover.tsx";
import type { DecisionHandle } from "./decision/decision-acts.tsx";
import { usePast } from "./history/past.ts";
import { ReplayFrame } from "./history/replay-frame.tsx";
import { type Action, actionOf, isTyping } from "./keys.ts";
import { type Live, LiveContext, usePicture } from "./live/use-picture.tsx";
import { MapView } from "./map/map-view.tsx";
import { readPlace } from "./map/read-place.ts";
import type { SiteMap } from "./map/site-map.ts";
import { PlaceEditor, type PlaceUndo } from "./places/place-editor.tsx";
import { SapientBench } from "./sensors/sapient-bench.tsx";
import { SensorList } from "./sensors/sensor-list.tsx";
import { SensorPane, SourcePane } from "./sensors/sensor-pane.tsx";
import { BRIGHTNESS_STEPS, loadSettings, type Settings, saveSettings, THEMES } from "./settings.ts";
import { SignInGate } from "./sign-in/sign-in-gate.tsx";
import { createWords } from "./strings/words.ts";
import { useWords, WordsContext } from "./strings/words-context.tsx";
import { ConnectionBanner } from "./system/connection-banner.tsx";
import { KeySheet } from "./system/key-sheet.tsx";
import { NoticeList } from "./system/notice-list.tsx";
import { SystemBar } from "./system/system-bar.tsx";
import { Timeline } from "./system/timeline.tsx";
import { approachOf, assetPlaces } from "./tracks/approach.ts";
import { SitePane } from "./tracks/site-pane.tsx";
import { ThemeContext } from "./tracks/symbol.tsx";
import { alarmedTracks, type FilterFields, isEmpty, passing } from "./tracks/track-filter-fields.ts";
import { type RankedTrack, ranksOf, type Sorting, sortTracks } from "./tracks/track-order.ts";
import { TrackPane } from "./tracks/track-pane.tsx";
import { TrackTable, type TrackTableHandle } from "./tracks/track-table.tsx";
import { ExerciseFrame } from "./training/exercise-frame.tsx";
import { useTraining } from "./training/use-training.ts";

const HistoryPage = lazy(() => import("./history/history-page.tsx").then((module) => ({ default: module.HistoryPage })));

/** Keys that order something: held down, they act once. */
const ONCE: ReadonlySet<Action> = new Set<Action>(["acknowledge", "accept", "dismiss", "hold", "cover", "slew"]);

// Magnetic north is a model of its own: fetched when somebody measures.
const CalibrationPanel = lazy(() => import("./cameras/calibration-panel.tsx").then((part) => ({ default: part.CalibrationPanel })));
const HandOverPage = lazy(() => import("./watch/hand-over-page.tsx").then((part) => ({ default: part.HandOverPage })));
const TrainingPage = lazy(() => import("./training/training-page.tsx").then((part) => ({ default: part.TrainingPage })));
const MeasurePanel = lazy(() => import("./map/measure-panel.tsx").then((part) => ({ default: part.MeasurePanel })));
const NO_GROUPS: readonly GroupView[] = [];

/** What the right pane is about. */
export type Selection = { readonly kind: "track" | "sensor" | "source" | "bench" | "zone" | "asset"; readonly id: string } | undefined;

export function App({ live }: { live: Live }) {
  const [settings, setSettings] = useState<Settings>(loadSettings);
  const words = useMemo(
    () => createWords(settings.language, settings.digits, settings.calendar),
    [settings.language, settings.digits, settings.calendar],
  );
  const change = useCallback((part: Partial<Settings>) => {
    setSettings((before) => {
      const next = { ...before, ...part };
      saveSettings(next);
      return next;
    });
  }, []);

  // Before any effect of the parts below: the map reads the theme's colours out of the style sheet.
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = words.language;
    root.dir = words.direction;
    root.dataset.theme = settings.theme;
    root.style.setProperty("--dim", String(1 - settings.brightness));
  }, [words, settings.theme, settings.brightness]);

  return (
    <LiveContext value={live}>
      <WordsContext value={words}>
        <I18nProvider locale={settings.language}>
          <ThemeContext value={settings.theme}>
            <SignInGate>
              <Acting settings={settings}>
                <Watch settings={settings} change={change} />
              </Acting>
            </SignInGate>
          </ThemeContext>
          <div className="dimmer" aria-hidden="true" />
        </I18nProvider>
      </WordsContext>
    </LiveContext>
  );
}

/** Who acts on this screen, and whether anything can be changed at all. */
function Acting({ settings, children }: { settings: Settings; children: ReactNode }) {
  const { system } = usePicture();
  const actor = settings.operator.trim() === "" ? NOBODY_CHOSE : settings.operator.trim();
  const canAct = system?.mode !== "replay";
  const acting = useMemo(() => ({ actor, canAct }), [actor, canAct]);
  // A browser lets a page sound only after a person touched it.
  useEffect(() => {
    const allow = () => sounds.allow();
    addEventListener("pointerdown", allow);
    addEventListener("keydown", allow);
    return () => {
      removeEventListener("pointerdown", allow);
      removeEventListener("keydown", allow);
    };
  }, []);
  return <ActingContext value={acting}>{children}</ActingContext>;
}

function Watch({ settings, change }: { settings: Settings; change(part: Partial<Settings>): void }) {
  const words = useWords();
  const picture = usePicture();
  const [selection, setSelection] = useState<Selection>();
  const [hovered, setHovered] = useState<string>();
  const [sorting, setSorting] = useState<Sorting>({ key: "rank", descending: false });
  const [filter, setFilter] = useState("");
  const [fields, setFields] = useState<FilterFields>({});
  const [filtersOpen, setFiltersOpen] = useState(false);
  const [measuring, setMeasuring] = useState(false);
  const [calibrating, setCalibrating] = useState(false);
  const [keysOpen, setKeysOpen] = useState(false);
  const [pagesOpen, setPagesOpen] = useState(false);
  const [historyOpen, setHistoryOpen] = useState(false);
  const [trainingOpen, setTrainingOpen] = useState(false);
  const [handOverOpen, setHandOverOpen] = useState(false);
  const training = useTraining(trainingOpen);
  const past = usePast();
  const table = useRef<TrackTableHandle>(null);
  const sensors = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLElement>(null);
  const [map, setMap] = useState<SiteMap>();
  const [placeUndo, setPlaceUndo] = useState<PlaceUndo>();

  // A place in the box is gone to; it says nothing of tracks.
  const filterText = useMemo(() => (readPlace(filter) === undefined ? filter : ""), [filter]);
  const assets = useMemo(() => (picture.site === undefined ? [] : assetPlaces(picture.site)), [picture.site]);
  const zones = picture.site?.zones;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for all that changes in place inside the picture
  const { ranked, hidden, kept } = useMemo(() => {
    const list: RankedTrack[] = [];
    let hidden = 0;
    let kept = 0;
    const alarmed = alarmedTracks(picture.judgement?.alerts ?? []);
    const ranks = ranksOf(picture.judgement?.ranking);
    for (const track of picture.tracks.values()) {
      const state = passing(track, filterText, fields, alarmed, picture.nowUs);
      if (state === "hidden") hidden += 1;
      else list.push({ track, approach: approachOf(track, assets, zones), rank: ranks.get(track.id) });
      if (state === "kept") kept += 1;
    }
    return { ranked: sortTracks(list, sorting), hidden, kept };
  }, [picture.version, assets, zones, filterText, fields, sorting]);

  const selectedTrack = selection?.kind === "track" ? picture.tracks.get(selection.id) : undefined;

  useEffect(() => {
    map?.setRanking(ranked.map((entry) => entry.track.id));
  }, [map, ranked]);
  useEffect(() => {
    if (filterText === "" && isEmpty(fields)) return map?.setVisible(undefined);
    const { judgement } = picture;
    const alarmed = alarmedTracks(judgement?.alerts ?? []);
    map?.setVisible((track: TrackView) => passing(track, filterText, fields, alarmed, picture.nowUs) !== "hidden");
  }, [map, filterText, fields, picture, picture.judgement]);
  useEffect(() => {
    if (filter === "") map?.setMarker(undefined);
  }, [map, filter]);
  useEffect(() => {
    map?.setSelected(selection?.kind === "track" ? selection.id : undefined);
  }, [map, selection]);
  useEffect(() => {
    map?.setHovered(hovered);
  }, [map, hovered]);

  const [cameraOpen, setCameraOpen] = useState<string>();
  const [cameraRefusal, setCameraRefusal] = useState<{ cameraId: string; reason: string }>();
  /** Newest slew of each camera that this screen has seen; undefined until the first picture. */
  const knownSlews = useRef<Map<string, number>>(undefined);
  const { cameras } = picture;
  useEffect(() => {
    if (picture.site === undefined) return;
    const known = knownSlews.current;
    const opened = known === undefined ? undefined : newlySlewed(cameras, known);
    if (opened !== undefined) {
      setCameraOpen(opened.id);
      setCameraRefusal(undefined);
    }
    knownSlews.current = new Map(cameras.map(({ id, slew }) => [id, slew?.id ?? 0]));
  }, [cameras, picture.site]);
  const camera = cameras.find(({ id }) => id === cameraOpen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for all that changes in place inside the picture
  const distraction = useMemo(() => {
    if (!cameras.some(({ looksAt }) => looksAt !== null)) return undefined;
    const ranks = ranksOf(picture.judgement?.ranking);
    const all = [...picture.tracks.values()].map(
      (track): RankedTrack => ({ track, approach: approachOf(track, assets, zones), rank: ranks.get(track.id) }),
    );
    return distractionOf(
      cameras,
      sortTracks(all, { key: "rank", descending: false }).map(({ track }) => track.id),
    );
  }, [picture.version, cameras, assets, zones]);
  const { actor, canAct } = useActing();
  const pressCameraHere = useCallback(
    (cameraId: string, press: CameraPress) => {
      setCameraRefusal(undefined);
      setCameraOpen(cameraId);
      void pressCamera(cameraId, press, actor).then((reason) => {
        if (reason !== undefined) setCameraRefusal({ cameraId, reason });
      });
    },
    [actor],
  );

  const selectTrack = useCallback((id: string | undefined) => setSelection(id === undefined ? undefined : { kind: "track", id }), []);

  const alarmPress = usePress();
  const pressAlarm = alarmPress.press;
  const acknowledge = useCallback(
    (alert: AlertView) => void pressAlarm({ method: "POST", path: `alerts/${encodeURIComponent(alert.id)}/acknowledge` }),
    [pressAlarm],
  );
  const cover = useRef<CoverHandle>(null);
  const decision = useRef<DecisionHandle>(null);
  const [coverAsset, setCoverAsset] = useState("");

  // A tab in the background still says when its picture is old.
  const siteName = picture.site?.name;
  const mode = picture.state === "open" ? "" : `${words.t(`mode.${picture.state}`)} · `;
  useEffect(() => {
    document.title = `${mode}${siteName === undefined ? "" : `${siteName} · `}Picket`;
  }, [mode, siteName]);

  const act = useRef<(action: Action) => void>(() => {});
  act.current = (action) => {
    const ids = ranked.map((entry) => entry.track.id);
    const at = selection?.kind === "track" ? ids.indexOf(selection.id) : -1;
    if (pagesOpen && ONCE.has(action)) {
      // Nothing is ordered behind pages that hide what it is about; TAKE COVER is never in the way of anything.
      setPagesOpen(false);
      if (action !== "cover") return;
    }
    switch (action) {
      case "keys":
        return setKeysOpen((open) => !open);
      case "table":
        return table.current?.focus();
      case "filter":
        return table.current?.focusFilter();
      case "map":
        return map?.focus();
      case "pane":
        return pane.current?.focus();
      case "bench":
        return setSelection((before) => (before?.kind === "bench" ? undefined : { kind: "bench", id: "" }));
      case "alarm-pages":
        return setPagesOpen((open) => !open);
      case "history":
        return setHistoryOpen((open) => !open);
      case "hand-over":
        return setHandOverOpen((open) => !open);
      case "training":
        return setTrainingOpen((open) => !open);
      case "live":
        return past.close();
      case "sensors":
        return sensors.current?.querySelector("button")?.focus();
      case "next":
        return ids.length > 0 ? selectTrack(ids[Math.min(ids.length - 1, at + 1)]) : undefined;
      case "previous":
        return ids.length > 0 ? selectTrack(ids[Math.max(0, at < 0 ? 0 : at - 1)]) : undefined;
      case "top":
        return ids.length > 0 ? selectTrack(ids[0]) : undefined;
      case "centre":
        if (selectedTrack !== undefined) map?.centreOn(selectedTrack.position.longitudeDegrees, selectedTrack.position.latitudeDegrees);
        return;
      case "filters":
        return setFiltersOpen((open) => !open);
      case "measure":
        return setMeasuring((open) => !open);
      case "fit":
        return map?.fitSite();
      case "zoom-in":
        return map?.zoomBy(1);
      case "zoom-out":
        return map?.zoomBy(-1);
      case "theme":
        return change({ theme: THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length]! });
      case "brightness": {
        const steps: readonly number[] = BRIGHTNESS_STEPS;
        return change({ brightness: steps[(steps.indexOf(settings.brightness) + 1) % steps.length]! });
      }
      case "language":
        return change({ language: settings.language === "en" ? "ar" : "en" });
      case "trails":
        return change({ trails: !settings.trails });
      case "vectors":
        return change({ vectors: !settings.vectors });
      case "ellipses":
        return change({ ellipses: !settings.ellipses });
      case "labels":
        return change({ labels: !settings.labels });
      case "slew": {
        if (selectedTrack === undefined || picture.system?.mode === "replay") return;
        const chosen = chooseCamera(cameras, selectedTrack, actor);
        return chosen === undefined ? undefined : pressCameraHere(chosen.id, { act: "slew", trackId: selectedTrack.id });
      }
      case "acknowledge": {
        const top = topUnacknowledged(picture.judgement?.alerts ?? []);
        if (top !== undefined && canAct) acknowledge(top);
        return;
      }
      case "alarm": {
        const alerts = picture.judgement?.alerts ?? [];
        const about = [topUnacknowledged(alerts), ...alerts].flatMap((alert) => alert?.tracks ?? []).find((id) => picture.tracks.has(id));
        return about === undefined ? undefined : selectTrack(about);
      }
      case "accept":
        return decision.current?.accept();
      case "dismiss":
        return decision.current?.dismiss();
      case "hold":
        return decision.current?.hold();
      case "cover":
        return cover.current?.press();
      case "close":
        if (keysOpen) setKeysOpen(false);
        else if (measuring) setMeasuring(false);
        else if (pagesOpen) setPagesOpen(false);
        else if (historyOpen) setHistoryOpen(false);
        else setSelection(undefined);
        return;
      case "play": {
        document.getElementById("replay-play")?.click();
        return;
      }
    }
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event)) return;
      const action = actionOf(event, settings.singleKeys);
      if (action === undefined) return;
      event.preventDefault();
      // A key that is held down acts once where it acts on the world.
      if (event.repeat && ONCE.has(action)) return;
      act.current(action);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [settings.singleKeys]);

  return (
    <div className="watch" data-state={picture.state}>
      <SystemBar settings={settings} change={change} openKeys={() => setKeysOpen(true)} openHandOver={() => setHandOverOpen(true)} />
      <div className="side side-start">
        <TrackTable
          ref={table}
          ranked={ranked}
          groups={picture.judgement?.groups ?? NO_GROUPS}
          total={picture.tracks.size}
          sorting={sorting}
          setSorting={setSorting}
          filter={filter}
          setFilter={setFilter}
          fields={fields}
          setFields={setFields}
          filtersOpen={filtersOpen}
          setFiltersOpen={setFiltersOpen}
          hidden={hidden}
          kept={kept}
          selected={selection?.kind === "track" ? selection.id : undefined}
          hovered={hovered}
          select={selectTrack}
          hover={setHovered}
          centre={() => act.current("centre")}
          goTo={(place) => {
            map?.centreOn(place.longitudeDegrees, place.latitudeDegrees);
            map?.setMarker(place, words.mgrs(place) || words.latLon(place));
          }}
        />
        <SensorList ref={sensors} selection={selection} select={setSelection} />
      </div>
      <main className="centre" aria-label={words.t("region.map")}>
        <ConnectionBanner />
        <CameraBanner distraction={distraction} />
        <CoverPrompts
          arm={(asset) => {
            setCoverAsset(asset);
            cover.current?.press();
          }}
          select={selectTrack}
        />
        <MapView
          settings={settings}
          change={change}
          selected={selectedTrack}
          hovered={hovered}
          select={selectTrack}
          hover={setHovered}
          onMap={setMap}
          measure={() => setMeasuring(!measuring)}
          measuring={measuring}
        />
        {/* Both draw on the map; landmarks that were taken are not lost by a key. */}
        {measuring && !calibrating ? (
          <Suspense>
            <MeasurePanel
              map={map}
              from={selection?.kind === "track" ? selection.id : undefined}
              close={() => {
                setMeasuring(false);
                map?.focus();
              }}
            />
          </Suspense>
        ) : null}
        {camera === undefined || !calibrating ? null : (
          <Suspense>
            <CalibrationPanel
              key={camera.id}
              camera={camera}
              map={map}
              close={() => {
                setCalibrating(false);
                map?.focus();
              }}
            />
          </Suspense>
        )}
        {camera === undefined ? null : (
          <CameraTile
            camera={camera}
            cameras={cameras}
            choose={setCameraOpen}
            close={() => setCameraOpen(undefined)}
            press={pressCameraHere}
            calibrate={() => setCalibrating(true)}
            refusal={cameraRefusal?.cameraId === camera.id ? cameraRefusal.reason : undefined}
          />
        )}
      </main>
      <aside className="side side-end" aria-label={words.t("region.pane")} tabIndex={-1} ref={pane}>
        <TakeCover ref={cover} asset={coverAsset} setAsset={setCoverAsset} />
        <AlarmPanel
          press={alarmPress}
          acknowledge={acknowledge}
          select={selectTrack}
          selected={selection?.kind === "track" ? selection.id : undefined}
          muted={!settings.sounds}
          openPages={() => setPagesOpen(true)}
        />
        {selection?.kind === "track" ? (
          <TrackPane
            id={selection.id}
            assets={assets}
            close={() => setSelection(undefined)}
            centre={() => act.current("centre")}
            slew={cameras.length === 0 || picture.system?.mode === "replay" ? undefined : () => act.current("slew")}
            select={setSelection}
            decision={decision}
          />
        ) : selection?.kind === "sensor" ? (
          <SensorPane id={selection.id} close={() => setSelection(undefined)} select={setSelection} />
        ) : selection?.kind === "bench" ? (
          <SapientBench nodeId={selection.id} close={() => setSelection(undefined)} select={setSelection} />
        ) : selection?.kind === "source" ? (
          <SourcePane id={selection.id} close={() => setSelection(undefined)} select={setSelection} />
        ) : selection?.kind === "zone" || selection?.kind === "asset" ? (
          <PlaceEditor
            key={`${selection.kind}/${selection.id}`}
            what={selection.kind}
            id={selection.id}
            map={map}
            close={() => setSelection(undefined)}
            saved={setPlaceUndo}
          />
        ) : (
          <SitePane ranked={ranked} select={selectTrack} open={setSelection} undo={placeUndo} setUndo={setPlaceUndo} />
        )}
        <NoticeList />
      </aside>
      <Timeline openHistory={() => setHistoryOpen(true)} />
      <ReplayFrame />
      <ExerciseFrame training={training} open={() => setTrainingOpen(true)} />
      {handOverOpen ? (
        <Suspense>
          <HandOverPage open={handOverOpen} setOpen={setHandOverOpen} />
        </Suspense>
      ) : null}
      {trainingOpen ? (
        <Suspense>
          <TrainingPage open={trainingOpen} setOpen={setTrainingOpen} training={training} />
        </Suspense>
      ) : null}
      {historyOpen ? (
        <Suspense>
          <HistoryPage open={historyOpen} setOpen={setHistoryOpen} />
        </Suspense>
      ) : null}
      <AlarmPages open={pagesOpen} setOpen={setPagesOpen} />
      <KeySheet open={keysOpen} setOpen={setKeysOpen} settings={settings} change={change} />
    </div>
  );
}
