import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import type { CameraView } from "../../core/model/camera.ts";
import { useActing } from "../acting.ts";
import { readPlace } from "../map/read-place.ts";
import type { Place } from "../map/ruler.ts";
import type { SiteMap } from "../map/site-map.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { CloseButton } from "../system/pane-head.tsx";
import { askCalibration, type Calibrated, LANDMARKS_NEEDED, type Landmark } from "./camera-calibration.ts";

interface Props {
  camera: CameraView;
  map: SiteMap | undefined;
  close(): void;
}

/**
 * How the camera is mounted, from places that it was turned to by its joystick: name and place of each, then one press that takes the
 * camera's pan and tilt as they are now. Stays open while the camera moves; nothing counts until the server has worked it out.
 */
export function CalibrationPanel({ camera, map, close }: Props) {
  const words = useWords();
  const { actor } = useActing();
  const [landmarks, setLandmarks] = useState<readonly Landmark[]>([]);
  const [name, setName] = useState("");
  const [placeText, setPlaceText] = useState("");
  const [heightText, setHeightText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Calibrated>();
  const mine = camera.heldBy === actor;

  const shown = JSON.stringify(landmarks.map(({ place, name }) => [place.latitudeDegrees, place.longitudeDegrees, name]));
  useEffect(() => {
    if (map === undefined) return;
    const points = JSON.parse(shown) as [number, number, string][];
    map.setDrawing(
      {
        kind: "line",
        points: points.map(([latitudeDegrees, longitudeDegrees]) => ({ latitudeDegrees, longitudeDegrees })),
        labels: points.map(([, , label]) => label),
      },
      { onAdd: (place: Place) => setPlaceText(`${place.latitudeDegrees.toFixed(6)}, ${place.longitudeDegrees.toFixed(6)}`) },
    );
  }, [map, shown]);
  useEffect(() => () => map?.setDrawing(undefined), [map]);

  const take = () => {
    const place = readPlace(placeText);
    const height = heightText.trim() === "" ? Number.NaN : Number(heightText.trim().replace(",", "."));
    if (name.trim() === "") return setWrong(words.t("calibration.no-name"));
    if (place === undefined) return setWrong(words.t("calibration.no-place"));
    if (!(height >= -500 && height <= 9000)) return setWrong(words.t("calibration.no-height"));
    if (camera.pan === null || camera.tilt === null) return setWrong(words.t("calibration.no-pose"));
    setWrong(undefined);
    setAnswer(undefined);
    setLandmarks((before) => [
      ...before,
      { name: name.trim(), place, heightAmslMetres: height, pan: camera.pan as number, tilt: camera.tilt as number },
    ]);
    setName("");
    setPlaceText("");
    setHeightText("");
  };
  const workOut = async () => {
    setBusy(true);
    setAnswer(await askCalibration(camera.id, landmarks, actor));
    setBusy(false);
  };
  const angle = (value: number, decimals: number) => `${words.number(value, decimals)}°`;

  return (
    <section
      className="measure calibration"
      aria-label={words.t("calibration.title", { camera: camera.name })}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <header className="panel-head">
        <h2>{words.t("calibration.title", { camera: camera.name })}</h2>
        <CloseButton close={close} />
      </header>
      <p className="why quiet">{words.t("calibration.hint")}</p>
      {mine ? null : <p className="why warn-word">{words.t("calibration.hold-first")}</p>}
      <form
        className="act-form"
        onSubmit={(event) => {
          event.preventDefault();
          take();
        }}
      >
        <label>
          <span>{words.t("calibration.name")}</span>
          {/* biome-ignore lint/a11y/noAutofocus: opened by a press */}
          <input value={name} autoFocus maxLength={80} dir="auto" onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          <span>{words.t("calibration.place")}</span>
          <input value={placeText} spellCheck={false} dir="ltr" onChange={(event) => setPlaceText(event.target.value)} />
        </label>
        <label>
          <span>{words.t("calibration.height")}</span>
          <input value={heightText} inputMode="decimal" dir="ltr" onChange={(event) => setHeightText(event.target.value)} />
        </label>
        <Button type="submit" className="button">
          {words.t("calibration.take")}
        </Button>
      </form>
      <p className="quiet" aria-live="off">
        {camera.pan === null || camera.tilt === null ? (
          words.t("value.unknown")
        ) : (
          <Ltr className="mono">
            pan {camera.pan.toFixed(4)} · tilt {camera.tilt.toFixed(4)}
          </Ltr>
        )}
      </p>
      <p className="press-refusal" role="alert" hidden={wrong === undefined}>
        {wrong ?? ""}
      </p>
      <ol className="plain-list legs">
        {landmarks.map((landmark, index) => {
          const residual = answer?.kind === "done" ? answer.residuals[index] : undefined;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a landmark is its place in the list
            <li key={index} data-landmark={landmark.name}>
              <span>
                <bdi>{landmark.name}</bdi>{" "}
                <Ltr className="mono quiet">
                  {landmark.pan.toFixed(3)} / {landmark.tilt.toFixed(3)}
                </Ltr>
              </span>
              {residual === undefined ? null : <span>{words.t("calibration.left", { angle: angle(residual.totalDegrees, 3) })}</span>}
              <Button
                className="button small"
                aria-label={words.t("calibration.remove-named", { name: landmark.name })}
                onPress={() => {
                  setAnswer(undefined);
                  setLandmarks((before) => before.toSpliced(index, 1));
                }}
              >
                {words.t("calibration.remove")}
              </Button>
            </li>
          );
        })}
      </ol>
      <div className="decision-buttons">
        <Button className="button strong" isDisabled={busy || landmarks.length < LANDMARKS_NEEDED} onPress={workOut}>
          {words.t("calibration.work-out", { count: words.number(landmarks.length), needed: words.number(LANDMARKS_NEEDED) })}
        </Button>
      </div>
      <div role="status">
        {answer?.kind === "refused" ? <p className="press-refusal">{words.t("camera.refused", { reason: answer.reason })}</p> : null}
        {answer?.kind === "done" ? (
          <p className="why">
            {words.t("calibration.done", {
              heading: words.bearing(answer.headingDegrees),
              pitch: angle(answer.pitchDegrees, 2),
              roll: angle(answer.rollDegrees, 2),
              worst: angle(answer.worstDegrees, 3),
              sigma: angle(answer.sigmaDegrees, 3),
            })}
            {answer.redundancy === 0 ? ` ${words.t("calibration.no-check")}` : ""}
          </p>
        ) : null}
      </div>
    </section>
  );
}
