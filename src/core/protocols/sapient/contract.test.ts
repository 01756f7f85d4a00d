import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { durationSeconds, icdVersionOf, nodeTypeName, readRegistration, sigmaPerError } from "./contract.ts";
import { type EdgeNodeDescription, registration } from "./encode.ts";
import {
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
  Registration_DurationSchema,
  Registration_ModeType,
  Registration_NodeType,
  Registration_TimeUnits,
  RegistrationSchema,
} from "./sapient-pb.gen.ts";

const NODE: EdgeNodeDescription = {
  name: "Radar",
  shortName: "RDR",
  nodeTypes: [Registration_NodeType.RADAR, Registration_NodeType.POINTABLE_NODE],
  statusIntervalSeconds: 10,
  tracking: "track",
  form: "utm",
  zone: "30U",
  maximumLatencySeconds: 0.5,
  manufacturer: "Example",
  model: "R1",
};
const read = (change: (init: ReturnType<typeof registration>) => void = () => undefined, strict?: boolean) => {
  const init = registration(NODE);
  change(init);
  return readRegistration(create(RegistrationSchema, init), strict);
};

test("a duration in each unit is seconds; without unit, negative or no number it is none", () => {
  const seconds = (value: number, units: Registration_TimeUnits) => durationSeconds(create(Registration_DurationSchema, { value, units }));
  assert.equal(seconds(5e8, Registration_TimeUnits.NANOSECONDS), 0.5);
  assert.equal(seconds(500_000, Registration_TimeUnits.MICROSECONDS), 0.5);
  assert.equal(seconds(500, Registration_TimeUnits.MILLISECONDS), 0.5);
  assert.equal(seconds(5, Registration_TimeUnits.SECONDS), 5);
  assert.equal(seconds(5, Registration_TimeUnits.MINUTES), 300);
  assert.equal(seconds(5, Registration_TimeUnits.HOURS), 18_000);
  assert.equal(seconds(2, Registration_TimeUnits.DAYS), 172_800);
  assert.equal(seconds(0, Registration_TimeUnits.SECONDS), 0);
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(seconds(value, Registration_TimeUnits.SECONDS), undefined);
  assert.equal(seconds(5, Registration_TimeUnits.UNSPECIFIED), undefined);
  assert.equal(durationSeconds(undefined), undefined);
});

test("the words for a statistic are turned into sigmas, and words that are not understood say so", () => {
  for (const text of [undefined, "", "Standard Deviation", "std dev", "1 sigma", "1-sigma", "RMS", "68%"])
    assert.equal(sigmaPerError(text), 1, String(text));
  for (const text of ["95%", "95 % confidence", "2 sigma", "2-sigma", "2DRMS", "two sigma"])
    assert.equal(sigmaPerError(text), 1 / 1.96, text);
  for (const text of ["3 sigma", "99.7%"]) assert.equal(sigmaPerError(text), 1 / 3, text);
  for (const text of ["CEP", "CEP50", "50%"]) assert.equal(sigmaPerError(text), 1 / 1.1774, text);
  for (const text of ["worst case", "accuracy"]) assert.equal(sigmaPerError(text), undefined, text);
});

test("versions are compared without regard to blanks and underscores, and nothing else", () => {
  assert.equal(icdVersionOf("BSI Flex 335 v2.0"), "2.0");
  assert.equal(icdVersionOf(" BSI_Flex_335_v2.0 "), "2.0");
  assert.equal(icdVersionOf("BSI_Flex_335_v1.0"), "1.0");
  for (const text of ["", "BSI Flex 335", "bsi flex 335 v2.0", "BSI Flex 335 v2.1", "v7"])
    assert.equal(icdVersionOf(text), undefined, text);
});

test("a contract holds what later messages are read with", () => {
  const { contract, reasons, warnings } = read();
  assert.deepEqual(reasons, []);
  assert.deepEqual(warnings, []);
  assert.ok(contract !== undefined);
  assert.deepEqual(contract.typeNames, ["RADAR", "POINTABLE NODE"]);
  assert.equal(contract.statusIntervalSeconds, 10);
  assert.equal(contract.startMode, "Default");
  assert.equal(contract.modes[0].maximumLatencySeconds, 0.5);
  assert.equal(contract.modes[0].detections[0].zone, "30U");
  assert.equal(contract.modes[0].detections[0].errorsInMetres, true);
  assert.equal(contract.modes[0].detections[0].velocityScaleEastNorth, 1);
  assert.equal(contract.maker, "Example R1");
  assert.equal(nodeTypeName(8), "PASSIVE RF");
  assert.equal(nodeTypeName(77), "type 77");
});

test("a contract for ranges and bearings keeps their unit and north, and declares no location", () => {
  const polar = registration({ ...NODE, form: "range-bearing", azimuthDatum: "magnetic" });
  const { contract } = readRegistration(create(RegistrationSchema, polar), undefined);
  const [detection] = contract!.modes[0].detections;
  assert.equal(detection.form, "range-bearing");
  assert.equal(detection.rangeBearingUnits, RangeBearingCoordinateSystem.DEGREES_M);
  assert.equal(detection.rangeBearingDatum, RangeBearingDatum.MAGNETIC);
  assert.equal(detection.locationUnits, undefined);
  assert.equal(detection.locationDatum, undefined);
  const [grid] = read().contract!.modes[0].detections;
  assert.equal(grid.form, "location");
  assert.equal(grid.rangeBearingUnits, undefined);
});

test("an interval outside 1 to 60 s is taken with a warning, and never below a second", () => {
  const interval = (value: number) => {
    const { contract, warnings } = read((init) => {
      init.statusDefinition = { ...init.statusDefinition, statusInterval: { units: Registration_TimeUnits.SECONDS, value } } as never;
    });
    return [contract?.statusIntervalSeconds, warnings.length];
  };
  assert.deepEqual(interval(1), [1, 0]);
  assert.deepEqual(interval(60), [60, 0]);
  assert.deepEqual(interval(61), [61, 1]);
  assert.deepEqual(interval(0), [1, 1]);
});

test("SEQ-15: DEFAULT, else PERMANENT called default, else the first PERMANENT; two of a name are refused", () => {
  const start = (modes: [string, Registration_ModeType][]) => {
    const { contract, reasons } = read((init) => {
      const [mode] = init.modeDefinition as never[];
      init.modeDefinition = modes.map(([modeName, modeType]) => ({ ...(mode as object), modeName, modeType })) as never;
    });
    return contract?.startMode ?? reasons.join();
  };
  const { DEFAULT, PERMANENT, TEMPORARY } = Registration_ModeType;
  assert.equal(
    start([
      ["A", PERMANENT],
      ["B", DEFAULT],
    ]),
    "B",
  );
  assert.equal(
    start([
      ["A", PERMANENT],
      ["DEFAULT", PERMANENT],
    ]),
    "DEFAULT",
  );
  assert.equal(
    start([
      ["T", TEMPORARY],
      ["A", PERMANENT],
      ["B", PERMANENT],
    ]),
    "A",
  );
  assert.match(start([["A", TEMPORARY]]), /none to start in/);
  assert.match(
    start([
      ["A", DEFAULT],
      ["B", DEFAULT],
    ]),
    /2 modes are of type DEFAULT/,
  );
  assert.match(
    start([
      ["A", DEFAULT],
      ["A", PERMANENT],
    ]),
    /two modes are called "A"/,
  );
});

test("profiles: strict refuses what Dstl's harness refuses, lenient lets pass what Picket can do without", () => {
  const withoutTasks = (init: ReturnType<typeof registration>) => {
    (init.modeDefinition as { task: { concurrentTasks?: number } }[])[0].task.concurrentTasks = undefined;
  };
  assert.deepEqual(read(withoutTasks).reasons, []);
  assert.match(read(withoutTasks, true).reasons.join(), /concurrent_tasks is missing/);
  const withoutConfiguration = (init: ReturnType<typeof registration>) => {
    init.configData = [];
  };
  assert.match(read(withoutConfiguration).reasons.join(), /config_data is missing/);
  assert.deepEqual(read(withoutConfiguration, false).reasons, []);
  const withoutType = (init: ReturnType<typeof registration>) => {
    init.nodeDefinition = [];
  };
  for (const strict of [undefined, true, false]) assert.match(read(withoutType, strict).reasons.join(), /node_definition is missing/);
  const unspecified = (init: ReturnType<typeof registration>) => {
    init.nodeDefinition = [{ nodeType: Registration_NodeType.UNSPECIFIED }] as never;
  };
  assert.match(read(unspecified).reasons.join(), /node_type is UNSPECIFIED/);
  assert.deepEqual(read(unspecified, false).reasons, []);
});

test("what a tracker cannot do without, and the schema does not ask for, is a warning", () => {
  const { contract, warnings } = read((init) => {
    const mode = (
      init.modeDefinition as {
        trackingType?: number;
        maximumLatency?: unknown;
        detectionDefinition: { geometricError: unknown; locationType: { zone?: string } }[];
      }[]
    )[0];
    mode.trackingType = undefined;
    mode.maximumLatency = undefined;
    mode.detectionDefinition[0].geometricError = { type: "worst case", units: "metres", variationType: "None" };
    mode.detectionDefinition[0].locationType.zone = undefined;
  });
  assert.ok(contract !== undefined);
  const said = warnings.map(({ message }) => message).join("\n");
  for (const want of [/tracking_type/, /maximum_latency; 0\.1 s/, /"worst case" is not understood/, /UTM coordinates without a zone/])
    assert.match(said, want);
  assert.equal(contract.modes[0].detections[0].sigmaPerError, 1);
});
