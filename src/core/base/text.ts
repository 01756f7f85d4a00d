// UTF-8 in and out. The two classes exist in every engine that runs the core; they are named here, because the core is
// compiled without Node or DOM types.
const platform = globalThis as unknown as {
  TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
  TextEncoder: new () => { encode(text: string): Uint8Array };
};
const lenient = new platform.TextDecoder("utf-8", { fatal: false, ignoreBOM: false });
const strict = new platform.TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
const encoder = new platform.TextEncoder();

/** Text of UTF-8 octets; malformed octets become U+FFFD. */
export const decodeUtf8 = (bytes: Uint8Array): string => lenient.decode(bytes);

/** Text of UTF-8 octets, or undefined when they are not well formed. */
export function decodeUtf8Strict(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined; // the decoder throws for malformed input only
  }
}

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

/**
 * Text from outside made safe to show: control and bidirectional-override characters removed, length capped.
 * The screen never has to trust what a sensor or a broadcast says.
 */
export function sanitizeText(text: string, maxLength = 256): string {
  return text.replace(HOSTILE, "").slice(0, maxLength).trim();
}

// C0 and C1 controls, zero-width and bidirectional controls, byte-order mark.
const HOSTILE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
