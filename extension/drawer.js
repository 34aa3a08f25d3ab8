/** The drawer among SillyTavern's extension settings. */

import { json } from "./live/api.js";
import { root } from "./live/place.js";
import { ownVoiceIsOn, present, tell } from "./client.js";
import { make } from "./dom.js";
import { choose, settings } from "./settings.js";

const STRANGER = "Something answers there, but it is not Kuchipaku.";
const RECONNECTING = ["address", "key", "bring"];

/**
 * Ask the server how it is.
 * @returns {Promise<{ok: boolean, text: string}>} the answer in words, for a person
 */
export async function tested() {
  try {
    root();
  } catch {
    return { ok: false, text: "That is no address. It looks like http://127.0.0.1:5100" };
  }
  try {
    const { version, voice, characters, uptime } = await json("health");
    if (!version || uptime === undefined) return { ok: false, text: STRANGER };
    const many = `${characters} ${characters === 1 ? "character" : "characters"}`;
    return { ok: true, text: `Connected. Kuchipaku ${version}, voice ${voice}, ${many}.` };
  } catch (error) {
    return { ok: false, text: await troubleOf(error) };
  }
}

async function troubleOf(error) {
  const { key } = settings();
  if (error.status === 401) return key ? "That is not the server's key." : "The server asks for a key: enter it above.";
  if (error.status === 404 || error instanceof SyntaxError) return STRANGER;
  if (error.status) return [error.message, error.hint].filter(Boolean).join(" ");
  const there = await fetch(root(), { mode: "no-cors" }).then(() => true, () => false);
  if (there) return `It runs, but keeps pages of ${location.origin} out: add that to its server.cors_origins.`;
  return `Nothing answers at ${root().host}. Start Kuchipaku there, then test again.`;
}

/** Shows the settings, and takes them over as soon as they are changed. */
export class Drawer {
  #theatre;
  #cast;
  #onchange;
  /** @type {HTMLElement} */
  #element;

  /**
   * @param {import("./theatre.js").Theatre} theatre
   * @param {import("./cast.js").Cast} cast
   * @param {(name: string) => void} onchange a setting of that name was chosen
   */
  constructor(theatre, cast, onchange) {
    this.#theatre = theatre;
    this.#cast = cast;
    this.#onchange = onchange;
  }

  /** Put it where SillyTavern has its other drawers. */
  async open() {
    const html = await (await fetch(new URL("settings.html", import.meta.url))).text();
    this.#element = /** @type {any} */ (document.createRange().createContextualFragment(html).firstElementChild);
    document.querySelector("#extensions_settings2, #extensions_settings")?.append(this.#element);
    for (const input of this.#all("[data-setting]")) input.addEventListener("input", () => this.#take(input));
    this.#one("[data-size]").addEventListener("input", ({ target }) => this.#resize(Number(target.value)));
    this.#one("[data-act=test]").addEventListener("click", () => this.#test());
    this.#one("[data-act=home]").addEventListener("click", () => this.#goHome());
    this.#one(".inline-drawer-toggle").addEventListener("click", () => this.show());
    this.show();
  }

  /** Show the settings as they are. */
  show() {
    const held = settings();
    for (const input of this.#all("[data-setting]")) {
      const value = held[input.dataset.setting];
      if (input.type === "checkbox") input.checked = value;
      else input.value = value;
    }
    const box = this.#theatre.element.getBoundingClientRect();
    this.#one("[data-size]").value = String(held.box?.height ?? box.height / innerHeight);
    this.#all("input[type=range]").forEach(showNumber);
    this.#showHints();
    this.#showCast();
  }

  #take(input) {
    const name = input.dataset.setting;
    const values = { checkbox: input.checked, range: Number(input.value) };
    choose({ [name]: values[input.type] ?? input.value });
    if (input.type === "range") showNumber(input);
    this.#showHints();
    if (RECONNECTING.includes(name)) this.#one(".kuchi-result").textContent = "";
    this.#onchange(name);
  }

  async #test() {
    const result = this.#one(".kuchi-result");
    result.className = "kuchi-result";
    result.textContent = "Asking…";
    const { ok, text } = await tested();
    result.classList.add(ok ? "kuchi-good" : "kuchi-bad");
    result.textContent = text;
    if (ok) this.#theatre.reconnect();
    this.#showCast();
  }

  #showHints() {
    const { voice } = settings();
    this.#one("[data-hint=double]").hidden = voice !== "server" || !ownVoiceIsOn();
    this.#one("[data-hint=off]").hidden = voice !== "sillytavern" || ownVoiceIsOn();
  }

  async #showCast() {
    await this.#cast.refresh().catch(() => {});
    const rows = present().flatMap((character) => [this.#castRow(character), ...this.#temperamentOf(character)]);
    const none = make("p", { class: "kuchi-hint" }, "Open a chat, and its characters are listed here.");
    this.#one(".kuchi-cast").replaceChildren(...(rows.length ? rows : [none]));
  }

  #castRow(character) {
    const chosen = settings().cast[character.avatar];
    const select = make("select", { class: "text_pole", "aria-label": `Who plays ${character.name}` },
      new Option("By itself", "auto"), new Option("Nobody", ""),
      ...this.#cast.known.map(({ name, title }) => new Option(title || name, name)));
    select.value = chosen === undefined || ![...select.options].some(({ value }) => value === chosen) ? "auto" : chosen;
    select.addEventListener("change", () => this.#assign(character, select.value));
    const file = make("input", { type: "file", accept: "image/*,.json", multiple: "", hidden: "" });
    const title = "Another picture, an _animator.json or an _emotions.json";
    const button = { class: "menu_button fa-solid fa-upload", title, "aria-label": `Files for ${character.name}` };
    const label = make("label", button, file);
    file.addEventListener("change", () => this.#upload(character, [...file.files]));
    return make("div", { class: "kuchi-line" }, make("span", { class: "kuchi-name" }, character.name), select, label);
  }

  /** How lively it is, where the server knows it. */
  #temperamentOf(character) {
    const card = this.#cast.cardOf(character);
    if (!card) return [];
    const range = { type: "range", min: "0", max: "1", step: "0.05", "data-unit": "%", "data-scale": "100" };
    const label = { "aria-label": `Temperament of ${character.name}`, value: String(card.temperament) };
    const input = /** @type {HTMLInputElement} */ (make("input", { ...range, ...label }));
    const words = make("span", {}, "Temperament, calm to lively ", make("output"));
    const row = make("label", { class: "kuchi-field" }, words, input);
    showNumber(input);
    input.addEventListener("input", () => showNumber(input));
    input.addEventListener("change", () => this.#temper(card, Number(input.value)));
    return [row];
  }

  async #temper(card, temperament) {
    try {
      await this.#cast.temper(card.name, temperament);
      card.temperament = temperament;
    } catch (error) {
      tell([error.message, error.hint].filter(Boolean).join(" "), "error");
    }
  }

  #assign(character, value) {
    this.#cast.assign(character, value === "auto" ? null : value);
    this.#theatre.reconnect();
  }

  /** A picture makes a new character; the two JSON files dress the one there is. */
  async #upload(character, files) {
    try {
      const picture = files.find(({ name }) => !name.endsWith(".json"));
      if (picture) await this.#cast.bring(character, picture);
      for (const file of files.filter(({ name }) => name.endsWith(".json"))) await this.#dress(character, file);
      tell(`${character.name} is as you wished.`);
    } catch (error) {
      tell([error.message, error.hint].filter(Boolean).join(" "), "error");
    }
    this.#theatre.reconnect();
    this.#showCast();
  }

  async #dress(character, file) {
    const field = file.name.includes("emotions") ? "templates" : "animator";
    const content = await file.text().then(JSON.parse).catch(() => {
      throw new Error(`${file.name} is no JSON.`);
    });
    await this.#cast.dress(await this.#cast.partOf(character), field, content);
  }

  #resize(height) {
    const { left, bottom } = this.#theatre.element.getBoundingClientRect();
    const width = Math.min(1, (height * innerHeight * Math.max(1, this.#theatre.figures.length)) / innerWidth);
    choose({ box: { left: left / innerWidth, top: bottom / innerHeight - height, width, height } });
    showNumber(this.#one("[data-size]"));
    this.#onchange("box");
  }

  #goHome() {
    choose({ box: null, place: "window" });
    this.#onchange("box");
    this.show();
  }

  /** @returns {any} */
  #one(selector) {
    return this.#element.querySelector(selector);
  }

  /** @returns {any[]} */
  #all(selector) {
    return [...this.#element.querySelectorAll(selector)];
  }
}

function showNumber(input) {
  const { scale = "1", unit = "" } = input.dataset;
  const output = input.closest("label").querySelector("output");
  output.textContent = `${Math.round(Number(input.value) * Number(scale))}${unit}`;
}
