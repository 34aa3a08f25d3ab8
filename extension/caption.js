/** The words that are heard, under the figure, with the one that is heard now lit. */

/** @typedef {{n: number, start: number, end: number, words: {start: number, end: number, name: string}[]}} Piece */

/** What one performance says, and when. */
export class Caption {
  /** @type {Map<number, string>} */
  #lines = new Map();
  /** @type {Piece[]} */
  #pieces = [];

  /** Take in an event of the performance. */
  hear(event, told) {
    if (event === "start") this.clear();
    else if (event === "line") this.#lines.set(told.n, told.text);
    else if (event === "speech") this.#pieces.push(pieceOf(told));
    else if (event === "timeline") this.#time(told);
  }

  /** Forget all of it. */
  clear() {
    this.#lines.clear();
    this.#pieces = [];
  }

  /**
   * @param {number | null} time media seconds
   * @returns {{text: string, from: number, to: number}} the sentence that is heard, and where in it the word stands;
   *   no text where none is
   */
  at(time) {
    const piece = time === null ? undefined : this.#pieces.find(({ start, end }) => start <= time && time < end);
    const text = piece ? (this.#lines.get(piece.n) ?? "") : "";
    const [from, to] = this.#wordAt(piece, text, time);
    return { text, from, to };
  }

  #time({ n, start, tracks }) {
    const piece = this.#pieces.find((heard) => heard.n === n && Math.abs(heard.start - start) < 1e-3);
    const cues = tracks?.word ?? [];
    piece?.words.push(...cues.map((cue) => ({ start: start + cue.start, end: start + cue.end, name: cue.name })));
  }

  /** Words are looked for one after the other, over all pieces of the sentence. */
  #wordAt(piece, text, time) {
    const lower = text.toLowerCase();
    let after = 0;
    for (const { words } of this.#pieces.filter((heard) => heard.n === piece?.n)) {
      for (const { start, end, name } of words) {
        const at = name ? lower.indexOf(name.toLowerCase(), after) : -1;
        if (at < 0) continue;
        after = at + name.length;
        if (start <= time && time < end) return [at, after];
      }
    }
    return [0, 0];
  }
}

function pieceOf({ n, start, duration }) {
  return { n, start, end: start + duration, words: [] };
}

/** Shows captions in an element; only what changed is written. */
export class CaptionLine {
  #element;
  #shown = "";

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {{text: string, from: number, to: number}} caption */
  show({ text, from, to }) {
    const key = `${from} ${to} ${text}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const word = document.createElement("mark");
    word.textContent = text.slice(from, to);
    this.#element.replaceChildren(text.slice(0, from), ...(to > from ? [word] : []), text.slice(to));
  }
}
