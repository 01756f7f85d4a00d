// picket pki: the site's own certificate authority, without any other program.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Holder, type Issued, issueCertificate, issuedBy, LINK_DAYS, makeAuthority, revokeCertificate } from "../pki/authority.ts";
import { type CliCommand, UsageError } from "./command.ts";

export const pkiCommand: CliCommand = {
  name: "pki",
  summary: "make the site's own certificates: console, sensors, partners",
  help: `Usage: picket pki init --host NAME [--host NAME]... [--sensor ID]... [--nation ID]... [options]
       picket pki issue NAME (--sensor ID | --nation ID | --host NAME...) [options]
       picket pki revoke NAME [--reason TEXT] [options]
       picket pki list [options]

init makes an authority and a certificate for the console's host name, and one for each sensor and nation that is named.
issue makes NAME.pem and NAME-key.pem. A certificate names the sensor or nation whose link it is, and ports compare it with the site file.
revoke adds to revoked.txt: ports that name this list (tls: revoked) cut the links of the certificate within seconds.
Nothing is ever overwritten. Keys are readable by their owner only. Keep authority-key.pem off the server: only issuing needs it.

Options:
  --dir DIR      folder of the authority (default ./pki)
  --host NAME    name by which people open the console, or of a server
  --sensor ID    id of a sensor in the site file
  --nation ID    id of a nation in the site file
  --site NAME    in the authority's own name (init; default: the first host)
  --days N       how long a certificate counts (default ${LINK_DAYS})
  --reason TEXT  noted with a revocation

Examples:
  picket pki init --host picket.example --sensor radar-1 --nation north
  picket pki issue radar-2 --sensor radar-2
  picket pki revoke radar-2 --reason stolen

Exit codes: 0 done; 2 not done (the reason is one sentence).`,
  run: async (argv) => {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        dir: { type: "string", default: "pki" },
        host: { type: "string", multiple: true, default: [] },
        sensor: { type: "string", multiple: true, default: [] },
        nation: { type: "string", multiple: true, default: [] },
        site: { type: "string" },
        days: { type: "string", default: String(LINK_DAYS) },
        reason: { type: "string", default: "" },
      },
    });
    const [act, name, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`there is one word too many: ${more[0]}`);
    const folder = resolve(values.dir);
    const now = Date.now();
    const days = Number(values.days);
    const say = (line: string) => console.log(line);
    const told = ({ name: issued, holder, until }: Issued) =>
      say(`${join(values.dir, `${issued}.pem`)}: ${holder}, until ${until}; key in ${join(values.dir, `${issued}-key.pem`)}`);
    const clients = [
      ...values.sensor.map((id): Holder & { id: string } => ({ kind: "sensor", id })),
      ...values.nation.map((id): Holder & { id: string } => ({ kind: "nation", id })),
    ];
    switch (act) {
      case "init": {
        if (name !== undefined) throw new UsageError(`init takes no name; found "${name}"`);
        if (values.host.length === 0)
          throw new UsageError("--host: give the name by which people open the console, such as picket.example");
        const twice = clients
          .map(({ id }) => id)
          .find((id, index, all) => all.indexOf(id) !== index || ["server", "authority"].includes(id));
        if (twice !== undefined)
          throw new UsageError(`"${twice}" would be the name of two certificates: issue one of them by "picket pki issue"`);
        makeAuthority(folder, values.site ?? values.host[0]!, now);
        say(`${join(values.dir, "authority.pem")}: the authority; browsers, sensors and partners have to trust it`);
        told(issueCertificate(folder, "server", { kind: "server", hosts: values.host }, now, days));
        for (const holder of clients) told(issueCertificate(folder, holder.id, holder, now, days));
        say(`\nIn the site file, with paths that count from its folder:
  http: { bind: 0.0.0.0, hosts: [${values.host.join(", ")}], certificate: ${values.dir}/server.pem, key: ${values.dir}/server-key.pem }
and at each listening source:
    tls: { certificate: ${values.dir}/server.pem, key: ${values.dir}/server-key.pem, clientAuthority: ${values.dir}/authority.pem, revoked: ${values.dir}/revoked.txt }`);
        return 0;
      }
      case "issue": {
        if (name === undefined) throw new UsageError("give the name of the certificate: picket pki issue NAME --sensor ID");
        const holders: Holder[] = values.host.length === 0 ? clients : [...clients, { kind: "server", hosts: values.host }];
        if (holders.length !== 1) throw new UsageError("give exactly one of --sensor, --nation and --host: a certificate is one party's");
        told(issueCertificate(folder, name, holders[0]!, now, days));
        return 0;
      }
      case "revoke": {
        if (name === undefined) throw new UsageError("give the name of the certificate: picket pki revoke NAME");
        for (const { holder, fingerprint } of revokeCertificate(folder, name, values.reason, now))
          say(`revoked: ${name} (${holder}), ${fingerprint}`);
        return 0;
      }
      case "list": {
        if (!existsSync(folder)) throw new UsageError(`there is no authority in ${folder}: "picket pki init" makes one`);
        const today = new Date(now).toISOString().slice(0, 10);
        for (const { name: issued, holder, until, revoked } of issuedBy(folder))
          say(`${issued.padEnd(24)} ${holder.padEnd(32)} ${revoked ? "revoked" : until < today ? `expired ${until}` : `until ${until}`}`);
        return 0;
      }
      default:
        throw new UsageError(`expected init, issue, revoke or list, found "${act ?? "nothing"}"`);
    }
  },
};
