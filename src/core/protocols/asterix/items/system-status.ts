// System status octet of I010/550 and I019/550: NOGO in two bits, overload, time source; the test target's bit differs by category.

import type { SensorStatus } from "../../../model/observation.ts";

/** `testTargetFailed` is the caller's: its bit is not at the same place in both categories. */
export function describeSystemStatus(octet: number, testTargetFailed: boolean): { state: SensorStatus["state"]; notes: string[] } {
  const notes: string[] = [];
  const release = octet >> 6;
  let state: SensorStatus["state"] = release === 0 ? "operational" : release === 1 ? "degraded" : release === 2 ? "fault" : undefined;
  if (release === 1) notes.push("says that it is degraded");
  if (release === 2) notes.push("operational use is inhibited (NOGO)");
  const degrade = (note: string) => {
    notes.push(note);
    if (state === "operational") state = "degraded";
  };
  if ((octet & 0x20) !== 0) degrade("overloaded");
  if ((octet & 0x10) !== 0) degrade("time source invalid");
  if (testTargetFailed) degrade("test target failed");
  return { state, notes };
}
