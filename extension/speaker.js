/** Speaking with the server's voice: one message after the other, each while it is still being written. */

import { eventsOf, post } from "./live/api.js";
import { settings } from "./settings.js";

const POLL_MS = 50;
/** The server needs no less to go on with: a clause, be it of a few words. */
const CLAUSE = /[.!?…,;:。、！？\n]/;

/** @typedef {import("./client.js").Character} Character */
/** @typedef {(event: string, told: any) => void} Listener hears every event of one performance */

/** A message that is spoken: its text may still grow. */
export class Utterance {
  #text = "";
  #ended = false;
  #grown = () => {};

  /** @param {Character} character @param {boolean} [waits] whether what is said before is heard to its end */
  constructor(character, waits = false) {
    this.character = character;
    this.waits = waits;
    this.over = new AbortController();
    /** The server's name of who speaks; empty until it is asked to. */
    this.part = "";
    this.duration = 0;
  }

  /** @param {string} text goes on with it */
  add(text) {
    this.#text += text;
    if (text) this.#grown();
  }

  /** Nothing more is added. @param {string} [text] the last of it */
  end(text = "") {
    this.#text += text;
    this.#ended = true;
    this.#grown();
  }

  /**
   * What was added since; waits for a clause of it.
   * @returns {Promise<{text: string, end: boolean}>}
   */
  async next() {
    const { signal } = this.over;
    while (!this.#ended && !signal.aborted && !CLAUSE.test(this.#text)) await this.#growth();
    signal.throwIfAborted();
    const text = this.#text;
    this.#text = "";
    return { text, end: this.#ended };
  }

  #growth() {
    return new Promise((resolve) => {
      this.#grown = () => resolve(undefined);
      this.over.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
  }
}

/** Says one utterance after another. */
export class Speaker {
  #player;
  #cast;
  #figureOf;
  /** @type {Utterance[]} */
  #waiting = [];
  /** @type {Utterance | null} */
  #now = null;
  /** The answer to our last stop: what is said later must not overtake it. @type {Promise<unknown> | null} */
  #stopping = null;

  /** Hears every event of what is said. @type {(utterance: Utterance, event: string, told: any) => void} */
  onevent = () => {};
  /** Something could not be said. @type {(error: Error) => void} */
  ontrouble = () => {};

  /**
   * @param {import("./live/player.js").Player} player
   * @param {import("./cast.js").Cast} cast
   * @param {(part: string) => import("./figure.js").Figure | null} figureOf
   */
  constructor(player, cast, figureOf) {
    this.#player = player;
    this.#cast = cast;
    this.#figureOf = figureOf;
  }

  /** Who speaks, or is about to; null for nobody. @returns {Character | null} */
  get speaking() {
    return this.#now?.character ?? null;
  }

  /**
   * Say something. What is said now is silenced, unless `waits`.
   * @param {Utterance} utterance
   */
  say(utterance) {
    if (!utterance.waits) this.stop();
    this.#waiting.push(utterance);
    if (!this.#now) this.#run();
  }

  /** Silence at once, here and on the server; forget what was to be said. */
  stop() {
    for (const waiting of this.#waiting.splice(0)) waiting.over.abort();
    if (this.#now) this.#silence(this.#now);
  }

  /** The request to stop outlives the page, so that nobody speaks on to an empty room. */
  #silence({ part, over }) {
    over.abort();
    this.#player.hush();
    if (!part) return;
    const figure = this.#figureOf(part);
    figure?.hush();
    this.#stopping = post("api/stop", { character: part }, { keepalive: true }).then((answer) => answer.json())
      .then(({ generation }) => figure?.begin(generation)).catch(() => {});
  }

  async #run() {
    while (this.#waiting.length) {
      this.#now = this.#waiting.shift() ?? null;
      await this.#perform(this.#now).catch((error) => this.#failed(this.#now, error));
    }
    this.#now = null;
  }

  #failed(utterance, error) {
    if (utterance.over.signal.aborted) return;
    this.#silence(utterance);
    this.ontrouble(error);
  }

  async #perform(utterance) {
    const { signal } = utterance.over;
    const first = await utterance.next();
    if (!first.text.trim()) return;
    const part = await this.#cast.partOf(utterance.character);
    await this.#stopping;
    signal.throwIfAborted();
    utterance.part = part;
    const body = { text: "", open: true, player: true, character: part };
    const response = await post("api/perform", body, { signal });
    await this.#play(utterance, eventsOf(response), first);
    await this.#heard(utterance);
  }

  async #play(utterance, events, first) {
    let turn = null;
    for await (const { event, data } of events) {
      if (event === "start") {
        turn = this.#begin(utterance, data);
        this.#feed(utterance, data.performance, first).catch((error) => this.#failed(utterance, error));
      }
      if (event === "speech") turn?.add(data);
      if (event === "done") utterance.duration = data.duration;
      if (event === "error") this.ontrouble(Object.assign(new Error(data.error), { hint: data.hint }));
      this.onevent(utterance, event, data);
    }
  }

  #begin(utterance, about) {
    this.#figureOf(utterance.part)?.begin(about.generation);
    const clock = `api/performances/${about.performance}/clock`;
    const report = (media_time, ahead) =>
      post(clock, { media_time, ahead: ahead - settings().offset / 1000 }).catch(() => {});
    const turn = this.#player.begin(about, report);
    turn.onerror = this.ontrouble;
    return turn;
  }

  /** Send the text as it grows: one piece on its way at a time, so that they keep their order. */
  async #feed(utterance, performance, first) {
    const path = `api/performances/${performance}/text`;
    const { signal } = utterance.over;
    for (let piece = first; ; piece = await utterance.next()) {
      await post(path, piece, { signal });
      if (piece.end) return;
    }
  }

  /** Until all that was told has sounded, or was silenced. */
  async #heard({ over, duration }) {
    const { turn } = this.#player;
    while (!over.signal.aborted && turn === this.#player.turn && (turn?.time() ?? 0) < duration) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
