// What a person chose on this screen. Kept in the browser; a browser that keeps nothing gets the defaults and still works.

export const THEMES = ["dark", "red", "light"] as const;
export type Theme = (typeof THEMES)[number];
export const LANGUAGES = ["en", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Digits = "latn" | "arab";
export const CALENDARS = ["gregory", "islamic-umalqura"] as const;
export type Calendar = (typeof CALENDARS)[number];

export interface Settings {
  readonly theme: Theme;
  readonly language: Language;
  readonly digits: Digits;
  readonly calendar: Calendar;
  /** 1 is full; a key steps it down for the night. */
  readonly brightness: number;
  /** Keys without Ctrl or Alt act; can be switched off for those whose software types for them (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  readonly trails: boolean;
  readonly vectors: boolean;
  readonly ellipses: boolean;
  readonly labels: boolean;
  /** Names of towns. */
  readonly places: boolean;
  /** Name that this screen acts under; empty: none chosen. Nobody checks it. */
  readonly operator: string;
  readonly sounds: boolean;
}

export const BRIGHTNESS_STEPS = [1, 0.8, 0.6, 0.45] as const;

export const DEFAULT_SETTINGS: Settings = {
  theme: "dark",
  language: "en",
  digits: "latn",
  calendar: "gregory",
  brightness: 1,
  singleKeys: true,
  trails: true,
  vectors: true,
  // The selected track always has its ellipse; all of them at once are for looking into a question.
  ellipses: false,
  labels: true,
  places: true,
  operator: "",
  sounds: true,
};

/** As the API takes it. */
export const OPERATOR_LIMIT = 80;

const KEY = "picket.settings";

/** Takes from stored text only what is known and of the right kind; the rest keeps its default. */
export function readSettings(text: string | null): Settings {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value === "object" && value !== null) stored = value as Record<string, unknown>;
  } catch {
    // Text that is not ours is as good as none.
  }
  const one = <Value>(known: readonly Value[], name: string, fallback: Value): Value =>
    known.includes(stored[name] as Value) ? (stored[name] as Value) : fallback;
  const flag = (name: "singleKeys" | "trails" | "vectors" | "ellipses" | "labels" | "places" | "sounds") =>
    typeof stored[name] === "boolean" ? (stored[name] as boolean) : DEFAULT_SETTINGS[name];
  return {
    theme: one(THEMES, "theme", DEFAULT_SETTINGS.theme),
    language: one(LANGUAGES, "language", DEFAULT_SETTINGS.language),
    digits: one<Digits>(["latn", "arab"], "digits", DEFAULT_SETTINGS.digits),
    calendar: one(CALENDARS, "calendar", DEFAULT_SETTINGS.calendar),
    brightness: one<number>(BRIGHTNESS_STEPS, "brightness", DEFAULT_SETTINGS.brightness),
    singleKeys: flag("singleKeys"),
    trails: flag("trails"),
    vectors: flag("vectors"),
    ellipses: flag("ellipses"),
    labels: flag("labels"),
    places: flag("places"),
    operator: typeof stored.operator === "string" ? stored.operator.slice(0, OPERATOR_LIMIT) : "",
    sounds: flag("sounds"),
  };
}

export function loadSettings(): Settings {
  try {
    return readSettings(localStorage.getItem(KEY));
  } catch {
    return DEFAULT_SETTINGS;
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows refuse; the choice lasts as long as the page.
  }
}
