// A case as the journal proves it: the picture is stepped again to the case's last decision, and what was signed is read from it.

import { type Micros, micros } from "../../core/base/units.ts";
import { responseOf } from "../../core/engine/responses.ts";
import type { Approval, ResponseCase } from "../../core/model/response.ts";
import { productEngine } from "../journal/product-engine.ts";
import { readJournal } from "../journal/read-journal.ts";
import type { CaseRecord } from "./bundle.ts";

export interface FoundCase {
  readonly record: CaseRecord;
  /** From its opening to its last decision, UTC microseconds. */
  readonly from: Micros;
  readonly to: Micros;
}

/** Rejects with one clear sentence when the journal holds no such case, or nothing that it can be made from again. */
export async function caseFromJournal(journal: string, caseId: string): Promise<FoundCase> {
  let first: number | undefined;
  let last = 0;
  let lastAt: Micros = micros(0);
  for await (const record of readJournal(journal)) {
    if (record.kind !== "event" || record.event.type !== "command") continue;
    const { command } = record.event;
    if (!("caseId" in command) || command.caseId !== caseId) continue;
    first ??= record.sequence;
    last = record.sequence;
    lastAt = record.event.at;
  }
  if (first === undefined) throw new Error(`the journal holds no decision about a case ${caseId}`);
  const picture = await pictureAfter(journal, first, last);
  const found = picture === undefined ? undefined : responseOf(picture).cases.find(({ id }) => id === caseId);
  const ended = picture === undefined ? undefined : responseOf(picture).closed.find(({ id }) => id === caseId);
  const theCase = found ?? ended;
  if (theCase === undefined) throw new Error(`the case ${caseId} cannot be made again from the journal: its beginning has expired`);
  return { record: recordOf(theCase), from: micros(theCase.content.openedAtUs), to: lastAt };
}

async function pictureAfter(journal: string, first: number, last: number) {
  const engine = productEngine;
  let picture: ReturnType<typeof engine.createPicture> | undefined;
  let sequence = 0;
  for await (const record of readJournal(journal, { from: first })) {
    if (record.kind === "snapshot" && picture === undefined) {
      picture = engine.restorePicture(record.state);
      sequence = record.sequence;
    }
    if (record.kind !== "event") continue;
    if (picture === undefined && record.sequence === 1) picture = engine.createPicture();
    if (picture === undefined || record.sequence <= sequence) continue;
    try {
      engine.step(picture, record.event);
    } catch (error) {
      throw new Error(
        `the case cannot be made again: event ${record.sequence} was set aside when it happened (${(error as Error).message})`,
      );
    }
    sequence = record.sequence;
    if (sequence >= last) return picture;
  }
  return picture;
}

function recordOf(theCase: ResponseCase): CaseRecord {
  const signed = theCase.approvals.filter(({ state }) => state === "given");
  return { id: theCase.id, case: theCase.content, hash: theCase.hash, state: theCase.state, approvals: signed.map(approvalOf) };
}

/** As docs/evidence-format.md has it. */
function approvalOf({ personId, name, nation, seatOf, signature }: Approval): Readonly<Record<string, unknown>> {
  const { method, credentialId, signedHash, signedAt, proof } = signature;
  return { person: personId, name, nation, seatOf, method, credentialId, signedHash, signedAtUs: signedAt, ...proof };
}
