import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anAuthority } from "../../../test/support/certificates.ts";
import { type OnvifCameraOptions, startOnvifCamera, type OnvifCamera as TestCamera } from "../../../test/support/onvif-camera.ts";
import { createBoundedHttp, digestAnswer } from "./bounded-http.ts";
import { connectOnvif, type OnvifCamera } from "./onvif-client.ts";
import {
  absoluteMove,
  envelope,
  passwordDigest,
  readAnswer,
  readConfigurationOptions,
  readProfiles,
  readStatus,
  readSystemTime,
} from "./onvif-messages.ts";

async function withCamera(
  options: OnvifCameraOptions,
  look: (test: { camera: TestCamera; connect(more?: object): ReturnType<typeof connectOnvif> }) => Promise<void>,
): Promise<void> {
  const camera = await startOnvifCamera(options);
  const http = createBoundedHttp();
  try {
    await look({
      camera,
      connect: (more = {}) =>
        connectOnvif({
          device: new URL(camera.url),
          credentials: { user: "picket", password: "camera-secret" },
          profile: undefined,
          preferDegrees: true,
          http,
          now: Date.now,
          ...more,
        }),
    });
  } finally {
    http.close();
    await camera.close();
  }
}

async function connected(promise: ReturnType<typeof connectOnvif>): Promise<OnvifCamera> {
  const found = await promise;
  assert.ok(found.ok, JSON.stringify(found));
  return found.value;
}

test("the password digest is Base64(SHA-1(nonce + created + password)), as the profile's formula says", () => {
  // Worked by hand with the openssl command from the octets 00..0f, the text of the time and the password.
  const nonce = Uint8Array.from({ length: 16 }, (_, i) => i);
  assert.equal(passwordDigest(nonce, "2026-01-02T03:04:05.000Z", "secret"), "1GZoXQfvOOzts70qPCbayodt23w=");
});

test("the response to an HTTP digest challenge is that of RFC 7616, section 3.9.1, for both algorithms", () => {
  const challenge = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const answer = (algorithm: string) =>
    digestAnswer(
      challenge(algorithm),
      { user: "Mufasa", password: "Circle of Life" },
      "GET",
      new URL("http://www.example.org/dir/index.html"),
      "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    );
  assert.match(answer("MD5")!, /response="8ca523f5e9506fed4657c9700eebdbec"/);
  assert.match(answer("SHA-256")!, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
  assert.equal(digestAnswer('Basic realm="x"', { user: "a", password: "b" }, "GET", new URL("http://x/")), undefined);
});

test("a camera with both spaces is used in degrees, within the limits that it tells", async () => {
  await withCamera({ pan: { min: -170, max: 170 }, tilt: { min: -20, max: 80 } }, async ({ camera, connect }) => {
    const found = await connected(connect());
    assert.equal(found.space, "degrees");
    assert.deepEqual(
      [found.pan, found.tilt, found.zoom],
      [
        { min: -170, max: 170 },
        { min: -20, max: 80 },
        { min: 0, max: 1 },
      ],
    );
    assert.ok((await found.moveTo(12.5, 30, 0.25)).ok);
    await until(async () => (await status(found)).moving === "IDLE");
    assert.deepEqual(camera.position(), { pan: 12.5, tilt: 30, zoom: 0.25 });
    const at = await status(found);
    assert.deepEqual([at.pan, at.tilt, at.zoom], [12.5, 30, 0.25]);
    assert.deepEqual(camera.refusedTokens, []);
  });
});

test("newer firmware that has media version 2 alone and wants a digest of HTTP, and older that knows GetCapabilities alone", async () => {
  await withCamera({ media: 2, auth: "digest" }, async ({ camera, connect }) => {
    const found = await connected(connect());
    assert.ok((await found.moveTo(30, 10, 0)).ok);
    await until(async () => (await status(found)).moving === "IDLE");
    assert.deepEqual([camera.position().pan, camera.position().tilt], [30, 10]);
    const picture = await found.snapshotUrl();
    assert.ok(picture.ok && picture.value.pathname === "/picture.jpg");
    const wrong = await connect({ credentials: { user: "picket", password: "guess" } });
    assert.ok(!wrong.ok && /refuses the user name or the password/.test(wrong.error), JSON.stringify(wrong));
  });
  await withCamera({ media: 0 }, async ({ camera, connect }) => {
    assert.ok((await (await connected(connect())).status()).ok);
    assert.ok(camera.asked.includes("GetCapabilities"));
  });
});

test("an https camera is spoken to when its authority is the configured one, and not otherwise", async () => {
  const authority = anAuthority();
  await withCamera({ tls: authority.issue("camera", "urn:camera") }, async ({ camera, connect }) => {
    const refused = await connect();
    assert.ok(!refused.ok && /certificate/i.test(refused.error), JSON.stringify(refused));
    const stranger = createBoundedHttp({ ca: anAuthority("Another").ca });
    const trusted = createBoundedHttp({ ca: authority.ca });
    try {
      assert.equal((await connect({ http: stranger })).ok, false);
      assert.equal(camera.asked.length, 0, "nothing was said to a camera that proved nothing");
      assert.ok((await (await connected(connect({ http: trusted }))).status()).ok);
    } finally {
      stranger.close();
      trusted.close();
    }
  });
});

test("limits that the installer set are kept, though the motors could go on", async () => {
  await withCamera({ panLimits: { min: -45, max: 200 } }, async ({ connect }) => {
    assert.deepEqual((await connected(connect())).pan, { min: -45, max: 180 });
  });
});

test("a camera that tells only its nodes, counts 0 to 360 in a space called generic and reports there is understood", async () => {
  const genericRange = { x: { min: 0, max: 360 }, y: { min: 0, max: 180 } };
  await withCamera({ spaces: ["generic"], genericRange, tellsOptions: false }, async ({ camera, connect }) => {
    const found = await connected(connect());
    assert.equal(found.space, "generic");
    assert.deepEqual(found.pan, { min: 0, max: 360 });
    assert.ok((await found.moveTo(270, 90, undefined)).ok);
    await until(async () => (await status(found)).moving === "IDLE");
    // 270 of 360 over -180..180 is 90 degrees; half of -30..90 is 30.
    assert.deepEqual([camera.position().pan, camera.position().tilt], [90, 30]);
    assert.ok(camera.asked.includes("GetNodes"));
  });
});

test("a camera commanded in degrees that reports in the generic space is brought back into degrees", async () => {
  await withCamera({ statusSpace: "generic" }, async ({ connect }) => {
    const found = await connected(connect());
    await found.moveTo(90, 60, 0);
    await until(async () => (await status(found)).moving === "IDLE");
    const at = await status(found);
    assert.ok(Math.abs(at.pan - 90) < 1e-9 && Math.abs(at.tilt - 60) < 1e-9);
  });
});

test("a camera whose clock is a day off is spoken to in its own time; a wrong password is told as such", async () => {
  await withCamera({ clockOffsetMs: -86_400_000 }, async ({ camera, connect }) => {
    await connected(connect());
    assert.equal(camera.refusedTokens.length, 0);
    const wrong = await connect({ credentials: { user: "picket", password: "guess" } });
    assert.ok(!wrong.ok && /not authorized|NotAuthorized/i.test(wrong.error), JSON.stringify(wrong));
    assert.ok(camera.refusedTokens.every((reason) => reason.endsWith("wrong digest")));
  });
});

test("addresses that a camera tells are used for their path alone: nothing is sent to another host", async () => {
  await withCamera({ toldHost: "198.51.100.7" }, async ({ connect }) => {
    const found = await connected(connect());
    assert.ok((await found.status()).ok);
    const picture = await found.snapshotUrl();
    assert.ok(!picture.ok && /198\.51\.100\.7, which is not the configured host/.test(picture.error));
  });
});

test("a redirect, a document type, an answer of 2 MB, a trickle and a fault are each one sentence", async () => {
  await withCamera({}, async ({ camera, connect }) => {
    const found = await connected(connect());
    const says = async (fault: TestCamera["fault"], words: RegExp) => {
      camera.fault = fault;
      const answer = await found.status();
      assert.ok(!answer.ok, fault);
      assert.match(answer.error, words);
    };
    await says("redirect", /redirects are not followed/);
    await says("doctype", /document type declaration is not accepted/);
    await says("huge", /over 256 KiB/);
    await says("soap-fault", /The motor is locked for transport/);
    await says("trickle", /broke off|no answer within 5 s/);
    camera.fault = "none";
    assert.ok((await found.status()).ok);
  });
});

test("a position out of the camera's bounds, no PTZ profile of that name, and nobody there are told", async () => {
  await withCamera({}, async ({ connect }) => {
    const found = await connected(connect());
    const beyond = await found.moveTo(400, 0, undefined);
    assert.ok(!beyond.ok && /out of bounds/.test(beyond.error));
    const other = await connect({ profile: "fixed" });
    assert.ok(!other.ok && /it has main/.test(other.error), JSON.stringify(other));
    const nobody = await connect({ device: new URL("http://127.0.0.1:9/onvif/device_service") });
    assert.ok(!nobody.ok && /nobody listens there/.test(nobody.error), JSON.stringify(nobody));
  });
});

test("an AbsoluteMove is plain decimal text in the asked space, and what goes into it is escaped", () => {
  const body = absoluteMove('a"<b', { x: 1e-9, y: -12.3456789, space: "s" }, { x: 0.5, space: "z" });
  assert.match(body, /<ProfileToken>a&quot;&lt;b<\/ProfileToken>/);
  assert.match(body, /x="0" y="-12\.345679" space="s"/);
  assert.match(envelope(body, undefined), /^<\?xml version="1\.0" encoding="UTF-8"\?><s:Envelope/);
});

test("an answer cut anywhere, or with numbers that are none, is an error and never a position", () => {
  const whole = `<e:Envelope xmlns:e="x"><e:Body><p:GetStatusResponse xmlns:p="y"><p:PTZStatus><Position><PanTilt x="1.5" y="2.5"/></Position></p:PTZStatus></p:GetStatusResponse></e:Body></e:Envelope>`;
  const read = (text: string) => {
    const answer = readAnswer(text, "GetStatusResponse");
    return answer.ok ? readStatus(answer.value) : answer;
  };
  assert.ok(read(whole).ok);
  for (let length = 0; length < whole.length; length++) assert.equal(read(whole.slice(0, length)).ok, false);
  for (const bad of ["", "NaN", "Infinity", "1e300", "a"]) assert.equal(read(whole.replace('"1.5"', `"${bad}"`)).ok, false, bad);
});

test("answers with anything changed in them are read or refused, never thrown at, and no number of theirs is infinite", () => {
  const range = (min: string, max: string) => `<Min>${min}</Min><Max>${max}</Max>`;
  const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("1e999", "-0", "NaN", "<x>", "</Min>", "&amp;", "360", "-1"));
  const finite = (value: unknown): boolean =>
    typeof value === "number"
      ? Number.isFinite(value)
      : typeof value === "object" && value !== null
        ? Object.values(value).every(finite)
        : true;
  fc.assert(
    fc.property(text, text, text, text, fc.nat(2000), (a, b, c, d, cut) => {
      const space = `<AbsolutePanTiltPositionSpace><URI>${a}</URI><XRange>${range(b, c)}</XRange><YRange>${range(c, d)}</YRange></AbsolutePanTiltPositionSpace>`;
      const bodies = {
        GetStatusResponse: `<PTZStatus><Position><PanTilt x="${a.replace(/["<&]/g, "")}" y="${b.replace(/["<&]/g, "")}"/></Position><Error>${c}</Error></PTZStatus>`,
        GetConfigurationOptionsResponse: `<PTZConfigurationOptions><Spaces>${space}${space}</Spaces></PTZConfigurationOptions>`,
        GetProfilesResponse: `<Profiles token="${a.replace(/["<&]/g, "")}"><PTZConfiguration token="p"><NodeToken>${b}</NodeToken></PTZConfiguration></Profiles>`,
        GetSystemDateAndTimeResponse: `<SystemDateAndTime><UTCDateTime><Date><Year>${a}</Year></Date></UTCDateTime></SystemDateAndTime>`,
      };
      for (const [name, body] of Object.entries(bodies)) {
        const whole = `<e:Envelope xmlns:e="x"><e:Body><${name}>${body}</${name}></e:Body></e:Envelope>`;
        for (const document of [whole, whole.slice(0, cut)]) {
          const answer = readAnswer(document, name);
          if (!answer.ok) continue;
          const read = [
            readStatus(answer.value),
            readConfigurationOptions(answer.value),
            readProfiles(answer.value),
            readSystemTime(answer.value),
          ];
          assert.ok(finite(read.slice(0, 3)), JSON.stringify(read));
        }
      }
    }),
    { numRuns: 300 },
  );
});

async function status(camera: OnvifCamera) {
  const answer = await camera.status();
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}

async function until(good: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await good())) {
    if (performance.now() > end) throw new Error("waited 30 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
