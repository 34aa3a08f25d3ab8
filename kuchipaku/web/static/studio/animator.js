/** The settings of what moves by itself: blinks, sway, breath, talking, and the picture's rate and crop. */

import { make } from "../dom.js";
import { fieldOf } from "./fields.js";
import { title } from "./labels.js";

/** Settings by the beginnings of their names; what fits nowhere else comes last. */
const SECTIONS = [
  ["Blinking", /^blink/],
  ["Swaying", /^sway/],
  ["Breathing", /^breath/],
  ["Talking without a voice", /^talking/],
  ["Picture", /^(target_fps|crop)/],
  ["Moving to a new face", /./],
];

export class Animator {
  /** @type {Map<string, import("./fields.js").Field>} */
  #fields = new Map();

  /**
   * @param {HTMLElement} root
   * @param {{help: Record<string, any>, rest: Record<string, any>, morphs: string[]}} known
   *   a description of each setting, the values that a double click leads back to, and the morphs to choose from
   * @param {(name: string, value: any) => void} onchange
   */
  constructor(root, { help, rest, morphs }, onchange) {
    const names = Object.keys(help).filter((name) => help[name].kind !== "filters");
    const sections = Map.groupBy(names, (name) => SECTIONS.find(([, pattern]) => pattern.test(name))[0]);
    const built = (name) => {
      const field = fieldOf(name, help[name], rest[name], (value) => onchange(name, value), morphs);
      this.#fields.set(name, field);
      return field.element;
    };
    root.replaceChildren(...SECTIONS.map(([heading]) => section(heading, (sections.get(heading) ?? []).map(built))));
  }

  /** @param {Record<string, any>} settings */
  show(settings) {
    for (const [name, field] of this.#fields) field.show(settings[name]);
  }
}

function section(heading, fields) {
  const group = make("fieldset", { class: "group" }, make("legend", {}, title(heading)), ...fields);
  group.hidden = fields.length === 0;
  return group;
}
