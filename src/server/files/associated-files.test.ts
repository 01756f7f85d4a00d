import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { addressAllowed, createAssociatedFiles, MOST_OCTETS } from "./associated-files.ts";

test("an address is allowed below a named folder of the same scheme, host and port, and nowhere else", () => {
  const allowed = ["http://camera.example:8080/clips", "https://[fd00::5]/a/"];
  for (const url of ["http://camera.example:8080/clips/1.jpg", "http://camera.example:8080/clips", "https://[fd00::5]/a/b/c.png?x=1"])
    assert.equal(addressAllowed(url, allowed), true, url);
  for (const url of [
    "https://camera.example:8080/clips/1.jpg",
    "http://camera.example/clips/1.jpg",
    "http://camera.example:8080/clips-of-others/1.jpg",
    "http://camera.example:8080/clips/../secret",
    "http://camera.example:8080/clips/%2e%2e/secret",
    "http://camera.example:8080/clips/..%2fsecret",
    "http://user:word@camera.example:8080/clips/1.jpg",
    "http://camera.example:8080@evil.example/clips/1.jpg",
    "http://127.0.0.1/clips/1.jpg",
    "file:///etc/passwd",
    "clips/1.jpg",
    "",
  ])
    assert.equal(addressAllowed(url, allowed), false, url);
  assert.equal(addressAllowed("http://camera.example:8080/clips/1.jpg", []), false, "nothing is allowed until the site names it");
});

/** A sensor's web server, and what is asked of it. */
async function withSensor(answer: RequestListener, look: (base: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("what comes is named by its first octets, whatever the sensor calls it", async () => {
  const bodies: Record<string, Buffer> = {
    "/f/jpeg": Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    "/f/png": Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]),
    "/f/page": Buffer.from("<script>alert(1)</script>"),
  };
  await withSensor(
    (request, response) => response.writeHead(200, { "content-type": "text/html" }).end(bodies[request.url!]),
    async (base) => {
      const files = createAssociatedFiles([`${base}/f/`]);
      const types = [];
      for (const path of Object.keys(bodies)) {
        const file = await files.fetch(base + path);
        assert.ok(file.ok);
        types.push(file.value.contentType);
      }
      assert.deepEqual(types, ["image/jpeg", "image/png", "application/octet-stream"]);
      files.close();
    },
  );
});

test("a redirect is not followed, an endless answer is cut at the limit, and an error of the sensor is said", async () => {
  let asked = 0;
  await withSensor(
    (request, response) => {
      asked += 1;
      if (request.url === "/f/redirect") response.writeHead(302, { location: "http://127.0.0.1:1/secret" }).end();
      else if (request.url === "/f/missing") response.writeHead(404).end();
      else {
        const piece = Buffer.alloc(1024 * 1024);
        const more = () => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      }
    },
    async (base) => {
      const files = createAssociatedFiles([`${base}/f/`]);
      for (const [path, reason] of [
        ["redirect", /redirect|302/],
        ["missing", /404/],
        ["endless", new RegExp(`over ${MOST_OCTETS / 1024} KiB`)],
      ] as const) {
        const file = await files.fetch(`${base}/f/${path}`);
        assert.ok(!file.ok);
        assert.equal(file.error.kind, "failed");
        assert.match(file.error.message, reason);
      }
      const before = asked;
      const refused = await files.fetch(`${base}/elsewhere`);
      assert.ok(!refused.ok && refused.error.kind === "not-allowed");
      assert.equal(asked, before, "what is not allowed is not asked for");
      files.close();
    },
  );
});
