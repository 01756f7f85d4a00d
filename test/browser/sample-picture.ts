// A picture with one of each: for tests of the screen and for looking at it. Positions are metres around a fictional site.

import type { Affiliation, AlertView, JudgementView, SensorView, SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { unjudged } from "../../src/core/model/unjudged.ts";
import type { Picture } from "./contract-server.ts";

export const SITE = { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 };
const METRES_PER_DEGREE = 111_195;

export function placeOf(eastMetres: number, northMetres: number): { latitudeDegrees: number; longitudeDegrees: number } {
  return {
    latitudeDegrees: SITE.latitudeDegrees + northMetres / METRES_PER_DEGREE,
    longitudeDegrees: SITE.longitudeDegrees + eastMetres / (METRES_PER_DEGREE * Math.cos((SITE.latitudeDegrees * Math.PI) / 180)),
  };
}

export interface TrackSketch {
  id: string;
  east: number;
  north: number;
  up?: number;
  vEast?: number;
  vNorth?: number;
  vUp?: number;
  affiliation?: Affiliation;
  classification?: string;
}

export function aTrack(sketch: TrackSketch, nowUs: number, rest: Partial<TrackView> = {}): TrackView {
  const { east, north, up = 120, vEast = 0, vNorth = 0, vUp = 0 } = sketch;
  const speed = Math.hypot(vEast, vNorth);
  return {
    id: sketch.id,
    status: "confirmed",
    origin: "live",
    freshness: "LIVE",
    existence: 0.998,
    firstAtUs: nowUs - 95e6,
    atUs: nowUs,
    measuredAtUs: nowUs - 400_000,
    position: { ...placeOf(east, north), heightHaeMetres: SITE.heightHaeMetres + up, heightAmslMetres: SITE.heightHaeMetres + up - 18 },
    eastMetres: east,
    northMetres: north,
    upMetres: up,
    velocityEastMps: vEast,
    velocityNorthMps: vNorth,
    velocityUpMps: vUp,
    speedMps: speed,
    courseDegrees: ((Math.atan2(vEast, vNorth) * 180) / Math.PI + 360) % 360,
    ellipse: { semiMajorMetres: 38, semiMinorMetres: 14, azimuthDegrees: 35 },
    verticalSigmaMetres: 11,
    ...unjudged(),
    affiliation: sketch.affiliation ?? "pending",
    classification: sketch.classification ?? "unknown",
    identities: [],
    claims: [],
    contributions: [{ sensorId: "radar-north", lastAtUs: nowUs - 400_000, detections: 84 }],
    ...rest,
  };
}

export function aSensor(id: string, name: string, kind: string, nowUs: number, rest: Partial<SensorView> = {}): SensorView {
  return {
    id,
    name,
    kind,
    sourceId: "sapient",
    key: id,
    origin: "live",
    freshness: "LIVE",
    configured: true,
    notes: [],
    state: "operational",
    position: { ...placeOf(0, 0), heightHaeMetres: 305, heightAmslMetres: 287 },
    lastAtUs: nowUs - 300_000,
    detectionsPerSecond: 14.2,
    detections: 10_482,
    clockOffsetSeconds: 0.03,
    rangeMaxMetres: 4_000,
    azimuthCentreDegrees: 0,
    azimuthWidthDegrees: 360,
    ...rest,
  };
}

export function aSource(id: string, protocol: string, nowUs: number, rest: Partial<SourceView> = {}): SourceView {
  return {
    id,
    protocol,
    origin: "live",
    timeBasis: "sensor",
    direction: "listen",
    transport: "tcp",
    host: "127.0.0.1",
    port: 14_000,
    state: "connected",
    message: "",
    unauthenticated: false,
    connections: 1,
    packets: 18_220,
    bytes: 3_300_000,
    packetsPerSecond: 22.4,
    records: 18_100,
    lastAtUs: nowUs - 200_000,
    errors: [],
    drops: [],
    ...rest,
  };
}

export function anAlert(id: string, nowUs: number, rest: Partial<AlertView> = {}): AlertView {
  return {
    id,
    definitionId: "inbound-unassessed",
    subject: "T27",
    origin: "live",
    level: 1,
    state: "raised",
    raisedAtUs: nowUs - 12e6,
    lastAtUs: nowUs,
    acknowledgedAtUs: null,
    acknowledgedBy: null,
    shelvedUntilUs: null,
    shelvedBy: null,
    shelvedReason: null,
    clearedAtUs: null,
    heldBy: null,
    tracks: ["T27"],
    assetId: "hq",
    condition: {
      key: "alarm.inbound-unassessed",
      values: { track: "T27", asset: "hq", time: 142, bearing: 34 },
      text: "T27 is on its way in and nobody has assessed it in time; hq in 142 s, bearing 34 degrees",
    },
    action: {
      key: "action.assess-now",
      values: {},
      text: "Look at it now; accept or dismiss it, or order cover",
    },
    repeats: 0,
    ...rest,
  };
}

/** One alarm of each level, one of each way of having it in hand. */
export function sampleJudgement(nowUs: number): JudgementView {
  return {
    alerts: [
      anAlert("A3", nowUs),
      anAlert("A2", nowUs, {
        definitionId: "zone-entry",
        subject: "T31",
        level: 2,
        state: "acknowledged",
        raisedAtUs: nowUs - 48e6,
        acknowledgedAtUs: nowUs - 40e6,
        acknowledgedBy: "Basma",
        heldBy: "Basma",
        tracks: ["T31"],
        condition: {
          key: "alarm.zone-entry",
          values: { track: "T31", asset: "hq", time: 58, bearing: 32, distance: 1_706 },
          text: "T31 is expected to enter the keep-out of hq in 58 s, bearing 32 degrees from it, 1706 m",
        },
        action: { key: "action.assess", values: {}, text: "Assess it: accept or dismiss it" },
      }),
      anAlert("A1", nowUs, {
        definitionId: "sensor-degraded",
        subject: "camera",
        level: 3,
        state: "shelved",
        raisedAtUs: nowUs - 300e6,
        shelvedUntilUs: nowUs + 1_500e6,
        shelvedBy: "Basma",
        shelvedReason: "mechanic is on the way",
        tracks: [],
        assetId: null,
        condition: {
          key: "alarm.sensor-degraded",
          values: { sensor: "camera" },
          text: "camera is silent; others still look there",
        },
        action: { key: "action.check-sensor", values: {}, text: "Have the sensor checked" },
      }),
    ],
    groups: [],
    ranking: ["T31", "T27", "T12", "T30", "T33", "T8", "T19", "SIM-T4"],
    cover: null,
    coverPrompts: [],
    wind: null,
  };
}

const DRONE_SERIAL = "1581F45T7229000A1B2C";

export function samplePicture(nowUs: number): Picture {
  const claimAt = nowUs - 700_000;
  return {
    site: {
      id: "sample",
      name: "Falcon Base",
      ...SITE,
      assets: [
        { id: "hq", name: "Headquarters", ...placeOf(0, 0), radiusMetres: 500 },
        { id: "fuel", name: "Fuel farm", ...placeOf(1_250, -820), radiusMetres: 300 },
      ],
      zones: [
        {
          id: "keep-out",
          name: "Base keep-out",
          kind: "keep-out",
          polygon: [
            [-1_900, 1_500],
            [1_900, 1_700],
            [2_300, -1_500],
            [-1_500, -1_800],
          ].map(([e, n]) => {
            const p = placeOf(e!, n!);
            return [p.longitudeDegrees, p.latitudeDegrees] as [number, number];
          }),
          floor: null,
          ceiling: { kind: "amsl", metres: 1_000 },
          active: true,
        },
        {
          id: "corridor",
          name: "Approach corridor",
          kind: "information",
          polygon: [
            [2_600, 4_800],
            [3_600, 4_600],
            [3_200, 2_300],
            [2_700, 2_400],
          ].map(([e, n]) => {
            const p = placeOf(e!, n!);
            return [p.longitudeDegrees, p.latitudeDegrees] as [number, number];
          }),
          floor: null,
          ceiling: null,
          active: false,
        },
      ],
    },
    system: {
      version: "0.1.0",
      mode: "live",
      replay: null,
      health: "DEGRADED",
      healthReasons: ["The camera mast does not answer, so nothing north-west is confirmed by sight."],
      journal: { file: "journals/2026-11-23T02-10-00Z.mcap", bytes: 48_200_000, sealedSequence: 120_031, daysLeft: 41.5, recording: true },
      sequence: 120_034,
      nowUs,
    },
    tracks: [
      aTrack({ id: "T12", east: -2_600, north: 1_900, up: 110, vEast: 13, vNorth: -9.5, classification: "drone" }, nowUs, {
        identities: [{ scheme: "remote-id-serial", value: DRONE_SERIAL }],
        claims: [
          {
            sensorId: "rid-mast",
            heardAtUs: claimAt,
            serial: DRONE_SERIAL,
            operatorId: "FIN87astrdge12k8",
            category: "helicopter or multirotor",
            operationalStatus: "airborne",
            heightAboveTakeoffMetres: 92,
            transport: "Wi-Fi beacon",
            operator: { ...placeOf(-3_700, 2_900), heightHaeMetres: 310, heightAmslMetres: null, kind: "live" },
          },
        ],
        contributions: [
          { sensorId: "radar-north", lastAtUs: nowUs - 400_000, detections: 212 },
          { sensorId: "rid-mast", lastAtUs: claimAt, detections: 88 },
        ],
      }),
      aTrack(
        { id: "T27", east: 1_750, north: 2_550, up: 65, vEast: -9, vNorth: -16, affiliation: "suspect", classification: "drone" },
        nowUs,
        {
          ellipse: { semiMajorMetres: 90, semiMinorMetres: 30, azimuthDegrees: 120 },
          automaticAffiliation: "suspect",
          className: "multirotor-small",
          classConfidence: 0.94,
          uas: 0.96,
          manned: 0.01,
          conflict: 0.12,
          threat: {
            score: 0.88,
            assetId: "hq",
            distanceMetres: 3_093,
            timeToZoneSeconds: 142,
            reaches: { kind: "asset", id: "hq", distanceMetres: 3_093 },
            entryProbability: 0.71,
            inbound: true,
          },
          attention: { ...unjudged().attention, state: "due", assessByUs: nowUs + 14e6, needs: "person" },
          findings: [
            {
              code: "companion",
              atUs: nowUs - 20e6,
              confidence: 0.86,
              key: "companion-in-corridor",
              values: { friend: "T19", distance: 180 },
              text: "it is in the corridor of T19, 180 m away, and nobody announced it",
              tracks: ["T19"],
            },
          ],
        },
      ),
      aTrack(
        { id: "T31", east: 900, north: 1_450, up: 80, vEast: -7, vNorth: -18, affiliation: "hostile", classification: "drone" },
        nowUs,
        {
          automaticAffiliation: "suspect",
          className: "fpv",
          classConfidence: 0.81,
          uas: 0.97,
          declarations: [
            {
              question: "affiliation",
              value: "hostile",
              by: "Basma",
              authenticated: false,
              atUs: nowUs - 30e6,
              reason: "seen by the gate",
              expiresAtUs: nowUs + 3_570e6,
            },
          ],
          threat: {
            score: 0.93,
            assetId: "hq",
            distanceMetres: 1_706,
            timeToZoneSeconds: 64,
            reaches: { kind: "asset", id: "hq", distanceMetres: 1_706 },
            entryProbability: 0.9,
            inbound: true,
          },
          attention: { ...unjudged().attention, state: "assessed", assessedAtUs: nowUs - 30e6, by: "Basma", needs: "person" },
          heldBy: "Basma",
        },
      ),
      aTrack(
        { id: "T8", east: 4_400, north: -2_700, up: 1_450, vEast: -70, vNorth: 24, affiliation: "neutral", classification: "fixed wing" },
        nowUs,
        {
          identities: [{ scheme: "icao24", value: "4ca7b5" }],
          claims: [{ sensorId: "adsb", heardAtUs: claimAt, callsign: "SIM452K", icao24: "4ca7b5", category: "A3 large", squawk: "4521" }],
          contributions: [{ sensorId: "adsb", lastAtUs: claimAt, detections: 402 }],
        },
      ),
      aTrack({ id: "T30", east: -1_200, north: -2_500, up: 30, vEast: 3, vNorth: 5, classification: "bird" }, nowUs, {
        affiliation: "unknown",
        existence: 0.81,
      }),
      aTrack({ id: "T33", east: -3_300, north: -600, up: 40, vEast: 2, vNorth: 1 }, nowUs, {
        status: "tentative",
        existence: 0.42,
        freshness: "STALE",
        measuredAtUs: nowUs - 6_400_000,
      }),
      aTrack(
        { id: "SIM-T4", east: 2_900, north: 600, up: 140, vEast: -6, vNorth: 6, affiliation: "friend", classification: "drone" },
        nowUs,
        { origin: "simulated" },
      ),
      aTrack(
        { id: "T19", east: -700, north: 3_900, up: 260, vEast: 10, vNorth: 1, affiliation: "assumed-friend", classification: "drone" },
        nowUs,
      ),
    ],
    sensors: [
      aSensor("radar-north", "North radar", "radar", nowUs, {
        position: { ...placeOf(-150, 320), heightHaeMetres: 320, heightAmslMetres: 302 },
        rangeMaxMetres: 3_500,
        azimuthCentreDegrees: 330,
        azimuthWidthDegrees: 240,
      }),
      aSensor("rid-mast", "Remote ID mast", "remote-id", nowUs, {
        sourceId: "remote-id",
        position: { ...placeOf(240, -120), heightHaeMetres: 318, heightAmslMetres: 300 },
        rangeMaxMetres: null,
        detectionsPerSecond: 1.3,
        clockOffsetSeconds: null,
      }),
      aSensor("adsb", "ADS-B receiver", "adsb", nowUs, {
        sourceId: "beast",
        position: null,
        rangeMaxMetres: null,
        detectionsPerSecond: 31,
      }),
      aSensor("camera", "Camera mast", "camera", nowUs, {
        freshness: "OFFLINE",
        state: "fault",
        notes: ["Pan drive does not answer."],
        position: { ...placeOf(-420, -260), heightHaeMetres: 322, heightAmslMetres: 304 },
        rangeMaxMetres: 1_800,
        azimuthCentreDegrees: 300,
        azimuthWidthDegrees: 70,
        lastAtUs: nowUs - 312e6,
        detectionsPerSecond: 0,
      }),
    ],
    sources: [
      aSource("sapient", "sapient", nowUs, {
        errors: [
          { code: "truncated", item: "DetectionReport.location", count: 12, message: "needed 24 octets, got 17", lastAtUs: nowUs - 22e6 },
        ],
      }),
      aSource("remote-id", "remote-id-json", nowUs, {
        transport: "udp",
        port: 30_011,
        state: "listening",
        unauthenticated: true,
        packetsPerSecond: 1.3,
      }),
      aSource("beast", "beast", nowUs, { direction: "connect", port: 30_005, drops: [{ reason: "queue full", count: 4 }] }),
    ],
    judgement: sampleJudgement(nowUs),
    notices: [
      {
        id: 1,
        atUs: nowUs - 312e6,
        level: "error",
        key: "sensor-offline",
        values: { sensor: "Camera mast", seconds: 300 },
        text: "Camera mast is silent.",
      },
      {
        id: 2,
        atUs: nowUs - 95e6,
        level: "info",
        key: "source-connected",
        values: { source: "sapient" },
        text: "sapient: a sensor connected from 10.20.4.7.",
      },
      {
        id: 3,
        atUs: nowUs - 41e6,
        level: "warning",
        key: "clock-offset",
        values: { sensor: "North radar" },
        text: "The clock of North radar is 0.8 s behind.",
      },
    ],
  };
}

/** The same picture some seconds later: every track moved on its own velocity. */
export function movedOn(picture: Picture, seconds: number): Picture {
  const nowUs = picture.system.nowUs + seconds * 1e6;
  return {
    ...picture,
    system: { ...picture.system, nowUs, sequence: picture.system.sequence + Math.round(seconds * 20) },
    tracks: picture.tracks.map((track) => {
      const eastMetres = track.eastMetres + track.velocityEastMps * seconds;
      const northMetres = track.northMetres + track.velocityNorthMps * seconds;
      return {
        ...track,
        eastMetres,
        northMetres,
        position: { ...track.position, ...placeOf(eastMetres, northMetres) },
        atUs: nowUs,
        measuredAtUs: track.freshness === "LIVE" ? track.measuredAtUs + seconds * 1e6 : track.measuredAtUs,
      };
    }),
    sensors: picture.sensors.map((sensor) =>
      sensor.freshness === "LIVE" ? { ...sensor, lastAtUs: (sensor.lastAtUs ?? nowUs) + seconds * 1e6 } : sensor,
    ),
  };
}
