// Starts the Chromium that comes as an npm package, with software WebGL, on a machine that has no browser and maybe not its libraries.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as playwright } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Unpacked once for each version of the package and user; reused by later runs. */
function unpackFolder(): string {
  const manifest = join(root, "node_modules", "@sparticuz", "chromium", "package.json");
  if (!existsSync(manifest)) throw new Error("the package @sparticuz/chromium is not installed: run npm ci");
  return join(tmpdir(), `picket-chromium-147.0.0-${process.getuid?.() ?? "user"}`);
}

/** The libraries that Chromium needs and small machines lack; the package carries a copy of them. */
function systemHas(library: string): boolean {
  return ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"].some((folder) =>
    existsSync(join(folder, library)),
  );
}

/**
 * The package unpacks itself into `os.tmpdir()` and reuses whatever lies there under its names, also another version's: so it gets a
 * folder of its own. Unpacked beside and renamed, so that two test runs at once or a killed one leave nothing half-made.
 */
async function unpackChromium(): Promise<{ executable: string; folder: string }> {
  const folder = unpackFolder();
  const executable = join(folder, "chromium");
  if (existsSync(join(folder, "ready"))) return { executable, folder };
  const making = `${folder}.making-${process.pid}`;
  mkdirSync(making, { recursive: true });
  const before = {
    TMPDIR: process.env.TMPDIR,
    AWS_EXECUTION_ENV: process.env.AWS_EXECUTION_ENV,
    LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH,
  };
  process.env.TMPDIR = making;
  // The name under which the package knows a machine without the libraries.
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs20.x";
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    await chromium.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  // The configuration inside looks for fonts in folders of another machine, and a Chromium without any font aborts.
  writeFileSync(
    join(making, "fonts", "fonts.conf"),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "fonts-cache")}</cachedir></fontconfig>`,
  );
  mkdirSync(join(making, "ready"));
  try {
    renameSync(making, folder);
  } catch {
    // Another run was first, or an older one left a broken folder.
    if (existsSync(join(folder, "ready"))) rmSync(making, { recursive: true, force: true });
    else {
      rmSync(folder, { recursive: true, force: true });
      renameSync(making, folder);
    }
  }
  return { executable, folder };
}

/** A headless browser. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const { executable, folder } = await unpackChromium();
  const libraries = join(folder, "al2023", "lib");
  const needLibraries = !["libnss3.so", "libnspr4.so"].every(systemHas) && existsSync(libraries) && readdirSync(libraries).length > 0;
  const profile = join(folder, "home");
  mkdirSync(profile, { recursive: true });
  return playwright.launch({
    executablePath: executable,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-setuid-sandbox",
      "--ignore-gpu-blocklist",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--font-render-hinting=none",
      "--disable-background-networking",
      "--disable-component-update",
      "--force-color-profile=srgb",
    ],
    env: {
      ...(process.env as Record<string, string>),
      HOME: profile,
      FONTCONFIG_PATH: join(folder, "fonts"),
      ...(needLibraries ? { LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":") } : {}),
    },
  });
}
