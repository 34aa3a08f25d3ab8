/** All that is asked of SillyTavern itself: from 1.12.13 on. */

/** @returns {any} SillyTavern's own state, as it is now */
export const context = () => globalThis.SillyTavern.getContext();

/**
 * @typedef {object} Character
 * @property {string} avatar the file of its card, which names it among all others
 * @property {string} name
 */

/**
 * Hear an event; one that this version does not have never comes. What goes wrong stays here.
 * @param {string} name such as "CHAT_CHANGED"
 * @param {(...told: any[]) => void} listener
 */
export function on(name, listener) {
  const { eventSource, eventTypes, event_types: older } = context();
  const type = (eventTypes ?? older)[name];
  if (!type) return;
  eventSource.on(type, (...told) => {
    try {
      listener(...told);
    } catch (error) {
      console.warn("Kuchipaku:", error);
    }
  });
}

/** @returns {Character[]} who is in the open chat; of a group, those who may speak */
export function present() {
  const { groupId, groups, characters, characterId } = context();
  const group = groupId && groups.find(({ id }) => String(id) === String(groupId));
  if (!group) return characters[characterId] ? [cardOf(characters[characterId])] : [];
  const muted = group.disabled_members ?? [];
  const members = group.members.filter((avatar) => !muted.includes(avatar));
  const found = members.map((avatar) => characters.find((character) => character.avatar === avatar));
  return found.filter(Boolean).map(cardOf);
}

/**
 * @param {any} message of the chat
 * @returns {Character | null} whose words these are; null for the user's, the system's and a narrator's
 */
export function authorOf(message) {
  if (!message || message.is_user || message.is_system || message.extra?.type === "narrator") return null;
  const { characters, characterId, groupId } = context();
  const found = characters.find(({ avatar }) => avatar === message.original_avatar)
    ?? characterNamed(message.name) ?? (groupId ? null : characters[characterId]);
  return found ? cardOf(found) : null;
}

/**
 * @param {string} name
 * @returns {Character | null} of the chat first, else of all
 */
export function characterNamed(name) {
  const like = (character) => character.name.toLowerCase() === name?.toLowerCase();
  const found = present().find(like) ?? context().characters.find(like);
  return found ? cardOf(found) : null;
}

/** @returns {string} the address of a character's card, which is its picture */
export function pictureAddress({ avatar }) {
  return `/characters/${encodeURIComponent(avatar)}`;
}

/**
 * A file out of the character's folder of sprites, such as it was used by SillyTavern's own talking head.
 * @param {Character} character
 * @param {string} label the name of a sprite, without its ending
 * @returns {Promise<string>} its address; empty where there is none
 */
export async function spriteAddress({ name }, label) {
  const answer = await fetch(`/api/sprites/get?name=${encodeURIComponent(name)}`).catch(() => null);
  const sprites = answer?.ok ? await answer.json() : [];
  return sprites.find((sprite) => sprite.label === label)?.path ?? "";
}

/** Whether SillyTavern's own text-to-speech is switched on. */
export function ownVoiceIsOn() {
  return Boolean(context().extensionSettings.tts?.enabled);
}

/** Tell a person something in passing. @param {string} text @param {"info" | "warning" | "error"} [kind] */
export function tell(text, kind = "info") {
  globalThis.toastr?.[kind](text, "Kuchipaku");
}

function cardOf({ avatar, name }) {
  return { avatar, name };
}
