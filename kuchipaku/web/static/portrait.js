/** Still pictures of characters. */

import { request } from "./api.js";

/** The picture that an image waits for; one that was asked for earlier comes too late. */
const awaited = new WeakMap();

/**
 * A character's picture, fetched like everything else, so that the key goes with it.
 * @param {string} name
 * @returns {Promise<Blob | null>} null where there is none
 */
export async function pictureOf(name) {
  const path = `api/characters/${encodeURIComponent(name)}/picture`;
  return request(path).then((response) => response.blob()).catch(() => null);
}

/**
 * Show a picture as soon as it is here; none is no image.
 * @param {HTMLImageElement} image
 * @param {Blob | null | undefined | Promise<Blob | null>} picture
 */
export async function paint(image, picture) {
  awaited.set(image, picture);
  const blob = await picture;
  if (awaited.get(image) !== picture) return;
  image.hidden = !blob;
  if (!blob) return image.removeAttribute("src");
  const address = URL.createObjectURL(blob);
  image.src = address;
  await image.decode().catch(() => (image.hidden ||= image.src === address));
  URL.revokeObjectURL(address);
}

/**
 * Let a character's still picture stand in until its live one comes, which hides it (`.shown ~ .still`).
 * @param {HTMLImageElement} image
 * @param {Promise<Blob | null>} picture
 */
export function standIn(image, picture) {
  image.hidden = true;
  return paint(image, picture);
}
