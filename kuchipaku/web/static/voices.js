/** The dialog in which one of many voices is chosen. */

import { json } from "./api.js";
import { byId, make } from "./dom.js";

/**
 * @typedef {object} VoiceCard
 * @property {string} id "engine/name"
 * @property {string} language BCP 47
 * @property {string} label
 * @property {string} gender
 */

/** Choosing one of many voices, by language and by search. */
export class VoicePicker {
  /** @type {VoiceCard[]} */
  #voices = [];
  #onpick;

  /** @param {(id: string) => void} onpick an empty id is the character's own voice */
  constructor(onpick) {
    this.#onpick = onpick;
    byId("voices-open").addEventListener("click", () => this.#open());
    byId("voice-search").addEventListener("input", () => this.#list());
    byId("voice-list").addEventListener("change", () => this.#pick(byId("voice-list").value));
    byId("voice-list").addEventListener("dblclick", () => byId("voices").close());
    byId("voices").addEventListener("keydown", (event) => event.key === "Enter" && byId("voices").close());
  }

  /** Fetch the list. @param {string} picked the id remembered; the character's own if it is gone */
  async load(picked) {
    this.#voices = (await json("api/voices")).voices;
    this.#pick(this.#voices.some((voice) => voice.id === picked) ? picked : "");
  }

  #open() {
    byId("voice-search").value = "";
    this.#list();
    byId("voices").showModal();
  }

  #pick(id) {
    this.picked = id;
    const voice = this.#voices.find((known) => known.id === id);
    byId("voice-title").textContent = voice ? titleOf(voice) : "Own voice";
    this.#onpick(id);
  }

  #list() {
    const words = byId("voice-search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#voices.filter((voice) => words.every((word) => searchText(voice).includes(word)));
    const own = words.length ? [] : [new Option("The character's own voice", "", false, this.picked === "")];
    byId("voice-list").replaceChildren(...own, ...grouped(found).map((group) => this.#group(group)));
  }

  #group([language, voices]) {
    const options = voices.map((voice) => new Option(titleOf(voice), voice.id, false, voice.id === this.picked));
    return make("optgroup", { label: language }, ...options);
  }
}

/** Voices by language: the reader's languages first, then by name. */
function grouped(voices) {
  const groups = new Map();
  for (const voice of voices) {
    const language = languageName(voice.language.split("-")[0]);
    groups.set(language, [...(groups.get(language) ?? []), voice]);
  }
  const near = navigator.languages.map((tag) => languageName(tag.split("-")[0]));
  const rank = (name) => (near.includes(name) ? near.indexOf(name) : near.length);
  return [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

function titleOf({ label, gender }) {
  return gender && !label.toLowerCase().includes(gender) ? `${label} (${gender})` : label;
}

function searchText(voice) {
  const { id, label, gender, language } = voice;
  return [id, label, gender, language, languageName(language)].join(" ").toLowerCase();
}

const languageNames = new Intl.DisplayNames(["en"], { type: "language" });

function languageName(tag) {
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
