/** The two files of SillyTavern-Extras: out as downloads, in by dropping or choosing. */

import { ApiError, request } from "../api.js";
import { make } from "../dom.js";

export const FILES = ["_animator.json", "_emotions.json"];

/**
 * Have the browser save one of FILES.
 * @param {string} character
 * @param {string} file
 */
export async function download(character, file) {
  const response = await request(`api/talkinghead/studio/${file}?character=${encodeURIComponent(character)}`);
  const address = URL.createObjectURL(await response.blob());
  make("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/**
 * What a file brings: its content, as the field of the studio that it is for.
 * @param {File} file
 * @param {string[]} settings the names of the animator's settings
 * @returns {Promise<{animator: object} | {templates: object}>}
 * @throws {ApiError} the file is neither of the two
 */
export async function readFile(file, settings) {
  const content = parsed(await file.text());
  const values = content && typeof content === "object" && !Array.isArray(content) ? Object.values(content) : [];
  if (values.length && values.every((value) => value && typeof value === "object" && !Array.isArray(value))) {
    return { templates: content };
  }
  if (values.length && Object.keys(content).some((name) => settings.includes(name))) return { animator: content };
  throw new ApiError(`${file.name} holds neither settings nor emotions.`, `Drop an ${FILES.join(" or an ")}.`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Call `take` with files that are dropped anywhere on the page.
 * @param {HTMLElement} veil shown while files are held over the page
 * @param {(files: File[]) => void} take
 */
export function acceptDrops(veil, take) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => event.relatedTarget || (veil.hidden = true));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    take([...event.dataTransfer.files]);
  });
}
