/** How the character is rendered: a quiet line, a bar while something is prepared, and what went wrong, in words. */

import { json } from "./api.js";
import { byId } from "./dom.js";

const CALM_MS = 15_000;
const BUSY_MS = 2000;
/** So long after a character came on, news are likely. */
const FRESH_MS = 12_000;

/**
 * @typedef {object} Live
 * @property {boolean} ready
 * @property {string} note how it is rendered
 * @property {number | null} progress 0 to 1 while something is prepared
 * @property {string} trouble why the last picture could not be painted
 */

/** Asks the server now and then, more often while something happens. */
export class Rendering {
  #timer = 0;
  #name = "";
  #met = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#ask());
  }

  /** Tell of this character from now on. @param {string} name */
  watch(name) {
    this.#name = name;
    this.#met = performance.now();
    show(null);
    this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    if (document.hidden || !this.#name) return;
    const name = this.#name;
    const { live } = await json(`api/characters/${encodeURIComponent(name)}`).catch(() => ({ live: null }));
    if (name !== this.#name) return;
    show(live);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#isBusy(live) ? BUSY_MS : CALM_MS);
  }

  #isBusy(live) {
    return !live?.ready || live.progress !== null || live.trouble || performance.now() - this.#met < FRESH_MS;
  }
}

/** @param {Live | null} live */
function show(live) {
  const { note = "", progress = null, trouble = "", ready = true } = live ?? {};
  const line = byId("rendering");
  const portion = progress === null ? "" : `Preparing, ${Math.round(progress * 100)} %`;
  line.textContent = [ready ? "" : "Getting ready…", portion, note].filter(Boolean).join(" · ");
  line.title = line.textContent;
  byId("preparing").hidden = progress === null;
  byId("preparing").value = progress ?? 0;
  byId("rendering-trouble").hidden = !trouble;
  byId("rendering-trouble").textContent = trouble;
}
