// The site's signing key: Ed25519, made on first start, kept in <data>/keys where only the server's account reads it.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signOctets,
  verify as verifyOctets,
} from "node:crypto";
import { mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { fromHex, toHex } from "../../core/base/hex.ts";

export interface SiteKey {
  /** The raw 32 octets of the public key, hexadecimal. */
  readonly publicKey: string;
  /** First 16 hexadecimal digits of the SHA-256 of the raw public key. */
  readonly keyId: string;
  sign(octets: Uint8Array): Uint8Array;
}

const FILE = "site-key.pem";

/**
 * Reads the key in `directory`, or makes one when there is none. The private key is PKCS #8 PEM with mode 0600.
 * Rejects with one clear sentence when the file cannot be used or when others than its owner may read it.
 */
export async function loadSiteKey(directory: string): Promise<SiteKey> {
  const path = join(directory, FILE);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    return siteKeyOf(await readPrivateKey(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  // Written aside and renamed, so that a crash leaves no half of a key.
  const aside = `${path}.${process.pid}.new`;
  const handle = await open(aside, "wx", 0o600);
  try {
    await handle.writeFile(privateKey.export({ format: "pem", type: "pkcs8" }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return siteKeyOf(privateKey);
}

async function readPrivateKey(path: string): Promise<KeyObject> {
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new Error(`the site's private key ${path} may be read by others: run chmod 600 on it, and make a new key if it was copied`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(await readFile(path));
  } catch (error) {
    throw new Error(`the site's private key ${path} cannot be read: ${(error as Error).message}`);
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`the site's private key ${path} is not an Ed25519 key`);
  return key;
}

/** A key pair as the journal uses it; `privateKey` is Ed25519. */
export function siteKeyOf(privateKey: KeyObject): SiteKey {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const raw = spki.subarray(spki.length - 32);
  return { publicKey: toHex(raw), keyId: keyIdOf(raw), sign: (octets) => signOctets(null, octets, privateKey) };
}

export const keyIdOf = (rawPublicKey: Uint8Array): string => createHash("sha256").update(rawPublicKey).digest("hex").slice(0, 16);

/** DER head of an Ed25519 SubjectPublicKeyInfo, RFC 8410 section 4; the 32 raw octets follow. */
const SPKI_HEAD = "302a300506032b6570032100";

/** The newest key that was asked for: all segments of a journal name the same, and making the object costs half a check. */
let newest: { readonly publicKey: string; readonly key: KeyObject } | undefined;

/** Checks signatures of the key with this raw public key (64 hexadecimal digits); undefined when it is none. */
export function signatureChecker(publicKey: string): ((octets: Uint8Array, signature: Uint8Array) => boolean) | undefined {
  if (newest?.publicKey === publicKey) {
    const { key } = newest;
    return (octets, signature) => verifyOctets(null, octets, key, signature);
  }
  const raw = fromHex(publicKey);
  const head = fromHex(SPKI_HEAD);
  if (raw === undefined || raw.length !== 32 || head === undefined) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.concat([head, raw]), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
  newest = { publicKey, key };
  return (octets, signature) => verifyOctets(null, octets, key, signature);
}
