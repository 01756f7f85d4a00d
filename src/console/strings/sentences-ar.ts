// The sentences of the server in Arabic, by key. NOT YET REVIEWED BY A NATIVE SPEAKER.

import type { SentenceText } from "./fill-sentence.ts";

export const sentencesAr: SentenceText = {};
