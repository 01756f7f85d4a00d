// What the HTTP and WebSocket sides need of a picture, live or replayed.

import { camerasOf, cameraViews } from "../../core/engine/cameras.ts";
import { judgementView } from "../../core/engine/judgement-views.ts";
import type { Picture } from "../../core/engine/picture.ts";
import { noticeView, sensorViews, siteView, sourceCounters, trackViews } from "../../core/engine/views.ts";
import type { CameraView } from "../../core/model/camera.ts";
import type {
  JudgementView,
  LiveCommand,
  NoticeView,
  OutputView,
  SensorView,
  SiteView,
  SourceView,
  SystemView,
  TrackView,
} from "../../core/model/picture-view.ts";
import type { SourceAddress } from "../sources/source.ts";

export interface PictureHost {
  picture(): Picture;
  system(): SystemView;
  /** Where the sources of the picture are; empty in a replay, where no socket is open. */
  addresses(): ReadonlyMap<string, SourceAddress>;
  /** Ways out of the site; absent in a replay, where nothing leaves. */
  outputs?(): OutputView[];
  /** Called after each change; returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  /** A replay's scrub; a sentence when it cannot be done. */
  command(command: LiveCommand): string | undefined;
}

const NO_SOCKET: SourceAddress = { direction: "file", transport: "journal", host: "", port: null, unauthenticated: false };

export const tracksOf = (host: PictureHost): TrackView[] => trackViews(host.picture());
export const sensorsOf = (host: PictureHost): SensorView[] => sensorViews(host.picture());
export const judgementOf = (host: PictureHost): JudgementView => judgementView(host.picture());
export const siteOf = (host: PictureHost): SiteView => siteView(host.picture());
export const noticesOf = (host: PictureHost): NoticeView[] => host.picture().notices.map(noticeView);

export function sourcesOf(host: PictureHost): SourceView[] {
  const addresses = host.addresses();
  return sourceCounters(host.picture()).map((counters) => ({ ...counters, ...(addresses.get(counters.id) ?? NO_SOCKET) }));
}

/** Undefined where the site has none, so that nothing is said of them. */
export const camerasViewOf = (host: PictureHost): CameraView[] | undefined =>
  camerasOf(host.picture()).size === 0 ? undefined : cameraViews(host.picture());
