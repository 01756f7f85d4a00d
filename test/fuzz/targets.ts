// Every decoder, with good packets to damage: recorded ones where they are there, and always the project's own.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromHex } from "../../src/core/base/hex.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/core/base/text.ts";
import { micros, RADIANS_PER_DEGREE } from "../../src/core/base/units.ts";
import { asterixProtocol } from "../../src/core/protocols/asterix/asterix-protocol.ts";
import { createAsterixDescriber } from "../../src/core/protocols/asterix/describe.ts";
import { TABLES } from "../../src/core/protocols/asterix/editions.ts";
import { encodeAsterix } from "../../src/core/protocols/asterix/encode.ts";
import { drawFrom, sampleRecord } from "../../src/core/protocols/asterix/sample-record.ts";
import { avrProtocol } from "../../src/core/protocols/avr/avr-protocol.ts";
import { createBeastFramer } from "../../src/core/protocols/beast/beast-framer.ts";
import { beastProtocol } from "../../src/core/protocols/beast/beast-protocol.ts";
import { decodeCotXml } from "../../src/core/protocols/cot/cot-event.ts";
import { createCotFramer } from "../../src/core/protocols/cot/cot-framer.ts";
import { cotProtocol } from "../../src/core/protocols/cot/cot-protocol.ts";
import { createCotDescriber } from "../../src/core/protocols/cot/describe.ts";
import { createDjiDescriber } from "../../src/core/protocols/dji-droneid/describe.ts";
import { djiDroneIdProtocol } from "../../src/core/protocols/dji-droneid/dji-droneid-protocol.ts";
import { createLineFramer } from "../../src/core/protocols/line-framer.ts";
import { CRC_START, crcOf } from "../../src/core/protocols/mavlink/crc.ts";
import { createMavlinkDescriber } from "../../src/core/protocols/mavlink/describe.ts";
import { createMavlinkFramer } from "../../src/core/protocols/mavlink/mavlink-framer.ts";
import { mavlinkProtocol } from "../../src/core/protocols/mavlink/mavlink-protocol.ts";
import { MESSAGES } from "../../src/core/protocols/mavlink/messages.ts";
import { splitTlog } from "../../src/core/protocols/mavlink/tlog.ts";
import { parityResidual } from "../../src/core/protocols/mode-s/crc.ts";
import { createModeSDescriber } from "../../src/core/protocols/mode-s/describe.ts";
import { createPcapFramer } from "../../src/core/protocols/pcap/pcap-framer.ts";
import { writePcapPacket } from "../../src/core/protocols/pcap/pcap-packet.ts";
import type { Protocol, ProtocolOptions } from "../../src/core/protocols/protocol.ts";
import { readsbJsonProtocol } from "../../src/core/protocols/readsb-json/readsb-json-protocol.ts";
import { createRemoteIdDescriber, createRemoteIdJsonDescriber } from "../../src/core/protocols/remote-id/describe.ts";
import { createJsonFramer } from "../../src/core/protocols/remote-id/json-framer.ts";
import { remoteIdCaptureProtocol } from "../../src/core/protocols/remote-id/remote-id-capture-protocol.ts";
import { remoteIdJsonProtocol } from "../../src/core/protocols/remote-id/remote-id-json-protocol.ts";
import { createSapientDescriber } from "../../src/core/protocols/sapient/describe.ts";
import {
  createSender,
  encodeDetection,
  encodeGoodbye,
  encodeRegistration,
  encodeStatus,
  location,
  objectUlid,
  rangeBearing,
} from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType } from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../../src/core/protocols/sapient/sapient-protocol.ts";
import { createSbsDescriber } from "../../src/core/protocols/sbs/describe.ts";
import { SBS_MAX_LINE } from "../../src/core/protocols/sbs/sbs-line.ts";
import { sbsProtocol } from "../../src/core/protocols/sbs/sbs-protocol.ts";
import { encodeTakMesh } from "../../src/core/protocols/tak/tak-encode.ts";
import { encodeCot } from "../../src/core/simulation/encode-cot.ts";
import { encodeRemoteIdJson } from "../../src/core/simulation/encode-remote-id.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { join } from "./mutate.ts";
import { recordedHex, recordedLines, recordedOctets, spread } from "./recorded.ts";

const erase = <State>(protocol: Protocol<State>): Protocol<unknown> => protocol as Protocol<unknown>;
const AT = micros(1_780_000_000_000_000);
const RECEIVER: ProtocolOptions = { referenceLatitude: 43.63 * RADIANS_PER_DEGREE, referenceLongitude: 1.37 * RADIANS_PER_DEGREE };

/** One of each downlink format and type code that is read, with a good parity. */
const MODE_S = [
  "02e60eb9be4118", // DF0
  "20000f1f684a6c", // DF4
  "280010248c796b", // DF5
  "5d4d20237a55a6", // DF11
  "8d406b902015a678d4d220aa4bda", // TC 4
  "8d40621d58c382d690c8ac2863a7", // TC 11, even
  "8d40621d58c386435cc412692ad6", // TC 11, odd
  "8d485020994409940838175b284f", // TC 19, over ground
  "8da05f219b06b6af189400cbc33f", // TC 19, airspeed
  "8c3461ce399e40586b4ee4932241", // TC 7
  "8c3461ce39beb058774edba4b70d",
  "8d3461ceea0dc870013c0028c2c4", // TC 29
  "a00015b8801f59357ffcdc055d3b", // DF20
  "a800122cf7da0f2fbff7febf5b16", // DF21
].map((hex) => fromHex(hex)!);

function modeSMessages(): Uint8Array[] {
  const recorded = spread(recordedLines("adsb-feeds/lfbo_240s.frames.jsonl"), 200).map(
    (line) => fromHex((JSON.parse(line) as { frame: string }).frame)!,
  );
  return [...MODE_S, ...recorded];
}

function beastFrame(message: Uint8Array, ticks: number): Uint8Array {
  const type = message.length === 14 ? 0x33 : message.length === 7 ? 0x32 : 0x31;
  return Uint8Array.from([type, ...Array.from({ length: 6 }, (_, i) => Math.floor(ticks / 256 ** (5 - i)) & 255), 100, ...message]);
}

/** Parity of formats whose address is in clear; others have any address for a parity. */
function sealModeS(message: Uint8Array): Uint8Array {
  if (message.length !== 7 && message.length !== 14) return message;
  const sealed = message.slice();
  const residual = parityResidual(sealed, 0, sealed.length);
  const end = sealed.length - 3;
  sealed[end] ^= residual >> 16;
  sealed[end + 1] ^= (residual >> 8) & 255;
  sealed[end + 2] ^= residual & 255;
  return sealed;
}

const escaped = (frame: Uint8Array) =>
  Uint8Array.from([0x1a, ...[...frame].flatMap((octet) => (octet === 0x1a ? [octet, octet] : [octet]))]);
const avrLine = (message: Uint8Array) => encodeUtf8(`*${Buffer.from(message).toString("hex")};`);
const line = (packet: Uint8Array) => join(packet, Uint8Array.of(13, 10));
const utf8 = (text: string) => encodeUtf8(text);

const SBS_LINES = [
  "MSG,3,1,1,4CA216,1,2026/11/23,10:00:00.500,2026/11/23,10:00:00.500,,1000,,,36.9,43.1,,,0,0,0,0",
  "MSG,4,1,1,4CA216,1,2026/11/23,10:00:00.000,2026/11/23,10:00:00.000,,,100,90,,,-600,,,,,0",
  "MSG,1,1,1,4CA216,1,2026/11/23,10:00:00.000,2026/11/23,10:00:00.000,SIM1    ,,,,,,,,,,,0",
  "MSG,6,1,1,4CA216,1,2026/11/23,10:00:00.000,2026/11/23,10:00:00.000,,,,,,,,7700,-1,-1,0,0",
];
const READSB = [
  `{"now":1795430532.6,"hex":"4ca216","lat":36.9,"lon":43.1,"seen_pos":0.1,"messages":20,"alt_baro":1000,"gs":100,"track":90}`,
  `{"now":1795430532.6,"aircraft":[{"hex":"~4ca216","alt_baro":"ground","flight":"SIM1","mlat":["lat"],"lat":1,"lon":2}]}`,
];

/** Puts the checksum of the first frame right, where its message is known. */
function sealMavlink(packet: Uint8Array): Uint8Array {
  const two = packet[0] === 0xfd;
  const header = two ? 10 : 6;
  if (packet.length < header + 2 || (!two && packet[0] !== 0xfe)) return packet;
  const id = two ? packet[7]! | (packet[8]! << 8) | (packet[9]! << 16) : packet[5]!;
  const definition = MESSAGES.get(id);
  if (definition === undefined) return packet;
  const sealed = packet.slice();
  // A length that the packet has, or nothing would be read.
  const length = Math.min(sealed[1]!, sealed.length - header - 2);
  sealed[1] = length;
  const crc = crcOf(Uint8Array.of(definition.crcExtra), 0, 1, crcOf(sealed, 1, header + length, CRC_START));
  sealed[header + length] = crc & 255;
  sealed[header + length + 1] = crc >> 8;
  return sealed;
}

/** Of each message that is read one with all fields zero, and one with every octet different. */
function mavlinkFrames(): Uint8Array[] {
  const own = [...MESSAGES.values()].flatMap((definition) =>
    [0, 1].map((step) => {
      const { id, fullLength } = definition;
      const payload = Uint8Array.from({ length: fullLength }, (_, i) => (i * 37 * step) & 255);
      return sealMavlink(Uint8Array.from([0xfd, fullLength, 0, 0, 9, 1, 1, id & 255, (id >> 8) & 255, id >> 16, ...payload, 0, 0]));
    }),
  );
  const log = recordedOctets("mavlink/flight_dev.tlog");
  const flight = log === undefined ? [] : spread(splitTlog(log.subarray(0, 200_000)).packets, 200).map((packet) => packet.bytes);
  return [...own, ...flight, ...spread(recordedHex("mavlink/odid_adsb_gpi_pymavlink_encoded.jsonl"), 100)];
}

function asterixBlocks(): Uint8Array[] {
  const own = TABLES.flatMap((table, index) =>
    [1, 2, 3].map((n) => {
      const draw = drawFrom(1_000 * index + n);
      return encodeAsterix(
        table.category,
        table.edition,
        Array.from({ length: n }, () => sampleRecord(table, draw)),
      );
    }),
  );
  const recorded = ["jahorina_cat034_048", "artas_cat062", "croatia_cat034_048", "croatia_cat021_re"].flatMap((name) =>
    spread(recordedHex(`asterix/${name}.datagrams.jsonl`), 100),
  );
  return [...own, ...recorded.filter((bytes) => bytes.length <= 1_500)];
}

const AIR = {
  at: AT,
  sensor: 0,
  truth: 1,
  latitude: 36.9 * RADIANS_PER_DEGREE,
  longitude: 43.1 * RADIANS_PER_DEGREE,
  heightHae: 400,
  velocityEast: 5,
  velocityNorth: -3,
};
function remoteIdJson(): Uint8Array[] {
  const report = {
    ...AIR,
    kind: "remote-id",
    serial: "SIM0001",
    operatorId: "SIMOP1",
    uaType: 2,
    mac: "60:60:1f:00:00:01",
    pressureAltitude: 390,
    heightAboveTakeoff: 60,
    velocityUp: 1,
    operatorLatitude: 36.91 * RADIANS_PER_DEGREE,
    operatorLongitude: 43.11 * RADIANS_PER_DEGREE,
    operatorHeightHae: 330,
    levelDbm: -60,
  } as const;
  const mesh = `{"mac":"60:60:1f:00:00:01","rssi":-60,"drone_lat":36.9,"drone_long":43.1,"drone_altitude":400,"pilot_lat":0,"pilot_long":0,"basic_id":"SIM1"}`;
  const recorded = [
    ...recordedLines("dragonsync/zmq_messages.jsonl").map((text) => JSON.stringify((JSON.parse(text) as { message: unknown }).message)),
    ...["BLE-legacy", "WiFi-NaN"].flatMap((kind) =>
      spread(recordedLines(`remoteid/dronescout_mqtt_${kind}.jsonl`), 10).map((text) =>
        JSON.stringify((JSON.parse(text) as { message: unknown }).message),
      ),
    ),
  ];
  return [encodeRemoteIdJson(report, "list"), encodeRemoteIdJson(report, "object"), ...[mesh, ...recorded].map(utf8)];
}

/** A beacon of 802.11 with a vendor element of Remote ID: Basic ID, Location and System of a simulated aircraft. Fixed octets. */
const BEACON =
  "80000000ffffffffffff60601f00000160601f000001000000000000000000006400010400075249442d53494ddd53fa0bbc0d07f21903021253494d30303031" +
  "0000000000000000000000000000000012205a2804407efe15c089b019800ce40c98084a34393001004205e00400166010b2190100000000000012b80b001c4e" +
  "0e00";

/** A DJI record of version 2 as an OcuSync payload without its CRC, and in the vendor element of a beacon. Fixed octets. */
const DJI_RECORD =
  "020700fd0753494d444a49303030303030303030310aa316000e807e008a01a400d4fe90016aff2823406c43b09a010000e03b7e00dd5e1600b01a1600b3f7" +
  "7d003a0453494d5500000000000000000000000000000000";
const DJI_BEACON = `80000000ffffffffffff0200000000bb0200000000bb00000000000000000000640000000004444a4931dd5e26371258621310${DJI_RECORD}`;

/** The CRC of an OcuSync payload: CCITT reflected, with DJI's preset. */
function sealDji(packet: Uint8Array): Uint8Array {
  if (packet.length !== 91) return packet;
  let crc = 0x3692;
  for (let i = 0; i < 89; i++) {
    crc ^= packet[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x8408;
  }
  const sealed = packet.slice();
  sealed[89] = crc & 255;
  sealed[90] = crc >> 8;
  return sealed;
}

function djiPayloads(): Uint8Array[] {
  const recorded = recordedOctets("dji/droneid_payloads.json");
  const good =
    recorded === undefined
      ? []
      : (JSON.parse(Buffer.from(recorded).toString("utf8")) as { good: { hex: string }[] }).good.map(({ hex }) => fromHex(hex)!);
  return [sealDji(fromHex(`5810${DJI_RECORD}0000`)!), ...good];
}

function capturedFrames(): Uint8Array[] {
  const own = [BEACON, DJI_BEACON].map((hex) => writePcapPacket({ linkType: 105, capturedAt: AT, cut: false, bytes: fromHex(hex)! }));
  const recorded = ["ble5_long_range", "wifi_beacon_dji_air3", "wifi_beacon_esp32", "wifi_nan_esp32"].flatMap((name) =>
    spread(recordedLines(`remoteid/${name}.jsonl`), 20).map((text) => {
      const row = JSON.parse(text) as { linktype: number; frame: string };
      return writePcapPacket({ linkType: row.linktype, capturedAt: AT, cut: false, bytes: fromHex(row.frame)! });
    }),
  );
  return [...own, ...recorded];
}

/** A classic pcap file of one frame; the packet of the source is its small header and the frame. */
function pcapFile(packet: Uint8Array): Uint8Array {
  const frame = packet.subarray(12);
  const file = new Uint8Array(24 + 16 + frame.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65_535, true);
  view.setUint32(20, (packet[0] ?? 0) | ((packet[1] ?? 0) << 8), true);
  view.setUint32(32, frame.length, true);
  view.setUint32(36, frame.length, true);
  file.set(frame, 40);
  return file;
}

function cotMessages(): Uint8Array[] {
  const report = {
    ...AIR,
    kind: "partner",
    uid: "SIM-1",
    callsign: "SIM1",
    cotType: "a-f-A-M-F-Q",
    horizontalSigma: 5,
    verticalSigma: 5,
  } as const;
  const names = ["atak_type_00", "atak_type_04", "atak_type_08", "Geo_Fence", "Marker_-_2525", "Route", "Drawing_Shapes_-_Circle"];
  const recorded = names.map((name) => recordedOctets(`cot/${name}.cot`)).filter((bytes) => bytes !== undefined);
  const vectors = recordedOctets("cot/takproto_vectors.json");
  const proto =
    vectors === undefined
      ? []
      : (JSON.parse(Buffer.from(vectors).toString("utf8")) as Record<string, string>[]).flatMap((row) =>
          Object.values(row)
            .filter((text) => /^bf[0-9a-f]{20,}$/.test(text))
            .map((text) => fromHex(text)!),
        );
  const own = encodeCot(report, AT);
  const event = decodeCotXml(decodeUtf8(own));
  return [own, ...(event.ok ? [encodeTakMesh(event.value)] : []), ...recorded, ...proto];
}

function sapientMessages(): Uint8Array[] {
  const sender = createSender(deriveUuid("fuzz"));
  const node = {
    name: "fuzz",
    shortName: "fuzz",
    nodeTypes: [Registration_NodeType.RADAR],
    statusIntervalSeconds: 10,
    tracking: "none",
    form: "range-bearing",
    maximumLatencySeconds: 0.1,
    manufacturer: "Example",
    model: "R1",
    classes: [["Air Vehicle", "UAV Rotary Wing"]],
  } as const;
  const place = { latitude: AIR.latitude, longitude: AIR.longitude, height: 300 };
  const common = { confidence: 0.8, classes: [{ path: ["Air Vehicle", "UAV Rotary Wing"], confidence: 0.6 }] };
  const measured = { azimuth: 1, elevation: 0.1, range: 500, azimuthSigma: 0.01, elevationSigma: 0.02, rangeSigma: 5 };
  return [
    encodeRegistration(sender, AT, node),
    encodeStatus(sender, AT, { place }),
    encodeDetection(sender, AT, { ...common, objectId: objectUlid(sender, AT, 1), rangeBearing: rangeBearing(measured) }),
    encodeDetection(sender, AT, {
      ...common,
      objectId: objectUlid(sender, AT, 2),
      location: location(place),
      velocity: { east: 5, north: -3, sigma: 1 },
    }),
    encodeGoodbye(sender, AT),
  ];
}

export const TARGETS: readonly FuzzTarget[] = [
  {
    name: "beast",
    protocol: erase(beastProtocol),
    options: RECEIVER,
    framer: createBeastFramer,
    describer: createModeSDescriber,
    samples: () => modeSMessages().map((message, i) => beastFrame(message, 12_000_000 * (i + 1))),
    inStream: escaped,
    seal: (packet) => (packet.length > 8 ? join(packet.subarray(0, 8), sealModeS(packet.subarray(8))) : packet),
  },
  {
    name: "avr",
    protocol: erase(avrProtocol),
    options: RECEIVER,
    framer: () => createLineFramer({ maxLength: 64 }),
    describer: (options) => createModeSDescriber({ ...options, format: "avr" }),
    samples: () => [...modeSMessages().map(avrLine), utf8("@00000000000a8d406b902015a678d4d220aa4bda;")],
    inStream: line,
    seal: (packet) => {
      const message = fromHex(Buffer.from(packet.subarray(1, -1)).toString("latin1"));
      return message === undefined ? packet : avrLine(sealModeS(message));
    },
  },
  {
    name: "sbs",
    protocol: erase(sbsProtocol),
    options: {},
    framer: () => createLineFramer({ maxLength: SBS_MAX_LINE }),
    describer: createSbsDescriber,
    samples: () => [...SBS_LINES, ...spread(recordedLines("adsb-feeds/readsb_out.sbs"), 200)].map(utf8),
    inStream: line,
  },
  {
    name: "readsb-json",
    protocol: erase(readsbJsonProtocol),
    options: {},
    framer: () => createLineFramer({ maxLength: 65_536 }),
    samples: () =>
      [
        ...READSB,
        ...spread(recordedLines("adsb-feeds/readsb_out.positions.jsonl"), 50),
        ...recordedLines("adsb-feeds/aircraft_json_snapshots.jsonl"),
      ].map(utf8),
    inStream: line,
  },
  {
    name: "mavlink",
    protocol: erase(mavlinkProtocol),
    options: {},
    framer: createMavlinkFramer,
    describer: createMavlinkDescriber,
    samples: mavlinkFrames,
    seal: sealMavlink,
  },
  { name: "asterix", protocol: erase(asterixProtocol), options: {}, describer: createAsterixDescriber, samples: asterixBlocks },
  {
    name: "remote-id-json",
    protocol: erase(remoteIdJsonProtocol),
    options: {},
    framer: () => createJsonFramer({ maxLength: 65_536 }),
    describer: createRemoteIdJsonDescriber,
    samples: remoteIdJson,
    inStream: line,
  },
  {
    name: "remote-id-capture",
    protocol: erase(remoteIdCaptureProtocol),
    options: {},
    framer: createPcapFramer,
    describer: createRemoteIdDescriber,
    samples: capturedFrames,
    inStream: pcapFile,
  },
  {
    name: "dji-droneid",
    protocol: erase(djiDroneIdProtocol),
    options: {},
    describer: createDjiDescriber,
    samples: djiPayloads,
    seal: sealDji,
  },
  {
    name: "cot",
    protocol: erase(cotProtocol),
    options: {},
    framer: createCotFramer,
    describer: createCotDescriber,
    samples: cotMessages,
  },
  {
    name: "sapient",
    protocol: erase(sapientProtocol),
    options: { nodeId: deriveUuid("picket") },
    framer: () => createSapientFramer({}),
    describer: createSapientDescriber,
    samples: sapientMessages,
    inStream: frameSapient,
  },
];

/** Folders of src/core/protocols that carry others and are fuzzed through them. */
const THROUGH_OTHERS: Readonly<Record<string, string>> = {
  "mode-s": "beast and avr",
  pcap: "remote-id-capture",
  "remote-id": "remote-id-json and remote-id-capture",
  tak: "cot",
};

/** Folders of decoders that no target covers: must be empty. */
export function uncoveredFolders(): string[] {
  const folder = fileURLToPath(new URL("../../src/core/protocols/", import.meta.url));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(`${folder}${entry.name}`).length > 0)
    .map((entry) => entry.name)
    .filter((name) => THROUGH_OTHERS[name] === undefined && !TARGETS.some((target) => target.name === name));
}
