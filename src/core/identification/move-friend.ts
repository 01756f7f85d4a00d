// An announcement in another site frame: what was announced is a place on the earth, whatever the site's origin is.

import { enuToGeodetic, geodeticToEnu, type LocalFrame } from "../geodesy/wgs84.ts";
import type { FriendIntent, FriendVolume } from "../model/identity.ts";

type Point = readonly [number, number];

/**
 * The same announcement, its volumes turned from one site frame (east, north, up, m) into another. Corners are places on the level of the frame's
 * origin, as they were read; floor and ceiling keep their height above the ellipsoid at the first corner. Lengths (radius, half width) stay.
 */
export function moveFriend(intent: FriendIntent, from: LocalFrame, to: LocalFrame): FriendIntent {
  return { ...intent, volumes: intent.volumes.map((volume) => moveVolume(volume, from, to)) };
}

function moveVolume(volume: FriendVolume, from: LocalFrame, to: LocalFrame): FriendVolume {
  const { shape } = volume;
  const move = ([east, north]: Point): Point => {
    const { latitude, longitude } = onLevel(from, east, north);
    const [movedEast, movedNorth] = geodeticToEnu(to, latitude, longitude, to.origin.heightHae);
    return [movedEast, movedNorth];
  };
  const [firstEast, firstNorth] = shape.kind === "circle" ? shape.centre : shape.points[0]!;
  const moveUp = (up: number): number => {
    const { latitude, longitude } = onLevel(from, firstEast, firstNorth);
    // "Up" is counted along the vertical of the origin, where the level falls away (785 m at 100 km); above one place it grows evenly with the height.
    const level = from.origin.heightHae;
    const onTheLevel = geodeticToEnu(from, latitude, longitude, level)[2];
    const aMetreHigher = geodeticToEnu(from, latitude, longitude, level + 1)[2];
    const heightHae = level + (up - onTheLevel) / (aMetreHigher - onTheLevel);
    return geodeticToEnu(to, latitude, longitude, heightHae)[2];
  };
  return {
    ...volume,
    floor: moveUp(volume.floor),
    ceiling: moveUp(volume.ceiling),
    shape:
      shape.kind === "circle" ? { ...shape, centre: move(shape.centre) } : { ...shape, points: shape.points.map((point) => move(point)) },
  };
}

/** Latitude and longitude (rad) of the place whose east and north are given and whose height is that of the origin: found in a few steps. */
function onLevel(frame: LocalFrame, east: number, north: number): { latitude: number; longitude: number } {
  let up = 0;
  let place = enuToGeodetic(frame, east, north, up);
  for (let i = 0; i < 4; i++) {
    up -= place.heightHae - frame.origin.heightHae;
    place = enuToGeodetic(frame, east, north, up);
  }
  return place;
}
