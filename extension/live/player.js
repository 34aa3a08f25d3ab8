/** The sound: where it comes out, how loud, and when it is heard. */

import { Turn } from "./turn.js";

/** The loudspeaker of the page. Opened by a user's gesture; it plays one performance at a time. */
export class Player {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #master = null;
  /** @type {AnalyserNode | null} */
  #analyser = null;
  /** @type {Turn | null} */
  #turn = null;
  #volume = 1;
  /** Seconds that frames need from the server's brush to this screen; learnt while playing. */
  travel = 0.1;

  /** Make sound possible. A browser may want a click or a key press first: call it from there. */
  async open() {
    this.#context ??= this.#build();
    if (this.#context.state !== "running") await this.#context.resume();
  }

  /** Whether sound can come out now. */
  get opened() {
    return this.#context?.state === "running";
  }

  /** 0 to 1. */
  set volume(value) {
    this.#volume = value;
    this.#master?.gain.setTargetAtTime(value, this.#context.currentTime, 0.01);
  }

  /** The performance that plays or played last. */
  get turn() {
    return this.#turn;
  }

  /** Whether audio sounds, or is about to. */
  get playing() {
    return this.#turn?.playing ?? false;
  }

  /**
   * Begin a performance; an earlier one is silenced.
   * @param {{performance: string, generation: number}} about
   * @param {((mediaTime: number, ahead: number) => void) | null} report tells the server when media is heard;
   *   null for a player that only follows: the arrival of the frames is its clock
   * @returns {Turn}
   */
  begin(about, report) {
    this.hush();
    this.open().catch(() => {});
    this.#turn = new Turn(this, about, report);
    return this.#turn;
  }

  /** Silence at once. */
  hush() {
    this.#turn?.hush();
    this.#turn = null;
  }

  /**
   * @param {string} performance
   * @returns {number | null} the media second heard now; null where its sound has no clock (yet)
   */
  timeOf(performance) {
    return this.#turn?.performance === performance ? this.#turn.time() : null;
  }

  /** @returns {number} loudness of what sounds now, 0 to 1, before the volume is applied */
  rms() {
    if (!this.#analyser) return 0;
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  }

  /** The context's second that is heard now, behind its `currentTime` by the output's latency. */
  heard() {
    const context = this.#context;
    const stamp = context.getOutputTimestamp?.();
    if (stamp?.contextTime > 0) {
      const time = stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
      if (Math.abs(context.currentTime - time) < 0.5) return time;
    }
    return context.currentTime - (context.outputLatency || context.baseLatency || 0);
  }

  /** The context for a turn to schedule on; null before `open`. */
  get context() {
    return this.#context;
  }

  /** @returns {GainNode} a channel of its own for one performance */
  channel() {
    const channel = new GainNode(this.#context);
    channel.connect(this.#analyser);
    return channel;
  }

  #build() {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#analyser = new AnalyserNode(context, { fftSize: 512 });
    this.#master = new GainNode(context, { gain: this.#volume });
    this.#analyser.connect(this.#master).connect(context.destination);
    return context;
  }
}
