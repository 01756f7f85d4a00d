// What the API says of training, and the two presses: start and end.

export interface TrainingState {
  readonly exercise: {
    readonly scene: string;
    readonly title: string;
    readonly seed: number;
    readonly durationSeconds: number;
    readonly state: "waiting" | "running" | "ended";
    readonly startedAtUs: number | null;
    readonly endsAtUs: number | null;
  } | null;
  readonly mayStart: boolean;
  readonly scenes: readonly { readonly name: string; readonly title: string }[];
  readonly running: { readonly scene: string; readonly seed: number; readonly minutes: number; readonly port: number } | null;
}

const reasonOf = async (answer: Response): Promise<string> => {
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: unknown };
  return typeof detail === "string" ? detail : `HTTP ${answer.status}`;
};
const post = (path: string, body: unknown) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Where its screen is, or why it did not start. It takes some seconds. */
export async function startExercise(order: {
  scene: string;
  seed: number;
  minutes: number;
  actor: string;
}): Promise<{ url: string } | { refusal: string }> {
  try {
    const answer = await post("/api/v1/exercise", order);
    return answer.ok ? { url: ((await answer.json()) as { url: string }).url } : { refusal: await reasonOf(answer) };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

export async function endExercise(actor: string): Promise<string | undefined> {
  try {
    const answer = await post("/api/v1/exercise/end", { actor });
    return answer.ok ? undefined : await reasonOf(answer);
  } catch (error) {
    return (error as Error).message;
  }
}

/** s; undefined when one of the two never was. */
export const secondsAfter = (fromUs: number | null, atUs: number | null): number | undefined =>
  fromUs === null || atUs === null ? undefined : (atUs - fromUs) / 1e6;
