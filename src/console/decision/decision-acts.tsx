import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { DISMISSAL_REASONS, type DismissalReason } from "../../core/model/alert.ts";
import { CLASS_NAMES } from "../../core/model/identity.ts";
import type { Affiliation, TrackView } from "../../core/model/picture-view.ts";
import { type Press, useActing } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { useWords } from "../strings/words-context.tsx";

const AFFILIATIONS: readonly Affiliation[] = ["unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"];
const DECLARE_MINUTES = [15, 60, 240, 720] as const;

export interface DecisionHandle {
  accept(): void;
  /** Opens the reasons, with the hand in them. */
  dismiss(): void;
  hold(): void;
}

interface Props {
  track: TrackView;
  press: Press;
  ref: Ref<DecisionHandle>;
}

/** What a person may say of the selected track, each in one or two presses. What was refused is said in the server's words. */
export function DecisionActs({ track, press, ref }: Props) {
  const words = useWords();
  const { canAct, actor } = useActing();
  const [form, setForm] = useState<"dismiss" | "declare">();
  const path = `tracks/${encodeURIComponent(track.id)}`;
  const mine = track.heldBy === actor;
  const opener = useRef<HTMLFieldSetElement>(null);

  const accept = () => {
    if (canAct) void press.press({ method: "POST", path: `${path}/accept` });
  };
  const hold = () => {
    if (canAct) void press.press({ method: "POST", path: mine ? "release" : "hold", body: { subject: track.id } });
  };
  const close = () => {
    // The hand goes back to where the form was opened, never to nowhere.
    if (opener.current?.contains(document.activeElement) === true) opener.current.querySelector("button")?.focus();
    setForm(undefined);
  };
  useImperativeHandle(ref, () => ({
    accept,
    hold,
    dismiss: () => setForm("dismiss"),
  }));
  if (!canAct) return null;
  return (
    <fieldset
      className="decision-acts"
      aria-label={words.t("keys.decide")}
      ref={opener}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== "Escape" || form === undefined) return;
        // Escape closes the form first and the pane with the next press.
        event.preventDefault();
        close();
      }}
    >
      <div className="decision-buttons">
        <Button className="button small" onPress={accept}>
          {words.t("decision.accept")} <kbd>Y</kbd>
        </Button>
        <Button
          className="button small"
          aria-expanded={form === "dismiss"}
          onPress={() => setForm(form === "dismiss" ? undefined : "dismiss")}
        >
          {words.t("decision.dismiss")} <kbd>Q</kbd>
        </Button>
        <Button
          className="button small"
          aria-expanded={form === "declare"}
          onPress={() => setForm(form === "declare" ? undefined : "declare")}
        >
          {words.t("decision.declare")}
        </Button>
        <Button className="button small" onPress={hold}>
          {words.t(mine ? "decision.release" : "decision.hold")} <kbd>H</kbd>
        </Button>
      </div>
      {track.heldBy === null || mine ? null : <p className="quiet">{words.t("alarms.held-by", { actor: track.heldBy })}</p>}
      {form === "dismiss" ? <DismissForm key={track.id} path={path} press={press} close={close} /> : null}
      {form === "declare" ? <DeclareForm key={track.id} path={path} press={press} close={close} /> : null}
      <PressOutcome press={press} />
    </fieldset>
  );
}

interface FormProps {
  path: string;
  press: Press;
  close(): void;
}

/** Reasons by number: a digit, or an arrow and Enter. Only "other" asks for words. */
function DismissForm({ path, press, close }: FormProps) {
  const words = useWords();
  const [other, setOther] = useState(false);
  const [text, setText] = useState("");
  const group = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    group.current?.querySelector("button")?.focus();
  }, []);
  const send = (reason: DismissalReason, why: string) =>
    void press.press({ method: "POST", path: `${path}/dismiss`, body: { reason, text: why } }).then((done) => {
      if (done) close();
    });
  const choose = (reason: DismissalReason) => (reason === "other" ? setOther(true) : send(reason, ""));
  return (
    <fieldset
      className="dismiss-form"
      aria-label={words.t("decision.dismiss-as")}
      ref={group}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
        const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>(".reason")];
        const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
        const digit = /^(?:Digit|Numpad)([1-6])$/.exec(event.code);
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (digit !== null) choose(DISMISSAL_REASONS[Number(digit[1]) - 1]!);
        else if (step !== undefined && at >= 0) {
          const turn = document.documentElement.dir === "rtl" && /Left|Right/.test(event.key) ? -step : step;
          buttons[(at + turn + buttons.length) % buttons.length]?.focus();
        } else return;
        event.preventDefault();
      }}
    >
      <p className="quiet">{words.t("decision.dismiss-as")}</p>
      <div className="reasons">
        {DISMISSAL_REASONS.map((reason, index) => (
          <Button key={reason} className="button small reason" data-reason={reason} onPress={() => choose(reason)}>
            <kbd>{words.number(index + 1)}</kbd> {words.t(`dismiss.${reason}`)}
          </Button>
        ))}
      </div>
      {other ? (
        <form
          className="act-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") send("other", text.trim());
          }}
        >
          <label>
            <span>{words.t("decision.why")}</span>
            {/* biome-ignore lint/a11y/noAutofocus: the person just chose the reason that needs words */}
            <input value={text} maxLength={500} required autoFocus onChange={(event) => setText(event.target.value)} />
          </label>
          <Button type="submit" className="button small strong" isDisabled={text.trim() === ""}>
            {words.t("decision.dismiss")}
          </Button>
        </form>
      ) : null}
    </fieldset>
  );
}

function DeclareForm({ path, press, close }: FormProps) {
  const words = useWords();
  const [answer, setAnswer] = useState("");
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<number>(60);
  const complete = answer !== "" && reason.trim() !== "";
  return (
    <form
      className="act-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!complete) return;
        const [question, value] = answer.split("/");
        void press
          .press({ method: "PUT", path: `${path}/declaration`, body: { question, value, reason: reason.trim(), minutes } })
          .then((done) => {
            if (done) close();
          });
      }}
    >
      <label>
        <span>{words.t("decision.declare-as")}</span>
        {/* biome-ignore lint/a11y/noAutofocus: opened by a press on this form's own button */}
        <select value={answer} autoFocus onChange={(event) => setAnswer(event.target.value)}>
          <option value="">{words.t("decision.choose")}</option>
          <optgroup label={words.t("track.whose")}>
            {AFFILIATIONS.map((each) => (
              <option key={each} value={`affiliation/${each}`}>
                {words.affiliation(each)}
              </option>
            ))}
          </optgroup>
          <optgroup label={words.t("decision.what")}>
            {CLASS_NAMES.map((each) => (
              <option key={each} value={`class/${each}`}>
                {words.t(`class-name.${each}`)}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <label>
        <span>{words.t("decision.why")}</span>
        <input value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />
      </label>
      <label>
        <span>{words.t("act.minutes")}</span>
        <select value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
          {DECLARE_MINUTES.map((each) => (
            <option key={each} value={each}>
              {words.number(each)}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" className="button small strong" isDisabled={!complete}>
        {words.t("decision.declare")}
      </Button>
    </form>
  );
}
