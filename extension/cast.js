/** Which of the server's characters plays whom; and how one gets there. */

import { ApiError, json, post, request } from "./live/api.js";
import { pictureAddress, spriteAddress, tell } from "./client.js";
import { portraitOf } from "./portrait.js";
import { choose, settings } from "./settings.js";

/** @typedef {import("./client.js").Character} Character */
/** @typedef {{name: string, title: string, temperament: number}} Card the server's */

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** What is wrong with a picture itself: it would be refused again. */
const UNFIT = [400, 413, 415];
const MOST_NAME = 40;
const MOST_TRIES = 9;

/**
 * @param {string} text
 * @returns {string} the same as a name that the server takes; empty where nothing of it can be kept
 */
export function slug(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, MOST_NAME - 3).replace(/-+$/, "");
  return RESERVED.test(name) ? `${name}-st` : name;
}

/**
 * @param {Character} character
 * @returns {string[]} names to try for it, the best first
 */
export function namesFor({ name, avatar }) {
  const file = avatar.replace(/\.\w+$/, "");
  const number = [...file].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 36 ** 5, 7).toString(36);
  const names = [slug(name), slug(file)].filter(Boolean);
  const base = names[0] ?? `st-${number}`;
  const more = Array.from({ length: MOST_TRIES - 1 }, (_, index) => `${base}-${index + 2}`);
  return [...new Set([...names, base, ...more])];
}

/** The server's characters, and who of them plays whom. */
export class Cast {
  /** @type {Card[]} */
  known = [];
  /** Why a picture was not taken, so that it is not sent again and again. @type {Map<string, Error>} */
  #refused = new Map();
  /** @type {Map<string, Promise<string>>} */
  #bringing = new Map();

  /** Ask the server who there is. */
  async refresh() {
    this.known = (await json("api/characters")).characters.filter((card) => !card.error);
    return this.known;
  }

  /** Whether anybody may play this character. @param {Character} character */
  isCast({ avatar }) {
    return settings().cast[avatar] !== "";
  }

  /**
   * Who plays a character: whom the person chose, one of that name, or the character itself, brought there.
   * @param {Character} character
   * @returns {Promise<string>} the server's name
   * @throws {ApiError} nobody does, and why
   */
  async partOf(character) {
    const known = (await this.refresh()).map(({ name }) => name);
    const chosen = settings().cast[character.avatar];
    if (chosen && known.includes(chosen)) return chosen;
    const alike = namesFor(character).slice(0, 2).find((name) => known.includes(name));
    if (alike) return alike;
    if (this.#refused.has(character.avatar)) throw this.#refused.get(character.avatar);
    if (settings().bring) return this.bring(character);
    throw new ApiError(`Nobody plays ${character.name} yet.`, "Choose who does in the settings.", 404);
  }

  /**
   * @param {Character} character
   * @returns {Card | undefined} of whoever plays it, as far as is known
   */
  cardOf(character) {
    const chosen = settings().cast[character.avatar];
    if (chosen === "") return undefined;
    const names = [chosen, ...namesFor(character).slice(0, 2)];
    return names.map((name) => this.known.find((card) => card.name === name)).find(Boolean);
  }

  /**
   * @param {string} part
   * @param {number} temperament 0 calm to 1 lively; it counts from the next message on
   */
  async temper(part, temperament) {
    const headers = { "Content-Type": "application/json" };
    await request(`api/characters/${part}`, { method: "PATCH", body: JSON.stringify({ temperament }), headers });
  }

  /**
   * Let one of the server's characters play another's part.
   * @param {Character} character
   * @param {string | null} part "": nobody; null: whom `partOf` finds
   */
  assign({ avatar }, part) {
    const { [avatar]: _, ...others } = settings().cast;
    choose({ cast: part === null ? others : { ...others, [avatar]: part } });
  }

  /**
   * Bring a character to the server: its picture, and the files of SillyTavern's own talking head where it has them.
   * @param {Character} character
   * @param {Blob} [picture] instead of its own
   * @returns {Promise<string>} the server's name
   */
  bring(character, picture) {
    const { avatar } = character;
    this.#refused.delete(avatar);
    const done = () => this.#bringing.delete(avatar);
    const bringing = this.#bringing.get(avatar) ?? this.#bring(character, picture).finally(done);
    this.#bringing.set(avatar, bringing);
    return bringing;
  }

  /**
   * Give a character's `_animator.json` or `_emotions.json` to the server, which keeps it.
   * @param {string} part
   * @param {"animator" | "templates"} field
   * @param {object} content
   */
  async dress(part, field, content) {
    await post("api/talkinghead/studio", { character: part, [field]: content });
    await post("api/talkinghead/studio/save", { character: part });
  }

  async #bring(character, picture) {
    const head = picture ? "" : await spriteAddress(character, "talkinghead");
    const image = picture ?? (await portraitOf(await blobAt(head || pictureAddress(character))));
    const part = await this.#send(character, image);
    if (head) await this.#dressAsBefore(part, new URL(".", new URL(head, location.href)));
    this.assign(character, part);
    tell(`${character.name} is on stage.`);
    return part;
  }

  async #send(character, picture) {
    for (const name of namesFor(character)) {
      const form = new FormData();
      form.set("name", name);
      form.set("title", character.name.slice(0, 80));
      form.set("picture", picture, "picture");
      try {
        return (await (await request("api/characters", { method: "POST", body: form })).json()).name;
      } catch (error) {
        if (error.status === 409) continue;
        if (UNFIT.includes(error.status)) this.#refused.set(character.avatar, error);
        throw error;
      }
    }
    throw new ApiError(`The server has too many of the name ${character.name}.`, "Choose one in the settings.", 409);
  }

  async #dressAsBefore(part, folder) {
    for (const [file, field] of [["_animator.json", "animator"], ["_emotions.json", "templates"]]) {
      const answer = await fetch(new URL(file, folder));
      if (!answer.ok) continue;
      const content = await answer.json().catch(() => ({}));
      const failed = (error) => tell(`${file}: ${error.message}`, "warning");
      await this.dress(part, /** @type {any} */ (field), content).catch(failed);
    }
  }
}

async function blobAt(address) {
  const answer = await fetch(address);
  if (answer.ok) return answer.blob();
  throw new ApiError("The character's picture cannot be read.", "Choose a file in the settings.", answer.status);
}
