/** One live character in the chat: its canvas, and the stream that fills it. */

import { FrameQueue } from "./live/queue.js";
import { Meter } from "./live/meter.js";
import { Stage } from "./live/stage.js";
import { persist } from "./live/api.js";
import { readFrames } from "./live/stream.js";
import { make } from "./dom.js";
import { pictureAddress } from "./client.js";
import { settings } from "./settings.js";

const AWAY = "Kuchipaku does not answer. Reconnecting…";

/**
 * @typedef {object} Clock what is heard: gives each performance its time
 * @property {(performance: string) => number | null} timeOf the media second heard now; null where there is no clock
 * @property {boolean} playing
 * @property {(frame: import("./live/stream.js").Frame) => void} saw a frame of some performance has come
 */

/** A place on the stage, in which one character after another may stand. */
export class Figure {
  #queue = new FrameQueue();
  #canvas = /** @type {HTMLCanvasElement} */ (make("canvas", { role: "img" }));
  #still = /** @type {HTMLImageElement} */ (make("img", { class: "kuchi-still", alt: "" }));
  #note = make("p", { class: "kuchi-note" });
  #watching = new AbortController();
  #clock;
  #cast;
  #stage;
  meter = new Meter();
  /** Who stands here. @type {import("./client.js").Character | null} */
  character = null;
  /** The server's name for whom. */
  part = "";

  /**
   * @param {Clock} clock
   * @param {import("./cast.js").Cast} cast
   */
  constructor(clock, cast) {
    this.#clock = clock;
    this.#cast = cast;
    this.element = make("div", { class: "kuchi-figure" }, this.#canvas, this.#still, this.#note);
    this.#stage = new Stage(this.#canvas, this.#queue, /** @type {any} */ (clock), this.meter);
    this.#still.addEventListener("error", () => (this.#still.hidden = true));
  }

  /** Media time, performance and generation of the frame on show. */
  get shown() {
    return this.#stage.shown;
  }

  /** Called before every drawing of the screen. @param {() => void} tick */
  set ontick(tick) {
    this.#stage.ontick = tick;
  }

  /** Bring a character on. @param {import("./client.js").Character} character */
  show(character) {
    this.character = character;
    this.part = "";
    this.#canvas.classList.remove("shown");
    this.#canvas.setAttribute("aria-label", `Live picture of ${character.name}`);
    this.#still.hidden = false;
    this.#still.src = pictureAddress(character);
    this.watch();
  }

  /** Watch the stream from now on, or anew. */
  watch() {
    this.rest();
    if (!this.character) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    persist(signal, (worked) => this.#read(signal, worked), (error) => this.#tell(error));
  }

  /** Close the stream; the last picture stays. */
  rest() {
    this.#watching.abort();
  }

  /** Draw nothing that speaks and is older than this. @param {number} generation */
  begin(generation) {
    this.#queue.floor = generation;
  }

  /** Draw nothing more of what is said now. */
  hush() {
    if (this.shown.performance) this.#queue.refuse();
  }

  async #read(signal, worked) {
    this.part = await this.#cast.partOf(this.character);
    if (signal.aborted) return;
    this.#queue.reset();
    await readFrames(`live/${encodeURIComponent(this.part)}.mjpg?format=png`, signal, (frame) => {
      worked();
      this.#take(frame);
    });
  }

  /** Frames are early or late by the person's own measure; everything behind this reckons without it. */
  #take(frame) {
    this.#tell(null);
    const shifted = { ...frame, time: frame.time - settings().offset / 1000 };
    this.#queue.push(shifted);
    if (frame.performance) this.#clock.saw(shifted);
  }

  #tell(trouble) {
    const told = trouble?.status ? [trouble.message, trouble.hint].filter(Boolean).join(" ") : AWAY;
    const words = trouble ? told : "";
    if (this.#note.textContent !== words) this.#note.textContent = words;
  }
}
