import { useState } from "react";
import { Button } from "react-aria-components";
import { useActing } from "../acting.ts";
import { useWords } from "../strings/words-context.tsx";
import { sounds } from "./sounds.ts";
import { speech } from "./speech.ts";

/** A watch is not longer than this. */
const WATCH_MS = 12 * 3600 * 1000;
const KEY = "picket.sound-test";

/** Whether this operator tested the sounds of this screen in this watch. */
export function wasTested(stored: string | null, actor: string, nowMs: number): boolean {
  try {
    const { by, at } = JSON.parse(stored ?? "{}") as { by?: unknown; at?: unknown };
    return by === actor && typeof at === "number" && nowMs - at < WATCH_MS && at <= nowMs;
  } catch {
    return false;
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** At the start of each watch, until somebody says that the sounds were heard: one press plays all three, and the voice where there is one. */
export function SoundTest() {
  const words = useWords();
  const { actor, canAct } = useActing();
  const [played, setPlayed] = useState(false);
  const [silent, setSilent] = useState(false);
  const [confirmed, setConfirmed] = useState<string>();
  if (!canAct || confirmed === actor || wasTested(read(), actor, Date.now())) return null;
  const play = () => {
    sounds.allow();
    // The browser needs a moment to wake its sound.
    for (const [index, level] of ([3, 2, 1] as const).entries()) setTimeout(() => sounds.play(level), 150 + index * 1_400);
    speech.say(words.t("speech.test"), words.language, 4_200);
    setPlayed(true);
    setSilent(false);
  };
  const heard = () => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ by: actor, at: Date.now() }));
    } catch {
      // Kept for this page.
    }
    setConfirmed(actor);
  };
  return (
    <section className="sound-test" aria-label={words.t("sound-test.title")}>
      <span>{words.t(silent ? "sound-test.silent" : played ? "sound-test.asked" : "sound-test.title")}</span>
      <Button className="button small" onPress={play}>
        {words.t("sound-test.play")}
      </Button>
      {played ? (
        <>
          <Button className="button small strong" onPress={heard}>
            {words.t("sound-test.heard")}
          </Button>
          <Button className="button small" onPress={() => setSilent(true)}>
            {words.t("sound-test.not-heard")}
          </Button>
        </>
      ) : null}
      {played && !speech.able(words.language) ? <span className="quiet">{words.t("sound-test.no-voice")}</span> : null}
    </section>
  );
}
