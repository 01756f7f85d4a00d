/**
 * Why octets from outside were refused. Ordinary, counted by `code`, and shown on the sensor's status.
 * `message` is one plain sentence for an integrator: what was wrong, where, what was expected.
 */
export interface DecodeError {
  readonly code:
    | "truncated" // fewer octets than the format says
    | "oversized" // more than a stated limit
    | "malformed" // the octets cannot be this format
    | "checksum" // a CRC or parity does not match
    | "unsupported" // well formed, but a version or type that Picket does not read
    | "out-of-range" // a value that cannot be true: latitude 91, NaN, confidence 1.7
    | "inconsistent" // fields contradict each other or an earlier message
    | "sequence" // right message at the wrong time
    | "unplaced" // cannot be placed: the position of the sensor is not known
    | "refused"; // not allowed: a node that is not on the list, a DOCTYPE
  /** The field by the standard's own name, as precisely as known: "I048/040", "ODID Location", "detection_report.location.x". */
  readonly item: string;
  readonly message: string;
  /** Octet offset within the packet, where it means something. */
  readonly offset?: number;
  readonly needed?: number;
  readonly got?: number;
}
