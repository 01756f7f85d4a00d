// A helicopter that lands beside the site, thirty drones at once, a fixed-wing drone that says who it is, and a night of migration.

import { seconds as inSeconds } from "../../../src/core/base/units.ts";
import { createCotPublisher, publishCot } from "../../../src/core/protocols/cot/cot-publisher.ts";
import { findScene } from "../../../src/core/simulation/built-in-scenes.ts";
import type { ObjectSpec } from "../../../src/core/simulation/scene.ts";
import { type PackScenario, play, tracksOf, truthOf } from "./pack-scenario.ts";
import { place, polar, scene, site } from "./sites.ts";

export const helicopter: PackScenario = {
  id: "helicopter",
  title: "a helicopter on final beside the site",
  seeds: 100,
  shortSeeds: 2,
  musts: [
    { question: "manned", text: "P(manned) >= 0.99 within 10 s of its confirmation", atLeast: 0.95 },
    { question: "noDroneAlarm", text: "no drone alarm", atLeast: 0.95 },
  ],
  run(seed) {
    const bearing = (seed * 137.5) % 360;
    // Passes 1,200 m beside the middle, down to its pad behind it.
    const side = polar(1200, bearing + 90);
    const from = polar(5000, bearing);
    const to = polar(900, bearing + 180);
    const shifted = ([e, n]: readonly [number, number]) => [e + side[0], n + side[1]] as const;
    const objects: ObjectSpec[] = [
      {
        id: "helicopter",
        class: "manned.helicopter",
        adsb: "yes",
        radio: "no",
        callsign: "H",
        motion: {
          kind: "waypoints",
          points: [
            { ...place(shifted(from)), heightMetres: 250, speedMetresPerSecond: 45 },
            { ...place(shifted(polar(600, bearing))), heightMetres: 120, speedMetresPerSecond: 30 },
            { ...place(shifted(to)), heightMetres: 15, speedMetresPerSecond: 10, hoverSeconds: 60 },
          ],
        },
      },
    ];
    let confirmedAt: number | undefined;
    let sureAt: number | undefined;
    let noDroneAlarm = true;
    play(scene("helicopter", objects), seed, {
      site: site(),
      seconds: 160,
      watch: (moment) => {
        for (const track of tracksOf(moment, "helicopter", 300)) {
          if (track.status !== "tentative") confirmedAt ??= moment.seconds;
          if (track.manned >= 0.99) sureAt ??= moment.seconds;
          const alarms = moment.judgement.alerts.filter(({ tracks }) => tracks.includes(track.id));
          if (alarms.some(({ definitionId }) => definitionId !== "identity-contradiction")) noDroneAlarm = false;
        }
      },
    });
    return {
      manned: confirmedAt === undefined ? undefined : sureAt !== undefined && sureAt - confirmedAt <= 10,
      noDroneAlarm,
    };
  },
};

export const swarm: PackScenario = {
  id: "swarm",
  title: "a swarm of 30",
  seeds: 60,
  shortSeeds: 1,
  musts: [
    { question: "oneGroup", text: "one group holds nearly all of them", atLeast: 0.9 },
    { question: "oneAlarm", text: "one alarm for the swarm", atLeast: 0.9 },
    { question: "interval", text: "the count interval covers the truth, 100 s after the start", atLeast: 0.9 },
  ],
  run(seed) {
    const bearing = (seed * 137.5) % 360;
    const objects: ObjectSpec[] = [
      {
        id: "swarm",
        class: "uas.multirotor.small",
        remoteId: "no",
        radio: "no",
        heightMetres: 100,
        speedMetresPerSecond: 13,
        group: { count: 30, shape: "flock", spacingMetres: 45 },
        motion: { kind: "waypoints", points: [place(polar(2600, bearing)), place(polar(100, bearing))] },
      },
    ];
    let grouped: boolean | undefined;
    let alarms = 0;
    let covers: boolean | undefined;
    let seen = false;
    play(scene("swarm", objects), seed, {
      site: site(),
      seconds: 150,
      watch: (moment) => {
        const inside = truthOf(moment).size;
        const groups = [...moment.judgement.groups].sort((a, b) => b.count - a.count);
        const [largest] = groups;
        if (moment.seconds >= 60 && moment.seconds <= 140) {
          if (largest === undefined) return;
          if (covers === undefined && moment.seconds >= 100) covers = largest.countLow <= inside && inside <= largest.countHigh;
          if (moment.seconds > 100) grouped = grouped === true || largest.tracks.length >= 24;
        }
        const open = moment.judgement.alerts.filter(({ definitionId }) => definitionId === "swarm");
        if (open.length > 0) seen = true;
        const single = moment.judgement.alerts.filter(
          ({ definitionId, state }) => definitionId !== "swarm" && state !== "cleared" && state !== "returned",
        );
        if (moment.seconds > 60) alarms = Math.max(alarms, open.length + single.length);
      },
    });
    return { oneGroup: grouped ?? false, oneAlarm: seen && alarms === 1, interval: covers ?? false };
  },
};

export const fixedWing: PackScenario = {
  id: "fixed-wing",
  title: "a fixed-wing drone with Remote ID, exported over CoT",
  seeds: 40,
  shortSeeds: 1,
  musts: [
    { question: "exported", text: "exported", atLeast: 0.95 },
    { question: "neverFriend", text: "exported as pending or unknown, never friend", atLeast: 1 },
  ],
  run(seed) {
    const bearing = (seed * 137.5) % 360;
    const objects: ObjectSpec[] = [
      {
        id: "wing",
        class: "uas.fixedwing.small",
        remoteId: "yes",
        heightMetres: 120,
        motion: { kind: "orbit", centre: place(polar(1800, bearing)), radiusMetres: 400 },
      },
    ];
    const publisher = createCotPublisher();
    const options = { siteId: "pack", updateInterval: inSeconds(2), operators: false, exercise: true };
    let exported = false;
    let neverFriend = true;
    play(scene("fixed-wing", objects), seed, {
      site: site(),
      seconds: 60,
      watch: (moment) => {
        const own = new Set(tracksOf(moment, "wing").map(({ id }) => id));
        for (const event of publishCot(publisher, moment.tracks, moment.picture.now, options)) {
          const { type, uid } = event;
          if (![...own].some((id) => uid.endsWith(id))) continue;
          exported = true;
          if (!["p", "u"].includes(type.split("-")[1]!)) neverFriend = false;
        }
      },
    });
    return { exported, neverFriend };
  },
};

/** Share of the time after which each drone of the scene comes. */
const DRONES: Readonly<Record<string, number>> = { survey: 0.1, intruder: 0.3, racer: 0.6 };
const ONCE = { returnsAfterSeconds: undefined, lifetimeSeconds: 400 } as unknown as Pick<ObjectSpec, "lifetimeSeconds">;

/** Minutes of the short form; an hour in full. */
export const migration = (minutes: number): PackScenario => ({
  id: "migration",
  title: `${minutes} minutes of bird migration (400 birds in 16 flocks) and 3 drones`,
  seeds: 1,
  shortSeeds: 1,
  musts: [
    { question: "dronesAlerted", text: "all three drones alerted", atLeast: 1 },
    { question: "fewAlarms", text: "at most 6 alarms an operator-hour in all", atLeast: 1 },
    { question: "birdsQuiet", text: "at least 99 % of the birds never alarm", atLeast: 1 },
  ],
  run(seed) {
    const base = findScene("migration")!;
    // Each drone comes once, spread over the time; the birds come again and again.
    const objects = base.objects.map((object) =>
      object.id.startsWith("flock") ? object : { ...object, ...ONCE, appearsAfterSeconds: DRONES[object.id]! * minutes * 60 },
    );
    const calls = new Set<string>();
    const alerted = new Set<string>();
    const birds = new Set<string>();
    const alarmed = new Set<string>();
    play({ ...base, name: "demo", objects }, seed, {
      site: site(),
      seconds: minutes * 60,
      every: 2,
      step: 100_000,
      watch: (moment) => {
        const open = moment.judgement.alerts;
        for (const { id, raisedAtUs } of open) calls.add(`${id} ${raisedAtUs}`);
        const truth = truthOf(moment);
        for (const id of truth.keys()) if (id.startsWith("flock")) birds.add(id);
        if (open.length === 0) return;
        for (const { tracks, state } of open) {
          // Its condition is over, and nobody is there to see it off: the track may follow another bird by now.
          if (state === "returned") continue;
          for (const key of tracks) {
            const track = moment.tracks.find(({ id }) => id === key);
            if (track === undefined) continue;
            let nearest: string | undefined;
            let least = 200;
            for (const [id, at] of truth) {
              const away = Math.hypot(track.eastMetres - at[0], track.northMetres - at[1]);
              if (away < least) {
                least = away;
                nearest = id;
              }
            }
            if (nearest === undefined) continue;
            if (!nearest.startsWith("flock")) alerted.add(nearest);
            else alarmed.add(nearest);
          }
        }
      },
    });
    return {
      dronesAlerted: alerted.size >= 3,
      fewAlarms: calls.size <= Math.max(3, (6 * minutes) / 60),
      birdsQuiet: alarmed.size <= 0.01 * birds.size,
    };
  },
});
