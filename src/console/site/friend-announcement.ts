// A friendly flight as a person announces it in a form: read into the shape that the API takes. Pure.

import { readPlace } from "../map/read-place.ts";

export interface FriendDraft {
  readonly name: string;
  readonly owner: string;
  readonly callsign: string;
  readonly serial: string;
  /** Middle of the volume, in any notation. */
  readonly place: string;
  readonly radius: string;
  /** Metres above the ground of the site. */
  readonly floor: string;
  readonly ceiling: string;
  /** "2026-11-24T03:40", UTC. */
  readonly from: string;
  readonly to: string;
  /** Kept so many minutes after its end, so that a late friend is told from a stranger. */
  readonly keptMinutes: string;
}

export type FriendField = keyof FriendDraft;

const two = (value: number) => String(value).padStart(2, "0");
/** Microseconds as a form shows a moment: to the minute, UTC. */
export function momentText(us: number): string {
  const at = new Date(us / 1000);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** From now for an hour, up to 120 m, a kilometre around the place. */
export const newFriend = (nowUs: number, place: string): FriendDraft => ({
  name: "",
  owner: "",
  callsign: "",
  serial: "",
  place,
  radius: "1000",
  floor: "0",
  ceiling: "120",
  from: momentText(nowUs),
  to: momentText(nowUs + 3600e6),
  keptMinutes: "30",
});

const numberOf = (text: string): number | undefined => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined);
const momentOf = (text: string): number | undefined => {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
};

/** The announcement, or the field that is wrong first. `id`: what it is called from now on. */
export function announcementOf(draft: FriendDraft, id: string): { body: Record<string, unknown> } | { wrong: FriendField } {
  if (draft.name.trim() === "") return { wrong: "name" };
  if (draft.owner.trim() === "") return { wrong: "owner" };
  const place = readPlace(draft.place);
  if (place === undefined) return { wrong: "place" };
  const [radius, floor, ceiling, kept] = [
    numberOf(draft.radius),
    numberOf(draft.floor),
    numberOf(draft.ceiling),
    numberOf(draft.keptMinutes),
  ];
  if (radius === undefined || radius <= 0) return { wrong: "radius" };
  if (floor === undefined) return { wrong: "floor" };
  if (ceiling === undefined || ceiling <= floor) return { wrong: "ceiling" };
  const [from, to] = [momentOf(draft.from), momentOf(draft.to)];
  if (from === undefined) return { wrong: "from" };
  if (to === undefined || to <= from) return { wrong: "to" };
  if (kept === undefined || kept < 0) return { wrong: "keptMinutes" };
  const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
  return {
    body: {
      id,
      name: draft.name.trim(),
      owner: draft.owner.trim(),
      ...(draft.callsign.trim() === "" ? {} : { callsign: draft.callsign.trim() }),
      ...(draft.serial.trim() === "" ? {} : { identities: [{ scheme: "remote-id-serial", value: draft.serial.trim() }] }),
      volumes: [
        {
          circle: { centre: [place.longitudeDegrees, place.latitudeDegrees], radiusMetres: radius },
          floor: { aboveSiteMetres: floor },
          ceiling: { aboveSiteMetres: ceiling },
          from: iso(from),
          to: iso(to),
        },
      ],
      expiresAt: iso(to + kept * 60_000),
    },
  };
}
