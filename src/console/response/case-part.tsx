import { startAuthentication } from "@simplewebauthn/browser";
import { useEffect, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import type { TrackView } from "../../core/model/picture-view.ts";
import type { CasesView, CaseView, ResponseAction } from "../../core/model/response.ts";
import { useActing } from "../acting.ts";
import { usePolled } from "../sensors/use-polled.ts";
import { askJson, useSession } from "../sign-in/session.ts";
import { Sentence } from "../strings/sentence.tsx";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Fact, Section } from "../system/pane-head.tsx";

const ASK_EVERY_MS = 1000;
const MICROS = 1_000_000;

/** What a screen must not take on trust: the hash of the text that it shows, made here. Undefined while it is made. */
function useOwnHash(text: string): string | undefined {
  const [own, setOwn] = useState<{ text: string; hash: string }>();
  useEffect(() => {
    let stopped = false;
    void crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then((digest) => {
      const hash = [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
      if (!stopped) setOwn({ text, hash });
    });
    return () => {
      stopped = true;
    };
  }, [text]);
  return own?.text === text ? own.hash : undefined;
}

/** Who must agree to what about this track, what they signed, what is missing, and what became of it. */
export function CasePart({ track, now }: { track: TrackView; now: number }) {
  const words = useWords();
  const { answer } = usePolled<CasesView>("/api/v1/cases", ASK_EVERY_MS);
  if (answer === undefined || answer.policy === undefined) return null;
  if (answer.policy === null) return null;
  const mine = answer.cases.filter((each) => each.trackId === track.id);
  const open = mine.some((each) => each.state === "open");
  return (
    <Section title={words.t("response.title")}>
      {mine.map((each) => (
        <CaseCard key={each.id} of={each} parties={answer.policy?.nations ?? []} now={now} />
      ))}
      {open ? null : <OpenForm track={track} policy={answer.policy} />}
    </Section>
  );
}

function OpenForm({ track, policy }: { track: TrackView; policy: NonNullable<CasesView["policy"]> }) {
  const words = useWords();
  const { canAct } = useActing();
  const [action, setAction] = useState<ResponseAction>(policy.rules[0]?.action ?? "notify");
  const [receiverId, setReceiver] = useState<string>("");
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const receivers = policy.receivers.filter((each) => each.actions.includes(action));
  const open = async () => {
    setBusy(true);
    const plan = { action, receiverId: receiverId === "" ? null : receiverId, text, skippedSteps: [] };
    setRefusal(await postCase("cases", { trackId: track.id, plan }));
    setBusy(false);
  };
  return (
    <div className="case-form act-form">
      <label>
        {words.t("response.action")}
        <select value={action} onChange={(event) => setAction(event.target.value as ResponseAction)}>
          {policy.rules.map((rule) => (
            <option key={rule.action} value={rule.action}>
              {words.t(`response.action.${rule.action}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.t("response.receiver")}
        <select value={receiverId} onChange={(event) => setReceiver(event.target.value)}>
          <option value="">{words.t("response.nobody")}</option>
          {receivers.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <TextField value={text} onChange={setText}>
        <Label>{words.t("response.text")}</Label>
        <Input dir="auto" />
      </TextField>
      <Button className="tool" isPending={busy} isDisabled={!canAct} onPress={open}>
        {words.t("response.open")}
      </Button>
      <Why text={refusal} />
    </div>
  );
}

function CaseCard({ of, parties, now }: { of: CaseView; parties: readonly { id: string; name: string }[]; now: number }) {
  const words = useWords();
  const { session } = useSession();
  const { canAct } = useActing();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const own = useOwnHash(of.canonical);
  const isOpen = of.state === "open";
  const person = session.person;
  const given = of.approvals.find((each) => each.personId === person?.id && each.state === "given");

  const run = async (ask: () => Promise<string | undefined>) => {
    setBusy(true);
    setRefusal(undefined);
    setRefusal(await ask());
    setBusy(false);
  };
  const post = (path: string, body: Readonly<Record<string, unknown>>) => run(() => postCase(`cases/${of.id}/${path}`, body));
  const approve = () =>
    run(async () => {
      const options = await askJson<{ hash: string; signedText: string; passkey: unknown }>("POST", `cases/${of.id}/approval-options`, {});
      if ("refusal" in options) return options.refusal;
      // What the officer read is what is signed, or nothing is.
      if (options.value.signedText !== of.canonical || options.value.hash !== own) return words.t("response.wrong-hash");
      try {
        const passkey = await startAuthentication({ optionsJSON: options.value.passkey as never });
        return await postCase(`cases/${of.id}/approve`, { hash: own, signature: { passkey } });
      } catch (error) {
        return words.t("response.no-passkey", { reason: (error as Error).message });
      }
    });
  const facts: readonly [string, number | null][] = [
    [words.t("response.fact.authorised"), of.authorisedAtUs],
    [words.t("response.fact.delivered"), of.deliveredAtUs],
    [words.t("response.fact.acknowledged"), of.acknowledgedAtUs],
    [words.t("response.fact.done"), of.doneAtUs],
  ];
  return (
    <article className="case" data-state={of.state} aria-label={of.id}>
      <h3>
        {words.t("response.state", { id: of.id, state: words.t(`response.state.${of.state}`) })} · {words.t(`response.action.${of.action}`)}
      </h3>
      {of.plan.text === "" ? null : (
        <p>
          <bdi>{of.plan.text}</bdi>
        </p>
      )}
      {isOpen && of.onlyPreAgreed ? (
        <p className="case-warning" role="alert">
          {words.t("response.only-pre-agreed")}
        </p>
      ) : null}
      <ul className="case-seats">
        {of.seats.map((seat) => (
          <li key={seat.nation} data-full={seat.missing === 0 || undefined}>
            {words.t("response.seat", {
              nation: parties.find(({ id }) => id === seat.nation)?.name ?? seat.nation,
              given: words.number(seat.given),
              required: words.number(seat.required),
            })}
            {of.approvals
              .filter((each) => each.state === "given" && each.nation === seat.nation)
              .map((each) => (
                <bdi key={each.personId} className="case-name">
                  {each.name}
                </bdi>
              ))}
          </li>
        ))}
      </ul>
      <p className="case-hash">
        {words.t("response.hash")} <Ltr className="mono">{of.hash.slice(0, 16)}</Ltr>
        {isOpen ? ` · ${words.t("response.expires", { time: words.countdown(Math.max(0, (of.expiresAtUs - now) / MICROS)) })}` : ""}
      </p>
      {own !== undefined && own !== of.hash ? (
        <p className="case-warning" role="alert">
          {words.t("response.wrong-hash")}
        </p>
      ) : null}
      <Sentences title={words.t("response.blockers")} of={isOpen ? of.blockers : []} />
      <Sentences title={words.t("response.changes")} of={of.changes} />
      {of.deconfliction.length === 0 ? null : (
        <section aria-label={words.t("response.told")}>
          <h4>{words.t("response.told")}</h4>
          <ul className="case-told">
            {of.deconfliction.map((party) => (
              <li key={party.partyId}>
                <bdi>{party.name}</bdi> · {party.answer === "waiting" ? words.t("response.waiting") : words.t(`response.${party.answer}`)}
                {isOpen && party.answer === "waiting" ? (
                  <>
                    <Button
                      className="tool"
                      isPending={busy}
                      isDisabled={!canAct}
                      onPress={() => post("acknowledgements", { partyId: party.partyId, answer: "acknowledged" })}
                    >
                      {words.t("response.acknowledged")}
                    </Button>
                    <Button
                      className="tool"
                      isPending={busy}
                      isDisabled={!canAct}
                      onPress={() => post("acknowledgements", { partyId: party.partyId, answer: "objected" })}
                    >
                      {words.t("response.objected")}
                    </Button>
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      )}
      {of.authorisedAtUs === null ? null : (
        <dl className="facts">
          {facts.map(([name, at]) => (
            <Fact key={name} name={name}>
              {at === null ? words.t("response.fact.not-yet") : words.clock(at)}
            </Fact>
          ))}
        </dl>
      )}
      {of.endedBecause === null && of.refusedBecause === null ? null : (
        <p className="quiet">
          {words.t("response.ended-by", {
            name: of.refusedBy ?? of.endedBy ?? "",
            reason: of.refusedBecause ?? of.endedBecause ?? "",
          })}
        </p>
      )}
      {isOpen || of.state === "authorised" ? (
        <div className="case-acts">
          {isOpen && person?.role === "officer" && given === undefined ? (
            <Button className="act" isPending={busy} isDisabled={!canAct || own !== of.hash || of.blockers.length > 0} onPress={approve}>
              {words.t("response.approve")}
            </Button>
          ) : null}
          {isOpen && of.changes.length > 0 ? (
            <Button className="tool" isPending={busy} isDisabled={!canAct} onPress={() => run(() => refreeze(of))}>
              {words.t("response.refreeze")}
            </Button>
          ) : null}
          {of.state === "authorised" && of.deliveredAtUs !== null && of.doneAtUs === null && of.messageId !== null ? (
            <Button
              className="tool"
              isPending={busy}
              isDisabled={!canAct}
              onPress={() => post("facts", { messageId: of.messageId, fact: "done", text: words.t("response.record-done") })}
            >
              {words.t("response.record-done")}
            </Button>
          ) : null}
          <TextField value={reason} onChange={setReason}>
            <Label>{words.t("response.reason")}</Label>
            <Input dir="auto" />
          </TextField>
          {isOpen && person?.role === "officer" ? (
            <Button
              className="tool"
              isPending={busy}
              isDisabled={!canAct || reason.trim() === ""}
              onPress={() => post("refuse", { reason })}
            >
              {words.t("response.refuse")}
            </Button>
          ) : null}
          {given === undefined ? null : (
            <Button
              className="tool"
              isPending={busy}
              isDisabled={!canAct || reason.trim() === ""}
              onPress={() => post("withdraw", { reason })}
            >
              {words.t("response.withdraw")}
            </Button>
          )}
          {isOpen ? (
            <Button
              className="tool"
              isPending={busy}
              isDisabled={!canAct || reason.trim() === ""}
              onPress={() => post("cancel", { reason })}
            >
              {words.t("response.cancel")}
            </Button>
          ) : null}
        </div>
      ) : null}
      <Why text={refusal} />
    </article>
  );
}

function Sentences({ title, of }: { title: string; of: CaseView["blockers"] }) {
  if (of.length === 0) return null;
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <ul className="notes">
        {of.map((each) => (
          <li key={`${each.key} ${each.text}`}>
            <Sentence of={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Why({ text }: { text: string | undefined }) {
  return (
    <p className="sign-in-refusal" role="alert">
      {text === undefined ? "" : <bdi>{text}</bdi>}
    </p>
  );
}

/** Bodies of cases are strict: the record takes the name from the session, never from a body. */
async function postCase(path: string, body: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const answer = await askJson("POST", path, body);
  return "refusal" in answer ? answer.refusal : undefined;
}

async function refreeze(of: CaseView): Promise<string | undefined> {
  const response = await fetch(`/api/v1/cases/${of.id}/plan`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ plan: of.plan }),
  });
  if (response.ok) return undefined;
  return ((await response.json()) as { detail?: string }).detail ?? `HTTP ${response.status}`;
}
