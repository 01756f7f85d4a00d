// How much time passed between two frames of a stream.
//
// The receiver's counter tells it best, and alone tells it right when a recording is played faster than it was made. But
// forwarders merge several receivers, restart, or send no counter at all; then the time of receipt has to do.

/** A counter this far behind the last one, s, belongs to another receiver or to a restart. */
const BACKWARD = 1;
/** After a counter ran backwards, this many frames trust a step forward only if it is small. */
const DISTRUST_FRAMES = 1_000;
/** A small step, s. */
const SMALL_STEP = 5;

export interface StreamClock {
  /** Seconds since the first stream of the source began, as this stream counts them. */
  now: number;
  /** Seconds; undefined before the first frame. */
  receivedAt: number | undefined;
  /** Seconds of the counter; undefined when the last frame had none. */
  stamp: number | undefined;
  distrust: number;
}

/** A stream that begins when the others stand at `now`. */
export const createStreamClock = (now: number): StreamClock => ({ now, receivedAt: undefined, stamp: undefined, distrust: 0 });

/** Moves the clock on by one frame and returns it, s; it never runs back. `receivedAt` and `stamp` are seconds. */
export function advance(clock: StreamClock, receivedAt: number, stamp: number | undefined): number {
  clock.now += elapsed(clock, receivedAt, stamp);
  return clock.now;
}

function elapsed(clock: StreamClock, receivedAt: number, stamp: number | undefined): number {
  const received = clock.receivedAt === undefined ? 0 : Math.max(0, receivedAt - clock.receivedAt);
  clock.receivedAt = receivedAt;
  const before = clock.stamp;
  if (stamp === undefined) {
    if (before !== undefined) clock.stamp = before + received;
    return received;
  }
  clock.stamp = stamp;
  if (before === undefined) return received;
  const step = stamp - before;
  if (clock.distrust > 0) clock.distrust -= 1;
  if (step < -BACKWARD) {
    clock.distrust = DISTRUST_FRAMES;
    return received;
  }
  if (step <= 0) {
    clock.stamp = before; // frames of one moment may arrive in any order
    return 0;
  }
  if (clock.distrust > 0 && step > SMALL_STEP) return received;
  return step;
}
