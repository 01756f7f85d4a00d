import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import type { AssociationView, TrackView } from "../../core/model/picture-view.ts";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";
import { TrackId } from "../system/marks.tsx";
import { Section } from "../system/pane-head.tsx";

const NOTE_LENGTH = 500;
const MINUTES = [15, 60, 240, 720] as const;

/** What people wrote about the track, with who and when, and a place to write. */
export function NotesPart({ track }: { track: TrackView }) {
  const words = useWords();
  const picture = usePicture();
  const { canAct } = useActing();
  const press = usePress();
  const [text, setText] = useState("");
  const notes = (picture.judgement?.notes ?? []).filter(({ trackId }) => trackId === track.id);
  if (notes.length === 0 && !canAct) return null;
  return (
    <Section title={words.t("notes.title")}>
      {notes.length === 0 ? null : (
        <ul className="plain-list notes">
          {notes.map((note) => (
            <li key={note.id}>
              <p>
                <bdi>{note.text}</bdi>
              </p>
              <p className="quiet">
                {words.t(note.authenticated ? "notes.by" : "notes.by-claimed", { actor: note.by, clock: words.clock(note.atUs) })}
              </p>
            </li>
          ))}
        </ul>
      )}
      {canAct ? (
        <form
          className="act-form"
          onSubmit={(event) => {
            event.preventDefault();
            const said = text.trim();
            if (said === "") return;
            void press
              .press({ method: "POST", path: `tracks/${encodeURIComponent(track.id)}/notes`, body: { text: said } })
              .then((done) => {
                if (done) setText("");
              });
          }}
        >
          <label>
            <span>{words.t("notes.new")}</span>
            <input value={text} maxLength={NOTE_LENGTH} dir="auto" onChange={(event) => setText(event.target.value)} />
          </label>
          <Button type="submit" className="button small" isDisabled={text.trim() === "" || press.busy}>
            {words.t("notes.add")}
          </Button>
        </form>
      ) : null}
      <PressOutcome press={press} />
    </Section>
  );
}

/** Which tracks people said are one object or two, and a way to say so: with a reason and an end, beyond the reach of the correlator. */
export function AssociationsPart({ track }: { track: TrackView }) {
  const words = useWords();
  const picture = usePicture();
  const { canAct } = useActing();
  const press = usePress();
  const [form, setForm] = useState<"split" | "merge">();
  const standing = (picture.judgement?.associations ?? []).filter(
    ({ trackId, others }) => trackId === track.id || others.includes(track.id),
  );
  if (standing.length === 0 && !canAct) return null;
  return (
    <Section title={words.t("same.title")}>
      <ul className="plain-list notes">
        {standing.map((association) => (
          <li key={association.id}>
            <Standing association={association} />
            {canAct ? (
              <Button
                className="button small"
                isDisabled={press.busy}
                onPress={() => void press.press({ method: "DELETE", path: `associations/${association.id}` })}
              >
                {words.t("same.withdraw")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {canAct ? (
        <div className="decision-buttons">
          {(["split", "merge"] as const).map((kind) => (
            <Button
              key={kind}
              className="button small"
              aria-expanded={form === kind}
              onPress={() => setForm(form === kind ? undefined : kind)}
            >
              {words.t(`same.${kind}`)}
            </Button>
          ))}
        </div>
      ) : null}
      {form === undefined ? null : (
        <AssociationForm
          key={form}
          kind={form}
          track={track}
          busy={press.busy}
          send={(body) =>
            void press.press({ method: "POST", path: `tracks/${encodeURIComponent(track.id)}/${form}`, body }).then((done) => {
              if (done) setForm(undefined);
            })
          }
        />
      )}
      <PressOutcome press={press} />
    </Section>
  );
}

function Standing({ association }: { association: AssociationView }): ReactNode {
  const words = useWords();
  const picture = usePicture();
  const { kind, trackId, others, sensorId, names, by, reason, expiresAtUs, apart, authenticated } = association;
  const what =
    kind === "merge"
      ? others.join(", ")
      : others.length > 0
        ? others.join(", ")
        : sensorId === null
          ? (names[0] ?? "")
          : (picture.sensors.get(sensorId)?.name ?? sensorId);
  return (
    <>
      <p>{words.t(kind === "merge" ? "same.merged" : "same.split-off", { track: trackId, other: what })}</p>
      {apart.length === 0 ? null : <p className="warn-word">{words.t("same.apart", { other: apart.join(", ") })}</p>}
      <p className="quiet">
        {words.t(authenticated ? "same.by" : "same.by-claimed", { actor: by, clock: words.clock(expiresAtUs), reason })}
      </p>
    </>
  );
}

interface FormProps {
  kind: "split" | "merge";
  track: TrackView;
  busy: boolean;
  send(body: Record<string, unknown>): void;
}

function AssociationForm({ kind, track, busy, send }: FormProps) {
  const words = useWords();
  const picture = usePicture();
  const [other, setOther] = useState("");
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<number>(60);
  const complete = other !== "" && reason.trim() !== "";
  const here = track;
  /** The nearest first: two tracks of one object are near each other. */
  const near = [...picture.tracks.values()]
    .filter(({ id, origin }) => id !== track.id && origin === track.origin)
    .map(({ id, eastMetres, northMetres }) => ({ id, metres: Math.hypot(eastMetres - here.eastMetres, northMetres - here.northMetres) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, 20);
  return (
    <form
      className="act-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!complete) return;
        const rest = { reason: reason.trim(), minutes };
        const [what, ...parts] = other.split("/");
        if (kind === "merge") send({ otherId: other, ...rest });
        else if (what === "sensor") send({ sensorId: parts.join("/"), ...rest });
        else send({ identity: { scheme: parts[0], value: parts.slice(1).join("/") }, ...rest });
      }}
    >
      <label>
        <span>{words.t(kind === "merge" ? "same.merge-with" : "same.split-what")}</span>
        {/* biome-ignore lint/a11y/noAutofocus: opened by a press on this form's own button */}
        <select value={other} autoFocus onChange={(event) => setOther(event.target.value)}>
          <option value="">{words.t("decision.choose")}</option>
          {kind === "merge"
            ? near.map(({ id, metres }) => (
                <option key={id} value={id}>
                  {`\u2068${id}\u2069 · ${words.distance(metres)}`}
                </option>
              ))
            : [
                ...track.contributions.map(({ sensorId }) => (
                  <option key={`sensor/${sensorId}`} value={`sensor/${sensorId}`}>
                    {words.t("same.seen-by", { sensor: picture.sensors.get(sensorId)?.name ?? sensorId })}
                  </option>
                )),
                ...track.identities.map(({ scheme, value }) => (
                  <option key={`name/${scheme}/${value}`} value={`name/${scheme}/${value}`}>
                    {words.t("same.heard-as", { name: value })}
                  </option>
                )),
              ]}
        </select>
      </label>
      <label>
        <span>{words.t("decision.why")}</span>
        <input value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />
      </label>
      <label>
        <span>{words.t("act.minutes")}</span>
        <select value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
          {MINUTES.map((each) => (
            <option key={each} value={each}>
              {words.number(each)}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" className="button small strong" isDisabled={!complete || busy}>
        {words.t(`same.${kind}`)}
      </Button>
      <p className="why quiet wide">
        {words.t("same.about")} <TrackId id={track.id} />
      </p>
    </form>
  );
}
