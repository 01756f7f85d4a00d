// TLS of the site's TCP links: who we are, and whose certificates the other side may show. The names in a verified certificate
// are what the other side may call itself.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConnectionOptions, PeerCertificate, TLSSocket, TlsOptions } from "node:tls";
import { UsageError } from "../cli/command.ts";
import type { TlsFiles } from "../configuration/tls-schema.ts";

/** A peer that does not finish its handshake is given up. */
const HANDSHAKE_TIMEOUT = 10_000; // ms

/** For a port that others connect to. Without `clientAuthority` the link is encrypted and anybody may connect. */
export function listenTls(files: TlsFiles, folder: string): TlsOptions {
  return {
    ...credentialsOf(files, folder),
    ...(files.clientAuthority === undefined ? {} : { ca: read("clientAuthority", folder, files.clientAuthority) }),
    requestCert: files.clientAuthority !== undefined,
    rejectUnauthorized: files.clientAuthority !== undefined,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    minVersion: "TLSv1.2",
  };
}

/** For a link that we open. The other side is always verified: by `serverAuthority`, or by the authorities that come with Node. */
export function connectTls(files: TlsFiles, folder: string): ConnectionOptions {
  return {
    ...credentialsOf(files, folder),
    ...(files.serverAuthority === undefined ? {} : { ca: read("serverAuthority", folder, files.serverAuthority) }),
    ...(files.serverName === undefined ? {} : { servername: files.serverName }),
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
  };
}

function credentialsOf(files: TlsFiles, folder: string): { cert?: Buffer; key?: Buffer } {
  if (files.certificate === undefined || files.key === undefined) return {};
  return { cert: read("certificate", folder, files.certificate), key: read("key", folder, files.key) };
}

/** A file that cannot be read is one sentence for the person who configured it. */
function read(what: string, folder: string, path: string): Buffer {
  const whole = resolve(folder, path);
  try {
    return readFileSync(whole);
  } catch (error) {
    throw new UsageError(`tls ${what}: ${whole} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
  }
}

/** Names that a verified peer proved: common name and alternative names. Undefined when nothing was verified. */
export function identityOf(socket: TLSSocket): readonly string[] | undefined {
  if (!socket.authorized) return undefined;
  const certificate: PeerCertificate = socket.getPeerCertificate();
  if (certificate.subject === undefined) return undefined;
  const { CN } = certificate.subject;
  const common = Array.isArray(CN) ? (CN as string[]) : CN === undefined ? [] : [CN];
  const alternatives = (certificate.subjectaltname ?? "")
    .split(", ")
    .map((entry) => entry.replace(/^(DNS|URI):/, ""))
    .filter((name) => name !== "");
  return [...common, ...alternatives];
}
