/** The chain of filters: which, in what order, and how each is set. */

import { icon, make } from "../dom.js";
import { untilReleased } from "./drag.js";
import { fieldOf } from "./fields.js";
import { title } from "./labels.js";

/** @typedef {[string, Record<string, any>]} Link one filter of a chain and its parameters */

/**
 * @typedef {object} Parameter
 * @property {string} type
 * @property {string} help
 * @property {any} default
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {any[]} [options]
 */

/** @typedef {{help: string, dynamic: boolean, parameters: Record<string, Parameter>}} Filter */

/** A slider reaches so many times the usual value, or so many steps, and never beyond what works. */
const REACH = 4;
const LEAST_STEPS = 20;

/** What tells instances of a filter with a memory apart; the chain looks after it. */
const OWN_NAME = "name";

export class Filters {
  #list;
  #known;
  #onchange;
  /** @type {Link[]} */
  #chain = [];
  /** @type {Record<string, import("./fields.js").Field>[]} */
  #fields = [];

  /**
   * @param {{list: HTMLElement, shelf: HTMLElement}} places for the chain, and for what can be added
   * @param {Record<string, Filter>} known the description of every filter
   * @param {(chain: Link[], gesture: string) => void} onchange
   */
  constructor({ list, shelf }, known, onchange) {
    this.#list = list;
    this.#known = known;
    this.#onchange = onchange;
    shelf.replaceChildren(...Object.entries(known).map(([name, { help }]) => this.#offer(name, help)));
  }

  /** @param {Link[]} chain */
  show(chain) {
    const built = chain.map(([name]) => name).join() === this.#chain.map(([name]) => name).join();
    this.#chain = chain;
    if (!built) this.#build();
    chain.forEach((link, index) => this.#fill(link, this.#fields[index]));
  }

  #offer(name, help) {
    const button = make("button", { type: "button", class: "offer" }, ...headed(name, help));
    button.addEventListener("click", () => {
      this.#onchange([...this.#chain, this.#fresh(name)], "");
      this.#list.lastElementChild?.scrollIntoView({ block: "nearest" });
    });
    return button;
  }

  /** A new link; one with a memory of its own is given a name that no other has. */
  #fresh(name) {
    const own = this.#known[name].parameters[OWN_NAME];
    if (!own) return [name, {}];
    const alike = this.#chain.filter(([other]) => other === name);
    const taken = alike.map(([, given]) => given[OWN_NAME] ?? own.default);
    let number = 0;
    while (taken.includes(`${name}${number}`)) number += 1;
    return [name, { [OWN_NAME]: `${name}${number}` }];
  }

  #build() {
    this.#fields = this.#chain.map(() => ({}));
    this.#list.replaceChildren(...this.#chain.map(([name], index) => this.#card(name, index)));
  }

  #card(name, index) {
    const { help = "It is not known here.", parameters = {} } = this.#known[name] ?? {};
    const rows = Object.entries(parameters).filter(([parameter]) => parameter !== OWN_NAME);
    const fields = rows.map(([parameter, about]) => this.#field(index, parameter, about));
    const open = make("details", { open: "" }, make("summary", {}, ...headed(name, help)), ...fields);
    return make("li", { class: "filter", "aria-label": title(name) }, open, this.#handles(title(name), index));
  }

  #field(index, parameter, about) {
    const field = fieldOf(parameter, described(about), about.default, (value) => this.#set(index, parameter, value));
    this.#fields[index][parameter] = field;
    return field.element;
  }

  #fill([name, given], fields) {
    const { parameters = {} } = this.#known[name] ?? {};
    for (const [parameter, field] of Object.entries(fields)) {
      field.show(given[parameter] ?? parameters[parameter].default);
    }
  }

  #set(index, parameter, value) {
    const [name, given] = this.#chain[index];
    const chain = this.#chain.with(index, [name, { ...given, [parameter]: value }]);
    this.#onchange(chain, `filter ${index} ${parameter}`);
  }

  #handles(label, index) {
    const handle = (what, sign, work) => {
      const named = { "aria-label": `${label}: ${what}`, title: what };
      const button = make("button", { type: "button", class: "small", ...named }, icon(sign));
      button.addEventListener("click", work);
      return button;
    };
    const grip = make("span", { class: "grip", title: "Drag to another place", "aria-hidden": "true" }, icon("grip"));
    grip.addEventListener("pointerdown", (event) => this.#drag(event, index));
    const earlier = handle("earlier", "up", () => this.#move(index, index - 1, 0));
    const later = handle("later", "down", () => this.#move(index, index + 1, 1));
    earlier.toggleAttribute("disabled", index === 0);
    later.toggleAttribute("disabled", index === this.#chain.length - 1);
    const remove = handle("remove", "close", () => this.#onchange(this.#chain.filter((_, at) => at !== index), ""));
    return make("span", { class: "handles" }, grip, earlier, later, remove);
  }

  /** @param {number} [button] which handle keeps the focus: 0 earlier, 1 later */
  #move(from, to, button) {
    const chain = this.#chain.toSpliced(from, 1).toSpliced(to, 0, this.#chain[from]);
    this.#chain = [];
    this.#onchange(chain, "");
    if (button === undefined) return;
    const buttons = [...this.#list.children[to].querySelectorAll(".handles button")];
    (buttons[button].disabled ? buttons[1 - button] : buttons[button]).focus();
  }

  #drag(event, from) {
    event.preventDefault();
    const card = this.#list.children[from];
    const sorting = (on) => {
      card.classList.toggle("dragged", on);
      this.#list.classList.toggle("sorting", on);
    };
    const follow = ({ clientY }) => {
      const next = [...this.#list.children].find((other) => other !== card && clientY < middle(other)) ?? null;
      if (next !== card.nextElementSibling) this.#list.insertBefore(card, next);
    };
    sorting(true);
    untilReleased(follow, () => {
      sorting(false);
      const to = [...this.#list.children].indexOf(card);
      if (to !== from) this.#move(from, to);
    });
  }
}

function headed(name, help) {
  return [make("b", {}, title(name)), make("small", {}, help)];
}

/** What a field is told of a parameter. @param {Parameter} about */
function described({ type, help, min, max, step, options, default: usual }) {
  const reach = usual === 0 ? max : Math.max(REACH * Math.abs(usual), LEAST_STEPS * step);
  const ends = { low: Math.max(min, -reach), high: Math.min(max, reach), least: min, most: max };
  return { kind: type, about: help, step, choices: options, ...(min === undefined ? {} : ends) };
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
