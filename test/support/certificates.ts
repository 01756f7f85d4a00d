// Certificates made in a test by the product's own writer, so that no private key lies in the repository.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyText, makeCertificate, newKeyPair } from "../../src/server/pki/certificate.ts";

const DAYS = 30;

export interface Credentials {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly ca: string;
  /** A certificate for `subject`, on both sides of a link, that also names `uri` and localhost. */
  issue(subject: string, uri: string): Credentials;
}

export function anAuthority(name = "Test authority"): Authority {
  const pair = newKeyPair();
  const issuer = { name, pair };
  const now = Date.now();
  return {
    ca: makeCertificate({ name, publicKey: pair.publicKey, issuer, now, days: DAYS, authority: true }),
    issue: (subject, uri) => {
      const { publicKey, privateKey } = newKeyPair();
      const names = { hosts: ["localhost"], uris: [uri], usages: ["server", "client"] as const };
      return { cert: makeCertificate({ name: subject, publicKey, issuer, now, days: DAYS, ...names }), key: keyText(privateKey) };
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
