// X.509 certificates (RFC 5280) of a site's own authority: ECDSA on P-256 with SHA-256, which browsers, sensors and Node all take.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { bitString, der, integer, objectIdentifier, octetString, sequence, setOf, time, utf8, yes } from "./der.ts";

const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const COMMON_NAME = objectIdentifier("2.5.4.3");
const USAGES = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;
/** KeyUsage, bit 0 first: digitalSignature; keyCertSign and cRLSign. */
const SIGNS_DATA = bitString([0b1000_0000], 7);
const SIGNS_CERTIFICATES = bitString([0b0000_0110], 1);
/** A clock that is a little behind must not refuse a new certificate. */
const BACKDATED = 3_600_000; // ms

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const newKeyPair = (): KeyPair => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** PKCS #8, PEM. */
export const keyText = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }) as string;

export interface CertificateRequest {
  /** Common name. */
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly pair: KeyPair };
  /** Unix milliseconds. */
  readonly now: number;
  readonly days: number;
  /** Signs certificates of others, but makes no further authority; without it the certificate is for a link. */
  readonly authority?: boolean;
  readonly usages?: readonly (keyof typeof USAGES)[];
  /** Alternative names. */
  readonly hosts?: readonly string[];
  readonly uris?: readonly string[];
}

/** PEM. Its serial number is random, 127 bits: no two are alike, and none says how many there are. */
export function makeCertificate(request: CertificateRequest): string {
  const { issuer, now, days, authority = false, usages = [], hosts = [], uris = [] } = request;
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const alternatives = [...uris.map((uri) => der(0x86, Buffer.from(uri))), ...hosts.map((host) => der(0x82, Buffer.from(host)))];
  const extensions = [
    extension("2.5.29.19", sequence(...(authority ? [yes(), integer([0])] : [])), true),
    extension("2.5.29.15", authority ? SIGNS_CERTIFICATES : SIGNS_DATA, true),
    ...(usages.length === 0 ? [] : [extension("2.5.29.37", sequence(...usages.map((usage) => objectIdentifier(USAGES[usage]))))]),
    extension("2.5.29.14", octetString(keyId(request.publicKey))),
    extension("2.5.29.35", sequence(der(0x80, keyId(issuer.pair.publicKey)))),
    ...(alternatives.length === 0 ? [] : [extension("2.5.29.17", sequence(...alternatives))]),
  ];
  const content = sequence(
    der(0xa0, integer([2])), // version 3
    integer(serial),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(time(now - BACKDATED), time(now + days * 86_400_000)),
    nameOf(request.name),
    request.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signed = sequence(content, ECDSA_WITH_SHA256, bitString(sign("sha256", content, issuer.pair.privateKey)));
  return `-----BEGIN CERTIFICATE-----\n${signed.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
}

const nameOf = (name: string): Buffer => sequence(setOf(sequence(COMMON_NAME, utf8(name))));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectIdentifier(id), ...(critical ? [yes()] : []), octetString(value));

/** RFC 5280, 4.2.1.2 leaves the method open; this one only has to be the same in both places. */
const keyId = (key: KeyObject): Buffer =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);
