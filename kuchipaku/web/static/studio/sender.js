/** Sends changes at a steady rate: one at a time, and what is newest wins. */

/** At most 25 a second. */
const LEAST_PAUSE_MS = 40;

export class Sender {
  #send;
  #waiting = null;
  /** @type {Promise<void> | null} */
  #sending = null;
  /** Called with each answer. @type {(told: any) => void} */
  onanswer = () => {};
  /** Called with what was refused. @type {(error: Error) => void} */
  onfail = () => {};

  /** @param {(fields: object) => Promise<any>} send */
  constructor(send) {
    this.#send = send;
  }

  /** Send these fields soon; those put meanwhile go with them, later values in place of earlier ones. */
  put(fields) {
    this.#waiting = { ...this.#waiting, ...fields };
    this.#sending ??= this.#run();
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
