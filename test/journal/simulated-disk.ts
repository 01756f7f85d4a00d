// A disk behind the journal's storage port that keeps apart what was written and what was synced, so that a test can pull the plug at any
// moment, and that can be told to fail.

import type { GrowingFile, JournalStorage, ReadableFile } from "../../src/server/journal/storage.ts";

interface SimulatedFile {
  /** What survives a loss of power for certain. */
  durable: Uint8Array;
  /** Written since the last sync, in order. */
  unsynced: Uint8Array[];
}

export type Operation = "create" | "append" | "datasync" | "list" | "remove";

export interface SimulatedDisk extends JournalStorage {
  readonly files: Map<string, SimulatedFile>;
  /** Called before each operation: throws to make it fail, or returns a promise that never ends to make it hang. */
  beforeOperation: (operation: Operation, name: string) => void | Promise<void>;
  operations: number;
  /** All octets of a file, synced or not. */
  contents(name: string): Uint8Array;
  /** Replaces a file's octets. */
  put(name: string, octets: Uint8Array): void;
  /**
   * The disk after the plug was pulled: synced octets are there; of the others, each block of `block` octets is there, or zeros, or
   * cut off, as `random` decides.
   */
  afterPowerLoss(random: () => number, block?: number): SimulatedDisk;
}

const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

export function simulatedDisk(initial: Iterable<[string, Uint8Array]> = []): SimulatedDisk {
  const files = new Map<string, SimulatedFile>();
  for (const [name, octets] of initial) files.set(name, { durable: octets, unsynced: [] });
  const disk: SimulatedDisk = {
    files,
    beforeOperation: () => undefined,
    operations: 0,
    list: async () => {
      await begin("list", "");
      return [...files.keys()].sort();
    },
    create: async (name) => {
      await begin("create", name);
      if (files.has(name)) throw new Error(`${name} exists`);
      const file: SimulatedFile = { durable: new Uint8Array(0), unsynced: [] };
      files.set(name, file);
      return growing(name, file);
    },
    open: async (name) => {
      if (!files.has(name)) throw Object.assign(new Error(`no ${name}`), { code: "ENOENT" });
      return readable(disk.contents(name));
    },
    remove: async (name) => {
      await begin("remove", name);
      files.delete(name);
    },
    freeBytes: async () => undefined,
    contents: (name) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`no ${name}`);
      return joined([file.durable, ...file.unsynced]);
    },
    put: (name, octets) => files.set(name, { durable: octets, unsynced: [] }),
    afterPowerLoss: (random, block = 64) => {
      const left: [string, Uint8Array][] = [];
      for (const [name, { durable, unsynced }] of files) left.push([name, joined([durable, survivors(joined(unsynced), random, block)])]);
      return simulatedDisk(left);
    },
  };

  async function begin(operation: Operation, name: string): Promise<void> {
    disk.operations += 1;
    await disk.beforeOperation(operation, name);
  }

  function growing(name: string, file: SimulatedFile): GrowingFile {
    return {
      append: async (octets) => {
        await begin("append", name);
        file.unsynced.push(octets.slice());
      },
      datasync: async () => {
        const upTo = file.unsynced.length;
        await begin("datasync", name);
        file.durable = joined([file.durable, ...file.unsynced.slice(0, upTo)]);
        file.unsynced = file.unsynced.slice(upTo);
      },
      close: async () => undefined,
    };
  }
  return disk;
}

/** Unsynced octets reach the disk in any order: some blocks are written, some are still zeros, and the end may be missing. */
function survivors(octets: Uint8Array, random: () => number, block: number): Uint8Array {
  const kept = octets.slice(0, Math.floor(random() * (octets.length + 1)));
  for (let from = 0; from < kept.length; from += block) if (random() < 0.3) kept.fill(0, from, from + block);
  return kept;
}

export function readable(octets: Uint8Array): ReadableFile {
  return {
    size: async () => octets.length,
    read: async (offset, length) => octets.slice(offset, offset + length),
    close: async () => undefined,
  };
}

/** Numbers in [0, 1) that are the same in every run: xorshift32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
