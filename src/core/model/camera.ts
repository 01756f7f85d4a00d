// Pan-tilt cameras: what the picture holds of them, what people ask of them, what the shell does and tells. A camera looks; it
// never aims anything. A slew is one operator's press, or a standing rule that an operator switched on.

import type { Metres, Micros, Radians, Seconds } from "../base/units.ts";
import type { Origin } from "./observation.ts";
import type { Affiliation } from "./picture-view.ts";
import type { GeodeticPosition } from "./site.ts";

/** What the core needs to know of a camera; its address and its lens belong to the shell. */
export interface CameraConfiguration {
  readonly id: string;
  readonly name: string;
  readonly position: GeodeticPosition;
  /** The mount as written down; landmarks say it better. */
  readonly heading: Radians;
  readonly pitch: Radians;
  readonly roll: Radians;
  /** It may be shown simulated, recorded and exercise tracks. */
  readonly exercise: boolean;
  /** After so long a hold ends by itself: a forgotten one must not blind the site. */
  readonly holdFor: Seconds;
  /** Time between two slews of a standing rule. */
  readonly rulePeriod: Seconds;
  readonly rangeMax?: Metres;
}

/** How raw pan and tilt count: degrees, or a maker's normalised range that says nothing of angles. */
export type PanTiltSpace = "degrees" | "generic";

export interface LandmarkEntry {
  readonly name: string;
  readonly position: GeodeticPosition;
  /** Raw. */
  readonly pan: number;
  readonly tilt: number;
}

export type CameraCommand =
  | { readonly kind: "slew-camera"; readonly cameraId: string; readonly trackId: string }
  /** By hand: nothing slews it while it is held. `takeOver` takes it from another operator, who is told. */
  | { readonly kind: "hold-camera"; readonly cameraId: string; readonly takeOver: boolean }
  | { readonly kind: "release-camera"; readonly cameraId: string }
  | {
      readonly kind: "camera-rule";
      readonly cameraId: string;
      readonly enabled: boolean;
      /** Which tracks, the most wanted affiliation first; others are left alone. */
      readonly priorities: readonly Affiliation[];
      /** Stay on this track while it lives; null: the highest ranked of `priorities`. */
      readonly follow: string | null;
    }
  | {
      readonly kind: "calibrate-camera";
      readonly cameraId: string;
      readonly space: PanTiltSpace;
      /** Signed rad for each raw unit, as the camera's space says. */
      readonly panUnit: number;
      readonly tiltUnit: number;
      readonly landmarks: readonly LandmarkEntry[];
    };

/** Where a camera looks. */
export interface CameraPoseReport {
  /** Raw. */
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
  /** From true north, and above the camera's horizontal plane. Absent while nobody knows how it is mounted. */
  readonly azimuth?: Radians;
  readonly elevation?: Radians;
  /** Horizontal. */
  readonly fieldOfView: Radians;
}

export type SlewOutcome = "moving" | "on-target" | "not-reached" | "out-of-reach" | "failed" | "stopped";

/** Told by the shell. */
export type CameraEvent =
  | {
      readonly type: "camera-state";
      readonly cameraId: string;
      readonly connection: "connecting" | "ready" | "failed";
      /** One plain sentence when it is not ready. */
      readonly message: string;
      readonly space?: PanTiltSpace;
      readonly pose?: CameraPoseReport;
    }
  | {
      readonly type: "slew-result";
      readonly cameraId: string;
      readonly requestId: number;
      readonly outcome: SlewOutcome;
      /** One plain sentence. */
      readonly reason: string;
      /** Where it was sent. */
      readonly azimuth?: Radians;
      readonly elevation?: Radians;
      readonly fieldOfView?: Radians;
      readonly range?: Metres;
      /** Where it ended minus where it was sent. */
      readonly miss?: Radians;
    };

/** Asked of the shell. */
export type CameraEffect =
  | {
      readonly type: "slew";
      readonly cameraId: string;
      readonly requestId: number;
      readonly trackId: string;
      readonly origin: Origin;
      /** East, north, up of the site, m and m/s, with their row-major 6x6 covariance, at `at` on the picture's clock. */
      readonly position: readonly [number, number, number];
      readonly velocity: readonly [number, number, number];
      readonly covariance: readonly number[];
      readonly heightKnown: boolean;
      readonly at: Micros;
    }
  | { readonly type: "stop-camera"; readonly cameraId: string };

export interface CameraView {
  id: string;
  name: string;
  connection: "connecting" | "ready" | "failed";
  /** One plain sentence when it is not ready. */
  message: string;
  exercise: boolean;
  latitudeDegrees: number;
  longitudeDegrees: number;
  heightHaeMetres: number;
  /** Raw pan, tilt and zoom, and how they count; null until the camera told them. */
  space: PanTiltSpace | null;
  pan: number | null;
  tilt: number | null;
  zoom: number | null;
  azimuthDegrees: number | null;
  elevationDegrees: number | null;
  fieldOfViewDegrees: number | null;
  poseAtUs: number | null;
  /** Who has it by hand, and until when. */
  heldBy: string | null;
  heldUntilUs: number | null;
  rule: { enabled: boolean; priorities: Affiliation[]; follow: string | null; by: string | null };
  /** The newest slew; null when there was none. */
  slew: {
    id: number;
    trackId: string;
    by: string;
    /** Ordered by the standing rule. */
    rule: boolean;
    atUs: number;
    outcome: SlewOutcome;
    reason: string;
    missDegrees: number | null;
    azimuthDegrees: number | null;
    elevationDegrees: number | null;
    rangeMetres: number | null;
  } | null;
  /** The track in the middle of its picture, as far as is known: reached, and not moved since. */
  looksAt: string | null;
  calibration: {
    atUs: number;
    by: string;
    landmarks: number;
    rmsDegrees: number;
    worstDegrees: number;
    sigmaDegrees: number;
    redundancy: number;
  } | null;
}
