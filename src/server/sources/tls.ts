// TLS of the site's TCP links: who we are, and whose certificates the other side may show. The names in a verified certificate
// are what the other side may call itself.

import { createHash } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { resolve } from "node:path";
import { type ConnectionOptions, createSecureContext, type PeerCertificate, type TLSSocket, type TlsOptions } from "node:tls";
import { UsageError } from "../cli/command.ts";
import type { TlsFiles } from "../configuration/tls-schema.ts";
import { readRevocationList } from "../pki/revocation-list.ts";

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

/** How often the files of a port are looked at, ms: a new certificate counts within that time, without a restart. */
const LOOK_AGAIN = 2_000;

export interface ReloadableTls {
  /** As the files are now. */
  readonly options: TlsOptions;
  /**
   * Looks at the files again and again. `changed` gets the new options when one of them changed and they fit together; with `withdrawn` the
   * authorities of the clients changed, and who was let in by the old ones has to show a certificate again. While they do not fit
   * (a new certificate whose key is still being copied) the old ones stay, and `failed` gets a sentence. `revoked` is called when the list of
   * revoked certificates changed; one that cannot be read changes nothing, and `failed` gets a sentence. Returns how to stop.
   */
  watch(changed: (options: TlsOptions, withdrawn: boolean) => void, failed: (message: string) => void, revoked?: () => void): () => void;
  /** Whether the certificate of a client counts no more, or none was shown. */
  isRevoked(socket: TLSSocket): boolean;
}

/** `listenTls` whose files may change while the port is open. `lookAgain`: milliseconds between two looks. */
export function reloadableListenTls(files: TlsFiles, folder: string, lookAgain = LOOK_AGAIN): ReloadableTls {
  const paths = [files.certificate, files.key, files.clientAuthority].flatMap((path) =>
    path === undefined ? [] : [resolve(folder, path)],
  );
  const options = listenTls(files, folder);
  const list = files.revoked === undefined ? undefined : resolve(folder, files.revoked);
  let revokedNow: ReadonlySet<string> = list === undefined ? new Set() : firstList(list);
  return {
    options,
    isRevoked: (socket) => {
      if (list === undefined) return false;
      const { fingerprint256 } = socket.getPeerCertificate();
      return fingerprint256 === undefined || revokedNow.has(fingerprint256);
    },
    watch: (changed, failed, revoked) => {
      let current = options;
      const look = (): void => {
        try {
          const fresh = listenTls(files, folder);
          if (digest(fresh.cert, fresh.key, fresh.ca) === digest(current.cert, current.key, current.ca)) return;
          createSecureContext(fresh); // throws when certificate and key are not of one pair
          const withdrawn = digest(fresh.ca) !== digest(current.ca);
          current = fresh;
          changed(fresh, withdrawn);
        } catch (error) {
          failed(`the certificates on the disk are not used: ${(error as Error).message}`);
        }
      };
      // Asked of the system by name each time: a file that is replaced by renaming, or through a link, is seen as well.
      for (const path of paths) watchFile(path, { interval: lookAgain, persistent: false }, look);
      // Read each time rather than asked for its time: a change that falls between two looks in the same moment is seen as well.
      const lookAtList = (): void => {
        try {
          const fresh = readRevocationList(list!);
          if (fresh.size === revokedNow.size && [...fresh].every((fingerprint) => revokedNow.has(fingerprint))) return;
          revokedNow = fresh;
          revoked?.();
        } catch (error) {
          failed(`the list of revoked certificates is not read again: ${(error as Error).message}`);
        }
      };
      const listTimer = list === undefined ? undefined : setInterval(lookAtList, lookAgain);
      listTimer?.unref();
      return () => {
        for (const path of paths) unwatchFile(path, look);
        clearInterval(listTimer);
      };
    },
  };
}

/** At the start a list that cannot be read is told and refused: whom it names must not get in. */
function firstList(path: string): ReadonlySet<string> {
  try {
    return readRevocationList(path);
  } catch (error) {
    throw new UsageError(`tls revoked: ${(error as Error).message}`);
  }
}

/** `connectTls` read anew for each attempt; where the files cannot be read any more, or do not fit together, as they were. */
export function reloadableConnectTls(files: TlsFiles, folder: string): () => ConnectionOptions {
  let current = connectTls(files, folder);
  return () => {
    try {
      const fresh = connectTls(files, folder);
      createSecureContext(fresh);
      current = fresh;
    } catch {
      // The attempt tells whether the old ones still do.
    }
    return current;
  };
}

function digest(...parts: readonly unknown[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(Buffer.isBuffer(part) ? createHash("sha256").update(part).digest() : Buffer.alloc(32));
  return hash.digest("hex");
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
