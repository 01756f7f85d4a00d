// One agency's own drone, announced to the site or not.

import type { ObjectSpec } from "../../../src/core/simulation/scene.ts";
import { type Answers, type PackScenario, play, tracksOf } from "./pack-scenario.ts";
import { announced, place, polar, scene, site } from "./sites.ts";

function fly(seed: number, isAnnounced: boolean): Answers {
  const bearing = (seed * 137.5) % 360;
  const from = polar(2500, bearing);
  const to = polar(150, bearing);
  const drone: ObjectSpec = {
    id: "own",
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      points: [
        { ...place(from), heightMetres: 90 },
        { ...place(to), heightMetres: 80, hoverSeconds: 300 },
      ],
    },
    speedMetresPerSecond: 10 + (seed % 5),
    remoteId: "yes",
    radio: "yes",
  };
  let recognised = false;
  let reasons = false;
  let never = true;
  let asked = false;
  let firstAlarm: string | undefined;
  play(scene("own-drone", [drone]), seed, {
    site: site(undefined, isAnnounced ? [announced("patrol", [to, from], 1)] : []),
    seconds: 230,
    watch: (moment) => {
      for (const track of tracksOf(moment, "own")) {
        if (track.affiliation === "hostile" || track.automaticAffiliation === "hostile") never = false;
        if (track.affiliation === "assumed-friend") {
          recognised = true;
          if (track.friendId === "patrol") reasons = true;
        }
        const alarm = moment.judgement.alerts.find(({ tracks }) => tracks.includes(track.id));
        if (alarm !== undefined) {
          firstAlarm ??= alarm.definitionId;
          if (alarm.action.key.includes("ask-neighbours")) asked = true;
        }
      }
    },
  });
  return isAnnounced
    ? { announcedFriend: recognised && reasons }
    : { neverHostile: never, askedFirst: asked && firstAlarm === "unannounced-drone", notFriend: !recognised };
}

export const ownDrone: PackScenario = {
  id: "own-drone",
  title: "an own agency's drone, announced and not announced",
  seeds: 100,
  shortSeeds: 2,
  musts: [
    { question: "announcedFriend", text: "announced: assumed friend, by its plan", atLeast: 0.99 },
    { question: "neverHostile", text: "not announced: never hostile by automation", atLeast: 1 },
    { question: "notFriend", text: "not announced: never taken for a friend", atLeast: 1 },
    { question: "askedFirst", text: 'not announced: the first alarm says "ask the neighbours"', atLeast: 0.95 },
  ],
  run: (seed) => ({ ...fly(seed, true), ...fly(seed, false) }),
};
