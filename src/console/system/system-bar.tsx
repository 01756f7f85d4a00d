import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import type { Settings } from "../settings.ts";
import { LANGUAGES, THEMES } from "../settings.ts";
import { useSession } from "../sign-in/session.ts";
import { PersonChip } from "../sign-in/sign-in-gate.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { JournalHead } from "./journal-head.tsx";
import { Fact } from "./pane-head.tsx";

/** Which machine, which mode, is it well, is it recorded, what time is it: one line that never scrolls away. */
interface Props {
  settings: Settings;
  change(part: Partial<Settings>): void;
  openKeys(): void;
  openHandOver(): void;
}

export function SystemBar({ settings, change, openKeys, openHandOver }: Props) {
  const words = useWords();
  const { session } = useSession();
  const picture = usePicture();
  const handOver = picture.judgement?.handOver;
  const now = usePictureClock(250);
  const system = picture.system;
  const replay = system?.mode === "replay";
  const journal = system?.journal ?? null;
  const mode = picture.state !== "open" ? picture.state : replay ? "replay" : "live";

  return (
    <header className="system-bar">
      <div className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true" className="brand-mark">
          <path d="M7 24V14l9-7 9 7v10" />
          <circle cx="16" cy="18" r="3" />
        </svg>
        <h1>Picket</h1>
        <span className="brand-site">{picture.site?.name ?? ""}</span>
      </div>

      <div className="chips">
        <span className="chip chip-mode" data-mode={mode} role="status">
          <span className="chip-dot" aria-hidden="true" />
          {words.t(`mode.${mode}`)}
        </span>
        {system === undefined ? null : (
          <DialogTrigger>
            <Button className="chip chip-button" data-warn={system.health !== "OK" || undefined}>
              {words.t(system.health === "OK" ? "health.ok" : "health.degraded")}
              {system.healthReasons.length > 0 ? <span className="chip-count">{words.number(system.healthReasons.length)}</span> : null}
            </Button>
            <Popover className="popover" placement="bottom start">
              <Dialog aria-label={words.t("health.title")}>
                <h2>{words.t("health.title")}</h2>
                {system.healthReasons.length === 0 ? <p className="quiet">{words.t("health.nothing")}</p> : null}
                <ul className="notes">
                  {system.healthReasons.map((reason) => (
                    <li key={reason}>
                      <bdi>{reason}</bdi>
                    </li>
                  ))}
                </ul>
                <p className="quiet">
                  {words.t("health.version", { version: system.version })} ·{" "}
                  {words.t("health.sequence", { sequence: words.number(system.sequence) })}
                </p>
              </Dialog>
            </Popover>
          </DialogTrigger>
        )}
        {system === undefined ? null : (
          <DialogTrigger>
            <Button className="chip chip-button" data-warn={(!replay && journal?.recording !== true) || undefined}>
              {words.t(replay ? "journal.replay" : journal?.recording === true ? "journal.recording" : "journal.not-recording")}
            </Button>
            <Popover className="popover" placement="bottom start">
              <Dialog aria-label={words.t("journal.title")}>
                <h2>{words.t("journal.title")}</h2>
                {journal === null ? (
                  <p className="quiet">{words.t(replay ? "journal.in-replay" : "journal.none")}</p>
                ) : (
                  <dl className="facts">
                    <Fact name={words.t("journal.file")}>
                      <Ltr className="mono">{journal.file.split(/[\\/]/).at(-1)}</Ltr>
                    </Fact>
                    <Fact name={words.t("journal.size")}>{words.bytes(journal.bytes)}</Fact>
                    <Fact name={words.t("journal.sealed")}>{words.number(journal.sealedSequence)}</Fact>
                    <Fact name={words.t("journal.days")}>
                      {journal.daysLeft === null ? words.t("value.unknown") : words.t("unit.days", { count: Math.floor(journal.daysLeft) })}
                    </Fact>
                  </dl>
                )}
                {journal === null || replay ? null : <JournalHead />}
              </Dialog>
            </Popover>
          </DialogTrigger>
        )}
        {handOver?.state === "open" ? (
          <Button className="chip chip-button" data-warn onPress={openHandOver}>
            {words.t("watch.chip", { from: handOver.from, to: handOver.to })}
          </Button>
        ) : null}
        {session.mode === "accounts" ? <PersonChip /> : null}
        {session.mode === "accounts" ? null : (
          <Button className="chip chip-button operator-chip" data-warn={settings.operator === "" || undefined} onPress={openKeys}>
            <span className="operator-name">
              {words.t("operator.chip", { name: settings.operator === "" ? words.t("operator.none") : settings.operator })}
            </span>
            <span className="operator-note">{words.t("operator.unauthenticated")}</span>
          </Button>
        )}
      </div>

      <div className="clock" data-replay={replay || undefined}>
        <Ltr className="clock-time">{system === undefined ? "--:--:--" : words.clock(now)}</Ltr>
        <span className="clock-zone">{words.t(replay ? "clock.replay" : "clock.utc")}</span>
        <span className="clock-date">{system === undefined ? "" : words.date(now)}</span>
      </div>

      <div className="tools">
        <Button className="tool" onPress={() => change({ theme: THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length]! })}>
          {words.t(`theme.${settings.theme}`)}
          <span className="visually-hidden"> · {words.t("key.theme")}</span>
        </Button>
        <Button
          className="tool"
          lang={settings.language === "en" ? "ar" : "en"}
          onPress={() => change({ language: LANGUAGES[(LANGUAGES.indexOf(settings.language) + 1) % LANGUAGES.length]! })}
        >
          {words.t("language.other")}
        </Button>
        <Button className="tool" onPress={openKeys} aria-label={words.t("key.keys")}>
          <kbd>?</kbd>
        </Button>
      </div>
    </header>
  );
}
