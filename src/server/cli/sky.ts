// picket sky: what may a person have seen? The sky at a place and time, without a server; tracks are the server's business (POST /api/v1/sky/explain).

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import { explainSighting, SIGHTING_WORDS, type SightingWord } from "../../core/identification/sky/explain-sighting.ts";
import { parseTwoLineElements, type SatelliteElements } from "../../core/identification/sky/sgp4.ts";
import { explanationView } from "../http/sky-api.ts";
import { type CliCommand, UsageError } from "./command.ts";

function numberOf(name: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < low || value > high)
    throw new UsageError(`--${name}: expected a number from ${low} to ${high}, found "${text}"`);
  return value;
}

/** Names and pairs of lines, as catalogues write them; what cannot be used is told on standard error. */
function readElements(file: string): SatelliteElements[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const found: SatelliteElements[] = [];
  for (let i = 0; i + 1 < lines.length; i++) {
    if (!lines[i]!.startsWith("1 ") || !lines[i + 1]!.startsWith("2 ")) continue;
    const before = i > 0 && !/^[12] /.test(lines[i - 1]!) ? lines[i - 1]! : "";
    const read = parseTwoLineElements(before, lines[i]!.trimEnd(), lines[i + 1]!.trimEnd());
    if (read.ok) found.push(read.value);
    else console.error(`picket: ${file}, line ${i + 1}: ${read.error.message}`);
  }
  if (found.length === 0) throw new UsageError(`--satellites: no usable two-line elements in ${file}`);
  return found;
}

export const skyCommand: CliCommand = {
  name: "sky",
  summary: "explain a light in the sky: planets, stars, satellites, or none of these",
  help: `Usage: picket sky --latitude D --longitude D --at TIME --bearing D [--elevation D] [options]

Compares a report of something in the sky with the Sun, the Moon, planets, bright stars and supplied satellites, and
prints ranked explanations with probabilities. Offline. A running server compares with its tracks as well:
POST /api/v1/sky/explain.

Options:
  --latitude D         of the observer, degrees
  --longitude D        of the observer, degrees
  --at TIME            ISO 8601 with time zone, for example 2026-03-01T22:10:00+03:00
  --bearing D          degrees clockwise from true north, 0 to 360
  --elevation D        degrees above the horizon
  --bearing-sigma D    how far off the bearing may be, 1 sigma (default 10)
  --elevation-sigma D  the same of the elevation (default 8)
  --rate D             degrees a second that it crossed
  --word W             ${SIGHTING_WORDS.join(", ")}; may be given again (default light)
  --satellites FILE    two-line elements
  --json               one JSON object instead of text

Examples:
  picket sky --latitude 33.3 --longitude 44.4 --at 2025-02-01T16:30:00Z --bearing 240 --elevation 30
  picket sky --latitude 33.3 --longitude 44.4 --at 2025-02-01T16:30:00Z --bearing 310 --word light --word moving --satellites visual.txt

Exit codes: 0 explained; 2 wrong usage.`,
  run: async (argv) => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        latitude: { type: "string" },
        longitude: { type: "string" },
        at: { type: "string" },
        bearing: { type: "string" },
        elevation: { type: "string" },
        "bearing-sigma": { type: "string" },
        "elevation-sigma": { type: "string" },
        rate: { type: "string" },
        word: { type: "string", multiple: true },
        satellites: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const latitude = numberOf("latitude", values.latitude, -90, 90);
    const longitude = numberOf("longitude", values.longitude, -180, 180);
    const bearing = numberOf("bearing", values.bearing, 0, 360);
    if (latitude === undefined || longitude === undefined || bearing === undefined || values.at === undefined)
      throw new UsageError("--latitude, --longitude, --at and --bearing are needed; see picket sky --help");
    const at = Date.parse(values.at);
    if (!Number.isFinite(at) || !/(Z|[+-]\d\d:?\d\d)$/.test(values.at))
      throw new UsageError(`--at: expected an ISO 8601 time with a zone, such as 2026-03-01T22:10:00Z, found "${values.at}"`);
    const words = values.word ?? ["light"];
    for (const word of words)
      if (!(SIGHTING_WORDS as readonly string[]).includes(word))
        throw new UsageError(`--word: expected one of ${SIGHTING_WORDS.join(", ")}, found "${word}"`);
    const rad = (name: string, text: string | undefined, low: number, high: number) => {
      const value = numberOf(name, text, low, high);
      return value === undefined ? undefined : value * RADIANS_PER_DEGREE;
    };
    const explanations = explainSighting({
      sighting: {
        observer: { latitude: latitude * RADIANS_PER_DEGREE, longitude: longitude * RADIANS_PER_DEGREE, heightHae: 0 },
        at: (at * 1000) as Micros,
        azimuth: bearing * RADIANS_PER_DEGREE,
        azimuthSigma: rad("bearing-sigma", values["bearing-sigma"], 0.1, 90),
        elevation: rad("elevation", values.elevation, -10, 90),
        elevationSigma: rad("elevation-sigma", values["elevation-sigma"], 0.1, 45),
        words: words as SightingWord[],
        angularRate: rad("rate", values.rate, 0, 360),
      },
      tracks: [],
      satellites: values.satellites === undefined ? [] : readElements(values.satellites),
    });
    const items = explanations.map(explanationView);
    if (values.json) console.log(JSON.stringify({ atUs: at * 1000, items }));
    else for (const one of items) console.log(`${(100 * one.probability).toFixed(1).padStart(5)} %  ${one.text}`);
    return 0;
  },
};
