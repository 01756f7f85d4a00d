// What a person may ask of a sensor, in words that the journal, the API and the console share. Nothing here moves a sensor:
// asking, tuning, changing the mode and looking somewhere are all there is.

export const TASK_LEVELS = ["low", "medium", "high"] as const;
export type TaskLevel = (typeof TASK_LEVELS)[number];

/** Where a camera is to look; the height above the WGS84 ellipsoid, null: not known. */
export interface TaskPlace {
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
  readonly heightHaeMetres: number | null;
}

export type SensorTask =
  /** A word that the sensor declared: "Registration", "Status". */
  | { readonly kind: "request"; readonly request: string }
  | { readonly kind: "detection-threshold"; readonly level: TaskLevel }
  | { readonly kind: "classification-threshold"; readonly level: TaskLevel }
  | { readonly kind: "detection-report-rate"; readonly level: TaskLevel }
  | { readonly kind: "mode-change"; readonly mode: string }
  | { readonly kind: "look-at"; readonly place: TaskPlace };

/**
 * sent: not answered yet; refused: Picket did not send it, `reason` says why; rejected and failed: the sensor says so;
 * timed-out: not answered, or accepted and not done in time; cancelled: the sensor registered again, or went away.
 */
export type TaskPhase = "refused" | "sent" | "accepted" | "completed" | "rejected" | "failed" | "timed-out" | "cancelled";
