/** Where the server is, and the key to it. */

import { recall, remember } from "./memory.js";

/** @returns {URL} the server's root: the modules lie one folder below it, whatever path a proxy puts in front */
export const root = () => new URL("../", import.meta.url);

/** @returns {string} the key that this browser holds; empty for none */
export const heldKey = () => recall("key");

/** @param {string} key */
export const holdKey = (key) => remember("key", key);
