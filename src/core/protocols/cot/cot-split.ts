// Where one event ends and the next begins. CoT senders put documents one after another, with or without declarations and white
// space between them, so the end is found from the tags; comments, CDATA sections and quoted values are stepped over. Works on
// octets: all marks are ASCII, which no octet of a longer UTF-8 character can look like.

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const DASH = 0x2d;
const BRACKET = 0x5d;
const QUESTION = 0x3f;
const BANG = 0x21;
const CDATA_START = "![CDATA[";

/** Finds ends of events in octets that may arrive in any pieces. */
export interface EventScanner {
  /** Index behind the end of the event that is being scanned, or -1 when `bytes` ends first; then it goes on with the next piece. */
  scan(bytes: Uint8Array, from: number): number;
}

/**
 * The end is the end tag of the event, or of an event element without content. What is wrong inside (tags that do not match) is for
 * the parser to say, so a bad event never swallows the next one.
 */
export function createEventScanner(): EventScanner {
  let mode: "text" | "start" | "tag" | "quoted" | "comment" | "cdata" | "instruction" = "text";
  let name = ""; // what follows "<", up to white space, "/" or ">"
  let quote = 0;
  let last = 0; // the two octets before this one
  let beforeLast = 0;

  return {
    scan(bytes, from) {
      for (let at = from; at < bytes.length; at++) {
        const octet = bytes[at];
        switch (mode) {
          case "text":
            if (octet === LT) {
              mode = "start";
              name = "";
            }
            break;
          case "start":
            if (name === "" && octet === QUESTION) mode = "instruction";
            else if (isNameEnd(octet) && name !== "") {
              mode = "tag";
              if (octet === GT && endTag(last)) return at + 1;
            } else {
              name += String.fromCharCode(octet);
              if (name === "!--") {
                mode = "comment";
                // "<!-->" is no comment's end: its dashes are the start's own.
                last = 0;
                beforeLast = 0;
                continue;
              }
              if (name === CDATA_START) {
                mode = "cdata";
                last = 0;
                beforeLast = 0;
                continue;
              }
              // No name that matters is longer; a longer one is an ordinary tag.
              if (name.length > 16) mode = "tag";
            }
            break;
          case "tag":
            if (octet === QUOTE || octet === APOSTROPHE) {
              mode = "quoted";
              quote = octet;
            } else if (octet === GT && endTag(last)) return at + 1;
            break;
          case "quoted":
            if (octet === quote) mode = "tag";
            break;
          case "comment":
            if (octet === GT && last === DASH && beforeLast === DASH) mode = "text";
            break;
          case "cdata":
            if (octet === GT && last === BRACKET && beforeLast === BRACKET) mode = "text";
            break;
          case "instruction":
            if (octet === GT && last === QUESTION) mode = "text";
            break;
        }
        beforeLast = last;
        last = octet;
      }
      return -1;
    },
  };

  /** A tag ended; true when the event ended with it. */
  function endTag(before: number): boolean {
    mode = "text";
    const ended = name === "/event" || (name === "event" && before === SLASH);
    last = 0;
    beforeLast = 0;
    return ended;
  }

  function isNameEnd(octet: number): boolean {
    if (octet === GT || octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d) return true;
    return octet === SLASH && name !== "" && name.charCodeAt(0) !== BANG;
  }
}

/** The documents of one datagram; a last piece without an end is given too, for the parser to refuse. At most `limit`. */
export function splitEvents(bytes: Uint8Array, limit: number): Uint8Array[] {
  const events: Uint8Array[] = [];
  const scanner = createEventScanner();
  let at = 0;
  while (events.length < limit) {
    while (at < bytes.length && isSpace(bytes[at])) at++;
    if (at >= bytes.length) break;
    const end = scanner.scan(bytes, at);
    events.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    if (end < 0) break;
    at = end;
  }
  return events;
}

/** White space, and the zero octets that some senders end a message with. */
export const isSpace = (octet: number) => octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09 || octet === 0;
