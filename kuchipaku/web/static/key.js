/** Asks a person for the server's key. */

import { make } from "./dom.js";
import { remember } from "./memory.js";

/**
 * @param {boolean} refused whether a key was sent and not accepted
 * @returns {Promise<string>} the key; empty if the person gave up
 */
export function askForKey(refused) {
  const input = make("input", { type: "password", "aria-label": "Key", autocomplete: "current-password" });
  const told = refused ? "That key was not accepted. The server's key, please:" : "This server asks for its key.";
  const form = make("form", { method: "dialog", class: "key" },
    make("h2", {}, "Key"), make("p", {}, told), input, make("button", { class: "primary" }, "Enter"));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-label": "Key" }, form));
  document.body.append(dialog);
  return new Promise((resolve) => {
    let entered = "";
    form.addEventListener("submit", () => (entered = /** @type {HTMLInputElement} */ (input).value.trim()));
    dialog.addEventListener("close", () => (dialog.remove(), resolve(entered)));
    dialog.showModal();
  });
}

/** Take over a key that came with the address, after "#key=", and put it out of sight. */
export function takeKeyOfAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!given) return;
  remember("key", given);
  history.replaceState(null, "", location.pathname + location.search);
}
