// English sentences of notices, for logs, the API and the journal's reader. A console uses the key and its own catalogue.

const TEXTS: Record<string, string> = {
  "sensor-stale": "{sensor} has been silent for {seconds} s",
  "sensor-offline": "{sensor} is offline: silent for {seconds} s. Its part of the sky is not watched",
  "sensor-live": "{sensor} is live again",
  "sensor-goodbye": "{sensor} signed off",
  "event-set-aside": "event {sequence} could not be processed and was set aside: {reason}",
  "journal-gap": "part of the journal was lost: {reason}",
  "task-refused": "{task} of {sensor}, asked for by {actor}, was not sent: {reason}",
  "operator-note": "{actor}: {text}",
  "claims-dropped": "{count} old broadcast claims were dropped to make room (possible flood)",
};

export function noticeText(key: string, values: Readonly<Record<string, string | number>>): string {
  const template = TEXTS[key];
  if (template === undefined) return key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
