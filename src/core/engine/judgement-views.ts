// What the judgement looks like from outside: JSON with units in the names.

import { DEGREES_PER_RADIAN } from "../base/units.ts";
import { enuToGeodetic } from "../geodesy/wgs84.ts";
import { evidenceText } from "../identification/evidence-text.ts";
import { friendsOf, identificationOf, type LedgerView, labelsOf, ledgerOf } from "../identification/identify.ts";
import type { GroupView, JudgementView } from "../model/picture-view.ts";
import { type JudgedFields, unjudged } from "../model/unjudged.ts";
import { readGroups } from "../tracking/picket-tracker.ts";
import { windOf } from "./judgement.ts";
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
  const threat = judgement.threats.get(key);
  if (threat !== undefined) {
    const worst = threat.assets.find(({ assetId }) => assetId === threat.assetId);
    fields.threat = {
      score: round(threat.score, 3),
      assetId: threat.assetId ?? null,
      distanceMetres: worst === undefined ? null : round(worst.distance, 0),
      timeToZoneSeconds: threat.timeToZone === undefined ? null : round(threat.timeToZone, 0),
      entryProbability: worst === undefined ? 0 : round(worst.entryProbability, 3),
      inbound: threat.inbound,
    };
  }
  for (const group of groupsOf(picture)) if (group.tracks.includes(key)) fields.groupId = group.id;
  return fields;
}

/** Groups of every origin with the keys of their members. */
export function groupsOf(
  picture: Picture,
): {
  id: string;
  origin: GroupView["origin"];
  tracks: string[];
  count: number;
  countLow: number;
  countHigh: number;
  hull: readonly (readonly [number, number])[];
}[] {
  const groups = [];
  for (const [origin, tracker] of picture.trackers) {
    for (const { id, members, hull, count, countLow, countHigh } of readGroups(tracker)) {
      groups.push({
        id: trackKey(origin, id).replace(/T(\d+)$/, "G$1"),
        origin,
        tracks: members.map((member) => trackKey(origin, member)),
        count,
        countLow,
        countHigh,
        hull,
      });
    }
  }
  return groups;
}

/** Everything judged that is not of one track. */
export function judgementView(picture: Picture): JudgementView {
  const wind = windOf(picture);
  return {
    alerts: [],
    groups: groupsOf(picture).map(({ hull, count, ...rest }) => ({
      ...rest,
      count: round(count, 1),
      hull: hull.map(([east, north]) => {
        const { latitude, longitude } = enuToGeodetic(picture.frame, east, north, 0);
        return [round(longitude * DEGREES_PER_RADIAN * 1e3, 4) / 1e3, round(latitude * DEGREES_PER_RADIAN * 1e3, 4) / 1e3];
      }),
    })),
    ranking: picture.judgement.rank.order.slice(0, 100).map(({ key }) => key),
    cover: null,
    coverPrompts: [],
    wind:
      wind === undefined
        ? null
        : { eastMps: round(wind.east, 2), northMps: round(wind.north, 2), sigmaMps: round(wind.sigma, 2), from: wind.from },
  };
}

export interface EvidenceView {
  trackId: string;
  ledger: LedgerView;
  threat: unknown;
}

/** Why Picket says what it says of a track; undefined for one that was never judged. */
export function evidenceView(picture: Picture, trackId: string): EvidenceView | undefined {
  const ledger = ledgerOf(picture.judgement.identification, trackId);
  if (ledger === undefined) return undefined;
  return { trackId, ledger, threat: picture.judgement.threats.get(trackId) ?? null };
}

export const friendViews = (picture: Picture) => friendsOf(picture.judgement.identification, picture.now);

/** One JSON object a line. */
export const labelLines = (picture: Picture): string =>
  labelsOf(picture.judgement.identification)
    .map((label) => `${JSON.stringify(label)}\n`)
    .join("");
