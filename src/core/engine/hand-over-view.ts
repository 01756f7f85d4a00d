// Hand-overs of the watch, as screens see them.

import type { Micros } from "../base/units.ts";
import type { HandOver, HandOverView } from "../model/hand-over.ts";
import type { Picture } from "./picture.ts";

const timeOf = (at: Micros | undefined): number | null => at ?? null;

const handOverView = (each: HandOver): HandOverView => ({
  id: each.id,
  atUs: each.at,
  from: each.from.name,
  fromAuthenticated: each.from.authenticated,
  to: each.to,
  text: each.text,
  summary: each.summary,
  state: each.state,
  endedAtUs: timeOf(each.endedAt),
  by: each.by?.name ?? null,
  byAuthenticated: each.by?.authenticated ?? false,
});

/** The newest first. */
export const handOverViews = (picture: Picture): HandOverView[] => (picture.handOvers ?? []).map(handOverView).reverse();
