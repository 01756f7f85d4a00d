import { Button } from "react-aria-components";
import { usePast } from "../history/past.ts";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import type { TrainingState } from "./training.ts";

/** Around everything while this screen is an exercise: nobody must take it for the sky. */
export function ExerciseFrame({ training, open }: { training: TrainingState | undefined; open(): void }) {
  const exercise = training?.exercise ?? null;
  const { present } = usePast();
  // A replay inside the exercise has a frame of its own.
  return exercise === null || present !== undefined ? null : <Frame exercise={exercise} open={open} />;
}

function Frame({ exercise, open }: { exercise: NonNullable<TrainingState["exercise"]>; open(): void }) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(1_000);
  const left = exercise.endsAtUs === null || picture.system === undefined ? undefined : Math.max(0, (exercise.endsAtUs - now) / 1e6);
  return (
    <>
      <div className="replay-edge" aria-hidden="true" />
      <section className="replay-frame exercise-frame" aria-label={words.t("training.frame")}>
        <strong>{words.t("training.exercise")}</strong>
        <span>
          <Ltr>{exercise.scene}</Ltr> · {words.t("training.seed-is", { seed: words.number(exercise.seed) })}
        </span>
        <span role="status">{exercise.state === "ended" ? words.t("training.state-ended") : ""}</span>
        {exercise.state === "running" && left !== undefined ? (
          <span>{words.t("training.left", { time: words.duration(left) })}</span>
        ) : null}
        <Button className="button small strong" onPress={open}>
          {words.t(exercise.state === "ended" ? "training.debrief" : "training.title")} <kbd>5</kbd>
        </Button>
      </section>
    </>
  );
}
