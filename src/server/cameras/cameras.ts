// The site's cameras: started, stopped, given what the picture asks of them. Pictures pass through here, from the camera's own address
// and no other.

import { camerasOf, mountOf } from "../../core/engine/cameras.ts";
import type { Picture } from "../../core/engine/picture.ts";
import type { CameraEffect, CameraEvent } from "../../core/model/camera.ts";
import { UsageError } from "../cli/command.ts";
import type { CameraFile } from "../configuration/camera-schema.ts";
import { readPassword } from "../configuration/secrets.ts";
import { connectTls } from "../sources/tls.ts";
import { createBoundedHttp } from "./bounded-http.ts";
import { type CameraDriver, createCameraDriver } from "./camera-driver.ts";
import { type CameraPictures, createCameraPictures } from "./camera-pictures.ts";

export interface Cameras {
  start(): void;
  stop(): Promise<void>;
  /** What a step asks; answered later by events. */
  takeEffect(effect: CameraEffect): void;
  pictures(id: string): CameraPictures | undefined;
  /** Whether the camera's space counts degrees, and rad for each raw unit as it says; undefined while it does not answer. */
  units(id: string): { space: "degrees" | "generic"; panUnit: number; tiltUnit: number } | undefined;
}

export interface CamerasOptions {
  readonly files: readonly CameraFile[];
  /** Where names of files count from. */
  readonly folder: string;
  readonly picture: () => Picture;
  /** The picture's clock, microseconds. */
  readonly now: () => number;
  readonly tell: (event: CameraEvent) => void;
}

/** Throws a UsageError for a password or certificate that cannot be read. */
export function createCameras(options: CamerasOptions): Cameras {
  const drivers = new Map<string, CameraDriver>();
  const pictures = new Map<string, CameraPictures>();
  for (const file of options.files) {
    const password = readPassword({ ...file, id: file.id }, options.folder);
    if (password !== undefined && file.user === undefined) throw new UsageError(`camera ${file.id}: a password needs a user`);
    const credentials = file.user === undefined ? undefined : { user: file.user, password: password ?? "" };
    const tls = file.tls === undefined ? {} : connectTls(file.tls, options.folder);
    const driver = createCameraDriver({
      file,
      configuration: () => camerasOf(options.picture()).get(file.id)?.configuration,
      http: createBoundedHttp(tls),
      credentials,
      mount: () => {
        const camera = camerasOf(options.picture()).get(file.id);
        return camera === undefined ? undefined : mountOf(camera);
      },
      site: () => options.picture().frame,
      now: options.now,
      tell: options.tell,
    });
    drivers.set(file.id, driver);
    pictures.set(file.id, createCameraPictures({ file, http: createBoundedHttp(tls), credentials, found: driver.found }));
  }
  return {
    start: () => {
      for (const driver of drivers.values()) driver.start();
    },
    stop: async () => {
      for (const one of pictures.values()) one.close();
      await Promise.all([...drivers.values()].map((driver) => driver.stop()));
    },
    takeEffect: (effect) => {
      const driver = drivers.get(effect.cameraId);
      if (effect.type === "slew") driver?.slew(effect);
      else driver?.halt();
    },
    pictures: (id) => pictures.get(id),
    units: (id) => {
      const found = drivers.get(id)?.found();
      if (found === undefined) return undefined;
      if (found.space === "degrees") return { space: "degrees", panUnit: Math.PI / 180, tiltUnit: Math.PI / 180 };
      // A whole turn and a quarter of one are where the search begins; the landmarks say what is true.
      return {
        space: "generic",
        panUnit: (2 * Math.PI) / (found.pan.max - found.pan.min),
        tiltUnit: Math.PI / (found.tilt.max - found.tilt.min),
      };
    },
  };
}
