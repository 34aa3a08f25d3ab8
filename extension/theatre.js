/** Where the characters stand: a window over the chat or behind it, which can be moved and resized. */

import { present } from "./client.js";
import { iconButton, make } from "./dom.js";
import { Figure } from "./figure.js";
import { choose, settings } from "./settings.js";

/** The least part of a window that stays in sight, and the least size, in pixels. */
const LEAST_SEEN = 48;
const LEAST_SIZE = 96;
/** How far an arrow key moves the window, in parts of the screen. */
const KEY_STEP = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {import("./client.js").Character} Character */
/** @typedef {{left: number, top: number, width: number, height: number}} Box in parts of the screen */

/**
 * @param {Character[]} all
 * @param {string[]} recent avatars, who spoke last first
 * @param {number} most
 * @returns {Character[]} who is shown, in the order of `all`: who spoke last, then who comes first
 */
export function chosenOf(all, recent, most) {
  const rank = ({ avatar }) => (recent.includes(avatar) ? recent.indexOf(avatar) : recent.length);
  const best = [...all].sort((a, b) => rank(a) - rank(b)).slice(0, most);
  return all.filter((character) => best.includes(character));
}

/**
 * @param {Box} box
 * @param {number} width of the screen, in pixels
 * @param {number} height
 * @returns {Box} the same, where it can be seen and taken hold of
 */
export function kept(box, width, height) {
  const wide = clamp(box.width, LEAST_SIZE / width, 1);
  const high = clamp(box.height, LEAST_SIZE / height, 1);
  const left = clamp(box.left, LEAST_SEEN / width - wide, 1 - LEAST_SEEN / width);
  return { left, top: clamp(box.top, 0, 1 - LEAST_SEEN / height), width: wide, height: high };
}

/** All figures, and the window they stand in. */
export class Theatre {
  #clock;
  #cast;
  #row = make("div", { class: "kuchi-row" });
  /** @type {Figure[]} */
  #figures = [];
  /** @type {Figure[]} those that nobody stands on now */
  #free = [];
  /** @type {string[]} */
  #recent = [];

  /**
   * @param {import("./figure.js").Clock} clock
   * @param {import("./cast.js").Cast} cast
   * @param {() => void} stop
   */
  constructor(clock, cast, stop) {
    this.#clock = clock;
    this.#cast = cast;
    const hide = () => (choose({ enabled: false }), this.update());
    const corner = make("div", { class: "kuchi-corner", role: "separator", "aria-label": "Resize", tabindex: "0" });
    const bar = make("div", { class: "kuchi-bar" },
      iconButton("fa-circle-stop kuchi-stop", "Stop speaking", stop),
      iconButton("fa-layer-group", "Before or behind the chat", () => this.#swapPlace()),
      iconButton("fa-eye-slash", "Hide", hide));
    this.caption = make("p", { class: "kuchi-caption" });
    this.element = make("section", { id: "kuchi-theatre", "aria-label": "Live characters", tabindex: "0" },
      this.#row, this.caption, bar, corner);
    this.#wire(corner);
  }

  /** @returns {Figure[]} those somebody stands on */
  get figures() {
    return this.#figures;
  }

  /** Put the right characters on stage, where they belong. */
  update() {
    const { enabled, most, place } = settings();
    const all = enabled ? present().filter((character) => this.#cast.isCast(character)) : [];
    this.#show(chosenOf(all, this.#recent, most));
    this.element.hidden = !all.length;
    this.element.dataset.place = place;
    this.element.style.setProperty("--kuchi-count", String(Math.max(1, this.#figures.length)));
    document.body.classList.toggle("kuchi-on", all.length > 0);
    this.#setBox();
  }

  /** The server or the key is another: connect anew. */
  reconnect() {
    this.update();
    for (const figure of this.#figures) figure.watch();
  }

  /** @param {string} part the server's name @returns {Figure | null} */
  figureOf(part) {
    return this.#figures.find((figure) => part && figure.part === part) ?? null;
  }

  /** Let one stand out while it speaks; null: nobody does. @param {Character | null} character */
  light(character) {
    this.element.classList.toggle("kuchi-speaking", Boolean(character));
    for (const figure of this.#figures) {
      const lit = character !== null && figure.character?.avatar === character.avatar;
      figure.element.classList.toggle("kuchi-lit", lit);
    }
  }

  /** One has begun to speak: it is shown, whoever else is there. @param {Character} character */
  callFor({ avatar }) {
    if (this.#recent[0] === avatar) return;
    this.#recent = [avatar, ...this.#recent.filter((other) => other !== avatar)];
    this.update();
  }

  #show(characters) {
    const stays = ({ character }) => characters.some(({ avatar }) => avatar === character?.avatar);
    for (const figure of this.#figures.filter((one) => !stays(one))) this.#leave(figure);
    this.#figures = characters.map((character) => this.#placeOf(character));
    const elements = this.#figures.map(({ element }) => element);
    const same = (element, index) => this.#row.children[index] === element;
    if (!elements.every(same)) this.#row.replaceChildren(...elements);
  }

  #leave(figure) {
    figure.rest();
    figure.character = null;
    figure.part = "";
    figure.element.remove();
    this.#free.push(figure);
  }

  #placeOf(character) {
    const found = this.#figures.find((figure) => figure.character?.avatar === character.avatar);
    if (found) return found;
    const figure = this.#free.pop() ?? new Figure(this.#clock, this.#cast);
    figure.show(character);
    return figure;
  }

  #swapPlace() {
    choose({ place: settings().place === "window" ? "behind" : "window" });
    this.update();
  }

  /** @returns {Box} as it stands now */
  #box() {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return { left: left / innerWidth, top: top / innerHeight, width: width / innerWidth, height: height / innerHeight };
  }

  #setBox() {
    const { box } = settings();
    this.element.classList.toggle("kuchi-placed", box !== null);
    if (!box) return;
    const { left, top, width, height } = kept(box, innerWidth, innerHeight);
    const sides = Object.entries({ left, width }).map(([side, share]) => [side, share * innerWidth]);
    sides.push(...Object.entries({ top, height }).map(([side, share]) => [side, share * innerHeight]));
    for (const [side, pixels] of sides) this.element.style.setProperty(`--kuchi-${side}`, `${pixels}px`);
  }

  #place(box) {
    choose({ box: kept(box, innerWidth, innerHeight) });
    this.#setBox();
  }

  #wire(corner) {
    const move = (from, x, y) => ({ ...from, left: from.left + x, top: from.top + y });
    const size = (from, x, y) => ({ ...from, width: from.width + x, top: from.top + y, height: from.height - y });
    for (const [handle, change] of /** @type {const} */ ([[this.element, move], [corner, size]])) {
      handle.addEventListener("pointerdown", (event) => this.#drag(handle, event, change));
      handle.addEventListener("keydown", (event) => this.#press(handle, event, change));
    }
    addEventListener("resize", () => this.#setBox());
    document.addEventListener("visibilitychange", () => {
      for (const figure of this.#figures) document.hidden ? figure.rest() : figure.watch();
    });
  }

  #drag(handle, down, change) {
    if (down.target.closest("button") || down.button || !down.isPrimary) return;
    down.stopPropagation();
    const from = this.#box();
    const moved = new AbortController();
    const { signal } = moved;
    handle.setPointerCapture(down.pointerId);
    const follow = ({ clientX, clientY }) =>
      this.#place(change(from, (clientX - down.clientX) / innerWidth, (clientY - down.clientY) / innerHeight));
    handle.addEventListener("pointermove", follow, { signal });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => moved.abort(), { signal });
  }

  #press(handle, event, change) {
    const step = ARROWS[event.key];
    if (!step || event.target !== handle) return;
    event.preventDefault();
    event.stopPropagation();
    this.#place(change(this.#box(), step[0] * KEY_STEP, step[1] * KEY_STEP));
  }
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
