/** One performance on the loudspeaker: its pieces laid end to end, and its clock. */

import { request } from "./api.js";

/** Seconds between scheduling the first piece and its sound: time for the server to send the frames. */
const LEAD = 0.12;
/** Seconds by which a piece that came late is put off. */
const LATE_LEAD = 0.1;
/** Seconds by which a follower lets the sound trail the frames: time to fetch and decode it. */
const FOLLOWER_LEAD = 0.25;
/** Seconds of drift from which a follower sets its clock anew, between two pieces. */
const MOST_DRIFT = 0.08;
/** The farthest moment a report speaks of, in seconds from now. */
const MOST_AHEAD = 0.5;
/** Seconds of the fade to silence: fast, without a click. */
const FADE = 0.015;
const ARRIVALS_KEPT = 15;

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
  #fetching = new AbortController();
  /** For each frame that came lately: the context's time of its media second 0, had it sounded on arrival. */
  #arrivals = [];

  /**
   * @param {import("./player.js").Player} player
   * @param {{performance: string, generation: number}} about
   * @param {((mediaTime: number, ahead: number) => void) | null} report
   */
  constructor(player, { performance, generation }, report) {
    this.#player = player;
    this.#report = report;
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

  /** A frame of this performance has come; a follower's clock is set by that. */
  saw({ time, arrived }) {
    if (this.#report || !this.#player.opened) return;
    const age = (performance.now() - arrived) / 1000;
    this.#arrivals = [...this.#arrivals.slice(1 - ARRIVALS_KEPT), this.#player.heard() - age - time];
    this.#base ??= this.#arrivals[0] + FOLLOWER_LEAD;
  }

  /** Silence within a few milliseconds, and for good. */
  hush() {
    this.#fetching.abort();
    this.#base = null;
    if (!this.#channel) return;
    const now = this.#player.context.currentTime;
    this.#channel.gain.setValueAtTime(1, now);
    this.#channel.gain.linearRampToValueAtTime(0, now + FADE);
    for (const source of this.#sources) source.stop(now + FADE);
    this.#sources.clear();
  }

  async #load(piece) {
    const response = await request(piece.audio_url, { signal: this.#fetching.signal });
    return this.#player.context.decodeAudioData(await response.arrayBuffer());
  }

  async #play(piece, buffer) {
    await this.#player.open();
    if (this.#fetching.signal.aborted) return;
    const when = this.#report ? this.#lead(piece) : this.#follow(piece);
    const late = Math.max(0, this.#player.context.currentTime - when);
    if (late < buffer.duration) this.#sound(buffer, when + late, late);
  }

  /** When a piece sounds in a page that gives the clock: on time, or put off and the clock with it. */
  #lead(piece) {
    const now = this.#player.context.currentTime;
    this.#base ??= now + LEAD - piece.start;
    const behind = now - this.#base - piece.start;
    if (behind > 0) this.#base += behind + LATE_LEAD;
    const heard = this.#player.heard();
    const ahead = Math.min(this.#base + piece.start - heard, MOST_AHEAD);
    this.#report(heard + ahead - this.#base, ahead);
    return this.#base + piece.start;
  }

  /** When a piece sounds in a page that follows: as the frames say, corrected only between pieces. */
  #follow(piece) {
    const sorted = [...this.#arrivals].sort((a, b) => a - b);
    const seen = sorted.length ? sorted[sorted.length >> 1] + FOLLOWER_LEAD : null;
    if (seen !== null && Math.abs(seen - this.#base) > MOST_DRIFT) this.#base = seen;
    this.#base ??= this.#player.heard() + LATE_LEAD - piece.start;
    return this.#base + piece.start;
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
