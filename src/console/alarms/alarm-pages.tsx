import { type ReactNode, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { type AlarmDefinitionView, type AuditMonthView, type AuditReport, FEWEST_FOR_SHARES } from "../../core/model/alarm-report.ts";
import type { AlertFigures } from "../../core/model/alert.ts";
import { usePicture } from "../live/use-picture.tsx";
import { type Polled, usePolled } from "../sensors/use-polled.ts";
import { Sentence } from "../strings/sentence.tsx";
import type { MessageKey, Words } from "../strings/words.ts";
import { useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";

const FIGURES_EVERY_MS = 5_000;
const REPORT_EVERY_MS = 60_000;
const MOST_OPERATORS = 20;

/** Which alarms there are, how they call now, and whether a person can live with them: three pages, one of them for paper. */
export function AlarmPages({ open, setOpen }: { open: boolean; setOpen(open: boolean): void }) {
  const words = useWords();
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className="modal alarm-pages">
        <Dialog className="key-sheet">
          <header className="modal-head">
            <Heading slot="title">{words.t("alarm-pages.title")}</Heading>
            <Button slot="close" className="icon-button off-paper" aria-label={words.t("pane.close")}>
              <Icon name="close" />
            </Button>
          </header>
          <Tabs>
            <TabList className="alarm-tabs off-paper" aria-label={words.t("alarm-pages.title")}>
              {(["definitions", "figures", "audit"] as const).map((id) => (
                <Tab key={id} id={id} className="alarm-tab">
                  {words.t(`alarm-pages.${id}`)}
                </Tab>
              ))}
            </TabList>
            <TabPanel id="definitions">
              <Definitions />
            </TabPanel>
            <TabPanel id="figures">
              <FiguresPage />
            </TabPanel>
            <TabPanel id="audit">
              <Audit />
            </TabPanel>
          </Tabs>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Asked({ polled }: { polled: Polled<unknown> }) {
  const words = useWords();
  if (polled.state === "failed" || polled.state === "missing") return <p className="warn-word">{words.t("alarm-pages.lost")}</p>;
  return polled.answer === undefined ? <p className="quiet">{words.t("alarm-pages.waiting")}</p> : null;
}

interface Column {
  readonly name: MessageKey;
  readonly number?: boolean;
}

/** The first cell of each row names it. */
function Table({ caption, columns, rows }: { caption: string; columns: readonly Column[]; rows: readonly (readonly ReactNode[])[] }) {
  const words = useWords();
  return (
    <table className="alarm-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, number }) => (
            <th key={name} scope="col" data-number={number}>
              {words.t(name)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 ? (
          <tr>
            <td colSpan={columns.length}>{words.t("alarm-pages.none")}</td>
          </tr>
        ) : (
          rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are a fixed report; nothing in them keeps a state
            <tr key={row}>
              {cells.map((cell, column) =>
                column === 0 ? (
                  <th key={columns[column]!.name} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={columns[column]!.name} data-number={columns[column]!.number}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))
        )}
      </tbody>
    </table>
  );
}

const Code = ({ of }: { of: string }) => <bdi dir="ltr">{of}</bdi>;
const percent = (words: Words, share: number) => words.t("value.percent", { value: words.number(100 * share, 1) });

function Definitions() {
  const words = useWords();
  const polled = usePolled<{ items: AlarmDefinitionView[] }>("/api/v1/alerts/definitions", REPORT_EVERY_MS);
  const marks = ({ enabled, changed, mandatory, latching }: AlarmDefinitionView) =>
    [
      enabled ? undefined : words.t("alarm-is.off"),
      changed && enabled ? words.t("alarm-is.changed") : undefined,
      mandatory ? words.t("alarm-is.mandatory") : undefined,
      latching ? words.t("alarm-is.latching") : undefined,
    ]
      .filter((mark) => mark !== undefined)
      .join(" · ");
  return (
    <>
      <p className="quiet">{words.t("alarm-pages.intro-definitions")}</p>
      <Asked polled={polled} />
      {polled.answer === undefined ? null : (
        <Table
          caption={words.t("alarm-pages.definitions")}
          columns={[
            { name: "alarm-column.alarm" },
            { name: "alarm-column.level", number: true },
            { name: "alarm-column.when" },
            { name: "alarm-column.action" },
            { name: "alarm-column.delays", number: true },
            { name: "alarm-column.state" },
          ]}
          rows={polled.answer.items.map((each) => [
            <Code key="id" of={each.id} />,
            words.number(each.level),
            words.tMaybe(`alarm-when.${each.id}`) ?? "",
            <Sentence key="action" of={each.action} />,
            <bdi key="delays">{`${words.duration(each.onDelaySeconds)} / ${words.duration(each.offDelaySeconds)}`}</bdi>,
            marks(each),
          ])}
        />
      )}
    </>
  );
}

function FiguresPage() {
  const words = useWords();
  const polled = usePolled<AlertFigures>("/api/v1/alerts/figures", FIGURES_EVERY_MS);
  const figures = polled.answer;
  return (
    <>
      <p className="quiet">{words.t("alarm-pages.intro-figures")}</p>
      <Asked polled={polled} />
      {figures === undefined ? null : <FigureTables figures={figures} />}
    </>
  );
}

function FigureTables({ figures }: { figures: AlertFigures }) {
  const words = useWords();
  const { per10Min, ratePerOperatorHour, floodMinutes, inFlood, open, levels, dropped } = figures;
  const given = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const source = { name: "alarm-column.source" } as const;
  return (
    <>
      <Table
        caption={words.t("alarm-pages.figures")}
        columns={[
          { name: "alarm-column.figure" },
          { name: "alarm-column.value", number: true },
          { name: "alarm-column.aim", number: true },
        ]}
        rows={[
          [
            <span key="per10">
              {words.t("alarm-figure.per10")} {inFlood ? <strong className="warn-word">{words.t("alarms.flood-now")}</strong> : null}
            </span>,
            words.number(per10Min),
            words.number(1),
          ],
          [words.t("alarm-figure.rate"), words.number(ratePerOperatorHour, 1), words.number(6)],
          [words.t("alarm-figure.flood-minutes"), words.number(floodMinutes), words.number(14)],
          ...([1, 2, 3] as const).map((level) => [
            words.t("alarm-figure.level-share", { level }),
            percent(words, levels[level]),
            percent(words, LEVEL_AIMS[level]),
          ]),
          [words.t("alarm-figure.open"), words.number(open), ""],
          [words.t("alarm-figure.dropped"), words.number(given), words.number(0)],
        ]}
      />
      <Table
        caption={words.t("alarm-figure.top")}
        columns={[source, { name: "alarm-column.calls", number: true }, { name: "alarm-column.share", number: true }]}
        rows={figures.topSources.map(({ definitionId, subject, calls, share }) => [
          <Code key="source" of={`${definitionId} · ${subject}`} />,
          words.number(calls),
          percent(words, share),
        ])}
      />
      <Table
        caption={words.t("alarm-figure.chattering")}
        columns={[source, { name: "alarm-column.calls", number: true }]}
        rows={figures.chattering.map(({ definitionId, subject, calls }) => [
          <Code key="source" of={`${definitionId} · ${subject}`} />,
          words.number(calls),
        ])}
      />
      <Table
        caption={words.t("alarm-figure.stale")}
        columns={[{ name: "alarm-column.alarm" }]}
        rows={figures.stale.map((id) => [<Code key="id" of={id} />])}
      />
    </>
  );
}

/** Published aims for the shares of the levels. */
const LEVEL_AIMS = { 1: 0.05, 2: 0.15, 3: 0.8 } as const;

/** Figures of the audit that are shares. */
const isShare = (key: string) => key.endsWith("-share");

function Audit() {
  const words = useWords();
  const { site } = usePicture();
  const [operators, setOperators] = useState(1);
  const [chosen, setChosen] = useState<string>();
  const path = `/api/v1/alerts/audit?operators=${operators}`;
  const polled = usePolled<AuditReport>(path, REPORT_EVERY_MS);
  const months = polled.answer?.items ?? [];
  const month = months.find((each) => each.month === chosen) ?? months[months.length - 1];
  return (
    <>
      <p className="quiet off-paper">{words.t("alarm-pages.intro-audit")}</p>
      <Asked polled={polled} />
      <div className="alarm-choice off-paper">
        <label>
          <span>{words.t("alarm-audit.month")}</span>
          <select value={month?.month ?? ""} disabled={months.length === 0} onChange={(event) => setChosen(event.target.value)}>
            {months.map((each) => (
              <option key={each.month} value={each.month}>
                {each.month}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{words.t("alarm-audit.operators")}</span>
          <input
            type="number"
            min={1}
            max={MOST_OPERATORS}
            value={operators}
            onChange={(event) => setOperators(Math.min(MOST_OPERATORS, Math.max(1, Math.round(event.target.valueAsNumber) || 1)))}
          />
        </label>
        <Button className="button small strong" isDisabled={month === undefined} onPress={() => window.print()}>
          {words.t("alarm-pages.print")}
        </Button>
        <a className="button small" href={path} download={`alarm-audit-${site?.id ?? "site"}.json`}>
          {words.t("alarm-pages.download")}
        </a>
      </div>
      {month === undefined ? (
        polled.state === "good" ? (
          <p>{words.t("alarm-audit.nothing")}</p>
        ) : null
      ) : (
        <Report month={month} site={site?.name ?? ""} />
      )}
    </>
  );
}

function Report({ month, site }: { month: AuditMonthView; site: string }) {
  const words = useWords();
  const source = { name: "alarm-column.source" } as const;
  const most = Math.max(1, ...month.byHour);
  const value = (key: string, number: number) =>
    isShare(key) ? percent(words, number) : words.number(number, Number.isInteger(number) ? 0 : 2);
  const seconds = (time: number | null) => (time === null ? words.t("value.none") : words.duration(time));
  return (
    <article className="alarm-report" data-month={month.month}>
      <h3>
        <Code of={month.month} /> · {words.t("alarm-audit.span", { from: words.date(month.fromUs), to: words.date(month.toUs), site })}
      </h3>
      <ul className="plain-list">
        <li>{words.t("alarm-audit.calls", { count: month.calls })}</li>
        <li>{words.t("alarm-audit.never", { count: month.neverAcknowledged })}</li>
        <li>{words.t("alarm-audit.shelved", { count: month.shelved, long: month.shelvedTooLong })}</li>
        {month.peakAtUs === null ? null : (
          <li>{words.t("alarm-audit.peak-at", { date: words.date(month.peakAtUs), clock: words.clock(month.peakAtUs) })}</li>
        )}
        {month.calls >= FEWEST_FOR_SHARES ? null : <li>{words.t("alarm-audit.few", { count: FEWEST_FOR_SHARES })}</li>}
        {month.sourcesDropped > 0 ? <li>{words.t("alarm-audit.dropped", { count: month.sourcesDropped })}</li> : null}
      </ul>
      <Table
        caption={words.t("alarm-pages.audit")}
        columns={[
          { name: "alarm-column.figure" },
          { name: "alarm-column.value", number: true },
          { name: "alarm-column.aim", number: true },
          { name: "alarm-column.verdict" },
        ]}
        rows={month.figures.map(({ key, value: is, aim, met }) => [
          words.tMaybe(`alarm-audit.${key}`) ?? key,
          value(key, is),
          value(key, aim),
          met ? (
            words.t("alarm-audit.met")
          ) : (
            <strong key="verdict" className="warn-word">
              {words.t("alarm-audit.not-met")}
            </strong>
          ),
        ])}
      />
      <Table
        caption={words.t("alarm-audit.by-level")}
        columns={[
          { name: "alarm-column.level" },
          { name: "alarm-column.calls", number: true },
          { name: "alarm-column.share", number: true },
          { name: "alarm-column.acknowledged", number: true },
          { name: "alarm-column.median", number: true },
          { name: "alarm-column.p95", number: true },
        ]}
        rows={month.byLevel.map(({ level, calls, share, acknowledged, medianSeconds, p95Seconds }) => [
          words.number(level),
          words.number(calls),
          percent(words, share),
          words.number(acknowledged),
          seconds(medianSeconds),
          seconds(p95Seconds),
        ])}
      />
      <Table
        caption={words.t("alarm-audit.by-alarm")}
        columns={[{ name: "alarm-column.alarm" }, { name: "alarm-column.calls", number: true }]}
        rows={month.byDefinition.map(({ definitionId, calls }) => [<Code key="id" of={definitionId} />, words.number(calls)])}
      />
      <Table
        caption={words.t("alarm-figure.top")}
        columns={[source, { name: "alarm-column.calls", number: true }, { name: "alarm-column.share", number: true }]}
        rows={month.topTen.map(({ definitionId, subject, calls, share }) => [
          <Code key="source" of={`${definitionId} · ${subject}`} />,
          words.number(calls),
          percent(words, share),
        ])}
      />
      <Table
        caption={words.t("alarm-figure.chattering")}
        columns={[source, { name: "alarm-column.count", number: true }]}
        rows={month.chattering.map(({ definitionId, subject, times }) => [
          <Code key="source" of={`${definitionId} · ${subject}`} />,
          words.number(times),
        ])}
      />
      <Table
        caption={words.t("alarm-figure.stale")}
        columns={[{ name: "alarm-column.alarm" }, { name: "alarm-column.count", number: true }]}
        rows={month.stale.map(({ definitionId, count }) => [<Code key="id" of={definitionId} />, words.number(count)])}
      />
      <Table
        caption={words.t("alarm-audit.by-hour")}
        columns={[{ name: "alarm-column.hour" }, { name: "alarm-column.calls" }]}
        rows={month.byHour.map((calls, hour) => [
          words.number(hour),
          <span key="calls" className="hour-calls">
            <span className="hour-bar" aria-hidden="true" style={{ inlineSize: `${(100 * calls) / most}%` }} />
            {words.number(calls)}
          </span>,
        ])}
      />
    </article>
  );
}
