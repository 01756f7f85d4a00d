// What the integration bench says of SAPIENT nodes: JSON with units in the names, for the API, the console and the vendor.

/** refused: the message or the registration went no further; repaired: a value was changed or left out to go on; warning: only said. */
export type FindingKind = "refused" | "repaired" | "warning";

/** One thing that a node does against the rules. */
export interface FindingReport {
  /** "SEQ-06", "field", "geometry", "clock" and so on. */
  readonly rule: string;
  /** Path of the field in the schema's names. */
  readonly field: string;
  readonly kind: FindingKind;
  readonly message: string;
  readonly likelyCause: string;
  /** Names the cause, for a screen in another language; "unknown" where none is known. */
  readonly causeKey: string;
  readonly count: number;
  readonly firstAtUs: number;
  readonly lastAtUs: number;
  /** The first message that showed it, decoded and as hexadecimal octets; absent when it was too long to keep. */
  readonly example?: { readonly octets: string; readonly message: Record<string, unknown> };
}

/** What the integration bench says of one node. */
export interface NodeReport {
  readonly nodeId: string;
  readonly name: string;
  readonly type: string;
  readonly maker: string;
  readonly interfaceVersion: string;
  /** refused: it could not register; faulty: messages were refused; tolerated: read with repairs or warnings; clean: nothing found. */
  readonly verdict: "refused" | "faulty" | "tolerated" | "clean";
  readonly connected: boolean;
  readonly counts: { readonly statuses: number; readonly detections: number; readonly alerts: number; readonly refused: number };
  /** Node's clock less ours, with the way here in it; null before the first message. The largest is nearest to the truth. */
  readonly clockOffsetMilliseconds: { readonly mean: number; readonly least: number; readonly most: number } | null;
  readonly findings: readonly FindingReport[];
  /** Findings that did not fit and were forgotten. */
  readonly findingsForgotten: number;
}

/** A line of the bench's list: a report with the number of its findings in place of them. */
export interface NodeVerdict extends Omit<NodeReport, "findings" | "findingsForgotten"> {
  readonly findings: number;
}
