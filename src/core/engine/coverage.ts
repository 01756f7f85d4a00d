// Which sensors should see something at a place, and how well. Flat earth: over the some kilometres in which this is asked, the
// curvature hides less than a drone flies high. Terrain is not in it.

import { wrapAngle } from "../base/units.ts";
import { geodeticToEnu } from "../geodesy/wgs84.ts";
import type { SensorCoverage } from "../identification/emitters/emitters.ts";
import type { CoverageFact } from "../model/track-facts.ts";
import type { Picture, SensorState } from "./picture.ts";
import { sensorFreshness } from "./sensors.ts";

/** Where neither the configuration nor the sensor says how well it sees. */
const USUAL_DETECTION = 0.9;
/** The configured figure is taken to hold for a small drone at this share of the largest range. */
const REFERENCE_SHARE = 0.5;
/** Swerling 1, as the simulator has it: Pd = Pfa^(1 / (1 + SNR)). */
const LOG_FALSE_ALARM = Math.log(1e-6);
/** An aircraft echoes at least 20 dB more than a small drone. */
const AIRCRAFT_GAIN = 100;
/** Blind speeds, lobes, other echoes: no radar sees more surely than this in one look. */
const BEST_DETECTION = 0.97;
/** A target lower than this above the antenna's horizon is lost in the ground's echo, rad. */
const LOWEST_ELEVATION = 0.005;

interface Looker {
  readonly sensor: SensorState;
  readonly place: readonly [number, number, number];
}

export interface Coverage {
  at(position: readonly [number, number, number]): CoverageFact[];
  /** The same with what the checks of broadcasts want to know besides. Only radars: they alone see what does not transmit. */
  radars(position: readonly [number, number, number], target: "drone" | "aircraft"): SensorCoverage[];
}

/** Made once for a round. Sensors that are silent, off or without a place see nothing. */
export function coverageOf(picture: Picture): Coverage {
  const lookers: Looker[] = [];
  for (const sensor of picture.sensors.values()) {
    if (sensor.position === undefined || sensor.fieldOfView === undefined) continue;
    if (sensor.state === "fault" || sensor.state === "off" || sensor.state === "goodbye") continue;
    const freshness = sensorFreshness(picture, sensor);
    if (freshness === "OFFLINE" || freshness === "STALE") continue;
    const { latitude, longitude, heightHae } = sensor.position;
    lookers.push({ sensor, place: geodeticToEnu(picture.frame, latitude, longitude, heightHae) });
  }
  const seen = (looker: Looker, position: readonly [number, number, number], target: "drone" | "aircraft"): number => {
    const view = looker.sensor.fieldOfView!;
    const east = position[0] - looker.place[0];
    const north = position[1] - looker.place[1];
    const up = position[2] - looker.place[2];
    const ground = Math.hypot(east, north);
    const range = Math.hypot(ground, up);
    if (range < view.rangeMin || range > view.rangeMax) return 0;
    const elevation = Math.atan2(up, ground);
    if (elevation < Math.max(view.elevationMin, LOWEST_ELEVATION) || elevation > view.elevationMax) return 0;
    const off = wrapAngle(Math.atan2(east, north) - view.azimuthCentre);
    if (view.azimuthWidth < 2 * Math.PI - 1e-9 && Math.abs(off) > view.azimuthWidth / 2) return 0;
    const reference = Math.min(looker.sensor.detectionProbability ?? USUAL_DETECTION, 0.999);
    const { kind } = looker.sensor;
    if (kind !== "radar" && kind !== "radar-2d") return reference;
    const nearer = (REFERENCE_SHARE * view.rangeMax) / Math.max(range, 1);
    const snr =
      (LOG_FALSE_ALARM / Math.log(reference) - 1) * nearer * nearer * nearer * nearer * (target === "aircraft" ? AIRCRAFT_GAIN : 1);
    return Math.min(BEST_DETECTION, Math.exp(LOG_FALSE_ALARM / (1 + snr)));
  };
  return {
    at: (position) => {
      const facts: CoverageFact[] = [];
      for (const looker of lookers) {
        const detectionProbability = seen(looker, position, "drone");
        if (detectionProbability > 0) facts.push({ sensorId: looker.sensor.id, kind: looker.sensor.kind, detectionProbability });
      }
      return facts;
    },
    radars: (position, target) => {
      const found: SensorCoverage[] = [];
      for (const looker of lookers) {
        const { sensor, place } = looker;
        if (sensor.kind !== "radar" && sensor.kind !== "radar-2d") continue;
        const detectionProbability = seen(looker, position, target);
        if (detectionProbability === 0) continue;
        found.push({
          sensorId: sensor.id,
          kind: sensor.kind,
          detectionProbability,
          positionEnu: place,
          ...(sensor.updatePeriod === undefined ? {} : { updatePeriod: sensor.updatePeriod }),
        });
      }
      return found;
    },
  };
}
