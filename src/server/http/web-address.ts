// How the console is reached: read from the site's configuration once, and used by everything that has to know.

import { X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { createSecureContext } from "node:tls";
import { UsageError } from "../cli/command.ts";
import { isLoopback } from "../configuration/endpoint.ts";
import type { LoadedSite } from "../configuration/load-site.ts";
import { type ReloadableTls, reloadableListenTls } from "../sources/tls.ts";

export interface WebAddress {
  /** It speaks HTTPS. */
  readonly secure: boolean;
  /** It answers to this machine only. */
  readonly local: boolean;
  readonly tls: ReloadableTls | undefined;
  /** What people open; `port` as it was bound. */
  url(port: number): string;
  /** One sentence when the certificate is over or soon will be. `now`: UTC microseconds. */
  warning(now: number): string | undefined;
}

const SOON = 30 * 86_400; // s

/** Throws a UsageError when the certificate or its key cannot be read, or they are not of one pair. */
export function webAddress({ file, path }: LoadedSite): WebAddress {
  const { bind, hosts, certificate, key } = file.http;
  const tls = certificate === undefined || key === undefined ? undefined : reloadableListenTls({ certificate, key }, dirname(path));
  if (tls !== undefined) {
    try {
      createSecureContext(tls.options);
    } catch (error) {
      throw new UsageError(`http: certificate and key cannot be used together (${(error as Error).message})`);
    }
  }
  const secure = tls !== undefined;
  return {
    secure,
    local: isLoopback(bind),
    tls,
    warning: (now) => {
      if (tls === undefined) return undefined;
      const until = new X509Certificate(tls.options.cert as Buffer).validTo;
      const left = Date.parse(until) / 1000 - now / 1_000_000;
      if (left > SOON) return undefined;
      return `the console's certificate ${left < 0 ? "is over since" : "counts only until"} ${until}: browsers ${left < 0 ? "refuse" : "will refuse"} it`;
    },
    url: (port) => {
      const usual = port === (secure ? 443 : 80);
      return `${secure ? "https" : "http"}://${hosts[0] ?? "localhost"}${usual ? "" : `:${port}`}`;
    },
  };
}
