/** One live character on a page: its picture, its sound, and the feed that tells what it performs. */

import { eventsOf, persist, post, request } from "./api.js";
import { Meter } from "./meter.js";
import { Player } from "./player.js";
import { FrameQueue } from "./queue.js";
import { Stage } from "./stage.js";
import { readFrames } from "./stream.js";
import { watched } from "./watchdog.js";

/** The longest silence of the feed in milliseconds: the server sends a sign of life every 10 s. */
const FEED_SILENCE_MS = 25_000;

/**
 * @typedef {object} Look how frames are asked for
 * @property {"png" | "jpeg"} format png keeps transparency, jpeg is smaller
 * @property {number} [fps]
 * @property {string} [background] RRGGBB, under a jpeg
 */

/** @typedef {(event: string, told: any) => void} Listener hears every event of one performance */

/** The live character. It plays what its own page asks for, and follows what other clients make it perform. */
export class Scene {
  player = new Player();
  meter = new Meter();
  #queue = new FrameQueue();
  #stage;
  #look;
  #character = "";
  #feeding = new AbortController();
  #watching = new AbortController();
  #asking = new AbortController();
  #following = new AbortController();
  /** Settles when the answer to our own text begins: until then the feed may tell of it first. */
  #answered = Promise.resolve();
  /** The answer to our last stop: a text asked for later must not overtake it. @type {Promise<Response> | null} */
  #stopping = null;
  /** The performance that the feed told of last, until we play it. */
  #news = null;

  /** Gives the listener for a performance that another client began. @type {() => Listener} */
  onfollow = () => () => {};
  /** What was said here has been silenced from elsewhere. @type {() => void} */
  onhush = () => {};
  /** The picture was lost, and why; null once it is back. @type {(trouble: Error | null) => void} */
  onpicture = () => {};

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Look} look
   */
  constructor(canvas, look) {
    this.#look = look;
    this.#stage = new Stage(canvas, this.#queue, this.player, this.meter);
    document.addEventListener("visibilitychange", () => this.#watch());
  }

  /** Media time, performance and generation of the frame on show. */
  get shown() {
    return this.#stage.shown;
  }

  /** Called before every drawing of the screen. @param {() => void} tick */
  set ontick(tick) {
    this.#stage.ontick = tick;
  }

  get character() {
    return this.#character;
  }

  /** Bring a character on. @param {string} name */
  show(name) {
    this.hush();
    this.#character = name;
    this.#feeding.abort();
    this.#feeding = new AbortController();
    const { signal } = this.#feeding;
    persist(signal, (worked) => this.#feed(signal, worked), () => {});
    this.#watch();
  }

  /**
   * Have a text performed here, and play it to its end. What was said before is silenced at once.
   * @param {string} path "api/chat" or "api/perform"
   * @param {object} body
   * @param {Listener} listener
   * @throws {ApiError} the server refused; {DOMException} "AbortError": something newer took its place
   */
  async ask(path, body, listener) {
    this.hush();
    const { signal } = (this.#asking = new AbortController());
    let begun = () => {};
    this.#answered = new Promise((resolve) => (begun = () => resolve()));
    try {
      await this.#stopping?.catch(() => {});
      const response = await post(path, { ...body, character: this.#character, player: true }, { signal });
      await this.#play(eventsOf(response), listener, begun);
    } catch (error) {
      if (!signal.aborted) await this.stop().catch(() => {});
      throw error;
    } finally {
      begun();
    }
  }

  /** Silence and still the character, here at once and on the server. */
  async stop() {
    this.hush();
    const character = this.#character;
    const stopping = (this.#stopping = post("api/stop", { character }));
    try {
      const told = await (await stopping).json();
      if (character === this.#character) this.#queue.floor = told.generation;
    } catch (error) {
      if (character === this.#character) this.#queue.floor = 0;
      throw error;
    } finally {
      if (this.#stopping === stopping) this.#stopping = null;
    }
  }

  /** Silence at once, and draw nothing more of what is said. */
  hush() {
    if (this.player.turn || this.shown.performance) this.#queue.refuse();
    this.#news = null;
    this.player.hush();
    this.#asking.abort();
    this.#following.abort();
  }

  /** Lay the page's read-only debug face at `window.kuchipaku`: sound, meter, and the frame on show. */
  expose() {
    const { player, meter } = this;
    const audio = {
      get playing() { return player.playing; },
      get mediaTime() { return player.turn?.time() ?? null; },
      rms: () => player.rms(),
    };
    const shown = () => this.shown;
    Object.assign(window, { kuchipaku: { audio, meter, get shown() { return shown(); } } });
  }

  #watch() {
    this.#watching.abort();
    if (document.hidden || !this.#character) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    persist(signal, (worked) => this.#read(signal, worked), (error) => this.onpicture(error));
  }

  async #read(signal, worked) {
    this.#queue.reset();
    const asked = new URLSearchParams(Object.entries(this.#look).map(([name, value]) => [name, String(value)]));
    const path = `live/${encodeURIComponent(this.#character)}.mjpg?${asked}`;
    await readFrames(path, signal, (frame) => {
      worked();
      this.#take(frame);
    });
  }

  #take(frame) {
    this.onpicture(null);
    this.#queue.push(frame);
    const { turn } = this.player;
    if (!frame.performance) return;
    if (frame.performance === turn?.performance) turn.saw(frame);
    else if (frame.performance === this.#news?.performance) this.#follow(this.#news);
  }

  async #feed(signal, worked) {
    const path = `api/characters/${encodeURIComponent(this.#character)}/events`;
    await watched(signal, FEED_SILENCE_MS, async (open, heard) => {
      const response = await request(path, { signal: open });
      worked();
      for await (const { event, data } of eventsOf(response, heard)) {
        this.#quietBefore(data.generation);
        this.#news = event === "performance" ? data : null;
      }
    });
  }

  #quietBefore(generation) {
    this.#queue.floor = Math.max(this.#queue.floor, generation);
    if (!this.player.turn || this.player.turn.generation >= generation) return;
    this.player.hush();
    this.onhush();
  }

  /** Play along with a performance, once its frames are seen: old news is no performance. */
  async #follow({ performance, generation }) {
    this.#news = null;
    this.#following.abort();
    const { signal } = (this.#following = new AbortController());
    await this.#answered;
    if (signal.aborted || this.player.turn?.performance === performance || generation < this.#queue.floor) return;
    try {
      const response = await request(`api/performances/${performance}/events`, { signal });
      await this.#play(eventsOf(response), this.onfollow(), null);
    } catch (error) {
      if (!signal.aborted) console.warn("a performance could not be followed", error);
    }
  }

  /** @param {(() => void) | null} begun called at the start of our own performance; null: we only follow */
  async #play(events, listener, begun) {
    let turn = null;
    for await (const { event, data } of events) {
      if (event === "start") {
        turn = this.#begin(data, begun !== null);
        turn.onerror = (error) => listener("error", { error: error.message, hint: error.hint ?? "" });
        begun?.();
      }
      if (event === "speech") turn?.add(data);
      listener(event, data);
    }
  }

  #begin(about, ours) {
    this.#queue.floor = about.generation;
    const clock = `api/performances/${about.performance}/clock`;
    const report = (media_time, ahead) => post(clock, { media_time, ahead }).catch(() => {});
    return this.player.begin(about, ours ? report : null);
  }
}
