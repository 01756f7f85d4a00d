// What the picture remembers of its own judgement: plain data, as everything in the picture.

import { type AlertingState, createAlerting } from "../alerting/alerts.ts";
import { type AttentionState, createAttention } from "../alerting/attention.ts";
import { createNotifications, type NotificationState } from "../alerting/notifications.ts";
import { type CoverPrompt, type CoverState, createCover } from "../alerting/take-cover.ts";
import type { Micros } from "../base/units.ts";
import { createEmitters, type EmissionFix, type EmitterState } from "../identification/emitters/emitters.ts";
import { createIdentification, type IdentificationState } from "../identification/identify.ts";
import { DEFAULT_JUDGEMENT, type JudgementSettings, type Site } from "../model/site.ts";
import type { Threat } from "../model/threat.ts";
import type { BearingFact, Wind } from "../model/track-facts.ts";
import { type CourseState, createCourses } from "../threat/course.ts";
import { createLoiter, type LoiterState } from "../threat/loiter.ts";
import { createRank, type RankState } from "../threat/rank.ts";

export const judgementSettings = (picture: { readonly site: Site | undefined }): JudgementSettings =>
  picture.site?.judgement ?? DEFAULT_JUDGEMENT;

export interface JudgementState {
  identification: IdentificationState;
  emitters: EmitterState;
  loiter: LoiterState;
  courses: CourseState;
  /** Keyed by track key, of the newest judgement of each. */
  threats: Map<string, Threat>;
  rank: RankState;
  alerting: AlertingState;
  attention: AttentionState;
  notifications: NotificationState;
  cover: CoverState;
  coverPrompts: CoverPrompt[];
  /** Of the newest order or all-clear; 0: none. */
  coverNotification: number;
  /** What the shell says of itself. */
  health: { recordingFailed: string | undefined; overload: { dropped: number; reason: string } | undefined };
  /** Tracks that got a detection since they were judged. */
  heard: Set<string>;
  /** Tracks whose state is no number, and how often that was found. */
  unusable: Set<string>;
  unusableStates: number;
  /** When each track was judged. */
  judgedAt: Map<string, Micros>;
  /** Of about the last ten seconds, oldest first. */
  bearings: BearingFact[];
  /** Since the newest check of broadcasts. */
  fixes: EmissionFix[];
  lastRoundAt: Micros;
  lastRankAt: Micros;
  lastEmittersAt: Micros;
  /** A person's entry stands over the configuration's. */
  wind: Wind | undefined;
}

export const createJudgement = (): JudgementState => ({
  identification: createIdentification(),
  emitters: createEmitters(),
  loiter: createLoiter(),
  courses: createCourses(),
  threats: new Map(),
  rank: createRank(),
  alerting: createAlerting(),
  attention: createAttention(),
  notifications: createNotifications(),
  cover: createCover(),
  coverPrompts: [],
  coverNotification: 0,
  health: { recordingFailed: undefined, overload: undefined },
  heard: new Set(),
  unusable: new Set(),
  unusableStates: 0,
  judgedAt: new Map(),
  bearings: [],
  fixes: [],
  lastRoundAt: 0 as Micros,
  lastRankAt: 0 as Micros,
  lastEmittersAt: 0 as Micros,
  wind: undefined,
});
