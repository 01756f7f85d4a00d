// What is wrong with a decoded message by the schema alone: missing fields, numbers that are none, identifiers of the
// wrong form, values outside their range. What to do about it is decided by whoever asked.

import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isUlid, isUuid, normalizeUlid, normalizeUuid } from "./identifiers.ts";
import { IDENTIFIER, IDENTIFIER_FOR_HARNESS, MANDATORY, MANDATORY_FOR_HARNESS, MANDATORY_ONEOF } from "./requirements.ts";
import { SapientMessageSchema } from "./sapient-pb.gen.ts";

export interface Violation {
  readonly kind:
    | "missing" // a mandatory field or choice is absent
    | "unspecified" // an enum holds 0 where a value is mandatory
    | "unknown-value" // an enum holds a number that the interface does not have
    | "identifier" // not a UUID or ULID at all
    | "identifier-spelling" // a UUID or ULID in another spelling than the standard's
    | "not-finite" // NaN or Infinity
    | "out-of-range" // a confidence outside 0..1
    | "empty" // a mandatory text without a character
    | "control-characters"; // a text that would harm a screen or a log
  /** Path in the schema's names, for example "detection_report.location.x". */
  readonly item: string;
  readonly message: string;
  /** Demanded by Dstl's harness and not by the schema. */
  readonly harnessOnly: boolean;
}

/** No message needs more lines than this to be understood as broken. */
const MAX_VIOLATIONS = 64;

type Anything = Record<string, unknown>;
interface PlannedField {
  readonly name: string;
  readonly localName: string;
  readonly kind: "message" | "enum" | "number" | "text" | "other";
  readonly list: boolean;
  readonly explicit: boolean;
  readonly mandatory: boolean;
  readonly mandatoryForHarness: boolean;
  readonly identifier: "uuid" | "ulid" | undefined;
  readonly identifierForHarness: boolean;
  readonly isShare: boolean;
  readonly enumHas: (value: number) => boolean;
  readonly plan: () => Plan;
}
interface Plan {
  readonly fields: readonly PlannedField[];
  readonly oneofs: readonly {
    readonly name: string;
    readonly localName: string;
    readonly mandatory: boolean;
    readonly members: ReadonlyMap<string, PlannedField>;
  }[];
}

const plans = new Map<string, Plan>();

function planOf(desc: DescMessage): Plan {
  const known = plans.get(desc.typeName);
  if (known !== undefined) return known;
  const short = shortName(desc);
  const fields: PlannedField[] = [];
  const oneofs: Plan["oneofs"][number][] = [];
  const plan: Plan = { fields, oneofs };
  plans.set(desc.typeName, plan);
  for (const field of desc.fields) if (field.oneof === undefined) fields.push(planField(short, field));
  for (const oneof of desc.oneofs) {
    oneofs.push({
      name: oneof.name,
      localName: oneof.localName,
      mandatory: MANDATORY_ONEOF[short]?.includes(oneof.name) ?? false,
      members: new Map(oneof.fields.map((field) => [field.localName, planField(short, field)])),
    });
  }
  return plan;
}

/** Name without the package: "Registration.NodeDefinition". */
export const shortName = (desc: DescMessage): string => desc.typeName.slice(desc.file.proto.package.length + 1);

const SHARES = new Set(["confidence", "detection_confidence", "ranking"]);

function planField(message: string, field: DescField): PlannedField {
  const kind = field.fieldKind === "list" ? field.listKind : field.fieldKind;
  const inner = field.message;
  const values = new Set(field.enum?.values.map((value) => value.number) ?? []);
  const path = `${message}.${field.name}`;
  const numeric = kind === "scalar" && field.scalar !== 9 && field.scalar !== 12 && field.scalar !== 8; // not text, octets, bool
  return {
    name: field.name,
    localName: field.localName,
    kind: kind === "message" ? "message" : kind === "enum" ? "enum" : numeric ? "number" : field.scalar === 9 ? "text" : "other",
    list: field.fieldKind === "list",
    explicit: field.presence !== 2,
    mandatory: MANDATORY[message]?.includes(field.name) ?? false,
    mandatoryForHarness: MANDATORY_FOR_HARNESS[message]?.includes(field.name) ?? false,
    identifier: IDENTIFIER[path] ?? IDENTIFIER_FOR_HARNESS[path],
    identifierForHarness: IDENTIFIER[path] === undefined,
    isShare: SHARES.has(field.name),
    enumHas: (value) => values.has(value),
    // A time stamp of another package has nothing that could be missing.
    plan: () => (inner === undefined || inner.typeName.startsWith("google.") ? EMPTY : planOf(inner)),
  };
}

const EMPTY: Plan = { fields: [], oneofs: [] };

/** Everything that the schema and Dstl's harness would say of `message`, in the order of its fields; at most 64. */
export function validateMessage(message: Message, desc: DescMessage = SapientMessageSchema): Violation[] {
  const found: Violation[] = [];
  check(message as unknown as Anything, planOf(desc), "", found);
  return found;
}

function check(message: Anything, plan: Plan, path: string, found: Violation[]): void {
  for (const field of plan.fields) {
    if (found.length >= MAX_VIOLATIONS) return;
    const value = message[field.localName];
    if (field.list) {
      const list = value as readonly unknown[];
      if (list.length === 0) missing(field, path, found);
      else if (list.length === 1) checkValue(list[0], field, join(path, field.name), found);
      else for (let i = 0; i < list.length; i++) checkValue(list[i], field, `${join(path, field.name)}[${i}]`, found);
    } else if (value === undefined || (!field.explicit && (value === "" || value === 0))) missing(field, path, found);
    else checkValue(value, field, join(path, field.name), found);
  }
  for (const oneof of plan.oneofs) {
    const chosen = message[oneof.localName] as { case: string | undefined; value?: unknown };
    const field = chosen.case === undefined ? undefined : oneof.members.get(chosen.case);
    if (field !== undefined) checkValue(chosen.value, field, join(path, field.name), found);
    else if (oneof.mandatory) {
      const choices = [...oneof.members.values()].map((member) => member.name).join(" or ");
      add(found, "missing", join(path, oneof.name), `${choices} is missing`, false);
    }
  }
}

function missing(field: PlannedField, path: string, found: Violation[]): void {
  if (field.mandatory || field.mandatoryForHarness) {
    add(found, "missing", join(path, field.name), `${field.name} is missing`, !field.mandatory);
  }
}

function checkValue(value: unknown, field: PlannedField, item: string, found: Violation[]): void {
  switch (field.kind) {
    case "message":
      check(value as Anything, field.plan(), item, found);
      return;
    case "enum":
      if (value === 0 && (field.mandatory || field.mandatoryForHarness)) {
        add(found, "unspecified", item, `${field.name} is UNSPECIFIED`, true);
      } else if (!field.enumHas(value as number))
        add(found, "unknown-value", item, `${field.name} has the unknown value ${String(value)}`, false);
      return;
    case "number": {
      const number = value as number;
      if (!Number.isFinite(number)) add(found, "not-finite", item, `${field.name} is ${number}`, false);
      else if (field.isShare && (number < 0 || number > 1)) {
        add(found, "out-of-range", item, `${field.name} is ${round(number)}, outside 0 to 1`, false);
      }
      return;
    }
    case "text": {
      const text = value as string;
      if (field.identifier !== undefined) checkIdentifier(text, field, item, found);
      else if (text === "" && field.mandatory) add(found, "empty", item, `${field.name} is an empty text`, true);
      else if (CONTROL.test(text)) add(found, "control-characters", item, `${field.name} holds control characters`, false);
      return;
    }
    default:
  }
}

const CONTROL = /[^\P{Cc}\t\n\r]/u;

function checkIdentifier(text: string, field: PlannedField, item: string, found: Violation[]): void {
  const kind = field.identifier;
  if (kind === "uuid" ? isUuid(text) : isUlid(text)) return;
  const spelled = kind === "uuid" ? normalizeUuid(text) : normalizeUlid(text);
  const want = kind === "uuid" ? "a UUID version 4 in lower case" : "a ULID in upper case";
  add(
    found,
    spelled === undefined ? "identifier" : "identifier-spelling",
    item,
    `${field.name} is not ${want}`,
    field.identifierForHarness,
  );
}

function add(found: Violation[], kind: Violation["kind"], item: string, message: string, harnessOnly: boolean): void {
  if (found.length < MAX_VIOLATIONS) found.push({ kind, item, message, harnessOnly });
}

const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);
const round = (value: number) => Math.round(value * 1000) / 1000;
