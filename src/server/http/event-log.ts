// The newest events in words, for /api/v1/events. The journal has all of them; this is a window.

import type { Command, PictureEvent } from "../../core/model/event.ts";
import type { SensorTask } from "../../core/model/sensor-task.ts";

export interface ApiEvent {
  sequence: number;
  atUs: number;
  type: string;
  sourceId: string | null;
  text: string;
}

export interface EventLog {
  add(event: PictureEvent): void;
  since(sequence: number, limit: number): { items: ApiEvent[]; next: string | null };
}

const KEPT = 10_000;

export function createEventLog(): EventLog {
  let entries: ApiEvent[] = [];
  return {
    add: (event) => {
      const text = describe(event);
      if (text === undefined) return;
      entries.push({
        sequence: event.sequence,
        atUs: event.at,
        type: event.type,
        sourceId: "sourceId" in event ? event.sourceId : null,
        text,
      });
      if (entries.length > KEPT * 1.2) entries = entries.slice(-KEPT);
    },
    since: (sequence, limit) => {
      const later = entries.filter((entry) => entry.sequence > sequence);
      const items = later.slice(0, limit);
      return { items, next: items.length < later.length ? String(items.at(-1)!.sequence) : null };
    },
  };
}

function describeCommand(command: Command): string {
  switch (command.kind) {
    case "note":
      return command.text;
    case "sapient-task":
      return `task to node ${command.nodeId}: ${describeTask(command.task)}`;
    case "declare":
      return `${command.trackId} declared ${command.value} (${command.question}): ${command.reason}`;
    case "withdraw-declaration":
      return `declaration of ${command.question} of ${command.trackId} taken back`;
    case "accept-track":
      return `${command.trackId} assessed`;
    case "dismiss-track":
      return `${command.trackId} dismissed as ${command.reason}${command.text === "" ? "" : `: ${command.text}`}`;
    case "register-friend":
      return `flight of ${command.friend.name} (${command.friend.owner}) announced`;
    case "register-friends":
      return `${command.friends.length} flights announced: ${command.friends.map(({ name }) => name).join(", ")}`;
    case "remove-friend":
      return `announcement ${command.friendId} taken back`;
    case "acknowledge-alert":
      return `${command.alertId} acknowledged`;
    case "shelve-alert":
      return `${command.alertId} put off: ${command.reason}`;
    case "unshelve-alert":
      return `${command.alertId} brought back`;
    case "hold":
      return `${command.subject} taken in hand`;
    case "release":
      return `${command.subject} given back`;
    case "take-cover":
      return `ordered TAKE COVER for ${command.assetIds.length === 0 ? "the whole site" : command.assetIds.join(", ")}. ${command.text}`;
    case "all-clear":
      return `gave the all-clear. ${command.text}`;
    case "test-channel":
      return `tested channel ${command.channel}`;
    case "open-case":
      return `opened a case for ${command.trackId}: ${command.plan.action}`;
    case "edit-case":
      return `edited ${command.caseId}`;
    case "approve-case":
      return `approved ${command.caseId}, text ${command.signature.signedHash.slice(0, 12)}`;
    case "refuse-case":
      return `refused ${command.caseId}: ${command.reason}`;
    case "withdraw-approval":
      return `withdrew from ${command.caseId}: ${command.reason}`;
    case "cancel-case":
      return `cancelled ${command.caseId}: ${command.reason}`;
    case "delegate-seat":
      return `gave the seat in ${command.caseId} to ${command.to}`;
    case "acknowledge-case":
      return `${command.partyId} ${command.answer} ${command.caseId}`;
    case "record-ghost":
      return `found ${command.trackId} a ghost: ${command.reason}`;
    case "release-response":
      return `sent the message of ${command.caseId} again`;
    case "record-response-fact":
      return `${command.messageId}: ${command.fact} (${command.by})`;
    case "enrol-person":
      return `${command.person.name} takes part as ${command.person.role}`;
    case "revoke-person":
      return `${command.personId} revoked: ${command.reason}`;
    default:
      return command.kind;
  }
}

function describeTask(task: SensorTask): string {
  switch (task.kind) {
    case "request":
      return `request ${task.request}`;
    case "mode-change":
      return `change to mode ${task.mode}`;
    case "look-at":
      return `look at ${task.place.latitudeDegrees}, ${task.place.longitudeDegrees}`;
    default:
      return `${task.kind} ${task.level}`;
  }
}

/** One plain sentence, or undefined for what is too frequent to list. */
function describe(event: PictureEvent): string | undefined {
  switch (event.type) {
    case "packet":
    case "tick":
      return undefined;
    case "configure":
      return `configured as "${event.site.name}" with ${event.site.sources.length} sources and ${event.site.sensors.length} sensors`;
    case "connection":
      return event.change === "opened"
        ? `${event.peer} connected to ${event.sourceId}`
        : `${event.peer} left ${event.sourceId}: ${event.reason}`;
    case "source-state":
      return `${event.sourceId}: ${event.state}${event.message === "" ? "" : `, ${event.message}`}`;
    case "source-counts": {
      const parts = [
        ...event.errors.map((error) => `${error.count} x ${error.message}`),
        ...event.drops.map((drop) => `${drop.count} dropped: ${drop.reason}`),
      ];
      return `${event.sourceId}: ${parts.join("; ")}`;
    }
    case "command":
      return `${event.actor.name}: ${describeCommand(event.command)}`;
    case "camera-state":
      return event.connection === "ready"
        ? undefined
        : `camera ${event.cameraId}: ${event.connection}${event.message === "" ? "" : `, ${event.message}`}`;
    case "slew-result":
      return `camera ${event.cameraId}: ${event.outcome}${event.reason === "" ? "" : `, ${event.reason}`}`;
    case "receipt":
      return `notification ${event.notificationId} to ${event.channel}: ${event.state}${event.message === "" ? "" : `, ${event.message}`}`;
    case "health":
      return event.recordingFailed !== undefined
        ? `not recording: ${event.recordingFailed}`
        : event.overload !== undefined
          ? `overloaded: ${event.overload.reason}`
          : "recording and keeping up";
    case "set-aside":
      return `event ${event.setAside} was set aside: ${event.reason}`;
    case "gap":
      return `part of the journal was lost: ${event.reason}`;
  }
}
