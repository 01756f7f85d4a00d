import { useState } from "react";
import { Button } from "react-aria-components";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { useLive, usePicture } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";
import { announcementOf, type FriendDraft, type FriendField, newFriend } from "./friend-announcement.ts";

const FIELDS: readonly { name: FriendField; type: "text" | "datetime-local"; ltr?: boolean }[] = [
  { name: "name", type: "text" },
  { name: "owner", type: "text" },
  { name: "callsign", type: "text", ltr: true },
  { name: "serial", type: "text", ltr: true },
  { name: "place", type: "text", ltr: true },
  { name: "radius", type: "text", ltr: true },
  { name: "floor", type: "text", ltr: true },
  { name: "ceiling", type: "text", ltr: true },
  { name: "from", type: "datetime-local", ltr: true },
  { name: "to", type: "datetime-local", ltr: true },
  { name: "keptMinutes", type: "text", ltr: true },
];

/** Announces a friendly flight: whose, what it calls itself, where and when. */
export function FriendForm() {
  const words = useWords();
  const { canAct } = useActing();
  const picture = usePicture();
  const { store } = useLive();
  const press = usePress();
  const [draft, setDraft] = useState<FriendDraft>();
  const [wrong, setWrong] = useState<FriendField>();
  if (!canAct) return null;
  if (draft === undefined)
    return (
      <Button
        className="button small"
        onPress={() => {
          const at = picture.site;
          setDraft(newFriend(store.picture.nowUs, at === undefined ? "" : `${at.latitudeDegrees}, ${at.longitudeDegrees}`));
        }}
      >
        {words.t("friends.announce")}
      </Button>
    );
  return (
    <form
      className="act-form"
      onSubmit={(event) => {
        event.preventDefault();
        // The moment tells announcements of one name apart.
        const made = announcementOf(draft, `${draft.name.trim().slice(0, 40)} ${Math.round(store.picture.nowUs / 1e6)}`);
        if ("wrong" in made) {
          setWrong(made.wrong);
          return;
        }
        void press.press({ method: "POST", path: "friends", body: made.body, actorIn: "query" }).then((done) => {
          if (done) setDraft(undefined);
        });
      }}
    >
      {FIELDS.map(({ name, type, ltr }, index) => (
        <label key={name}>
          <span>{words.t(`friends.field.${name}`)}</span>
          <input
            type={type}
            value={draft[name]}
            maxLength={120}
            dir={ltr === true ? "ltr" : "auto"}
            aria-invalid={wrong === name || undefined}
            // biome-ignore lint/a11y/noAutofocus: the person just asked for this form
            autoFocus={index === 0}
            onChange={(event) => {
              setWrong(undefined);
              setDraft({ ...draft, [name]: event.target.value });
            }}
          />
        </label>
      ))}
      {wrong === undefined ? null : (
        <p className="press-refusal" role="alert">
          {words.t("friends.wrong", { field: words.t(`friends.field.${wrong}`) })}
        </p>
      )}
      <div className="decision-buttons">
        <Button type="submit" className="button small strong" isDisabled={press.busy}>
          {words.t("friends.announce")}
        </Button>
        <Button className="button small" onPress={() => setDraft(undefined)}>
          {words.t("act.cancel")}
        </Button>
      </div>
      <PressOutcome press={press} />
    </form>
  );
}
