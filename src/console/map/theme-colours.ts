// The map draws with the colours of the style sheet, so that a theme is defined in one place.

import type { SymbolColours } from "./symbol-sprites.ts";

export interface MapColours extends SymbolColours {
  readonly sea: string;
  readonly land: string;
  readonly border: string;
  readonly grid: string;
  readonly ring: string;
  readonly asset: string;
  readonly coverage: string;
  readonly coverageIll: string;
  readonly zone: string;
  readonly zoneKeepOut: string;
  readonly text: string;
  readonly textMuted: string;
  readonly halo: string;
  readonly operator: string;
  readonly select: string;
  readonly tag: string;
}

export function readColours(element: Element = document.documentElement): MapColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    friend: colour("symbol-friend"),
    neutral: colour("symbol-neutral"),
    unknown: colour("symbol-unknown"),
    suspect: colour("symbol-suspect"),
    hostile: colour("symbol-hostile"),
    fill: colour("symbol-fill"),
    onHostile: colour("symbol-on-hostile"),
    sea: colour("map-sea"),
    land: colour("map-land"),
    border: colour("map-border"),
    grid: colour("map-grid"),
    ring: colour("map-ring"),
    asset: colour("map-asset"),
    coverage: colour("map-coverage"),
    coverageIll: colour("map-coverage-ill"),
    zone: colour("map-zone"),
    zoneKeepOut: colour("map-zone-keep-out"),
    text: colour("map-text"),
    textMuted: colour("map-text-muted"),
    halo: colour("map-halo"),
    operator: colour("map-operator"),
    select: colour("map-select"),
    tag: colour("tag"),
  };
}
