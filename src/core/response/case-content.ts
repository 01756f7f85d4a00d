// What is frozen and signed: the content of a case, its text, its hash.

import { canonicalJson } from "../base/canonical-json.ts";
import { sha256Hex } from "../base/sha256.ts";
import { encodeUtf8 } from "../base/text.ts";
import { MICROS_PER_SECOND } from "../base/units.ts";
import type {
  ActionRule,
  CaseContent,
  CaseEvidence,
  CaseGate,
  DeconflictionItem,
  ResponsePolicy,
  ResponseStatement,
} from "../model/response.ts";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Unicode text: halves of surrogate pairs, which canonical JSON does not have, become U+FFFD. */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, "\ufffd");

const hashOf = (value: unknown): string => sha256Hex(encodeUtf8(canonicalJson(value)));

/** RFC 8785 text of a case: what a screen shows the hash of, and a verifier hashes again. */
export const caseText = (content: CaseContent): string => canonicalJson(content);

/** SHA-256 of that text, 64 lower-case hexadecimal digits: the challenge of a passkey, or what an Ed25519 key signs. */
export const caseHash = (content: CaseContent): string => hashOf(content);

/** The same for what is signed besides a case. Its text can never be that of a case, so no signature passes for another. */
export const statementHash = (statement: ResponseStatement): string => hashOf(statement);

export const policyDigest = (policy: ResponsePolicy | undefined): string => (policy === undefined ? "" : hashOf(policy));

/** SHA-256 of the canonical ledger. */
export const evidenceDigest = (ledger: unknown): string => (ledger === undefined ? "" : hashOf(ledger));

/** Whether friends, airspace owners and neighbours must acknowledge first. No policy takes that from a hand-off. */
export const needsAcknowledgements = (rule: ActionRule): boolean => rule.acknowledgements || rule.action === "hand-off";

/** Who must be told first, for a track as it is in `evidence`. A friend whose owner is no known party is on the list all the same. */
export function deconflictionFor(policy: ResponsePolicy, rule: ActionRule, evidence: CaseEvidence): readonly DeconflictionItem[] {
  if (!needsAcknowledgements(rule)) return [];
  const items: DeconflictionItem[] = [];
  const known = new Set<string>();
  for (const { id, name, kind, owner } of policy.parties) {
    if (kind === "airspace") items.push({ partyId: id, name, kind, concerns: [] });
    if (kind === "friend" && owner !== undefined) {
      known.add(owner);
      const concerns = evidence.friends.filter((friend) => friend.owner === owner).map((friend) => friend.friendId);
      if (concerns.length > 0) items.push({ partyId: id, name, kind, concerns });
    }
    if (kind === "neighbour") {
      const border = evidence.borders.find(({ partyId }) => partyId === id);
      if (border !== undefined && border.distanceMetres < policy.borderBuffer)
        items.push({ partyId: id, name, kind, concerns: [`${Math.round(border.distanceMetres)} m`] });
    }
  }
  for (const owner of new Set(evidence.friends.map((friend) => friend.owner))) {
    if (known.has(owner)) continue;
    const concerns = evidence.friends.filter((friend) => friend.owner === owner).map((friend) => friend.friendId);
    items.push({ partyId: `owner:${owner}`, name: owner, kind: "friend", concerns });
  }
  return items;
}

export const gateFor = (policy: ResponsePolicy, evidence: CaseEvidence): CaseGate => ({
  atUs: evidence.atUs,
  eastMetres: evidence.eastMetres,
  northMetres: evidence.northMetres,
  velocityEastMps: evidence.velocityEastMps,
  velocityNorthMps: evidence.velocityNorthMps,
  radiusMetres: policy.gate.radius,
  growthMps: policy.gate.growth,
});

/** Of the gate at an instant, m. Before the freezing it is as wide as at the freezing. */
export const gateRadius = (gate: CaseGate, atUs: number): number =>
  gate.radiusMetres + (gate.growthMps * Math.max(0, atUs - gate.atUs)) / MICROS_PER_SECOND;

/** Whether the track is where the gate allows it to be. */
export function isInGate(gate: CaseGate, evidence: CaseEvidence): boolean {
  const dt = (evidence.atUs - gate.atUs) / MICROS_PER_SECOND;
  const east = evidence.eastMetres - gate.eastMetres - gate.velocityEastMps * dt;
  const north = evidence.northMetres - gate.northMetres - gate.velocityNorthMps * dt;
  return Math.hypot(east, north) <= gateRadius(gate, evidence.atUs);
}
