import { lazy, Suspense } from "react";
import { Button } from "react-aria-components";
import type { DeclarationView, TrackView } from "../../core/model/picture-view.ts";
import { type Press, useActing } from "../acting.ts";
import { Sentence } from "../strings/sentence.tsx";
import { useWords } from "../strings/words-context.tsx";
import { TrackId } from "../system/marks.tsx";
import { Fact, Section } from "../system/pane-head.tsx";

// The ledger is fetched when a track is looked at; so is the code that draws it.
const EvidencePart = lazy(() => import("./evidence-part.tsx").then((part) => ({ default: part.EvidencePart })));

/** How the track stands with the attention guard, with its clock. Nothing for one that is not on its way in. */
export function AttentionBar({ track, now }: { track: TrackView; now: number }) {
  const words = useWords();
  const { attention } = track;
  if (attention.state === "not-inbound") return null;
  const left = attention.assessByUs === null ? undefined : (attention.assessByUs - now) / 1e6;
  const waits = attention.state === "due" || attention.state === "overdue" || attention.state === "reopened";
  return (
    <div className="attention" data-state={attention.state} data-late={(waits && left !== undefined && left <= 0) || undefined}>
      <p>
        <strong>{words.t(`attention.${attention.state}`)}</strong>
        {waits && left !== undefined ? (
          <span className="attention-clock">
            {left > 0
              ? words.t("attention.within", { time: words.countdown(left) })
              : words.t("attention.late", { time: words.countdown(-left) })}
          </span>
        ) : null}
      </p>
      {attention.by !== null ? <p>{words.t("attention.by", { actor: attention.by })}</p> : null}
      {attention.reason !== null ? (
        <p>
          {words.t("attention.reason", { reason: words.t(`dismiss.${attention.reason}`) })} <bdi>{attention.text ?? ""}</bdi>
        </p>
      ) : null}
      {attention.rule !== null ? (
        <p>
          {words.t("attention.rule")} <Sentence of={attention.rule} />
        </p>
      ) : null}
      {attention.reopenedBecause !== null ? (
        <p>{words.tMaybe(attention.reopenedBecause) ?? <span lang="en">{attention.reopenedBecause}</span>}</p>
      ) : null}
    </div>
  );
}

interface Props {
  track: TrackView;
  now: number;
  press: Press;
  selectTrack(id: string): void;
}

/** What is it, whose is it, how sure and why, what would change it: the answer first, the ledger below. */
export function DecisionPart({ track, now, press, selectTrack }: Props) {
  const words = useWords();
  const { threat } = track;
  const declared = (question: DeclarationView["question"]) => track.declarations.find((each) => each.question === question);
  const percent = (value: number) => words.t("value.percent", { value: words.number(Math.round(value * 100)) });
  const classDeclared = declared("class");
  const affiliationDeclared = declared("affiliation");
  return (
    <>
      <Section title={words.t("decision.what")}>
        <p className="why">
          <strong>{words.t(`class-name.${track.className}`)}</strong>{" "}
          {classDeclared === undefined
            ? words.t("decision.confidence", { value: percent(track.classConfidence) })
            : words.t("decision.declared")}
        </p>
        <dl className="facts">
          <Fact name={words.t("decision.uas")}>{percent(track.uas)}</Fact>
          <Fact name={words.t("decision.manned")}>{percent(track.manned)}</Fact>
        </dl>
        {classDeclared === undefined ? null : <Declared declaration={classDeclared} trackId={track.id} now={now} press={press} />}
      </Section>

      <Section title={words.t("track.whose")}>
        <p className="why">
          <strong>{words.affiliation(track.affiliation)}.</strong> {words.t(`affiliation-why.${track.affiliation}`)}
        </p>
        {affiliationDeclared === undefined ? null : (
          <>
            <Declared declaration={affiliationDeclared} trackId={track.id} now={now} press={press} />
            <p className="why">{words.t("decision.automatic", { affiliation: words.affiliation(track.automaticAffiliation) })}</p>
          </>
        )}
        {track.conflict < 0.1 ? null : <p className="why warn-word">{words.t("decision.conflict", { value: percent(track.conflict) })}</p>}
        <p className="why quiet">{words.t(`affiliation-change.${track.affiliation}`)}</p>
      </Section>

      {track.findings.length === 0 ? null : (
        <Section title={words.t("decision.findings")}>
          <ul className="findings">
            {track.findings.map((finding) => (
              <li key={`${finding.code} ${finding.key}`}>
                <Sentence of={finding} />{" "}
                <span className="quiet">
                  {words.t("decision.finding-note", {
                    value: percent(finding.confidence),
                    time: words.duration((now - finding.atUs) / 1e6),
                  })}
                </span>
                {finding.tracks.map((id) => (
                  <Button key={id} className="alarm-track" onPress={() => selectTrack(id)}>
                    <TrackId id={id} />
                  </Button>
                ))}
              </li>
            ))}
          </ul>
        </Section>
      )}

      <Section title={words.t("decision.threat")} note={words.t("decision.threat-note")}>
        <dl className="facts">
          <Fact name={words.t("decision.score")}>{words.number(Math.round(threat.score * 100))}</Fact>
          <Fact name={words.t("decision.entry")}>{percent(threat.entryProbability)}</Fact>
        </dl>
      </Section>
      <Suspense fallback={<p className="quiet">{words.t("evidence.waiting")}</p>}>
        <EvidencePart trackId={track.id} />
      </Suspense>
    </>
  );
}

function Declared({ declaration, trackId, now, press }: { declaration: DeclarationView; trackId: string; now: number; press: Press }) {
  const words = useWords();
  const { canAct } = useActing();
  const { question, value, by, authenticated, reason, expiresAtUs } = declaration;
  return (
    <div className="declared">
      <p>
        {words.t("decision.declared-as", {
          actor: by,
          value: question === "class" ? (words.tMaybe(`class-name.${value}`) ?? value) : (words.tMaybe(`affiliation.${value}`) ?? value),
          time: words.countdown((expiresAtUs - now) / 1e6),
        })}{" "}
        {authenticated ? null : <span className="quiet">{words.t("operator.unauthenticated")}</span>}
      </p>
      <p className="quiet">
        <bdi>{reason}</bdi>
      </p>
      {canAct ? (
        <Button
          className="button small"
          onPress={() => void press.press({ method: "DELETE", path: `tracks/${encodeURIComponent(trackId)}/declaration/${question}` })}
        >
          {words.t("decision.withdraw")}
        </Button>
      ) : null}
    </div>
  );
}
