import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Distribution, FAMILY_PRIORS, findTargetClass, TARGET_CLASSES, type TargetFeatures } from "./target-classes.ts";

const SHARED = new URL("../../../../shared/domain/target_classes.json", import.meta.url);

test("every class has an id of its own, and every spread rises from low to high", () => {
  assert.equal(new Set(TARGET_CLASSES.map((one) => one.id)).size, TARGET_CLASSES.length);
  for (const one of TARGET_CLASSES) {
    for (const [name, spread] of Object.entries(one.features)) {
      assert.ok(spread.low < spread.median && spread.median < spread.high, `${one.id} ${name}`);
      if (spread.shape === "log-normal") assert.ok(spread.low > 0, `${one.id} ${name} is above zero`);
    }
  }
});

test("what micro-Doppler shows of a class adds up to one, and so do the family priors", () => {
  for (const { id, microDoppler } of TARGET_CLASSES) {
    const sum = Object.values(microDoppler).reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9, `${id}: ${sum}`);
  }
  const priors = Object.values(FAMILY_PRIORS).reduce((total, share) => total + share, 0);
  assert.ok(Math.abs(priors - 1) < 1e-9);
});

test("every manned class is marked, and no other", () => {
  for (const one of TARGET_CLASSES) assert.equal(one.manned === true, one.family === "manned", one.id);
});

test("the outline of one-way drones has no field that other drones lack", () => {
  const outline = findTargetClass("uas.oneway");
  const ordinary = findTargetClass("uas.tactical");
  assert.ok(outline !== undefined && ordinary !== undefined);
  assert.deepEqual(Object.keys(outline.features).sort(), Object.keys(ordinary.features).sort());
  assert.deepEqual(Object.keys(outline).sort(), Object.keys(ordinary).sort());
});

test("a small multirotor flies at 9 m/s in the middle and echoes -17 dBsm", () => {
  const small = findTargetClass("uas.multirotor.small");
  assert.equal(small?.features.speed.median, 9);
  assert.equal(small?.features.rcsDbsm.median, -17);
  assert.equal(findTargetClass("uas.flying-saucer"), undefined);
});

test("the figures are those of the domain study", { skip: existsSync(SHARED) ? false : "../shared is absent" }, () => {
  const names: Record<string, keyof TargetFeatures> = {
    mass_kg: "mass",
    size_m: "size",
    speed_mps: "speed",
    climb_mps: "climbRate",
    accel_mps2: "acceleration",
    turn_rate_dps: "turnRate",
    alt_agl_m: "heightAboveGround",
    rcs_x_dbsm: "rcsDbsm",
    rcs_fluct_db: "rcsFluctuationDb",
    md_rate_hz: "microDopplerRate",
    md_tip_mps: "microDopplerTipSpeed",
    acoustic_bpf_hz: "bladePassFrequency",
    acoustic_range_m: "acousticRange",
  };
  const study = JSON.parse(readFileSync(SHARED, "utf8")) as {
    classes: { id: string; p_hover: number; remote_id_p: number; adsb_p: number; f: Record<string, { q: number[]; src: string }> }[];
  };
  assert.equal(study.classes.length, TARGET_CLASSES.length);
  for (const theirs of study.classes) {
    const ours = findTargetClass(theirs.id);
    assert.ok(ours !== undefined, theirs.id);
    assert.deepEqual(
      [ours.hoverShare, ours.remoteIdProbability, ours.adsbProbability],
      [theirs.p_hover, theirs.remote_id_p, theirs.adsb_p],
    );
    assert.deepEqual(
      Object.keys(ours.features).sort(),
      Object.keys(theirs.f)
        .map((key) => names[key])
        .sort(),
    );
    for (const [key, { q, src }] of Object.entries(theirs.f)) {
      const spread: Distribution | undefined = ours.features[names[key]];
      assert.ok(spread !== undefined);
      const scale = key === "turn_rate_dps" ? 180 / Math.PI : 1;
      for (const [i, value] of [spread.low, spread.median, spread.high].entries())
        assert.ok(Math.abs(value * scale - q[i]) < 1e-9, `${theirs.id} ${key}`);
      assert.equal(spread.source, src);
    }
  }
});
