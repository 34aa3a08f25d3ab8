/** What the page remembers between visits. A browser that forbids storage only forgets. */

const PREFIX = "kuchipaku.";

/**
 * @param {string} name
 * @param {string} [fallback] what to give where nothing is remembered
 * @returns {string}
 */
export function recall(name, fallback = "") {
  try {
    return localStorage.getItem(PREFIX + name) ?? fallback;
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
  } catch {
    return;
  }
}
