/** What the page remembers between visits; where a browser forbids storage, until it is closed. */

const PREFIX = "kuchipaku.";
/** What could not be stored. @type {Map<string, string>} */
const kept = new Map();

/**
 * @param {string} name
 * @param {string} [fallback] what to give where nothing is remembered
 * @returns {string}
 */
export function recall(name, fallback = "") {
  try {
    return kept.get(name) ?? localStorage.getItem(PREFIX + name) ?? fallback;
  } catch {
    return fallback;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
    kept.delete(name);
  } catch {
    kept.set(name, value);
  }
}
