/** Lips on the sound of SillyTavern's own text-to-speech: each clip is shown to the server, its player is the clock. */

import { eventsOf, post, request } from "./live/api.js";
import { Pace } from "./live/pace.js";
import { authorOf, characterNamed, context, on } from "./client.js";
import { settings } from "./settings.js";

const AUDIO_ID = "tts_audio";
const SILENCE = "/sounds/silence.mp3";
const EVENTS = ["playing", "pause", "seeked", "ratechange", "ended", "emptied"];
const WATCH_MS = 200;
/** Seconds between what the server reckons and what is heard before it is told anew. */
const MOST_DRIFT = 0.03;
const FIRST_TRAVEL = 0.1;

/** What is known of a clip before it is heard. @typedef {{name: string, text: string}} Label */

/** Follows SillyTavern's player. A clock for figures. */
export class Lent {
  #cast;
  #figureOf;
  /** @type {HTMLAudioElement | null} */
  #audio = null;
  #source = "";
  /** @type {import("./client.js").Character | null} */
  #character = null;
  #performance = "";
  #part = "";
  #pace = new Pace(FIRST_TRAVEL);
  /** What the server was told: a place, and when that was. */
  #told = { media: 0, at: 0 };
  #over = new AbortController();
  #timer = 0;
  /** @type {Label[]} */
  #labels = [];

  /** Hears every event of a clip's performance. @type {(event: string, told: any) => void} */
  onevent = () => {};
  /** @type {(error: Error) => void} */
  ontrouble = () => {};

  /**
   * @param {import("./cast.js").Cast} cast
   * @param {(part: string) => import("./figure.js").Figure | null} figureOf
   */
  constructor(cast, figureOf) {
    this.#cast = cast;
    this.#figureOf = figureOf;
    for (const event of EVENTS) document.addEventListener(event, (told) => this.#hear(told), true);
    on("TTS_AUDIO_READY", ({ characterName, text }) => this.#labels.push({ name: characterName, text }));
  }

  get playing() {
    return Boolean(this.#performance && this.#audio && !this.#audio.paused);
  }

  /** Whose clip is heard; null for nobody's. */
  get speaking() {
    return this.playing ? this.#character : null;
  }

  /** @returns {number | null} the media second heard now */
  timeOf(performance) {
    return this.#audio && performance && performance === this.#performance ? this.#audio.currentTime : null;
  }

  /** A frame has come: learn how long they travel. */
  saw({ performance: id, time, arrived }) {
    if (!this.playing || id !== this.#performance) return;
    const heard = this.#audio.currentTime - (performance.now() - arrived) / 1000;
    if (this.#pace.saw(heard - time, arrived)) this.#report();
  }

  /** Leave the sound alone, and the figure still. */
  stop() {
    this.#over.abort();
    clearInterval(this.#timer);
    if (this.#part) {
      this.#figureOf(this.#part)?.hush();
      post("api/stop", { character: this.#part }).catch(() => {});
    }
    this.#performance = this.#part = this.#source = "";
  }

  #hear({ type, target }) {
    if (!(target instanceof HTMLAudioElement) || target.id !== AUDIO_ID || settings().voice !== "sillytavern") return;
    this.#audio = target;
    const source = target.currentSrc;
    if (type === "emptied") {
      if (this.#source) this.stop();
    } else if (type === "playing" && source !== this.#source && isClip(source)) {
      this.#follow(source).catch((error) => error.name !== "AbortError" && this.ontrouble(error));
    } else if (type === "ended") {
      this.#source = "";
      clearInterval(this.#timer);
    } else this.#report();
  }

  async #follow(source) {
    this.#over.abort();
    const { signal } = (this.#over = new AbortController());
    this.#source = source;
    const { name, text } = this.#labels.shift() ?? { name: "", text: "" };
    const character = characterNamed(name) ?? authorOf(context().chat.findLast((message) => authorOf(message)));
    if (!character || settings().cast[character.avatar] === "") return;
    const part = await this.#cast.partOf(character);
    const clip = await (await fetch(source)).blob();
    signal.throwIfAborted();
    this.#part = part;
    this.#character = character;
    const response = await request("api/perform", { method: "POST", body: formOf(clip, text, part), signal });
    for await (const { event, data } of eventsOf(response)) {
      if (event === "start") this.#begin(data);
      if (event === "speech") this.#watch();
      this.onevent(event, data);
    }
  }

  #begin({ performance: id, generation }) {
    this.#performance = id;
    this.#figureOf(this.#part)?.begin(generation);
  }

  #watch() {
    this.#report();
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#drifted() && this.#report(), WATCH_MS);
  }

  /** The server lets a place move on by itself, at the usual rate. */
  #drifted() {
    const { media, at } = this.#told;
    return Math.abs(media + (performance.now() - at) / 1000 - this.#audio.currentTime) > MOST_DRIFT;
  }

  #report() {
    if (!this.#performance || !this.#audio) return;
    const media = this.#audio.currentTime;
    this.#told = { media, at: performance.now() };
    const ahead = -this.#pace.travel - settings().offset / 1000;
    post(`api/performances/${this.#performance}/clock`, { media_time: media, ahead }).catch(() => {});
  }
}

function isClip(source) {
  return Boolean(source) && !source.endsWith(SILENCE);
}

function formOf(clip, text, character) {
  const form = new FormData();
  form.set("audio", clip, "clip");
  form.set("text", text);
  form.set("character", character);
  form.set("player", "true");
  if (!settings().feelings) form.set("emotion", "neutral");
  return form;
}
