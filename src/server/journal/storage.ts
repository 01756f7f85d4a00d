// The disk as the journal sees it: a small port, so that tests can tear, reorder and fail it.

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, stat, statfs, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file that only grows. After any rejection the caller gives the file up: what a failed write or sync left behind is unknown. */
export interface GrowingFile {
  /** Puts all octets behind the last ones; rejects when that is not possible. Calls do not overlap. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended so far survives a loss of power. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableFile {
  size(): Promise<number>;
  /** Up to `length` octets from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One folder of journal segments. */
export interface JournalStorage {
  /** Names of the folder's files, sorted. */
  list(): Promise<string[]>;
  /** Makes a new file, whose name survives a loss of power once this resolves; rejects when the name is taken. */
  create(name: string): Promise<GrowingFile>;
  open(name: string): Promise<ReadableFile>;
  remove(name: string): Promise<void>;
  /** Octets that may still be written; undefined when that is not known. */
  freeBytes(): Promise<number | undefined>;
}

/** The folder `directory` of this machine; made when it is absent. */
export async function directoryStorage(directory: string): Promise<JournalStorage> {
  await mkdir(directory, { recursive: true, mode: 0o750 });
  return {
    list: async () => (await readdir(directory)).sort(),
    create: async (name) => {
      const handle = await open(join(directory, name), "wx", 0o640);
      try {
        await syncDirectory(directory);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return growing(handle);
    },
    open: (name) => openReadable(join(directory, name)),
    remove: (name) => unlink(join(directory, name)),
    freeBytes: async () => {
      const state = await statfs(directory);
      return state.bavail * state.bsize;
    },
  };
}

/** A read-only view of the folder that holds `path`, and the names of the segments that `path` means: itself, or all of a folder. */
export async function storageOfPath(path: string): Promise<{ storage: JournalStorage; names: string[] }> {
  const isDirectory = (await stat(path)).isDirectory();
  const directory = isDirectory ? path : dirname(path);
  const refused = async () => {
    throw new Error("this view of the folder is for reading");
  };
  const storage: JournalStorage = {
    list: async () => (await readdir(directory)).sort(),
    create: refused,
    open: (name) => openReadable(join(directory, name)),
    remove: refused,
    freeBytes: async () => undefined,
  };
  return { storage, names: isDirectory ? (await storage.list()).filter((name) => name.endsWith(".mcap")) : [basename(path)] };
}

function growing(handle: FileHandle): GrowingFile {
  let position = 0;
  return {
    append: async (bytes) => {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position);
        if (bytesWritten === 0) throw new Error("the disk took no octets");
        done += bytesWritten;
        position += bytesWritten;
      }
    },
    datasync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function openReadable(path: string): Promise<ReadableFile> {
  const handle = await open(path, constants.O_RDONLY);
  return {
    size: async () => (await handle.stat()).size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
    close: () => handle.close(),
  };
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
