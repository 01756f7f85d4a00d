import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROTOCOLS } from "../../core/engine/protocol-table.ts";
import { decodeCommand } from "./decode.ts";

/** Runs `picket decode` in this process; gives its exit code and what it printed, parsed. */
async function decode(...argv: string[]): Promise<{ code: number; rows: Record<string, unknown>[] }> {
  const lines: string[] = [];
  const write = process.stdout.write;
  // The test runner reports on the same stream, in octets.
  process.stdout.write = ((chunk: string | Uint8Array) =>
    typeof chunk === "string" ? lines.push(chunk) > 0 : write.call(process.stdout, chunk)) as typeof process.stdout.write;
  try {
    const code = await decodeCommand.run(argv);
    return { code, rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  } finally {
    process.stdout.write = write;
  }
}

test("every protocol that a source may speak can be decoded, and what cannot be read is an object with error, item and offset", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-decode-"));
  try {
    // One octet too few for anything, a length of 4 GiB, text that is none of the texts, and noise.
    const bad = ["00", "ffffffff00", "7b226e6f", "30ffff0102030405", "1a33ffffffff1a33", "fd09000000", "2a3b0a", "bf01bf0a"];
    writeFileSync(join(folder, "bad.jsonl"), bad.map((hex) => `${JSON.stringify({ hex })}\n`).join(""));
    for (const protocol of Object.keys(PROTOCOLS)) {
      const { rows } = await decode("--protocol", protocol, "--in", join(folder, "bad.jsonl"));
      const errors = rows.filter((row) => "error" in row);
      assert.ok(errors.length > 0, `${protocol}: none of these is good`);
      for (const row of errors) {
        assert.match(String(row.error), /^[a-z-]+$/, `${protocol}: a code: ${JSON.stringify(row)}`);
        assert.equal(typeof row.item, "string", protocol);
        assert.ok(row.offset === null || Number.isInteger(row.offset), `${protocol}: ${JSON.stringify(row)}`);
        assert.ok(Number.isInteger(row.i), `${protocol}: which line it was`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("ASTERIX: JSON Lines of datagrams in, one line a record out with category and items by number; a bad block costs itself only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-decode-"));
  try {
    // CAT048: data source 25/12 and 12:00:00; then a block that is cut inside its second item; then the first again.
    const good = "300009" + "c0" + "190c" + "546000";
    writeFileSync(join(folder, "three.jsonl"), `${JSON.stringify({ i: 7, hex: `${good}300007c0190c54${good}` })}\n`);
    const { code, rows } = await decode("--protocol", "asterix", "--in", join(folder, "three.jsonl"));
    assert.equal(code, 0);
    assert.deepEqual(
      rows.map((row) => ("error" in row ? [row.error, row.offset] : [row.category, Object.keys(row.items as object).sort()])),
      [
        [48, ["010", "140"]],
        ["truncated", 15],
        [48, ["010", "140"]],
      ],
    );
    assert.ok(rows.every((row) => row.i === 7));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
