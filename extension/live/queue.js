/** The short queue in which frames wait for their moment. */

/** @typedef {import("./stream.js").Frame} Frame */

/** A page whose drawing rests still receives; more than this never belongs to one hold. */
const MOST_FRAMES = 90;

/** Frames that wait for their moment, in the order in which they were made. */
export class FrameQueue {
  /** @type {Frame[]} */
  #frames = [];
  #floor = 0;
  #newest = 0;
  #hold;

  /** @param {number} hold the longest a frame waits, in seconds */
  constructor(hold = 1) {
    this.#hold = hold;
  }

  /** Speaking frames of a generation below this one are stale: never shown. */
  get floor() {
    return this.#floor;
  }

  set floor(generation) {
    this.#floor = generation;
    this.#keep((frame) => !this.#isStale(frame));
  }

  /** Refuse every generation met so far, before the server has named the next one. */
  refuse() {
    this.floor = this.#newest + 1;
  }

  /** Forget all: the server may have started anew. */
  reset() {
    this.#keep(() => false);
    this.#floor = 0;
    this.#newest = 0;
  }

  /** @param {Frame} frame */
  push(frame) {
    this.#newest = Math.max(this.#newest, frame.generation);
    if (this.#isStale(frame)) return frame.bitmap.close();
    this.#keep((waiting) => waiting.generation === frame.generation);
    this.#frames.push(frame);
    this.#frames.sort((a, b) => a.number - b.number);
    while (this.#frames.length > MOST_FRAMES) this.#frames.shift().bitmap.close();
  }

  /**
   * The newest frame whose moment has come; those before it are dropped.
   * @param {number} now `performance.now()`
   * @param {(performance: string) => number | null} timeOf media seconds now, null where no clock runs for it
   * @returns {Frame | null}
   */
  take(now, timeOf) {
    let due = null;
    while (this.#frames.length && this.#isDue(this.#frames[0], now, timeOf)) {
      due?.bitmap.close();
      due = this.#frames.shift() ?? null;
    }
    return due;
  }

  #isStale({ generation, performance }) {
    return generation < this.#newest || (performance !== "" && generation < this.#floor);
  }

  #isDue(frame, now, timeOf) {
    const time = frame.performance ? timeOf(frame.performance) : null;
    return time === null || frame.time <= time || now - frame.arrived > this.#hold * 1000;
  }

  #keep(wanted) {
    for (const frame of this.#frames) if (!wanted(frame)) frame.bitmap.close();
    this.#frames = this.#frames.filter(wanted);
  }
}
