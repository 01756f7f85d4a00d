// The watch team is busy with a friendly drone that returns to land. A slow intruder follows it in its corridor; it was waved off as a balloon
// when it was first seen.

import type { Finding } from "../../../src/core/model/identity.ts";
import type { ObjectSpec } from "../../../src/core/simulation/scene.ts";
import { type Answers, type Moment, type PackScenario, play, tracksOf, truthOf } from "./pack-scenario.ts";
import { announced, place, polar, scene, site } from "./sites.ts";

/** s that the friend has been under way when the intruder comes. */
const LEAD = 25;
const FLAG_WITHIN = 5; // s
const KEEP_OUT = 500; // m

export function objects(seed: number, withIntruder: boolean): { objects: ObjectSpec[]; corridor: (readonly [number, number])[] } {
  const bearing = (seed * 137.5) % 360;
  const pad = polar(150, bearing);
  const far = polar(3800, bearing);
  const speed = 9 + (seed % 4);
  const friend: ObjectSpec = {
    id: "friend",
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      points: [
        { ...place(polar(2600 + LEAD * speed, bearing)), heightMetres: 90 },
        { ...place(pad), heightMetres: 60, hoverSeconds: 600 },
      ],
    },
    speedMetresPerSecond: speed,
    remoteId: "yes",
    radio: "yes",
  };
  const intruder: ObjectSpec = {
    id: "intruder",
    appearsAfterSeconds: LEAD,
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      points: [
        { ...place(polar(3500, bearing + 1)), heightMetres: 100 },
        { ...place(polar(60, bearing)), heightMetres: 70, hoverSeconds: 600 },
      ],
    },
    speedMetresPerSecond: speed,
    remoteId: "no",
    radio: "no",
  };
  return { objects: withIntruder ? [friend, intruder] : [friend], corridor: [pad, far] };
}

const flagged = (moment: Moment, keys: ReadonlySet<string>): boolean =>
  moment.tracks.some((track) => keys.has(track.id) && track.findings.some(({ code }: { code: Finding["code"] }) => code === "companion"));

function withIntruder(seed: number): Answers {
  const setup = objects(seed, true);
  const answers: Record<string, boolean | undefined> = {};
  let confirmedAt: number | undefined;
  let flaggedAt: number | undefined;
  let promptedAt: number | undefined;
  let secondsOut = 0;
  let confirmedOut = Number.NaN;
  let escalated = false;
  let dismissed = false;
  const speed = 9 + (seed % 4);
  play(scene("companion", setup.objects), seed, {
    site: site(undefined, [announced("patrol", setup.corridor, 1)]),
    seconds: 450,
    watch: (moment, commands) => {
      const truth = truthOf(moment).get("intruder");
      if (truth === undefined) return moment.seconds > LEAD + 5;
      const range = Math.hypot(truth[0], truth[1]);
      secondsOut = (range - KEEP_OUT) / speed;
      const keys = new Set(tracksOf(moment, "intruder").map(({ id }) => id));
      const confirmed = moment.tracks.filter(({ id, status }) => keys.has(id) && status !== "tentative");
      if (confirmed.length > 0 && confirmedAt === undefined) {
        confirmedAt = moment.seconds;
        confirmedOut = secondsOut;
      }
      // The wave-off: the first time that anybody sees it.
      if (confirmed.length > 0 && !dismissed) {
        dismissed = true;
        const trackId = confirmed[0]!.id;
        commands.push({
          type: "command",
          commandId: "c1",
          actor: { name: "watch", authenticated: false },
          command: { kind: "dismiss-track", trackId, reason: "balloon", text: "" },
        });
      }
      if (flaggedAt === undefined && flagged(moment, keys)) flaggedAt = moment.seconds;
      if (moment.judgement.alerts.some(({ level, tracks }) => level === 1 && tracks.some((id) => keys.has(id)))) escalated = true;
      if (promptedAt === undefined && moment.judgement.coverPrompts.some(({ trackId }) => keys.has(trackId))) {
        promptedAt = moment.seconds;
        answers.promptedOut = secondsOut >= 180;
      }
      if (range <= KEEP_OUT) {
        return true;
      }
      return false;
    },
  });
  if (confirmedAt === undefined) return { flagged: false, escalated: false, prompted: false };
  const prompted = promptedAt !== undefined && (confirmedOut >= 200 ? answers.promptedOut === true : promptedAt - confirmedAt <= 5);
  return { flagged: flaggedAt !== undefined && flaggedAt - confirmedAt <= FLAG_WITHIN, escalated, prompted };
}

function alone(seed: number): Answers {
  const setup = objects(seed, false);
  let wrong = false;
  play(scene("friend-alone", setup.objects), seed, {
    site: site(undefined, [announced("patrol", setup.corridor, 1)]),
    seconds: 300,
    watch: (moment) => {
      if (moment.tracks.some(({ findings }) => findings.some(({ code }) => code === "companion"))) wrong = true;
    },
  });
  return { falselyFlagged: wrong };
}

export const companion: PackScenario = {
  id: "companion",
  title: "a slow intruder follows a returning friend in its corridor, waved off as a balloon before",
  seeds: 200,
  shortSeeds: 2,
  musts: [
    { question: "flagged", text: "split and flagged within 5 s of its confirmation", atLeast: 0.99 },
    { question: "escalated", text: "the highest level calls when nobody assesses in time", atLeast: 1 },
    { question: "prompted", text: "take-cover prompt 180 s before arrival (confirmed 200 s out), else 5 s after confirmation", atLeast: 1 },
    { question: "falselyFlagged", text: "a friend that returns alone is flagged", atMost: 0.01 },
  ],
  run: (seed) => ({ ...withIntruder(seed), ...alone(seed) }),
};
