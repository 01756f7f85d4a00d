// Landmarks on their way to the server, which works out the mount (src/core/model/camera.ts); nothing is computed here.

import type { Place } from "../map/ruler.ts";

/** Fewer fit any mount. */
export const LANDMARKS_NEEDED = 3;

export interface Landmark {
  readonly name: string;
  readonly place: Place;
  readonly heightAmslMetres: number;
  /** Raw, as the camera said with the landmark in the middle of its picture. */
  readonly pan: number;
  readonly tilt: number;
}

export type Calibrated =
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "done";
      readonly headingDegrees: number;
      readonly pitchDegrees: number;
      readonly rollDegrees: number;
      readonly worstDegrees: number;
      readonly sigmaDegrees: number;
      readonly redundancy: number;
      /** In the order of the landmarks. */
      readonly residuals: readonly { readonly name: string; readonly totalDegrees: number }[];
    };

export async function askCalibration(cameraId: string, landmarks: readonly Landmark[], actor: string): Promise<Calibrated> {
  try {
    const response = await fetch(`/api/v1/cameras/${encodeURIComponent(cameraId)}/calibration`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        actor,
        landmarks: landmarks.map(({ place, ...rest }) => ({
          ...rest,
          latitudeDegrees: place.latitudeDegrees,
          longitudeDegrees: place.longitudeDegrees,
        })),
      }),
    });
    const body = (await response.json()) as { detail?: unknown };
    if (!response.ok) return { kind: "refused", reason: typeof body.detail === "string" ? body.detail : `HTTP ${response.status}` };
    return { ...(body as unknown as Omit<Calibrated & { kind: "done" }, "kind">), kind: "done" };
  } catch (error) {
    return { kind: "refused", reason: (error as Error).message };
  }
}
