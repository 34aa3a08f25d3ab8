/** What the studio asks of the server. */

import { json, post } from "../api.js";

const STUDIO = "api/talkinghead/studio";

/** All that the server tells of a character's studio. @param {string} character */
export function studioOf(character) {
  return json(`${STUDIO}?character=${encodeURIComponent(character)}`);
}

/**
 * @param {string} character
 * @param {object} fields what is to be otherwise, at once
 * @param {RequestInit} [options]
 * @returns {Promise<any>} its studio after that
 */
export async function change(character, fields, options) {
  return (await post(STUDIO, { character, ...fields }, options)).json();
}

/** Write animator and templates to the character's files. @param {string} character */
export async function save(character) {
  return (await post(`${STUDIO}/save`, { character })).json();
}

/** Back to what the files say. @param {string} character */
export async function reset(character) {
  return (await post(`${STUDIO}/reset`, { character })).json();
}

/** Where the parts of its face are; only puppets have anchors, for others they are null. @param {string} character */
export async function anchorsOf(character) {
  const { anchors } = await json(anchorsPath(character)).catch(() => ({ anchors: null }));
  return anchors;
}

/**
 * @param {string} character
 * @param {any} anchors written to its file; the live picture follows
 */
export function putAnchors(character, anchors) {
  const headers = { "Content-Type": "application/json" };
  return json(anchorsPath(character), { method: "PUT", headers, body: JSON.stringify({ anchors }) });
}

function anchorsPath(character) {
  return `api/puppet/${encodeURIComponent(character)}/anchors`;
}
