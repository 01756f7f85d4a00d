// Mutual TLS of the SAPIENT ports: both sides show a certificate of one authority, and the names in the client's are what
// it may register as.

import { readFileSync } from "node:fs";
import type { PeerCertificate, SecureContextOptions, TLSSocket } from "node:tls";
import { UsageError } from "../cli/command.ts";

export interface TlsFiles {
  /** Paths of PEM files: our certificate and its key, and the authorities whose certificates the other side may show. */
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
}

/** Reads the files once; a file that cannot be read is one sentence for the person who configured it. */
export function loadTls(files: TlsFiles): SecureContextOptions {
  const read = (what: string, path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new UsageError(`tls ${what}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`);
    }
  };
  return {
    cert: read("certificate", files.certificate),
    key: read("key", files.key),
    ca: read("authorities", files.authorities),
    minVersion: "TLSv1.2",
  };
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
