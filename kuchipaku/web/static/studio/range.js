/** A slider with its number beside it. */

import { make } from "../dom.js";
import { short } from "./labels.js";

/**
 * @typedef {object} Scale
 * @property {string} label what a screen reader calls it
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number} rest where a double click leads
 * @property {number} [origin] where the coloured bar begins; the rest unless told
 * @property {number} [least] what may be typed, where that is more than the slider reaches
 * @property {number} [most]
 */

/** Two inputs that show one number; what is typed is held inside the limits. */
export class Range {
  #slider;
  #number;
  #scale;

  /**
   * @param {Scale} scale
   * @param {(value: number) => void} onmove called for every move by hand
   */
  constructor(scale, onmove) {
    this.#scale = { least: scale.low, most: scale.high, origin: scale.rest, ...scale };
    const { label, low, high, step, rest } = scale;
    const limits = { min: String(low), max: String(high), step: String(step) };
    this.#slider = /** @type {HTMLInputElement} */ (make("input", { type: "range", "aria-label": label, ...limits }));
    const typed = { type: "number", inputmode: "decimal", step: "any", tabindex: "-1" };
    this.#number = /** @type {HTMLInputElement} */ (make("input", { ...typed, "aria-label": `${label}, number` }));
    this.#slider.title = `Double click: ${short(rest)}`;
    const moved = (value) => (this.show(value), onmove(value));
    this.#slider.addEventListener("input", () => moved(this.#slider.valueAsNumber));
    this.#slider.addEventListener("dblclick", () => moved(rest));
    this.#number.addEventListener("change", () => moved(this.#held(this.#number.valueAsNumber)));
    this.element = make("span", { class: "range" }, this.#slider, this.#number);
  }

  /** @param {number} value */
  show(value) {
    this.value = value;
    const { low, high, rest, origin } = this.#scale;
    this.#slider.value = String(value);
    this.#number.value = short(value);
    const share = (x) => `${(100 * (Math.min(high, Math.max(low, x)) - low)) / (high - low)}%`;
    const [from, to] = [Math.min(value, origin), Math.max(value, origin)].map(share);
    this.#slider.style.setProperty("--from", from);
    this.#slider.style.setProperty("--to", to);
    this.element.toggleAttribute("data-moved", value !== rest);
  }

  #held(value) {
    const { least, most, rest } = this.#scale;
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : rest;
  }
}
