// Trusted Types: nothing in this page may turn text into markup or script. The one sink in use is the map's worker, a file of the build.

interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

/** Allows worker scripts from this server's own build and nothing else; text that asks to become HTML or script is refused. */
export function allowOwnWorkers(): void {
  const factory = (globalThis as { trustedTypes?: TrustedTypePolicyFactory }).trustedTypes;
  factory?.createPolicy("default", {
    createScriptURL(url) {
      const address = new URL(url, location.href);
      if (address.origin === location.origin && address.pathname.startsWith("/assets/")) return address.href;
      throw new TypeError(`a script from ${address.href} is not part of this console`);
    },
  });
}
