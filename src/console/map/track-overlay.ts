// Everything that moves, drawn on one canvas above the map: at most once a frame, straight from the picture, outside React.
// A canvas and not map layers, because positions change several times a second and need no tiling: 5,000 symbols are one pass.

import type { GroupView, TrackView } from "../../core/model/picture-view.ts";
import { mercatorX, mercatorY, type Picture, TRAIL_POINTS } from "../live/picture-store.ts";
import { splitTrackId } from "../tracks/track-order.ts";
import { drawBearings } from "./bearing-rays.ts";
import { drawCameras } from "./camera-wedge.ts";
import type { GroundLabel } from "./ground-shapes.ts";
import { drawGroups } from "./group-hulls.ts";
import { AFFILIATION_LETTER, isBird, symbolCodeOf } from "./symbol-code.ts";
import { createSprites, frameColour, type Sprites } from "./symbol-sprites.ts";
import type { MapColours } from "./theme-colours.ts";

const EARTH_CIRCUMFERENCE = 2 * Math.PI * 6_378_137; // m, WGS84 equator
/** Seconds of flight that a velocity vector shows; the selected track gets the longer one with a tick each ten seconds. */
export const VECTOR_SECONDS = 30;
export const SELECTED_VECTOR_SECONDS = 60;
const LABELS_AT_MOST = 220;
const TRAILS_AT_MOST = 400;
const font = (weight: number, px: number) => `${weight} ${px}px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif`;
const OPERATOR_FONT = font(500, 12);

/** The part of the world that the map shows: north up, never tilted. */
export interface View {
  /** Mercator coordinates of the middle, in [0, 1]. */
  readonly centreX: number;
  readonly centreY: number;
  /** Pixels around the world. */
  readonly worldSize: number;
  readonly width: number;
  readonly height: number;
}

export interface OverlayWords {
  originTag(origin: TrackView["origin"]): string;
  height(track: TrackView): string;
  speed(track: TrackView): string;
  operator: string;
  /** "G12 · 18–22": how many objects fly together. */
  group(group: GroupView): string;
}

export interface OverlaySettings {
  trails: boolean;
  vectors: boolean;
  ellipses: boolean;
  labels: boolean;
}

export interface TrackOverlay {
  setColours(colours: MapColours): void;
  setWords(words: OverlayWords): void;
  setGroundLabels(labels: readonly GroundLabel[]): void;
  setSelected(id: string | undefined): void;
  setHovered(id: string | undefined): void;
  setVisible(visible: ((track: TrackView) => boolean) | undefined): void;
  /** Identifiers, most important first: labels are given in this order. */
  setRanking(ids: readonly string[]): void;
  readonly settings: OverlaySettings;
  draw(view: View): void;
  /** The track whose symbol is nearest within `reach` pixels. */
  hit(x: number, y: number, reach?: number): string | undefined;
  /** Pixels of a track's symbol in the last frame. */
  whereIs(id: string): { x: number; y: number } | undefined;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Label boxes already placed, in a coarse grid so that a crowded screen stays cheap. */
function createPlacer(width: number, height: number) {
  const CELL = 64;
  const columns = Math.ceil(width / CELL) + 1;
  const rows = Math.ceil(height / CELL) + 1;
  const cells: Box[][] = Array.from({ length: columns * rows }, () => []);
  const each = (box: Box, visit: (cell: Box[]) => boolean): boolean => {
    const x0 = Math.max(0, Math.floor(box.x / CELL));
    const x1 = Math.min(columns - 1, Math.floor((box.x + box.w) / CELL));
    const y0 = Math.max(0, Math.floor(box.y / CELL));
    const y1 = Math.min(rows - 1, Math.floor((box.y + box.h) / CELL));
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) if (visit(cells[y * columns + x]!)) return true;
    return false;
  };
  return {
    free: (box: Box) =>
      !each(box, (cell) =>
        cell.some((other) => box.x < other.x + other.w && other.x < box.x + box.w && box.y < other.y + other.h && other.y < box.y + box.h),
      ),
    add: (box: Box) => {
      each(box, (cell) => {
        cell.push(box);
        return false;
      });
    },
  };
}

export function createTrackOverlay(
  canvas: HTMLCanvasElement,
  picture: Picture,
  firstColours: MapColours,
  firstWords: OverlayWords,
): TrackOverlay {
  const context = canvas.getContext("2d", { alpha: true })!;
  let colours = firstColours;
  let words = firstWords;
  let ratio = Math.min(window.devicePixelRatio || 1, 2);
  let sprites: Sprites = createSprites(colours, ratio);
  let groundLabels: readonly GroundLabel[] = [];
  let selected: string | undefined;
  let hovered: string | undefined;
  let visible: ((track: TrackView) => boolean) | undefined;
  let ranking: readonly string[] = [];
  const settings: OverlaySettings = { trails: true, vectors: true, ellipses: false, labels: true };
  const widths = new Map<string, number>();

  // What was drawn where in the last frame, for the pointer.
  let drawnIds: string[] = [];
  let drawnX = new Float32Array(256);
  let drawnY = new Float32Array(256);
  const drawnAt = new Map<string, number>();

  const measure = (text: string, fontName: string): number => {
    const key = `${fontName}|${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      if (widths.size > 4_000) widths.clear();
      context.font = fontName;
      width = context.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  };

  const textWithHalo = (text: string, x: number, y: number, colour: string, fontName: string) => {
    context.font = fontName;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = colours.halo;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };

  const alphaOf = (track: TrackView): number => {
    if (track.freshness === "OFFLINE") return 0.5;
    if (track.freshness === "STALE") return 0.7;
    return track.status === "tentative" ? 0.8 : 1;
  };

  function drawTrail(view: View, track: TrackView, strong: boolean, colour: string): void {
    const trail = picture.trails.get(track.id);
    if (trail === undefined || trail.count < 2) return;
    // Fades into the past in four steps: a path for each, because a path has one colour.
    const STEPS = 4;
    context.lineWidth = strong ? 2 : 1.25;
    context.strokeStyle = colour;
    for (let step = 0; step < STEPS; step++) {
      const from = Math.floor((trail.count * step) / STEPS);
      const to = Math.min(trail.count - 1, Math.floor((trail.count * (step + 1)) / STEPS));
      if (to <= from) continue;
      context.globalAlpha = ((step + 1) / STEPS) * (strong ? 0.9 : 0.5);
      context.beginPath();
      for (let i = from; i <= to; i++) {
        const at = ((trail.start + i) % TRAIL_POINTS) * 3;
        const x = (trail.points[at]! - view.centreX) * view.worldSize + view.width / 2;
        const y = (trail.points[at + 1]! - view.centreY) * view.worldSize + view.height / 2;
        if (i === from) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      if (step === STEPS - 1) {
        const x = (mercatorX(track.position.longitudeDegrees) - view.centreX) * view.worldSize + view.width / 2;
        const y = (mercatorY(track.position.latitudeDegrees) - view.centreY) * view.worldSize + view.height / 2;
        context.lineTo(x, y);
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** All vectors of one colour in one stroke: thousands of single ones would cost more than everything else of a frame. */
  function drawVectors(tracks: readonly TrackView[], codes: readonly string[], pixelsPerMetre: number): void {
    const solid = new Map<string, number[]>();
    const dashed = new Map<string, number[]>();
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      if (track.id === selected) continue;
      const dx = track.velocityEastMps * pixelsPerMetre * VECTOR_SECONDS;
      const dy = -track.velocityNorthMps * pixelsPerMetre * VECTOR_SECONDS;
      if (dx * dx + dy * dy < 36) continue;
      const lines = track.status === "coasting" ? dashed : solid;
      const colour = frameColour(codes[i]!, colours);
      let ends = lines.get(colour);
      if (ends === undefined) {
        ends = [];
        lines.set(colour, ends);
      }
      ends.push(drawnX[i]!, drawnY[i]!, drawnX[i]! + dx, drawnY[i]! + dy);
    }
    context.lineWidth = 1.5;
    for (const lines of [solid, dashed]) {
      context.setLineDash(lines === dashed ? [4, 4] : []);
      for (const [colour, ends] of lines) {
        context.strokeStyle = colour;
        context.beginPath();
        for (let k = 0; k < ends.length; k += 4) {
          context.moveTo(ends[k]!, ends[k + 1]!);
          context.lineTo(ends[k + 2]!, ends[k + 3]!);
        }
        context.stroke();
      }
    }
    context.setLineDash([]);
  }

  /** The selected track's vector: longer, with a tick each ten seconds. */
  function drawSelectedVector(track: TrackView, x: number, y: number, pixelsPerMetre: number, colour: string): void {
    const dx = track.velocityEastMps * pixelsPerMetre;
    const dy = -track.velocityNorthMps * pixelsPerMetre;
    const perSecond = Math.hypot(dx, dy);
    if (perSecond * SELECTED_VECTOR_SECONDS < 6) return;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(track.status === "coasting" ? [4, 4] : []);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + dx * SELECTED_VECTOR_SECONDS, y + dy * SELECTED_VECTOR_SECONDS);
    context.stroke();
    context.setLineDash([]);
    if (perSecond < 1) return;
    const nx = (-dy / perSecond) * 4;
    const ny = (dx / perSecond) * 4;
    context.beginPath();
    for (let t = 10; t <= SELECTED_VECTOR_SECONDS; t += 10) {
      context.moveTo(x + dx * t - nx, y + dy * t - ny);
      context.lineTo(x + dx * t + nx, y + dy * t + ny);
    }
    context.stroke();
  }

  function drawEllipse(track: TrackView, x: number, y: number, pixelsPerMetre: number, colour: string, isSelected: boolean): void {
    const a = track.ellipse.semiMajorMetres * pixelsPerMetre;
    const b = track.ellipse.semiMinorMetres * pixelsPerMetre;
    if (!(a > 4) || a > 20_000) return;
    context.beginPath();
    context.ellipse(x, y, a, Math.max(b, 0.5), ((track.ellipse.azimuthDegrees - 90) * Math.PI) / 180, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = isSelected ? 1.5 : 1;
    context.globalAlpha = isSelected ? 0.1 : 0.05;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = isSelected ? 0.9 : 0.4;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Where the first claim that names an operator puts that person, pixels; the pane lists the rest. */
  function operatorOf(view: View, track: TrackView): { x: number; y: number } | undefined {
    for (const claim of track.claims) {
      if (claim.operator === undefined) continue;
      return {
        x: (mercatorX(claim.operator.longitudeDegrees) - view.centreX) * view.worldSize + view.width / 2,
        y: (mercatorY(claim.operator.latitudeDegrees) - view.centreY) * view.worldSize + view.height / 2,
      };
    }
    return undefined;
  }

  function drawOperator(operator: { x: number; y: number }, x: number, y: number, isSelected: boolean): void {
    context.strokeStyle = colours.operator;
    context.globalAlpha = isSelected ? 0.9 : 0.45;
    context.lineWidth = 1;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(operator.x, operator.y);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    // A person: head and shoulders in a disc.
    context.lineWidth = 1.75;
    context.fillStyle = colours.fill;
    context.beginPath();
    context.arc(operator.x, operator.y, 9, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.beginPath();
    context.arc(operator.x, operator.y - 2.6, 2.4, 0, 2 * Math.PI);
    context.moveTo(operator.x - 4.5, operator.y + 5.4);
    context.arc(operator.x, operator.y + 5.4, 4.5, Math.PI, 2 * Math.PI);
    context.stroke();
    if (!isSelected) return;
    context.textAlign = "center";
    context.textBaseline = "middle";
    textWithHalo(words.operator, operator.x, operator.y + 20, colours.operator, OPERATOR_FONT);
    context.textAlign = "left";
  }

  function pixelsOf(view: View, label: GroundLabel): { x: number; y: number } {
    return {
      x: (mercatorX(label.lngLat[0]) - view.centreX) * view.worldSize + view.width / 2,
      y: (mercatorY(label.lngLat[1]) - view.centreY) * view.worldSize + view.height / 2,
    };
  }

  function drawGroundLabels(view: View, pixelsPerMetre: number, placer: ReturnType<typeof createPlacer>): void {
    context.textBaseline = "middle";
    // Protected assets have their room before anything else and are drawn above it; a name that finds no room is left out.
    const assets = groundLabels.filter((label) => label.kind === "asset");
    const assetFont = font(600, 12);
    for (const asset of assets) {
      const { x, y } = pixelsOf(view, asset);
      const w = measure(asset.text, assetFont);
      placer.add({ x: x - 10, y: y - 10, w: 20, h: 20 });
      placer.add({ x: x - w / 2, y: y + 11, w, h: 16 });
    }
    for (const label of groundLabels) {
      if (label.kind === "asset") continue;
      const { x, y } = pixelsOf(view, label);
      if (x < -80 || y < -30 || x > view.width + 80 || y > view.height + 30) continue;
      if (label.kind === "ring" || label.kind === "compass") {
        if ((label.metres ?? 0) * pixelsPerMetre < 70) continue;
        const name = font(450, 11);
        const w = measure(label.text, name) + 6;
        const box = { x: x - w / 2, y: y - 8, w, h: 16 };
        if (!placer.free(box)) continue;
        context.textAlign = "center";
        textWithHalo(label.text, x, y, colours.textMuted, name);
        placer.add(box);
      } else if (label.kind === "sensor") {
        context.strokeStyle = label.muted ? colours.coverageIll : colours.coverage;
        context.fillStyle = colours.halo;
        context.lineWidth = 1.75;
        context.beginPath();
        context.rect(x - 4.5, y - 4.5, 9, 9);
        context.fill();
        context.stroke();
        const name = font(450, 11);
        const w = measure(label.text, name);
        const below = { x: x - w / 2 - 2, y: y + 7, w: w + 4, h: 15 };
        const above = { ...below, y: y - 22 };
        const box = placer.free(below) ? below : placer.free(above) ? above : undefined;
        placer.add({ x: x - 5, y: y - 5, w: 10, h: 10 });
        if (box === undefined) continue;
        context.textAlign = "center";
        textWithHalo(label.text, x, box.y + 8, label.muted ? colours.coverageIll : colours.textMuted, name);
        placer.add(box);
      } else {
        const name = font(500, 11);
        const w = measure(label.text, name);
        const box = { x: x - w / 2, y: y - 18, w, h: 14 };
        if (!placer.free(box)) continue;
        context.textAlign = "center";
        context.globalAlpha = label.muted ? 0.6 : 1;
        textWithHalo(label.text, x, y - 11, colours.textMuted, name);
        context.globalAlpha = 1;
        placer.add(box);
      }
    }
    for (const asset of assets) {
      const { x, y } = pixelsOf(view, asset);
      context.strokeStyle = colours.asset;
      context.fillStyle = colours.halo;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x, y - 8);
      context.lineTo(x + 8, y);
      context.lineTo(x, y + 8);
      context.lineTo(x - 8, y);
      context.closePath();
      context.fill();
      context.stroke();
      context.textAlign = "center";
      textWithHalo(asset.text, x, y + 19, colours.asset, assetFont);
    }
    context.textAlign = "left";
  }

  /**
   * `detail`: "forced" is drawn whatever is in its way (a hand asked for it), "full" with its lines where there is room, else "short".
   */
  function drawLabel(
    track: TrackView,
    x: number,
    y: number,
    half: number,
    detail: "forced" | "full" | "short",
    placer: ReturnType<typeof createPlacer>,
  ): void {
    const full = detail !== "short";
    const idFont = font(650, 12);
    const lineFont = font(450, 11);
    const tagFont = font(650, 9);
    // The prefix of an identifier that is not live is drawn as the tag it is; an identifier without one still gets its tag.
    const { prefix, rest } = splitTrackId(track.id);
    const tag = prefix !== "" ? prefix : track.origin === "live" ? "" : words.originTag(track.origin);
    const first = `${rest} ${AFFILIATION_LETTER[track.affiliation]}`;
    const claim = track.claims[0];
    const second = full ? (claim?.callsign ?? claim?.serial ?? claim?.sessionId ?? "") : "";
    const third = full ? `${words.height(track)}  ${words.speed(track)}` : "";
    const lines = [second, third].filter((text) => text !== "");
    const tagWidth = tag === "" ? 0 : measure(tag, tagFont) + 4;
    const w = Math.max(measure(first, idFont) + tagWidth, ...lines.map((text) => measure(text, lineFont))) + 2;
    const h = 15 + lines.length * 14;
    const places: Box[] = [
      { x: x + half + 5, y: y - h / 2, w, h },
      { x: x - half - 5 - w, y: y - h / 2, w, h },
      { x: x - w / 2, y: y + half + 4, w, h },
      { x: x - w / 2, y: y - half - 4 - h, w, h },
    ];
    const box = places.find((place) => placer.free(place)) ?? (detail === "forced" ? places[0] : undefined);
    if (box === undefined) {
      if (detail === "full") drawLabel(track, x, y, half, "short", placer);
      return;
    }
    placer.add(box);
    context.textAlign = "left";
    context.textBaseline = "middle";
    textWithHalo(first, box.x + tagWidth, box.y + 8, colours.text, idFont);
    // Without a box: the frame around the map and the table's tags say it loudly enough, and a hundred boxes hide what they label.
    if (tag !== "") textWithHalo(tag, box.x, box.y + 8.5, colours.tag, tagFont);
    lines.forEach((text, index) => {
      textWithHalo(text, box.x, box.y + 22 + index * 14, colours.textMuted, lineFont);
    });
  }

  /** A second cue besides frame and colour: two bars over a hostile symbol, one over a suspect one. */
  function drawCue(track: TrackView, x: number, y: number, half: number, colour: string): void {
    if (track.affiliation !== "hostile" && track.affiliation !== "suspect") return;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - half * 0.7, y - half - 5);
    context.lineTo(x + half * 0.7, y - half - 5);
    if (track.affiliation === "hostile") {
      context.moveTo(x - half * 0.7, y - half - 9);
      context.lineTo(x + half * 0.7, y - half - 9);
    }
    context.stroke();
  }

  function drawSelection(x: number, y: number, half: number, strong: boolean): void {
    const r = half + 8;
    const arm = r * 0.45;
    context.strokeStyle = colours.select;
    context.lineWidth = strong ? 2 : 1.25;
    context.globalAlpha = strong ? 1 : 0.7;
    context.beginPath();
    for (const [sx, sy] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      context.moveTo(x + sx * r, y + sy * (r - arm));
      context.lineTo(x + sx * r, y + sy * r);
      context.lineTo(x + sx * (r - arm), y + sy * r);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  return {
    settings,
    setColours(next) {
      colours = next;
      sprites = createSprites(colours, ratio);
    },
    setWords(next) {
      words = next;
    },
    setGroundLabels(labels) {
      groundLabels = labels;
    },
    setSelected(id) {
      selected = id;
    },
    setHovered(id) {
      hovered = id;
    },
    setVisible(next) {
      visible = next;
    },
    setRanking(ids) {
      ranking = ids;
    },
    draw(view) {
      const wantedRatio = Math.min(window.devicePixelRatio || 1, 2);
      if (wantedRatio !== ratio) {
        ratio = wantedRatio;
        sprites = createSprites(colours, ratio);
      }
      const w = Math.round(view.width * ratio);
      const h = Math.round(view.height * ratio);
      if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);

      const tracks: TrackView[] = [];
      if (drawnX.length < picture.tracks.size) {
        drawnX = new Float32Array(picture.tracks.size * 2);
        drawnY = new Float32Array(picture.tracks.size * 2);
      }
      drawnIds = [];
      drawnAt.clear();
      const MARGIN = 60;
      for (const track of picture.tracks.values()) {
        if (visible !== undefined && !visible(track)) continue;
        let dx = mercatorX(track.position.longitudeDegrees) - view.centreX;
        dx -= Math.round(dx);
        const x = dx * view.worldSize + view.width / 2;
        const y = (mercatorY(track.position.latitudeDegrees) - view.centreY) * view.worldSize + view.height / 2;
        if (x < -MARGIN || y < -MARGIN || x > view.width + MARGIN || y > view.height + MARGIN) {
          if (track.id !== selected) continue;
        }
        drawnX[drawnIds.length] = x;
        drawnY[drawnIds.length] = y;
        drawnAt.set(track.id, drawnIds.length);
        drawnIds.push(track.id);
        tracks.push(track);
      }
      const crowded = tracks.length > 1_200;
      const size = crowded ? 13 : tracks.length > 400 ? 16 : tracks.length > 80 ? 19 : 22;
      const half = size * 0.62;
      const midLatitude = 2 * Math.atan(Math.exp((0.5 - view.centreY) * 2 * Math.PI)) - Math.PI / 2;
      const pixelsPerMetre = view.worldSize / (EARTH_CIRCUMFERENCE * Math.cos(midLatitude));
      const placer = createPlacer(view.width, view.height);
      const codes = tracks.map(symbolCodeOf);

      const operators = tracks.map((track) => (track.claims.length === 0 ? undefined : operatorOf(view, track)));
      for (let i = 0; i < tracks.length; i++) {
        placer.add({ x: drawnX[i]! - half, y: drawnY[i]! - half, w: 2 * half, h: 2 * half });
        const operator = operators[i];
        if (operator === undefined) continue;
        placer.add({ x: operator.x - 10, y: operator.y - 10, w: 20, h: 20 });
        if (tracks[i]!.id !== selected) continue;
        const w = measure(words.operator, OPERATOR_FONT);
        placer.add({ x: operator.x - w / 2, y: operator.y + 12, w, h: 16 });
      }
      drawGroundLabels(view, pixelsPerMetre, placer);
      drawBearings(context, picture.judgement?.bearings ?? [], view, pixelsPerMetre, colours);
      drawGroups(context, picture.judgement?.groups ?? [], words.group, view, colours);
      drawCameras(context, picture.cameras, view, pixelsPerMetre, colours);

      if (settings.trails) {
        let count = 0;
        for (let i = 0; i < tracks.length; i++) {
          const track = tracks[i]!;
          const strong = track.id === selected || track.id === hovered;
          if (!strong && (crowded || ++count > TRAILS_AT_MOST)) continue;
          drawTrail(view, track, strong, frameColour(codes[i]!, colours));
        }
      }
      if (settings.vectors) drawVectors(tracks, codes, pixelsPerMetre);
      for (let i = 0; i < tracks.length; i++) {
        const track = tracks[i]!;
        const isSelected = track.id === selected;
        const colour = frameColour(codes[i]!, colours);
        if (isSelected || track.id === hovered || (settings.ellipses && !crowded))
          drawEllipse(track, drawnX[i]!, drawnY[i]!, pixelsPerMetre, colour, isSelected);
        if (isSelected) drawSelectedVector(track, drawnX[i]!, drawnY[i]!, pixelsPerMetre, colour);
        const operator = operators[i];
        if (operator !== undefined) drawOperator(operator, drawnX[i]!, drawnY[i]!, isSelected);
      }
      // The selected symbol last, above all others.
      const order = tracks.map((_, index) => index);
      if (selected !== undefined) {
        const at = drawnAt.get(selected);
        if (at !== undefined) {
          order.splice(at, 1);
          order.push(at);
        }
      }
      for (const i of order) {
        const track = tracks[i]!;
        const own = track.id === selected ? size + 4 : track.status === "tentative" ? Math.round(size * 0.7) : size;
        const sprite = sprites.get(codes[i]!, own, isBird(track));
        const x = drawnX[i]!;
        const y = drawnY[i]!;
        context.globalAlpha = alphaOf(track);
        context.drawImage(sprite.canvas, x - sprite.anchorX, y - sprite.anchorY, sprite.width, sprite.height);
        drawCue(track, x, y, half, frameColour(codes[i]!, colours));
        context.globalAlpha = 1;
        if (track.id === selected) drawSelection(x, y, half, true);
        else if (track.id === hovered) drawSelection(x, y, half, false);
      }
      // Labels: the selected and hovered first, then by rank while there is room.
      let labelled = 0;
      for (const id of [selected, hovered]) {
        const at = id === undefined ? undefined : drawnAt.get(id);
        if (at !== undefined) drawLabel(tracks[at]!, drawnX[at]!, drawnY[at]!, id === selected ? half + 12 : half + 4, "forced", placer);
      }
      if (settings.labels) {
        for (const id of ranking) {
          if (labelled >= LABELS_AT_MOST) break;
          const at = drawnAt.get(id);
          // A track that may be nothing is drawn small and named when a hand asks for it.
          if (at === undefined || id === selected || id === hovered || tracks[at]!.status === "tentative") continue;
          drawLabel(tracks[at]!, drawnX[at]!, drawnY[at]!, half + 4, tracks.length <= 40 ? "full" : "short", placer);
          labelled += 1;
        }
      }
    },
    hit(x, y, reach = 20) {
      let best: string | undefined;
      let bestDistance = reach;
      for (let i = 0; i < drawnIds.length; i++) {
        const distance = Math.hypot(drawnX[i]! - x, drawnY[i]! - y);
        if (distance < bestDistance) {
          bestDistance = distance;
          best = drawnIds[i];
        }
      }
      return best;
    },
    whereIs(id) {
      const at = drawnAt.get(id);
      return at === undefined ? undefined : { x: drawnX[at]!, y: drawnY[at]! };
    },
  };
}
