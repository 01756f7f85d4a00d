// A look at a message that is passed on as it came: what a release rule asks of a plain detection, without building objects from it.

/** Field numbers of SapientMessage and of DetectionReport (BSI Flex 335 v2.0; `sapient.proto`). */
const TIMESTAMP = 1;
const NODE_ID = 2;
const DESTINATION_ID = 3;
const DETECTION_REPORT = 7;
const TRACK_INFO = 8;
const OBJECT_INFO = 10;

const LENGTH_DELIMITED = 2;
/** Longest identifier that is looked at: a UUID in braces. */
const LONGEST_IDENTIFIER = 38; // octets

export interface SkimmedDetection {
  /** As sent. */
  readonly nodeId: string;
  /** It holds track_info or object_info: pairs of a name and a value. */
  readonly hasPairs: boolean;
}

/**
 * Sender and pairs of a detection report whose envelope is plain: no field but time stamp, identifiers and the report, each at most once. Undefined for
 * every other message, which has to be decoded to be judged. Fields inside the report are walked through, those inside its own parts are not.
 */
export function skimDetection(bytes: Uint8Array): SkimmedDetection | undefined {
  let seen = 0;
  let nodeId: string | undefined;
  let hasPairs: boolean | undefined;
  let offset = 0;
  while (offset < bytes.length) {
    const tag = bytes[offset];
    const number = tag >>> 3;
    // Every field of the envelope has a length, and a number that fits one octet.
    if ((tag & 7) !== LENGTH_DELIMITED || tag > 127 || (seen & (1 << number)) !== 0) return undefined;
    seen |= 1 << number;
    const start = afterVarint(bytes, offset + 1, bytes.length);
    if (start < 0) return undefined;
    const end = start + varintAt(bytes, offset + 1);
    if (end > bytes.length) return undefined;
    if (number === NODE_ID) {
      if (end - start > LONGEST_IDENTIFIER) return undefined;
      nodeId = asciiOf(bytes, start, end);
    } else if (number === DETECTION_REPORT) {
      hasPairs = findPairs(bytes, start, end);
      if (hasPairs === undefined) return undefined;
    } else if (number !== TIMESTAMP && number !== DESTINATION_ID) return undefined;
    offset = end;
  }
  return nodeId === undefined || hasPairs === undefined ? undefined : { nodeId, hasPairs };
}

/** Whether a DetectionReport between two offsets holds pairs; undefined when it cannot be walked through. */
function findPairs(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  let found = false;
  let offset = start;
  while (offset < end) {
    const tag = varintAt(bytes, offset);
    offset = afterVarint(bytes, offset, end);
    if (offset < 0) return undefined;
    const number = Math.floor(tag / 8);
    if (number === TRACK_INFO || number === OBJECT_INFO) found = true;
    const wireType = tag % 8;
    if (wireType === 0) offset = afterVarint(bytes, offset, end);
    else if (wireType === 1) offset += 8;
    else if (wireType === 5) offset += 4;
    else if (wireType === LENGTH_DELIMITED) {
      const from = afterVarint(bytes, offset, end);
      if (from < 0) return undefined;
      offset = from + varintAt(bytes, offset);
    } else return undefined;
    if (offset < 0 || offset > end) return undefined;
  }
  return found;
}

/** Offset behind a varint of at most five octets; -1 when it is longer or cut off. */
function afterVarint(bytes: Uint8Array, offset: number, end: number): number {
  const last = Math.min(end, offset + 5);
  for (let at = offset; at < last; at++) if (bytes[at] < 128) return at + 1;
  return -1;
}

/** Value of a varint that `afterVarint` found whole. */
function varintAt(bytes: Uint8Array, offset: number): number {
  let value = 0;
  let scale = 1;
  for (let at = offset; at < bytes.length; at++) {
    const octet = bytes[at];
    value += (octet & 127) * scale;
    if (octet < 128) break;
    scale *= 128;
  }
  return value;
}

/** Text of octets below 128; undefined where there are others, which no identifier has. */
function asciiOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start; at < end; at++) {
    if (bytes[at] > 127) return undefined;
    text += String.fromCharCode(bytes[at]);
  }
  return text;
}
