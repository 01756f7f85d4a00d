// What /api/v1 answers beside the sample picture: the evidence of T27 and the alarm figures. The weights of each ledger add up.

import type { AlertFigures } from "../../src/core/alerting/alerts.ts";
import type { Micros } from "../../src/core/base/units.ts";
import type { EvidenceView, FriendStatus, LedgerLine } from "../../src/core/model/ledger-view.ts";
import type { ChannelStateView } from "../../src/server/channels/dispatcher.ts";
import { samplePicture } from "./sample-picture.ts";

const at = 1_700_000_000_000_000 as Micros;

const line = (slot: string, source: string, weight: number, key: string, values: LedgerLine["values"], sentence: string): LedgerLine => ({
  slot,
  source,
  basis: "measured",
  at,
  key,
  values,
  sentence,
  weight,
  weights: [],
});

const FIGURES: AlertFigures = {
  per10Min: 2,
  ratePerOperatorHour: 2,
  floodMinutes: 0,
  inFlood: false,
  stale: [],
  chattering: [],
  topSources: [{ definitionId: "sensor-degraded", subject: "camera", calls: 2, share: 0.5 }],
  levels: { 1: 0.25, 2: 0.25, 3: 0.5 },
  open: 3,
  dropped: {} as AlertFigures["dropped"],
};

/** Of T27: affiliation -7.0 + 6.2 + 9.0 + 4.1 = 12.3, class -3.0 + 2.5 + 13.0 + 4.4 = 16.9 decibans. */
const EVIDENCE: EvidenceView = {
  trackId: "T27",
  ledger: {
    trackKey: "T27",
    at,
    conflict: 0.12,
    declarations: [],
    findings: [],
    evidenceDropped: 0,
    affiliation: {
      question: "affiliation",
      hypotheses: ["friend", "neutral", "hostile"],
      answer: "suspect",
      leading: "hostile",
      rival: "neutral",
      prior: [0.1, 0.75, 0.15],
      posterior: [0.015, 0.055, 0.93],
      priorWeight: -7,
      logOdds: 12.3,
      evidence: [
        line(
          "approach",
          "picket",
          6.2,
          "affiliation-approaching",
          { asset: "hq", distance: 120, seconds: 168 },
          "it is heading for hq: closest point 120 m, in 168 s",
        ),
        line("run-in", "picket", 9, "affiliation-run-in", { asset: "hq", seconds: 24 }, "it has held straight for hq for 24 s"),
        line(
          "remote-id-silent",
          "rid-mast",
          4.1,
          "affiliation-remote-id-silent",
          { sensor: "rid-mast" },
          "rid-mast would hear a Remote ID there and hears none",
        ),
      ],
      whatWouldChange: [
        {
          kind: "with",
          key: "obtain-own-registration",
          values: {},
          sentence: "an announced flight that covers it",
          wouldBe: "assumed-friend",
        },
        {
          kind: "without",
          slot: "run-in",
          key: "affiliation-run-in",
          values: { asset: "hq", seconds: 24 },
          sentence: "it has held straight for hq for 24 s",
          wouldBe: "unknown",
        },
      ],
      reversals: [
        {
          at,
          from: "pending",
          to: "suspect",
          cause: {
            change: "appeared",
            slot: "run-in",
            key: "affiliation-run-in",
            values: { asset: "hq", seconds: 5 },
            sentence: "it has held straight for hq for 5 s",
            weight: 9,
          },
        },
      ],
      reversalsDropped: 0,
    },
    class: {
      question: "class",
      hypotheses: ["multirotor-small", "bird-medium", "unknown"],
      answer: "multirotor-small",
      leading: "multirotor-small",
      rival: "bird-medium",
      prior: [0.3, 0.6, 0.1],
      posterior: [0.94, 0.02, 0.04],
      priorWeight: -3,
      logOdds: 16.9,
      evidence: [
        line("speed", "picket", 2.5, "class-speed", { speed: 18.4, sigma: 0.6 }, "it flies at 18.4 m/s (1 sigma 0.6)"),
        line("micro-doppler", "radar-north", 13, "class-micro-doppler-rotor", { sensor: "radar-north" }, "radar-north sees rotors turn"),
        line(
          "rcs",
          "radar-north",
          4.4,
          "class-rcs",
          { sensor: "radar-north", rcs: -18.2, looks: 41 },
          "radar-north measures a mean echo of -18.2 dBsm over 41 looks",
        ),
      ],
      whatWouldChange: [
        {
          kind: "with",
          key: "obtain-flap",
          values: {},
          sentence: "a radar sees beating wings",
          wouldBe: "bird-medium",
        },
      ],
      reversals: [],
      reversalsDropped: 0,
    },
  },
  threat: {
    at,
    score: 0.88,
    assetId: "hq",
    timeToZone: 142,
    inbound: true,
    assets: [
      {
        assetId: "hq",
        distance: 3_093,
        closingSpeed: 18.3,
        closestApproach: 120,
        timeToClosestApproach: 168,
        timeToKeepOut: 142,
        entryProbability: 0.71,
        score: 0.88,
        contributions: [
          { key: "zone-entry", probability: 0.7, points: 50, values: {} },
          { key: "approach", probability: 0.3, points: 18, values: {} },
          { key: "legitimacy", probability: 0.3, points: 20, values: {} },
        ],
      },
    ],
  },
};

const FRIEND: FriendStatus = {
  intent: {
    id: "patrol",
    name: "Patrol 2",
    owner: "Base security",
    identities: [{ scheme: "remote-id-serial", value: "1581F0000000000PATROL" }],
    volumes: [],
    expiresAt: at,
    from: "api",
    registeredAt: at,
    registeredBy: "Basma",
  },
  state: "in-force",
  startsAt: at,
  endsAt: at,
  trackKeys: ["T19"],
};

const CHANNELS: ChannelStateView[] = [
  {
    id: "siren",
    kind: "webhook",
    target: "http://192.0.2.9/",
    exercise: false,
    waiting: 0,
    delivered: 4,
    failed: 0,
    lastAtUs: at,
    lastState: "delivered",
    lastMessage: "",
  },
  {
    id: "duty-mail",
    kind: "email",
    target: "duty@example.test",
    exercise: false,
    waiting: 1,
    delivered: 0,
    failed: 2,
    lastAtUs: at,
    lastState: "failed",
    lastMessage: "connection refused",
  },
];

/** By path below /api/v1. Every other track of the sample picture has the same ledger: what is compared is how it is shown. */
const SITE = samplePicture(at).site;
const ZONES = SITE.zones.map(({ id, name, kind, polygon, ceiling }) => ({
  id,
  name,
  kind,
  polygon,
  ...(ceiling === null ? {} : { ceiling: { amslMetres: ceiling.metres } }),
}));
const ASSETS = SITE.assets.map(({ id, name, latitudeDegrees, longitudeDegrees, radiusMetres }) => ({
  id,
  name,
  position: { latitudeDegrees, longitudeDegrees, heightHaeMetres: 300 },
  radiusMetres,
  weight: 1,
}));

export const SAMPLE_ANSWERS: readonly (readonly [string, unknown])[] = [
  ["alerts/figures", FIGURES],
  ["friends", { items: [FRIEND], next: null }],
  ["channels", { items: CHANNELS, next: null }],
  ["session", { mode: "open", state: "none", person: null, passkeys: [] }],
  ["cases", { policy: null, clockTrouble: null, cases: [], ghostFindings: [], dropped: 0 }],
  ["exercise", { exercise: null, mayStart: true, scenes: [{ name: "demo", title: "Demonstration" }], running: null }],
  [
    "watch",
    {
      now: {
        alarms: [],
        shelved: [],
        unassessed: [],
        dismissed: [],
        held: [],
        friends: [],
        sensors: [],
        sources: [],
        coverSinceUs: null,
        more: 0,
      },
      handOvers: [],
    },
  ],
  ["base-map", { baseMap: null }],
  ["zones", { items: ZONES, next: null }],
  ["assets", { items: ASSETS, next: null }],
  ...["T8", "T12", "T19", "T27", "T30", "T31", "T33", "SIM-T4"].map(
    (id) => [`tracks/${id}/evidence`, { ...EVIDENCE, trackId: id }] as const,
  ),
];
