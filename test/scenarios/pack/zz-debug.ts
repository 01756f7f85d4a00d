import { objects } from "./companion.ts";
import { play, tracksOf, truthOf } from "./pack-scenario.ts";
import { announced, scene, site } from "./sites.ts";

const seed = Number(process.argv[2] ?? 1);
const setup = objects(seed, true);
let done = false;
play(scene("companion", setup.objects), seed, {
  site: site(undefined, [announced("patrol", setup.corridor, 1)]),
  seconds: 300,
  watch: (m, commands) => {
    const t = truthOf(m).get("intruder")!;
    const f = truthOf(m).get("friend")!;
    const r = Math.hypot(t[0], t[1]);
    const row = (id: string) =>
      tracksOf(m, id)
        .map(
          (x) =>
            `${x.id} ${x.status.slice(0, 4)} ${x.className}:${x.classConfidence} u${x.uas} ${x.affiliation} thr${x.threat.score}/${x.threat.timeToZoneSeconds}/${x.threat.entryProbability} ${x.attention.state} ${x.findings.map((y) => y.code)}`,
        )
        .join(" | ");
    if (m.seconds % 5 < 1 || m.seconds < 30)
      console.log(
        m.seconds.toFixed(0),
        "r",
        r.toFixed(0),
        "sep",
        (r - Math.hypot(f[0], f[1])).toFixed(0),
        "I:",
        row("intruder"),
        "F:",
        row("friend"),
        m.judgement.coverPrompts.map((x) => x.trackId + x.text),
        m.judgement.alerts.map((a) => a.definitionId + a.level + a.state),
      );
    const c = tracksOf(m, "intruder").filter((x) => x.status !== "tentative");
    if (c.length && !done) {
      done = true;
      console.log("DISMISS", c[0].id);
      commands.push({
        type: "command",
        commandId: "c1",
        actor: { name: "watch", authenticated: false },
        command: { kind: "dismiss-track", trackId: c[0]!.id, reason: "balloon", text: "" },
      });
    }
    return r < 500;
  },
});
