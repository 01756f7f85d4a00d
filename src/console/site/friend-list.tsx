import { Button } from "react-aria-components";
import type { FriendStatus } from "../../core/model/ledger-view.ts";
import { usePolled } from "../sensors/use-polled.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { TrackId } from "../system/marks.tsx";
import { FriendForm } from "./friend-form.tsx";

const EVERY_MS = 5_000;

/** Own drones and announced flights, soonest first, with the track that flies each. */
export function FriendList({ select }: { select(id: string): void }) {
  const words = useWords();
  const { answer, state } = usePolled<{ items: FriendStatus[] }>("/api/v1/friends", EVERY_MS);
  if (answer === undefined) return state === "waiting" ? null : <p className="warn-word">{words.t("lists.failed")}</p>;
  return (
    <>
      {state === "failed" ? <p className="warn-word">{words.t("lists.failed")}</p> : null}
      <FriendForm />
      {answer.items.length === 0 ? <p className="quiet">{words.t("friends.none")}</p> : null}
      <ul className="drawer-list">
        {answer.items.map(({ intent, state: stands, startsAt, endsAt, trackKeys }) => (
          <li key={intent.id} data-state={stands}>
            <p className="output-head">
              <bdi>{intent.name}</bdi>
              <span className="end">{words.t(`friend-state.${stands}`)}</span>
            </p>
            <p className="quiet">
              <bdi>{intent.owner}</bdi> · {words.t("friends.when", { from: words.clock(startsAt), to: words.clock(endsAt) })}
            </p>
            {intent.identities.map(({ scheme, value }) => (
              <p key={`${scheme} ${value}`} className="quiet">
                {words.tMaybe(`scheme.${scheme}`) ?? scheme} <Ltr className="mono">{value}</Ltr>
              </p>
            ))}
            {trackKeys.length === 0 ? (
              stands === "in-force" ? (
                <p className="quiet">{words.t("friends.none-seen")}</p>
              ) : null
            ) : (
              trackKeys.map((id) => (
                <Button key={id} className="alarm-track" onPress={() => select(id)}>
                  <TrackId id={id} />
                </Button>
              ))
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
