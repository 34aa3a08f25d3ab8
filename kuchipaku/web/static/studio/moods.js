/** The emotions as chips: one click wears one. */

import { make } from "../dom.js";
import { familyOf } from "../emotions.js";

export class Moods {
  /** @type {Map<string, HTMLElement>} */
  #chips = new Map();

  /**
   * @param {HTMLElement} root
   * @param {string[]} emotions
   * @param {(emotion: string) => void} onwear
   */
  constructor(root, emotions, onwear) {
    for (const emotion of emotions) {
      const chip = make("button", { type: "button", class: "chip", "data-family": familyOf(emotion) }, emotion);
      chip.addEventListener("click", () => onwear(emotion));
      this.#chips.set(emotion, chip);
    }
    root.replaceChildren(...this.#chips.values());
  }

  /**
   * @param {string} worn
   * @param {string[]} edited emotions whose template differs from the one saved
   */
  show(worn, edited) {
    for (const [emotion, chip] of this.#chips) {
      chip.setAttribute("aria-pressed", String(emotion === worn));
      chip.toggleAttribute("data-edited", edited.includes(emotion));
      chip.title = edited.includes(emotion) ? "Its template is changed and not saved yet" : "";
    }
  }
}
