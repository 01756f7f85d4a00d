import type { EvidenceView, LedgerLine, QuestionLedger } from "../../core/model/ledger-view.ts";
import type { Threat } from "../../core/model/threat.ts";
import { usePictureClock } from "../live/use-picture.tsx";
import { usePolled } from "../sensors/use-polled.ts";
import { Sentence } from "../strings/sentence.tsx";
import type { MessageKey, Words } from "../strings/words.ts";
import { useWords } from "../strings/words-context.tsx";
import { Section } from "../system/pane-head.tsx";
import { barOf, threatLines } from "./bars.ts";

/** The ledger is asked for again two seconds after each answer, while the track is looked at. */
const EVERY_MS = 2_000;
const REVERSALS_SHOWN = 8;
const CHANGES_SHOWN = 6;
/** A hypothesis below this share is left out of the line of probabilities. */
const LEAST_SHOWN = 0.02;

/** Why Picket says what it says of a track: every piece with its weight, what would change the answer, how it changed. */
export function EvidencePart({ trackId }: { trackId: string }) {
  const words = useWords();
  const now = usePictureClock(1_000);
  const polled = usePolled<EvidenceView>(`/api/v1/tracks/${encodeURIComponent(trackId)}/evidence`, EVERY_MS);
  const { answer, state } = polled;
  if (answer === undefined)
    return (
      <p className="quiet evidence-state">
        {words.t(state === "missing" ? "evidence.none" : state === "failed" ? "evidence.failed" : "evidence.waiting")}
      </p>
    );
  const threat = answer.threat as Threat | null;
  return (
    <div className="evidence" data-stale={state === "failed" || undefined}>
      {state === "failed" ? <p className="warn-word">{words.t("evidence.failed")}</p> : null}
      {threat === null ? null : <Contributions threat={threat} />}
      <Ledger ledger={answer.ledger.affiliation} title={words.t("evidence.whose")} now={now} />
      <Ledger ledger={answer.ledger.class} title={words.t("evidence.what")} now={now} />
    </div>
  );
}

function Contributions({ threat }: { threat: Threat }) {
  const words = useWords();
  const lines = threatLines(threat);
  if (lines.length === 0) return null;
  return (
    <ul className="weights" aria-label={words.t("evidence.threat")}>
      {lines.map(({ key, points }) => (
        <li key={key}>
          <span>{words.tMaybe(`threat.${key}`) ?? key}</span>
          <Bar weight={points} largest={100} />
          <span className="weight">{words.number(points, 1)}</span>
        </li>
      ))}
    </ul>
  );
}

const answerName = (words: Words, ledger: QuestionLedger, name: string): string =>
  (ledger.question === "class"
    ? words.tMaybe(`class-name.${name}`)
    : (words.tMaybe(`affiliation.${name}`) ?? words.tMaybe(`allegiance.${name}`))) ?? name;

function Ledger({ ledger, title, now }: { ledger: QuestionLedger; title: string; now: number }) {
  const words = useWords();
  const name = (value: string) => answerName(words, ledger, value);
  const lines = [...ledger.evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const largest = Math.max(10, ...lines.map(({ weight }) => Math.abs(weight)), Math.abs(ledger.priorWeight));
  const shares = ledger.hypotheses
    .map((hypothesis, index) => ({ hypothesis, share: ledger.posterior[index] ?? 0 }))
    .filter(({ share }) => share >= LEAST_SHOWN)
    .sort((a, b) => b.share - a.share);
  return (
    <Section title={title} note={words.t("evidence.unit", { leading: name(ledger.leading), rival: name(ledger.rival) })}>
      <p className="shares">
        {shares.map(({ hypothesis, share }) => (
          <span key={hypothesis}>
            {name(hypothesis)} {words.t("value.percent", { value: words.number(Math.round(share * 100)) })}
          </span>
        ))}
      </p>
      <ul className="weights">
        <li>
          <span>{words.t("evidence.prior")}</span>
          <Bar weight={ledger.priorWeight} largest={largest} />
          <span className="weight">{signed(words, ledger.priorWeight)}</span>
        </li>
        {lines.map((line) => (
          <Line key={line.slot} line={line} largest={largest} now={now} />
        ))}
        <li className="sum">
          <span>{words.t("evidence.sum")}</span>
          <span />
          <span className="weight">{signed(words, ledger.logOdds)}</span>
        </li>
      </ul>
      {ledger.whatWouldChange.length === 0 ? null : (
        <>
          <h4>{words.t("evidence.change")}</h4>
          <ul className="changes">
            {ledger.whatWouldChange.slice(0, CHANGES_SHOWN).map((change) => (
              <li key={`${change.kind} ${change.slot ?? ""} ${change.key}`}>
                {words.t(change.kind === "with" ? "evidence.with" : "evidence.without")}{" "}
                <Sentence of={{ key: change.key, values: change.values, text: change.sentence }} />{" "}
                <strong>{words.t("evidence.would-be", { answer: name(change.wouldBe) })}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
      {ledger.reversals.length === 0 ? null : (
        <>
          <h4>{words.t("evidence.reversals")}</h4>
          <ul className="changes">
            {ledger.reversals
              .slice(-REVERSALS_SHOWN)
              .reverse()
              .map((reversal) => (
                <li key={`${reversal.at} ${reversal.from} ${reversal.to}`}>
                  <span className="quiet">{words.clock(reversal.at)}</span>{" "}
                  {words.t("evidence.reversal", { from: name(reversal.from), to: name(reversal.to) })}
                  {reversal.cause === undefined ? null : (
                    <>
                      {" "}
                      {words.t(`evidence-cause.${reversal.cause.change}` as MessageKey)}{" "}
                      <Sentence of={{ key: reversal.cause.key, values: reversal.cause.values, text: reversal.cause.sentence }} />
                    </>
                  )}
                </li>
              ))}
          </ul>
        </>
      )}
    </Section>
  );
}

const signed = (words: Words, value: number): string => {
  const text = words.number(Math.abs(value), 1);
  return value < 0 ? `−${text}` : `+${text}`;
};

function Line({ line, largest, now }: { line: LedgerLine; largest: number; now: number }) {
  const words = useWords();
  return (
    <li data-basis={line.basis}>
      <span>
        <Sentence of={{ key: line.key, values: line.values, text: line.sentence }} />{" "}
        <span className="quiet">
          {words.t(`basis.${line.basis}`)} · <bdi>{line.source}</bdi> ·{" "}
          {words.t("time.ago", { time: words.duration(Math.max(0, (now - line.at) / 1e6)) })}
        </span>
      </span>
      <Bar weight={line.weight} largest={largest} />
      <span className="weight" dir="ltr">
        {signed(words, line.weight)}
      </span>
    </li>
  );
}

/** For the leader to the end side, against it to the start side; the number beside it says the same. */
function Bar({ weight, largest }: { weight: number; largest: number }) {
  const { start, size } = barOf(weight, largest);
  return (
    <span className="bar" aria-hidden="true">
      <span data-against={weight < 0 || undefined} style={{ insetInlineStart: `${start}%`, inlineSize: `${size}%` }} />
    </span>
  );
}
