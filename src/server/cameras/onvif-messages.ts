// The few ONVIF messages that a pan-tilt camera is turned with: SOAP 1.2 bodies out, parsed answers in. Pure. ONVIF Core, Media and
// PTZ service specifications (21.12); OASIS WS-Security UsernameToken profile 1.0. Prefixes are not looked at: cameras choose their own.

import { createHash } from "node:crypto";
import { err, ok, type Result } from "../../core/base/result.ts";
import { attributeOf, escapeXml, parseXml, type XmlElement } from "../../core/protocols/cot/xml.ts";

export const SERVICES = {
  device: "http://www.onvif.org/ver10/device/wsdl",
  media: "http://www.onvif.org/ver10/media/wsdl",
  media2: "http://www.onvif.org/ver20/media/wsdl",
  ptz: "http://www.onvif.org/ver20/ptz/wsdl",
} as const;
const SCHEMA = "http://www.onvif.org/ver10/schema";
const SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
const BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/** Position spaces, PTZ service specification 5.8: degrees are the better ones where a camera has them. */
export const SPACES = {
  degrees: "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees",
  generic: "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace",
  zoom: "http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace",
} as const;

export interface UsernameToken {
  readonly user: string;
  readonly password: string;
  /** 16 octets, never used twice. */
  readonly nonce: Uint8Array;
  /** On the camera's own clock, milliseconds since the Unix epoch. */
  readonly createdMs: number;
}

/** PasswordDigest = Base64(SHA-1(nonce + created + password)). */
export function passwordDigest(nonce: Uint8Array, created: string, password: string): string {
  return createHash("sha1").update(nonce).update(created).update(password).digest("base64");
}

/** A whole SOAP message around a body. */
export function envelope(body: string, token: UsernameToken | undefined): string {
  let header = "";
  if (token !== undefined) {
    const created = new Date(token.createdMs).toISOString();
    header =
      `<s:Header><Security s:mustUnderstand="1" xmlns="${SECURITY}"><UsernameToken><Username>${escapeXml(token.user)}</Username>` +
      `<Password Type="${DIGEST}">${passwordDigest(token.nonce, created, token.password)}</Password>` +
      `<Nonce EncodingType="${BASE64}">${Buffer.from(token.nonce).toString("base64")}</Nonce>` +
      `<Created xmlns="${UTILITY}">${created}</Created></UsernameToken></Security></s:Header>`;
  }
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

const inService = (service: keyof typeof SERVICES, operation: string, inner = ""): string =>
  `<${operation} xmlns="${SERVICES[service]}"${inner.includes("tt:") ? ` xmlns:tt="${SCHEMA}"` : ""}>${inner}</${operation}>`;

export const getSystemDateAndTime = (): string => inService("device", "GetSystemDateAndTime");
export const getServices = (): string => inService("device", "GetServices", "<IncludeCapability>false</IncludeCapability>");
export const getCapabilities = (): string => inService("device", "GetCapabilities", "<Category>All</Category>");
export const getProfiles = (service: "media" | "media2"): string =>
  inService(service, "GetProfiles", service === "media2" ? "<Type>PTZ</Type>" : "");
export const getNodes = (): string => inService("ptz", "GetNodes");
export const getConfigurationOptions = (configuration: string): string =>
  inService("ptz", "GetConfigurationOptions", `<ConfigurationToken>${escapeXml(configuration)}</ConfigurationToken>`);
export const getStatus = (profile: string): string => inService("ptz", "GetStatus", `<ProfileToken>${escapeXml(profile)}</ProfileToken>`);
export const stop = (profile: string): string =>
  inService("ptz", "Stop", `<ProfileToken>${escapeXml(profile)}</ProfileToken><PanTilt>true</PanTilt><Zoom>true</Zoom>`);
export const getSnapshotUri = (service: "media" | "media2", profile: string): string =>
  inService(service, "GetSnapshotUri", `<ProfileToken>${escapeXml(profile)}</ProfileToken>`);

export function absoluteMove(
  profile: string,
  panTilt: { readonly x: number; readonly y: number; readonly space: string },
  zoom: { readonly x: number; readonly space: string } | undefined,
): string {
  const lens = zoom === undefined ? "" : `<tt:Zoom x="${decimal(zoom.x)}" space="${escapeXml(zoom.space)}"/>`;
  return inService(
    "ptz",
    "AbsoluteMove",
    `<ProfileToken>${escapeXml(profile)}</ProfileToken><Position><tt:PanTilt x="${decimal(panTilt.x)}" y="${decimal(panTilt.y)}" space="${escapeXml(panTilt.space)}"/>${lens}</Position>`,
  );
}

/** xs:float without an exponent: some firmware reads none. */
const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, "");

const localName = (name: string) => name.slice(name.indexOf(":") + 1);
const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  (element?.children ?? []).filter((child) => localName(child.name) === name);
const child = (element: XmlElement | undefined, ...path: string[]): XmlElement | undefined => {
  let found = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
};
const textOf = (element: XmlElement | undefined): string => element?.text.trim() ?? "";

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) < 1e9 ? value : undefined;
}

/** The answer's body element called `name`, or one sentence: a fault's reason, or what is wrong with the document. */
export function readAnswer(text: string, name: string): Result<XmlElement, string> {
  const parsed = parseXml(text);
  if (!parsed.ok) return err(`the camera's answer cannot be read: ${parsed.error.message}`);
  const body = localName(parsed.value.name) === "Envelope" ? child(parsed.value, "Body") : undefined;
  const fault = child(body, "Fault");
  if (fault !== undefined) {
    const reason = textOf(child(fault, "Reason", "Text")) || textOf(child(fault, "faultstring"));
    const code = textOf(child(fault, "Code", "Subcode", "Subcode", "Value")) || textOf(child(fault, "Code", "Subcode", "Value"));
    const why = [reason, code].filter((part) => part !== "").join(", ");
    return err(`the camera refuses: ${clean(why) || "it does not say why"}`);
  }
  const found = child(body, name);
  return found === undefined ? err(`the camera's answer has no ${name}`) : ok(found);
}

/** Text from a device: one line, no control or direction characters, not long. */
const clean = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, 200);

/** Milliseconds since the Unix epoch on the camera's clock; undefined where it does not tell a UTC time. */
export function readSystemTime(answer: XmlElement): number | undefined {
  const utc = child(answer, "SystemDateAndTime", "UTCDateTime");
  const part = (group: string, name: string) => numberOf(textOf(child(utc, group, name)));
  const parts = [
    part("Date", "Year"),
    part("Date", "Month"),
    part("Date", "Day"),
    part("Time", "Hour"),
    part("Time", "Minute"),
    part("Time", "Second"),
  ];
  if (parts.some((value) => value === undefined)) return undefined;
  const [year, month, day, hour, minute, second] = parts as number[];
  return Date.UTC(year!, month! - 1, day, hour, minute, second);
}

export interface ServiceAddresses {
  readonly media: string | undefined;
  readonly media2: string | undefined;
  readonly ptz: string | undefined;
}

export function readServices(answer: XmlElement): ServiceAddresses {
  const at = (namespace: string) => {
    const service = childrenOf(answer, "Service").find((entry) => textOf(child(entry, "Namespace")) === namespace);
    return textOf(child(service, "XAddr")) || undefined;
  };
  return { media: at(SERVICES.media), media2: at(SERVICES.media2), ptz: at(SERVICES.ptz) };
}

export function readCapabilities(answer: XmlElement): ServiceAddresses {
  const at = (name: string) => textOf(child(answer, "Capabilities", name, "XAddr")) || undefined;
  return { media: at("Media"), media2: undefined, ptz: at("PTZ") };
}

export interface AxisRange {
  readonly min: number;
  readonly max: number;
}

export interface PanTiltRange {
  readonly space: string;
  readonly x: AxisRange;
  readonly y: AxisRange;
}

export interface ZoomRange {
  readonly space: string;
  readonly x: AxisRange;
}

export interface PtzProfile {
  readonly token: string;
  readonly configuration: string;
  readonly node: string;
  /** Space of positions that name none. */
  readonly defaultSpace: string | undefined;
  /** Narrower than the spaces: what the installer allowed. */
  readonly panTiltLimits: PanTiltRange | undefined;
  readonly zoomLimits: ZoomRange | undefined;
}

function rangeOf(element: XmlElement | undefined): AxisRange | undefined {
  const min = numberOf(textOf(child(element, "Min")));
  const max = numberOf(textOf(child(element, "Max")));
  return min === undefined || max === undefined || !(max > min) ? undefined : { min, max };
}

function panTiltRangeOf(element: XmlElement | undefined): PanTiltRange | undefined {
  const x = rangeOf(child(element, "XRange"));
  const y = rangeOf(child(element, "YRange"));
  const space = textOf(child(element, "URI"));
  return x === undefined || y === undefined || space === "" ? undefined : { space, x, y };
}

function zoomRangeOf(element: XmlElement | undefined): ZoomRange | undefined {
  const x = rangeOf(child(element, "XRange"));
  const space = textOf(child(element, "URI"));
  return x === undefined || space === "" ? undefined : { space, x };
}

/** Profiles with a PTZ configuration, in the camera's order; of the media service of either version. */
export function readProfiles(answer: XmlElement): PtzProfile[] {
  const found: PtzProfile[] = [];
  for (const profile of childrenOf(answer, "Profiles")) {
    const ptz = child(profile, "PTZConfiguration") ?? child(profile, "Configurations", "PTZ");
    const token = attributeOf(profile, "token");
    const configuration = attributeOf(ptz, "token");
    if (ptz === undefined || token === undefined || configuration === undefined) continue;
    found.push({
      token,
      configuration,
      node: textOf(child(ptz, "NodeToken")),
      // The schema itself has the misspelling.
      defaultSpace: textOf(child(ptz, "DefaultAbsolutePantTiltPositionSpace")) || undefined,
      panTiltLimits: panTiltRangeOf(child(ptz, "PanTiltLimits", "Range")),
      zoomLimits: zoomRangeOf(child(ptz, "ZoomLimits", "Range")),
    });
    if (found.length >= 64) break;
  }
  return found;
}

export interface PtzSpaces {
  readonly panTilt: readonly PanTiltRange[];
  readonly zoom: readonly ZoomRange[];
}

function spacesOf(element: XmlElement | undefined): PtzSpaces {
  return {
    panTilt: childrenOf(element, "AbsolutePanTiltPositionSpace").flatMap((entry) => panTiltRangeOf(entry) ?? []),
    zoom: childrenOf(element, "AbsoluteZoomPositionSpace").flatMap((entry) => zoomRangeOf(entry) ?? []),
  };
}

export const readConfigurationOptions = (answer: XmlElement): PtzSpaces => spacesOf(child(answer, "PTZConfigurationOptions", "Spaces"));

/** Spaces of one node; of the only node where the token is unknown. */
export function readNodeSpaces(answer: XmlElement, token: string): PtzSpaces {
  const nodes = childrenOf(answer, "PTZNode");
  const node = nodes.find((entry) => attributeOf(entry, "token") === token) ?? (nodes.length === 1 ? nodes[0] : undefined);
  return spacesOf(child(node, "SupportedPTZSpaces"));
}

export interface PtzStatus {
  readonly pan: number;
  readonly tilt: number;
  readonly panTiltSpace: string | undefined;
  readonly zoom: number | undefined;
  /** "UNKNOWN" where the camera does not tell. */
  readonly moving: "MOVING" | "IDLE" | "UNKNOWN";
  readonly error: string;
}

export function readStatus(answer: XmlElement): Result<PtzStatus, string> {
  const status = child(answer, "PTZStatus");
  const panTilt = child(status, "Position", "PanTilt");
  const pan = numberOf(attributeOf(panTilt, "x"));
  const tilt = numberOf(attributeOf(panTilt, "y"));
  if (pan === undefined || tilt === undefined) return err("the camera does not tell its position");
  const states = ["PanTilt", "Zoom"].map((name) => textOf(child(status, "MoveStatus", name)));
  return ok({
    pan,
    tilt,
    panTiltSpace: attributeOf(panTilt, "space"),
    zoom: numberOf(attributeOf(child(status, "Position", "Zoom"), "x")),
    moving: states.includes("MOVING") ? "MOVING" : states.includes("IDLE") ? "IDLE" : "UNKNOWN",
    error: clean(textOf(child(status, "Error"))),
  });
}

export const readSnapshotUri = (answer: XmlElement): string | undefined =>
  textOf(child(answer, "MediaUri", "Uri")) || textOf(child(answer, "Uri")) || undefined;
