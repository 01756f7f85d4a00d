// Speaks with one ONVIF camera: finds its services, its pan-tilt profile and what its numbers mean, and then moves it and asks where
// it is. Every request goes to the configured host; addresses that the camera tells are used for their path only.

import { randomBytes } from "node:crypto";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { PanTiltSpace } from "../../core/model/camera.ts";
import type { XmlElement } from "../../core/protocols/cot/xml.ts";
import type { BoundedHttp, HttpCredentials } from "./bounded-http.ts";
import * as onvif from "./onvif-messages.ts";

export interface OnvifOptions {
  /** Of the device service: http://HOST[:PORT]/onvif/device_service. */
  readonly device: URL;
  readonly credentials: HttpCredentials | undefined;
  /** Token of the profile to use; the first with pan and tilt otherwise. */
  readonly profile: string | undefined;
  /** Whether degrees are used where the camera offers them. */
  readonly preferDegrees: boolean;
  readonly http: BoundedHttp;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** What was found out about a camera. */
export interface OnvifCamera {
  readonly space: PanTiltSpace;
  /** Raw limits: the space's, narrowed by the configuration's. */
  readonly pan: onvif.AxisRange;
  readonly tilt: onvif.AxisRange;
  /** Undefined: it has no absolute zoom. */
  readonly zoom: onvif.AxisRange | undefined;
  status(): Promise<Result<OnvifStatus, string>>;
  moveTo(pan: number, tilt: number, zoom: number | undefined): Promise<Result<void, string>>;
  stop(): Promise<Result<void, string>>;
  /** Where it says that a single picture is; undefined where it does not. On the configured host, or refused. */
  snapshotUrl(): Promise<Result<URL, string>>;
}

export interface OnvifStatus {
  /** Raw, in the camera's `space`. */
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number | undefined;
  readonly moving: "MOVING" | "IDLE" | "UNKNOWN";
}

const TIMEOUT = 5000; // ms for one request
const MAX_ANSWER = 256 * 1024;

/** One sentence when the camera cannot be used: no answer, refused, no pan and tilt. Never throws. */
export async function connectOnvif(options: OnvifOptions): Promise<Result<OnvifCamera, string>> {
  const { device, credentials, http } = options;
  let clockOffsetMs = 0;

  async function call(url: URL, body: string, answerName: string, signed = true): Promise<Result<XmlElement, string>> {
    const token =
      credentials === undefined || !signed
        ? undefined
        : { ...credentials, nonce: randomBytes(16), createdMs: options.now() + clockOffsetMs };
    const answered = await http.fetch({
      url,
      body: onvif.envelope(body, token),
      contentType: "application/soap+xml; charset=utf-8",
      timeoutMs: TIMEOUT,
      maxBytes: MAX_ANSWER,
      credentials,
    });
    if (!answered.ok) return answered;
    return onvif.readAnswer(answered.value.body.toString("utf8"), answerName);
  }

  /** A digest with a wrong time is refused, so the camera's clock comes first; it tells it to anybody. */
  const time = await call(device, onvif.getSystemDateAndTime(), "GetSystemDateAndTimeResponse", false);
  if (time.ok) {
    const told = onvif.readSystemTime(time.value);
    if (told !== undefined) clockOffsetMs = told - options.now();
  } else if (!time.error.startsWith("the camera")) return time; // nobody answers at all

  const services = await call(device, onvif.getServices(), "GetServicesResponse");
  let addresses = services.ok ? onvif.readServices(services.value) : undefined;
  if (addresses?.ptz === undefined) {
    const capabilities = await call(device, onvif.getCapabilities(), "GetCapabilitiesResponse");
    if (!capabilities.ok) return services.ok ? capabilities : services;
    addresses = onvif.readCapabilities(capabilities.value);
  }
  const onHost = (address: string): URL => {
    const path = URL.canParse(address) ? new URL(address) : new URL(address, device);
    const url = new URL(device);
    url.pathname = path.pathname;
    url.search = path.search;
    return url;
  };
  if (addresses.ptz === undefined) return err("the camera has no pan-tilt-zoom service");
  const mediaService = addresses.media !== undefined ? ("media" as const) : ("media2" as const);
  const mediaAddress = addresses.media ?? addresses.media2;
  if (mediaAddress === undefined) return err("the camera has no media service");
  const ptz = onHost(addresses.ptz);
  const media = onHost(mediaAddress);

  const profiles = await call(media, onvif.getProfiles(mediaService), "GetProfilesResponse");
  if (!profiles.ok) return profiles;
  const withPtz = onvif.readProfiles(profiles.value);
  const profile = options.profile === undefined ? withPtz[0] : withPtz.find(({ token }) => token === options.profile);
  if (profile === undefined)
    return err(
      withPtz.length === 0
        ? "no profile of the camera has pan and tilt"
        : `the camera has no profile "${options.profile}"; it has ${withPtz.map(({ token }) => token).join(", ")}`,
    );

  // Per configuration where the camera tells it, per node otherwise: firmware answers one, the other, or both.
  const told = await call(ptz, onvif.getConfigurationOptions(profile.configuration), "GetConfigurationOptionsResponse");
  let spaces = told.ok ? onvif.readConfigurationOptions(told.value) : { panTilt: [], zoom: [] };
  if (spaces.panTilt.length === 0) {
    const nodes = await call(ptz, onvif.getNodes(), "GetNodesResponse");
    if (!nodes.ok) return nodes;
    const ofNode = onvif.readNodeSpaces(nodes.value, profile.node);
    spaces = { panTilt: ofNode.panTilt, zoom: spaces.zoom.length > 0 ? spaces.zoom : ofNode.zoom };
  }
  const degrees = spaces.panTilt.find(({ space }) => space === onvif.SPACES.degrees);
  const generic = spaces.panTilt.find(({ space }) => space === onvif.SPACES.generic);
  const used = (options.preferDegrees ? degrees : undefined) ?? generic ?? degrees;
  if (used === undefined) return err("the camera has no absolute positions: it can be moved, but not to a place");
  const zoomUsed = spaces.zoom.find(({ space }) => space === onvif.SPACES.zoom) ?? spaces.zoom[0];
  const limits = profile.panTiltLimits?.space === used.space ? profile.panTiltLimits : undefined;
  const zoomLimits = profile.zoomLimits?.space === zoomUsed?.space ? profile.zoomLimits : undefined;

  /** Firmware reports in the generic space what was commanded in degrees: the ranges of both carry one into the other. */
  const toUsed = (value: number, space: string | undefined, axis: "x" | "y"): number => {
    const from = spaces.panTilt.find((one) => one.space === (space ?? profile.defaultSpace ?? used.space));
    if (from === undefined || from.space === used.space) return value;
    return used[axis].min + ((value - from[axis].min) / (from[axis].max - from[axis].min)) * (used[axis].max - used[axis].min);
  };
  const done = (answer: Result<XmlElement, string>): Result<void, string> => (answer.ok ? ok(undefined) : answer);

  return ok({
    space: used === degrees ? "degrees" : "generic",
    pan: narrowed(used.x, limits?.x),
    tilt: narrowed(used.y, limits?.y),
    zoom: zoomUsed === undefined ? undefined : narrowed(zoomUsed.x, zoomLimits?.x),
    status: async () => {
      const answer = await call(ptz, onvif.getStatus(profile.token), "GetStatusResponse");
      if (!answer.ok) return answer;
      const status = onvif.readStatus(answer.value);
      if (!status.ok) return status;
      const { pan, tilt, panTiltSpace, zoom, moving } = status.value;
      return ok({ pan: toUsed(pan, panTiltSpace, "x"), tilt: toUsed(tilt, panTiltSpace, "y"), zoom, moving });
    },
    moveTo: async (pan, tilt, zoom) =>
      done(
        await call(
          ptz,
          onvif.absoluteMove(
            profile.token,
            { x: pan, y: tilt, space: used.space },
            zoom === undefined || zoomUsed === undefined ? undefined : { x: zoom, space: zoomUsed.space },
          ),
          "AbsoluteMoveResponse",
        ),
      ),
    stop: async () => done(await call(ptz, onvif.stop(profile.token), "StopResponse")),
    snapshotUrl: async () => {
      const answer = await call(media, onvif.getSnapshotUri(mediaService, profile.token), "GetSnapshotUriResponse");
      if (!answer.ok) return answer;
      const uri = onvif.readSnapshotUri(answer.value);
      if (uri === undefined || !URL.canParse(uri)) return err("the camera tells no address of a picture");
      const url = new URL(uri);
      if (url.hostname !== device.hostname || !/^https?:$/.test(url.protocol))
        return err(`the camera's picture is at ${url.host}, which is not the configured host; give pictureUrl`);
      return ok(url);
    },
  });
}

function narrowed(range: onvif.AxisRange, by: onvif.AxisRange | undefined): onvif.AxisRange {
  if (by === undefined) return range;
  const min = Math.max(range.min, by.min);
  const max = Math.min(range.max, by.max);
  return max > min ? { min, max } : range;
}
