// Where people and programs reach the console and the API in site.yaml, and what a bind beyond this machine needs.

import { isIP } from "node:net";
import { z } from "zod";
import { isLoopback } from "./endpoint.ts";

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

export const httpSchema = z
  .strictObject({
    bind: z
      .string()
      .refine((text) => isIP(text) !== 0, "an address of this machine such as 127.0.0.1, 0.0.0.0 or ::")
      .default("127.0.0.1")
      .meta({ description: "Address that the console and the API are bound to. Beyond this machine it needs certificate, key and hosts." }),
    port: z.int().min(0).max(65_535).optional().meta({ description: "Port, when the command line and the environment's PORT say none." }),
    hosts: z
      .array(z.string().refine((text) => HOST_NAME.test(text) && isIP(text) === 0, "a host name in small letters, such as picket.example"))
      .max(8)
      .default([])
      .meta({
        description:
          "Names by which people open the console; the first is shown at the start. A request under any other name is refused. Passkeys belong to a name.",
      }),
    certificate: z.string().min(1).optional().meta({ description: "PEM file of the server's certificate, relative to this one." }),
    key: z.string().min(1).optional().meta({ description: "PEM file of its key. Changed files count within seconds, without a restart." }),
  })
  .default({ bind: "127.0.0.1", hosts: [] })
  .meta({ description: "The console and the API." });

export type HttpFile = z.infer<typeof httpSchema>;

/** Why the console may not be opened so; undefined when it may. `path`: the key that is wrong. */
export function httpProblem(http: HttpFile): { readonly path: "bind" | "certificate"; readonly message: string } | undefined {
  if ((http.certificate === undefined) !== (http.key === undefined))
    return { path: "certificate", message: "give certificate and key together" };
  if (isLoopback(http.bind) || (http.certificate !== undefined && http.hosts.length > 0)) return undefined;
  return {
    path: "bind",
    message: `the console at ${http.bind} is open to the network: give certificate and key, and in hosts the name by which people open it`,
  };
}
