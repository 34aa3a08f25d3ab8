/** The sliders of the pose, in groups; left and right can be moved as one. */

import { icon, make } from "../dom.js";
import { recall, remember } from "../memory.js";
import { groupTitle, morphTitle, sideless } from "./labels.js";
import { Range } from "./range.js";

const STEP = 0.01;

/**
 * @typedef {object} Morph
 * @property {string} name
 * @property {number} low
 * @property {number} high
 * @property {string} group
 */

export class Sliders {
  /** @type {Map<string, Range>} */
  #ranges = new Map();
  #onmove;
  /** Pairs that move each side alone. */
  #split = new Set(recall("studio.split").split(" ").filter(Boolean));

  /**
   * @param {HTMLElement} root
   * @param {Morph[]} morphs
   * @param {(moved: Record<string, number>, gesture: string) => void} onmove
   */
  constructor(root, morphs, onmove) {
    this.#onmove = onmove;
    const groups = Map.groupBy(morphs, ({ group }) => group);
    root.replaceChildren(...[...groups].map(([group, members]) => this.#group(group, members)));
  }

  /** @param {Record<string, number>} pose morphs that are absent are at rest */
  show(pose) {
    for (const [name, range] of this.#ranges) range.show(pose[name] ?? 0);
  }

  #group(group, morphs) {
    const titled = { type: "button", class: "link", title: `Put all of ${groupTitle(group)} to rest` };
    const rest = make("button", titled, "Rest");
    rest.addEventListener("click", () => this.#rest(group, morphs));
    const pairs = Map.groupBy(morphs, ({ name }) => sideless(name));
    const rows = [...pairs].map(([base, sides]) => this.#row(base, sides));
    const legend = make("legend", {}, groupTitle(group));
    return make("fieldset", { class: "group", "data-group": group }, legend, rest, ...rows);
  }

  #rest(group, morphs) {
    this.#onmove(Object.fromEntries(morphs.map(({ name }) => [name, 0])), `rest ${group}`);
  }

  #row(base, sides) {
    const row = make("div", { class: "morph" }, make("span", { class: "name", title: base }, morphTitle(base)));
    if (sides.length === 1) row.append(this.#range(sides[0], morphTitle(base)));
    else row.append(...this.#pair(base, sides));
    return row;
  }

  #pair(base, sides) {
    const [left, right] = sides.map((morph) => this.#range(morph, `${morphTitle(base)}, ${sideOf(morph.name)}`));
    const named = { "aria-label": `${morphTitle(base)}: both sides as one`, title: "Move both sides as one" };
    const link = make("button", { type: "button", class: "link-pair", ...named }, icon("linked"));
    const show = () => link.setAttribute("aria-pressed", String(!this.#split.has(base)));
    link.addEventListener("click", () => {
      if (!this.#split.delete(base)) this.#split.add(base);
      remember("studio.split", [...this.#split].join(" "));
      show();
    });
    show();
    return [left, link, right];
  }

  #range({ name, low, high, group }, label) {
    const told = `${groupTitle(group)}: ${label}`;
    const range = new Range({ label: told, low, high, step: STEP, rest: 0 }, (value) => this.#move(name, value));
    this.#ranges.set(name, range);
    range.element.dataset.morph = name;
    const side = sideOf(name);
    if (side) range.element.prepend(make("i", { "aria-hidden": "true" }, side.charAt(0).toUpperCase()));
    return range.element;
  }

  #move(name, value) {
    const names = this.#split.has(sideless(name)) ? [name] : this.#twins(name);
    for (const each of names) this.#ranges.get(each).show(value);
    this.#onmove(Object.fromEntries(names.map((each) => [each, value])), sideless(name));
  }

  #twins(name) {
    return [...this.#ranges.keys()].filter((other) => sideless(other) === sideless(name));
  }
}

function sideOf(name) {
  return /_(left|right)$/.exec(name)?.[1] ?? "";
}
