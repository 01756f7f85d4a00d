// Writes the digest after each 500 events of a seeded minute of the demonstration to a file: compared between versions of Node.

import { writeFileSync } from "node:fs";
import { productEngine } from "../../src/server/journal/product-engine.ts";
import { sceneEvents } from "../support/scene-events.ts";

const picture = productEngine.createPicture();
const lines: string[] = [];
let count = 0;
for (const event of sceneEvents("demo", 7, 60)) {
  productEngine.step(picture, event);
  count += 1;
  if (count % 500 === 0) lines.push(`${event.sequence} ${productEngine.pictureDigest(picture)}`);
}
lines.push(`${picture.sequence} ${productEngine.pictureDigest(picture)}`);
writeFileSync(process.argv[2]!, `${lines.join("\n")}\n`);
