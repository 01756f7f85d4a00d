import { useEffect, useMemo, useRef, useState } from "react";
import { Button, I18nProvider, Slider, SliderThumb, SliderTrack, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { SystemView } from "../../core/model/picture-view.ts";
import { usePast } from "../history/past.ts";
import type { Picture } from "../live/picture-store.ts";
import { useLive, usePicture, usePictureClock } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";

const LIVE_SPAN_US = 15 * 60 * 1e6;
/** How far back one press of the button goes. */
const RECENT_US = 5 * 60e6;
const SPEEDS = [0.5, 1, 2, 5, 10, 50] as const;

/** Time runs from left to right in every language. Live: the last quarter of an hour up to now. Replay: the whole recording, with a scrub. */
export function Timeline({ openHistory }: { openHistory(): void }) {
  const picture = usePicture();
  const words = useWords();
  const replay = picture.system?.mode === "replay" ? picture.system.replay : null;
  return (
    <section
      className="timeline"
      aria-label={words.t(replay === null ? "timeline.title" : "replay.title")}
      data-mode={replay === null ? "live" : "replay"}
    >
      {replay === null ? <LiveTimeline picture={picture} openHistory={openHistory} /> : <ReplayBar picture={picture} replay={replay} />}
    </section>
  );
}

function LiveTimeline({ picture, openHistory }: { picture: Picture; openHistory(): void }) {
  const words = useWords();
  const past = usePast();
  const now = usePictureClock(1_000);
  const from = now - LIVE_SPAN_US;
  return (
    <>
      <div className="timeline-side">
        <strong>{words.t("timeline.title")}</strong>
        <span className="quiet">{words.t("timeline.span", { minutes: LIVE_SPAN_US / 60e6 })}</span>
        <span className="past-buttons">
          <Button className="link" onPress={openHistory}>
            {words.t("history.title")}
          </Button>
          <Button className="link" onPress={() => past.openAt(now - RECENT_US)}>
            <Ltr>−{words.number(RECENT_US / 60e6)}′</Ltr>
            <span className="visually-hidden"> {words.t("past.some-minutes")}</span>
          </Button>
        </span>
      </div>
      <Lane picture={picture} from={from} to={now} choose={past.openAt}>
        <span className="live-edge">{words.t(picture.state === "open" ? "timeline.live" : "timeline.not-live")}</span>
      </Lane>
    </>
  );
}

/** Tracks in the picture over time, and a tick for each notice. Drawn on a canvas, named for those who do not see it. */
function Lane({
  picture,
  from,
  to,
  choose,
  children,
}: {
  picture: Picture;
  from: number;
  to: number;
  /** A press on an instant; keys have the buttons beside it. */
  choose?: (atUs: number) => void;
  children?: React.ReactNode;
}) {
  const words = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const most = Math.max(4, ...picture.activity.map((sample) => sample.tracks));
  // Drawn again on each render, because the live edge moves with the clock.
  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const height = element.clientHeight;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const context = element.getContext("2d")!;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    context.scale(ratio, ratio);
    context.font = `450 11px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif`;
    const x = (us: number) => ((us - from) / (to - from)) * width;
    const base = height - 18;
    // Minutes.
    const span = to - from;
    const step =
      [60e6, 120e6, 300e6, 600e6, 1800e6, 3600e6, 4 * 3600e6, 24 * 3600e6].find((candidate) => span / candidate <= 16) ?? 24 * 3600e6;
    context.textAlign = "center";
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      context.strokeStyle = colour("--line");
      context.beginPath();
      context.moveTo(x(at), 4);
      context.lineTo(x(at), base);
      context.stroke();
      if (x(at) > 22 && x(at) < width - 50) {
        context.fillStyle = colour("--text-2");
        context.fillText(words.clock(at).slice(0, 5), x(at), height - 4);
      }
    }
    // Tracks.
    context.beginPath();
    let started = false;
    let lastX = 0;
    for (const sample of picture.activity) {
      if (sample.atUs < from - 10e6 || sample.atUs > to) continue;
      const sx = Math.max(0, x(sample.atUs));
      const sy = base - (sample.tracks / most) * (base - 8);
      if (!started) {
        context.moveTo(sx, base);
        context.lineTo(sx, sy);
        started = true;
      } else context.lineTo(sx, sy);
      lastX = sx;
    }
    if (started) {
      context.lineTo(lastX, base);
      context.closePath();
      context.fillStyle = colour("--activity-fill");
      context.fill();
      context.strokeStyle = colour("--activity-line");
      context.stroke();
    }
    context.strokeStyle = colour("--line-strong");
    context.beginPath();
    context.moveTo(0, base + 0.5);
    context.lineTo(width, base + 0.5);
    context.stroke();
    // Notices.
    for (const notice of picture.notices) {
      if (notice.atUs < from || notice.atUs > to) continue;
      context.fillStyle = colour(notice.level === "error" ? "--bad" : notice.level === "warning" ? "--warn" : "--text-3");
      const nx = x(notice.atUs);
      context.beginPath();
      context.moveTo(nx - 4, base + 1);
      context.lineTo(nx + 4, base + 1);
      context.lineTo(nx, base - 6);
      context.fill();
    }
  });
  return (
    <div className="lane" dir="ltr">
      <canvas
        ref={canvas}
        data-chosen-by-press={choose !== undefined || undefined}
        onPointerUp={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          if (event.button === 0 && box.width > 0) choose?.(from + ((event.clientX - box.left) / box.width) * (to - from));
        }}
        role="img"
        aria-label={words.t("timeline.described", {
          tracks: picture.tracks.size,
          notices: picture.notices.length,
          from: words.clock(from),
          to: words.clock(to),
        })}
      />
      {children}
    </div>
  );
}

function ReplayBar({ picture, replay }: { picture: Picture; replay: NonNullable<SystemView["replay"]> }) {
  const words = useWords();
  const { connection } = useLive();
  const now = usePictureClock(200);
  /** While a hand holds the scrub it stands where the hand is; the server's answer takes over afterwards. */
  const [held, setHeld] = useState<number>();
  const at = Math.min(replay.endUs, Math.max(replay.startUs, held ?? now));
  const span = replay.endUs - replay.startUs;
  const step = useMemo(() => Math.max(100_000, Math.round(span / 2_000)), [span]);
  return (
    <>
      <div className="timeline-side replay-controls">
        <Button
          id="replay-play"
          className="play"
          onPress={() => connection.send({ type: "replay", action: replay.playing ? "pause" : "play" })}
          aria-label={words.t(replay.playing ? "replay.pause" : "replay.play")}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            {replay.playing ? <path d="M4 3h3v10H4zM9 3h3v10H9z" /> : <path d="M4 2.5v11l9-5.5z" />}
          </svg>
        </Button>
        <div className="replay-at">
          <Ltr className="clock-time">{words.clock(at)}</Ltr>
          <span className="quiet">{words.date(at)}</span>
        </div>
        <ToggleButtonGroup
          className="speeds"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[String(replay.speed)]}
          onSelectionChange={(keys) => {
            const speed = Number([...keys][0]);
            if (Number.isFinite(speed)) connection.send({ type: "replay", action: "speed", speed });
          }}
          aria-label={words.t("replay.speed")}
        >
          {SPEEDS.map((speed) => (
            <ToggleButton key={speed} id={String(speed)} className="speed">
              <Ltr>{words.number(speed, speed < 1 ? 1 : 0)}×</Ltr>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      <div className="scrub" dir="ltr">
        <Lane picture={picture} from={replay.startUs} to={replay.endUs} />
        {/* Time runs from left to right in every language, so the slider must not mirror itself. */}
        <I18nProvider locale="en-GB">
          <Slider
            className="slider"
            aria-label={words.t("replay.scrub")}
            minValue={replay.startUs}
            maxValue={replay.endUs}
            step={step}
            value={at}
            onChange={(value) => setHeld(value)}
            onChangeEnd={(value) => {
              connection.send({ type: "replay", action: "seek", atUs: Math.round(value) });
              setHeld(undefined);
            }}
          >
            <SliderTrack className="slider-track">
              <SliderThumb className="slider-thumb" />
            </SliderTrack>
          </Slider>
        </I18nProvider>
      </div>
    </>
  );
}
