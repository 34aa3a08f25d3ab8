/** Keeping picture and sound together: how early frames must be asked for, and how far sound must trail them. */

/** Frames looked at before the pace is judged: one second. */
const JUDGED = 30;
/** Milliseconds after a correction in which frames still come at the old pace. */
const SETTLING_MS = 400;
/** Seconds after its moment at which a late frame comes (all but a tenth are earlier): wished for, and borne. */
const WISHED = -0.06;
const LATEST = -0.025;
/** An early frame only waits in the queue, so that much is left as it is. */
const EARLIEST = -0.25;
/** One correction is no larger, so that a short trouble of the machine does not swing it. */
const MOST_STEP = 0.12;
const MOST_TRAVEL = 0.5;

/** For a page that gives the clock: learns how long frames travel from brush to screen. */
export class Pace {
  #lags = [];
  #settled = 0;

  /** @param {number} travel seconds, as known so far */
  constructor(travel) {
    this.travel = travel;
  }

  /**
   * A frame has come.
   * @param {number} lag seconds after its moment was heard; negative where it is early
   * @param {number} now milliseconds
   * @returns {boolean} whether `travel` has changed
   */
  saw(lag, now) {
    if (now < this.#settled) return false;
    this.#lags.push(lag);
    if (this.#lags.length < JUDGED) return false;
    const late = quantile(this.#lags, 0.9);
    this.#lags = [];
    if (late > EARLIEST && late < LATEST) return false;
    this.travel = clamp(this.travel + clamp(late - WISHED, -MOST_STEP, MOST_STEP), 0, MOST_TRAVEL);
    this.#settled = now + SETTLING_MS;
    return true;
  }
}

/** Seconds by which a follower lets the sound trail the frames: time to fetch and decode it. */
const BEHIND = 0.25;
/** Seconds of drift from which a follower's clock is set anew while it plays. */
const MOST_DRIFT = 0.08;
const ARRIVALS = 15;

/** For a page that follows: sets the sound's clock by the arrival of the frames. */
export class Trail {
  #arrivals = [];

  /**
   * A frame has come.
   * @param {number} base the time of its media second 0, had it sounded on arrival
   * @param {number | null} held the clock's base up to now
   * @param {boolean} playing whether sound is scheduled by that base
   * @returns {number} the clock's base from now on
   */
  saw(base, held, playing) {
    const jumped = this.#arrivals.length && Math.abs(base - this.#arrivals[this.#arrivals.length - 1]) > BEHIND;
    this.#arrivals = [...(jumped ? [] : this.#arrivals.slice(1 - ARRIVALS)), base];
    const seen = quantile(this.#arrivals, 0.5) + BEHIND;
    return held === null || !playing || Math.abs(seen - held) > MOST_DRIFT ? seen : held;
  }
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
}
