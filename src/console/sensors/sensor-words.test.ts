import assert from "node:assert/strict";
import { test } from "node:test";
import type { SensorView, SourceView } from "../../core/model/picture-view.ts";
import { createWords } from "../strings/words.ts";
import { dropSentence, errorSentence, sensorSentence, sourceAddress } from "./sensor-words.ts";

const words = createWords("en", "latn");
const sensor = (part: Partial<SensorView>) => ({ freshness: "LIVE", lastAtUs: 0, ...part }) as SensorView;
const source = (part: Partial<SourceView>) =>
  ({ id: "beast", state: "connected", host: "10.0.0.7", port: 30005, transport: "tcp", ...part }) as SourceView;

test("silence is never shown as a clear sky", () => {
  assert.match(sensorSentence(sensor({ freshness: "OFFLINE" }), undefined, 185e6, words), /^Silent for 3:05\..*not a clear sky/);
  assert.match(sensorSentence(sensor({ lastAtUs: null }), undefined, 0, words), /nothing can be seen/);
});

test("a sensor that never spoke says when its source is the reason", () => {
  assert.match(sensorSentence(sensor({ lastAtUs: null }), source({ state: "retrying" }), 0, words), /its source beast is trying again/);
});

test("errors are sentences with the item, also those that the catalogue does not know", () => {
  const error = { code: "truncated", item: "I048/040", count: 12, message: "", lastAtUs: 0 };
  assert.equal(errorSentence(error, words), "12 messages were cut short (I048/040)");
  assert.equal(errorSentence({ ...error, count: 1 }, words), "1 message was cut short (I048/040)");
  assert.equal(errorSentence({ ...error, code: "odd-thing", item: "" }, words), "12 messages could not be read (odd-thing)");
});

test("drops say why", () => {
  assert.match(dropSentence({ reason: "queue full", count: 4 }, words), /^4 messages dropped because they came faster/);
  assert.equal(dropSentence({ reason: "moonlight", count: 2 }, words), "2 dropped: moonlight");
});

test("an address is written as an engineer writes it, with brackets for IPv6", () => {
  assert.equal(sourceAddress(source({})), "tcp 10.0.0.7:30005");
  assert.equal(sourceAddress(source({ host: "::1" })), "tcp [::1]:30005");
  assert.equal(sourceAddress(source({ host: "", port: null, transport: "file" })), "file");
});
