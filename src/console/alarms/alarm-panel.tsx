import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { AlertFigures } from "../../core/model/alert.ts";
import type { AlertView } from "../../core/model/picture-view.ts";
import { type Press, useActing } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import { Sentence } from "../strings/sentence.tsx";
import { useWords } from "../strings/words-context.tsx";
import { OriginTag, TrackId } from "../system/marks.tsx";
import { blinks, isUnacknowledged, SHELF_MINUTES, SILENT, toneDue, topUnacknowledged } from "./alarm-calls.ts";
import { SoundTest } from "./sound-test.tsx";
import { sounds } from "./sounds.ts";
import { speech, spokenAlarm } from "./speech.ts";

const FIGURES_EVERY_MS = 10_000;
const TRACKS_SHOWN = 4;

interface Props {
  /** Acknowledgements by key and by button come out of one place, so that a refusal is shown here. */
  press: Press;
  acknowledge(alert: AlertView): void;
  select(trackId: string): void;
  selected: string | undefined;
  muted: boolean;
  /** Definitions, figures, self-audit. */
  openPages(): void;
}

/** What calls a person, highest level first, with what to do. The one place that sounds: no tone without its alarm on the screen. */
export function AlarmPanel({ press, acknowledge, select, selected, muted, openPages }: Props) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(500);
  const figures = usePolled<AlertFigures>(picture.site === undefined ? undefined : "/api/v1/alerts/figures", FIGURES_EVERY_MS);
  const alerts = picture.judgement?.alerts ?? [];
  const top = topUnacknowledged(alerts);
  const open = alerts.filter(isUnacknowledged).length;

  const tone = useRef(SILENT);
  const { language } = words;
  const replay = picture.system?.mode === "replay";
  const calls = useRef({ alerts, silent: false, spoken: (): string => "" });
  calls.current = {
    alerts,
    silent: replay,
    spoken: () => (top === undefined ? "" : spokenAlarm(top, picture.tracks, picture.site, words)),
  };
  useEffect(() => {
    const look = () => {
      const due = toneDue(tone.current, calls.current.alerts, performance.now());
      // What could not sound is due again: the first touch of the page lets a standing alarm be heard.
      if (due.level !== undefined && !muted && sounds.state() === "waiting") return;
      tone.current = due.state;
      if (due.level === undefined || muted || calls.current.silent) return;
      sounds.play(due.level);
      // After the tone, which lasts a second; without a voice on this machine tone and text are all there is.
      if (due.level === 1) speech.say(calls.current.spoken(), language, 1_200);
    };
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [muted, language]);
  const sound = sounds.state();

  return (
    <section className="panel alarms" aria-label={words.t("alarms.title")} data-some={alerts.length > 0 || undefined}>
      <header className="panel-head">
        <h2>{words.t("alarms.title")}</h2>
        <span className="count" data-warn={open > 0 || undefined}>
          {words.t("alarms.open", { count: open })}
        </span>
        {muted || sound !== "ready" ? (
          <span className="alarm-sound">
            {words.t(muted ? "alarms.muted" : sound === "none" ? "alarms.no-sound" : "alarms.sound-waiting")}
          </span>
        ) : null}
        <Button className="button small end" onPress={openPages}>
          {words.t("alarm-pages.open")}
          <kbd>⇧A</kbd>
          <span className="visually-hidden"> {words.t("key.alarm-pages")}</span>
        </Button>
      </header>
      <p className="visually-hidden" role="alert">
        {top === undefined ? "" : <Sentence of={top.condition} />}
      </p>
      <PressOutcome press={press} />
      {muted ? null : <SoundTest />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard */}
      <div className="list" role="log" aria-live="off" aria-label={words.t("alarms.title")} tabIndex={0}>
        {alerts.length === 0 ? <p className="empty">{words.t("alarms.none")}</p> : null}
        <ul className="plain-list">
          {alerts.map((alert) => (
            <AlarmItem
              key={alert.id}
              alert={alert}
              now={now}
              first={alert === top}
              press={press}
              acknowledge={acknowledge}
              select={select}
              selected={selected}
            />
          ))}
        </ul>
        <Figures figures={figures.answer} failed={figures.state === "failed"} />
      </div>
    </section>
  );
}

interface ItemProps {
  alert: AlertView;
  now: number;
  /** The one that the key acknowledges. */
  first: boolean;
  press: Press;
  acknowledge(alert: AlertView): void;
  select(trackId: string): void;
  selected: string | undefined;
}

function AlarmItem({ alert, now, first, press, acknowledge, select, selected }: ItemProps) {
  const words = useWords();
  const { canAct } = useActing();
  const [shelving, setShelving] = useState(false);
  const waiting = isUnacknowledged(alert);
  return (
    <li
      className="alarm"
      data-alarm={alert.id}
      data-level={alert.level}
      data-state={alert.state}
      data-blinks={blinks(alert) || undefined}
      data-selected={(selected !== undefined && alert.tracks.includes(selected)) || undefined}
    >
      <p className="alarm-head">
        <span className="alarm-level">
          <span className="visually-hidden">{words.t("alarms.level")} </span>
          {words.number(alert.level)}
        </span>
        <span className="alarm-state">{words.t(`alarm-state.${alert.state}`)}</span>
        <OriginTag origin={alert.origin} short />
        {alert.repeats > 0 ? <span className="quiet">{words.t("alarms.repeats", { count: alert.repeats })}</span> : null}
        <span className="end quiet">{words.duration((now - alert.raisedAtUs) / 1e6)}</span>
      </p>
      <p className="alarm-condition">
        <Sentence of={alert.condition} />
      </p>
      {alert.state === "shelved" ? null : (
        <p className="alarm-action">
          <Sentence of={alert.action} />
        </p>
      )}
      {alert.acknowledgedBy === null || waiting ? null : (
        <p className="quiet">{words.t("alarms.acknowledged-by", { actor: alert.acknowledgedBy })}</p>
      )}
      {alert.heldBy === null ? null : <p className="quiet">{words.t("alarms.held-by", { actor: alert.heldBy })}</p>}
      {alert.state !== "shelved" || alert.shelvedUntilUs === null ? null : (
        <p className="quiet">
          {words.t("alarms.shelved-by", {
            actor: alert.shelvedBy ?? "",
            clock: words.clock(alert.shelvedUntilUs),
            reason: alert.shelvedReason ?? "",
          })}
        </p>
      )}
      <div className="alarm-hands">
        {alert.tracks.slice(0, TRACKS_SHOWN).map((id) => (
          <Button key={id} className="alarm-track" onPress={() => select(id)}>
            <TrackId id={id} />
          </Button>
        ))}
        {alert.tracks.length > TRACKS_SHOWN ? (
          <span className="quiet">{words.t("alarms.more-tracks", { count: alert.tracks.length - TRACKS_SHOWN })}</span>
        ) : null}
        {!canAct ? null : alert.state === "shelved" ? (
          <Button
            className="button small end"
            onPress={() => void press.press({ method: "POST", path: `alerts/${encodeURIComponent(alert.id)}/unshelve` })}
          >
            {words.t("alarms.unshelve")}
          </Button>
        ) : (
          <span className="alarm-buttons end">
            {waiting ? (
              <Button className="button small strong" onPress={() => acknowledge(alert)}>
                {words.t("alarms.acknowledge")}
                {first ? <kbd>A</kbd> : null}
              </Button>
            ) : null}
            <Button className="button small" aria-expanded={shelving} onPress={() => setShelving(!shelving)}>
              {words.t("alarms.shelve")}
            </Button>
          </span>
        )}
      </div>
      {shelving && canAct && alert.state !== "shelved" ? <ShelveForm alert={alert} press={press} close={() => setShelving(false)} /> : null}
    </li>
  );
}

function ShelveForm({ alert, press, close }: { alert: AlertView; press: Press; close(): void }) {
  const words = useWords();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(SHELF_MINUTES[alert.level][0]!);
  return (
    <form
      className="act-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() === "") return;
        void press
          .press({ method: "POST", path: `alerts/${encodeURIComponent(alert.id)}/shelve`, body: { reason: reason.trim(), minutes } })
          .then((done) => {
            if (done) close();
          });
      }}
    >
      <label>
        <span>{words.t("alarms.shelve-reason")}</span>
        <input
          value={reason}
          maxLength={500}
          required
          // The person just asked for this form.
          // biome-ignore lint/a11y/noAutofocus: opened by a press on this form's own button
          autoFocus
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label>
        <span>{words.t("act.minutes")}</span>
        <select value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
          {SHELF_MINUTES[alert.level].map((each) => (
            <option key={each} value={each}>
              {words.number(each)}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" className="button small strong" isDisabled={reason.trim() === ""}>
        {words.t("alarms.shelve-do")}
      </Button>
    </form>
  );
}

function Figures({ figures, failed }: { figures: AlertFigures | undefined; failed: boolean }) {
  const words = useWords();
  if (figures === undefined) return failed ? <p className="alarm-figures quiet">{words.t("alarms.figures-failed")}</p> : null;
  return (
    <details className="alarm-figures">
      <summary>
        {words.t("alarms.per-10", { count: figures.per10Min })}
        {figures.inFlood ? <strong className="warn-word"> · {words.t("alarms.flood-now")}</strong> : null}
        {failed ? ` · ${words.t("alarms.figures-failed")}` : null}
      </summary>
      <ul className="plain-list quiet">
        <li>{words.t("alarms.rate", { value: words.number(figures.ratePerOperatorHour, 1) })}</li>
        <li>{words.t("alarms.flood-minutes", { count: figures.floodMinutes })}</li>
        <li>{words.t("alarms.stale", { count: figures.stale.length })}</li>
        <li>{words.t("alarms.chattering", { count: figures.chattering.length })}</li>
        {figures.topSources.slice(0, 10).map(({ definitionId, subject, calls }) => (
          <li key={`${definitionId} ${subject}`}>
            <bdi dir="ltr">{`${definitionId} · ${subject}`}</bdi> <span>{words.t("alarms.calls", { count: calls })}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
