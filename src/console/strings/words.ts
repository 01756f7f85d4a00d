// Turns keys of the catalogue and numbers into text of one language. Pure, so that it is tested without a screen.

import * as mgrsModule from "mgrs";
import type { Affiliation, Freshness, PlaceView, TrackView } from "../../core/model/picture-view.ts";
import type { Calendar, Digits, Language } from "../settings.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";

/** A sentence with {placeholders}, or its forms by plural category of `count`. */
export type Message = string | ({ readonly other: string } & { readonly [category in Intl.LDMLPluralRule]?: string });
export type MessageKey = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;

const CATALOGUES: Record<Language, Readonly<Record<MessageKey, Message>>> = { en, ar };

// Node takes the package's CommonJS file, which has only a default export; the build takes the module, which has none.
const mgrs = (mgrsModule as unknown as { default?: typeof mgrsModule }).default ?? mgrsModule;

/** First strong isolate and its end: text from the air keeps its own direction inside a sentence. */
const ISOLATE = "\u2068";
const END_ISOLATE = "\u2069";

export interface Words {
  readonly language: Language;
  readonly direction: "ltr" | "rtl";
  t(key: MessageKey, values?: Values): string;
  /** Text of a message that may be missing from the catalogue, for keys that come from the server. */
  tMaybe(key: string, values?: Values): string | undefined;
  number(value: number, fractionDigits?: number): string;
  /** Metres below 10 km, kilometres above. */
  distance(metres: number): string;
  height(metres: number): string;
  speed(metresPerSecond: number): string;
  /** Three digits and a degree sign. */
  bearing(degrees: number): string;
  /** 0.4 s, 12 s, 3:05, 2:10:00. */
  duration(seconds: number): string;
  /** Always m:ss, for countdowns. */
  countdown(seconds: number): string;
  /** hh:mm:ss UTC. */
  clock(us: number): string;
  date(us: number): string;
  bytes(count: number): string;
  latLon(place: { latitudeDegrees: number; longitudeDegrees: number }): string;
  /** Empty outside the grid (poles). */
  mgrs(place: { latitudeDegrees: number; longitudeDegrees: number }): string;
  affiliation(affiliation: Affiliation): string;
  freshness(freshness: Freshness): string;
}

const pad = (value: number, length = 2) => String(Math.trunc(value)).padStart(length, "0");

export function mgrsOf(place: { latitudeDegrees: number; longitudeDegrees: number }): string {
  if (!(place.latitudeDegrees >= -80 && place.latitudeDegrees <= 84)) return "";
  try {
    const text = mgrs.forward([place.longitudeDegrees, place.latitudeDegrees], 5);
    const parts = /^(\d{1,2}[A-Z])([A-Z]{2})(\d{5})(\d{5})$/.exec(text);
    return parts === null ? text : parts.slice(1).join(" ");
  } catch {
    return "";
  }
}

/** Which of a place's heights a screen shows first: mean sea level, else above the ellipsoid, else unknown. */
export function shownHeight(position: PlaceView): { metres: number; kind: "amsl" | "hae" } | undefined {
  if (position.heightAmslMetres !== null) return { metres: position.heightAmslMetres, kind: "amsl" };
  if (position.heightHaeMetres !== null) return { metres: position.heightHaeMetres, kind: "hae" };
  return undefined;
}

export function createWords(language: Language, digits: Digits, calendar: Calendar = "gregory"): Words {
  const catalogue = CATALOGUES[language];
  const locale = `${language}-u-nu-${language === "ar" ? digits : "latn"}`;
  const direction = language === "ar" ? "rtl" : "ltr";
  const plurals = new Intl.PluralRules(language);
  const formats = new Map<number, Intl.NumberFormat>();
  const number = (value: number, fractionDigits = 0): string => {
    let format = formats.get(fractionDigits);
    if (format === undefined) {
      format = new Intl.NumberFormat(locale, { minimumFractionDigits: fractionDigits, maximumFractionDigits: fractionDigits });
      formats.set(fractionDigits, format);
    }
    return format.format(value === 0 ? 0 : value); // no "-0"
  };
  const zero = number(0);
  /** The digits of text that is laid out by hand (clocks, bearings) in the digits of choice. */
  const inDigits = (text: string): string =>
    zero === "0" ? text : text.replace(/\d/g, (digit) => String.fromCharCode(zero.charCodeAt(0) + Number(digit)));

  const fill = (message: Message, values: Values | undefined): string => {
    let text: string;
    if (typeof message === "string") text = message;
    else {
      const count = values?.count;
      text = (typeof count === "number" ? message[plurals.select(count)] : undefined) ?? message.other;
    }
    if (values === undefined) return text;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (typeof value === "number") return number(value, Number.isInteger(value) ? 0 : 1);
      return direction === "rtl" ? ISOLATE + value + END_ISOLATE : value;
    });
  };

  const t = (key: MessageKey, values?: Values) => fill(catalogue[key], values);
  return {
    language,
    direction,
    t,
    tMaybe(key, values) {
      const message = (catalogue as Record<string, Message | undefined>)[key];
      return message === undefined ? undefined : fill(message, values);
    },
    number,
    distance: (metres) =>
      metres < 9_950
        ? t("unit.metres", { value: number(metres < 100 ? metres : Math.round(metres / 10) * 10) })
        : t("unit.kilometres", { value: number(metres / 1000, metres < 99_500 ? 1 : 0) }),
    height: (metres) => t("unit.metres", { value: number(metres) }),
    speed: (metresPerSecond) => t("unit.metresPerSecond", { value: number(metresPerSecond) }),
    bearing: (degrees) => inDigits(`${pad(Math.round(((degrees % 360) + 360) % 360) % 360, 3)}°`),
    duration(seconds) {
      const s = Math.max(0, seconds);
      if (s < 9.95) return t("unit.seconds", { value: number(s, 1) });
      if (s < 59.5) return t("unit.seconds", { value: number(s) });
      const whole = Math.round(s);
      const hours = Math.floor(whole / 3600);
      const rest = `${hours > 0 ? pad((whole % 3600) / 60) : Math.floor(whole / 60)}:${pad(whole % 60)}`;
      return inDigits(hours > 0 ? `${hours}:${rest}` : rest);
    },
    countdown(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      return inDigits(
        whole >= 3600
          ? `${Math.floor(whole / 3600)}:${pad((whole % 3600) / 60)}:${pad(whole % 60)}`
          : `${Math.floor(whole / 60)}:${pad(whole % 60)}`,
      );
    },
    clock(us) {
      const at = new Date(us / 1000);
      return inDigits(`${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`);
    },
    date: (us) =>
      new Intl.DateTimeFormat(locale, {
        calendar,
        timeZone: "UTC",
        weekday: "short",
        day: "2-digit",
        month: "short",
        year: "numeric",
      }).format(us / 1000),
    bytes(count) {
      if (count < 1000) return t("unit.bytes", { value: number(count) });
      if (count < 999_500) return t("unit.kilobytes", { value: number(count / 1e3) });
      if (count < 999_500_000) return t("unit.megabytes", { value: number(count / 1e6, 1) });
      return t("unit.gigabytes", { value: number(count / 1e9, 1) });
    },
    latLon(place) {
      const lat = Math.abs(place.latitudeDegrees).toFixed(5);
      const lon = Math.abs(place.longitudeDegrees).toFixed(5);
      // Letters and digits of a coordinate are the same in every language: it is read out over a radio.
      return `${lat}° ${place.latitudeDegrees < 0 ? "S" : "N"}  ${lon}° ${place.longitudeDegrees < 0 ? "W" : "E"}`;
    },
    mgrs: mgrsOf,
    affiliation: (affiliation) => t(`affiliation.${affiliation}`),
    freshness: (freshness) => t(`freshness.${freshness}`),
  };
}

/** The name under which a person will look for a track: what it calls itself, marked as a claim wherever it is shown. */
export function claimedName(track: TrackView): string | undefined {
  for (const claim of track.claims) {
    const name = claim.callsign ?? claim.serial ?? claim.caaRegistration ?? claim.sessionId ?? claim.icao24;
    if (name !== undefined && name !== "") return name;
  }
  return track.identities.find((identity) => identity.scheme !== "source-track")?.value;
}
