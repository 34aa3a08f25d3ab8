/** One performance on the loudspeaker: its pieces laid end to end, and its clock. */

import { request } from "./api.js";
import { Pace, Trail } from "./pace.js";

/** The least time between scheduling the first piece and its sound, in seconds. */
const LEAD = 0.12;
/** Seconds the first sound waits beyond the travel time of the frames. */
const SPARE = 0.04;
/** Seconds by which a piece that came late is put off. */
const LATE_LEAD = 0.1;
/** How long before its sound a follower schedules a piece: until then the frames may correct the clock. */
const FOLLOWER_LEAD = 0.15;
const FOLLOWER_POLL_MS = 40;
/** Seconds by which the sound may stumble before the server is told anew. */
const MOST_SLIP = 0.01;
/** Seconds of the fade to silence: fast, without a click. */
const FADE = 0.015;

/**
 * @typedef {object} Piece
 * @property {string} audio_url relative to the server's root
 * @property {number} start media seconds
 * @property {number} duration seconds
 */

/** A performance that plays, from its first piece until it is over or hushed. */
export class Turn {
  #player;
  #report;
  /** The context's time at which media second 0 is put out. @type {number | null} */
  #base = null;
  /** @type {GainNode | null} */
  #channel = null;
  /** @type {Set<AudioBufferSourceNode>} */
  #sources = new Set();
  #scheduling = Promise.resolve();
  #hushed = new AbortController();
  #gone = new Promise((done) => this.#hushed.signal.addEventListener("abort", done, { once: true }));
  #pace;
  /** How the two clocks stood to each other when the server was told. */
  #told = 0;
  #trail = new Trail();

  /**
   * @param {import("./player.js").Player} player
   * @param {{performance: string, generation: number}} about
   * @param {((mediaTime: number, ahead: number) => void) | null} report null for a player that only follows
   */
  constructor(player, { performance, generation }, report) {
    this.#player = player;
    this.#report = report;
    this.#pace = new Pace(player.travel);
    this.performance = performance;
    this.generation = generation;
    /** Called with what went wrong when a piece cannot be heard. @type {(error: Error) => void} */
    this.onerror = () => {};
  }

  get playing() {
    return this.#sources.size > 0;
  }

  /** @returns {number | null} the media second heard now, null before the clock runs */
  time() {
    return this.#base === null || !this.#player.opened ? null : this.#player.heard() - this.#base;
  }

  /** Take in the next piece: fetched at once, played in its turn. @param {Piece} piece */
  add(piece) {
    const audio = this.#load(piece);
    audio.catch(() => {});
    this.#scheduling = this.#scheduling.then(async () => this.#play(piece, await audio)).catch((error) => {
      if (error.name !== "AbortError") this.onerror(error);
    });
  }

  /** A frame of this performance has come: a leader asks for earlier or later ones, a follower sets its clock. */
  saw({ time, arrived }) {
    if (this.#hushed.signal.aborted || !this.#player.opened) return;
    const heard = this.#player.heard() - (performance.now() - arrived) / 1000;
    if (!this.#report) return this.#trailed(heard - time);
    if (this.#base === null || !this.playing) return;
    const slipped = Math.abs(this.#slip() - this.#told) > MOST_SLIP;
    if (this.#pace.saw(heard - this.#base - time, arrived) || slipped) this.#tell();
  }

  /** Silence within a few milliseconds, and for good. */
  hush() {
    this.#hushed.abort();
    this.#base = null;
    if (!this.#channel) return;
    const now = this.#player.context.currentTime;
    this.#channel.gain.setValueAtTime(1, now);
    this.#channel.gain.linearRampToValueAtTime(0, now + FADE);
    for (const source of this.#sources) source.stop(now + FADE);
    this.#sources.clear();
  }

  async #load(piece) {
    const response = await request(piece.audio_url, { signal: this.#hushed.signal });
    return this.#player.context.decodeAudioData(await response.arrayBuffer());
  }

  async #play(piece, buffer) {
    await Promise.race([this.#player.open(), this.#gone]);
    if (!this.#report) await this.#untilNear(piece);
    if (this.#hushed.signal.aborted) return;
    if (this.#report) this.#lead(piece);
    const when = this.#base + piece.start;
    const late = Math.max(0, this.#player.context.currentTime - when);
    if (late < buffer.duration) this.#sound(buffer, when + late, late);
  }

  /** In a page that gives the clock, a piece sounds on time, or is put off and the clock with it. */
  #lead(piece) {
    const now = this.#player.context.currentTime;
    const kept = this.#base;
    this.#base ??= now + Math.max(LEAD, this.#player.travel + SPARE) - piece.start;
    const behind = now - this.#base - piece.start;
    if (behind > 0) this.#base += behind + LATE_LEAD;
    if (this.#base !== kept) this.#tell(piece.start);
  }

  /** Tell the server when a media second is heard, less the time that its frames need to get here. */
  #tell(mediaTime = Math.max(0, this.time())) {
    this.#player.travel = this.#pace.travel;
    this.#told = this.#slip();
    this.#report(mediaTime, this.#base + mediaTime - this.#player.heard() - this.#pace.travel);
  }

  /** The sound's clock less the page's, in seconds: steady unless the sound stumbles. */
  #slip() {
    return this.#player.heard() - this.#base - performance.now() / 1000;
  }

  #trailed(base) {
    this.#base = this.#trail.saw(base, this.#base, this.playing);
  }

  async #untilNear(piece) {
    const { context } = this.#player;
    const far = () => this.#base === null || this.#base + piece.start - context.currentTime > FOLLOWER_LEAD;
    while (!this.#hushed.signal.aborted && far()) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOWER_POLL_MS));
    }
  }

  #sound(buffer, when, offset) {
    this.#channel ??= this.#player.channel();
    const source = new AudioBufferSourceNode(this.#player.context, { buffer });
    source.connect(this.#channel);
    source.addEventListener("ended", () => this.#sources.delete(source));
    source.start(when, offset);
    this.#sources.add(source);
  }
}
