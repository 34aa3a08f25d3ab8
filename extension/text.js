/** What of a message is spoken, known while the message is still being written. */

/** @typedef {"speech" | "all" | "quotes"} Spoken all but *actions*; everything; only what stands in quotation marks */

/**
 * @typedef {object} Manner
 * @property {Spoken} spoken
 * @property {boolean} feelings whether a sentence may bring a feeling
 * @property {string} [name] of who speaks: left out where a message begins with it and a colon
 */

const LABELS = new Set(`
  admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval disgust
  embarrassment excitement fear gratitude grief joy love nervousness optimism pride realization relief remorse
  sadness surprise neutral
`.trim().split(/\s+/));
const HIDDEN = /<(think|thinking|reasoning|script|style)\b[^>]{0,16}>[^]*?(?:<\/\1>|$)/gi;
const FENCED = /```[^]*?(?:```|$)/g;
/** The longest opening tag that is waited for. */
const TAG_LENGTH = 32;
const QUOTES = { '"': '"', "＂": "＂", "“": "”", "„": "“”", "«": "»", "「": "」", "『": "』" };
const SENTENCE_ENDS = /(?:^|[.!?…。！？:"”»」』\n])\s*$/;
const SENTENCE_STARTS = /(^\s*|[.!?…]["”’»)\]]*\s+|[。！？][」』）]*\s*|\n\s*)(?=[^\s.!?…。！？」』）"”’»)\]])/g;

/**
 * What is spoken of a text. What a text gives is how every longer one begins, unless it is `complete`.
 * @param {string} text a message, or its beginning
 * @param {Manner} manner
 * @param {boolean} [complete] nothing follows: nothing has to be waited for
 * @returns {string} a text for the server; feelings stand in it as *marks*
 */
export function spoken(text, manner, complete = true) {
  const words = seen(withoutName(text, manner.name ?? "", complete), complete);
  const told = new { speech: Speech, all: Everything, quotes: Quoted }[manner.spoken](manner.feelings);
  for (const token of tokens(words, complete)) {
    if (token.aside === undefined) told.text(token.text);
    else told.aside(token.aside);
  }
  return manner.feelings ? told.out : told.out.replace(SENTENCE_STARTS, "$1*neutral* ");
}

/** Gives the new part of what is spoken each time its message has grown. */
export class Sieve {
  #manner;
  #given = 0;

  /** @param {Manner} manner */
  constructor(manner) {
    this.#manner = manner;
  }

  /**
   * @param {string} text all of the message so far
   * @param {boolean} [complete]
   * @returns {string}
   */
  push(text, complete = false) {
    const all = spoken(text, this.#manner, complete);
    const part = all.slice(this.#given);
    this.#given = Math.max(this.#given, all.length);
    return part;
  }
}

function withoutName(text, name, complete) {
  const label = `${name}:`;
  if (!name || !(text.startsWith(label) || (label.startsWith(text) && !complete))) return text;
  return text.slice(label.length);
}

/** Without thoughts and code; and without an end that may become one. */
function seen(text, complete) {
  const open = text.lastIndexOf("<");
  const maybeTag = !complete && open >= 0 && !text.includes(">", open) && text.length - open < TAG_LENGTH;
  const shown = (maybeTag ? text.slice(0, open) : text).replace(HIDDEN, "").replace(FENCED, "\n");
  return complete ? shown : shown.replace(/`{1,2}$/, "");
}

/** Cuts a text into what stands *between stars*, an aside, and what does not. */
function* tokens(text, complete) {
  for (let at = 0; at < text.length;) {
    const stars = runOf(text, at);
    if (!stars) {
      const next = text.indexOf("*", at);
      yield { text: text.slice(at, next < 0 ? text.length : next) };
      at = next < 0 ? text.length : next;
      continue;
    }
    const begin = at + stars;
    if (begin === text.length && !complete) return;
    const free = begin === text.length || /\s/.test(text[begin]);
    const end = stars === 2 || free ? null : closing(text, begin, complete);
    if (end === undefined) return;
    if (end === null && free && stars === 1) yield { text: "*" };
    if (end) yield { aside: text.slice(begin, end).replaceAll("*", "") };
    at = end ? end + runOf(text, end) : begin;
  }
}

function runOf(text, at) {
  let end = at;
  while (text[end] === "*") end += 1;
  return end - at;
}

/** Where the stars are that close an aside; null where none do, undefined where that cannot be known yet. */
function closing(text, begin, complete) {
  for (let at = begin; at < text.length; at += 1) {
    if (text[at] === "\n") return null;
    const stars = runOf(text, at);
    if (!stars) continue;
    if (at + stars === text.length && !complete) return undefined;
    if (stars !== 2 && !/\s/.test(text[at - 1])) return at;
    at += stars - 1;
  }
  return complete ? null : undefined;
}

function isMark(aside) {
  return LABELS.has(aside.trim().toLowerCase().replace(/[\s:=]+[\d.]+%?$/, ""));
}

/** All but asides. The server reads the feelings in them, and speaks none. */
class Speech {
  out = "";

  constructor(feelings) {
    this.feelings = feelings;
  }

  text(text) {
    this.out += text;
  }

  aside(aside) {
    if (this.feelings) this.out += `*${aside}*`;
  }
}

/** Everything; an aside that begins a sentence is one of its own. */
class Everything extends Speech {
  aside(aside) {
    if (isMark(aside)) return super.aside(aside);
    const alone = SENTENCE_ENDS.test(this.out) && !/[.!?…。！？,;:-]\s*$/.test(aside);
    this.out += alone ? `${aside}.` : aside;
  }
}

/** Only what is quoted. */
class Quoted extends Speech {
  #close = "";

  text(text) {
    for (const letter of text) this.#letter(letter);
  }

  aside(aside) {
    if (this.#close) this.out += aside;
    else super.aside(aside);
  }

  #letter(letter) {
    if (letter === "\n") this.#line();
    else if (!this.#close) this.#close = QUOTES[letter] ?? "";
    else if (this.#close.includes(letter)) this.#end();
    else this.out += letter;
  }

  #line() {
    if (this.#close === '"') this.#close = "";
    if (this.out && !this.out.endsWith("\n")) this.out += "\n";
  }

  #end() {
    this.#close = "";
    this.out += /[\p{L}\p{N}]$/u.test(this.out) ? ". " : " ";
  }
}
