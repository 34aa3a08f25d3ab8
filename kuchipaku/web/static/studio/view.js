/** What stands around the live picture: its ground, and the look that follows the pointer. */

import { recall, remember } from "../memory.js";
import { lookingAt } from "./poses.js";

/**
 * @param {HTMLElement} easel carries the ground as `data-ground`
 * @param {HTMLElement} choices radio buttons named "ground"
 */
export function wireGrounds(easel, choices) {
  const show = (ground) => (easel.dataset.ground = ground);
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (choices.querySelectorAll("input"))) {
    radio.checked = radio.value === recall("studio.ground", "checks");
    radio.addEventListener("change", () => (remember("studio.ground", radio.value), show(radio.value)));
  }
  show(recall("studio.ground", "checks"));
}

/** While it is on, eyes and head turn to the pointer. */
export class Follower {
  #picture;
  #onlook;
  #on = false;
  #moved = (event) => this.#look(event);

  /**
   * @param {HTMLElement} picture
   * @param {(part: Record<string, number> | null) => void} onlook null: no longer
   */
  constructor(picture, onlook) {
    this.#picture = picture;
    this.#onlook = onlook;
  }

  /** @param {boolean} on */
  turn(on) {
    if (on === this.#on) return;
    this.#on = on;
    if (on) return addEventListener("pointermove", this.#moved);
    removeEventListener("pointermove", this.#moved);
    this.#onlook(null);
  }

  #look({ clientX, clientY }) {
    const { left, top, width, height } = this.#picture.getBoundingClientRect();
    const reach = Math.max(width, height) / 1.5;
    this.#onlook(lookingAt((clientX - left - width / 2) / reach, (clientY - top - height * 0.4) / reach));
  }
}
