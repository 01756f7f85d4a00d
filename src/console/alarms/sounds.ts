// Three tones, told apart by pitch, number of pulses and rhythm, for ears that tell only one of these. A browser plays nothing before the
// person touched the page; until then `state` says so, and the screen shows it.

import type { AlertLevel } from "../../core/model/alert.ts";

export interface Pulse {
  readonly hertz: number;
  /** Seconds from the start of the tone. */
  readonly from: number;
  readonly seconds: number;
}

const pulses = (pitches: readonly number[], every: number, seconds: number): Pulse[] =>
  pitches.map((hertz, index) => ({ hertz, from: index * every, seconds }));

/** All within 500 to 3,000 Hz: below, small loudspeakers are silent; above, older ears are deaf. */
export const TONES: Readonly<Record<AlertLevel, readonly Pulse[]>> = {
  1: pulses([1_400, 2_100, 1_400, 2_100, 1_400, 2_100], 0.15, 0.12),
  2: pulses([1_000, 1_000, 1_000], 0.3, 0.18),
  3: pulses([620], 0.5, 0.4),
};

const VOLUME = 0.25;
/** Seconds of rise and fall: a hard edge is a click. */
const EDGE = 0.012;

export type SoundState = "waiting" | "ready" | "none";

export interface Sounds {
  /** waiting: for a person's first touch. none: this browser has no sound. */
  state(): SoundState;
  /** To be called within a person's press or key. */
  allow(): void;
  /** Nothing happens unless the state is "ready". */
  play(level: AlertLevel): void;
}

export function createSounds(): Sounds {
  let context: AudioContext | undefined;
  const available = typeof AudioContext === "function";
  return {
    state: () => (!available ? "none" : context?.state === "running" ? "ready" : "waiting"),
    allow() {
      if (!available) return;
      try {
        context ??= new AudioContext();
        if (context.state === "suspended") void context.resume().catch(() => {});
      } catch {
        // No sound device: the screen shows the alarm all the same.
      }
    },
    play(level) {
      if (context === undefined || context.state !== "running") return;
      const start = context.currentTime + 0.02;
      for (const { hertz, from, seconds } of TONES[level]) {
        const oscillator = context.createOscillator();
        const gain = context.createGain();
        oscillator.type = "triangle";
        oscillator.frequency.value = hertz;
        gain.gain.setValueAtTime(0, start + from);
        gain.gain.linearRampToValueAtTime(VOLUME, start + from + EDGE);
        gain.gain.setValueAtTime(VOLUME, start + from + seconds - EDGE);
        gain.gain.linearRampToValueAtTime(0, start + from + seconds);
        oscillator.connect(gain).connect(context.destination);
        oscillator.start(start + from);
        oscillator.stop(start + from + seconds);
      }
    },
  };
}

/** One for the page: browsers count contexts. */
export const sounds: Sounds = createSounds();
