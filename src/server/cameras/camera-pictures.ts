// Pictures of one camera on their way to the console: fetched here so that the browser never speaks with the camera, bounded in size,
// time and number. Several consoles share one request.

import { Readable } from "node:stream";
import { err, ok, type Result } from "../../core/base/result.ts";
import type { CameraFile } from "../configuration/camera-schema.ts";
import type { BoundedHttp, HttpCredentials } from "./bounded-http.ts";
import type { OnvifCamera } from "./onvif-client.ts";

export interface CameraPictures {
  /** One JPEG; at most 100 ms old. One sentence when there is none. */
  still(): Promise<Result<Uint8Array, string>>;
  /** The stream as it comes, for at most a minute. */
  stream(): Promise<Result<{ contentType: string; body: ReadableStream<Uint8Array> }, string>>;
  close(): void;
}

const TIMEOUT = 5000; // ms
const MAX_PICTURE = 4 * 1024 * 1024;
const MAX_STREAM = 64 * 1024 * 1024;
const STREAM_SECONDS = 60;
const MAX_STREAMS = 8;
const SHARED_FOR = 100; // ms

export function createCameraPictures(options: {
  readonly file: CameraFile;
  readonly http: BoundedHttp;
  readonly credentials: HttpCredentials | undefined;
  readonly found: () => OnvifCamera | undefined;
}): CameraPictures {
  const { file, http } = options;
  const device = new URL(file.onvif);
  let told: { by: OnvifCamera; url: URL } | undefined;
  let current: Promise<Result<Uint8Array, string>> | undefined;
  let last: { at: number; picture: Uint8Array } | undefined;
  let streams = 0;

  async function address(): Promise<Result<URL, string>> {
    if (file.pictureUrl !== undefined) return ok(new URL(file.pictureUrl));
    const found = options.found();
    if (found === undefined) return err("the camera does not answer");
    if (told?.by === found) return ok(told.url);
    const url = await found.snapshotUrl();
    if (url.ok) told = { by: found, url: url.value };
    return url;
  }

  /** The password is for the camera: a picture on another host is asked for without it. */
  const credentialsFor = (url: URL) => (url.hostname === device.hostname ? options.credentials : undefined);

  async function fetchStill(): Promise<Result<Uint8Array, string>> {
    const url = await address();
    if (!url.ok) return url;
    // A stream has pictures in it: the first one is taken.
    const answer = await http.stream({
      url: url.value,
      timeoutMs: TIMEOUT,
      maxBytes: MAX_PICTURE,
      maxSeconds: TIMEOUT / 1000,
      credentials: credentialsFor(url.value),
    });
    if (!answer.ok) return answer;
    const { body, contentType, end } = answer.value;
    const isStream = /^multipart\//i.test(contentType);
    const parts: Buffer[] = [];
    let whole = false;
    try {
      for await (const part of body as AsyncIterable<Buffer>) {
        parts.push(part);
        if (isStream && firstJpeg(Buffer.concat(parts)) !== undefined) break;
      }
      whole = true;
    } catch {
      whole = false; // broken off, too long or too slow: what is there may still be one picture
    } finally {
      end();
    }
    const octets = Buffer.concat(parts);
    const picture = isStream ? firstJpeg(octets) : whole && isJpeg(octets) ? octets : undefined;
    if (picture === undefined)
      return err(
        whole
          ? "what the camera sent is not a JPEG"
          : `the picture did not come whole within ${TIMEOUT / 1000} s and ${MAX_PICTURE / 1024 / 1024} MiB`,
      );
    last = { at: performance.now(), picture };
    return ok(picture);
  }

  return {
    still: () => {
      if (last !== undefined && performance.now() - last.at < SHARED_FOR) return Promise.resolve(ok(last.picture));
      current ??= fetchStill().finally(() => {
        current = undefined;
      });
      return current;
    },
    stream: async () => {
      if (streams >= MAX_STREAMS) return err(`${MAX_STREAMS} streams of this camera are being watched already`);
      const url = await address();
      if (!url.ok) return url;
      const answer = await http.stream({
        url: url.value,
        timeoutMs: TIMEOUT,
        maxBytes: MAX_STREAM,
        maxSeconds: STREAM_SECONDS,
        credentials: credentialsFor(url.value),
      });
      if (!answer.ok) return answer;
      const { contentType, body } = answer.value;
      if (!/^multipart\/x-mixed-replace\s*;\s*boundary=[\w"'()+,./:=?-]{1,80}$/i.test(contentType)) {
        answer.value.end();
        return err("the camera's address gives no MJPEG stream");
      }
      streams += 1;
      body.on("close", () => {
        streams -= 1;
      });
      return ok({ contentType, body: Readable.toWeb(body) as ReadableStream<Uint8Array> });
    },
    close: () => http.close(),
  };
}

const isJpeg = (octets: Buffer) => octets.length > 4 && octets[0] === 0xff && octets[1] === 0xd8 && octets[2] === 0xff;

/** The first whole JPEG in a stream, from its start marker to its end marker. */
function firstJpeg(octets: Buffer): Buffer | undefined {
  const start = octets.indexOf(Buffer.from([0xff, 0xd8, 0xff]));
  if (start < 0) return undefined;
  // Inside entropy-coded data 0xff is followed by 0x00 or a restart marker, never by 0xd9.
  const end = octets.indexOf(Buffer.from([0xff, 0xd9]), start + 3);
  return end < 0 ? undefined : octets.subarray(start, end + 2);
}
