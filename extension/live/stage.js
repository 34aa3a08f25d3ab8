/** The canvas: draws the frame that belongs to the sound heard now. */

/** Half a frame at 30 a second: the nearest frame is shown, be it a little ahead or behind. */
const NEAREST = 1 / 60;

export class Stage {
  #canvas;
  #picture;
  #queue;
  #player;
  #meter;
  /** Media time, performance and generation of the frame on show. */
  shown = { mediaTime: 0, performance: "", generation: 0 };
  /** Called before every drawing of the screen. */
  ontick = () => {};

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./queue.js").FrameQueue} queue
   * @param {import("./player.js").Player} player
   * @param {import("./meter.js").Meter} meter
   */
  constructor(canvas, queue, player, meter) {
    this.#canvas = canvas;
    this.#picture = canvas.getContext("2d");
    this.#queue = queue;
    this.#player = player;
    this.#meter = meter;
    requestAnimationFrame(() => this.#tick());
  }

  #tick() {
    requestAnimationFrame(() => this.#tick());
    const frame = this.#queue.take(performance.now(), (id) => this.#dueTime(id));
    if (frame) this.#draw(frame);
    this.#measure();
    this.ontick();
  }

  #dueTime(performance) {
    const time = this.#player.timeOf(performance);
    return time === null ? null : time + NEAREST;
  }

  #draw({ bitmap, time, generation, performance: id }) {
    const { width, height } = bitmap;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    this.#picture.clearRect(0, 0, width, height);
    this.#picture.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.shown = { mediaTime: time, performance: id, generation };
    this.#meter.drew(performance.now());
    this.#canvas.classList.add("shown");
  }

  #measure() {
    const time = this.#player.playing ? this.#player.timeOf(this.shown.performance) : null;
    if (time !== null && time > 0) this.#meter.heard(this.shown.mediaTime - time);
  }
}
