/** Where the server is, and the key to it: as a person has chosen in the drawer. */

import { choose, settings } from "../settings.js";

/** @returns {URL} the server's root */
export function root() {
  return new URL(`${settings().address.trim().replace(/\/+$/, "")}/`);
}

/** @returns {string} the key; empty for none */
export const heldKey = () => settings().key.trim();

/** @param {string} key */
export const holdKey = (key) => choose({ key });
