// The server's half of WebAuthn: challenges that count once and for two minutes, and the checks of `@simplewebauthn/server`.

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Account, Passkey } from "./account-store.ts";

/** Where the browser is: passkeys belong to a host name, and an address in digits has none. */
export interface RelyingParty {
  /** "localhost", "picket.example". */
  readonly id: string;
  /** "http://localhost:8080". */
  readonly origin: string;
}

const CHALLENGE_LIFE = 120_000_000; // us
const MAX_CHALLENGES = 5000;

export interface PasskeyCeremony {
  registrationOptions(account: Account, party: RelyingParty): Promise<unknown>;
  /** The new passkey; the refusal is one sentence. */
  register(account: Account, party: RelyingParty, response: unknown, label: string): Promise<Result<Passkey, string>>;
  /** `account` undefined: whoever has a passkey for this host. `challenge`: 32 octets that are to be signed; otherwise random ones. */
  assertionOptions(account: Account | undefined, party: RelyingParty, challenge?: Uint8Array): Promise<unknown>;
  /**
   * The passkey whose assertion this is, with its new counter. `challenge`: base64url that must have been signed, when it is not one that
   * was handed out here.
   */
  verify(accounts: readonly Account[], party: RelyingParty, response: unknown, challenge?: string): Promise<Result<Verified, string>>;
}

export interface Verified {
  readonly account: Account;
  readonly passkey: Passkey;
}

/** `now`: UTC microseconds. */
export function createPasskeyCeremony(now: () => number): PasskeyCeremony {
  const challenges = new Map<string, number>();
  const remember = (challenge: string) => {
    challenges.set(challenge, now() + CHALLENGE_LIFE);
    for (const [old, until] of challenges) {
      if (until >= now() && challenges.size <= MAX_CHALLENGES) break;
      challenges.delete(old);
    }
  };
  /** True once for each challenge that was handed out and has not expired. */
  const use = (challenge: string): boolean => {
    const until = challenges.get(challenge);
    challenges.delete(challenge);
    return until !== undefined && until >= now();
  };

  return {
    registrationOptions: async (account, party) => {
      const options = await generateRegistrationOptions({
        rpName: "Picket",
        rpID: party.id,
        userName: account.name,
        userDisplayName: account.name,
        userID: new Uint8Array(Buffer.from(account.id)),
        excludeCredentials: account.passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      });
      remember(options.challenge);
      return options;
    },
    register: async (_account, party, response, label) => {
      try {
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          response: response as RegistrationResponseJSON,
          expectedChallenge: use,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
        });
        if (!verified) return err("the passkey's answer is not right");
        const { credential } = registrationInfo;
        return ok({
          id: credential.id,
          publicKey: Buffer.from(credential.publicKey).toString("base64url"),
          counter: credential.counter,
          transports: [...(credential.transports ?? [])],
          addedAtUs: now(),
          label,
        });
      } catch (error) {
        return err(`the passkey's answer is not right: ${(error as Error).message}`);
      }
    },
    assertionOptions: async (account, party, challenge) => {
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        userVerification: "required",
        ...(challenge === undefined ? {} : { challenge: new Uint8Array(challenge) }),
        ...(account === undefined
          ? {}
          : { allowCredentials: account.passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })) }),
      });
      if (challenge === undefined) remember(options.challenge);
      return options;
    },
    verify: async (accounts, party, response, challenge) => {
      const id = (response as { id?: unknown } | null)?.id;
      const account = accounts.find(({ passkeys, disabled }) => !disabled && passkeys.some((one) => one.id === id));
      const passkey = account?.passkeys.find((one) => one.id === id);
      if (account === undefined || passkey === undefined) return err("nobody here has this passkey");
      try {
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: response as AuthenticationResponseJSON,
          expectedChallenge: challenge ?? use,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
          credential: {
            id: passkey.id,
            publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
            counter: passkey.counter,
            transports: passkey.transports as never,
          },
        });
        if (!verified) return err("the passkey's answer is not right");
        return ok({ account, passkey: { ...passkey, counter: authenticationInfo.newCounter } });
      } catch (error) {
        return err(`the passkey's answer is not right: ${(error as Error).message}`);
      }
    },
  };
}
