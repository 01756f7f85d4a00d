// Sentences that the server speaks by key and values (alarms, actions, rules, evidence). English comes with each of them; Arabic has its own
// catalogue, loaded when it is first wanted. A sentence that the catalogue does not have is shown in English, marked as English.

import { useEffect, useSyncExternalStore } from "react";
import type { SiteView } from "../../core/model/picture-view.ts";
import { usePicture } from "../live/use-picture.tsx";
import { fillSentence, type SentenceText } from "./fill-sentence.ts";
import { useWords } from "./words-context.tsx";

export interface SpokenSentence {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** English. */
  readonly text: string;
}

let arabic: SentenceText | undefined;
let asked = false;
const waiting = new Set<() => void>();

function askForArabic(): void {
  if (asked) return;
  asked = true;
  import("./sentences-ar.ts").then(
    ({ sentencesAr }) => {
      arabic = sentencesAr;
      for (const tell of waiting) tell();
    },
    () => {
      // English stays; the next panel that is opened asks again.
      asked = false;
    },
  );
}
const subscribe = (tell: () => void) => {
  waiting.add(tell);
  return () => waiting.delete(tell);
};

/** How a sentence reads in this console's language; `english`: there was none in it. */
export function useSentences(): (sentence: SpokenSentence) => { text: string; english: boolean } {
  const words = useWords();
  const { site } = usePicture();
  const isArabic = words.language === "ar";
  const catalogue = useSyncExternalStore(subscribe, () => arabic);
  useEffect(() => {
    if (isArabic) askForArabic();
  }, [isArabic]);
  return ({ key, values, text }) => {
    if (!isArabic) return { text: withNames(text, values, site), english: false };
    const template = catalogue?.[key];
    return template === undefined
      ? { text: withNames(text, values, site), english: true }
      : { text: fillSentence(template, values, words, site), english: false };
  };
}

/** An asset is called by its name: its identifier is for files. */
function withNames(text: string, values: SpokenSentence["values"], site: SiteView | undefined): string {
  const asset = site?.assets.find(({ id }) => id === values.asset);
  // Whole words only: an asset "a" must not change every letter.
  return asset === undefined
    ? text
    : text
        .split(" ")
        .map((word) => nameInWord(word, asset))
        .join(" ");
}

function nameInWord(word: string, asset: { id: string; name: string }): string {
  if (!word.startsWith(asset.id)) return word;
  const rest = word.slice(asset.id.length);
  return /^[,.:;?!)]*$/.test(rest) ? asset.name + rest : word;
}

export function Sentence({ of }: { of: SpokenSentence }) {
  const { text, english } = useSentences()(of);
  return english ? (
    <span lang="en" dir="ltr" className="spoken">
      {text}
    </span>
  ) : (
    <span className="spoken">{text}</span>
  );
}
