// What an account had dies with it: whoever gets its place, its name or its number gets nothing of it.

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Micros } from "../../src/core/base/units.ts";
import { openAccounts } from "../../src/server/accounts/account-store.ts";
import { createPasskeyCeremony } from "../../src/server/accounts/passkey-ceremony.ts";

const PARTY = { id: "picket.example", origin: "https://picket.example" };
const now = () => 1_000_000_000 as Micros;

/** A COSE key (RFC 9053, 7.1): an EC2 key on P-256 for ES256, as CBOR written by hand. */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const [head, second, third] = ["a5010203262001215820", "225820", ""].map((hex) => Buffer.from(hex, "hex"));
  return Buffer.concat([head!, Buffer.from(x, "base64url"), second!, Buffer.from(y, "base64url"), third!]);
}

/** What a browser answers for a passkey (WebAuthn, 6.1 and 7.2): user present and verified, counter 0. */
function assertion(id: string, key: KeyObject, challenge: string) {
  const clientData = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin: PARTY.origin, crossOrigin: false }));
  const authenticatorData = Buffer.concat([createHash("sha256").update(PARTY.id).digest(), Buffer.from([0b101, 0, 0, 0, 0])]);
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
  const text = (octets: Buffer) => octets.toString("base64url");
  return {
    ...{ id, rawId: id, type: "public-key", clientExtensionResults: {} },
    response: {
      clientDataJSON: text(clientData),
      authenticatorData: text(authenticatorData),
      signature: text(sign("sha256", signed, key)),
    },
  };
}

test("a passkey opens its account until that is disabled or reset; a new link, a new name and a new account open nothing for it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-inherit-"));
  try {
    const accounts = await openAccounts({ folder, now, record: async () => undefined });
    const ceremony = createPasskeyCeremony(now);
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const id = Buffer.from("the old passkey").toString("base64url");
    const passkey = { id, publicKey: coseKey(publicKey).toString("base64url"), counter: 0, transports: [], addedAtUs: 0, label: "old" };
    const opens = async (): Promise<string> => {
      const options = (await ceremony.assertionOptions(undefined, PARTY)) as { challenge: string };
      const verified = await ceremony.verify(accounts.list(), PARTY, assertion(id, privateKey, options.challenge));
      return verified.ok ? verified.value.account.id : verified.error;
    };
    const must = <Value>(result: { ok: true; value: Value } | { ok: false; error: unknown }): Value => {
      assert.ok(result.ok, JSON.stringify(result));
      return result.value;
    };
    must(await accounts.create({ name: "Admin", role: "administrator" }));
    const old = must(await accounts.create({ name: "Noor", role: "officer", nation: "north", subject: "https://id.example 7" }));
    must(await accounts.change(old.id, { passkeys: [passkey] }));
    assert.equal(await opens(), "P2", "so long as the account stands, the passkey opens it");

    must(await accounts.change(old.id, { disabled: true }));
    assert.equal(await opens(), "nobody here has this passkey");
    const another = must(await accounts.create({ name: "Noor Two", role: "officer", nation: "north" }));
    assert.deepEqual(
      [another.id, another.passkeys, another.softwareKeys, another.subject, another.passwordHash],
      ["P3", [], [], undefined, undefined],
    );
    assert.equal(await opens(), "nobody here has this passkey");

    // As a new one-time link does it: enabled again for the same or another person, without anything of before.
    must(await accounts.change(old.id, { disabled: false, passwordHash: undefined, passkeys: [], softwareKeys: [], subject: undefined }));
    assert.equal(await opens(), "nobody here has this passkey");
    assert.equal(accounts.isRetired("https://id.example 7"), true);

    // And all of it after a restart, with numbers that go on.
    const again = await openAccounts({ folder, now, record: async () => undefined });
    assert.equal(again.isRetired("https://id.example 7"), true);
    assert.equal(must(await again.create({ name: "Kim", role: "observer" })).id, "P4");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
