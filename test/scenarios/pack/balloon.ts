// A party balloon drifts across the site.

import { type PackScenario, play, tracksOf } from "./pack-scenario.ts";
import { scene, site } from "./sites.ts";

/** Upwind of the middle, so that the wind carries it over. */
function across(seed: number) {
  const fromDegrees = (seed * 137.5) % 360;
  const speedMetresPerSecond = 3 + (seed % 4);
  return { fromDegrees, speedMetresPerSecond };
}

export const balloon: PackScenario = {
  id: "balloon",
  title: "party balloon across the site",
  seeds: 200,
  shortSeeds: 3,
  musts: [
    { question: "explained", text: "explained as balloon with wind evidence", atLeast: 0.95 },
    { question: "quiet", text: "no high alarm", atLeast: 0.95 },
  ],
  run(seed) {
    const wind = across(seed);
    const bearing = (wind.fromDegrees * Math.PI) / 180;
    const range = 1500;
    const objects = [
      {
        id: "balloon",
        class: "lta.balloon",
        heightMetres: 40,
        remoteId: "no" as const,
        motion: {
          kind: "drift" as const,
          from: { eastMetres: range * Math.sin(bearing), northMetres: range * Math.cos(bearing) },
          ceilingMetres: 2000,
        },
      },
    ];
    let explained: boolean | undefined;
    let quiet = true;
    play(scene("balloon", objects, wind), seed, {
      site: site(wind),
      seconds: 240,
      watch: (moment) => {
        const track = tracksOf(moment, "balloon").find(({ status }) => status !== "tentative");
        if (track !== undefined && moment.seconds - (track.firstAtUs - (moment.picture.now - moment.seconds * 1e6)) / 1e6 > 30)
          explained = explained === true || track.className === "balloon";
        if (track !== undefined && moment.judgement.alerts.some(({ level, tracks }) => level === 1 && tracks.includes(track.id)))
          quiet = false;
      },
    });
    return { explained, quiet };
  },
};
