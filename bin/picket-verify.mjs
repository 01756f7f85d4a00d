#!/usr/bin/env node
// Checks what Picket recorded, without Picket: one file, nothing but what Node itself brings, no network. Give it to whoever must not have to
// trust the maker of the record. The formats are written down in docs/journal-format.md and docs/evidence-format.md.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { crc32, inflateRawSync } from "node:zlib";

const HELP = `Usage: node picket-verify.mjs FILE [FILE ...] [options]

FILE is an evidence bundle (.zip), a journal segment (.mcap), or a folder of segments.

  --key HEX      the site's public key, 64 hexadecimal digits, as it was told to you by another way than this file. Without it the key that
                 the file names is taken, and the answer only says that whoever held that key made the record
  --anchor HASH  the hash of a seal that was noted outside the record; may be given more than once
  --in-use       accept a segment without footer: it is still written to, or its writer died and nothing follows
  --json         print one JSON object

Exit codes: 0 nothing is wrong; 1 something is; 2 wrong usage, or a file that cannot be read.`;

const MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);
const OPCODE = { HEADER: 1, FOOTER: 2, SCHEMA: 3, CHANNEL: 4, MESSAGE: 5, METADATA: 12, DATA_END: 15 };
const CHANNEL = { hashes: 1, seals: 2, expired: 3 };
const HEAD = 31;
const LARGEST_RECORD = 512 * 1024 * 1024;
const LARGEST_ENTRY = 2 ** 31 - 1;

const sha256 = (octets) => createHash("sha256").update(octets).digest();
const hexHash = (octets) => sha256(octets).toString("hex");
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const hexOf = (text, digits) => typeof text === "string" && text.length === digits && /^[0-9a-f]*$/.test(text);

/** RFC 8785: members in the order of their names' UTF-16 units, numbers and texts as JavaScript writes them, nothing in between. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).filter((name) => value[name] !== undefined);
    return `{${names
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/** An Ed25519 key from its 32 raw octets in hexadecimal (RFC 8410). */
const ed25519Key = (hex) =>
  createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(hex, "hex")]),
    format: "der",
    type: "spki",
  });
const keyIdOf = (hex) => hexHash(Buffer.from(hex, "hex")).slice(0, 16);

// ---------------------------------------------------------------- journal

/** Records of a segment: `{offset, opcode, octets}`; the last value says how it ended. */
function* records(file) {
  if (!file.subarray(0, 8).equals(MAGIC)) return { end: 0, reason: "does not begin with the eight octets of an MCAP file" };
  let offset = 8;
  while (offset < file.length) {
    if (offset + 9 > file.length) return { end: offset, reason: "ends inside the head of a record" };
    const opcode = file[offset];
    const length = 9 + Number(file.readBigUInt64LE(offset + 1));
    if (opcode < 1 || opcode > 15 || length > LARGEST_RECORD) return { end: offset, reason: "holds octets that are no record" };
    if (offset + length > file.length) return { end: offset, reason: "ends inside a record" };
    if (opcode === OPCODE.MESSAGE && length < HEAD) return { end: offset, reason: "holds a message shorter than its head" };
    yield { offset, opcode, octets: file.subarray(offset, offset + length) };
    offset += length;
    if (opcode === OPCODE.FOOTER) {
      const reason = file.subarray(offset).equals(MAGIC) ? "" : "does not end with the eight octets of an MCAP file";
      return { end: offset, reason, footer: true };
    }
  }
  return { end: offset, reason: "", footer: false };
}

/** The named texts of a metadata record. */
function metadata(octets) {
  let at = 9;
  const text = () => {
    const length = octets.readUInt32LE(at);
    at += 4 + length;
    return octets.toString("utf8", at - length, at);
  };
  const name = text();
  const end = at + 4 + octets.readUInt32LE(at);
  at += 4;
  const values = {};
  while (at < end) {
    const key = text();
    values[key] = text();
  }
  return { name, values };
}

function leafOf({ opcode, octets }) {
  if (opcode !== OPCODE.MESSAGE) return sha256(octets);
  if (octets.readUInt16LE(9) === CHANNEL.expired) return sha256(octets.subarray(HEAD));
  return sha256(Buffer.concat([octets.subarray(0, HEAD), sha256(octets.subarray(HEAD))]));
}

/**
 * Checks one segment. `slice`: spans between two seals may be left out whole, as an evidence bundle does; they are counted.
 * `commands` collects the decisions that were read.
 */
function checkSegment(name, octetsOfFile, { key, slice, inUse, commands }) {
  const counts = { records: 0, seals: 0, expired: 0, withheldSpans: 0, withheldRecords: 0 };
  const result = { file: name, problems: [], ...counts, sealHashes: [], gaps: [] };
  const wrong = (offset, what) => {
    if (result.problems.length < 1000) result.problems.push({ file: name, offset, what });
  };
  const topics = new Map();
  let segment;
  let span = []; // [offset, leaf, topic] since the last seal
  let listed = []; // leaves as the hashes records list them
  let previous;
  let closed = false;
  let sealing;
  let lastSealAt = 0;
  let checked = 0; // records of the span that a list was compared with
  let newest = Buffer.alloc(20); // sequence and times of the last message, which the next list repeats; undefined: it was left out

  const takeSeal = (offset, octets) => {
    const payload = octets.subarray(HEAD);
    const text = payload.toString("utf8");
    const seal = parse(text);
    result.seals += 1;
    const hash = hexHash(payload);
    result.sealHashes.push(hash);
    if (!seal || canonical(seal) !== text || !hexOf(seal.signature, 128)) return wrong(offset, "a seal that cannot be read");
    const { signature, ...rest } = seal;
    if (segment === undefined) return wrong(offset, "a seal before the description of the segment");
    const signed = Buffer.from(`picket-seal-v1\n${canonical(rest)}`, "utf8");
    if (seal.keyId !== keyIdOf(segment.publicKey) || !verify(null, signed, sealing, Buffer.from(signature, "hex"))) {
      wrong(offset, `seal ${seal.number} has a wrong signature`);
    }
    const times = [octets.readBigUInt64LE(15), octets.readBigUInt64LE(23)];
    const headIsRight = octets.readUInt32LE(11) === seal.sequence % 2 ** 32 && times.every((at) => at === BigInt(seal.at) * 1000n);
    if (!headIsRight) wrong(offset, `the head of seal ${seal.number} is not what the seal says`);
    const wanted = previous ?? { hash: segment.previousSeal, number: Number(segment.firstSeal) - 1 };
    if (seal.previous !== wanted.hash || seal.number !== wanted.number + 1)
      wrong(offset, `seal ${seal.number} does not follow seal ${wanted.number}`);
    if (slice && span.length === 0 && seal.records > 0) {
      newest = undefined;
      result.withheldSpans += 1;
      result.withheldRecords += seal.records;
      result.gaps.push([previous?.at ?? 0, seal.at]);
    } else {
      if (span.length > checked) wrong(span[checked][0], "a record that no list of hashes names");
      const leaves = hexHash(Buffer.concat(span.map(([, leaf]) => leaf)));
      if (leaves !== seal.leaves || span.length !== seal.records) {
        wrong(offset, `the ${span.length} records before seal ${seal.number} are not the ${seal.records} that were sealed`);
      }
    }
    previous = { hash, number: seal.number, at: seal.at };
    lastSealAt = offset + octets.length;
    closed = seal.kind === "close";
    span = [];
    listed = [];
    checked = 0;
  };

  const takeMessage = (frame) => {
    const { offset, octets } = frame;
    const channel = octets.readUInt16LE(9);
    if (channel === CHANNEL.seals) return takeSeal(offset, octets);
    if (channel === CHANNEL.hashes) {
      const list = octets.subarray(HEAD);
      for (let at = 0; at + 32 <= list.length; at += 32) listed.push(list.subarray(at, at + 32));
      for (; checked < Math.min(span.length, listed.length); checked++) {
        const [place, leaf, topic] = span[checked];
        if (!leaf.equals(listed[checked])) wrong(place, `a record${topic === "" ? "" : ` of ${topic}`} that is not what was recorded`);
      }
      if (newest !== undefined && !newest.equals(octets.subarray(11, HEAD))) wrong(offset, "the head of a list of hashes is wrong");
      if (listed.length !== span.length || list.length % 32 !== 0)
        wrong(offset, "a list of hashes of another length than the records before it");
      return;
    }
    newest = octets.subarray(11, HEAD);
    let topic = topics.get(channel) ?? "";
    if (channel === CHANNEL.expired) {
      result.expired += 1;
      if (octets.length !== 2 * HEAD + 32) wrong(offset, "an expired record of a wrong length");
      else if (!octets.subarray(11, HEAD).equals(octets.subarray(HEAD + 11, 2 * HEAD)))
        wrong(offset, "an expired record with another time than its own");
    }
    if (topic === "picket/decisions") {
      const event = parse(octets.toString("utf8", HEAD));
      if (event?.type === "command") commands.push(event);
      topic = `${topic}${event?.commandId === undefined ? "" : `, command ${event.commandId}`}`;
    }
    span.push([offset, leafOf(frame), topic]);
    result.records += 1;
  };

  const take = (frame) => {
    const { offset, opcode, octets } = frame;
    if (opcode === OPCODE.METADATA) {
      const content = metadata(octets);
      if (content.name === "picket.index") return;
      if (content.name === "picket.segment" && segment === undefined) {
        sealing = ed25519Key(key ?? content.values.publicKey);
        segment = content.values;
        newest.writeUInt32LE(Number(segment.afterSequence) % 2 ** 32);
        if (segment.format !== "picket-journal/1") wrong(offset, "the segment is of another format than picket-journal/1");
        if (key !== undefined && segment.publicKey !== key) wrong(offset, `names the key ${segment.publicKey}, not the expected one`);
      }
    }
    if (closed) wrong(offset, "a record behind the seal that closes the segment");
    if (opcode === OPCODE.MESSAGE) return takeMessage(frame);
    if (opcode === OPCODE.CHANNEL) topics.set(octets.readUInt16LE(9), octets.toString("utf8", 17, 17 + octets.readUInt32LE(13)));
    span.push([offset, leafOf(frame), ""]);
    result.records += 1;
  };

  const walk = records(octetsOfFile);
  let next = walk.next();
  for (let data = true; !next.done; next = walk.next()) {
    data &&= next.value.opcode !== OPCODE.DATA_END;
    try {
      if (data) take(next.value); // behind it, the summary repeats what stands above
    } catch {
      wrong(next.value.offset, "a record that cannot be read");
    }
  }
  const { end, reason, footer } = next.value;
  // What stands behind the last seal was never promised; the next segment may vouch for it.
  const tail = span.slice(0, checked);
  result.tail = {
    records: tail.length,
    leaves: hexHash(Buffer.concat(tail.map(([, leaf]) => leaf))),
    unlisted: span.length - checked,
    from: lastSealAt,
  };
  result.end = end;
  result.finished = footer && closed;
  if (footer && !closed) wrong(end, "a footer, but no seal that closes the segment");
  if ((footer || slice) && reason !== "") wrong(end, reason);
  if (segment === undefined) wrong(0, reason || "holds no description of a segment");
  else if (result.seals === 0) wrong(8, "holds no seal");
  result.segment = segment;
  result.head = previous?.hash;
  result.lastSealNumber = previous?.number;
  result.mayEndEarly = slice || inUse;
  return result;
}

/** What only the segments together show: the chain from one to the next, and who vouches for the end of one that was not closed. */
function checkChain(results) {
  results.sort((a, b) => Number(a.segment?.index ?? 0) - Number(b.segment?.index ?? 0));
  results.forEach((result, i) => {
    const wrong = (offset, what) => result.problems.push({ file: result.file, offset, what });
    const next = results[i + 1]?.segment;
    if (next !== undefined && result.segment !== undefined) {
      if (next.journalId !== result.segment.journalId) wrong(0, "the segments are of different journals");
      else if (next.publicKey !== result.segment.publicKey) wrong(0, "the next segment names another key");
      else if (basename(next.previousFile) !== basename(result.file, ".slice"))
        wrong(0, `the segment that follows names ${next.previousFile || "none"} before it`);
      else if (next.previousEnd === "closed" && !result.finished && !result.mayEndEarly)
        wrong(result.end, "was closed, and is not any more");
      // A failing disk: what lies behind the named seal was never acknowledged. It may be the one before this segment, when nothing was synced.
      const known = next.previousEnd === "abandoned" ? [result.segment.previousSeal, ...result.sealHashes] : [result.head];
      if (!known.includes(next.previousSeal)) wrong(result.tail.from, "its last seal is not the one that the next segment follows");
      const { records, leaves } = result.tail;
      if (next.previousEnd === "recovered" && (String(records) !== next.previousTailRecords || leaves !== next.previousTailLeaves)) {
        wrong(result.tail.from, "the records behind its last seal are not those that the next segment vouches for");
      }
      return;
    }
    if (result.finished || result.mayEndEarly || result.segment === undefined) return;
    wrong(result.end, "ends without a footer: it was cut, its writer died, or it is still written to (then --in-use accepts it)");
  });
}

// ---------------------------------------------------------------- evidence bundle

/** The entries of a zip file: name -> octets. Stored and deflated entries only; every check sum is compared. */
function unzip(octets) {
  let at = octets.length - 22;
  while (at >= 0 && octets.readUInt32LE(at) !== 0x06054b50) at -= 1;
  if (at < 0) throw new Error("is no zip file: the end of its directory is missing");
  const count = octets.readUInt16LE(at + 10);
  let entry = octets.readUInt32LE(at + 16);
  const files = new Map();
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (octets.readUInt32LE(entry) !== 0x02014b50) throw new Error("has a damaged directory");
    const method = octets.readUInt16LE(entry + 10);
    const sum = octets.readUInt32LE(entry + 16);
    const packed = octets.readUInt32LE(entry + 20);
    const size = octets.readUInt32LE(entry + 24);
    const nameLength = octets.readUInt16LE(entry + 28);
    const name = octets.toString("utf8", entry + 46, entry + 46 + nameLength);
    const local = octets.readUInt32LE(entry + 42);
    const from = local + 30 + octets.readUInt16LE(local + 26) + octets.readUInt16LE(local + 28);
    total += size;
    if (total > LARGEST_ENTRY) throw new Error("would unpack to more than 2 GiB");
    if (octets.readUInt32LE(local) !== 0x04034b50 || (method !== 0 && method !== 8) || files.has(name))
      throw new Error(`has a damaged entry ${name}`);
    const raw = octets.subarray(from, from + packed);
    const content = method === 0 ? raw : inflateRawSync(raw, { maxOutputLength: size + 1 });
    if (content.length !== size || crc32(content) !== sum) throw new Error(`has a damaged entry ${name}`);
    files.set(name, content);
    entry += 46 + nameLength + octets.readUInt16LE(entry + 30) + octets.readUInt16LE(entry + 32);
  }
  return files;
}

/** One approval of a case: what was signed, by whom, with which key. Answers undefined when it is right. */
function whyApprovalIsWrong(approval, caseHash) {
  if (approval.signedHash !== caseHash) return "it was given for another text of the case";
  let key;
  try {
    key = createPublicKey({ key: Buffer.from(approval.publicKey, "base64url"), format: "der", type: "spki" });
  } catch {
    return "its key cannot be read";
  }
  const signature = Buffer.from(approval.signature ?? "", "base64url");
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  const right = (signed) => (verify(algorithm, signed, key, signature) ? undefined : "its signature is wrong");
  if (approval.method === "ed25519" && algorithm === null) return right(Buffer.from(`picket-approval-v1\n${caseHash}`, "utf8"));
  if (approval.method !== "passkey") return `its method ${JSON.stringify(approval.method)} is unknown`;
  const clientData = Buffer.from(approval.clientDataJson ?? "", "base64url");
  const authenticator = Buffer.from(approval.authenticatorData ?? "", "base64url");
  const client = parse(clientData.toString("utf8"));
  if (client?.type !== "webauthn.get") return "it is no passkey assertion";
  if (client.challenge !== Buffer.from(caseHash, "hex").toString("base64url")) return "the passkey signed another challenge than this case";
  if (authenticator.length < 37 || (authenticator[32] & 0x05) !== 0x05) return "the passkey did not check its owner";
  const host = URL.canParse(client.origin) ? new URL(client.origin).hostname : "";
  const party = approval.relyingParty ?? host;
  if (!authenticator.subarray(0, 32).equals(sha256(party)) || !(host === party || host.endsWith(`.${party}`)))
    return "the passkey signed for another host";
  return right(Buffer.concat([authenticator, sha256(clientData)]));
}

function checkCase(name, record, commands, wrong) {
  const caseHash = hexHash(canonical(record.case));
  if (caseHash !== record.hash) wrong(name, "the text of the case is not what its hash says");
  const seats = new Map();
  const approvals = Array.isArray(record.approvals) ? record.approvals : [];
  for (const approval of approvals) {
    const who = `the approval of ${approval.person} (${approval.nation})`;
    const why = whyApprovalIsWrong(approval, caseHash);
    if (why !== undefined) wrong(name, `${who}: ${why}`);
    const key = approval.publicKey;
    if (seats.has(approval.person)) wrong(name, `${who}: the same person fills two seats`);
    if ([...seats.values()].includes(key)) wrong(name, `${who}: the same key signs for two persons`);
    seats.set(approval.person, key);
    const recorded = commands.some(
      ({ command, actor }) => actor?.personId === approval.person && canonical(command).includes(`"${approval.signature}"`),
    );
    if (!recorded) wrong(name, `${who}: the journal in this bundle does not hold it`);
  }
  for (const { nation, required } of record.state === "authorised" ? (record.case.seats ?? []) : []) {
    const given = approvals.filter((approval) => approval.nation === nation).length;
    if (given < required) wrong(name, `was authorised with ${given} of ${required} approvals of ${nation}`);
  }
  return { id: record.case.caseId ?? name, hash: caseHash, approvals };
}

function checkBundle(path, octets, options) {
  const problems = [];
  const wrong = (file, what) => problems.push({ file: `${basename(path)}/${file}`, offset: 0, what });
  const files = unzip(octets);
  const manifest = parse(files.get("manifest.json")?.toString("utf8") ?? "");
  if (manifest?.format !== "picket-evidence/1") throw new Error("is no evidence bundle: its manifest.json is missing or of another format");
  const { signature, ...signed } = manifest;
  const { publicKey, from, to } = manifest;
  if (options.key !== undefined && publicKey !== options.key) wrong("manifest.json", `names the key ${publicKey}, not the expected one`);
  const text = Buffer.from(`picket-evidence-v1\n${canonical(signed)}`, "utf8");
  if (!hexOf(publicKey, 64) || !hexOf(signature, 128) || !verify(null, text, ed25519Key(publicKey), Buffer.from(signature, "hex"))) {
    wrong("manifest.json", "its signature is wrong");
  }
  for (const [name, content] of files) {
    if (name === "manifest.json") continue;
    const expected = manifest.files?.[name];
    if (expected === undefined) wrong(name, "is not named by the manifest");
    else if (expected !== hexHash(content)) wrong(name, "is not the file that the manifest names");
  }
  for (const name of Object.keys(manifest.files ?? {})) if (!files.has(name)) wrong(name, "is missing");
  const commands = [];
  const segments = [...files]
    .filter(([name]) => name.endsWith(".mcap.slice"))
    .map(([name, content]) => checkSegment(name, content, { ...options, key: publicKey, slice: true, commands }));
  if (segments.length === 0) wrong("journal", "the bundle holds no part of a journal");
  checkChain(segments);
  for (const { file, gaps } of segments) {
    for (const [start, end] of gaps) if (end > from && start < to) wrong(file, "records inside the bundle's own time are left out");
  }
  const cases = [...files]
    .filter(([name]) => /^cases\/.+\.json$/.test(name))
    .map(([name, content]) => {
      const record = parse(content.toString("utf8"));
      if (record?.case !== undefined) return checkCase(name, record, commands, wrong);
      wrong(name, "cannot be read as a case");
      return { id: name, hash: "", approvals: [] };
    });
  return { bundle: path, manifest, publicKey, segments, cases, problems: [...problems, ...segments.flatMap((one) => one.problems)] };
}

// ---------------------------------------------------------------- command line

/** Checks the files; answers what was found. `options`: key, anchors, inUse. Throws when a file cannot be read. */
export function check(paths, options = {}) {
  const bundles = [];
  const loose = [];
  for (const path of paths) {
    const names = statSync(path).isDirectory() ? readdirSync(path).filter((name) => name.endsWith(".mcap")) : undefined;
    if (names?.length === 0) throw new Error(`${path}: holds no journal segment`);
    if (names === undefined && path.endsWith(".zip")) bundles.push(checkBundle(path, readFileSync(path), options));
    else {
      for (const file of names?.map((name) => join(path, name)) ?? [path]) {
        loose.push(checkSegment(file, readFileSync(file), { ...options, slice: false, commands: [] }));
      }
    }
  }
  checkChain(loose);
  const segments = [...bundles.flatMap((bundle) => bundle.segments), ...loose];
  const problems = [...bundles.flatMap((bundle) => bundle.problems), ...loose.flatMap((one) => one.problems)];
  for (const anchor of options.anchors ?? []) {
    if (!segments.some(({ sealHashes }) => sealHashes.includes(anchor))) {
      problems.push({ file: paths[0], offset: 0, what: `the seal ${anchor}, which was noted outside, is not in it` });
    }
  }
  return { ok: problems.length === 0, problems, bundles, segments };
}

function print({ ok, problems, bundles, segments }, key) {
  for (const { bundle, manifest, cases } of bundles) {
    console.log(
      `${bundle}: evidence of ${manifest.siteId}, ${time(manifest.from)} to ${time(manifest.to)}, made ${time(manifest.madeAt)} by ${manifest.madeBy}`,
    );
    for (const { id, hash, approvals } of cases) {
      console.log(`  case ${id}, hash ${hash}: ${approvals.length} approvals`);
      for (const { person, nation, method } of approvals) console.log(`    ${person}, ${nation}, by ${method}`);
    }
  }
  for (const one of segments) {
    const left = one.withheldSpans === 0 ? "" : `, ${one.withheldRecords} records in ${one.withheldSpans} spans left out`;
    const gone = one.expired === 0 ? "" : `, ${one.expired} payloads expired (their hashes still count)`;
    console.log(`${one.file}: ${one.records} records and ${one.seals} seals checked${left}${gone}`);
    console.log(`  key ${one.segment?.publicKey ?? "unknown"}, last seal ${one.head ?? "none"}`);
  }
  for (const { file, offset, what } of problems) console.log(`WRONG ${file}, octet ${offset}: ${what}`);
  if (key === undefined)
    console.log("The key was taken from the file itself: compare it with the one that the site told you by another way (--key).");
  console.log(ok ? "ok: nothing is wrong" : `bad: ${problems.length} things are wrong`);
}

const time = (us) => (Number.isFinite(us) ? new Date(us / 1000).toISOString() : "unknown");

const OPTIONS = {
  key: { type: "string" },
  anchor: { type: "string", multiple: true, default: [] },
  "in-use": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
};

function main(argv) {
  try {
    const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options: OPTIONS });
    const bad = [values.key ?? "", ...values.anchor].find((hex) => hex !== "" && !hexOf(hex, 64));
    if (bad !== undefined) throw new Error(`--key and --anchor want 64 lower-case hexadecimal digits, not "${bad}"`);
    if (values.help || positionals.length === 0) {
      console.log(HELP);
      return values.help ? 0 : 2;
    }
    const found = check(positionals, { key: values.key, anchors: values.anchor, inUse: values["in-use"] });
    if (values.json) {
      const segments = found.segments.map(({ sealHashes, gaps, ...rest }) => rest);
      console.log(
        JSON.stringify({ ...found, segments, bundles: found.bundles.map(({ bundle, manifest, cases }) => ({ bundle, manifest, cases })) }),
      );
    } else print(found, values.key);
    return found.ok ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    return 2;
  }
}

if (import.meta.main ?? basename(process.argv[1] ?? "").startsWith("picket-verify")) process.exitCode = main(process.argv.slice(2));
