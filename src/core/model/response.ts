// Who must agree to a response, what they agreed to, and what became of it. Nothing here acts: a response is a case that people decide, and the last thing
// that leaves is a message. All of it is plain data; what people sign and what leaves the core carries its units in the names.

import type { Micros, Seconds } from "../base/units.ts";
import type { ClassFamily, ClassName, FindingCode } from "./identity.ts";
import type { LedgerView } from "./ledger-view.ts";
import type { Origin } from "./observation.ts";
import type { Affiliation, SentenceView } from "./picture-view.ts";
import type { GeodeticPoint } from "./site.ts";

/** What a person may do; one role a person. A nation stands beside it where nations are told apart. */
export const ROLES = ["observer", "operator", "supervisor", "officer", "engineer", "administrator", "partner", "service"] as const;
export type Role = (typeof ROLES)[number];

/** The ladder, mildest first. None of them is an effect on the aircraft: the last one hands the decision over to somebody else's system and people. */
export const RESPONSE_ACTIONS = ["observe", "notify", "warn", "close-airspace", "hand-off"] as const;
export type ResponseAction = (typeof RESPONSE_ACTIONS)[number];

// ---------------------------------------------------------------------------------------------------------------- policy

/** k of the officers of one nation. */
export interface SeatRule {
  readonly nation: string;
  /** At least 1; no seat rule at all means that one press is enough. */
  readonly required: number;
  /** The n persons who may sit; absent: every officer of the nation. */
  readonly officers?: readonly string[];
}

/** What must be true of the track before anybody may approve. */
export type Precondition =
  | { readonly kind: "confirmed" }
  | { readonly kind: "inbound" }
  /** A person accepted the track, or declared what or whose it is. */
  | { readonly kind: "assessed-by-person" }
  | { readonly kind: "affiliation"; readonly among: readonly Affiliation[] }
  | { readonly kind: "class-family"; readonly among: readonly ClassFamily[] }
  /** Threat score 0..1. */
  | { readonly kind: "score"; readonly atLeast: number }
  /** Age of the newest measurement. */
  | { readonly kind: "measured-within"; readonly age: Seconds };

/** A step of the ladder that must have been taken for the same track before. */
export interface EarlierStep {
  readonly action: ResponseAction;
  /** Since it was authorised. */
  readonly wait: Seconds;
  /** The plan may leave it out with a reason, which is then part of what everybody signs. */
  readonly mayBeSkipped: boolean;
}

export interface ActionRule {
  readonly action: ResponseAction;
  /** Empty: one press of an operator, supervisor or officer. Never enough for a hand-off, whatever is written here. */
  readonly seats: readonly SeatRule[];
  /** An approval counts for so long. */
  readonly within: Seconds;
  /** A revision of a case can be approved for so long. */
  readonly expiresAfter: Seconds;
  readonly preconditions: readonly Precondition[];
  readonly earlierSteps: readonly EarlierStep[];
  /** After it was authorised, or refused, for a track: no new case of this action for the same track. */
  readonly coolDown: Seconds;
  readonly coolDownAfterRefusal: Seconds;
  /** Friends near the gate, airspace owners and neighbours must have acknowledged before anybody may approve. */
  readonly acknowledgements: boolean;
  /** Validity of the message that leaves. */
  readonly messageValid: Seconds;
  /** What two nations usually need to agree on it; below it only pre-agreed warnings are possible. */
  readonly agreementTakes: Seconds;
}

/** Who must be told before a grave step. */
export interface ResponseParty {
  readonly id: string;
  readonly name: string;
  /** friend: owner of announced flights, matched by `owner`. airspace: always. neighbour: when the track is near its border. */
  readonly kind: "friend" | "airspace" | "neighbour";
  /** Of a friend: as in the announcements. */
  readonly owner?: string;
  /** Of a neighbour: the border line, at least two points. */
  readonly border?: readonly GeodeticPoint[];
}

/** Somebody else's system, or a channel to people, that may get a response message. Addresses and keys belong to the shell. */
export interface ResponseReceiver {
  readonly id: string;
  readonly name: string;
  readonly actions: readonly ResponseAction[];
  /** Takes simulated, recorded and exercise messages, and no live ones. */
  readonly exercise: boolean;
  /** Set where it is a SAPIENT node: nothing goes to one that declared anything but sensor types. */
  readonly sapientNodeId?: string;
}

export interface ResponsePolicy {
  /** Part of what is signed. */
  readonly version: string;
  readonly nations: readonly { readonly id: string; readonly name: string }[];
  readonly rules: readonly ActionRule[];
  /** 0..1; a hand-off is refused from this P(people aboard) on. */
  readonly mannedLimit: number;
  /** Frozen around the track's predicted path: approvals end when it leaves. */
  readonly gate: {
    /** m. */
    readonly radius: number;
    /** m/s by which the radius grows. */
    readonly growth: number;
  };
  /** Distance to a neighbour's border below which it is told first, m. */
  readonly borderBuffer: number;
  /** Rise of the conflict of a track's evidence, 0..1, that counts as new conflicting evidence. */
  readonly conflictRise: number;
  readonly parties: readonly ResponseParty[];
  readonly receivers: readonly ResponseReceiver[];
  /** Ways to sign that count. */
  readonly methods: readonly SignatureMethod[];
  /** A signature is at most so old when it arrives. */
  readonly signatureAge: Seconds;
  /** Longest life of a ghost finding. */
  readonly ghostValid: Seconds;
}

// --------------------------------------------------------------------------------------------------------------- persons

/** One human being, as the accounts say. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Absent: of no nation. */
  readonly nation?: string;
  readonly role: Role;
}

/** A person on the roster; a change of nation or role starts anew. */
export interface RosterEntry extends Person {
  readonly since: Micros;
  readonly revoked: boolean;
}

export type SignatureMethod = "passkey" | "ed25519";

/** What the shell found of a signature; the octets themselves are in the journal beside it. */
export interface SignatureVerdict {
  readonly method: SignatureMethod;
  readonly credentialId: string;
  /** To whom the credential belongs, with nation and role as the accounts had them at that moment. */
  readonly personId: string;
  readonly nation: string;
  readonly role: Role;
  readonly verified: boolean;
  /** 64 hexadecimal digits: the SHA-256 that was signed, of the case or of a `ResponseStatement`. */
  readonly signedHash: string;
  /** SHA-256 of the signature's octets: one signature counts once. */
  readonly signatureId: string;
  readonly signedAt: Micros;
  /** Whatever lets a third party check it again: authenticator data, client data, signature, base64url. The core keeps it as it is. */
  readonly proof?: Readonly<Record<string, string>>;
}

/** What is signed besides a case: canonical JSON of this, hashed. */
export type ResponseStatement =
  | { readonly statement: "delegate"; readonly caseHash: string; readonly from: string; readonly to: string }
  | {
      readonly statement: "ghost";
      readonly trackId: string;
      readonly nation: string;
      readonly reason: string;
      readonly expiresAtUs: number;
    };

// ----------------------------------------------------------------------------------------------------------------- a case

/** Why a plan leaves a step of the ladder out. */
export interface SkippedStep {
  readonly action: ResponseAction;
  readonly reason: string;
}

export interface CasePlan {
  readonly action: ResponseAction;
  /** null: it leaves to nobody. */
  readonly receiverId: string | null;
  /** In the words of the person who wrote it. */
  readonly text: string;
  readonly skippedSteps: readonly SkippedStep[];
}

/** A track that says it is a crewed aircraft, near the case's track. */
export interface CrewedTrack {
  readonly trackId: string;
  readonly distanceMetres: number;
}

/** A friend's flight near the case's track. */
export interface NearFriend {
  readonly friendId: string;
  readonly name: string;
  readonly owner: string;
}

/** What was known of the track when the case was frozen. Part of what is signed. */
export interface CaseEvidence {
  readonly trackId: string;
  readonly origin: Origin;
  readonly atUs: number;
  readonly measuredAtUs: number;
  readonly status: "tentative" | "confirmed" | "coasting";
  readonly existence: number;
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
  /** null: not known. */
  readonly heightAmslMetres: number | null;
  /** From the site's origin. */
  readonly eastMetres: number;
  readonly northMetres: number;
  readonly upMetres: number;
  readonly velocityEastMps: number;
  readonly velocityNorthMps: number;
  readonly velocityUpMps: number;
  /** 95 %, semi-major. */
  readonly uncertaintyMetres: number;
  readonly className: ClassName;
  readonly classFamily: ClassFamily;
  readonly classConfidence: number;
  readonly manned: number;
  readonly uas: number;
  readonly affiliation: Affiliation;
  /** 0..1. */
  readonly conflict: number;
  readonly findings: readonly FindingCode[];
  readonly assessedByPerson: boolean;
  readonly score: number;
  readonly inbound: boolean;
  readonly assetId: string | null;
  readonly timeToAssetSeconds: number | null;
  readonly sensors: readonly string[];
  readonly identities: readonly { readonly scheme: string; readonly value: string }[];
  readonly crewed: readonly CrewedTrack[];
  readonly friends: readonly NearFriend[];
  readonly borders: readonly { readonly partyId: string; readonly distanceMetres: number }[];
}

/** Where the track must stay for the approvals to stand: a circle that moves with the frozen velocity and grows. Site frame, horizontal. */
export interface CaseGate {
  readonly atUs: number;
  readonly eastMetres: number;
  readonly northMetres: number;
  readonly velocityEastMps: number;
  readonly velocityNorthMps: number;
  readonly radiusMetres: number;
  readonly growthMps: number;
}

export interface DeconflictionItem {
  readonly partyId: string;
  readonly name: string;
  readonly kind: ResponseParty["kind"];
  /** Flights concerned, or the distance to the border in words for programs: "F12", "800 m". */
  readonly concerns: readonly string[];
}

/** What is hashed and signed: RFC 8785 JSON of this, SHA-256. Everybody signs the same text, whatever the language of the screen. */
export interface CaseContent {
  readonly format: "picket-case-1";
  readonly siteId: string;
  readonly caseId: string;
  /** Counts up by one with each edit. */
  readonly revision: number;
  readonly openedAtUs: number;
  readonly openedBy: string;
  readonly frozenAtUs: number;
  readonly frozenBy: string;
  readonly expiresAtUs: number;
  readonly plan: CasePlan;
  readonly evidence: CaseEvidence;
  /** SHA-256 of the canonical ledger that was frozen beside it. */
  readonly evidenceDigest: string;
  readonly gate: CaseGate;
  readonly deconfliction: readonly DeconflictionItem[];
  readonly seats: readonly SeatRule[];
  readonly policyVersion: string;
  /** SHA-256 of the canonical policy. */
  readonly policyDigest: string;
}

/** At most one for each person; a later one replaces it. */
export interface Approval {
  readonly personId: string;
  readonly name: string;
  readonly nation: string;
  /** Whose seat it fills: the person's own, or that of the officer who delegated it. */
  readonly seatOf: string;
  readonly at: Micros;
  readonly state: "given" | "withdrawn" | "void";
  /** Why it is void, a reason's code; "" while it is not. */
  readonly endedBecause: string;
  readonly endedAt?: Micros;
  readonly signature: SignatureVerdict;
}

/** One officer lets another person of the same nation sit in the seat, in one revision of one case. */
export interface Delegation {
  readonly from: string;
  readonly to: string;
  readonly at: Micros;
  readonly signature: SignatureVerdict;
}

export interface Acknowledgement {
  readonly partyId: string;
  readonly answer: "acknowledged" | "objected";
  readonly at: Micros;
  /** Who recorded it. */
  readonly by: string;
  readonly text: string;
}

/** Separate facts about what leaves: none follows from another. */
export const RESPONSE_FACTS = ["delivered", "acknowledged", "done", "failed"] as const;
export type ResponseFactKind = (typeof RESPONSE_FACTS)[number];
export interface ResponseFact {
  readonly kind: ResponseFactKind;
  readonly messageId: string;
  readonly at: Micros;
  /** Receiver or person who says so. */
  readonly by: string;
  readonly text: string;
}

export const CASE_STATES = ["open", "authorised", "refused", "withdrawn", "cancelled", "expired", "void"] as const;
export type CaseState = (typeof CASE_STATES)[number];

export const MATERIAL_CHANGES = [
  "track-lost",
  "affiliation-changed",
  "class-changed",
  "manned-rose",
  "new-conflict",
  "left-gate",
  "policy-changed",
  "clock-trouble",
] as const;
export type MaterialChange = (typeof MATERIAL_CHANGES)[number];

export interface ResponseCase {
  readonly id: string;
  readonly content: CaseContent;
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly ledger?: LedgerView;
  readonly state: CaseState;
  readonly approvals: readonly Approval[];
  readonly delegations: readonly Delegation[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** Changes since it was frozen: while there is one, nobody can approve; an edit freezes anew. */
  readonly changes: readonly MaterialChange[];
  /** Signatures that were seen with this revision: one counts once. */
  readonly signaturesSeen: readonly string[];
  readonly refusal?: { readonly personId: string; readonly at: Micros; readonly reason: string };
  /** Who ended it otherwise, and why. */
  readonly endedBy?: string;
  readonly endedBecause?: string;
  readonly endedAt?: Micros;
  readonly authorisedAt?: Micros;
  /** Persons whose approvals, or whose press, carried it. */
  readonly authorisedBy?: readonly string[];
  readonly message?: ResponseMessage;
  readonly facts: readonly ResponseFact[];
}

/** Both nations may find that what looks crewed is not there; each gives its reason, and all of it is in the record. */
export interface GhostFinding {
  readonly trackId: string;
  readonly nation: string;
  readonly personId: string;
  readonly reason: string;
  readonly at: Micros;
  readonly expiresAt: Micros;
  readonly signature: SignatureVerdict;
}

/** What the shell signs and sends: one snapshot, no stream opened by it. Plain JSON, units in the names. */
export interface ResponseMessage {
  readonly format: "picket-response-1";
  /** "C7-1-hand-off", unique within the site. */
  readonly messageId: string;
  /** "recall" takes back what was delivered. */
  readonly kind: "response" | "recall";
  readonly action: ResponseAction;
  readonly siteId: string;
  readonly receiverId: string;
  readonly origin: Origin;
  readonly caseId: string;
  readonly revision: number;
  readonly caseHash: string;
  readonly issuedAtUs: number;
  /** The receiver must not act on it afterwards. */
  readonly expiresAtUs: number;
  readonly text: string;
  readonly track: {
    readonly id: string;
    readonly atUs: number;
    readonly latitudeDegrees: number;
    readonly longitudeDegrees: number;
    readonly heightAmslMetres: number | null;
    readonly velocityEastMps: number;
    readonly velocityNorthMps: number;
    readonly velocityUpMps: number;
    readonly uncertaintyMetres: number;
    readonly className: ClassName;
    readonly affiliation: Affiliation;
  };
  readonly approvals: readonly {
    readonly personId: string;
    readonly nation: string;
    readonly seatOf: string;
    readonly method: SignatureMethod;
    readonly credentialId: string;
    readonly signatureId: string;
    readonly signedAtUs: number;
  }[];
  readonly policyVersion: string;
}

// --------------------------------------------------------------------------------------------------------------- commands

/**
 * What people, and the shell for them, ask of a case. Each is answered; a refusal carries a code and a sentence. The acting person is the event's actor: with
 * `personId`, and `nation` and `role` as on the roster, or nothing is done.
 */
export type ResponseCommand =
  /** The shell tells every account that may take part, at the start and on every change; a changed nation or role ends that person's approvals. */
  | { readonly kind: "enrol-person"; readonly person: Person }
  | { readonly kind: "revoke-person"; readonly personId: string; readonly reason: string }
  | { readonly kind: "open-case"; readonly trackId: string; readonly plan: CasePlan }
  /** Freezes the evidence anew, whatever else it changes; ends every approval. */
  | { readonly kind: "edit-case"; readonly caseId: string; readonly plan: CasePlan }
  | { readonly kind: "approve-case"; readonly caseId: string; readonly signature: SignatureVerdict }
  | { readonly kind: "refuse-case"; readonly caseId: string; readonly reason: string }
  | { readonly kind: "withdraw-approval"; readonly caseId: string; readonly reason: string }
  | { readonly kind: "cancel-case"; readonly caseId: string; readonly reason: string }
  | { readonly kind: "delegate-seat"; readonly caseId: string; readonly to: string; readonly signature: SignatureVerdict }
  | {
      readonly kind: "acknowledge-case";
      readonly caseId: string;
      readonly partyId: string;
      readonly answer: Acknowledgement["answer"];
      readonly text: string;
    }
  | {
      readonly kind: "record-ghost";
      readonly trackId: string;
      readonly reason: string;
      readonly expiresAt: Micros;
      readonly signature: SignatureVerdict;
    }
  /** Sends the message of an authorised case again: the same one, while it is valid. */
  | { readonly kind: "release-response"; readonly caseId: string }
  /** By the shell (role service) for a receiver, or by a person who was told. */
  | {
      readonly kind: "record-response-fact";
      readonly caseId: string;
      readonly messageId: string;
      readonly fact: ResponseFactKind;
      readonly by: string;
      readonly text: string;
    };

/** What a step asks of the shell: sign this message and send it to its receiver; guard and expiry are looked at again at the moment of sending. */
export interface ResponseEffect {
  readonly type: "release-response";
  readonly message: ResponseMessage;
}

// ------------------------------------------------------------------------------------------------------------------ views

export interface CasesView {
  /** null: the site has no policy, and no case can be opened. */
  policy: {
    version: string;
    nations: { id: string; name: string }[];
    receivers: { id: string; name: string; actions: ResponseAction[]; exercise: boolean }[];
    rules: { action: ResponseAction; seats: { nation: string; required: number }[]; agreementTakesSeconds: number }[];
    /** What keeps an action from ever being authorised, in words. */
    problems: SentenceView[];
  } | null;
  /** Why nothing can be approved: the clock; null: it is well. */
  clockTrouble: string | null;
  /** Open ones first, newest first. */
  cases: CaseView[];
  ghostFindings: { trackId: string; nation: string; by: string; reason: string; atUs: number; expiresAtUs: number }[];
  /** Closed cases that made room. The journal has them. */
  dropped: number;
}

export interface CaseView {
  id: string;
  trackId: string;
  origin: Origin;
  action: ResponseAction;
  state: CaseState;
  revision: number;
  /** What is signed, and the text that it is the SHA-256 of: a screen hashes the text itself. */
  hash: string;
  canonical: string;
  openedAtUs: number;
  openedBy: string;
  expiresAtUs: number;
  plan: CasePlan;
  evidence: CaseEvidence;
  seats: { nation: string; required: number; given: number; missing: number }[];
  approvals: { personId: string; name: string; nation: string; seatOf: string; atUs: number; state: string; endedBecause: string }[];
  delegations: { from: string; to: string; atUs: number }[];
  deconfliction: (DeconflictionItem & { answer: "waiting" | "acknowledged" | "objected"; atUs: number | null; by: string; text: string })[];
  /** Why nobody can approve now; empty: officers can. */
  blockers: SentenceView[];
  changes: SentenceView[];
  refusedBy: string | null;
  refusedBecause: string | null;
  endedBy: string | null;
  endedBecause: string | null;
  /** Newest estimate; null: none is on the way. */
  timeToAssetSeconds: number | null;
  /** The track arrives before two nations can agree: only warnings that were agreed on beforehand are possible. */
  onlyPreAgreed: boolean;
  authorisedAtUs: number | null;
  authorisedBy: string[];
  messageId: string | null;
  messageExpiresAtUs: number | null;
  deliveredAtUs: number | null;
  acknowledgedAtUs: number | null;
  doneAtUs: number | null;
  facts: { kind: ResponseFactKind; messageId: string; atUs: number; by: string; text: string }[];
}
