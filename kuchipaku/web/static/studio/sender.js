/** Sends changes at a steady rate: one at a time, and what is newest wins. */

/** At most 25 a second. */
const LEAST_PAUSE_MS = 40;

export class Sender {
  #send;
  #join;
  #waiting = null;
  /** @type {Promise<void> | null} */
  #sending = null;
  /** Called with each answer. @type {(told: any) => void} */
  onanswer = () => {};
  /** Called with what was refused. @type {(error: Error) => void} */
  onfail = () => {};

  /**
   * @param {(fields: any) => Promise<any>} send
   * @param {(earlier: any, later: any) => any} [join] what goes out of two that wait; the later values unless told
   */
  constructor(send, join = (earlier, later) => ({ ...earlier, ...later })) {
    this.#send = send;
    this.#join = join;
  }

  /** Send these fields soon, together with what else is put meanwhile. */
  put(fields) {
    this.#waiting = this.#join(this.#waiting ?? {}, fields);
    this.#sending ??= this.#run();
  }

  /** Send what waits, take no more, and tell nobody of the answers. */
  stop() {
    this.put = () => {};
    this.onanswer = this.onfail = () => {};
  }

  /** Resolves when nothing waits any more. */
  async settled() {
    while (this.#sending) await this.#sending;
  }

  async #run() {
    while (this.#waiting) {
      const fields = this.#waiting;
      this.#waiting = null;
      const pause = new Promise((resolve) => setTimeout(resolve, LEAST_PAUSE_MS));
      await this.#send(fields).then((told) => this.onanswer(told), (error) => this.onfail(error));
      await pause;
    }
    this.#sending = null;
  }
}
