// Whether this screen is an exercise, asked once; again and again only while it is one or somebody looks.

import { useEffect, useState } from "react";
import { usePolled } from "../sensors/use-polled.ts";
import type { TrainingState } from "./training.ts";

const PATH = "/api/v1/exercise";
const EVERY_MS = 2_000;

export function useTraining(looking: boolean): TrainingState | undefined {
  const [asked, setAsked] = useState(false);
  const [isExercise, setIsExercise] = useState(false);
  const { answer, state } = usePolled<TrainingState>(!asked || isExercise || looking ? PATH : undefined, EVERY_MS);
  useEffect(() => {
    if (state === "waiting") return;
    if (state !== "failed") setAsked(true);
    if (answer !== undefined) setIsExercise(answer.exercise !== null);
  }, [answer, state]);
  return answer;
}
