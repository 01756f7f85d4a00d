// A process that appends events and decisions until it is killed, and says on stdout which decisions were acknowledged. Run by kill.test.ts.

import { writeSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../src/server/journal/journal.ts";
import { recover, recoverPicture } from "../../src/server/journal/recover.ts";
import { loadSiteKey } from "../../src/server/journal/site-key.ts";
import { directoryStorage } from "../../src/server/journal/storage.ts";
import { countingEngine, note, packet, VERSION } from "./harness.ts";

async function main(folder: string, round: string): Promise<void> {
  const key = await loadSiteKey(join(folder, "keys"));
  const storage = await directoryStorage(join(folder, "journal"));
  const recovered = await recover(storage);
  const { picture } = await recoverPicture(recovered, countingEngine);
  const journal = await openJournal({
    storage,
    key,
    siteId: "kill",
    softwareVersion: VERSION,
    now: () => Date.now() * 1000,
    resume: recovered.resume,
    takeSnapshot: () => ({ sequence: picture.sequence, at: Date.now() * 1000, state: countingEngine.snapshotPicture(picture) }),
    settings: { segmentBytes: 200_000, flushMilliseconds: 1, syncMilliseconds: 5, sealMilliseconds: 10 },
  });
  writeSync(1, `start ${picture.sequence} ${countingEngine.pictureDigest(picture)}\n`);
  for (let i = 0; ; i++) {
    for (let k = 0; k < 20; k++) {
      const event = packet(picture.sequence + 1, new Uint8Array(50).fill(k), k % 3);
      journal.append(event);
      countingEngine.step(picture, event);
    }
    const id = `${round}-${i}`;
    const event = note(picture.sequence + 1, id);
    journal.append(event);
    countingEngine.step(picture, event);
    await journal.syncDecision();
    writeSync(1, `ack ${id}\n`);
  }
}

void main(process.argv[2], process.argv[3]);
