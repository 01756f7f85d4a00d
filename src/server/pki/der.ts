// The few DER forms that a certificate is made of (ITU-T X.690, section 8 and 10). Writing only: Node reads certificates itself.

type Part = Uint8Array | readonly number[];

/** Tag, length in its shortest form, content. */
export function der(tag: number, ...parts: readonly Part[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | octets.length, ...octets]), content]);
}

export const sequence = (...parts: readonly Part[]): Buffer => der(0x30, ...parts);
export const setOf = (part: Part): Buffer => der(0x31, part);
export const octetString = (content: Part): Buffer => der(0x04, content);
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
export const yes = (): Buffer => der(0x01, [0xff]);

/** A number that is not negative, from its octets, most significant first. */
export function integer(octets: Part): Buffer {
  const [...digits] = octets;
  while (digits.length > 1 && digits[0] === 0) digits.shift();
  return der(0x02, digits[0]! >= 0x80 ? [0, ...digits] : digits);
}

/** `unused`: bits of the last octet that do not count. */
export const bitString = (content: Part, unused = 0): Buffer => der(0x03, [unused], content);

/** "2.5.29.17" */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
    octets.push(...digits);
  }
  return der(0x06, octets);
}

/** To the second. RFC 5280, 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on. `at`: Unix milliseconds. */
export function time(at: number): Buffer {
  const digits = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:T]/g, "");
  return digits < "2050" ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
