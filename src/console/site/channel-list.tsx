import { Button } from "react-aria-components";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePictureClock } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import { useWords } from "../strings/words-context.tsx";

const EVERY_MS = 2_000;

/** What GET /api/v1/channels says of one. */
interface ChannelState {
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly exercise: boolean;
  readonly waiting: number;
  readonly lastAtUs: number | null;
  readonly lastState: "sent" | "delivered" | "retrying" | "failed" | null;
  readonly lastMessage: string;
}

/** The ways to people who are not at this screen: what became of the newest message by each, and a test. */
export function ChannelList() {
  const words = useWords();
  const now = usePictureClock(1_000);
  const { canAct } = useActing();
  const press = usePress();
  const { answer, state } = usePolled<{ items: ChannelState[] }>("/api/v1/channels", EVERY_MS);
  if (answer === undefined) return state === "waiting" ? null : <p className="warn-word">{words.t("lists.failed")}</p>;
  return (
    <>
      {state === "failed" ? <p className="warn-word">{words.t("lists.failed")}</p> : null}
      {answer.items.length === 0 ? <p>{words.t("channels.none")}</p> : null}
      <PressOutcome press={press} />
      <ul className="drawer-list">
        {answer.items.map((channel) => (
          <li key={channel.id} data-state={channel.lastState ?? undefined}>
            <p className="output-head">
              <bdi>{channel.id}</bdi>
              <span className="end">{words.t(`channel-state.${channel.lastState ?? "none"}`)}</span>
            </p>
            <p className="quiet" dir="ltr">
              {channel.kind} {channel.target}
            </p>
            <p className="quiet">
              {channel.lastAtUs === null
                ? null
                : words.t("time.ago", { time: words.duration(Math.max(0, (now - channel.lastAtUs) / 1e6)) })}
              {channel.waiting > 0 ? ` · ${words.t("channels.waiting", { count: channel.waiting })}` : null}
            </p>
            {channel.lastMessage !== "" && channel.lastState !== "delivered" ? (
              <p className="quiet" dir="ltr">
                {channel.lastMessage}
              </p>
            ) : null}
            {channel.exercise ? <p>{words.t("channels.exercise")}</p> : null}
            {canAct ? (
              <Button
                className="button small"
                aria-label={`${words.t("channels.test")}: ${channel.id}`}
                onPress={() => void press.press({ method: "POST", path: `channels/${encodeURIComponent(channel.id)}/test` })}
              >
                {words.t("channels.test")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
