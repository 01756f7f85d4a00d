// English sentences of notices, for logs, the API and the journal's reader. A console uses the key and its own catalogue.

import { responseText } from "../response/response-text.ts";

const TEXTS: Record<string, string> = {
  "sensor-stale": "{sensor} has been silent for {seconds} s",
  "sensor-offline": "{sensor} is offline: silent for {seconds} s. Its part of the sky is not watched",
  "sensor-live": "{sensor} is live again",
  "sensor-goodbye": "{sensor} signed off",
  "event-set-aside": "event {sequence} could not be processed and was set aside: {reason}",
  "journal-gap": "part of the journal was lost: {reason}",
  "task-refused": "{task} of {sensor}, asked for by {actor}, was not sent: {reason}",
  "camera-back": "{camera} answers again",
  "camera-calibrated": "{actor} calibrated {camera}; the landmarks fit to {degrees} degrees",
  "camera-failed": "{camera} could not be turned to {track}: {reason}",
  "camera-follow-ended": "{camera} no longer follows {track}: the track has ended",
  "camera-held": "{actor} has {camera} by hand",
  "camera-hold-ended": "{camera} is free again: the hold of {actor} ran out",
  "camera-lost": "{camera} does not answer: {reason}",
  "camera-not-reached": "{camera} did not get to {track}: {reason}",
  "camera-out-of-reach": "{track} is out of reach of {camera}: {reason}",
  "camera-released": "{actor} gave {camera} free",
  "camera-rule-off": "{actor} switched the standing rule of {camera} off",
  "camera-rule-on": "{actor} switched the standing rule of {camera} on",
  "camera-taken": "{actor} took {camera} over from {from}",
  "friend-refused": "the announcement of {friend} was not taken: {reason}",
  "take-cover": "{actor} ordered TAKE COVER. {text}",
  "all-clear": "{actor} gave the all-clear. {text}",
  "operator-note": "{actor}: {text}",
  "zone-added": "{actor} added the zone {place}",
  "zone-changed": "{actor} changed the zone {place}",
  "zone-removed": "{actor} removed the zone {place}",
  "asset-added": "{actor} added the asset {place}",
  "asset-changed": "{actor} changed the asset {place}",
  "asset-removed": "{actor} removed the asset {place}",
  "track-note": "{actor} on {track}: {text}",
  "track-split": "{actor} split {other} off {track} until {until}: {reason}",
  "tracks-merged": "{actor} says that {other} is {track} until {until}: {reason}",
  "merge-contradicted": "{other}, which {actor} says is {track}, is {metres} m away from it: both are shown",
  "association-withdrawn": "{actor} took back that {track} and {other} were {what}",
  "association-expired": "what a person said of {track} and {other} ({what}) has expired",
  "watch-offered": "{actor} hands the watch to {to}",
  "watch-accepted": "{actor} has taken the watch from {from}",
  "watch-lapsed": "nobody took the watch that {actor} handed to {to}",
  "claims-dropped": "{count} broadcast claims were dropped to make room (possible flood)",
  "state-not-usable": "the place of {track} is no number: it cannot be assessed and counts 0 (found {count} times)",
};

export function noticeText(key: string, values: Readonly<Record<string, string | number>>): string {
  if (key.startsWith("response.")) return responseText(key, values);
  const template = TEXTS[key];
  if (template === undefined) return key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
