/** The dialog in which a character is chosen, added or deleted. */

import { json, request } from "./api.js";
import { toast } from "./controls.js";
import { byId, icon, make } from "./dom.js";
import { FitReport } from "./fitting.js";
import { paint, pictureOf } from "./portrait.js";

/**
 * @typedef {object} CharacterCard
 * @property {string} name
 * @property {string} title
 * @property {string} [error] why it cannot perform
 */

/** Choosing, adding and deleting characters. */
export class CharacterPicker {
  /** @type {CharacterCard[]} */
  #cards = [];
  #current = "";
  #fit = new FitReport();
  #onpick;

  /** @param {(card: CharacterCard, picture: Promise<Blob | null>) => void} onpick */
  constructor(onpick) {
    this.#onpick = onpick;
    byId("characters-open").addEventListener("click", () => this.#open());
    byId("add").addEventListener("submit", (event) => this.#add(event));
    byId("add-picture").addEventListener("change", () => this.#preview());
    byId("add-avatar").addEventListener("change", () => this.#preview());
    byId("add-title").addEventListener("input", () => (byId("add-name").value = shortName(byId("add-title").value)));
  }

  /** Fetch the list, and bring on `wanted`, or the one chosen on the server. @param {string} [wanted] */
  async load(wanted = "") {
    const { characters, chosen } = await json("api/characters");
    this.#cards = characters;
    const card = this.#find(wanted) ?? this.#find(chosen) ?? characters.find(({ error }) => !error);
    if (card) this.#show(card);
  }

  #find(name) {
    return this.#cards.find((card) => card.name === name && !card.error);
  }

  #show(card) {
    this.#current = card.name;
    byId("character-title").textContent = card.title || card.name;
    const picture = pictureOf(card.name);
    paint(byId("character-picture"), picture);
    this.#onpick(card, picture);
  }

  #open() {
    this.#list();
    byId("characters").showModal();
  }

  #list() {
    byId("cards").replaceChildren(...this.#cards.map((card) => this.#item(card)));
  }

  #item(card) {
    const title = card.title || card.name;
    const face = make("img", { alt: "", hidden: "" });
    if (!card.error) paint(face, pictureOf(card.name));
    const pressed = String(card.name === this.#current);
    const choose = make("button", { class: "card", "aria-pressed": pressed }, face, make("span", {}, title));
    choose.disabled = Boolean(card.error);
    choose.title = card.error ?? "";
    choose.addEventListener("click", () => this.#choose(card));
    const named = { class: "round quiet remove", "aria-label": `Delete ${title}`, title: "Delete" };
    const remove = make("button", named, icon("remove"));
    remove.addEventListener("click", () => this.#remove(card, title));
    const address = `studio?character=${encodeURIComponent(card.name)}`;
    const linked = { class: "round quiet tune", href: address, "aria-label": `Studio of ${title}`, title: "Studio" };
    const studio = make("a", linked, icon("sliders"));
    return make("li", {}, choose, studio, remove);
  }

  #choose(card) {
    byId("characters").close();
    this.#show(card);
    request(`api/characters/${card.name}/choose`, { method: "POST" }).catch((error) => console.warn(error.message));
  }

  async #remove(card, title) {
    if (!confirm(`Delete ${title} and its files?`)) return;
    await this.#attempt(async () => {
      await request(`api/characters/${card.name}`, { method: "DELETE" });
      await this.load(card.name === this.#current ? "" : this.#current);
      this.#list();
    });
  }

  async #add(event) {
    event.preventDefault();
    const form = event.target;
    byId("add-send").disabled = true;
    await this.#attempt(async () => {
      const name = byId("add-name").value;
      await request("api/characters", { method: "POST", body: new FormData(form) });
      form.reset();
      await this.#preview();
      await this.load(name);
      byId("characters").close();
      toast("Eyes or mouth not where they belong? The studio moves them.");
    });
    byId("add-send").disabled = false;
  }

  #preview() {
    const picture = byId("add-picture").files[0];
    paint(byId("add-preview"), picture);
    return this.#attempt(() => this.#fit.look(picture, byId("add-avatar").value));
  }

  async #attempt(work) {
    const trouble = byId("add-trouble");
    trouble.hidden = true;
    try {
      await work();
    } catch (error) {
      trouble.textContent = [error.message, error.hint].filter(Boolean).join(" – ");
      trouble.hidden = false;
    }
  }
}

function shortName(title) {
  const plain = title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return plain.slice(0, 40).replace(/^-|-$/g, "");
}
