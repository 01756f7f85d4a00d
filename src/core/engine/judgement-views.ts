// What the judgement looks like from outside: JSON with units in the names.

import { alertText } from "../alerting/alert-text.ts";
import { type AlertFigures, alertFigures, openAlerts } from "../alerting/alerts.ts";
import { attentionOf } from "../alerting/attention.ts";
import { coverInForce } from "../alerting/take-cover.ts";
import { DEGREES_PER_RADIAN } from "../base/units.ts";
import { enuToGeodetic } from "../geodesy/wgs84.ts";
import { evidenceText } from "../identification/evidence-text.ts";
import { friendsOf, identificationOf, labelsOf, ledgerOf } from "../identification/identify.ts";
import type { Alert } from "../model/alert.ts";
import type { EvidenceView } from "../model/ledger-view.ts";
import type {
  AlertView,
  AssociationView,
  AttentionView,
  CoverView,
  JudgementView,
  SentenceView,
  TrackNoteView,
} from "../model/picture-view.ts";
import type { Threat } from "../model/threat.ts";
import { type JudgedFields, unjudged } from "../model/unjudged.ts";
import { bearingViews } from "./bearing-views.ts";
import { definitionsOf } from "./call-people.ts";
import { groupsOf } from "./groups.ts";
import { handOverViews } from "./hand-over-view.ts";
import { explainThreat, windOf } from "./judgement.ts";
import { type Picture, trackKey } from "./picture.ts";

const round = (value: number, digits: number): number => {
  const scale = [1, 10, 100, 1e3, 1e4][digits]!;
  return Math.round(value * scale) / scale;
};

/** What was judged of one track; that of an unknown one where nothing was. */
export function judgedFields(picture: Picture, key: string): JudgedFields {
  const fields = unjudged();
  const { judgement } = picture;
  const identification = identificationOf(judgement.identification, key);
  if (identification !== undefined) {
    fields.affiliation = identification.affiliation;
    fields.automaticAffiliation = identification.automatic;
    fields.className = identification.className;
    fields.classConfidence = round(identification.classConfidence, 3);
    fields.manned = round(identification.manned, 3);
    fields.uas = round(identification.uas, 3);
    fields.conflict = round(identification.conflict, 3);
    fields.friendId = identification.friendId ?? null;
    fields.declarations = identification.declarations
      .filter(({ expiresAt }) => expiresAt > picture.now)
      .map(({ question, value, by, at, reason, expiresAt }) => ({
        question,
        value,
        by: by.name,
        authenticated: by.authenticated,
        atUs: at,
        reason,
        expiresAtUs: expiresAt,
      }));
    fields.findings = identification.findings.map(({ code, at, confidence, key: sentence, values, tracks }) => ({
      code,
      atUs: at,
      confidence: round(confidence, 3),
      key: sentence,
      values: { ...values },
      text: evidenceText(sentence, values),
      tracks: [...tracks],
    }));
  }
  fields.attention = attentionView(picture, key);
  fields.heldBy = judgement.alerting.trackHolds.get(key)?.by ?? null;
  const threat = judgement.threats.get(key);
  if (threat !== undefined) {
    const worst = threat.assets.find(({ assetId }) => assetId === threat.assetId);
    fields.threat = {
      score: round(threat.score, 3),
      assetId: threat.assetId ?? null,
      distanceMetres: worst === undefined ? null : round(worst.distance, 0),
      timeToZoneSeconds: threat.timeToZone === undefined ? null : round(threat.timeToZone, 0),
      reaches: reachedFirst(threat),
      entryProbability: worst === undefined ? 0 : round(worst.entryProbability, 3),
      inbound: threat.inbound,
    };
  }
  for (const group of groupsOf(picture)) if (group.tracks.includes(key)) fields.groupId = group.id;
  return fields;
}

/** The place that the time to the keep-out counts to. */
function reachedFirst({ timeToZone, assets, zones }: Threat): JudgedFields["threat"]["reaches"] {
  if (timeToZone === undefined) return null;
  // The likeliest to be entered, where two are reached at once (inside both): an asset before a zone.
  let best: { place: NonNullable<JudgedFields["threat"]["reaches"]>; entryProbability: number } | undefined;
  for (const { assetId, distance, timeToKeepOut, timeToClosestApproach, closingSpeed, entryProbability } of assets) {
    const time = timeToKeepOut ?? (closingSpeed > 0 ? timeToClosestApproach : undefined);
    if (time !== timeToZone || (best !== undefined && entryProbability <= best.entryProbability)) continue;
    best = { place: { kind: "asset", id: assetId, distanceMetres: round(distance, 0) }, entryProbability };
  }
  for (const { zoneId, kind, distance, timeToEntry, entryProbability } of zones ?? []) {
    if (kind !== "keep-out" || timeToEntry !== timeToZone || (best !== undefined && entryProbability <= best.entryProbability)) continue;
    best = { place: { kind: "zone", id: zoneId, distanceMetres: round(Math.max(0, distance), 0) }, entryProbability };
  }
  return best?.place ?? null;
}

const sentence = (key: string, values: Readonly<Record<string, string | number>>): SentenceView => ({
  key,
  values: { ...values },
  text: alertText(key, values),
});

function attentionView(picture: Picture, key: string): AttentionView {
  const attention = attentionOf(picture.judgement.attention, key);
  return {
    state: attention.state,
    assessByUs: attention.assessBy ?? null,
    needs: attention.needs,
    assessedAtUs: attention.assessedAt ?? null,
    by: attention.by?.name ?? null,
    rule: attention.rule === undefined ? null : sentence(attention.rule, attention.ruleValues ?? {}),
    reason: attention.reason ?? null,
    text: attention.text ?? null,
    reopenedBecause: attention.reopenedBecause ?? null,
  };
}

function alertView(picture: Picture, alert: Alert): AlertView {
  const definition = definitionsOf(picture).find(({ id }) => id === alert.definitionId);
  return {
    id: alert.id,
    definitionId: alert.definitionId,
    subject: alert.subject,
    origin: alert.origin,
    level: alert.level,
    state: alert.state,
    raisedAtUs: alert.raisedAt,
    lastAtUs: alert.lastAt,
    acknowledgedAtUs: alert.acknowledgedAt ?? null,
    acknowledgedBy: alert.acknowledgedBy?.name ?? null,
    shelvedUntilUs: alert.shelvedUntil ?? null,
    shelvedBy: alert.shelvedBy?.name ?? null,
    shelvedReason: alert.shelvedReason ?? null,
    clearedAtUs: alert.clearedAt ?? null,
    heldBy: alert.heldBy ?? null,
    tracks: [...alert.tracks],
    assetId: alert.assetId ?? null,
    condition: sentence(definition?.conditionKey ?? alert.definitionId, alert.values),
    action: sentence(definition?.actionKey ?? "", alert.values),
    repeats: alert.repeats,
  };
}

/** Alarms that are over, newest first. */
export const alertHistoryViews = (picture: Picture): AlertView[] =>
  picture.judgement.alerting.history.map((alert) => alertView(picture, alert)).reverse();

/** Rate, flood, stale, chattering, noisiest sources. */
export const alertFiguresView = (picture: Picture): AlertFigures => alertFigures(picture.judgement.alerting, picture.now);

function coverView(picture: Picture): CoverView | null {
  const { cover, coverNotification, notifications } = picture.judgement;
  const order = coverInForce(cover);
  if (order === undefined) return null;
  const receipts = notifications.sent.get(coverNotification)?.receipts ?? new Map();
  return {
    state: order.state,
    atUs: order.state === "ordered" ? order.at : (order.allClearAt ?? order.at),
    by: (order.state === "ordered" ? order.by : (order.allClearBy ?? order.by)).name,
    assetIds: [...order.assetIds],
    text: order.text,
    receipts: [...receipts].map(([channel, receipt]) => ({
      channel,
      state: receipt?.state ?? "waiting",
      atUs: receipt?.at ?? order.at,
      message: receipt?.message ?? "",
    })),
  };
}

function associationViews(picture: Picture): AssociationView[] {
  return (picture.associations ?? []).map(
    ({ id, kind, origin, track, by, at, reason, expiresAt, sensorId, identities, other, members }) => ({
      id,
      kind,
      trackId: trackKey(origin, track),
      others: kind === "merge" ? members.map((member) => trackKey(origin, member.id)) : other === 0 ? [] : [trackKey(origin, other)],
      sensorId: sensorId ?? null,
      names: [...identities],
      by: by.name,
      authenticated: by.authenticated,
      atUs: at,
      reason,
      expiresAtUs: expiresAt,
      apart: members.filter(({ apart }) => apart).map((member) => trackKey(origin, member.id)),
    }),
  );
}

const noteViews = (picture: Picture): TrackNoteView[] =>
  (picture.trackNotes ?? []).map(({ id, trackId, text, by, at }) => ({
    id,
    trackId,
    text,
    by: by.name,
    authenticated: by.authenticated,
    atUs: at,
  }));

/** Everything judged that is not of one track. */
export function judgementView(picture: Picture): JudgementView {
  const wind = windOf(picture);
  const bearings = bearingViews(picture);
  return {
    alerts: openAlerts(picture.judgement.alerting).map((alert) => alertView(picture, alert)),
    groups: groupsOf(picture).map(({ hull, count, ...rest }) => ({
      ...rest,
      count: round(count, 1),
      hull: hull.map(([east, north]) => {
        const { latitude, longitude } = enuToGeodetic(picture.frame, east, north, 0);
        return [round(longitude * DEGREES_PER_RADIAN * 1e3, 4) / 1e3, round(latitude * DEGREES_PER_RADIAN * 1e3, 4) / 1e3];
      }),
    })),
    ranking: picture.judgement.rank.order.slice(0, 100).map(({ key }) => key),
    cover: coverView(picture),
    coverPrompts: picture.judgement.coverPrompts.map(({ assetId, trackKey, key, values }) => ({
      assetId,
      trackId: trackKey,
      ...sentence(key, values),
    })),
    wind:
      wind === undefined
        ? null
        : { eastMps: round(wind.east, 2), northMps: round(wind.north, 2), sigmaMps: round(wind.sigma, 2), from: wind.from },
    ...((picture.associations ?? []).length === 0 ? {} : { associations: associationViews(picture) }),
    ...(bearings.length === 0 ? {} : { bearings }),
    ...((picture.handOvers ?? []).length === 0 ? {} : { handOver: handOverViews(picture)[0]! }),
    ...((picture.trackNotes ?? []).length === 0 ? {} : { notes: noteViews(picture) }),
  };
}

/** Why Picket says what it says of a track; undefined for one that was never judged. */
export function evidenceView(picture: Picture, trackId: string): EvidenceView | undefined {
  const ledger = ledgerOf(picture.judgement.identification, trackId);
  if (ledger === undefined) return undefined;
  return { trackId, ledger, threat: explainThreat(picture, trackId) ?? null };
}

export const friendViews = (picture: Picture) => friendsOf(picture.judgement.identification, picture.now);

/** One JSON object a line. */
export const labelLines = (picture: Picture): string =>
  labelsOf(picture.judgement.identification)
    .map((label) => `${JSON.stringify(label)}\n`)
    .join("");
