import { build, checkNode, installPackages } from "./prepare.mjs";

checkNode();
await installPackages();
await build({ force: process.argv.includes("--force") });
