// The alarm pages: which alarms there are, and the self-audit, over HTTP from a running site and by the command line from its record.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlarmDefinitionView, AuditReport } from "../../src/core/model/alarm-report.ts";
import type { AlertView } from "../../src/core/model/picture-view.ts";
import { runAlarms } from "../../src/server/cli/alarms.ts";
import { UsageError } from "../../src/server/cli/command.ts";
import { type Items, startSite } from "../support/start-site.ts";

const YAML = `
site: { id: watch, name: Watch, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
alarms:
  - { id: off-plan, enabled: false }
`;

async function alarms(...argv: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runAlarms(argv, { line: (text) => lines.push(text), note: (text) => lines.push(text) });
  return { code, text: lines.join("\n") };
}

test("definitions and self-audit are served by a running site and printed from its record", async () => {
  const site = await startSite(YAML);
  try {
    const { items: definitions } = await site.get<Items<AlarmDefinitionView>>("alerts/definitions");
    assert.equal(definitions.length, 19);
    const guard = definitions.find(({ id }) => id === "inbound-unassessed")!;
    assert.deepEqual([guard.level, guard.mandatory, guard.latching, guard.changed, guard.onDelaySeconds], [1, true, true, false, 2]);
    assert.equal(guard.action.text, "Look at it now; accept or dismiss it, or order cover");
    assert.deepEqual(
      definitions.filter(({ changed, enabled }) => changed || !enabled).map(({ id }) => id),
      ["off-plan"],
    );

    // No channel takes an order to take cover: that is an alarm at once.
    await fetch(`${site.url}/api/v1/take-cover`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    const isIt = ({ definitionId }: AlertView) => definitionId === "take-cover-undelivered";
    const { items: alerts } = await site.until<Items<AlertView>>("alerts", ({ items }) => items.some(isIt));
    const id = alerts.find(isIt)!.id;
    await fetch(`${site.url}/api/v1/alerts/${id}/acknowledge`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const report = await site.get<AuditReport>("alerts/audit?operators=2");
    const month = report.items.at(-1)!;
    assert.equal(month.operators, 2);
    const called = (definitionId: string) => month.byDefinition.find((each) => each.definitionId === definitionId)?.calls ?? 0;
    assert.equal(called("take-cover-undelivered"), 1);
    assert.equal(month.calls, called("take-cover-undelivered") + called("nothing-protected"));
    assert.equal(month.byHour.length, 24);
    assert.equal(
      month.byHour.reduce((sum, count) => sum + count, 0),
      month.calls,
    );
    assert.deepEqual([month.byLevel[0]!.calls, month.byLevel[0]!.acknowledged], [1, 1]);
    assert.ok(month.byLevel[0]!.medianSeconds! < 20);
    assert.equal(month.figures.length, 8);
    assert.deepEqual(await site.get<AuditReport>("alerts/audit?from=2001-11&to=2002-02"), {
      items: [],
      missing: ["2001-11", "2001-12", "2002-01", "2002-02"],
      next: null,
    });
    for (const query of ["from=2026-13", "from=2026-02&to=2026-01", "from=1900-01&to=2020-01", "operators=0"])
      assert.equal((await fetch(`${site.url}/api/v1/alerts/audit?${query}`)).status, 400, query);

    await site.stop();
    const printed = await alarms("report", site.dataFolder);
    assert.equal(printed.code, 0);
    assert.match(printed.text, new RegExp(`Alarms in ${month.month} \\(UTC\\)`));
    assert.match(printed.text, /take-cover-undelivered +1$/m);
    assert.match(printed.text, /calls in 10 minutes, mean +[\d.]+ +1 {2}met/);
    const { text } = await alarms("report", site.dataFolder, "--json", "--operators", "2");
    assert.deepEqual((JSON.parse(text) as AuditReport).items.at(-1)!.byDefinition.at(-1), month.byDefinition.at(-1));
    const nothing = await alarms("report", site.dataFolder, "--from", "2001-01", "--to", "2001-01");
    assert.equal(nothing.code, 1);
    assert.match(nothing.text, /Nothing is known of 2001-01/);
    await assert.rejects(alarms("report"), UsageError);
    await assert.rejects(alarms("report", site.dataFolder, "--from", "June"), UsageError);
    await assert.rejects(alarms("report", `${site.dataFolder}/nowhere`), /nowhere/);
  } finally {
    await site.end();
  }
});
