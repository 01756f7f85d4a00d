// Every way out of the site, from the `outputs` section of its file. With an empty section there is no sender and no socket.

import type { Micros } from "../../core/base/units.ts";
import type { OutputView, TrackView } from "../../core/model/picture-view.ts";
import { type OutputsFile, outputConfigurations } from "../configuration/output-schemas.ts";
import type { Parties } from "../sources/client-binding.ts";
import { createAsterixSender } from "./asterix-sender.ts";
import { createCotSender } from "./cot-sender.ts";
import { createMqttSender } from "./mqtt-sender.ts";
import { createSapientParentSender } from "./sapient-parent-sender.ts";
import { createSapientRecorderSender } from "./sapient-recorder-sender.ts";
import { LOOK_PERIOD, type Sender, type SenderHost } from "./sender.ts";

export interface Outputs {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** After each turn of the loop. Never throws, never waits. */
  pictureChanged(now: Micros): void;
  /** A packet of a source was read by the picture without being refused. */
  packetRead(sourceId: string, octets: Uint8Array): void;
  /** All packets of this turn of the loop were read. */
  packetsRead(): void;
  views(): OutputView[];
}

/**
 * Checks the configuration (UsageError with one sentence) and builds the senders; `start` opens the sockets. `tracks` makes the views of
 * this moment. `folder`: where the names of certificate files count from. `parties`: whose certificates may come in.
 */
export function createOutputs(
  file: OutputsFile,
  folder: string,
  host: SenderHost,
  tracks: () => readonly TrackView[],
  parties?: Parties,
): Outputs {
  const senders: Sender[] = [
    ...enabled(file.asterix).map((output) => createAsterixSender(output, host)),
    ...enabled(file.cot).map((output) => createCotSender(output, host, folder)),
    ...enabled(file.mqtt).map((output) => createMqttSender(output, host, folder)),
    ...enabled(file.sapientRecorders).map((output) => createSapientRecorderSender(output, host, folder, parties)),
    ...enabled(file.sapientParents).map((output) => createSapientParentSender(output, host, folder)),
  ];
  const off = switchedOff(file);
  const readers = senders.filter((sender) => sender.packetRead !== undefined);
  const failed = new Map<string, string>();
  let lookedAt = 0;
  let running = false;

  /** A sender that trips over its own mistake must take neither the loop nor another sender down with it. */
  const guarded = (sender: Sender, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const sentence = `it failed and sends nothing more: ${(error as Error).message}`;
      if (failed.has(sender.id)) return;
      failed.set(sender.id, sentence);
      host.note("warning", `output ${sender.id}: ${(error as Error).stack ?? sentence}`);
      void sender.stop().catch(() => undefined);
    }
  };

  return {
    start: async () => {
      for (const sender of senders) await sender.start();
      running = true;
    },
    stop: async () => {
      running = false;
      await Promise.allSettled(senders.map((sender) => sender.stop()));
    },
    pictureChanged: (now) => {
      if (!running || senders.length === 0 || now - lookedAt < LOOK_PERIOD) return;
      lookedAt = now;
      let made: readonly TrackView[] | undefined;
      const once = () => {
        made ??= tracks();
        return made;
      };
      for (const sender of senders) if (!failed.has(sender.id)) guarded(sender, () => sender.pictureChanged(once, now));
    },
    packetRead: (sourceId, octets) => {
      if (!running) return;
      for (const sender of readers) if (!failed.has(sender.id)) guarded(sender, () => sender.packetRead!(sourceId, octets));
    },
    packetsRead: () => {
      if (!running) return;
      for (const sender of readers) if (sender.packetsRead !== undefined && !failed.has(sender.id)) guarded(sender, sender.packetsRead);
    },
    views: () => [
      ...senders.map((sender): OutputView => {
        const message = failed.get(sender.id);
        return message === undefined ? sender.status() : { ...sender.status(), state: "failed", message };
      }),
      ...off,
    ],
  };
}

const enabled = <Output extends { readonly enabled: boolean }>(list: readonly Output[]) => list.filter((output) => output.enabled);

const switchedOff = (file: OutputsFile): OutputView[] =>
  outputConfigurations(file)
    .filter((output) => !output.enabled)
    .map(({ id, protocol, address, exercise, pilotPositions }) => ({
      id,
      protocol,
      address,
      exercise,
      pilotPositions,
      encrypted: false,
      state: "off",
      message: "",
      receivers: 0,
      sent: 0,
      bytes: 0,
      lastAtUs: null,
      drops: [],
    }));
