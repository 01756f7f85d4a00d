// The pace of a recording: when each piece is due, by a clock that a test can hold.

export interface PlayClock {
  /** ms, never backwards. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const realClock: PlayClock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Pauses longer than this (s) are cut: nobody waits for a night in which the recorder was off. Said in a note. */
export const LONGEST_GAP = 600;

/**
 * Turns the times of a recording into the time to wait. Times count from the first piece; a step backwards, and a piece without a time
 * in a timed recording, let no time pass; pieces that all lack times come at `steadyRate` a second.
 */
export class Pace {
  /** s of recording since its first piece. */
  elapsed = 0;
  /** Pieces that came without a time. */
  untimed = 0;
  backwards = 0;
  longGaps = 0;
  private readonly clock: PlayClock;
  private readonly speed: number;
  private readonly steadyRate: number;
  private before: number | undefined;
  private first = true;
  private readonly began: number;

  /** `speed` times the recording's own pace; infinite: no waiting. */
  constructor(clock: PlayClock, speed: number, steadyRate: number) {
    this.clock = clock;
    this.speed = speed;
    this.steadyRate = steadyRate;
    this.began = clock.now();
  }

  /** Moves on to a piece with this time; returns its place in the recording, s. */
  advance(time: number | undefined): number {
    if (time === undefined) {
      this.untimed += 1;
      if (!this.first && this.before === undefined) this.elapsed += 1 / this.steadyRate;
    } else {
      const step = this.before === undefined ? 0 : time - this.before;
      if (step < 0) this.backwards += 1;
      else if (step > LONGEST_GAP) this.longGaps += 1;
      else this.elapsed += step;
      this.before = time;
    }
    this.first = false;
    return this.elapsed;
  }

  /** A recording that starts again: no time between its last piece and its first. */
  restart(): void {
    this.before = undefined;
  }

  /** Waits until the piece at `place` is due, counted from `from` in the recording; does not drift. Ends early when `stopped`. */
  async wait(place: number, from: number, stopped: () => boolean): Promise<void> {
    if (!Number.isFinite(this.speed)) return;
    const due = this.began + ((place - from) / this.speed) * 1000;
    for (let left = due - this.clock.now(); left > 1 && !stopped(); left = due - this.clock.now()) {
      await this.clock.sleep(Math.min(left, LONGEST_SLEEP));
    }
  }
}

/** ms; so soon an interrupted player stops. */
const LONGEST_SLEEP = 250;
