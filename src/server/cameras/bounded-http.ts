// HTTP to a device that is trusted with nothing: a deadline for the whole answer, a cap on its size, no redirect followed, and the
// password only ever as a digest.

import { createHash, randomBytes } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { err, ok, type Result } from "../../core/base/result.ts";
import { socketSentence } from "../sources/source.ts";

export interface HttpCredentials {
  readonly user: string;
  readonly password: string;
}

export interface BoundedHttp {
  /** The whole answer, any status below 300 or a SOAP fault (400, 500); otherwise one sentence. Never throws. */
  fetch(request: BoundedRequest): Promise<Result<BoundedAnswer, string>>;
  /** Headers first, then octets as they come, until `maxSeconds` or `maxBytes`. For streams that never end. */
  stream(request: BoundedRequest & { readonly maxSeconds: number }): Promise<Result<BoundedStream, string>>;
  close(): void;
}

export interface BoundedRequest {
  readonly url: URL;
  readonly body?: string;
  readonly contentType?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Answer a challenge of HTTP digest authentication with these. */
  readonly credentials?: HttpCredentials | undefined;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface BoundedStream {
  readonly contentType: string;
  readonly body: IncomingMessage;
  end(): void;
}

/** `tls` verifies an https camera; its sockets are kept open between requests. */
export function createBoundedHttp(tls: ConnectionOptions = {}): BoundedHttp {
  const agents = {
    "http:": new HttpAgent({ keepAlive: true, maxSockets: 8, timeout: 30_000 }),
    "https:": new HttpsAgent({ ...tls, rejectUnauthorized: true, keepAlive: true, maxSockets: 8, timeout: 30_000 }),
  };

  /** One request; resolves with the head of the answer. The deadline stays on until `done` is called. */
  function open(
    request: BoundedRequest,
    authorization: string | undefined,
  ): Promise<Result<{ answer: IncomingMessage; done: () => void }, string>> {
    const { url } = request;
    const address = `${url.protocol}//${url.host}`;
    return new Promise((resolve) => {
      const make = url.protocol === "https:" ? httpsRequest : httpRequest;
      let answer: IncomingMessage | undefined;
      const outgoing = make(url, {
        method: request.body === undefined ? "GET" : "POST",
        agent: agents[url.protocol as keyof typeof agents],
        maxHeaderSize: 16 * 1024,
        headers: {
          ...(request.body === undefined ? {} : { "content-type": request.contentType, "content-length": Buffer.byteLength(request.body) }),
          ...(authorization === undefined ? {} : { authorization }),
        },
      });
      const deadline = setTimeout(() => {
        resolve(err(`${address}: no answer within ${request.timeoutMs / 1000} s`));
        answer?.destroy(new Error("too slow"));
        outgoing.destroy();
      }, request.timeoutMs);
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        clearTimeout(deadline);
        resolve(err(socketSentence(address, error)));
      });
      outgoing.on("response", (incoming) => {
        answer = incoming;
        resolve(ok({ answer: incoming, done: () => clearTimeout(deadline) }));
      });
      outgoing.end(request.body);
    });
  }

  /** Opens, and once more with a digest where the device asks for one. */
  async function openAuthorized(request: BoundedRequest): Promise<Result<{ answer: IncomingMessage; done: () => void }, string>> {
    const first = await open(request, undefined);
    if (!first.ok || first.value.answer.statusCode !== 401 || request.credentials === undefined) return first;
    const challenge = first.value.answer.headers["www-authenticate"];
    first.value.done();
    first.value.answer.resume();
    const authorization = digestAnswer(challenge, request.credentials, request.body === undefined ? "GET" : "POST", request.url);
    if (authorization === undefined) return err(`${request.url.host} asks for a kind of sign-in that is not digest; nothing was sent`);
    return open(request, authorization);
  }

  return {
    fetch: async (request) => {
      const opened = await openAuthorized(request);
      if (!opened.ok) return opened;
      const { answer, done } = opened.value;
      const refused = refusalOf(answer.statusCode ?? 0, answer.headers, request.url);
      if (refused !== undefined) {
        done();
        answer.destroy();
        return err(refused);
      }
      try {
        const parts: Buffer[] = [];
        let length = 0;
        for await (const part of answer as AsyncIterable<Buffer>) {
          length += part.length;
          if (length > request.maxBytes) {
            answer.destroy();
            return err(`${request.url.host}: the answer is over ${Math.round(request.maxBytes / 1024)} KiB`);
          }
          parts.push(part);
        }
        return ok({ status: answer.statusCode ?? 0, contentType: answer.headers["content-type"] ?? "", body: Buffer.concat(parts) });
      } catch (error) {
        return err(`${request.url.host}: the answer broke off (${(error as Error).message})`);
      } finally {
        done();
      }
    },
    stream: async (request) => {
      const opened = await openAuthorized(request);
      if (!opened.ok) return opened;
      const { answer, done } = opened.value;
      done();
      const refused = refusalOf(answer.statusCode ?? 0, answer.headers, request.url);
      if (refused !== undefined) {
        answer.destroy();
        return err(refused);
      }
      let length = 0;
      const end = setTimeout(() => answer.destroy(), request.maxSeconds * 1000);
      answer.on("data", (part: Buffer) => {
        length += part.length;
        if (length > request.maxBytes) answer.destroy();
      });
      answer.pause();
      answer.on("close", () => clearTimeout(end));
      answer.on("error", () => undefined); // whoever reads it hears of it
      return ok({ contentType: answer.headers["content-type"] ?? "", body: answer, end: () => answer.destroy() });
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function refusalOf(status: number, headers: IncomingHttpHeaders, url: URL): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return `${url.host} sends us elsewhere (${status}); redirects are not followed`;
  if (status === 401 || status === 403) return `${url.host} refuses the user name or the password (${status})`;
  // A SOAP fault comes with 400 or 500 and says why.
  if ((status === 400 || status === 500) && /xml/.test(headers["content-type"] ?? "")) return undefined;
  return `${url.host} answers ${status}`;
}

/** Answer to a challenge, RFC 7616 with qop "auth" or none (RFC 2069); MD5 and SHA-256. Undefined: not a challenge that we answer. */
export function digestAnswer(
  challenge: string | undefined,
  credentials: HttpCredentials,
  method: string,
  url: URL,
  clientNonce = randomBytes(12).toString("hex"),
): string | undefined {
  const scheme = /(?:^|,\s*)Digest\s+(.*)$/is.exec(challenge ?? "")?.[1];
  if (scheme === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const [, name, quoted, bare] of scheme.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)) {
    const key = name!.toLowerCase();
    if (!fields.has(key)) fields.set(key, quoted ?? bare ?? "");
  }
  const realm = fields.get("realm");
  const nonce = fields.get("nonce");
  const algorithm = fields.get("algorithm") ?? "MD5";
  const hashName = { md5: "md5", "sha-256": "sha256" }[algorithm.toLowerCase()];
  if (realm === undefined || nonce === undefined || hashName === undefined) return undefined;
  const offered = fields.get("qop");
  if (offered !== undefined && !offered.split(",").some((one) => one.trim() === "auth")) return undefined;
  const hash = (text: string) => createHash(hashName).update(text).digest("hex");
  const uri = `${url.pathname}${url.search}`;
  const secret = hash(`${credentials.user}:${realm}:${credentials.password}`);
  const what = hash(`${method}:${uri}`);
  const count = "00000001";
  const response =
    offered === undefined ? hash(`${secret}:${nonce}:${what}`) : hash(`${secret}:${nonce}:${count}:${clientNonce}:auth:${what}`);
  const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const opaque = fields.get("opaque");
  return [
    `Digest username=${quote(credentials.user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `algorithm=${algorithm}`,
    ...(offered === undefined ? [] : ["qop=auth", `nc=${count}`, `cnonce=${quote(clientNonce)}`]),
    `response=${quote(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ].join(", ");
}
