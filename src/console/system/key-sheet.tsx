import { Button, Dialog, Heading, Modal, ModalOverlay, Radio, RadioGroup, Switch } from "react-aria-components";
import { sounds } from "../alarms/sounds.ts";
import { actionLabel, KEY_BINDINGS, type KeyBinding } from "../keys.ts";
import {
  CALENDARS,
  type Calendar,
  type Digits,
  LANGUAGES,
  type Language,
  OPERATOR_LIMIT,
  type Settings,
  THEMES,
  type Theme,
} from "../settings.ts";
import { useWords } from "../strings/words-context.tsx";
import { Icon } from "./icons.tsx";

const GROUPS: readonly KeyBinding["group"][] = ["decide", "go", "tracks", "map", "screen"];

/** All keys, and the few choices of this screen. */
export function KeySheet(props: {
  open: boolean;
  setOpen(open: boolean): void;
  settings: Settings;
  change(part: Partial<Settings>): void;
}) {
  const words = useWords();
  const { settings, change } = props;
  return (
    <ModalOverlay className="overlay" isOpen={props.open} onOpenChange={props.setOpen} isDismissable>
      <Modal className="modal">
        <Dialog className="key-sheet">
          <header className="modal-head">
            <Heading slot="title">{words.t("keys.title")}</Heading>
            <Button slot="close" className="icon-button" aria-label={words.t("pane.close")}>
              <Icon name="close" />
            </Button>
          </header>
          <div className="key-groups">
            {GROUPS.map((group) => (
              <section key={group}>
                <h3>{words.t(`keys.${group}`)}</h3>
                <dl>
                  {KEY_BINDINGS.filter((binding) => binding.group === group).map((binding) => (
                    <div key={binding.action}>
                      <dt>
                        {settings.singleKeys || binding.code === "Escape" ? null : <kbd>Alt</kbd>}
                        <kbd>{binding.shown}</kbd>
                      </dt>
                      <dd>{words.t(actionLabel(binding.action))}</dd>
                    </div>
                  ))}
                  {group === "tracks" ? (
                    <div>
                      <dt>
                        <kbd>
                          <Icon name="arrow-up" />
                        </kbd>
                        <kbd>
                          <Icon name="arrow-down" />
                        </kbd>
                        <kbd>
                          <Icon name="enter" />
                        </kbd>
                      </dt>
                      <dd>{words.t("keys.rows")}</dd>
                    </div>
                  ) : null}
                  {group === "map" ? (
                    <div>
                      <dt>
                        {(["arrow-left", "arrow-right", "arrow-up", "arrow-down"] as const).map((name) => (
                          <kbd key={name}>
                            <Icon name={name} />
                          </kbd>
                        ))}
                      </dt>
                      <dd>{words.t("keys.pan")}</dd>
                    </div>
                  ) : null}
                </dl>
              </section>
            ))}
          </div>
          <p className="quiet search-help">
            <kbd>/</kbd> {words.t("keys.search")}
          </p>
          <div className="choices">
            <label className="choice operator-choice">
              <span className="choice-name">{words.t("settings.operator")}</span>
              <input
                value={settings.operator}
                maxLength={OPERATOR_LIMIT}
                autoComplete="off"
                onChange={(event) => change({ operator: event.target.value })}
              />
              <span className="quiet">{words.t("settings.operator-note")}</span>
            </label>
            <div className="choice">
              <Switch isSelected={settings.sounds} onChange={(on) => change({ sounds: on })} className="switch">
                <span className="switch-box" aria-hidden="true" />
                {words.t("settings.sound")}
              </Switch>
              {([1, 2, 3] as const).map((level) => (
                <Button
                  key={level}
                  className="button small"
                  onPress={() => {
                    sounds.allow();
                    sounds.play(level);
                  }}
                >
                  {words.t("settings.sound-test", { level })}
                </Button>
              ))}
            </div>
            <RadioGroup
              value={settings.theme}
              onChange={(theme) => change({ theme: theme as Theme })}
              aria-label={words.t("settings.theme")}
              className="choice"
            >
              <span className="choice-name">{words.t("settings.theme")}</span>
              {THEMES.map((theme) => (
                <Radio key={theme} value={theme} className="radio">
                  {words.t(`theme.${theme}`)}
                </Radio>
              ))}
            </RadioGroup>
            <RadioGroup
              value={settings.language}
              onChange={(language) => change({ language: language as Language })}
              aria-label={words.t("settings.language")}
              className="choice"
            >
              <span className="choice-name">{words.t("settings.language")}</span>
              {LANGUAGES.map((language) => (
                <Radio key={language} value={language} className="radio">
                  <span lang={language}>{words.t(`language.${language}`)}</span>
                </Radio>
              ))}
            </RadioGroup>
            <RadioGroup
              value={settings.digits}
              onChange={(digits) => change({ digits: digits as Digits })}
              aria-label={words.t("settings.digits")}
              className="choice"
              isDisabled={settings.language !== "ar"}
            >
              <span className="choice-name">{words.t("settings.digits")}</span>
              <Radio value="latn" className="radio">
                0123
              </Radio>
              <Radio value="arab" className="radio">
                ٠١٢٣
              </Radio>
            </RadioGroup>
            <RadioGroup
              value={settings.calendar}
              onChange={(calendar) => change({ calendar: calendar as Calendar })}
              aria-label={words.t("settings.calendar")}
              className="choice"
            >
              <span className="choice-name">{words.t("settings.calendar")}</span>
              {CALENDARS.map((calendar) => (
                <Radio key={calendar} value={calendar} className="radio">
                  {words.t(`calendar.${calendar}`)}
                </Radio>
              ))}
            </RadioGroup>
            <Switch isSelected={settings.singleKeys} onChange={(singleKeys) => change({ singleKeys })} className="switch">
              <span className="switch-box" aria-hidden="true" />
              {words.t("settings.single-keys")}
            </Switch>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
