// Puts values into a sentence of the server in the console's own language. Pure.

import type { SiteView } from "../../core/model/picture-view.ts";
import type { Words } from "./words.ts";

/** Sentences by key. "{name}" is replaced by the value; a part in brackets is left out when one of its values is missing. */
export type SentenceText = Readonly<Record<string, string>>;

/** First strong isolate and its end: a value keeps its own direction. */
const ISOLATE = "\u2068";
const END_ISOLATE = "\u2069";

/** What a value is called: words of Picket's own lists are translated, assets have names, text from outside stays as it is. */
function valueText(name: string, value: string | number, words: Words, site: SiteView | undefined): string {
  if (typeof value === "number") return words.number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 2 : 1);
  const known =
    name === "asset"
      ? site?.assets.find(({ id }) => id === value)?.name
      : name === "className"
        ? words.tMaybe(`class-name.${value}`)
        : name === "affiliation"
          ? words.tMaybe(`affiliation.${value}`)
          : name === "reason"
            ? words.tMaybe(`dismiss.${value}`)
            : name === "finding"
              ? words.tMaybe(`finding.${value}`)
              : undefined;
  return ISOLATE + (known ?? value) + END_ISOLATE;
}

export function fillSentence(
  template: string,
  values: Readonly<Record<string, string | number>>,
  words: Words,
  site: SiteView | undefined,
): string {
  const known = (name: string) => Object.hasOwn(values, name) && values[name] !== "";
  const whole = template.replace(/\[([^\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => known(name!)) ? part : "",
  );
  return whole.replace(/\{(\w+)\}/g, (_, name: string) => (known(name) ? valueText(name, values[name]!, words, site) : "؟"));
}
