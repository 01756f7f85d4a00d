import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { type FormEvent, type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { Button, Dialog, DialogTrigger, Input, Label, Modal, ModalOverlay, Popover, TextField } from "react-aria-components";
import { useWords } from "../strings/words-context.tsx";
import {
  ABSENT,
  askJson,
  askSession,
  goToProvider,
  invitationIn,
  OPEN_SESSION,
  providerReasonIn,
  SessionContext,
  type SessionView,
  useSession,
} from "./session.ts";

/** How often the screen asks whether its session still stands: a lapse must be told before an act is refused. */
const ASK_AGAIN_MS = 30_000;
const TRY_AGAIN_MS = 2_000;

/**
 * Shows the console to whoever may see it, and a sign-in page to whoever may not. A session that lapses never takes the picture away: it puts
 * one line above it.
 */
export function SignInGate({ children }: { children: ReactNode }) {
  const words = useWords();
  const [session, setSession] = useState<SessionView>();
  const [failed, setFailed] = useState(false);
  const [invitation, setInvitation] = useState(() => invitationIn(location.hash));

  const take = useCallback((next: SessionView) => {
    // The token has done its work: it must not stay in the address or the history.
    if (location.hash.startsWith("#invitation=")) history.replaceState(null, "", location.pathname);
    setInvitation(undefined);
    setSession(next);
  }, []);

  useEffect(() => {
    let stopped = false;
    let timer = 0;
    const ask = async () => {
      const answer = await askSession("GET", "session");
      if (stopped) return;
      const absent = "refusal" in answer && answer.refusal === ABSENT;
      setFailed("refusal" in answer && !absent);
      if (absent) setSession(OPEN_SESSION);
      else if ("session" in answer) setSession(answer.session);
      if (absent) return;
      timer = window.setTimeout(ask, "refusal" in answer ? TRY_AGAIN_MS : ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);

  const handle = useMemo(() => ({ session: session ?? OPEN_SESSION, take }), [session, take]);

  if (session === undefined) {
    return failed ? (
      <p className="sign-in-wait" role="status">
        {words.t("sign-in.no-server")}
      </p>
    ) : null;
  }
  if (invitation !== undefined) {
    return (
      <SessionContext value={handle}>
        <main className="sign-in-page">
          <InvitationForm token={invitation} first={session.mode === "open" || session.firstAccount === true} />
        </main>
      </SessionContext>
    );
  }
  if (session.mode === "accounts" && session.state === "none") {
    return (
      <SessionContext value={handle}>
        <main className="sign-in-page">
          <SignInForm />
        </main>
      </SessionContext>
    );
  }
  return (
    <SessionContext value={handle}>
      {session.state === "lapsed" ? <LapsedLine /> : null}
      {children}
    </SessionContext>
  );
}

function LapsedLine() {
  const words = useWords();
  return (
    <div className="banner sign-in-lapsed" role="status">
      <span>{words.t("sign-in.lapsed")}</span>
      <DialogTrigger>
        <Button className="tool">{words.t("sign-in.again")}</Button>
        <ModalOverlay className="overlay" isDismissable>
          <Modal className="modal">
            <Dialog aria-label={words.t("sign-in.title")}>
              <SignInForm />
            </Dialog>
          </Modal>
        </ModalOverlay>
      </DialogTrigger>
    </div>
  );
}

/** One form's state: busy while the server is asked, and why it refused. */
function useAsking(): { busy: boolean; refusal: string | undefined; run(ask: () => Promise<string | undefined>): Promise<void> } {
  const [state, setState] = useState<{ busy: boolean; refusal: string | undefined }>({ busy: false, refusal: undefined });
  const run = async (ask: () => Promise<string | undefined>) => {
    setState({ busy: true, refusal: undefined });
    setState({ busy: false, refusal: await ask() });
  };
  return { ...state, run };
}

function SignInForm() {
  const words = useWords();
  const { take, session } = useSession();
  const { busy, refusal, run } = useAsking();
  const [name, setName] = useState(session.person?.name ?? "");
  const [password, setPassword] = useState("");
  // Told once: a page that is loaded again begins anew.
  const [reason] = useState(() => providerReasonIn(location.hash));
  useEffect(() => {
    if (reason !== undefined) history.replaceState(null, "", location.pathname);
  }, [reason]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const answer = await askSession("POST", "session", { name, password });
      if ("refusal" in answer) return answer.refusal;
      take(answer.session);
      return undefined;
    });
  };
  const withPasskey = () =>
    run(async () => {
      const options = await askJson<Parameters<typeof startAuthentication>[0]["optionsJSON"]>("POST", "session/passkey-options", {});
      if ("refusal" in options) return options.refusal;
      try {
        const response = await startAuthentication({ optionsJSON: options.value });
        const answer = await askSession("POST", "session/passkey", { response });
        if ("refusal" in answer) return answer.refusal;
        take(answer.session);
        return undefined;
      } catch (error) {
        return words.t("sign-in.passkey-failed", { reason: (error as Error).message });
      }
    });

  const throughProvider = async () => {
    const failed = await goToProvider();
    return failed === undefined ? undefined : words.t(`sign-in.provider-${failed}`);
  };

  return (
    <form className="sign-in-form" onSubmit={submit}>
      <h1>{words.t("sign-in.title")}</h1>
      <TextField value={name} onChange={setName} isRequired autoFocus autoComplete="username">
        <Label>{words.t("sign-in.name")}</Label>
        <Input dir="auto" />
      </TextField>
      <TextField value={password} onChange={setPassword} isRequired type="password" autoComplete="current-password">
        <Label>{words.t("sign-in.password")}</Label>
        <Input dir="ltr" />
      </TextField>
      <Refusal text={refusal ?? (reason === undefined ? undefined : words.t(`sign-in.provider-${reason}`))} />
      <Button type="submit" className="act" isPending={busy}>
        {words.t("sign-in.act")}
      </Button>
      <Button className="tool" isPending={busy} onPress={withPasskey}>
        {words.t("sign-in.passkey")}
      </Button>
      <ProviderButton isPending={busy} onPress={() => run(throughProvider)} />
    </form>
  );
}

function InvitationForm({ token, first }: { token: string; first: boolean }) {
  const words = useWords();
  const { take } = useSession();
  const { busy, refusal, run } = useAsking();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      if (password !== again) return words.t("sign-in.different");
      const answer = await askSession("POST", "invitations/accept", { token, password, ...(first ? { name } : {}) });
      if ("refusal" in answer) return answer.refusal;
      take(answer.session);
      return undefined;
    });
  };
  const throughProvider = async () => {
    const failed = await goToProvider(token);
    return failed === undefined ? undefined : words.t(`sign-in.provider-${failed}`);
  };

  return (
    <form className="sign-in-form" onSubmit={submit}>
      <h1>{words.t(first ? "sign-in.first" : "sign-in.invited")}</h1>
      {first ? <p className="quiet">{words.t("sign-in.first-why")}</p> : null}
      {first ? (
        <TextField value={name} onChange={setName} isRequired autoFocus autoComplete="username">
          <Label>{words.t("sign-in.first-name")}</Label>
          <Input dir="auto" />
        </TextField>
      ) : null}
      <TextField value={password} onChange={setPassword} isRequired type="password" autoComplete="new-password" autoFocus={!first}>
        <Label>{words.t("sign-in.password")}</Label>
        <Input dir="ltr" aria-describedby="password-rule" />
      </TextField>
      <p className="quiet" id="password-rule">
        {words.t("sign-in.rule")}
      </p>
      <TextField value={again} onChange={setAgain} isRequired type="password" autoComplete="new-password">
        <Label>{words.t("sign-in.repeat")}</Label>
        <Input dir="ltr" />
      </TextField>
      <Refusal text={refusal} />
      <Button type="submit" className="act" isPending={busy}>
        {words.t("sign-in.accept")}
      </Button>
      {first ? null : <ProviderButton isPending={busy} onPress={() => run(throughProvider)} />}
    </form>
  );
}

/** Nothing where the site has no identity provider. */
function ProviderButton({ isPending, onPress }: { isPending: boolean; onPress: () => void }) {
  const words = useWords();
  const { session } = useSession();
  if (session.provider === undefined) return null;
  return (
    <Button className="tool" isPending={isPending} onPress={onPress}>
      {words.t("sign-in.provider", { name: session.provider.name })}
    </Button>
  );
}

function Refusal({ text }: { text: string | undefined }) {
  return (
    <p className="sign-in-refusal" role="alert">
      {text === undefined ? "" : <bdi>{text}</bdi>}
    </p>
  );
}

/** The chip of whoever is signed in: name, role, passkeys, sign out. Nothing where the site has no accounts. */
export function PersonChip() {
  const words = useWords();
  const { session, take } = useSession();
  const { busy, refusal, run } = useAsking();
  const [added, setAdded] = useState(false);
  const { person } = session;
  if (person === null) return null;

  const addPasskey = () =>
    run(async () => {
      setAdded(false);
      const options = await askJson<Parameters<typeof startRegistration>[0]["optionsJSON"]>("POST", "passkeys/options", {});
      if ("refusal" in options) return options.refusal;
      try {
        const response = await startRegistration({ optionsJSON: options.value });
        const answer = await askSession("POST", "passkeys", { label: navigator.platform || "passkey", response });
        if ("refusal" in answer) return answer.refusal;
        take(answer.session);
        setAdded(true);
        return undefined;
      } catch (error) {
        return words.t("sign-in.passkey-failed", { reason: (error as Error).message });
      }
    });
  const signOut = () =>
    run(async () => {
      const answer = await askSession("DELETE", "session");
      if ("refusal" in answer) return answer.refusal;
      take(answer.session);
      if (answer.session.signOutUrl !== undefined) location.assign(answer.session.signOutUrl);
      return undefined;
    });
  const role = words.t(`role.${person.role}`);
  return (
    <DialogTrigger>
      <Button className="chip chip-button operator-chip" data-warn={session.state === "lapsed" || undefined}>
        <span className="operator-name">
          <bdi>{person.name}</bdi>
        </span>
        <span className="operator-note">
          {role}
          {person.nation === null ? "" : " · "}
          {person.nation === null ? null : <bdi>{person.nation}</bdi>}
        </span>
      </Button>
      <Popover className="popover" placement="bottom start">
        <Dialog aria-label={words.t("sign-in.account", { name: person.name })}>
          <h2>{words.t("sign-in.account", { name: person.name })}</h2>
          <h3>{words.t("sign-in.passkeys")}</h3>
          {session.passkeys.length === 0 ? <p className="quiet">{words.t("sign-in.no-passkey")}</p> : null}
          <ul className="notes">
            {session.passkeys.map(({ id, label, addedAtUs }) => (
              <li key={id}>
                <bdi>{label}</bdi> · {words.date(addedAtUs)}
              </li>
            ))}
          </ul>
          <Refusal text={refusal} />
          {added ? <p role="status">{words.t("sign-in.added")}</p> : null}
          <div className="sign-in-acts">
            <Button className="tool" isPending={busy} isDisabled={session.state !== "current"} onPress={addPasskey}>
              {words.t("sign-in.add-passkey")}
            </Button>
            <Button className="tool" isPending={busy} onPress={signOut}>
              {words.t("sign-in.out")}
            </Button>
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
