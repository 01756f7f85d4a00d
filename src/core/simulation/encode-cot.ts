// A partner's tracks as Cursor on Target 2.0 events, one XML document a UDP payload. ce and le are 1 sigma.

import { encodeUtf8 } from "../base/text.ts";
import { DEGREES_PER_RADIAN, type Micros, wrapAzimuth } from "../base/units.ts";
import type { PartnerReport } from "./report.ts";

/** s after which a receiver should drop the event: five reports. */
const STALE = 10;
const isoTime = (at: number): string => new Date(Math.floor(at / 1000)).toISOString();
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** One event; `at` is when it is sent, the report's own instant is when it was true. */
export function encodeCot(report: PartnerReport, at: Micros): Uint8Array {
  const course = wrapAzimuth(Math.atan2(report.velocityEast, report.velocityNorth)) * DEGREES_PER_RADIAN;
  const speed = Math.hypot(report.velocityEast, report.velocityNorth);
  return encodeUtf8(
    `<?xml version="1.0" encoding="UTF-8"?>` +
      `<event version="2.0" uid="${escapeXml(report.uid)}" type="${escapeXml(report.cotType)}" time="${isoTime(at)}" ` +
      `start="${isoTime(report.at)}" stale="${isoTime(report.at + STALE * 1e6)}" how="m-g">` +
      `<point lat="${(report.latitude * DEGREES_PER_RADIAN).toFixed(7)}" lon="${(report.longitude * DEGREES_PER_RADIAN).toFixed(7)}" ` +
      `hae="${report.heightHae.toFixed(1)}" ce="${report.horizontalSigma.toFixed(1)}" ` +
      `le="${report.verticalSigma.toFixed(1)}"/>` +
      `<detail><contact callsign="${escapeXml(report.callsign)}"/>` +
      `<track course="${course.toFixed(1)}" speed="${speed.toFixed(2)}"/>` +
      `<remarks>SIMULATED</remarks></detail></event>`,
  );
}
