/** The picture's stream: multipart parts, and the frames decoded from them. */

import { request } from "./api.js";
import { watched } from "./watchdog.js";

const BLANK_LINE = [13, 10, 13, 10];
const MOST_HEADER_BYTES = 4096;
const MOST_DECODING = 4;
const SILENCE_MS = 6000;
/** Before the first frame an avatar may have to be loaded, and its fast paths compiled. */
const LOADING_MS = 120_000;

/**
 * @typedef {object} Part
 * @property {Map<string, string>} headers names in lower case
 * @property {Uint8Array} body
 */

/** Cuts a multipart/x-mixed-replace stream into parts by their Content-Length, wherever its chunks were split. */
export class MultipartParser {
  #bytes = new Uint8Array(0);
  /** @type {Map<string, string> | null} */
  #headers = null;

  /**
   * @param {Uint8Array} chunk
   * @returns {Part[]} the parts it completes
   * @throws {Error} the stream is no such multipart
   */
  push(chunk) {
    this.#append(chunk);
    const parts = [];
    for (let part = this.#next(); part; part = this.#next()) parts.push(part);
    return parts;
  }

  #append(chunk) {
    const joined = new Uint8Array(this.#bytes.length + chunk.length);
    joined.set(this.#bytes);
    joined.set(chunk, this.#bytes.length);
    this.#bytes = joined;
  }

  #next() {
    this.#headers ??= this.#readHeaders();
    if (!this.#headers) return null;
    const length = Number(this.#headers.get("content-length") ?? NaN);
    if (!(length >= 0)) throw new Error("a part of the stream does not say its length");
    if (this.#bytes.length < length) return null;
    const part = { headers: this.#headers, body: this.#take(length) };
    this.#headers = null;
    return part;
  }

  #readHeaders() {
    const end = indexOf(this.#bytes, BLANK_LINE);
    if (end < 0 && this.#bytes.length > MOST_HEADER_BYTES) throw new Error("the stream has no part headers");
    if (end < 0) return null;
    const text = new TextDecoder("latin1").decode(this.#take(end + BLANK_LINE.length));
    const fields = text.split("\r\n").filter((line) => line.includes(":"));
    return new Map(fields.map((line) => /** @type {[string, string]} */ (split(line))));
  }

  #take(count) {
    const taken = this.#bytes.slice(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}

function split(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

function indexOf(bytes, pattern) {
  for (let at = bytes.indexOf(pattern[0]); at >= 0; at = bytes.indexOf(pattern[0], at + 1)) {
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/**
 * @typedef {object} Frame
 * @property {ImageBitmap} bitmap
 * @property {number} time media seconds in its performance; the stage's clock where there is none
 * @property {number} generation grows with every new text and every stop
 * @property {string} performance empty while nothing is said
 * @property {number} number counts up
 * @property {number} arrived when it was ready to be shown, on `performance.now()`
 */

/**
 * Read frames until the stream ends, is cut, or is silent for too long. No frame comes after that.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(frame: Frame) => void} onframe
 */
export async function readFrames(path, signal, onframe) {
  const read = async (open, heard) => {
    const response = await request(path, { signal: open, cache: "no-store" });
    const reader = response.body.getReader();
    const parser = new MultipartParser();
    const decode = decoder((frame) => (open.aborted ? frame.bitmap.close() : onframe(frame)));
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      heard();
      parser.push(piece.value).forEach(decode);
    }
  };
  await watched(signal, SILENCE_MS, read, LOADING_MS);
}

function factsOf(headers) {
  return {
    time: Number(headers.get("x-media-time") ?? 0),
    generation: Number(headers.get("x-generation") ?? 0),
    performance: headers.get("x-performance") ?? "",
    number: Number(headers.get("x-frame") ?? 0),
  };
}

/** Decodes off the main thread; leaves frames out while too many wait, so that a slow machine stays in time. */
function decoder(onframe) {
  let waiting = 0;
  return async ({ headers, body }) => {
    if (waiting >= MOST_DECODING) return;
    waiting += 1;
    try {
      const bitmap = await createImageBitmap(new Blob([body], { type: headers.get("content-type") ?? "" }));
      onframe({ bitmap, ...factsOf(headers), arrived: performance.now() });
    } catch (error) {
      console.warn("a frame could not be decoded", error);
    } finally {
      waiting -= 1;
    }
  };
}
