// What broadcasts say and radar does not: floods of fake Remote IDs, a ghost aircraft, a friend's serial in a stranger's mouth.

import { enuToGeodetic, localFrame } from "../../../src/core/geodesy/wgs84.ts";
import { createRandom, normal, uniform } from "../../../src/core/math/random.ts";
import type { PictureEvent } from "../../../src/core/model/event.ts";
import { encodeRemoteIdJson } from "../../../src/core/simulation/encode-remote-id.ts";
import type { ObjectSpec } from "../../../src/core/simulation/scene.ts";
import type { WithoutStamps } from "../../support/scene-events.ts";
import { type Answers, type PackScenario, play, tracksOf } from "./pack-scenario.ts";
import { announced, place, polar, scene, site } from "./sites.ts";

const FRAME = localFrame((36.9 * Math.PI) / 180, (43.1 * Math.PI) / 180, 300);

interface Fake {
  readonly serial: string;
  readonly mac: string;
  east: number;
  north: number;
  ve: number;
  vn: number;
  phase: number;
  next: number;
}

function remoteId(fake: Fake, at: number, seconds: number, levelDbm: number): WithoutStamps<PictureEvent> {
  const { latitude, longitude, heightHae } = enuToGeodetic(FRAME, fake.east + fake.ve * seconds, fake.north + fake.vn * seconds, 80);
  const bytes = encodeRemoteIdJson(
    {
      kind: "remote-id",
      at: at as never,
      sensor: 1,
      truth: 0,
      serial: fake.serial,
      operatorId: "SIMOP",
      uaType: 2,
      mac: fake.mac,
      latitude,
      longitude,
      heightHae,
      pressureAltitude: heightHae,
      heightAboveTakeoff: 80,
      velocityEast: fake.ve,
      velocityNorth: fake.vn,
      velocityUp: 0,
      operatorLatitude: latitude,
      operatorLongitude: longitude,
      operatorHeightHae: 300,
      levelDbm,
    } as never,
    "list",
  );
  return { type: "packet", sourceId: "remote-id", connection: 0, bytes };
}

const octet = (value: number) => (value & 255).toString(16).padStart(2, "0");

/** Fakes of one transmitter, each with an address of its own, 1 Hz each, over the site's two kilometres. */
function flood(count: number, seed: number): Fake[] {
  const random = createRandom(seed * 7919 + count);
  return Array.from({ length: count }, (_, index) => {
    const [east, north] = polar(300 + 1700 * uniform(random), 360 * uniform(random));
    const course = 2 * Math.PI * uniform(random);
    const speed = 4 + 10 * uniform(random);
    return {
      serial: `SIMFAKE${String(index).padStart(6, "0")}`,
      mac: `02:fa:${octet(seed)}:${octet(index >> 8)}:${octet(index)}:01`,
      east,
      north,
      ve: speed * Math.sin(course),
      vn: speed * Math.cos(course),
      phase: uniform(random),
      next: 0,
    };
  });
}

function flooded(seed: number, count: number): Answers {
  const fakes = flood(count, seed);
  const random = createRandom(seed * 104_729 + count);
  const bearing = (seed * 137.5) % 360;
  const real: ObjectSpec = {
    id: "real",
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      points: [
        { ...place(polar(2200, bearing)), heightMetres: 90 },
        { ...place(polar(200, bearing)), heightMetres: 80, hoverSeconds: 300 },
      ],
    },
    speedMetresPerSecond: 12,
    remoteId: "yes",
  };
  const begins = 25;
  let flaggedAt: number | undefined;
  let present = 0;
  let looked = 0;
  let seenBefore = false;
  let realFlagged = false;
  play(scene("flood", [real]), seed, {
    site: site(),
    seconds: 75,
    more: (world, seconds) => {
      if (seconds < begins) return [];
      const events: WithoutStamps<PictureEvent>[] = [];
      for (const fake of fakes) {
        if (fake.next === 0) fake.next = begins + fake.phase;
        if (seconds < fake.next) continue;
        fake.next += 1;
        // One transmitter 800 m away: every one of them is about as loud.
        events.push(remoteId(fake, world.now, seconds - begins, -72 + 2.5 * normal(random)));
      }
      return events;
    },
    watch: (moment) => {
      if (flaggedAt === undefined && moment.seconds >= begins) {
        const alarm = moment.judgement.alerts.find(({ definitionId }) => definitionId === "remote-id-flood");
        if (alarm !== undefined) flaggedAt = moment.seconds - begins;
      }
      const own = tracksOf(moment, "real", 60).filter(
        ({ status, contributions }) => status !== "tentative" && contributions.some(({ sensorId }) => sensorId === "drone-radar"),
      );
      if (own.length > 0) seenBefore = true;
      if (moment.seconds >= begins && seenBefore) {
        looked += 1;
        if (own.length > 0) present += 1;
        if (own.some(({ findings }) => findings.some(({ code }) => code === "many-identities-one-emitter" || code === "no-radar-support")))
          realFlagged = true;
      }
    },
  });
  return {
    [`flagged${count}`]: flaggedAt !== undefined && flaggedAt <= 10,
    [`present${count}`]: looked === 0 ? undefined : present === looked,
    honestFlagged: realFlagged,
  };
}

export const flood64: PackScenario = {
  id: "flood",
  title: "64 and 128 fake Remote IDs at 1 Hz around one real drone with radar",
  seeds: 100,
  shortSeeds: 1,
  musts: [
    { question: "flagged64", text: "64 fakes flagged as one flood within 10 s", atLeast: 0.95 },
    { question: "flagged128", text: "128 fakes flagged as one flood within 10 s", atLeast: 0.95 },
    { question: "present64", text: "the real drone is present all the time (DragonSync: 46 %)", atLeast: 1 },
    { question: "present128", text: "the real drone is present all the time (DragonSync: 24 %)", atLeast: 1 },
    { question: "honestFlagged", text: "the honest drone is flagged", atMost: 0.01 },
  ],
  run: (seed) => ({ ...flooded(seed, 64), ...flooded(seed, 128) }),
};

/** An aircraft that no radar sees: it exists in its broadcasts alone. */
function ghost(seed: number): Answers {
  const bearing = (seed * 137.5) % 360;
  const aircraft: ObjectSpec = {
    id: "ghost",
    class: "manned.light",
    rcsDbsm: -90,
    adsb: "yes",
    radio: "no",
    heightMetres: 350,
    motion: { kind: "waypoints", points: [place(polar(3500, bearing)), place(polar(3500, bearing + 170))] },
    speedMetresPerSecond: 50,
  };
  let firstAt: number | undefined;
  let alarmAt: number | undefined;
  let friend = false;
  play(scene("ghost", [aircraft]), seed, {
    site: site(),
    seconds: 60,
    watch: (moment) => {
      for (const track of tracksOf(moment, "ghost", 400)) {
        if (track.status !== "tentative") firstAt ??= moment.seconds;
        if (track.affiliation === "friend" || track.affiliation === "assumed-friend") friend = true;
        if (
          moment.judgement.alerts.some(({ definitionId, tracks }) => definitionId === "identity-contradiction" && tracks.includes(track.id))
        )
          alarmAt ??= moment.seconds;
      }
    },
  });
  return {
    ghostFlagged: firstAt === undefined ? undefined : alarmAt !== undefined && alarmAt - firstAt <= 10,
    ghostNeverFriend: !friend,
  };
}

/** A friend flies its plan; an intruder elsewhere broadcasts the friend's serial. */
function copied(seed: number): Answers {
  const bearing = (seed * 137.5) % 360;
  const friend: ObjectSpec = {
    id: "friend",
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      repeat: true,
      points: [
        { ...place(polar(1500, bearing)), heightMetres: 90 },
        { ...place(polar(300, bearing)), heightMetres: 90 },
      ],
    },
    speedMetresPerSecond: 10,
    remoteId: "yes",
  };
  const intruder: ObjectSpec = {
    id: "intruder",
    class: "uas.multirotor.small",
    motion: {
      kind: "waypoints",
      points: [
        { ...place(polar(2200, bearing + 140)), heightMetres: 90 },
        { ...place(polar(200, bearing + 140)), heightMetres: 80, hoverSeconds: 100 },
      ],
    },
    speedMetresPerSecond: 12,
    remoteId: "no",
  };
  const begins = 30;
  const mouth: Fake = {
    serial: "SIM0A0000000001",
    mac: `02:fb:${octet(seed)}:00:00:01`,
    east: 0,
    north: 0,
    ve: 0,
    vn: 0,
    phase: 0,
    next: begins,
  };
  let alarmAt: number | undefined;
  let intruderFriend = false;
  play(scene("copied", [friend, intruder]), seed, {
    site: site(undefined, [announced("patrol", [polar(250, bearing), polar(1600, bearing)], 1)]),
    seconds: 75,
    more: (world, seconds) => {
      if (seconds < mouth.next) return [];
      mouth.next += 1;
      const [east, north] = polar(2200 - 12 * seconds, bearing + 140);
      return [
        remoteId(
          {
            ...mouth,
            east,
            north,
            ve: -12 * Math.sin(((bearing + 140) * Math.PI) / 180),
            vn: -12 * Math.cos(((bearing + 140) * Math.PI) / 180),
          },
          world.now,
          0,
          -75,
        ),
      ];
    },
    watch: (moment) => {
      if (moment.seconds < begins) return;
      if (alarmAt === undefined && moment.judgement.alerts.some(({ definitionId }) => definitionId === "identity-contradiction"))
        alarmAt = moment.seconds - begins;
      for (const track of tracksOf(moment, "intruder", 100))
        if (track.affiliation === "friend" || track.affiliation === "assumed-friend") intruderFriend = true;
    },
  });
  return { copyFlagged: alarmAt !== undefined && alarmAt <= 10, copyNeverFriend: !intruderFriend };
}

export const contradictions: PackScenario = {
  id: "contradictions",
  title: "an ADS-B ghost over the site; a friend's serial copied by an intruder",
  seeds: 100,
  shortSeeds: 1,
  musts: [
    { question: "ghostFlagged", text: "ghost: contradiction alarm within 10 s of its confirmation", atLeast: 0.95 },
    { question: "ghostNeverFriend", text: "ghost: never friend", atLeast: 1 },
    { question: "copyFlagged", text: "copied serial: contradiction alarm within 10 s", atLeast: 0.95 },
    { question: "copyNeverFriend", text: "copied serial: the intruder is never a friend", atLeast: 1 },
  ],
  run: (seed) => ({ ...ghost(seed), ...copied(seed) }),
};
