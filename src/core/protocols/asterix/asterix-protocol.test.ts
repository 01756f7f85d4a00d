import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, Observation, SensorStatus, SourceTrack } from "../../model/observation.ts";
import type { Decoded, ProtocolOptions } from "../protocol.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { type AsterixRecord, encodeAsterix } from "./encode.ts";

function receive(bytes: Uint8Array, options: ProtocolOptions = {}): Decoded {
  return asterixProtocol.receive(asterixProtocol.createState(options), { bytes, connection: 0, receivedAt: micros(0) }, options);
}
const receiveHex = (hex: string, options?: ProtocolOptions) => receive(fromHex(hex)!, options);
const only = <Type extends Observation>(decoded: Decoded, type: Type["type"]): Type => {
  const found = decoded.observations.filter((observation) => observation.type === type);
  assert.equal(found.length, 1, `one ${type}, errors ${JSON.stringify(decoded.errors)}`);
  return found[0] as Type;
};
const close = (actual: number | undefined, expected: number, tolerance: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

const SOURCE = { "010": { SAC: 23, SIC: 2 } };
const plot = (items: AsterixRecord): AsterixRecord => ({
  ...SOURCE,
  "140": { ToD: 3600.5 },
  "020": { TYP: 5 },
  "040": { RHO: 1, THETA: 90 },
  ...items,
});
const cat048 = (...records: AsterixRecord[]) => receive(encodeAsterix(48, "1.32", records));

test("I048/040: 0x0100 is one nautical mile, 0x4000 a quarter turn from the radar's north", () => {
  const detection = only<Detection>(receiveHex("30000e" + "f0" + "1702" + "000080" + "a0" + "01004000"), "detection");
  assert.equal(detection.sensorKey, "23/2");
  assert.deepEqual(detection.time, { kind: "time-of-day", seconds: 1 });
  assert.ok(detection.measurement.kind === "polar");
  assert.equal(detection.measurement.range, 1852);
  assert.equal(detection.measurement.azimuth, Math.PI / 2);
  assert.equal(detection.measurement.north, "true");
});

test("a Mode S plot is a detection with its address first, and a claim of what the transponder says", () => {
  const decoded = cat048(
    plot({
      "070": { V: 0, G: 0, L: 0, MODE3A: "4321" },
      "090": { V: 0, G: 0, FL: 100 },
      "130": { SAM: { SAM: -60 }, PAM: { PAM: -45 } },
      "161": { TRN: 77 },
      "220": { ADDR: "3c660c" },
      "230": { COM: 1, STAT: 1, SI: 0, MSSC: 1, ARC: 1, AIC: 1, B1A: 1, B1B: 5 },
      "240": { TID: "DLH65A  " },
    }),
  );
  assert.deepEqual(decoded.errors, []);
  assert.equal(decoded.records, 1);
  const detection = only<Detection>(decoded, "detection");
  const identities = [
    { scheme: "icao24", value: "3c660c" },
    { scheme: "mode3a", value: "4321" },
    { scheme: "source-track", value: "23/2:77" },
  ];
  assert.deepEqual(detection.identities, identities);
  assert.ok(detection.measurement.kind === "polar");
  assert.equal(detection.measurement.height?.kind, "pressure");
  close(detection.measurement.height?.value, 3048, 1e-9); // FL 100 is 10,000 ft
  assert.equal(detection.signalDbm, -45, "the primary echo's amplitude, not the reply's");
  assert.equal(detection.simulated, undefined);
  const claim = only<Claim>(decoded, "claim");
  assert.deepEqual(claim.about, identities);
  assert.equal(claim.statements.callsign, "DLH65A");
  assert.equal(claim.statements.squawk, "4321");
  assert.equal(claim.statements.onGround, true);
});

test("I048/090: a negative flight level is below the standard pressure's sea level", () => {
  const detection = only<Detection>(cat048(plot({ "090": { V: 0, G: 0, FL: -1 } })), "detection");
  assert.ok(detection.measurement.kind === "polar");
  close(detection.measurement.height?.value, -30.48, 1e-9);
});

test("a level or code that the radar marks as not validated or garbled is not used", () => {
  for (const flags of [
    { V: 1, G: 0 },
    { V: 0, G: 1 },
  ]) {
    const decoded = cat048(plot({ "070": { ...flags, L: 0, MODE3A: "4321" }, "090": { ...flags, FL: 100 } }));
    const detection = only<Detection>(decoded, "detection");
    assert.deepEqual(detection.identities, []);
    assert.ok(detection.measurement.kind === "polar" && detection.measurement.height === undefined);
  }
});

test("a code that many fly is a squawk in the claim and no identity", () => {
  for (const code of ["0000", "1000", "1200", "2000", "7000"]) {
    const decoded = cat048(plot({ "070": { V: 0, G: 0, L: 0, MODE3A: code }, "220": { ADDR: "3c660c" } }));
    assert.deepEqual(only<Detection>(decoded, "detection").identities, [{ scheme: "icao24", value: "3c660c" }]);
    assert.equal(only<Claim>(decoded, "claim").statements.squawk, code);
  }
  const emergency = cat048(plot({ "070": { V: 0, G: 0, L: 0, MODE3A: "7700" }, "220": { ADDR: "3c660c" } }));
  assert.equal(only<Claim>(emergency, "claim").statements.emergency, "general emergency (7700)");
});

test("a primary plot has range, azimuth and a 3-D radar's height above mean sea level, and claims nothing", () => {
  const decoded = cat048(plot({ "020": { TYP: 1 }, "110": { "3DH": 1000 }, "120": { CAL: { D: 0, CAL: -30 } } }));
  assert.equal(decoded.observations.length, 1);
  const detection = only<Detection>(decoded, "detection");
  assert.ok(detection.measurement.kind === "polar");
  assert.deepEqual(detection.measurement.height, { kind: "amsl", value: 304.8 });
  assert.equal(detection.measurement.rangeRate, -30);
});

test("a doubtful Doppler speed is no range rate", () => {
  const detection = only<Detection>(cat048(plot({ "120": { CAL: { D: 1, CAL: -30 } } })), "detection");
  assert.ok(detection.measurement.kind === "polar" && detection.measurement.rangeRate === undefined);
});

test("I048/020: simulated and test targets are marked, a field monitor is named", () => {
  assert.equal(only<Detection>(cat048(plot({ "020": { TYP: 1, SIM: 1 } })), "detection").simulated, true);
  assert.equal(only<Detection>(cat048(plot({ "020": { TYP: 1, TST: 1 } })), "detection").simulated, true);
  const monitor = only<Detection>(cat048(plot({ "020": { TYP: 2, RAB: 1 } })), "detection");
  assert.deepEqual(monitor.classifications, [{ label: "field monitor (fixed transponder)" }]);
});

test("I048/030: birds are said to be birds", () => {
  const detection = only<Detection>(cat048(plot({ "030": [{ WE: 19 }, { WE: 17 }, { WE: 9 }, { WE: 20 }, { WE: 19 }] })), "detection");
  assert.deepEqual(detection.classifications, [{ label: "bird" }, { label: "flock of birds" }]);
});

test("what a military interrogator heard is said with the plot, Mode 5 before Mode 4, and is no affiliation", () => {
  const reply = (items: AsterixRecord) => {
    const decoded = cat048(plot({ "220": { ADDR: "3c660c" }, ...items }));
    assert.equal(only<Detection>(decoded, "detection").classifications, undefined, "a reply is no kind of target");
    return decoded.observations.find((observation) => observation.type === "claim")?.statements.description;
  };
  assert.equal(reply({}), undefined);
  assert.equal(reply({ "020": { TYP: 2, FOEFRI: 1 } }), "Mode 4: friendly reply");
  assert.equal(reply({ "020": { TYP: 2, FOEFRI: 3 } }), "Mode 4: no reply");
  assert.equal(reply({ "020": { TYP: 2, FOEFRI: 1 }, RE: { M4E: { FOEFRI: 1 } } }), "Mode 4: possibly friendly reply");
  assert.equal(reply({ RE: { M5N: { SUM: { M5: 1, ID: 1 } }, M4E: { FOEFRI: 3 } } }), "Mode 5: authenticated reply");
  assert.equal(reply({ RE: { MD5: { SUM: { M5: 1 } } } }), "Mode 5: interrogated, no authenticated reply");
});

test("the signal to clutter ratio of a primary plot comes from the reserved expansion field", () => {
  const ratio = (RPC: AsterixRecord) => only<Detection>(cat048(plot({ RE: { RPC } })), "detection").snrDb;
  close(ratio({ SCO: { SCO: 9 }, SRC: { SRC: 23.4 } }), 23.4, 1e-9);
  close(ratio({ SRC: { SRC: 5 }, RW: { RW: 1 } }), 5, 1e-9);
  assert.equal(ratio({ SCO: { SCO: 9 } }), undefined);
});

test("a range beyond 256 NM comes from the reserved expansion field; without it the direction stays", () => {
  const far = only<Detection>(cat048(plot({ "020": { TYP: 1, ERR: 1 }, RE: { M4E: { FOEFRI: 0 }, ERR: { ERR: 300 } } })), "detection");
  assert.ok(far.measurement.kind === "polar");
  assert.equal(far.measurement.range, 300 * 1852);
  const lost = only<Detection>(cat048(plot({ "020": { TYP: 1, ERR: 1 } })), "detection");
  assert.ok(lost.measurement.kind === "bearing");
  assert.equal(lost.measurement.azimuth, Math.PI / 2);
});

test("a target report without a measured position, or with 'no detection', is counted and said, and makes no plot", () => {
  const decoded = cat048({ ...SOURCE, "140": { ToD: 1 }, "020": { TYP: 5 }, "161": { TRN: 5 } }, plot({ "020": { TYP: 0 } }), plot({}));
  assert.equal(decoded.records, 3);
  assert.equal(decoded.observations.filter((observation) => observation.type === "detection").length, 1);
  assert.deepEqual(
    decoded.errors.map((error) => [error.code, error.item]),
    [
      ["unplaced", "I048/040"],
      ["unplaced", "I048/040"],
    ],
  );
});

test("I034: a north mark says where the antenna is, the configuration how the radar is", () => {
  const decoded = receive(
    encodeAsterix(34, "1.29", [
      {
        ...SOURCE,
        "000": { MT: 1 },
        "030": { ToD: 7200 },
        "041": { ARP: 5 },
        "050": { COM: { NOGO: 0, TSV: 1 }, SSR: { ANT: 0, CHAB: 2 }, MDS: { CHAB: 1, OVLDLF: 1 } },
        "120": { HGT: 1900, LAT: 45, LON: -90 },
      },
    ]),
  );
  assert.deepEqual(decoded.errors, []);
  const status = only<SensorStatus>(decoded, "status");
  assert.equal(status.antennaAzimuth, 0);
  assert.equal(status.rotationPeriod, 5);
  assert.equal(status.state, "degraded");
  assert.equal(status.sensorType, "secondary, Mode S radar");
  assert.deepEqual(status.notes, ["time source invalid", "Mode S: data link overloaded"]);
  assert.equal(status.latitude, Math.PI / 4);
  assert.equal(status.longitude, -Math.PI / 2);
  assert.deepEqual(status.height, { kind: "hae", value: 1900 });
});

test("I034: a restarted processor is said, because its track numbers mean other targets now", () => {
  const status = only<SensorStatus>(
    receive(encodeAsterix(34, "1.29", [{ ...SOURCE, "000": { MT: 1 }, "050": { COM: { RDPR: 1 } } }])),
    "status",
  );
  assert.equal(status.state, "operational");
  assert.deepEqual(status.notes, ["radar data processor restarted: its track numbers start again"]);
});

test("I034: NOGO is a fault, a sector mark tells the azimuth and nothing of the radar's state", () => {
  const fault = receive(encodeAsterix(34, "1.29", [{ ...SOURCE, "000": { MT: 1 }, "050": { COM: { NOGO: 1 } } }]));
  assert.equal(only<SensorStatus>(fault, "status").state, "fault");
  const sector = only<SensorStatus>(receive(encodeAsterix(34, "1.29", [{ ...SOURCE, "000": { MT: 2 }, "020": { SN: 90 } }])), "status");
  assert.equal(sector.antennaAzimuth, Math.PI / 2);
  assert.equal(sector.state, undefined);
  assert.equal(sector.notes, undefined);
});

test("I034: a jamming strobe is told with its place", () => {
  const decoded = receive(
    encodeAsterix(34, "1.29", [
      { ...SOURCE, "000": { MT: 4 }, "020": { SN: 45 }, "100": { RHOST: 0, RHOEND: 100, THETAST: 40, THETAEND: 50 } },
    ]),
  );
  assert.deepEqual(only<SensorStatus>(decoded, "status").notes, ["jamming strobe from 40.0 to 50.0 degrees, 0.0 to 185.2 km"]);
});

const track = (items: AsterixRecord): AsterixRecord => ({
  "010": { SAC: 25, SIC: 100 },
  "070": { ToD: 43_200 },
  "105": { LAT: 45, LON: 15 },
  "040": { TN: 5166 },
  "080": { CNF: 0 },
  ...items,
});
const cat062 = (...records: AsterixRecord[]) => receive(encodeAsterix(62, "1.21", records));

test("I062: a system track is a source track, with its covariance and velocity, never a detection", () => {
  const decoded = cat062(
    track({
      "060": { MODE3A: "0611" },
      "136": { MFL: 370 },
      "185": { VX: 122.5, VY: -212.25 },
      "220": { ROCD: 600 },
      "380": { ADR: { ADR: "3c64f0" }, ID: { ACID: "DLH598  " }, COM: { STAT: 0 }, EMC: { EMC: 13 } },
      "500": { APC: { X: 40, Y: 63 }, COV: { COV: -20 }, ATV: { X: 2, Y: 3 } },
    }),
  );
  assert.deepEqual(decoded.errors, []);
  const source = only<SourceTrack>(decoded, "source-track");
  assert.equal(source.sourceTrackId, "5166");
  assert.deepEqual(
    source.identities.map((identity) => `${identity.scheme} ${identity.value}`),
    ["icao24 3c64f0", "mode3a 0611", "source-track 25/100:5166"],
  );
  const measurement = source.measurement;
  assert.ok(measurement.kind === "position");
  close(measurement.latitude, Math.PI / 4, 1e-7);
  close(measurement.longitude, Math.PI / 12, 1e-7);
  // The cross term is sent as sign times root: -20 m stands for -400 m^2.
  assert.deepEqual(measurement.covarianceEn, [1600, -400, 3969]);
  assert.equal(measurement.velocityEast, 122.5);
  assert.equal(measurement.velocityNorth, -212.25);
  close(measurement.velocityUp, 3.048, 1e-9); // 600 ft/min
  assert.equal(measurement.velocitySigma, 3);
  assert.equal(measurement.height?.kind, "pressure");
  const claim = only<Claim>(decoded, "claim");
  assert.equal(claim.statements.callsign, "DLH598");
  assert.equal(claim.statements.category, "unmanned aerial vehicle");
  assert.equal(claim.statements.onGround, false);
});

test("I062/500: accuracy in degrees becomes metres at the track's latitude", () => {
  const measurement = only<SourceTrack>(
    cat062(track({ "105": { LAT: 60, LON: 0 }, "500": { APW: { LAT: 0.001, LON: 0.001 } } })),
    "source-track",
  ).measurement;
  assert.ok(measurement.kind === "position" && measurement.covarianceEn !== undefined);
  const [east, , north] = measurement.covarianceEn;
  close(Math.sqrt(north), 111.2, 0.5); // 0.001 degree of latitude
  close(Math.sqrt(east) / Math.sqrt(north), 0.5, 1e-6); // cos 60
});

test("I062: heights keep their datum, and the more reliable one is taken", () => {
  const heightOf = (items: AsterixRecord) => {
    const measurement = only<SourceTrack>(cat062(track(items)), "source-track").measurement;
    assert.ok(measurement.kind === "position");
    return measurement.height;
  };
  const both = { "130": { ALT: 1000 }, "135": { QNH: 0, CTB: 10 } };
  assert.deepEqual(heightOf({ ...both, "080": { MRH: 0 } }), { kind: "pressure", value: 304.8, sigma: undefined });
  assert.equal(heightOf({ ...both, "080": { MRH: 1 } })?.kind, "hae");
  assert.equal(heightOf({ "135": { QNH: 1, CTB: 10 } })?.kind, "amsl");
  assert.equal(heightOf({ "130": { ALT: 1000 } })?.kind, "hae");
  close(heightOf({ "135": { QNH: 0, CTB: -2.5 } })?.value, -76.2, 1e-9);
  close(heightOf({ "130": { ALT: 1000 }, "500": { AGA: { AGA: 25 } } })?.sigma, 7.62, 1e-9);
  assert.equal(heightOf({}), undefined);
});

test("I062/080: ended, coasting, simulated and doubtful tracks are said to be so", () => {
  const doubtful = cat062(track({ "080": { CNF: 1, SIM: 1, TSE: 1, CST: 1, PFT: 1, EMS: 5 } }));
  const source = only<SourceTrack>(doubtful, "source-track");
  assert.equal(source.ended, true);
  assert.equal(source.coasting, true);
  assert.equal(source.simulated, true);
  assert.equal(source.classifications, undefined, "a doubt is no kind of target");
  const { statements } = only<Claim>(doubtful, "claim");
  assert.equal(statements.description, "tentative track; potential false track");
  assert.equal(statements.emergency, "unlawful interference");
  const plain = only<SourceTrack>(cat062(track({})), "source-track");
  assert.equal(plain.ended ?? plain.coasting ?? plain.simulated ?? plain.classifications, undefined);
});

test("I062: a track names what it was made of, so that nothing is counted twice", () => {
  const source = only<SourceTrack>(
    cat062(
      track({
        "340": { SID: { SAC: 23, SIC: 2 } },
        "510": [
          { IDENT: 4, TRACK: 1000 },
          { IDENT: 5, TRACK: 7 },
        ],
        RE: {
          CST: [
            { SAC: 23, SIC: 2, TYP: 1, LTN: 77 },
            { SAC: 1, SIC: 2, TYP: 1, LTN: 300 },
          ],
          CSN: [{ SAC: 9, SIC: 9, TYP: 2 }],
        },
      }),
    ),
    "source-track",
  );
  assert.deepEqual(source.lineage, ["23/2:77", "1/2:300", "9/9", "23/2", "unit 4:1000", "unit 5:7"]);
  assert.equal(only<SourceTrack>(cat062(track({})), "source-track").lineage, undefined);
});

test("I062: replies to military interrogators are words, never an affiliation", () => {
  const decoded = cat062(track({ "080": { CNF: 0, MD5: 1, MD4: 3 } }));
  const claim = only<Claim>(decoded, "claim");
  assert.equal(claim.statements.description, "Mode 5: friendly reply");
  assert.equal(claim.statements.affiliation, undefined);
});

test("I062: a track whose place is only in an unnamed Cartesian plane is counted, not guessed", () => {
  const decoded = cat062({ "010": { SAC: 25, SIC: 100 }, "040": { TN: 1 }, "100": { X: 1000, Y: 1000 } });
  assert.deepEqual(decoded.observations, []);
  assert.deepEqual([decoded.errors[0].code, decoded.errors[0].item], ["unplaced", "I062/105"]);
});

const report = (items: AsterixRecord): AsterixRecord => ({
  "010": { SAC: 0, SIC: 3 },
  "040": { ATP: 0 },
  "073": { TOMRP: 100 },
  "080": { ADDR: "1a4b65" },
  "130": { LAT: 45, LON: 90 },
  "210": { VN: 2, LTT: 2 },
  ...items,
});
const cat021 = (...records: AsterixRecord[]) => receive(encodeAsterix(21, "2.7", records));

test("I021: a broadcast is a detection with the accuracy that it claims, and a claim", () => {
  const decoded = cat021(
    report({
      "020": { ECAT: 13 },
      "090": { NUCRNACV: 2, NUCPNIC: 8, NACP: 10 },
      "140": { GH: 1000 },
      "145": { FL: 12 },
      "157": { RE: 0, GVR: -600 },
      "160": { RE: 0, GS: 0.1, TA: 90 },
      "170": { TID: "UAV1    " },
      "200": { PS: 3 },
    }),
  );
  assert.deepEqual(decoded.errors, []);
  const detection = only<Detection>(decoded, "detection");
  assert.deepEqual(detection.time, { kind: "time-of-day", seconds: 100 });
  const measurement = detection.measurement;
  assert.ok(measurement.kind === "position");
  assert.equal(measurement.latitude, Math.PI / 4);
  assert.equal(measurement.longitude, Math.PI / 2);
  assert.equal(measurement.height?.kind, "hae");
  close(measurement.horizontalSigma, 10 / 2.4477, 1e-9); // NACp 10: 95 % within 10 m
  close(measurement.velocityEast, 185.2, 0.1); // 0.1 NM/s
  close(measurement.velocityNorth, 0, 1e-9);
  close(measurement.velocityUp, -3.048, 1e-9);
  close(measurement.velocitySigma, 3 / 2.4477, 1e-9);
  const { statements } = only<Claim>(decoded, "claim");
  assert.equal(statements.category, "unmanned aerial vehicle");
  assert.equal(statements.callsign, "UAV1");
  assert.equal(statements.emergency, "minimum fuel");
  assert.equal(statements.transport, "ADS-B 1090 ES");
});

test("I021/090: each version of the standard reads its own number", () => {
  const sigmaOf = (quality: Record<string, number>, version: number) => {
    const measurement = only<Detection>(cat021(report({ "090": quality, "210": { VN: version, LTT: 2 } })), "detection").measurement;
    assert.ok(measurement.kind === "position");
    return measurement.horizontalSigma;
  };
  close(sigmaOf({ NUCPNIC: 7 }, 0), 92.6 / 2.4477, 1e-9); // NUCp 7: 95 % within 0.05 NM
  close(sigmaOf({ NUCPNIC: 8 }, 2), 185.2 / 4.7985, 1e-9); // NIC 8: contained within 0.1 NM
  close(sigmaOf({ NUCPNIC: 8, NACP: 9 }, 1), 30 / 2.4477, 1e-9);
  assert.equal(sigmaOf({ NUCPNIC: 0, NACP: 0 }, 2), undefined);
  assert.equal(sigmaOf({ NUCPNIC: 0 }, 0), undefined);
});

test("I021: two positions of one record that disagree are the sign of another edition: one error, no position", () => {
  const decoded = cat021(report({ "130": { LAT: 18.5, LON: 28.5 }, "131": { LAT: -50.4, LON: 19.8 } }));
  assert.deepEqual(decoded.observations, []);
  assert.equal(decoded.records, 0);
  assert.deepEqual(
    decoded.errors.map((error) => [error.code, error.item]),
    [["inconsistent", "I021/131"]],
  );
});

test("I021: the high-resolution position is used, and agreement holds across the antimeridian", () => {
  const decoded = cat021(report({ "130": { LAT: 45, LON: -180 }, "131": { LAT: 45.000001, LON: 179.999999 } }));
  const measurement = only<Detection>(decoded, "detection").measurement;
  assert.ok(measurement.kind === "position");
  close(measurement.longitude, (179.999999 * Math.PI) / 180, 1e-8);
});

test("I021: the time at which the position holds goes before the time at which it was heard, and that before the report's", () => {
  const timeOf = (items: AsterixRecord) => only<Detection>(cat021(report(items)), "detection").time;
  assert.deepEqual(timeOf({ "071": { TOAP: 99 }, "077": { TORT: 101 } }), { kind: "time-of-day", seconds: 99 });
  assert.deepEqual(timeOf({ "077": { TORT: 101 } }), { kind: "time-of-day", seconds: 100 });
});

test("I021: an address that is no ICAO address joins no other sensor's aircraft", () => {
  assert.deepEqual(only<Detection>(cat021(report({ "040": { ATP: 3 } })), "detection").identities, [
    { scheme: "radio-address", value: "adsb-1a4b65" },
  ]);
  assert.deepEqual(only<Detection>(cat021(report({ "040": { ATP: 1 } })), "detection").identities, []);
});

test("I021: what the ground station doubts is said in words", () => {
  const decoded = cat021(report({ "040": { ATP: 0, CL: 1, IPC: 1 } }));
  assert.equal(
    only<Claim>(decoded, "claim").statements.description,
    "the ground station calls the report suspect; an independent position check failed",
  );
});

test("I021: a position that the ground station found false is not one", () => {
  const decoded = cat021(report({ "040": { ATP: 0, CPR: 1 }, "170": { TID: "ABC" } }));
  assert.deepEqual(
    decoded.observations.map((observation) => observation.type),
    ["claim"],
  );
  assert.equal(decoded.errors[0].item, "I021/040");
});

test("several records in a block and several blocks in a datagram come in their order", () => {
  const radar = encodeAsterix(48, "1.32", [plot({ "161": { TRN: 1 } }), plot({ "161": { TRN: 2 } })]);
  const service = encodeAsterix(34, "1.29", [{ ...SOURCE, "000": { MT: 1 } }]);
  const decoded = receive(Uint8Array.from([...radar, ...service, ...radar]));
  assert.equal(decoded.records, 5);
  assert.deepEqual(
    decoded.observations.map((observation) => observation.type),
    ["detection", "detection", "status", "detection", "detection"],
  );
});

test("the same octets mean the same whatever came before", () => {
  const bytes = encodeAsterix(48, "1.32", [plot({ "030": [{ WE: 19 }], "090": { FL: 5 } })]);
  const first = receive(bytes);
  cat048(plot({ "020": { TYP: 1, SIM: 1, TST: 1, ERR: 1, RAB: 1 } }));
  assert.deepEqual(receive(bytes), first);
});
