// What is said aloud of an alarm of the highest level: where, in which direction, how soon; in the operator's language and only by a voice that is on
// this machine. A voice of somewhere else would send what it says over the network. Pure but for `createSpeech`.

import type { AlertView, SiteView, TrackView } from "../../core/model/picture-view.ts";
import { rangeAndBearing } from "../map/ruler.ts";
import type { Language } from "../settings.ts";
import type { Words } from "../strings/words.ts";

/** What of a voice decides. */
export type VoiceFacts = Pick<SpeechSynthesisVoice, "lang" | "localService" | "default">;

/** The voice that speaks a language on this machine, its default one first; undefined where there is none. */
export function localVoice<Voice extends VoiceFacts>(voices: readonly Voice[], language: Language): Voice | undefined {
  const able = voices.filter(({ lang, localService }) => localService && lang.toLowerCase().split(/[-_]/)[0] === language);
  return able.find((voice) => voice.default) ?? able[0];
}

/** Whether a place lies inside a polygon, degrees; a zone is small enough to be flat. */
function isInside(
  { longitudeDegrees: x, latitudeDegrees: y }: TrackView["position"],
  polygon: readonly (readonly [number, number])[],
): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i]!;
    const [xj, yj] = polygon[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Digits one by one, as a bearing is said over a radio. */
const oneByOne = (digits: string): string => [...digits].join(" ");

/** The sentence of an alarm: its zone, the bearing from the asset that it is about, and the time that is left. Never longer than one breath. */
export function spokenAlarm(alert: AlertView, tracks: ReadonlyMap<string, TrackView>, site: SiteView | undefined, words: Words): string {
  const track = alert.tracks.map((id) => tracks.get(id)).find((each) => each !== undefined);
  const parts = [words.t("speech.alarm")];
  if (alert.origin !== "live") parts.unshift(words.t(`origin.${alert.origin}`));
  if (track === undefined) return `${parts.join(". ")}.`;
  const assetId = track.threat.assetId ?? alert.assetId;
  const asset = site?.assets.find(({ id }) => id === assetId);
  const zone = site?.zones.find(({ active, polygon }) => active && isInside(track.position, polygon));
  if (zone !== undefined) parts.push(words.t("speech.zone", { zone: zone.name }));
  if (asset !== undefined) {
    const { degrees } = rangeAndBearing(asset, track.position);
    const bearing = oneByOne(String(Math.round(degrees) % 360).padStart(3, "0"));
    parts.push(words.t("speech.bearing", { bearing, asset: asset.name }));
    const seconds = track.threat.timeToZoneSeconds;
    if (seconds === 0) parts.push(words.t("approach.inside"));
    else if (seconds !== null) parts.push(words.t("speech.seconds", { count: Math.round(seconds) }));
  }
  // Isolates are for eyes.
  return `${parts.join(". ")}.`.replace(/[\u2066-\u2069]/g, "");
}

export interface Speech {
  /** Whether something in this language would be said. */
  able(language: Language): boolean;
  /** Says it after `delayMs`, instead of what is still being said; nothing without a voice on this machine. */
  say(text: string, language: Language, delayMs?: number): void;
}

export function createSpeech(): Speech {
  const synthesis = typeof speechSynthesis === "undefined" ? undefined : speechSynthesis;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const voiceOf = (language: Language) => (synthesis === undefined ? undefined : localVoice(synthesis.getVoices(), language));
  return {
    able: (language) => voiceOf(language) !== undefined,
    say(text, language, delayMs = 0) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const voice = voiceOf(language);
        if (voice === undefined || synthesis === undefined) return;
        synthesis.cancel();
        const utterance = new SpeechSynthesisUtterance(text);
        utterance.voice = voice;
        utterance.lang = voice.lang;
        synthesis.speak(utterance);
      }, delayMs);
    },
  };
}

/** One for the page. */
export const speech: Speech = createSpeech();
