// From a person whom the provider proved to an account of the site, or to the reason why not.

import { err, ok, type Result } from "../../core/base/result.ts";
import type { Account, AccountStore } from "./account-store.ts";
import type { Arrival, ProviderFailure } from "./provider.ts";
import type { Sessions } from "./sessions.ts";

export interface ProviderSignInOptions {
  readonly accounts: AccountStore;
  readonly sessions: Sessions;
  /** Whether a person who is new here gets an account. */
  readonly createAccounts: boolean;
}

/**
 * The account of the person, with the role that the provider's claims give now. It is found by issuer and subject alone, never by name; a link
 * joins an account that has none. Denies on any doubt.
 */
export async function accountOfArrival(arrival: Arrival, options: ProviderSignInOptions): Promise<Result<Account, ProviderFailure>> {
  const { accounts, sessions } = options;
  const { subject, access, invitation } = arrival;
  let account = accounts.list().find((one) => one.subject === subject);
  if (account?.disabled === true) return err("disabled");
  if (access === undefined) {
    // Who may no more is out at once, not when the session ends.
    if (account !== undefined) sessions.endAllOf(account.id);
    return err("no-access");
  }
  const { role, nation } = access;
  if (account === undefined && invitation !== undefined) {
    if (accounts.invited(invitation) === undefined) return err("expired");
    const redeemed = await accounts.redeem(invitation);
    if (!redeemed.ok) return err("expired");
    const joined = await accounts.change(redeemed.value.id, { subject });
    if (!joined.ok) return err("not-recorded");
    account = joined.value;
  }
  if (account === undefined) {
    // The first account is made by the link at the terminal only; a subject that was taken from an account comes back by a link only.
    if (!options.createAccounts || accounts.list().length === 0 || accounts.isRetired(subject)) return err("no-account");
    const name = arrival.name.normalize("NFKC").trim();
    if (!NAME.test(name)) return err("no-account");
    const made = await accounts.create({ name, role, subject, ...(nation === undefined ? {} : { nation }) });
    if (made.ok) return ok(made.value);
    return err(made.error.code === "name-taken" ? "name-taken" : "not-recorded");
  }
  if (account.role === role && account.nation === nation) return ok(account);
  const changed = await accounts.change(account.id, { role, nation });
  if (!changed.ok) return err(changed.error.code === "last-administrator" ? "no-access" : "not-recorded");
  sessions.endAllOf(account.id);
  return ok(changed.value);
}

/** As for names that people type: no control characters, nothing that turns the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not hold
const NAME = /^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]{2,80}$/;
