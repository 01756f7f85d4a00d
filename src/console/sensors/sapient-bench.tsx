import { Button } from "react-aria-components";
import type { FindingReport, NodeReport, NodeVerdict } from "../../core/model/sapient-bench.ts";
import type { Selection } from "../app.tsx";
import { usePictureClock } from "../live/use-picture.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { CloseButton, Fact, Section } from "../system/pane-head.tsx";
import { usePolled } from "./use-polled.ts";

const PERIOD_MS = 1_000;

interface Props {
  /** Of the node whose report is shown; empty: the list. */
  nodeId: string;
  close(): void;
  select(selection: Selection): void;
}

/** The integration bench: what SAPIENT nodes do against the rules, live and in plain words, with a report for their makers. */
export function SapientBench({ nodeId, close, select }: Props) {
  return nodeId === "" ? <BenchList close={close} select={select} /> : <BenchReport nodeId={nodeId} close={close} select={select} />;
}

function BenchList({ close, select }: Omit<Props, "nodeId">) {
  const words = useWords();
  const { answer, state } = usePolled<{ items: NodeVerdict[] }>("/api/v1/sapient/nodes", PERIOD_MS);
  return (
    <div className="pane bench">
      <header className="pane-head">
        <div className="pane-title">
          <h2>{words.t("bench.title")}</h2>
        </div>
        <CloseButton close={close} />
      </header>
      <div className="pane-body">
        <p className="why quiet">{words.t("bench.intro")}</p>
        <Lost failed={state === "failed"} />
        {answer?.items.length === 0 ? <p className="why">{words.t("bench.none")}</p> : null}
        <ul className="bench-nodes">
          {(answer?.items ?? []).map((node) => (
            <li key={node.nodeId}>
              <Button className="bench-node" data-node={node.nodeId} onPress={() => select({ kind: "bench", id: node.nodeId })}>
                <span className="bench-name">
                  <bdi>{node.name === "" ? node.nodeId : node.name}</bdi>
                </span>
                <Verdict verdict={node.verdict} />
                <span className="quiet">
                  <Ltr>{node.type}</Ltr>
                </span>
                <span className="quiet">{words.t("bench.findings", { count: node.findings })}</span>
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function BenchReport({ nodeId, close, select }: Props) {
  const words = useWords();
  const path = `/api/v1/sapient/nodes/${encodeURIComponent(nodeId)}/report`;
  const { answer: report, state } = usePolled<NodeReport>(path, PERIOD_MS);
  const clock = report?.clockOffsetMilliseconds;
  return (
    <div className="pane bench" data-node={nodeId}>
      <header className="pane-head">
        <div className="pane-title">
          <h2>
            <bdi>{report === undefined || report.name === "" ? nodeId : report.name}</bdi>
          </h2>
          {report === undefined ? null : (
            <p className="pane-sub">
              <Verdict verdict={report.verdict} />
              <span>{words.t(`bench-verdict-why.${report.verdict}`)}</span>
            </p>
          )}
        </div>
        <CloseButton close={close} />
      </header>
      <div className="pane-body">
        <Button className="link" onPress={() => select({ kind: "bench", id: "" })}>
          {words.t("bench.all")}
        </Button>
        <Lost failed={state === "failed"} />
        {state === "missing" ? (
          <p className="ended" role="status">
            {words.t("bench.gone")}
          </p>
        ) : null}
        {report === undefined ? null : (
          <>
            <Section title={words.t("sensor.figures")}>
              <dl className="facts">
                <Fact name={words.t("sensor.key")}>
                  <Ltr className="mono">{report.nodeId}</Ltr>
                </Fact>
                {report.type === "" ? null : (
                  <Fact name={words.t("bench.type")}>
                    <Ltr>{report.type}</Ltr>
                  </Fact>
                )}
                {report.maker === "" ? null : (
                  <Fact name={words.t("bench.maker")}>
                    <bdi>{report.maker}</bdi>
                  </Fact>
                )}
                {report.interfaceVersion === "" ? null : (
                  <Fact name={words.t("bench.interface")}>
                    <Ltr>{report.interfaceVersion}</Ltr>
                  </Fact>
                )}
                <Fact name={words.t("bench.connected")}>{words.t(report.connected ? "value.yes" : "value.no")}</Fact>
                <Fact name={words.t("bench.messages")}>{words.t("bench.messages-value", { ...report.counts })}</Fact>
                {clock === null || clock === undefined ? null : (
                  <Fact name={words.t("sensor.clock")}>{words.t("bench.clock-value", { ...clock })}</Fact>
                )}
              </dl>
              <p className="bench-downloads">
                <a className="button" href={`${path}.md`} download={`sapient-${report.nodeId}.md`}>
                  {words.t("bench.download")}
                </a>
                <a className="link" href={path} download={`sapient-${report.nodeId}.json`}>
                  {words.t("bench.download-json")}
                </a>
              </p>
            </Section>
            <Section title={words.t("bench.findings", { count: report.findings.length })}>
              {report.findings.length === 0 ? <p className="why">{words.t("bench.clean")}</p> : null}
              <ol className="bench-findings">
                {report.findings.map((finding) => (
                  <Finding key={`${finding.field}/${finding.rule}/${finding.firstAtUs}/${finding.causeKey}`} finding={finding} />
                ))}
              </ol>
              {report.findingsForgotten === 0 ? null : (
                <p className="why quiet">{words.t("bench.forgotten", { count: report.findingsForgotten })}</p>
              )}
            </Section>
          </>
        )}
      </div>
    </div>
  );
}

function Lost({ failed }: { failed: boolean }) {
  const words = useWords();
  return failed ? (
    <p className="why warn-word" role="status">
      {words.t("bench.lost")}
    </p>
  ) : null;
}

function Verdict({ verdict }: { verdict: NodeVerdict["verdict"] }) {
  const words = useWords();
  return (
    <span className="bench-verdict" data-verdict={verdict}>
      {words.t(`bench-verdict.${verdict}`)}
    </span>
  );
}

function Finding({ finding }: { finding: FindingReport }) {
  const words = useWords();
  const now = usePictureClock(1_000);
  const time = words.duration(Math.max(0, now - finding.lastAtUs) / 1e6);
  return (
    <li data-kind={finding.kind} data-cause={finding.causeKey}>
      <p className="bench-message">
        <span className="bench-verdict" data-kind={finding.kind}>
          {words.t(`bench-kind.${finding.kind}`)}
        </span>{" "}
        <bdi lang="en">{finding.message}</bdi>
      </p>
      <dl className="facts">
        <Fact name={words.t("bench.cause")}>{words.tMaybe(`bench-cause.${finding.causeKey}`) ?? finding.likelyCause}</Fact>
        <Fact name={words.t("bench.field")}>
          <Ltr className="mono">{finding.field}</Ltr>
        </Fact>
        <Fact name={words.t("bench.rule")}>
          <Ltr>{finding.rule}</Ltr>
        </Fact>
        <Fact name={words.t("bench.seen")}>{words.t("bench.seen-value", { count: finding.count, time })}</Fact>
      </dl>
      {finding.example === undefined ? null : (
        <details>
          <summary>{words.t("bench.example")}</summary>
          <Example name={words.t("bench.example")} text={JSON.stringify(finding.example.message, null, 2)} />
          <p className="quiet">{words.t("bench.octets")}</p>
          <Example name={words.t("bench.octets")} text={finding.example.octets} />
        </details>
      )}
    </li>
  );
}

function Example({ name, text }: { name: string; text: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a named box that scrolls is no set of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: and must be reached by keys
    <div role="group" aria-label={name} tabIndex={0} dir="ltr" lang="en" className="bench-example">
      <pre>{text}</pre>
    </div>
  );
}
