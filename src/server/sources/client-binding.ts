// Whose link it is: the names in a verified certificate against the sensors and nations of the site file. A certificate of the right authority
// that is bound to nobody here is refused: an authority signs for many sites and for years.

import type { SiteFile } from "../configuration/site-schema.ts";
import type { TlsFiles } from "../configuration/tls-schema.ts";
import { holderUri } from "../pki/authority.ts";

/** Who the site file knows. */
export interface Parties {
  readonly sensors: readonly { readonly id: string; readonly key?: string | undefined; readonly source: string }[];
  readonly nations: readonly string[];
}

export const partiesOf = (file: Pick<SiteFile, "sensors" | "response">): Parties => ({
  sensors: file.sensors,
  nations: file.response?.nations.map(({ id }) => id) ?? [],
});

/** Binding of a port with client certificates; undefined where none are asked for. `source`: only its sensors may come; absent: all. */
export function portBinding(tls: TlsFiles | undefined, parties: Parties, source?: string): BindClient | undefined {
  if (tls?.clientAuthority === undefined) return undefined;
  const sensors = parties.sensors.filter((sensor) => source === undefined || sensor.source === source);
  // A nation that only the port names is known by that.
  const nations = new Set([...parties.nations, ...(tls.clients ?? []).flatMap(({ nation }) => nation ?? [])]);
  return createClientBinding({ clients: tls.clients, sensors, nations: [...nations] });
}

/** One line of `tls.clients`. */
export interface NamedClient {
  readonly name: string;
  readonly sensor?: string | undefined;
  readonly nation?: string | undefined;
}

export interface BindingOptions {
  /** Absent: by the name `urn:picket:sensor:ID` or `urn:picket:nation:ID` that `picket pki` writes. */
  readonly clients: readonly NamedClient[] | undefined;
  /** Those that may come over this port. */
  readonly sensors: readonly { readonly id: string; readonly key?: string | undefined }[];
  readonly nations: readonly string[];
}

export interface BoundClient {
  readonly kind: "sensor" | "nation";
  readonly id: string;
  /** What the picture is told that the other side proved: its own names, and the key under which the sensor reports. */
  readonly names: readonly string[];
}

/** Undefined: refused. `names`: those of a verified certificate. */
export type BindClient = (names: readonly string[]) => BoundClient | undefined;

export function createClientBinding({ clients, sensors, nations }: BindingOptions): BindClient {
  return (names) => {
    const bound: BoundClient[] = [];
    for (const { id, key } of sensors) {
      if (!isNamed("sensor", id, names, clients)) continue;
      // Other names of the certificate must not let one sensor report as another.
      bound.push({ kind: "sensor", id, names: key === undefined ? names : [holderUri("sensor", id), key] });
    }
    for (const id of nations) if (isNamed("nation", id, names, clients)) bound.push({ kind: "nation", id, names });
    // A certificate that names two parties proves neither.
    return bound.length === 1 ? bound[0] : undefined;
  };
}

const isNamed = (kind: "sensor" | "nation", id: string, names: readonly string[], clients: BindingOptions["clients"]): boolean =>
  clients === undefined
    ? names.includes(holderUri(kind, id))
    : clients.some((client) => client[kind] === id && names.includes(client.name));

export const UNBOUND = "sender whose certificate is bound to no sensor or nation here";
export const REVOKED = "sender with a revoked certificate";
