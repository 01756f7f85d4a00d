import { type ReactNode, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { HandOverView, WatchSummary } from "../../core/model/hand-over.ts";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import type { Words } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";

interface Props {
  open: boolean;
  setOpen(open: boolean): void;
}

interface Watch {
  readonly now: WatchSummary;
  readonly handOvers: readonly HandOverView[];
}

/** What whoever takes the watch must know, made by the system; offered by one person and taken by another, both in the record. */
export function HandOverPage({ open, setOpen }: Props) {
  const words = useWords();
  const { actor, canAct } = useActing();
  const { answer: watch } = usePolled<Watch>("/api/v1/watch", 2_000);
  const newest = usePicture().judgement?.handOver ?? watch?.handOvers[0];
  const offered = newest?.state === "open" ? newest : undefined;
  const press = usePress();
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className="modal alarm-pages">
        <Dialog className="key-sheet">
          <header className="modal-head">
            <Heading slot="title">{words.t("watch.title")}</Heading>
            <Button slot="close" className="icon-button" aria-label={words.t("pane.close")}>
              <Icon name="close" />
            </Button>
          </header>
          {offered === undefined ? null : (
            <section className="watch-offer" aria-label={words.t("watch.offer")}>
              <p>
                <strong>{words.t("watch.offered", { from: offered.from, to: offered.to, clock: words.clock(offered.atUs) })}</strong>{" "}
                {offered.fromAuthenticated ? null : <span className="quiet">{words.t("watch.not-proved")}</span>}
              </p>
              {offered.text === "" ? null : (
                <p>
                  <bdi>{offered.text}</bdi>
                </p>
              )}
              {canAct ? (
                <Button
                  className="button strong"
                  isDisabled={press.busy}
                  onPress={() => void press.press({ method: "POST", path: "watch/accept", body: { handOverId: offered.id } })}
                >
                  {words.t("watch.accept", { name: actor })}
                </Button>
              ) : null}
            </section>
          )}
          <PressOutcome press={press} />
          {watch === undefined ? <p className="quiet">{words.t("training.waiting")}</p> : <Summary summary={watch.now} words={words} />}
          {canAct ? (
            <form
              className="act-form"
              onSubmit={(event) => {
                event.preventDefault();
                void press.press({ method: "POST", path: "watch/hand-over", body: { to: to.trim(), text } }).then((done) => {
                  if (!done) return;
                  setTo("");
                  setText("");
                });
              }}
            >
              <label>
                <span>{words.t("watch.to")}</span>
                <input value={to} required maxLength={80} dir="auto" onChange={(event) => setTo(event.target.value)} />
              </label>
              <label className="wide">
                <span>{words.t("watch.text")}</span>
                <textarea value={text} rows={3} maxLength={2000} dir="auto" onChange={(event) => setText(event.target.value)} />
              </label>
              <Button type="submit" className="button" isDisabled={press.busy || to.trim() === ""}>
                {words.t("watch.give", { name: actor })}
              </Button>
            </form>
          ) : null}
          {watch === undefined || watch.handOvers.length === 0 ? null : (
            <section aria-label={words.t("watch.past")}>
              <h3>{words.t("watch.past")}</h3>
              <ul className="plain-list">
                {watch.handOvers.map((each) => (
                  <li key={each.id}>
                    <Ltr className="mono">{words.clock(each.atUs)}</Ltr>{" "}
                    {words.t(`watch.was-${each.state}`, { from: each.from, to: each.by ?? each.to })}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Summary({ summary, words }: { summary: WatchSummary; words: Words }) {
  const until = (us: number) => words.t("watch.until", { clock: words.clock(us) });
  const parts: [name: Parameters<Words["t"]>[0], entries: ReactNode[]][] = [
    ["watch.unassessed", summary.unassessed.map(({ id, state }) => <Entry key={id} id={id} text={words.t(`watch.track-${state}`)} />)],
    [
      "watch.alarms",
      summary.alarms.map(({ id, level, heldBy }) => (
        <Entry
          key={id}
          id={id}
          text={`${words.t("watch.level", { level: words.number(level) })}${heldBy === null ? "" : ` · ${heldBy}`}`}
        />
      )),
    ],
    ["watch.shelved", summary.shelved.map(({ id, untilUs, reason }) => <Entry key={id} id={id} text={`${until(untilUs)} · ${reason}`} />)],
    ["watch.held", summary.held.map(({ id, by }) => <Entry key={id} id={id} text={by} />)],
    ["watch.dismissed", summary.dismissed.map(({ id, by }) => <Entry key={id} id={id} text={by} />)],
    [
      "watch.friends",
      summary.friends.map(({ id, state, toUs }) => (
        <Entry key={id} id={id} text={`${words.t(`watch.friend-${state}`)} · ${until(toUs)}`} />
      )),
    ],
    ["watch.sensors", summary.sensors.map(({ id, freshness }) => <Entry key={id} id={id} text={words.freshness(freshness)} />)],
    ["watch.sources", summary.sources.map(({ id, state }) => <Entry key={id} id={id} text={state} />)],
  ];
  return (
    <section className="watch-summary" aria-label={words.t("watch.now")}>
      <p>
        {summary.coverSinceUs === null ? (
          words.t("watch.no-cover")
        ) : (
          <strong>{words.t("watch.cover", { clock: words.clock(summary.coverSinceUs) })}</strong>
        )}
      </p>
      <dl className="facts">
        {parts.map(([name, entries]) => (
          <div key={name}>
            <dt>{words.t(name)}</dt>
            <dd>
              {entries.length === 0 ? <span className="quiet">{words.t("watch.nothing")}</span> : <ul className="plain-list">{entries}</ul>}
            </dd>
          </div>
        ))}
      </dl>
      {summary.more === 0 ? null : <p className="warn-word">{words.t("watch.more", { count: words.number(summary.more) })}</p>}
    </section>
  );
}

function Entry({ id, text }: { id: string; text: string }) {
  return (
    <li>
      <Ltr className="mono">{id}</Ltr> <bdi className="quiet">{text}</bdi>
    </li>
  );
}
