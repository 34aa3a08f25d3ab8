/** What a person has chosen, kept by SillyTavern. */

import { context } from "./client.js";

const NAME = "kuchipaku";

/**
 * @typedef {object} Settings
 * @property {boolean} enabled
 * @property {string} address the server's root
 * @property {string} key empty for a server that asks for none
 * @property {"server" | "sillytavern" | "none"} voice whose voice is heard
 * @property {import("./text.js").Spoken} spoken
 * @property {boolean} feelings
 * @property {number} volume 0 to 1
 * @property {number} offset milliseconds by which the lips are early
 * @property {boolean} captions
 * @property {"window" | "behind"} place
 * @property {{left: number, top: number, width: number, height: number} | null} box in parts of the window; null:
 *   where it stands by itself
 * @property {number} most figures alive at once
 * @property {boolean} bring whether a character that the server does not know is brought there
 * @property {Record<string, string>} cast SillyTavern's avatar file -> the server's character; "" for nobody
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  enabled: true,
  address: "http://127.0.0.1:5100",
  key: "",
  voice: "server",
  spoken: "speech",
  feelings: true,
  volume: 1,
  offset: 0,
  captions: false,
  place: "window",
  box: null,
  most: 3,
  bring: true,
  cast: {},
});

/** @returns {Settings} the settings in force; what was never chosen is as in `DEFAULTS` */
export function settings() {
  const all = context().extensionSettings;
  const held = (all[NAME] ??= {});
  for (const [name, value] of Object.entries(DEFAULTS)) held[name] ??= structuredClone(value);
  return held;
}

/** Choose. @param {Partial<Settings>} chosen */
export function choose(chosen) {
  Object.assign(settings(), chosen);
  context().saveSettingsDebounced();
}
