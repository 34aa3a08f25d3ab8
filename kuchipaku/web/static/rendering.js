/** How the character is rendered: a quiet line, a bar while something is prepared, and what went wrong, in words. */

import { json } from "./api.js";
import { byId } from "./dom.js";

const CALM_MS = 15_000;
const BUSY_MS = 2000;
/** While everybody waits for the character to come alive. */
const WAITING_MS = 500;
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
    show(undefined);
    this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    if (document.hidden || !this.#name) return;
    const name = this.#name;
    const { live } = await json(`api/characters/${encodeURIComponent(name)}`).catch(() => ({}));
    if (name !== this.#name) return;
    show(live);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#pause(live));
  }

  #pause(live) {
    if (isWaiting(live)) return live?.trouble ? BUSY_MS : WAITING_MS;
    const busy = !live || live.progress !== null || live.trouble || performance.now() - this.#met < FRESH_MS;
    return busy ? BUSY_MS : CALM_MS;
  }
}

/** Nobody has called on it yet, or it is being built. @param {Live | null | undefined} live undefined: not known */
function isWaiting(live) {
  return live === null || live?.ready === false;
}

/** @param {Live | null | undefined} live */
function show(live) {
  const { note = "", progress = null, trouble = "" } = live ?? {};
  const line = byId("rendering");
  const portion = progress === null ? "" : `Preparing, ${Math.round(progress * 100)} %`;
  line.textContent = [isWaiting(live) ? "Getting ready…" : "", portion, note].filter(Boolean).join(" · ");
  line.title = line.textContent;
  byId("preparing").hidden = progress === null;
  byId("preparing").value = progress ?? 0;
  byId("rendering-trouble").hidden = !trouble;
  byId("rendering-trouble").textContent = trouble;
}
