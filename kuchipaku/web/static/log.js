/** The conversation: what was asked, and the reply as it is written and spoken. */

import { make } from "./dom.js";
import { familyOf } from "./emotions.js";

const NEAR_END_PX = 80;
const MOST_TURNS = 200;

/** The list of turns in the page. */
export class Log {
  #scroll;
  #list;

  /**
   * @param {HTMLElement} scroll what scrolls
   * @param {HTMLElement} list the list in it
   */
  constructor(scroll, list) {
    this.#scroll = scroll;
    this.#list = list;
  }

  /** Show what the user wrote. @param {string} text */
  said(text) {
    this.#add(make("li", { class: "said" }, make("p", {}, text)));
    this.showEnd();
  }

  showEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Begin a reply. @param {string} who @returns {Reply} */
  reply(who) {
    const item = this.#add(make("li", { class: "reply", "aria-label": who, "data-waiting": "" }));
    return new Reply(item, () => this.#keepEndInSight());
  }

  clear() {
    this.#list.replaceChildren();
  }

  #add(item) {
    this.#list.append(item);
    while (this.#list.children.length > MOST_TURNS) this.#list.firstElementChild.remove();
    this.#keepEndInSight();
    return item;
  }

  #keepEndInSight() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    const newest = this.#list.lastElementChild?.lastElementChild?.clientHeight ?? 0;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX + newest) this.showEnd();
  }
}

/** One reply: a row for each sentence, lit while it is spoken. */
export class Reply {
  #item;
  #grew;
  /** @type {Map<number, {row: HTMLElement, text: Text, cursor: number}>} */
  #sentences = new Map();
  /** @type {{n: number, start: number, end: number, words: {start: number, end: number, range: Range}[]}[]} */
  #pieces = [];
  #cut = false;

  /**
   * @param {HTMLElement} item
   * @param {() => void} grew called whenever it became longer
   */
  constructor(item, grew) {
    this.#item = item;
    this.#grew = grew;
  }

  /** Whether any of it has been written. */
  get begun() {
    return this.#sentences.size > 0;
  }

  /** Take in an event of the performance. */
  hear(event, told) {
    if (event === "line") this.#write(told);
    else if (event === "speech") this.#hearPiece(told);
    else if (event === "timeline") this.#hearWords(told);
    else if (event === "error") this.fail(told.error, told.hint);
    else if (event === "done") this.#end(told.reason);
  }

  /** Show what went wrong. */
  fail(message, hint = "") {
    const note = make("div", { class: "trouble", role: "alert" }, make("strong", {}, message));
    if (hint) note.append(make("span", {}, hint));
    this.#item.append(note);
    this.#item.removeAttribute("data-waiting");
    this.#grew();
  }

  /** It is interrupted: what was not spoken yet stays unsaid. */
  cut() {
    this.#item.removeAttribute("data-waiting");
    const rows = [...this.#sentences.values()].map(({ row }) => row);
    if (this.#cut || (rows.length && rows.every((row) => row.dataset.state === "said"))) return;
    for (const row of rows) if (row.dataset.state === "speaking") row.dataset.state = "said";
    this.#cut = true;
    this.#item.dataset.stopped = "";
    lightWord(undefined);
  }

  #end(reason) {
    this.#item.removeAttribute("data-waiting");
    if (reason === "stopped") this.cut();
  }

  /**
   * Light what is spoken at a moment.
   * @param {number | null} time media seconds; null before anything is heard, Infinity where nothing can be
   * @returns {string} the emotion of the sentence spoken; empty for none
   */
  light(time) {
    if (this.#cut) return "";
    const piece = time === null ? null : this.#pieces.find(({ start, end }) => start <= time && time < end);
    for (const [n, { row }] of this.#sentences) row.dataset.state = this.#stateOf(n, time, piece);
    lightWord(piece?.words.find(({ start, end }) => start <= time && time < end)?.range);
    return piece ? (this.#sentences.get(piece.n)?.row.dataset.emotion ?? "") : "";
  }

  #stateOf(n, time, piece) {
    if (piece?.n === n) return "speaking";
    const ends = this.#pieces.filter((heard) => heard.n === n).map((heard) => heard.end);
    const past = time !== null && ends.length > 0 && time >= Math.max(...ends);
    return past ? "said" : "waiting";
  }

  #write({ n, text, emotion, strength }) {
    const words = document.createTextNode(text);
    const chip = make("span", { class: "chip", "data-family": familyOf(emotion) }, emotion || "neutral");
    chip.title = `${emotion || "neutral"}, ${Math.round((strength ?? 1) * 100)} %`;
    const sentence = make("span", { class: "text" });
    sentence.append(words);
    const row = make("p", { class: "sentence", "data-state": "waiting", "data-emotion": emotion }, sentence, " ", chip);
    this.#sentences.set(n, { row, text: words, cursor: 0 });
    this.#item.removeAttribute("data-waiting");
    this.#item.append(row);
    this.#grew();
  }

  #hearPiece({ n, start, duration }) {
    this.#pieces.push({ n, start, end: start + duration, words: [] });
  }

  #hearWords({ n, start, tracks }) {
    const piece = this.#pieces.find((heard) => heard.n === n && Math.abs(heard.start - start) < 1e-3);
    for (const cue of (piece && tracks?.word) || []) {
      const range = this.#rangeOf(n, cue.name);
      if (range) piece.words.push({ start: start + cue.start, end: start + cue.end, range });
    }
  }

  /** Where the next occurrence of a word stands in its sentence; null where it is written otherwise. */
  #rangeOf(n, word) {
    const sentence = this.#sentences.get(n);
    const at = sentence ? sentence.text.data.toLowerCase().indexOf(word.toLowerCase(), sentence.cursor) : -1;
    if (at < 0 || !word) return null;
    sentence.cursor = at + word.length;
    const range = document.createRange();
    range.setStart(sentence.text, at);
    range.setEnd(sentence.text, sentence.cursor);
    return range;
  }
}

let lit;

/** A highlight leaves the text as it is, so a screen reader does not read it anew. */
function lightWord(range) {
  if (range === lit || !globalThis.Highlight) return;
  lit = range;
  if (range) CSS.highlights.set("word", new Highlight(range));
  else CSS.highlights.delete("word");
}
