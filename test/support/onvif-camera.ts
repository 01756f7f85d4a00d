// A pan-tilt camera that is none: a real HTTP server that answers the ONVIF messages Picket sends, turns with a finite speed on a mount
// that a test chooses, makes a picture of where it looks, and misbehaves when asked to. Written from the specifications, apart from
// the client.

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { angleBetween, azimuthElevation, type CameraMount, lookDirection } from "../../src/core/geodesy/camera-mount.ts";
import type { Vector3 } from "../../src/core/geodesy/wgs84.ts";
import { blockyJpeg } from "./blocky-jpeg.ts";

const D = Math.PI / 180;
const DEGREES_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees";
const GENERIC_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace";
const ZOOM_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace";

export interface Range {
  min: number;
  max: number;
}

export interface OnvifCameraOptions {
  user?: string;
  password?: string;
  /** The truth: raw pan and tilt of the motors are degrees here. */
  mount?: Omit<CameraMount, "panScale" | "tiltScale">;
  /** Degrees that the motors reach. */
  pan?: Range;
  tilt?: Range;
  /** Degrees a second. */
  speed?: number;
  /** Spaces that it offers. The generic one has -1..1 (or `genericRange`) over the motors' reach. */
  spaces?: ("degrees" | "generic")[];
  genericRange?: { x: Range; y: Range };
  /** GetStatus speaks of this space whatever was commanded. */
  statusSpace?: "degrees" | "generic";
  /** Its clock is so far off, ms. */
  clockOffsetMs?: number;
  widestDegrees?: number;
  narrowestDegrees?: number;
  /** Answers only the first of the two questions for spaces. */
  tellsOptions?: boolean;
  /** How it wants to be signed in to: a token in the message, or a digest of HTTP, as newer firmware insists. */
  auth?: "token" | "digest";
  /** 2: only the newer media service. 0: it knows GetCapabilities alone, as older firmware does. */
  media?: 0 | 1 | 2;
  /** Limits that its installer set, degrees. */
  panLimits?: Range;
  /** PEM: it speaks https, under the name localhost. */
  tls?: { cert: string; key: string };
  /** Host that it puts into the addresses of its services: cameras behind a router tell wrong ones. */
  toldHost?: string;
}

export interface OnvifCamera {
  readonly url: string;
  readonly port: number;
  /** Names of the operations that it was asked, in order. */
  readonly asked: string[];
  /** Tokens with a wrong digest, a used nonce or an old time. */
  readonly refusedTokens: string[];
  /** Where the motors are, degrees, and the zoom, 0 to 1. */
  position(): { pan: number; tilt: number; zoom: number };
  /** Unit vector east, north, up of where it really looks; width of its picture, rad. */
  looks(): { direction: Vector3; azimuthDegrees: number; elevationDegrees: number; fieldOfView: number };
  /** Faults: see `answer`. */
  fault: "none" | "stuck" | "silent" | "redirect" | "doctype" | "huge" | "trickle" | "soap-fault" | "not-a-picture";
  /** Turns it by hand, as its own joystick does. */
  turnTo(pan: number, tilt: number): void;
  /** Directions of things in its sky, for its picture. */
  objects: Vector3[];
  pictures: number;
  close(): Promise<void>;
}

export async function startOnvifCamera(options: OnvifCameraOptions = {}): Promise<OnvifCamera> {
  const user = options.user ?? "picket";
  const password = options.password ?? "camera-secret";
  const pan = options.pan ?? { min: -180, max: 180 };
  const tilt = options.tilt ?? { min: -30, max: 90 };
  const speed = options.speed ?? 120;
  const spaces = options.spaces ?? ["degrees", "generic"];
  const generic = options.genericRange ?? { x: { min: -1, max: 1 }, y: { min: -1, max: 1 } };
  const mount: CameraMount = { heading: 0, pitch: 0, roll: 0, tiltZero: 0, ...options.mount, panScale: D, tiltScale: D };
  const widest = (options.widestDegrees ?? 60) * D;
  const narrowest = (options.narrowestDegrees ?? 2) * D;
  const nonces = new Set<string>();

  let from = { pan: 0, tilt: 0, zoom: 0, at: performance.now() };
  let goal = { pan: 0, tilt: 0, zoom: 0 };
  const along = (a: number, b: number, most: number) => (Math.abs(b - a) <= most ? b : a + Math.sign(b - a) * most);
  const position = () => {
    const seconds = (performance.now() - from.at) / 1000;
    return {
      pan: along(from.pan, goal.pan, speed * seconds),
      tilt: along(from.tilt, goal.tilt, speed * seconds),
      zoom: along(from.zoom, goal.zoom, 2 * seconds),
    };
  };
  const isMoving = () => {
    const now = position();
    return now.pan !== goal.pan || now.tilt !== goal.tilt || now.zoom !== goal.zoom;
  };
  const turn = (to: typeof goal) => {
    from = { ...position(), at: performance.now() };
    goal = to;
  };
  const share = (value: number, a: Range, b: Range) => b.min + ((value - a.min) / (a.max - a.min)) * (b.max - b.min);
  const fieldOfView = () => {
    const [wide, narrow] = [1 / Math.tan(widest / 2), 1 / Math.tan(narrowest / 2)];
    return 2 * Math.atan(1 / (wide + position().zoom * (narrow - wide)));
  };

  function picture(): Uint8Array {
    camera.pictures += 1;
    const { direction, fieldOfView: width } = camera.looks();
    const { azimuth, elevation } = azimuthElevation(direction);
    const [columns, rows] = [80, 45];
    return blockyJpeg(columns, rows, (column, row) => {
      const a = azimuth + ((column + 0.5) / columns - 0.5) * width;
      const e = elevation - ((row + 0.5) / rows - 0.5) * width * (rows / columns);
      const here: Vector3 = [Math.sin(a) * Math.cos(e), Math.cos(a) * Math.cos(e), Math.sin(e)];
      if (camera.objects.some((object) => angleBetween(object, here) < width / 60)) return 10;
      if (column === columns / 2 || row === Math.floor(rows / 2)) return 230;
      return e < 0 ? 60 + 10 * Math.cos(a * 20) : 140 + 60 * Math.max(0, 1 - e);
    });
  }

  const range = (name: string, { min, max }: Range) => `<tt:${name}><tt:Min>${min}</tt:Min><tt:Max>${max}</tt:Max></tt:${name}>`;
  const spaceList = () =>
    spaces
      .map((space) =>
        space === "degrees"
          ? `<tt:AbsolutePanTiltPositionSpace><tt:URI>${DEGREES_SPACE}</tt:URI>${range("XRange", pan)}${range("YRange", tilt)}</tt:AbsolutePanTiltPositionSpace>`
          : `<tt:AbsolutePanTiltPositionSpace><tt:URI>${GENERIC_SPACE}</tt:URI>${range("XRange", generic.x)}${range("YRange", generic.y)}</tt:AbsolutePanTiltPositionSpace>`,
      )
      .join("") +
    `<tt:AbsoluteZoomPositionSpace><tt:URI>${ZOOM_SPACE}</tt:URI>${range("XRange", { min: 0, max: 1 })}</tt:AbsoluteZoomPositionSpace>`;

  const envelope = (body: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:ter="http://www.onvif.org/ver10/error"><env:Body>${body}</env:Body></env:Envelope>`;
  const faultBody = (subcode: string, text: string) =>
    envelope(
      `<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>${subcode}</env:Value></env:Subcode></env:Code><env:Reason><env:Text xml:lang="en">${text}</env:Text></env:Reason></env:Fault>`,
    );
  const cameraNow = () => Date.now() + (options.clockOffsetMs ?? 0);

  /** Whether the message carries a good UsernameToken; the reason when it does not. */
  function tokenProblem(message: string): string | undefined {
    if (options.auth === "digest") return undefined; // asked for on the HTTP side
    const part = (name: string) => new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(message)?.[1];
    const [name, digest, nonce, created] = [part("Username"), part("Password"), part("Nonce"), part("Created")];
    if (name === undefined || digest === undefined || nonce === undefined || created === undefined) return "no token";
    if (name !== user) return "unknown user";
    if (nonces.has(nonce)) return "nonce used before";
    nonces.add(nonce);
    if (Math.abs(Date.parse(created) - cameraNow()) > 5000) return "time too far off";
    const expected = createHash("sha1")
      .update(Buffer.concat([Buffer.from(nonce, "base64"), Buffer.from(created), Buffer.from(password)]))
      .digest("base64");
    return digest === expected ? undefined : "wrong digest";
  }

  function answer(operation: string, message: string): { status: number; body: string } {
    const host = options.toldHost ?? `127.0.0.1:${camera.port}`;
    if (operation === "GetSystemDateAndTime") {
      const now = new Date(cameraNow());
      return {
        status: 200,
        body: envelope(
          `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
        ),
      };
    }
    const problem = tokenProblem(message);
    if (problem !== undefined) {
      camera.refusedTokens.push(`${operation}: ${problem}`);
      return { status: 400, body: faultBody("ter:NotAuthorized", "Sender not authorized") };
    }
    if (camera.fault === "soap-fault") return { status: 500, body: faultBody("ter:Action", "The motor is locked for transport") };
    switch (operation) {
      case "GetServices": {
        if (options.media === 0) return { status: 500, body: faultBody("ter:ActionNotSupported", "Not implemented") };
        const services = [
          [options.media === 2 ? "http://www.onvif.org/ver20/media/wsdl" : "http://www.onvif.org/ver10/media/wsdl", "media"],
          ["http://www.onvif.org/ver20/ptz/wsdl", "ptz"],
        ];
        const list = services.map(
          ([namespace, path]) =>
            `<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>http://${host}/onvif/${path}</tds:XAddr></tds:Service>`,
        );
        return { status: 200, body: envelope(`<tds:GetServicesResponse>${list.join("")}</tds:GetServicesResponse>`) };
      }
      case "GetCapabilities":
        return {
          status: 200,
          body: envelope(
            `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>http://${host}/onvif/media</tt:XAddr></tt:Media><tt:PTZ><tt:XAddr>http://${host}/onvif/ptz</tt:XAddr></tt:PTZ></tds:Capabilities></tds:GetCapabilitiesResponse>`,
          ),
        };
      case "GetProfiles": {
        const limits =
          options.panLimits === undefined
            ? ""
            : `<tt:PanTiltLimits><tt:Range><tt:URI>${DEGREES_SPACE}</tt:URI>${range("XRange", options.panLimits)}${range("YRange", tilt)}</tt:Range></tt:PanTiltLimits>`;
        const configuration = `<tt:Name>ptz</tt:Name><tt:NodeToken>node0</tt:NodeToken><tt:DefaultAbsolutePantTiltPositionSpace>${GENERIC_SPACE}</tt:DefaultAbsolutePantTiltPositionSpace>${limits}`;
        if (options.media === 2) {
          const asksForPtz = /<Type>PTZ<\/Type>/.test(message);
          return {
            status: 200,
            body: envelope(
              `<tr2:GetProfilesResponse xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"><tr2:Profiles token="main"><tr2:Name>main</tr2:Name>${asksForPtz ? `<tr2:Configurations><tr2:PTZ token="ptz0">${configuration}</tr2:PTZ></tr2:Configurations>` : ""}</tr2:Profiles></tr2:GetProfilesResponse>`,
            ),
          };
        }
        return {
          status: 200,
          body: envelope(
            `<trt:GetProfilesResponse><trt:Profiles token="fixed" fixed="true"><tt:Name>no motor</tt:Name></trt:Profiles><trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name><tt:PTZConfiguration token="ptz0">${configuration}</tt:PTZConfiguration></trt:Profiles></trt:GetProfilesResponse>`,
          ),
        };
      }
      case "GetConfigurationOptions":
        return options.tellsOptions === false
          ? { status: 500, body: faultBody("ter:ActionNotSupported", "Not implemented") }
          : {
              status: 200,
              body: envelope(
                `<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions><tt:Spaces>${spaceList()}</tt:Spaces></tptz:PTZConfigurationOptions></tptz:GetConfigurationOptionsResponse>`,
              ),
            };
      case "GetNodes":
        return {
          status: 200,
          body: envelope(
            `<tptz:GetNodesResponse><tptz:PTZNode token="node0"><tt:SupportedPTZSpaces>${spaceList()}</tt:SupportedPTZSpaces></tptz:PTZNode></tptz:GetNodesResponse>`,
          ),
        };
      case "GetStatus": {
        const now = position();
        const inDegrees = (options.statusSpace ?? spaces[0]) === "degrees";
        const x = inDegrees ? now.pan : share(now.pan, pan, generic.x);
        const y = inDegrees ? now.tilt : share(now.tilt, tilt, generic.y);
        const state = isMoving() ? "MOVING" : "IDLE";
        return {
          status: 200,
          body: envelope(
            `<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="${x}" y="${y}" space="${inDegrees ? DEGREES_SPACE : GENERIC_SPACE}"/><tt:Zoom x="${now.zoom}" space="${ZOOM_SPACE}"/></tt:Position><tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt><tt:Zoom>${state}</tt:Zoom></tt:MoveStatus><tt:UtcTime>${new Date(cameraNow()).toISOString()}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`,
          ),
        };
      }
      case "AbsoluteMove": {
        const of = (element: string, attribute: string) =>
          new RegExp(`<(?:\\w+:)?${element}\\b[^>]*\\b${attribute}="([^"]*)"`).exec(message)?.[1];
        const space = of("PanTilt", "space");
        let x = Number(of("PanTilt", "x"));
        let y = Number(of("PanTilt", "y"));
        if (space === GENERIC_SPACE) {
          x = share(x, generic.x, pan);
          y = share(y, generic.y, tilt);
        } else if (space !== DEGREES_SPACE) return { status: 400, body: faultBody("ter:SpaceNotSupported", "Unknown space") };
        const zoom = of("Zoom", "x");
        const slack = 1e-6;
        if (!(x >= pan.min - slack && x <= pan.max + slack && y >= tilt.min - slack && y <= tilt.max + slack))
          return { status: 400, body: faultBody("ter:InvalidPosition", "Requested position out of bounds") };
        // A motor that stalls half way.
        const now = position();
        const reach = camera.fault === "stuck" ? 0.5 : 1;
        turn({
          pan: now.pan + reach * (x - now.pan),
          tilt: now.tilt + reach * (y - now.tilt),
          zoom: zoom === undefined ? goal.zoom : Number(zoom),
        });
        return { status: 200, body: envelope("<tptz:AbsoluteMoveResponse/>") };
      }
      case "Stop":
        turn(position());
        return { status: 200, body: envelope("<tptz:StopResponse/>") };
      case "GetSnapshotUri": {
        const uri = `<tt:Uri>http://${host}/picture.jpg</tt:Uri>`;
        return {
          status: 200,
          body: envelope(
            options.media === 2
              ? `<tr2:GetSnapshotUriResponse xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"><tr2:Uri>http://${host}/picture.jpg</tr2:Uri></tr2:GetSnapshotUriResponse>`
              : `<trt:GetSnapshotUriResponse><trt:MediaUri>${uri}</trt:MediaUri></trt:GetSnapshotUriResponse>`,
          ),
        };
      }
      default:
        return { status: 400, body: faultBody("ter:ActionNotSupported", `no ${operation} here`) };
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://camera").pathname;
    if (camera.fault === "silent") return;
    if (camera.fault === "redirect") {
      response.writeHead(302, { location: "http://127.0.0.1:1/elsewhere" }).end();
      return;
    }
    if (path === "/picture.jpg" || path === "/stream.mjpeg") {
      if (!digestIsGood(request)) {
        response.writeHead(401, { "www-authenticate": `Digest realm="camera", qop="auth", nonce="${digestNonce}", algorithm=MD5` }).end();
        return;
      }
      if (path === "/picture.jpg") {
        if (camera.fault === "not-a-picture") response.writeHead(200, { "content-type": "image/jpeg" }).end("<html>hello</html>");
        else response.writeHead(200, { "content-type": "image/jpeg" }).end(picture());
        return;
      }
      response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=frame" });
      const send = () => {
        const frame = picture();
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${frame.length}\r\n\r\n`);
        response.write(frame);
        response.write("\r\n");
      };
      send();
      const timer = setInterval(send, 100);
      response.on("close", () => clearInterval(timer));
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    if (options.auth === "digest" && !/GetSystemDateAndTime/.test(Buffer.concat(parts).toString()) && !digestIsGood(request)) {
      response.writeHead(401, { "www-authenticate": `Digest realm="camera", qop="auth", nonce="${digestNonce}", algorithm=MD5` }).end();
      return;
    }
    const message = Buffer.concat(parts).toString("utf8");
    const operation = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(message)?.[1] ?? "";
    camera.asked.push(operation);
    const headers = { "content-type": "application/soap+xml; charset=utf-8" };
    if (camera.fault === "doctype") {
      response.writeHead(200, headers).end(`<!DOCTYPE lolz [<!ENTITY lol "lol">]>${answer(operation, message).body}`);
      return;
    }
    if (camera.fault === "huge") {
      response.writeHead(200, headers).end(`<a>${"x".repeat(2 * 1024 * 1024)}</a>`);
      return;
    }
    if (camera.fault === "trickle") {
      response.writeHead(200, headers);
      const timer = setInterval(() => response.write(" "), 50);
      response.on("close", () => clearInterval(timer));
      return;
    }
    const { status, body } = answer(operation, message);
    response.writeHead(status, headers).end(body);
  }

  const digestNonce = "5cc2d6b1";
  function digestIsGood(request: IncomingMessage): boolean {
    const given = request.headers.authorization ?? "";
    const field = (name: string) => new RegExp(`\\b${name}="?([^",]+)"?`).exec(given)?.[1] ?? "";
    const md5 = (text: string) => createHash("md5").update(text).digest("hex");
    const expected = md5(
      `${md5(`${user}:camera:${password}`)}:${digestNonce}:${field("nc")}:${field("cnonce")}:auth:${md5(`${request.method}:${request.url}`)}`,
    );
    return field("nonce") === digestNonce && field("response") === expected;
  }

  const answerAll = (request: IncomingMessage, response: ServerResponse) => {
    void respond(request, response).catch(() => response.destroy());
  };
  const server = options.tls === undefined ? createServer(answerAll) : createHttpsServer(options.tls, answerAll);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  const camera: OnvifCamera = {
    url: `${options.tls === undefined ? "http://127.0.0.1" : "https://localhost"}:${port}/onvif/device_service`,
    port,
    asked: [],
    refusedTokens: [],
    position,
    looks: () => {
      const now = position();
      const direction = lookDirection(mount, now.pan, now.tilt);
      const { azimuth, elevation } = azimuthElevation(direction);
      return { direction, azimuthDegrees: azimuth / D, elevationDegrees: elevation / D, fieldOfView: fieldOfView() };
    },
    fault: "none",
    turnTo: (toPan, toTilt) => {
      from = { pan: toPan, tilt: toTilt, zoom: goal.zoom, at: performance.now() };
      goal = { pan: toPan, tilt: toTilt, zoom: goal.zoom };
    },
    objects: [],
    pictures: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return camera;
}
