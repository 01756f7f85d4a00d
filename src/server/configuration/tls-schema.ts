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
    clients: z
      .array(
        z
          .strictObject({
            name: z.string().min(1).max(200).meta({ description: "Common name or alternative name in the certificate." }),
            sensor: z.string().min(1).optional().meta({ description: "Id of the sensor whose link it is." }),
            nation: z.string().min(1).optional().meta({ description: "Id of the nation whose link it is." }),
          })
          .refine(({ sensor, nation }) => (sensor === undefined) !== (nation === undefined), "give sensor or nation"),
      )
      .max(1000)
      .optional()
      .meta({
        description:
          "Whose certificate is whose. Absent: by the name urn:picket:sensor:ID or urn:picket:nation:ID that `picket pki` writes. A certificate that is bound to no sensor of the port and no nation of the site is refused.",
      }),
    revoked: file(
      "Where we listen: list of certificates that count no more, as `picket pki revoke` writes it. Links are cut within seconds.",
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
    const key = (["clientAuthority", "clients", "revoked"] as const).find((each) => tls[each] !== undefined);
    return key === undefined ? undefined : `${key} is for links that listen; this one connects: serverAuthority`;
  }
  if (tls.certificate === undefined) return "a link that listens needs certificate and key";
  if (tls.clientAuthority === undefined && (tls.clients !== undefined || tls.revoked !== undefined))
    return "clients and revoked need clientAuthority: without it no client shows a certificate";
  if (tls.serverAuthority !== undefined || tls.serverName !== undefined)
    return "serverAuthority and serverName are for links that connect; this one listens: clientAuthority";
  return undefined;
}
