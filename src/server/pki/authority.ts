// A site's own certificate authority: one folder of PEM files. Nothing in it is ever overwritten; keys are readable by their owner only.

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../cli/command.ts";
import { type CertificateRequest, type KeyPair, keyText, makeCertificate, newKeyPair } from "./certificate.ts";
import { readRevocationList } from "./revocation-list.ts";

const AUTHORITY_DAYS = 3650;
/** The longest that every browser takes from an authority of one's own. */
export const LINK_DAYS = 825;

/** What a certificate is for. A sensor's or a nation's is shown by a client; a server's by this site. */
export type Holder =
  | { readonly kind: "sensor"; readonly id: string }
  | { readonly kind: "nation"; readonly id: string }
  | { readonly kind: "server"; readonly hosts: readonly string[] };

/** The name in a certificate that says whose it is; ports compare it with the site file. */
export const holderUri = (kind: "sensor" | "nation", id: string): string => `urn:picket:${kind}:${id}`;

export interface Issued {
  readonly fingerprint: string;
  readonly name: string;
  /** "sensor radar-1", "server picket.example". */
  readonly holder: string;
  /** "2029-02-26" */
  readonly until: string;
  readonly revoked: boolean;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const files = (folder: string, name: string) => ({ certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) });
const registerOf = (folder: string) => join(folder, "issued.txt");
const revokedOf = (folder: string) => join(folder, "revoked.txt");

/** Makes the authority. `now`: Unix milliseconds. Throws a UsageError when the folder holds one, or cannot be written. */
export function makeAuthority(folder: string, siteName: string, now: number): void {
  const { certificate, key } = files(folder, "authority");
  for (const path of [certificate, key, registerOf(folder), revokedOf(folder)])
    if (existsSync(path))
      throw new UsageError(`${path} exists already: an authority is made once; use "picket pki issue" for more certificates`);
  const pair = newKeyPair();
  const name = `${siteName} authority`;
  const text = makeCertificate({ name, publicKey: pair.publicKey, issuer: { name, pair }, now, days: AUTHORITY_DAYS, authority: true });
  writing(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writePair(folder, "authority", text, pair);
    writeFileSync(registerOf(folder), "# certificates of this authority: SHA-256, name, whose, until\n", { flag: "wx", mode: 0o644 });
    writeFileSync(revokedOf(folder), "# certificates that count no more: SHA-256, name, since, why\n", { flag: "wx", mode: 0o644 });
  });
}

/** Issues NAME.pem and NAME-key.pem. Throws a UsageError when the name is in use: one that is to be issued again is revoked first. */
export function issueCertificate(folder: string, name: string, holder: Holder, now: number, days = LINK_DAYS): Issued {
  const wrong = problemOf(name, holder, days);
  if (wrong !== undefined) throw new UsageError(wrong);
  const authority = readAuthority(folder);
  const standing = issuedBy(folder).find((one) => one.name === name && !one.revoked);
  if (standing !== undefined)
    throw new UsageError(
      `there is a certificate "${name}" already (${standing.holder}); "picket pki revoke ${name}" first, or choose another name`,
    );
  for (const path of Object.values(files(folder, name)))
    if (existsSync(path)) throw new UsageError(`${path} exists already, and nothing is overwritten`);
  const pair = newKeyPair();
  const request: CertificateRequest = {
    name: holder.kind === "server" ? holder.hosts[0]! : name,
    publicKey: pair.publicKey,
    issuer: authority,
    now,
    days,
    usages: holder.kind === "server" ? ["server"] : ["client"],
    ...(holder.kind === "server" ? { hosts: holder.hosts } : { uris: [holderUri(holder.kind, holder.id)] }),
  };
  const text = makeCertificate(request);
  const fingerprint = new X509Certificate(text).fingerprint256;
  const whose = holder.kind === "server" ? `server ${holder.hosts.join(",")}` : `${holder.kind} ${holder.id}`;
  const until = new Date(now + days * 86_400_000).toISOString().slice(0, 10);
  writing(folder, () => {
    // Known before it exists: a certificate that nobody noted could not be revoked by its name.
    appendFileSync(registerOf(folder), `${fingerprint}  ${name}  ${whose}  ${until}\n`);
    writePair(folder, name, text, pair);
  });
  return { fingerprint, name, holder: whose, until, revoked: false };
}

/** Revokes every certificate of this name that still counts; their files get another name. Throws a UsageError when there is none. */
export function revokeCertificate(folder: string, name: string, reason: string, now: number): readonly Issued[] {
  const standing = issuedBy(folder).filter((one) => one.name === name && !one.revoked);
  if (standing.length === 0) throw new UsageError(`there is no certificate "${name}" that still counts; see "picket pki list"`);
  const today = new Date(now).toISOString().slice(0, 10);
  // One line is one certificate.
  const why = reason.replace(/\s+/g, " ").trim();
  writing(folder, () => {
    for (const { fingerprint } of standing) appendFileSync(revokedOf(folder), `${fingerprint}  ${name}  ${today}  ${why}\n`);
    const short = standing[0]!.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
    const old = files(folder, name);
    const aside = files(folder, `${name}-revoked-${short}`);
    if (existsSync(old.certificate)) renameSync(old.certificate, aside.certificate);
    // The key of a certificate that counts no more is of no use to anybody.
    rmSync(old.key, { force: true });
  });
  return standing;
}

/** Every certificate that this authority issued, oldest first. Throws a UsageError when the folder holds no authority. */
export function issuedBy(folder: string): Issued[] {
  if (!existsSync(registerOf(folder))) throw new UsageError(`there is no authority in ${folder}: "picket pki init" makes one`);
  const revoked = readRevocationList(revokedOf(folder));
  return readFileSync(registerOf(folder), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [fingerprint = "", name = "", holder = "", until = ""] = line.split("  ");
      return { fingerprint, name, holder, until, revoked: revoked.has(fingerprint) };
    });
}

function readAuthority(folder: string): { name: string; pair: KeyPair } {
  const { certificate, key } = files(folder, "authority");
  try {
    const privateKey = createPrivateKey(readFileSync(key));
    const { subject, publicKey } = new X509Certificate(readFileSync(certificate));
    const pair = { privateKey, publicKey: createPublicKey(privateKey) };
    if (!publicKey.equals(pair.publicKey)) throw new Error("certificate and key are not of one pair");
    return { name: subject.replace(/^CN=/, ""), pair };
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(
      absent
        ? `there is no authority in ${folder}: "picket pki init" makes one`
        : `the authority in ${folder} cannot be used: ${(error as Error).message}`,
    );
  }
}

function problemOf(name: string, holder: Holder, days: number): string | undefined {
  if (!NAME.test(name)) return `expected a name of small letters, digits and hyphens, at most 40, found "${name}"`;
  if (!Number.isInteger(days) || days < 1 || days > AUTHORITY_DAYS) return `--days: expected a number from 1 to ${AUTHORITY_DAYS}`;
  if (holder.kind !== "server") return ID.test(holder.id) ? undefined : `expected the id of a ${holder.kind}, found "${holder.id}"`;
  const strange = holder.hosts.find((host) => !HOST.test(host));
  return strange === undefined ? undefined : `--host: expected a host name in small letters such as picket.example, found "${strange}"`;
}

/** The key first, and only where there is none: half a pair lets nobody in. */
function writePair(folder: string, name: string, text: string, pair: KeyPair): void {
  const { certificate, key } = files(folder, name);
  writeFileSync(key, keyText(pair.privateKey), { flag: "wx", mode: 0o600 });
  writeFileSync(certificate, text, { flag: "wx", mode: 0o644 });
}

function writing(folder: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new UsageError(`${folder} cannot be written: ${(error as Error).message}`);
  }
}
