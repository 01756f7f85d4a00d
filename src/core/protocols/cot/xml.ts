// XML documents from a network, read strictly by saxes and put into a small tree. W3C XML 1.0 (fifth edition).
// A document type declaration is refused before anything is parsed, so no entity but the five built-in ones ever exists.

import { SaxesParser } from "saxes";
import { err, ok, type Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";

export interface XmlElement {
  readonly name: string;
  /** In the order of the document. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlElement[];
  /** Text and CDATA directly inside, joined. */
  readonly text: string;
}

interface Building {
  readonly name: string;
  readonly attributes: [string, string][];
  readonly children: Building[];
  text: string;
}

/** Characters of one document. */
export const MAX_XML = 256 * 1024;
/** Elements, and attributes, of one document. */
const MAX_NODES = 4096;
const MAX_DEPTH = 64;

class Stop extends Error {
  readonly error: DecodeError;
  constructor(error: DecodeError) {
    super(error.message);
    this.error = error;
  }
}

const stop = (code: DecodeError["code"], message: string): never => {
  throw new Stop({ code, item: "XML", message });
};

/** One whole document. Never throws; the first fault ends it. Work and memory are bounded by its length and the limits above. */
export function parseXml(text: string): Result<XmlElement, DecodeError> {
  if (text.length > MAX_XML) {
    return err({
      code: "oversized",
      item: "XML",
      message: `An XML document of ${text.length} characters is over the limit of ${MAX_XML}.`,
      needed: MAX_XML,
      got: text.length,
    });
  }
  if (/<!doctype/i.test(text)) return err({ code: "refused", item: "XML", message: "A document type declaration is not accepted." });
  let root: Building | undefined;
  const open: Building[] = [];
  let nodes = 0;
  let attributes: [string, string][] = [];
  const parser = new SaxesParser({ position: false });
  parser.on("error", (error) => stop("malformed", `The XML is not well formed: ${error.message.slice(0, 120)}`));
  parser.on("attribute", (attribute) => {
    if (++nodes > MAX_NODES) stop("oversized", `The XML has over ${MAX_NODES} elements and attributes.`);
    attributes.push([attribute.name, attribute.value]);
  });
  parser.on("opentag", (tag) => {
    if (++nodes > MAX_NODES) stop("oversized", `The XML has over ${MAX_NODES} elements and attributes.`);
    if (open.length >= MAX_DEPTH) stop("oversized", `The XML is nested over ${MAX_DEPTH} deep.`);
    const element: Building = { name: tag.name, attributes, children: [], text: "" };
    attributes = [];
    if (open.length === 0) root = element;
    else open[open.length - 1].children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => {
    open.pop();
  });
  const addText = (part: string) => {
    if (open.length > 0) open[open.length - 1].text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  try {
    parser.write(text).close();
  } catch (thrown) {
    // Our own `Stop`, or a fault that the parser throws by itself: either way the document is no good.
    return err(thrown instanceof Stop ? thrown.error : { code: "malformed", item: "XML", message: "The XML cannot be read." });
  }
  return root === undefined ? err({ code: "malformed", item: "XML", message: "The XML has no element." }) : ok(root);
}

/** Value of the attribute called `name`; undefined when absent. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  if (element === undefined) return undefined;
  for (const [key, value] of element.attributes) if (key === name) return value;
  return undefined;
}

/** The first child called `name`. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  for (const child of element.children) if (child.name === name) return child;
  return undefined;
}

/** Text made safe between tags and in attribute values; characters that XML 1.0 does not know are left out. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\n\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, (character) => ESCAPES[character] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** The element and everything in it as XML without white space between elements; text comes before children. */
export function writeXml(element: XmlElement): string {
  const attributes = element.attributes.map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join("");
  const inner = escapeXml(element.text) + element.children.map(writeXml).join("");
  return inner === "" ? `<${element.name}${attributes}/>` : `<${element.name}${attributes}>${inner}</${element.name}>`;
}
