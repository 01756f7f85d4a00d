import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packageFolder } from "../software-version.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { configurationPage } from "./configuration-page.ts";
import { createConfigurationStore, setAt } from "./configuration-store.ts";
import { parseEndpoint } from "./endpoint.ts";
import { readZones } from "./import-zones.ts";
import { loadSite, parseSite } from "./load-site.ts";
import { nearestKey } from "./nearest-key.ts";
import { readPassword } from "./secrets.ts";

const SHARED = join(packageFolder(), "..", "shared", "data", "utm");
const skip = existsSync(SHARED) ? false : "../shared is absent";

const GOOD = `site:
  id: base
  name: Base
  origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightAmslMetres: 280 }
sources:
  - { id: net, protocol: asterix, listen: "udp://127.0.0.1:30048" }
sensors:
  - id: radar
    kind: radar
    source: net
    key: "23/2"
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }
    noise: { azimuthDegrees: 0.5 }
`;

function problemsOf(yaml: string): string[] {
  try {
    parseSite(yaml, "/x/site.yaml");
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split("\n");
    throw error;
  }
  return [];
}

test("degrees become radians, AMSL becomes height above the ellipsoid by EGM96", () => {
  const { site } = parseSite(GOOD, "/x/site.yaml");
  assert.ok(Math.abs(site.origin.latitude - (36.9 * Math.PI) / 180) < 1e-12);
  assert.ok(site.origin.heightHae > 280 && site.origin.heightHae < 320, `${site.origin.heightHae}`);
  assert.ok(Math.abs(site.sensors[0]!.noise.azimuth! - (0.5 * Math.PI) / 180) < 1e-12);
});

test("an unknown key names the nearest known key with file and line", () => {
  assert.deepEqual(problemsOf(GOOD.replace("azimuthDegrees", "azimuthDegree")), [
    'site.yaml:13: sensors[0].noise.azimuthDegree: there is no key "azimuthDegree" here; did you mean "azimuthDegrees"?',
  ]);
  assert.match(
    problemsOf(GOOD.replace("noise: { azimuthDegrees: 0.5 }", "noise: { azimuthRadians: 0.01 }"))[0]!,
    /did you mean "azimuthDegrees"\?/,
  );
});

test("a wrong value says path, expected and found; everything wrong is told at once", () => {
  const problems = problemsOf(
    GOOD.replace(
      "latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightAmsl",
      "latitudeDegrees: 369, longitudeDegrees: 43.1, heightAmsl",
    ).replace("kind: radar", "kind: rader"),
  );
  assert.equal(problems.length, 2);
  assert.equal(problems[0], "site.yaml:4: site.origin.latitudeDegrees: expected at most 90, found 369");
  assert.match(problems[1]!, /^site\.yaml:9: sensors\[0\]\.kind: expected one of radar, radar-2d, .*, found "rader"$/);
});

test("a height in two datums, or in none, is refused", () => {
  assert.match(
    problemsOf(GOOD.replace("heightAmslMetres: 280", "heightAmslMetres: 280, heightHaeMetres: 290"))[0]!,
    /exactly one of heightHaeMetres and heightAmslMetres/,
  );
  assert.match(problemsOf(GOOD.replace(", heightAmslMetres: 280", ""))[0]!, /exactly one of/);
});

test("a sensor on a source that does not exist, and an id used twice, are told with their lines", () => {
  assert.match(
    problemsOf(GOOD.replace("source: net", "source: nett"))[0]!,
    /site\.yaml:10: sensors\[0\]\.source: there is no source "nett"; did you mean "net"\?/,
  );
  const twice = GOOD.replace("sensors:", '  - { id: net, protocol: cot, listen: "udp://127.0.0.1:1" }\nsensors:');
  assert.match(problemsOf(twice)[0]!, /site\.yaml:7: sources\[1\]\.id: the id "net" is used twice/);
});

test("addresses are checked by kind: no UDP to connect to, no port beyond 65535, a topic for MQTT", () => {
  assert.equal(parseEndpoint("udp://127.0.0.1:1", "connect").ok, false);
  assert.equal(parseEndpoint("tcp://127.0.0.1:65536", "listen").ok, false);
  assert.equal(parseEndpoint("mqtt://broker:1883", "subscribe").ok, false);
  const mqtt = parseEndpoint("mqtt://u:p@broker/drones/%23", "subscribe");
  assert.ok(mqtt.ok);
  assert.deepEqual([mqtt.value.port, mqtt.value.topic, mqtt.value.user], [1883, "drones/#", "u"]);
  const group = parseEndpoint("udp://239.2.3.1:6969", "listen");
  assert.ok(group.ok && group.value.multicast);
});

test("outputs: wrong addresses, ids used twice, TLS of the wrong side and an open recorders' port are told with their lines", () => {
  const outputs = (text: string) => problemsOf(`${GOOD}outputs:\n${text}`);
  assert.deepEqual(outputs('  asterix: [{ id: a, send: "udp://239.255.62.1:8600", sac: 1, sic: 2 }]'), []);
  assert.match(
    outputs('  asterix: [{ id: a, send: "tcp://127.0.0.1:1", sac: 1, sic: 2 }]')[0]!,
    /asterix\[0\]\.send: expected udp:\/\/HOST:PORT/,
  );
  assert.match(outputs('  cot: [{ id: a, send: "udp://127.0.0.1:0" }]')[0]!, /cot\[0\]\.send: expected a port from 1 to 65535/);
  assert.match(
    outputs('  cot: [{ id: a, send: "udp://127.0.0.1:1", connect: "tcp://127.0.0.1:1" }]')[0]!,
    /give exactly one of send and connect/,
  );
  assert.match(
    outputs('  cot: [{ id: a, send: "udp://127.0.0.1:1" }]\n  asterix: [{ id: a, send: "udp://127.0.0.1:1", sac: 1, sic: 2 }]')[0]!,
    /outputs\.cot\[0\]\.id: the id "a" is used twice/,
  );
  assert.match(
    outputs('  cot: [{ id: a, connect: "tcp://192.0.2.7:8089", tls: { certificate: c.pem } }]')[0]!,
    /cot\[0\]\.tls: give certificate and key together/,
  );
  assert.match(
    outputs('  cot: [{ id: a, connect: "tcp://192.0.2.7:8089", tls: { clientAuthority: c.pem } }]')[0]!,
    /clientAuthority is for links that listen/,
  );
  const recorder = outputs('  sapientRecorders: [{ id: a, source: nett, listen: "tcp://0.0.0.0:5003" }]');
  assert.match(recorder[0]!, /sapientRecorders\[0\]\.source: there is no sapient source "nett"/);
  assert.match(recorder[1]!, /is open to the network; give tls with clientAuthority, or the addresses that may connect in allow/);
  assert.match(
    outputs('  asterix: [{ id: a, send: "udp://127.0.0.1:30048", sac: 1, sic: 2 }]')[0]!,
    /asterix\[0\]\.send: the source "net" listens at udp:\/\/127\.0\.0\.1:30048: the site would hear its own tracks/,
  );
  assert.match(outputs("  cott: []")[0]!, /did you mean "cot"\?/);
});

test("an output says no by default: not to simulated data, not to pilots, not to identities", () => {
  const { file } = parseSite(`${GOOD}outputs:\n  cot: [{ id: a, send: "udp://239.2.3.1:6969" }]`, "/x/site.yaml");
  const { exercise, operatorPositions, releaseIdentities, multicastHops } = file.outputs.cot[0]!;
  assert.deepEqual([exercise, operatorPositions, releaseIdentities, multicastHops], [false, false, false, 1]);
  // In the site itself, so that the journal says what could leave, and to whom.
  const { site } = parseSite(`${GOOD}outputs:\n  cot: [{ id: a, send: "udp://239.2.3.1:6969", operatorPositions: true }]`, "/x/site.yaml");
  assert.deepEqual(site.outputs, [
    { id: "a", protocol: "cot", address: "udp://239.2.3.1:6969", enabled: true, exercise: false, pilotPositions: true },
  ]);
  assert.equal(parseSite(GOOD, "/x/site.yaml").site.outputs, undefined);
  assert.deepEqual(Object.values(parseSite(GOOD, "/x/site.yaml").file.outputs).flat(), []);
});

test("TLS belongs to TCP links, with the files of the side that this one is", () => {
  const source = (line: string) => problemsOf(GOOD.replace("sensors:", `  - { id: two, protocol: cot, ${line} }\nsensors:`));
  assert.deepEqual(source('listen: "tcp://127.0.0.1:1", tls: { certificate: c.pem, key: k.pem, clientAuthority: ca.pem }'), []);
  assert.deepEqual(source('connect: "tcp://127.0.0.1:1", tls: { serverAuthority: ca.pem }'), []);
  assert.match(
    source('listen: "udp://127.0.0.1:1", tls: { certificate: c.pem, key: k.pem }')[0]!,
    /sources\[1\]\.tls: tls is for TCP links/,
  );
  assert.match(source('listen: "tcp://127.0.0.1:1", tls: { clientAuthority: ca.pem }')[0]!, /needs certificate and key/);
});

const MQTT = GOOD.replace(
  "sensors:",
  '  - { id: rid, protocol: remote-id-json, subscribe: "mqtt://kit:s3cret@broker:1883/drones" }\nsensors:',
);

test("a password is hidden in what is shown and exported, and an export with the placeholder is refused in words", () => {
  const loaded = parseSite(MQTT, "/x/site.yaml");
  const store = createConfigurationStore(loaded, undefined, "1", async () => undefined);
  assert.equal(JSON.stringify(store.effective()).includes("s3cret"), false);
  assert.equal(store.effective().sources[1]!.subscribe, "mqtt://kit:HIDDEN-BY-PICKET@broker:1883/drones");
  const text = store.exportYaml();
  assert.equal(text.includes("s3cret"), false);
  assert.match(
    problemsOf(text)[0]!,
    /sources\[1\]\.subscribe: a password was left out of this export; put it in place of HIDDEN-BY-PICKET, or give passwordFile/,
  );
  assert.equal(loaded.file.sources[1]!.subscribe, "mqtt://kit:s3cret@broker:1883/drones", "the server itself still has it");
});

test("an override of something else keeps a hidden password working", async () => {
  const loaded = parseSite(MQTT, "/x/site.yaml");
  const store = createConfigurationStore(loaded, undefined, "1", async () => undefined);
  const changed = await store.override("site.qnhHectopascals", 1010, { name: "Engineer", authenticated: false });
  assert.ok(changed.ok);
  assert.equal(store.effective().site.qnhHectopascals, 1010);
});

test("no message of a wrong configuration repeats a password", () => {
  for (const wrong of [
    MQTT.replace("/drones", ""),
    MQTT.replace("mqtt://", "http://"),
    MQTT.replace('subscribe: "mqtt', 'listen: "udp://127.0.0.1:1", subscribe: "mqtt'),
    MQTT.replace("broker:1883", "broker:99999"),
  ]) {
    const problems = problemsOf(wrong);
    assert.ok(problems.length > 0);
    assert.ok(
      problems.every((problem) => !problem.includes("s3cret")),
      problems.join("\n"),
    );
  }
});

test("a password may come from a file or the environment; a missing one is one clear sentence", () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-secret-"));
  try {
    writeFileSync(join(folder, "broker.txt"), "s3cret\n# comment\n");
    assert.equal(readPassword({ id: "rid", passwordFile: "broker.txt" }, folder), "s3cret");
    assert.throws(
      () => readPassword({ id: "rid", passwordFile: "none.txt" }, folder),
      /source rid: the passwordFile .*none\.txt cannot be read/,
    );
    process.env.PICKET_TEST_PASSWORD = "from outside";
    assert.equal(readPassword({ id: "rid", passwordEnvironment: "PICKET_TEST_PASSWORD" }, folder), "from outside");
    delete process.env.PICKET_TEST_PASSWORD;
    assert.throws(
      () => readPassword({ id: "rid", passwordEnvironment: "PICKET_TEST_PASSWORD" }, folder),
      /PICKET_TEST_PASSWORD of its password is not set/,
    );
    assert.equal(readPassword({ id: "rid" }, folder), undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const named = GOOD.replace("sensors:", '  - { id: two, protocol: cot, listen: "udp://127.0.0.1:1", passwordFile: x }\nsensors:');
  assert.match(problemsOf(named)[0]!, /only a source that subscribes to a broker has a user and a password/);
});

test("the nearest key forgives a letter, a case and a unit, and is silent about nonsense", () => {
  assert.equal(nearestKey("radiusMeters", ["radiusMetres", "weight"]), "radiusMetres");
  assert.equal(nearestKey("radius_km", ["radiusMetres", "weight"]), "radiusMetres");
  assert.equal(nearestKey("xyzzyplugh", ["radiusMetres", "weight"]), undefined);
});

test("every example file is a configuration that works", () => {
  const folder = join(packageFolder(), "examples");
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".yaml") && !name.includes("scene") && !name.includes("friends"));
  assert.ok(files.length >= 6, files.join(", "));
  for (const file of files) assert.ok(loadSite(join(folder, file)).site.sources.length > 0, file);
});

test("an override reaches an entry of a list by its id or its place, and no further than the content", () => {
  const content: Record<string, unknown> = { sensors: [{ id: "a", noise: { x: 1 } }, { id: "b" }] };
  setAt(content, "sensors[0].noise.x", 2);
  setAt(content, "sensors.b.name", "B");
  assert.deepEqual(content, {
    sensors: [
      { id: "a", noise: { x: 2 } },
      { id: "b", name: "B" },
    ],
  });
  assert.throws(() => setAt(content, "sensors.c.name", "C"), /there is no entry "c"/);
  assert.throws(() => setAt(content, "__proto__.polluted", true), /is not a key/);
});

const SQUARE = [
  [43, 36],
  [44, 36],
  [44, 37],
  [43, 36],
];

test("GeoJSON: polygons and multipolygons become zones with ids made of their names", () => {
  const zones = readZones(
    JSON.stringify({
      type: "FeatureCollection",
      features: [
        { type: "Feature", properties: { name: "Camp Ålpha" }, geometry: { type: "Polygon", coordinates: [SQUARE] } },
        { type: "Feature", properties: { name: "Two" }, geometry: { type: "MultiPolygon", coordinates: [[SQUARE], [SQUARE]] } },
      ],
    }),
    "a.geojson",
    "alert",
  );
  assert.deepEqual(
    zones.map(({ id, kind, polygon }) => [id, kind, polygon.length]),
    [
      ["camp-a-lpha", "alert", 3],
      ["two-1", "alert", 3],
      ["two-2", "alert", 3],
    ],
  );
});

test("KML: an extruded absolute polygon has a ceiling; a DOCTYPE is refused", () => {
  const kml = `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Range</name><Polygon><extrude>1</extrude>
    <altitudeMode>absolute</altitudeMode><outerBoundaryIs><LinearRing><coordinates>43,36,900 44,36,900 44,37,900 43,36,900</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`;
  assert.deepEqual(readZones(kml, "r.kml", "keep-out"), [
    {
      id: "range",
      name: "Range",
      kind: "keep-out",
      polygon: [
        [43, 36],
        [44, 36],
        [44, 37],
      ],
      ceiling: { amslMetres: 900 },
    },
  ]);
  assert.throws(() => readZones(`<!DOCTYPE x [<!ENTITY a "b">]>${kml}`, "r.kml", "alert"), /DOCTYPE is not allowed/);
  assert.throws(() => readZones("<kml><Placemark>", "r.kml", "alert"), /not well-formed/);
});

test("ED-269: feet become metres, a circle a ring of its radius, a prohibition a keep-out", () => {
  const [zone] = readZones(
    JSON.stringify({
      UASZoneList: [
        {
          identifier: "X1",
          name: "Circle",
          restriction: "PROHIBITED",
          geometry: [
            {
              uomDimensions: "FT",
              lowerLimit: 0,
              lowerVerticalReference: "AGL",
              upperLimit: 1000,
              upperVerticalReference: "AMSL",
              horizontalProjection: { type: "Circle", center: [0, 0], radius: 1113.2 },
            },
          ],
          applicability: [{ permanent: "NO", dailyPeriod: [{ day: ["MON", "TUE"], startTime: "08:00:00Z", endTime: "17:30:00Z" }] }],
        },
      ],
    }),
    "x.json",
    "information",
  );
  assert.equal(zone!.kind, "keep-out");
  assert.deepEqual(zone!.ceiling, { amslMetres: 304.8 });
  assert.deepEqual(zone!.schedule, { days: ["mon", "tue"], from: "08:00", to: "17:30" });
  for (const [lon, lat] of zone!.polygon) assert.ok(Math.abs(Math.hypot(lon, lat) - 0.01) < 1e-9);
});

test("a file that is no zone file is a sentence", () => {
  assert.throws(() => readZones("{}", "x.json", "alert"), /x\.json: expected a GeoJSON, ED-269 or ED-318 object/);
  assert.throws(() => readZones("hello", "x.json", "alert"), /neither JSON nor KML/);
  assert.throws(() => readZones('{"type":"FeatureCollection","features":[]}', "x.json", "alert"), /no polygon was found/);
});

test("the public samples of ED-269 and ED-318 are read whole", { skip }, () => {
  const ed269 = readZones(readFileSync(join(SHARED, "uas_geozones_ed269_sample.json"), "utf8"), "ed269", "information");
  assert.equal(ed269.length, 1);
  assert.equal(ed269[0]!.kind, "restricted");
  const text = readFileSync(join(SHARED, "uas_geozones_ed318_sample.json"), "utf8");
  const features = (JSON.parse(text) as { features: unknown[] }).features.length;
  const ed318 = readZones(text, "ed318", "information");
  assert.ok(ed318.length >= features, `${ed318.length} zones of ${features} features`);
  assert.ok(ed318.some((zone) => zone.floor !== undefined));
});

test("the reference page says what the schema says", () => {
  const page = readFileSync(join(packageFolder(), "docs", "operating", "configuration.md"), "utf8");
  assert.equal(page, configurationPage(), "run node --import tsx scripts/write-configuration-page.ts");
  for (const key of ["sources[].allow", "sensors[].noise.azimuthDegrees", "zones[].schedule.from", "journal.diskBudgetGigabytes"])
    assert.ok(page.includes(`\`${key}\``), key);
});
