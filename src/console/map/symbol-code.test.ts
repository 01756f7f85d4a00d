import assert from "node:assert/strict";
import { test } from "node:test";
import type { Affiliation, ClaimView, TrackView } from "../../core/model/picture-view.ts";
import { AFFILIATION_LETTER, airKindOf, symbolCodeOf } from "./symbol-code.ts";

const track = (part: Partial<TrackView>): TrackView => ({
  ...({ affiliation: "pending", origin: "live", classification: "unknown", identities: [], claims: [] } as unknown as TrackView),
  ...part,
});
const remoteId = [{ scheme: "remote-id-serial", value: "X" }];

test("a pending live drone: version 10, reality, identity 0, set 01, entity 110300", () => {
  assert.equal(symbolCodeOf(track({ classification: "drone" })), "10000100001103000000");
});

test("each affiliation has its own standard identity and letter", () => {
  const all: Affiliation[] = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"];
  assert.equal(all.map((affiliation) => symbolCodeOf(track({ affiliation }))[3]).join(""), "0123456");
  assert.equal(all.map((affiliation) => AFFILIATION_LETTER[affiliation]).join(""), "PUAFNSH");
});

test("simulated and exercise objects carry it in the code", () => {
  assert.equal(symbolCodeOf(track({ origin: "simulated" }))[2], "2");
  assert.equal(symbolCodeOf(track({ origin: "exercise" }))[2], "1");
  assert.equal(symbolCodeOf(track({ origin: "live" }))[2], "0");
});

test("what it is never says whose it is: the same claims give the same identity digit", () => {
  for (const classification of ["drone", "bird", "fixed wing", "helicopter"])
    assert.equal(symbolCodeOf(track({ classification, affiliation: "pending" }))[3], "0", classification);
});

test("Remote ID's category helicopter or multirotor is a drone, a helicopter without Remote ID is none", () => {
  const claims = [{ category: "helicopter or multirotor" } as ClaimView];
  assert.equal(airKindOf(track({ identities: remoteId, claims })), "drone");
  assert.equal(airKindOf(track({ classification: "helicopter" })), "rotary-wing");
});

test("a 24-bit address alone is an aircraft, a Remote ID alone a drone, nothing is unknown", () => {
  assert.equal(airKindOf(track({ identities: [{ scheme: "icao24", value: "4ca7b5" }] })), "fixed-wing");
  assert.equal(airKindOf(track({ identities: remoteId })), "drone");
  assert.equal(airKindOf(track({})), "unknown");
  assert.equal(airKindOf(track({ classification: "bird flock" })), "bird");
  assert.equal(airKindOf(track({ classification: "weather balloon" })), "lighter-than-air");
});

test("where nobody said what it is, Picket's class draws the symbol; a sensor's words stand, and a person's declaration stands above them", () => {
  assert.equal(airKindOf(track({ className: "multirotor-small" })), "drone");
  assert.equal(airKindOf(track({ className: "helicopter" })), "rotary-wing");
  assert.equal(airKindOf(track({ className: "aircraft" })), "fixed-wing");
  assert.equal(airKindOf(track({ className: "balloon" })), "lighter-than-air");
  assert.equal(airKindOf(track({ className: "bird-flock" })), "bird");
  assert.equal(airKindOf(track({ className: "clutter" })), "unknown");
  assert.equal(airKindOf(track({ classification: "drone", className: "bird-large" })), "drone");
  const declarations = [{ question: "class", value: "balloon" }] as unknown as TrackView["declarations"];
  assert.equal(airKindOf(track({ classification: "drone", className: "balloon", declarations })), "lighter-than-air");
});

test("the class never changes the identity digit or the mark of a simulation", () => {
  const code = symbolCodeOf(track({ className: "one-way", origin: "simulated" }));
  assert.equal(code, "10200100001103000000");
});
