// A track of which nothing has been judged yet, and a picture without alarms: what views begin with.

import type { JudgementView, TrackView } from "./picture-view.ts";

export type JudgedFields = Pick<
  TrackView,
  | "affiliation"
  | "automaticAffiliation"
  | "className"
  | "classConfidence"
  | "manned"
  | "uas"
  | "conflict"
  | "declarations"
  | "findings"
  | "friendId"
  | "groupId"
  | "heldBy"
  | "threat"
  | "attention"
>;

export const unjudged = (): JudgedFields => ({
  affiliation: "pending",
  automaticAffiliation: "pending",
  className: "unknown",
  classConfidence: 0,
  manned: 0,
  uas: 0,
  conflict: 0,
  declarations: [],
  findings: [],
  friendId: null,
  groupId: null,
  heldBy: null,
  threat: { score: 0, assetId: null, distanceMetres: null, timeToZoneSeconds: null, reaches: null, entryProbability: 0, inbound: false },
  attention: {
    state: "not-inbound",
    assessByUs: null,
    needs: "rule",
    assessedAtUs: null,
    by: null,
    rule: null,
    reason: null,
    text: null,
    reopenedBecause: null,
  },
});

export const noJudgement = (): JudgementView => ({ alerts: [], groups: [], ranking: [], cover: null, coverPrompts: [], wind: null });
