/** What happens in the chat, and what is said of it. */

import { authorOf, context, on } from "./client.js";
import { settings } from "./settings.js";
import { Utterance } from "./speaker.js";
import { Sieve } from "./text.js";

/** What silences: the words that are heard are gone, or the person goes on. */
const SILENCING = ["MESSAGE_SENT", "MESSAGE_SWIPED", "MESSAGE_EDITED", "MESSAGE_DELETED", "CHAT_CHANGED"];

/** Messages that no language model was asked for. */
const UNASKED = ["first_message", "command"];

/** A message that is being written. */
class Writing {
  /** @type {Utterance | null} */
  utterance = null;
  /** @type {Sieve | null} */
  sieve = null;
  /** All of what streamed: what SillyTavern tidies up in the end was said already. */
  streamed = "";
  stopped = false;

  /**
   * @param {string} type SillyTavern's: "normal", "swipe", "continue" ...
   * @param {string} before the text that it goes on with
   */
  constructor(type, before) {
    this.type = type;
    this.before = before;
  }

  /** The part of a whole message that is new. */
  newIn(text) {
    return this.before && text.startsWith(this.before) ? text.slice(this.before.length) : text;
  }
}

/** Tells a speaker what the characters of the chat say, from their first words on. */
export class Turns {
  #speaker;
  #writing = new Writing("normal", "");
  /** Whether a member of a group was called on: what is generated next is its turn. */
  #called = false;

  /** @param {import("./speaker.js").Speaker} speaker */
  constructor(speaker) {
    this.#speaker = speaker;
    on("GROUP_MEMBER_DRAFTED", () => (this.#called = true));
    on("GENERATION_STARTED", (type, _options, dry) => this.#begin(type, dry));
    on("STREAM_TOKEN_RECEIVED", (text) => this.#grow(text));
    on("MESSAGE_RECEIVED", (id, type) => this.#end(context().chat[id], type));
    on("GENERATION_STOPPED", () => this.silence());
    for (const name of SILENCING) on(name, () => this.#speaker.stop());
  }

  /** Nothing more of what is being written is said. */
  silence() {
    this.#writing.stopped = true;
    this.#speaker.stop();
  }

  /** Members of a group speak one after the other; else a new turn silences the one before. */
  #begin(type, dry) {
    if (dry || type === "quiet") return;
    const goesOn = type === "continue" || type === "append";
    if (!this.#called && !goesOn) this.#speaker.stop();
    this.#called = false;
    this.#writing = new Writing(type, goesOn ? (context().chat.at(-1)?.mes ?? "") : "");
  }

  #grow(text) {
    if (!this.#isSpoken()) return;
    const { chat, streamingProcessor } = context();
    this.#speak(chat[streamingProcessor?.messageId] ?? chat.at(-1));
    const { utterance, sieve } = this.#writing;
    if (utterance) utterance.add(sieve.push(text));
    this.#writing.streamed = text;
  }

  #end(message, type) {
    if (UNASKED.includes(type)) this.#writing = new Writing(type, "");
    const writing = this.#writing;
    if (!this.#isSpoken(type)) return;
    if (!writing.utterance) this.#speak(message);
    const { utterance, sieve } = writing;
    utterance?.end(sieve.push(writing.streamed || writing.newIn(message.mes), true));
    this.#writing = new Writing("normal", "");
  }

  #isSpoken(type = this.#writing.type) {
    const { enabled, voice } = settings();
    return enabled && voice === "server" && type !== "impersonate" && !this.#writing.stopped;
  }

  #speak(message) {
    const author = authorOf(message);
    if (this.#writing.utterance || !author || settings().cast[author.avatar] === "") return;
    const { spoken, feelings } = settings();
    this.#writing.sieve = new Sieve({ spoken, feelings, name: author.name });
    this.#writing.utterance = new Utterance(author, true);
    this.#speaker.say(this.#writing.utterance);
  }
}
