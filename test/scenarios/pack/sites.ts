// The site and the sensors that every scene of the pack has: a drone radar, a Remote ID receiver and an ADS-B receiver in the middle.

import type { Micros } from "../../../src/core/base/units.ts";
import type { FriendIntent } from "../../../src/core/model/identity.ts";
import type { Site } from "../../../src/core/model/site.ts";
import type { ObjectSpec, Scene, SensorSpec } from "../../../src/core/simulation/scene.ts";
import { demonstrationSite, SCENE_START } from "../../support/scene-events.ts";

const SENSORS: readonly SensorSpec[] = [
  {
    id: "radar-3d",
    name: "Drone radar",
    class: "radar.rotating3d.x",
    at: { eastMetres: 0, northMetres: 0 },
    heightMetres: 12,
    output: "sapient",
  },
  {
    id: "remote-id",
    name: "Remote ID receiver",
    class: "rid.wifi",
    at: { eastMetres: 10, northMetres: 0 },
    heightMetres: 15,
    output: "remote-id-json",
  },
  { id: "adsb", name: "ADS-B receiver", class: "adsb.1090", at: { eastMetres: 0, northMetres: 20 }, heightMetres: 20, output: "beast" },
];

export interface WindSpec {
  readonly fromDegrees: number;
  readonly speedMetresPerSecond: number;
}

export const scene = (
  name: string,
  objects: readonly ObjectSpec[],
  wind: WindSpec = { fromDegrees: 310, speedMetresPerSecond: 4 },
  sensors = SENSORS,
): Scene => ({
  // SAPIENT node ids follow from this name: the demonstration's site knows these.
  name: "demo",
  title: `${name} (simulated)`,
  seed: 1,
  origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, groundHaeMetres: 300 },
  wind,
  qnhHectopascals: 1013.25,
  objects,
  sensors,
});

let base: Site | undefined;

/** The demonstration's site with one asset in the middle (keep-out 500 m), this wind and these friends, and no zones. */
export function site(wind: WindSpec = { fromDegrees: 310, speedMetresPerSecond: 4 }, friends: readonly FriendIntent[] = []): Site {
  base ??= demonstrationSite();
  const towards = ((wind.fromDegrees + 180) * Math.PI) / 180;
  return {
    ...base,
    assets: base.assets.slice(0, 1),
    zones: [],
    judgement: {
      ...base.judgement!,
      wind: {
        east: wind.speedMetresPerSecond * Math.sin(towards),
        north: wind.speedMetresPerSecond * Math.cos(towards),
        sigma: 1.5,
      },
    } as NonNullable<Site["judgement"]>,
    friends,
  };
}

/** A flight that is announced along a path for the whole scene, with the serial that the simulator gives to its n-th object. */
export function announced(
  id: string,
  points: readonly (readonly [number, number])[],
  serialOfObject: number | undefined,
  more: Partial<FriendIntent["volumes"][number]> = {},
): FriendIntent {
  const startsAt = (SCENE_START - 60e6) as Micros;
  const endsAt = (SCENE_START + 1800e6) as Micros;
  return {
    id,
    name: id,
    owner: "Own agency",
    identities:
      serialOfObject === undefined ? [] : [{ scheme: "remote-id-serial", value: `SIM0A${String(serialOfObject).padStart(10, "0")}` }],
    volumes: [{ shape: { kind: "path", points, halfWidth: 150 }, floor: 20, ceiling: 200, startsAt, endsAt, ...more }],
    expiresAt: (endsAt + 600e6) as Micros,
    from: "file",
    registeredAt: SCENE_START,
    registeredBy: "test",
  };
}

/** East and north of a place at a range (m) and a bearing from north (degrees). */
export const polar = (range: number, degrees: number): readonly [number, number] => [
  range * Math.sin((degrees * Math.PI) / 180),
  range * Math.cos((degrees * Math.PI) / 180),
];
export const place = ([eastMetres, northMetres]: readonly [number, number]) => ({ eastMetres, northMetres });
