/** How well the picture keeps up: frames a second, and its offset from the sound. */

const OFFSETS_KEPT = 600;
const WINDOW_MS = 2000;

/** Gathers what is measured while the page runs. */
export class Meter {
  /** Seconds by which the shown frame was ahead of the heard sound, looked at whenever the screen was drawn. */
  offsets = [];
  #drawn = [];

  /** A new frame was drawn. @param {number} now milliseconds */
  drew(now) {
    this.#drawn = [...this.#drawn.filter((moment) => now - moment < WINDOW_MS), now];
  }

  /** The screen was drawn while sound was heard. @param {number} offset seconds */
  heard(offset) {
    this.offsets.push(offset);
    if (this.offsets.length > OFFSETS_KEPT) this.offsets.shift();
  }

  /** New frames drawn in a second. */
  get fps() {
    const now = performance.now();
    const recent = this.#drawn.filter((moment) => now - moment < WINDOW_MS);
    return recent.length > 1 ? ((recent.length - 1) * 1000) / (now - recent[0]) : 0;
  }

  /** Milliseconds that 95 % of the offsets stay within; null before anything was said. */
  get offsetP95() {
    if (!this.offsets.length) return null;
    const sizes = this.offsets.map(Math.abs).sort((a, b) => a - b);
    return sizes[Math.floor((sizes.length - 1) * 0.95)] * 1000;
  }

  /** Milliseconds the picture is ahead of the sound (behind: negative) in the middle of the last offsets. */
  get offset() {
    const last = this.offsets.slice(-60).sort((a, b) => a - b);
    return last.length ? last[last.length >> 1] * 1000 : null;
  }
}
