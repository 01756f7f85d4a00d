// Certificates made in a test, so that no private key lies in the repository.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

// Just enough DER to make certificates for a test, so that no private key lies in the repository.
const der = (tag: number, ...parts: (Uint8Array | number[])[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: (Uint8Array | number[])[]) => der(0x30, ...parts);
const ED25519 = sequence(der(0x06, [0x2b, 0x65, 0x70]));
const name = (text: string) => sequence(der(0x31, sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, Buffer.from(text)))));
const utc = (year: number) => der(0x17, Buffer.from(`${String(year % 100).padStart(2, "0")}0101000000Z`));
function certificate(subject: string, key: KeyObject, issuer: string, issuerKey: KeyObject, uri?: string): string {
  const extension = (id: number[], critical: boolean, value: Buffer) =>
    sequence(der(0x06, id), ...(critical ? [der(0x01, [0xff])] : []), der(0x04, value));
  const isAuthority = uri === undefined;
  const extensions = [
    extension([0x55, 0x1d, 0x13], true, sequence(...(isAuthority ? [der(0x01, [0xff])] : []))),
    ...(uri === undefined
      ? []
      : [extension([0x55, 0x1d, 0x11], false, sequence(der(0x86, Buffer.from(uri)), der(0x82, Buffer.from("localhost"))))]),
    extension(
      [0x55, 0x1d, 0x0e],
      false,
      der(
        0x04,
        createHash("sha1")
          .update(key.export({ type: "spki", format: "der" }))
          .digest(),
      ),
    ),
  ];
  const serial = randomBytes(8);
  serial[0] = 0x01;
  const body = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, serial),
    ED25519,
    name(issuer),
    sequence(utc(2020), utc(2049)),
    name(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signed = sequence(body, ED25519, der(0x03, [0], sign(null, body, issuerKey)));
  return `-----BEGIN CERTIFICATE-----\n${signed.toString("base64").replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
}

export interface Credentials {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly ca: string;
  /** A certificate for `subject` that also names `uri` and localhost. */
  issue(subject: string, uri: string): Credentials;
}

export function anAuthority(issuer = "Test authority"): Authority {
  const pair = generateKeyPairSync("ed25519");
  return {
    ca: certificate(issuer, pair.publicKey, issuer, pair.privateKey),
    issue: (subject, uri) => {
      const own = generateKeyPairSync("ed25519");
      return {
        cert: certificate(subject, own.publicKey, issuer, pair.privateKey, uri),
        key: own.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      };
    },
  };
}

/** Writes NAME.pem, NAME-key.pem and NAME-ca.pem into a folder; gives their paths. */
export function writeCredentials(folder: string, name: string, credentials: Credentials, ca: string) {
  const paths = {
    certificate: join(folder, `${name}.pem`),
    key: join(folder, `${name}-key.pem`),
    authority: join(folder, `${name}-ca.pem`),
  };
  writeFileSync(paths.certificate, credentials.cert);
  writeFileSync(paths.key, credentials.key);
  writeFileSync(paths.authority, ca);
  return paths;
}
