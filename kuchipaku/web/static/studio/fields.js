/** A control for a value of any kind that a setting or a filter may have. */

import { make } from "../dom.js";
import { short, title, wholeTitle } from "./labels.js";
import { Range } from "./range.js";

/**
 * @typedef {object} Description
 * @property {string} about
 * @property {string} kind "number", "integer", "boolean", "choice", "colour", "text", "morph" or "morphs"
 * @property {any} [default]
 * @property {number} [low] ends of the slider
 * @property {number} [high]
 * @property {number} [least] ends of what works
 * @property {number} [most]
 * @property {number} [step]
 * @property {any[]} [choices]
 */

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {(value: any) => void} show
 */

const KINDS = {
  number: rangeField,
  integer: rangeField,
  boolean: switchField,
  choice: choiceField,
  colour: colourField,
  morph: morphField,
  morphs: morphsField,
  text: textField,
};

/**
 * @param {string} name
 * @param {Description} description
 * @param {any} rest the value that a double click leads back to
 * @param {(value: any) => void} onchange
 * @param {string[]} [morphs] the names to choose from
 * @returns {Field} a labelled row, with its help beneath
 */
export function fieldOf(name, description, rest, onchange, morphs = []) {
  const given = { label: title(name), rest, onchange, choices: morphs, ...description };
  const control = (KINDS[description.kind] ?? textField)(given);
  const about = make("small", {}, description.about);
  const label = make("span", { class: "name" }, given.label);
  const element = make("div", { class: "field", "data-field": name, "data-kind": description.kind });
  element.append(label, control.element, about);
  return { element, show: control.show };
}

function rangeField({ label, low, high, least = low, most = high, step, rest, onchange }) {
  return new Wide({ label, low, high, least, most, step, rest, origin: Math.max(low, Math.min(high, 0)) }, onchange);
}

/** A slider whose ends give way to a value beyond them. */
class Wide {
  #scale;
  #onchange;
  #range;
  element = make("span", { class: "wide" });

  constructor(scale, onchange) {
    this.#scale = scale;
    this.#onchange = onchange;
    this.#draw(scale);
  }

  show = (value) => {
    const { low, high } = this.#scale;
    if (value < low || value > high) {
      this.#draw({ ...this.#scale, low: Math.min(low, value), high: Math.max(high, value) });
    }
    this.#range.show(value);
  };

  #draw(scale) {
    this.#scale = scale;
    this.#range = new Range(scale, this.#onchange);
    this.element.replaceChildren(this.#range.element);
  }
}

function switchField({ label, onchange }) {
  const named = { type: "checkbox", role: "switch", "aria-label": label };
  const box = /** @type {HTMLInputElement} */ (make("input", named));
  box.addEventListener("change", () => onchange(box.checked));
  return { element: box, show: (value) => (box.checked = Boolean(value)) };
}

function choiceField({ label, choices, onchange }) {
  return select(label, choices.map((choice) => [String(choice), choice]), onchange);
}

function morphField({ label, choices, onchange }) {
  return select(label, choices.map((morph) => [wholeTitle(morph), morph]), onchange, bare);
}

/** @param {(value: any) => any} [read] what a value is compared as */
function select(label, options, onchange, read = (value) => value) {
  const element = /** @type {HTMLSelectElement} */ (make("select", { "aria-label": label }));
  element.append(...options.map(([text], index) => new Option(text, String(index))));
  element.addEventListener("change", () => onchange(options[element.selectedIndex][1]));
  const show = (value) => (element.selectedIndex = options.findIndex(([, option]) => option === read(value)));
  return { element, show };
}

function morphsField({ label, choices, onchange }) {
  const boxes = new Map(choices.map((morph) => [morph, checkbox(wholeTitle(morph), () => onchange(chosen()))]));
  const chosen = () => [...boxes].filter(([, { checked }]) => checked).map(([morph]) => morph);
  const labels = [...boxes].map(([morph, box]) => make("label", {}, box, make("span", {}, wholeTitle(morph))));
  const element = make("span", { class: "boxes", role: "group", "aria-label": label }, ...labels);
  const show = (value) => {
    const on = new Set(value.map(bare));
    for (const [morph, box] of boxes) box.checked = on.has(morph);
  };
  return { element, show };
}

function checkbox(name, onchange) {
  const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", "aria-label": name }));
  box.addEventListener("change", onchange);
  return box;
}

/** A colour of the filters is three numbers, 0 to 1. */
function colourField({ label, onchange }) {
  const well = /** @type {HTMLInputElement} */ (make("input", { type: "color", "aria-label": label }));
  well.addEventListener("input", () => onchange(numbersOf(well.value)));
  return { element: well, show: (value) => (well.value = hexOf(value)) };
}

/** [1, 0.5, 0] -> "#ff8000" */
export function hexOf(colour) {
  const bytes = colour.map((share) => Math.round(255 * Math.min(1, Math.max(0, share))));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** "#ff8000" -> [1, 0.502, 0] */
export function numbersOf(hex) {
  return [1, 3, 5].map((at) => Number(short(parseInt(hex.slice(at, at + 2), 16) / 255)));
}

function textField({ label, onchange }) {
  const line = /** @type {HTMLInputElement} */ (make("input", { type: "text", "aria-label": label, maxlength: "60" }));
  line.addEventListener("change", () => onchange(line.value));
  return { element: line, show: (value) => (line.value = String(value)) };
}

/** Files write a morph's name with "_index" behind it. */
function bare(morph) {
  return morph.replace(/_index$/, "");
}
