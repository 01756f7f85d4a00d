// The reference page of site.yaml, made from the schema itself, so that the two cannot disagree.

import { siteFileSchema } from "./site-schema.ts";

interface Definition {
  type: string;
  innerType?: Schema;
  shape?: Record<string, Schema>;
  element?: Schema;
  options?: Schema[];
  values?: unknown[];
  entries?: Record<string, string>;
  defaultValue?: unknown;
  items?: Schema[];
  keyType?: Schema;
  valueType?: Schema;
}
interface Schema {
  _zod: { def: Definition };
  /** Of numbers. */
  minValue?: number | null;
  maxValue?: number | null;
  meta(): { description?: string } | undefined;
}

interface Unwrapped {
  schema: Schema;
  optional: boolean;
  defaultValue: unknown;
  description: string;
}

function unwrap(schema: Schema): Unwrapped {
  let inner = schema;
  let optional = false;
  let defaultValue: unknown;
  let description = inner.meta()?.description ?? "";
  while (inner._zod.def.innerType !== undefined) {
    if (inner._zod.def.type === "optional") optional = true;
    if (inner._zod.def.type === "default") {
      optional = true;
      defaultValue = inner._zod.def.defaultValue;
    }
    inner = inner._zod.def.innerType;
    if (description === "") description = inner.meta()?.description ?? "";
  }
  return { schema: inner, optional, defaultValue, description };
}

function kindOf(schema: Schema): string {
  const { def } = schema._zod;
  switch (def.type) {
    case "enum":
      return `one of ${Object.values(def.entries ?? {})
        .map((value) => `\`${value}\``)
        .join(", ")}`;
    case "number": {
      const { minValue, maxValue } = schema;
      const low = typeof minValue === "number" && Number.isFinite(minValue) && minValue > Number.MIN_SAFE_INTEGER ? `from ${minValue}` : "";
      const high = typeof maxValue === "number" && Number.isFinite(maxValue) && maxValue < Number.MAX_SAFE_INTEGER ? `to ${maxValue}` : "";
      return ["number", low, high].filter((part) => part !== "").join(" ");
    }
    case "array":
      return `list of ${kindOf(unwrap(def.element!).schema)}`;
    case "tuple":
      return `[${(def.items ?? []).map((item) => kindOf(unwrap(item).schema)).join("; ")}]`;
    case "record":
      return "map of text to text";
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "union":
      return (def.options ?? []).map((option) => kindOf(option)).join(" or ");
    case "literal":
      return (def.values ?? []).map((value) => `\`${String(value)}\``).join(" or ");
    case "object":
      return "section";
    default:
      return def.type;
  }
}

function rows(schema: Schema, prefix: string): string[] {
  const out: string[] = [];
  for (const [key, member] of Object.entries(schema._zod.def.shape ?? {})) {
    const { schema: inner, optional, defaultValue, description } = unwrap(member);
    const path = `${prefix}${key}`;
    const isPosition = inner._zod.def.type === "object" && inner._zod.def.shape?.latitudeDegrees !== undefined;
    const when = defaultValue !== undefined ? `default \`${JSON.stringify(defaultValue)}\`` : optional ? "optional" : "**needed**";
    out.push(`| \`${path}\` | ${isPosition ? "position (see below)" : kindOf(inner)} | ${when} | ${description.replaceAll("|", "\\|")} |`);
    if (inner._zod.def.type === "object" && !isPosition) out.push(...rows(inner, `${path}.`));
    if (inner._zod.def.type === "array") {
      const element = unwrap(inner._zod.def.element!).schema;
      if (element._zod.def.type === "object") out.push(...rows(element, `${path}[].`));
    }
  }
  return out;
}

/** The whole page, Markdown. */
export function configurationPage(): string {
  const shape = (siteFileSchema as unknown as Schema)._zod.def.shape!;
  const siteShape = unwrap(shape.site!).schema._zod.def.shape!;
  const position = unwrap(unwrap(siteShape.origin!).schema).schema;
  const head = "| key | what | | meaning |\n| --- | --- | --- | --- |";
  const sections = Object.entries(shape).map(([key, member]) => {
    const { schema } = unwrap(member);
    const element = schema._zod.def.type === "array" ? unwrap(schema._zod.def.element!).schema : schema;
    const suffix = schema._zod.def.type === "array" ? "[]" : "";
    return `## ${key}\n\n${head}\n${rows(element, `${key}${suffix}.`).join("\n")}\n`;
  });
  return `# Configuration: site.yaml

<!-- Made from src/server/configuration/site-schema.ts by scripts/write-configuration-page.ts; a test compares them. Do not edit. -->

One YAML file describes a site. Every quantity wears its unit in its name. It is checked on start: an unknown key is an error that names the
nearest known key; a wrong value says file, line, path, what was expected and what was found, and everything that is wrong is told at once.
Examples: [fixed site](../../examples/fixed-site.yaml), [airport](../../examples/airport.yaml), [researcher's desk](../../examples/desk.yaml),
[recordings](../../examples/recordings).

Changes made while the server runs (\`PUT /api/v1/configuration/override\`: \`site.name\`, \`site.qnhHectopascals\`, \`sensors\`, \`assets\`, \`zones\`) are
checked in the same way, journalled, kept beside the journal as overrides of the file, and exported as a new file by
\`GET /api/v1/configuration.yaml\`.

A position:

${head}
${rows(position, "").join("\n")}

A position has exactly one of the two heights. A floor or ceiling has exactly one height. A source has exactly one of \`listen\`, \`connect\`, \`subscribe\` and \`file\`.
New TCP connections beyond ten a second from one address (40 at once), or twenty for the source (64 at once), are closed and counted; a source whose packets cannot be processed
three times in a minute is held back for a second, then twice as long each time.
A CoT output has exactly one of \`send\` and \`connect\`. Passwords are best kept out of the file (\`passwordFile\`, \`passwordEnvironment\`); one in an address is shown as
\`HIDDEN-BY-PICKET\` by \`GET /api/v1/configuration\` and in the exported file, which is refused until the password is put back. Outputs: [outputs](outputs.md).

${sections.join("\n")}`;
}
