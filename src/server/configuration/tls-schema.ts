// Certificates of one TCP link in site.yaml, the same for sources and for outputs.

import { z } from "zod";

const file = (description: string) => z.string().min(1).optional().meta({ description });

export const tlsSchema = z
  .strictObject({
    certificate: file("PEM file of our certificate, relative to this file. Needed where we listen."),
    key: file("PEM file of its key."),
    clientAuthority: file(
      "Where we listen: PEM file of the authorities whose certificates a client must show. Absent: encrypted, but anybody may connect.",
    ),
    serverAuthority: file(
      "Where we connect: PEM file of the authorities of which one must have signed the server's certificate. Absent: the public ones.",
    ),
    serverName: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Where we connect: name in the server's certificate, when it is not the host." }),
  })
  .optional()
  .meta({ description: "TLS on this TCP link." });

export type TlsFiles = NonNullable<z.infer<typeof tlsSchema>>;

/** What is wrong with the files for a link of this direction; undefined when they fit. */
export function tlsProblem(tls: TlsFiles, way: "listen" | "connect"): string | undefined {
  if ((tls.certificate === undefined) !== (tls.key === undefined)) return "give certificate and key together";
  if (way === "connect") {
    return tls.clientAuthority === undefined ? undefined : "clientAuthority is for links that listen; this one connects: serverAuthority";
  }
  if (tls.certificate === undefined) return "a link that listens needs certificate and key";
  if (tls.serverAuthority !== undefined || tls.serverName !== undefined)
    return "serverAuthority and serverName are for links that connect; this one listens: clientAuthority";
  return undefined;
}
