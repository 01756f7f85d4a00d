import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { CameraView } from "../../core/model/camera.ts";
import type { Affiliation } from "../../core/model/picture-view.ts";
import { useActing } from "../acting.ts";
import { usePicture } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";
import type { Distraction } from "./camera-attention.ts";
import { type CameraPress, RULE_PRIORITIES } from "./camera-commands.ts";

interface Props {
  camera: CameraView;
  cameras: readonly CameraView[];
  choose(id: string): void;
  close(): void;
  press(cameraId: string, press: CameraPress): void;
  calibrate(): void;
  /** Why the newest press was refused. */
  refusal: string | undefined;
}

/**
 * What a camera sees and what it is doing, over a corner of the map. It opens by itself on a slew and never takes the focus: hands stay
 * where they were.
 */
export function CameraTile({ camera, cameras, choose, close, press, calibrate, refusal }: Props) {
  const words = useWords();
  const picture = usePicture();
  const { slew, rule, heldBy } = camera;
  const live = picture.system?.mode !== "replay";
  const mine = heldBy === useActing().actor;
  const affiliations = (list: readonly Affiliation[]) =>
    list.map((affiliation) => words.affiliation(affiliation)).join(words.language === "ar" ? "، " : ", ");
  const followable = slew !== null && picture.tracks.has(slew.trackId) ? slew.trackId : undefined;
  return (
    <section className="camera-tile" aria-label={`${words.t("camera.title")} ${camera.name}`} data-camera={camera.id}>
      <header className="camera-head">
        {cameras.length > 1 ? (
          <select
            className="camera-choice"
            aria-label={words.t("camera.choose")}
            value={camera.id}
            onChange={(event) => choose(event.target.value)}
          >
            {cameras.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <h2>
            <bdi>{camera.name}</bdi>
          </h2>
        )}
        <Button className="icon-button" aria-label={words.t("camera.close")} onPress={close}>
          <Icon name="close" />
        </Button>
      </header>
      <CameraPicture key={camera.id} camera={camera} live={live} />
      <p className="camera-state" role="status" data-outcome={slew?.outcome}>
        <CameraState camera={camera} />
      </p>
      {slew !== null && slew.reason !== "" ? (
        <p className="camera-reason quiet">
          <Ltr>{slew.reason}</Ltr>
        </p>
      ) : null}
      {refusal === undefined ? null : (
        <p className="camera-refusal" role="alert">
          {words.t("camera.refused", { reason: refusal })}
        </p>
      )}
      <p className="quiet camera-where">
        {camera.azimuthDegrees === null || camera.elevationDegrees === null || camera.fieldOfViewDegrees === null
          ? words.t("value.unknown")
          : words.t("camera.looks", {
              azimuth: words.bearing(camera.azimuthDegrees),
              elevation: `${words.number(camera.elevationDegrees, 1)}°`,
              width: `${words.number(camera.fieldOfViewDegrees, 1)}°`,
            })}
      </p>
      {live ? (
        <div className="camera-hands">
          <span className="camera-holder">
            {heldBy === null || camera.heldUntilUs === null
              ? rule.enabled
                ? words.t("camera.rule", {
                    actor: rule.by ?? "",
                    list: rule.follow ?? affiliations(rule.priorities),
                  })
                : words.t("camera.free")
              : words.t("camera.held", { actor: heldBy, clock: words.clock(camera.heldUntilUs) })}
          </span>
          <span className="camera-buttons">
            {rule.enabled ? (
              <Button className="button" onPress={() => press(camera.id, { act: "rule", enabled: false, follow: null })}>
                {rule.follow === null ? words.t("camera.rule-off") : words.t("camera.follow-stop", { track: rule.follow })}
              </Button>
            ) : (
              <>
                {followable === undefined ? null : (
                  <Button className="button" onPress={() => press(camera.id, { act: "rule", enabled: true, follow: followable })}>
                    {words.t("camera.follow", { track: followable })}
                  </Button>
                )}
                <Button
                  className="button"
                  onPress={() => press(camera.id, { act: "rule", enabled: true, follow: null, priorities: RULE_PRIORITIES })}
                >
                  {words.t("camera.rule-on", { list: affiliations(RULE_PRIORITIES) })}
                </Button>
              </>
            )}
            {heldBy === null ? (
              <Button className="button" onPress={() => press(camera.id, { act: "hold", takeOver: false })}>
                {words.t("camera.hold")}
              </Button>
            ) : mine ? (
              <Button className="button" onPress={() => press(camera.id, { act: "release" })}>
                {words.t("camera.release")}
              </Button>
            ) : (
              <Button className="button" onPress={() => press(camera.id, { act: "hold", takeOver: true })}>
                {words.t("camera.take-over")}
              </Button>
            )}
            <Button className="button" onPress={calibrate}>
              {words.t("calibration.open")}
            </Button>
          </span>
        </div>
      ) : null}
    </section>
  );
}

function CameraState({ camera }: { camera: CameraView }) {
  const words = useWords();
  if (camera.connection !== "ready") {
    return (
      <>
        {words.t("camera.not-answering")} {camera.message === "" ? null : <Ltr className="quiet">{camera.message}</Ltr>}
      </>
    );
  }
  const { slew } = camera;
  if (slew === null) return <>{words.t("camera.free")}</>;
  // It got there, and the track has flown on since.
  if (slew.outcome === "on-target" && camera.looksAt === null) return <>{words.t("camera.lost-sight", { track: slew.trackId })}</>;
  return <>{words.t(`camera.${slew.outcome}`, { track: slew.trackId })}</>;
}

const NEXT_AFTER = 250; // ms
const AGAIN_AFTER = 2000; // ms

/** Asks for one picture after another, each when the one before has come; a browser shows the old one until then. */
function CameraPicture({ camera, live }: { camera: CameraView; live: boolean }) {
  const words = useWords();
  const [count, setCount] = useState(1);
  const [failed, setFailed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const next = (after: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCount((before) => before + 1), after);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className="camera-picture" data-failed={failed || !live || undefined}>
      {live ? (
        <img
          src={`/api/v1/cameras/${encodeURIComponent(camera.id)}/picture?at=${count}`}
          alt={words.t("camera.picture", { camera: camera.name })}
          hidden={failed}
          onLoad={() => {
            setFailed(false);
            next(NEXT_AFTER);
          }}
          onError={() => {
            setFailed(true);
            next(AGAIN_AFTER);
          }}
        />
      ) : null}
      {failed || !live ? <span className="quiet">{words.t("camera.no-picture")}</span> : null}
    </div>
  );
}

/** Over the map: the camera keeps people busy with something less than the first in the ranking. */
export function CameraBanner({ distraction }: { distraction: Distraction | undefined }) {
  const words = useWords();
  return (
    <div role="status" className="camera-banner-place">
      {distraction === undefined ? null : (
        <p className="camera-banner">
          {words.t("camera.banner", {
            camera: distraction.camera.name,
            rank: distraction.rank,
            track: distraction.trackId,
            first: distraction.firstId,
          })}
        </p>
      )}
    </div>
  );
}
