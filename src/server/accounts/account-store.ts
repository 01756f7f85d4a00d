// Who may sign in: one file in the data folder, written whole, synced and renamed, readable by the server's account only. Passwords are kept as
// Argon2id hashes, invitations as hashes of their tokens: nothing in the file lets anybody in.

import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Micros } from "../../core/base/units.ts";
import { ROLES, type Role } from "../../core/model/response.ts";

const PASSKEY = z.strictObject({
  /** base64url, as the browser names it. */
  id: z.string(),
  /** COSE key, base64url. */
  publicKey: z.string(),
  counter: z.number().int().min(0),
  transports: z.array(z.string()),
  addedAtUs: z.number(),
  label: z.string(),
});
const SOFTWARE_KEY = z.strictObject({
  id: z.string(),
  /** 32 octets of Ed25519, hexadecimal. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  addedAtUs: z.number(),
  label: z.string(),
});
const ACCOUNT = z.strictObject({
  /** "P7": a counter, never given twice, so that a new account inherits nothing of an old one. */
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  nation: z.string().optional(),
  passwordHash: z.string().optional(),
  passkeys: z.array(PASSKEY),
  softwareKeys: z.array(SOFTWARE_KEY),
  /** Subject of the configured identity provider. */
  subject: z.string().optional(),
  disabled: z.boolean(),
  createdAtUs: z.number(),
});
const INVITATION = z.strictObject({ tokenHash: z.string(), accountId: z.string(), expiresAtUs: z.number() });
const FILE = z.strictObject({
  version: z.literal(1),
  nextNumber: z.number().int().min(1),
  accounts: z.array(ACCOUNT),
  invitations: z.array(INVITATION),
  /** Subjects that were taken from an account: whoever has one needs a link to come back. */
  retiredSubjects: z.array(z.string()).optional(),
});

export type Passkey = z.infer<typeof PASSKEY>;
export type SoftwareKey = z.infer<typeof SOFTWARE_KEY>;
export type Account = z.infer<typeof ACCOUNT>;
type AccountFile = z.infer<typeof FILE>;

/** Why something is not done, for programs and for people. */
export interface AccountRefusal {
  readonly code: "name-taken" | "no-such-account" | "last-administrator" | "not-recorded" | "invitation-invalid" | "too-many";
  readonly message: string;
}
const refusal = (code: AccountRefusal["code"], message: string) => err<AccountRefusal>({ code, message });

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly nation?: string;
  readonly subject?: string;
}

export type AccountChange = Partial<
  Pick<Account, "role" | "nation" | "disabled" | "passwordHash" | "passkeys" | "softwareKeys" | "subject">
>;

export interface AccountStore {
  list(): readonly Account[];
  find(id: string): Account | undefined;
  /** Names are compared without regard to case and width. */
  byName(name: string): Account | undefined;
  create(account: NewAccount): Promise<Result<Account, AccountRefusal>>;
  change(id: string, change: AccountChange): Promise<Result<Account, AccountRefusal>>;
  /** A token that lets its holder set a password once; an earlier one for the same account ends. */
  invite(id: string, validForUs: number): Promise<Result<string, AccountRefusal>>;
  /** The account of a token that has not expired; the token is used up. */
  redeem(token: string): Promise<Result<Account, AccountRefusal>>;
  /** Whether this subject of the identity provider was taken from an account. */
  isRetired(subject: string): boolean;
  /** Whose token it is, without using it up. */
  invited(token: string): Account | undefined;
}

export interface AccountStoreOptions {
  readonly folder: string;
  /** UTC microseconds. */
  readonly now: () => Micros;
  /** Puts a change into the record before it takes effect; rejects when that is not possible, and then nothing changes. */
  readonly record: (account: Account, change: "created" | "changed") => Promise<void>;
}

const MAX_ACCOUNTS = 1000;

const folded = (name: string) => name.normalize("NFKC").trim().toLowerCase();
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/** Rejects with one clear sentence when the file exists and cannot be used: an unreadable file must not turn into a site without accounts. */
export async function openAccounts(options: AccountStoreOptions): Promise<AccountStore> {
  const path = join(options.folder, "accounts.json");
  let file = await readAccounts(path);
  let queue: Promise<unknown> = Promise.resolve();

  /** One change at a time: recorded, written, then in force. */
  function commit<Value>(
    make: (
      current: AccountFile,
    ) => Result<{ next: AccountFile; value: Value; about?: { account: Account; change: "created" | "changed" } }, AccountRefusal>,
  ): Promise<Result<Value, AccountRefusal>> {
    const run = async (): Promise<Result<Value, AccountRefusal>> => {
      const made = make(file);
      if (!made.ok) return made;
      try {
        if (made.value.about !== undefined) await options.record(made.value.about.account, made.value.about.change);
        await writeAccounts(options.folder, path, made.value.next);
      } catch (error) {
        return refusal("not-recorded", `the change could not be recorded: ${(error as Error).message}`);
      }
      file = made.value.next;
      return ok(made.value.value);
    };
    const done = queue.then(run, run);
    queue = done.catch(() => undefined);
    return done;
  }

  const find = (id: string) => file.accounts.find((account) => account.id === id);
  const byName = (name: string) => file.accounts.find((account) => folded(account.name) === folded(name));

  return {
    list: () => file.accounts,
    isRetired: (subject) => file.retiredSubjects?.includes(subject) === true,
    find,
    byName,
    create: (wanted) =>
      commit((current) => {
        if (byName(wanted.name) !== undefined) return refusal("name-taken", `there is an account named "${wanted.name}" already`);
        if (current.accounts.length >= MAX_ACCOUNTS) return refusal("too-many", `a site keeps at most ${MAX_ACCOUNTS} accounts`);
        const account: Account = {
          id: `P${current.nextNumber}`,
          name: wanted.name.normalize("NFKC").trim(),
          role: wanted.role,
          ...(wanted.nation === undefined ? {} : { nation: wanted.nation }),
          ...(wanted.subject === undefined ? {} : { subject: wanted.subject }),
          passkeys: [],
          softwareKeys: [],
          disabled: false,
          createdAtUs: options.now(),
        };
        const next = { ...current, nextNumber: current.nextNumber + 1, accounts: [...current.accounts, account] };
        return ok({ next, value: account, about: { account, change: "created" } });
      }),
    change: (id, change) =>
      commit((current) => {
        const before = find(id);
        if (before === undefined) return refusal("no-such-account", `there is no account ${id}`);
        const account: Account = { ...before, ...change };
        const accounts = current.accounts.map((one) => (one.id === id ? account : one));
        if (isAdministrator(before) && !accounts.some(isAdministrator)) {
          return refusal("last-administrator", "this is the last administrator: make another one first");
        }
        const invitations = account.disabled ? current.invitations.filter(({ accountId }) => accountId !== id) : current.invitations;
        const retired = (current.retiredSubjects ?? []).filter((subject) => subject !== account.subject);
        if (before.subject !== undefined && before.subject !== account.subject) retired.push(before.subject);
        const next = { ...current, accounts, invitations, retiredSubjects: retired };
        return ok({ next, value: account, about: { account, change: "changed" } });
      }),
    invite: (id, validForUs) =>
      commit((current) => {
        const account = find(id);
        if (account === undefined || account.disabled) return refusal("no-such-account", `there is no account ${id} that may sign in`);
        const token = randomBytes(32).toString("base64url");
        const others = current.invitations.filter(({ accountId, expiresAtUs }) => accountId !== id && expiresAtUs > options.now());
        const invitation = { tokenHash: hashOf(token), accountId: id, expiresAtUs: options.now() + validForUs };
        return ok({ next: { ...current, invitations: [...others, invitation] }, value: token });
      }),
    redeem: (token) =>
      commit((current) => {
        const account = invitedIn(current, token);
        if (account === undefined) return refusal("invitation-invalid", "this invitation was used already, has expired, or never was one");
        const invitations = current.invitations.filter(({ tokenHash }) => tokenHash !== hashOf(token));
        return ok({ next: { ...current, invitations }, value: account });
      }),
    invited: (token) => invitedIn(file, token),
  };

  function invitedIn(current: AccountFile, token: string): Account | undefined {
    const invitation = current.invitations.find(({ tokenHash }) => tokenHash === hashOf(token));
    if (invitation === undefined || invitation.expiresAtUs <= options.now()) return undefined;
    return current.accounts.find(({ id, disabled }) => id === invitation.accountId && !disabled);
  }
}

const isAdministrator = ({ role, disabled }: Account): boolean => role === "administrator" && !disabled;

async function readAccounts(path: string): Promise<AccountFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { version: 1, nextNumber: 1, accounts: [], invitations: [] };
    throw new Error(`the accounts in ${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return FILE.parse(JSON.parse(text));
  } catch {
    throw new Error(`the accounts in ${path} are damaged: bring the file back from a copy; deleting it takes everybody's access away`);
  }
}

async function writeAccounts(folder: string, path: string, content: AccountFile): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}.new`;
  const handle = await open(aside, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
