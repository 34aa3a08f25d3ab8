/** Talking with the server: requests, errors, the key, and server-sent events. */

import { heldKey, holdKey, root } from "./place.js";

/** What went wrong, with `hint`: what to do about it. `status` is the HTTP status, 0 where no answer came. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {string} [hint]
   * @param {number} [status]
   */
  constructor(message, hint = "", status = 0) {
    super(message);
    this.hint = hint;
    this.status = status;
  }
}

/** @returns {string} the key that is held; empty for none, or for one that no header can carry */
export function key() {
  const held = heldKey();
  return /^[\x20-\x7e\xa0-\xff]*$/.test(held) ? held : "";
}

/** @type {(refused: boolean) => Promise<string>} */
let ask = async () => "";
/** @type {Promise<void> | null} */
let asking = null;

/**
 * Say how a person is asked for the key. An empty answer gives up.
 * @param {(refused: boolean) => Promise<string>} question `refused`: a key was sent and not accepted
 */
export function onKeyNeeded(question) {
  ask = question;
}

/**
 * Fetch from the server, with the key where one is held; asks for a key on 401 and tries again.
 * @param {string} path relative to the server's root
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} an answer with a good status
 * @throws {ApiError} the server's own error, or that it cannot be reached
 */
export async function request(path, options = {}) {
  for (;;) {
    const held = key();
    const response = await send(path, options, held);
    if (response.ok) return response;
    if (response.status !== 401) throw await errorOf(response);
    await renewKey(held);
  }
}

/**
 * @param {string} path
 * @param {object} body sent as JSON
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export function post(path, body, options = {}) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", body: JSON.stringify(body), headers, ...options });
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the answer's JSON
 */
export async function json(path, options) {
  return (await request(path, options)).json();
}

async function send(path, options, held) {
  const headers = new Headers(options.headers);
  if (held) headers.set("Authorization", `Bearer ${held}`);
  try {
    return await fetch(new URL(path, root()), { ...options, headers });
  } catch (error) {
    throw unreachable(error);
  }
}

function unreachable(error) {
  if (error.name === "AbortError") return error;
  return new ApiError("The server does not answer.", "See that it is running, then try again.");
}

async function errorOf(response) {
  const told = await response.json().catch(() => ({}));
  const message = told.error ?? `The server answered ${response.status}.`;
  return new ApiError(message, told.hint ?? "", response.status);
}

/** Several requests may be refused at once; the person is asked once. */
async function renewKey(refused) {
  if (key() !== refused) return;
  asking ??= ask(refused !== "").then((answer) => {
    asking = null;
    if (!answer) throw new ApiError("This server asks for a key.", "Reload the page to enter it.", 401);
    holdKey(answer);
  }, (error) => {
    asking = null;
    throw error;
  });
  await asking;
}

/**
 * @typedef {object} ServerEvent
 * @property {string} event its type
 * @property {string} id
 * @property {any} data
 */

/** Cuts a text stream into server-sent events, wherever its pieces were split. */
export class EventParser {
  #rest = "";
  #event = "message";
  #id = "";
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} text the next piece
   * @returns {ServerEvent[]} the events it completes; their data read as JSON
   */
  push(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "event") this.#event = value;
    else if (field === "id") this.#id = value;
    else if (field === "data") this.#data.push(value);
    return [];
  }

  #dispatch() {
    const [event, data] = [this.#event, this.#data];
    this.#event = "message";
    this.#data = [];
    return data.length ? [{ event, id: this.#id, data: JSON.parse(data.join("\n")) }] : [];
  }
}

/**
 * The events of an answer, as they come.
 * @param {Response} response
 * @param {() => void} [heard] called for whatever comes, be it only a sign of life
 * @returns {AsyncGenerator<ServerEvent, void, void>}
 * @throws {ApiError} the connection was cut
 */
export async function* eventsOf(response, heard = () => {}) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      heard();
      yield* parser.push(decoder.decode(read.value, { stream: true }));
    }
  } catch (error) {
    throw error instanceof TypeError ? new ApiError("The connection was cut.", "Try again.") : error;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Do `work` for ever: again after it ends or fails, with growing pauses while it keeps failing. Only a person who gave
 * up at the question for the key ends it, and is not asked again.
 * @param {AbortSignal} signal ends it
 * @param {(worked: () => void) => Promise<void>} work calls `worked` once it goes well
 * @param {(error: Error) => void} onfail
 */
export async function persist(signal, work, onfail) {
  let pause = 500;
  while (!signal.aborted) {
    let slow = false;
    try {
      await work(() => (pause = 500));
    } catch (error) {
      if (signal.aborted) return;
      slow = error.status >= 400;
      onfail(error);
      if (error.status === 401) return;
    }
    await rest(slow ? Math.max(pause, 4000) : pause, signal);
    pause = Math.min(pause * 2, 8000);
  }
}

function rest(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
