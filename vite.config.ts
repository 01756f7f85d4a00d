// Builds the operator's console: everything it shows is inside the build, so that it asks no other host for anything.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  root: join(root, "src", "console"),
  base: "/",
  plugins: [react()],
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
