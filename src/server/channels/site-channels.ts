// The channels of a site, and how its messages are made: words of the alarm, the label of what is not live, where the site is.

import { alertText } from "../../core/alerting/alert-text.ts";
import { DEGREES_PER_RADIAN } from "../../core/base/units.ts";
import type { Notification } from "../../core/model/alert.ts";
import type { Site } from "../../core/model/site.ts";
import type { ChannelFile } from "../configuration/channel-schema.ts";
import type { UnstampedEvent } from "../loop/loop.ts";
import type { ChannelMessage } from "./channel.ts";
import { createChannel } from "./create-channel.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";

const LABEL: Record<Notification["origin"], string> = { live: "", simulated: "SIMULATED", recorded: "RECORDED", exercise: "EXERCISE" };

export function channelMessage(notification: Notification, site: Pick<Site, "id" | "name" | "origin">): ChannelMessage {
  const label = LABEL[notification.origin];
  return {
    id: notification.id,
    kind: notification.kind,
    atUs: notification.at,
    level: notification.level,
    origin: notification.origin,
    label,
    siteId: site.id,
    siteName: site.name,
    alertId: notification.alertId ?? null,
    key: notification.key,
    values: notification.values,
    text: `${label === "" ? "" : `${label}: `}${alertText(notification.key, notification.values)}`,
    latitudeDegrees: site.origin.latitude * DEGREES_PER_RADIAN,
    longitudeDegrees: site.origin.longitude * DEGREES_PER_RADIAN,
  };
}

export function createSiteChannels(
  files: readonly ChannelFile[],
  folder: string,
  site: () => Site,
  apply: (event: UnstampedEvent) => void,
  log: (level: "info" | "warn", message: string) => void,
): Dispatcher {
  let open = true;
  const dispatcher = createDispatcher({
    channels: files.map((file) => ({ channel: createChannel(file, folder), exercise: file.exercise })),
    message: (notification) => channelMessage(notification, site()),
    receipt: (receipt) => {
      // Never inside the step that asked for it.
      setImmediate(() => {
        if (open) apply({ type: "receipt", ...receipt });
      });
    },
    log,
  });
  return {
    ...dispatcher,
    close: async () => {
      await dispatcher.close();
      // The last receipts are on their way; they must be in the record before it is closed.
      await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
      open = false;
    },
  };
}
