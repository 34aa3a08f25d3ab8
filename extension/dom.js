/** Small helpers for the document. */

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @param {string} icon of SillyTavern's icon font
 * @param {string} label
 * @param {() => void} press
 * @returns {HTMLElement}
 */
export function iconButton(icon, label, press) {
  const look = { class: `kuchi-button fa-solid ${icon}`, title: label, "aria-label": label };
  const button = make("button", { type: "button", ...look });
  button.addEventListener("click", press);
  return button;
}
