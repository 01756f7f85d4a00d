import { BlockList, isIP, isIPv6 } from "node:net";
import { UsageError } from "../cli/command.ts";

/** Says whether an address may send. An empty list allows all. */
export function createAllowList(entries: readonly string[]): (address: string) => boolean {
  if (entries.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of entries) {
    const [address, prefix] = entry.split("/");
    const family = isIPv6(address!) ? "ipv6" : "ipv4";
    const bits = prefix === undefined ? undefined : Number(prefix);
    const most = family === "ipv6" ? 128 : 32;
    if (isIP(address!) === 0 || (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= most))) {
      throw new UsageError(`allow: expected an address or a network such as 192.0.2.0/24, found "${entry}"`);
    }
    if (bits === undefined) list.addAddress(address!, family);
    else list.addSubnet(address!, bits, family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:/, "");
    return list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
  };
}
