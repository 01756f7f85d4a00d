import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, SensorStatus } from "../../model/observation.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { completeTimeOfDay, createAsterixState, rememberTimeOfDay } from "./asterix-state.ts";
import { createAsterixDescriber } from "./describe.ts";
import { type AsterixRecord, encodeAsterix } from "./encode.ts";

const SOURCE = { "010": { SAC: 1, SIC: 2 } };
const session = () => {
  const state = asterixProtocol.createState({});
  return (bytes: Uint8Array) => asterixProtocol.receive(state, { bytes, connection: 0, receivedAt: micros(0) }, {});
};
const cat001 = (...records: AsterixRecord[]) => encodeAsterix(1, "1.4", records);
const cat002 = (record: AsterixRecord) => encodeAsterix(2, "1.2", [{ ...SOURCE, ...record }]);
const PLOT = { ...SOURCE, "020": { TYP: 0, SSRPSR: 3 }, "040": { RHO: 1, THETA: 90 } };

test("I001/040 counts range in 1/128 NM: a plot is a detection", () => {
  const { observations, errors } = session()(
    cat001({ ...PLOT, "070": { MODE3A: "4321" }, "090": { HGT: 100 }, "120": { DOP: -0.25 }, "131": { POW: -50 } }),
  );
  assert.deepEqual(errors, []);
  const detection = observations[0] as Detection;
  assert.ok(detection.measurement.kind === "polar");
  assert.equal(detection.measurement.range, 1852);
  assert.equal(detection.measurement.azimuth, Math.PI / 2);
  assert.deepEqual(detection.measurement.height, { kind: "pressure", value: 3048 });
  assert.equal(detection.measurement.rangeRate, -463); // a quarter of a nautical mile a second
  assert.equal(detection.signalDbm, -50);
  assert.equal((observations[1] as Claim).statements.squawk, "4321");
});

test("I001/020: the first bit of the descriptor chooses the profile of plots or of tracks", () => {
  const track = { ...SOURCE, "020": { TYP: 1, SSRPSR: 2 }, "161": { TRN: 77 }, "040": { RHO: 2, THETA: 0 }, "042": { X: 0, Y: 2 } };
  const [described] = createAsterixDescriber({})({ bytes: cat001(track), connection: 0, receivedAt: micros(0) });
  assert.deepEqual((described.items as AsterixRecord)["161"], { TRN: 77 });
  const { observations } = session()(cat001(track, PLOT));
  assert.deepEqual((observations[0] as Detection).identities, [{ scheme: "source-track", value: "1/2:77" }]);
  assert.deepEqual((observations[1] as Detection).identities, []);
});

test("a track that the radar did not detect in this turn is no plot", () => {
  const { observations, errors } = session()(
    cat001({ ...SOURCE, "020": { TYP: 1, SSRPSR: 0 }, "161": { TRN: 77 }, "040": { RHO: 2, THETA: 0 } }),
  );
  assert.deepEqual(observations, []);
  assert.equal(errors[0].code, "unplaced");
});

test("I001/141 holds the low bits of the time: without a full one the plot has no time, with one of category 002 it has", () => {
  const receive = session();
  const plot = cat001({ ...PLOT, "141": { TToD: 10 } });
  assert.equal(receive(plot).observations[0].time, undefined);
  // 43,200 s is 84 times 512 s and 192 s more: the nearest time with 10 s in its low bits is 84 * 512 + 10 = 43,018 s.
  receive(cat002({ "000": { MT: 1 }, "030": { ToD: 43_200 } }));
  assert.deepEqual(receive(plot).observations[0].time, { kind: "time-of-day", seconds: 43_018 });
});

test("a truncated time is completed to the nearest full one, over midnight as well", () => {
  const state = createAsterixState();
  const complete = (last: number, truncated: number) => {
    rememberTimeOfDay(state, "1/2", last);
    return completeTimeOfDay(state, "1/2", truncated);
  };
  assert.equal(complete(1000, 1005 % 512), 1005);
  assert.equal(complete(1000, 990 % 512), 990);
  assert.equal(complete(1020, 1030 % 512), 1030); // over a multiple of 512
  assert.equal(complete(86_390, 5), 5); // 15 s later, after midnight
  assert.equal(complete(5, 86_390 % 512), 86_390); // late data of the day before
  assert.equal(completeTimeOfDay(state, "9/9", 5), undefined);
});

test("I002: north, sector and south marks say where the antenna is", () => {
  const receive = session();
  const azimuth = (record: AsterixRecord) => (receive(cat002(record)).observations[0] as SensorStatus).antennaAzimuth;
  assert.equal(azimuth({ "000": { MT: 1 } }), 0);
  assert.equal(azimuth({ "000": { MT: 2 }, "020": { SN: 90 } }), Math.PI / 2);
  assert.equal(azimuth({ "000": { MT: 3 } }), Math.PI);
  const status = receive(cat002({ "000": { MT: 8 }, "041": { ARS: 10 }, "100": { RS: 0, RE: 50, TS: 10, TE: 20 } }))
    .observations[0] as SensorStatus;
  assert.equal(status.rotationPeriod, 10);
  assert.deepEqual(status.notes, ["blind zone filtering is on from 10.0 to 20.0 degrees, 0.0 to 92.6 km"]);
});

test("a later record of a block may leave out its data source, and is of the same one", () => {
  // FSPEC a0: items 010 and 040; FSPEC 30: items 020 and 040 would be 60; 20 is item 040 alone.
  const { observations, records } = session()(fromHex("01000f" + "a0" + "0102" + "00804000" + "20" + "01004000")!);
  assert.equal(records, 2);
  assert.deepEqual(
    observations.map((observation) => observation.sensorKey),
    ["1/2", "1/2"],
  );
});

test("random field sequencing: items that follow by their position are read under their own numbers", () => {
  // FSPEC 81 01 02: items 010 and RFS (position 21); two fields: position 2 (I001/020, octet 30) and 3 (I001/040).
  const bytes = fromHex("010010" + "810102" + "0102" + "02" + "0230" + "0300804000")!;
  const [record] = createAsterixDescriber({})({ bytes, connection: 0, receivedAt: micros(0) });
  assert.deepEqual(record.items, {
    "010": { SAC: 1, SIC: 2 },
    "020": { TYP: 0, SIM: 0, SSRPSR: 3, ANT: 0, SPI: 0, RAB: 0 },
    "040": { RHO: 1, THETA: 90 },
  });
});
