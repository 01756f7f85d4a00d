// 20,000 steps of `npm run guard`, and proof that its watch sees what it watches for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../../src/core/base/units.ts";
import { createSender, encodeRegistration, encodeSapient } from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { Registration_NodeType } from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { walkGuard } from "./random-walk.ts";
import { createTaskWatch } from "./task-watch.ts";

const T0 = micros(1_790_000_000_000_000);

test("whatever registers, is ordered, answered or forwarded in 20,000 random steps, no Task leaves for a node that is not a sensor", () => {
  const report = walkGuard(20_000, 1);
  assert.deepEqual(report.violations, []);
  assert.equal(report.steps, 20_000);
  // A walk on which nothing could go wrong would prove nothing.
  assert.ok(report.tasksSent > 300, `tasks went out: ${report.tasksSent}`);
  assert.ok(report.repeats > 30, `and were repeated: ${report.repeats}`);
  assert.ok(report.commandsToEffectors > 200, `effectors were asked: ${report.commandsToEffectors}`);
  assert.ok(report.refused > 500, `and refused: ${report.refused}`);
  assert.ok(report.forwardsAllowed > 10 && report.forwardsAllowed < report.forwardsAsked / 2, `forwarded: ${report.forwardsAllowed}`);
});

/** A book with one node that registered with `nodeTypes` on connection 1. */
function aBook(nodeTypes: readonly Registration_NodeType[], dependentNodes: readonly string[] = []) {
  const watch = createTaskWatch();
  const fusion = createSender(deriveUuid("fusion"));
  const add = (name: string, types: readonly Registration_NodeType[], connection: number, dependents: readonly string[] = []) => {
    const node = createSender(deriveUuid(name));
    const description = {
      name,
      shortName: name,
      statusIntervalSeconds: 5,
      tracking: "none",
      form: "location",
      maximumLatencySeconds: 0.1,
    } as const;
    const octets = encodeRegistration(node, T0, {
      ...description,
      nodeTypes: types,
      manufacturer: "x",
      model: "y",
      dependentNodes: dependents,
    });
    watch.arrived(connection, octets);
    assert.equal(
      watch.leaving(connection, encodeSapient(fusion, T0, { case: "registrationAck", value: { acceptance: true } }, node.nodeId)),
      undefined,
    );
    watch.settled();
    return node.nodeId;
  };
  const nodeId = add("node", nodeTypes, 1, dependentNodes);
  const send = (connection = 1, command: unknown = { case: "request", value: "Status" }, taskId = "T1") =>
    watch.leaving(
      connection,
      encodeSapient(fusion, T0, { case: "task", value: { taskId, control: 1, command: { command: command as never } } }, nodeId),
    );
  return { watch, add, nodeId, send };
}

test("the watch lets an ordered request to a camera pass, once for each order and three times in all", () => {
  const { watch, nodeId, send } = aBook([Registration_NodeType.CAMERA]);
  assert.match(send() ?? "", /nobody ordered/);
  watch.ordered(nodeId);
  assert.equal(send(), undefined);
  assert.equal(send(), undefined);
  assert.equal(send(), undefined);
  assert.match(send() ?? "", /sent 4 times/);
});

test("the watch sees a Task to an effector, beside one, above one, on a strange connection, and one that moves", () => {
  const ordered = (book: ReturnType<typeof aBook>) => {
    book.watch.ordered(book.nodeId);
    return book;
  };
  for (const type of ["OTHER", "KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW", "MOBILE_NODE", "UNSPECIFIED"] as const)
    assert.match(ordered(aBook([Registration_NodeType.CAMERA, Registration_NodeType[type]])).send() ?? "", /a Task leaves: .* type/, type);
  const beside = ordered(aBook([Registration_NodeType.CAMERA]));
  beside.add("jammer", [Registration_NodeType.JAMMER], 1);
  beside.watch.ordered(beside.nodeId);
  assert.match(beside.send() ?? "", /beside it/);
  const above = ordered(aBook([Registration_NodeType.FUSION_NODE], [deriveUuid("jammer")]));
  assert.match(above.send() ?? "", /never registered/);
  above.add("jammer", [Registration_NodeType.JAMMER], 2);
  above.watch.ordered(above.nodeId);
  assert.match(above.send() ?? "", /type 14/);
  assert.match(ordered(aBook([Registration_NodeType.CAMERA])).send(7) ?? "", /on connection 7/);
  assert.match(ordered(aBook([Registration_NodeType.CAMERA])).send(1, { case: "follow", value: {} }) ?? "", /the command follow/);
});
