// What a person signed, checked here in the shell; the picture gets the verdict, and with it what lets anybody check it again.

import { createHash, createPublicKey, verify } from "node:crypto";
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { Micros } from "../../core/base/units.ts";
import type { SignatureVerdict } from "../../core/model/response.ts";
import type { Account, Passkey } from "./account-store.ts";
import type { PasskeyCeremony, RelyingParty } from "./passkey-ceremony.ts";

/** DER head of an Ed25519 SubjectPublicKeyInfo, RFC 8410 section 4. */
const ED25519_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** In front of the hash that a software key signs, so that no other text can be taken for an approval. */
export const APPROVAL_DOMAIN = "picket-approval-v1\n";

/** What a browser's authenticator answered to a challenge. */
export interface AssertionAnswer {
  readonly id: string;
  readonly response: { readonly clientDataJSON: string; readonly authenticatorData: string; readonly signature: string };
}

/**
 * Checks that `account` signed `hash` (64 hexadecimal digits) with one of its passkeys, the person present and verified. The refusal is one
 * sentence. A passkey of somebody else is refused whoever is signed in.
 */
export async function checkPasskeySignature(
  ceremony: PasskeyCeremony,
  account: Account,
  party: RelyingParty,
  answer: AssertionAnswer,
  hash: string,
  now: Micros,
): Promise<Result<{ readonly verdict: SignatureVerdict; readonly passkey: Passkey }, string>> {
  const challenge = Buffer.from(hash, "hex").toString("base64url");
  const verified = await ceremony.verify([account], party, answer, challenge);
  if (!verified.ok) return verified;
  const { passkey } = verified.value;
  const { clientDataJSON, authenticatorData, signature } = answer.response;
  const proof = {
    publicKey: spkiOfCose(Buffer.from(passkey.publicKey, "base64url")).toString("base64url"),
    clientDataJson: clientDataJSON,
    authenticatorData,
    signature,
    relyingParty: party.id,
  };
  return ok({ verdict: verdictOf(account, "passkey", passkey.id, hash, Buffer.from(signature, "base64url"), now, proof), passkey });
}

/** The same with an Ed25519 key in software; `signature` is base64url over APPROVAL_DOMAIN and the hash in hexadecimal. */
export function checkSoftwareSignature(
  account: Account,
  keyId: string,
  signature: string,
  hash: string,
  now: Micros,
): Result<SignatureVerdict, string> {
  const key = account.softwareKeys.find(({ id }) => id === keyId);
  if (key === undefined) return err(`your account has no key ${keyId}`);
  const spki = Buffer.concat([ED25519_HEAD, Buffer.from(key.publicKey, "hex")]);
  const octets = Buffer.from(signature, "base64url");
  const right = verify(
    null,
    Buffer.from(APPROVAL_DOMAIN + hash, "utf8"),
    createPublicKey({ key: spki, format: "der", type: "spki" }),
    octets,
  );
  if (!right) return err("the signature is not of this text, or not of this key");
  return ok(verdictOf(account, "ed25519", key.id, hash, octets, now, { publicKey: spki.toString("base64url"), signature }));
}

function verdictOf(
  account: Account,
  method: SignatureVerdict["method"],
  credentialId: string,
  signedHash: string,
  signature: Uint8Array,
  signedAt: Micros,
  proof: Readonly<Record<string, string>>,
): SignatureVerdict {
  return {
    method,
    credentialId,
    personId: account.id,
    nation: account.nation ?? "",
    role: account.role,
    verified: true,
    signedHash,
    signatureId: createHash("sha256").update(signature).digest("hex"),
    signedAt,
    proof,
  };
}

// COSE key parameters, RFC 9053 and RFC 8230: kty 1 OKP, 2 EC2, 3 RSA; -1 curve or n, -2 x or e, -3 y.
const KTY = 1;
const CURVES: Readonly<Record<number, string>> = { 1: "P-256", 2: "P-384", 3: "P-521", 6: "Ed25519" };

/** SubjectPublicKeyInfo (DER) of a COSE key, which a verifier without a COSE library can read. Throws on a key type that is none of these. */
export function spkiOfCose(cose: Uint8Array): Buffer {
  const key = decodeCredentialPublicKey(new Uint8Array(cose)) as unknown as ReadonlyMap<number, unknown>;
  const octets = (label: number) => Buffer.from(key.get(label) as Uint8Array).toString("base64url");
  const curve = CURVES[key.get(-1) as number];
  const jwk =
    key.get(KTY) === 3
      ? { kty: "RSA", n: octets(-1), e: octets(-2) }
      : key.get(KTY) === 2
        ? { kty: "EC", crv: curve, x: octets(-2), y: octets(-3) }
        : { kty: "OKP", crv: curve, x: octets(-2) };
  return createPublicKey({ key: jwk, format: "jwk" }).export({ format: "der", type: "spki" });
}
