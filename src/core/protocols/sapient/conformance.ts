// The integration bench: what a node does against the rules, in plain words, with the likely cause and an example, as a
// report that can be handed to its maker.

import { toHex } from "../../base/hex.ts";
import type { Micros } from "../../base/units.ts";
import type { FindingKind, FindingReport, NodeReport, NodeVerdict } from "../../model/sapient-bench.ts";
import { createSapientDescriber } from "./describe.ts";
import type { Finding, NodeState, SapientState } from "./state.ts";

/** Names of the causes, for catalogues of other languages. */
export const causeKeys = (): string[] => [...CAUSES.map(({ key }) => key), "unknown"];

/** What is known of a cause: the first row whose words are in the finding. */
const CAUSES: readonly { readonly words: RegExp; readonly key: string; readonly rule: string; readonly cause: string }[] = [
  {
    words: /swapped/,
    key: "swapped-axes",
    rule: "geometry",
    cause: "the node writes latitude into x and longitude into y; x is east or longitude, y is north or latitude",
  },
  {
    words: /degrees in fields that say UTM/,
    key: "degrees-as-utm",
    rule: "geometry",
    cause: "coordinate_system is set to UTM_M while the numbers are latitude and longitude in degrees; set LAT_LNG_DEG_M",
  },
  {
    words: /UTM zone|without a zone|no UTM zone/,
    key: "utm-zone",
    rule: "geometry",
    cause: "the zone is missing or misspelt; register it in location_type.zone, for example 30U",
  },
  {
    words: /cannot be (degrees|radians)/,
    key: "errors-in-metres",
    rule: "geometry",
    cause: "x_error and y_error are filled with metres; they have the unit of x and y unless geometric_error.units says metres",
  },
  {
    words: /no datum says/,
    key: "no-datum",
    rule: "geometry",
    cause: "datum is UNSPECIFIED; say whether z is above the ellipsoid (WGS84_E) or mean sea level (WGS84_G)",
  },
  {
    words: /datum that the registration declares/,
    key: "wrong-datum",
    rule: "SEQ-19",
    cause:
      "the reports are in another datum than registered: ellipsoid against mean sea level (tens of metres of height), or another north",
  },
  {
    words: /coordinate system that the registration declares|registration declares (locations|ranges)/,
    key: "undeclared-form",
    rule: "SEQ-19",
    cause: "the registration was not updated when the reports' form was changed",
  },
  {
    words: /no height in metres/,
    key: "odd-height",
    rule: "geometry",
    cause: "z is in another unit, or holds a marker such as -9999 instead of being left out",
  },
  {
    words: /not a finite number|is NaN|is -?Infinity/,
    key: "not-a-number",
    rule: "field",
    cause: "a calculation without a result is sent; leave the field out instead",
  },
  {
    words: /no confidence|outside 0 to 1/,
    key: "confidence-scale",
    rule: "field",
    cause: "confidences are sent as per cent, or not limited to 0 to 1",
  },
  {
    words: /more than a full turn|beyond the zenith/,
    key: "degrees-as-radians",
    rule: "geometry",
    cause: "degrees are sent where coordinate_system says radians",
  },
  {
    words: /no place on Earth|no place in a UTM zone/,
    key: "no-place-on-earth",
    rule: "geometry",
    cause: "the numbers are in another unit or form than coordinate_system says",
  },
  {
    words: /clock is .* ahead|clock is .* behind/,
    key: "clock-off",
    rule: "SEQ-22",
    cause: "the node is not synchronised to the site's NTP server, or its messages wait in a queue",
  },
  {
    words: /backwards in time/,
    key: "time-backwards",
    rule: "SEQ-22",
    cause: "reports are sent from several threads, or dated when measured rather than when sent",
  },
  {
    words: /is not declared in the registration; strict|class ".*" is not declared/,
    key: "undeclared-class",
    rule: "SEQ-19",
    cause: "the registration lists fewer classes or fields than the node sends",
  },
  {
    words: /mode ".*" is not declared/,
    key: "undeclared-mode",
    rule: "SEQ-14",
    cause: "StatusReport.mode and mode_definition.mode_name are spelt differently",
  },
  {
    words: /UNCHANGED/,
    key: "unchanged-wrong",
    rule: "SEQ-06",
    cause: "the node counts a report as sent although it was not, or never sends its first as NEW",
  },
  {
    words: /before the first status report/,
    key: "status-missing",
    rule: "SEQ-04",
    cause: "detections start right after the acknowledgement; a full status report must come first",
  },
  {
    words: /Registration must come first/,
    key: "registration-first",
    rule: "SEQ-01",
    cause: "the node reports before it registers, or did not register again after a long break",
  },
  {
    words: /promised every/,
    key: "status-slow",
    rule: "SEQ-05",
    cause: "the status timer is slower than status_interval, or shares a thread with slower work",
  },
  {
    words: /node lost|missed/,
    key: "node-silent",
    rule: "SEQ-07",
    cause: "the node or its link stopped; or the status timer stops while there is nothing to report",
  },
  {
    words: /second connection|two connections/,
    key: "two-connections",
    rule: "SEQ-12",
    cause: "two nodes are configured with one node_id, an old connection is still open, or somebody pretends to be this node",
  },
  {
    words: /this connection belongs to/,
    key: "several-nodes",
    rule: "SEQ-11",
    cause: "one connection carries several nodes; register them as dependent_nodes of the first or give each its own",
  },
  { words: /icd_version/, key: "version-text", rule: "version", cause: 'peers compare this text exactly; send "BSI Flex 335 v2.0"' },
  { words: /DEFAULT|PERMANENT/, key: "default-mode", rule: "SEQ-15", cause: "exactly one mode must be of type DEFAULT" },
  { words: /same report_id/, key: "same-report-id", rule: "field", cause: "report_id is made once and not for each message" },
  {
    words: /UUID|ULID/,
    key: "identifier-form",
    rule: "identifier",
    cause: "identifiers are sent in another form; node ids are lower-case UUID version 4, the others upper-case ULID",
  },
  {
    words: /version 1\.0/,
    key: "old-version",
    rule: "version",
    cause: "the node is built from the older schema; the retired fields were read",
  },
  { words: /does not have; ignored/, key: "unknown-field", rule: "version", cause: "the node is built from another version of the schema" },
  {
    words: /wire type|cut off|beyond the end|octets, the limit|nested deeper|fields in one message/,
    key: "stream-damaged",
    rule: "framing",
    cause: "the stream is not SAPIENT, is damaged, or the length prefix is wrong (it is little-endian and does not count itself)",
  },
  { words: /3\.6 times/, key: "velocity-unit", rule: "geometry", cause: "the unit in velocity_type is not the unit that is sent" },
  {
    words: /rates are exchanged|against the way/,
    key: "velocity-axes",
    rule: "geometry",
    cause: "the velocity axes are mixed up: east_rate is towards the east, north_rate towards the north",
  },
  { words: /without the node's own place/, key: "no-own-place", rule: "SEQ-04", cause: "node_location is left out of the status report" },
  {
    words: /no status says its heading/,
    key: "no-heading",
    rule: "geometry",
    cause: 'the interface has no field for a heading; send a PLATFORM status with the value "heading 123.4", or use true north',
  },
  {
    words: /velocit|speed/,
    key: "velocity-undeclared",
    rule: "field",
    cause: "velocity_type is missing from the registration: nobody can know the unit",
  },
  {
    words: /maximum_latency|tracking_type/,
    key: "registration-optional",
    rule: "registration",
    cause: "the field is optional in the schema, but a tracker cannot do without it",
  },
  { words: /is missing/, key: "field-missing", rule: "field", cause: "the field is mandatory in the schema" },
  { words: /UNSPECIFIED/, key: "enum-unset", rule: "field", cause: "an enum was never set; 0 is not a value" },
  {
    words: /confirm|did not accept/,
    key: "answered-with-error",
    rule: "SEQ-17",
    cause: "the node answered a message of this fusion node with an Error",
  },
];

function reportFinding(finding: Finding, describe: ReturnType<typeof createSapientDescriber>): FindingReport {
  const text = `${finding.item}: ${finding.message}`;
  const known = CAUSES.find(({ words }) => words.test(text));
  const named = /SEQ-\d\d/.exec(finding.message)?.[0];
  const octets = finding.example;
  return {
    rule: named ?? known?.rule ?? "field",
    field: finding.item,
    kind: finding.kind,
    message: finding.message,
    likelyCause: known?.cause ?? "not known; the example shows the message",
    causeKey: known?.key ?? "unknown",
    count: finding.count,
    firstAtUs: finding.firstAt,
    lastAtUs: finding.lastAt,
    ...(octets === undefined
      ? {}
      : { example: { octets: toHex(octets), message: describe({ bytes: octets, receivedAt: finding.firstAt, connection: 0 })[0] } }),
  };
}

const RANK: Readonly<Record<FindingKind, number>> = { refused: 0, repaired: 1, warning: 2 };
const byWeight = (a: FindingReport, b: FindingReport) =>
  RANK[a.kind] - RANK[b.kind] || b.count - a.count || (a.field < b.field ? -1 : a.field > b.field ? 1 : 0);

/** Reports of every node that is registered, was refused, or left of late; by name and id. JSON with units in the names. */
export function conformanceReports(state: SapientState): NodeReport[] {
  return benchNodeIds(state).map((nodeId) => conformanceReport(state, nodeId)!);
}

/** The report of one node; undefined for one of which nothing is known. Decodes its examples: not for a fast loop. */
export function conformanceReport(state: SapientState, nodeId: string): NodeReport | undefined {
  const describe = createSapientDescriber();
  const summary = nodeVerdict(state, nodeId);
  if (summary === undefined) return undefined;
  const { findings: _count, ...rest } = summary;
  const noted = [nodeOf(state, nodeId), state.refusedCallers.get(nodeId)].filter((one) => one !== undefined);
  return {
    ...rest,
    findings: noted.flatMap((one) => [...one.findings.values()].map((finding) => reportFinding(finding, describe))).sort(byWeight),
    findingsForgotten: noted.reduce((sum, one) => sum + one.findingsForgotten, 0),
  };
}

/** The list of the bench, cheap enough for each second. */
export const nodeVerdicts = (state: SapientState): NodeVerdict[] => benchNodeIds(state).map((nodeId) => nodeVerdict(state, nodeId)!);

const nodeOf = (state: SapientState, nodeId: string): NodeState | undefined => state.nodes.get(nodeId) ?? state.departed.get(nodeId);

/** By name, then by id. */
function benchNodeIds(state: SapientState): string[] {
  const names = new Map<string, string>();
  for (const caller of state.refusedCallers.values()) names.set(caller.nodeId, caller.name);
  for (const nodes of [state.departed, state.nodes]) for (const node of nodes.values()) names.set(node.nodeId, nameOf(node));
  return [...names].sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[0] < b[0] ? -1 : 1)).map(([nodeId]) => nodeId);
}

const nameOf = ({ contract }: NodeState) => (contract.shortName === "" ? contract.name : contract.shortName);

function nodeVerdict(state: SapientState, nodeId: string): NodeVerdict | undefined {
  const node = nodeOf(state, nodeId);
  const caller = state.refusedCallers.get(nodeId);
  if (node === undefined) {
    if (caller === undefined) return undefined;
    return {
      nodeId,
      name: caller.name,
      type: "",
      maker: "",
      interfaceVersion: "",
      verdict: "refused",
      connected: false,
      counts: { statuses: 0, detections: 0, alerts: 0, refused: caller.attempts },
      clockOffsetMilliseconds: null,
      findings: caller.findings.size,
    };
  }
  const { clock, contract } = node;
  const own = [...node.findings.values()];
  const milliseconds = (value: number) => Math.round(value / 1000);
  // Somebody else may have tried this node's name while it is registered: that is listed, and is not its fault.
  const refused = caller !== undefined && !state.nodes.has(nodeId);
  return {
    nodeId,
    name: nameOf(node),
    type: contract.typeNames.join(" + "),
    maker: contract.maker,
    interfaceVersion: contract.icdVersion,
    verdict: refused ? "refused" : own.some(({ kind }) => kind === "refused") ? "faulty" : own.length > 0 ? "tolerated" : "clean",
    connected: node.connection !== undefined,
    counts: { ...node.counts, refused: node.counts.refused + (caller?.attempts ?? 0) },
    clockOffsetMilliseconds:
      clock.count === 0
        ? null
        : { mean: milliseconds(clock.sum / clock.count), least: milliseconds(clock.min), most: milliseconds(clock.max) },
    findings: own.length + (caller?.findings.size ?? 0),
  };
}

const VERDICT: Readonly<Record<NodeReport["verdict"], string>> = {
  refused: "REFUSED: it could not register",
  faulty: "FAULTY: some of its messages were refused",
  tolerated: "TOLERATED: read with repairs or warnings",
  clean: "CLEAN: nothing was found against the rules that Picket checks",
};

/** The report of one node as text for a person. `receivedUntil` is the end of the observation. */
export function renderNodeReport(report: NodeReport, receivedUntil: Micros): string {
  const lines = [
    `${report.name === "" ? report.nodeId : `${report.name} (${report.nodeId})`}`,
    `  ${VERDICT[report.verdict]}`,
    ...(report.type === ""
      ? []
      : [`  type ${report.type}${report.maker === "" ? "" : `, ${report.maker}`}; registered as "${report.interfaceVersion}"`]),
    `  ${report.counts.statuses} status reports, ${report.counts.detections} detections, ${report.counts.alerts} alerts, ${report.counts.refused} refused; ${report.connected ? "connected" : "not connected"} at ${new Date(receivedUntil / 1000).toISOString()}`,
  ];
  const clock = report.clockOffsetMilliseconds;
  if (clock !== null) {
    lines.push(`  clock: ${clock.mean} ms against this machine (${clock.least} to ${clock.most}); negative is behind, or delay on the way`);
  }
  for (const [index, finding] of report.findings.entries()) {
    lines.push(
      `  ${index + 1}. ${finding.kind} ${finding.count} ${finding.count === 1 ? "time" : "times"}: ${finding.field}: ${finding.message}`,
    );
    lines.push(`     rule: ${finding.rule}; likely cause: ${finding.likelyCause}`);
    if (finding.example !== undefined) lines.push(`     example: ${JSON.stringify(finding.example.message)}`);
  }
  if (report.findingsForgotten > 0) lines.push(`  ${report.findingsForgotten} further findings were forgotten to stay within memory`);
  return lines.join("\n");
}

/** Text that came from a node, safe in a line or a cell of Markdown. */
const inMarkdown = (text: string) => text.replace(/[\\`*{}[\]<>#|~]/g, (sign) => `\\${sign}`).replace(/\s+/g, " ");

/** The same as a Markdown document, to be handed to the maker of the node. */
export function markdownNodeReport(report: NodeReport, receivedUntil: Micros): string {
  const instant = (at: number) => new Date(at / 1000).toISOString();
  const clock = report.clockOffsetMilliseconds;
  const lines = [
    `# SAPIENT conformance report: ${inMarkdown(report.name === "" ? report.nodeId : report.name)}`,
    "",
    `__${VERDICT[report.verdict]}.__ Made by Picket at ${instant(receivedUntil)} from what the node sent. The rules are those of`,
    "BSI Flex 335 v2.0 as far as Picket checks them; this is no certificate.",
    "",
    "| | |",
    "| --- | --- |",
    `| node_id | ${inMarkdown(report.nodeId)} |`,
    ...(report.type === "" ? [] : [`| type | ${inMarkdown(report.type)} |`]),
    ...(report.maker === "" ? [] : [`| maker | ${inMarkdown(report.maker)} |`]),
    ...(report.interfaceVersion === "" ? [] : [`| icd_version | ${inMarkdown(report.interfaceVersion)} |`]),
    `| connected | ${report.connected ? "yes" : "no"} |`,
    `| messages | ${report.counts.statuses} status reports, ${report.counts.detections} detections, ${report.counts.alerts} alerts, ${report.counts.refused} refused |`,
    ...(clock === null
      ? []
      : [`| clock | ${clock.mean} ms against the receiver (${clock.least} to ${clock.most}); negative is behind, or delay on the way |`]),
    "",
    report.findings.length === 0 ? "No findings." : "## Findings",
  ];
  for (const [index, finding] of report.findings.entries()) {
    lines.push(
      "",
      `### ${index + 1}. ${inMarkdown(finding.field)}: ${inMarkdown(finding.message)}`,
      "",
      `- ${finding.kind}, ${finding.count} ${finding.count === 1 ? "time" : "times"}; first ${instant(finding.firstAtUs)}, last ${instant(finding.lastAtUs)}`,
      `- rule: ${inMarkdown(finding.rule)}`,
      `- likely cause: ${inMarkdown(finding.likelyCause)}`,
    );
    if (finding.example === undefined) continue;
    // A backquote inside a string could end the block.
    const message = JSON.stringify(finding.example.message, null, 2).replace(/`/g, "\\u0060");
    lines.push(
      "",
      "Example:",
      "",
      "```json",
      message,
      "```",
      "",
      "Octets without the length prefix:",
      "",
      "```",
      finding.example.octets,
      "```",
    );
  }
  if (report.findingsForgotten > 0) lines.push("", `${report.findingsForgotten} further findings were forgotten to stay within memory.`);
  return `${lines.join("\n")}\n`;
}
