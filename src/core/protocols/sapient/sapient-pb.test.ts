import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { IDENTIFIER, IDENTIFIER_FOR_HARNESS, MANDATORY, MANDATORY_FOR_HARNESS, MANDATORY_ONEOF } from "./requirements.ts";
import { file_sapient } from "./sapient-pb.gen.ts";

const TABLE = join(dirname(fileURLToPath(import.meta.url)), "../../../../../shared/sapient/bsi_flex_335_v2_0.json");
const skip = existsSync(TABLE) ? false : "../shared is absent";

interface Field {
  name: string;
  json_name: string;
  number: number;
  type: string;
  label: string;
  presence: string;
  oneof?: string;
  mandatory?: boolean;
  mandatory_test_harness?: boolean;
  id_format?: string;
  id_format_test_harness?: string;
}
interface Table {
  proto_package: string;
  messages: Record<string, { fields: Field[]; oneofs: Record<string, { members: string[]; mandatory: boolean }>; reserved: number[][] }>;
  enums: Record<string, { values: Record<string, number>; reserved: number[][] }>;
}
const table = () => JSON.parse(readFileSync(TABLE, "utf8")) as Table;

const messages = new Map<string, DescMessage>();
const enums = new Map<string, DescEnum>();
const short = (typeName: string) => typeName.replace("sapient_msg.bsi_flex_335_v2_0.", "");
function collect(found: readonly DescMessage[]): void {
  for (const message of found) {
    messages.set(short(message.typeName), message);
    for (const inner of message.nestedEnums) enums.set(short(inner.typeName), inner);
    collect(message.nestedMessages);
  }
}
collect(file_sapient.messages);
for (const found of file_sapient.enums) enums.set(short(found.typeName), found);

const typeOf = (field: DescField) =>
  field.message !== undefined
    ? `message:${short(field.message.typeName)}`
    : field.enum !== undefined
      ? `enum:${short(field.enum.typeName)}`
      : ScalarType[field.scalar!].toLowerCase();
const labelOf = (field: DescField) =>
  field.fieldKind === "list" ? "repeated" : field.oneof !== undefined ? "singular" : field.proto.proto3Optional ? "optional" : "singular";

test("the generated messages are those of the interface table: names, numbers, types, labels, oneofs, reserved ranges", { skip }, () => {
  const want = table();
  assert.equal(file_sapient.proto.package, want.proto_package);
  assert.deepEqual([...messages.keys()].sort(), Object.keys(want.messages).sort());
  let compared = 0;
  for (const [name, { fields, oneofs, reserved }] of Object.entries(want.messages)) {
    const got = messages.get(name)!;
    assert.deepEqual(
      got.fields.map((field) => ({
        name: field.name,
        json: field.jsonName,
        number: field.number,
        type: typeOf(field),
        label: labelOf(field),
        oneof: field.oneof?.name,
      })),
      fields
        .map((field) => ({
          name: field.name,
          json: field.json_name,
          number: field.number,
          type: field.type,
          label: field.label,
          oneof: field.presence === "oneof" ? field.oneof : undefined,
        }))
        .sort((a, b) => got.fields.findIndex((field) => field.name === a.name) - got.fields.findIndex((field) => field.name === b.name)),
      name,
    );
    assert.deepEqual(got.oneofs.map((oneof) => oneof.name).sort(), Object.keys(oneofs).sort());
    // The descriptor's ranges end before their last number; the table's include it.
    assert.deepEqual(
      got.proto.reservedRange.map((range) => [range.start, range.end - 1]),
      reserved,
      `${name} reserved`,
    );
    compared += fields.length;
  }
  assert.equal(compared, 297);
});

test("the generated enums are those of the interface table", { skip }, () => {
  const want = table();
  assert.deepEqual([...enums.keys()].sort(), Object.keys(want.enums).sort());
  for (const [name, { values, reserved }] of Object.entries(want.enums)) {
    const got = enums.get(name)!;
    assert.deepEqual(Object.fromEntries(got.values.map((value) => [value.name, value.number])), values, name);
    assert.deepEqual(
      got.proto.reservedRange.map((range) => [range.start, range.end]),
      reserved,
      `${name} reserved`,
    );
  }
});

test("mandatory fields, mandatory choices and identifiers are those of the interface table", { skip }, () => {
  const want = table();
  for (const [name, { fields, oneofs }] of Object.entries(want.messages)) {
    const names = (test: (field: Field) => boolean) =>
      fields
        .filter(test)
        .map((field) => field.name)
        .sort();
    assert.deepEqual(
      [...(MANDATORY[name] ?? [])].sort(),
      names((field) => field.mandatory === true),
      name,
    );
    assert.deepEqual(
      [...(MANDATORY_FOR_HARNESS[name] ?? [])].sort(),
      names((field) => field.mandatory_test_harness === true && field.mandatory !== true),
      name,
    );
    assert.deepEqual(
      [...(MANDATORY_ONEOF[name] ?? [])].sort(),
      Object.entries(oneofs)
        .filter(([, oneof]) => oneof.mandatory)
        .map(([oneof]) => oneof)
        .sort(),
      name,
    );
    for (const field of fields) {
      const path = `${name}.${field.name}`;
      assert.equal(IDENTIFIER[path], field.id_format?.replace("uuid_v4", "uuid"), path);
      assert.equal(IDENTIFIER_FOR_HARNESS[path], field.id_format_test_harness?.replace("uuid_v4", "uuid"), path);
    }
  }
});
