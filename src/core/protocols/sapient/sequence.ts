// Rules that only several messages together show: order, intervals, clocks, motion. Nothing here refuses a message.

import { sanitizeText } from "../../base/text.ts";
import { micros, seconds } from "../../base/units.ts";
import type { Observation, SensorTime } from "../../model/observation.ts";
import { DEFAULT_LATENCY_SECONDS } from "./contract.ts";
import { checkMotion } from "./motion-check.ts";
import { type SapientMessage, StatusReport_Info } from "./sapient-pb.gen.ts";
import { activeMode, type NodeState } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Clock differences that are worth a sentence. The engine estimates and removes the offset. */
const CLOCK_WARNING = 1_000_000;
/** Slack on a promised interval, a tenth as Dstl's tools allow. */
export const INTERVAL_SLACK = 1.1;

/** Time of sending with the promised latency; says when the node's clock is off. */
export function sentTime(turn: Turn, node: NodeState, message: SapientMessage): SensorTime | undefined {
  const stamp = message.timestamp;
  if (stamp === undefined) return undefined;
  const at = micros(Number(stamp.seconds) * 1_000_000 + Math.floor(stamp.nanos / 1000));
  const offset = at - turn.now;
  if (!Number.isSafeInteger(at) || at < 0 || stamp.nanos < 0 || stamp.nanos > 999_999_999) {
    turn.warn(node, { item: "timestamp", message: "the time stamp is no instant; the time of arrival is used", repaired: true });
    return undefined;
  }
  const { clock } = node;
  clock.min = clock.count === 0 ? offset : Math.min(clock.min, offset);
  clock.max = clock.count === 0 ? offset : Math.max(clock.max, offset);
  clock.sum += offset;
  clock.count += 1;
  // The engine decides by the source's time basis whether to believe it: a recording is years old, and right.
  if (Math.abs(offset) > CLOCK_WARNING) {
    const late = offset < 0 ? "behind, or the link is that slow" : "ahead";
    turn.warn(node, {
      item: "timestamp",
      message: `the node's clock is ${durationText(Math.abs(offset))} ${late} (SEQ-22)`,
      repaired: false,
    });
  }
  return { kind: "sent", at, maximumLatency: seconds(activeMode(node)?.maximumLatencySeconds ?? DEFAULT_LATENCY_SECONDS) };
}

const durationText = (duration: number) =>
  duration < 100_000_000
    ? `${Math.round(duration / 1000)} ms`
    : duration < 2 * 86_400_000_000
      ? `${Math.round(duration / 1e6)} s`
      : `${Math.round(duration / 86_400_000_000)} days`;

/** What only several messages together show: a place that never came, velocities that do not fit the motion. */
export function checkGeometry(turn: Turn, node: NodeState, objectId: string, observation: Observation, time: SensorTime | undefined): void {
  if (observation.type !== "detection" && observation.type !== "source-track") return;
  const { measurement } = observation;
  if (measurement.kind === "polar" || measurement.kind === "bearing") {
    if (node.place === undefined) {
      turn.warn(node, {
        item: "status_report.node_location",
        message: "ranges and bearings without the node's own place; they need it, or its place in the site's configuration (SEQ-04)",
        repaired: false,
      });
    }
    if (measurement.north === "platform" && node.heading === undefined) {
      turn.warn(node, {
        item: "status_report.status",
        message: "azimuths count from the platform, and no status says its heading",
        repaired: false,
      });
    }
    return;
  }
  const odd = checkMotion(node.motion, objectId, measurement, time?.kind === "sent" ? time.at : undefined);
  if (odd !== undefined) turn.warn(node, { item: "detection_report.enu_velocity", message: odd, repaired: false });
}

/** SEQ-05: said when a report comes later than promised with a tenth of slack. */
export function checkStatusInterval(turn: Turn, node: NodeState): void {
  const gap = (turn.now - node.heardAt) / 1e6;
  const promised = node.contract.statusIntervalSeconds;
  if (gap > promised * INTERVAL_SLACK + 0.5) {
    turn.warn(node, {
      item: "status_report",
      message: `a status report ${Math.round(gap * 10) / 10} s after the last, promised every ${promised} s (SEQ-05)`,
      repaired: false,
    });
  }
}

/** SEQ-22 and the identity of reports: time that runs backwards, and a report_id used twice. */
export function checkDetectionSequence(turn: Turn, node: NodeState, reportId: string, time: SensorTime | undefined): void {
  if (reportId !== "" && reportId === node.lastReportId) {
    turn.warn(node, {
      item: "detection_report.report_id",
      message: "the same report_id as the report before: each message needs its own",
      repaired: false,
    });
  }
  node.lastReportId = reportId.slice(0, 32);
  const at = time?.kind === "sent" ? time.at : undefined;
  if (at !== undefined && node.lastDetectionSentAt !== undefined && at < node.lastDetectionSentAt) {
    turn.warn(node, {
      item: "timestamp",
      message: "detections run backwards in time; Apex middleware would drop them (SEQ-22)",
      repaired: false,
    });
  }
  node.lastDetectionSentAt = at ?? node.lastDetectionSentAt;
}

/** SEQ-04, 06, 14, 15. */
export function checkStatusSequence(turn: Turn, node: NodeState, system: number, info: number, mode: string | undefined): void {
  if (info === StatusReport_Info.UNCHANGED && !node.hadNewStatus) {
    turn.warn(node, { item: "status_report.info", message: "UNCHANGED before the first NEW report (SEQ-06)", repaired: false });
  } else if (info === StatusReport_Info.UNCHANGED && node.system !== undefined && node.system !== system) {
    turn.warn(node, { item: "status_report.info", message: "UNCHANGED although the system state changed (SEQ-06)", repaired: false });
  }
  node.hadNewStatus = true;
  node.system = system;
  if (mode === undefined || mode === "") return;
  if (node.contract.modes.some((declared) => declared.name === mode)) node.mode = mode;
  else {
    turn.warn(node, {
      item: "status_report.mode",
      message: `mode "${sanitizeText(mode, 48)}" is not declared in the registration (SEQ-14)`,
      repaired: false,
    });
  }
}
