import { useState } from "react";
import { Button } from "react-aria-components";
import type { SensorTaskView, SensorView } from "../../core/model/picture-view.ts";
import { type SensorTask, TASK_LEVELS } from "../../core/model/sensor-task.ts";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";
import { Section } from "../system/pane-head.tsx";

/** What may be asked of a SAPIENT node by a press, and what became of what was asked. Nothing where the sensor is none. */
export function SensorTasks({ sensor }: { sensor: SensorView }) {
  const words = useWords();
  const picture = usePicture();
  const [trouble, setTrouble] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { tasking } = sensor;
  if (tasking === undefined) return null;

  const ask = async (task: SensorTask) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const response = await fetch(`/api/v1/sensors/${encodeURIComponent(sensor.id)}/tasks`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ task }),
      });
      if (!response.ok) {
        const { detail } = (await response.json()) as { detail?: string };
        setTrouble(words.t("tasks.not-sent", { reason: detail ?? String(response.status) }));
      }
    } catch {
      setTrouble(words.t("tasks.no-answer"));
    }
    setBusy(false);
  };

  const { commands, requests, modes, mode } = tasking;
  const mayAsk = tasking.refusal === null && picture.system?.mode === "live";
  const offered = commands.filter((kind) => kind === "request" || kind === "mode-change" || kind === "detection-report-rate");
  return (
    <Section title={words.t("tasks.title")}>
      {tasking.refusal === null ? null : <p className="why warn-word">{words.t("tasks.refusal", { reason: tasking.refusal })}</p>}
      {tasking.refusal === null && offered.length === 0 ? <p className="why quiet">{words.t("tasks.undeclared")}</p> : null}
      {mayAsk ? (
        <div className="ask">
          {commands.includes("request") ? (
            <div className="ask-row">
              {(requests.length === 0 ? ["Status", "Registration"] : requests).map((request) => (
                <Button key={request} className="button" isDisabled={busy} onPress={() => void ask({ kind: "request", request })}>
                  {words.t("tasks.request", { what: request })}
                </Button>
              ))}
            </div>
          ) : null}
          {commands.includes("mode-change") && modes.length > 1 ? (
            // biome-ignore lint/a11y/useSemanticElements: a row of buttons with a name is no form
            <div className="ask-row" role="group" aria-label={words.t("tasks.mode")}>
              <span className="quiet">
                {words.t("tasks.mode")} · {words.t("tasks.mode-now", { mode })}
              </span>
              {modes
                .filter((other) => other !== mode)
                .map((other) => (
                  <Button key={other} className="button" isDisabled={busy} onPress={() => void ask({ kind: "mode-change", mode: other })}>
                    <bdi>{other}</bdi>
                  </Button>
                ))}
            </div>
          ) : null}
          {commands.includes("detection-report-rate") ? (
            // biome-ignore lint/a11y/useSemanticElements: a row of buttons with a name is no form
            <div className="ask-row" role="group" aria-label={words.t("tasks.rate")}>
              <span className="quiet">{words.t("tasks.rate")}</span>
              {TASK_LEVELS.map((level) => (
                <Button key={level} className="button" isDisabled={busy} onPress={() => void ask({ kind: "detection-report-rate", level })}>
                  {words.t(`tasks.level.${level}`)}
                </Button>
              ))}
            </div>
          ) : null}
        </div>
      ) : null}
      <p className="why warn-word" role="alert">
        {trouble}
      </p>
      {tasking.tasks.length === 0 ? null : (
        <ul className="tasks">
          {tasking.tasks.map((task) => (
            <Task key={`${task.id}/${task.commandId}`} task={task} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Task({ task }: { task: SensorTaskView }) {
  const words = useWords();
  const now = usePictureClock(1_000);
  const time = words.duration(Math.max(0, now - task.orderedAtUs) / 1e6);
  return (
    <li data-phase={task.phase}>
      <p>
        <bdi lang="en">{task.what}</bdi> · <strong>{words.t(`task-phase.${task.phase}`)}</strong>
        {task.sendings > 1 ? <span className="quiet"> · {words.t("tasks.sendings", { count: task.sendings })}</span> : null}
      </p>
      {task.reason === "" ? null : (
        <p>
          <bdi lang="en">{task.reason}</bdi>
        </p>
      )}
      <p className="quiet">
        {task.rule === null
          ? words.t("tasks.by", { name: task.orderedBy, time })
          : words.t("tasks.by-rule", { rule: task.rule, name: task.orderedBy, time })}
      </p>
    </li>
  );
}
