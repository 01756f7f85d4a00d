import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertView, SiteView, TrackView } from "../../core/model/picture-view.ts";
import { createWords } from "../strings/words.ts";
import { localVoice, spokenAlarm } from "./speech.ts";

test("only a voice on this machine speaks, in the operator's own language, its default one first", () => {
  const far = { lang: "ar-SA", localService: false, default: true };
  const near = { lang: "ar-EG", localService: true, default: false };
  const own = { lang: "ar_IQ", localService: true, default: true };
  const english = { lang: "en-GB", localService: true, default: true };
  assert.equal(localVoice([far, english], "ar"), undefined);
  assert.equal(localVoice([far, near, own, english], "ar"), own);
  assert.equal(localVoice([far, near], "ar"), near);
  assert.equal(localVoice([], "en"), undefined);
});

const site = {
  assets: [{ id: "hq", name: "Headquarters", latitudeDegrees: 36.9, longitudeDegrees: 43.1, radiusMetres: 500 }],
  zones: [
    {
      id: "n",
      name: "North",
      kind: "alert",
      active: true,
      floor: null,
      ceiling: null,
      polygon: [
        [43, 36.91],
        [43.2, 36.91],
        [43.2, 36.95],
        [43, 36.95],
      ],
    },
  ],
} as unknown as SiteView;
const track = {
  id: "T1",
  position: { latitudeDegrees: 36.92, longitudeDegrees: 43.1 },
  threat: { assetId: "hq", timeToZoneSeconds: 42 },
} as unknown as TrackView;
const alert = { origin: "live", tracks: ["T1"], assetId: "hq" } as unknown as AlertView;

test("an alarm is said with its zone, the bearing from the asset digit by digit, and the time that is left", () => {
  const tracks = new Map([["T1", track]]);
  assert.equal(
    spokenAlarm(alert, tracks, site, createWords("en", "latn")),
    "Alarm. Zone North. Bearing 0 0 0 from Headquarters. 42 seconds.",
  );
  const arabic = spokenAlarm(alert, tracks, site, createWords("ar", "arab"));
  assert.match(arabic, /^إنذار\. .*North.*0 0 0.*Headquarters.*٤٢ ثانية/);
  assert.doesNotMatch(arabic, /[\u2066-\u2069]/);
});

test("what is not live is said to be so first, and an alarm without a track is one word", () => {
  const words = createWords("en", "latn");
  assert.match(spokenAlarm({ ...alert, origin: "exercise" }, new Map([["T1", track]]), site, words), /^exercise\. Alarm\./i);
  assert.equal(spokenAlarm(alert, new Map(), site, words), "Alarm.");
});
