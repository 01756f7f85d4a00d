import { useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { ExerciseScore, ObjectScore, Spread } from "../../core/model/exercise-score.ts";
import { useActing } from "../acting.ts";
import { LEAD_US, usePast } from "../history/past.ts";
import { usePolled } from "../sensors/use-polled.ts";
import type { MessageKey, Words } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";
import { endExercise, secondsAfter, startExercise, type TrainingState } from "./training.ts";

/** Their titles are in both languages; others are shown as they name themselves. */
const KNOWN_SCENES = new Set(["demo", "swarm", "migration", "quiet"]);

interface Props {
  open: boolean;
  setOpen(open: boolean): void;
  training: TrainingState | undefined;
}

/** Start an exercise beside this screen; on the screen of an exercise, end it and see how it went. */
export function TrainingPage({ open, setOpen, training }: Props) {
  const words = useWords();
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className="modal alarm-pages">
        <Dialog className="key-sheet">
          <header className="modal-head">
            <Heading slot="title">{words.t("training.title")}</Heading>
            <Button slot="close" className="icon-button" aria-label={words.t("pane.close")}>
              <Icon name="close" />
            </Button>
          </header>
          {training === undefined ? (
            <p className="quiet">{words.t("training.waiting")}</p>
          ) : training.exercise === null ? (
            <StartForm training={training} />
          ) : (
            <Debrief training={training} close={() => setOpen(false)} />
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function StartForm({ training }: { training: TrainingState }) {
  const words = useWords();
  const { actor } = useActing();
  const [scene, setScene] = useState(training.scenes[0]?.name ?? "");
  const [seed, setSeed] = useState("1");
  const [minutes, setMinutes] = useState("15");
  const [state, setState] = useState<{ busy?: boolean; refusal?: string; url?: string }>({});
  if (!training.mayStart) return <p className="why">{words.t("training.none")}</p>;
  const running = training.running === null ? undefined : `http://${location.hostname}:${training.running.port}`;
  const url = state.url ?? running;
  const start = async () => {
    setState({ busy: true });
    setState(await startExercise({ scene, seed: Number(seed), minutes: Number(minutes), actor }));
  };
  return (
    <>
      <p className="why">{words.t("training.hint")}</p>
      <form
        className="act-form"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <label>
          <span>{words.t("training.scene")}</span>
          <select value={scene} onChange={(event) => setScene(event.target.value)}>
            {training.scenes.map(({ name, title }) => (
              <option key={name} value={name}>
                {KNOWN_SCENES.has(name) ? words.t(`training.scene-${name}` as MessageKey) : title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{words.t("training.seed")}</span>
          <input
            type="number"
            min={0}
            max={4_294_967_295}
            step={1}
            required
            value={seed}
            onChange={(event) => setSeed(event.target.value)}
          />
        </label>
        <label>
          <span>{words.t("training.minutes")}</span>
          <input type="number" min={1} max={240} required value={minutes} onChange={(event) => setMinutes(event.target.value)} />
        </label>
        <Button type="submit" className="button strong" isDisabled={state.busy === true || url !== undefined}>
          {words.t(state.busy === true ? "training.starting" : "training.start")}
        </Button>
      </form>
      {state.refusal === undefined ? null : (
        <p className="press-refusal" role="alert">
          {words.t("camera.refused", { reason: state.refusal })}
        </p>
      )}
      <p role="status" className="why">
        {url === undefined ? null : (
          <a href={url} target="_blank" rel="noreferrer">
            {words.t("training.open")}
          </a>
        )}
      </p>
    </>
  );
}

function Debrief({ training, close }: { training: TrainingState; close(): void }) {
  const words = useWords();
  const exercise = training.exercise!;
  const ended = exercise.state === "ended";
  const { answer: score } = usePolled<ExerciseScore>(ended ? "/api/v1/exercise/score" : undefined, 10_000);
  const { actor } = useActing();
  return (
    <>
      <p className="why">
        <Ltr>{exercise.scene}</Ltr> · {words.t("training.seed-is", { seed: words.number(exercise.seed) })} ·{" "}
        {words.t(`training.state-${exercise.state}`)}
      </p>
      {ended ? null : (
        <>
          <p className="why quiet">{words.t("training.score-later")}</p>
          <Button className="button" onPress={() => void endExercise(actor)}>
            {words.t("training.end")}
          </Button>
        </>
      )}
      {ended && score === undefined ? <p className="quiet">{words.t("training.waiting")}</p> : null}
      {score === undefined ? null : <Score score={score} close={close} />}
    </>
  );
}

function Score({ score, close }: { score: ExerciseScore; close(): void }) {
  const words = useWords();
  const { openAt } = usePast();
  const wanted = score.objects.filter((object) => object.calledFor || object.mistakes.length > 0);
  return (
    <>
      <dl className="facts training-sums">
        <Sum name={words.t("training.in-time")}>
          {words.t("training.of", { done: words.number(score.inTime), all: words.number(score.calledFor) })}
        </Sum>
        <Sum name={words.t("training.tracked")}>
          {words.t("training.of", { done: words.number(score.tracked), all: words.number(score.calledFor) })}
        </Sum>
        <Sum name={words.t("training.acknowledge")}>{spreadText(score.acknowledge, words)}</Sum>
        <Sum name={words.t("training.assess")}>{spreadText(score.assess, words)}</Sum>
        <Sum name={words.t("training.decide")}>{spreadText(score.decide, words)}</Sum>
        <Sum name={words.t("training.needless")}>{words.number(score.needlessAlarms)}</Sum>
        <Sum name={words.t("training.mistakes")}>{words.number(score.mistakes)}</Sum>
      </dl>
      <table className="alarm-table">
        <caption>{words.t("training.caption")}</caption>
        <thead>
          <tr>
            {(["object", "tracks", "first", "alarm", "acknowledged", "assessed", "decided", "arrived", "verdict"] as const).map((name) => (
              <th key={name} scope="col">
                {words.t(`training.column-${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wanted.length === 0 ? (
            <tr>
              <td colSpan={9}>{words.t("training.nobody")}</td>
            </tr>
          ) : null}
          {wanted.map((object) => (
            <tr key={object.object} data-object={object.object}>
              <th scope="row">
                <Ltr>{object.object}</Ltr>
              </th>
              <td>
                <Ltr className="mono">{object.trackIds.join(" ")}</Ltr>
              </td>
              <td>
                {object.trackedAtUs === null ? (
                  "–"
                ) : (
                  <Button
                    className="button small"
                    onPress={() => {
                      close();
                      openAt(object.trackedAtUs! - LEAD_US);
                    }}
                  >
                    <Ltr className="mono">{words.clock(object.trackedAtUs)}</Ltr> {words.t("training.replay")}{" "}
                    <span className="visually-hidden">{object.object}</span>
                  </Button>
                )}
              </td>
              {(["alarmedAtUs", "acknowledgedAtUs", "assessedAtUs", "decidedAtUs", "arrivedAtUs"] as const).map((name) => (
                <td key={name} data-number>
                  {afterFirst(object, name, words)}
                </td>
              ))}
              <td>
                <Verdict object={object} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="why quiet">{words.t("training.counting")}</p>
    </>
  );
}

function Sum({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function spreadText({ median, worst, done }: Spread, words: Words): string {
  if (median === null || worst === null) return words.t("training.never");
  return words.t("training.spread", { median: words.duration(median), worst: words.duration(worst), count: words.number(done) });
}

function afterFirst(
  object: ObjectScore,
  name: "alarmedAtUs" | "acknowledgedAtUs" | "assessedAtUs" | "decidedAtUs" | "arrivedAtUs",
  words: Words,
): string {
  const seconds = secondsAfter(object.trackedAtUs, object[name]);
  return seconds === undefined ? "–" : seconds < 0 ? words.t("training.before-first") : words.duration(seconds);
}

function Verdict({ object }: { object: ObjectScore }) {
  const words = useWords();
  return (
    <>
      {object.inTime === null ? null : (
        <span className={object.inTime ? "" : "warn-word"}>{words.t(object.inTime ? "training.good" : "training.late")}</span>
      )}
      {object.mistakes.map((mistake) => (
        <span key={mistake} className="warn-word">
          {" "}
          {words.t(`training.${mistake}`)}
        </span>
      ))}
    </>
  );
}
