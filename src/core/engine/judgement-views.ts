// What the judgement looks like from outside.

import type { JudgementView } from "../model/picture-view.ts";
import { type JudgedFields, noJudgement, unjudged } from "../model/unjudged.ts";
import type { Picture } from "./picture.ts";

export function judgedFields(_picture: Picture, _key: string, _now: number): JudgedFields {
  return unjudged();
}

export function judgementView(_picture: Picture): JudgementView {
  return noJudgement();
}
