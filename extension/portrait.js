/** The part of a card's picture that a live character is made of. */

import { request } from "./live/api.js";

/** The score of the server's doctor from which a picture is taken as it is: no face is lost, nothing is too small. */
const GOOD = 60;
/** Where cards show head and shoulders, in parts of the picture. */
const UPPER = { left: 0.15, top: 0, width: 0.7, height: 0.5 };

/**
 * @param {Blob} picture
 * @returns {Promise<Blob>} the same, or its upper part where the server makes more of that
 */
export async function portraitOf(picture) {
  const whole = await scoreOf(picture);
  if (whole >= GOOD) return picture;
  const upper = await cut(picture, UPPER);
  return (await scoreOf(upper)) > whole ? upper : picture;
}

async function scoreOf(picture) {
  const form = new FormData();
  form.set("picture", picture, "picture");
  return (await (await request("api/fit", { method: "POST", body: form })).json()).score;
}

async function cut(picture, { left, top, width, height }) {
  const bitmap = await createImageBitmap(picture);
  const [wide, high] = [Math.round(bitmap.width * width), Math.round(bitmap.height * height)];
  const canvas = new OffscreenCanvas(wide, high);
  canvas.getContext("2d").drawImage(bitmap, -bitmap.width * left, -bitmap.height * top);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/png" });
}
