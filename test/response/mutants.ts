// Faults seeded into copies of the reducer's source: the model must find each.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Quorum, Reducer } from "./world.ts";

const SOURCE = fileURLToPath(new URL("../../src/core/response/", import.meta.url));
const CORE = new URL("../../src/core/", import.meta.url);

export interface Fault {
  readonly name: string;
  readonly quorum: Quorum;
  /** File, what stands there exactly once, and what is put in its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
}

export const FAULTS: readonly Fault[] = [
  {
    name: "one person counts twice",
    quorum: [2, 2],
    edits: [
      [
        "decide-command.ts",
        "if (before !== undefined && stands(before) && at - before.at <= rule.within * MICROS_PER_SECOND)",
        "if (false)",
      ],
      ["decide-command.ts", "...theCase.approvals.filter(({ personId }) => personId !== person.id), given", "...theCase.approvals, given"],
      [
        "quorum.ts",
        "if (counted.some(({ seatOf, personId }) => seatOf === approval.seatOf || personId === approval.personId)) continue;",
        "",
      ],
    ],
  },
  {
    name: "an approval of another text counts",
    quorum: [1, 1],
    edits: [
      ["signatures.ts", "if (signature.signedHash !== hash)", "if (false)"],
      ["quorum.ts", "|| approval.signature.signedHash !== theCase.hash", ""],
    ],
  },
  {
    name: "an edit keeps the approvals of the old text",
    quorum: [1, 1],
    edits: [
      [
        "decide-command.ts",
        "replaceCase(state, edited)",
        "replaceCase(state, { ...edited, approvals: theCase.approvals.map((a) => ({ ...a, signature: { ...a.signature, signedHash: edited.hash } })) })",
      ],
    ],
  },
  {
    name: "a signature that was seen counts again after it was withdrawn",
    quorum: [1, 1],
    edits: [
      ["signatures.ts", "if (theCase.signaturesSeen.includes(signature.signatureId))", "if (false)"],
      ["decide-command.ts", "if (before?.endedAt !== undefined && signature.signedAt < before.endedAt)", "if (false)"],
    ],
  },
  {
    name: "a withdrawn approval still counts",
    quorum: [1, 1],
    edits: [["quorum.ts", 'approval.state === "given"', 'approval.state !== "void"']],
  },
  { name: "one nation alone is enough", quorum: [1, 1], edits: [["quorum.ts", "counts.every(", "counts.some("]] },
  {
    name: "the administrator, or whoever has a nation, may sit",
    quorum: [1, 1],
    edits: [
      [
        "quorum.ts",
        'if (person.revoked || person.role !== "officer") return false;\n  return seats.some((seat) => seat.nation === person.nation &&',
        "if (person.revoked) return false;\n  return seats.some((seat) => (person.nation === undefined || seat.nation === person.nation) &&",
      ],
      ["decide-command.ts", "if (seatOf === undefined || person.nation === undefined)", "if (seatOf === undefined)"],
      ["decide-command.ts", "nation: person.nation,\n    seatOf", 'nation: person.nation ?? "A",\n    seatOf'],
      ["quorum.ts", "person.nation !== approval.nation", "false"],
      ["signatures.ts", "signature.nation !== person.nation ||", ""],
    ],
  },
  {
    name: "a revoked person's approval stands",
    quorum: [1, 1],
    edits: [
      [
        "persons.ts",
        'return endShare(putOnRoster(state, { ...known, revoked: true, since: at }), personId, "revoked", said, at);',
        "return { state: putOnRoster(state, { ...known, revoked: true, since: at }), results: [said], effects: [] };",
      ],
      ["quorum.ts", "if (person.revoked || person.role", "if (person.role"],
    ],
  },
  {
    name: "who changes nation keeps the approval and gives another",
    quorum: [1, 1],
    edits: [
      ["persons.ts", 'endShare(enrolled, person.id, "role-changed", said, at)', "{ state: enrolled, results: [said], effects: [] }"],
      ["quorum.ts", "person === undefined || person.nation !== approval.nation", "person === undefined"],
    ],
  },
  {
    name: "a refusal ends nothing",
    quorum: [1, 1],
    edits: [["decide-command.ts", "{ ...closeCase(state, ended), settled:", "{ ...state, settled:"]],
  },
  {
    name: "a case does not expire",
    quorum: [1, 1],
    edits: [
      ["blockers.ts", "if (at >= expiresAtUs)", "if (false)"],
      ["decide.ts", "if (at >= theCase.content.expiresAtUs)", "if (false)"],
    ],
  },
  {
    name: "an old approval counts",
    quorum: [1, 1],
    edits: [
      ["quorum.ts", "|| at - approval.at > within * MICROS_PER_SECOND", ""],
      ["decide.ts", "(rule === undefined || at - approval.at > rule.within * MICROS_PER_SECOND)", "rule === undefined"],
    ],
  },
  {
    name: "a clock in trouble stops nobody",
    quorum: [1, 1],
    edits: [
      ["blockers.ts", "if (state.clockTrouble !== undefined)", "if (false)"],
      ["decide.ts", 'changeAll(changed, "clock-trouble", at)', "{ state: changed, results: [], effects: [] }"],
    ],
  },
  {
    name: "a signature that was not verified counts",
    quorum: [1, 1],
    edits: [["signatures.ts", "if (!signature.verified)", "if (false)"]],
  },
  {
    name: "a signature of somebody else counts",
    quorum: [1, 1],
    edits: [
      [
        "signatures.ts",
        "signature.personId !== person.id || signature.nation !== person.nation || signature.role !== person.role",
        "false",
      ],
    ],
  },
  {
    name: "an old signature counts",
    quorum: [1, 1],
    edits: [
      ["signatures.ts", "if (at - signature.signedAt > policy.signatureAge * MICROS_PER_SECOND)", "if (false)"],
      ["signatures.ts", "if (signature.signedAt < frozenAtUs - AHEAD)", "if (false)"],
    ],
  },
  {
    name: "an officer who was made one for the case may sit",
    quorum: [1, 1],
    edits: [["signatures.ts", "if (person.since > frozenAtUs)", "if (false)"]],
  },
  {
    name: "what was withdrawn after it was authorised stays authorised",
    quorum: [1, 1],
    edits: [["decide-command.ts", "const next = takeBack(state, taken,", "const next = state;\n  takeBack(state, taken,"]],
  },
];

/** The reducer with one fault in it, from a copy of its sources. */
export async function faultyReducer(fault: Fault): Promise<Reducer> {
  const folder = mkdtempSync(join(tmpdir(), "picket-fault-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    for (const name of readdirSync(SOURCE)) {
      if (name.endsWith(".test.ts")) continue;
      let text = readFileSync(join(SOURCE, name), "utf8");
      for (const [file, from, to] of fault.edits) {
        if (file !== name) continue;
        const parts = text.split(from);
        if (parts.length !== 2) throw new Error(`${fault.name}: ${JSON.stringify(from)} stands ${parts.length - 1} times in ${name}`);
        text = parts.join(to);
      }
      text = text.replace(/from "\.\.\/(base|model)\//g, (_, layer: string) => `from "${new URL(`${layer}/`, CORE).href}`);
      writeFileSync(join(folder, name), text);
    }
    const copy = (await import(pathToFileURL(join(folder, "decide.ts")).href)) as { decide: Reducer };
    return copy.decide;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
